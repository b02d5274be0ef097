/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * blocks.h - a long text as a row of blocks, of which some can be replaced cheaply
 *
 * Blocks stand in chunks of some dozens; chunks know the sums of theirs. So a place is found, and a
 * block put in or taken out, in about as many steps as there are chunks: hundreds in 16 MiB.
 */
#pragma once

#include "daemon/engine/offsets.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdBlocks PdBlocks;
typedef struct PdChunk PdChunk;

typedef enum { /* what a block may be looked for by */
               PD_BLOCK_UNCHECKED,
               PD_BLOCK_CHANGED,
               PD_BLOCK_HAS_FINDINGS,
               PD_N_BLOCK_MARKS
} PdBlockMark;

typedef struct {
    char *text; /* [n_bytes], NUL-terminated; never changed */
    uint32_t n_bytes;
    uint32_t n_units;    /* in the client's unit */
    GPtrArray *findings; /* (nullable): of PdFinding, by start, positions in the block */
    uint32_t changed_start, changed_end; /* where PD_BLOCK_CHANGED */
    bool is_edited : 1;                  /* checked for a waiting Edit; by whoever owns the row */
    bool is_known : 1;                   /* it, or what it replaced, was checked; likewise */
    bool is_counted : 1;                 /* its words are in the tally; likewise */
    bool has_line_end : 1;
    unsigned marks : PD_N_BLOCK_MARKS; /* bits; pd_block_mark() */
    unsigned n_refs;
    PdChunk *chunk; /* NULL: in no row, or no longer */
} PdBlock;

typedef struct {
    size_t bytes;
    size_t units;
} PdExtent;

PdBlock *pd_block_new_take(char *text, size_t n_bytes, PdOffsets unit); /* (transfer full) */
PdBlock *pd_block_ref(PdBlock *self);
void pd_block_unref(PdBlock *self); /* NULL is fine */
bool pd_block_has(const PdBlock *self, PdBlockMark mark);

PdBlocks *pd_blocks_new(void);
void pd_blocks_free(PdBlocks *self); /* NULL is fine */

PdExtent pd_blocks_extent(const PdBlocks *self); /* of the whole text */
unsigned pd_blocks_n_marked(const PdBlocks *self, PdBlockMark mark);

/* Puts @block behind @after (NULL: first); keeps a reference. */
void pd_blocks_insert(PdBlocks *self, PdBlock *after, PdBlock *block);
void pd_blocks_remove(PdBlocks *self, PdBlock *block); /* drops the reference */
void pd_block_mark(PdBlock *self, PdBlockMark mark, bool on);

/* Neighbours, borrowed: NULL where there is none; of NULL: the first and the last block. */
PdBlock *pd_blocks_next(const PdBlocks *self, const PdBlock *block);
PdBlock *pd_blocks_previous(const PdBlocks *self, const PdBlock *block);
/* The first marked block at or behind @from (NULL: at all); NULL: there is none. */
PdBlock *pd_blocks_find_marked(const PdBlocks *self, const PdBlock *from, PdBlockMark mark);

/*
 * The block that holds byte (unit) @position; at the text's end or behind it the last one. NULL:
 * there are no blocks. @ret_before: (out): what stands before the block
 */
PdBlock *pd_blocks_at_bytes(const PdBlocks *self, size_t position, PdExtent *ret_before);
PdBlock *pd_blocks_at_units(const PdBlocks *self, size_t position, PdExtent *ret_before);
PdExtent pd_blocks_before(const PdBlocks *self, const PdBlock *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBlocks, pd_blocks_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBlock, pd_block_unref)
