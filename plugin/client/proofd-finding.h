/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-finding.h - what is wrong in a text, and what would correct it
 */
#pragma once

#include <proofd-error.h>

G_BEGIN_DECLS

#define PROOFD_TYPE_CANDIDATE (proofd_candidate_get_type())
#define PROOFD_TYPE_FINDING (proofd_finding_get_type())

typedef struct _ProofdCandidate ProofdCandidate;
typedef struct _ProofdFinding ProofdFinding;

/**
 * ProofdCandidate:
 * @text: what to put there; empty for "delete"
 * @score: the log-odds that the sentence gains
 * @action: "replace" the words, "insert" before them, or "delete" them
 *
 * A correction. Read only; counts its owners.
 */
struct _ProofdCandidate {
    char *text;
    double score;
    char *action;

    /*< private >*/
    gatomicrefcount n_owners;
};

/**
 * ProofdFinding:
 * @start: where, in the unit of #ProofdOptions:offsets
 * @length: how much, in the same unit
 * @kind: "spelling", "confused-word", "verb-form", "agreement", "noun-number", "determiner",
 *   "preposition", "pronoun", "adjective-adverb", "word-order", "missing-word", "extra-word",
 *   "punctuation", "letter-case", "apostrophe" or "other"
 * @confidence: 0 to 1
 * @message: a sentence for the user, in the language of the service's locale
 * @rule: "kind/detail", which #ProofdOptions:disable takes
 * @fingerprint: what proofd_document_ignore() takes; 0 outside of documents
 * @candidates: (element-type ProofdCandidate): corrections, best first
 *
 * A place in a text that is wrong. Read only; counts its owners.
 */
struct _ProofdFinding {
    guint start;
    guint length;
    char *kind;
    double confidence;
    char *message;
    char *rule;
    guint64 fingerprint;
    GPtrArray *candidates;

    /*< private >*/
    gatomicrefcount n_owners;
};

PROOFD_API GType proofd_candidate_get_type(void) G_GNUC_CONST;

/**
 * proofd_candidate_new:
 * @text: UTF-8
 * @score: log-odds
 * @action: "replace", "insert" or "delete"
 *
 * For a program that finds corrections by itself too, and for tests.
 *
 * Returns: (transfer full): a candidate
 */
PROOFD_API ProofdCandidate *proofd_candidate_new(const char *text, double score,
                                                 const char *action);

/**
 * proofd_candidate_ref:
 * @self: a candidate
 *
 * Returns: (transfer full): the same, with an owner more
 */
PROOFD_API ProofdCandidate *proofd_candidate_ref(ProofdCandidate *self);

/**
 * proofd_candidate_unref:
 * @self: (transfer full) (nullable): a candidate
 */
PROOFD_API void proofd_candidate_unref(ProofdCandidate *self);

PROOFD_API GType proofd_finding_get_type(void) G_GNUC_CONST;

/**
 * proofd_finding_new:
 * @start: where
 * @length: how much
 * @kind: what kind of error
 * @confidence: 0 to 1
 * @message: a sentence for the user
 * @rule: "kind/detail"
 *
 * For a program that finds errors by itself too, and for tests.
 *
 * Returns: (transfer full): a finding without candidates
 */
PROOFD_API ProofdFinding *proofd_finding_new(guint start, guint length, const char *kind,
                                             double confidence, const char *message,
                                             const char *rule);

/**
 * proofd_finding_ref:
 * @self: a finding
 *
 * Returns: (transfer full): the same, with an owner more
 */
PROOFD_API ProofdFinding *proofd_finding_ref(ProofdFinding *self);

/**
 * proofd_finding_unref:
 * @self: (transfer full) (nullable): a finding
 */
PROOFD_API void proofd_finding_unref(ProofdFinding *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdCandidate, proofd_candidate_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdFinding, proofd_finding_unref)

G_END_DECLS
