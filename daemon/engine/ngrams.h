/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ngrams.h - which words follow each other in good English: ngrams.bin of a model's directory
 *
 * Counts of frequent pairs and triples of words (model/FORMAT.md), mapped, made from the corpus by
 * model/training/ngrams.py. Probabilities are those of "stupid backoff" (Brants et al. 2007).
 */
#pragma once

#include "daemon/engine/frequency.h"
#include "daemon/engine/text.h"

#include <glib.h>

typedef struct PdNgrams PdNgrams; /* immutable once loaded */

typedef struct {
    size_t start; /* bytes of the text */
    size_t end;
    uint16_t id;
} PdNgramToken;

/**
 * pd_ngrams_load:
 * @words: borrowed, must outlive the result; the file must have been made with the same words
 * @error: PD_ERROR_MODEL_BROKEN; the message names the file
 */
PdNgrams *pd_ngrams_load(const char *path, const PdFrequency *words, GError **error);
void pd_ngrams_free(PdNgrams *self); /* NULL is fine */

/* Appends to @tokens, of PdNgramToken, those of a sentence, with one before it and one after it. */
void pd_ngrams_tokens(const PdNgrams *self, const char *sentence, GArray *tokens);

typedef struct {
    double usual; /* log probability of what stands at the place and the two tokens after it, where
                     it stands; in nats, as all of this a difference to what is there now */
    double alone; /* log probability of the tokens by themselves */
    int added;    /* tokens */
} PdNgramGain;

/* What a repair at @place changes; @tokens: those of @sentence. */
PdNgramGain pd_ngrams_gain(const PdNgrams *self, const char *sentence, const GArray *tokens,
                           PdSpan place, const char *repair);

/* Lets the system take back pages of the file, for a time without work; they are read again. */
void pd_ngrams_rest(const PdNgrams *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdNgrams, pd_ngrams_free)
