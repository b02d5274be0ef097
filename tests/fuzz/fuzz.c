/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static char *folder;

static void
on_trap(int number)
{
    abort();
}

/* GLib's fatal messages raise a signal that libFuzzer does not know as a crash. */
__attribute__((constructor)) static void
take_traps(void)
{
    signal(SIGTRAP, on_trap);
}

static void
remove_folder(void)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;

    while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

const char *
fuzz_folder(void)
{
    if (folder == NULL) {
        folder = g_dir_make_tmp("proofd-fuzz-XXXXXX", NULL);
        g_assert_nonnull(folder);
        g_assert_cmpint(atexit(remove_folder), ==, 0);
    }
    return folder;
}

char *
fuzz_write(const char *name, const uint8_t *data, size_t size)
{
    char *path = g_build_filename(fuzz_folder(), name, NULL);
    const int file = g_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    g_assert_cmpint(file, >=, 0);
    g_assert_cmpint(write(file, data, size), ==, (gssize)size);
    g_assert_true(g_close(file, NULL));
    return path;
}

char *
fuzz_text(const uint8_t *data, size_t size)
{
    return g_utf8_make_valid((const char *)data, (gssize)size);
}
