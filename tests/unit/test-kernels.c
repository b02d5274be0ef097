/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every kernel that this processor runs, against the plain loops: each test is there once for each.
 * libc alone, so that it also runs for another processor, under qemu.
 */
#include "model/kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define AUTOFREE __attribute__((cleanup(free_pointer)))

#define assert_true(condition)                                               \
    do {                                                                     \
        if (!(condition)) {                                                  \
            printf("Bail out! %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                         \
        }                                                                    \
    } while (0)
/* <= rather than !(>): a NaN must fail the test */
#define assert_near(got, want, tol) assert_true(fabs((double)(got) - (double)(want)) <= (tol))

typedef struct {
    uint64_t state;
} Random;

static void
free_pointer(void *pointer)
{
    free(*(void **)pointer);
}

/* Zeros; never NULL. */
static void *
allocate(size_t n, size_t size)
{
    void *memory = calloc(n > 0 ? n : 1, size);

    assert_true(memory != NULL);
    return memory;
}

static void *
copy(const void *memory, size_t n_bytes)
{
    return memcpy(allocate(n_bytes, 1), memory, n_bytes);
}

/* Knuth's linear congruential generator, its upper half */
static uint32_t
random_bits(Random *self)
{
    self->state = self->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(self->state >> 32);
}

static bool
random_bool(Random *self)
{
    return (random_bits(self) & 0x80000000u) != 0;
}

static float *
random_floats(Random *rand, size_t n, double size)
{
    float *x = allocate(n, sizeof(float));

    for (size_t i = 0; i < n; i++)
        x[i] = (float)(size * (random_bits(rand) / 2147483648.0 - 1.0));
    return x;
}

static void
assert_all_near(const float *got, const float *want, size_t n, double tol)
{
    for (size_t i = 0; i < n; i++)
        assert_near(got[i], want[i], tol);
}

/* --- products of int8 --- */

typedef struct {
    PdInt8Linear linear;
    int8_t *rows;   /* [n_out, n_in], not packed */
    int8_t *packed; /* not aligned */
    float *scale, *sum, *bias;
} Weights;

static void
sum_up(const int8_t *packed, size_t n_in, size_t n_out, const float *scale, float *sum)
{
    AUTOFREE int8_t *row = allocate(n_in, 1);

    for (size_t out = 0; out < n_out; out++) {
        double total = 0.0;

        pd_int8_unpack_row(packed, n_in, out, row);
        for (size_t i = 0; i < n_in; i++)
            total += row[i];
        sum[out] = (float)(total * (double)scale[out]);
    }
}

/* @extreme: -128 and 127 alone */
static void
weights_init(Weights *self, Random *rand, size_t n_in, size_t n_out, bool extreme)
{
    int8_t *packed;

    self->rows = allocate(n_in * n_out, sizeof(int8_t));
    self->packed = allocate(n_in * n_out + PD_INT8_ALIGN_BYTES, sizeof(int8_t));
    packed = self->packed + (-(uintptr_t)self->packed & (PD_INT8_ALIGN_BYTES - 1));
    for (size_t i = 0; i < n_in * n_out; i++)
        self->rows[i] = (int8_t)(extreme ? (random_bool(rand) ? 127 : -128)
                                         : (int)(random_bits(rand) >> 24) - 128);
    for (size_t row = 0; row < n_out; row++)
        pd_int8_pack_row(packed, n_in, row, self->rows + row * n_in);
    self->scale = random_floats(rand, n_out, 0.01);
    self->bias = random_floats(rand, n_out, 1.0);
    self->sum = allocate(n_out, sizeof(float));
    sum_up(packed, n_in, n_out, self->scale, self->sum);
    self->linear =
        (PdInt8Linear){ n_in, n_out / PD_INT8_OUTS, packed, self->scale, self->sum, self->bias };
}

static void
weights_done(Weights *self)
{
    free(self->rows);
    free(self->packed);
    free(self->scale);
    free(self->sum);
    free(self->bias);
}

static void
rows_init(PdInt8Rows *self, size_t n_rows, size_t n_in)
{
    self->values = allocate(n_rows * n_in, sizeof(int16_t));
    self->scale = allocate(n_rows, sizeof(float));
    self->zero = allocate(n_rows, sizeof(float));
}

static void
rows_done(PdInt8Rows *self)
{
    free(self->values);
    free(self->scale);
    free(self->zero);
}

static void
check_product(const PdKernel *kernel, Random *rand, size_t n_rows, size_t n_in, size_t n_out,
              bool extreme)
{
    const size_t stride = n_out + 3;
    AUTOFREE float *x = random_floats(rand, n_rows * n_in, 5.0);
    AUTOFREE float *want = allocate(n_rows * n_out, sizeof(float));
    AUTOFREE float *got = allocate(n_rows * stride, sizeof(float));
    PdInt8Rows rows;
    Weights weights;

    if (extreme)
        for (size_t i = 0; i < n_rows * n_in; i++)
            x[i] = random_bool(rand) ? 2.0f : -2.0f;
    for (size_t i = 0; i < n_rows * stride; i++)
        got[i] = 12.5f;
    weights_init(&weights, rand, n_in, n_out, extreme);
    rows_init(&rows, n_rows, n_in);
    kernel->quantise(x, n_rows, n_in, &rows);
    kernel->product(&weights.linear, &rows, n_rows, got, stride);
    pd_int8_product_plain(weights.rows, weights.scale, weights.bias, n_in, n_out, &rows,
                          kernel->wide_values, n_rows, want);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t out = 0; out < n_out; out++) /* 4e-7 of the largest sum there can be */
            assert_near(got[row * stride + out], want[row * n_out + out],
                        2e-6 + 4e-7 * (double)n_in * 128 * 255 * fabs((double)weights.scale[out]) *
                                   (double)rows.scale[row]);
        for (size_t out = n_out; out < stride; out++)
            assert_true(got[row * stride + out] == 12.5f); /* nothing is written beside it */
    }
    weights_done(&weights);
    rows_done(&rows);
}

static void
test_product(const PdKernel *kernel)
{
    static const size_t rows[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 23, 25, 47, 130 };
    static const size_t outs[] = { 16, 32, 48, 80 };
    static const size_t ins[] = { 16, 48, 128, 400 };
    Random rand = { 11 };

    for (size_t r = 0; r < N_ELEMENTS(rows); r++)
        for (size_t o = 0; o < N_ELEMENTS(outs); o++)
            for (size_t i = 0; i < N_ELEMENTS(ins); i++)
                check_product(kernel, &rand, rows[r], ins[i], outs[o], false);
    check_product(kernel, &rand, 20, 384, 1536, false);
    check_product(kernel, &rand, 20, 1536, 384, false);
}

/* Sums that would not fit 16 bits, and the largest that must fit 32. */
static void
test_product_extremes(const PdKernel *kernel)
{
    Random rand = { 12 };

    check_product(kernel, &rand, 7, 64, 32, true);
    check_product(kernel, &rand, 13, 1536, 48, true);
    check_product(kernel, &rand, 3, PD_INT8_MAX_IN, 16, true);
}

/* All values at 255 and all weights at one end: no sum may wrap. */
static void
test_product_largest(const PdKernel *kernel)
{
    const size_t n_in = PD_INT8_MAX_IN;
    AUTOFREE float *x = allocate(2 * n_in, sizeof(float));
    Random rand = { 13 };
    PdInt8Rows rows;
    Weights weights;
    float got[32]; /* [2, 16] */

    for (size_t i = 0; i < 2 * n_in; i++)
        x[i] = i < n_in ? 1.0f : -1.0f; /* zero is 0 in one row, 255 in the other */
    weights_init(&weights, &rand, n_in, 16, false);
    rows_init(&rows, 2, n_in);
    for (int end = -128; end <= 127; end += 255) {
        int8_t *packed = (int8_t *)weights.linear.weight;

        memset(packed, end, n_in * 16);
        for (size_t out = 0; out < 16; out++) {
            weights.scale[out] = 0x1p-20f;
            weights.bias[out] = 0.0f;
        }
        sum_up(packed, n_in, 16, weights.scale, weights.sum);
        kernel->quantise(x, 2, n_in, &rows);
        kernel->product(&weights.linear, &rows, 2, got, 16);
        for (size_t out = 0; out < 16; out++) {
            assert_near(got[out], end / 16.0, 1e-4);
            assert_near(got[16 + out], -end / 16.0, 1e-4);
        }
    }
    weights_done(&weights);
    rows_done(&rows);
}

/* --- quantising --- */

static double
value_at(const PdKernel *kernel, const PdInt8Rows *rows, size_t row, size_t n_cols, size_t i)
{
    size_t at = row * n_cols + i;
    int value = kernel->wide_values ? ((int16_t *)rows->values)[at] : ((uint8_t *)rows->values)[at];

    assert_true(value >= 0 && value <= 255);
    return ((double)value - (double)rows->zero[row]) * (double)rows->scale[row];
}

static void
test_quantise(const PdKernel *kernel)
{
    static const double sizes[] = { 1e-20, 1e-3, 1.0, 300.0, 1e30 };
    Random rand = { 14 };
    const size_t n = 5, n_cols = 112;
    PdInt8Rows rows;

    rows_init(&rows, n, n_cols);
    for (size_t s = 0; s < N_ELEMENTS(sizes); s++) {
        AUTOFREE float *x = random_floats(&rand, n * n_cols, sizes[s]);

        for (size_t i = 0; i < n_cols; i++) {
            x[i] = fabsf(x[i]);                    /* a row without a number below 0 */
            x[n_cols + i] = -fabsf(x[n_cols + i]); /* one without a number above */
            x[2 * n_cols + i] = 0.0f;
            x[3 * n_cols + i] = i == 17 ? (float)sizes[s] : 0.0f;
        }
        kernel->quantise(x, n, n_cols, &rows);
        for (size_t row = 0; row < n; row++) {
            assert_true(rows.zero[row] >= 0.0f && rows.zero[row] <= 255.0f &&
                        rows.zero[row] == truncf(rows.zero[row]));
            for (size_t i = 0; i < n_cols; i++)
                assert_near(value_at(kernel, &rows, row, n_cols, i), x[row * n_cols + i],
                            1.001 * (double)rows.scale[row] / 2);
        }
    }
    rows_done(&rows);
}

/* A number that is not finite spoils its row, and no other. */
static void
test_quantise_not_finite(const PdKernel *kernel)
{
    static const float bad[] = { NAN, INFINITY, -INFINITY };
    Random rand = { 15 };
    const size_t n_cols = 48;
    PdInt8Rows rows;
    Weights weights;
    float got[32]; /* [2, 16] */

    weights_init(&weights, &rand, n_cols, 16, false);
    rows_init(&rows, 2, n_cols);
    for (size_t b = 0; b < N_ELEMENTS(bad); b++) {
        for (size_t at = 0; at < n_cols; at++) {
            AUTOFREE float *x = random_floats(&rand, 2 * n_cols, 1.0);

            x[at] = bad[b];
            kernel->quantise(x, 2, n_cols, &rows);
            kernel->product(&weights.linear, &rows, 2, got, 16);
            for (size_t out = 0; out < 16; out++)
                assert_true(isnan(got[out]) && isfinite(got[16 + out]));
        }
    }
    weights_done(&weights);
    rows_done(&rows);
}

static void
test_gelu_quantise(const PdKernel *kernel)
{
    Random rand = { 16 };
    const size_t n = 3, n_cols = 64;
    AUTOFREE float *x = random_floats(&rand, n * n_cols, 4.0);
    AUTOFREE float *want = copy(x, n * n_cols * sizeof(float));
    PdInt8Rows rows;

    rows_init(&rows, n, n_cols);
    kernel->gelu_quantise(x, n, n_cols, &rows);
    pd_gelu_plain(want, n * n_cols);
    for (size_t row = 0; row < n; row++)
        for (size_t i = 0; i < n_cols; i++)
            assert_near(value_at(kernel, &rows, row, n_cols, i), want[row * n_cols + i],
                        1.001 * (double)rows.scale[row] / 2 + 1e-6);
    rows_done(&rows);
}

/* --- attention --- */

static void
test_attention(const PdKernel *kernel)
{
    static const size_t tokens[] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  15,  16, 17,
                                     18, 23, 24, 25, 31, 32, 33, 48, 49, 100, 130 };
    static const size_t sizes[] = { 16, 32, 48, 64, 96 };
    Random rand = { 2 };

    for (size_t t = 0; t < N_ELEMENTS(tokens); t++) {
        for (size_t s = 0; s < N_ELEMENTS(sizes); s++) {
            size_t n = tokens[t], heads = 3, hidden = heads * sizes[s];
            size_t n_scratch = pd_attention_scratch_floats(n, sizes[s]);
            AUTOFREE float *qkv = random_floats(&rand, n * 3 * hidden, 2.0);
            AUTOFREE float *scratch = allocate(n_scratch + 1, sizeof(float));
            AUTOFREE float *want = allocate(n * hidden, sizeof(float));
            AUTOFREE float *got = allocate(n * hidden + 1, sizeof(float));

            scratch[n_scratch] = got[n * hidden] = 12.5f;
            pd_attention_plain(qkv, n, heads, sizes[s], scratch, want);
            kernel->attention(qkv, n, heads, sizes[s], scratch, got);
            assert_all_near(got, want, n * hidden, 2e-5);
            assert_true(scratch[n_scratch] == 12.5f && got[n * hidden] == 12.5f);
        }
    }
}

/* Scores of thousands: one key takes all. A NaN stays with the queries that see it. */
static void
test_attention_extremes(const PdKernel *kernel)
{
    const size_t n = 5, size = 16;
    AUTOFREE float *qkv = allocate(n * 3 * size, sizeof(float));
    AUTOFREE float *scratch = allocate(pd_attention_scratch_floats(n, size), sizeof(float));
    float got[80]; /* [5, 16] */

    for (size_t t = 0; t < n; t++) {
        qkv[t * 3 * size] = 1000.0f;                          /* query */
        qkv[t * 3 * size + size] = t == 3 ? 100.0f : -100.0f; /* key */
        for (size_t i = 0; i < size; i++)
            qkv[t * 3 * size + 2 * size + i] = (float)(10 * t + i);
    }
    kernel->attention(qkv, n, 1, size, scratch, got);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < size; i++)
            assert_near(got[t * size + i], 30 + i, 1e-4);
    qkv[1 * 3 * size] = NAN;
    kernel->attention(qkv, n, 1, size, scratch, got);
    for (size_t i = 0; i < size; i++)
        assert_true(isnan(got[1 * size + i]) && !isnan(got[2 * size + i]));
}

/* --- layer norm --- */

static void
test_layer_norm(const PdKernel *kernel)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 128, 384, 1000 };
    Random rand = { 4 };

    for (size_t s = 0; s < N_ELEMENTS(sizes); s++) {
        size_t n = sizes[s];
        AUTOFREE float *got = random_floats(&rand, 3 * n, 3.0);
        AUTOFREE float *want = copy(got, 3 * n * sizeof(float));
        AUTOFREE float *delta = random_floats(&rand, 3 * n, 3.0);
        AUTOFREE float *gain = random_floats(&rand, n, 2.0);
        AUTOFREE float *bias = random_floats(&rand, n, 2.0);

        kernel->add_layer_norm(got, delta, gain, bias, 3, n, 1e-5f);
        pd_add_layer_norm_plain(want, delta, gain, bias, 3, n, 1e-5f);
        assert_all_near(got, want, 3 * n, n == 2 ? 1e-4 : 1e-5);
        kernel->add_layer_norm(got, NULL, gain, bias, 3, n, 1e-5f);
        pd_add_layer_norm_plain(want, NULL, gain, bias, 3, n, 1e-5f);
        assert_all_near(got, want, 3 * n, n == 2 ? 1e-3 : 1e-4);
    }
}

static void
test_layer_norm_constant(const PdKernel *kernel)
{
    float x[] = { 7.0f, 7.0f, 7.0f, 7.0f }; /* [1, 4]: no variance */
    const float gain[] = { 1, 1, 1, 1 }, bias[] = { 0.5f, 0, 0, -1 };

    kernel->add_layer_norm(x, NULL, gain, bias, 1, 4, 1e-12f);
    assert_all_near(x, bias, 4, 1e-6);
}

/* --- GELU --- */

/* Against libm, over the whole line: the bound that kernels.h states. */
static void
test_gelu(const PdKernel *kernel)
{
    double worst = 0.0;

    for (int i = -60000; i <= 60000; i += 7) {
        float got[19], want[19]; /* vectors and a tail */

        for (int k = 0; k < 19; k++)
            got[k] = want[k] = (float)(i + k) / 10000.0f;
        kernel->gelu(got, 19);
        pd_gelu_plain(want, 19);
        for (int k = 0; k < 19; k++) {
            assert_near(got[k], want[k], 1e-6);
            worst = fmax(worst, fabs((double)got[k] - (double)want[k]));
        }
    }
    printf("# %s: largest error in [-6, 6]: %g\n", kernel->name, worst);
    for (float x = 6.0f; x < 1e30f; x *= 1.01f) {
        float pair[] = { x, -x };

        kernel->gelu(pair, 2);
        assert_near(pair[0], x, 1e-6 * (double)x);
        assert_near(pair[1], 0.0, 1e-6 * (double)x);
    }
}

static void
test_gelu_nan(const PdKernel *kernel)
{
    float x[20];

    for (size_t i = 0; i < N_ELEMENTS(x); i++)
        x[i] = i % 3 == 0 ? NAN : 1.0f;
    kernel->gelu(x, N_ELEMENTS(x));
    for (size_t i = 0; i < N_ELEMENTS(x); i++)
        assert_true(i % 3 == 0 ? isnan(x[i]) : fabsf(x[i] - 0.84134475f) <= 1e-6f);
}

/* --- packing, choosing --- */

static void
test_packing(void)
{
    Random rand = { 17 };
    int8_t rows[32 * 48], packed[32 * 48], back[48]; /* [32, 48] */

    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (int8_t)(random_bits(&rand) >> 24);
    for (size_t row = 0; row < 32; row++)
        pd_int8_pack_row(packed, 48, row, rows + row * 48);
    /* output 17 is the second of the second panel; inputs 4 to 7 are its second group */
    assert_true(memcmp(packed + 16 * 48 + 16 * 4 + 1 * 4, rows + 17 * 48 + 4, 4) == 0);
    for (size_t row = 0; row < 32; row++) {
        pd_int8_unpack_row(packed, 48, row, back);
        assert_true(memcmp(back, rows + row * 48, 48) == 0);
    }
    assert_true(pd_int8_fits(48, 32));
    assert_true(!pd_int8_fits(40, 32));
    assert_true(!pd_int8_fits(48, 17));
    assert_true(pd_int8_fits(PD_INT8_MAX_IN, 16));
    assert_true(!pd_int8_fits(PD_INT8_MAX_IN + 16, 16));
}

static void
test_find(void)
{
    assert_true(pd_kernel_find(NULL) != NULL);
    assert_true(pd_kernel_find(NULL)->runs());
    assert_true(strcmp(pd_kernel_find("plain")->name, "plain") == 0);
    assert_true(pd_kernel_find("no such kernel") == NULL);
}

static const struct {
    const char *name;
    void (*test)(const PdKernel *kernel);
} tests[] = {
    { "product", test_product },
    { "product-extremes", test_product_extremes },
    { "product-largest", test_product_largest },
    { "quantise", test_quantise },
    { "quantise-not-finite", test_quantise_not_finite },
    { "gelu-quantise", test_gelu_quantise },
    { "attention", test_attention },
    { "attention-extremes", test_attention_extremes },
    { "layer-norm", test_layer_norm },
    { "layer-norm-constant", test_layer_norm_constant },
    { "gelu", test_gelu },
    { "gelu-nan", test_gelu_nan },
};

/* TAP on standard output */
int
main(void)
{
    unsigned number = 0;

    test_packing();
    printf("ok %u /model/kernels/packing\n", ++number);
    test_find();
    printf("ok %u /model/kernels/find\n", ++number);
    for (size_t k = 0; pd_kernels[k] != NULL; k++) {
        for (size_t i = 0; i < N_ELEMENTS(tests) && pd_kernels[k]->runs(); i++) {
            tests[i].test(pd_kernels[k]);
            printf("ok %u /model/kernels/%s/%s\n", ++number, pd_kernels[k]->name, tests[i].name);
        }
    }
    printf("1..%u\n", number);
    return 0;
}
