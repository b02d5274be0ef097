/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/document.h"
#include "daemon/engine/error.h"
#include "dbus/protocol.h"

#include <math.h>
#include <string.h>

struct PdDocument {
    GString *text;
    PdOffsets unit;
    uint64_t serial;
    GPtrArray *findings; /* as last reported, moved by the edits since */
    bool edited;         /* since then: */
    PdSpan dirty;        /* what the edits touched, in the present text */
    GHashTable *ignored; /* set of fingerprints (uint64_t) */
};

PdDocument *
pd_document_new(const char *text, size_t length, PdOffsets unit)
{
    PdDocument *self = g_new0(PdDocument, 1);

    self->text = g_string_new_len(text, (gssize)length);
    self->unit = unit;
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    self->ignored = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return self;
}

void
pd_document_free(PdDocument *self)
{
    if (self == NULL)
        return;
    g_string_free(self->text, TRUE);
    g_ptr_array_unref(self->findings);
    g_hash_table_unref(self->ignored);
    g_free(self);
}

const char *
pd_document_text(const PdDocument *self, size_t *ret_length)
{
    *ret_length = self->text->len;
    return self->text->str;
}

uint64_t
pd_document_serial(const PdDocument *self)
{
    return self->serial;
}

/* --- edits --- */

static bool
find_place(const PdDocument *self, uint32_t start, uint32_t removed, PdSpan *ret_place,
           GError **error)
{
    const char *text = self->text->str;
    size_t length = self->text->len;

    /* as 64 bits: the sum may pass 2^32 */
    if (pd_text_offset_to_bytes(text, length, self->unit, start, &ret_place->start) &&
        pd_text_offset_to_bytes(text, length, self->unit, (size_t)start + removed, &ret_place->end))
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION,
                "start %u, removed %u: not in the text, or inside a character", start, removed);
    return false;
}

static bool
touches(PdSpan a, PdSpan b)
{
    return a.start <= b.end && b.start <= a.end;
}

static PdSpan
hull(PdSpan a, PdSpan b)
{
    return (PdSpan){ MIN(a.start, b.start), MAX(a.end, b.end) };
}

/* Where a position of the old text is in the new one; inside of what went: where that was. */
static size_t
moved(size_t position, PdSpan removed, size_t n_inserted, bool is_end)
{
    if (position >= removed.end)
        return position - (removed.end - removed.start) + n_inserted;
    if (position <= removed.start)
        return position;
    return is_end ? removed.start + n_inserted : removed.start;
}

static PdSpan
moved_span(PdSpan span, PdSpan removed, size_t n_inserted)
{
    return (PdSpan){ moved(span.start, removed, n_inserted, false),
                     moved(span.end, removed, n_inserted, true) };
}

static void
move_findings(PdDocument *self, PdSpan removed, size_t n_inserted)
{
    for (size_t i = self->findings->len; i-- > 0;) {
        PdFinding *finding = g_ptr_array_index(self->findings, i);
        PdSpan span = { finding->start, finding->end };
        PdSpan now = moved_span(span, removed, n_inserted);

        if (touches(span, removed)) { /* no longer what was found */
            self->dirty = hull(self->dirty, now);
            g_ptr_array_remove_index(self->findings, (unsigned)i);
        } else {
            finding->start = now.start;
            finding->end = now.end;
        }
    }
}

bool
pd_document_check_edit(const PdDocument *self, uint64_t serial, uint32_t start, uint32_t removed,
                       const char *inserted, PdSpan *ret_removed, GError **error)
{
    size_t n_inserted = strlen(inserted);

    if (serial <= self->serial) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION,
                    "serial %" G_GUINT64_FORMAT " is not greater than the last, %" G_GUINT64_FORMAT,
                    serial, self->serial);
        return false;
    }
    if (!find_place(self, start, removed, ret_removed, error))
        return false;
    if (n_inserted > PD_MAX_TEXT_BYTES ||
        self->text->len - (ret_removed->end - ret_removed->start) >
            PD_MAX_TEXT_BYTES - n_inserted) {
        g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG, "the text would be longer than %d bytes",
                    PD_MAX_TEXT_BYTES);
        return false;
    }
    return true;
}

bool
pd_document_edit(PdDocument *self, uint64_t serial, uint32_t start, uint32_t removed,
                 const char *inserted, GError **error)
{
    size_t n_inserted = strlen(inserted);
    PdSpan place;
    PdSpan edit;

    if (!pd_document_check_edit(self, serial, start, removed, inserted, &place, error))
        return false;
    edit = (PdSpan){ place.start, place.start + n_inserted };
    self->dirty = self->edited ? hull(moved_span(self->dirty, place, n_inserted), edit) : edit;
    self->edited = true;
    self->serial = serial;
    move_findings(self, place, n_inserted);
    g_string_erase(self->text, (gssize)place.start, (gssize)(place.end - place.start));
    g_string_insert_len(self->text, (gssize)place.start, inserted, (gssize)n_inserted);
    return true;
}

/* --- findings --- */

static bool
same_candidates(const GPtrArray *a, const GPtrArray *b)
{
    unsigned n_a = a != NULL ? a->len : 0;
    unsigned n_b = b != NULL ? b->len : 0;

    for (unsigned i = 0; n_a == n_b && i < n_a; i++) {
        const PdCandidate *x = g_ptr_array_index(a, i);
        const PdCandidate *y = g_ptr_array_index(b, i);

        if (x->action != y->action || !g_str_equal(x->text, y->text))
            return false;
    }
    return n_a == n_b;
}

/* Chances may differ in the last digits, with what else was in the same pass of the model. */
static bool
same_finding(const PdFinding *a, const PdFinding *b)
{
    return a->start == b->start && a->end == b->end && a->kind == b->kind &&
           a->fingerprint == b->fingerprint && fabs(a->confidence - b->confidence) < 0.01 &&
           g_str_equal(a->rule, b->rule) && g_str_equal(a->message, b->message) &&
           same_candidates(a->candidates, b->candidates);
}

static void
widen(bool *changed, PdSpan *range, const PdFinding *finding)
{
    PdSpan span = { finding->start, finding->end };

    *range = *changed ? hull(*range, span) : span;
    *changed = true;
}

/* Both by start. Findings with the same start may stand in either order: told apart, they are sent
 * again. */
static void
compare(const GPtrArray *old, const GPtrArray *new, bool *changed, PdSpan *range)
{
    size_t i = 0, j = 0;

    while (i < old->len || j < new->len) {
        const PdFinding *a = i < old->len ? g_ptr_array_index(old, i) : NULL;
        const PdFinding *b = j < new->len ? g_ptr_array_index(new, j) : NULL;

        if (a != NULL && b != NULL && same_finding(a, b)) {
            i++;
            j++;
        } else if (b == NULL || (a != NULL && a->start <= b->start)) {
            widen(changed, range, a);
            i++;
        } else {
            widen(changed, range, b);
            j++;
        }
    }
}

static void
drop_ignored(const PdDocument *self, GPtrArray *findings)
{
    for (size_t i = findings->len; i-- > 0;) {
        const PdFinding *finding = g_ptr_array_index(findings, i);

        if (g_hash_table_contains(self->ignored, &finding->fingerprint))
            g_ptr_array_remove_index(findings, (unsigned)i);
    }
}

bool
pd_document_set_findings(PdDocument *self, GPtrArray *findings, PdSpan *ret_changed)
{
    bool changed = self->edited;
    PdSpan range = self->dirty;

    drop_ignored(self, findings);
    compare(self->findings, findings, &changed, &range);
    g_ptr_array_unref(self->findings);
    self->findings = findings;
    self->edited = false;
    self->dirty = (PdSpan){ 0, 0 };
    if (changed)
        *ret_changed = range;
    return changed;
}

GPtrArray *
pd_document_findings(const PdDocument *self)
{
    return self->findings;
}

GPtrArray *
pd_document_findings_in(const PdDocument *self, PdSpan range)
{
    GPtrArray *found = g_ptr_array_new();

    for (size_t i = 0; i < self->findings->len; i++) {
        PdFinding *finding = g_ptr_array_index(self->findings, i);

        if (touches((PdSpan){ finding->start, finding->end }, range))
            g_ptr_array_add(found, finding);
    }
    return found;
}

bool
pd_document_ignore(PdDocument *self, uint64_t fingerprint, PdSpan *ret_changed, GError **error)
{
    bool found = false;
    PdSpan range = { 0, 0 };

    for (size_t i = 0; i < self->findings->len; i++) {
        const PdFinding *finding = g_ptr_array_index(self->findings, i);

        if (finding->fingerprint == fingerprint)
            widen(&found, &range, finding);
    }
    if (!found) {
        g_set_error(error, PD_ERROR, PD_ERROR_NOT_FOUND,
                    "no finding of this document has the fingerprint %" G_GUINT64_FORMAT,
                    fingerprint);
        return false;
    }
    if (g_hash_table_size(self->ignored) >= PD_MAX_OPTION_WORDS) {
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "%d findings are ignored already",
                    PD_MAX_OPTION_WORDS);
        return false;
    }
    g_hash_table_add(self->ignored, g_memdup2(&fingerprint, sizeof(fingerprint)));
    drop_ignored(self, self->findings);
    *ret_changed = range;
    return true;
}
