/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.h - what can be wrong with a model's files
 * A message names the file, and the tensor or key where there is one.
 */
#pragma once

#include <glib.h>

#define PD_MODEL_ERROR (pd_model_error_quark())
GQuark pd_model_error_quark(void);

typedef enum {
    PD_MODEL_ERROR_FORMAT,      /* not a file of this kind, or damaged */
    PD_MODEL_ERROR_MISSING,     /* a tensor or a key that must be there is not */
    PD_MODEL_ERROR_SHAPE,       /* a tensor has another shape than config.json asks for */
    PD_MODEL_ERROR_UNSUPPORTED, /* well formed, but of a kind this program does not run */
} PdModelError;
