/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kernels.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* <= rather than !(>): a NaN must fail the test */
#define assert_near(got, want, tol) g_assert_true(fabs((double)(got) - (double)(want)) <= (tol))

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
        assert_near(got[i], want[i], tol);
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
    pd_linear(&linear, x, n_rows, got);
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

    pd_kernels_init();
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++)
        for (size_t o = 0; o < G_N_ELEMENTS(outs); o++)
            for (size_t i = 0; i < G_N_ELEMENTS(ins); i++) {
                check_linear(rand, rows[r], ins[i], outs[o], PD_PANEL);
                check_linear(rand, rows[r], ins[i], outs[o], outs[o]); /* OpenBLAS */
            }
    check_linear(rand, 20, 384, 1536, pd_linear_best_width(1536));
    check_linear(rand, 20, 1536, 384, pd_linear_best_width(384));
}

static void
test_attention(void)
{
    static const size_t tokens[] = { 1, 2, 5, 6, 31, 32, 33, 47, 48, 49, 100, 130 };
    static const size_t sizes[] = { 1, 13, 16, 32, 64, 96 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);

    for (size_t t = 0; t < G_N_ELEMENTS(tokens); t++) {
        for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
            size_t n = tokens[t], heads = 3, hidden = heads * sizes[s];
            g_autofree float *qkv = random_floats(rand, n * 3 * hidden, 2.0);
            g_autofree float *scratch = g_new(float, pd_attention_scratch_floats(n, sizes[s]));
            g_autofree float *want = g_new(float, n *hidden);
            g_autofree float *got = g_new(float, n *hidden);

            pd_attention_plain(qkv, n, heads, sizes[s], scratch, want);
            pd_attention(qkv, n, heads, sizes[s], scratch, got);
            assert_all_near(got, want, n * hidden, 2e-5);
            memset(got, 0, n * hidden * sizeof(float));
            pd_attention_blas(qkv, n, heads, sizes[s], scratch, got);
            assert_all_near(got, want, n * hidden, 2e-5);
        }
    }
}

static void
test_softmax(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);

    for (size_t n = 1; n < 70; n++) {
        g_autofree float *got = random_floats(rand, 3 * n, 20.0);
        g_autofree float *want = g_memdup2(got, 3 * n * sizeof(float));

        pd_softmax_rows(got, 3, n);
        pd_softmax_rows_plain(want, 3, n);
        assert_all_near(got, want, 3 * n, 1e-6);
    }
}

static void
test_softmax_extremes(void)
{
    float large[] = { 1000.0f, 1000.0f, -1000.0f };     /* [1, 3] */
    float masked[] = { 0.0f, -INFINITY, 0.0f, -1e30f }; /* [1, 4] */
    float broken[] = { 0.0f, NAN, 1.0f };               /* [1, 3] */

    pd_softmax_rows(large, 1, 3);
    assert_near(large[0], 0.5, 1e-6);
    assert_near(large[2], 0.0, 1e-6);
    pd_softmax_rows(masked, 1, 4);
    assert_near(masked[0], 0.5, 1e-6);
    assert_near(masked[1], 0.0, 1e-30);
    pd_softmax_rows(broken, 1, 3);
    for (size_t i = 0; i < 3; i++)
        g_assert_true(isnan(broken[i]));
}

static void
test_layer_norm(void)
{
    static const size_t sizes[] = { 1, 2, 15, 16, 17, 31, 128, 384, 1000 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(4);

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        size_t n = sizes[s];
        g_autofree float *got = random_floats(rand, 3 * n, 3.0);
        g_autofree float *want = g_memdup2(got, 3 * n * sizeof(float));
        g_autofree float *delta = random_floats(rand, 3 * n, 3.0);
        g_autofree float *gain = random_floats(rand, n, 2.0);
        g_autofree float *bias = random_floats(rand, n, 2.0);

        pd_add_layer_norm(got, delta, gain, bias, 3, n, 1e-5f);
        pd_add_layer_norm_plain(want, delta, gain, bias, 3, n, 1e-5f);
        assert_all_near(got, want, 3 * n, n == 2 ? 1e-4 : 1e-5);
        pd_add_layer_norm(got, NULL, gain, bias, 3, n, 1e-5f);
        pd_add_layer_norm_plain(want, NULL, gain, bias, 3, n, 1e-5f);
        assert_all_near(got, want, 3 * n, n == 2 ? 1e-3 : 1e-4);
    }
}

static void
test_layer_norm_constant(void)
{
    float x[] = { 7.0f, 7.0f, 7.0f, 7.0f }; /* [1, 4]: no variance */
    const float gain[] = { 1, 1, 1, 1 }, bias[] = { 0.5f, 0, 0, -1 };

    pd_add_layer_norm(x, NULL, gain, bias, 1, 4, 1e-12f);
    assert_all_near(x, bias, 4, 1e-6);
}

/* Against libm, over the whole line: the bound that kernels.h states. */
static void
test_gelu(void)
{
    double worst = 0.0;

    for (int i = -60000; i <= 60000; i += 7) {
        float got[19], want[19]; /* vectors and a tail */

        for (int k = 0; k < 19; k++)
            got[k] = want[k] = (float)(i + k) / 10000.0f;
        pd_gelu(got, 19);
        pd_gelu_plain(want, 19);
        for (int k = 0; k < 19; k++) {
            assert_near(got[k], want[k], 5e-7);
            worst = fmax(worst, fabs((double)got[k] - (double)want[k]));
        }
    }
    g_test_message("largest error in [-6, 6]: %g", worst);
    for (float x = 6.0f; x < 1e30f; x *= 1.01f) {
        float pair[] = { x, -x };

        pd_gelu(pair, 2);
        assert_near(pair[0], x, 1e-6 * (double)x);
        assert_near(pair[1], 0.0, 1e-6 * (double)x);
    }
}

static void
test_gelu_nan(void)
{
    float x[20];

    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        x[i] = i % 3 == 0 ? NAN : 1.0f;
    pd_gelu(x, G_N_ELEMENTS(x));
    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        g_assert_true(i % 3 == 0 ? isnan(x[i]) : fabsf(x[i] - 0.84134475f) <= 1e-6f);
}

/* Every half there is: 65,536 of them. */
static void
test_f16(void)
{
    g_autofree guint8 *bytes = g_new(guint8, 2 * 65536 + 1);
    g_autofree float *got = g_new(float, 65536);

    for (guint i = 0; i < 65536; i++) { /* at an odd address */
        bytes[1 + 2 * i] = (guint8)(i & 255);
        bytes[2 + 2 * i] = (guint8)(i >> 8);
    }
    pd_from_f16(bytes + 1, 65536, got);
    for (guint i = 0; i < 65536; i++) {
        float want = pd_f16_plain((guint16)i);

        g_assert_true(isnan(want) ? isnan(got[i]) : memcmp(&got[i], &want, sizeof want) == 0);
    }
    g_assert_true(pd_f16_plain(0x3c00) == 1.0f && pd_f16_plain(0xc000) == -2.0f);
    g_assert_true(pd_f16_plain(0x0001) == 0x1p-24f && pd_f16_plain(0x7bff) == 65504.0f);
}

static void
test_bf16_and_i8(void)
{
    const guint8 bf16[] = { 0x80, 0x3f, 0x00, 0xc0, 0x80, 0x7f, 0xc0, 0x7f }; /* 1 -2 inf nan */
    guint8 i8[256];
    float got[256];

    pd_from_bf16(bf16, 4, got);
    g_assert_true(got[0] == 1.0f && got[1] == -2.0f && isinf(got[2]) && isnan(got[3]));
    for (int i = 0; i < 256; i++)
        i8[i] = (guint8)i;
    pd_from_i8(i8, 256, 0.25f, got);
    for (int i = 0; i < 256; i++)
        g_assert_true(got[i] == (float)(i < 128 ? i : i - 256) * 0.25f);
}

static void
test_all_finite(void)
{
    float x[37] = { 0 };

    g_assert_true(pd_all_finite(x, 37));
    g_assert_true(pd_all_finite(x, 0));
    for (size_t i = 0; i < 37; i++) {
        x[i] = i % 2 == 0 ? NAN : -INFINITY;
        g_assert_false(pd_all_finite(x, 37));
        x[i] = 3e38f;
    }
    g_assert_true(pd_all_finite(x, 37));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/kernels/linear", test_linear);
    g_test_add_func("/model/kernels/attention", test_attention);
    g_test_add_func("/model/kernels/softmax", test_softmax);
    g_test_add_func("/model/kernels/softmax-extremes", test_softmax_extremes);
    g_test_add_func("/model/kernels/layer-norm", test_layer_norm);
    g_test_add_func("/model/kernels/layer-norm-constant", test_layer_norm_constant);
    g_test_add_func("/model/kernels/gelu", test_gelu);
    g_test_add_func("/model/kernels/gelu-nan", test_gelu_nan);
    g_test_add_func("/model/kernels/f16", test_f16);
    g_test_add_func("/model/kernels/bf16-and-i8", test_bf16_and_i8);
    g_test_add_func("/model/kernels/all-finite", test_all_finite);
    return g_test_run();
}
