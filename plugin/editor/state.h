/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * state.h - what is remembered from one time to the next: window, checking, colours
 *
 * A key file, proof-editor/state.ini below XDG_STATE_HOME: no schema must be installed, so a
 * checkout runs as it is. What is not there, or is broken, has its default. It holds no text and no
 * names of files.
 */
#pragma once

#include <glib-object.h>
#include <stdbool.h>

typedef enum { PD_SCHEME_SYSTEM, PD_SCHEME_LIGHT, PD_SCHEME_DARK } PdScheme;

typedef struct {
    int width, height; /* of a window */
    bool is_maximized, has_sidebar;
    int sidebar_width;
    bool shows_statistics; /* in the sidebar, instead of the findings */
} PdWindowState;

#define PD_TYPE_STATE (pd_state_get_type())

/**
 * PdState:
 *
 * Signal "changed", without arguments: language, level, scheme or rules are others.
 */
G_DECLARE_FINAL_TYPE(PdState, pd_state, PD, STATE, GObject)

PdState *pd_state_new(const char *path); /* (transfer full); reads that file, if it is there */
char *pd_state_default_path(void);       /* (transfer full) */

/* Writes it whole; at once. False: with @error set */
bool pd_state_save(PdState *self, GError **error);

PdWindowState pd_state_get_window(const PdState *self);
void pd_state_set_window(PdState *self, PdWindowState window);

/* NULL: the service's default */
const char *pd_state_peek_language(const PdState *self);
void pd_state_set_language(PdState *self, const char *language);
const char *pd_state_peek_level(const PdState *self);
void pd_state_set_level(PdState *self, const char *level);
PdScheme pd_state_get_scheme(const PdState *self);
void pd_state_set_scheme(PdState *self, PdScheme scheme);
/* Rules that are off: NULL-terminated, never NULL. */
const char *const *pd_state_peek_rules(const PdState *self);
void pd_state_set_rule(PdState *self, const char *rule, bool is_on);
