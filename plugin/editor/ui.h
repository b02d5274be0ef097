/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ui.h - widgets that all can use, each with a name that a screen reader says; markup
 */
#pragma once

#include <gtk/gtk.h>

/* What a screen reader calls @widget; "_" for a mnemonic is left out. */
void pd_ui_set_name(GtkWidget *widget, const char *name);

/* A button that activates @action: with @title and its mnemonic, or an icon, @title as tooltip. */
GtkWidget *pd_ui_button(const char *title, const char *action);
GtkWidget *pd_ui_icon_button(const char *icon, const char *title, const char *action);

/* A label whose mnemonic goes to @drop_down, which takes its name from it. */
GtkWidget *pd_ui_label_of(GtkWidget *drop_down, const char *title);

/* As g_string_append_printf(), with the arguments escaped for markup. */
void pd_ui_append(GString *markup, const char *format, ...) G_GNUC_PRINTF(2, 3);
