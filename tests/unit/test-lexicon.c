/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/error.h"
#include "daemon/engine/lexicon.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *dir; /* of the test's own dictionaries */
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("pd-lexicon-XXXXXX", NULL);
    g_assert_nonnull(f->dir);
    g_setenv("PROOFD_DICTIONARIES", f->dir, TRUE);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->dir);
    g_unsetenv("PROOFD_DICTIONARIES");
}

/* @text: UTF-8, written in @encoding */
static void
write_file(const Fixture *f, const char *name, const char *text, const char *encoding)
{
    g_autofree char *path = g_build_filename(f->dir, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    size_t length;

    bytes = g_convert(text, -1, encoding, "UTF-8", NULL, &length, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
}

static PdLexicon *
open_lexicon(const char *language)
{
    g_autoptr(GError) error = NULL;
    PdLexicon *lexicon = pd_lexicon_new(language, &error);

    g_assert_no_error(error);
    g_assert_nonnull(lexicon);
    return lexicon;
}

static void
assert_suggests(PdLexicon *lexicon, const char *word, const char *want)
{
    g_auto(GStrv) words = pd_lexicon_suggest(lexicon, word, 10);

    g_assert_true(g_strv_contains((const char *const *)words, want));
    g_assert_false(g_strv_contains((const char *const *)words, word));
}

typedef struct {
    const char *set; /* as in the .aff */
    const char *encoding;
    const char *word;
    const char *wrong;
    const char *impossible; /* cannot be written in it */
} Encoding;

static const Encoding encodings[] = {
    { "UTF-8", "UTF-8", "zażółć", "zażułć", NULL },
    { "ISO8859-1", "ISO-8859-1", "Straße", "Straxße", "łódź" },
    { "ISO8859-2", "ISO-8859-2", "łódka", "łudka", "Привет" },
    { "ISO8859-15", "ISO-8859-15", "cœur", "cœurr", "łódź" },
    { "KOI8-R", "KOI8-R", "привет", "превет", "été" },
    { "KOI8-U", "KOI8-U", "їжак", "їжык", "été" },
    { "microsoft-cp1251", "CP1251", "привет", "превет", "日本" },
    { "ISO8859-7", "ISO-8859-7", "καλημέρα", "καλημερα", "łódź" },
};

static void
test_encodings(Fixture *f, gconstpointer data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
        const Encoding *e = &encodings[i];
        g_autofree char *aff = g_strdup_printf("SET %s\nTRY %s\n", e->set, e->word);
        g_autofree char *dic = g_strdup_printf("2\n%s\nx'y\n", e->word);
        g_autoptr(PdLexicon) lexicon = NULL;

        write_file(f, "xx_YY.aff", aff, e->encoding);
        write_file(f, "xx_YY.dic", dic, e->encoding);
        lexicon = open_lexicon("xx");
        g_assert_true(pd_lexicon_knows(lexicon, e->word));
        g_assert_false(pd_lexicon_knows(lexicon, e->wrong));
        g_assert_true(pd_lexicon_knows(lexicon, "x'y"));
        g_assert_true(pd_lexicon_knows(lexicon, "x’y"));
        assert_suggests(lexicon, e->wrong, e->word);
        if (e->impossible != NULL) {
            g_auto(GStrv) none = pd_lexicon_suggest(lexicon, e->impossible, 5);

            g_assert_false(pd_lexicon_knows(lexicon, e->impossible));
            g_assert_cmpuint(g_strv_length(none), ==, 0);
        }
        g_assert_true(pd_lexicon_knows(lexicon, e->word)); /* a failed conversion leaves no trace */
    }
}

static void
test_find(Fixture *f, gconstpointer data)
{
    static const char *const names[] = { "en_GB", "en_US", "de_AT", "de_CH", "pt_PT", "eo" };
    g_auto(GStrv) languages = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *aff = g_strconcat(names[i], ".aff", NULL);
        g_autofree char *dic = g_strconcat(names[i], ".dic", NULL);

        write_file(f, aff, "SET UTF-8\n", "UTF-8");
        write_file(f, dic, "1\nword\n", "UTF-8");
    }
    write_file(f, "fr_FR.aff", "SET UTF-8\n", "UTF-8"); /* no .dic */
    write_file(f, "hyph_en.dic", "1\nx\n", "UTF-8");    /* no .aff */
    languages = pd_lexicon_languages();
    g_assert_cmpuint(g_strv_length(languages), ==, G_N_ELEMENTS(names));
    g_assert_cmpstr(languages[0], ==, "de_AT");
    g_assert_cmpstr(languages[5], ==, "pt_PT");
    for (size_t i = 0; i < 7; i++) {
        static const char *const asked[][2] = {
            { "en", "en_US" }, { "en-GB", "en_GB" }, { "EN_us", "en_US" },       { "de", "de_AT" },
            { "pt", "pt_PT" }, { "eo", "eo" },       { "en_US.UTF-8", "en_US" },
        };
        g_autoptr(PdLexicon) lexicon = open_lexicon(asked[i][0]);

        g_assert_cmpstr(pd_lexicon_language(lexicon), ==, asked[i][1]);
        g_assert_true(pd_lexicon_knows(lexicon, "word"));
    }
}

static void
test_unknown_language(Fixture *f, gconstpointer data)
{
    static const char *const names[] = { "fr", "en_AU", "", "../en_US", "\xFF", "en_US_posix" };

    write_file(f, "en_US.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "en_US.dic", "1\nword\n", "UTF-8");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_lexicon_new(names[i], &error));
        g_assert_error(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE);
        g_assert_nonnull(strstr(error->message, "en_US"));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
}

static void
assert_broken(const char *named)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(pd_lexicon_new("xx_YY", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, named));
}

static void
test_broken(Fixture *f, gconstpointer data)
{
    g_autofree char *dic = g_build_filename(f->dir, "xx_YY.dic", NULL);

    write_file(f, "xx_YY.dic", "1\nword\n", "UTF-8");
    write_file(f, "xx_YY.aff", "SET KLINGON-99\n", "UTF-8");
    assert_broken("xx_YY.aff");
    write_file(f, "xx_YY.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "xx_YY.dic", "word\nother\n", "UTF-8");
    assert_broken("xx_YY.dic");
    write_file(f, "xx_YY.dic", "", "UTF-8");
    assert_broken("xx_YY.dic");
    write_file(f, "xx_YY.dic", "2000000000\nword\n", "UTF-8");
    assert_broken("xx_YY.dic");
    g_assert_cmpint(g_unlink(dic), ==, 0);
    g_assert_cmpint(g_mkdir(dic, 0700), ==, 0);
    assert_broken("xx_YY.dic");
}

/* Hunspell makes room for as many lines as are announced, and throws what it cannot have. */
static void
test_exceptions(Fixture *f, gconstpointer data)
{
#ifdef __SANITIZE_ADDRESS__
    g_test_skip("AddressSanitizer ends the program where operator new should throw");
#else
    static const char *const tables[] = { "REP", "MAP", "BREAK", "COMPOUNDRULE" };

    write_file(f, "xx_YY.dic", "1\nword\n", "UTF-8");
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *aff =
            g_strdup_printf("SET UTF-8\n%s 2147483647\n%s a b\n", tables[i], tables[i]);

        write_file(f, "xx_YY.aff", aff, "UTF-8");
        assert_broken("xx_YY.dic");
    }
#endif
}

/* An empty .aff is legal: Latin-1 and no affixes. */
static void
test_empty_aff(Fixture *f, gconstpointer data)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    write_file(f, "xx_YY.aff", "", "UTF-8");
    write_file(f, "xx_YY.dic", "2\nword\ncafé\n", "ISO-8859-1");
    lexicon = open_lexicon("xx_YY");
    g_assert_true(pd_lexicon_knows(lexicon, "word"));
    g_assert_true(pd_lexicon_knows(lexicon, "café"));
    g_assert_false(pd_lexicon_knows(lexicon, "wurd"));
}

/* It claims UTF-8 and is not: what comes out is valid all the same. */
static void
test_lying_dictionary(Fixture *f, gconstpointer data)
{
    g_autoptr(PdLexicon) lexicon = NULL;
    g_auto(GStrv) words = NULL;

    write_file(f, "xx_YY.aff", "SET UTF-8\nTRY abcdef\n", "UTF-8");
    write_file(f, "xx_YY.dic", "3\ncafés\ncafe\ncafa\n", "ISO-8859-1");
    lexicon = open_lexicon("xx_YY");
    g_assert_true(pd_lexicon_knows(lexicon, "cafe"));
    words = pd_lexicon_suggest(lexicon, "cafs", 10);
    for (size_t i = 0; words[i] != NULL; i++)
        g_assert_true(g_utf8_validate(words[i], -1, NULL));
    g_assert_true(g_strv_contains((const char *const *)words, "cafe"));
}

static void
test_hostile_words(Fixture *f, gconstpointer data)
{
    g_autofree char *latin = g_strnfill(100000, 'a');
    g_autoptr(GString) wide = g_string_new(NULL);
    g_autoptr(PdLexicon) lexicon = NULL;
    const char *words[] = { "",   "\xFF\xFE", "\xC3",   "'",   "’",  "...", "1234",
                            "😀😀", "a\tb c",   "\u00AD", latin, NULL, NULL };

    write_file(f, "xx_YY.aff", "SET UTF-8\nTRY abc\nCOMPOUNDFLAG x\nCOMPOUNDMIN 1\n", "UTF-8");
    write_file(f, "xx_YY.dic", "2\na/x\nword\n", "UTF-8");
    lexicon = open_lexicon("xx_YY");
    for (int i = 0; i < 33; i++)
        g_string_append(wide, "日");
    words[11] = wide->str;
    for (size_t i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) list = pd_lexicon_suggest(lexicon, words[i], 5);

        g_assert_nonnull(list);
        (void)pd_lexicon_knows(lexicon, words[i]);
    }
    g_assert_false(pd_lexicon_knows(lexicon, ""));
    g_assert_false(pd_lexicon_knows(lexicon, latin));
    latin[101] = '\0';
    g_assert_false(pd_lexicon_knows(lexicon, latin));
    g_assert_true(pd_lexicon_knows(lexicon, "word"));
    g_assert_true(pd_lexicon_knows(lexicon, "wo\u00ADrd"));
}

/* Hunspell takes 100 characters: up to 99 bytes in an eight-bit encoding, 299 of UTF-8. */
static void
test_long_words(Fixture *f, gconstpointer data)
{
    g_autoptr(GString) word = g_string_new(NULL);
    g_autofree char *dic = NULL;
    g_autoptr(PdLexicon) utf8 = NULL, latin = NULL;

    for (int i = 0; i < 99; i++)
        g_string_append(word, "ж");
    dic = g_strdup_printf("1\n%s\n", word->str);
    write_file(f, "xx_UT.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "xx_UT.dic", dic, "UTF-8");
    write_file(f, "xx_KO.aff", "SET KOI8-R\n", "UTF-8");
    write_file(f, "xx_KO.dic", dic, "KOI8-R");
    utf8 = open_lexicon("xx_UT");
    latin = open_lexicon("xx_KO");
    g_assert_true(pd_lexicon_knows(utf8, word->str));
    g_assert_true(pd_lexicon_knows(latin, word->str));
    g_string_append(word, "жж");
    g_assert_false(pd_lexicon_knows(utf8, word->str));
    g_assert_false(pd_lexicon_knows(latin, word->str));
}

/* Persian and Indic dictionaries hold words with joiners; elsewhere they are nothing to see. */
static void
test_joiners(Fixture *f, gconstpointer data)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    write_file(f, "xx_YY.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "xx_YY.dic", "2\nمی\u200Cخواهم\nword\n", "UTF-8");
    lexicon = open_lexicon("xx_YY");
    g_assert_true(pd_lexicon_knows(lexicon, "می\u200Cخواهم"));
    g_assert_false(pd_lexicon_knows(lexicon, "میخواهم"));
    g_assert_true(pd_lexicon_knows(lexicon, "wo\u200Crd"));
}

static void
test_word_characters(Fixture *f, gconstpointer data)
{
    g_autoptr(PdLexicon) with = NULL, without = NULL;

    write_file(f, "xx_YY.aff", "SET ISO8859-1\nWORDCHARS -.ß\n", "ISO-8859-1");
    write_file(f, "xx_YY.dic", "1\nword\n", "UTF-8");
    write_file(f, "xx_ZZ.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "xx_ZZ.dic", "1\nword\n", "UTF-8");
    with = open_lexicon("xx_YY");
    without = open_lexicon("xx_ZZ");
    g_assert_nonnull(g_utf8_strchr(pd_lexicon_word_characters(with), -1, '-'));
    g_assert_nonnull(g_utf8_strchr(pd_lexicon_word_characters(with), -1, 0xDF));
    g_assert_null(g_utf8_strchr(pd_lexicon_word_characters(with), -1, '/'));
    g_assert_cmpstr(pd_lexicon_word_characters(without), ==, "");
}

/* More words than are remembered: answers stay right. */
static void
test_memory(Fixture *f, gconstpointer data)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    write_file(f, "xx_YY.aff", "SET UTF-8\n", "UTF-8");
    write_file(f, "xx_YY.dic", "1\nword\n", "UTF-8");
    lexicon = open_lexicon("xx_YY");
    for (int i = 0; i < 100000; i++) {
        g_autofree char *word = g_strdup_printf("wrd%c%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26,
                                                'a' + i / 676 % 26, 'a' + i / 17576);

        g_assert_false(pd_lexicon_knows(lexicon, word));
        if (i % 1000 == 0)
            g_assert_true(pd_lexicon_knows(lexicon, "word"));
    }
}

static bool
is_installed(const char *language)
{
    g_auto(GStrv) languages = NULL;

    g_unsetenv("PROOFD_DICTIONARIES");
    languages = pd_lexicon_languages();
    if (g_strv_contains((const char *const *)languages, language))
        return true;
    g_test_skip("dictionary not installed");
    return false;
}

static void
test_english(void)
{
    g_autoptr(PdLexicon) lexicon = NULL;
    g_auto(GStrv) one = NULL;
    g_auto(GStrv) again = NULL;

    if (!is_installed("en_US"))
        return;
    lexicon = open_lexicon("en");
    g_assert_cmpstr(pd_lexicon_language(lexicon), ==, "en_US");
    g_assert_true(pd_lexicon_knows(lexicon, "letter"));
    g_assert_true(pd_lexicon_knows(lexicon, "Letter"));
    g_assert_true(pd_lexicon_knows(lexicon, "LETTER"));
    g_assert_true(pd_lexicon_knows(lexicon, "don’t"));
    g_assert_false(pd_lexicon_knows(lexicon, "recieved"));
    g_assert_false(pd_lexicon_knows(lexicon, "london"));
    assert_suggests(lexicon, "recieved", "received");
    assert_suggests(lexicon, "there", "their");
    one = pd_lexicon_suggest(lexicon, "recieved", 1);
    g_assert_cmpuint(g_strv_length(one), ==, 1);
    again = pd_lexicon_suggest(lexicon, "recieved", 100);
    g_assert_cmpstr(again[0], ==, one[0]);
}

static void
test_german(void)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    if (!is_installed("de_DE"))
        return;
    lexicon = open_lexicon("de");
    g_assert_true(pd_lexicon_knows(lexicon, "Straße"));
    g_assert_true(pd_lexicon_knows(lexicon, "Verspätung"));
    g_assert_false(pd_lexicon_knows(lexicon, "Verspäthung"));
    assert_suggests(lexicon, "Verspäthung", "Verspätung");
}

static void
test_french(void)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    if (!is_installed("fr"))
        return;
    lexicon = open_lexicon("fr");
    g_assert_true(pd_lexicon_knows(lexicon, "été"));
    g_assert_true(pd_lexicon_knows(lexicon, "e\u0301te\u0301"));
    g_assert_true(pd_lexicon_knows(lexicon, "aujourd’hui"));
    g_assert_false(pd_lexicon_knows(lexicon, "marcé"));
    assert_suggests(lexicon, "marcé", "marché");
}

static void
test_russian(void)
{
    g_autoptr(PdLexicon) lexicon = NULL;

    if (!is_installed("ru_RU"))
        return;
    lexicon = open_lexicon("ru");
    g_assert_true(pd_lexicon_knows(lexicon, "письмо"));
    g_assert_false(pd_lexicon_knows(lexicon, "писмо"));
    g_assert_false(pd_lexicon_knows(lexicon, "été"));
    assert_suggests(lexicon, "писмо", "письмо");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/lexicon/encodings", Fixture, NULL, set_up, test_encodings, tear_down);
    g_test_add("/lexicon/find", Fixture, NULL, set_up, test_find, tear_down);
    g_test_add("/lexicon/unknown-language", Fixture, NULL, set_up, test_unknown_language,
               tear_down);
    g_test_add("/lexicon/broken", Fixture, NULL, set_up, test_broken, tear_down);
    g_test_add("/lexicon/exceptions", Fixture, NULL, set_up, test_exceptions, tear_down);
    g_test_add("/lexicon/long-words", Fixture, NULL, set_up, test_long_words, tear_down);
    g_test_add("/lexicon/joiners", Fixture, NULL, set_up, test_joiners, tear_down);
    g_test_add("/lexicon/word-characters", Fixture, NULL, set_up, test_word_characters, tear_down);
    g_test_add("/lexicon/empty-aff", Fixture, NULL, set_up, test_empty_aff, tear_down);
    g_test_add("/lexicon/lying-dictionary", Fixture, NULL, set_up, test_lying_dictionary,
               tear_down);
    g_test_add("/lexicon/hostile-words", Fixture, NULL, set_up, test_hostile_words, tear_down);
    g_test_add("/lexicon/memory", Fixture, NULL, set_up, test_memory, tear_down);
    g_test_add_func("/lexicon/english", test_english);
    g_test_add_func("/lexicon/german", test_german);
    g_test_add_func("/lexicon/french", test_french);
    g_test_add_func("/lexicon/russian", test_russian);
    return g_test_run();
}
