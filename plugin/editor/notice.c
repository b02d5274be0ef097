/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/notice.h"

#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

#define SHOWN_S 12

struct _PdNotice {
    GtkBox parent;
    GtkRevealer *revealer;
    GtkWidget *label, *undo;
    guint source;
};

G_DEFINE_FINAL_TYPE(PdNotice, pd_notice, GTK_TYPE_BOX)

GtkWidget *
pd_notice_new(void)
{
    return g_object_new(PD_TYPE_NOTICE, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_END, NULL);
}

void
pd_notice_hide(PdNotice *self)
{
    g_clear_handle_id(&self->source, g_source_remove);
    gtk_revealer_set_reveal_child(self->revealer, FALSE);
}

static gboolean
on_time(gpointer data)
{
    PdNotice *self = data;

    self->source = 0;
    pd_notice_hide(self);
    return G_SOURCE_REMOVE;
}

void
pd_notice_show(PdNotice *self, const char *text, const char *action)
{
    g_clear_handle_id(&self->source, g_source_remove);
    gtk_label_set_text(GTK_LABEL(self->label), text);
    gtk_widget_set_visible(self->undo, action != NULL);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(self->undo), action);
    gtk_revealer_set_reveal_child(self->revealer, TRUE);
    self->source = g_timeout_add_seconds(SHOWN_S, on_time, self);
}

static void
pd_notice_init(PdNotice *self)
{
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *close = pd_ui_icon_button("window-close-symbolic", _("Hide this message"), NULL);

    self->label = gtk_label_new(NULL);
    gtk_label_set_ellipsize(GTK_LABEL(self->label), PANGO_ELLIPSIZE_END);
    self->undo = pd_ui_button(_("_Undo"), NULL);
    gtk_widget_add_css_class(close, "flat");
    g_signal_connect_swapped(close, "clicked", G_CALLBACK(pd_notice_hide), self);
    gtk_box_append(GTK_BOX(line), self->label);
    gtk_box_append(GTK_BOX(line), self->undo);
    gtk_box_append(GTK_BOX(line), close);
    gtk_widget_add_css_class(line, "app-notification");
    self->revealer = GTK_REVEALER(gtk_revealer_new());
    gtk_revealer_set_transition_type(self->revealer, GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
    gtk_revealer_set_child(self->revealer, line);
    gtk_box_append(GTK_BOX(self), GTK_WIDGET(self->revealer));
}

static void
dispose(GObject *object)
{
    g_clear_handle_id(&PD_NOTICE(object)->source, g_source_remove);
    G_OBJECT_CLASS(pd_notice_parent_class)->dispose(object);
}

static void
pd_notice_class_init(PdNoticeClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}
