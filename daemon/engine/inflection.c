/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inflection.c - other regular forms of an English word
 *
 * Endings are cut off for possible stems, and put on each stem; which forms exist the dictionary
 * knows. Irregular forms (went, mice) come from corrections, confusions.h.
 */
#include "daemon/engine/inflection.h"

#include <string.h>

static const char *const endings[] = { "",   "s",  "es",  "ed", "d", "ing",
                                       "ly", "er", "est", "'s", NULL };

static void
add(GPtrArray *list, char *taken)
{
    if (strlen(taken) >= 2 && !g_ptr_array_find_with_equal_func(list, taken, g_str_equal, NULL))
        g_ptr_array_add(list, taken);
    else
        g_free(taken);
}

/* carries: carri -> carry; planned: plann -> plan; making: mak -> make */
static void
add_stems(GPtrArray *stems, const char *word, const char *ending)
{
    const size_t n = strlen(word) - strlen(ending);
    g_autofree char *stem = g_strndup(word, n);

    if (n < 2)
        return;
    if (stem[n - 1] == 'i')
        add(stems, g_strdup_printf("%.*sy", (int)n - 1, stem));
    if (stem[n - 1] == stem[n - 2])
        add(stems, g_strndup(stem, n - 1));
    if (*ending == 'e' || *ending == 'i')
        add(stems, g_strconcat(stem, "e", NULL));
    add(stems, g_steal_pointer(&stem));
}

static void
add_forms(GPtrArray *forms, const char *stem)
{
    const size_t n = strlen(stem);

    for (const char *const *ending = endings; *ending != NULL; ending++) {
        const char first = **ending;

        add(forms, g_strconcat(stem, *ending, NULL));
        if (first != 'e' && first != 'i')
            continue;
        if (stem[n - 1] == 'e' || (stem[n - 1] == 'y' && first == 'i'))
            add(forms, g_strdup_printf("%.*s%s", (int)n - 1, stem, *ending));
        if (stem[n - 1] == 'y' && first == 'e')
            add(forms, g_strdup_printf("%.*si%s", (int)n - 1, stem, *ending));
        add(forms, g_strdup_printf("%s%c%s", stem, stem[n - 1], *ending));
    }
}

void
pd_inflection_forms(const char *word, GPtrArray *forms)
{
    g_autoptr(GPtrArray) stems = g_ptr_array_new_with_free_func(g_free);

    add(stems, g_strdup(word));
    for (const char *const *ending = endings + 1; *ending != NULL; ending++)
        if (g_str_has_suffix(word, *ending))
            add_stems(stems, word, *ending);
    for (guint i = 0; i < stems->len; i++)
        if (strlen(stems->pdata[i]) >= 2)
            add_forms(forms, stems->pdata[i]);
    if (g_str_has_suffix(word, "s"))
        add(forms, g_strdup_printf("%.*s's", (int)strlen(word) - 1, word));
}
