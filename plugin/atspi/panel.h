/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * panel.h - the small window with a finding and its corrections
 *
 * It never takes the focus by itself: the program that is written in keeps it. Only
 * pd_panel_take_keys(), which the user asks for, gives it the keyboard until it closes.
 */
#pragma once

#include "plugin/atspi/place.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdPanel PdPanel;

/* A finding, as it is shown; all texts are borrowed for the call. */
typedef struct {
    const char *words;              /* what is wrong; "" if something is missing */
    const char *message;            /* for the user */
    const char *const *corrections; /* NULL-terminated; "": delete */
    bool is_unknown_word;           /* may go into the dictionary */
} PdPanelFinding;

/* What the user did, on the main loop; the numbers are those of pd_panel_show(). */
typedef struct {
    void (*correct)(guint n_finding, guint n_correction, void *user_data);
    void (*ignore)(guint n_finding, void *user_data);
    void (*add_word)(guint n_finding, void *user_data);
    void (*closed)(void *user_data); /* by the button or by Escape */
    void (*left_keys)(void *user_data);
} PdPanelFuncs;

/*
 * @has_popup: whether a window can be shown that takes no focus (X11, XWayland); else the panel
 *   comes only with pd_panel_take_keys()
 * @can_grab: whether such a window can get the keyboard (X11); else pd_panel_take_keys() shows one
 *   that takes the focus
 */
PdPanel *pd_panel_new(bool has_popup, bool can_grab, const PdPanelFuncs *funcs, void *user_data);
void pd_panel_free(PdPanel *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdPanel, pd_panel_free)

/*
 * Shows findings, one at a time.
 * @first: which one first, where they are others than those on show
 * @caret: (nullable): where the caret is; NULL: in the corner
 */
void pd_panel_show(PdPanel *self, const PdPanelFinding *findings, guint n_findings, guint first,
                   const PdBox *caret);
void pd_panel_hide(PdPanel *self);

/* Instead of findings, a sentence about what went wrong. */
void pd_panel_say(PdPanel *self, const char *message);

/* Gives the keyboard to the panel, if it is on show. */
void pd_panel_take_keys(PdPanel *self);
bool pd_panel_has_keys(PdPanel *self);
