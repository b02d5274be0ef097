/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench.c - times forward passes, or parts of them, one request at a time, so that it can take
 * turns with other programs
 *
 * bench MODEL_DIR
 *   Each line of standard input: sequences without [CLS] and [SEP], "|" between them, ID or ID:TYPE
 *   for each token (TYPE 0 if left out). Each line of standard output: seconds of their forward
 *   pass, then the logits, label by label of each token. The first line is of loading: seconds and
 *   the kernel that is used.
 * bench --repeat SECONDS MODEL_DIR
 *   The same lines; each is run again and again for SECONDS and at least four times. The answer is
 *   the seconds of each pass but the first, without logits.
 * bench --products SECONDS [--in-turn] MODEL_DIR
 *   Each line: a number of tokens. The answer is the seconds of all products of a pass over so
 *   many, without anything between them (products.h), as --repeat; with --in-turn, in the order of
 *   a pass.
 * bench --peak
 *   Operations a second of this processor, int8 and fp32 (peak.h), in one line.
 *
 * Seconds are time on the processor, of this one thread: what else runs does not count.
 */
#include "model/electra.h"
#include "tests/bench/peak.h"
#include "tests/bench/products.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LEAST_PASSES 4

/* Sequences of one line, side by side. */
typedef struct {
    int32_t *ids;
    uint8_t *types;
    PdSequence *sequences;
    size_t n_sequences;
    size_t n_tokens;
} Request;

static double
seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
request_done(Request *self)
{
    g_free(self->ids);
    g_free(self->types);
    g_free(self->sequences);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_done)

static void
request_read(Request *self, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    size_t n_words = g_strv_length(words);

    self->ids = g_new(int32_t, n_words + 1);
    self->types = g_new0(uint8_t, n_words + 1);
    self->sequences = g_new0(PdSequence, n_words + 1);
    self->sequences[0] = (PdSequence){ .ids = self->ids, .types = self->types };
    self->n_sequences = 1;
    for (size_t i = 0; i < n_words; i++) {
        char *rest;

        if (strcmp(words[i], "|") == 0) {
            self->sequences[self->n_sequences++] =
                (PdSequence){ .ids = self->ids + self->n_tokens,
                              .types = self->types + self->n_tokens };
            continue;
        }
        self->ids[self->n_tokens] = (int32_t)g_ascii_strtoll(words[i], &rest, 10);
        if (*rest == ':')
            self->types[self->n_tokens] = (uint8_t)g_ascii_strtoll(rest + 1, NULL, 10);
        self->sequences[self->n_sequences - 1].n_tokens++;
        self->n_tokens++;
    }
}

static double
run_once(PdRun *run, const Request *request, float *logits)
{
    const double start = seconds_now();

    (void)pd_run_logits(run, request->sequences, request->n_sequences, NULL, logits);
    return seconds_now() - start; /* nothing cancels it */
}

static void
print_logits(PdRun *run, size_t n_labels, const char *line)
{
    g_auto(Request) request = { 0 };
    g_autofree float *logits = NULL;

    request_read(&request, line);
    logits = g_new(float, request.n_tokens *n_labels);
    printf("%.6f", run_once(run, &request, logits));
    for (size_t i = 0; i < request.n_tokens * n_labels; i++)
        printf(" %.9g", (double)logits[i]);
    printf("\n");
}

static void
print_passes(PdRun *run, size_t n_labels, const char *line, double seconds)
{
    g_auto(Request) request = { 0 };
    g_autofree float *logits = NULL;
    double end;

    request_read(&request, line);
    logits = g_new(float, request.n_tokens *n_labels);
    (void)run_once(run, &request, logits);
    end = seconds_now() + seconds;
    for (size_t i = 1; i < LEAST_PASSES || seconds_now() < end; i++)
        printf("%.9f ", run_once(run, &request, logits));
    printf("\n");
}

static void
print_products(Products *products, const char *line, double seconds)
{
    const size_t n_tokens = (size_t)g_ascii_strtoull(line, NULL, 10);
    double end;

    products_run(products, n_tokens);
    end = seconds_now() + seconds;
    for (size_t i = 1; i < LEAST_PASSES || seconds_now() < end; i++) {
        const double start = seconds_now();

        products_run(products, n_tokens);
        printf("%.9f ", seconds_now() - start);
    }
    printf("\n");
}

/* Answers each line of standard input. */
static bool
answer_passes(const char *model_dir, double seconds, GError **error)
{
    const gint64 start_us = g_get_monotonic_time();
    g_autoptr(PdModel) model = pd_model_load(model_dir, error);
    g_autoptr(PdRun) run = NULL;
    g_autofree char *line = NULL;
    size_t size = 0;

    if (model == NULL)
        return false;
    run = pd_run_new(model);
    printf("%.6f %s\n", (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC,
           pd_model_kernel(model));
    fflush(stdout);
    while (getline(&line, &size, stdin) > 0) {
        if (seconds > 0)
            print_passes(run, pd_model_n_labels(model), g_strchomp(line), seconds);
        else
            print_logits(run, pd_model_n_labels(model), g_strchomp(line));
        fflush(stdout);
    }
    return true;
}

static bool
answer_products(const char *model_dir, bool in_turn, double seconds, GError **error)
{
    g_autoptr(Products) products = products_new(model_dir, in_turn, error);
    g_autofree char *line = NULL;
    size_t size = 0;

    if (products == NULL)
        return false;
    while (getline(&line, &size, stdin) > 0) {
        print_products(products, line, seconds);
        fflush(stdout);
    }
    return true;
}

int
main(int argc, char **argv)
{
    double repeat = 0, products = 0;
    gboolean in_turn = FALSE, peak = FALSE;
    const GOptionEntry entries[] = {
        { "repeat", 0, 0, G_OPTION_ARG_DOUBLE, &repeat, "Time passes of each line", "SECONDS" },
        { "products", 0, 0, G_OPTION_ARG_DOUBLE, &products, "Time products alone", "SECONDS" },
        { "in-turn", 0, 0, G_OPTION_ARG_NONE, &in_turn, "All layers' products in turn", NULL },
        { "peak", 0, 0, G_OPTION_ARG_NONE, &peak, "Time the processor", NULL },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("[MODEL_DIR]");
    g_autoptr(GError) error = NULL;
    bool fine;

    g_option_context_add_main_entries(options, entries, NULL);
    fine = g_option_context_parse(options, &argc, &argv, &error);
    if (fine && argc != (peak ? 1 : 2)) {
        fprintf(stderr, "%s: one MODEL_DIR is needed, none with --peak\n", argv[0]);
        return 2;
    }
    if (fine && peak)
        printf("%.0f %.0f\n", peak_int8(), peak_fp32());
    else if (fine && products > 0)
        fine = answer_products(argv[1], in_turn, products, &error);
    else if (fine)
        fine = answer_passes(argv[1], repeat, &error);
    if (fine)
        return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error->message);
    return 2;
}
