/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/explain-view.h"

#include "plugin/editor/explanation.h"

#include <glib/gi18n-lib.h>

#define MAX_SENT_CHARS 20000 /* around the place: Explain judges one sentence */
#define PAGE_WIDTH_CHARS 60

struct PdExplainView {
    GtkTextView *view; /* borrowed */
    PdAnnotator *annotator;
    ProofdClient *client;
    GCancellable *cancellable;
    ProofdFinding *finding;         /* (nullable): what is asked for, or known */
    ProofdExplanation *explanation; /* (nullable): of that */
    char *part;                     /* the text that was sent for it */
    GtkWidget *popover, *label;
};

static void
forget(PdExplainView *self)
{
    if (self->cancellable != NULL)
        g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_pointer(&self->finding, proofd_finding_unref);
    g_clear_pointer(&self->explanation, proofd_explanation_unref);
    g_clear_pointer(&self->part, g_free);
}

static void
show_page(PdExplainView *self)
{
    g_autofree char *markup =
        pd_explanation_markup(self->finding, self->explanation, self->part, true);

    gtk_label_set_markup(GTK_LABEL(self->label), markup);
}

typedef struct {
    PdExplainView *view; /* valid while @cancellable is not cancelled */
    GCancellable *cancellable;
} Question;

static void
on_explained(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autofree Question *question = data;
    g_autoptr(GCancellable) cancellable = question->cancellable;
    g_autoptr(ProofdExplanation) explanation =
        proofd_client_explain_finish(PROOFD_CLIENT(object), result, NULL);
    PdExplainView *self = question->view;

    if (g_cancellable_is_cancelled(cancellable) || explanation == NULL)
        return; /* the message alone is shown */
    self->explanation = g_steal_pointer(&explanation);
    gtk_widget_trigger_tooltip_query(GTK_WIDGET(self->view));
    show_page(self);
}

/* The part of the text around a finding, from a line's start to a line's end. */
static char *
cut(GtkTextBuffer *buffer, const ProofdFinding *finding, guint *ret_start)
{
    GtkTextIter start, end;

    gtk_text_buffer_get_iter_at_offset(buffer, &start, (int)finding->start - MAX_SENT_CHARS / 2);
    if (finding->start < MAX_SENT_CHARS / 2)
        gtk_text_buffer_get_start_iter(buffer, &start);
    gtk_text_iter_set_line_offset(&start, 0);
    gtk_text_buffer_get_iter_at_offset(buffer, &end, (int)finding->start + MAX_SENT_CHARS / 2);
    if (!gtk_text_iter_ends_line(&end))
        gtk_text_iter_forward_to_line_end(&end);
    *ret_start = (guint)gtk_text_iter_get_offset(&start);
    return gtk_text_iter_get_slice(&start, &end);
}

static void
ask(PdExplainView *self, const ProofdFinding *finding)
{
    PdSession *session = pd_annotator_peek_session(self->annotator);
    g_autoptr(ProofdOptions) options = pd_session_new_options(session);
    Question *question;
    guint start;

    if (self->finding == finding)
        return;
    forget(self);
    self->finding = proofd_finding_ref((ProofdFinding *)finding);
    self->cancellable = g_cancellable_new();
    self->part = cut(gtk_text_view_get_buffer(self->view), finding, &start);
    question = g_new(Question, 1);
    *question = (Question){ self, g_object_ref(self->cancellable) };
    proofd_client_explain_async(self->client, pd_session_peek_language(session), self->part,
                                finding->start - start, finding->length, options, self->cancellable,
                                on_explained, question);
}

static gboolean
on_tooltip(GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip,
           PdExplainView *self)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);
    g_autoptr(ProofdFinding) finding = NULL;
    g_autofree char *markup = NULL;
    GtkTextIter at;
    int buffer_x, buffer_y;

    if (by_keyboard) {
        gtk_text_buffer_get_iter_at_mark(buffer, &at, gtk_text_buffer_get_insert(buffer));
    } else {
        gtk_text_view_window_to_buffer_coords(self->view, GTK_TEXT_WINDOW_WIDGET, x, y, &buffer_x,
                                              &buffer_y);
        if (!gtk_text_view_get_iter_at_location(self->view, &at, buffer_x, buffer_y))
            return FALSE;
    }
    finding = pd_annotator_find_at(self->annotator, (guint)gtk_text_iter_get_offset(&at));
    if (finding == NULL)
        return FALSE;
    ask(self, finding);
    markup = pd_explanation_markup(finding, self->explanation, self->part, false);
    gtk_tooltip_set_markup(tooltip, markup);
    return TRUE;
}

void
pd_explain_view_show(PdExplainView *self, const ProofdFinding *finding, const GdkRectangle *place)
{
    ask(self, finding);
    show_page(self);
    gtk_popover_set_pointing_to(GTK_POPOVER(self->popover), place);
    gtk_popover_popup(GTK_POPOVER(self->popover));
}

PdExplainView *
pd_explain_view_new(GtkWidget *parent, GtkTextView *view, PdAnnotator *annotator,
                    ProofdClient *client)
{
    PdExplainView *self = g_new0(PdExplainView, 1);

    self->view = view;
    self->annotator = g_object_ref(annotator);
    self->client = g_object_ref(client);
    self->label = gtk_label_new(NULL);
    gtk_label_set_wrap(GTK_LABEL(self->label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(self->label), 0);
    gtk_label_set_width_chars(GTK_LABEL(self->label), PAGE_WIDTH_CHARS);
    gtk_label_set_max_width_chars(GTK_LABEL(self->label), PAGE_WIDTH_CHARS);
    gtk_label_set_selectable(GTK_LABEL(self->label),
                             TRUE); /* keys reach it, and it can be copied */
    gtk_widget_add_css_class(self->label, "explanation");
    self->popover = gtk_popover_new();
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Explanation"), -1);
    gtk_popover_set_child(GTK_POPOVER(self->popover), self->label);
    gtk_widget_set_parent(self->popover, parent);
    gtk_widget_set_has_tooltip(GTK_WIDGET(view), TRUE);
    g_signal_connect(view, "query-tooltip", G_CALLBACK(on_tooltip), self);
    return self;
}

void
pd_explain_view_free(PdExplainView *self)
{
    if (self == NULL)
        return;
    g_signal_handlers_disconnect_by_data(self->view, self);
    forget(self);
    gtk_widget_unparent(self->popover);
    g_object_unref(self->annotator);
    g_object_unref(self->client);
    g_free(self);
}
