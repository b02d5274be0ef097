/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * findings.h - building findings: kinds, rule ids, fingerprints
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>
#include <stdbool.h>

/* What a rule id stands for, apart from "KIND/model", which each kind has. */
typedef enum {
    PD_RULE_MODEL, /* the discriminator's own: "KIND/model" */
    PD_RULE_UNKNOWN,
    PD_RULE_VARIANT,
    PD_RULE_REPEATED,
    PD_RULE_A_AN,
    PD_RULE_PRONOUN_I,
    PD_RULE_SPACE_BEFORE,
    PD_RULE_SPACE_AFTER,
    PD_RULE_TYPED_APOSTROPHE,
    PD_RULE_DECADE,
    PD_N_RULES
} PdRule;

/* (transfer full): without candidates and message; positions as given */
PdFinding *pd_finding_new(size_t start, size_t end, PdRule rule, PdKind kind, double confidence);
PdFinding *pd_finding_copy(const PdFinding *other);        /* (transfer full), deep */
int pd_finding_by_start(gconstpointer a, gconstpointer b); /* to sort an array of them with */
bool pd_finding_is_unknown_word(const PdFinding *self);    /* rule spelling/unknown */
/* The name that an unknown word may be, without 's: (transfer full) */
char *pd_name_of(const char *word, size_t length);
/* Is the word, or the one that has 's here, among @folded, words of g_utf8_casefold()? */
bool pd_name_is_among(GHashTable *folded, const char *word, size_t length);
#define PD_FINGERPRINT_BYTES 100 /* looked at on each side of a finding, at most */
/* FNV-1a of the words before, at and after the place: stable when the text elsewhere changes */
void pd_finding_set_fingerprint(PdFinding *self, const char *text, size_t length);

/* How much of a text's end pd_finding_set_context() looks at */
#define PD_TAIL_BYTES 256
/*
 * Sets needs_context. @tail: the last bytes of the text, PD_TAIL_BYTES or all; @left: bytes from
 * the finding to the text's end. In a sentence that is still being written the last word may go
 * on, and what the model thinks of a place depends on the words after it.
 */
void pd_finding_set_context(PdFinding *self, const char *tail, size_t tail_bytes, size_t left);

PdCandidate *pd_candidate_new(const char *text, double score, PdAction action); /* copies @text */
void pd_finding_add(PdFinding *self, const char *text, double score, PdAction action);

PdKind pd_rule_kind(PdRule rule); /* not for PD_RULE_MODEL */
bool pd_kind_from_name(const char *name, PdKind *ret_kind);
/* PD_RULE_MODEL for "KIND/model"; false: there is no such rule */
bool pd_rule_from_id(const char *id, PdRule *ret_rule, PdKind *ret_kind);

/* The kind of error that turning @before into @after mends, for a model without labels. */
PdKind pd_kind_of_change(const char *before, const char *after, const char *word_before_it);
