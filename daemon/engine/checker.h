/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checker.h - text in, findings out: model, lexicon and small rules together
 *
 * A PdChecker belongs to one thread. A long text is checked in steps of a few sentences (PdCheck),
 * so that whoever drives it can answer others in between; pd_checker_check() drives one to its end.
 * Positions are bytes of the caller's text.
 */
#pragma once

#include "daemon/engine/markup.h"
#include "daemon/engine/words.h"
#include "model/electra.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { PD_LEVEL_CAREFUL, PD_LEVEL_DEFAULT, PD_LEVEL_THOROUGH, PD_N_LEVELS } PdLevel;

/* The model's labels, in its order; names: pd_kind_name() */
typedef enum {
    PD_KIND_SPELLING,
    PD_KIND_CONFUSED_WORD,
    PD_KIND_VERB_FORM,
    PD_KIND_AGREEMENT,
    PD_KIND_NOUN_NUMBER,
    PD_KIND_DETERMINER,
    PD_KIND_PREPOSITION,
    PD_KIND_PRONOUN,
    PD_KIND_ADJECTIVE_ADVERB,
    PD_KIND_WORD_ORDER,
    PD_KIND_MISSING_WORD,
    PD_KIND_EXTRA_WORD,
    PD_KIND_PUNCTUATION,
    PD_KIND_LETTER_CASE,
    PD_KIND_APOSTROPHE,
    PD_KIND_OTHER,
    PD_N_KINDS
} PdKind;

/* Which spelling of English is wanted; words of the other are reported as spelling/variant. */
typedef enum { PD_VARIANT_ANY, PD_VARIANT_US, PD_VARIANT_GB, PD_N_VARIANTS } PdVariant;

typedef enum { PD_ACTION_REPLACE, PD_ACTION_INSERT, PD_ACTION_DELETE } PdAction;

typedef struct {
    char *text;   /* what stands at the finding's place afterwards; "" with PD_ACTION_DELETE */
    double score; /* how much better the sentence becomes, log-odds; descending in a list */
    PdAction action;
} PdCandidate;

/* What leaves a part's finding out, unless the rest of its text says otherwise; bits. */
typedef enum {
    PD_EXCUSE_NONE = 0,
    PD_EXCUSE_FRAGMENT = 1, /* headings and items may have it, but a text of a single line not */
    PD_EXCUSE_OWN_WORD = 2, /* one of the user's words */
} PdExcuse;

typedef struct {
    size_t start; /* bytes of the caller's text */
    size_t end;
    PdKind kind;
    double confidence;      /* 0..1 */
    char *message;          /* translated, a sentence */
    char *rule;             /* "kind/detail" */
    GPtrArray *candidates;  /* of PdCandidate, best first; empty where nothing is proposed */
    uint64_t fingerprint;   /* of the place and the words around it: for "ignore here" */
    uint32_t needs_context; /* code points still to be written to its right before it is certain */
    unsigned excuses;       /* PdExcuse; PD_EXCUSE_NONE but where PdCheckOptions.is_part */
} PdFinding;

typedef struct {
    PdLevel level;
    PdFormat format;
    PdVariant variant;
    size_t max_candidates; /* 0: none are looked for, which is faster */
    const char *const
        *disable; /* (nullable): rules ("spelling/unknown") or kinds ("spelling") to leave out */
    const char *const *words; /* (nullable): further words to accept in this text */
    /*
     * The text is some whole units (pd_lines_unit()) of a longer one, in plain format. What depends
     * on the rest is left to the caller: names are not told from unknown words, excused findings
     * are there too, fingerprint and needs_context are 0.
     */
    bool is_part;
    /* (nullable): the text as read already, in this format and for its language; borrowed until the
     * check is freed. To read a long one takes a while, and any thread may do it. */
    const PdMarkup *markup;
} PdCheckOptions;

#define PD_CHECK_OPTIONS_INIT                                                     \
    {                                                                             \
        .level = PD_LEVEL_DEFAULT, .format = PD_FORMAT_PLAIN, .max_candidates = 5 \
    }

/* A text is checked up to about so many findings: its rest would help nobody, and a reply has a
 * limit. */
#define PD_MAX_FINDINGS 50000

typedef struct PdChecker PdChecker;
typedef struct PdCheck PdCheck; /* one text being checked; must not outlive its checker */

/**
 * pd_checker_new:
 * @models_dir: (nullable): directory with a model's directory for each language (en/); NULL:
 *              $PROOFD_MODELS, else the installed one. Models are loaded when first needed.
 * @words: (nullable): the user's words; keeps a reference
 * @cache_bytes: how much the sentence cache may hold; 0: none
 *
 * Returns: (transfer full): never NULL
 */
PdChecker *pd_checker_new(const char *models_dir, PdWords *words, size_t cache_bytes);
/* Another checker for another thread, sharing loaded models. (transfer full). Call from @self's
 * thread. */
PdChecker *pd_checker_new_sibling(PdChecker *self);
void pd_checker_free(PdChecker *self); /* NULL is fine */

/**
 * pd_checker_prepare:
 *
 * Loads what @language needs: dictionary, and model if there is one.
 * @error: PD_ERROR_UNKNOWN_LANGUAGE, PD_ERROR_MODEL_BROKEN
 */
bool pd_checker_prepare(PdChecker *self, const char *language, GError **error);
/* The model for @language if there is one, loaded; NULL without @error: spelling only. Borrowed. */
PdModel *pd_checker_model(PdChecker *self, const char *language, GError **error);

/* Gives back memory that only a burst of work needs: malloc's, and pages of files, which are read
 * again when needed. Takes a millisecond. */
void pd_checker_rest(PdChecker *self);

/**
 * pd_checker_choose_models:
 * @chosen: (nullable): a model's directory by primary language ("en"): an absolute path, or a name
 * below the models' directory; kept, not to be changed afterwards
 *
 * Before anything else is asked of it. Tables that a chosen model lacks (model/FORMAT.md) are those
 * of the language's own model; a chosen directory that is not there is PD_ERROR_MODEL_BROKEN.
 */
void pd_checker_choose_models(PdChecker *self, GHashTable *chosen);
/* Where models are looked for; borrowed. */
const char *pd_checker_models_dir(const PdChecker *self);

/**
 * pd_check_new:
 * @text: any bytes; copied
 * @error: PD_ERROR_INVALID_TEXT (not UTF-8, or a NUL inside; names the byte),
 * PD_ERROR_UNKNOWN_LANGUAGE,
 *         PD_ERROR_MODEL_BROKEN, PD_ERROR_INVALID_OPTION (an unknown rule in @options->disable)
 *
 * Copies @options. Returns: (transfer full), or NULL with @error set
 */
PdCheck *pd_check_new(PdChecker *checker, const char *language, const char *text, size_t length,
                      const PdCheckOptions *options, GError **error);

/**
 * pd_check_step:
 * @cancel: (nullable): not 0: stop soon
 * @make_way: (nullable): not 0: others wait, or @cancel is set. A pass over several sentences is
 * then not begun or broken off, and each of them gets a step of its own.
 * @ret_done: (out): true when the text's end is reached
 *
 * Judges the next sentences together, or turns one of them into findings; does both where there is
 * but one. Takes milliseconds, a hundred where candidates are looked for.
 * Returns: false with PD_ERROR_CANCELLED
 */
bool pd_check_step(PdCheck *self, const int *cancel, const int *make_way, bool *ret_done,
                   GError **error);
GPtrArray *pd_check_take_findings(
    PdCheck *self);                /* (transfer full): of PdFinding, by start; once, when done */
void pd_check_free(PdCheck *self); /* NULL is fine; any time */

/* All steps at once. Returns: (transfer full): of PdFinding, by start; NULL with @error set. */
GPtrArray *pd_checker_check(PdChecker *self, const char *language, const char *text, size_t length,
                            const PdCheckOptions *options, const int *cancel, GError **error);

/**
 * pd_checker_suggest:
 * @start, @end: bytes of @text; start == end: between words, proposes words to insert
 *
 * Repairs for a place whether or not it is wrong. @options: format, max_candidates, words.
 * @error: as pd_check_new(), and PD_ERROR_INVALID_OPTION: the place is not in the text or cuts a
 * character
 * Returns: (transfer full): of PdCandidate, best first, possibly empty; NULL with @error set
 */
GPtrArray *pd_checker_suggest(PdChecker *self, const char *language, const char *text,
                              size_t length, size_t start, size_t end,
                              const PdCheckOptions *options, const int *cancel, GError **error);

/**
 * pd_checker_score:
 * @ret_scores: (out caller-allocates): [n_texts] mean over tokens of log P(correct), at most 0; 0
 * for an empty text
 *
 * How natural each text is. @error: as pd_check_new(); PD_ERROR_UNKNOWN_LANGUAGE also where the
 * language has no model
 */
bool pd_checker_score(PdChecker *self, const char *language, const char *const *texts,
                      size_t n_texts, double *ret_scores, const int *cancel, GError **error);

const char *pd_kind_name(PdKind kind);       /* "spelling", "confused-word", ... */
const char *pd_action_name(PdAction action); /* "replace", "insert", "delete" */
bool pd_level_from_name(const char *name,
                        PdLevel *ret_level); /* "careful", "default", "thorough" */
const char *pd_level_name(PdLevel level);
bool pd_variant_from_name(const char *name, PdVariant *ret_variant); /* "any", "us", "gb" */
const char *const *
pd_checker_rules(void); /* every rule id that can be emitted, sorted, NULL-terminated */
bool pd_rule_exists(const char *rule); /* a rule id or a kind's name */

typedef struct {
    const char *rule;  /* the id; not owned, like all of these */
    const char *title; /* translated, a few words */
    const char *text;  /* translated, one to four sentences: what it finds, why, when it may be
                          wrong */
    const char *wrong; /* an English sentence with the error */
    const char *right; /* the same, corrected */
} PdRulePage;

/* false: there is no such rule. A kind alone ("agreement") is answered with the page of its
 * "/model" rule, "spelling" with that of "spelling/unknown". */
bool pd_checker_rule_page(const char *rule, PdRulePage *ret_page);

void pd_finding_free(PdFinding *self);
void pd_candidate_free(PdCandidate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdChecker, pd_checker_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdCheck, pd_check_free)
