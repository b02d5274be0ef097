/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linear.h - products of float32, one thread: the reference, and what runs where int8 does not pay
 *
 * They go to OpenBLAS, save where the processor has AVX-512: there a kernel of our own runs on
 * weights that were packed once (model/SPEED.md has the measurements). Nor do those of at most 32
 * outputs, which are all that an int8 network leaves to this: OpenBLAS's last bits of a row differ
 * with the rows beside it, ours do not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

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

void pd_linear_init(void); /* one thread for OpenBLAS; any number of times */

/* The width that suits this processor. */
size_t pd_linear_best_width(size_t n_out);
/* How many floats weight and bias take; the sum is below SIZE_MAX where n_in * n_out is small. */
size_t pd_linear_weight_floats(size_t n_in, size_t n_out, size_t width);
size_t pd_linear_bias_floats(size_t n_out, size_t width);
/* Stores rows [first, first + n_rows) of W: @rows is [n_rows, n_in]. Padding must be 0 before. */
void pd_linear_pack(const PdLinear *self, size_t first, size_t n_rows, const float *rows);

/* @x: [n_rows, n_in]; @y: (out): [n_rows, n_out] with rows @y_stride floats apart, not @x */
void pd_linear(const PdLinear *self, const float *x, size_t n_rows, float *y, size_t y_stride);
/* @weight: [n_out, n_in], not packed; @bias: [n_out] */
void pd_linear_plain(const float *weight, const float *bias, size_t n_in, size_t n_out,
                     const float *x, size_t n_rows, float *y);
