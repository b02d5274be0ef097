/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/search.h"

#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

#define MAX_SELECTED_CHARS 200 /* more was not selected to be searched for */

struct _PdSearch {
    GtkBox parent;
    GtkSourceView *view; /* borrowed: in the same window */
    GtkSourceSearchSettings *settings;
    GtkSourceSearchContext *context;
    GtkSearchBar *bar;
    GtkWidget *entry, *count;
};

G_DEFINE_FINAL_TYPE(PdSearch, pd_search, GTK_TYPE_BOX)

static GtkTextBuffer *
buffer_of(PdSearch *self)
{
    return gtk_text_view_get_buffer(GTK_TEXT_VIEW(self->view));
}

static void
show_count(PdSearch *self)
{
    const int n = gtk_source_search_context_get_occurrences_count(self->context);
    GtkTextIter start, end;
    g_autofree char *text = NULL;
    int position;

    gtk_text_buffer_get_selection_bounds(buffer_of(self), &start, &end);
    position = gtk_source_search_context_get_occurrence_position(self->context, &start, &end);
    if (gtk_source_search_settings_get_search_text(self->settings) == NULL || n < 0)
        text = g_strdup("");
    else if (n == 0)
        text = g_strdup(_("Not found"));
    else
        text = g_strdup_printf(_("%d of %d"), MAX(position, 0), n);
    gtk_label_set_text(GTK_LABEL(self->count), text);
}

static void
select_match(PdSearch *self, const GtkTextIter *start, const GtkTextIter *end)
{
    gtk_text_buffer_select_range(buffer_of(self), start, end);
    gtk_text_view_scroll_to_mark(GTK_TEXT_VIEW(self->view),
                                 gtk_text_buffer_get_insert(buffer_of(self)), 0.1, FALSE, 0, 0);
    show_count(self);
}

void
pd_search_go(PdSearch *self, bool forward)
{
    GtkTextIter start, end, from, to;
    gboolean wrapped;

    gtk_search_bar_set_search_mode(self->bar, TRUE);
    gtk_text_buffer_get_selection_bounds(buffer_of(self), &start, &end);
    if (forward ? gtk_source_search_context_forward(self->context, &end, &from, &to, &wrapped)
                : gtk_source_search_context_backward(self->context, &start, &from, &to, &wrapped))
        select_match(self, &from, &to);
    else
        show_count(self);
}

/* From where the selection starts, so that a longer word stays where it is. */
static void
on_text(GtkSearchEntry *entry, PdSearch *self)
{
    const char *text = gtk_editable_get_text(GTK_EDITABLE(entry));
    GtkTextIter start, from, to;
    gboolean wrapped;

    gtk_source_search_settings_set_search_text(self->settings, *text != '\0' ? text : NULL);
    gtk_text_buffer_get_selection_bounds(buffer_of(self), &start, NULL);
    if (*text != '\0' &&
        gtk_source_search_context_forward(self->context, &start, &from, &to, &wrapped))
        select_match(self, &from, &to);
    else
        show_count(self);
}

static void
on_next(GtkSearchEntry *entry, PdSearch *self)
{
    pd_search_go(self, true);
}

static void
on_previous(GtkSearchEntry *entry, PdSearch *self)
{
    pd_search_go(self, false);
}

static void
on_mode(GtkSearchBar *bar, GParamSpec *spec, PdSearch *self)
{
    const gboolean is_open = gtk_search_bar_get_search_mode(bar);

    gtk_source_search_context_set_highlight(self->context, is_open);
    if (!is_open)
        gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

void
pd_search_open(PdSearch *self)
{
    GtkTextIter start, end;

    if (gtk_text_buffer_get_selection_bounds(buffer_of(self), &start, &end) &&
        gtk_text_iter_get_offset(&end) - gtk_text_iter_get_offset(&start) <= MAX_SELECTED_CHARS) {
        g_autofree char *text = gtk_text_iter_get_slice(&start, &end);

        gtk_editable_set_text(GTK_EDITABLE(self->entry), text);
    }
    gtk_search_bar_set_search_mode(self->bar, TRUE);
    gtk_editable_select_region(GTK_EDITABLE(self->entry), 0, -1);
    gtk_widget_grab_focus(self->entry);
}

GtkWidget *
pd_search_new(GtkSourceView *view)
{
    PdSearch *self = g_object_new(PD_TYPE_SEARCH, "orientation", GTK_ORIENTATION_VERTICAL, NULL);
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    self->view = view;
    self->settings = gtk_source_search_settings_new();
    gtk_source_search_settings_set_wrap_around(self->settings, TRUE);
    self->context =
        gtk_source_search_context_new(GTK_SOURCE_BUFFER(buffer_of(self)), self->settings);
    gtk_source_search_context_set_highlight(self->context, FALSE);
    self->entry = gtk_search_entry_new();
    self->count = gtk_label_new(NULL);
    pd_ui_set_name(self->entry, _("Find in the text"));
    gtk_widget_add_css_class(self->count, "dim-label");
    gtk_box_append(GTK_BOX(line), self->entry);
    gtk_box_append(GTK_BOX(line),
                   pd_ui_icon_button("go-up-symbolic", _("Previous match"), "win.find-previous"));
    gtk_box_append(GTK_BOX(line),
                   pd_ui_icon_button("go-down-symbolic", _("Next match"), "win.find-next"));
    gtk_box_append(GTK_BOX(line), self->count);
    self->bar = GTK_SEARCH_BAR(gtk_search_bar_new());
    gtk_search_bar_set_child(self->bar, line);
    gtk_search_bar_connect_entry(self->bar, GTK_EDITABLE(self->entry));
    gtk_search_bar_set_show_close_button(self->bar, TRUE);
    gtk_box_append(GTK_BOX(self), GTK_WIDGET(self->bar));
    g_signal_connect(self->entry, "search-changed", G_CALLBACK(on_text), self);
    g_signal_connect(self->entry, "activate", G_CALLBACK(on_next), self);
    g_signal_connect(self->entry, "next-match", G_CALLBACK(on_next), self);
    g_signal_connect(self->entry, "previous-match", G_CALLBACK(on_previous), self);
    g_signal_connect(self->bar, "notify::search-mode-enabled", G_CALLBACK(on_mode), self);
    g_signal_connect_swapped(self->context, "notify::occurrences-count", G_CALLBACK(show_count),
                             self);
    return GTK_WIDGET(self);
}

static void
pd_search_init(PdSearch *self)
{
}

static void
dispose(GObject *object)
{
    PdSearch *self = PD_SEARCH(object);

    if (self->context != NULL)
        g_signal_handlers_disconnect_by_data(self->context, self);
    g_clear_object(&self->context);
    g_clear_object(&self->settings);
    G_OBJECT_CLASS(pd_search_parent_class)->dispose(object);
}

static void
pd_search_class_init(PdSearchClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}
