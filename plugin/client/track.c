/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/track.h"

#include "plugin/client/error-private.h"
#include "plugin/client/finding-private.h"

typedef struct {
    uint32_t start;
    uint32_t removed;
    uint32_t inserted;
} Edit;

void
proofd_track_init(ProofdTrack *self, uint32_t length)
{
    *self = (ProofdTrack){ .length = length };
    self->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
}

void
proofd_track_done(ProofdTrack *self)
{
    g_array_unref(self->edits);
    g_ptr_array_unref(self->findings);
}

/* Forgets those that overlap or touch the range, moves those behind it. @findings: by start */
static void
move_findings(GPtrArray *findings, uint32_t start, uint32_t removed, uint32_t inserted)
{
    guint kept = 0;

    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (finding->start > start + removed)
            finding = proofd_finding_move(finding, finding->start - removed + inserted);
        else if (finding->start + finding->length >= start) {
            proofd_finding_unref(finding);
            continue;
        }
        findings->pdata[kept++] = finding;
    }
    for (guint i = kept; i < findings->len; i++)
        findings->pdata[i] = NULL; /* they have moved up */
    g_ptr_array_set_size(findings, kept);
}

/* The range after an edit; one that the edit overlaps holds what came there too. */
static void
move_range(const Edit *edit, uint32_t *start, uint32_t *length)
{
    uint32_t end = *start + *length;
    uint32_t edit_end = edit->start + edit->removed;

    if (edit->start > end)
        return;
    if (edit_end < *start) {
        *start = *start - edit->removed + edit->inserted;
        return;
    }
    *start = MIN(*start, edit->start);
    *length = MAX(end, edit_end) - edit->removed + edit->inserted - *start;
}

static void
mark_changed(ProofdTrack *self, uint32_t start, uint32_t length)
{
    uint32_t end = start + length;

    if (self->changed) {
        end = MAX(end, self->changed_start + self->changed_length);
        start = MIN(start, self->changed_start);
    }
    self->changed = true;
    self->changed_start = start;
    self->changed_length = end - start;
}

void
proofd_track_edit(ProofdTrack *self, uint32_t start, uint32_t removed, uint32_t inserted)
{
    const Edit edit = { start, removed, inserted };

    g_assert(start <= self->length && removed <= self->length - start);
    self->serial++;
    self->length = self->length - removed + inserted;
    g_array_append_val(self->edits, edit);
    move_findings(self->findings, start, removed, inserted);
    if (self->changed)
        move_range(&edit, &self->changed_start, &self->changed_length);
}

/* The text's length after the edit @serial. */
static uint32_t
length_after(const ProofdTrack *self, uint64_t serial)
{
    uint32_t length = self->length;

    for (uint64_t n = self->serial; n > serial; n--) {
        const Edit *edit = &g_array_index(self->edits, Edit, n - self->answered - 1);

        length = length - edit->inserted + edit->removed;
    }
    return length;
}

static bool
check_places(uint32_t length, uint32_t start, uint32_t n, GPtrArray *findings, GError **error)
{
    if (start > length || n > length - start)
        return proofd_error_broken(error, "a range lies outside the text");
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (finding->start > length || finding->length > length - finding->start)
            return proofd_error_broken(error, "a finding lies outside the text");
    }
    return true;
}

static int
by_start(const void *a, const void *b)
{
    const ProofdFinding *x = *(ProofdFinding *const *)a;
    const ProofdFinding *y = *(ProofdFinding *const *)b;

    return (x->start > y->start) - (x->start < y->start);
}

bool
proofd_track_take(ProofdTrack *self, uint64_t serial, uint32_t start, uint32_t length,
                  GPtrArray *findings, GError **error)
{
    g_autoptr(GPtrArray) taken = findings;

    if (serial < self->answered || serial > self->serial)
        return proofd_error_broken(error, "it names an edit that is not on its way");
    if (!check_places(length_after(self, serial), start, length, taken, error))
        return false;
    if (serial > self->answered)
        g_array_remove_range(self->edits, 0, serial - self->answered);
    self->answered = serial;
    for (guint i = 0; i < self->edits->len; i++) {
        const Edit *edit = &g_array_index(self->edits, Edit, i);

        move_range(edit, &start, &length);
        move_findings(taken, edit->start, edit->removed, edit->inserted);
    }
    move_findings(self->findings, start, length, length);
    g_ptr_array_extend_and_steal(self->findings, g_steal_pointer(&taken));
    g_ptr_array_sort(self->findings, by_start);
    mark_changed(self, start, length);
    return true;
}

bool
proofd_track_take_all(ProofdTrack *self, uint64_t serial, GPtrArray *findings, GError **error)
{
    uint32_t length = 0;

    if (serial >= self->answered && serial <= self->serial)
        length = length_after(self, serial);
    return proofd_track_take(self, serial, 0, length, findings, error);
}

static gpointer
share(gconstpointer finding, gpointer unused)
{
    return proofd_finding_ref((ProofdFinding *)finding);
}

GPtrArray *
proofd_track_findings(const ProofdTrack *self)
{
    GPtrArray *copy = g_ptr_array_copy(self->findings, share, NULL);

    g_ptr_array_set_free_func(copy, (GDestroyNotify)proofd_finding_unref);
    return copy;
}
