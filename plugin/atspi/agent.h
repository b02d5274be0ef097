/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * agent.h - watches the text that has the focus, shows what is wrong in it, corrects it
 *
 * One text at a time. When the focus goes, everything that was read of it is forgotten.
 */
#pragma once

#include "plugin/atspi/config.h"

#include <gio/gio.h>

typedef struct PdAgent PdAgent;

/* @n_findings: in the text that is watched; @program: (nullable): that shows it */
typedef void (*PdAgentFunc)(guint n_findings, const char *program, void *user_data);

/* @has_popup, @can_grab: as pd_panel_new(). @is_wayland: PD_PLACE_AUTO is the corner */
PdAgent *pd_agent_new(GDBusConnection *session, PdConfig *config, bool has_popup, bool is_wayland,
                      PdAgentFunc func, void *user_data);
void pd_agent_free(PdAgent *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdAgent, pd_agent_free)

/* Paused, it leaves the accessibility bus: programs have no work with it. */
void pd_agent_set_paused(PdAgent *self, bool is_paused);
void pd_agent_set_config(PdAgent *self, PdConfig *config);

/* Gives the keyboard to the panel; says so if there is nothing to correct. */
void pd_agent_show_corrections(PdAgent *self);

/* Shows a sentence in the panel. */
void pd_agent_say(PdAgent *self, const char *message);
