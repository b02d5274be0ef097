/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * weights.h - a safetensors file, mapped and checked, and JSON from files that nobody vouches for
 * The file's bytes: model/FORMAT.md.
 */
#pragma once

#include "model/error.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PD_MAX_JSON_BYTES (4 * 1024 * 1024) /* of an index or a config.json */
#define PD_MAX_DIMENSIONS 4

typedef struct PdWeights PdWeights; /* immutable once open, threads may share one */

typedef enum {
    PD_DTYPE_F32,
    PD_DTYPE_F16,
    PD_DTYPE_BF16,
    PD_DTYPE_I8,
    PD_DTYPE_OTHER, /* known to the format; a tensor of it can stand there, but not be read */
} PdDtype;

/* Belongs to its PdWeights; points into the mapped file. */
typedef struct {
    char *name;
    PdDtype dtype;
    size_t shape[PD_MAX_DIMENSIONS];
    size_t n_dimensions;
    const uint8_t *data;
    size_t size_bytes;
    const uint8_t *scale; /* PD_DTYPE_I8: F32 [shape[0]], as stored; else NULL */
    bool packed;          /* PD_DTYPE_I8: [rows / 16, cols / 4, 16, 4] in the file; see int8.h */
} PdTensor;

/**
 * pd_weights_open:
 * @path: a safetensors file; it must keep its size while open. Tensors to be read are F32, F16,
 * BF16 or I8; others (old checkpoints store position_ids, I64) may stand there
 * @error: PD_MODEL_ERROR_* or G_FILE_ERROR_*; the message names the file and the tensor
 *
 * Maps the file and checks its index: every tensor has a known dtype, a shape whose product fits
 * its bytes, and its own bytes; together they fill the file. An I8 tensor has its NAME_scale; a
 * packed one is given the shape of what is packed in it, [rows, cols].
 *
 * Returns: (transfer full): the weights, or NULL with @error set
 */
PdWeights *pd_weights_open(const char *path, GError **error);
void pd_weights_free(PdWeights *self); /* NULL is fine */

bool pd_weights_has(const PdWeights *self, const char *name);

/**
 * pd_weights_get:
 * @n_cols: 0: a tensor of one dimension, [n_rows]; else [n_rows, n_cols]
 * @error: PD_MODEL_ERROR_MISSING, PD_MODEL_ERROR_SHAPE, PD_MODEL_ERROR_UNSUPPORTED (its dtype)
 *
 * Returns: the tensor, borrowed, or NULL with @error set
 */
const PdTensor *pd_weights_get(const PdWeights *self, const char *name, size_t n_rows,
                               size_t n_cols, GError **error);

/* Rows [first, first + n_rows) of a tensor as float32, [n_rows, n_cols]; a vector is one row. */
void pd_tensor_rows(const PdTensor *self, size_t first, size_t n_rows, float *out);

/* Lets the system take back the memory of pages that were read; they are read again when needed. */
void pd_weights_forget_pages(const PdWeights *self);
char *pd_weights_hash(const PdWeights *self); /* (transfer full): SHA-256 of the file in hex */
const char *pd_weights_path(const PdWeights *self); /* borrowed */

/**
 * pd_json_parse:
 * @path: for messages
 * @error: PD_MODEL_ERROR_FORMAT: not UTF-8, not JSON (json-glib takes more for it), not one object,
 *         nested too deeply (json-glib recurses), or a name twice in one object
 *
 * Returns: (transfer full): the parser, its root an object, or NULL with @error set
 */
JsonParser *pd_json_parse(const char *path, const char *text, size_t length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdWeights, pd_weights_free)
