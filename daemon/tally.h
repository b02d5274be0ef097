/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tally.h - how often each capitalised word stands in a document: twice, and it is a name
 *
 * A word is known by its hash: 64 bits, so that two words hardly ever share one.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdTally PdTally;

PdTally *pd_tally_new(void);       /* (transfer full) */
void pd_tally_free(PdTally *self); /* NULL is fine */

uint64_t pd_tally_name(const char *word, size_t n_bytes); /* what @word is known by */
bool pd_tally_is_repeated(const PdTally *self, uint64_t name);

/*
 * Counts the words of some text, which is valid UTF-8, in or out. @toggled: set of names
 * (pd_tally_key()): one is put in, or taken out, each time that it begins or ceases to be repeated.
 */
void pd_tally_add(PdTally *self, const char *text, size_t n_bytes, GHashTable *toggled);
void pd_tally_remove(PdTally *self, const char *text, size_t n_bytes, GHashTable *toggled);

gpointer pd_tally_key(uint64_t name); /* for a table that uses g_direct_hash() */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdTally, pd_tally_free)
