/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window-check.c - a window's findings: the one at the cursor, and what is done about it
 */
#include "plugin/editor/window-private.h"

#include <glib/gi18n-lib.h>

#define COUNT_AFTER_MS 300

/* --- the current finding --- */

static bool
is_same(const ProofdFinding *a, const ProofdFinding *b)
{
    return a == b || (a != NULL && b != NULL && a->fingerprint == b->fingerprint &&
                      a->start == b->start && g_str_equal(a->rule, b->rule));
}

static void
enable(PdWindow *self, const char *name, bool is_enabled)
{
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self->finding_actions), name);

    g_simple_action_set_enabled(G_SIMPLE_ACTION(action), is_enabled);
}

/* What a screen reader says when the cursor comes to a finding: the view's description. */
static void
describe(PdWindow *self)
{
    const ProofdFinding *finding = self->current;

    gtk_accessible_update_property(GTK_ACCESSIBLE(self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   finding != NULL ? finding->message : "", -1);
}

void
pd_window_set_current(PdWindow *self, ProofdFinding *finding)
{
    const bool is_other = !is_same(self->current, finding);
    const bool is_spelling = finding != NULL && pd_annotator_is_spelling(finding);
    g_autofree char *words = NULL;

    if (finding != NULL)
        words = pd_annotator_get_text(self->annotator, finding);
    if (self->current != finding) {
        g_clear_pointer(&self->current, proofd_finding_unref);
        self->current = finding != NULL ? proofd_finding_ref(finding) : NULL;
    }
    pd_sidebar_set_current(self->sidebar, finding, words);
    enable(self, "correct", finding != NULL && finding->candidates->len > 0);
    enable(self, "ignore", finding != NULL);
    enable(self, "ignore-word", is_spelling);
    enable(self, "add-word", is_spelling);
    enable(self, "rule-off", finding != NULL);
    enable(self, "explain", finding != NULL);
    if (is_other)
        describe(self);
}

static guint
cursor_of(PdWindow *self)
{
    gint offset;

    g_object_get(self->buffer, "cursor-position", &offset, NULL);
    return (guint)offset;
}

static void
take_cursor(PdWindow *self)
{
    g_autoptr(ProofdFinding) finding = pd_annotator_find_at(self->annotator, cursor_of(self));

    pd_window_set_current(self, finding);
}

void
pd_window_go_to(PdWindow *self, const ProofdFinding *finding)
{
    GtkTextIter start, end;

    pd_annotator_get_bounds(self->annotator, finding, &start, &end);
    gtk_text_buffer_place_cursor(GTK_TEXT_BUFFER(self->buffer), &start);
    gtk_text_view_scroll_to_mark(GTK_TEXT_VIEW(self->view),
                                 gtk_text_buffer_get_insert(GTK_TEXT_BUFFER(self->buffer)), 0.1,
                                 FALSE, 0, 0);
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
    take_cursor(self);
}

void
pd_window_go_next(PdWindow *self, bool forward)
{
    g_autoptr(ProofdFinding) at = pd_annotator_find_at(self->annotator, cursor_of(self));
    const guint from = at != NULL ? at->start : cursor_of(self);
    g_autoptr(ProofdFinding) finding = pd_annotator_find_next(self->annotator, from, forward);

    if (finding == NULL)
        pd_notice_show(self->notice, _("Nothing is reported in this text."), NULL);
    else
        pd_window_go_to(self, finding);
}

void
pd_window_show_menu(PdWindow *self)
{
    g_autofree char *words = NULL;
    GdkRectangle place;

    if (self->current == NULL) {
        pd_notice_show(self->notice, _("Nothing is reported here. F8 goes to the next finding."),
                       NULL);
        return;
    }
    words = pd_annotator_get_text(self->annotator, self->current);
    place = pd_window_place_of(self, self->current);
    pd_menu_show(self->menu, self->current, words, &place);
}

/* --- actions "finding.*" --- */

static void
on_correct(GSimpleAction *action, GVariant *number, gpointer data)
{
    PdWindow *self = data;
    g_autoptr(ProofdFinding) finding = NULL;
    const guint32 index = g_variant_get_uint32(number);

    if (self->current == NULL || index >= self->current->candidates->len)
        return;
    finding = proofd_finding_ref(self->current);
    if (!pd_annotator_correct(self->annotator, finding, finding->candidates->pdata[index]))
        pd_notice_show(self->notice, _("The text has changed meanwhile."), NULL);
    else
        pd_notice_show(self->notice, _("Corrected"), "text.undo");
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

static void
decide(PdWindow *self, PdDecisionKind kind)
{
    g_autofree char *done = NULL;

    if (self->current == NULL)
        return;
    done = pd_decisions_make(self->decisions, kind, self->current);
    pd_notice_show(self->notice, done, "win.take-back");
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

static void
on_ignore(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    decide(data, PD_DECISION_IGNORED);
}

static void
on_ignore_word(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    decide(data, PD_DECISION_IGNORED_WORD);
}

static void
on_add_word(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    decide(data, PD_DECISION_ADDED_WORD);
}

static void
on_rule_off(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    decide(data, PD_DECISION_RULE_OFF);
}

static void
on_explain(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdWindow *self = data;
    GdkRectangle place;

    if (self->current == NULL)
        return;
    place = pd_window_place_of(self, self->current);
    pd_explain_view_show(self->explain_view, self->current, &place);
}

static const GActionEntry finding_entries[] = {
    { .name = "correct", .activate = on_correct, .parameter_type = "u" },
    { .name = "ignore", .activate = on_ignore },
    { .name = "ignore-word", .activate = on_ignore_word },
    { .name = "add-word", .activate = on_add_word },
    { .name = "rule-off", .activate = on_rule_off },
    { .name = "explain", .activate = on_explain },
};

static void
on_failed(PdDecisions *decisions, const char *problem, PdWindow *self)
{
    g_autofree char *text = g_strdup_printf(_("The service could not do it: %s"), problem);

    pd_notice_show(self->notice, text, NULL);
}

/* --- what changes --- */

static void
on_counted(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdWindow) self = data;
    PdCount count;

    if (pd_count_finish(result, &count))
        pd_sidebar_set_count(self->sidebar, count);
}

static gboolean
count(gpointer data)
{
    PdWindow *self = data;
    g_autofree char *text = NULL;

    self->count_source = 0;
    g_object_get(self->buffer, "text", &text, NULL);
    if (self->counting != NULL)
        g_cancellable_cancel(self->counting);
    g_clear_object(&self->counting);
    self->counting = g_cancellable_new();
    pd_count_async(text, self->counting, on_counted, g_object_ref(self));
    return G_SOURCE_REMOVE;
}

static void
on_text_changed(GtkTextBuffer *buffer, PdWindow *self)
{
    if (self->count_source == 0)
        self->count_source = g_timeout_add(COUNT_AFTER_MS, count, self);
}

static void
show_status(PdWindow *self)
{
    PdSession *session = pd_annotator_peek_session(self->annotator);
    const PdSessionState state = pd_session_get_state(session);
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self->annotator);
    g_autofree char *text = NULL;

    if (state == PD_SESSION_LOST)
        text = g_strdup(_("Not checked"));
    else if (state == PD_SESSION_CHECKING && findings->len == 0)
        text = g_strdup(_("Checking…"));
    else
        text = g_strdup_printf(
            g_dngettext(GETTEXT_PACKAGE, "%u finding", "%u findings", findings->len),
            findings->len);
    gtk_label_set_text(GTK_LABEL(self->status), text);
}

static void
on_findings_changed(PdAnnotator *annotator, PdWindow *self)
{
    take_cursor(self);
    show_status(self);
    pd_sidebar_update_soon(self->sidebar, annotator);
}

static void
on_state_changed(PdSession *session, PdWindow *self)
{
    const char *problem = pd_session_peek_problem(session);

    if (problem != NULL) {
        g_autofree char *text =
            g_strdup_printf(_("The text is not checked now: %s. You can go on writing; it is "
                              "tried again by itself."),
                            problem);

        gtk_label_set_text(GTK_LABEL(self->service_label), text);
    }
    gtk_info_bar_set_revealed(GTK_INFO_BAR(self->service_bar), problem != NULL);
    if (pd_session_get_state(session) == PD_SESSION_READY &&
        pd_app_peek_languages(self->app)[0] == NULL)
        pd_app_ask_languages(self->app);
    show_status(self);
    pd_sidebar_update_soon(self->sidebar, self->annotator);
}

static void
on_cursor(GObject *buffer, GParamSpec *spec, PdWindow *self)
{
    take_cursor(self);
}

static void
on_settings_changed(PdState *state, PdWindow *self)
{
    PdSession *session = pd_annotator_peek_session(self->annotator);

    pd_session_set_language(session, pd_state_peek_language(state));
    pd_session_set_level(session, pd_state_peek_level(state));
    pd_session_set_disabled(session, pd_state_peek_rules(state));
    pd_sidebar_set_level(self->sidebar, pd_state_peek_level(state));
}

static void
on_languages(PdApp *app, PdWindow *self)
{
    pd_sidebar_set_languages(self->sidebar, pd_app_peek_languages(app),
                             pd_state_peek_language(pd_app_peek_state(app)));
}

static void
on_look(PdApp *app, PdWindow *self)
{
    pd_annotator_set_dark(self->annotator, pd_app_is_dark(app));
}

static void
on_go(PdSidebar *sidebar, ProofdFinding *finding, PdWindow *self)
{
    pd_window_go_to(self, finding);
}

static void
on_language_chosen(PdSidebar *sidebar, const char *language, PdWindow *self)
{
    pd_state_set_language(pd_app_peek_state(self->app), language);
    pd_app_save_state(self->app);
}

static void
on_level_chosen(PdSidebar *sidebar, const char *level, PdWindow *self)
{
    pd_state_set_level(pd_app_peek_state(self->app), level);
    pd_app_save_state(self->app);
}

void
pd_window_init_check(PdWindow *self)
{
    PdState *state = pd_app_peek_state(self->app);
    PdSession *session;

    self->annotator =
        pd_annotator_new(pd_app_peek_client(self->app), GTK_TEXT_BUFFER(self->buffer));
    self->decisions = pd_decisions_new(pd_app_peek_client(self->app), self->annotator, state);
    self->explain_view = pd_explain_view_new(self->overlay, GTK_TEXT_VIEW(self->view),
                                             self->annotator, pd_app_peek_client(self->app));
    self->menu = pd_menu_new(self->overlay);
    self->finding_actions = g_simple_action_group_new();
    g_action_map_add_action_entries(G_ACTION_MAP(self->finding_actions), finding_entries,
                                    G_N_ELEMENTS(finding_entries), self);
    gtk_widget_insert_action_group(GTK_WIDGET(self), "finding",
                                   G_ACTION_GROUP(self->finding_actions));
    session = pd_annotator_peek_session(self->annotator);
    g_signal_connect_object(self->annotator, "changed", G_CALLBACK(on_findings_changed), self, 0);
    g_signal_connect_object(session, "state-changed", G_CALLBACK(on_state_changed), self, 0);
    g_signal_connect_object(self->decisions, "failed", G_CALLBACK(on_failed), self, 0);
    g_signal_connect_object(self->buffer, "changed", G_CALLBACK(on_text_changed), self, 0);
    g_signal_connect_object(self->buffer, "notify::cursor-position", G_CALLBACK(on_cursor), self,
                            0);
    g_signal_connect_object(state, "changed", G_CALLBACK(on_settings_changed), self, 0);
    g_signal_connect_object(self->app, "languages-changed", G_CALLBACK(on_languages), self, 0);
    g_signal_connect_object(self->app, "look-changed", G_CALLBACK(on_look), self, 0);
    g_signal_connect_object(self->sidebar, "go", G_CALLBACK(on_go), self, 0);
    g_signal_connect_object(self->sidebar, "language-chosen", G_CALLBACK(on_language_chosen), self,
                            0);
    g_signal_connect_object(self->sidebar, "level-chosen", G_CALLBACK(on_level_chosen), self, 0);
    on_settings_changed(state, self);
    on_languages(self->app, self);
    on_look(self->app, self);
    pd_window_set_current(self, NULL);
    on_text_changed(GTK_TEXT_BUFFER(self->buffer), self);
}

void
pd_window_done_check(PdWindow *self)
{
    g_clear_handle_id(&self->count_source, g_source_remove);
    if (self->counting != NULL)
        g_cancellable_cancel(self->counting);
    g_clear_object(&self->counting);
    g_clear_pointer(&self->menu, pd_menu_free);
    g_clear_pointer(&self->explain_view, pd_explain_view_free);
    if (self->annotator != NULL)
        pd_annotator_stop(self->annotator);
    g_clear_object(&self->decisions);
    g_clear_object(&self->annotator);
    g_clear_object(&self->finding_actions);
    g_clear_pointer(&self->current, proofd_finding_unref);
}
