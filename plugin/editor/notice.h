/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notice.h - a line over the text that says what was done, and takes it back
 */
#pragma once

#include <gtk/gtk.h>

#define PD_TYPE_NOTICE (pd_notice_get_type())
G_DECLARE_FINAL_TYPE(PdNotice, pd_notice, PD, NOTICE, GtkBox)

GtkWidget *pd_notice_new(void);

/* @action: (nullable): what the button Undo activates; without it there is none */
void pd_notice_show(PdNotice *self, const char *text, const char *action);
void pd_notice_hide(PdNotice *self);
