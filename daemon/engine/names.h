/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names.h - names and terms that no dictionary has: names.txt of a model's directory
 *
 * A word a line, with its capitals, in the order of their bytes. Made from the corpus by
 * model/training/names.py.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdNames PdNames; /* immutable once loaded; the file is mapped, not read */

/* @error: PD_ERROR_MODEL_BROKEN; the message names file and line */
PdNames *pd_names_load(const char *path, GError **error);
void pd_names_free(PdNames *self); /* NULL is fine */

/*
 * Is @word one of them? A term (userspace) may have a capital, and all may be in capitals; a name
 * (Kraków) may not be written small. UTF-8; a curly apostrophe counts as a straight one.
 */
bool pd_names_has(const PdNames *self, const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdNames, pd_names_free)
