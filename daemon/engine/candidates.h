/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidates.h - repairs for one place of a sentence, the best first
 *
 * Proposed by several sources (sources.h), ordered by ranking.h's weighted features. The best few
 * are put into the sentence and judged by the discriminator, all in one forward pass.
 */
#pragma once

#include "daemon/engine/ranking.h"
#include "daemon/engine/resources.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *text;    /* one sentence, NUL-terminated, valid UTF-8 */
    const GArray *grams; /* (nullable): its pd_ngrams_tokens() */
    size_t start;        /* the place, bytes; start == end: between words */
    size_t end;
    double wrong; /* P(wrong) there */
    bool unknown; /* a word that does not exist: no words are inserted or deleted to mend it */
    bool fixed;   /* repairs may not reach beyond the place */
    double least; /* chance of being wrong below which the caller wants no repairs */
} PdSite;

typedef struct {
    size_t start; /* bytes of the sentence replaced */
    size_t end;
    char *text;
    PdAction action;
    double features[PD_N_FEATURES];
    double score;
} PdProposal;

typedef struct {
    size_t start; /* the place that the repairs replace: more than the site where the best joins it
                     with its neighbour, deletes it or puts a mark before it */
    size_t end;
    double chance;      /* that the place is wrong, given what repairs there are */
    double score;       /* of the best repair, against leaving it; -HUGE_VAL without repairs */
    GPtrArray *repairs; /* of PdCandidate, best first */
} PdRepairs;

/* All proposals for a place, unjudged, the best first: array of PdProposal, (transfer full). */
GPtrArray *pd_candidates_propose(PdResources *resources, const PdSite *site);

/* What leaving the place as it is scores. */
double pd_candidates_keep_score(const PdResources *resources, const PdSite *site);

/**
 * pd_candidates_judge:
 * @proposals: as pd_candidates_propose() returns them; the best @max are judged, others dropped
 *
 * Returns: false if cancelled
 */
bool pd_candidates_judge(PdResources *resources, const PdSite *site, GPtrArray *proposals,
                         guint max, const int *cancel);

/**
 * pd_candidates_find:
 * @proposals: (nullable): of this site, taken over; else they are made
 * @max: how many repairs to keep; 0: none are looked for
 *
 * Where the place cannot reach the site's least chance, whatever the discriminator says of the
 * repairs, it is not asked about them; @ret then has none, and a chance below that.
 *
 * Returns: false if cancelled, @ret is then empty
 */
bool pd_candidates_find(PdResources *resources, const PdSite *site, GPtrArray *proposals,
                        size_t max, const int *cancel, PdRepairs *ret);
void pd_repairs_clear(PdRepairs *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdRepairs, pd_repairs_clear)
