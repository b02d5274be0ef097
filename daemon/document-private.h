/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document-private.h - what document.c and document-findings.c share
 */
#pragma once

#include "daemon/blocks.h"
#include "daemon/document.h"
#include "daemon/tally.h"

struct PdDocument {
    PdBlocks *blocks;
    PdOffsets unit;
    bool in_blocks;
    uint64_t serial;
    GQueue edited; /* of PdBlock, is_edited; some may have been replaced or checked since */
    bool is_dirty;
    PdSpan dirty; /* what the next reply to an edit tells, in the present text */

    PdWords *own_words;     /* (nullable): the user's */
    GHashTable *words;      /* set of casefolded strings: accepted in this document */
    GHashTable *ignored;    /* set of fingerprints (uint64_t) */
    PdTally *tally;         /* of the blocks that are counted */
    GHashTable *reporters;  /* pd_tally_key() -> table: PdBlock, borrowed -> number of its findings
                               that are left out when the name is repeated */
    GHashTable *toggled;    /* names, between pd_tally_*() and pd_document_settle_names() */
    unsigned n_line_blocks; /* blocks with a line end */
    size_t n_findings;      /* of all blocks, those left out included */
};

static inline PdSpan
pd_span_hull(PdSpan a, PdSpan b)
{
    return (PdSpan){ MIN(a.start, b.start), MAX(a.end, b.end) };
}

static inline bool
pd_span_touches(PdSpan a, PdSpan b)
{
    return a.start <= b.end && b.start <= a.end;
}

/* --- document-findings.c --- */

/* Puts a block into the row behind @after (NULL: first). */
void pd_document_put_in(PdDocument *self, PdBlock *after, PdBlock *block);
/* And out of it. Returns: (transfer full): of PdFinding: what it had; never NULL */
GPtrArray *pd_document_take_out(PdDocument *self, PdBlock *block);
void pd_document_count_words(PdDocument *self, PdBlock *block); /* once for each block */

/* A finding with its position in the block, behind those it has; consumed. */
void pd_document_add_finding(PdDocument *self, PdBlock *block, PdFinding *finding);
/* What a check found in @block, positions in it, by start; consumed. */
void pd_document_set_findings(PdDocument *self, PdBlock *block, GPtrArray *findings);

/* Widens what the next reply to an edit tells. */
void pd_document_touch(PdDocument *self, PdSpan range);
/* After an edit: findings beside what it replaced may have other words around them. */
void pd_document_settle_neighbours(PdDocument *self, PdBlock *before, PdBlock *behind);
/* After the tally changed: names may be repeated now, or no longer. */
void pd_document_settle_names(PdDocument *self);
/* After an edit: a text of one line alone has findings that others have not. */
void pd_document_settle_lines(PdDocument *self, bool had_lines);
