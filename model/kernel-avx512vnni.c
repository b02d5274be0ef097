/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-avx512vnni.c - 64 products an instruction
 *
 * A tile of up to 12 tokens and 32 outputs is summed in 24 of the 32 registers; two hold weights,
 * one the token's next four values. The instruction is written out, since GCC 12 copies the sums of
 * its own function for it around, which halves the speed.
 */
#include "model/kernels-private.h"

#include <string.h>

#ifdef __clang__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512vnni")
#endif
#define VALUE uint8_t
#include "model/vector-avx512.h"

#include "model/loops.h"

#define MAX_ROWS 12
#define MAX_PANELS 2

static bool
runs(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

V_INLINE __m512i
broadcast(const uint8_t *four)
{
    int32_t bits;

    memcpy(&bits, four, sizeof bits);
    return _mm512_set1_epi32(bits);
}

V_INLINE void
finish(const PdInt8Linear *self, size_t panel, __m512i sum, float scale, float zero, float *y)
{
    const size_t at = panel * PD_INT8_OUTS;
    __m512 shift = _mm512_mul_ps(_mm512_set1_ps(zero), _mm512_loadu_ps(self->sum + at));
    __m512 value =
        _mm512_fmsub_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(self->scale + at), shift);

    _mm512_storeu_ps(
        y, _mm512_fmadd_ps(value, _mm512_set1_ps(scale), _mm512_loadu_ps(self->bias + at)));
}

/* @n_rows and @n_panels are constants wherever this is inlined. */
V_INLINE void
tile(const PdInt8Linear *self, size_t panel, const PdInt8Rows *x, size_t row, float *y,
     size_t y_stride, const size_t n_rows, const size_t n_panels)
{
    const size_t n_in = self->n_in;
    const VALUE *values = (const VALUE *)x->values + row * n_in;
    const int8_t *weight = self->weight + panel * PD_INT8_OUTS * n_in;
    __m512i sum[MAX_ROWS][MAX_PANELS];

#pragma GCC unroll 12
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 2
        for (size_t p = 0; p < n_panels; p++)
            sum[r][p] = _mm512_setzero_si512();
    for (size_t i = 0; i < n_in; i += PD_INT8_INS) {
        __m512i w[MAX_PANELS];

#pragma GCC unroll 2
        for (size_t p = 0; p < n_panels; p++)
            w[p] = _mm512_load_si512(weight + (p * n_in + i) * PD_INT8_OUTS);
#pragma GCC unroll 12
        for (size_t r = 0; r < n_rows; r++) {
            __m512i four = broadcast(values + r * n_in + i);

#pragma GCC unroll 2
            for (size_t p = 0; p < n_panels; p++)
                __asm__("vpdpbusd %2, %1, %0" : "+v"(sum[r][p]) : "v"(four), "v"(w[p]));
        }
    }
#pragma GCC unroll 12
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 2
        for (size_t p = 0; p < n_panels; p++)
            finish(self, panel + p, sum[r][p], x->scale[row + r], x->zero[row + r],
                   y + (row + r) * y_stride + (panel + p) * PD_INT8_OUTS);
}

V_INLINE void
panels(const PdInt8Linear *self, size_t panel, const PdInt8Rows *x, size_t n_rows, float *y,
       size_t y_stride, const size_t n_panels)
{
    for (size_t row = 0; row < n_rows;) {
        size_t height = pd_tile_height(n_rows - row, MAX_ROWS);

        switch (height) {
#define CASE(n)                                              \
    case n:                                                  \
        tile(self, panel, x, row, y, y_stride, n, n_panels); \
        break
            CASE(12);
            CASE(11);
            CASE(10);
            CASE(9);
            CASE(8);
            CASE(7);
            CASE(6);
            CASE(5);
            CASE(4);
            CASE(3);
            CASE(2);
            CASE(1);
#undef CASE
        }
        row += height;
    }
}

static void
product(const PdInt8Linear *self, const PdInt8Rows *x, size_t n_rows, float *y, size_t y_stride)
{
    size_t panel = 0;

    for (; panel + 2 <= self->n_panels; panel += 2)
        panels(self, panel, x, n_rows, y, y_stride, 2);
    if (panel < self->n_panels)
        panels(self, panel, x, n_rows, y, y_stride, 1);
}

const PdKernel pd_kernel_avx512vnni = KERNEL("avx512vnni", true);

#ifdef __clang__
#pragma clang attribute pop
#endif
