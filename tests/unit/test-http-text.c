/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/annotation.h"
#include "plugin/http/error.h"
#include "plugin/http/form.h"
#include "plugin/http/text.h"

#include <glib.h>
#include <string.h>

/* --- parameters ----------------------------------------------------------------- */

static void
assert_form(const char *data, const char *name, const char *value)
{
    g_autoptr(GHashTable) form = pd_http_form_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(pd_http_form_add(form, data, strlen(data), &error));
    g_assert_no_error(error);
    g_assert_cmpstr(g_hash_table_lookup(form, name), ==, value);
}

static void
test_form_good(void)
{
    assert_form("text=a+b&language=en-US", "text", "a b");
    assert_form("text=a+b&language=en-US", "language", "en-US");
    assert_form("te%78t=%C3%A9%26%3D", "text", "é&=");
    assert_form("a=1&a=2", "a", "2");
    assert_form("&&a&b=1&", "b", "1");
    assert_form("&&a&b=1&", "a", NULL);
    assert_form("a==", "a", "=");
    assert_form("", "a", NULL);
    assert_form("text=100% sure, 5%5 and 7%", "text", "100% sure, 5%5 and 7%");
    assert_form("text=R&D&language=en", "text", "R&D");
    assert_form("text=R & D, Q&A and 5&language=en", "text", "R & D, Q&A and 5");
    assert_form("text=R&D&language=en", "language", "en");
    assert_form("text=100%25", "text", "100%");
    assert_form("text=%zz%4", "text", "%zz%4");
}

static void
test_form_bad(void)
{
    static const char *const bad[] = { "text=%FF", "%C3=a", "text=\xE2\x82", "text=a%00b" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GHashTable) form = pd_http_form_new();
        g_autoptr(GError) error = NULL;

        g_assert_false(pd_http_form_add(form, bad[i], strlen(bad[i]), &error));
        g_assert_error(error, PD_HTTP_ERROR, 400);
    }
}

static void
test_form_values(void)
{
    const char *data = "a=x,+y,,z+&b=true&c=yes&d=false&e=";
    g_autoptr(GHashTable) form = pd_http_form_new();
    g_auto(GStrv) list = NULL;
    g_auto(GStrv) none = NULL;

    g_assert_true(pd_http_form_add(form, data, strlen(data), NULL));
    list = pd_http_form_list(form, "a");
    g_assert_cmpuint(g_strv_length(list), ==, 3);
    g_assert_cmpstr(list[1], ==, "y");
    none = pd_http_form_list(form, "e");
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    g_assert_true(pd_http_form_is_true(form, "b"));
    g_assert_true(pd_http_form_is_true(form, "c"));
    g_assert_false(pd_http_form_is_true(form, "d"));
    g_assert_false(pd_http_form_is_true(form, "f"));
}

/* --- annotated text --------------------------------------------------------------- */

static void
assert_original(const PdHttpText *text, size_t start, size_t end, size_t original_start,
                size_t original_end)
{
    PdHttpRange range = pd_http_text_original(text, (PdHttpRange){ start, end });

    g_assert_cmpuint(range.start, ==, original_start);
    g_assert_cmpuint(range.end, ==, original_end);
}

static void
test_annotation_places(void)
{
    g_autoptr(GError) error = NULL;
    /* A <b>tset</b>.<p>One more. */
    g_autoptr(PdHttpText) text = pd_http_text_new_annotated(
        "{\"annotation\":[{\"text\":\"A \"},{\"markup\":\"<b>\"},{\"text\":\"tset\"},"
        "{\"markup\":\"</b>\"},{\"text\":\".\"},{\"markup\":\"<p>\",\"interpretAs\":\"\\n\\n\"},"
        "{\"text\":\"One more.\"}]}",
        &error);

    g_assert_no_error(error);
    g_assert_cmpstr(pd_http_text_peek(text), ==, "A tset.\n\nOne more.");
    assert_original(text, 0, 1, 0, 1);
    assert_original(text, 2, 6, 5, 9);    /* tset, without its marks */
    assert_original(text, 0, 6, 0, 9);    /* A <b>tset */
    assert_original(text, 6, 7, 13, 14);  /* the full stop, behind </b> */
    assert_original(text, 7, 9, 14, 17);  /* <p> */
    assert_original(text, 8, 12, 14, 20); /* from the middle of what <p> stands for */
    assert_original(text, 9, 12, 17, 20); /* One */
    assert_original(text, 18, 18, 26, 26);
    assert_original(text, 2, 2, 5, 5);
}

static void
test_annotation_plain(void)
{
    g_autoptr(PdHttpText) text = pd_http_text_new_annotated("{\"text\":\"a b\"}", NULL);
    g_autoptr(PdHttpText) empty = pd_http_text_new_annotated("{\"annotation\":[]}", NULL);
    g_autoptr(PdHttpText) markup =
        pd_http_text_new_annotated("{\"annotation\":[{\"markup\":\"<hr>\"}]}", NULL);

    g_assert_cmpstr(pd_http_text_peek(text), ==, "a b");
    assert_original(text, 2, 3, 2, 3);
    g_assert_cmpstr(pd_http_text_peek(empty), ==, "");
    assert_original(empty, 0, 0, 0, 0);
    g_assert_cmpstr(pd_http_text_peek(markup), ==, "");
    assert_original(markup, 0, 0, 4, 4);
}

static void
test_annotation_bad(void)
{
    static const struct {
        const char *json, *message;
    } rows[] = {
        { "", "Could not parse JSON from 'data' parameter" },
        { "{", "Could not parse JSON from 'data' parameter" },
        { "{\"text\":/*\"*/\"a\"}", "Could not parse JSON from 'data' parameter" },
        { "{\"text\":'a'}", "Could not parse JSON from 'data' parameter" },
        { "{\"text\":\"a\\0b\"}", "Could not parse JSON from 'data' parameter" },
        { "{}{\"text\":\"a\"}", "Could not parse JSON from 'data' parameter" },
        { "9{\"text\":\"a\"}", "Could not parse JSON from 'data' parameter" },
        { "[]", "'data' key in JSON requires 'text' or 'annotation' key" },
        { "{}", "'data' key in JSON requires 'text' or 'annotation' key" },
        { "{\"text\":\"a\",\"annotation\":[]}",
          "'data' key in JSON requires either 'text' or 'annotation' key, not both" },
        { "{\"text\":1}", "'text' in 'data' must be a string" },
        { "{\"annotation\":{}}", "'annotation' in 'data' must be a list" },
        { "{\"annotation\":[1]}", "Only 'text' and 'markup' are supported in 'annotation' list" },
        { "{\"annotation\":[{}]}", "Only 'text' and 'markup' are supported in 'annotation' list" },
        { "{\"annotation\":[{\"text\":\"a\",\"markup\":\"b\"}]}",
          "Only either 'text' or 'markup'" },
        { "{\"annotation\":[{\"text\":\"a\",\"interpretAs\":\"b\"}]}",
          "'text' cannot be used with 'interpretAs' (only 'markup' can)" },
        { "{\"annotation\":[{\"markup\":[]}]}", "'markup' in 'data' must be a string" },
        { "{\"text\":\"a\\u0000b\"}", "NUL" },
        { "{\"text\":\"\\ud800\"}", "half of a surrogate pair" },
        { "{\"text\":\"\\ud800\\u0041\"}", "half of a surrogate pair" },
        { "{\"text\":\"\\udc00\"}", "half of a surrogate pair" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PdHttpText) text = pd_http_text_new_annotated(rows[i].json, &error);

        g_assert_null(text);
        g_assert_error(error, PD_HTTP_ERROR, 400);
        g_test_message("%s: %s", rows[i].json, error->message);
        g_assert_nonnull(strstr(error->message, rows[i].message));
    }
}

static void
test_annotation_deep(void)
{
    g_autoptr(GString) json = g_string_new("{\"text\":\"a\",\"x\":");
    g_autoptr(GError) error = NULL;
    g_autoptr(PdHttpText) text = NULL;
    g_autoptr(PdHttpText) harmless = pd_http_text_new_annotated(
        "{\"text\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"}", NULL);

    for (int i = 0; i < 1000000; i++)
        g_string_append_c(json, '[');
    text = pd_http_text_new_annotated(json->str, &error);
    g_assert_null(text);
    g_assert_error(error, PD_HTTP_ERROR, 400);
    g_assert_nonnull(harmless);
}

/* --- places ------------------------------------------------------------------------ */

static void
assert_context(const PdHttpText *text, size_t start, size_t end, const char *want, size_t want_at)
{
    size_t at;
    g_autofree char *context = pd_http_text_context(text, (PdHttpRange){ start, end }, &at);

    g_assert_cmpstr(context, ==, want);
    g_assert_cmpuint(at, ==, want_at);
}

static void
test_context(void)
{
    g_autoptr(PdHttpText) brief = pd_http_text_new("One\ntow.");
    g_autoptr(PdHttpText) text = pd_http_text_new(
        "0123456789012345678901234567890123456789\nabc\n0123456789012345678901234567890123456789");
    g_autoptr(PdHttpText) faces = pd_http_text_new(
        "x\360\237\230\200a123456789012345678901234567890123456 \360\237\230\200 tow");

    assert_context(brief, 4, 7, "One tow.", 4);
    assert_context(text, 0, 1, "0123456789012345678901234567890123456789 ...", 0);
    assert_context(text, 41, 44,
                   "...123456789012345678901234567890123456789 abc "
                   "012345678901234567890123456789012345678...",
                   43);
    /* a pair is never cut: it is taken whole */
    assert_context(faces, 42, 44,
                   "...\360\237\230\200a123456789012345678901234567890123456 \360\237\230\200 tow",
                   44);
}

static void
test_widen(void)
{
    static const struct {
        const char *text;
        PdHttpRange place, want;
    } rows[] = {
        { "I saw the the cat.", { 9, 13 }, { 6, 13 } }, /* " the" */
        { "I want go.", { 7, 7 }, { 2, 7 } },           /* something to be put in */
        { "The the cat.", { 0, 4 }, { 0, 7 } },         /* nothing before: the word after */
        { "One.\nthe the", { 5, 5 }, { 5, 8 } },        /* not over a line's end */
        { "word", { 0, 4 }, { 0, 4 } },
    };
    g_autoptr(PdHttpText) markup = pd_http_text_new_annotated(
        "{\"annotation\":[{\"text\":\"the\"},{\"markup\":\"<b>\"},{\"text\":\" the cat\"}]}", NULL);
    PdHttpRange range;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PdHttpText) text = pd_http_text_new(rows[i].text);

        range = pd_http_text_widen(text, rows[i].place);
        g_assert_cmpuint(range.start, ==, rows[i].want.start);
        g_assert_cmpuint(range.end, ==, rows[i].want.end);
    }
    range = pd_http_text_widen(markup, (PdHttpRange){ 3, 7 }); /* or the mark would be lost */
    g_assert_cmpuint(range.start, ==, 3);
    g_assert_cmpuint(range.end, ==, 7);
}

static void
test_sentences(void)
{
    static const struct {
        const char *text, *sentences;
    } rows[] = {
        { "Mr. Smith came. He left!", "Mr. Smith came.|He left!" },
        { "  A wrapped\nline.\r\nNext one.\n\nA title\n\nEnd",
          "A wrapped\nline.|Next one.|A title|End" },
        { "", "" },
        { " \n ", "" },
        { "\360\237\230\200 One. Two.", "\360\237\230\200 One.|Two." },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PdHttpText) text = pd_http_text_new(rows[i].text);
        g_autoptr(GArray) sentences = pd_http_text_sentences(text, "en_US");
        g_autoptr(GString) joined = g_string_new(NULL);

        for (guint k = 0; k < sentences->len; k++) {
            g_autofree char *slice =
                pd_http_text_slice(text, g_array_index(sentences, PdHttpRange, k));

            g_string_append_printf(joined, "%s%s", k > 0 ? "|" : "", slice);
        }
        g_assert_cmpstr(joined->str, ==, rows[i].sentences);
    }
}

static void
test_sentence_at(void)
{
    g_autoptr(PdHttpText) text = pd_http_text_new("One. Two. Three.");
    g_autoptr(GArray) sentences = pd_http_text_sentences(text, "en_US");
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(PdHttpRange));

    g_assert_cmpuint(pd_http_sentence_at(sentences, 0).end, ==, 4);
    g_assert_cmpuint(pd_http_sentence_at(sentences, 4).end, ==, 4);
    g_assert_cmpuint(pd_http_sentence_at(sentences, 5).end, ==, 9);
    g_assert_cmpuint(pd_http_sentence_at(sentences, 100).end, ==, 16);
    g_assert_cmpuint(pd_http_sentence_at(none, 3).end, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/form/good", test_form_good);
    g_test_add_func("/http/form/bad", test_form_bad);
    g_test_add_func("/http/form/values", test_form_values);
    g_test_add_func("/http/annotation/places", test_annotation_places);
    g_test_add_func("/http/annotation/plain", test_annotation_plain);
    g_test_add_func("/http/annotation/bad", test_annotation_bad);
    g_test_add_func("/http/annotation/deep", test_annotation_deep);
    g_test_add_func("/http/text/context", test_context);
    g_test_add_func("/http/text/widen", test_widen);
    g_test_add_func("/http/text/sentences", test_sentences);
    g_test_add_func("/http/text/sentence-at", test_sentence_at);
    return g_test_run();
}
