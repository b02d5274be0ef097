/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/error.h"
#include "daemon/worker.h"
#include "dbus/protocol.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    PdWorker *worker;
    GString *order; /* a letter for each job called back */
} Bench;

typedef struct {
    Bench *bench;
    char letter;
    unsigned n_called;
    int error_code; /* -1: none */
    unsigned n_findings;
    size_t n_scores;
    double first_score;
    unsigned n_candidates;
    unsigned n_contributions;
    char **words;
} Answer;

static void
on_done(PdJobResult *result, const GError *error, void *user_data)
{
    Answer *answer = user_data;

    g_assert_true((result == NULL) == (error != NULL));
    answer->n_called++;
    answer->error_code = error != NULL ? error->code : -1;
    g_string_append_c(answer->bench->order, answer->letter);
    if (result == NULL)
        return;
    answer->n_findings = result->findings != NULL ? result->findings->len : 0;
    answer->n_candidates = result->candidates != NULL ? result->candidates->len : 0;
    answer->n_contributions =
        result->explanation != NULL ? result->explanation->contributions->len : 0;
    answer->n_scores = result->n_scores;
    answer->first_score = result->n_scores > 0 ? result->scores[0] : 1;
    answer->words = g_strdupv(result->words);
}

static void
bench_up(Bench *self)
{
    g_autofree char *path = NULL;
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(PdWords) words = NULL;

    self->dir = g_dir_make_tmp("proofd-worker-XXXXXX", NULL);
    path = g_build_filename(self->dir, "words.txt", NULL);
    words = pd_words_open(path, NULL);
    g_assert_nonnull(words);
    self->worker = pd_worker_new(models, words, 1024 * 1024);
    self->order = g_string_new(NULL);
}

static void
bench_down(Bench *self)
{
    g_autofree char *path = g_build_filename(self->dir, "words.txt", NULL);

    pd_worker_free(self->worker);
    g_string_free(self->order, TRUE);
    g_unlink(path);
    g_rmdir(self->dir);
    g_free(self->dir);
}

static PdJobSpec
spec_for(PdJobKind kind, const char *client, const char *text)
{
    PdJobSpec spec = { .kind = kind, .client = client, .language = "en_US", .text = text };

    spec.text_bytes = text != NULL ? strlen(text) : 0;
    spec.options = (PdCheckOptions)PD_CHECK_OPTIONS_INIT;
    spec.options.max_candidates = 0;
    return spec;
}

static PdJob *
push(Bench *self, Answer *answer, char letter, const PdJobSpec *spec)
{
    g_autoptr(GError) error = NULL;
    PdJob *job;

    answer->bench = self;
    answer->letter = letter;
    job = pd_worker_push(self->worker, spec, on_done, answer, &error);
    g_assert_no_error(error);
    return job;
}

static void
wait_all(Bench *self)
{
    while (pd_worker_n_jobs(self->worker) > 0)
        g_main_context_iteration(NULL, TRUE);
}

/* Distinct sentences, so that the cache is of no help. */
static char *
long_text(unsigned n_sentences)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n_sentences; i++)
        g_string_append_printf(text, "In the year %u they recieve letter number %u from home. ", i,
                               i);
    return g_string_free(text, FALSE);
}

static void
test_kinds(void)
{
    static const char *const texts[] = { "He goes home.", "", NULL };
    Bench bench;
    Answer check = { 0 }, suggest = { 0 }, score = { 0 }, model = { 0 }, unknown = { 0 };
    Answer explain = { 0 };
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "I recieve it.");
    push(&bench, &check, 'c', &spec);
    spec = spec_for(PD_JOB_SUGGEST, ":1.1", "I recieve it.");
    spec.start = 2;
    spec.end = 9;
    spec.options.max_candidates = 3;
    push(&bench, &suggest, 's', &spec);
    spec.kind = PD_JOB_EXPLAIN;
    push(&bench, &explain, 'e', &spec);
    spec = spec_for(PD_JOB_SCORE, ":1.1", NULL);
    spec.texts = texts;
    push(&bench, &score, 'n', &spec);
    spec = spec_for(PD_JOB_MODEL, ":1.1", NULL);
    push(&bench, &model, 'm', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "x");
    spec.language = "xx_XX";
    push(&bench, &unknown, 'u', &spec);
    wait_all(&bench);
    g_assert_cmpint(check.error_code, ==, -1);
    g_assert_cmpuint(check.n_findings, >=, 1);
    g_assert_cmpuint(suggest.n_candidates, >=, 1);
    g_assert_cmpuint(explain.n_contributions, ==, 3);
    g_assert_cmpuint(score.n_scores, ==, 2);
    g_assert_cmpfloat(score.first_score, <=, 0);
    g_assert_cmpint(model.error_code, ==, -1);
    g_assert_cmpint(unknown.error_code, ==, PD_ERROR_UNKNOWN_LANGUAGE);
    bench_down(&bench);
}

static void
test_words(void)
{
    Bench bench;
    Answer add = { 0 }, bad = { 0 }, list = { 0 }, check = { 0 }, gone = { 0 }, missing = { 0 };
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_ADD_WORD, ":1.1", "recieve");
    push(&bench, &add, 'a', &spec);
    spec = spec_for(PD_JOB_ADD_WORD, ":1.1", "two words");
    push(&bench, &bad, 'b', &spec);
    spec = spec_for(PD_JOB_LIST_WORDS, ":1.1", NULL);
    push(&bench, &list, 'l', &spec);
    wait_all(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "I recieve it.");
    spec.options.disable = (const char *const[]){ "other", NULL };
    push(&bench, &check, 'c', &spec);
    spec = spec_for(PD_JOB_REMOVE_WORD, ":1.1", "recieve");
    push(&bench, &gone, 'r', &spec);
    push(&bench, &missing, 'r', &spec);
    wait_all(&bench);
    g_assert_cmpint(add.error_code, ==, -1);
    g_assert_cmpint(bad.error_code, ==, PD_ERROR_INVALID_TEXT);
    g_assert_cmpstr(list.words[0], ==, "recieve");
    g_assert_null(list.words[1]);
    g_assert_cmpint(check.error_code, ==, -1);
    g_assert_cmpint(gone.error_code, ==, -1);
    g_assert_cmpint(missing.error_code, ==, PD_ERROR_NOT_FOUND);
    g_strfreev(list.words);
    bench_down(&bench);
}

/* A long text first, then small ones of another client and of the same: they do not wait for it. */
static void
test_fair(void)
{
    g_autofree char *text = long_text(400);
    Bench bench;
    Answer slow = { 0 }, other = { 0 }, same = { 0 }, quick = { 0 };
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    push(&bench, &slow, 'L', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.2", "A small text.");
    push(&bench, &other, 'o', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "Another small text.");
    push(&bench, &same, 's', &spec);
    spec = spec_for(PD_JOB_LIST_WORDS, ":1.1", NULL);
    push(&bench, &quick, 'q', &spec);
    wait_all(&bench);
    g_assert_cmpuint(bench.order->len, ==, 4);
    g_assert_cmpint(bench.order->str[3], ==, 'L');
    g_assert_cmpuint(slow.n_findings, >=, 400);
    g_strfreev(quick.words);
    bench_down(&bench);
}

/* One client asks for much of everything; another then waits for one of its sentences at most. */
static void
test_fair_in_all_lanes(void)
{
    g_autofree char *text = long_text(400);
    Answer flood[20] = { 0 }, other = { 0 };
    const char *place;
    Bench bench;
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    push(&bench, &flood[0], 'L', &spec); /* loads the model: all the others come meanwhile */
    for (unsigned i = 1; i < G_N_ELEMENTS(flood); i++) {
        spec = spec_for(i % 2 == 0 ? PD_JOB_CHECK : PD_JOB_SUGGEST, ":1.1", "I recieve it.");
        spec.end = 1;
        push(&bench, &flood[i], 'f', &spec);
    }
    spec = spec_for(PD_JOB_CHECK, ":1.2", "A small text.");
    push(&bench, &other, 'o', &spec);
    wait_all(&bench);
    place = strchr(bench.order->str, 'o');
    g_assert_cmpuint(bench.order->len, ==, G_N_ELEMENTS(flood) + 1);
    g_assert_cmpint(place - bench.order->str, <=, 1);
    bench_down(&bench);
}

/* A long text in the background, then a small one of the same client, which breaks off its step. */
static void
test_background(void)
{
    g_autofree char *text = long_text(200);
    Bench bench;
    Answer alone = { 0 }, behind = { 0 }, first = { 0 };
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    spec.background = true;
    push(&bench, &behind, 'b', &spec);
    for (unsigned i = 0; i < 5; i++) {
        spec = spec_for(PD_JOB_CHECK, ":1.1", "I recieve a small text.");
        push(&bench, &first, 'f', &spec);
        while (first.n_called <= i)
            g_main_context_iteration(NULL, TRUE);
    }
    wait_all(&bench);
    g_assert_cmpint(bench.order->str[5], ==, 'b');
    g_assert_cmpuint(behind.n_called, ==, 1);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    push(&bench, &alone, 'a', &spec);
    wait_all(&bench);
    g_assert_cmpuint(behind.n_findings, ==, alone.n_findings);
    bench_down(&bench);
}

/* Many turns of others, or keys, do not keep the background waiting for ever. */
static void
test_background_goes_on(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Bench bench;
    Answer slow = { 0 }, behind = { 0 };
    PdJobSpec spec;

    for (unsigned i = 0; i < 3000; i++) /* without a model each is soon done */
        g_string_append_printf(text, "Das ist das Haus mit der Nummer %u. ", i);
    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text->str);
    spec.language = "de_DE";
    spec.typed = true;
    push(&bench, &slow, 's', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.2", "Das ist das Haus.");
    spec.language = "de_DE";
    spec.background = true;
    push(&bench, &behind, 'b', &spec);
    wait_all(&bench);
    g_assert_cmpstr(bench.order->str, ==, "bs");
    bench_down(&bench);
}

static void
test_cancel(void)
{
    g_autofree char *text = long_text(800);
    Bench bench;
    Answer running = { 0 }, waiting = { 0 };
    PdJobSpec spec;
    PdJob *first, *second;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    first = push(&bench, &running, 'r', &spec);
    second = push(&bench, &waiting, 'w', &spec);
    pd_worker_cancel(bench.worker, second);
    while (waiting.n_called == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(running.n_called, ==, 0);
    pd_worker_cancel(bench.worker, first);
    wait_all(&bench);
    g_assert_cmpint(running.error_code, ==, PD_ERROR_CANCELLED);
    g_assert_cmpint(waiting.error_code, ==, PD_ERROR_CANCELLED);
    bench_down(&bench);
}

/* A word that is stored already is reported, not hidden behind Cancelled. */
static void
test_cancel_stored(void)
{
    g_autofree char *path = NULL;
    Bench bench;
    Answer add = { 0 };
    PdJobSpec spec;
    PdJob *job;

    bench_up(&bench);
    path = g_build_filename(bench.dir, "words.txt", NULL);
    spec = spec_for(PD_JOB_ADD_WORD, ":1.1", "recieve");
    job = push(&bench, &add, 'a', &spec);
    while (!g_file_test(path, G_FILE_TEST_EXISTS))
        g_usleep(1000);
    pd_worker_cancel(bench.worker, job);
    wait_all(&bench);
    g_assert_cmpint(add.error_code, ==, -1);
    bench_down(&bench);
}

/* What waits is freed when it is cancelled, even while the thread is busy with a long step. */
static void
test_cancel_many(void)
{
    g_autofree char *text = long_text(800);
    g_autofree char *spaces = g_strnfill(1024 * 1024, ' ');
    Answer slow = { 0 }, answers[200] = { 0 };
    Bench bench;
    PdJobSpec spec;
    PdJob *first;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    first = push(&bench, &slow, 's', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.1", spaces);
    spec.unbounded = true;
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        pd_worker_cancel(bench.worker, push(&bench, &answers[i], 'x', &spec));
        while (g_main_context_iteration(NULL, FALSE))
            ;
        g_assert_cmpuint(pd_worker_n_jobs(bench.worker), <=, 4);
    }
    if (slow.n_called == 0) /* or it is done, and freed */
        pd_worker_cancel(bench.worker, first);
    wait_all(&bench);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        g_assert_cmpuint(answers[i].n_called, ==, 1);
    bench_down(&bench);
}

static void
assert_busy(Bench *self, const PdJobSpec *spec)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(pd_worker_push(self->worker, spec, on_done, NULL, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_BUSY);
}

static void
test_limit_per_client(void)
{
    Bench bench;
    Answer answers[PD_MAX_CALLS_PER_CLIENT] = { 0 }, other = { 0 }, document = { 0 }, later = { 0 };
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "Text.");
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        push(&bench, &answers[i], 'x', &spec);
    assert_busy(&bench, &spec);
    spec.unbounded = true;
    push(&bench, &document, 'd', &spec);
    spec.unbounded = false;
    spec.client = ":1.2";
    push(&bench, &other, 'o', &spec);
    wait_all(&bench);
    spec.client = ":1.1";
    push(&bench, &later, 'l', &spec); /* room again */
    wait_all(&bench);
    g_assert_cmpuint(bench.order->len, ==, PD_MAX_CALLS_PER_CLIENT + 3);
    bench_down(&bench);
}

static void
test_limit_of_all(void)
{
    g_autofree Answer *answers = g_new0(Answer, PD_MAX_CALLS);
    Bench bench;
    PdJobSpec spec;

    bench_up(&bench);
    for (size_t i = 0; i < PD_MAX_CALLS; i++) {
        g_autofree char *client = g_strdup_printf(":1.%zu", i);

        spec = spec_for(PD_JOB_LIST_WORDS, client, NULL);
        push(&bench, &answers[i], 'x', &spec);
    }
    spec.client = ":2.1";
    assert_busy(&bench, &spec);
    wait_all(&bench);
    for (size_t i = 0; i < PD_MAX_CALLS; i++) {
        g_assert_cmpuint(answers[i].n_called, ==, 1);
        g_strfreev(answers[i].words);
    }
    bench_down(&bench);
}

static void
test_limit_of_bytes(void)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, ' ');
    enum { N = PD_MAX_QUEUED_BYTES / PD_MAX_TEXT_BYTES };
    Answer answers[N] = { 0 };
    Bench bench;
    PdJobSpec spec;
    PdJob *jobs[N];

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    for (size_t i = 0; i < N; i++)
        jobs[i] = push(&bench, &answers[i], 'x', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.2", "x");
    assert_busy(&bench, &spec);
    for (size_t i = 0; i < N; i++)
        pd_worker_cancel(bench.worker, jobs[i]);
    wait_all(&bench);
    bench_down(&bench);
}

/* Freed with work left: every callback comes, once. */
static void
test_free(void)
{
    g_autofree char *text = long_text(800);
    Answer answers[3] = { 0 };
    Bench bench;
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        push(&bench, &answers[i], 'x', &spec);
    g_usleep(50000); /* so that one is likely to run; either way it must end well */
    bench_down(&bench);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_assert_cmpuint(answers[i].n_called, ==, 1);
        g_assert_cmpint(answers[i].error_code, ==, PD_ERROR_CANCELLED);
    }
}

/* Also while the background rests. */
static void
test_free_while_typing(void)
{
    g_autofree char *text = long_text(800);
    Answer typed = { 0 }, behind = { 0 };
    Bench bench;
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    spec.background = true;
    push(&bench, &behind, 'b', &spec);
    spec = spec_for(PD_JOB_CHECK, ":1.1", "A small text.");
    spec.typed = true;
    push(&bench, &typed, 't', &spec);
    bench_down(&bench);
    g_assert_cmpuint(typed.n_called, ==, 1);
    g_assert_cmpuint(behind.n_called, ==, 1);
    g_assert_cmpint(behind.error_code, ==, PD_ERROR_CANCELLED);
}

/* Settings change while a text is being checked: it is checked once more, and answered once. */
static void
test_configure(void)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autofree char *text = long_text(100);
    g_autoptr(GHashTable) chosen = g_hash_table_new(g_str_hash, g_str_equal);
    Answer slow = { 0 }, model = { 0 }, broken = { 0 };
    Bench bench;
    PdJobSpec spec;

    bench_up(&bench);
    spec = spec_for(PD_JOB_CHECK, ":1.1", text);
    push(&bench, &slow, 's', &spec);
    for (unsigned i = 0; i < 3; i++) {
        pd_worker_configure(bench.worker, models, NULL, 1024 * 1024);
        g_usleep(10000);
    }
    wait_all(&bench);
    g_assert_cmpuint(slow.n_called, ==, 1);
    g_assert_cmpint(slow.error_code, ==, -1);
    g_assert_cmpuint(slow.n_findings, >=, 100);
    g_hash_table_insert(chosen, (gpointer) "en", (gpointer) "gone");
    pd_worker_configure(bench.worker, models, chosen, 1024 * 1024);
    spec = spec_for(PD_JOB_MODEL, ":1.1", NULL);
    push(&bench, &broken, 'b', &spec);
    wait_all(&bench);
    g_assert_cmpint(broken.error_code, ==, PD_ERROR_MODEL_BROKEN);
    pd_worker_configure(bench.worker, models, NULL, 0);
    push(&bench, &model, 'm', &spec);
    wait_all(&bench);
    g_assert_cmpint(model.error_code, ==, -1);
    bench_down(&bench);
}

/* With nothing to do it comes round when it is asked, so the second question is answered. */
static void
test_is_alive(void)
{
    Bench bench;

    bench_up(&bench);
    g_assert_true(pd_worker_is_alive(bench.worker)); /* asked for the first time */
    for (unsigned i = 0; i < 3; i++)
        while (!pd_worker_is_alive(bench.worker))
            g_usleep(1000);
    bench_down(&bench);
}

/* Long enough for the reader, and one sentence to check. */
static char *
long_markdown(void)
{
    g_autofree char *fence = g_strnfill(1024 * 1024, '-');

    return g_strconcat("I recieve *it*.\n\n```\n", fence, "\n```\n", NULL);
}

static PdJobSpec
spec_of_markdown(PdJobKind kind, const char *client, const char *text)
{
    PdJobSpec spec = spec_for(kind, client, text);

    spec.options.format = PD_FORMAT_MARKDOWN;
    spec.options.max_candidates = 3;
    spec.start = 2;
    spec.end = 9;
    return spec;
}

static void
test_read_apart(void)
{
    g_autofree char *text = long_markdown();
    Answer checks[3] = { 0 }, suggest = { 0 }, explain = { 0 };
    Bench bench;
    PdJobSpec spec = spec_of_markdown(PD_JOB_CHECK, ":1.1", text);

    bench_up(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(checks); i++)
        push(&bench, &checks[i], (char)('1' + i), &spec);
    spec = spec_of_markdown(PD_JOB_SUGGEST, ":1.2", text);
    push(&bench, &suggest, 's', &spec);
    spec = spec_of_markdown(PD_JOB_EXPLAIN, ":1.2", text);
    push(&bench, &explain, 'e', &spec);
    wait_all(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_assert_cmpint(checks[i].error_code, ==, -1);
        g_assert_cmpuint(checks[i].n_findings, ==, 1);
    }
    g_assert_cmpuint(suggest.n_candidates, >=, 1);
    g_assert_cmpuint(explain.n_contributions, ==, 3);
    bench_down(&bench);
}

/* The first is with the reader or done, the others wait for it. */
static void
test_cancel_unread(void)
{
    g_autofree char *text = long_markdown();
    Answer answers[4] = { 0 };
    PdJob *jobs[G_N_ELEMENTS(answers)];
    Bench bench;
    PdJobSpec spec = spec_of_markdown(PD_JOB_CHECK, ":1.1", text);

    bench_up(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++)
        jobs[i] = push(&bench, &answers[i], (char)('1' + i), &spec);
    pd_worker_cancel(bench.worker, jobs[0]);
    pd_worker_cancel(bench.worker, jobs[2]);
    wait_all(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_assert_cmpuint(answers[i].n_called, ==, 1);
        g_assert_cmpint(answers[i].error_code, ==, i % 2 == 0 ? PD_ERROR_CANCELLED : -1);
    }
    bench_down(&bench);
}

static void
test_free_unread(void)
{
    g_autofree char *text = long_markdown();
    Answer answers[4] = { 0 };
    Bench bench;

    bench_up(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        const PdJobSpec spec = spec_of_markdown(PD_JOB_CHECK, i < 2 ? ":1.1" : ":1.2", text);

        push(&bench, &answers[i], (char)('1' + i), &spec);
    }
    bench_down(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_assert_cmpuint(answers[i].n_called, ==, 1);
        g_assert_cmpint(answers[i].error_code, ==, PD_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/worker/kinds", test_kinds);
    g_test_add_func("/worker/words", test_words);
    g_test_add_func("/worker/fair", test_fair);
    g_test_add_func("/worker/fair-in-all-lanes", test_fair_in_all_lanes);
    g_test_add_func("/worker/background", test_background);
    g_test_add_func("/worker/background-goes-on", test_background_goes_on);
    g_test_add_func("/worker/cancel", test_cancel);
    g_test_add_func("/worker/cancel-stored", test_cancel_stored);
    g_test_add_func("/worker/cancel-many", test_cancel_many);
    g_test_add_func("/worker/limit-per-client", test_limit_per_client);
    g_test_add_func("/worker/limit-of-all", test_limit_of_all);
    g_test_add_func("/worker/limit-of-bytes", test_limit_of_bytes);
    g_test_add_func("/worker/configure", test_configure);
    g_test_add_func("/worker/is-alive", test_is_alive);
    g_test_add_func("/worker/free", test_free);
    g_test_add_func("/worker/free-while-typing", test_free_while_typing);
    g_test_add_func("/worker/read-apart", test_read_apart);
    g_test_add_func("/worker/cancel-unread", test_cancel_unread);
    g_test_add_func("/worker/free-unread", test_free_unread);
    return g_test_run();
}
