/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * worker.h - the one thread that checks text
 *
 * It owns the PdChecker and the user's words. Jobs are served in turn: client after client, and a
 * client's jobs in turn, one step each (pd_check_step), so that a small text is answered while a
 * long one is being checked: at the latest after one sentence of each other client. A client's
 * short jobs (Suggest, words) come between the steps of its long ones, and those in the background,
 * such as the first check of a long document, make way for all others. Every job's
 * callback is called exactly once, on the main context of the thread that made the worker, at the
 * latest by pd_worker_free().
 */
#pragma once

#include "daemon/engine/checker.h"
#include "daemon/engine/explain.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdWorker PdWorker;
typedef struct PdJob PdJob; /* valid from pd_worker_push() until its callback was called */

typedef enum {
    PD_JOB_PREPARE, /* load what the language needs; the text is only kept for the callback */
    PD_JOB_MODEL,   /* load the language's model */
    PD_JOB_CHECK,
    PD_JOB_SUGGEST,
    PD_JOB_EXPLAIN,
    PD_JOB_SCORE,
    PD_JOB_ADD_WORD, /* the text is the word */
    PD_JOB_REMOVE_WORD,
    PD_JOB_LIST_WORDS,
} PdJobKind;

typedef struct { /* everything is copied */
    PdJobKind kind;
    const char *client; /* whose turn it takes; "" is the service itself */
    bool unbounded;     /* not counted: its owner bounds it (documents) */
    bool background;    /* PD_JOB_CHECK: nobody waits for it */
    bool typed;         /* somebody types: the background rests for a moment */
    const char *language;
    const char *text; /* (nullable), UTF-8 */
    size_t text_bytes;
    size_t start, end;        /* PD_JOB_SUGGEST, PD_JOB_EXPLAIN: bytes of @text */
    const char *const *texts; /* (nullable): PD_JOB_SCORE */
    PdCheckOptions options;   /* PD_JOB_CHECK, PD_JOB_SUGGEST, PD_JOB_EXPLAIN */
} PdJobSpec;

typedef struct {      /* what its kind gives; the rest is NULL or 0 */
    const char *text; /* the job's own copy */
    size_t text_bytes;
    GPtrArray *findings;   /* of PdFinding, by start; a callback may steal it */
    GPtrArray *candidates; /* of PdCandidate */
    PdExplanation *explanation;
    double *scores; /* [n_scores] */
    size_t n_scores;
    char **words;
    bool words_changed; /* PD_JOB_ADD_WORD: it was not there before; PD_JOB_REMOVE_WORD: it was */
    PdModel *model;     /* PD_JOB_MODEL: (nullable): none for that language */
} PdJobResult;

/* @result: NULL with @error set, PD_ERROR_*; both end with the call. */
typedef void (*PdJobDone)(PdJobResult *result, const GError *error, void *user_data);

/**
 * pd_worker_new:
 * @models_dir: (nullable): as pd_checker_new()
 * @words: the user's words; keeps a reference, the worker alone changes them
 *
 * Returns: (transfer full): never NULL; the thread runs
 */
PdWorker *pd_worker_new(const char *models_dir, PdWords *words, size_t cache_bytes);
/**
 * pd_worker_configure:
 * @models_dir: (nullable), @models: (nullable): as pd_checker_choose_models()
 *
 * From the next step on; what is loaded and cached is let go, and checks under way begin again.
 */
void pd_worker_configure(PdWorker *self, const char *models_dir, GHashTable *models,
                         size_t cache_bytes);

/*
 * Has the thread come round since the last call, which asked it to? Never waits for it. Between two
 * calls it has time for one step, a language's loading at the longest.
 */
bool pd_worker_is_alive(PdWorker *self);
/* Stops the current step, joins the thread; jobs not done get PD_ERROR_CANCELLED. NULL is fine. */
void pd_worker_free(PdWorker *self);

/**
 * pd_worker_push:
 * @error: PD_ERROR_BUSY: a limit of dbus/protocol.h would be passed; PD_ERROR_CANCELLED: the worker
 * is being freed
 *
 * Returns: the job, or NULL with @error set; @done is not called then
 */
PdJob *pd_worker_push(PdWorker *self, const PdJobSpec *spec, PdJobDone done, void *user_data,
                      GError **error);
/* Its callback comes soon, with PD_ERROR_CANCELLED, or with the result if words changed already. */
void pd_worker_cancel(PdWorker *self, PdJob *job);
size_t pd_worker_n_jobs(PdWorker *self); /* waiting, running, or to be called back */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdWorker, pd_worker_free)
