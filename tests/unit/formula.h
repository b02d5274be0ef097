/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * formula.h - models of any shape, their weights made by a formula, for tests of the network
 *
 * model/training/reference.py has the same formula, for the golden numbers of these models.
 */
#pragma once

#include "model/electra.h"

#include <glib.h>
#include <stdint.h>

#define FORMULA_SPECIAL 5    /* ids below it are no words */
#define FORMULA_PACKED 1e-4f /* packing changes no logit by more */

typedef struct {
    size_t vocab, embedding, hidden, layers, heads, ffn, positions, types, labels;
    const char *dtype;
    size_t head_row;     /* of an exit's output, whose numbers the head of one label has */
    float thresholds[2]; /* of exits after layers 1 and 2; 0: none */
} Shape;

/* A sentence and its arrays, freed by formula_clear(). */
typedef struct {
    PdSequence sequence;
    int32_t *ids;
    uint8_t *types;
} Tokens;

guint32 formula_seed(const char *name);
guint32 formula_number(guint32 seed, size_t i); /* the ith of a seed */

/* Writes the model; (transfer full): its temporary folder. */
char *formula_write(const Shape *shape);
void formula_remove(const char *dir);
PdModel *formula_load(const char *dir); /* (transfer full); the test fails if it cannot */

Tokens formula_tokens(size_t n); /* ids and types are not set */
void formula_clear(Tokens *self);

/**
 * formula_run:
 * @all: of Tokens
 *
 * Runs all sentences at once, and each alone: packing must change nothing but the last digits.
 *
 * Returns: (transfer full): [sum of n_tokens, labels], the logits of all at once; g_free
 */
float *formula_run(PdModel *model, const GArray *all);
