/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/window.h"

#include <string.h>

#define HOLE 0xFFFC

void
pd_window_around(int total, int caret, int *ret_start, int *ret_end)
{
    total = MAX(total, 0);
    caret = CLAMP(caret, 0, total);
    *ret_start = 0;
    *ret_end = total;
    if (total <= PD_WINDOW_WHOLE_CHARS)
        return;
    *ret_start = MAX(caret - PD_WINDOW_SIDE_CHARS, 0);
    *ret_end = caret > total - PD_WINDOW_SIDE_CHARS ? total : caret + PD_WINDOW_SIDE_CHARS;
}

static glong
utf16_length(const char *text)
{
    glong n = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        n += g_utf8_get_char(at) > 0xFFFF ? 2 : 1;
    return n;
}

bool
pd_window_unit(const char *text, int n_asked, PdUnit *ret_unit)
{
    if (g_utf8_strlen(text, -1) == n_asked)
        *ret_unit = PD_UNIT_CHARS;
    else if (utf16_length(text) == n_asked)
        *ret_unit = PD_UNIT_UTF16;
    else
        return false;
    return true;
}

int
pd_window_to_unit(const char *text, PdUnit unit, guint n_chars)
{
    int position = 0;

    for (guint i = 0; i < n_chars && *text != '\0'; i++, text = g_utf8_next_char(text))
        position += unit == PD_UNIT_UTF16 && g_utf8_get_char(text) > 0xFFFF ? 2 : 1;
    return position;
}

guint
pd_window_to_chars(const char *text, PdUnit unit, int position)
{
    guint n_chars = 0;

    for (; position > 0 && *text != '\0'; n_chars++, text = g_utf8_next_char(text))
        position -= unit == PD_UNIT_UTF16 && g_utf8_get_char(text) > 0xFFFF ? 2 : 1;
    return n_chars;
}

char *
pd_window_trim(const char *text, PdUnit unit, int start, int end, int total, int *ret_dropped)
{
    const char *from = start > 0 ? strchr(text, '\n') : NULL;
    const char *to = end < total ? strrchr(text, '\n') : NULL;

    from = from != NULL ? from + 1 : text;
    if (to == NULL || to < from)
        to = text + strlen(text);
    *ret_dropped = pd_window_to_unit(text, unit, (guint)g_utf8_pointer_to_offset(text, from));
    return g_strndup(from, (gsize)(to - from));
}

bool
pd_change_between(const char *before, const char *after, PdChange *ret_change)
{
    const char *old_end = before + strlen(before), *new_end = after + strlen(after);
    const char *old_start = before, *new_start = after;

    if (g_str_equal(before, after))
        return false;
    while (*old_start != '\0' && g_utf8_get_char(old_start) == g_utf8_get_char(new_start)) {
        old_start = g_utf8_next_char(old_start);
        new_start = g_utf8_next_char(new_start);
    }
    while (old_end > old_start && new_end > new_start) {
        const char *old_last = g_utf8_prev_char(old_end), *new_last = g_utf8_prev_char(new_end);

        if (g_utf8_get_char(old_last) != g_utf8_get_char(new_last))
            break;
        old_end = old_last;
        new_end = new_last;
    }
    ret_change->start = (guint)g_utf8_pointer_to_offset(before, old_start);
    ret_change->removed = (guint)g_utf8_pointer_to_offset(old_start, old_end);
    ret_change->inserted = g_strndup(new_start, (gsize)(new_end - new_start));
    return true;
}

void
pd_change_done(PdChange *change)
{
    g_clear_pointer(&change->inserted, g_free);
}

static bool
ends_sentence(gunichar c)
{
    return c == '.' || c == '!' || c == '?' || c == '\n' || c == 0x2029;
}

bool
pd_window_has_hole(const char *text, guint start, guint length)
{
    const char *from = g_utf8_offset_to_pointer(text, start);
    const char *to = g_utf8_offset_to_pointer(from, length);

    for (const char *at = from; *at != '\0' && (at < to || !ends_sentence(g_utf8_get_char(at)));
         at = g_utf8_next_char(at))
        if (g_utf8_get_char(at) == HOLE)
            return true;
    for (const char *at = from; at > text;) {
        at = g_utf8_prev_char(at);
        if (ends_sentence(g_utf8_get_char(at)))
            return false;
        if (g_utf8_get_char(at) == HOLE)
            return true;
    }
    return false;
}

bool
pd_window_unfinished(const char *text, guint start, guint length, guint caret)
{
    if (caret != start + length || length == 0)
        return false;
    return g_unichar_isalnum(g_utf8_get_char(g_utf8_offset_to_pointer(text, caret - 1)));
}

static bool
is_line_end(gunichar c)
{
    return c == '\0' || c == '\n' || c == 0x2029;
}

void
pd_window_widen(const char *text, guint *start, guint *length)
{
    const char *from = g_utf8_offset_to_pointer(text, *start);
    const gunichar before = from > text ? g_utf8_get_char(g_utf8_prev_char(from)) : '\n';
    const gunichar after = g_utf8_get_char(g_utf8_offset_to_pointer(from, *length));

    if (*length == 0)
        return;
    if (before == ' ' &&
        (after == ' ' || is_line_end(after) || g_utf8_strchr(".,;:!?", -1, after) != NULL)) {
        (*start)--;
        (*length)++;
    } else if (is_line_end(before) && after == ' ') {
        (*length)++;
    }
}

char *
pd_window_part(const char *text, guint start, guint length)
{
    const char *from = g_utf8_offset_to_pointer(text, start);

    return g_strndup(from, (gsize)(g_utf8_offset_to_pointer(from, length) - from));
}
