/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frequency.c - how often words occur in good English: words.tsv of a model's directory
 */
#include "daemon/engine/frequency.h"

#include "daemon/engine/table.h"

#include <string.h>

typedef struct {
    const char *word; /* in the text */
    guint hash;
    guint count;
} Line;

struct PdFrequency {
    char *text;      /* the file, cut into strings at tabs and line ends */
    GArray *lines;   /* of Line */
    uint32_t *slots; /* [mask + 1] a line, from 1, at its word's hash or after it; 0: free */
    guint mask;
    uint32_t hash;
};

void
pd_frequency_free(PdFrequency *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->lines, g_array_unref);
    g_free(self->slots);
    g_free(self->text);
    g_free(self);
}

static bool
on_line(char *line, void *user_data)
{
    PdFrequency *self = user_data;
    Line entry = { .word = line };
    char *tab = strchr(line, '\t');

    if (tab == NULL || !pd_table_count(tab + 1, &entry.count))
        return false;
    *tab = '\0';
    entry.hash = g_str_hash(line);
    g_array_append_val(self->lines, entry);
    for (const char *c = line; *c != '\0'; c++)
        self->hash = (self->hash ^ (guint8)*c) * 0x01000193u;
    self->hash = (self->hash ^ '\n') * 0x01000193u;
    return true;
}

static const Line *
line_at(const PdFrequency *self, guint i)
{
    return &g_array_index(self->lines, Line, i);
}

/* The slot of a word, or the free one where it would stand; less than half of all are taken. */
static uint32_t *
slot_of(const PdFrequency *self, const char *word, guint hash)
{
    guint i = hash & self->mask;

    while (self->slots[i] != 0) {
        const Line *line = line_at(self, self->slots[i] - 1);

        if (line->hash == hash && g_str_equal(line->word, word))
            break;
        i = (i + 1) & self->mask;
    }
    return &self->slots[i];
}

PdFrequency *
pd_frequency_load(const char *path, GError **error)
{
    g_autoptr(PdFrequency) self = g_new0(PdFrequency, 1);

    self->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    self->hash = 0x811c9dc5u;
    self->text = pd_table_read(path, "word TAB count", on_line, self, error);
    if (self->text == NULL)
        return NULL;
    for (self->mask = 1; self->mask < 2 * self->lines->len; self->mask = 2 * self->mask + 1)
        ;
    self->slots = g_new0(uint32_t, (size_t)self->mask + 1);
    for (guint i = 0; i < self->lines->len; i++)
        *slot_of(self, line_at(self, i)->word, line_at(self, i)->hash) = i + 1;
    return g_steal_pointer(&self);
}

int
pd_frequency_rank(const PdFrequency *self, const char *word)
{
    return (int)*slot_of(self, word, g_str_hash(word)) - 1;
}

uint32_t
pd_frequency_of(const PdFrequency *self, const char *word)
{
    const int rank = pd_frequency_rank(self, word);

    return rank < 0 ? 0 : line_at(self, rank)->count;
}

size_t
pd_frequency_n_words(const PdFrequency *self)
{
    return self->lines->len;
}

uint32_t
pd_frequency_hash(const PdFrequency *self)
{
    return self->hash;
}
