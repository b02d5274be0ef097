/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sentence.h - one sentence, from the judge's answers to findings
 */
#pragma once

#include "daemon/engine/language.h"
#include "daemon/engine/resources.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *text;     /* NUL-terminated */
    GArray *tokens; /* of PdToken, positions in @text */
    GArray *grams;  /* of PdNgramToken; NULL without a model */
    bool *unknown;  /* [tokens] the dictionary lacks this word; NULL until somebody asks */
    double *wrong;  /* [tokens] P(wrong) of each; NULL without a model */
    PdKind *kinds;  /* [tokens] what the model says of each; NULL without labels */
} PdSentence;

/* Takes @text; splits it into tokens. (transfer full) */
PdSentence *pd_sentence_new(PdResources *resources, char *text);
void pd_sentence_free(PdSentence *self); /* NULL is fine */

/* Keeps what the judge, asked before, says of text number @index, which is this sentence. */
void pd_sentence_take_answers(PdSentence *self, const PdJudge *judge, size_t index);

/* Does token @i exist as a word, with what compounds, acronyms and possessives allow? */
bool pd_sentence_knows(const PdSentence *self, PdResources *resources, guint i);

/* Does the dictionary have each of its words? */
bool pd_sentence_is_spelt(PdSentence *self, PdResources *resources);

/* What @guard (nullable: yes) says of the sentence and the dictionary's language. */
bool pd_sentence_is_in_language(PdSentence *self, PdResources *resources, PdLanguageGuard *guard);

/**
 * pd_sentence_findings:
 * @guard: (nullable): tells whether it is in the dictionary's language; if not, nothing is found
 *
 * Personal words, names, disabled rules and messages are left to the caller: they change, the
 * sentence not.
 *
 * Returns: (transfer full): of PdFinding by start, positions in the sentence; NULL if cancelled
 */
GPtrArray *pd_sentence_findings(PdSentence *self, PdResources *resources, PdLanguageGuard *guard,
                                PdLevel level, PdVariant variant, size_t max_candidates,
                                const int *cancel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdSentence, pd_sentence_free)
