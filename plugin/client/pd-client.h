/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pd-client.h - the service, called from another program
 *
 * A PdClient holds a private connection to the session bus. Calls block until the reply, the
 * deadline or a cancelled GCancellable; a call given up is cancelled in the service too. One
 * thread at a time. Never exits or aborts its host: a bus that goes away is an error, and the
 * next call connects again.
 */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PD_CLIENT_ERROR (pd_client_error_quark())
GQuark pd_client_error_quark(void);

typedef enum {
    PD_CLIENT_ERROR_NO_BUS, /* no session bus, or the service cannot be started: work without it */
    PD_CLIENT_ERROR_TIMED_OUT,
    PD_CLIENT_ERROR_CANCELLED,
    PD_CLIENT_ERROR_REFUSED, /* an org.proofd.Checker1.Error.*, with the service's message */
    PD_CLIENT_ERROR_DISCONNECTED,
    PD_CLIENT_ERROR_PROTOCOL, /* the reply is not what the interface says */
} PdClientError;

typedef struct {
    char *text;
    double score;
    char *action; /* "replace", "insert", "delete" */
} PdClientCandidate;

typedef struct {
    uint32_t start; /* code points unless options say otherwise */
    uint32_t length;
    char *kind;
    double confidence;
    char *message;
    char *rule;
    GPtrArray *candidates; /* of PdClientCandidate */
} PdClientFinding;

typedef struct {
    char *name; /* a kind, "correct", or "wrong" from a model without kinds */
    double chance;
} PdClientChance;

typedef struct {
    uint32_t start; /* a word of the sentence */
    uint32_t length;
    double log_odds; /* above 0: it makes the place look wrong */
} PdClientContribution;

typedef struct {
    char *rule;
    char *title;
    char *text;  /* what it finds */
    char *wrong; /* an example */
    char *right; /* the same, corrected */
} PdClientRulePage;

typedef struct {
    uint32_t sentence_start;
    uint32_t sentence_length;
    uint32_t start; /* the words that are explained */
    uint32_t length;
    bool known;               /* to the dictionary */
    GPtrArray *chances;       /* of PdClientChance, the likeliest first; empty without a model */
    GPtrArray *contributions; /* of PdClientContribution, by start */
    GPtrArray *findings;      /* of PdClientFinding, at the place */
    GPtrArray *pages;         /* of PdClientRulePage, for the rules of these */
    char *reason;             /* why nothing was reported there, or "" */
} PdClientExplanation;

typedef struct {
    const char *level;          /* (nullable): "careful", "default", "thorough" */
    const char *format;         /* (nullable): "plain", "markdown" */
    const char *variant;        /* (nullable): "any", "us", "gb" */
    const char *const *disable; /* (nullable) */
    const char *const *words;   /* (nullable) */
    int max_candidates;         /* below 0: the service's default */
} PdClientOptions;

#define PD_CLIENT_OPTIONS_INIT \
    {                          \
        .max_candidates = -1   \
    }

typedef struct PdClient PdClient;

/* Connects, and starts the service if it is not running. PD_CLIENT_ERROR_NO_BUS. */
PdClient *pd_client_new(GError **error);
void pd_client_free(PdClient *self); /* NULL is fine */

/* Does the service run now? Does not start it. false with PD_CLIENT_ERROR_NO_BUS: nobody to ask. */
bool pd_client_service_runs(GError **error);

/* @deadline_ms: of each call from now on; below 0: none. 30 seconds at first. */
void pd_client_set_deadline(PdClient *self, int deadline_ms);

/* (transfer full): of PdClientFinding, by start; NULL with @error set */
GPtrArray *pd_client_check(PdClient *self, const char *language, const char *text,
                           const PdClientOptions *options, GCancellable *cancel, GError **error);
/* (transfer full): of PdClientCandidate, best first */
GPtrArray *pd_client_suggest(PdClient *self, const char *language, const char *text, uint32_t start,
                             uint32_t length, const PdClientOptions *options, GCancellable *cancel,
                             GError **error);
/* Why a place was reported, or was not; length 0: the word there. (transfer full) */
PdClientExplanation *pd_client_explain(PdClient *self, const char *language, const char *text,
                                       uint32_t start, uint32_t length,
                                       const PdClientOptions *options, GCancellable *cancel,
                                       GError **error);
/* @ret_scores: (out caller-allocates): [n_texts] */
bool pd_client_score(PdClient *self, const char *language, const char *const *texts, size_t n_texts,
                     double *ret_scores, GCancellable *cancel, GError **error);

bool pd_client_add_word(PdClient *self, const char *word, GError **error);
bool pd_client_remove_word(PdClient *self, const char *word, GError **error);
char **pd_client_words(PdClient *self, GError **error); /* (transfer full), g_strfreev */

/* (transfer full): all properties as an a{sv}: what `proof status` shows */
GVariant *pd_client_properties(PdClient *self, GError **error);

/*
 * The D-Bus name that a PD_CLIENT_ERROR_REFUSED came with, without its prefix ("TooLong"); NULL
 * for other errors. Borrowed, valid until the next call.
 */
const char *pd_client_error_name(const PdClient *self);

void pd_client_finding_free(PdClientFinding *self);
void pd_client_candidate_free(PdClientCandidate *self);
PdClientExplanation *
pd_client_explanation_new(void); /* (transfer full): empty lists, reason NULL */
void pd_client_explanation_free(PdClientExplanation *self); /* NULL is fine */
/* Each appends a copy. */
void pd_client_explanation_add_chance(PdClientExplanation *self, const char *name, double chance);
void pd_client_explanation_add_page(PdClientExplanation *self, const char *rule, const char *title,
                                    const char *text, const char *wrong, const char *right);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdClient, pd_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdClientExplanation, pd_client_explanation_free)
