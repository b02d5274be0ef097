/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cache.c - findings of sentences already checked, bounded in bytes, least recently used first out
 *
 * A hash table finds an entry, a queue of the same entries knows which was used last.
 */
#include "daemon/engine/cache.h"

#include "daemon/engine/checker.h"

#include <string.h>

typedef struct {
    GBytes *key;
    GPtrArray *findings;
    size_t bytes;
    GList link; /* in PdCache.used, data is the entry */
} Entry;

struct PdCache {
    GHashTable *entries; /* GBytes -> Entry; owns the entries */
    GQueue used;         /* the head was used last */
    size_t bytes;
    size_t max_bytes;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_bytes_unref(entry->key);
    g_ptr_array_unref(entry->findings);
    g_free(entry);
}

PdCache *
pd_cache_new(size_t max_bytes)
{
    PdCache *self = g_new0(PdCache, 1);

    self->entries = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, NULL, entry_free);
    self->max_bytes = max_bytes;
    return self;
}

void
pd_cache_free(PdCache *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->entries);
    g_free(self);
}

/* What malloc rounds up and the tables' own slots are counted at a flat rate. */
static size_t
entry_bytes(GBytes *key, GPtrArray *findings)
{
    size_t bytes = sizeof(Entry) + g_bytes_get_size(key) + 128;

    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *finding = findings->pdata[i];

        bytes += sizeof *finding + strlen(finding->rule) + 128;
        for (guint c = 0; c < finding->candidates->len; c++) {
            const PdCandidate *candidate = finding->candidates->pdata[c];
            bytes += sizeof *candidate + strlen(candidate->text) + 48;
        }
    }
    return bytes;
}

static void
drop(PdCache *self, Entry *entry)
{
    g_queue_unlink(&self->used, &entry->link);
    self->bytes -= entry->bytes;
    g_hash_table_remove(self->entries, entry->key);
}

GPtrArray *
pd_cache_get(PdCache *self, GBytes *key)
{
    Entry *entry = g_hash_table_lookup(self->entries, key);

    if (entry == NULL)
        return NULL;
    g_queue_unlink(&self->used, &entry->link);
    g_queue_push_head_link(&self->used, &entry->link);
    return entry->findings;
}

void
pd_cache_put(PdCache *self, GBytes *key, GPtrArray *findings)
{
    const size_t bytes = entry_bytes(key, findings);
    Entry *entry = g_hash_table_lookup(self->entries, key);

    if (entry != NULL)
        drop(self, entry);
    if (bytes > self->max_bytes)
        return;
    while (self->bytes > self->max_bytes - bytes)
        drop(self, g_queue_peek_tail(&self->used));
    entry = g_new0(Entry, 1);
    entry->key = g_bytes_ref(key);
    entry->findings = g_ptr_array_ref(findings);
    entry->bytes = bytes;
    entry->link.data = entry;
    g_hash_table_insert(self->entries, entry->key, entry);
    g_queue_push_head_link(&self->used, &entry->link);
    self->bytes += bytes;
}

size_t
pd_cache_bytes(const PdCache *self)
{
    return self->bytes;
}
