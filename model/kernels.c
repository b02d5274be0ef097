/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kernels.h"
#include "model/kernels-private.h"

#include <math.h>
#include <string.h>

const PdKernel *const pd_kernels[] = {
#if defined(__x86_64__)
    &pd_kernel_avx512vnni, &pd_kernel_avxvnni, &pd_kernel_avx2,
#elif defined(__aarch64__)
    &pd_kernel_neon,
#endif
    &pd_kernel_plain, NULL
};

const PdKernel *
pd_kernel_find(const char *name)
{
    for (size_t i = 0; pd_kernels[i] != NULL; i++)
        if ((name == NULL || strcmp(pd_kernels[i]->name, name) == 0) && pd_kernels[i]->runs())
            return pd_kernels[i];
    return NULL;
}

size_t
pd_attention_scratch_floats(size_t n_tokens, size_t head_size)
{
    return (n_tokens + head_size) * PD_MAX_LANES;
}

/* --- plain loops --- */

void
pd_int8_product_plain(const int8_t *weight, const float *scale, const float *bias, size_t n_in,
                      size_t n_out, const PdInt8Rows *x, bool wide_values, size_t n_rows, float *y)
{
    const uint8_t *bytes = x->values;
    const int16_t *words = x->values;

    for (size_t row = 0; row < n_rows; row++) {
        for (size_t out = 0; out < n_out; out++) {
            double sum = 0.0;

            for (size_t i = 0; i < n_in; i++) {
                int value = wide_values ? words[row * n_in + i] : bytes[row * n_in + i];

                sum += ((double)value - (double)x->zero[row]) * weight[out * n_in + i];
            }
            y[row * n_out + out] =
                (float)(sum * (double)x->scale[row] * (double)scale[out] + (double)bias[out]);
        }
    }
}

static void
softmax_rows(float *x, size_t n_rows, size_t n_cols)
{
    for (size_t row = 0; row < n_rows; row++, x += n_cols) {
        double high = -INFINITY, sum = 0.0;

        for (size_t i = 0; i < n_cols; i++)
            high = fmax(high, (double)x[i]);
        for (size_t i = 0; i < n_cols; i++)
            sum += exp((double)x[i] - high);
        for (size_t i = 0; i < n_cols; i++)
            x[i] = (float)(exp((double)x[i] - high) / sum);
    }
}

/* Query @q points at one token's row of @qkv, at its head; the rest as above. */
static void
attend_plain(const float *q, const float *qkv, size_t n_tokens, size_t hidden, size_t head_size,
             float *scores, float *out)
{
    for (size_t t = 0; t < n_tokens; t++) {
        double sum = 0.0;

        for (size_t i = 0; i < head_size; i++)
            sum += (double)q[i] * (double)qkv[t * 3 * hidden + hidden + i];
        scores[t] = (float)(sum / sqrt((double)head_size));
    }
    softmax_rows(scores, 1, n_tokens);
    for (size_t i = 0; i < head_size; i++) {
        double sum = 0.0;

        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)scores[t] * (double)qkv[t * 3 * hidden + 2 * hidden + i];
        out[i] = (float)sum;
    }
}

void
pd_attention_plain(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                   float *scratch, float *out)
{
    size_t hidden = n_heads * head_size;

    for (size_t row = 0; row < n_tokens; row++)
        for (size_t at = 0; at < hidden; at += head_size)
            attend_plain(qkv + row * 3 * hidden + at, qkv + at, n_tokens, hidden, head_size,
                         scratch, out + row * hidden + at);
}

void
pd_add_layer_norm_plain(float *x, const float *delta, const float *gain, const float *bias,
                        size_t n_rows, size_t n_cols, float epsilon)
{
    for (size_t row = 0; row < n_rows; row++, x += n_cols) {
        double mean = 0.0, variance = 0.0;

        for (size_t i = 0; i < n_cols; i++) {
            if (delta != NULL)
                x[i] += delta[row * n_cols + i];
            mean += (double)x[i] / (double)n_cols;
        }
        for (size_t i = 0; i < n_cols; i++)
            variance += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n_cols;
        for (size_t i = 0; i < n_cols; i++)
            x[i] =
                (float)(((double)x[i] - mean) / sqrt(variance + (double)epsilon) * (double)gain[i] +
                        (double)bias[i]);
    }
}

void
pd_gelu_plain(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(0.5 * (double)x[i] * erfc(-(double)x[i] * M_SQRT1_2));
}
