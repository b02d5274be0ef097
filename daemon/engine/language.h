/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * language.h - is a sentence in the language it is to be checked in?
 *
 * A quotation in another language must get no findings; an English sentence full of errors or names
 * must get its own. So a sentence is refused only on strong evidence, in this order:
 * 1. Three quarters of its letters are of a script that the language is not written in: refused.
 * 2. Fewer than four words, or the dictionary knows over 70 % of them: accepted.
 * 3. Six words or more, and the dictionary knows none of them: refused.
 * 4. Otherwise libexttextcat compares its letter groups with those of some 170 languages
 *    (Cavnar and Trenkle 1994). Refused if it finds likely languages, this one and its close
 *    relatives are not among them, and the dictionary knows at most 34 % of the words; from six
 *    words on 50 %; from seven on 70 % if just one language is likely.
 * 5. Without fingerprints, or without one for the language: refused if there are at least six
 *    words and the dictionary knows at most 20 % of them.
 * The answer depends on the arguments alone, so it may be cached with the sentence.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct PdLanguageGuard PdLanguageGuard; /* one thread */

/**
 * pd_language_guard_new:
 * @error: unused so far: missing fingerprints are no error, see above
 *
 * Fingerprints come from the directory $PROOFD_FINGERPRINTS if set, else libexttextcat/ in
 * $XDG_DATA_DIRS. They are read when first needed, in some 15 ms.
 *
 * Returns: (transfer full): never NULL
 */
PdLanguageGuard *pd_language_guard_new(GError **error);
void pd_language_guard_free(PdLanguageGuard *self); /* NULL is fine */

/**
 * pd_language_guard_accepts:
 * @language: as en_US
 * @sentence: valid UTF-8, need not end in NUL
 * @n_words: how many words it has, without names, numbers and addresses as far as they are known
 * as such
 * @n_known: how many of them @language's dictionary knows
 *
 * Takes microseconds where the dictionary knows most words, else 0.2 ms.
 */
bool pd_language_guard_accepts(PdLanguageGuard *self, const char *language, const char *sentence,
                               size_t length, size_t n_words, size_t n_known);

/*
 * Is this part of a sentence likelier in another language? false without fingerprints, and where it
 * is too short to tell.
 */
bool pd_language_guard_is_foreign(PdLanguageGuard *self, const char *language, const char *part,
                                  size_t length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLanguageGuard, pd_language_guard_free)
