/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fingerprints.h - which languages a text may be in, by libexttextcat
 *
 * A fingerprint is a list of the frequent letter groups of a language; those of a text are compared
 * with some 170 of them (Cavnar and Trenkle 1994).
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct PdFingerprints PdFingerprints; /* one thread */

/**
 * pd_fingerprints_find:
 *
 * Returns: (transfer full) (nullable): $PROOFD_FINGERPRINTS if set, else libexttextcat/ in
 * $XDG_DATA_DIRS, with a slash at its end; NULL if fpdb.conf, the index, is not there
 */
char *pd_fingerprints_find(void);

/* (transfer full): the code of a language, "en", of names as "en_US" and "en--utf8" */
char *pd_fingerprints_code(const char *name);

/**
 * pd_fingerprints_new:
 * @dir: with a slash at its end
 * @index: path of a file with lines as "en.lm  en--utf8"; the library complains on standard error
 * if a file in it is not in @dir
 * @min_bytes: of a shorter text nothing is said
 *
 * Reads the fingerprints, which takes some 15 ms for all.
 *
 * Returns: (transfer full) (nullable): NULL: they cannot be read
 */
PdFingerprints *pd_fingerprints_new(const char *dir, const char *index, size_t min_bytes);
void pd_fingerprints_free(PdFingerprints *self); /* NULL is fine */

/**
 * pd_fingerprints_compare:
 * @text: valid UTF-8, need not end in NUL
 * @max_bytes: of it, the rest does not count; @length is taken if it is less
 *
 * Takes 0.2 ms for a sentence.
 *
 * Returns: (transfer full): the codes of the likely languages, the likeliest first; empty: it
 * cannot tell
 */
char **pd_fingerprints_compare(PdFingerprints *self, const char *text, size_t length,
                               size_t max_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdFingerprints, pd_fingerprints_free)
