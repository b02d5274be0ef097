/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shortcuts.h - the keys of the program: set, and shown in a window of help
 */
#pragma once

#include <gtk/gtk.h>

void pd_shortcuts_set(GtkApplication *app);
GtkShortcutsWindow *pd_shortcuts_new(void); /* (transfer none): GTK owns it */
