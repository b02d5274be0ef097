/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words.h - the user's own words, one list for all programs and languages
 *
 * A file of one word a line, UTF-8, sorted. Each change is written to a temporary file in the same
 * directory, synced, and renamed over the old one, so kill -9 and a full disk lose nothing. "word"
 * accepts word, Word and WORD; "Word" accepts Word and WORD. Any thread may ask, one at a time may
 * change. Several processes may share the file: a change is made to what the file holds then, under
 * a lock file beside it (.lock), and what others changed is seen within a second. A symbolic link
 * is followed; the file keeps its mode.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdWords PdWords;

char *pd_words_default_path(void); /* (transfer full): $XDG_DATA_HOME/proofd/words.txt */

/**
 * pd_words_open:
 * @path: (nullable): the file; it need not exist. NULL: pd_words_default_path()
 * @error: G_FILE_ERROR_*; PD_ERROR_FAILED: not UTF-8 (names the line)
 */
PdWords *pd_words_open(const char *path, GError **error);
PdWords *pd_words_ref(PdWords *self);
void pd_words_unref(PdWords *self); /* NULL is fine */

/* "word" accepts Word, WORD and word's, too. */
bool pd_words_has(PdWords *self, const char *word);
char **pd_words_list(PdWords *self); /* (transfer full), sorted, g_strfreev */

/**
 * pd_words_add:
 * @words: NULL-terminated; white space around one is dropped, those already there are passed over
 * @error: PD_ERROR_INVALID_TEXT: empty, over 200 bytes, not UTF-8, or with white space, a control
 *         character or a byte order mark inside (nothing is added then); PD_ERROR_FAILED: cannot
 *         be saved (the list is as before)
 *
 * Returns: how many were new, or -1 with @error set
 */
gssize pd_words_add(PdWords *self, const char *const *words, GError **error);

/* Returns: true if it was there; false with PD_ERROR_NOT_FOUND or PD_ERROR_FAILED. */
bool pd_words_remove(PdWords *self, const char *word, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdWords, pd_words_unref)
