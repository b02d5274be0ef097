/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wordpiece.h - text to vocabulary ids, as BertTokenizerFast (uncased) does it
 *
 * Cleaning (control characters go, white space is one kind), CJK ideographs apart, NFD without
 * combining marks, lower case, split at white space and punctuation, then the longest pieces of
 * the vocabulary (Wu et al. 2016; Devlin et al. 2019). A word of more than 100 characters, or with
 * a part that is not in the vocabulary, is one [UNK].
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdWordpiece PdWordpiece; /* immutable once loaded, threads may share one */

/* One token: its id, and the bytes of the original text that it stands for. */
typedef struct {
    int32_t id;
    uint32_t start_bytes;
    uint32_t end_bytes;
} PdPiece;

/**
 * pd_wordpiece_load:
 * @path: a vocab.txt, one token a line, the id is the line's number from 0
 * @error: PD_MODEL_ERROR_* or G_FILE_ERROR_*
 *
 * Returns: (transfer full): the vocabulary, or NULL with @error set
 */
PdWordpiece *pd_wordpiece_load(const char *path, GError **error);
/* The same from its text: (transfer full), also where it fails; @path is for messages. */
PdWordpiece *pd_wordpiece_take_text(const char *path, char *text, GError **error);
void pd_wordpiece_free(PdWordpiece *self); /* NULL is fine */

size_t pd_wordpiece_n_tokens(const PdWordpiece *self);
int32_t pd_wordpiece_id(const PdWordpiece *self, const char *token); /* -1: not in the vocabulary */

/**
 * pd_wordpiece_tokenize:
 * @text: valid UTF-8, need not end in NUL
 * @length_bytes: its length, below 2^32
 * @pieces: array of PdPiece; pieces are appended, without [CLS] and [SEP]
 */
void pd_wordpiece_tokenize(const PdWordpiece *self, const char *text, size_t length_bytes,
                           GArray *pieces);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdWordpiece, pd_wordpiece_free)
