/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kernels.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/*
 * GCC compiles such a function once for each instruction set and the dynamic loader takes the best:
 * the package is built for the oldest processor and still runs wide loops on a new one.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

#define LANES 16      /* partial sums of a reduction: as many as the widest register holds */
#define TILE_ROWS 6   /* 6 rows x 4 registers leave 8 of 32 for operands */
#define STRIP 32      /* keys at a time in attention: heads have 32 or 64 columns */
#define QUERY_ROWS 48 /* queries at a time: their scores stay in the nearest cache */
#define LOG2E 1.44269504f

static size_t
round_up(size_t n, size_t step)
{
    return (n + step - 1) / step * step;
}

static size_t
min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

void
pd_kernels_init(void)
{
    openblas_set_num_threads(1);
}

/* --- the product of our own --- */

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_TILES 1
#define TILES __attribute__((target("avx512f,avx2,fma")))
#define INLINE_TILES TILES static inline __attribute__((always_inline))

typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));

typedef struct {
    const float *x; /* [n_rows, n_in] with rows @x_stride apart */
    size_t x_stride;
    const float *w; /* [n_in, width] with rows @w_stride apart */
    size_t w_stride;
    const float *bias; /* (nullable): [width] */
    float *y;          /* [n_rows, width] with rows @y_stride apart */
    size_t y_stride;
    size_t n_in;
} Product;

static bool
have_tiles(void)
{
    return __builtin_cpu_supports("avx512f");
}

/* One tile, held in registers: @n_rows and @n_vectors are constants wherever this is inlined. */
INLINE_TILES void
tile(const Product *p, size_t row, const size_t n_rows, const size_t n_vectors)
{
    const float *x = p->x + row * p->x_stride;
    const float *w = p->w;
    float *y = p->y + row * p->y_stride;
    Vector sum[TILE_ROWS][4], wide[4];

#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 4
        for (size_t v = 0; v < n_vectors; v++)
            sum[r][v] = p->bias != NULL ? *(const Vector *)(p->bias + LANES * v) : (Vector){ 0 };
    for (size_t i = 0; i < p->n_in; i++, w += p->w_stride) {
#pragma GCC unroll 4
        for (size_t v = 0; v < n_vectors; v++)
            wide[v] = *(const Vector *)(w + LANES * v);
#pragma GCC unroll 6
        for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 4
            for (size_t v = 0; v < n_vectors; v++)
                sum[r][v] += x[r * p->x_stride + i] * wide[v];
    }
#pragma GCC unroll 6
    for (size_t r = 0; r < n_rows; r++)
#pragma GCC unroll 4
        for (size_t v = 0; v < n_vectors; v++)
            *(Vector *)(y + r * p->y_stride + LANES * v) = sum[r][v];
}

/* All rows, in tiles of nearly the same height: 16 rows are 6 + 5 + 5, not 6 + 6 + 4. */
INLINE_TILES void
tiles(const Product *p, size_t n_rows, const size_t n_vectors)
{
    size_t left = (n_rows + TILE_ROWS - 1) / TILE_ROWS;

    for (size_t row = 0; row < n_rows; left--) {
        size_t height = (n_rows - row + left - 1) / left;

        switch (height) {
        case 6:
            tile(p, row, 6, n_vectors);
            break;
        case 5:
            tile(p, row, 5, n_vectors);
            break;
        case 4:
            tile(p, row, 4, n_vectors);
            break;
        case 3:
            tile(p, row, 3, n_vectors);
            break;
        case 2:
            tile(p, row, 2, n_vectors);
            break;
        default:
            tile(p, row, 1, n_vectors);
            break;
        }
        row += height;
    }
}

TILES static void
tiles_panel(const Product *p, size_t n_rows)
{
    tiles(p, n_rows, PD_PANEL / LANES);
}

TILES static void
tiles_strip(const Product *p, size_t n_rows)
{
    tiles(p, n_rows, STRIP / LANES);
}

static void
linear_tiles(const PdLinear *self, const float *x, size_t n_rows, float *y)
{
    float padded[TILE_ROWS * PD_PANEL];

    for (size_t out = 0; out < self->n_out; out += PD_PANEL) {
        size_t width = min_size(PD_PANEL, self->n_out - out);
        Product p = { x,           self->n_in,       self->weight + out * self->n_in,
                      PD_PANEL,    self->bias + out, y + out,
                      self->n_out, self->n_in };

        if (width == PD_PANEL) {
            tiles_panel(&p, n_rows);
            continue;
        }
        p.y = padded; /* a panel that is not full: the rest of a row must not be overwritten */
        p.y_stride = PD_PANEL;
        for (size_t row = 0; row < n_rows; row += TILE_ROWS) {
            size_t height = min_size(TILE_ROWS, n_rows - row);

            p.x = x + row * self->n_in;
            tiles_panel(&p, height);
            for (size_t r = 0; r < height; r++)
                memcpy(y + (row + r) * self->n_out + out, padded + r * PD_PANEL,
                       width * sizeof(float));
        }
    }
}
#else
#define HAVE_TILES 0
static bool
have_tiles(void)
{
    return false;
}
#endif

/* --- linear --- */

size_t
pd_linear_best_width(size_t n_out)
{
    return have_tiles() ? PD_PANEL : n_out;
}

size_t
pd_linear_weight_floats(size_t n_in, size_t n_out, size_t width)
{
    return round_up(n_out, width) * n_in;
}

size_t
pd_linear_bias_floats(size_t n_out, size_t width)
{
    return round_up(n_out, width);
}

void
pd_linear_pack(const PdLinear *self, size_t first, size_t n_rows, const float *rows)
{
    for (size_t done = 0, n; done < n_rows; done += n) {
        size_t row = first + done;
        float *to = self->weight + row / self->width * self->width * self->n_in + row % self->width;

        /* up to 16 rows that lie in one panel: a line of the cache is then written at once */
        n = min_size(min_size(LANES, n_rows - done), self->width - row % self->width);
        for (size_t i = 0; i < self->n_in; i++)
            for (size_t r = 0; r < n; r++)
                to[i * self->width + r] = rows[(done + r) * self->n_in + i];
    }
}

static void
linear_blas(const PdLinear *self, const float *x, size_t n_rows, float *y)
{
    for (size_t row = 0; row < n_rows; row++)
        memcpy(y + row * self->n_out, self->bias, self->n_out * sizeof(float));
    for (size_t out = 0; out < self->n_out; out += self->width)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n_rows,
                    (int)min_size(self->width, self->n_out - out), (int)self->n_in, 1.0f, x,
                    (int)self->n_in, self->weight + out * self->n_in, (int)self->width, 1.0f,
                    y + out, (int)self->n_out);
}

void
pd_linear(const PdLinear *self, const float *x, size_t n_rows, float *y)
{
#if HAVE_TILES
    if (self->width == PD_PANEL && have_tiles()) {
        linear_tiles(self, x, n_rows, y);
        return;
    }
#endif
    linear_blas(self, x, n_rows, y);
}

void
pd_linear_plain(const float *weight, const float *bias, size_t n_in, size_t n_out, const float *x,
                size_t n_rows, float *y)
{
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t out = 0; out < n_out; out++) {
            double sum = bias[out];

            for (size_t i = 0; i < n_in; i++)
                sum += (double)x[row * n_in + i] * (double)weight[out * n_in + i];
            y[row * n_out + out] = (float)sum;
        }
    }
}

/* --- softmax --- */

/*
 * 2^x for x <= 127, relative error 2e-7; below -126 it is 2^-126, and NaN stays NaN. Adding 1.5 x
 * 2^23 rounds to an integer and leaves it in the low bits, with no conversion that could overflow.
 */
static inline __attribute__((always_inline)) float
exp2_fast(float x)
{
    const float magic = 12582912.0f;
    float clamped = x < -126.0f ? -126.0f : x;
    float shifted = clamped + magic;
    float f = clamped - (shifted - magic);
    float scale, p;
    uint32_t bits;

    p = 1.53533620e-4f;
    p = p * f + 1.33988750e-3f;
    p = p * f + 9.61843692e-3f;
    p = p * f + 5.55033237e-2f;
    p = p * f + 2.40226477e-1f;
    p = p * f + 6.93147182e-1f;
    p = p * f + 1.0f;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* softmax(@factor * x) of one row */
static inline __attribute__((always_inline)) void
softmax_row(float *x, size_t n, float factor)
{
    float high[LANES], sum[LANES] = { 0 };
    float shift, total = 0.0f;
    size_t whole = n / LANES * LANES;

    for (size_t l = 0; l < LANES; l++)
        high[l] = x[0];
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            high[l] = x[i + l] > high[l] ? x[i + l] : high[l];
    for (size_t i = whole; i < n; i++)
        high[0] = x[i] > high[0] ? x[i] : high[0];
    for (size_t l = 1; l < LANES; l++)
        high[0] = high[l] > high[0] ? high[l] : high[0];

    factor *= LOG2E;
    shift = high[0];
    for (size_t i = 0; i < whole; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            x[i + l] = exp2_fast((x[i + l] - shift) * factor);
            sum[l] += x[i + l];
        }
    }
    for (size_t i = whole; i < n; i++) {
        x[i] = exp2_fast((x[i] - shift) * factor);
        total += x[i];
    }
    for (size_t l = 0; l < LANES; l++)
        total += sum[l];
    total = 1.0f / total;
    for (size_t i = 0; i < n; i++)
        x[i] *= total;
}

WIDE static void
softmax_scaled(float *x, size_t n_rows, size_t n_cols, float factor)
{
    for (size_t row = 0; row < n_rows; row++)
        softmax_row(x + row * n_cols, n_cols, factor);
}

void
pd_softmax_rows(float *x, size_t n_rows, size_t n_cols)
{
    if (n_cols > 0)
        softmax_scaled(x, n_rows, n_cols, 1.0f);
}

void
pd_softmax_rows_plain(float *x, size_t n_rows, size_t n_cols)
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

/* --- attention --- */

size_t
pd_attention_scratch_floats(size_t n_tokens, size_t head_size)
{
    return round_up(n_tokens, STRIP) * (QUERY_ROWS + head_size);
}

#if HAVE_TILES
/* Keys of one head, transposed in strips: [n_strips, head_size, STRIP], zeros after the last. */
static void
pack_keys(const float *keys, size_t stride, size_t n_tokens, size_t head_size, float *to)
{
    for (size_t t = 0; t < n_tokens; t += STRIP, to += STRIP * head_size) {
        size_t n = min_size(STRIP, n_tokens - t);

        if (n < STRIP)
            memset(to, 0, STRIP * head_size * sizeof(float));
        for (size_t k = 0; k < n; k++)
            for (size_t i = 0; i < head_size; i++)
                to[i * STRIP + k] = keys[(t + k) * stride + i];
    }
}

static void
head_tiles(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size, float *scratch,
           float *out)
{
    size_t hidden = n_heads * head_size, stride = 3 * hidden;
    size_t padded = round_up(n_tokens, STRIP);
    float *scores = scratch, *keys = scratch + QUERY_ROWS * padded;
    float factor = 1.0f / sqrtf((float)head_size);

    pack_keys(qkv + hidden, stride, n_tokens, head_size, keys);
    for (size_t row = 0; row < n_tokens; row += QUERY_ROWS) {
        size_t n_rows = min_size(QUERY_ROWS, n_tokens - row);

        for (size_t t = 0; t < padded; t += STRIP) {
            Product p = {
                qkv + row * stride, stride, keys + t * head_size, STRIP, NULL, scores + t, padded,
                head_size
            };
            tiles_strip(&p, n_rows);
        }
        for (size_t r = 0; r < n_rows; r++)
            for (size_t t = n_tokens; t < padded; t++)
                scores[r * padded + t] = -INFINITY; /* whole vectors: softmax has no tail */
        softmax_scaled(scores, n_rows, padded, factor);
        for (size_t i = 0; i < head_size; i += STRIP) {
            Product p = { scores, padded,  qkv + 2 * hidden + i,
                          stride, NULL,    out + row * hidden + i,
                          hidden, n_tokens };
            tiles_strip(&p, n_rows);
        }
    }
}
#endif

static void
head_blas(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size, float *scores,
          float *out)
{
    size_t hidden = n_heads * head_size;
    int stride = (int)(3 * hidden), n = (int)n_tokens, size = (int)head_size;

    for (size_t row = 0; row < n_tokens; row += QUERY_ROWS) {
        int n_rows = (int)min_size(QUERY_ROWS, n_tokens - row);

        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n_rows, n, size, 1.0f,
                    qkv + row * 3 * hidden, stride, qkv + hidden, stride, 0.0f, scores, n);
        softmax_scaled(scores, (size_t)n_rows, n_tokens, 1.0f / sqrtf((float)head_size));
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n_rows, size, n, 1.0f, scores, n,
                    qkv + 2 * hidden, stride, 0.0f, out + row * hidden, (int)hidden);
    }
}

void
pd_attention_blas(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size,
                  float *scratch, float *out)
{
    for (size_t head = 0; head < n_heads; head++)
        head_blas(qkv + head * head_size, n_tokens, n_heads, head_size, scratch,
                  out + head * head_size);
}

void
pd_attention(const float *qkv, size_t n_tokens, size_t n_heads, size_t head_size, float *scratch,
             float *out)
{
#if HAVE_TILES
    if (head_size % STRIP == 0 && have_tiles()) {
        for (size_t head = 0; head < n_heads; head++)
            head_tiles(qkv + head * head_size, n_tokens, n_heads, head_size, scratch,
                       out + head * head_size);
        return;
    }
#endif
    pd_attention_blas(qkv, n_tokens, n_heads, head_size, scratch, out);
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
    pd_softmax_rows_plain(scores, 1, n_tokens);
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

/* --- layer norm --- */

static inline __attribute__((always_inline)) float
sum_lanes(const float *lanes)
{
    float sum = 0.0f;

    for (size_t l = 0; l < LANES; l++)
        sum += lanes[l];
    return sum;
}

WIDE void
pd_add_layer_norm(float *x, const float *delta, const float *gain, const float *bias, size_t n_rows,
                  size_t n_cols, float epsilon)
{
    size_t whole = n_cols / LANES * LANES;

    for (size_t row = 0; row < n_rows; row++, x += n_cols) {
        float sum[LANES] = { 0 }, square[LANES] = { 0 };
        float mean, factor;

        if (delta != NULL)
            for (size_t i = 0; i < n_cols; i++)
                x[i] += delta[row * n_cols + i];
        for (size_t i = 0; i < whole; i += LANES)
            for (size_t l = 0; l < LANES; l++)
                sum[l] += x[i + l];
        for (size_t i = whole; i < n_cols; i++)
            sum[0] += x[i];
        mean = sum_lanes(sum) / (float)n_cols;
        for (size_t i = 0; i < whole; i += LANES)
            for (size_t l = 0; l < LANES; l++)
                square[l] += (x[i + l] - mean) * (x[i + l] - mean);
        for (size_t i = whole; i < n_cols; i++)
            square[0] += (x[i] - mean) * (x[i] - mean);
        factor = 1.0f / sqrtf(sum_lanes(square) / (float)n_cols + epsilon);
        for (size_t i = 0; i < n_cols; i++)
            x[i] = (x[i] - mean) * factor * gain[i] + bias[i];
    }
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

/* --- GELU --- */

/*
 * x Phi(x) with Phi(-a) = erfc(a / sqrt 2) / 2 = 2^P(a) / 2 for a = |x|. P is our least-maximum
 * fit of degree 8 to log2 erfc over a in [0, 5.9], weighted by a Phi(-a); it falls without end
 * beyond.
 */
WIDE void
pd_gelu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float a = fabsf(x[i]), p, tail;

        p = -1.31422974e-6f;
        p = p * a + 2.11760871e-5f;
        p = p * a + -9.96745075e-5f;
        p = p * a + -3.46169050e-4f;
        p = p * a + 7.33736064e-3f;
        p = p * a + -5.26861399e-2f;
        p = p * a + -4.59145755e-1f;
        p = p * a + -1.15111232f;
        tail = 0.5f * a * exp2_fast(p * a);
        x[i] = (x[i] > 0.0f ? x[i] : 0.0f * x[i]) - tail; /* 0 * x: NaN stays */
    }
}

void
pd_gelu_plain(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(0.5 * (double)x[i] * erfc(-(double)x[i] * M_SQRT1_2));
}

/* --- stored numbers --- */

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
