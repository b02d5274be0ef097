/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job.h"
#include "daemon/engine/error.h"

#include <string.h>

#define SCORE_STEP_BYTES 8192  /* texts scored in one turn; about the work of a check's step */
#define SMALL_BYTES 500        /* of a job that others make way for */
#define READ_APART_BYTES 16384 /* a text with markup: read in a millisecond */

/* --- jobs --- */

static char **
copy_strv(const char *const *strings)
{
    return strings != NULL ? g_strdupv((char **)strings) : NULL;
}

static size_t
strv_bytes(const char *const *strings)
{
    size_t n_bytes = 0;

    for (; strings != NULL && *strings != NULL; strings++)
        n_bytes += strlen(*strings) + sizeof(char *);
    return n_bytes;
}

/* What users wrote does not lie about in memory that was given back. */
static void
wipe(char *text, size_t n_bytes)
{
    if (text != NULL)
        explicit_bzero(text, n_bytes);
}

static void
wipe_strv(char **strings)
{
    for (; strings != NULL && *strings != NULL; strings++)
        wipe(*strings, strlen(*strings));
}

static Lane
lane_of(const PdJobSpec *spec, size_t cost_bytes)
{
    if (spec->kind == PD_JOB_CHECK)
        return spec->background ? LANE_BACKGROUND : LANE_SLOW;
    if (spec->kind == PD_JOB_EXPLAIN)
        return LANE_SLOW;
    return spec->kind == PD_JOB_SCORE && cost_bytes > SCORE_STEP_BYTES ? LANE_SLOW : LANE_QUICK;
}

/* A sentence or some, a word, a key that was pressed: there is somebody who waits. */
static bool
is_small(const PdJobSpec *spec, size_t cost_bytes)
{
    const Lane lane = lane_of(spec, cost_bytes);

    return lane == LANE_QUICK || (lane == LANE_SLOW && (spec->typed || cost_bytes <= SMALL_BYTES));
}

bool
pd_job_is_read_apart(const PdJobSpec *spec)
{
    return spec->options.format != PD_FORMAT_PLAIN && spec->text_bytes > READ_APART_BYTES &&
           (spec->kind == PD_JOB_CHECK || spec->kind == PD_JOB_SUGGEST ||
            spec->kind == PD_JOB_EXPLAIN);
}

size_t
pd_job_cost(const PdJobSpec *spec)
{
    return spec->text_bytes + strv_bytes(spec->texts) + strv_bytes(spec->options.disable) +
           strv_bytes(spec->options.words);
}

PdJob *
pd_job_new(const PdJobSpec *spec, PdJobDone done, void *user_data)
{
    PdJob *self = g_new0(PdJob, 1);

    self->kind = spec->kind;
    self->unbounded = spec->unbounded;
    self->language = g_strdup(spec->language);
    if (spec->text != NULL) {
        self->text = g_malloc(spec->text_bytes + 1);
        memcpy(self->text, spec->text, spec->text_bytes);
        self->text[spec->text_bytes] = '\0';
        self->text_bytes = spec->text_bytes;
    }
    self->start = spec->start;
    self->end = spec->end;
    self->texts = copy_strv(spec->texts);
    self->options = spec->options;
    self->options.disable = (const char *const *)(self->disable = copy_strv(spec->options.disable));
    self->options.words = (const char *const *)(self->words = copy_strv(spec->options.words));
    self->cost_bytes = pd_job_cost(spec);
    self->lane = lane_of(spec, self->cost_bytes);
    self->small = is_small(spec, self->cost_bytes);
    self->done = done;
    self->user_data = user_data;
    self->result.text = self->text;
    self->result.text_bytes = self->text_bytes;
    return self;
}

void
pd_job_free(PdJob *self)
{
    g_assert(self->check == NULL); /* it went with the thread */
    g_clear_pointer(&self->markup, pd_markup_free);
    g_clear_pointer(&self->result.findings, g_ptr_array_unref);
    g_clear_pointer(&self->result.candidates, g_ptr_array_unref);
    g_clear_pointer(&self->result.explanation, pd_explanation_free);
    g_clear_pointer(&self->result.model, pd_model_unref);
    g_strfreev(self->result.words);
    g_free(self->result.scores);
    g_clear_error(&self->error);
    g_free(self->language);
    wipe(self->text, self->text_bytes);
    g_free(self->text);
    wipe_strv(self->texts);
    g_strfreev(self->texts);
    g_strfreev(self->disable);
    wipe_strv(self->words);
    g_strfreev(self->words);
    g_free(self);
}

/* --- steps --- */

static bool
step_check(PdChecker *checker, PdJob *job)
{
    const int *cancel = job->lane == LANE_BACKGROUND ? &job->stop : &job->cancelled;
    bool done = false;

    if (job->check == NULL) {
        job->check = pd_check_new(checker, job->language, job->text, job->text_bytes, &job->options,
                                  &job->error);
        if (job->check == NULL || job->cost_bytes > SMALL_BYTES)
            return job->check == NULL; /* long texts: the others first */
    }
    if (!pd_check_step(job->check, cancel, &job->stop, &done, &job->error)) {
        if (g_atomic_int_get(&job->cancelled) == 0)
            g_clear_error(&job->error); /* broken off: once more later */
        return job->error != NULL;
    }
    if (done)
        job->result.findings = pd_check_take_findings(job->check);
    return done;
}

static bool
step_score(PdChecker *checker, PdJob *job)
{
    size_t n_texts = g_strv_length(job->texts);
    size_t first = job->result.n_scores;
    size_t next = first;
    size_t n_bytes = 0;

    if (job->result.scores == NULL)
        job->result.scores = g_new0(double, n_texts + 1);
    while (next < n_texts && (next == first || n_bytes < SCORE_STEP_BYTES))
        n_bytes += strlen(job->texts[next++]);
    if (!pd_checker_score(checker, job->language, (const char *const *)job->texts + first,
                          next - first, job->result.scores + first, &job->cancelled, &job->error))
        return true;
    job->result.n_scores = next;
    return next == n_texts;
}

static void
add_word(PdWords *words, PdJob *job)
{
    const char *const list[] = { job->text, NULL };
    gssize n_new = pd_words_add(words, list, &job->error);

    job->result.words_changed = n_new > 0;
}

static void
find_model(PdChecker *checker, PdJob *job)
{
    PdModel *model = pd_checker_model(checker, job->language, &job->error);

    if (model != NULL)
        job->result.model = pd_model_ref(model);
}

bool
pd_job_step(PdJob *job, PdChecker *checker, PdWords *words)
{
    switch (job->kind) {
    case PD_JOB_CHECK:
        return step_check(checker, job);
    case PD_JOB_SCORE:
        return step_score(checker, job);
    case PD_JOB_PREPARE:
        pd_checker_prepare(checker, job->language, &job->error);
        break;
    case PD_JOB_MODEL:
        find_model(checker, job);
        break;
    case PD_JOB_SUGGEST:
        job->result.candidates =
            pd_checker_suggest(checker, job->language, job->text, job->text_bytes, job->start,
                               job->end, &job->options, &job->cancelled, &job->error);
        break;
    case PD_JOB_EXPLAIN:
        job->result.explanation =
            pd_checker_explain(checker, job->language, job->text, job->text_bytes, job->start,
                               job->end, &job->options, &job->cancelled, &job->error);
        break;
    case PD_JOB_ADD_WORD:
        add_word(words, job);
        break;
    case PD_JOB_REMOVE_WORD:
        job->result.words_changed = pd_words_remove(words, job->text, &job->error);
        break;
    case PD_JOB_LIST_WORDS:
        job->result.words = pd_words_list(words);
        break;
    }
    return true;
}
