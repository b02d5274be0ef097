/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/ui.h"

void
pd_ui_set_name(GtkWidget *widget, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "_", -1);
    g_autofree char *plain = g_strjoinv("", parts);

    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, plain,
                                   -1);
}

GtkWidget *
pd_ui_button(const char *title, const char *action)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(title);

    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_accessible_reset_relation(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
    pd_ui_set_name(button, title);
    return button;
}

GtkWidget *
pd_ui_icon_button(const char *icon, const char *title, const char *action)
{
    GtkWidget *button = gtk_button_new_from_icon_name(icon);

    gtk_widget_set_tooltip_text(button, title);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    pd_ui_set_name(button, title);
    return button;
}

/* GtkDropDown would open at once; its button takes the focus. */
static gboolean
on_mnemonic(GtkWidget *drop_down, gboolean cycles, gpointer unused)
{
    return gtk_widget_child_focus(drop_down, GTK_DIR_TAB_FORWARD);
}

GtkWidget *
pd_ui_label_of(GtkWidget *drop_down, const char *title)
{
    GtkWidget *label = gtk_label_new_with_mnemonic(title);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), drop_down);
    g_signal_connect(drop_down, "mnemonic-activate", G_CALLBACK(on_mnemonic), NULL);
    pd_ui_set_name(gtk_widget_get_first_child(drop_down), title); /* the button */
    return label;
}

void
pd_ui_append(GString *markup, const char *format, ...)
{
    g_autofree char *escaped = NULL;
    va_list args;

    va_start(args, format);
    escaped = g_markup_vprintf_escaped(format, args);
    va_end(args);
    g_string_append(markup, escaped);
}
