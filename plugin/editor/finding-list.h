/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finding-list.h - all findings of a text, one a row, to be filtered by kind and gone to
 */
#pragma once

#include "plugin/editor/annotator.h"

#include <gtk/gtk.h>

#define PD_TYPE_FINDING_LIST (pd_finding_list_get_type())

/**
 * PdFindingList:
 *
 * Signals: "go" (ProofdFinding): Enter or a double click on a row; "leave": Tab, to what follows.
 */
G_DECLARE_FINAL_TYPE(PdFindingList, pd_finding_list, PD, FINDING_LIST, GtkBox)

GtkWidget *pd_finding_list_new(void);

/* Shows what @annotator has now. */
void pd_finding_list_update(PdFindingList *self, PdAnnotator *annotator);
/* Selects the row of @finding (nullable: none), and scrolls there. */
void pd_finding_list_select(PdFindingList *self, const ProofdFinding *finding);
void pd_finding_list_focus(PdFindingList *self);
