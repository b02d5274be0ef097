/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign.h - words of other languages inside a sentence
 */
#pragma once

#include "daemon/engine/exempt.h"

/**
 * pd_foreign_find:
 * @spans: of PdSpan, appended
 *
 * A quotation of several words that are mostly alien, or three alien words in a row without
 * quotation marks. A word is alien if no dictionary has it, or the corpus hardly has. If most of
 * those that no dictionary has are a slip away from a word, they are taken for misspelt, unless
 * the fingerprints of languages (language.h) say otherwise of a quotation or a long stretch, of
 * which not nearly all longer words are such. Foreign words are then not unknown.
 */
void pd_foreign_find(PdLooked *looked, GArray *spans);

/* Are nearly all longer unknown words of the sentence a slip away from a frequent one? */
bool pd_foreign_is_misspelt(const PdLooked *looked);
