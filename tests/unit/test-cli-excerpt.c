/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/excerpt.h"
#include "plugin/cli/input.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* The place is the first @word in @line. */
static void
check(const char *line, const char *word, size_t max_columns, const char *text, size_t column,
      size_t width)
{
    g_auto(PdExcerpt) excerpt = { 0 };
    size_t start = strstr(line, word) - line;

    pd_excerpt_init(&excerpt, line, strlen(line), start, start + strlen(word), max_columns);
    g_assert_cmpstr(excerpt.text, ==, text);
    g_assert_cmpuint(excerpt.column, ==, column);
    g_assert_cmpuint(excerpt.width, ==, width);
}

static void
test_whole(void)
{
    check("I recieve it", "recieve", 40, "I recieve it", 2, 7);
    check("I recieve it", "recieve", 12, "I recieve it", 2, 7);
    check("", "", 40, "", 0, 1);
    check("end", "d", 40, "end", 2, 1);
    check("\tone\ttwo", "two", 40, "        one     two", 16, 3);
    check("日本 wrd", "wrd", 40, "日本 wrd", 5, 3);
    check("ab 日本", "日本", 40, "ab 日本", 3, 4);
    check("e\u0301e\u0301 wrd", "wrd", 40, "e\u0301e\u0301 wrd", 3, 3);
    check("we\u0301rd x", "we\u0301rd", 40, "we\u0301rd x", 0, 4);
    check("a\033[31mb wrd", "wrd", 40, "a\uFFFD[31mb wrd", 8, 3);
}

static void
test_cut(void)
{
    check("0123456789 wrd 0123456789", "wrd", 15, "…6789 wrd 0123…", 6, 3);
    check("wrd 01234567890123456789", "wrd", 10, "wrd 01234…", 0, 3);
    check("01234567890123456789 wrd", "wrd", 10, "…56789 wrd", 7, 3);
    check("x abcdefghijklmnopqrstuvwxyz y", "abcdefghijklmnopqrstuvwxyz", 10, "…abcdefgh…", 1, 8);
}

/* Between words, and at the very end: a place without width is shown as one column. */
static void
test_empty_place(void)
{
    g_auto(PdExcerpt) middle = { 0 }, end = { 0 };

    pd_excerpt_init(&middle, "go school", 9, 3, 3, 40);
    g_assert_cmpuint(middle.column, ==, 3);
    g_assert_cmpuint(middle.width, ==, 1);
    pd_excerpt_init(&end, "go school", 9, 9, 12, 40);
    g_assert_cmpuint(end.column, ==, 9);
    g_assert_cmpuint(end.width, ==, 1);
}

static void
test_columns(void)
{
    g_assert_cmpuint(pd_columns(""), ==, 0);
    g_assert_cmpuint(pd_columns("für"), ==, 3);
    g_assert_cmpuint(pd_columns("词典 en"), ==, 7);
    g_assert_cmpuint(pd_columns("e\u0301"), ==, 1);
}

/* Whatever the place and the width: never wider than asked for, and the place inside. */
static void
test_always_fits(void)
{
    static const char line[] =
        "\tab 日本語 e\u0301\u0301\u0301 \xF0\x9F\x98\x80 x\ty\001z wide text";

    for (size_t max = 10; max < 60; max++) {
        for (size_t start = 0; start <= strlen(line); start++) {
            g_auto(PdExcerpt) excerpt = { 0 };
            size_t columns = 0;

            if (((unsigned char)line[start] & 0xC0) == 0x80)
                continue;
            pd_excerpt_init(&excerpt, line, strlen(line), start, start + 1, max);
            g_assert_true(g_utf8_validate(excerpt.text, -1, NULL));
            for (const char *p = excerpt.text; *p != '\0'; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);

                columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
            }
            g_assert_cmpuint(columns, <=, max);
            g_assert_cmpuint(excerpt.column, <=, columns);
        }
    }
}

static void
test_long_line(void)
{
    g_autofree char *line = g_strnfill(4 * 1024 * 1024, 'a');
    g_autofree char *marks = g_strnfill(4 * 1024 * 1024, ' ');

    for (size_t i = 0; i < 2 * 1024 * 1024; i++)
        memcpy(marks + 2 * i, "\xCC\x81", 2); /* one combining mark after the other */
    for (size_t i = 0; i < 2000; i++) { /* would take minutes if each looked at the whole line */
        g_auto(PdExcerpt) excerpt = { 0 }, marked = { 0 };

        pd_excerpt_init(&excerpt, line, strlen(line), 1000 * i, 1000 * i + 5, 80);
        g_assert_cmpuint(excerpt.width, ==, 5);
        pd_excerpt_init(&marked, marks, strlen(marks), 1000 * i, 1000 * i + 4, 80);
        g_assert_cmpuint(strlen(marked.text), <, 10000);
    }
}

static void
test_place(void)
{
    static const char text[] = "é1\n日2\n\nend";
    PdPlace place = PD_PLACE_INIT;

    pd_place_move(&place, text, 4);
    g_assert_cmpuint(place.line, ==, 2);
    g_assert_cmpuint(place.column, ==, 2);
    g_assert_cmpuint(place.bytes, ==, 7);
    g_assert_cmpuint(place.line_bytes, ==, 4);
    pd_place_move(&place, text, 1); /* back */
    g_assert_cmpuint(place.line, ==, 1);
    g_assert_cmpuint(place.column, ==, 2);
    pd_place_move(&place, text, 1000); /* stops at the end */
    g_assert_cmpuint(place.bytes, ==, strlen(text));
    g_assert_cmpuint(place.line, ==, 4);
    g_assert_cmpuint(place.chars, ==, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/excerpt/whole", test_whole);
    g_test_add_func("/cli/excerpt/cut", test_cut);
    g_test_add_func("/cli/excerpt/empty-place", test_empty_place);
    g_test_add_func("/cli/excerpt/columns", test_columns);
    g_test_add_func("/cli/excerpt/always-fits", test_always_fits);
    g_test_add_func("/cli/excerpt/long-line", test_long_line);
    g_test_add_func("/cli/place", test_place);
    return g_test_run();
}
