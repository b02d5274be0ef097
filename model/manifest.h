/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * manifest.h - manifest.json of a model's directory: what it is, and what its files should be
 *
 * `./dev train export` writes it (model/FORMAT.md). A directory may lack it, as one that
 * Transformers wrote does: then nothing can be compared.
 */
#pragma once

#include "model/electra.h"
#include "model/error.h"

#include <glib.h>
#include <stdbool.h>

#define PD_MANIFEST_FORMAT 1 /* what this program knows; a newer one is refused */

typedef struct {
    char *name;
    char *sha256; /* 64 hex digits */
    guint64 size_bytes;
} PdManifestFile;

typedef struct {
    char *name;
    char *version;
    char *language;   /* primary, "en" */
    char *licence;    /* SPDX */
    GPtrArray *files; /* of PdManifestFile */
    char *text;       /* (nullable): the golden sentence; the three below belong to it */
    GArray *ids;      /* of int32_t: its pieces */
    GArray *types;    /* of uint8_t */
    GArray *wrong;    /* of float: the chance that each is wrong, from PyTorch in fp32 */
    double tolerance;
} PdManifest;

/**
 * pd_manifest_load:
 * @dir: a model's directory
 * @error: PD_MODEL_ERROR_FORMAT, _MISSING (a key), _UNSUPPORTED (a newer format); names the file
 *
 * Returns: (transfer full) (nullable): NULL without @error: there is none
 */
PdManifest *pd_manifest_load(const char *dir, GError **error);
void pd_manifest_free(PdManifest *self); /* NULL is fine */

/* Is each of its files there? PD_MODEL_ERROR_MISSING names the first that is not. */
bool pd_manifest_check_present(const PdManifest *self, const char *dir, GError **error);
/* And has it that size and hash? Reads all of them. PD_MODEL_ERROR_FORMAT names the file. */
bool pd_manifest_check_files(const PdManifest *self, const char *dir, GError **error);

/**
 * pd_manifest_check_golden:
 * @self: (nullable): without one, or without a golden sentence, the model need only be finite on a
 * sentence of our own
 * @ret_difference: (out): the largest difference of a chance; 0 with nothing to compare
 * @error: PD_MODEL_ERROR_FORMAT: other pieces, or a chance beyond the tolerance
 */
bool pd_manifest_check_golden(const PdManifest *self, PdModel *model, double *ret_difference,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdManifest, pd_manifest_free)
