/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-explanation.h - why a place was reported, or was not
 */
#pragma once

#include <proofd-finding.h>

G_BEGIN_DECLS

#define PROOFD_TYPE_CHANCE (proofd_chance_get_type())
#define PROOFD_TYPE_CONTRIBUTION (proofd_contribution_get_type())
#define PROOFD_TYPE_RULE_PAGE (proofd_rule_page_get_type())
#define PROOFD_TYPE_EXPLANATION (proofd_explanation_get_type())

typedef struct _ProofdChance ProofdChance;
typedef struct _ProofdContribution ProofdContribution;
typedef struct _ProofdRulePage ProofdRulePage;
typedef struct _ProofdExplanation ProofdExplanation;

/**
 * ProofdChance:
 * @name: a kind, "correct", or "wrong" from a model without kinds
 * @chance: 0 to 1
 *
 * What the model says of the words.
 */
struct _ProofdChance {
    char *name;
    double chance;
};

/**
 * ProofdContribution:
 * @start: where a word of the sentence starts
 * @length: its length
 * @log_odds: above 0: it makes the place look wrong
 *
 * What a neighbour does to the model's opinion.
 */
struct _ProofdContribution {
    guint start;
    guint length;
    double log_odds;
};

/**
 * ProofdRulePage:
 * @rule: "kind/detail"
 * @title: for a headline
 * @text: what it finds
 * @wrong: a sentence with the error
 * @right: the same, corrected
 *
 * What is to be said of a rule.
 */
struct _ProofdRulePage {
    char *rule;
    char *title;
    char *text;
    char *wrong;
    char *right;
};

/**
 * ProofdExplanation:
 * @sentence_start: where the sentence starts
 * @sentence_length: its length
 * @start: where the words that are explained start
 * @length: their length
 * @known: are they in the dictionary?
 * @chances: (element-type ProofdChance): the likeliest first; empty without a model
 * @contributions: (element-type ProofdContribution): by start
 * @findings: (element-type ProofdFinding): those at the place
 * @pages: (element-type ProofdRulePage): of the rules of these
 * @reason: why nothing was reported there; empty where something was
 *
 * Why a place was reported, or was not. Read only; counts its owners.
 */
struct _ProofdExplanation {
    guint sentence_start;
    guint sentence_length;
    guint start;
    guint length;
    gboolean known;
    GPtrArray *chances;
    GPtrArray *contributions;
    GPtrArray *findings;
    GPtrArray *pages;
    char *reason;

    /*< private >*/
    gatomicrefcount n_owners;
};

PROOFD_API GType proofd_chance_get_type(void) G_GNUC_CONST;

/**
 * proofd_chance_new:
 * @name: a kind, "correct" or "wrong"
 * @chance: 0 to 1
 *
 * Returns: (transfer full): a chance
 */
PROOFD_API ProofdChance *proofd_chance_new(const char *name, double chance);

/**
 * proofd_chance_copy:
 * @self: a chance
 *
 * Returns: (transfer full): another like it
 */
PROOFD_API ProofdChance *proofd_chance_copy(const ProofdChance *self);

/**
 * proofd_chance_free:
 * @self: (transfer full) (nullable): a chance
 */
PROOFD_API void proofd_chance_free(ProofdChance *self);

PROOFD_API GType proofd_contribution_get_type(void) G_GNUC_CONST;

/**
 * proofd_contribution_new:
 * @start: where a word starts
 * @length: its length
 * @log_odds: what it does
 *
 * Returns: (transfer full): a contribution
 */
PROOFD_API ProofdContribution *proofd_contribution_new(guint start, guint length, double log_odds);

/**
 * proofd_contribution_copy:
 * @self: a contribution
 *
 * Returns: (transfer full): another like it
 */
PROOFD_API ProofdContribution *proofd_contribution_copy(const ProofdContribution *self);

/**
 * proofd_contribution_free:
 * @self: (transfer full) (nullable): a contribution
 */
PROOFD_API void proofd_contribution_free(ProofdContribution *self);

PROOFD_API GType proofd_rule_page_get_type(void) G_GNUC_CONST;

/**
 * proofd_rule_page_new:
 * @rule: "kind/detail"
 * @title: for a headline
 * @text: what it finds
 * @wrong: a sentence with the error
 * @right: the same, corrected
 *
 * Returns: (transfer full): a page
 */
PROOFD_API ProofdRulePage *proofd_rule_page_new(const char *rule, const char *title,
                                                const char *text, const char *wrong,
                                                const char *right);

/**
 * proofd_rule_page_copy:
 * @self: a page
 *
 * Returns: (transfer full): another like it
 */
PROOFD_API ProofdRulePage *proofd_rule_page_copy(const ProofdRulePage *self);

/**
 * proofd_rule_page_free:
 * @self: (transfer full) (nullable): a page
 */
PROOFD_API void proofd_rule_page_free(ProofdRulePage *self);

PROOFD_API GType proofd_explanation_get_type(void) G_GNUC_CONST;

/**
 * proofd_explanation_new:
 *
 * For a program that explains by itself too, and for tests.
 *
 * Returns: (transfer full): empty lists, no place, an empty reason
 */
PROOFD_API ProofdExplanation *proofd_explanation_new(void);

/**
 * proofd_explanation_ref:
 * @self: an explanation
 *
 * Returns: (transfer full): the same, with an owner more
 */
PROOFD_API ProofdExplanation *proofd_explanation_ref(ProofdExplanation *self);

/**
 * proofd_explanation_unref:
 * @self: (transfer full) (nullable): an explanation
 */
PROOFD_API void proofd_explanation_unref(ProofdExplanation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdChance, proofd_chance_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdContribution, proofd_contribution_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdRulePage, proofd_rule_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdExplanation, proofd_explanation_unref)

G_END_DECLS
