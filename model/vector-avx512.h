/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vector-avx512.h - what loops.h needs, 16 numbers at a time; after the target pragma */
#pragma once

#include <immintrin.h>
#include <stdint.h>

#define LANES 16
#define V_INLINE static inline __attribute__((always_inline))

typedef __m512 Vec;

#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, x) _mm512_storeu_ps(p, x)
#define v_set1(x) _mm512_set1_ps(x)
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c) /* a * b + c */
#define v_min(a, b) _mm512_min_ps(a, b)         /* b if one is NaN */
#define v_max(a, b) _mm512_max_ps(a, b)         /* b if one is NaN */
#define v_abs(x) _mm512_abs_ps(x)
#define v_sum(x) _mm512_reduce_add_ps(x)
#define v_lowest(x) _mm512_reduce_min_ps(x)
#define v_highest(x) _mm512_reduce_max_ps(x)

V_INLINE Vec
v_round(Vec x)
{
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* x * 2^n for whole n in [-126, 0] */
V_INLINE Vec
v_scale(Vec x, Vec n)
{
    return _mm512_scalef_ps(x, n);
}

/* Rounded, and cut to 0..255. */
V_INLINE void
v_store_values(uint8_t *to, Vec x)
{
    __m512i rounded = _mm512_max_epi32(_mm512_cvtps_epi32(x), _mm512_setzero_si512());

    _mm_storeu_si128((__m128i *)to, _mm512_cvtusepi32_epi8(rounded));
}
