/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * numbers.h - stored numbers to float32, exactly
 * The bytes need no alignment; little-endian, as the file is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void pd_from_f16(const uint8_t *bytes, size_t n, float *out);
void pd_from_bf16(const uint8_t *bytes, size_t n, float *out);
void pd_from_i8(const uint8_t *bytes, size_t n, float scale, float *out);
float pd_f16_plain(uint16_t half);

bool pd_all_finite(const float *x, size_t n);
