/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confusions.h - what people write for what: confusions.tsv of a model's directory
 *
 * Lines of wrong TAB right TAB count, sorted by wrong, then count; both in lower case. An empty
 * wrong is a word that was missing, an empty right one that was too many. The file is
 * made from real corrections by model/training/confusions.py.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct PdConfusions PdConfusions; /* immutable once loaded */

typedef struct {
    const char *wrong; /* borrowed from the list, as text is; "" where a word was missing */
    const char *text;  /* "" where the word was too many */
    uint32_t count;
} PdConfusion;

/* @error: PD_ERROR_MODEL_BROKEN; the message names file and line, which also has to be in order */
PdConfusions *pd_confusions_load(const char *path, GError **error);
void pd_confusions_free(PdConfusions *self); /* NULL is fine */

/**
 * pd_confusions_get:
 * @wrong: in lower case; "" for words to insert
 * @ret_n: (out): how many there are
 *
 * Returns: (nullable): [n] the most frequent first; borrowed
 */
const PdConfusion *pd_confusions_get(const PdConfusions *self, const char *wrong, guint *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdConfusions, pd_confusions_free)
