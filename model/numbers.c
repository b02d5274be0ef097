/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/numbers.h"

#include <math.h>
#include <string.h>

/*
 * GCC compiles such a function once for each instruction set and the dynamic loader takes the best:
 * the package is built for the oldest processor and still runs wide loops on a new one. Not under
 * ThreadSanitizer: the loader chooses before that has started, and the program would crash.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

static inline __attribute__((always_inline)) uint16_t
read_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

WIDE void
pd_from_f16(const uint8_t *bytes, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t half = read_le16(bytes + 2 * i);
        uint32_t bits = (half & 0x7fff) << 13;
        float value;

        /* the exponent's bias goes from 15 to 127 by a product, which puts subnormals right too */
        memcpy(&value, &bits, sizeof value);
        value *= 0x1p112f;
        memcpy(&bits, &value, sizeof bits);
        bits |= (half & 0x7c00) == 0x7c00 ? 0x7f800000 : 0; /* infinity and NaN */
        bits |= (half & 0x8000) << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

WIDE void
pd_from_bf16(const uint8_t *bytes, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)read_le16(bytes + 2 * i) << 16;

        memcpy(&out[i], &bits, sizeof bits);
    }
}

WIDE void
pd_from_i8(const uint8_t *bytes, size_t n, float scale, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(int8_t)bytes[i] * scale;
}

float
pd_f16_plain(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    float size;

    if (exponent == 31)
        size = fraction != 0 ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexpf((float)fraction, -24);
    else
        size = ldexpf((float)(1024 + fraction), exponent - 25);
    return half & 0x8000 ? -size : size;
}

WIDE bool
pd_all_finite(const float *x, size_t n)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, &x[i], sizeof bits);
        bad |= (bits & 0x7f800000) == 0x7f800000;
    }
    return bad == 0;
}
