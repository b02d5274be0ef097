/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document-findings.c - what is found in a document's blocks, what of it counts, and what of that
 * the client does not know yet
 *
 * A block keeps all findings of its check. Which of them count depends on the rest of the document:
 * is_visible(). Whatever changes the answer for a finding marks its place as changed, or as touched
 * by the edit if it is there.
 */
#include "daemon/document-private.h"
#include "daemon/document.h"
#include "daemon/engine/error.h"
#include "daemon/engine/findings.h"
#include "dbus/protocol.h"

#include <math.h>
#include <string.h>

#define MAX_RANGE_BYTES (256 * 1024) /* of blocks told together */

/* --- which findings count --- */

static char *
word_of(const PdBlock *block, const PdFinding *finding)
{
    return g_strndup(block->text + finding->start, finding->end - finding->start);
}

/* false: repeated or not, it is no name */
static bool
find_name(const PdBlock *block, const PdFinding *finding, uint64_t *ret_name)
{
    const char *word = block->text + finding->start;
    g_autofree char *name = NULL;

    if (!pd_finding_is_unknown_word(finding) || !g_unichar_isupper(g_utf8_get_char(word)))
        return false;
    name = pd_name_of(word, finding->end - finding->start);
    *ret_name = pd_tally_name(name, strlen(name));
    return true;
}

static bool
is_accepted(const PdDocument *self, const PdBlock *block, const PdFinding *finding)
{
    uint64_t name;

    if (find_name(block, finding, &name) && pd_tally_is_repeated(self->tally, name))
        return true;
    return pd_finding_is_unknown_word(finding) &&
           pd_name_is_among(self->words, block->text + finding->start,
                            finding->end - finding->start);
}

static bool
is_visible(const PdDocument *self, const PdBlock *block, const PdFinding *finding)
{
    if (g_hash_table_contains(self->ignored, &finding->fingerprint) ||
        (finding->excuses & PD_EXCUSE_OWN_WORD) ||
        ((finding->excuses & PD_EXCUSE_FRAGMENT) && self->n_line_blocks > 0))
        return false;
    return !self->in_blocks || !is_accepted(self, block, finding);
}

/* --- what the client is to be told --- */

void
pd_document_touch(PdDocument *self, PdSpan range)
{
    self->dirty = self->is_dirty ? pd_span_hull(self->dirty, range) : range;
    self->is_dirty = true;
}

static void
mark_changed(PdBlock *block, PdSpan range)
{
    if (pd_block_has(block, PD_BLOCK_CHANGED))
        range = pd_span_hull(range, (PdSpan){ block->changed_start, block->changed_end });
    block->changed_start = (uint32_t)range.start;
    block->changed_end = (uint32_t)range.end;
    pd_block_mark(block, PD_BLOCK_CHANGED, true);
}

static void
mark_finding(PdBlock *block, const PdFinding *finding)
{
    mark_changed(block, (PdSpan){ finding->start, finding->end });
}

bool
pd_document_take_edited_range(PdDocument *self, PdSpan *ret_range)
{
    if (!self->is_dirty)
        return false;
    *ret_range = self->dirty;
    self->is_dirty = false;
    return true;
}

bool
pd_document_take_changed_range(PdDocument *self, PdSpan *ret_range)
{
    PdBlock *block = pd_blocks_find_marked(self->blocks, NULL, PD_BLOCK_CHANGED);
    size_t start;
    PdSpan range;

    if (block == NULL)
        return false;
    start = pd_blocks_before(self->blocks, block).bytes;
    range = (PdSpan){ start + block->changed_start, 0 };
    do {
        range.end = start + block->changed_end;
        start += block->n_bytes;
        pd_block_mark(block, PD_BLOCK_CHANGED, false);
        block = pd_blocks_next(self->blocks, block);
    } while (block != NULL && pd_block_has(block, PD_BLOCK_CHANGED) &&
             start - range.start < MAX_RANGE_BYTES);
    *ret_range = range;
    return true;
}

/* --- blocks and their findings --- */

static void
report_name(PdDocument *self, PdBlock *block, const PdFinding *finding)
{
    GHashTable *blocks;
    uint64_t name;
    unsigned n;

    if (!self->in_blocks || !find_name(block, finding, &name))
        return;
    blocks = g_hash_table_lookup(self->reporters, pd_tally_key(name));
    if (blocks == NULL) {
        blocks = g_hash_table_new(g_direct_hash, g_direct_equal);
        g_hash_table_insert(self->reporters, pd_tally_key(name), blocks);
    }
    n = GPOINTER_TO_UINT(g_hash_table_lookup(blocks, block));
    g_hash_table_insert(blocks, block, GUINT_TO_POINTER(n + 1));
}

static void
withdraw_name(PdDocument *self, PdBlock *block, const PdFinding *finding)
{
    GHashTable *blocks;
    uint64_t name;
    unsigned n;

    if (!self->in_blocks || !find_name(block, finding, &name))
        return;
    blocks = g_hash_table_lookup(self->reporters, pd_tally_key(name));
    n = GPOINTER_TO_UINT(g_hash_table_lookup(blocks, block));
    if (n > 1)
        g_hash_table_insert(blocks, block, GUINT_TO_POINTER(n - 1));
    else
        g_hash_table_remove(blocks, block);
    if (g_hash_table_size(blocks) == 0)
        g_hash_table_remove(self->reporters, pd_tally_key(name));
}

void
pd_document_add_finding(PdDocument *self, PdBlock *block, PdFinding *finding)
{
    if (block->findings == NULL)
        block->findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_ptr_array_add(block->findings, finding);
    pd_block_mark(block, PD_BLOCK_HAS_FINDINGS, true);
    report_name(self, block, finding);
    self->n_findings++;
}

static GPtrArray *
take_findings(PdDocument *self, PdBlock *block)
{
    GPtrArray *findings = g_steal_pointer(&block->findings);

    if (findings == NULL)
        return g_ptr_array_new();
    for (unsigned i = 0; i < findings->len; i++)
        withdraw_name(self, block, findings->pdata[i]);
    self->n_findings -= findings->len;
    pd_block_mark(block, PD_BLOCK_HAS_FINDINGS, false);
    return findings;
}

void
pd_document_put_in(PdDocument *self, PdBlock *after, PdBlock *block)
{
    pd_blocks_insert(self->blocks, after, block);
    self->n_line_blocks += block->has_line_end;
}

GPtrArray *
pd_document_take_out(PdDocument *self, PdBlock *block)
{
    GPtrArray *findings = take_findings(self, block);

    if (block->is_counted)
        pd_tally_remove(self->tally, block->text, block->n_bytes, self->toggled);
    self->n_line_blocks -= block->has_line_end;
    pd_blocks_remove(self->blocks, block);
    return findings;
}

void
pd_document_count_words(PdDocument *self, PdBlock *block)
{
    if (!self->in_blocks || block->is_counted)
        return;
    pd_tally_add(self->tally, block->text, block->n_bytes, self->toggled);
    block->is_counted = true;
}

/* --- fingerprints --- */

/* Appends up to @n bytes of the text behind @block. */
static void
append_behind(const PdDocument *self, const PdBlock *block, size_t n, GString *text)
{
    while (n > 0 && (block = pd_blocks_next(self->blocks, block)) != NULL) {
        const size_t part = MIN(n, block->n_bytes);

        g_string_append_len(text, block->text, (gssize)part);
        n -= part;
    }
}

/* The last bytes of the text before @block (NULL: of all), at most @n, put before @text's. */
static size_t
prepend_before(const PdDocument *self, const PdBlock *block, size_t n, GString *text)
{
    size_t left = n;

    while (left > 0 && (block = pd_blocks_previous(self->blocks, block)) != NULL) {
        const size_t part = MIN(left, block->n_bytes);

        g_string_prepend_len(text, block->text + block->n_bytes - part, (gssize)part);
        left -= part;
    }
    return n - left;
}

static void
set_fingerprints(const PdDocument *self, const PdBlock *block, const GPtrArray *findings)
{
    g_autoptr(GString) text = NULL;
    size_t before;

    if (!self->in_blocks || findings->len == 0)
        return;
    text = g_string_new_len(block->text, block->n_bytes);
    append_behind(self, block, PD_FINGERPRINT_BYTES, text);
    before = prepend_before(self, block, PD_FINGERPRINT_BYTES, text);
    for (unsigned i = 0; i < findings->len; i++) {
        PdFinding *finding = findings->pdata[i];

        finding->start += before;
        finding->end += before;
        pd_finding_set_fingerprint(finding, text->str, text->len);
        finding->start -= before;
        finding->end -= before;
    }
}

static void
settle_neighbour(PdDocument *self, PdBlock *block)
{
    g_autofree uint64_t *old = NULL;
    size_t start;

    if (block->findings == NULL)
        return;
    start = pd_blocks_before(self->blocks, block).bytes;
    old = g_new(uint64_t, block->findings->len);
    for (unsigned i = 0; i < block->findings->len; i++)
        old[i] = ((PdFinding *)block->findings->pdata[i])->fingerprint;
    set_fingerprints(self, block, block->findings);
    for (unsigned i = 0; i < block->findings->len; i++) {
        const PdFinding *finding = block->findings->pdata[i];

        if (finding->fingerprint != old[i])
            pd_document_touch(self, (PdSpan){ start + finding->start, start + finding->end });
    }
}

void
pd_document_settle_neighbours(PdDocument *self, PdBlock *before, PdBlock *behind)
{
    size_t near;

    if (!self->in_blocks)
        return;
    near = 0;
    while (before != NULL && near < PD_FINGERPRINT_BYTES) {
        settle_neighbour(self, before);
        near += before->n_bytes;
        before = pd_blocks_previous(self->blocks, before);
    }
    near = 0;
    while (behind != NULL && near < PD_FINGERPRINT_BYTES) {
        settle_neighbour(self, behind);
        near += behind->n_bytes;
        behind = pd_blocks_next(self->blocks, behind);
    }
}

/* --- results --- */

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

/* (transfer container): of PdFinding, borrowed */
static GPtrArray *
visible_of(const PdDocument *self, const PdBlock *block)
{
    GPtrArray *visible = g_ptr_array_new();

    for (unsigned i = 0; block->findings != NULL && i < block->findings->len; i++)
        if (is_visible(self, block, block->findings->pdata[i]))
            g_ptr_array_add(visible, block->findings->pdata[i]);
    return visible;
}

static void
widen(bool *differ, PdSpan *range, const PdFinding *finding)
{
    PdSpan span = { finding->start, finding->end };

    *range = *differ ? pd_span_hull(*range, span) : span;
    *differ = true;
}

/* Both by start. Findings with the same start may stand in either order: told apart, they are sent
 * again. Returns: do they differ? @ret_range: where */
static bool
compare(const GPtrArray *old, const GPtrArray *new, PdSpan *ret_range)
{
    bool differ = false;
    size_t i = 0, j = 0;

    while (i < old->len && j < new->len) {
        const PdFinding *a = old->pdata[i], *b = new->pdata[j];

        if (same_finding(a, b)) {
            i++;
            j++;
        } else if (a->start <= b->start) {
            widen(&differ, ret_range, old->pdata[i++]);
        } else {
            widen(&differ, ret_range, new->pdata[j++]);
        }
    }
    while (i < old->len)
        widen(&differ, ret_range, old->pdata[i++]);
    while (j < new->len)
        widen(&differ, ret_range, new->pdata[j++]);
    return differ;
}

void
pd_document_set_findings(PdDocument *self, PdBlock *block, GPtrArray *findings)
{
    g_autoptr(GPtrArray) visible_before = NULL;
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) visible = NULL;
    g_autoptr(GPtrArray) taken = findings;
    const bool is_first = !block->is_known && !block->is_edited;
    PdSpan range = { 0, block->n_bytes };
    bool differ;

    pd_document_count_words(self, block);
    set_fingerprints(self, block, findings);
    visible_before = visible_of(self, block);
    before = take_findings(self, block);
    for (unsigned i = 0; i < findings->len; i++)
        pd_document_add_finding(self, block, findings->pdata[i]);
    g_ptr_array_set_free_func(findings, NULL);
    visible = visible_of(self, block);
    differ = is_first || compare(visible_before, visible, &range);
    if (differ && block->is_edited) {
        const size_t start = pd_blocks_before(self->blocks, block).bytes;

        pd_document_touch(self, (PdSpan){ start + range.start, start + range.end });
    } else if (differ) {
        mark_changed(block, range);
    }
    block->is_known = true;
    block->is_edited = false;
    pd_block_mark(block, PD_BLOCK_UNCHECKED, false);
}

/* --- what excuses findings --- */

static void
mark_name(PdBlock *block, gconstpointer key)
{
    uint64_t name;

    for (unsigned i = 0; i < block->findings->len; i++)
        if (find_name(block, block->findings->pdata[i], &name) && pd_tally_key(name) == key)
            mark_finding(block, block->findings->pdata[i]);
}

void
pd_document_settle_names(PdDocument *self)
{
    GHashTableIter names, blocks;
    gpointer key, block;

    g_hash_table_iter_init(&names, self->toggled);
    while (g_hash_table_iter_next(&names, &key, NULL)) {
        GHashTable *reporters = g_hash_table_lookup(self->reporters, key);

        if (reporters == NULL)
            continue;
        g_hash_table_iter_init(&blocks, reporters);
        while (g_hash_table_iter_next(&blocks, &block, NULL))
            mark_name(block, key);
    }
    g_hash_table_remove_all(self->toggled);
}

/* The next block with findings, behind @block (NULL: the first) */
static PdBlock *
next_with_findings(const PdDocument *self, const PdBlock *block)
{
    if (block != NULL && (block = pd_blocks_next(self->blocks, block)) == NULL)
        return NULL;
    return pd_blocks_find_marked(self->blocks, block, PD_BLOCK_HAS_FINDINGS);
}

void
pd_document_settle_lines(PdDocument *self, bool had_lines)
{
    PdBlock *block = NULL;

    if (had_lines == (self->n_line_blocks > 0))
        return;
    while ((block = next_with_findings(self, block)) != NULL)
        for (unsigned i = 0; i < block->findings->len; i++) {
            const PdFinding *finding = block->findings->pdata[i];

            if (finding->excuses & PD_EXCUSE_FRAGMENT)
                mark_finding(block, finding);
        }
}

bool
pd_document_ignore(PdDocument *self, uint64_t fingerprint, GError **error)
{
    bool found = false;
    PdBlock *block = NULL;

    if (g_hash_table_size(self->ignored) >= PD_MAX_OPTION_WORDS) {
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "%d findings are ignored already",
                    PD_MAX_OPTION_WORDS);
        return false;
    }
    while ((block = next_with_findings(self, block)) != NULL)
        for (unsigned i = 0; i < block->findings->len; i++) {
            const PdFinding *finding = block->findings->pdata[i];

            if (finding->fingerprint != fingerprint || !is_visible(self, block, finding))
                continue;
            mark_finding(block, finding);
            found = true;
        }
    if (!found) {
        g_set_error(error, PD_ERROR, PD_ERROR_NOT_FOUND,
                    "no finding of this document has the fingerprint %" G_GUINT64_FORMAT,
                    fingerprint);
        return false;
    }
    g_hash_table_add(self->ignored, g_memdup2(&fingerprint, sizeof(fingerprint)));
    return true;
}

void
pd_document_ignore_word(PdDocument *self, const char *word)
{
    g_autoptr(GHashTable) added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PdBlock *block = NULL;

    if (!g_hash_table_add(self->words, g_utf8_casefold(word, -1)))
        return;
    g_hash_table_add(added, g_utf8_casefold(word, -1));
    while ((block = next_with_findings(self, block)) != NULL)
        for (unsigned i = 0; i < block->findings->len; i++) {
            const PdFinding *finding = block->findings->pdata[i];

            if (pd_finding_is_unknown_word(finding) &&
                pd_name_is_among(added, block->text + finding->start,
                                 finding->end - finding->start))
                mark_finding(block, finding);
        }
}

void
pd_document_own_words_changed(PdDocument *self)
{
    PdBlock *block = NULL;

    if (self->own_words == NULL || !self->in_blocks)
        return;
    while ((block = next_with_findings(self, block)) != NULL)
        for (unsigned i = 0; i < block->findings->len; i++) {
            PdFinding *finding = block->findings->pdata[i];
            g_autofree char *word = word_of(block, finding);
            const unsigned now =
                pd_finding_is_unknown_word(finding) && pd_words_has(self->own_words, word)
                    ? PD_EXCUSE_OWN_WORD
                    : PD_EXCUSE_NONE;

            if (now == (finding->excuses & PD_EXCUSE_OWN_WORD))
                continue;
            finding->excuses ^= PD_EXCUSE_OWN_WORD;
            mark_finding(block, finding);
        }
}

/* --- what is known --- */

/* What is still to be written behind a finding that ends @left bytes before the text's end */
static uint32_t
needed_context(const PdDocument *self, const PdFinding *finding, size_t left)
{
    g_autoptr(GString) text = NULL;
    PdFinding copy = *finding;
    size_t tail;

    if (!self->in_blocks || left > PD_TAIL_BYTES)
        return finding->needs_context;
    text = g_string_new(NULL);
    prepend_before(self, NULL, PD_TAIL_BYTES, text);
    tail = pd_text_tail(text->str, text->len, text->len);
    pd_finding_set_context(&copy, text->str + tail, text->len - tail, left);
    return copy.needs_context;
}

/* Appends those findings of @block that touch @range. */
static void
place_findings(const PdDocument *self, const PdBlock *block, PdExtent before, PdSpan range,
               GArray *placed)
{
    const size_t end = pd_document_bytes(self);
    size_t bytes = 0, units = before.units;

    for (unsigned i = 0; i < block->findings->len; i++) {
        const PdFinding *finding = block->findings->pdata[i];
        const PdSpan place = { before.bytes + finding->start, before.bytes + finding->end };
        PdPlacedFinding one = { .finding = finding, .place = place };

        if (!pd_span_touches(place, range) || !is_visible(self, block, finding))
            continue;
        units += pd_text_units(block->text + bytes, finding->start - bytes, self->unit);
        bytes = finding->start;
        one.start_units = units;
        one.n_units = pd_text_units(block->text + bytes, finding->end - bytes, self->unit);
        one.needs_context = needed_context(self, finding, end - place.end);
        g_array_append_val(placed, one);
    }
}

GArray *
pd_document_findings_in(const PdDocument *self, PdSpan range)
{
    GArray *placed = g_array_new(FALSE, FALSE, sizeof(PdPlacedFinding));
    PdExtent before;
    /* what ends where the range begins touches it, too */
    const PdBlock *block = pd_blocks_at_bytes(self->blocks, MAX(range.start, 1) - 1, &before);

    if (block != NULL)
        block = pd_blocks_find_marked(self->blocks, block, PD_BLOCK_HAS_FINDINGS);
    while (block != NULL) {
        before = pd_blocks_before(self->blocks, block);
        if (before.bytes > range.end)
            break;
        place_findings(self, block, before, range, placed);
        block = next_with_findings(self, block);
    }
    return placed;
}

GArray *
pd_document_findings(const PdDocument *self)
{
    return pd_document_findings_in(self, (PdSpan){ 0, pd_document_bytes(self) });
}
