/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidates.h - repairs for one place of a sentence, the best first
 *
 * Proposed by Hunspell, by real people's corrections (confusions.h) and by English inflection;
 * ranked by the sum of log P(correct) over the sentence after the repair, plus a prior for where
 * the proposal comes from. All repairs of a place are judged in one forward pass.
 */
#pragma once

#include "daemon/engine/resources.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *text; /* one sentence, NUL-terminated, valid UTF-8 */
    size_t start;     /* the place, bytes; start == end: between words */
    size_t end;
    bool unknown; /* a word that does not exist: no words are inserted or deleted to mend it */
} PdSite;

typedef struct {
    size_t start; /* the place that the repairs replace: with the space before it where the best
                     deletes the word or puts a mark before it */
    size_t end;
    double gain; /* the score of the best: by how much it improves the sentence, with its prior,
                    log-odds; -HUGE_VAL without repairs */
    GPtrArray *repairs; /* of PdCandidate, best first */
} PdRepairs;

/**
 * pd_candidates_find:
 * @max: how many to keep; 0: none are looked for
 *
 * Without a model: Hunspell's order. Returns: false if cancelled, @ret is then empty
 */
bool pd_candidates_find(PdResources *resources, const PdSite *site, size_t max, const int *cancel,
                        PdRepairs *ret);
void pd_repairs_clear(PdRepairs *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdRepairs, pd_repairs_clear)
