/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/unfinished.h"

#include <string.h>

#define MAX_WORD_BYTES 256 /* more is no word, and need not be looked through at each letter */

void
pd_unfinished_init(PdUnfinished *self)
{
    *self = (PdUnfinished){ .shown = g_array_new(FALSE, FALSE, sizeof(gsize)) };
}

void
pd_unfinished_done(PdUnfinished *self)
{
    g_clear_pointer(&self->shown, g_array_unref);
}

static bool
is_letter(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '_';
}

/* What may stand within a word: it's, well-known, ’ */
static bool
is_joint(gunichar c)
{
    return c == '\'' || c == '-' || c == 0x2019 || c == 0xAD;
}

/* Where the word that ends at @end starts; @end: there is none. */
static const char *
find_start(const char *text, const char *end)
{
    const char *start = end;

    for (const char *p = end; p > text && end - p < MAX_WORD_BYTES;) {
        const char *before = g_utf8_prev_char(p);
        const gunichar c = g_utf8_get_char(before);

        if (is_letter(c))
            start = before;
        else if (!is_joint(c))
            break;
        p = before;
    }
    return start;
}

static const char *
find_space(const char *text, const char *end)
{
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return end;
}

static void
note_shown(PdUnfinished *self, const GArray *shown)
{
    g_array_set_size(self->shown, 0);
    for (guint i = 0; i < shown->len; i++) {
        const PdPlace *place = &g_array_index(shown, PdPlace, i);
        const gsize end = place->start + place->length;

        if (end >= self->space_start && end < self->start)
            g_array_append_val(self->shown, place->start);
    }
}

void
pd_unfinished_type(PdUnfinished *self, const char *text, gsize end, const GArray *shown)
{
    const gsize start = (gsize)(find_start(text, text + end) - text);
    const bool is_same = self->is_there && start == self->start;

    self->is_there = start < end;
    self->start = start;
    self->end = end;
    self->space_start = (gsize)(find_space(text, text + start) - text);
    if (!is_same)
        note_shown(self, shown);
}

bool
pd_unfinished_finish(PdUnfinished *self)
{
    const bool was_there = self->is_there;

    self->is_there = false;
    return was_there;
}

bool
pd_unfinished_hides(const PdUnfinished *self, gsize start, gsize length)
{
    const gsize end = start + length;

    if (!self->is_there || end < self->space_start || start > self->end)
        return false;
    if (end >= self->start)
        return true;
    for (guint i = 0; i < self->shown->len; i++) {
        if (g_array_index(self->shown, gsize, i) == start)
            return false;
    }
    return true;
}

bool
pd_unfinished_touches(const PdUnfinished *self, gsize start, gsize end)
{
    return self->is_there && start <= self->end && end >= self->start;
}
