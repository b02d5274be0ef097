/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * job.h - one call for the worker: what was asked, how far it is, what came out
 *
 * worker.c queues jobs; job.c makes them and does their work, a step at a time.
 */
#pragma once

#include "daemon/worker.h"

typedef enum { LANE_QUICK, LANE_SLOW, LANE_BACKGROUND, N_LANES } Lane;

struct PdJob {
    PdJobKind kind;
    Lane lane;
    struct PdWorkerClient *client;
    bool unbounded;
    bool small;   /* others make way for it */
    bool waiting; /* in its lane: not with the thread */
    bool unread;  /* in its client's queue for the reader */
    char *language;
    char *text;
    size_t text_bytes;
    size_t start, end;
    char **texts;
    size_t cost_bytes;
    PdCheckOptions options;
    char **disable, **words; /* what @options points to */
    PdJobDone done;
    void *user_data;
    int cancelled;    /* atomic */
    int stop;         /* atomic; polled by the engine: cancelled, or others wait */
    PdMarkup *markup; /* (nullable): of a text read apart; what @options points to */
    PdCheck *check;   /* the thread's, from the first step to the last */
    PdJobResult result;
    GError *error;
};

/* Copies what @spec has. (transfer full) */
PdJob *pd_job_new(const PdJobSpec *spec, PdJobDone done, void *user_data);
void pd_job_free(PdJob *self);

size_t pd_job_cost(const PdJobSpec *spec); /* bytes of text that it holds while it waits */
/* Has it a long text with markup, which the reader takes out before there is a step? */
bool pd_job_is_read_apart(const PdJobSpec *spec);

/* On the thread. Returns: is it done, one way or the other? */
bool pd_job_step(PdJob *self, PdChecker *checker, PdWords *words);
