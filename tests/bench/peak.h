/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peak.h - how fast this processor multiplies and adds at best: nothing but the widest instruction
 * for it, on registers
 *
 * Operations (a product and a sum are two) a second of one thread, the best of many short bursts; 0
 * where no such instruction is known: int8 needs AVX-512 VNNI or AVX-VNNI, fp32 AVX-512 or FMA.
 */
#pragma once

double peak_int8(void);
double peak_fp32(void);
