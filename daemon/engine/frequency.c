/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frequency.c - how often words occur in good English: words.tsv of a model's directory
 */
#include "daemon/engine/frequency.h"

#include "daemon/engine/error.h"

#include <string.h>

struct PdFrequency {
    char *text;         /* the file, cut into strings at tabs and line ends */
    GHashTable *counts; /* word in text -> count */
};

void
pd_frequency_free(PdFrequency *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->counts, g_hash_table_unref);
    g_free(self->text);
    g_free(self);
}

PdFrequency *
pd_frequency_load(const char *path, GError **error)
{
    g_autoptr(PdFrequency) self = g_new0(PdFrequency, 1);
    g_autoptr(GError) trouble = NULL;
    guint n = 1;

    self->counts = g_hash_table_new(g_str_hash, g_str_equal);
    if (!g_file_get_contents(path, &self->text, NULL, &trouble)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
        return NULL;
    }
    for (char *line = self->text, *next; *line != '\0'; line = next, n++) {
        char *tab = line + strcspn(line, "\t\n");
        guint64 count = 0;

        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        if (*tab != '\t' ||
            !g_ascii_string_to_unsigned(tab + 1, 10, 1, G_MAXUINT32, &count, NULL)) {
            g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN,
                        "%s: line %u is not \"word TAB count\"", path, n);
            return NULL;
        }
        *tab = '\0';
        g_hash_table_insert(self->counts, line, GUINT_TO_POINTER((guint)count));
    }
    return g_steal_pointer(&self);
}

uint32_t
pd_frequency_of(const PdFrequency *self, const char *word)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, word));
}
