/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/excerpt.h"

#include "plugin/cli/say.h"

#include <stdbool.h>
#include <string.h>

#define TAB_COLUMNS 8
#define ELLIPSIS "…"
#define MARKS_A_CHARACTER \
    16 /* more combining marks on one are cut off, or a line of them has no end */

typedef struct {
    const char *line;
    const char *end;
} Line;

static size_t
columns_of(gunichar c, size_t column)
{
    if (c == '\t')
        return TAB_COLUMNS - column % TAB_COLUMNS;
    if (pd_is_unsafe(c))
        return 1;
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

/* Columns from @from, which is at @column, to @to; or any number above @max if there are more. */
static size_t
width_of(const char *from, const char *to, size_t column, size_t max)
{
    size_t width = 0, marks = 0;

    for (const char *p = from; p < to && width <= max; p = g_utf8_next_char(p)) {
        size_t w = columns_of(g_utf8_get_char(p), column + width);

        marks = w == 0 ? marks + 1 : 0;
        if (marks > MARKS_A_CHARACTER)
            return max + 1;
        width += w;
    }
    return width;
}

size_t
pd_columns(const char *text)
{
    size_t columns = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        columns += columns_of(g_utf8_get_char(p), columns);
    return columns;
}

/* The character that begins at most @columns before @from. */
static const char *
step_back(const Line *line, const char *from, size_t columns)
{
    size_t width = 0, marks = 0;

    while (from > line->line) {
        const char *before = g_utf8_prev_char(from);
        /*
         * a tab may be any width: count it full, the window is then too small rather than too wide
         */
        size_t w = columns_of(g_utf8_get_char(before), 0);

        marks = w == 0 ? marks + 1 : 0;
        if (width + w > columns || marks > MARKS_A_CHARACTER)
            break;
        width += w;
        from = before;
    }
    return from;
}

/* Where to begin, so that the place and as much as fits on both sides of it is seen. */
static const char *
window_start(const Line *line, const char *start, const char *end, size_t max_columns)
{
    size_t room = max_columns - 2; /* an ellipsis on each side */
    size_t place, after, before;

    if (width_of(line->line, line->end, 0, max_columns) <= max_columns)
        return line->line;
    place = MIN(width_of(start, end, 0, room), room);
    before = (room - place) / 2;
    after = width_of(end, line->end, 0, room);
    if (after < room - place - before)
        before =
            room + 1 - place - after; /* no ellipsis there: all that is left is for this side */
    return step_back(line, start, before);
}

void
pd_excerpt_init(PdExcerpt *self, const char *line, size_t length, size_t start, size_t end,
                size_t max_columns)
{
    const Line whole = { line, line + length };
    const char *from = line + MIN(start, length);
    const char *to = MAX(from, line + MIN(end, length));
    const char *p = window_start(&whole, from, to, max_columns);
    GString *out = g_string_new(p > line ? ELLIPSIS : NULL);
    size_t column = p > line ? 1 : 0;
    bool fits = column + width_of(p, whole.end, column, max_columns) <= max_columns;
    size_t room = fits ? max_columns : max_columns - 1;

    self->column = column;
    self->width = 0;
    for (; p < whole.end; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        size_t w = columns_of(c, column);

        if (column + w > room || out->len > 64 * max_columns)
            break;
        if (p == from)
            self->column = column;
        if (c == '\t')
            g_string_append_printf(out, "%*s", (int)w, "");
        else
            g_string_append_unichar(out, pd_is_unsafe(c) ? 0xFFFD : c);
        column += w;
        if (p >= from && p < to)
            self->width = column - self->column;
    }
    if (p == from)
        self->column = column; /* at the line's end */
    if (p < whole.end)
        g_string_append(out, ELLIPSIS);
    self->width = MAX(self->width, 1);
    self->text = g_string_free(out, FALSE);
}

void
pd_excerpt_done(PdExcerpt *self)
{
    g_clear_pointer(&self->text, g_free);
}
