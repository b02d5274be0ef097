/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/nearest.h"

#include <stdbool.h>
#include <string.h>

#define MAX_NAME_BYTES 64 /* a longer name is near to nothing; bounds the row below */

static size_t
distance(const char *a, const char *b)
{
    size_t row[MAX_NAME_BYTES + 1];
    size_t n_b = strlen(b);

    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0]; /* the row above, one to the left */

        row[0] = i + 1;
        for (size_t j = 0; j < n_b; j++) {
            bool same = g_ascii_tolower(a[i]) == g_ascii_tolower(b[j]);
            size_t changed = diagonal + (same ? 0 : 1);

            diagonal = row[j + 1];
            row[j + 1] = MIN(changed, MIN(row[j], row[j + 1]) + 1);
        }
    }
    return row[n_b];
}

const char *
pd_nearest_name(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance;

    g_return_val_if_fail(name != NULL && names != NULL, NULL);

    if (strlen(name) > MAX_NAME_BYTES)
        return NULL;
    best_distance = strlen(name) / 2 + 1;
    for (; *names != NULL; names++) {
        size_t d;

        if (strlen(*names) > MAX_NAME_BYTES)
            continue;
        d = distance(name, *names);
        if (d < best_distance) {
            best_distance = d;
            best = *names;
        }
    }
    return best;
}

char *
pd_nearest_hint(const char *name, const char *const *names)
{
    const char *nearest = pd_nearest_name(name, names);

    return nearest != NULL ? g_strdup_printf("; did you mean %s?", nearest) : g_strdup("");
}
