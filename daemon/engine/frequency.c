/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frequency.c - how often words occur in good English: words.tsv of a model's directory
 */
#include "daemon/engine/frequency.h"

#include "daemon/engine/table.h"

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

static bool
on_line(char *line, void *user_data)
{
    PdFrequency *self = user_data;
    char *tab = strchr(line, '\t');
    guint count;

    if (tab == NULL || !pd_table_count(tab + 1, &count))
        return false;
    *tab = '\0';
    g_hash_table_insert(self->counts, line, GUINT_TO_POINTER(count));
    return true;
}

PdFrequency *
pd_frequency_load(const char *path, GError **error)
{
    g_autoptr(PdFrequency) self = g_new0(PdFrequency, 1);

    self->counts = g_hash_table_new(g_str_hash, g_str_equal);
    self->text = pd_table_read(path, "word TAB count", on_line, self, error);
    return self->text != NULL ? g_steal_pointer(&self) : NULL;
}

uint32_t
pd_frequency_of(const PdFrequency *self, const char *word)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, word));
}
