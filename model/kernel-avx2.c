/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-avx2.c - 16 products an instruction
 *
 * The instruction of AVX2 for bytes adds two products in 16 bits, where they may not fit
 * (255 * 127 * 2), and then cuts them silently. So both sides are widened to 16 bits first, the
 * values when they are quantised; those products are added in 32. A tile has up to 6 tokens and 8
 * outputs, each sum in two parts: 12 of the 16 registers.
 */
#include "model/kernels-private.h"

#include <string.h>

#ifdef __clang__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define VALUE int16_t
#include "model/vector-avx2.h"

#include "model/loops.h"

#define OUTS (PD_INT8_OUTS / 2)
#define MAX_ROWS 6
#define PARTS 2 /* registers of a tile's row: 4 outputs with two sums each */

static bool
runs(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Four values, four times. */
V_INLINE __m256i
broadcast(const int16_t *four)
{
    int64_t bits;

    memcpy(&bits, four, sizeof bits);
    return _mm256_set1_epi64x(bits);
}

/* Written out, since GCC 12 would begin several products at once and run out of registers. */
V_INLINE void
add_products(__m256i *sum, __m256i a, __m256i b)
{
    __m256i product;

    __asm__("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0"
            : "+x"(*sum), "=&x"(product)
            : "x"(a), "x"(b));
}

/* Outputs [first, first + 8); @n_rows is a constant wherever this is inlined. */
V_INLINE void
tile(const PdInt8Linear *self, size_t first, const PdInt8Rows *x, size_t row, float *y,
     size_t y_stride, const size_t n_rows)
{
    const size_t n_in = self->n_in, panel = first / PD_INT8_OUTS;
    const VALUE *values = (const VALUE *)x->values + row * n_in;
    const int8_t *weight =
        self->weight + panel * PD_INT8_OUTS * n_in + first % PD_INT8_OUTS * PD_INT8_INS;
    __m256i sum[MAX_ROWS][PARTS];

#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++)
        sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    for (size_t i = 0; i < n_in; i += PD_INT8_INS, weight += PD_INT8_OUTS * PD_INT8_INS) {
        __m256i low = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)weight));
        __m256i high = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)weight + 1));

#pragma GCC unroll 6
        for (size_t r = 0; r < n_rows; r++) {
            __m256i four = broadcast(values + r * n_in + i);

            add_products(&sum[r][0], four, low);
            add_products(&sum[r][1], four, high);
        }
    }
#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++) {
        /* adds neighbours, but half a register at a time: outputs 0 1 4 5 2 3 6 7 */
        __m256i mixed = _mm256_hadd_epi32(sum[r][0], sum[r][1]);

        finish(self, first, _mm256_permute4x64_epi64(mixed, 0xd8), x->scale[row + r],
               x->zero[row + r], y + (row + r) * y_stride + first);
    }
}

#include "model/tiles.h"

const PdKernel pd_kernel_avx2 = KERNEL("avx2", true);

#ifdef __clang__
#pragma clang attribute pop
#endif
