/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof batch: JSON lines in, JSON lines out, in order. One job asks the service; with more, each
 * has a checker of its own in this process. What is read ahead, and what is answered before its
 * turn to be written, is bounded: in lines and in bytes.
 */
#include "dbus/protocol.h"
#include "plugin/cli/backend.h"
#include "plugin/cli/command.h"
#include "plugin/cli/json-writer.h"
#include "plugin/cli/line-reader.h"
#include "plugin/cli/options.h"
#include "plugin/cli/progress.h"
#include "plugin/cli/report.h"
#include "plugin/cli/request.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS 256
#define AHEAD_A_JOB 512 /* lines: others go on for a while behind one that takes long */
#define AHEAD_BYTES (2 * PD_MAX_TEXT_BYTES)

typedef struct { /* a line on its way */
    size_t number;
    GString *line;
    GString *output; /* (nullable): what to write */
    char *message;   /* (nullable): what was wrong with it */
    size_t n_findings;
    guint64 n_read; /* bytes of input up to its end */
    bool done;
} Task;

typedef struct {
    PdOptions options;
    int n_jobs;
    PdBackend *backend;
    PdLineReader *reader;
    PdProgress progress;
    size_t n_texts;
    size_t n_with_findings;
    size_t n_bad;
    bool failed;  /* nobody takes the output any more: said, and all that is left to do is to end */
    GMutex mutex; /* what follows, and all above, is guarded by it while jobs run */
    GCond changed;
    GQueue tasks;          /* of Task, in order, read and not yet written */
    size_t n_line_bytes;   /* of their lines */
    size_t n_output_bytes; /* of the answers of those that are done */
    GAsyncQueue *idle;     /* of PdBackend: those that no job uses now */
} Batch;

static void
task_free(Task *self)
{
    if (self == NULL)
        return;
    g_string_free(self->line, TRUE);
    if (self->output != NULL)
        g_string_free(self->output, TRUE);
    g_free(self->message);
    g_free(self);
}

static void
batch_done(Batch *self)
{
    pd_options_done(&self->options);
    pd_line_reader_free(self->reader);
    if (self->idle != NULL)
        g_async_queue_unref(self->idle);
    pd_backend_free(self->backend);
    g_queue_clear_full(&self->tasks, (GDestroyNotify)task_free);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->changed);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Task, task_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_done)

static void
append_findings(PdJson *json, GPtrArray *findings)
{
    pd_json_begin(json, "findings", '[');
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        pd_json_begin(json, NULL, '{');
        pd_json_size(json, "start", finding->start);
        pd_json_size(json, "end", (size_t)finding->start + finding->length);
        pd_report_json_finding(json, finding);
        pd_json_end(json, '}');
    }
    pd_json_end(json, ']');
}

static void
answer(Task *task, const char *id, GPtrArray *findings, const char *message)
{
    PdJson json;

    if (message != NULL)
        task->message = g_strdup(message);
    if (id == NULL)
        return; /* nobody could tell whose answer it is */
    task->output = g_string_new(NULL);
    json = (PdJson)PD_JSON_INIT(task->output);
    pd_json_begin(&json, NULL, '{');
    pd_json_raw(&json, "id", id);
    if (findings != NULL)
        append_findings(&json, findings);
    else
        pd_json_string(&json, "error", message);
    pd_json_end(&json, '}');
    g_string_append_c(task->output, '\n');
}

/* In any thread, with a backend of its own. */
static void
process(const PdOptions *options, PdBackend *backend, Task *task)
{
    g_auto(PdRequest) request = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(ProofdOptions) wanted = pd_options_for_check(options);

    if (task->message != NULL) /* too long to be read */
        return;
    if (pd_request_parse(task->line->str, task->line->len, &request, &error)) {
        const char *language = request.language != NULL ? request.language : options->language;

        findings = pd_backend_check(backend, language, request.text, wanted, &error);
    }
    task->n_findings = findings != NULL ? findings->len : 0;
    answer(task, request.id, findings, error != NULL ? error->message : NULL);
}

static size_t
output_bytes(const Task *task)
{
    return task->output != NULL ? task->output->len : 0;
}

static void
emit(Batch *self, Task *task)
{
    self->n_texts++;
    self->n_with_findings += task->n_findings > 0;
    if (task->message != NULL) {
        self->n_bad++;
        pd_progress_clear(&self->progress);
        pd_say(_("line %zu: %s"), task->number, task->message);
    }
    pd_progress_update(&self->progress, task->n_read, self->n_texts);
    if (task->output != NULL && !self->failed &&
        fwrite(task->output->str, 1, task->output->len, stdout) < task->output->len)
        self->failed = !pd_flush_output(); /* which says why */
}

static void
flush(Batch *self)
{
    if (!self->failed)
        self->failed = !pd_flush_output();
}

static bool
is_blank(const GString *line)
{
    return strspn(line->str, " \t\r") == line->len;
}

/* (transfer full): NULL at the end, or with @error set */
static Task *
read_task(Batch *self, size_t *number, GError **error)
{
    g_autoptr(Task) task = g_new0(Task, 1);
    PdLineResult result;

    task->line = g_string_new(NULL);
    do {
        result = pd_line_reader_next(self->reader, task->line, error);
        ++*number;
    } while (result == PD_LINE_READ && is_blank(task->line));
    if (result == PD_LINE_END || result == PD_LINE_FAILED)
        return NULL;
    if (result == PD_LINE_TOO_LONG) {
        g_string_truncate(task->line, 0);
        task->message = g_strdup_printf("longer than %d bytes", PD_MAX_TEXT_BYTES);
    }
    task->number = *number;
    task->n_read = pd_line_reader_bytes(self->reader);
    return g_steal_pointer(&task);
}

static void
run_alone(Batch *self, GError **error)
{
    size_t number = 0;

    while (!self->failed) {
        g_autoptr(Task) task = read_task(self, &number, error);

        if (task == NULL)
            return;
        process(&self->options, self->backend, task);
        emit(self, task);
        if (!pd_line_reader_is_ready(self->reader))
            flush(self); /* whoever feeds us may be waiting for the answer */
    }
}

static bool
is_first(Batch *self, const Task *task)
{
    return g_queue_peek_head(&self->tasks) == task;
}

/* Returns: false: not worth doing any more */
static bool
begin_task(Batch *self, const Task *task)
{
    bool wanted;

    g_mutex_lock(&self->mutex);
    /* The first of all need not wait: jobs take tasks in order, so one of them has it. */
    while (self->n_output_bytes > AHEAD_BYTES && !is_first(self, task) && !self->failed)
        g_cond_wait(&self->changed, &self->mutex);
    wanted = !self->failed;
    g_mutex_unlock(&self->mutex);
    return wanted;
}

/* Writes what is done, up to the first that is not. */
static void
write_done(Batch *self)
{
    Task *head;

    while ((head = g_queue_peek_head(&self->tasks)) != NULL && head->done) {
        g_queue_pop_head(&self->tasks);
        self->n_line_bytes -= head->line->len;
        self->n_output_bytes -= output_bytes(head);
        emit(self, head);
        task_free(head);
    }
    flush(self); /* the next may take long, and somebody may be waiting for these */
    g_cond_broadcast(&self->changed);
}

/* A job's thread: the first that is done writes for those after it, too. */
static void
on_task(void *data, void *user_data)
{
    Task *task = data;
    Batch *self = user_data;
    bool first;

    if (begin_task(self, task)) {
        PdBackend *backend = g_async_queue_pop(self->idle);

        process(&self->options, backend, task);
        g_async_queue_push_front(self->idle, backend); /* what is loaded and warm is used first */
    }
    g_mutex_lock(&self->mutex);
    first = is_first(self, task);
    task->done = true;
    self->n_output_bytes += output_bytes(task);
    if (first)
        write_done(self);
    g_mutex_unlock(&self->mutex);
}

/* Returns: false: there is no use in reading on */
static bool
wait_for_room(Batch *self)
{
    const size_t max_tasks = (size_t)self->n_jobs * AHEAD_A_JOB;

    while (!self->failed && (self->tasks.length >= max_tasks || self->n_line_bytes > AHEAD_BYTES))
        g_cond_wait(&self->changed, &self->mutex);
    return !self->failed;
}

static void
read_ahead(Batch *self, GThreadPool *pool, GError **error)
{
    size_t number = 0;
    bool going = true;

    while (going) {
        Task *task = read_task(self, &number, error);

        if (task == NULL)
            return;
        g_mutex_lock(&self->mutex);
        g_queue_push_tail(&self->tasks, task);
        self->n_line_bytes += task->line->len;
        g_mutex_unlock(&self->mutex);
        g_thread_pool_push(pool, task,
                           NULL); /* a thread that cannot be made leaves it to the others */
        g_mutex_lock(&self->mutex);
        going = wait_for_room(self);
        g_mutex_unlock(&self->mutex);
    }
}

static void
run_jobs(Batch *self, GError **error)
{
    GThreadPool *pool;

    self->idle = g_async_queue_new_full((GDestroyNotify)pd_backend_free);
    for (int i = 1; i < self->n_jobs; i++)
        g_async_queue_push(self->idle, pd_backend_new_sibling(self->backend));
    g_async_queue_push_front(self->idle, g_steal_pointer(&self->backend));
    pool = g_thread_pool_new(on_task, self, self->n_jobs, FALSE, error);
    if (pool == NULL)
        return;
    read_ahead(self, pool, error);
    g_thread_pool_free(pool, FALSE, TRUE); /* waits for all */
}

static const char description[] =
    "Reads {\"id\": ..., \"text\": \"...\"} a line (\"language\" is optional), writes\n"
    "{\"id\": ..., \"findings\": [{\"start\", \"end\", \"kind\", \"rule\", \"confidence\", "
    "\"message\",\n"
    "\"replacements\", \"scores\"}]} a line, in the same order; positions are code points.\n"
    "A bad line is told on standard error, and answered by {\"id\": ..., \"error\": \"...\"}.";

static bool
begin(Batch *self, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &self->n_jobs,
          "Check N texts at once, in this process; 0: one a processor", "N" },
        { 0 },
    };

    if (!pd_options_parse(&self->options, PD_OPTIONS_LANGUAGE | PD_OPTIONS_CHECK, NULL, description,
                          entries, argc, argv))
        return false;
    if (self->options.rest != NULL) {
        pd_say(_("batch reads standard input, so \"%s\" has no place: proof batch < FILE"),
               self->options.rest[0]);
        return false;
    }
    if (self->n_jobs < 0 || self->n_jobs > MAX_JOBS) {
        pd_say(_("--jobs: %d is not in 0..%d"), self->n_jobs, MAX_JOBS);
        return false;
    }
    if (self->n_jobs == 0)
        self->n_jobs = MIN(g_get_num_processors(), MAX_JOBS);
    self->options.local |= self->n_jobs > 1;
    self->backend = pd_backend_new(&self->options, &error);
    if (self->backend == NULL ||
        !pd_backend_prepare(self->backend, self->options.language, &error)) {
        pd_say("%s", error->message);
        return false;
    }
    return true;
}

PdExit
pd_command_batch(int argc, char **argv)
{
    g_auto(Batch) batch = { .options = PD_OPTIONS_INIT, .n_jobs = 1 };
    g_autoptr(GError) error = NULL;

    g_mutex_init(&batch.mutex);
    g_cond_init(&batch.changed);
    g_queue_init(&batch.tasks);
    if (!begin(&batch, argc, argv))
        return PD_EXIT_TROUBLE;
    batch.reader = pd_line_reader_new(STDIN_FILENO, PD_MAX_TEXT_BYTES);
    pd_progress_init(&batch.progress, STDIN_FILENO, batch.options.quiet);
    if (batch.n_jobs > 1)
        run_jobs(&batch, &error);
    else
        run_alone(&batch, &error);
    pd_progress_clear(&batch.progress);
    if (error != NULL)
        pd_say(_("standard input: %s"), error->message);
    flush(&batch);
    if (batch.failed || error != NULL || batch.n_bad > 0)
        return PD_EXIT_TROUBLE;
    return batch.n_with_findings > 0 ? PD_EXIT_FINDINGS : PD_EXIT_NOTHING;
}
