/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernels-private.h - the kernels, one file each; meson.build compiles those of the architecture
 */
#pragma once

#include "model/kernels.h"

extern const PdKernel pd_kernel_avx512vnni, pd_kernel_avxvnni, pd_kernel_avx2; /* x86-64 */
extern const PdKernel pd_kernel_neon;                                          /* AArch64 */
extern const PdKernel pd_kernel_plain;

/* Heights of tiles that are nearly the same: 16 rows in tiles of 12 are 8 + 8, not 12 + 4. */
static inline size_t
pd_tile_height(size_t n_rows, size_t most)
{
    size_t n_tiles = (n_rows + most - 1) / most;

    return (n_rows + n_tiles - 1) / n_tiles;
}
