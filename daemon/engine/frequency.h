/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frequency.h - how often words occur in good English: words.tsv of a model's directory
 *
 * Lines of word TAB count, most frequent first, lower case. Made from the corpus by
 * model/training/words.py.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct PdFrequency PdFrequency; /* immutable once loaded */

/* @error: PD_ERROR_MODEL_BROKEN; the message names file and line */
PdFrequency *pd_frequency_load(const char *path, GError **error);
void pd_frequency_free(PdFrequency *self); /* NULL is fine */

uint32_t pd_frequency_of(const PdFrequency *self,
                         const char *word); /* @word in lower case; 0: not listed */
/* The word's line, from 0; -1: not listed. */
int pd_frequency_rank(const PdFrequency *self, const char *word);
size_t pd_frequency_n_words(const PdFrequency *self);
uint32_t pd_frequency_hash(const PdFrequency *self); /* FNV-1a of the words, a line each */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdFrequency, pd_frequency_free)
