/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/tray.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>
#include <libayatana-appindicator/app-indicator.h>

struct PdTray {
    GActionGroup *actions;
    AppIndicator *indicator;
    GtkWidget *correct;
    GtkWidget *pause;
    GtkWidget *never;
    bool is_updating;
};

static void
on_item(GtkMenuItem *item, gpointer user_data)
{
    PdTray *self = user_data;
    const char *action = g_object_get_data(G_OBJECT(item), "action");

    if (!self->is_updating)
        g_action_group_activate_action(self->actions, action, NULL);
}

static GtkWidget *
add_item(PdTray *self, GtkWidget *menu, GtkWidget *item, const char *action)
{
    g_object_set_data(G_OBJECT(item), "action", (char *)action);
    g_signal_connect(item, "activate", G_CALLBACK(on_item), self);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), item);
    return item;
}

PdTray *
pd_tray_new(GActionGroup *actions)
{
    PdTray *self = g_new0(PdTray, 1);
    GtkWidget *menu = gtk_menu_new();

    self->actions = actions;
    self->indicator = app_indicator_new("proofd-watch", "tools-check-spelling",
                                        APP_INDICATOR_CATEGORY_APPLICATION_STATUS);
    self->correct =
        add_item(self, menu, gtk_menu_item_new_with_label(_("Show corrections")), "correct");
    self->pause = add_item(self, menu, gtk_check_menu_item_new_with_label(_("Pause")), "pause");
    self->never = add_item(self, menu, gtk_menu_item_new_with_label(""), "never");
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), gtk_separator_menu_item_new());
    add_item(self, menu, gtk_menu_item_new_with_label(_("Settings")), "settings");
    add_item(self, menu, gtk_menu_item_new_with_label(_("Quit")), "quit");
    gtk_widget_show_all(menu);
    app_indicator_set_menu(self->indicator, GTK_MENU(menu));
    app_indicator_set_secondary_activate_target(self->indicator, self->pause); /* middle click */
    app_indicator_set_status(self->indicator, APP_INDICATOR_STATUS_ACTIVE);
    pd_tray_update(self, 0, false, NULL);
    return self;
}

void
pd_tray_free(PdTray *self)
{
    if (self == NULL)
        return;
    g_object_unref(self->indicator);
    g_free(self);
}

void
pd_tray_update(PdTray *self, guint n_findings, bool is_paused, const char *program)
{
    g_autofree char *count = n_findings > 0 ? g_strdup_printf("%u", n_findings) : g_strdup("");
    g_autofree char *title = NULL;
    g_autofree char *never =
        program != NULL ? g_strdup_printf(_("Never in %s"), program) : g_strdup(_("Never here"));

    if (is_paused)
        title = g_strdup(_("proofd: paused"));
    else
        title = g_strdup_printf(ngettext("proofd: %u finding", "proofd: %u findings", n_findings),
                                n_findings);
    self->is_updating = true;
    app_indicator_set_label(self->indicator, count, "99");
    app_indicator_set_title(self->indicator, title);
    gtk_widget_set_sensitive(self->correct, n_findings > 0);
    gtk_check_menu_item_set_active(GTK_CHECK_MENU_ITEM(self->pause), is_paused);
    gtk_widget_set_sensitive(self->never, program != NULL);
    gtk_menu_item_set_label(GTK_MENU_ITEM(self->never), never);
    self->is_updating = false;
}
