/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How two spellings differ, and which listed words are one edit away. */
#include "daemon/engine/spelling.h"
#include "tests/unit/temporary.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static void
test_edit_class(void)
{
    static const struct {
        const char *a, *b;
        PdEditClass want;
    } cases[] = {
        { "hapen", "happen", PD_EDIT_DOUBLED },    { "untill", "until", PD_EDIT_DOUBLED },
        { "aple", "apple", PD_EDIT_DOUBLED },      { "teh", "the", PD_EDIT_SWAPPED },
        { "recieve", "receive", PD_EDIT_SWAPPED }, { "ab", "ba", PD_EDIT_SWAPPED },
        { "seperate", "separate", PD_EDIT_VOWEL }, { "definate", "definite", PD_EDIT_VOWEL },
        { "gouse", "house", PD_EDIT_KEY },         { "worf", "word", PD_EDIT_KEY },
        { "wprd", "word", PD_EDIT_KEY },           { "housw", "house", PD_EDIT_KEY },
        { "cat", "cat", PD_EDIT_OTHER },           { "", "", PD_EDIT_OTHER },
        { "wich", "which", PD_EDIT_OTHER },        { "a", "", PD_EDIT_OTHER },
        { "mouse", "house", PD_EDIT_OTHER },       { "quick", "slow", PD_EDIT_OTHER },
        { "thier's", "theirs", PD_EDIT_OTHER },    { "it's", "it;s", PD_EDIT_OTHER },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s %s", cases[i].a, cases[i].b);
        g_assert_cmpint(pd_spelling_edit_class(cases[i].a, cases[i].b), ==, cases[i].want);
        g_assert_cmpint(pd_spelling_edit_class(cases[i].b, cases[i].a), ==, cases[i].want);
    }
}

static bool
sounds_alike(const char *a, const char *b)
{
    g_autofree char *x = pd_spelling_sound(a), *y = pd_spelling_sound(b);

    return g_str_equal(x, y);
}

static void
test_sounds_alike(void)
{
    static const char *const alike[][2] = {
        { "there", "their" }, { "nife", "knife" },  { "fone", "phone" },
        { "rite", "write" },  { "nite", "night" },  { "sell", "cell" },
        { "wich", "which" },  { "kwick", "quick" }, { "definately", "definitely" },
        { "its", "it's" },
    };
    static const char *const different[][2] = {
        { "cat", "dog" }, { "cat", "cats" }, { "than", "that" }, { "eat", "tea" }, { "", "a" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(alike); i++) {
        g_test_message("%s %s", alike[i][0], alike[i][1]);
        g_assert_true(sounds_alike(alike[i][0], alike[i][1]));
    }
    for (guint i = 0; i < G_N_ELEMENTS(different); i++) {
        g_test_message("%s %s", different[i][0], different[i][1]);
        g_assert_false(sounds_alike(different[i][0], different[i][1]));
    }
}

static int
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
check_neighbours(const PdFrequency *words, const char *word, const char *want)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *got = NULL;

    pd_spelling_neighbours(words, word, found);
    g_ptr_array_sort(found, by_text);
    g_ptr_array_add(found, NULL);
    got = g_strjoinv(" ", (char **)found->pdata);
    g_assert_cmpstr(got, ==, want);
}

static void
test_neighbours(void)
{
    const char content[] = "the\t90\nthen\t40\nthey\t30\nhe\t20\nher\t9\nit\t8\nit's\t5\nits\t5\n";
    g_autofree char *path = write_file(content, -1), *longest = g_strnfill(100, 'a');
    g_autoptr(PdFrequency) words = NULL;

    words = pd_frequency_load(path, NULL);
    g_assert_nonnull(words);
    g_unlink(path);
    check_neighbours(words, "teh", "the");          /* swapped */
    check_neighbours(words, "thr", "the");          /* replaced */
    check_neighbours(words, "the", "he then they"); /* with one more or less, but not itself */
    check_neighbours(words, "thenn", "then");
    check_neighbours(words, "its", "it it's");
    check_neighbours(words, "xyzzy", "");
    check_neighbours(words, "h", ""); /* too short, too long, not ASCII */
    check_neighbours(words, "", "");
    check_neighbours(words, longest, "");
    check_neighbours(words, "thé", "");
    g_assert_true(pd_spelling_is_slip(words, "Teh") && pd_spelling_is_slip(words, "THENN"));
    g_assert_false(pd_spelling_is_slip(words, "xyzzy") || pd_spelling_is_slip(words, "hers's"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spelling/edit-class", test_edit_class);
    g_test_add_func("/spelling/sounds-alike", test_sounds_alike);
    g_test_add_func("/spelling/neighbours", test_neighbours);
    return g_test_run();
}
