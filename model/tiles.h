/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tiles.h - cuts a product into tiles, for the kernels whose tiles are all OUTS outputs wide
 *
 * kernel-*.c includes it behind its tile() of up to MAX_ROWS tokens, whose last argument is then a
 * constant.
 */
#pragma once

#include "model/kernels-private.h"

static void
product(const PdInt8Linear *self, const PdInt8Rows *x, size_t n_rows, float *y, size_t y_stride)
{
    for (size_t first = 0; first < self->n_panels * PD_INT8_OUTS; first += OUTS) {
        for (size_t row = 0, height; row < n_rows; row += height) {
            height = pd_tile_height(n_rows - row, MAX_ROWS);
            switch (height) {
#define CASE(n)                                    \
    case n:                                        \
        tile(self, first, x, row, y, y_stride, n); \
        break
#if MAX_ROWS > 4
                CASE(6);
                CASE(5);
#endif
                CASE(4);
                CASE(3);
                CASE(2);
                CASE(1);
#undef CASE
            }
        }
    }
}
