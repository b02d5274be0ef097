/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/blocks.h"

#include <string.h>

#define MAX_IN_CHUNK 128

struct PdChunk {
    GPtrArray *blocks; /* of PdBlock, never empty */
    PdExtent extent;
    unsigned n_marked[PD_N_BLOCK_MARKS];
};

struct PdBlocks {
    GPtrArray *chunks; /* of PdChunk */
};

/* --- blocks --- */

PdBlock *
pd_block_new_take(char *text, size_t n_bytes, PdOffsets unit)
{
    PdBlock *self = g_new0(PdBlock, 1);

    self->text = text;
    self->n_bytes = (uint32_t)n_bytes;
    self->n_units = (uint32_t)pd_text_units(text, n_bytes, unit);
    self->has_line_end = memchr(text, '\n', n_bytes) != NULL;
    self->n_refs = 1;
    return self;
}

PdBlock *
pd_block_ref(PdBlock *self)
{
    self->n_refs++;
    return self;
}

void
pd_block_unref(PdBlock *self)
{
    if (self == NULL || --self->n_refs > 0)
        return;
    g_clear_pointer(&self->findings, g_ptr_array_unref);
    explicit_bzero(self->text, self->n_bytes); /* what a user wrote */
    g_free(self->text);
    g_free(self);
}

bool
pd_block_has(const PdBlock *self, PdBlockMark mark)
{
    return (self->marks & (1u << mark)) != 0;
}

void
pd_block_mark(PdBlock *self, PdBlockMark mark, bool on)
{
    if (on == pd_block_has(self, mark))
        return;
    self->marks ^= 1u << mark;
    if (self->chunk != NULL)
        self->chunk->n_marked[mark] += on ? 1 : -1u;
}

/* --- chunks --- */

static PdChunk *
chunk_new(void)
{
    PdChunk *self = g_new0(PdChunk, 1);

    self->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)pd_block_unref);
    return self;
}

static void
chunk_free(gpointer data)
{
    PdChunk *self = data;

    for (unsigned i = 0; i < self->blocks->len; i++)
        ((PdBlock *)self->blocks->pdata[i])->chunk = NULL;
    g_ptr_array_unref(self->blocks);
    g_free(self);
}

/* Counts @block in (1) or out (-1). */
static void
chunk_count(PdChunk *self, PdBlock *block, int by)
{
    self->extent.bytes += (size_t)by * block->n_bytes;
    self->extent.units += (size_t)by * block->n_units;
    for (unsigned mark = 0; mark < PD_N_BLOCK_MARKS; mark++)
        if (pd_block_has(block, mark))
            self->n_marked[mark] += (unsigned)by;
    block->chunk = by > 0 ? self : NULL;
}

static PdChunk *
chunk_at(const PdBlocks *self, unsigned i)
{
    return i < self->chunks->len ? self->chunks->pdata[i] : NULL;
}

static unsigned
index_of(const GPtrArray *array, gconstpointer element)
{
    unsigned i = 0;

    while (array->pdata[i] != element)
        i++;
    return i;
}

static PdBlock *
first_of(const PdChunk *chunk)
{
    return chunk != NULL ? chunk->blocks->pdata[0] : NULL;
}

static PdBlock *
last_of(const PdChunk *chunk)
{
    return chunk != NULL ? chunk->blocks->pdata[chunk->blocks->len - 1] : NULL;
}

/* Moves the second half of a full chunk into a new one behind it. */
static void
split(PdBlocks *self, PdChunk *chunk)
{
    const unsigned half = chunk->blocks->len / 2;
    PdChunk *second = chunk_new();

    for (unsigned i = half; i < chunk->blocks->len; i++) {
        PdBlock *block = chunk->blocks->pdata[i];

        chunk_count(chunk, block, -1);
        chunk_count(second, block, 1);
        g_ptr_array_add(second->blocks, pd_block_ref(block));
    }
    g_ptr_array_set_size(chunk->blocks, (int)half);
    g_ptr_array_insert(self->chunks, (int)index_of(self->chunks, chunk) + 1, second);
}

/* --- the row --- */

PdBlocks *
pd_blocks_new(void)
{
    PdBlocks *self = g_new0(PdBlocks, 1);

    self->chunks = g_ptr_array_new_with_free_func(chunk_free);
    return self;
}

void
pd_blocks_free(PdBlocks *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->chunks);
    g_free(self);
}

PdExtent
pd_blocks_extent(const PdBlocks *self)
{
    PdExtent sum = { 0, 0 };

    for (unsigned i = 0; i < self->chunks->len; i++) {
        sum.bytes += chunk_at(self, i)->extent.bytes;
        sum.units += chunk_at(self, i)->extent.units;
    }
    return sum;
}

unsigned
pd_blocks_n_marked(const PdBlocks *self, PdBlockMark mark)
{
    unsigned n = 0;

    for (unsigned i = 0; i < self->chunks->len; i++)
        n += chunk_at(self, i)->n_marked[mark];
    return n;
}

void
pd_blocks_insert(PdBlocks *self, PdBlock *after, PdBlock *block)
{
    PdChunk *chunk = after != NULL ? after->chunk : chunk_at(self, 0);
    unsigned at = 0;

    g_assert(block->chunk == NULL && (after == NULL || after->chunk != NULL));
    if (chunk == NULL) {
        chunk = chunk_new();
        g_ptr_array_add(self->chunks, chunk);
    }
    if (after != NULL)
        at = index_of(chunk->blocks, after) + 1;
    g_ptr_array_insert(chunk->blocks, (int)at, pd_block_ref(block));
    chunk_count(chunk, block, 1);
    if (chunk->blocks->len > MAX_IN_CHUNK)
        split(self, chunk);
}

void
pd_blocks_remove(PdBlocks *self, PdBlock *block)
{
    PdChunk *chunk = block->chunk;

    g_assert(chunk != NULL);
    chunk_count(chunk, block, -1);
    g_ptr_array_remove_index(chunk->blocks, index_of(chunk->blocks, block));
    if (chunk->blocks->len == 0)
        g_ptr_array_remove_index(self->chunks, index_of(self->chunks, chunk));
}

PdBlock *
pd_blocks_next(const PdBlocks *self, const PdBlock *block)
{
    const GPtrArray *row;
    unsigned i;

    if (block == NULL)
        return first_of(chunk_at(self, 0));
    row = block->chunk->blocks;
    i = index_of(row, block);
    if (i + 1 < row->len)
        return row->pdata[i + 1];
    return first_of(chunk_at(self, index_of(self->chunks, block->chunk) + 1));
}

PdBlock *
pd_blocks_previous(const PdBlocks *self, const PdBlock *block)
{
    unsigned i;

    if (block == NULL)
        return last_of(chunk_at(self, self->chunks->len - 1));
    i = index_of(block->chunk->blocks, block);
    if (i > 0)
        return block->chunk->blocks->pdata[i - 1];
    return last_of(chunk_at(self, index_of(self->chunks, block->chunk) - 1));
}

PdBlock *
pd_blocks_find_marked(const PdBlocks *self, const PdBlock *from, PdBlockMark mark)
{
    unsigned c = from != NULL ? index_of(self->chunks, from->chunk) : 0;
    unsigned i = from != NULL ? index_of(from->chunk->blocks, from) : 0;

    for (; c < self->chunks->len; c++, i = 0) {
        const PdChunk *chunk = chunk_at(self, c);

        if (chunk->n_marked[mark] == 0)
            continue;
        for (; i < chunk->blocks->len; i++)
            if (pd_block_has(chunk->blocks->pdata[i], mark))
                return chunk->blocks->pdata[i];
    }
    return NULL;
}

/* --- places --- */

static PdExtent
sum(PdExtent a, size_t bytes, size_t units)
{
    return (PdExtent){ a.bytes + bytes, a.units + units };
}

/* The field that @in_units says. */
static size_t
position_of(PdExtent extent, bool in_units)
{
    return in_units ? extent.units : extent.bytes;
}

static PdBlock *
find(const PdBlocks *self, size_t position, bool in_units, PdExtent *ret_before)
{
    PdExtent before = { 0, 0 }, after;
    const PdChunk *chunk;
    PdBlock *block;
    unsigned c, i;

    for (c = 0; (chunk = chunk_at(self, c)) != NULL; c++) {
        after = sum(before, chunk->extent.bytes, chunk->extent.units);
        if (position_of(after, in_units) > position || c + 1 == self->chunks->len)
            break;
        before = after;
    }
    *ret_before = before;
    if (chunk == NULL)
        return NULL;
    for (i = 0;; i++) {
        block = chunk->blocks->pdata[i];
        after = sum(before, block->n_bytes, block->n_units);
        if (position_of(after, in_units) > position || i + 1 == chunk->blocks->len)
            break;
        before = after;
    }
    *ret_before = before;
    return block;
}

PdBlock *
pd_blocks_at_bytes(const PdBlocks *self, size_t position, PdExtent *ret_before)
{
    return find(self, position, false, ret_before);
}

PdBlock *
pd_blocks_at_units(const PdBlocks *self, size_t position, PdExtent *ret_before)
{
    return find(self, position, true, ret_before);
}

PdExtent
pd_blocks_before(const PdBlocks *self, const PdBlock *block)
{
    PdExtent before = { 0, 0 };

    g_assert(block->chunk != NULL);
    for (unsigned i = 0; chunk_at(self, i) != block->chunk; i++)
        before = sum(before, chunk_at(self, i)->extent.bytes, chunk_at(self, i)->extent.units);
    for (unsigned i = 0; block->chunk->blocks->pdata[i] != block; i++) {
        const PdBlock *other = block->chunk->blocks->pdata[i];

        before = sum(before, other->n_bytes, other->n_units);
    }
    return before;
}
