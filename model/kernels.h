/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernels.h - the arithmetic of a transformer, one thread, libc alone
 *
 * Matrices are row-major, float32 where nothing else is said, shapes written [rows, cols]. A
 * PdKernel is all of it for one kind of processor, one file each (kernel-*.c), chosen at run time.
 * Beside each function stands a plain loop (NAME_plain) that says what it computes;
 * tests/unit/test-kernels.c compares them. Large products of float32 are in linear.h.
 */
#pragma once

#include "model/int8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PD_MAX_LANES 16 /* numbers of the widest vector; what is quantised has a multiple of it */

typedef struct {
    const char *name;   /* as in PD_KERNEL */
    bool (*runs)(void); /* does this processor have what it takes? */
    bool int8_pays;     /* faster than float32 with OpenBLAS? */
    bool wide_values;   /* PdInt8Rows.values are int16_t */

    /**
     * product:
     * @x: [n_rows, n_in]
     * @y: (out): [n_rows, 16 * n_panels] with rows @y_stride floats apart
     *
     * y = x W^T + b. The sums of products are exact.
     */
    void (*product)(const PdInt8Linear *self, const PdInt8Rows *x, size_t n_rows, float *y,
                    size_t y_stride);

    /**
     * quantise:
     * @x: [n_rows, n_cols], n_cols a multiple of 16
     *
     * Each row by its own smallest and largest number; 0 is always in the range. The error is at
     * most half a step. A row with a number that is not finite gives a product of NaN.
     */
    void (*quantise)(const float *x, size_t n_rows, size_t n_cols, const PdInt8Rows *rows);
    /* pd_gelu_plain() in place, then quantise(). */
    void (*gelu_quantise)(float *x, size_t n_rows, size_t n_cols, const PdInt8Rows *rows);

    /*
     * x = x Phi(x), in place: PyTorch's "gelu", the exact one (Hendrycks and Gimpel 2016). For x in
     * [-6, 6] the error is below 1e-6, beyond that below 1e-6 of x; an infinite x gives NaN or
     * infinity.
     */
    void (*gelu)(float *x, size_t n);

    /* x = layer_norm(x + delta) for each row, as PyTorch: biased variance. @delta: (nullable) */
    void (*add_layer_norm)(float *x, const float *delta, const float *gain, const float *bias,
                           size_t n_rows, size_t n_cols, float epsilon);

    /**
     * attention:
     * @qkv: [n_tokens, 3 * n_heads * head_size]: queries, keys, values of one sentence, heads side
     * by side; head_size a multiple of 16
     * @scratch: pd_attention_scratch_floats(n_tokens, head_size) floats
     * @out: (out): [n_tokens, n_heads * head_size]
     *
     * out = softmax(Q K^T / sqrt(head_size)) V for each head (Vaswani et al. 2017); a relative
     * error of 2e-7 in the powers of softmax.
     */
    void (*attention)(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                      float *scratch, float *out);
} PdKernel;

/* Those compiled for this architecture, the fastest first, NULL at the end; "plain" is the last. */
extern const PdKernel *const pd_kernels[];
/* The fastest that this processor runs, or the one called @name (nullable); NULL: it cannot run. */
const PdKernel *pd_kernel_find(const char *name);

size_t pd_attention_scratch_floats(size_t n_tokens, size_t head_size);

/* @weight: [n_out, n_in], not packed; @scale, @bias: [n_out]; @y: (out): [n_rows, n_out] */
void pd_int8_product_plain(const int8_t *weight, const float *scale, const float *bias, size_t n_in,
                           size_t n_out, const PdInt8Rows *x, bool wide_values, size_t n_rows,
                           float *y);
void pd_gelu_plain(float *x, size_t n);
void pd_add_layer_norm_plain(float *x, const float *delta, const float *gain, const float *bias,
                             size_t n_rows, size_t n_cols, float epsilon);
/* Any head_size. */
void pd_attention_plain(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                        float *scratch, float *out);
