/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lexicon.h - which words exist, and what was meant by those that do not (Hunspell)
 * Words go in and come out as UTF-8, whatever the dictionary's encoding. One thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdLexicon PdLexicon;

/**
 * pd_lexicon_new:
 * @language: as en_US, en-US or en; a bare language takes the dictionary of its usual region
 *            (en: en_US, de: de_DE, ...), else the first installed one
 * @error: PD_ERROR_UNKNOWN_LANGUAGE (the message names the language and what is installed), or
 *         PD_ERROR_FAILED: the dictionary is there but unreadable
 *
 * Looks in $PROOFD_DICTIONARIES (a path list) if set, else in $XDG_DATA_HOME/hunspell, then each of
 * $XDG_DATA_DIRS/hunspell and /myspell.
 */
PdLexicon *pd_lexicon_new(const char *language, GError **error);
void pd_lexicon_free(PdLexicon *self);                  /* NULL is fine */
const char *pd_lexicon_language(const PdLexicon *self); /* borrowed: the dictionary's name, en_US */

/**
 * pd_lexicon_knows:
 * @word: UTF-8, a curly apostrophe counts as a straight one
 *
 * Tries the word as it is; case as Hunspell has it (a sentence's first word may be capitalised,
 * any word may be all capitals). A word that the dictionary's encoding cannot hold is unknown, and
 * so is one of over 100 characters (Hunspell's MAXWORDLEN) or 300 bytes. Answers are remembered in
 * a table of bounded size.
 */
bool pd_lexicon_knows(PdLexicon *self, const char *word);

/**
 * pd_lexicon_suggest:
 * @max: how many at most
 *
 * Hunspell's proposals in its order, the word itself left out, for valid words too; invalid UTF-8
 * in the dictionary is left out. Takes 8-35 ms the first time a word is asked for (the last few
 * thousand are remembered); a word of over 100 characters or 300 bytes gets none.
 *
 * Returns: (transfer full): NULL-terminated, possibly empty; g_strfreev
 */
char **pd_lexicon_suggest(PdLexicon *self, const char *word, size_t max);

/* Is there a dictionary that pd_lexicon_new(@language) would take? It may still be unreadable. */
bool pd_lexicon_is_installed(const char *language);

/* Characters beside letters that words may hold, as the dictionary says (WORDCHARS); borrowed. */
const char *pd_lexicon_word_characters(PdLexicon *self);

/* Installed dictionaries' names, sorted, as en_GB; (transfer full), g_strfreev. */
char **pd_lexicon_languages(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLexicon, pd_lexicon_free)
