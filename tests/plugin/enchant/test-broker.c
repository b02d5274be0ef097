/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-broker.c - the provider in the libenchant that is installed
 *
 * $MODULE: the provider; $ORDERING: the enchant.ordering that is shipped. module-dir.c is in it.
 */
#include <enchant.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define N_WORDS 1500        /* of each dictionary, in several forms each */
#define N_SUGGESTIONS 40    /* of each dictionary: Hunspell takes its time */
#define MAX_SUGGEST_CHARS 9 /* and most of it for long words */

static char *
in_home(const char *name)
{
    return g_build_filename(g_getenv("HOME"), name, NULL);
}

static void
set_ordering(const char *text)
{
    g_autofree char *path = in_home("enchant.ordering");

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static EnchantDict *
request(EnchantBroker *broker, const char *tag)
{
    EnchantDict *dict = enchant_broker_request_dict(broker, tag);

    g_assert_nonnull(dict);
    return dict;
}

static void
note_provider(const char *tag, const char *name, const char *desc, const char *file, void *data)
{
    *(char **)data = g_strdup(name);
}

static void
assert_provider(EnchantBroker *broker, const char *tag, const char *want)
{
    EnchantDict *dict = request(broker, tag);
    g_autofree char *name = NULL;

    enchant_dict_describe(dict, note_provider, &name);
    g_assert_cmpstr(name, ==, want);
    enchant_broker_free_dict(broker, dict);
}

/* On with the shipped ordering, off without it: the other providers come first then. */
static void
test_ordering(void)
{
    g_autofree char *shipped = NULL;
    EnchantBroker *broker;

    g_assert_true(g_file_get_contents(g_getenv("ORDERING"), &shipped, NULL, NULL));
    set_ordering(shipped);
    broker = enchant_broker_init();
    assert_provider(broker, "en_US", "proofd");
    assert_provider(broker, "en_GB", "proofd");
    assert_provider(broker, "de_DE", "proofd");
    g_assert_cmpint(enchant_broker_dict_exists(broker, "ru_RU"), ==, 1);
    enchant_broker_free(broker);
    set_ordering("*:hunspell\nen_US:hunspell\n");
    broker = enchant_broker_init();
    assert_provider(broker, "en_US", "hunspell");
    assert_provider(broker, "de_DE", "hunspell");
    enchant_broker_free(broker);
}

/* (transfer full): the text in the encoding that SET names. */
static char *
read_dictionary(const char *name)
{
    g_autofree char *base = g_build_filename("/usr/share/hunspell", name, NULL);
    g_autofree char *aff_path = g_strconcat(base, ".aff", NULL);
    g_autofree char *dic_path = g_strconcat(base, ".dic", NULL);
    g_autofree char *aff = NULL, *dic = NULL, *encoding = NULL;
    const char *set;
    size_t length;

    if (!g_file_get_contents(aff_path, &aff, NULL, NULL) ||
        !g_file_get_contents(dic_path, &dic, &length, NULL))
        return NULL;
    set = g_str_has_prefix(aff, "SET ") ? aff : strstr(aff, "\nSET ") + 1;
    encoding = g_strndup(set + strlen("SET "), strcspn(set + strlen("SET "), " \r\n"));
    return g_convert(dic, (gssize)length, "UTF-8", encoding, NULL, NULL, NULL);
}

/* (transfer full): words of the dictionary, picked by chance, without their flags. */
static GPtrArray *
pick_words(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const gint32 n = (gint32)g_strv_length(lines);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    while (words->len < N_WORDS) {
        char *word = g_strdup(lines[g_test_rand_int_range(1, n)]);

        word[strcspn(word, "/\t\r")] = '\0';
        if (*word != '\0')
            g_ptr_array_add(words, word);
        else
            g_free(word);
    }
    return words;
}

/* (transfer full): one letter left out, doubled, or swapped with the next. */
static char *
misspell(const char *word)
{
    const glong n = g_utf8_strlen(word, -1);
    const char *at = g_utf8_offset_to_pointer(word, g_test_rand_int_range(0, (gint32)n));
    const char *next = g_utf8_next_char(at);
    const char *after = *next != '\0' ? g_utf8_next_char(next) : next;
    GString *wrong = g_string_new_len(word, at - word);

    switch (n == 1 ? 1 : g_test_rand_int_range(0, 3)) {
    case 0:
        break;
    case 1:
        g_string_append_len(wrong, at, next - at);
        g_string_append_len(wrong, at, next - at);
        break;
    default:
        g_string_append_len(wrong, next, after - next);
        g_string_append_len(wrong, at, next - at);
        next = after;
        break;
    }
    g_string_append(wrong, next);
    return g_string_free(wrong, FALSE);
}

/* (transfer full): the word in forms that dictionaries treat in ways of their own. */
static char **
make_forms(const GPtrArray *words, guint i)
{
    const char *word = words->pdata[i];
    const char *other = words->pdata[(guint)g_test_rand_int_range(0, (gint32)words->len)];
    GPtrArray *forms = g_ptr_array_new();

    g_ptr_array_add(forms, g_strdup(word));
    g_ptr_array_add(forms, g_utf8_strup(word, -1));
    g_ptr_array_add(forms, g_utf8_strdown(word, -1));
    g_ptr_array_add(forms, g_strconcat(word, "s", NULL));
    g_ptr_array_add(forms, g_strconcat(word, "'s", NULL));
    g_ptr_array_add(forms, g_strconcat(word, "-", other, NULL));
    g_ptr_array_add(forms, g_strconcat(word, other, NULL));
    g_ptr_array_add(forms, g_strconcat(word, ".", NULL));
    g_ptr_array_add(forms, g_utf8_normalize(word, -1, G_NORMALIZE_NFD));
    g_ptr_array_add(forms, misspell(word));
    g_ptr_array_add(forms, NULL);
    return (char **)g_ptr_array_free(forms, FALSE);
}

/*
 * Hunspell stops looking after a while, 50 ms of the processor's time (TIMELIMIT) or more: what
 * took longer depends on the machine, and is not compared.
 */
static bool
suggest_in_time(EnchantDict *dict, const char *word, char ***ret_words, size_t *ret_n)
{
    const clock_t start = clock();

    *ret_words = enchant_dict_suggest(dict, word, -1, ret_n);
    return clock() - start < CLOCKS_PER_SEC / 20;
}

/* True: they were compared, and are the same. */
static bool
compare_suggestions(EnchantDict *own, EnchantDict *theirs, const char *word)
{
    size_t n_own = 0, n_theirs = 0;
    char **a, **b;
    const bool own_in_time = suggest_in_time(own, word, &a, &n_own);
    const bool in_time = suggest_in_time(theirs, word, &b, &n_theirs) && own_in_time;

    for (size_t i = 0; in_time && i < MIN(n_own, n_theirs); i++)
        g_assert_cmpstr(a[i], ==, b[i]);
    if (in_time)
        g_assert_cmpuint(n_own, ==, n_theirs);
    enchant_dict_free_string_list(own, a);
    if (b != NULL)
        enchant_dict_free_string_list(theirs, b);
    return in_time;
}

static void
compare_characters(EnchantDict *own, EnchantDict *theirs)
{
    g_assert_cmpstr(enchant_dict_get_extra_word_characters(own), ==,
                    enchant_dict_get_extra_word_characters(theirs));
    for (uint32_t c = 1; c < 0x3000; c++)
        for (size_t place = 0; place < 3; place++)
            g_assert_cmpint(enchant_dict_is_word_character(own, c, place) != 0, ==,
                            enchant_dict_is_word_character(theirs, c, place) != 0);
}

static void
compare_words(EnchantDict *own, EnchantDict *theirs, const GPtrArray *words)
{
    guint n_wrong = 0, n_right = 0;

    for (guint i = 0; i < words->len; i++) {
        g_auto(GStrv) forms = make_forms(words, i);

        for (size_t k = 0; forms[k] != NULL; k++) {
            const int want = enchant_dict_check(theirs, forms[k], -1);

            if (enchant_dict_check(own, forms[k], -1) != want)
                g_error("\"%s\": Hunspell's provider says %d", forms[k], want);
            n_wrong += want == 1;
            n_right += want == 0;
        }
    }
    g_assert_cmpuint(n_wrong, >, N_WORDS / 2);
    g_assert_cmpuint(n_right, >, N_WORDS / 2);
}

static void
compare_misspellings(EnchantDict *own, EnchantDict *theirs, const GPtrArray *words)
{
    guint n_asked = 0, n_compared = 0;

    for (guint i = 0; i < words->len && n_asked < N_SUGGESTIONS; i++) {
        g_autofree char *wrong = misspell(words->pdata[i]);

        if (g_utf8_strlen(wrong, -1) > MAX_SUGGEST_CHARS ||
            enchant_dict_check(theirs, wrong, -1) == 0)
            continue;
        n_asked++;
        n_compared += compare_suggestions(own, theirs, wrong);
    }
    g_test_message("%u of %u lists of suggestions compared", n_compared, n_asked);
}

static void
test_same_answers(gconstpointer data)
{
    const char *tag = data;
    g_autofree char *text = read_dictionary(tag);
    EnchantBroker *own, *theirs;
    EnchantDict *own_dict, *their_dict;
    GPtrArray *words;

    if (text == NULL) {
        g_test_skip("the dictionary is not installed");
        return;
    }
    words = pick_words(text);
    own = enchant_broker_init();
    theirs = enchant_broker_init();
    enchant_broker_set_ordering(own, tag, "proofd");
    enchant_broker_set_ordering(theirs, tag, "hunspell");
    assert_provider(own, tag, "proofd");
    assert_provider(theirs, tag, "hunspell");
    own_dict = request(own, tag);
    their_dict = request(theirs, tag);
    compare_words(own_dict, their_dict, words);
    compare_misspellings(own_dict, their_dict, words);
    compare_characters(own_dict, their_dict);
    enchant_broker_free_dict(own, own_dict);
    enchant_broker_free_dict(theirs, their_dict);
    enchant_broker_free(own);
    enchant_broker_free(theirs);
    g_ptr_array_unref(words);
}

/* en_US stays en_US; both apostrophes are one. */
static void
test_english(void)
{
    EnchantBroker *broker;
    EnchantDict *us, *gb;

    set_ordering("*:proofd\nen_US:proofd\nen_GB:proofd\n");
    broker = enchant_broker_init();
    us = request(broker, "en_US");
    gb = request(broker, "en_GB");
    g_assert_cmpint(enchant_dict_check(us, "color", -1), ==, 0);
    g_assert_cmpint(enchant_dict_check(us, "colour", -1), ==, 1);
    g_assert_cmpint(enchant_dict_check(gb, "colour", -1), ==, 0);
    g_assert_cmpint(enchant_dict_check(gb, "color", -1), ==, 1);
    g_assert_cmpint(enchant_dict_check(us, "don't", -1), ==, 0);
    g_assert_cmpint(enchant_dict_check(us, "don’t", -1), ==, 0);
    enchant_broker_free_dict(broker, us);
    enchant_broker_free_dict(broker, gb);
    enchant_broker_free(broker);
}

static void
test_add(void)
{
    g_autofree char *path = g_build_filename(g_get_user_data_dir(), "proofd", "words.txt", NULL);
    g_autofree char *text = NULL;
    EnchantBroker *broker;
    EnchantDict *dict;

    set_ordering("*:proofd\nen_US:proofd\n");
    broker = enchant_broker_init();
    dict = request(broker, "en_US");
    enchant_dict_add_to_session(dict, "Ignorewort", -1);
    enchant_dict_add(dict, "Fediverse", -1);
    g_assert_cmpint(enchant_dict_check(dict, "Fediverse", -1), ==, 0);
    g_assert_cmpint(enchant_dict_check(dict, "Ignorewort", -1), ==, 0);
    enchant_broker_free_dict(broker, dict);
    enchant_broker_free(broker);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "Fediverse\n");
}

static gpointer
use_broker(gpointer data)
{
    EnchantBroker *broker = enchant_broker_init();
    EnchantDict *dict = request(broker, "en_US");

    for (int i = 0; i < 500; i++) {
        g_assert_cmpint(enchant_dict_check(dict, "letter", -1), ==, 0);
        g_assert_cmpint(enchant_dict_check(dict, "recieve", -1), ==, 1);
    }
    for (int i = 0; i < 3; i++) {
        char **words = enchant_dict_suggest(dict, "recieve", -1, NULL);

        g_assert_cmpstr(words[0], ==, "receive");
        enchant_dict_free_string_list(dict, words);
    }
    enchant_broker_free_dict(broker, dict);
    enchant_broker_free(broker);
    return NULL;
}

/* A broker in each thread, which come and go. */
static void
test_threads(void)
{
    GThread *threads[4];

    set_ordering("*:proofd\nen_US:proofd\n");
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("broker", use_broker, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

/* A directory with the system's modules and the one just built. */
static void
link_modules(const char *dir)
{
    g_autofree char *own = g_build_filename(dir, "enchant_proofd.so", NULL);
    g_autofree char *hunspell = g_build_filename(dir, "enchant_hunspell.so", NULL);
    g_autofree char *theirs = g_build_filename(ENCHANT_MODULES, "enchant_hunspell.so", NULL);

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_cmpint(symlink(g_getenv("MODULE"), own), ==, 0);
    g_assert_cmpint(symlink(theirs, hunspell), ==, 0);
}

static void
remove_files(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_files(child);
    }
    (void)g_remove(path);
}

int
main(int argc, char **argv)
{
    static const char *const tags[] = { "en_US", "en_GB", "de_DE", "fr", "ru_RU" };
    g_autofree char *home = g_dir_make_tmp("enchant-broker-XXXXXX", NULL);
    g_autofree char *modules = g_build_filename(home, "modules", NULL);
    int status;

    g_setenv("HOME", home, TRUE);
    g_setenv("XDG_DATA_HOME", home, TRUE);
    g_setenv("XDG_CONFIG_HOME", home, TRUE);
    g_setenv("ENCHANT_CONFIG_DIR", home, TRUE);
    g_setenv("ENCHANT_TEST_MODULES", modules, TRUE);
    g_test_init(&argc, &argv, NULL);
    link_modules(modules);
    g_test_add_func("/broker/ordering", test_ordering);
    g_test_add_func("/broker/english", test_english);
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        g_autofree char *path = g_strconcat("/broker/same-answers/", tags[i], NULL);

        g_test_add_data_func(path, tags[i], test_same_answers);
    }
    g_test_add_func("/broker/threads", test_threads);
    g_test_add_func("/broker/add", test_add);
    status = g_test_run();
    remove_files(home);
    return status;
}
