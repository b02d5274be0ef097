/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cache.h - findings of sentences already checked, bounded in bytes, least recently used first out
 */
#pragma once

#include <glib.h>

typedef struct PdCache PdCache; /* one thread */

PdCache *pd_cache_new(size_t max_bytes); /* (transfer full); 0 keeps nothing */
void pd_cache_free(PdCache *self);       /* NULL is fine */

/* @key: all that the findings depend on. Returns: (nullable): array of PdFinding, positions in the
 * sentence; borrowed until the next put. */
GPtrArray *pd_cache_get(PdCache *self, GBytes *key);
void pd_cache_put(PdCache *self, GBytes *key, GPtrArray *findings); /* refs both */

size_t pd_cache_bytes(const PdCache *self); /* what is held now, keys, findings and links */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdCache, pd_cache_free)
