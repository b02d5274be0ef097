/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each test gives its own process up, so each is one: g_test_trap_subprocess(). */
#include "daemon/engine/words.h"
#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char *dir; /* of this process; the parent removes it */

static void
assert_refused(long result)
{
    g_assert_cmpint(result, ==, -1);
    g_assert_true(errno == EPERM || errno == EACCES || errno == ENOSYS);
}

/* @ret_files: (nullable) (out): are files fenced, too? A kernel may have no Landlock. */
static char *
enter(bool *ret_files)
{
    g_autofree char *words = g_build_filename(dir, "proofd", "words.txt", NULL);
    g_autoptr(GError) error = NULL;
    const char *parts = NULL;

    g_assert_true(pd_sandbox_enter(words, &parts, &error));
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(parts, "seccomp"));
    if (ret_files != NULL)
        *ret_files = strstr(parts, "Landlock") != NULL;
    return g_steal_pointer(&words);
}

static void
try_calls(void)
{
    char *const no_arguments[] = { NULL };

    g_free(enter(NULL));
    assert_refused(socket(AF_INET, SOCK_STREAM, 0));
    assert_refused(socket(AF_INET6, SOCK_DGRAM, 0));
    assert_refused(socket(AF_NETLINK, SOCK_RAW, 0));
    assert_refused(execve("/bin/true", no_arguments, no_arguments));
    assert_refused(fork());
    assert_refused(kill(getppid(), 0));
    assert_refused(ioctl(0, TIOCSTI, "x"));
    assert_refused((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    g_assert_cmpint(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);
}

static void
try_files(void)
{
    g_autofree char *mine = g_build_filename(dir, "mine.txt", NULL);
    g_autofree char *others = g_build_filename(dir, "new.txt", NULL);
    g_autofree char *words = NULL;
    g_autofree char *read = NULL;
    g_autofree char *beside = NULL;
    bool files = false;

    g_assert_true(g_file_set_contents(mine, "mine", -1, NULL));
    words = enter(&files);
    if (!files)
        return;
    assert_refused(open(mine, O_WRONLY));
    assert_refused(open(others, O_WRONLY | O_CREAT, 0600));
    assert_refused(g_unlink(mine));
    assert_refused(g_rename(mine, others));
    assert_refused(g_mkdir(others, 0700));
    beside = g_strconcat(words, "-of-mine", NULL);
    assert_refused(g_rename(mine, beside)); /* nor into the words' folder */
    g_assert_true(g_file_get_contents(mine, &read, NULL, NULL));
    g_assert_cmpstr(read, ==, "mine");
}

static gpointer
add_a_word(gpointer path)
{
    const char *const word[] = { "Fediverse", NULL };
    g_autoptr(PdWords) words = pd_words_open(path, NULL);

    g_assert_cmpint(pd_words_add(words, word, NULL), ==, 1);
    return NULL;
}

/* What the service does: in threads, with the C library's and GLib's ways. */
static void
try_work(void)
{
    g_autofree char *words = enter(NULL);
    g_autofree char *written = NULL;
    g_autofree char *converted = NULL;
    int fd;

    g_thread_join(g_thread_new("words", add_a_word, words));
    g_assert_true(g_file_get_contents(words, &written, NULL, NULL));
    g_assert_nonnull(strstr(written, "Fediverse"));
    converted = g_convert("na\xefve", -1, "UTF-8", "KOI8-R", NULL, NULL, NULL); /* loads a module */
    g_assert_nonnull(converted);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
}

/* People keep such files in a folder of their own, with a link to it. */
static void
try_link(void)
{
    g_autofree char *elsewhere = g_build_filename(dir, "dotfiles", NULL);
    g_autofree char *target = g_build_filename(elsewhere, "words.txt", NULL);
    g_autofree char *folder = g_build_filename(dir, "proofd", NULL);
    g_autofree char *link = g_build_filename(folder, "words.txt", NULL);
    g_autofree char *words = NULL;
    g_autofree char *written = NULL;

    g_assert_cmpint(g_mkdir(elsewhere, 0700), ==, 0);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(target, "", 0, NULL));
    g_assert_cmpint(symlink(target, link), ==, 0);
    words = enter(NULL);
    add_a_word(words);
    g_assert_true(g_file_get_contents(target, &written, NULL, NULL));
    g_assert_nonnull(strstr(written, "Fediverse"));
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);

        remove_all(entry);
    }
    g_remove(path);
}

/* @data: the function to run in a process of its own */
static void
test_in_process(gconstpointer data)
{
    if (g_test_subprocess()) {
        dir = g_strdup(g_getenv("PROOFD_TEST_DIR"));
        ((void (*)(void))data)();
        g_free(dir);
        return;
    }
    dir = g_dir_make_tmp("proofd-sandbox-XXXXXX", NULL);
    g_assert_nonnull(dir);
    g_setenv("PROOFD_TEST_DIR", dir, TRUE);
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    remove_all(dir);
    g_free(dir);
    g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/sandbox/calls", try_calls, test_in_process);
    g_test_add_data_func("/sandbox/files", try_files, test_in_process);
    g_test_add_data_func("/sandbox/work", try_work, test_in_process);
    g_test_add_data_func("/sandbox/link", try_link, test_in_process);
    return g_test_run();
}
