/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * distance.h - by how many slips two words differ
 */
#pragma once

#include <stddef.h>

/**
 * pd_distance:
 * @max: what is beyond it is not told apart
 *
 * Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment,
 * Boytsov 2011, Indexing methods for approximate dictionary searching), in code points; letter
 * case counts.
 *
 * Returns: the distance, or @max + 1
 */
size_t pd_distance(const char *a, const char *b, size_t max);
