/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/decisions-view.h"

#include <glib/gi18n-lib.h>

#define WIDTH 480
#define HEIGHT 360
#define KEY_DECISION "decision"

static void
on_take_back(GtkButton *button, PdDecisions *decisions)
{
    const PdDecision *decision = g_object_get_data(G_OBJECT(button), KEY_DECISION);

    pd_decisions_take_back(decisions, decision); /* the list is made anew */
}

static GtkWidget *
new_row(const PdDecision *decision, PdDecisions *decisions)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *button = gtk_button_new_with_label(_("Take Back"));
    g_autofree char *title = pd_decision_title(decision);
    g_autofree char *spoken = g_strdup_printf(_("Take back: %s"), title);
    GtkWidget *label = gtk_label_new(title);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                   -1);
    g_object_set_data_full(G_OBJECT(button), KEY_DECISION,
                           pd_decision_new(decision->kind, decision->text, decision->fingerprint),
                           (GDestroyNotify)pd_decision_free);
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_take_back), decisions, 0);
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), button);
    return box;
}

static void
fill(GtkListBox *list, PdDecisions *decisions)
{
    g_autoptr(GPtrArray) all = pd_decisions_list(decisions);
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index(list, 0)) != NULL)
        gtk_list_box_remove(list, GTK_WIDGET(row));
    for (guint i = 0; i < all->len; i++) {
        gtk_list_box_append(list, new_row(all->pdata[i], decisions));
        /* the button takes the focus */
        gtk_widget_set_focusable(GTK_WIDGET(gtk_list_box_get_row_at_index(list, (int)i)), FALSE);
    }
}

static gboolean
fill_later(gpointer data)
{
    GtkWidget *list = data;
    PdDecisions *decisions = g_object_get_data(G_OBJECT(list), KEY_DECISION);

    if (gtk_widget_get_root(list) != NULL)
        fill(GTK_LIST_BOX(list), decisions);
    return G_SOURCE_REMOVE;
}

/* Not within the click of a button that goes. */
static void
on_changed(PdDecisions *decisions, GtkWidget *list)
{
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, fill_later, g_object_ref(list), g_object_unref);
}

void
pd_decisions_view_show(GtkWindow *parent, PdDecisions *decisions)
{
    GtkWidget *window = gtk_window_new(), *scrolled = gtk_scrolled_window_new();
    GtkWidget *list = gtk_list_box_new();
    GtkWidget *none = gtk_label_new(_("Nothing is ignored or turned off."));
    GtkEventController *keys = gtk_shortcut_controller_new();

    gtk_window_set_title(GTK_WINDOW(window), _("Ignored and Turned Off"));
    gtk_window_set_transient_for(GTK_WINDOW(window), parent);
    gtk_window_set_modal(GTK_WINDOW(window), TRUE);
    gtk_window_set_destroy_with_parent(GTK_WINDOW(window), TRUE);
    gtk_window_set_default_size(GTK_WINDOW(window), WIDTH, HEIGHT);
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    gtk_list_box_set_placeholder(GTK_LIST_BOX(list), none);
    g_object_set_data_full(G_OBJECT(list), KEY_DECISION, g_object_ref(decisions), g_object_unref);
    g_signal_connect_object(decisions, "changed", G_CALLBACK(on_changed), list, 0);
    fill(GTK_LIST_BOX(list), decisions);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), list);
    gtk_window_set_child(GTK_WINDOW(window), scrolled);
    gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(keys),
                                         gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0),
                                                          gtk_named_action_new("window.close")));
    gtk_widget_add_controller(window, keys);
    gtk_window_present(GTK_WINDOW(window));
}
