/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.h - config.json: the shape of an ELECTRA model, as Transformers writes it
 * Which keys count and what they may be: model/FORMAT.md.
 */
#pragma once

#include "model/error.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    size_t vocab_size;
    size_t embedding_size;
    size_t hidden_size;
    size_t n_layers;
    size_t n_heads;
    size_t ffn_size;
    size_t max_positions;
    size_t n_types;
    float epsilon; /* of layer norms */
    size_t n_labels;
    char **labels; /* [n_labels] by id, NULL-terminated; NULL: ElectraForPreTraining, one logit */
} PdConfig;

/**
 * pd_config_load:
 * @self: (out): all zero before; pd_config_done() whatever comes
 * @path: a config.json
 * @error: PD_MODEL_ERROR_* or G_FILE_ERROR_*; the message names file and key
 */
bool pd_config_load(PdConfig *self, const char *path, GError **error);
void pd_config_done(PdConfig *self);
