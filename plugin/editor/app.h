/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * app.h - the program: what its windows share
 */
#pragma once

#include "plugin/editor/state.h"

#include <gtk/gtk.h>
#include <proofd.h>
#include <stdbool.h>

#define PD_APP_ID "org.proofd.Editor"

#define PD_TYPE_APP (pd_app_get_type())

/**
 * PdApp:
 *
 * Signals, without arguments: "languages-changed", "look-changed" (see pd_app_is_dark()).
 */
G_DECLARE_FINAL_TYPE(PdApp, pd_app, PD, APP, GtkApplication)

PdApp *pd_app_new(void);

ProofdClient *pd_app_peek_client(PdApp *self);
PdState *pd_app_peek_state(PdApp *self);

/* What the service can check, sorted; empty before it has answered. */
const char *const *pd_app_peek_languages(PdApp *self);
void pd_app_ask_languages(PdApp *self); /* again */

bool pd_app_is_dark(PdApp *self);

/* What the windows remember, to the disk: soon. */
void pd_app_save_state(PdApp *self);

/* Shows @file (nullable: an empty text) in a window of its own, or in the one that has it. */
void pd_app_open(PdApp *self, GFile *file);
