/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain.h - why a place of a text was reported, or was not
 *
 * The model's chances for the word there; what each word around it contributes, by leaving it out
 * of the sentence (leave-one-out, Li et al. 2016); what the dictionary knows; the findings.
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>

#define PD_MAX_CONTRIBUTIONS 40 /* the words nearest to the place */

typedef struct {
    const char
        *name;     /* a kind's name, "correct", or "wrong" from a model of one logit; not owned */
    double chance; /* 0..1 */
} PdChance;

typedef struct {
    PdSpan place;    /* bytes of the caller's text */
    double log_odds; /* of the place being wrong: with this word, less without it; above 0: it makes
                        the place look wrong */
} PdContribution;

typedef struct {
    PdSpan sentence; /* bytes of the caller's text */
    PdSpan place;    /* whole words */
    bool known;      /* all words there are in the dictionary, or need not be */
    GArray *chances; /* of PdChance, the likeliest first, their sum 1; empty without a model */
    GArray *contributions; /* of PdContribution, by start; empty without a model */
    GPtrArray *findings;   /* of PdFinding: those that overlap the place */
    GArray *pages;         /* of PdRulePage: of each rule of these */
    char *reason;          /* (nullable): translated: why nothing is reported there */
} PdExplanation;

/**
 * pd_checker_explain:
 * @start, @end: bytes of @text: the words that it touches; where it touches none, or is empty, the
 * word there or the next one
 * @options: as pd_check_new()
 * @error: as pd_checker_suggest(), and PD_ERROR_NOT_FOUND: the text has no words
 *
 * Takes as long as checking the sentence twice. Returns: (transfer full), or NULL with @error set
 */
PdExplanation *pd_checker_explain(PdChecker *self, const char *language, const char *text,
                                  size_t length, size_t start, size_t end,
                                  const PdCheckOptions *options, const int *cancel, GError **error);
void pd_explanation_free(PdExplanation *self); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdExplanation, pd_explanation_free)
