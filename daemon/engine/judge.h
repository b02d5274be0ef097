/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.h - the discriminator's opinion of texts: how wrong each place is, how right the whole
 *
 * A batch is judged in one forward pass; answers are asked for afterwards by the text's number and
 * bytes. Texts judged lately are remembered (at most half a megabyte of answers), and no text is
 * judged twice: repairs of a place have much in common from one look at it to the next. What was
 * judged before changes how long an answer takes, never what it is.
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdJudge PdJudge; /* one thread */

PdJudge *pd_judge_new(PdModel *model); /* (transfer full); keeps a reference */
void pd_judge_free(PdJudge *self);     /* NULL is fine */

/**
 * pd_judge_texts:
 * @texts: [n_texts] UTF-8, a sentence each; not kept
 *
 * Forgets the batch before. Returns: false if cancelled, the judge then knows nothing
 */
bool pd_judge_texts(PdJudge *self, const char *const *texts, size_t n_texts, const int *cancel);
/* The same; the network may stop early at a text whose @may_leave ([n_texts], nullable) is true, if
 * it sees nothing wrong there by then. Chances are rougher in that case, and no kind is known; so
 * they are even where the last layer's answer is remembered. */
bool pd_judge_quickly(PdJudge *self, const char *const *texts, const bool *may_leave,
                      size_t n_texts, const int *cancel);

size_t pd_judge_n_tokens(const PdJudge *self, size_t text);
/* Sum of log P(correct) over the words of a text, a word's being its worst token's: at most 0. */
double pd_judge_correct(const PdJudge *self, size_t text);
/* Largest chance that a token within bytes [start, end) is wrong; 0 where there is none. */
double pd_judge_wrong(const PdJudge *self, size_t text, size_t start, size_t end);
/* The kind that the model's labels give that token; PD_KIND_OTHER from a model of one logit. */
PdKind pd_judge_kind(const PdJudge *self, size_t text, size_t start, size_t end);
/**
 * pd_judge_chances:
 * @ret_kinds: (out caller-allocates): [PD_N_KINDS] the chance of each kind, for the token that is
 * most likely wrong within bytes [start, end); all 0 from a model of one logit
 *
 * Returns: the chance that the token is right; 1 where there is none
 */
double pd_judge_chances(const PdJudge *self, size_t text, size_t start, size_t end,
                        double *ret_kinds);
bool pd_judge_has_kinds(const PdJudge *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdJudge, pd_judge_free)
