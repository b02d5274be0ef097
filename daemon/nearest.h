/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nearest.h - the valid name that was probably meant
 */
#pragma once

#include <glib.h>

/**
 * pd_nearest_name:
 * @name: what was written
 * @names: NULL-terminated valid names
 *
 * Returns: (nullable): the one of @names with the smallest edit distance (Levenshtein, bytes,
 *          ASCII case ignored), borrowed; NULL if none is nearer than half of @name's length
 */
const char *pd_nearest_name(const char *name, const char *const *names);

/* "; did you mean X?", or "" where nothing is near. (transfer full) */
char *pd_nearest_hint(const char *name, const char *const *names);
