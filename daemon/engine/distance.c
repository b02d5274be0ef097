/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/distance.h"

#include <glib.h>
#include <string.h>

#define MAX_CHARS 64 /* longer words are compared by no one */

/* One row of the table: @row[j] is the distance of a's first @i characters and b's first j. */
static size_t
fill_row(const gunichar *a, size_t i, const gunichar *b, size_t n_b, size_t *const rows[3])
{
    size_t least = rows[0][0] = i;

    for (size_t j = 1; j <= n_b; j++) {
        size_t best = rows[1][j - 1] + (a[i - 1] != b[j - 1]);

        best = MIN(best, MIN(rows[1][j], rows[0][j - 1]) + 1);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            best = MIN(best, rows[2][j - 2] + 1);
        rows[0][j] = best;
        least = MIN(least, best);
    }
    return least;
}

size_t
pd_distance(const char *a, const char *b, size_t max)
{
    const glong n_a = g_utf8_strlen(a, -1), n_b = g_utf8_strlen(b, -1);
    size_t table[3][MAX_CHARS + 1];
    size_t *rows[3] = { table[0], table[1], table[2] };
    g_autofree gunichar *wide_a = NULL, *wide_b = NULL;

    if (n_a > MAX_CHARS || n_b > MAX_CHARS || (size_t)ABS(n_a - n_b) > max)
        return max + 1;
    wide_a = g_utf8_to_ucs4_fast(a, -1, NULL);
    wide_b = g_utf8_to_ucs4_fast(b, -1, NULL);
    for (size_t j = 0; j <= (size_t)n_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= (size_t)n_a; i++) {
        size_t *oldest = rows[2];

        rows[2] = rows[1];
        rows[1] = rows[0];
        rows[0] = oldest;
        if (fill_row(wide_a, i, wide_b, (size_t)n_b, rows) > max)
            return max + 1;
    }
    return MIN(rows[0][n_b], max + 1);
}
