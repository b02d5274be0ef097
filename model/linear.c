/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/linear.h"

#include <cblas.h>
#include <string.h>

#define LANES 16    /* of the widest vector */
#define TILE_ROWS 6 /* 6 rows x 4 registers leave 8 of 32 for operands */
#define NARROW 32   /* outputs; a product of so few is not given to OpenBLAS */
#define BLOCK 8     /* of these are summed at a time */

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
pd_linear_init(void)
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

static void
linear_tiles(const PdLinear *self, const float *x, size_t n_rows, float *y, size_t y_stride)
{
    float padded[TILE_ROWS * PD_PANEL];

    for (size_t out = 0; out < self->n_out; out += PD_PANEL) {
        size_t width = min_size(PD_PANEL, self->n_out - out);
        Product p = { x,        self->n_in,       self->weight + out * self->n_in,
                      PD_PANEL, self->bias + out, y + out,
                      y_stride, self->n_in };

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
                memcpy(y + (row + r) * y_stride + out, padded + r * PD_PANEL,
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

/* Outputs [out, out + @n) of a row; @n is a constant wherever this is inlined. */
static inline __attribute__((always_inline)) void
narrow_block(const PdLinear *self, const float *x, size_t out, const size_t n, float *y)
{
    const float *w = self->weight + out;
    float sum[BLOCK];

    for (size_t k = 0; k < n; k++)
        sum[k] = self->bias[out + k];
    for (size_t i = 0; i < self->n_in; i++, w += self->width)
        for (size_t k = 0; k < n; k++)
            sum[k] += x[i] * w[k];
    for (size_t k = 0; k < n; k++)
        y[out + k] = sum[k];
}

/* Row by row: what OpenBLAS says of a row differs in the last bits with the rows beside it, and so
 * would what is found in a sentence with what is judged in the same pass. */
static void
linear_narrow(const PdLinear *self, const float *x, size_t n_rows, float *y, size_t y_stride)
{
    for (size_t row = 0; row < n_rows; row++, x += self->n_in, y += y_stride) {
        size_t out = 0;

        for (; out + BLOCK <= self->n_out; out += BLOCK)
            narrow_block(self, x, out, BLOCK, y);
        for (; out < self->n_out; out++)
            narrow_block(self, x, out, 1, y);
    }
}

static void
linear_blas(const PdLinear *self, const float *x, size_t n_rows, float *y, size_t y_stride)
{
    for (size_t row = 0; row < n_rows; row++)
        memcpy(y + row * y_stride, self->bias, self->n_out * sizeof(float));
    for (size_t out = 0; out < self->n_out; out += self->width)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n_rows,
                    (int)min_size(self->width, self->n_out - out), (int)self->n_in, 1.0f, x,
                    (int)self->n_in, self->weight + out * self->n_in, (int)self->width, 1.0f,
                    y + out, (int)y_stride);
}

void
pd_linear(const PdLinear *self, const float *x, size_t n_rows, float *y, size_t y_stride)
{
#if HAVE_TILES
    if (self->width == PD_PANEL && have_tiles()) {
        linear_tiles(self, x, n_rows, y, y_stride);
        return;
    }
#endif
    if (self->n_out <= NARROW && self->width == self->n_out)
        linear_narrow(self, x, n_rows, y, y_stride);
    else
        linear_blas(self, x, n_rows, y, y_stride);
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
