/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.h - the few errors of English that a small rule finds better than a model
 */
#pragma once

#include "daemon/engine/checker.h"
#include "daemon/engine/text.h"

#include <glib.h>

/**
 * pd_rules_apply:
 * @text: one sentence, NUL-terminated
 * @tokens: its tokens, array of PdToken
 * @findings: array of PdFinding; appended, positions in @text, each with its repair
 *
 * Repeated words (extra-word/repeated), a and an (determiner/a-an), i (letter-case/pronoun-i),
 * spaces around punctuation (punctuation/space-before, /space-after).
 */
void pd_rules_apply(const char *text, const GArray *tokens, GPtrArray *findings);

/* Does the word begin with a vowel sound? 1 yes, 0 no, -1 cannot tell (FAQ, herb, numbers). */
int pd_rules_vowel_sound(const char *word);
