/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hunspell-guard.h - Hunspell for C, which no exception may cross
 *
 * Hunspell is written in C++ and throws where its memory ends; a line "REP 2147483647" in an .aff
 * is enough for that. C cannot catch what is thrown, and the process would end. So lexicon.c
 * calls these, which catch it. All words are bytes in the dictionary's own encoding.
 */
#pragma once

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PdHunspell PdHunspell;

PdHunspell *pd_hunspell_new(const char *aff, const char *dic); /* NULL: it cannot be loaded */
void pd_hunspell_free(PdHunspell *self);                       /* NULL is fine */

const char *pd_hunspell_encoding(PdHunspell *self);        /* borrowed: SET of the .aff */
const char *pd_hunspell_word_characters(PdHunspell *self); /* borrowed: its WORDCHARS, maybe "" */

bool pd_hunspell_spell(PdHunspell *self, const char *word);

/* (transfer full): NULL-terminated, g_strfreev; NULL: out of memory */
char **pd_hunspell_suggest(PdHunspell *self, const char *word);

#ifdef __cplusplus
}
#endif
