/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/error.h"
#include "daemon/engine/words.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *dir;
    char *path;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("pd-words-XXXXXX", NULL);
    g_assert_nonnull(f->dir);
    f->path = g_build_filename(f->dir, "words.txt", NULL);
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);

        if (g_file_test(entry, G_FILE_TEST_IS_DIR) && !g_file_test(entry, G_FILE_TEST_IS_SYMLINK))
            remove_all(entry);
        else
            g_unlink(entry);
    }
    g_rmdir(path);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    remove_all(f->dir);
    g_free(f->dir);
    g_free(f->path);
}

static PdWords *
open_words(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    PdWords *words = pd_words_open(f->path, &error);

    g_assert_no_error(error);
    g_assert_nonnull(words);
    return words;
}

static gssize
add(PdWords *words, const char *word)
{
    const char *list[] = { word, NULL };
    g_autoptr(GError) error = NULL;
    gssize n = pd_words_add(words, list, &error);

    g_assert_no_error(error);
    return n;
}

static void
assert_file(const char *path, const char *want)
{
    g_autofree char *got = NULL;

    g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, want);
}

static void
test_add_and_case(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) words = open_words(f);
    const char *list[] = { " proofd ", "Łódź", "don’t", "proofd", "iPhone", NULL };
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_words_has(words, "proofd"));
    g_assert_cmpint(pd_words_add(words, list, &error), ==, 4);
    g_assert_no_error(error);
    g_assert_true(pd_words_has(words, "proofd"));
    g_assert_true(pd_words_has(words, "Proofd"));
    g_assert_true(pd_words_has(words, "PROOFD"));
    g_assert_false(pd_words_has(words, "pRoofd"));
    g_assert_true(pd_words_has(words, "Łódź"));
    g_assert_true(pd_words_has(words, "ŁÓDŹ"));
    g_assert_false(pd_words_has(words, "łódź"));
    g_assert_true(pd_words_has(words, "don't"));
    g_assert_true(pd_words_has(words, "Don’t"));
    g_assert_true(pd_words_has(words, "IPHONE"));
    g_assert_false(pd_words_has(words, "iphone"));
    g_assert_true(pd_words_has(words, "proofd's"));
    g_assert_true(pd_words_has(words, "Proofd’s"));
    g_assert_false(pd_words_has(words, "proofds"));
    g_assert_false(pd_words_has(words, "'s"));
    g_assert_false(pd_words_has(words, ""));
    assert_file(f->path, "don’t\niPhone\nproofd\nŁódź\n");
    g_assert_cmpint(add(words, "proofd"), ==, 0);
}

static void
test_list_and_remove(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) words = open_words(f);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) list = NULL;

    add(words, "beta");
    add(words, "alpha");
    g_assert_true(pd_words_remove(words, "beta", &error));
    g_assert_no_error(error);
    list = pd_words_list(words);
    g_assert_cmpuint(g_strv_length(list), ==, 1);
    g_assert_cmpstr(list[0], ==, "alpha");
    g_assert_false(pd_words_remove(words, "beta", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(pd_words_remove(words, "", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_NOT_FOUND);
}

static void
test_bad_words(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) words = open_words(f);
    g_autofree char *longest = g_strnfill(200, 'x');
    g_autofree char *too_long = g_strnfill(201, 'x');
    const char *bad[] = { "",     "  ",    "two words",     "a\nb",       "tab\tbed",
                          "\xFF", "a\x01", "no\u00A0break", "\uFEFFmark", too_long };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        const char *list[] = { "good", bad[i], NULL };
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(pd_words_add(words, list, &error), ==, -1);
        g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_TEXT);
        g_assert_nonnull(strstr(error->message, "word 2"));
        g_assert_false(pd_words_has(words, "good"));
    }
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
    g_assert_cmpint(add(words, longest), ==, 1);
}

static void
test_files(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWords) words = NULL;

    g_assert_true(g_file_set_contents(f->path,
                                      "good\nb\xFF"
                                      "ad\n",
                                      -1, NULL));
    g_assert_null(pd_words_open(f->path, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "line 2"));
    g_clear_error(&error);

    g_assert_null(pd_words_open(f->dir, &error));
    g_assert_cmpint(error->domain, ==, G_FILE_ERROR);
    g_clear_error(&error);
    g_assert_null(pd_words_open("/dev/full", &error));
    g_assert_cmpint(error->domain, ==, G_FILE_ERROR);
    g_clear_error(&error);

    g_assert_true(g_file_set_contents(f->path, "\xEF\xBB\xBFone\r\n\n  two  \nthree", -1, NULL));
    words = open_words(f);
    g_assert_true(pd_words_has(words, "one"));
    g_assert_true(pd_words_has(words, "two"));
    g_assert_true(pd_words_has(words, "three"));
}

static void
test_mode_and_link(Fixture *f, gconstpointer data)
{
    g_autofree char *real = g_build_filename(f->dir, "real.txt", NULL);
    g_autoptr(PdWords) words = NULL;
    struct stat st;

    g_assert_true(g_file_set_contents(real, "one\n", -1, NULL));
    g_assert_cmpint(g_chmod(real, 0640), ==, 0);
    g_assert_cmpint(symlink("real.txt", f->path), ==, 0);
    words = open_words(f);
    add(words, "two");
    g_assert_true(g_file_test(f->path, G_FILE_TEST_IS_SYMLINK));
    assert_file(real, "one\ntwo\n");
    g_assert_cmpint(g_stat(real, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0640);
}

static void
test_dangling_link_and_new_dir(Fixture *f, gconstpointer data)
{
    g_autofree char *real = g_build_filename(f->dir, "new", "deep", "words", NULL);
    g_autoptr(PdWords) words = NULL;
    struct stat st;

    g_assert_cmpint(symlink("new/deep/words", f->path), ==, 0);
    words = open_words(f);
    add(words, "one");
    assert_file(real, "one\n");
    g_assert_cmpint(g_stat(real, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

/* Two lists on one file: neither loses the other's words. */
static void
test_shared(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) a = open_words(f);
    g_autoptr(PdWords) b = open_words(f);

    add(a, "first");
    add(b, "second");
    add(a, "third");
    assert_file(f->path, "first\nsecond\nthird\n");
    g_assert_true(pd_words_has(a, "second"));
    g_usleep(1100 * 1000); /* a mere question looks at the file once a second */
    g_assert_true(pd_words_has(b, "third"));
}

static void
test_full_disk(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) words = open_words(f);
    g_autofree char *temporary = g_strconcat(f->path, ".new", NULL);
    g_autofree char *word = g_strnfill(150, 'y');
    const char *list[] = { word, NULL };
    g_autoptr(GError) error = NULL;
    struct rlimit old, small;

    add(words, "kept");
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &old), ==, 0);
    small = old;
    small.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_assert_cmpint(pd_words_add(words, list, &error), ==, -1);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
    g_assert_error(error, PD_ERROR, PD_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, f->path));
    g_assert_false(pd_words_has(words, word));
    g_assert_true(pd_words_has(words, "kept"));
    assert_file(f->path, "kept\n");
    g_assert_false(g_file_test(temporary, G_FILE_TEST_EXISTS));
    g_assert_cmpint(add(words, word), ==, 1);
}

static void
test_unwritable_place(Fixture *f, gconstpointer data)
{
    g_autofree char *below_file = g_build_filename(f->path, "words.txt", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(f->path, "", 0, NULL));
    g_assert_null(pd_words_open(below_file, &error));
    g_assert_cmpint(error->domain, ==, G_FILE_ERROR);
}

static void
add_until_killed(const char *path)
{
    PdWords *words = pd_words_open(path, NULL);

    for (unsigned i = 0; words != NULL; i++) {
        g_autofree char *word = g_strdup_printf("word%08u", i);
        const char *list[] = { word, NULL };

        if (pd_words_add(words, list, NULL) != 1)
            _exit(1);
    }
    _exit(1);
}

/* Every line is whole, and the words are those of the loop without a gap. */
static void
assert_complete(const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    size_t length;

    if (!g_file_get_contents(path, &text, &length, NULL))
        return; /* killed before the first word */
    g_assert_true(g_str_has_suffix(text, "\n"));
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; i + 1 < g_strv_length(lines); i++) {
        g_autofree char *want = g_strdup_printf("word%08u", i);

        g_assert_cmpstr(lines[i], ==, want);
    }
}

static void
test_kill(Fixture *f, gconstpointer data)
{
    for (unsigned round = 0; round < 8; round++) {
        g_autoptr(PdWords) words = NULL;
        int status;
        pid_t child;

        g_unlink(f->path);
        child = fork();
        if (child == 0)
            add_until_killed(f->path);
        g_assert_cmpint(child, >, 0);
        g_usleep(5000 + round * 7001);
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        assert_complete(f->path);
        words = open_words(f);
        add(words, "after"); /* the dead process holds no lock */
        g_assert_true(pd_words_has(words, "after"));
    }
}

/* Two processes add at once: no word is lost. */
static void
test_two_processes(Fixture *f, gconstpointer data)
{
    g_auto(GStrv) list = NULL;
    g_autoptr(PdWords) words = NULL;
    pid_t children[2];

    for (unsigned c = 0; c < 2; c++) {
        children[c] = fork();
        if (children[c] == 0) {
            PdWords *own = pd_words_open(f->path, NULL);

            for (unsigned i = 0; i < 25; i++) {
                g_autofree char *word = g_strdup_printf("p%u-%u", c, i);
                const char *one[] = { word, NULL };

                if (pd_words_add(own, one, NULL) != 1)
                    _exit(1);
            }
            pd_words_unref(own); /* valgrind looks for leaks here, too */
            _exit(0);
        }
    }
    for (unsigned c = 0; c < 2; c++) {
        int status;

        g_assert_cmpint(waitpid(children[c], &status, 0), ==, children[c]);
        g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    words = open_words(f);
    list = pd_words_list(words);
    g_assert_cmpuint(g_strv_length(list), ==, 50);
}

static gpointer
ask_often(gpointer data)
{
    for (int i = 0; i < 2000; i++)
        g_assert_true(pd_words_has(data, "always"));
    return NULL;
}

static void
test_threads(Fixture *f, gconstpointer data)
{
    g_autoptr(PdWords) words = open_words(f);
    GThread *threads[2];

    add(words, "always");
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("ask", ask_often, words);
    for (int i = 0; i < 20; i++) {
        g_autofree char *word = g_strdup_printf("w%d", i);

        add(words, word);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/words/add-and-case", Fixture, NULL, set_up, test_add_and_case, tear_down);
    g_test_add("/words/list-and-remove", Fixture, NULL, set_up, test_list_and_remove, tear_down);
    g_test_add("/words/bad-words", Fixture, NULL, set_up, test_bad_words, tear_down);
    g_test_add("/words/files", Fixture, NULL, set_up, test_files, tear_down);
    g_test_add("/words/mode-and-link", Fixture, NULL, set_up, test_mode_and_link, tear_down);
    g_test_add("/words/dangling-link", Fixture, NULL, set_up, test_dangling_link_and_new_dir,
               tear_down);
    g_test_add("/words/shared", Fixture, NULL, set_up, test_shared, tear_down);
    g_test_add("/words/full-disk", Fixture, NULL, set_up, test_full_disk, tear_down);
    g_test_add("/words/unwritable-place", Fixture, NULL, set_up, test_unwritable_place, tear_down);
    g_test_add("/words/kill", Fixture, NULL, set_up, test_kill, tear_down);
    g_test_add("/words/two-processes", Fixture, NULL, set_up, test_two_processes, tear_down);
    g_test_add("/words/threads", Fixture, NULL, set_up, test_threads, tear_down);
    return g_test_run();
}
