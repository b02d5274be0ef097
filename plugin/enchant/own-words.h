/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * own-words.h - the service's personal word file, as a program sees it that must never wait
 *
 * Asking stats the file once a second at most (words.h), reads it where it was changed, and never
 * takes its lock. Adding is done by a thread, since it locks the file and syncs the disk. No bus.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdOwnWords PdOwnWords;

/**
 * pd_own_words_new:
 *
 * The file that the service would use: words-file of proofd.conf, else
 * $XDG_DATA_HOME/proofd/words.txt. It is opened when first asked, and again a second later where
 * that failed.
 */
PdOwnWords *pd_own_words_new(void);
PdOwnWords *pd_own_words_ref(PdOwnWords *self);
/* NULL is fine. The last one waits until what was added is saved (two seconds a word at most). */
void pd_own_words_unref(PdOwnWords *self);

/* One thread asks. @word: UTF-8 */
bool pd_own_words_has(PdOwnWords *self, const char *word);

/* Appends to @found, of char *, the listed words that are a slip or two from @word; at most @max */
void pd_own_words_near(PdOwnWords *self, const char *word, size_t max, GPtrArray *found);

/*
 * Saves @word soon, behind the caller's back. What cannot be saved (a full disk, a word with white
 * space) is left out: the caller has it in Enchant's own list.
 */
void pd_own_words_add(PdOwnWords *self, const char *word);

/* Appends to @found the words of @words that are a slip or two from @word, nearest first. */
void pd_near_words(const char *word, char *const *words, size_t max, GPtrArray *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdOwnWords, pd_own_words_unref)
