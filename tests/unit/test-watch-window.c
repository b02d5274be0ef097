/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/place.h"
#include "plugin/atspi/window.h"

#include <string.h>

#define HOLE "\xEF\xBF\xBC"
#define FACE "\xF0\x9F\x98\x80" /* beyond 16 bits */

static void
test_around(void)
{
    int start, end;

    pd_window_around(PD_WINDOW_WHOLE_CHARS, 3, &start, &end);
    g_assert_cmpint(start, ==, 0);
    g_assert_cmpint(end, ==, PD_WINDOW_WHOLE_CHARS);

    pd_window_around(PD_WINDOW_WHOLE_CHARS + 1, 0, &start, &end);
    g_assert_cmpint(start, ==, 0);
    g_assert_cmpint(end, ==, PD_WINDOW_SIDE_CHARS);

    pd_window_around(1000000, 500000, &start, &end);
    g_assert_cmpint(start, ==, 500000 - PD_WINDOW_SIDE_CHARS);
    g_assert_cmpint(end, ==, 500000 + PD_WINDOW_SIDE_CHARS);

    pd_window_around(1000000, 999999, &start, &end);
    g_assert_cmpint(end, ==, 1000000);
    pd_window_around(G_MAXINT, G_MAXINT, &start, &end);
    g_assert_cmpint(start, ==, G_MAXINT - PD_WINDOW_SIDE_CHARS);
    g_assert_cmpint(end, ==, G_MAXINT);
}

/* What a program says of its caret and length may be nonsense. */
static void
test_around_nonsense(void)
{
    int start, end;

    pd_window_around(-5, -1, &start, &end);
    g_assert_cmpint(start, ==, 0);
    g_assert_cmpint(end, ==, 0);
    pd_window_around(10, 4000, &start, &end);
    g_assert_cmpint(end, ==, 10);
}

static void
test_unit(void)
{
    PdUnit unit = PD_UNIT_UTF16;

    g_assert_true(pd_window_unit("plain", 5, &unit));
    g_assert_cmpint(unit, ==, PD_UNIT_CHARS);
    g_assert_true(pd_window_unit("a " FACE " b", 5, &unit));
    g_assert_cmpint(unit, ==, PD_UNIT_CHARS);
    g_assert_true(pd_window_unit("a " FACE " b", 6, &unit));
    g_assert_cmpint(unit, ==, PD_UNIT_UTF16);
    unit = PD_UNIT_CHARS;
    g_assert_false(pd_window_unit("a " FACE " b", 7, &unit)); /* bytes, or a liar */
    g_assert_cmpint(unit, ==, PD_UNIT_CHARS);
}

static void
test_positions(void)
{
    const char *text = "\xC3\xA4" FACE "b" FACE;

    g_assert_cmpint(pd_window_to_unit(text, PD_UNIT_CHARS, 3), ==, 3);
    g_assert_cmpint(pd_window_to_unit(text, PD_UNIT_UTF16, 3), ==, 4);
    g_assert_cmpint(pd_window_to_unit(text, PD_UNIT_UTF16, 99), ==, 6);
    for (guint i = 0; i <= 4; i++) {
        g_assert_cmpuint(
            i, ==,
            pd_window_to_chars(text, PD_UNIT_UTF16, pd_window_to_unit(text, PD_UNIT_UTF16, i)));
        g_assert_cmpuint(i, ==, pd_window_to_chars(text, PD_UNIT_CHARS, (int)i));
    }
    g_assert_cmpuint(pd_window_to_chars(text, PD_UNIT_UTF16, -3), ==, 0);
    g_assert_cmpuint(pd_window_to_chars(text, PD_UNIT_UTF16, 99), ==, 4);
}

static void
check_trim(const char *text, int start, int end, int total, const char *wanted, int wanted_dropped)
{
    int dropped = -1;
    g_autofree char *trimmed = pd_window_trim(text, PD_UNIT_UTF16, start, end, total, &dropped);

    g_assert_cmpstr(trimmed, ==, wanted);
    g_assert_cmpint(dropped, ==, wanted_dropped);
}

static void
test_trim(void)
{
    check_trim("one\ntwo", 0, 7, 7, "one\ntwo", 0);
    check_trim("ne\ntwo\nthr", 1, 11, 20, "two", 3);
    check_trim(FACE "e\ntwo", 5, 12, 12, "two", 4);
    check_trim("one\ntw", 0, 6, 20, "one", 0);
    check_trim("a paragraph that never ends", 5, 32, 99, "a paragraph that never ends", 0);
    check_trim("tail\nhead", 5, 14, 99, "head", 5);
}

static void
check_change(const char *before, const char *after, guint start, guint removed,
             const char *inserted)
{
    PdChange change;

    g_assert_true(pd_change_between(before, after, &change));
    g_assert_cmpuint(change.start, ==, start);
    g_assert_cmpuint(change.removed, ==, removed);
    g_assert_cmpstr(change.inserted, ==, inserted);
    pd_change_done(&change);
}

static void
test_change(void)
{
    PdChange change;

    g_assert_false(pd_change_between("same", "same", &change));
    check_change("", "new", 0, 0, "new");
    check_change("old", "", 0, 3, "");
    check_change("the cat", "the black cat", 4, 0, "black ");
    check_change("aaa", "aa", 2, 1, "");
    check_change("aa", "aaa", 2, 0, "a");
    check_change("x" FACE "y", "x" FACE FACE "y", 2, 0, FACE);
    check_change("\xC3\xA4", "\xC3\xB6", 0, 1, "\xC3\xB6"); /* same first byte */
}

/* Random edits: what the change says leads from one text to the other. */
static void
test_change_random(void)
{
    static const char *const letters[] = { "a", "b", "\xC3\xA4", FACE, "\n" };

    for (int round = 0; round < 2000; round++) {
        g_autoptr(GString) before = g_string_new(NULL);
        g_autoptr(GString) after = g_string_new(NULL);
        g_autoptr(GString) made = g_string_new(NULL);
        PdChange change;

        for (int i = g_test_rand_int_range(0, 8); i > 0; i--)
            g_string_append(before, letters[g_test_rand_int_range(0, 5)]);
        for (int i = g_test_rand_int_range(0, 8); i > 0; i--)
            g_string_append(after, letters[g_test_rand_int_range(0, 5)]);
        if (!pd_change_between(before->str, after->str, &change)) {
            g_assert_cmpstr(before->str, ==, after->str);
            continue;
        }
        g_string_append_len(made, before->str,
                            g_utf8_offset_to_pointer(before->str, change.start) - before->str);
        g_string_append(made, change.inserted);
        g_string_append(made, g_utf8_offset_to_pointer(before->str, change.start + change.removed));
        g_assert_cmpstr(made->str, ==, after->str);
        pd_change_done(&change);
    }
}

static void
test_hole(void)
{
    const char *text = "One here. See " HOLE " for it! And this.";

    g_assert_false(pd_window_has_hole(text, 0, 3));
    g_assert_true(pd_window_has_hole(text, 10, 3));
    g_assert_true(pd_window_has_hole(text, 16, 3));
    g_assert_true(pd_window_has_hole(text, 10, 6));
    g_assert_false(pd_window_has_hole(text, 24, 3));
}

static void
test_unfinished(void)
{
    g_assert_true(pd_window_unfinished("I reciev", 2, 6, 8));
    g_assert_false(pd_window_unfinished("I reciev it", 2, 6, 11));
    g_assert_false(pd_window_unfinished("I reciev ", 2, 6, 9));
    g_assert_false(pd_window_unfinished("a ,", 2, 1, 3));
    g_assert_false(pd_window_unfinished("a b", 2, 0, 2));
}

static void
check_widen(const char *text, guint start, guint length, guint wanted_start, guint wanted_length)
{
    pd_window_widen(text, &start, &length);
    g_assert_cmpuint(start, ==, wanted_start);
    g_assert_cmpuint(length, ==, wanted_length);
}

static void
test_widen(void)
{
    check_widen("the the cat", 4, 3, 3, 4);
    check_widen("The the cat", 0, 3, 0, 4);
    check_widen("it is is.", 6, 2, 5, 3);
    check_widen("a\nthe the", 2, 3, 2, 4);
    check_widen("x(the)", 2, 3, 2, 3);
    check_widen("the", 0, 0, 0, 0);
}

static void
check_box(PdBox box, int x, int y)
{
    g_assert_cmpint(box.x, ==, x);
    g_assert_cmpint(box.y, ==, y);
}

static void
test_place(void)
{
    const PdBox screen = { 100, 50, 1000, 600 };
    const PdBox caret = { 300, 200, 2, 20 }, low = { 300, 620, 2, 20 }, right = { 1090, 60, 2, 20 };
    const PdBox outside = { -500, -500, 2, 20 }, small = { 0, 0, 100, 40 };

    check_box(pd_place_near(&caret, 300, 100, &screen), 300, 226);
    check_box(pd_place_near(&low, 300, 100, &screen), 300, 514); /* above the line */
    check_box(pd_place_near(&right, 300, 100, &screen), 800, 86);
    check_box(pd_place_near(&outside, 300, 100, &screen), 100, 50);
    check_box(pd_place_near(&caret, 300, 100, &small), 0, 0); /* larger than the screen */
    check_box(pd_place_corner(300, 100, &screen), 784, 534);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/watch/window/around", test_around);
    g_test_add_func("/watch/window/around-nonsense", test_around_nonsense);
    g_test_add_func("/watch/window/unit", test_unit);
    g_test_add_func("/watch/window/positions", test_positions);
    g_test_add_func("/watch/window/trim", test_trim);
    g_test_add_func("/watch/window/change", test_change);
    g_test_add_func("/watch/window/change-random", test_change_random);
    g_test_add_func("/watch/window/hole", test_hole);
    g_test_add_func("/watch/window/unfinished", test_unfinished);
    g_test_add_func("/watch/window/widen", test_widen);
    g_test_add_func("/watch/place", test_place);
    return g_test_run();
}
