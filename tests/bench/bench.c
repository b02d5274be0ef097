/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench.c - times forward passes for bench.py, one at a time, so that it can take turns with
 * another program
 *
 * bench MODEL_DIR. Each line of standard input: one sequence without [CLS] and [SEP], ID or ID:TYPE
 * for each token (TYPE 0 if left out). Each line of standard output: seconds of its forward pass,
 * then the logits, label by label of each token. The first line is of loading.
 */
#include "model/electra.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static void
run_line(PdRun *run, size_t n_labels, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    size_t n = g_strv_length(words);
    g_autofree int32_t *ids = g_new(int32_t, n);
    g_autofree uint8_t *types = g_new0(uint8_t, n);
    g_autofree float *logits = g_new(float, n *n_labels);
    PdSequence sequence = { ids, types, n };
    gint64 start_us;

    for (size_t i = 0; i < n; i++) {
        char *rest;

        ids[i] = (int32_t)g_ascii_strtoll(words[i], &rest, 10);
        if (*rest == ':')
            types[i] = (uint8_t)g_ascii_strtoll(rest + 1, NULL, 10);
    }
    start_us = g_get_monotonic_time();
    (void)pd_run_logits(run, &sequence, 1, NULL, logits); /* nothing cancels it */
    printf("%.6f", (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC);
    for (size_t i = 0; i < n * n_labels; i++)
        printf(" %.9g", (double)logits[i]);
    printf("\n");
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdModel) model = NULL;
    g_autoptr(PdRun) run = NULL;
    gint64 start_us = g_get_monotonic_time();
    char line[65536];

    if (argc != 2) {
        fprintf(stderr, "usage: %s MODEL_DIR\n", argv[0]);
        return 2;
    }
    model = pd_model_load(argv[1], &error);
    if (model == NULL) {
        fprintf(stderr, "%s: %s\n", argv[0], error->message);
        return 2;
    }
    run = pd_run_new(model);
    printf("%.6f\n", (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        run_line(run, pd_model_n_labels(model), g_strchomp(line));
    return 0;
}
