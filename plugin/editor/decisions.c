/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/decisions.h"

#include <glib/gi18n-lib.h>

struct _PdDecisions {
    GObject parent;
    ProofdClient *client;
    PdAnnotator *annotator;
    PdState *state;
    GPtrArray *made; /* of PdDecision, in this window, in order */
};

G_DEFINE_FINAL_TYPE(PdDecisions, pd_decisions, G_TYPE_OBJECT)

PdDecision *
pd_decision_new(PdDecisionKind kind, const char *text, guint64 fingerprint)
{
    PdDecision *self = g_new(PdDecision, 1);

    *self = (PdDecision){ kind, g_strdup(text), fingerprint };
    return self;
}

void
pd_decision_free(PdDecision *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self);
}

static bool
is_same(const PdDecision *a, const PdDecision *b)
{
    return a->kind == b->kind && a->fingerprint == b->fingerprint && g_str_equal(a->text, b->text);
}

char *
pd_decision_title(const PdDecision *decision)
{
    switch (decision->kind) {
    case PD_DECISION_IGNORED:
        return g_strdup_printf(_("“%s” is ignored here"), decision->text);
    case PD_DECISION_IGNORED_WORD:
        return g_strdup_printf(_("The word “%s” is ignored in this text"), decision->text);
    case PD_DECISION_ADDED_WORD:
        return g_strdup_printf(_("“%s” is one of your words now"), decision->text);
    case PD_DECISION_RULE_OFF:
        return g_strdup_printf(_("The rule %s is off"), decision->text);
    }
    g_return_val_if_reached(g_strdup(""));
}

static char *
undone_title(const PdDecision *decision)
{
    switch (decision->kind) {
    case PD_DECISION_IGNORED:
        return g_strdup_printf(_("“%s” is looked at again"), decision->text);
    case PD_DECISION_IGNORED_WORD:
        return g_strdup_printf(_("The word “%s” is looked at again"), decision->text);
    case PD_DECISION_ADDED_WORD:
        return g_strdup_printf(_("“%s” is no longer one of your words"), decision->text);
    case PD_DECISION_RULE_OFF:
        return g_strdup_printf(_("The rule %s is on again"), decision->text);
    }
    g_return_val_if_reached(g_strdup(""));
}

/* --- doing --- */

static void
on_word_changed(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdDecisions) self = data;
    g_autoptr(GError) error = NULL;

    if (!proofd_client_add_word_finish(PROOFD_CLIENT(object), result, &error))
        g_signal_emit_by_name(self, "failed", error->message);
}

static void
on_word_removed(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdDecisions) self = data;
    g_autoptr(GError) error = NULL;

    if (!proofd_client_remove_word_finish(PROOFD_CLIENT(object), result, &error) &&
        !g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_NOT_FOUND)) /* as it was to be */
        g_signal_emit_by_name(self, "failed", error->message);
}

static void
apply(PdDecisions *self, const PdDecision *decision, bool holds)
{
    switch (decision->kind) {
    case PD_DECISION_IGNORED:
        pd_annotator_ignore(self->annotator, decision->fingerprint, holds);
        break;
    case PD_DECISION_IGNORED_WORD:
        pd_session_accept_word(pd_annotator_peek_session(self->annotator), decision->text, holds);
        break;
    case PD_DECISION_ADDED_WORD:
        if (holds)
            proofd_client_add_word_async(self->client, decision->text, NULL, on_word_changed,
                                         g_object_ref(self));
        else
            proofd_client_remove_word_async(self->client, decision->text, NULL, on_word_removed,
                                            g_object_ref(self));
        break;
    case PD_DECISION_RULE_OFF:
        pd_state_set_rule(self->state, decision->text, !holds);
        break;
    }
    g_signal_emit_by_name(self, "changed");
}

char *
pd_decisions_make(PdDecisions *self, PdDecisionKind kind, const ProofdFinding *finding)
{
    g_autofree char *words = pd_annotator_get_text(self->annotator, finding);
    PdDecision *decision =
        pd_decision_new(kind, kind == PD_DECISION_RULE_OFF ? finding->rule : words,
                        kind == PD_DECISION_IGNORED ? finding->fingerprint : 0);

    g_ptr_array_add(self->made, decision);
    apply(self, decision, true);
    return pd_decision_title(decision);
}

char *
pd_decisions_undo_last(PdDecisions *self)
{
    g_autoptr(PdDecision) last = NULL;

    if (self->made->len == 0)
        return NULL;
    last = g_ptr_array_steal_index(self->made, self->made->len - 1);
    apply(self, last, false);
    return undone_title(last);
}

void
pd_decisions_take_back(PdDecisions *self, const PdDecision *decision)
{
    g_autoptr(PdDecision) copy =
        pd_decision_new(decision->kind, decision->text, decision->fingerprint);

    for (guint i = self->made->len; i > 0; i--) {
        if (is_same(self->made->pdata[i - 1], copy))
            g_ptr_array_remove_index(self->made, i - 1);
    }
    apply(self, copy, false);
}

GPtrArray *
pd_decisions_list(PdDecisions *self)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)pd_decision_free);

    for (const char *const *rule = pd_state_peek_rules(self->state); *rule != NULL; rule++)
        g_ptr_array_add(list, pd_decision_new(PD_DECISION_RULE_OFF, *rule, 0));
    for (guint i = 0; i < self->made->len; i++) {
        const PdDecision *made = g_ptr_array_index(self->made, i);

        if (made->kind != PD_DECISION_RULE_OFF)
            g_ptr_array_add(list, pd_decision_new(made->kind, made->text, made->fingerprint));
    }
    return list;
}

/* --- life --- */

PdDecisions *
pd_decisions_new(ProofdClient *client, PdAnnotator *annotator, PdState *state)
{
    PdDecisions *self = g_object_new(PD_TYPE_DECISIONS, NULL);

    self->client = g_object_ref(client);
    self->annotator = g_object_ref(annotator);
    self->state = g_object_ref(state);
    return self;
}

static void
pd_decisions_init(PdDecisions *self)
{
    self->made = g_ptr_array_new_with_free_func((GDestroyNotify)pd_decision_free);
}

static void
finalize(GObject *object)
{
    PdDecisions *self = PD_DECISIONS(object);

    g_ptr_array_unref(self->made);
    g_object_unref(self->client);
    g_object_unref(self->annotator);
    g_object_unref(self->state);
    G_OBJECT_CLASS(pd_decisions_parent_class)->finalize(object);
}

static void
pd_decisions_class_init(PdDecisionsClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("changed", PD_TYPE_DECISIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                 0);
    g_signal_new("failed", PD_TYPE_DECISIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                 1, G_TYPE_STRING);
}
