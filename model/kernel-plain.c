/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-plain.c - the loop that the other kernels are compared with, and the one for any processor
 */
#include "model/kernels-private.h"

#define VALUE uint8_t
#include "model/vector-plain.h"

#include "model/loops.h"

static bool
runs(void)
{
    return true;
}

static void
panel(const PdInt8Linear *self, size_t p, const uint8_t *x, float scale, float zero, float *y)
{
    const int8_t *w = self->weight + p * PD_INT8_OUTS * self->n_in;
    int32_t sum[PD_INT8_OUTS] = { 0 };

    for (size_t i = 0; i < self->n_in; i += PD_INT8_INS, w += PD_INT8_OUTS * PD_INT8_INS)
        for (size_t out = 0; out < PD_INT8_OUTS; out++)
            for (size_t k = 0; k < PD_INT8_INS; k++)
                sum[out] += x[i + k] * w[out * PD_INT8_INS + k];
    for (size_t out = 0; out < PD_INT8_OUTS; out++) {
        size_t at = p * PD_INT8_OUTS + out;

        y[out] =
            ((float)sum[out] * self->scale[at] - zero * self->sum[at]) * scale + self->bias[at];
    }
}

static void
product(const PdInt8Linear *self, const PdInt8Rows *x, size_t n_rows, float *y, size_t y_stride)
{
    for (size_t p = 0; p < self->n_panels; p++)
        for (size_t row = 0; row < n_rows; row++)
            panel(self, p, (const uint8_t *)x->values + row * self->n_in, x->scale[row],
                  x->zero[row], y + row * y_stride + p * PD_INT8_OUTS);
}

const PdKernel pd_kernel_plain = KERNEL("plain", false);
