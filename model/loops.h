/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loops.h - all of a layer but the products, once for every kind of vector
 *
 * Each kernel-*.c includes a vector-*.h and then this file, so that these functions are compiled
 * for its instructions. kernels.h says what they compute.
 */
#pragma once

#include "model/kernels.h"

#include <math.h>
#include <string.h>

#define LOG2E 1.44269504f

/* What attention sums at a time: enough to fill the adders, few enough for the registers. */
#define KEYS 8
#define QUERIES (LANES == 16 ? 8 : 4)
#define MAX_COLUMNS 2 /* vectors of a head's columns */

static inline size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A vector's worth at @x, or, where fewer are left, these and zeros. */
V_INLINE Vec
load_some(const float *x, size_t n_left)
{
    float some[LANES] = { 0 };

    if (n_left >= LANES)
        return v_load(x);
    memcpy(some, x, n_left * sizeof(float));
    return v_load(some);
}

V_INLINE void
store_some(float *x, size_t n_left, Vec values)
{
    float some[LANES];

    if (n_left >= LANES) {
        v_store(x, values);
        return;
    }
    v_store(some, values);
    memcpy(x, some, n_left * sizeof(float));
}

/*
 * 2^x for x <= 0, relative error 2e-7; below -126 it is 2^-126, and NaN stays NaN. Our
 * least-maximum fit over [-0.5, 0.5].
 */
V_INLINE Vec
exp2_negative(Vec x)
{
    Vec clamped = v_max(v_set1(-126.0f), x);
    Vec whole = v_round(clamped);
    Vec f = v_sub(clamped, whole);
    Vec p = v_set1(1.32646656e-3f);

    p = v_fma(p, f, v_set1(9.67151299e-3f));
    p = v_fma(p, f, v_set1(5.55073395e-2f));
    p = v_fma(p, f, v_set1(2.40222424e-1f));
    p = v_fma(p, f, v_set1(6.93147004e-1f));
    p = v_fma(p, f, v_set1(1.0f));
    return v_scale(p, whole);
}

/* --- GELU --- */

/*
 * x Phi(x) with Phi(-a) = erfc(a / sqrt 2) / 2 = 2^P(a) / 2 for a = |x|. P is our least-maximum fit
 * of degree 5 to log2 erfc, weighted by a Phi(-a); it falls without end beyond.
 */
V_INLINE Vec
gelu_vector(Vec x)
{
    Vec a = v_abs(x);
    Vec p = v_set1(-4.88117250e-4f);

    p = v_fma(p, a, v_set1(7.19880546e-3f));
    p = v_fma(p, a, v_set1(-5.21468036e-2f));
    p = v_fma(p, a, v_set1(-4.59595710e-1f));
    p = v_fma(p, a, v_set1(-1.15100062f));
    p = exp2_negative(v_mul(p, a));
    return v_fma(v_mul(a, v_set1(-0.5f)), p, v_max(v_set1(0.0f), x));
}

static void
gelu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i += LANES)
        store_some(x + i, n - i, gelu_vector(load_some(x + i, n - i)));
}

/* --- quantising --- */

static void
quantise_row(const float *x, size_t n_cols, VALUE *to, float *ret_scale, float *ret_zero)
{
    Vec low = v_set1(0.0f), high = low, trouble = low;
    float scale, factor, zero;

    for (size_t i = 0; i < n_cols; i += LANES) {
        Vec value = v_load(x + i);

        low = v_min(value, low);
        high = v_max(value, high);
        trouble = v_fma(value, v_set1(0.0f), trouble); /* NaN if a number is not finite */
    }
    scale = (v_highest(high) - v_lowest(low)) / 255.0f;
    factor = scale > 1e-30f ? 1.0f / scale : 0.0f;
    zero = nearbyintf(-v_lowest(low) * factor);
    *ret_scale = scale + v_sum(trouble);
    *ret_zero = zero;
    for (size_t i = 0; i < n_cols; i += LANES)
        v_store_values(to + i, v_fma(v_load(x + i), v_set1(factor), v_set1(zero)));
}

static void
quantise(const float *x, size_t n_rows, size_t n_cols, const PdInt8Rows *rows)
{
    VALUE *to = rows->values;

    for (size_t row = 0; row < n_rows; row++)
        quantise_row(x + row * n_cols, n_cols, to + row * n_cols, &rows->scale[row],
                     &rows->zero[row]);
}

static void
gelu_quantise(float *x, size_t n_rows, size_t n_cols, const PdInt8Rows *rows)
{
    VALUE *to = rows->values;

    for (size_t row = 0; row < n_rows; row++) { /* while the row is in the nearest cache */
        gelu(x + row * n_cols, n_cols);
        quantise_row(x + row * n_cols, n_cols, to + row * n_cols, &rows->scale[row],
                     &rows->zero[row]);
    }
}

/* --- layer norm --- */

/* x += delta; returns the sum */
V_INLINE float
add_row(float *x, const float *delta, size_t n)
{
    Vec sum = v_set1(0.0f);

    for (size_t i = 0; i < n; i += LANES) {
        Vec value = load_some(x + i, n - i);

        if (delta != NULL) {
            value = v_add(value, load_some(delta + i, n - i));
            store_some(x + i, n - i, value);
        }
        sum = v_add(sum, value);
    }
    return v_sum(sum);
}

V_INLINE float
sum_of_squares(const float *x, size_t n, float mean)
{
    size_t whole = n / LANES * LANES;
    Vec sum = v_set1(0.0f);
    float rest = 0.0f;

    for (size_t i = 0; i < whole; i += LANES) {
        Vec value = v_sub(v_load(x + i), v_set1(mean));

        sum = v_fma(value, value, sum);
    }
    for (size_t i = whole; i < n; i++)
        rest += (x[i] - mean) * (x[i] - mean);
    return v_sum(sum) + rest;
}

static void
add_layer_norm(float *x, const float *delta, const float *gain, const float *bias, size_t n_rows,
               size_t n_cols, float epsilon)
{
    for (size_t row = 0; row < n_rows; row++, x += n_cols) {
        const float *of_row = delta != NULL ? delta + row * n_cols : NULL;
        float mean = add_row(x, of_row, n_cols) / (float)n_cols;
        float variance = sum_of_squares(x, n_cols, mean) / (float)n_cols;
        float factor = 1.0f / sqrtf(variance + epsilon);

        for (size_t i = 0; i < n_cols; i += LANES) {
            size_t left = n_cols - i;
            Vec value = v_sub(load_some(x + i, left), v_set1(mean));

            value = v_mul(value, v_mul(v_set1(factor), load_some(gain + i, left)));
            store_some(x + i, left, v_add(value, load_some(bias + i, left)));
        }
    }
}

/* --- attention --- */

/*
 * One head. Queries are taken LANES at a time, one in each lane, so that the largest score and the
 * sum of a query need no sum across a vector. Scratch: the queries [head_size, LANES], and the
 * scores [n_tokens, LANES], which become weights.
 */
typedef struct {
    const float *q; /* of the first query; rows of all three @stride floats apart */
    const float *k;
    const float *v;
    size_t stride;
    size_t n_tokens;
    size_t head_size; /* a multiple of 16 */
    float *queries;
    float *scores;
} Head;

/* Turned round, times log2 e / sqrt(head_size): then 2^score is what softmax needs. */
static void
turn_queries(const Head *h, size_t n_queries)
{
    const float factor = LOG2E / sqrtf((float)h->head_size);

    if (n_queries < LANES)
        memset(h->queries, 0, h->head_size * LANES * sizeof(float));
    for (size_t q = 0; q < n_queries; q++)
        for (size_t i = 0; i < h->head_size; i++)
            h->queries[i * LANES + q] = h->q[q * h->stride + i] * factor;
}

/* Scores of @n keys, a constant wherever this is inlined. Returns the largest with @high. */
V_INLINE Vec
score_keys(const Head *h, size_t key, const size_t n, Vec high)
{
    const float *k = h->k + key * h->stride;
    Vec sum[KEYS];

#pragma GCC unroll 8
    for (size_t j = 0; j < n; j++)
        sum[j] = v_set1(0.0f);
    for (size_t i = 0; i < h->head_size; i++) {
        Vec query = v_load(h->queries + i * LANES);

#pragma GCC unroll 8
        for (size_t j = 0; j < n; j++)
            sum[j] = v_fma(v_set1(k[j * h->stride + i]), query, sum[j]);
    }
#pragma GCC unroll 8
    for (size_t j = 0; j < n; j++) {
        v_store(h->scores + (key + j) * LANES, sum[j]);
        high = v_max(sum[j], high);
    }
    return high;
}

/* Scores become 2^(score - largest). Returns 1 / their sum. */
V_INLINE Vec
weigh_keys(const Head *h, Vec high)
{
    Vec sum = v_set1(0.0f);
    float total[LANES];

    for (size_t key = 0; key < h->n_tokens; key++) {
        float *at = h->scores + key * LANES;
        Vec weight = exp2_negative(v_sub(v_load(at), high));

        v_store(at, weight);
        sum = v_add(sum, weight);
    }
    v_store(total, sum);
    for (size_t i = 0; i < LANES; i++)
        total[i] = 1.0f / total[i];
    return v_load(total);
}

/*
 * @n_columns vectors of columns of @n queries from @query on; both are constants wherever this is
 * inlined.
 */
V_INLINE void
mix_values(const Head *h, size_t query, size_t column, const size_t n, const size_t n_columns,
           const float *factor, float *out, size_t out_stride)
{
    const float *weight = h->scores + query;
    const float *value = h->v + column;
    Vec sum[QUERIES][MAX_COLUMNS];

#pragma GCC unroll 8
    for (size_t j = 0; j < n; j++)
#pragma GCC unroll 2
        for (size_t c = 0; c < n_columns; c++)
            sum[j][c] = v_set1(0.0f);
    for (size_t key = 0; key < h->n_tokens; key++, weight += LANES, value += h->stride) {
        Vec of_key[MAX_COLUMNS];

#pragma GCC unroll 2
        for (size_t c = 0; c < n_columns; c++)
            of_key[c] = v_load(value + c * LANES);
#pragma GCC unroll 8
        for (size_t j = 0; j < n; j++) {
            Vec of_query = v_set1(weight[j]);

#pragma GCC unroll 2
            for (size_t c = 0; c < n_columns; c++)
                sum[j][c] = v_fma(of_query, of_key[c], sum[j][c]);
        }
    }
#pragma GCC unroll 8
    for (size_t j = 0; j < n; j++)
#pragma GCC unroll 2
        for (size_t c = 0; c < n_columns; c++)
            v_store(out + (query + j) * out_stride + column + c * LANES,
                    v_mul(sum[j][c], v_set1(factor[query + j])));
}

V_INLINE void
mix_columns(const Head *h, size_t n_queries, size_t column, const size_t n_columns,
            const float *factor, float *out, size_t out_stride)
{
    size_t query = 0;

    for (; query + QUERIES <= n_queries; query += QUERIES)
        mix_values(h, query, column, QUERIES, n_columns, factor, out, out_stride);
    for (; query + 2 <= n_queries; query += 2)
        mix_values(h, query, column, 2, n_columns, factor, out, out_stride);
    if (query < n_queries)
        mix_values(h, query, column, 1, n_columns, factor, out, out_stride);
}

/* @out: of the first query, at this head's columns */
static void
attend_block(const Head *h, size_t n_queries, float *out, size_t out_stride)
{
    Vec high = v_set1(-INFINITY);
    float factor[LANES];
    size_t key = 0, column = 0;

    turn_queries(h, n_queries);
    for (; key + KEYS <= h->n_tokens; key += KEYS)
        high = score_keys(h, key, KEYS, high);
    for (; key + 4 <= h->n_tokens; key += 4)
        high = score_keys(h, key, 4, high);
    for (; key < h->n_tokens; key++)
        high = score_keys(h, key, 1, high);
    v_store(factor, weigh_keys(h, high));
    for (; column + 2 * LANES <= h->head_size; column += 2 * LANES)
        mix_columns(h, n_queries, column, 2, factor, out, out_stride);
    if (column < h->head_size)
        mix_columns(h, n_queries, column, 1, factor, out, out_stride);
}

static void
attention(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size, float *scratch,
          float *out)
{
    const size_t hidden = n_heads * head_size, stride = 3 * hidden;

    for (size_t at = 0; at < hidden; at += head_size) {
        const float *q = qkv + at;
        Head h = { q,        q + hidden, q + 2 * hidden, stride,
                   n_tokens, head_size,  scratch,        scratch + head_size * LANES };

        for (size_t query = 0; query < n_tokens; query += LANES, h.q += LANES * stride)
            attend_block(&h, smaller(LANES, n_tokens - query), out + query * hidden + at, hidden);
    }
}

/* The table of a kernel-*.c, with its own runs() and product(). */
#define KERNEL(its_name, pays)                                                                   \
    {                                                                                            \
        .name = (its_name), .runs = runs, .int8_pays = (pays), .wide_values = sizeof(VALUE) > 1, \
        .product = product, .quantise = quantise, .gelu_quantise = gelu_quantise, .gelu = gelu,  \
        .add_layer_norm = add_layer_norm, .attention = attention,                                \
    }
