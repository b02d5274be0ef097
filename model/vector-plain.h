/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vector-plain.h - what loops.h needs, 4 numbers at a time, for any processor (GCC's vectors) */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 4
#define V_INLINE static inline __attribute__((always_inline))

typedef float Vec __attribute__((vector_size(16)));
typedef int32_t VecBits __attribute__((vector_size(16)));

#define v_add(a, b) ((a) + (b))
#define v_sub(a, b) ((a) - (b))
#define v_mul(a, b) ((a) * (b))
#define v_fma(a, b, c) ((a) * (b) + (c))

V_INLINE Vec
v_set1(float x)
{
    return (Vec){ x, x, x, x };
}

V_INLINE void
v_store(float *p, Vec x)
{
    memcpy(p, &x, sizeof x);
}

V_INLINE Vec
v_load(const float *p)
{
    Vec x;

    memcpy(&x, p, sizeof x);
    return x;
}

/* Bits of @a where @mask is all ones, of @b where it is 0. */
V_INLINE Vec
v_choose(VecBits mask, Vec a, Vec b)
{
    return (Vec)((mask & (VecBits)a) | (~mask & (VecBits)b));
}

V_INLINE Vec
v_min(Vec a, Vec b) /* b if one is NaN */
{
    return v_choose(a < b, a, b);
}

V_INLINE Vec
v_max(Vec a, Vec b) /* b if one is NaN */
{
    return v_choose(a > b, a, b);
}

V_INLINE Vec
v_abs(Vec x)
{
    return (Vec)((VecBits)x & 0x7fffffff);
}

V_INLINE float
v_sum(Vec x)
{
    return (x[0] + x[1]) + (x[2] + x[3]);
}

V_INLINE float
v_lowest(Vec x)
{
    return fminf(fminf(x[0], x[1]), fminf(x[2], x[3]));
}

V_INLINE float
v_highest(Vec x)
{
    return fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3]));
}

/* To a whole number, for |x| below 2^22: 1.5 * 2^23 leaves no bits for the rest. */
V_INLINE Vec
v_round(Vec x)
{
    const Vec magic = v_set1(12582912.0f);

    return (x + magic) - magic;
}

/* x * 2^n for whole n in [-126, 0] */
V_INLINE Vec
v_scale(Vec x, Vec n)
{
    VecBits sum = (VecBits)(n + v_set1(12582912.0f)); /* n is in its low bits */

    return (Vec)((VecBits)x + (sum << 23));
}

/* Rounded, and cut to 0..255. */
V_INLINE void
v_store_values(uint8_t *to, Vec x)
{
    Vec cut = v_min(v_max(x, v_set1(0.0f)), v_set1(255.0f));
    VecBits sum = (VecBits)(cut + v_set1(12582912.0f));

    for (int i = 0; i < LANES; i++)
        to[i] = (uint8_t)sum[i];
}
