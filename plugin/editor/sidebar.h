/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sidebar.h - beside the text: language and level, all findings or statistics, the finding here
 */
#pragma once

#include "plugin/editor/annotator.h"
#include "plugin/editor/count.h"

#include <gtk/gtk.h>
#include <stdbool.h>

#define PD_TYPE_SIDEBAR (pd_sidebar_get_type())

/**
 * PdSidebar:
 *
 * Signals: "go" (ProofdFinding), "language-chosen" (a dictionary's name, or NULL),
 * "level-chosen" (string).
 */
G_DECLARE_FINAL_TYPE(PdSidebar, pd_sidebar, PD, SIDEBAR, GtkBox)

GtkWidget *pd_sidebar_new(void);

/* @current: one of them; NULL: the service's default */
void pd_sidebar_set_languages(PdSidebar *self, const char *const *languages, const char *current);
void pd_sidebar_set_level(PdSidebar *self, const char *level);

/* Findings or state have changed: soon, once for all changes of a moment. */
void pd_sidebar_update_soon(PdSidebar *self, PdAnnotator *annotator);
void pd_sidebar_set_count(PdSidebar *self, PdCount count);
/* The finding at the cursor; @finding: (nullable) */
void pd_sidebar_set_current(PdSidebar *self, ProofdFinding *finding, const char *words);

bool pd_sidebar_get_shows_statistics(PdSidebar *self);
void pd_sidebar_set_shows_statistics(PdSidebar *self, bool shows);
void pd_sidebar_focus_findings(PdSidebar *self);
