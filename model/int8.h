/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * int8.h - matrices of 8-bit integers; what multiplies them is in kernels.h
 *
 * Weights have one scale for each output (row of W) and are symmetric. Activations are quantised
 * when they come, one scale and one zero for each token: x = scale * (value - zero), value in
 * 0..255. Sums are exact, in 32 bits, so that all kernels agree but for the last float operations.
 *
 * Every kernel reads the same packing of W, 16 outputs and 4 inputs at a time (what one
 * instruction of AVX-512 VNNI takes; the others take a half or a quarter of it).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PD_INT8_OUTS 16            /* of a panel */
#define PD_INT8_INS 4              /* that are multiplied and added at a time */
#define PD_INT8_MAX_IN (64 * 1024) /* 255 * 128 * this is just below 2^31 */
#define PD_INT8_ALIGN_BYTES 64     /* of weights: a line of the cache, a register of AVX-512 */

/* y = x W^T + b */
typedef struct {
    size_t n_in;          /* a multiple of 16, at most PD_INT8_MAX_IN */
    size_t n_panels;      /* of 16 outputs */
    const int8_t *weight; /* [n_panels, n_in / 4, 16, 4], aligned */
    const float *scale;   /* [n_panels * 16] */
    const float *sum;     /* [n_panels * 16]: scale times the sum of an output's weights */
    const float *bias;    /* [n_panels * 16] */
} PdInt8Linear;

/* Activations of n_rows tokens. */
typedef struct {
    void *values; /* [n_rows, n_in], 0..255: uint8_t, or int16_t if the kernel's are wide */
    float *scale; /* [n_rows] */
    float *zero;  /* [n_rows]: whole numbers in 0..255 */
} PdInt8Rows;

/* Does W divide into panels? Others are multiplied as float32. */
bool pd_int8_fits(size_t n_in, size_t n_out);
/* Stores a row of W, @from: [n_in]. */
void pd_int8_pack_row(int8_t *weight, size_t n_in, size_t row, const int8_t *from);
/* The opposite: @to: [n_in] */
void pd_int8_unpack_row(const int8_t *weight, size_t n_in, size_t row, int8_t *to);
