/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frequency.c - how often words occur in good English: words.tsv of a model's directory
 */
#include "daemon/engine/frequency.h"

#include "daemon/engine/table.h"

#include <string.h>

struct PdFrequency {
    char *text;        /* the file, cut into strings at tabs and line ends */
    GHashTable *ranks; /* word in text -> line, from 1 */
    GArray *counts;    /* of guint, by line */
    uint32_t hash;
};

void
pd_frequency_free(PdFrequency *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->ranks, g_hash_table_unref);
    g_clear_pointer(&self->counts, g_array_unref);
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
    g_array_append_val(self->counts, count);
    g_hash_table_insert(self->ranks, line, GUINT_TO_POINTER(self->counts->len));
    for (const char *c = line; *c != '\0'; c++)
        self->hash = (self->hash ^ (guint8)*c) * 0x01000193u;
    self->hash = (self->hash ^ '\n') * 0x01000193u;
    return true;
}

PdFrequency *
pd_frequency_load(const char *path, GError **error)
{
    g_autoptr(PdFrequency) self = g_new0(PdFrequency, 1);

    self->ranks = g_hash_table_new(g_str_hash, g_str_equal);
    self->counts = g_array_new(FALSE, FALSE, sizeof(guint));
    self->hash = 0x811c9dc5u;
    self->text = pd_table_read(path, "word TAB count", on_line, self, error);
    return self->text != NULL ? g_steal_pointer(&self) : NULL;
}

int
pd_frequency_rank(const PdFrequency *self, const char *word)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(self->ranks, word)) - 1;
}

uint32_t
pd_frequency_of(const PdFrequency *self, const char *word)
{
    const int rank = pd_frequency_rank(self, word);

    return rank < 0 ? 0 : g_array_index(self->counts, guint, rank);
}

size_t
pd_frequency_n_words(const PdFrequency *self)
{
    return self->counts->len;
}

uint32_t
pd_frequency_hash(const PdFrequency *self)
{
    return self->hash;
}
