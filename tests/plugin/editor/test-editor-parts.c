/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/editor: files kept as they were, what is remembered, counts, names, rows of the list
 */
#include "plugin/editor/count.h"
#include "plugin/editor/explanation.h"
#include "plugin/editor/finding-item.h"
#include "plugin/editor/names.h"
#include "plugin/editor/state.h"
#include "plugin/editor/text-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"

/* --- files --- */

static void
test_round_trip(void)
{
    static const struct {
        const char *bytes, *text;
        bool has_bom, has_crlf;
    } rows[] = {
        { "", "", false, false },
        { BOM, "", true, false },
        { "One.\nTwo.", "One.\nTwo.", false, false },
        { BOM "One.\r\nTwo.\r\n", "One.\nTwo.\n", true, true },
        { "One.\r\nTwo.\n", "One.\r\nTwo.\n", false, false },
        { "One.\rTwo.\r", "One.\rTwo.\r", false, false },
        { "\r\n\r\nÄ🙂", "\n\nÄ🙂", false, true },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(rows[i].bytes, strlen(rows[i].bytes));
        g_autoptr(GBytes) again = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        PdTextForm form;

        text = pd_text_decode(bytes, &form, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_cmpint(form.has_bom, ==, rows[i].has_bom);
        g_assert_cmpint(form.has_crlf, ==, rows[i].has_crlf);
        again = pd_text_encode(text, form);
        g_assert_true(g_bytes_equal(bytes, again));
    }
}

static void
test_pasted_crlf(void)
{
    g_autoptr(GBytes) bytes = pd_text_encode("a\r\nb\n", (PdTextForm){ false, true });

    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "a\r\nb\r\n", 6);
}

static void
test_not_text(void)
{
    static const struct {
        const char *bytes;
        gsize n_bytes;
        const char *part;
    } rows[] = {
        { "One.\nTw\xFF", 8, "line 2 (byte 8)" },
        { "a\0b", 3, "zero byte in line 1 (byte 2)" },
        { "\xC3", 1, "byte 1" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(rows[i].bytes, rows[i].n_bytes);
        g_autoptr(GError) error = NULL;
        PdTextForm form;

        g_assert_null(pd_text_decode(bytes, &form, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
        g_assert_nonnull(strstr(error->message, rows[i].part));
    }
}

static void
test_formats(void)
{
    g_assert_cmpstr(pd_text_format("README.md"), ==, "markdown");
    g_assert_cmpstr(pd_text_format("NOTES.MARKDOWN"), ==, "markdown");
    g_assert_cmpstr(pd_text_format("letter.txt"), ==, "plain");
    g_assert_cmpstr(pd_text_format("md"), ==, "plain");
    g_assert_cmpstr(pd_text_format("thesis.tex"), ==, "latex");
    g_assert_cmpstr(pd_text_format("COMMIT_EDITMSG"), ==, "commit");
}

/* --- state --- */

static void
test_state(void)
{
    g_autofree char *dir = g_dir_make_tmp("proof-editor-XXXXXX", NULL);
    g_autofree char *below = g_build_filename(dir, "state", NULL);
    g_autofree char *path = g_build_filename(below, "state.ini", NULL);
    g_autoptr(PdState) first = pd_state_new(path), second = NULL;
    g_autoptr(GError) error = NULL;
    PdWindowState window = pd_state_get_window(first);

    g_assert_true(window.has_sidebar);
    g_assert_null(pd_state_peek_language(first));
    window.width = 777;
    window.has_sidebar = false;
    pd_state_set_window(first, window);
    pd_state_set_language(first, "en_GB");
    pd_state_set_level(first, "thorough");
    pd_state_set_scheme(first, PD_SCHEME_DARK);
    pd_state_set_rule(first, "spelling/unknown", false);
    pd_state_set_rule(first, "verb-form/model", false);
    pd_state_set_rule(first, "verb-form/model", false);
    pd_state_set_rule(first, "spelling/unknown", true);
    g_assert_true(pd_state_save(first, &error));
    g_assert_no_error(error);
    second = pd_state_new(path);
    g_assert_cmpint(pd_state_get_window(second).width, ==, 777);
    g_assert_false(pd_state_get_window(second).has_sidebar);
    g_assert_cmpstr(pd_state_peek_language(second), ==, "en_GB");
    g_assert_cmpstr(pd_state_peek_level(second), ==, "thorough");
    g_assert_cmpint(pd_state_get_scheme(second), ==, PD_SCHEME_DARK);
    g_assert_cmpstr(pd_state_peek_rules(second)[0], ==, "verb-form/model");
    g_assert_null(pd_state_peek_rules(second)[1]);
    g_unlink(path);
    g_rmdir(below);
    g_rmdir(dir);
}

/* Nonsense in the file is the default, and a folder that cannot be made is an error. */
static void
test_broken_state(void)
{
    g_autofree char *dir = g_dir_make_tmp("proof-editor-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "state.ini", NULL);
    g_autofree char *under_file = g_build_filename(path, "x", "state.ini", NULL);
    g_autoptr(PdState) state = NULL, nowhere = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path,
                                      "[window]\nwidth=-5\nheight=99999999\nsidebar=perhaps\n"
                                      "[look]\nscheme=purple\n",
                                      -1, NULL));
    state = pd_state_new(path);
    g_assert_cmpint(pd_state_get_window(state).width, ==, 1000);
    g_assert_cmpint(pd_state_get_window(state).height, ==, 680);
    g_assert_true(pd_state_get_window(state).has_sidebar);
    g_assert_cmpint(pd_state_get_scheme(state), ==, PD_SCHEME_SYSTEM);
    g_test_expect_message("proofd", G_LOG_LEVEL_WARNING, "*");
    nowhere = pd_state_new(under_file);
    g_test_assert_expected_messages();
    g_assert_false(pd_state_save(nowhere, &error));
    g_assert_nonnull(strstr(error->message, path));
    g_unlink(path);
    g_rmdir(dir);
}

/* --- counts and names --- */

static void
test_count(void)
{
    const PdCount count = pd_count("One two, three. Four?\n\n# Five\n\n…\nIt's 6 o'clock.");
    const PdCount none = pd_count("");

    g_assert_cmpuint(count.n_words, ==, 8);
    g_assert_cmpuint(count.n_sentences, ==, 4);
    g_assert_cmpuint(count.n_chars, ==, 48);
    g_assert_cmpuint(none.n_words + none.n_sentences + none.n_chars, ==, 0);
}

static void
test_names(void)
{
    g_autofree char *english = pd_language_title("en_US");
    g_autofree char *odd = pd_language_title("");

    g_assert_nonnull(strstr(english, "("));
    g_assert_nonnull(odd);
    g_assert_cmpstr(pd_kind_title("verb-form"), ==, "Verb form");
    g_assert_cmpstr(pd_kind_title("newer-kind"), ==, "newer-kind");
    for (guint i = 0; i < PD_N_LEVELS; i++)
        g_assert_cmpuint(pd_level_index(pd_level(i)), ==, i);
    g_assert_cmpstr(pd_level(pd_level_index(NULL)), ==, "default");
}

static void
test_explanation(void)
{
    g_autoptr(ProofdFinding) finding =
        proofd_finding_new(0, 2, "verb-form", 0.93, "Is <b> right?", "verb-form/model");
    g_autoptr(ProofdExplanation) explanation = proofd_explanation_new();
    g_autofree char *plain = pd_explanation_markup(finding, NULL, NULL, false);
    g_autofree char *full = NULL;
    g_autoptr(ProofdCandidate) candidate = proofd_candidate_new("", 1, "delete");
    g_autofree char *title = pd_candidate_title(candidate, "the");

    g_assert_nonnull(strstr(plain, "Is &lt;b&gt; right?"));
    g_assert_nonnull(strstr(plain, "93 %"));
    g_assert_cmpstr(title, ==, "Delete “the”");
    g_ptr_array_add(explanation->pages,
                    proofd_rule_page_new("verb-form/model", "Verbs", "A & B", "He go", "He goes"));
    g_ptr_array_add(explanation->chances, proofd_chance_new("correct", 0.07));
    g_ptr_array_add(explanation->contributions, proofd_contribution_new(0, 2, 2.5));
    g_ptr_array_add(explanation->contributions, proofd_contribution_new(3, 2, 0.1));
    full = pd_explanation_markup(finding, explanation, "He go", true);
    g_assert_nonnull(strstr(full, "A &amp; B"));
    g_assert_nonnull(strstr(full, "<i>He goes</i>"));
    g_assert_nonnull(strstr(full, "correct 7 %"));
    g_assert_nonnull(strstr(full, "“He” +2.5"));
    g_assert_null(strstr(full, "“go” +0.1"));
}

/* --- rows --- */

static void
note_splice(GListModel *list, guint position, guint removed, guint added, GString *log)
{
    g_string_append_printf(log, "%u-%u+%u ", position, removed, added);
}

/* One letter for each word */
static void
update(GListStore *list, const char *words)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);

    for (guint i = 0; words[i] != '\0'; i++) {
        const char word[] = { words[i], '\0' };
        g_autoptr(ProofdFinding) finding =
            proofd_finding_new(i * 10, 1, "other", 1, "m", "other/x");

        g_ptr_array_add(items, pd_finding_item_new(finding, word));
    }
    pd_finding_item_update_list(list, items);
}

static void
test_rows(void)
{
    g_autoptr(GListStore) list = g_list_store_new(PD_TYPE_FINDING_ITEM);
    g_autoptr(GString) log = g_string_new(NULL);
    g_autoptr(PdFindingItem) last = NULL;

    g_signal_connect(list, "items-changed", G_CALLBACK(note_splice), log);
    update(list, "abcd");
    update(list, "abcd");
    update(list, "abxcd");
    update(list, "acd");
    update(list, "acdcd");
    update(list, "");
    g_assert_cmpstr(log->str, ==, "0-0+4 2-0+1 1-2+0 3-0+2 0-5+0 ");
    update(list, "ab");
    update(list, "xab");
    last = g_list_model_get_item(G_LIST_MODEL(list), 2);
    g_assert_cmpuint(pd_finding_item_peek(last)->start, ==, 20);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/file/round-trip", test_round_trip);
    g_test_add_func("/editor/file/pasted-crlf", test_pasted_crlf);
    g_test_add_func("/editor/file/not-text", test_not_text);
    g_test_add_func("/editor/file/formats", test_formats);
    g_test_add_func("/editor/state/kept", test_state);
    g_test_add_func("/editor/state/broken", test_broken_state);
    g_test_add_func("/editor/count", test_count);
    g_test_add_func("/editor/names", test_names);
    g_test_add_func("/editor/explanation", test_explanation);
    g_test_add_func("/editor/rows", test_rows);
    return g_test_run();
}
