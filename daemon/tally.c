/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/tally.h"

#define REPEATED 2

struct PdTally {
    GHashTable *counts; /* pd_tally_key() -> count, at least 1 */
};

PdTally *
pd_tally_new(void)
{
    PdTally *self = g_new0(PdTally, 1);

    self->counts = g_hash_table_new(g_direct_hash, g_direct_equal);
    return self;
}

void
pd_tally_free(PdTally *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->counts);
    g_free(self);
}

/* FNV-1a */
uint64_t
pd_tally_name(const char *word, size_t n_bytes)
{
    uint64_t hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

    for (size_t i = 0; i < n_bytes; i++)
        hash = (hash ^ (guint8)word[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash;
}

gpointer
pd_tally_key(uint64_t name)
{
    return (gpointer)(uintptr_t)name;
}

static unsigned
count_of(const PdTally *self, gpointer key)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, key));
}

bool
pd_tally_is_repeated(const PdTally *self, uint64_t name)
{
    return count_of(self, pd_tally_key(name)) >= REPEATED;
}

static void
count(PdTally *self, gpointer key, int by, GHashTable *toggled)
{
    const unsigned before = count_of(self, key);
    const unsigned after = before + (unsigned)by;

    g_assert(by > 0 || before > 0);
    if (after > 0)
        g_hash_table_insert(self->counts, key, GUINT_TO_POINTER(after));
    else
        g_hash_table_remove(self->counts, key);
    if ((before >= REPEATED) != (after >= REPEATED) && !g_hash_table_remove(toggled, key))
        g_hash_table_add(toggled, key);
}

/* Most text is ASCII, which needs no tables. */
static bool
is_letter(const char *p)
{
    return (guchar)*p < 0x80 ? g_ascii_isalpha(*p) : g_unichar_isalpha(g_utf8_get_char(p));
}

/* A word is a run of letters. */
static void
count_all(PdTally *self, const char *text, size_t n_bytes, int by, GHashTable *toggled)
{
    const char *end = text + n_bytes;

    for (const char *p = text, *q; p < end; p = q) {
        q = p;
        while (q < end && is_letter(q))
            q = g_utf8_next_char(q);
        if (q == p)
            q = g_utf8_next_char(p);
        else if (g_unichar_isupper(g_utf8_get_char(p)))
            count(self, pd_tally_key(pd_tally_name(p, (size_t)(q - p))), by, toggled);
    }
}

void
pd_tally_add(PdTally *self, const char *text, size_t n_bytes, GHashTable *toggled)
{
    count_all(self, text, n_bytes, 1, toggled);
}

void
pd_tally_remove(PdTally *self, const char *text, size_t n_bytes, GHashTable *toggled)
{
    count_all(self, text, n_bytes, -1, toggled);
}
