/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spelling.h - how two spellings differ, and which frequent words are one edit away
 */
#pragma once

#include "daemon/engine/frequency.h"

#include <glib.h>
#include <stdbool.h>

/* @word in lower case, with straight apostrophes. (transfer full) */
char *pd_spelling_fold(const char *word);

/* @small, in lower case, with the capitals of @word. (transfer full) */
char *pd_spelling_with_case_of(const char *word, const char *small);

typedef enum {
    PD_EDIT_OTHER,   /* none, several, or one of no other class */
    PD_EDIT_DOUBLED, /* a letter twice instead of once, or once instead of twice */
    PD_EDIT_SWAPPED, /* two neighbours */
    PD_EDIT_VOWEL,   /* a vowel for another */
    PD_EDIT_KEY,     /* a letter for one beside it on a QWERTY keyboard */
} PdEditClass;

PdEditClass pd_spelling_edit_class(const char *a, const char *b); /* both in lower case */

/* How @word, in lower case, sounds in English, as a coarse key: consonants' usual sounds, no vowels
 * but a first one. Words with the same key may sound the same. (transfer full) */
char *pd_spelling_sound(const char *word);

/**
 * pd_spelling_neighbours:
 * @word: ASCII, lower case
 * @found: array of char *, appended: the listed words that are one edit away
 */
void pd_spelling_neighbours(const PdFrequency *words, const char *word, GPtrArray *found);

/* Is a listed word one edit away from @word, of any letter case? */
bool pd_spelling_is_slip(const PdFrequency *words, const char *word);
