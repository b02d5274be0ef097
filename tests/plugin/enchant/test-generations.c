/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-generations.c - the provider in a libenchant of each generation
 *
 * $MOCK: one of the mock libraries; $MODULE: the provider. The same tests run with each: what a
 * program gets must not depend on the version of Enchant that is installed.
 */
#include "tests/plugin/enchant/mock.h"

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <gmodule.h>
#include <string.h>

typedef struct {
    void *(*init)(void);
    const MockEnchant *(*mock_enchant)(const char *version);
} Libraries;

typedef struct {
    const MockEnchant *mock;
    char *dictionaries;
    char *words; /* the service's file */
    void *dict;  /* xx_YY */
} Fixture;

static void
write_file(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
remove_tree(GFile *file)
{
    g_autoptr(GFileEnumerator) entries = g_file_enumerate_children(
        file, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
    GFile *child;

    while (entries != NULL && g_file_enumerator_iterate(entries, NULL, &child, NULL, NULL) &&
           child != NULL)
        remove_tree(child);
    (void)g_file_delete(file, NULL, NULL);
}

static void
remove_all(const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);

    remove_tree(file);
}

static void
open_broker(Fixture *f, gconstpointer data)
{
    const Libraries *libraries = data;

    g_assert_true(f->mock->open(libraries->init));
    f->dict = f->mock->request("xx_YY");
    g_assert_nonnull(f->dict);
}

static void
close_broker(Fixture *f)
{
    f->mock->free_dict(f->dict);
    f->mock->close();
}

static void
set_up(Fixture *f, gconstpointer data)
{
    const Libraries *libraries = data;

    f->mock = libraries->mock_enchant(NULL);
    f->dictionaries = g_build_filename(g_get_home_dir(), "dictionaries", NULL);
    f->words = g_build_filename(g_get_user_data_dir(), "proofd", "words.txt", NULL);
    g_setenv("PROOFD_DICTIONARIES", f->dictionaries, TRUE);
    g_assert_cmpint(g_mkdir_with_parents(g_getenv("ENCHANT_CONFIG_DIR"), 0700), ==, 0);
    write_file(f->dictionaries, "xx_YY.aff", "SET UTF-8\nTRY abcdefghijklmno\nWORDCHARS -'\n");
    write_file(f->dictionaries, "xx_YY.dic", "4\nword\nother\ndon't\nStraße\n");
    write_file(f->dictionaries, "xx_ZZ.aff", "SET UTF-8\n");
    write_file(f->dictionaries, "xx_ZZ.dic", "1\nelsewhere\n");
    open_broker(f, data);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    close_broker(f);
    remove_all(f->dictionaries);
    remove_all(g_get_user_data_dir());
    remove_all(g_get_user_config_dir());
    g_free(f->dictionaries);
    g_free(f->words);
}

static int
check(const Fixture *f, const char *word)
{
    return f->mock->check(f->dict, word, strlen(word));
}

static void
test_names(Fixture *f, gconstpointer data)
{
    g_auto(GStrv) names = NULL;
    size_t n = 99;

    g_assert_cmpstr(f->mock->identify(), ==, "proofd");
    g_assert_true(g_utf8_validate(f->mock->describe(), -1, NULL));
    names = f->mock->list_dicts(&n);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpstr(names[0], ==, "xx_YY");
    g_assert_cmpstr(names[1], ==, "xx_ZZ");
    g_assert_null(names[2]);
}

static void
test_tags(Fixture *f, gconstpointer data)
{
    void *bare, *again;

    g_assert_cmpint(f->mock->exists("xx_YY"), ==, 1);
    g_assert_cmpint(f->mock->exists("xx"), ==, 1);
    g_assert_cmpint(f->mock->exists("xx_WW"), ==, 0);
    g_assert_cmpint(f->mock->exists(""), ==, 0);
    g_assert_null(f->mock->request("xx_WW"));
    g_assert_null(f->mock->request("../xx_YY"));
    g_assert_null(f->mock->error()); /* that nobody has a dictionary is no error */
    bare = f->mock->request("xx");
    again = f->mock->request("xx_YY");
    g_assert_cmpint(f->mock->check(bare, "word", 4), ==, 0);
    f->mock->free_dict(bare);
    g_assert_cmpint(f->mock->check(again, "word", 4), ==, 0);
    g_assert_cmpint(f->mock->check(f->dict, "word", 4), ==, 0);
    f->mock->free_dict(again);
}

static void
test_check(Fixture *f, gconstpointer data)
{
    const size_t huge_bytes = 10 * 1024 * 1024;
    g_autofree char *huge = g_strnfill(huge_bytes, 'a');

    g_assert_cmpint(check(f, "word"), ==, 0);
    g_assert_cmpint(check(f, "Word"), ==, 0);
    g_assert_cmpint(check(f, "WORD"), ==, 0);
    g_assert_cmpint(check(f, "don't"), ==, 0);
    g_assert_cmpint(check(f, "don’t"), ==, 0);
    g_assert_cmpint(check(f, "1234"), ==, 0);
    g_assert_cmpint(check(f, ""), ==, 0);
    g_assert_cmpint(check(f, "wrod"), ==, 1);
    g_assert_cmpint(check(f, "elsewhere"), ==, 1);
    g_assert_cmpint(f->mock->check(f->dict, "wordless", 4), ==, 0); /* no NUL behind it */
    g_assert_cmpint(f->mock->check(f->dict, "wo\0rd", 5), ==, -1);
    g_assert_cmpint(check(f, "\xFFword"), ==, -1);
    g_assert_cmpint(f->mock->check(f->dict, "Straße", 5), ==, -1); /* cut inside ß */
    g_assert_cmpint(f->mock->check(f->dict, huge, huge_bytes), ==, 1);
    g_assert_cmpint(check(f, "word"), ==, 0);
}

static char **
suggest(const Fixture *f, const char *word, size_t length)
{
    size_t n = 99;
    char **words = f->mock->suggest(f->dict, word, length, &n);

    g_assert_nonnull(words);
    g_assert_cmpuint(g_strv_length(words), ==, n);
    return words;
}

static void
test_suggest(Fixture *f, gconstpointer data)
{
    g_autofree char *huge = g_strnfill(100000, 'a');
    g_auto(GStrv) one = suggest(f, "wrodless", 4);
    g_auto(GStrv) none = suggest(f, "zzzzzzzzzz", 10);
    g_auto(GStrv) invalid = suggest(f, "\xFFwrod", 5);
    g_auto(GStrv) empty = suggest(f, "", 0);
    g_auto(GStrv) long_one = suggest(f, huge, 100000);

    g_assert_cmpstr(one[0], ==, "word");
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    g_assert_cmpuint(g_strv_length(invalid), ==, 0);
    g_assert_cmpuint(g_strv_length(empty), ==, 0);
    g_assert_cmpuint(g_strv_length(long_one), ==, 0);
}

static void
test_characters(Fixture *f, gconstpointer data)
{
    g_assert_cmpstr(f->mock->extra_characters(f->dict), ==, "-'");
    g_assert_cmpint(f->mock->is_word_character(f->dict, 'a', 0), ==, 1);
    g_assert_cmpint(f->mock->is_word_character(f->dict, 0xDF, 2), ==, 1);
    g_assert_cmpint(f->mock->is_word_character(f->dict, '-', 1), ==, 1);
    g_assert_cmpint(f->mock->is_word_character(f->dict, '\'', 1), ==, 1);
    g_assert_cmpint(f->mock->is_word_character(f->dict, 0x2019, 0), ==, 1);
    g_assert_cmpint(f->mock->is_word_character(f->dict, '\'', 2), ==, 0);
    g_assert_cmpint(f->mock->is_word_character(f->dict, ' ', 1), ==, 0);
    g_assert_cmpint(f->mock->is_word_character(f->dict, 0, 1), ==, 0);
}

/* Whether the answer becomes @want before long: changes of the file are seen within a second. */
static bool
becomes(const Fixture *f, const char *word, int want)
{
    const gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    while (check(f, word) != want) {
        if (g_get_monotonic_time() > deadline)
            return false;
        g_usleep(20000);
    }
    return true;
}

/* The file and its directory appear while a program runs, the file is replaced, and goes. */
static void
test_own_words(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = g_path_get_dirname(f->words);

    g_assert_cmpint(check(f, "Fediverse"), ==, 1);
    write_file(dir, "words.txt", "Fediverse\n");
    g_assert_true(becomes(f, "Fediverse", 0));
    g_assert_cmpint(check(f, "FEDIVERSE"), ==, 0);
    g_assert_cmpint(check(f, "fediverse"), ==, 1);
    {
        g_auto(GStrv) near = suggest(f, "Fedivrese", 9);

        g_assert_cmpstr(near[0], ==, "Fediverse");
    }
    write_file(dir, "words.txt", "Blorg\n"); /* g_file_set_contents() replaces by a rename */
    g_assert_true(becomes(f, "Blorg", 0));
    g_assert_cmpint(check(f, "Fediverse"), ==, 1);
    write_file(dir, "words.txt", "\xFF\xFE\n"); /* unreadable: the words stay as they were */
    g_assert_cmpint(g_unlink(f->words), ==, 0);
    g_assert_true(becomes(f, "Blorg", 1));
}

/* Unreadable from the start, and then repaired. */
static void
test_own_words_broken(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = g_path_get_dirname(f->words);

    close_broker(f);
    write_file(dir, "words.txt", "\xFF\xFE\n");
    open_broker(f, data);
    g_assert_cmpint(check(f, "Fediverse"), ==, 1);
    g_assert_cmpint(check(f, "word"), ==, 0);
    write_file(dir, "words.txt", "Fediverse\n");
    g_assert_true(becomes(f, "Fediverse", 0));
}

/* The service's settings may name another file. */
static void
test_words_file(Fixture *f, gconstpointer data)
{
    g_autofree char *conf = g_build_filename(g_get_user_config_dir(), "proofd", NULL);
    g_autofree char *elsewhere = g_build_filename(f->dictionaries, "my-words", NULL);
    g_autofree char *text = g_strdup_printf("[service]\nwords-file=%s\n", elsewhere);

    close_broker(f);
    write_file(conf, "proofd.conf", text);
    write_file(f->dictionaries, "my-words", "Fediverse\n");
    open_broker(f, data);
    g_assert_cmpint(check(f, "Fediverse"), ==, 0);
}

/* What a program adds to keep goes into the service's list, what it ignores does not. */
static void
test_add(Fixture *f, gconstpointer data)
{
    g_autofree char *text = NULL;

    f->mock->add_to_session(f->dict, "ignored");
    f->mock->add(f->dict, "Fediverse");
    g_assert_cmpint(check(f, "Fediverse"), ==, 0);
    g_assert_cmpint(check(f, "ignored"), ==, 0);
    {
        g_auto(GStrv) near = suggest(f, "ignroed", 7);

        g_assert_cmpstr(near[0], ==, "ignored");
    }
    f->mock->add(f->dict, "has space");
    f->mock->add(f->dict, "naïve"); /* right before it closes */
    close_broker(f);
    g_assert_true(g_file_get_contents(f->words, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "Fediverse\nnaïve\n");
    open_broker(f, data);
    g_assert_cmpint(check(f, "naïve"), ==, 0);
}

static void
test_remove(Fixture *f, gconstpointer data)
{
    f->mock->add_to_session(f->dict, "ignored");
    f->mock->remove(f->dict, "never-added");
    g_assert_cmpint(check(f, "ignored"), ==, 0);
    f->mock->remove(f->dict, "ignored");
    if (!f->mock->has_personal_hook) /* there, no provider is told */
        g_assert_cmpint(check(f, "ignored"), ==, 1);
    f->mock->remove(f->dict, "word"); /* Enchant itself answers for what it excludes */
    g_assert_cmpint(check(f, "word"), ==, 0);
}

/* Words that were in Enchant's list before are Enchant's: nothing is copied behind one's back. */
static void
test_old_list(Fixture *f, gconstpointer data)
{
    close_broker(f);
    mock_list_add("xx_YY", "Oldword");
    open_broker(f, data);
    (void)check(f, "word");
    f->mock->add_to_session(f->dict, "Oldword");
    (void)check(f, "word");
    close_broker(f);
    g_assert_false(g_file_test(f->words, G_FILE_TEST_EXISTS));
    open_broker(f, data);
}

/* A list that cannot be written costs its owner nothing but the copy. */
static void
test_add_impossible(Fixture *f, gconstpointer data)
{
    write_file(g_get_user_data_dir(), "proofd", "a file where the directory should be\n");
    f->mock->add(f->dict, "Fediverse");
    g_assert_cmpint(check(f, "Fediverse"), ==, 0);
    g_assert_cmpint(check(f, "wrod"), ==, 1);
    close_broker(f);
    open_broker(f, data);
    g_assert_cmpint(check(f, "word"), ==, 0);
}

static void
test_broken_dictionary(Fixture *f, gconstpointer data)
{
    write_file(f->dictionaries, "yy_YY.aff", "SET KLINGON\n");
    write_file(f->dictionaries, "yy_YY.dic", "1\nword\n");
    g_assert_null(f->mock->request("yy_YY"));
    g_assert_nonnull(strstr(f->mock->error(), "yy_YY.aff"));
    write_file(f->dictionaries, "yy_YY.aff", "SET UTF-8\n");
    write_file(f->dictionaries, "yy_YY.dic", "2000000000\nword\n");
    g_assert_null(f->mock->request("yy_YY"));
    g_assert_nonnull(strstr(f->mock->error(), "yy_YY.dic"));
    g_assert_cmpint(check(f, "word"), ==, 0);
}

/* A dictionary for which Hunspell asks for more memory than there is. */
static void
test_throwing_dictionary(Fixture *f, gconstpointer data)
{
#ifdef __SANITIZE_ADDRESS__
    g_test_skip("AddressSanitizer ends the program where operator new should throw");
#else
    if (g_getenv("UNDER_VALGRIND") != NULL) {
        g_test_skip("so does Valgrind");
        return;
    }
    write_file(f->dictionaries, "yy_YY.aff", "SET UTF-8\nREP 2147483647\nREP a b\n");
    write_file(f->dictionaries, "yy_YY.dic", "1\nword\n");
    g_assert_null(f->mock->request("yy_YY"));
    g_assert_nonnull(strstr(f->mock->error(), "yy_YY.dic"));
    g_assert_cmpint(check(f, "word"), ==, 0);
#endif
}

static gpointer
ask_often(gpointer data)
{
    const Fixture *f = data;
    void *dict = f->dict;

    for (int i = 0; i < 2000; i++) {
        g_autofree char *word = g_strdup_printf("wrod%c%c", 'a' + i % 26, 'a' + i / 26 % 26);

        g_assert_cmpint(f->mock->check(dict, word, strlen(word)), ==, 1);
        g_assert_cmpint(f->mock->check(dict, "word", 4), ==, 0);
    }
    return NULL;
}

/* Dictionaries share nothing that a lock would have to guard. */
static void
test_threads(Fixture *f, gconstpointer data)
{
    GThread *threads[4];
    Fixture fixtures[4];

    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        fixtures[i] = (Fixture){ .mock = f->mock, .dict = f->mock->request("xx_YY") };
        threads[i] = g_thread_new("ask", ask_often, &fixtures[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        g_thread_join(threads[i]);
        f->mock->free_dict(fixtures[i].dict);
    }
}

/* Versions that are not known: the module stays out, and whoever loads it goes on. */
static void
test_unknown_version(gconstpointer data)
{
    static const char *const versions[] = { "3.0.0", "1.6.1", "2.1.3", "", "two", "2.8" };
    const Libraries *libraries = data;

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++)
        g_assert_false(libraries->mock_enchant(versions[i])->open(libraries->init));
}

/* The same version number, but a type that is larger than the known one: a layout to come. */
static void
test_unknown_layout(gconstpointer data)
{
    const Libraries *libraries = data;
    const char *types[] = { "EnchantProvider", libraries->mock_enchant(NULL)->dict_type };

    for (size_t i = 0; types[1] != NULL && i < G_N_ELEMENTS(types); i++) {
        g_setenv("MOCK_LARGER", types[i], TRUE);
        g_test_trap_subprocess("/generations/unknown-layout/subprocess", 0, 0);
        g_test_trap_assert_passed();
    }
    g_unsetenv("MOCK_LARGER");
}

static void
test_unknown_layout_subprocess(gconstpointer data)
{
    const Libraries *libraries = data;

    g_assert_false(libraries->mock_enchant(NULL)->open(libraries->init));
}

static gpointer
find_symbol(const char *path, const char *name)
{
    GModule *module = g_module_open(path, 0); /* for as long as this runs */
    gpointer symbol = NULL;

    if (module == NULL || !g_module_symbol(module, name, &symbol))
        g_error("%s: %s", path, g_module_error());
    return symbol;
}

static void
add(const char *path, const Libraries *libraries, void (*test)(Fixture *, gconstpointer))
{
    g_test_add(path, Fixture, libraries, set_up, test, tear_down);
}

static void
add_tests(const Libraries *l)
{
    add("/generations/names", l, test_names);
    add("/generations/tags", l, test_tags);
    add("/generations/check", l, test_check);
    add("/generations/suggest", l, test_suggest);
    add("/generations/characters", l, test_characters);
    add("/generations/own-words", l, test_own_words);
    add("/generations/own-words/broken", l, test_own_words_broken);
    add("/generations/own-words/words-file", l, test_words_file);
    add("/generations/add", l, test_add);
    add("/generations/add/impossible", l, test_add_impossible);
    add("/generations/remove", l, test_remove);
    add("/generations/old-list", l, test_old_list);
    add("/generations/broken-dictionary", l, test_broken_dictionary);
    add("/generations/throwing-dictionary", l, test_throwing_dictionary);
    add("/generations/threads", l, test_threads);
    g_test_add_data_func("/generations/unknown-version", l, test_unknown_version);
    g_test_add_data_func("/generations/unknown-layout", l, test_unknown_layout);
    g_test_add_data_func("/generations/unknown-layout/subprocess", l,
                         test_unknown_layout_subprocess);
}

int
main(int argc, char **argv)
{
    g_autofree char *home = g_dir_make_tmp("enchant-generations-XXXXXX", NULL);
    g_autofree char *data = g_build_filename(home, "data", NULL);
    g_autofree char *config = g_build_filename(home, "config", NULL);
    g_autofree char *enchant = g_build_filename(config, "enchant", NULL);
    Libraries libraries;
    int status;

    g_setenv("HOME", home, TRUE);
    g_setenv("XDG_DATA_HOME", data, TRUE);
    g_setenv("XDG_CONFIG_HOME", config, TRUE);
    g_setenv("ENCHANT_CONFIG_DIR", enchant, TRUE);
    g_test_init(&argc, &argv, NULL);
    libraries.mock_enchant = find_symbol(g_getenv("MOCK"), "mock_enchant");
    libraries.init = find_symbol(g_getenv("MODULE"), "init_enchant_provider");
    add_tests(&libraries);
    status = g_test_run();
    remove_all(home);
    return status;
}
