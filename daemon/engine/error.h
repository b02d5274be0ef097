/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.h - what a request can fail with
 * daemon/service.c maps each code to the D-Bus error of the same name.
 */
#pragma once

#include <glib.h>

#define PD_ERROR (pd_error_quark())
GQuark pd_error_quark(void);

typedef enum {
    PD_ERROR_TOO_LONG,
    PD_ERROR_UNKNOWN_LANGUAGE,
    PD_ERROR_INVALID_TEXT,
    PD_ERROR_INVALID_OPTION,
    PD_ERROR_BUSY,
    PD_ERROR_CANCELLED,
    PD_ERROR_MODEL_BROKEN,
    PD_ERROR_NOT_FOUND,
    PD_ERROR_FAILED, /* the personal word list cannot be written, and the like */
} PdError;
