/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/fix.h"

#include "plugin/cli/input.h"

#include <stdbool.h>
#include <string.h>

void
pd_edit_free(PdEdit *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self);
}

static bool
is_line_end(char c)
{
    return c == '\0' || c == '\n' || c == '\r';
}

/* Takes one space along where two would be left, or one at a line's begin or end. */
static void
widen_over_space(PdEdit *self, const char *text)
{
    bool space_before = self->start > 0 && text[self->start - 1] == ' ';
    bool line_before = self->start == 0 || is_line_end(text[self->start - 1]);
    char after = text[self->end];

    if (space_before && (after == ' ' || is_line_end(after) || strchr(".,;:!?", after) != NULL))
        self->start--;
    else if (line_before && after == ' ')
        self->end++;
}

PdEdit *
pd_edit_new(const char *text, size_t start, size_t end, const ProofdCandidate *candidate)
{
    PdEdit *self = g_new0(PdEdit, 1);

    self->start = start;
    self->end = end;
    self->text = g_strdup(candidate->text);
    if (*self->text == '\0' && start < end)
        widen_over_space(self, text);
    return self;
}

GPtrArray *
pd_fix_edits(const char *text, GPtrArray *findings)
{
    GPtrArray *edits = g_ptr_array_new_with_free_func((GDestroyNotify)pd_edit_free);
    PdPlace start = PD_PLACE_INIT;
    size_t free_from = 0;
    bool inserted = false; /* at free_from: another change there would be of other text */

    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        g_autoptr(PdEdit) edit = NULL;
        PdPlace end;

        if (finding->candidates->len == 0)
            continue;
        pd_place_move(&start, text, finding->start);
        end = start;
        pd_place_move(&end, text, (size_t)finding->start + finding->length);
        edit = pd_edit_new(text, start.bytes, end.bytes, g_ptr_array_index(finding->candidates, 0));
        if (edit->start < free_from || (inserted && edit->start == free_from))
            continue;
        free_from = edit->end;
        inserted = edit->start == edit->end;
        g_ptr_array_add(edits, g_steal_pointer(&edit));
    }
    return edits;
}

GString *
pd_fix_apply(const char *text, size_t length, GPtrArray *edits)
{
    GString *out = g_string_sized_new(length);
    size_t done = 0;

    for (guint i = 0; i < edits->len; i++) {
        const PdEdit *edit = g_ptr_array_index(edits, i);

        g_string_append_len(out, text + done, edit->start - done);
        g_string_append(out, edit->text);
        done = edit->end;
    }
    g_string_append_len(out, text + done, length - done);
    return out;
}
