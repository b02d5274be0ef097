/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * speller.h - one dictionary as Enchant asks it: Hunspell's words, one's own, the session's
 * Knows no layout of Enchant's. One thread.
 */
#pragma once

#include "plugin/enchant/own-words.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct PdSpeller PdSpeller;

/**
 * pd_speller_new:
 * @tag: as en_US or en
 * @list: (nullable): file in which Enchant keeps the words that were added to this dictionary
 * @error: as pd_lexicon_new()
 */
PdSpeller *pd_speller_new(PdOwnWords *words, const char *tag, const char *list, GError **error);
void pd_speller_free(PdSpeller *self); /* NULL is fine; what was added is passed on first */

/* 0: the word is right, 1: it is not, -1: it is not UTF-8. @word: @length bytes, any */
int pd_speller_check(PdSpeller *self, const char *word, size_t length);

/* (transfer full): NULL-terminated, possibly empty; one's own words that are near come first. */
char **pd_speller_suggest(PdSpeller *self, const char *word, size_t length);

/* A word that is right for as long as this dictionary is open. */
void pd_speller_add_to_session(PdSpeller *self, const char *word, size_t length);
void pd_speller_remove_from_session(PdSpeller *self, const char *word, size_t length);

/* A word to keep, which goes into the service's list as well. */
void pd_speller_add(PdSpeller *self, const char *word, size_t length);

/**
 * pd_speller_add_perhaps:
 *
 * Where Enchant does not say whether a word is to be kept (2.5 and later): for the session, and to
 * keep if @list of pd_speller_new() has it at the next call, and had not when this was opened.
 */
void pd_speller_add_perhaps(PdSpeller *self, const char *word, size_t length);

/* Beside letters; borrowed. */
const char *pd_speller_extra_characters(PdSpeller *self);
/* @place: 0 at a word's beginning, 1 inside, 2 at its end; as Enchant's Hunspell provider has it */
bool pd_speller_is_word_character(PdSpeller *self, gunichar c, size_t place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdSpeller, pd_speller_free)
