/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vector-avx2.h - what loops.h needs, 8 numbers at a time; after the target pragma. VALUE is the
 * type of quantised numbers, uint8_t or int16_t.
 */
#pragma once

#include "model/int8.h"

#include <immintrin.h>
#include <stdint.h>

#define LANES 8
#define V_INLINE static inline __attribute__((always_inline))

typedef __m256 Vec;

#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, x) _mm256_storeu_ps(p, x)
#define v_set1(x) _mm256_set1_ps(x)
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c) /* a * b + c */
#define v_min(a, b) _mm256_min_ps(a, b)         /* b if one is NaN */
#define v_max(a, b) _mm256_max_ps(a, b)         /* b if one is NaN */
#define v_abs(x) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x)

#define V_REDUCE(name, op)                                                                \
    V_INLINE float name(Vec x)                                                            \
    {                                                                                     \
        __m128 y = _mm_##op##_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1)); \
                                                                                          \
        y = _mm_##op##_ps(y, _mm_movehl_ps(y, y));                                        \
        return _mm_cvtss_f32(_mm_##op##_ps(y, _mm_movehdup_ps(y)));                       \
    }
V_REDUCE(v_sum, add)
V_REDUCE(v_lowest, min)
V_REDUCE(v_highest, max)
#undef V_REDUCE

V_INLINE Vec
v_round(Vec x)
{
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* x * 2^n for whole n in [-126, 0] */
V_INLINE Vec
v_scale(Vec x, Vec n)
{
    __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);

    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), exponent));
}

/* Rounded, and cut to 0..255. */
V_INLINE void
v_store_values(VALUE *to, Vec x)
{
    __m256i rounded = _mm256_cvtps_epi32(x);
    __m128i cut =
        _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));

    cut = _mm_packus_epi16(cut, cut);
    if (sizeof(VALUE) == 1)
        _mm_storel_epi64((__m128i *)(void *)to, cut);
    else
        _mm_storeu_si128((__m128i *)(void *)to, _mm_cvtepu8_epi16(cut));
}

/* Outputs [at, at + 8) of a token, from the sums of products. */
V_INLINE void
finish(const PdInt8Linear *self, size_t at, __m256i sum, float scale, float zero, float *y)
{
    __m256 shift = _mm256_mul_ps(_mm256_set1_ps(zero), _mm256_loadu_ps(self->sum + at));
    __m256 value =
        _mm256_fmsub_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(self->scale + at), shift);

    _mm256_storeu_ps(
        y, _mm256_fmadd_ps(value, _mm256_set1_ps(scale), _mm256_loadu_ps(self->bias + at)));
}
