/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/linear.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static float *
random_floats(GRand *rand, size_t n, double size)
{
    float *x = g_new(float, MAX(n, 1));

    for (size_t i = 0; i < n; i++)
        x[i] = (float)g_rand_double_range(rand, -size, size);
    return x;
}

static void
assert_all_near(const float *got, const float *want, size_t n, double tol)
{
    for (size_t i = 0; i < n; i++)
        g_assert_true(fabs((double)got[i] - (double)want[i]) <= tol); /* NaN fails, too */
}

static void
check_linear(GRand *rand, size_t n_rows, size_t n_in, size_t n_out, size_t width)
{
    g_autofree float *weight = random_floats(rand, n_in * n_out, 1.0);
    g_autofree float *x = random_floats(rand, n_rows * n_in, 1.0);
    g_autofree float *bias = random_floats(rand, n_out, 1.0);
    g_autofree float *want = g_new(float, n_rows *n_out);
    g_autofree float *got = g_new(float, n_rows *n_out + 1);
    g_autofree float *packed = g_new0(float, pd_linear_weight_floats(n_in, n_out, width));
    g_autofree float *padded = g_new0(float, pd_linear_bias_floats(n_out, width));
    PdLinear linear = { n_in, n_out, width, packed, padded };
    size_t half = n_out / 2; /* in two parts, as queries and keys come */

    memcpy(padded, bias, n_out * sizeof(float));
    pd_linear_pack(&linear, 0, half, weight);
    pd_linear_pack(&linear, half, n_out - half, weight + half * n_in);
    got[n_rows * n_out] = 12.5f;
    pd_linear(&linear, x, n_rows, got, n_out);
    pd_linear_plain(weight, bias, n_in, n_out, x, n_rows, want);
    assert_all_near(got, want, n_rows * n_out, 1e-5 * sqrt((double)n_in));
    g_assert_true(got[n_rows * n_out] == 12.5f); /* nothing is written past the end */
}

static void
test_linear(void)
{
    static const size_t rows[] = { 1, 2, 3, 4, 5, 6, 7, 12, 13, 18, 47, 130 };
    static const size_t outs[] = { 1, 2, 17, 63, 64, 65, 128, 200 };
    static const size_t ins[] = { 1, 3, 24, 128, 385 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);

    pd_linear_init();
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++)
        for (size_t o = 0; o < G_N_ELEMENTS(outs); o++)
            for (size_t i = 0; i < G_N_ELEMENTS(ins); i++) {
                check_linear(rand, rows[r], ins[i], outs[o], PD_PANEL);
                check_linear(rand, rows[r], ins[i], outs[o], outs[o]); /* OpenBLAS */
            }
    check_linear(rand, 20, 384, 1536, pd_linear_best_width(1536));
    check_linear(rand, 20, 1536, 384, pd_linear_best_width(384));
}

/* Shapes that the shipped network gives to pd_linear(): a row's outputs are bit for bit the same,
 * whatever rows stand beside it. So what is found in a sentence depends on that sentence alone. */
static void
check_rows(GRand *rand, size_t n_in, size_t n_out, size_t width)
{
    const size_t n_rows = 130;
    g_autofree float *weight = random_floats(rand, n_out * n_in, 1.0);
    g_autofree float *x = random_floats(rand, n_rows * n_in, 1.0);
    g_autofree float *all = g_new(float, n_rows *n_out), *some = g_new(float, n_rows *n_out);
    g_autofree float *packed = g_new0(float, pd_linear_weight_floats(n_in, n_out, width));
    g_autofree float *bias = random_floats(rand, pd_linear_bias_floats(n_out, width), 1.0);
    PdLinear linear = { n_in, n_out, width, packed, bias };

    pd_linear_pack(&linear, 0, n_out, weight);
    pd_linear(&linear, x, n_rows, all, n_out);
    for (size_t n = 1; n < 20; n++)
        for (size_t row = 0; row + n <= n_rows; row += n) {
            pd_linear(&linear, x + row * n_in, n, some, n_out);
            g_assert_cmpmem(some, n * n_out * sizeof(float), all + row * n_out,
                            n * n_out * sizeof(float));
        }
}

static void
test_rows_are_alone(void)
{
    static const size_t shapes[][2] = { { 384, 17 }, { 64, 2 }, { 384, 1 } };
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);

    pd_linear_init();
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        check_rows(rand, shapes[i][0], shapes[i][1], shapes[i][1]);
        check_rows(rand, shapes[i][0], shapes[i][1], pd_linear_best_width(shapes[i][1]));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/linear/shapes", test_linear);
    g_test_add_func("/model/linear/rows-are-alone", test_rows_are_alone);
    return g_test_run();
}
