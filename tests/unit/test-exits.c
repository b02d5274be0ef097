/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sentences that leave the network between layers, in models made by a formula. */
#include "model/error.h"
#include "tests/unit/formula.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-4    /* of logits in float32 */
#define LEAST_WRONG 0.001 /* an exit's chance, and 1 - the largest */
#define N_SENTENCES 12

static const Shape with_exits = { 64, 64, 64, 3, 4, 128, 32, 4, 3, "F32", 0, { 0.0f, 0.0f } };

/* (element-type Tokens): sentences of 1 to 34 tokens; the longest do not fit 32 positions */
static GArray *
make_sentences(void)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Tokens));

    g_array_set_clear_func(all, (GDestroyNotify)formula_clear);
    for (guint32 s = 0; s < N_SENTENCES; s++) {
        Tokens tokens = formula_tokens(1 + 3 * s);

        tokens.sequence.may_leave = true;
        for (size_t t = 0; t < tokens.sequence.n_tokens; t++) {
            tokens.ids[t] = (int32_t)(FORMULA_SPECIAL + formula_number(2 * s, t) %
                                                            (with_exits.vocab - FORMULA_SPECIAL));
            tokens.types[t] = (uint8_t)(formula_number(2 * s + 1, t) % with_exits.types);
        }
        g_array_append_val(all, tokens);
    }
    return all;
}

static PdModel *
load_shape(const Shape *shape)
{
    g_autofree char *dir = formula_write(shape);
    PdModel *model = formula_load(dir);

    formula_remove(dir);
    return model;
}

/* (transfer full): an exit's logits of all tokens: of a model that ends where the exit is. */
static float *
run_to_exit(const GArray *all, size_t n_layers, size_t output)
{
    Shape shape = with_exits;
    g_autoptr(PdModel) model = NULL;

    shape.layers = n_layers;
    shape.labels = 1;
    shape.head_row = output;
    model = load_shape(&shape);
    return formula_run(model, all);
}

/* The largest logit of each sentence; those that do not fit the model never leave. */
static void
find_largest(const GArray *all, const float *logits, float *ret_largest)
{
    for (guint s = 0; s < all->len; s++) {
        const size_t n = g_array_index(all, Tokens, s).sequence.n_tokens;

        ret_largest[s] = n + 2 <= with_exits.positions ? -INFINITY : INFINITY;
        for (size_t t = 0; t < n; t++)
            ret_largest[s] = fmaxf(ret_largest[s], *logits++);
    }
}

static int
by_size(gconstpointer a, gconstpointer b)
{
    return (*(const float *)a > *(const float *)b) - (*(const float *)a < *(const float *)b);
}

/* A threshold that @n_below of the sentences are below. */
static float
threshold_for(const float *largest, size_t n_below)
{
    float sorted[N_SENTENCES];

    memcpy(sorted, largest, sizeof sorted);
    qsort(sorted, N_SENTENCES, sizeof *sorted, by_size);
    return 1.0f / (1.0f + expf(-(sorted[n_below - 1] + sorted[n_below]) / 2.0f));
}

/* @logits: [n_tokens, 3] of a sentence that left where @wrong ([n_tokens]) are an exit's logits */
static void
assert_left(const float *logits, const float *wrong, size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++, logits += 3) {
        const double chance = 1.0 / (1.0 + exp(-(double)wrong[t]));

        g_assert_true(fabs((double)pd_logits_wrong(logits, 3) -
                           CLAMP(chance, LEAST_WRONG, 1.0 - LEAST_WRONG)) <= TOLERANCE);
        g_assert_cmpfloat(logits[2], >, logits[1] + 20.0f); /* the last label is the kind */
    }
}

/* Four sentences leave at the first exit, some at the second, all others as without exits. */
static void
test_exits(void)
{
    g_autoptr(GArray) all = make_sentences();
    g_autofree float *wrong_1 = run_to_exit(all, 1, 0), *wrong_2 = run_to_exit(all, 2, 0);
    g_autofree float *doubt_1 = run_to_exit(all, 1, 1), *doubt_2 = run_to_exit(all, 2, 1);
    const float *const wrong[] = { wrong_1, wrong_2 }, *const doubt[] = { doubt_1, doubt_2 };
    Shape shape = with_exits;
    g_autoptr(PdModel) whole = load_shape(&shape), model = NULL;
    g_autofree float *full = formula_run(whole, all), *logits = NULL;
    float largest[2][N_SENTENCES];
    size_t n_left[3] = { 0 }, at = 0;

    for (size_t i = 0; i < 2; i++)
        find_largest(all, doubt[i], largest[i]);
    shape.thresholds[0] = threshold_for(largest[0], 4);
    shape.thresholds[1] = threshold_for(largest[1], 7);
    model = load_shape(&shape);
    logits = formula_run(model, all);
    for (guint s = 0; s < all->len; s++) {
        const size_t n = g_array_index(all, Tokens, s).sequence.n_tokens;
        size_t i = 0;

        while (i < 2 && largest[i][s] > logf(shape.thresholds[i] / (1.0f - shape.thresholds[i])))
            i++;
        n_left[i]++;
        if (i < 2)
            assert_left(logits + at * 3, wrong[i] + at, n);
        for (size_t k = 3 * at; i == 2 && k < 3 * (at + n); k++)
            g_assert_true(fabsf(logits[k] - full[k]) <= (float)TOLERANCE);
        at += n;
    }
    g_assert_cmpuint(n_left[0], ==, 4);
    g_assert_cmpuint(n_left[1], >, 0);
    g_assert_cmpuint(n_left[2], >=, 2); /* those that do not fit are among them */
}

/*
 * Who may not leave has bit for bit the same logits as without exits, whoever else leaves or not;
 * where all leave the pass ends, and the run can go on.
 */
static void
test_exits_are_asked_for(void)
{
    g_autoptr(GArray) all = make_sentences();
    Shape shape = with_exits;
    g_autoptr(PdModel) whole = load_shape(&shape), model = NULL;
    g_autoptr(PdRun) run = NULL;
    const PdSequence *shortest = &g_array_index(all, Tokens, 0).sequence;
    g_autofree float *full = NULL, *logits = NULL;
    size_t n_logits = 0;
    float left[3];
    int cancel = 1;

    shape.thresholds[0] = 0.9999999f;
    model = load_shape(&shape);
    run = pd_run_new(model);
    g_assert_false(pd_run_logits(run, shortest, 1, &cancel, left));
    g_assert_true(pd_run_logits(run, shortest, 1, NULL, left));
    g_assert_cmpfloat(left[2], >, left[1] + 20.0f);
    for (guint s = 0; s < all->len; s++) {
        g_array_index(all, Tokens, s).sequence.may_leave = false;
        n_logits += 3 * g_array_index(all, Tokens, s).sequence.n_tokens;
    }
    full = formula_run(whole, all);
    logits = formula_run(model, all);
    g_assert_cmpmem(logits, n_logits * sizeof(float), full, n_logits * sizeof(float));
}

static void
test_exit_threshold(void)
{
    Shape shape = with_exits;
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = NULL;

    shape.thresholds[1] = 1.0f;
    dir = formula_write(&shape);
    g_assert_null(pd_model_load(dir, &error));
    g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT);
    g_assert_true(strstr(error->message, "exit.2.threshold: 1 is not between 0 and 1") != NULL);
    formula_remove(dir);
}
int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_setenv("PD_KERNEL", "fp32", TRUE);
    g_test_add_func("/model/exits/leave-and-stay", test_exits);
    g_test_add_func("/model/exits/are-asked-for", test_exits_are_asked_for);
    g_test_add_func("/model/exits/threshold", test_exit_threshold);
    return g_test_run();
}
