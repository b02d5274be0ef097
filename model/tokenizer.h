/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tokenizer.h - the vocabulary of a model's directory, whichever files Transformers wrote it to
 */
#pragma once

#include "model/error.h"
#include "model/wordpiece.h"

#include <glib.h>

/**
 * pd_tokenizer_load:
 * @dir: with a vocab.txt, or else a tokenizer.json whose model is WordPiece
 * @error: PD_MODEL_ERROR_MISSING: neither is there; PD_MODEL_ERROR_UNSUPPORTED: the tokenizer cuts
 * differently than PdWordpiece does (cased, other marks); and those of pd_wordpiece_load()
 *
 * Returns: (transfer full): the vocabulary, or NULL with @error set
 */
PdWordpiece *pd_tokenizer_load(const char *dir, GError **error);
