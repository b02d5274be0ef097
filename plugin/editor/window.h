/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window.h - a text in a window, with what proofd finds in it
 */
#pragma once

#include "plugin/editor/app.h"

#include <gtk/gtk.h>
#include <stdbool.h>

#define PD_TYPE_WINDOW (pd_window_get_type())
G_DECLARE_FINAL_TYPE(PdWindow, pd_window, PD, WINDOW, GtkApplicationWindow)

/* With an empty text that has no name. (transfer none): the application owns it */
PdWindow *pd_window_new(PdApp *app);

/* Reads @file into it; one that does not exist yet is an empty text of that name. */
void pd_window_load(PdWindow *self, GFile *file);
GFile *pd_window_peek_file(PdWindow *self); /* (nullable) */
bool pd_window_is_pristine(PdWindow *self); /* no name, no text: a file may go in here */
