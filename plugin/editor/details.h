/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * details.h - the finding at the cursor: what is wrong, its corrections as buttons, what else to do
 *
 * The buttons activate the actions "finding.*" of the window.
 */
#pragma once

#include <gtk/gtk.h>
#include <proofd.h>

#define PD_TYPE_DETAILS (pd_details_get_type())
G_DECLARE_FINAL_TYPE(PdDetails, pd_details, PD, DETAILS, GtkBox)

GtkWidget *pd_details_new(void);

/* @finding: (nullable): none; @words: what stands there */
void pd_details_show(PdDetails *self, const ProofdFinding *finding, const char *words);
