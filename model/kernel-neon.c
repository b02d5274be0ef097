/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-neon.c - 16 products an instruction, of AArch64's dot product extension
 *
 * It multiplies signed with signed: values and zeros go down by 128. A tile of up to 4 tokens and
 * 16 outputs is summed in 16 of the 32 registers.
 */
#include "model/kernels-private.h"

#include <string.h>
#include <sys/auxv.h>

#pragma GCC target("arch=armv8.2-a+dotprod")
#define VALUE uint8_t
#include "model/vector-neon.h"

#include "model/loops.h"

#define OUTS PD_INT8_OUTS
#define MAX_ROWS 4
#define PARTS 4 /* registers of a panel: 4 outputs each */
#define SHIFT 128

static bool
runs(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}

V_INLINE int8x16_t
broadcast(const uint8_t *four)
{
    uint32_t bits;

    memcpy(&bits, four, sizeof bits);
    return vreinterpretq_s8_u32(vdupq_n_u32(bits ^ 0x80808080u));
}

V_INLINE void
finish(const PdInt8Linear *self, size_t at, int32x4_t sum, float scale, float zero, float *y)
{
    float32x4_t value = vmulq_f32(vcvtq_f32_s32(sum), vld1q_f32(self->scale + at));

    value = vfmsq_n_f32(value, vld1q_f32(self->sum + at), zero - SHIFT);
    vst1q_f32(y, vfmaq_n_f32(vld1q_f32(self->bias + at), value, scale));
}

/* Outputs [first, first + 16); @n_rows is a constant wherever this is inlined. */
V_INLINE void
tile(const PdInt8Linear *self, size_t first, const PdInt8Rows *x, size_t row, float *y,
     size_t y_stride, const size_t n_rows)
{
    const size_t n_in = self->n_in;
    const VALUE *values = (const VALUE *)x->values + row * n_in;
    const int8_t *weight = self->weight + first * n_in;
    int32x4_t sum[MAX_ROWS][PARTS];

#pragma GCC unroll 4
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 4
        for (size_t part = 0; part < PARTS; part++)
            sum[r][part] = vdupq_n_s32(0);
    for (size_t i = 0; i < n_in; i += PD_INT8_INS, weight += PD_INT8_OUTS * PD_INT8_INS) {
        int8x16_t w[PARTS];

#pragma GCC unroll 4
        for (size_t part = 0; part < PARTS; part++)
            w[part] = vld1q_s8(weight + 16 * part);
#pragma GCC unroll 4
        for (size_t r = 0; r < n_rows; r++) {
            int8x16_t four = broadcast(values + r * n_in + i);

#pragma GCC unroll 4
            for (size_t part = 0; part < PARTS; part++)
                sum[r][part] = vdotq_s32(sum[r][part], w[part], four);
        }
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 4
        for (size_t part = 0; part < PARTS; part++)
            finish(self, first + 4 * part, sum[r][part], x->scale[row + r], x->zero[row + r],
                   y + (row + r) * y_stride + first + 4 * part);
}

#include "model/tiles.h"

const PdKernel pd_kernel_neon = KERNEL("neon", true);
