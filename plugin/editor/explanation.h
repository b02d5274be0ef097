/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explanation.h - why a finding is one, in words: for the tooltip and the page
 */
#pragma once

#include <proofd.h>
#include <stdbool.h>

/* What a correction is called on a button or in a menu: “the”, Delete “the”. (transfer full) */
char *pd_candidate_title(const ProofdCandidate *candidate, const char *words);

/* Pango markup: message, kind, confidence, and what the rule is about where @explanation
 * (nullable) tells; with @is_full also what the model says and which neighbours made it say so.
 * @part: the text whose positions the explanation has. (transfer full) */
char *pd_explanation_markup(const ProofdFinding *finding, const ProofdExplanation *explanation,
                            const char *part, bool is_full);
