/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clients with jobs stand in a ring; the first one's first job gets one step, then both go to the
 * back. A client's jobs are in lanes: quick ones and slow ones take turns while it has both, so
 * neither a flood of quick jobs nor a long text holds up the other. While the small job of another
 * client waits, a step is one sentence, and a small job that comes breaks off a pass over several:
 * so whatever one client asks for, another waits for one sentence.
 *
 * Jobs in the background have a ring of their own. It gets its turn when the other is empty, or has
 * had many turns; a job that comes meanwhile breaks off its step, which is tried again later.
 * Hunspell's search for corrections cannot be broken off, so the background also rests between the
 * keys of who types.
 *
 * Long texts in other formats than plain are read by a thread of their own before their job goes
 * into its lane: reading cannot be broken off. It has one text of each client at a time.
 */
#include "daemon/engine/error.h"
#include "daemon/job.h"
#include "dbus/protocol.h"

#include <string.h>

#define REST_US G_USEC_PER_SEC /* without work, until memory is given back */
#define REST_STEPS 1000        /* as well: pages of files gather slowly */

#define MAX_FOREGROUND_TURNS 256 /* in a row, while the background waits */
#define TYPING_US (250 * 1000)   /* the next key comes within this, or a pause has begun */

typedef enum { RING_FOREGROUND, RING_BACKGROUND, N_RINGS } Ring;

struct PdWorkerClient {
    char *name;
    GQueue jobs[N_LANES];  /* of PdJob, borrowed */
    GQueue unread;         /* of PdJob, borrowed: to be read after the one that the reader has */
    bool is_read;          /* has the reader one? */
    Lane last_lane;        /* of the foreground */
    bool in_ring[N_RINGS]; /* may stand there with no jobs left after a cancel */
    unsigned n_jobs;       /* undelivered ones */
    unsigned n_counted;    /* of these, towards the limit */
    unsigned n_small;      /* waiting, small ones */
};

typedef struct PdWorkerClient Client;

struct PdWorker {
    GMutex lock; /* all below but what the thread owns */
    GCond wake;
    GThread *thread;
    GThreadPool *reader; /* one thread, of PdJob */
    bool quit;
    GHashTable *clients;         /* name -> Client */
    GQueue rings[N_RINGS];       /* of Client */
    unsigned n_small;            /* waiting, of all clients */
    unsigned n_foreground_turns; /* since the background had one */
    gint64 background_at_us;     /* monotonic time: it rests until then */
    GQueue cancelled;            /* of PdJob: to be finished before anything else */
    PdJob *running;
    GQueue finished; /* of PdJob: to be called back */
    size_t n_jobs, n_counted, n_bytes;
    GMainContext *context;
    GSource *delivery; /* (nullable): attached while there is something finished */
    PdWords *words;
    char *models_dir;
    GHashTable *models; /* (nullable) */
    size_t cache_bytes;
    bool reconfigured; /* the thread's checker is not of these */
    bool asked;        /* pd_worker_is_alive() waits for the thread to come round */
};

static Ring
ring_of(Lane lane)
{
    return lane == LANE_BACKGROUND ? RING_BACKGROUND : RING_FOREGROUND;
}

static void
client_free(gpointer data)
{
    Client *self = data;

    for (Lane lane = 0; lane < N_LANES; lane++)
        g_queue_clear(&self->jobs[lane]);
    g_queue_clear(&self->unread);
    g_free(self->name);
    g_free(self);
}

/* --- the queue; the lock is held --- */

static void
set_waiting(PdWorker *self, PdJob *job, bool waiting)
{
    job->waiting = waiting;
    if (!job->small)
        return;
    self->n_small += waiting ? 1 : -1u;
    job->client->n_small += waiting ? 1 : -1u;
}

static void
put_in_lane(PdWorker *self, PdJob *job)
{
    const Ring ring = ring_of(job->lane);
    Client *client = job->client;

    set_waiting(self, job, true);
    g_queue_push_tail(&client->jobs[job->lane], job);
    if (!client->in_ring[ring]) {
        client->in_ring[ring] = true;
        g_queue_push_tail(&self->rings[ring], client);
    }
}

/* The lane whose turn it is, of those that have jobs. */
static Lane
next_lane(Client *client, Ring ring)
{
    if (ring == RING_BACKGROUND)
        return LANE_BACKGROUND;
    client->last_lane = client->last_lane == LANE_QUICK ? LANE_SLOW : LANE_QUICK;
    if (g_queue_is_empty(&client->jobs[client->last_lane]))
        client->last_lane = client->last_lane == LANE_QUICK ? LANE_SLOW : LANE_QUICK;
    return client->last_lane;
}

static bool
has_jobs(const Client *client, Ring ring)
{
    for (Lane lane = 0; lane < N_LANES; lane++)
        if (ring_of(lane) == ring && client->jobs[lane].length > 0)
            return true;
    return false;
}

static PdJob *
take_from_ring(PdWorker *self, Ring ring)
{
    Client *client;

    while ((client = g_queue_pop_head(&self->rings[ring])) != NULL) {
        PdJob *job = g_queue_pop_head(&client->jobs[next_lane(client, ring)]);

        client->in_ring[ring] = has_jobs(client, ring);
        if (client->in_ring[ring])
            g_queue_push_tail(&self->rings[ring], client);
        if (job != NULL) {
            set_waiting(self, job, false);
            return job;
        }
    }
    return NULL;
}

static PdJob *
take_next(PdWorker *self)
{
    PdJob *job = g_queue_pop_head(&self->cancelled);

    if (job != NULL)
        return job;
    if (self->n_foreground_turns < MAX_FOREGROUND_TURNS) {
        self->n_foreground_turns++;
        job = take_from_ring(self, RING_FOREGROUND);
        if (job != NULL || g_get_monotonic_time() < self->background_at_us)
            return job;
    }
    self->n_foreground_turns = 0;
    job = take_from_ring(self, RING_BACKGROUND);
    return job != NULL ? job : take_from_ring(self, RING_FOREGROUND);
}

static gboolean deliver(gpointer user_data);

static void
finish(PdWorker *self, PdJob *job)
{
    g_clear_pointer(&job->check, pd_check_free);
    g_queue_push_tail(&self->finished, job);
    if (self->delivery == NULL && !self->quit) {
        self->delivery = g_idle_source_new();
        g_source_set_priority(self->delivery, G_PRIORITY_DEFAULT);
        g_source_set_callback(self->delivery, deliver, self, NULL);
        g_source_attach(self->delivery, self->context);
    }
}

static bool
is_cancelled(PdJob *job)
{
    return g_atomic_int_get(&job->cancelled) != 0;
}

static void
set_cancelled(PdJob *job)
{
    g_atomic_int_set(&job->cancelled, 1);
    g_atomic_int_set(&job->stop, 1);
}

/* Does a small job of another client wait? The background has its turn, or is broken off. */
static bool
others_wait(const PdWorker *self, const PdJob *job)
{
    return job->lane != LANE_BACKGROUND && self->n_small > job->client->n_small;
}

/* @n_steps: since it last rested */
static void
wait_for_work(PdWorker *self, PdChecker *checker, unsigned *n_steps)
{
    if (*n_steps > 0 && g_queue_is_empty(&self->rings[RING_BACKGROUND])) {
        if (g_cond_wait_until(&self->wake, &self->lock, g_get_monotonic_time() + REST_US))
            return;
        *n_steps = 0;
        g_mutex_unlock(&self->lock);
        pd_checker_rest(checker);
        g_mutex_lock(&self->lock);
        return;
    }
    if (g_queue_is_empty(&self->rings[RING_BACKGROUND]))
        g_cond_wait(&self->wake, &self->lock);
    else
        g_cond_wait_until(&self->wake, &self->lock, self->background_at_us);
}

static PdChecker *
checker_new(PdWorker *self)
{
    PdChecker *checker = pd_checker_new(self->models_dir, self->words, self->cache_bytes);

    pd_checker_choose_models(checker, self->models);
    self->reconfigured = false;
    return checker;
}

/* Forgets what was done of a job, since a check must not outlive its checker. */
static void
begin_again(gpointer data, gpointer user_data)
{
    PdJob *job = data;

    g_clear_pointer(&job->check, pd_check_free);
    job->result.n_scores = 0;
}

static void
replace_checker(PdWorker *self, PdChecker **checker)
{
    GHashTableIter iter;
    gpointer value;

    g_queue_foreach(&self->cancelled, begin_again, NULL);
    g_hash_table_iter_init(&iter, self->clients);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Client *client = value;

        for (Lane lane = 0; lane < N_LANES; lane++)
            g_queue_foreach(&client->jobs[lane], begin_again, NULL);
    }
    pd_checker_free(*checker);
    *checker = checker_new(self);
}

static void *
run(void *data)
{
    PdWorker *self = data;
    g_autoptr(PdChecker) checker = NULL;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);
    unsigned n_steps = 0;
    PdJob *job;

    checker = checker_new(self);
    while (!self->quit) {
        bool done;

        self->asked = false;
        if (self->reconfigured)
            replace_checker(self, &checker);
        job = take_next(self);
        if (job == NULL) {
            wait_for_work(self, checker, &n_steps);
            continue;
        }
        self->running = job;
        g_atomic_int_set(&job->stop, is_cancelled(job) || others_wait(self, job));
        g_mutex_unlock(&self->lock);
        done = is_cancelled(job) || pd_job_step(job, checker, self->words);
        if (++n_steps % REST_STEPS == 0)
            pd_checker_rest(checker);
        g_mutex_lock(&self->lock);
        self->running = NULL;
        if (done || is_cancelled(job))
            finish(self, job);
        else
            put_in_lane(self, job);
    }
    self->background_at_us = 0;
    while ((job = take_next(self)) != NULL) { /* checks must not outlive the checker */
        set_cancelled(job);
        finish(self, job);
    }
    return NULL;
}

/* --- the reader --- */

static bool
makes_way(const PdJob *running, const PdJob *job)
{
    if (running->lane == LANE_BACKGROUND)
        return job->lane != LANE_BACKGROUND;
    return job->small && job->client != running->client;
}

/* It can be worked on. The lock is held. */
static void
make_ready(PdWorker *self, PdJob *job)
{
    put_in_lane(self, job);
    if (self->running != NULL && makes_way(self->running, job))
        g_atomic_int_set(&self->running->stop, 1);
    g_cond_signal(&self->wake);
}

/* The lock is held. */
static void
read_next(PdWorker *self, Client *client)
{
    PdJob *job = client->is_read ? NULL : g_queue_pop_head(&client->unread);

    if (job == NULL)
        return;
    job->unread = false;
    client->is_read = true;
    g_thread_pool_push(self->reader, job, NULL);
}

static void
read_text(gpointer data, gpointer user_data)
{
    PdWorker *self = user_data;
    PdJob *job = data;
    g_autoptr(GMutexLocker) locker = NULL;

    if (!is_cancelled(job))
        job->markup = pd_markup_new(job->options.format, job->language, job->text, job->text_bytes);
    job->options.markup = job->markup;
    locker = g_mutex_locker_new(&self->lock);
    job->client->is_read = false;
    if (self->quit) { /* the thread may have ended */
        set_cancelled(job);
        finish(self, job);
        return;
    }
    read_next(self, job->client);
    make_ready(self, job);
}

/* --- on the main context --- */

/* Takes @job out of all counts. The lock is held. */
static void
forget(PdWorker *self, PdJob *job)
{
    Client *client = job->client;

    self->n_jobs--;
    client->n_jobs--;
    if (!job->unbounded) {
        self->n_counted--;
        client->n_counted--;
        self->n_bytes -= job->cost_bytes;
    }
    if (client->n_jobs > 0)
        return;
    for (Ring ring = 0; ring < N_RINGS; ring++)
        if (client->in_ring[ring])
            g_queue_remove(&self->rings[ring], client);
    g_hash_table_remove(self->clients, client->name);
}

static void
call_back(PdJob *job)
{
    g_autoptr(GError) cancelled = NULL;

    if (is_cancelled(job) && !job->result.words_changed) { /* what is done is done */
        cancelled = g_error_new_literal(PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
        job->done(NULL, cancelled, job->user_data);
    } else if (job->error != NULL) {
        job->done(NULL, job->error, job->user_data);
    } else {
        job->done(&job->result, NULL, job->user_data);
    }
    pd_job_free(job);
}

static void
deliver_all(PdWorker *self)
{
    for (;;) {
        PdJob *job;

        g_mutex_lock(&self->lock);
        job = g_queue_pop_head(&self->finished);
        if (job != NULL)
            forget(self, job);
        g_mutex_unlock(&self->lock);
        if (job == NULL)
            return;
        call_back(job);
    }
}

static gboolean
deliver(gpointer user_data)
{
    PdWorker *self = user_data;

    g_mutex_lock(&self->lock);
    g_clear_pointer(&self->delivery, g_source_unref); /* the next finish() makes another */
    g_mutex_unlock(&self->lock);
    deliver_all(self);
    return G_SOURCE_REMOVE;
}

PdWorker *
pd_worker_new(const char *models_dir, PdWords *words, size_t cache_bytes)
{
    PdWorker *self = g_new0(PdWorker, 1);

    g_assert(words != NULL);
    g_mutex_init(&self->lock);
    g_cond_init(&self->wake);
    self->clients = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, client_free);
    self->context = g_main_context_ref_thread_default();
    self->words = pd_words_ref(words);
    self->models_dir = g_strdup(models_dir);
    self->cache_bytes = cache_bytes;
    self->reader = g_thread_pool_new(read_text, self, 1, FALSE, NULL);
    self->thread = g_thread_new("proofd-worker", run, self);
    return self;
}

/* Jobs that the reader has not begun. The lock is held. */
static void
cancel_unread(PdWorker *self)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->clients);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Client *client = value;
        PdJob *job;

        while ((job = g_queue_pop_head(&client->unread)) != NULL) {
            set_cancelled(job);
            finish(self, job);
        }
    }
}

void
pd_worker_configure(PdWorker *self, const char *models_dir, GHashTable *models, size_t cache_bytes)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);

    g_free(self->models_dir);
    g_clear_pointer(&self->models, g_hash_table_unref);
    self->models_dir = g_strdup(models_dir);
    self->models = models != NULL ? g_hash_table_ref(models) : NULL;
    self->cache_bytes = cache_bytes;
    self->reconfigured = true;
    g_cond_signal(&self->wake);
}

bool
pd_worker_is_alive(PdWorker *self)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);
    const bool answered = !self->asked;

    self->asked = true;
    g_cond_signal(&self->wake);
    return answered;
}

static void
stop_thread(PdWorker *self)
{
    g_mutex_lock(&self->lock);
    self->quit = true;
    if (self->running != NULL)
        set_cancelled(self->running);
    g_cond_signal(&self->wake);
    cancel_unread(self);
    g_mutex_unlock(&self->lock);
    g_thread_pool_free(self->reader, FALSE, TRUE);
    g_thread_join(self->thread);
    if (self->delivery != NULL) {
        g_source_destroy(self->delivery);
        g_clear_pointer(&self->delivery, g_source_unref);
    }
}

void
pd_worker_free(PdWorker *self)
{
    if (self == NULL)
        return;
    stop_thread(self);
    deliver_all(self);
    g_hash_table_unref(self->clients);
    for (Ring ring = 0; ring < N_RINGS; ring++)
        g_queue_clear(&self->rings[ring]);
    g_main_context_unref(self->context);
    pd_words_unref(self->words);
    g_free(self->models_dir);
    g_clear_pointer(&self->models, g_hash_table_unref);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->wake);
    g_free(self);
}

static bool
check_limits(PdWorker *self, const PdJobSpec *spec, const Client *client, GError **error)
{
    size_t n_bytes = pd_job_cost(spec);

    if (self->quit) {
        g_set_error(error, PD_ERROR, PD_ERROR_CANCELLED, "the service is stopping");
        return false;
    }
    if (spec->unbounded)
        return true;
    if (client != NULL && client->n_counted >= PD_MAX_CALLS_PER_CLIENT)
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "%d calls of this client are waiting already",
                    PD_MAX_CALLS_PER_CLIENT);
    else if (self->n_counted >= PD_MAX_CALLS)
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "%d calls are waiting already", PD_MAX_CALLS);
    else if (n_bytes > PD_MAX_QUEUED_BYTES || self->n_bytes > PD_MAX_QUEUED_BYTES - n_bytes)
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "%d MiB of text are waiting already",
                    PD_MAX_QUEUED_BYTES / 1024 / 1024);
    else
        return true;
    return false;
}

static Client *
get_client(PdWorker *self, const char *name)
{
    Client *client = g_hash_table_lookup(self->clients, name);

    if (client == NULL) {
        client = g_new0(Client, 1);
        client->name = g_strdup(name);
        g_hash_table_insert(self->clients, client->name, client);
    }
    return client;
}

PdJob *
pd_worker_push(PdWorker *self, const PdJobSpec *spec, PdJobDone done, void *user_data,
               GError **error)
{
    g_autoptr(GMutexLocker) locker = NULL;
    bool allowed;
    PdJob *job;

    g_assert(spec->client != NULL && done != NULL);
    g_mutex_lock(&self->lock);
    allowed = check_limits(self, spec, g_hash_table_lookup(self->clients, spec->client), error);
    g_mutex_unlock(&self->lock);
    if (!allowed)
        return NULL;
    job = pd_job_new(spec, done, user_data);  /* copies up to 16 MiB: not under the lock */
    locker = g_mutex_locker_new(&self->lock); /* meanwhile the thread can only have made room */
    job->client = get_client(self, spec->client);
    job->client->n_jobs++;
    self->n_jobs++;
    if (!job->unbounded) {
        job->client->n_counted++;
        self->n_counted++;
        self->n_bytes += job->cost_bytes;
    }
    if (spec->typed)
        self->background_at_us = g_get_monotonic_time() + TYPING_US;
    if (!pd_job_is_read_apart(spec)) {
        make_ready(self, job);
        return job;
    }
    job->unread = true;
    g_queue_push_tail(&job->client->unread, job);
    read_next(self, job->client);
    return job;
}

void
pd_worker_cancel(PdWorker *self, PdJob *job)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);

    set_cancelled(job);
    if (job->unread) {
        g_queue_remove(&job->client->unread, job);
        finish(self, job);
        return;
    }
    if (!job->waiting)
        return; /* being read, running or done: the flag is enough */
    set_waiting(self, job, false);
    g_queue_remove(&job->client->jobs[job->lane], job);
    if (job->check == NULL) { /* its text must not wait for the thread's step to end */
        finish(self, job);
        return;
    }
    g_queue_push_tail(&self->cancelled, job); /* the thread frees its PdCheck */
    g_cond_signal(&self->wake);
}

size_t
pd_worker_n_jobs(PdWorker *self)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);

    return self->n_jobs;
}
