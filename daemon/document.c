/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.c - the text of a document, its edits, and what of it is to be checked
 *
 * An edit replaces the blocks that it touches. Their new text is cut into units from where the
 * first of them begins; where the last unit does not end with the last block, the next block is
 * taken in too. Neither the blocks before nor those behind can have other sentences then.
 */
#include "daemon/document.h"

#include "daemon/document-private.h"
#include "daemon/engine/error.h"
#include "daemon/engine/lines.h"
#include "dbus/protocol.h"

#include <string.h>

#define BLOCK_BYTES 1024 /* units are put together up to this */
#define SMALL_BYTES 256  /* less is put together with the block behind it */

struct PdDocumentWork {
    GPtrArray *blocks; /* of PdBlock */
};

/* --- life --- */

/* Bytes of the next block of [text, text + length). @ret_ended: as pd_lines_unit() */
static size_t
block_length(const PdDocument *self, const char *text, size_t length, bool *ret_ended)
{
    size_t n;

    if (!self->in_blocks) {
        *ret_ended = true;
        return length;
    }
    n = pd_lines_unit(text, length, ret_ended);
    while (n < length) {
        bool ended;
        const size_t more = pd_lines_unit(text + n, length - n, &ended);

        if (n + more > BLOCK_BYTES)
            break;
        n += more;
        *ret_ended = ended;
    }
    return n;
}

PdDocument *
pd_document_new(const char *text, size_t length, PdOffsets unit, PdFormat format,
                PdWords *own_words)
{
    PdDocument *self = g_new0(PdDocument, 1);
    PdBlock *last = NULL;
    bool ended;
    size_t n;

    self->blocks = pd_blocks_new();
    self->unit = unit;
    self->in_blocks = format == PD_FORMAT_PLAIN;
    self->own_words = own_words != NULL ? pd_words_ref(own_words) : NULL;
    self->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->ignored = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->tally = pd_tally_new();
    self->reporters = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify)g_hash_table_unref);
    self->toggled = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_queue_init(&self->edited);
    for (size_t at = 0; at < length; at += n) {
        g_autoptr(PdBlock) block = NULL;

        n = block_length(self, text + at, length - at, &ended);
        block = pd_block_new_take(g_strndup(text + at, n), n, unit);
        pd_block_mark(block, PD_BLOCK_UNCHECKED, true);
        pd_document_put_in(self, last, block);
        last = block;
    }
    return self;
}

void
pd_document_free(PdDocument *self)
{
    if (self == NULL)
        return;
    g_queue_clear_full(&self->edited, (GDestroyNotify)pd_block_unref);
    pd_blocks_free(self->blocks);
    pd_words_unref(self->own_words);
    g_hash_table_unref(self->words);
    g_hash_table_unref(self->ignored);
    pd_tally_free(self->tally);
    g_hash_table_unref(self->reporters);
    g_hash_table_unref(self->toggled);
    g_free(self);
}

/* --- the text --- */

char *
pd_document_text(const PdDocument *self)
{
    GString *text = g_string_sized_new(pd_document_bytes(self));
    const PdBlock *block = NULL;

    while ((block = pd_blocks_next(self->blocks, block)) != NULL)
        g_string_append_len(text, block->text, block->n_bytes);
    return g_string_free(text, FALSE);
}

size_t
pd_document_bytes(const PdDocument *self)
{
    return pd_blocks_extent(self->blocks).bytes;
}

uint64_t
pd_document_serial(const PdDocument *self)
{
    return self->serial;
}

bool
pd_document_is_in_blocks(const PdDocument *self)
{
    return self->in_blocks;
}

size_t
pd_document_units(const PdDocument *self, size_t bytes)
{
    PdExtent before;
    const PdBlock *block = pd_blocks_at_bytes(self->blocks, bytes, &before);

    return block != NULL
               ? before.units + pd_text_units(block->text, bytes - before.bytes, self->unit)
               : 0;
}

/* --- edits --- */

static bool
to_bytes(const PdDocument *self, size_t units, size_t *ret_bytes)
{
    PdExtent before;
    const PdBlock *block = pd_blocks_at_units(self->blocks, units, &before);
    size_t in_block = 0;

    if (block == NULL ? units > 0
                      : !pd_text_offset_to_bytes(block->text, block->n_bytes, self->unit,
                                                 units - before.units, &in_block))
        return false;
    *ret_bytes = before.bytes + in_block;
    return true;
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
    /* as 64 bits: the sum may pass 2^32 */
    if (!to_bytes(self, start, &ret_removed->start) ||
        !to_bytes(self, (size_t)start + removed, &ret_removed->end)) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION,
                    "start %u, removed %u: not in the text, or inside a character", start, removed);
        return false;
    }
    if (n_inserted > PD_MAX_TEXT_BYTES ||
        pd_document_bytes(self) - (ret_removed->end - ret_removed->start) >
            PD_MAX_TEXT_BYTES - n_inserted) {
        g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG, "the text would be longer than %d bytes",
                    PD_MAX_TEXT_BYTES);
        return false;
    }
    return true;
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

typedef struct { /* one edit at work */
    PdDocument *document;
    PdSpan removed; /* bytes of the old text */
    size_t n_inserted;
    size_t start, end;  /* what is replaced of the old text: whole blocks */
    PdBlock *before;    /* (nullable): the block before that */
    PdBlock *behind;    /* (nullable): the block behind it */
    GString *text;      /* its new text */
    GPtrArray *carried; /* of PdFinding that were in it, positions in the new text */
    bool was_known;
} Edit;

/* @finding: of a block that began at @block_start of the old text; consumed */
static void
carry(Edit *self, PdFinding *finding, size_t block_start)
{
    const PdSpan span = { block_start + finding->start, block_start + finding->end };
    const PdSpan now = moved_span(span, self->removed, self->n_inserted);

    if (pd_span_touches(span, self->removed)) { /* no longer what was found */
        pd_document_touch(self->document, now);
        pd_finding_free(finding);
        return;
    }
    finding->start = now.start;
    finding->end = now.end;
    g_ptr_array_add(self->carried, finding);
}

/* The block behind what is replaced so far goes, too. */
static void
take_in(Edit *self)
{
    g_autoptr(PdBlock) block = pd_block_ref(self->behind);
    g_autoptr(GPtrArray) findings = NULL;

    self->behind = pd_blocks_next(self->document->blocks, block);
    findings = pd_document_take_out(self->document, block);
    for (unsigned i = 0; i < findings->len; i++)
        carry(self, findings->pdata[i], self->end);
    g_ptr_array_set_free_func(findings, NULL);
    if (pd_block_has(block, PD_BLOCK_CHANGED) && block->is_known)
        pd_document_touch(self->document, moved_span((PdSpan){ self->end + block->changed_start,
                                                               self->end + block->changed_end },
                                                     self->removed, self->n_inserted));
    self->was_known = self->was_known || block->is_known;
    g_string_append_len(self->text, block->text, block->n_bytes);
    self->end += block->n_bytes;
}

/* Takes out the blocks that the edit touches, and changes their text. */
static void
replace_text(Edit *self, const char *inserted)
{
    PdDocument *document = self->document;
    PdExtent before;

    self->behind = pd_blocks_at_bytes(document->blocks, self->removed.start, &before);
    self->before = self->behind != NULL ? pd_blocks_previous(document->blocks, self->behind) : NULL;
    self->start = self->end = before.bytes;
    while (self->behind != NULL && (self->end == self->start || self->end < self->removed.end))
        take_in(self);
    g_string_erase(self->text, (gssize)(self->removed.start - self->start),
                   (gssize)(self->removed.end - self->removed.start));
    g_string_insert_len(self->text, (gssize)(self->removed.start - self->start), inserted,
                        (gssize)self->n_inserted);
    while (document->in_blocks && self->text->len < SMALL_BYTES && self->behind != NULL &&
           self->behind->n_bytes <= BLOCK_BYTES)
        take_in(self);
}

/* Puts a block behind @after, to be checked for the edit, with what was found in it before. */
static void
put_in(Edit *self, PdBlock *after, PdBlock *block, size_t start, unsigned *next_carried)
{
    PdDocument *document = self->document;
    const size_t end = start + block->n_bytes;

    block->is_edited = true;
    block->is_known = self->was_known;
    pd_document_put_in(document, after, block);
    pd_document_count_words(document, block);
    g_queue_push_tail(&document->edited, pd_block_ref(block));
    for (; *next_carried < self->carried->len; (*next_carried)++) {
        PdFinding *finding = self->carried->pdata[*next_carried];

        if (finding->start >= end)
            return;
        if (finding->end > end) { /* the text is cut in it now */
            pd_document_touch(document, (PdSpan){ finding->start, finding->end });
            continue;
        }
        self->carried->pdata[*next_carried] = NULL;
        finding->start -= start;
        finding->end -= start;
        pd_document_add_finding(document, block, finding);
    }
}

static void
cut_into_blocks(Edit *self)
{
    PdDocument *document = self->document;
    PdBlock *last = self->before;
    unsigned next_carried = 0;
    size_t at = 0, n;

    while (at < self->text->len) {
        g_autoptr(PdBlock) block = NULL;
        bool ended;

        n = block_length(document, self->text->str + at, self->text->len - at, &ended);
        if (!ended && self->behind != NULL) {
            take_in(self);
            continue;
        }
        block = pd_block_new_take(g_strndup(self->text->str + at, n), n, document->unit);
        put_in(self, last, block, self->start + at, &next_carried);
        last = block;
        at += n;
    }
}

bool
pd_document_edit(PdDocument *self, uint64_t serial, uint32_t start, uint32_t removed,
                 const char *inserted, GError **error)
{
    const bool had_lines = self->n_line_blocks > 0;
    Edit edit = { .document = self, .n_inserted = strlen(inserted) };

    if (!pd_document_check_edit(self, serial, start, removed, inserted, &edit.removed, error))
        return false;
    self->serial = serial;
    if (self->is_dirty)
        self->dirty = moved_span(self->dirty, edit.removed, edit.n_inserted);
    pd_document_touch(self, (PdSpan){ edit.removed.start, edit.removed.start + edit.n_inserted });
    edit.text = g_string_new(NULL);
    edit.carried = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    replace_text(&edit, inserted);
    cut_into_blocks(&edit);
    g_ptr_array_unref(edit.carried);
    g_string_free(edit.text, TRUE);
    pd_document_settle_neighbours(self, edit.before, edit.behind);
    pd_document_settle_names(self);
    pd_document_settle_lines(self, had_lines);
    return true;
}

/* --- work --- */

static PdBlock *
first_edited(PdDocument *self)
{
    PdBlock *block;

    while ((block = g_queue_peek_head(&self->edited)) != NULL) {
        if (block->chunk != NULL && block->is_edited)
            return block;
        pd_block_unref(g_queue_pop_head(&self->edited));
    }
    return NULL;
}

bool
pd_document_is_edited(PdDocument *self)
{
    return first_edited(self) != NULL;
}

bool
pd_document_is_unchecked(const PdDocument *self)
{
    return self->n_findings < PD_MAX_FINDINGS &&
           pd_blocks_n_marked(self->blocks, PD_BLOCK_UNCHECKED) > 0;
}

void
pd_document_recheck(PdDocument *self)
{
    PdBlock *block = NULL;

    while ((block = pd_blocks_next(self->blocks, block)) != NULL)
        pd_block_mark(block, PD_BLOCK_UNCHECKED, true);
}

/* Appends @block if there is room; false: that was the last one. The end of the text must come
 * last: what follows it would go on with its sentence. */
static bool
add_work(const PdDocument *self, GPtrArray *blocks, PdBlock *block, size_t *bytes, size_t max_bytes)
{
    if (blocks->len > 0 && *bytes + block->n_bytes > max_bytes)
        return false;
    g_ptr_array_add(blocks, pd_block_ref(block));
    *bytes += block->n_bytes;
    return *bytes < max_bytes && pd_blocks_next(self->blocks, block) != NULL;
}

static void
collect_edited(PdDocument *self, GPtrArray *blocks, size_t max_bytes)
{
    size_t bytes = 0;

    if (first_edited(self) == NULL)
        return;
    for (GList *l = self->edited.head; l != NULL; l = l->next) {
        PdBlock *block = l->data;

        if (block->chunk != NULL && block->is_edited &&
            !add_work(self, blocks, block, &bytes, max_bytes))
            return;
    }
}

static void
collect_unchecked(PdDocument *self, GPtrArray *blocks, size_t max_bytes)
{
    PdBlock *block = pd_blocks_find_marked(self->blocks, NULL, PD_BLOCK_UNCHECKED);
    size_t bytes = 0;

    while (block != NULL &&
           (block->is_edited || add_work(self, blocks, block, &bytes, max_bytes))) {
        block = pd_blocks_next(self->blocks, block);
        if (block != NULL)
            block = pd_blocks_find_marked(self->blocks, block, PD_BLOCK_UNCHECKED);
    }
}

PdDocumentWork *
pd_document_take_work(PdDocument *self, bool edited, size_t max_bytes)
{
    g_autoptr(PdDocumentWork) work = g_new0(PdDocumentWork, 1);

    work->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)pd_block_unref);
    if (edited)
        collect_edited(self, work->blocks, max_bytes);
    else if (self->n_findings < PD_MAX_FINDINGS)
        collect_unchecked(self, work->blocks, max_bytes);
    return work->blocks->len > 0 ? g_steal_pointer(&work) : NULL;
}

char *
pd_document_work_text(const PdDocumentWork *work, size_t *ret_length)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < work->blocks->len; i++) {
        const PdBlock *block = work->blocks->pdata[i];

        g_string_append_len(text, block->text, block->n_bytes);
    }
    *ret_length = text->len;
    return g_string_free(text, FALSE);
}

bool
pd_document_work_is_wanted(const PdDocumentWork *work)
{
    for (unsigned i = 0; i < work->blocks->len; i++)
        if (((PdBlock *)work->blocks->pdata[i])->chunk != NULL)
            return true;
    return false;
}

void
pd_document_work_free(PdDocumentWork *work)
{
    if (work == NULL)
        return;
    g_ptr_array_unref(work->blocks);
    g_free(work);
}

void
pd_document_take_findings(PdDocument *self, const PdDocumentWork *work, GPtrArray *findings)
{
    g_autoptr(GPtrArray) all = findings;
    size_t start = 0;
    unsigned next = 0;

    for (unsigned i = 0; i < work->blocks->len; i++) {
        PdBlock *block = work->blocks->pdata[i];
        GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);

        for (; next < all->len; next++) {
            PdFinding *finding = all->pdata[next];

            if (finding->start >= start + block->n_bytes)
                break;
            all->pdata[next] = NULL;
            finding->start -= start;
            finding->end -= start;
            g_ptr_array_add(own, finding);
        }
        start += block->n_bytes;
        if (block->chunk != NULL)
            pd_document_set_findings(self, block, own);
        else
            g_ptr_array_unref(own);
    }
    pd_document_settle_names(self);
}
