/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/int8.h"

#include <string.h>

bool
pd_int8_fits(size_t n_in, size_t n_out)
{
    return n_in % PD_INT8_OUTS == 0 && n_in <= PD_INT8_MAX_IN && n_out % PD_INT8_OUTS == 0;
}

/* Where four inputs of an output lie. */
static size_t
place(size_t n_in, size_t row, size_t i)
{
    return row / PD_INT8_OUTS * PD_INT8_OUTS * n_in +
           (i / PD_INT8_INS * PD_INT8_OUTS + row % PD_INT8_OUTS) * PD_INT8_INS;
}

void
pd_int8_pack_row(int8_t *weight, size_t n_in, size_t row, const int8_t *from)
{
    for (size_t i = 0; i < n_in; i += PD_INT8_INS)
        memcpy(weight + place(n_in, row, i), from + i, PD_INT8_INS);
}

void
pd_int8_unpack_row(const int8_t *weight, size_t n_in, size_t row, int8_t *to)
{
    for (size_t i = 0; i < n_in; i += PD_INT8_INS)
        memcpy(to + i, weight + place(n_in, row, i), PD_INT8_INS);
}
