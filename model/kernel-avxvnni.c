/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-avxvnni.c - 32 products an instruction, on processors without AVX-512
 *
 * A tile of up to 6 tokens and 16 outputs is summed in 12 of the 16 registers.
 */
#include "model/kernels-private.h"

#include <string.h>

#ifdef __clang__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,avxvnni")
#endif
#define VALUE uint8_t
#include "model/vector-avx2.h"

#include "model/loops.h"

#define OUTS PD_INT8_OUTS
#define MAX_ROWS 6
#define HALF (PD_INT8_OUTS / 2)

/* CPUID, leaf 7, subleaf 1: GCC 12 does not know the name */
static bool
runs(void)
{
    unsigned a = 7, b, c = 1, d;

    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return false;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (a & 1u << 4) != 0;
}

/* Outputs [first, first + 16); @n_rows is a constant wherever this is inlined. */
V_INLINE void
tile(const PdInt8Linear *self, size_t first, const PdInt8Rows *x, size_t row, float *y,
     size_t y_stride, const size_t n_rows)
{
    const size_t n_in = self->n_in;
    const VALUE *values = (const VALUE *)x->values + row * n_in;
    const int8_t *weight = self->weight + first * n_in;
    __m256i sum[MAX_ROWS][2];

#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++)
        sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    for (size_t i = 0; i < n_in; i += PD_INT8_INS, weight += PD_INT8_OUTS * PD_INT8_INS) {
        __m256i low = _mm256_load_si256((const __m256i *)weight);
        __m256i high = _mm256_load_si256((const __m256i *)weight + 1);

#pragma GCC unroll 6
        for (size_t r = 0; r < n_rows; r++) {
            int32_t bits;
            __m256i four;

            memcpy(&bits, values + r * n_in + i, sizeof bits);
            four = _mm256_set1_epi32(bits);
            __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum[r][0]) : "x"(four), "x"(low));
            __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum[r][1]) : "x"(four), "x"(high));
        }
    }
#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 2
        for (size_t h = 0; h < 2; h++)
            finish(self, first + h * HALF, sum[r][h], x->scale[row + r], x->zero[row + r],
                   y + (row + r) * y_stride + first + h * HALF);
}

#include "model/tiles.h"

const PdKernel pd_kernel_avxvnni = KERNEL("avxvnni", true);

#ifdef __clang__
#pragma clang attribute pop
#endif
