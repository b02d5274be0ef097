/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Positions and the line index, against a plain reimplementation that starts anew each time. */
#include "plugin/lsp/text.h"

#include <glib.h>
#include <string.h>

static const PdLspEncoding encodings[] = { PD_LSP_UTF8, PD_LSP_UTF16, PD_LSP_UTF32 };

/* --- the plain way: from the text's beginning, character by character --- */

static gsize
plain_units(gunichar c, PdLspEncoding encoding)
{
    if (encoding == PD_LSP_UTF8)
        return (gsize)g_unichar_to_utf8(c, NULL);
    return encoding == PD_LSP_UTF16 && c > 0xFFFF ? 2 : 1;
}

/* Where each byte's position is; in the middle of CRLF, the end of the line. */
static PdLspPosition
plain_position(const char *text, gsize offset, PdLspEncoding encoding)
{
    PdLspPosition position = { 0, 0 };

    for (gsize i = 0; i < offset; i += (gsize)g_utf8_skip[(guchar)text[i]]) {
        const bool is_crlf = text[i] == '\r' && text[i + 1] == '\n';

        if (is_crlf && i + 1 == offset)
            break;
        if (text[i] == '\n' || (text[i] == '\r' && !is_crlf))
            position = (PdLspPosition){ position.line + 1, 0 };
        else if (!is_crlf)
            position.character += plain_units(g_utf8_get_char(text + i), encoding);
    }
    return position;
}

/* The last byte whose position is not behind the one that is asked for. */
static gsize
plain_offset(const char *text, PdLspPosition position, PdLspEncoding encoding)
{
    const gsize n_bytes = strlen(text);
    gsize found = 0;

    for (gsize i = 0; i <= n_bytes;) {
        const PdLspPosition here = plain_position(text, i, encoding);
        const bool in_crlf = i > 0 && text[i - 1] == '\r' && text[i] == '\n';

        if (here.line < position.line)
            found = n_bytes; /* unless the line comes */
        if (here.line == position.line && here.character <= position.character && !in_crlf)
            found = i;
        if (here.line > position.line)
            return found;
        if (i == n_bytes)
            break;
        i += (gsize)g_utf8_skip[(guchar)text[i]];
    }
    return found;
}

static void
assert_same(const PdLspText *text, const char *plain)
{
    const gsize n_bytes = strlen(plain);

    g_assert_cmpstr(pd_lsp_text_peek(text, NULL), ==, plain);
    g_assert_cmpuint(pd_lsp_text_lines(text), ==,
                     plain_position(plain, n_bytes, PD_LSP_UTF8).line + 1);
    for (size_t e = 0; e < G_N_ELEMENTS(encodings); e++) {
        for (gsize i = 0; i <= n_bytes;
             i += i < n_bytes ? (gsize)g_utf8_skip[(guchar)plain[i]] : 1) {
            const PdLspPosition want = plain_position(plain, i, encodings[e]);
            const PdLspPosition got = pd_lsp_text_position(text, i, encodings[e]);
            PdLspPosition beyond = want;

            g_assert_cmpuint(got.line, ==, want.line);
            g_assert_cmpuint(got.character, ==, want.character);
            g_assert_cmpuint(pd_lsp_text_offset(text, want, encodings[e]), ==,
                             plain_offset(plain, want, encodings[e]));
            beyond.character++; /* half of a pair, a part of a character, behind the line's end */
            g_assert_cmpuint(pd_lsp_text_offset(text, beyond, encodings[e]), ==,
                             plain_offset(plain, beyond, encodings[e]));
            beyond.character += 1000;
            g_assert_cmpuint(pd_lsp_text_offset(text, beyond, encodings[e]), ==,
                             plain_offset(plain, beyond, encodings[e]));
        }
    }
}

/* --- fixed cases --- */

static void
test_positions(void)
{
    static const struct {
        const char *text;
        gsize offset;
        PdLspPosition utf8, utf16, utf32;
    } rows[] = {
        { "", 0, { 0, 0 }, { 0, 0 }, { 0, 0 } },
        { "abc", 2, { 0, 2 }, { 0, 2 }, { 0, 2 } },
        { "a\nb", 2, { 1, 0 }, { 1, 0 }, { 1, 0 } },
        { "a\r\nb", 3, { 1, 0 }, { 1, 0 }, { 1, 0 } },
        { "a\rb", 2, { 1, 0 }, { 1, 0 }, { 1, 0 } },
        { "é😀x", 6, { 0, 6 }, { 0, 3 }, { 0, 2 } },
        { "x\n日本", 5, { 1, 3 }, { 1, 1 }, { 1, 1 } },
        { "a\n", 2, { 1, 0 }, { 1, 0 }, { 1, 0 } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PdLspText) text = pd_lsp_text_new(rows[i].text, strlen(rows[i].text));
        const PdLspPosition *want[] = { &rows[i].utf8, &rows[i].utf16, &rows[i].utf32 };

        for (size_t e = 0; e < G_N_ELEMENTS(encodings); e++) {
            const PdLspPosition got = pd_lsp_text_position(text, rows[i].offset, encodings[e]);

            g_assert_cmpuint(got.line, ==, want[e]->line);
            g_assert_cmpuint(got.character, ==, want[e]->character);
            g_assert_cmpuint(pd_lsp_text_offset(text, got, encodings[e]), ==, rows[i].offset);
        }
    }
}

static void
test_beyond(void)
{
    g_autoptr(PdLspText) text = pd_lsp_text_new("ab\r\nc😀", 9);

    g_assert_cmpuint(pd_lsp_text_offset(text, (PdLspPosition){ 0, 99 }, PD_LSP_UTF16), ==, 2);
    g_assert_cmpuint(pd_lsp_text_offset(text, (PdLspPosition){ 1, 99 }, PD_LSP_UTF16), ==, 9);
    g_assert_cmpuint(pd_lsp_text_offset(text, (PdLspPosition){ 2, 0 }, PD_LSP_UTF16), ==, 9);
    /* between the halves of a pair */
    g_assert_cmpuint(pd_lsp_text_offset(text, (PdLspPosition){ 1, 2 }, PD_LSP_UTF16), ==, 5);
    g_assert_cmpuint(pd_lsp_text_offset(text, (PdLspPosition){ 1, 3 }, PD_LSP_UTF8), ==, 5);
    g_assert_cmpuint(pd_lsp_text_position(text, 99, PD_LSP_UTF16).character, ==, 3);
}

static void
test_names(void)
{
    PdLspEncoding encoding = PD_LSP_UTF32;

    g_assert_true(pd_lsp_encoding_from_name("utf-8", &encoding));
    g_assert_cmpint(encoding, ==, PD_LSP_UTF8);
    g_assert_false(pd_lsp_encoding_from_name("utf-7", &encoding));
    g_assert_cmpint(encoding, ==, PD_LSP_UTF8);
    g_assert_cmpstr(pd_lsp_encoding_name(PD_LSP_UTF16), ==, "utf-16");
}

/* --- properties --- */

static const char *const pieces[] = { "a", "b ",   "\n", "\r\n", "\r", "é",  "日",
                                      "😀", "\n\n", "x",  " ",    "𝒳",  "\t", "word" };

static char *
random_text(GRand *random, int most)
{
    GString *text = g_string_new(NULL);
    const int n = g_rand_int_range(random, 0, most + 1);

    for (int i = 0; i < n; i++)
        g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
    return g_string_free(text, FALSE);
}

/* A place between two characters of @text. */
static gsize
random_place(GRand *random, const char *text)
{
    const char *p = text;

    for (int n = g_rand_int_range(random, 0, (int)g_utf8_strlen(text, -1) + 1); n > 0; n--)
        p = g_utf8_next_char(p);
    return (gsize)(p - text);
}

static void
test_random_edits(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int round = 0; round < 60; round++) {
        g_autofree char *first = random_text(random, 20);
        g_autoptr(PdLspText) text = pd_lsp_text_new(first, strlen(first));
        g_autoptr(GString) plain = g_string_new(first);

        assert_same(text, plain->str);
        for (int edit = 0; edit < 25; edit++) {
            const gsize a = random_place(random, plain->str), b = random_place(random, plain->str);
            const gsize start = MIN(a, b), removed = MAX(a, b) - start;
            g_autofree char *inserted = random_text(random, 4);

            pd_lsp_text_replace(text, start, removed, inserted, strlen(inserted));
            g_string_erase(plain, (gssize)start, (gssize)removed);
            g_string_insert(plain, (gssize)start, inserted);
            assert_same(text, plain->str);
        }
    }
}

/* An edit between CR and LF, and one that brings the two together. */
static void
test_crlf_edits(void)
{
    g_autoptr(PdLspText) text = pd_lsp_text_new("a\r\nb", 4);

    pd_lsp_text_replace(text, 2, 0, "x", 1);
    assert_same(text, "a\rx\nb");
    pd_lsp_text_replace(text, 2, 1, "", 0);
    assert_same(text, "a\r\nb");
    pd_lsp_text_replace(text, 1, 1, "", 0);
    assert_same(text, "a\nb");
    pd_lsp_text_replace(text, 1, 0, "\r", 1);
    assert_same(text, "a\r\nb");
}

static void
test_difference(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int round = 0; round < 2000; round++) {
        g_autofree char *from = random_text(random, 8);
        g_autofree char *to = random_text(random, 8);
        g_autoptr(PdLspText) text = pd_lsp_text_new(from, strlen(from));
        gsize start, removed, n_inserted;
        const char *inserted;

        pd_lsp_text_difference(text, to, strlen(to), &start, &removed, &inserted, &n_inserted);
        g_assert_true(g_utf8_validate(inserted, (gssize)n_inserted, NULL));
        g_assert_true(g_utf8_validate(from, (gssize)start, NULL));
        g_assert_true(g_utf8_validate(from, (gssize)(start + removed), NULL));
        if (g_str_equal(from, to))
            g_assert_cmpuint(removed + n_inserted, ==, 0);
        pd_lsp_text_replace(text, start, removed, inserted, n_inserted);
        assert_same(text, to);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lsp/text/positions", test_positions);
    g_test_add_func("/lsp/text/beyond", test_beyond);
    g_test_add_func("/lsp/text/names", test_names);
    g_test_add_func("/lsp/text/random-edits", test_random_edits);
    g_test_add_func("/lsp/text/crlf-edits", test_crlf_edits);
    g_test_add_func("/lsp/text/difference", test_difference);
    return g_test_run();
}
