/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/input.h"
#include "plugin/cli/replace.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *directory;
} Fixture;

static void
set_up(Fixture *self, gconstpointer unused)
{
    self->directory = g_dir_make_tmp("proofd-replace-XXXXXX", NULL);
}

static void
tear_down(Fixture *self, gconstpointer unused)
{
    g_autoptr(GDir) directory = g_dir_open(self->directory, 0, NULL);

    for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *path = g_build_filename(self->directory, name, NULL);

        g_remove(path);
    }
    g_rmdir(self->directory);
    g_free(self->directory);
}

static guint
n_entries(Fixture *self)
{
    g_autoptr(GDir) directory = g_dir_open(self->directory, 0, NULL);
    guint n = 0;

    while (g_dir_read_name(directory) != NULL)
        n++;
    return n;
}

static char *
write_file(Fixture *self, const char *name, const char *text)
{
    char *path = g_build_filename(self->directory, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void
assert_holds(const char *path, const char *text)
{
    g_autofree char *now = NULL;

    g_assert_true(g_file_get_contents(path, &now, NULL, NULL));
    g_assert_cmpstr(now, ==, text);
}

static void
add(PdReplace *replace, const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdInput) input = pd_input_read(path, &error);

    g_assert_no_error(error);
    pd_replace_add(replace, input, text, strlen(text));
}

static void
test_commit(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    g_autofree char *second = write_file(self, "second", "old two");
    g_autofree char *link = g_build_filename(self->directory, "link", NULL);
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(GError) error = NULL;
    struct stat now;

    g_chmod(first, 0640);
    g_assert_cmpint(symlink("second", link), ==, 0);
    add(replace, first, "new one");
    add(replace, link, "new two");
    assert_holds(first, "old one"); /* nothing before the commit */
    g_assert_true(pd_replace_commit(replace, &error));
    g_assert_no_error(error);
    assert_holds(first, "new one");
    assert_holds(second, "new two");
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_cmpint(g_stat(first, &now), ==, 0);
    g_assert_cmpint(now.st_mode & 07777, ==, 0640);
    g_assert_cmpuint(n_entries(self), ==, 3);
}

static void
test_changed_meanwhile(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    g_autofree char *second = write_file(self, "second", "old two");
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(GError) error = NULL;

    add(replace, first, "new one");
    add(replace, second, "new two");
    g_free(write_file(self, "second", "somebody else's"));
    g_assert_false(pd_replace_commit(replace, &error));
    g_assert_nonnull(strstr(error->message, "second: has changed"));
    assert_holds(first, "old one");
    assert_holds(second, "somebody else's");
    g_assert_cmpuint(n_entries(self), ==, 2);
}

static void
test_gone(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    g_autofree char *second = write_file(self, "second", "old two");
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(GError) error = NULL;

    add(replace, first, "new one");
    add(replace, second, "new two");
    g_unlink(second);
    g_assert_false(pd_replace_commit(replace, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    assert_holds(first, "old one");
    g_assert_cmpuint(n_entries(self), ==, 1);
}

/*
 * The second prepares well but cannot be swapped, so the first must be taken back: both are one
 * file here.
 */
static void
test_taken_back(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(GError) error = NULL;

    add(replace, first, "new one");
    add(replace, first, "new two");
    g_assert_false(pd_replace_commit(replace, &error));
    g_assert_nonnull(strstr(error->message, "has changed"));
    assert_holds(first, "old one");
    g_assert_cmpuint(n_entries(self), ==, 1);
}

static void
test_not_regular(Fixture *self, gconstpointer unused)
{
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(GError) error = NULL;

    add(replace, "/dev/null", "text");
    g_assert_false(pd_replace_commit(replace, &error));
    g_assert_nonnull(strstr(error->message, "not a regular file"));
}

static void
test_has(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    g_autofree char *second = write_file(self, "second", "old two");
    g_autoptr(PdReplace) replace = pd_replace_new();
    g_autoptr(PdInput) same = pd_input_read(first, NULL);
    g_autoptr(PdInput) other = pd_input_read(second, NULL);

    add(replace, first, "new one");
    g_assert_true(pd_replace_has(replace, same));
    g_assert_false(pd_replace_has(replace, other));
}

/*
 * A signal that comes while files are replaced ends the process afterwards, with nothing left
 * over.
 */
static void
test_interrupted(Fixture *self, gconstpointer unused)
{
    g_autofree char *first = write_file(self, "first", "old one");
    int status;
    pid_t child = fork();

    if (child == 0) {
        PdReplace *replace = pd_replace_new();
        sigset_t interrupt;

        signal(SIGINT, SIG_DFL);
        add(replace, first, "new one");
        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        sigprocmask(SIG_BLOCK, &interrupt, NULL);
        kill(getpid(), SIGINT);
        if (pd_replace_commit(replace, NULL))
            _exit(3);
        sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
        _exit(4);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGINT);
    assert_holds(first, "old one");
    g_assert_cmpuint(n_entries(self), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli/replace/commit", Fixture, NULL, set_up, test_commit, tear_down);
    g_test_add("/cli/replace/changed-meanwhile", Fixture, NULL, set_up, test_changed_meanwhile,
               tear_down);
    g_test_add("/cli/replace/gone", Fixture, NULL, set_up, test_gone, tear_down);
    g_test_add("/cli/replace/taken-back", Fixture, NULL, set_up, test_taken_back, tear_down);
    g_test_add("/cli/replace/not-regular", Fixture, NULL, set_up, test_not_regular, tear_down);
    g_test_add("/cli/replace/has", Fixture, NULL, set_up, test_has, tear_down);
    g_test_add("/cli/replace/interrupted", Fixture, NULL, set_up, test_interrupted, tear_down);
    return g_test_run();
}
