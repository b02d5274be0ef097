/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernels.h - the arithmetic of a transformer, one thread, libc and cblas only
 *
 * Matrices are float32, row-major, shapes written [rows, cols]. Beside each kernel stands a plain
 * loop (NAME_plain) that says what it computes; tests/unit/test-kernels.c compares the two.
 *
 * Large products go to OpenBLAS, save where the processor has AVX-512: there a kernel of our own
 * runs on weights that were packed once (model/SPEED.md has the measurements).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PD_PANEL 64 /* outputs that the kernel of our own computes at a time */

/*
 * y = x W^T + b. W is stored transposed, in panels: [n_panels, n_in, width], the last one padded.
 */
typedef struct {
    size_t n_in;
    size_t n_out;
    size_t width;  /* PD_PANEL, or n_out: one panel, W^T as it is */
    float *weight; /* [n_panels, n_in, width] */
    float *bias;   /* [n_panels * width] */
} PdLinear;

void pd_kernels_init(void); /* one thread for OpenBLAS; any number of times */

/* The width that suits this processor. */
size_t pd_linear_best_width(size_t n_out);
/* How many floats weight and bias take; the sum is below SIZE_MAX where n_in * n_out is small. */
size_t pd_linear_weight_floats(size_t n_in, size_t n_out, size_t width);
size_t pd_linear_bias_floats(size_t n_out, size_t width);
/* Stores rows [first, first + n_rows) of W: @rows is [n_rows, n_in]. Padding must be 0 before. */
void pd_linear_pack(const PdLinear *self, size_t first, size_t n_rows, const float *rows);

/* @x: [n_rows, n_in]; @y: (out): [n_rows, n_out], not @x */
void pd_linear(const PdLinear *self, const float *x, size_t n_rows, float *y);
/* @weight: [n_out, n_in], not packed; @bias: [n_out] */
void pd_linear_plain(const float *weight, const float *bias, size_t n_in, size_t n_out,
                     const float *x, size_t n_rows, float *y);

/**
 * pd_attention:
 * @qkv: [n_tokens, 3 * n_heads * head_size]: queries, keys, values of one sentence, heads side by
 * side
 * @scratch: pd_attention_scratch_floats(n_tokens, head_size) floats
 * @out: (out): [n_tokens, n_heads * head_size]
 *
 * out = softmax(Q K^T / sqrt(head_size)) V for each head (Vaswani et al. 2017).
 */
void pd_attention(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                  float *scratch, float *out);
void pd_attention_blas(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                       float *scratch, float *out);
void pd_attention_plain(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                        float *scratch, float *out);
size_t pd_attention_scratch_floats(size_t n_tokens, size_t head_size);

/* Each row of x: [n_rows, n_cols], in place. Rows of NaN stay NaN. */
void pd_softmax_rows(float *x, size_t n_rows, size_t n_cols);
void pd_softmax_rows_plain(float *x, size_t n_rows, size_t n_cols);

/* x = layer_norm(x + delta) for each row, as PyTorch: biased variance. @delta: (nullable) */
void pd_add_layer_norm(float *x, const float *delta, const float *gain, const float *bias,
                       size_t n_rows, size_t n_cols, float epsilon);
void pd_add_layer_norm_plain(float *x, const float *delta, const float *gain, const float *bias,
                             size_t n_rows, size_t n_cols, float epsilon);

/*
 * x = x Phi(x), in place: PyTorch's "gelu", the exact one (Hendrycks and Gimpel 2016). For x in
 * [-6, 6] the error is below 5e-7 (one unit in the last place of 4), beyond that below 1e-6 of x;
 * an infinite x gives NaN or infinity.
 */
void pd_gelu(float *x, size_t n);
void pd_gelu_plain(float *x, size_t n);

/*
 * Stored numbers to float32, exactly. The bytes need no alignment; little-endian, as the file is.
 */
void pd_from_f16(const uint8_t *bytes, size_t n, float *out);
void pd_from_bf16(const uint8_t *bytes, size_t n, float *out);
void pd_from_i8(const uint8_t *bytes, size_t n, float scale, float *out);
float pd_f16_plain(uint16_t half);

bool pd_all_finite(const float *x, size_t n);
