/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vector-neon.h - what loops.h needs, 4 numbers at a time, on AArch64 */
#pragma once

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define LANES 4
#define V_INLINE static inline __attribute__((always_inline))

typedef float32x4_t Vec;

#define v_load(p) vld1q_f32(p)
#define v_store(p, x) vst1q_f32(p, x)
#define v_set1(x) vdupq_n_f32(x)
#define v_add(a, b) vaddq_f32(a, b)
#define v_sub(a, b) vsubq_f32(a, b)
#define v_mul(a, b) vmulq_f32(a, b)
#define v_fma(a, b, c) vfmaq_f32(c, a, b) /* a * b + c */
#define v_min(a, b) vminq_f32(a, b)       /* NaN if one is NaN */
#define v_max(a, b) vmaxq_f32(a, b)       /* NaN if one is NaN */
#define v_abs(x) vabsq_f32(x)
#define v_sum(x) vaddvq_f32(x)
#define v_lowest(x) vminvq_f32(x)
#define v_highest(x) vmaxvq_f32(x)
#define v_round(x) vrndnq_f32(x)

/* x * 2^n for whole n in [-126, 0] */
V_INLINE Vec
v_scale(Vec x, Vec n)
{
    int32x4_t exponent = vshlq_n_s32(vcvtq_s32_f32(n), 23);

    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(x), exponent));
}

/* Rounded, and cut to 0..255. */
V_INLINE void
v_store_values(uint8_t *to, Vec x)
{
    uint16x4_t half = vqmovun_s32(vcvtnq_s32_f32(x));
    uint8x8_t cut = vqmovn_u16(vcombine_u16(half, half));
    uint32_t four = vget_lane_u32(vreinterpret_u32_u8(cut), 0);

    memcpy(to, &four, sizeof four);
}
