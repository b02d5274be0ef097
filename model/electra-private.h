/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * electra-private.h - the weights, as electra-load.c arranges them and electra.c multiplies
 */
#pragma once

#include "model/config.h"
#include "model/electra.h"
#include "model/kernels.h"
#include "model/linear.h"
#include "model/weights.h"

/* y = x W^T + b, with one of the two; the other has no weight. */
typedef struct {
    PdInt8Linear int8;
    PdLinear fp32;
} PdDense;

typedef struct {
    float *gain;
    float *bias;
} PdNorm;

#define PD_EXIT_SIZE 64
#define PD_EXIT_OUTS 2 /* logits: the token is wrong; the last layer would doubt it */

/* A head between layers, for sentences that leave there (DeeBERT, Xin et al. 2020) */
typedef struct {
    PdDense dense;    /* [hidden, PD_EXIT_SIZE], then GELU */
    PdDense out;      /* [PD_EXIT_SIZE, PD_EXIT_OUTS] */
    float *threshold; /* [1] */
    float limit;      /* the same as a logit: a sentence with no token above it leaves */
} PdExit;

typedef struct {
    PdDense qkv[3]; /* queries, keys, values: [hidden, hidden] each */
    PdDense attention_out;
    PdNorm attention_norm;
    PdDense up;
    PdDense down;
    PdNorm out_norm;
    bool has_exit;
    PdExit exit; /* after this layer */
} PdLayer;

struct PdModel {
    gatomicrefcount refs;
    char *name;
    PdConfig config;
    PdWeights *weights;
    PdWordpiece *wordpiece;
    int32_t cls, sep, unknown;
    const PdKernel *kernel;
    bool int8; /* else all products are of float32 */

    float *arena; /* all that is not used as it is in the file, one mapping; NULL while checking */
    size_t arena_floats;

    const PdTensor *words; /* [vocab, embedding], stays in the file, converted row by row */
    float *positions;      /* [max_positions, embedding] */
    float *types;          /* [n_types, embedding] */
    PdNorm embeddings_norm;
    PdDense project; /* [embedding, hidden], only where the two differ */
    PdLayer *layers;
    PdDense head;   /* ElectraForPreTraining only: [hidden, hidden], then GELU */
    PdDense logits; /* [hidden, n_labels] */
};
