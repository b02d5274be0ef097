/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/markup.h"

#include <cmark.h>
#include <glib.h>
#include <string.h>

static PdMarkup *
markdown(const char *source)
{
    return pd_markup_new(PD_FORMAT_MARKDOWN, NULL, source, strlen(source));
}

/*
 * The property that all else stands on: each byte of the text came from the same byte of the
 * source, or
 * from an entity, an escape or a line break, or stands between blocks and came from nowhere.
 */
static void
assert_positions(const PdMarkup *markup, const char *source, size_t source_length)
{
    size_t length, at = 0;
    const char *text = pd_markup_text(markup, &length);

    g_assert_true(g_utf8_validate(text, (gssize)length, NULL));
    for (size_t i = 0; i < length; i++) {
        PdSpan from = pd_markup_to_source(markup, (PdSpan){ i, i + 1 });
        PdSpan back = pd_markup_from_source(markup, from);

        g_assert_cmpuint(from.start, >=, at);
        g_assert_cmpuint(from.end, <=, source_length);
        at = from.start;
        if (from.start == from.end) {
            g_assert_cmpint(text[i], ==, '\n');
            continue;
        }
        g_assert_cmpuint(back.start, <=, i);
        g_assert_cmpuint(back.end, >, i);
        if (from.end - from.start == 1 && source[from.start] == text[i])
            continue;
        g_assert_true(strchr("&\\\r\n", source[from.start]) != NULL || source[from.start] == '\0');
        g_assert_cmpuint(back.end - back.start, <=, 8);
    }
}

static void
assert_text(const char *source, const char *want)
{
    g_autoptr(PdMarkup) markup = markdown(source);

    g_assert_cmpstr(pd_markup_text(markup, NULL), ==, want);
    assert_positions(markup, source, strlen(source));
}

static void
test_plain(void)
{
    const char *source = "*plain* &amp; \r\n text";
    g_autoptr(PdMarkup) markup = pd_markup_new(PD_FORMAT_PLAIN, NULL, source, strlen(source));
    g_autoptr(PdMarkup) empty = pd_markup_new(PD_FORMAT_PLAIN, NULL, NULL, 0);
    PdSpan span = { 3, 9 }, got;
    size_t length;

    g_assert_cmpstr(pd_markup_text(markup, &length), ==, source);
    g_assert_cmpuint(length, ==, strlen(source));
    got = pd_markup_to_source(markup, span);
    g_assert_cmpuint(got.start, ==, 3);
    g_assert_cmpuint(got.end, ==, 9);
    got = pd_markup_from_source(markup, span);
    g_assert_cmpuint(got.start, ==, 3);
    g_assert_cmpuint(got.end, ==, 9);
    g_assert_false(pd_markup_is_opaque(markup, span));
    g_assert_false(pd_markup_is_split(markup, span));
    g_assert_cmpstr(pd_markup_text(empty, &length), ==, "");
    g_assert_cmpuint(length, ==, 0);
}

static void
test_inline(void)
{
    assert_text("A **bold** and *it*, ***both***, __x__.", "A bold and it, both, x.");
    assert_text("snake_case_word 2*3*4 * star", "snake_case_word 234 * star");
    assert_text("[text](http://x.y/a(b) \"title text\") text", "text text");
    assert_text("[text](<u r l> 'text') [a](b a)", "text [a](b a)");
    assert_text("[*em* `c`][ref] [ref] [ref][]\n\n[ref]: /u", "em c ref ref");
    assert_text("![alt *text*](img.png \"t\") ok", "alt text ok");
    assert_text("[![alt](i)](u) ok", "alt ok");
    assert_text("see <http://x.y/?a&amp;b> <a@b.c> now", "see http://x.y/?a&b a@b.c now");
    assert_text("a `code` b `` x ` y `` c ` d", "a code b x ` y c ` d");
    assert_text("a <b>bold</b> <!-- no --> z", "a bold  z");
    assert_text("a &amp; b &copy; &#65; &#x42; &nope; &", "a & b © A B &nope; &");
    assert_text("\\*no\\* \\\\ \\a \\&amp;", "*no* \\ \\a &amp;");
    assert_text("note[^1] here\n\n[^1]: The text of it.", "note here\n\n The text of it.");
}

static void
test_blocks(void)
{
    assert_text("# One ##\nTwo\n===\n### #3 ###\n#no", "One\n\nTwo\n\n#3\n\n#no");
    assert_text("a\n\n```c\nint x;\n```\n\n    indented\n\nb", "a\n\nb");
    assert_text("<div>\n*x*\n</div>\n\nb\n\n***\n\nc", "b\n\nc");
    assert_text("> a *b\n> c* d\nlazy\n> > deep\n> > er", "a b c d lazy\n\ndeep er");
    assert_text("- a\n  b\n- [ ] c\n   - 😀 d\n1. e\n\n   f", "a b\n\nc\n\n😀 d\n\ne\n\nf");
    assert_text("1) x\n\ty\n\n\tcode?\n", "x y\n\ncode?");
    assert_text("a  \nb\\\nc\nd", "a\nb\nc d");
    assert_text("a\r\nb\r\n\r\n*c*\r\nd\re", "a b\n\nc d e");
    assert_text("[r]: /u \"T\n t\"\n[s]:\n  <v>\ntext [r]", "text r");
    assert_text("[not]: a definition of it", "[not]: a definition of it");
    assert_text("[]:(\na[]:(", "[]:( a[]:(");
    assert_text("| a b | c |\n| --- |:-:|\n| d | `e` |", " a b \n\n c \n\n d \n\n e ");
    assert_text("a | b\nnot a table", "a | b not a table");
}

/* As PHP Markdown Extra, pandoc and lowdown have them. */
static void
test_definitions(void)
{
    assert_text("term\n: It is.\n:   Or\n  *not*.\n\nend", "term\n\nIt is.\n\nOr not.\n\nend");
    assert_text("term\r\n\r\n: **It** is.\r\n\r\n:\tNo.", "term\n\nIt is.\n\nNo.");
    assert_text("> `-a` *B*\n> : It is.\n\n- c\n  : It is.", "-a B\n\nIt is.\n\nc\n\nIt is.");
    assert_text("`a`: b *c*: d\n\n# : e", "a: b c: d\n\n: e");
    assert_text("a : b\n:c\n\n:d", "a : b :c\n\n:d");
    assert_text("| a | : b |\n|---|---|\n| c | d |", " a \n\n : b \n\n c \n\n d ");
}

static void
test_preamble(void)
{
    assert_text("---\ntitle: x\n---\n# T", "T");
    assert_text("---\r\ntitle: x\r\n...\r\nt", "t");
    assert_text("+++\na = 1\n+++\n\nt", "t");
    assert_text("---\nno end", "no end");
    assert_text("\xEF\xBB\xBF# T", "T");
    assert_text("", "");
    assert_text("\n\n", "");
}

static void
assert_span(PdSpan got, size_t start, size_t end)
{
    g_assert_cmpuint(got.start, ==, start);
    g_assert_cmpuint(got.end, ==, end);
}

static void
test_spans(void)
{
    const char *source = "# A\n\nwo**rd** &amp; `x`";
    g_autoptr(PdMarkup) markup = markdown(source); /* "A\n\nword & x" */

    assert_span(pd_markup_to_source(markup, (PdSpan){ 0, 1 }), 2, 3);
    assert_span(pd_markup_to_source(markup, (PdSpan){ 3, 7 }), 5, 11);
    assert_span(pd_markup_to_source(markup, (PdSpan){ 5, 7 }), 9, 11);
    assert_span(pd_markup_to_source(markup, (PdSpan){ 8, 9 }), 14, 19);
    assert_span(pd_markup_to_source(markup, (PdSpan){ 3, 3 }), 5, 5);
    assert_span(pd_markup_to_source(markup, (PdSpan){ 0, 11 }), 2, 22);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 0, 2 }), 0, 0);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 5, 13 }), 3, 7);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 7, 9 }), 5, 5);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 15, 16 }), 8, 9);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 0, 23 }), 0, 11);
    assert_span(pd_markup_from_source(markup, (PdSpan){ 23, 23 }), 11, 11);
    g_assert_true(pd_markup_is_split(markup, (PdSpan){ 3, 7 }));
    g_assert_false(pd_markup_is_split(markup, (PdSpan){ 5, 7 }));
    g_assert_true(pd_markup_is_split(markup, (PdSpan){ 0, 5 }));
    g_assert_true(pd_markup_is_opaque(markup, (PdSpan){ 10, 11 }));
    g_assert_true(pd_markup_is_opaque(markup, (PdSpan){ 3, 11 }));
    g_assert_false(pd_markup_is_opaque(markup, (PdSpan){ 3, 10 }));
    g_assert_true(pd_markup_is_beside_stand_in(markup, (PdSpan){ 8, 9 }));
    g_assert_false(pd_markup_is_beside_stand_in(markup, (PdSpan){ 3, 7 }));
}

/* A line break between two words is no markup, ">" is. */
static void
test_split_lines(void)
{
    g_autoptr(PdMarkup) wrapped = markdown("- one\n  two");
    g_autoptr(PdMarkup) quoted = markdown("> one\n> two");

    g_assert_false(pd_markup_is_split(wrapped, (PdSpan){ 0, 7 }));
    g_assert_true(pd_markup_is_split(quoted, (PdSpan){ 0, 7 }));
}

/* All the text that cmark finds, without white space. */
static char *
cmark_text(const char *source, size_t length)
{
    cmark_node *root = cmark_parse_document(source, length, CMARK_OPT_DEFAULT);
    cmark_iter *iter = cmark_iter_new(root);
    GString *out = g_string_new(NULL);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);

        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            g_string_append(out, cmark_node_get_literal(node));
    }
    cmark_iter_free(iter);
    cmark_node_free(root);
    return g_string_free(out, FALSE);
}

static char *
without_space(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++)
        if (!g_ascii_isspace(*text))
            g_string_append_c(out, *text);
    return g_string_free(out, FALSE);
}

/* Random documents of all that Markdown has: nothing is lost, nothing is moved. */
static void
test_random(void)
{
    static const char *const parts[] = {
        "word ", "Word",     "*",     "**",    "_",     "`",      "``",        "\n",    "\n\n",
        "> ",    "- ",       "1. ",   "    ",  "# ",    "[a]",    "](u)",      "[",     "]",
        "(",     ")",        "![i](", "\"t\"", "&amp;", "&x;",    "\\*",       "\\",    "<b>",
        "</b>",  "<http:a>", "  \n",  "\t",    "é😀",    "\r\n",   "[a]: /u\n", "---\n", "===\n",
        "~~~\n", "<",        ">",     "'",     "&#65;", "[a][a]", "<!-- ",     "-->",   "a\nb ",
    };
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (int round = 0; round < 4000; round++) {
        g_autoptr(GString) source = g_string_new("x"); /* no front matter */
        g_autoptr(PdMarkup) markup = NULL;
        g_autofree char *all = NULL;
        g_autofree char *want = NULL;
        g_autofree char *got = NULL;
        int n = g_rand_int_range(random, 1, 40);

        for (int i = 0; i < n; i++)
            g_string_append(source, parts[g_rand_int_range(random, 0, G_N_ELEMENTS(parts))]);
        markup = markdown(source->str);
        assert_positions(markup, source->str, source->len);
        all = cmark_text(source->str, source->len);
        want = without_space(all);
        got = without_space(pd_markup_text(markup, NULL));
        g_assert_cmpstr(got, ==, want);
    }
}

static void
test_bytes(void)
{
    static const char bytes[] = "a\0b *c*\0";
    g_autoptr(PdMarkup) markup = pd_markup_new(PD_FORMAT_MARKDOWN, NULL, bytes, sizeof bytes - 1);
    size_t length;
    const char *text = pd_markup_text(markup, &length);

    g_assert_cmpuint(strlen(text), ==, length); /* no NUL comes through */
    g_assert_cmpstr(text, ==,
                    "a\xEF\xBF\xBD"
                    "b c\xEF\xBF\xBD");
    assert_positions(markup, bytes, sizeof bytes - 1);
}

/* Nothing here may take more than linear time; the test's time limit would tell. */
static void
test_large(void)
{
    static const char *const parts[] = { "*a ",    "[",
                                         "[foo](", "`a",
                                         "&amp;",  ">",
                                         "- ",     "\\*",
                                         "[^1",    "| `d` | e |\n",
                                         "a\r",    "word *em* [l](u) ",
                                         "<b>",    "[foo](a \"" };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) source = g_string_new("[foo]: /u\n\n| a | b |\n|---|---|\n");
        g_autoptr(PdMarkup) markup = NULL;

        for (int n = 0; n < 20000; n++)
            g_string_append(source, parts[i]);
        markup = markdown(source->str);
        g_assert_nonnull(pd_markup_text(markup, NULL));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/markup/plain", test_plain);
    g_test_add_func("/markup/inline", test_inline);
    g_test_add_func("/markup/blocks", test_blocks);
    g_test_add_func("/markup/preamble", test_preamble);
    g_test_add_func("/markup/spans", test_spans);
    g_test_add_func("/markup/definitions", test_definitions);
    g_test_add_func("/markup/split-lines", test_split_lines);
    g_test_add_func("/markup/random", test_random);
    g_test_add_func("/markup/bytes", test_bytes);
    g_test_add_func("/markup/large", test_large);
    return g_test_run();
}
