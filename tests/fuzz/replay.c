/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay - gives a fuzz target the files that are named, or those of folders, as TAP tests
 */
#include "tests/fuzz/fuzz.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static void
collect(GPtrArray *paths, const char *path)
{
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    const char *name;

    if (files == NULL) {
        g_ptr_array_add(paths, g_strdup(path));
        return;
    }
    while ((name = g_dir_read_name(files)) != NULL)
        g_ptr_array_add(paths, g_build_filename(path, name, NULL));
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        collect(paths, argv[i]);
    g_ptr_array_sort(paths, compare);
    printf("1..%u\n", paths->len);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        g_autofree char *name = g_path_get_basename(path);
        g_autofree char *bytes = NULL;
        g_autofree void *copy = NULL;
        gsize size;

        g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
        copy = g_memdup2(bytes, size); /* no NUL behind it: who reads too far is seen */
        LLVMFuzzerTestOneInput(copy, size);
        printf("ok %u %s\n", i + 1, name);
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
