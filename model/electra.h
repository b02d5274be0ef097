/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * electra.h - ELECTRA discriminator: the chance that each token is wrong (Clark et al. 2020)
 * Tensors are float32, row-major, shapes written [rows, cols].
 */
#pragma once

#include "model/wordpiece.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdModel PdModel; /* weights and vocabulary: immutable, threads may share one */
typedef struct PdRun PdRun;     /* activations of a forward pass: belongs to one thread */

/* Token types of a model whose type_vocab_size is 4: letter case, for the uncased vocabulary. */
typedef enum {
    PD_CASE_LOWER = 0, /* all lower case, or with anything but ASCII letters in it (I'm, Don't) */
    PD_CASE_CAPITALISED = 1, /* one upper-case letter, first; a single one too */
    PD_CASE_UPPER = 2,       /* two or more, all upper case */
    PD_CASE_MIXED = 3,
} PdCaseType;

/* Word pieces of one sentence, without [CLS] and [SEP], of any length. */
typedef struct {
    const int32_t *ids;   /* [n_tokens] vocabulary ids */
    const uint8_t *types; /* [n_tokens] token types, each below pd_model_n_types() */
    size_t n_tokens;
    bool may_leave; /* after a layer with an exit (model/FORMAT.md), if that finds nothing wrong */
    bool *ret_left; /* (nullable): set to true if it did */
} PdSequence;

/**
 * pd_model_load:
 * @dir: directory with config.json, vocab.txt and model.safetensors, in Hugging Face form
 * @error: PD_MODEL_ERROR_* or G_FILE_ERROR_*; the message names file and tensor
 *
 * Loads an ElectraForPreTraining (one logit a token) or an ElectraForTokenClassification (a logit
 * for each label of id2label), of any size. The weights file is mapped read-only and must keep
 * its size while the model lives. Layout: model/FORMAT.md. $PD_KERNEL chooses the arithmetic of
 * int8 weights: model/README.md.
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
PdModel *pd_model_load(const char *dir, GError **error);
PdModel *pd_model_ref(PdModel *self); /* (transfer full), never NULL; any thread */
void pd_model_unref(PdModel *self);   /* NULL is fine; any thread */

const PdWordpiece *pd_model_wordpiece(const PdModel *self); /* borrowed */
/* 1: one logit, wrong above 0; else label 0 is "O" */
size_t pd_model_n_labels(const PdModel *self);
const char *pd_model_label(const PdModel *self, size_t label); /* borrowed; NULL if n_labels is 1 */
size_t pd_model_n_types(const PdModel *self);                  /* type_vocab_size */
const char *pd_model_name(const PdModel *self); /* borrowed: the directory's last component */
/* borrowed: what multiplies int8 weights here ("avx512vnni"), or "fp32"; model/README.md */
const char *pd_model_kernel(const PdModel *self);
/* (transfer full): SHA-256 of the weights file in hex; reads it all */
char *pd_model_hash(const PdModel *self);

/* Lets the system take back pages of the file, for a time without work; they are read again. */
void pd_model_rest(const PdModel *self);

PdCaseType pd_case_type(const char *word, size_t length_bytes); /* @word: UTF-8 */

PdRun *pd_run_new(PdModel *model); /* (transfer full), never NULL; keeps a reference */
void pd_run_free(PdRun *run);      /* NULL is fine */

/**
 * pd_run_logits:
 * @sequences: [n_sequences] sentences; an empty one gives nothing
 * @cancel: (nullable): polled with an atomic load before each layer; not 0: stop
 * @logits: (out caller-allocates): [sum of n_tokens, pd_model_n_labels()], in order
 *
 * Sentences are packed into one [tokens, hidden] matrix without padding, at most a few hundred
 * tokens a pass. One longer than the model's positions is judged in overlapping windows, each
 * token by the window in which it stands farthest from an edge. The logits of one that leaves early
 * say how wrong each token is, but not how: the kind is the last label. Arithmetic only: cannot
 * fail; takes milliseconds (model/SPEED.md), so it never runs on a main loop.
 *
 * Returns: false if cancelled, @logits then undefined
 */
bool pd_run_logits(PdRun *run, const PdSequence *sequences, size_t n_sequences, const int *cancel,
                   float *logits);

/**
 * pd_logits_wrong:
 * @logits: [n_labels] of one token
 *
 * Returns: the chance in [0, 1] that the token is wrong: 1 - P(O), or the sigmoid of a single logit
 */
float pd_logits_wrong(const float *logits, size_t n_labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdModel, pd_model_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdRun, pd_run_free)
