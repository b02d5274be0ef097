/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finding.c - findings and their candidates
 */
#include "plugin/client/finding-private.h"

G_DEFINE_BOXED_TYPE(ProofdCandidate, proofd_candidate, proofd_candidate_ref, proofd_candidate_unref)
G_DEFINE_BOXED_TYPE(ProofdFinding, proofd_finding, proofd_finding_ref, proofd_finding_unref)

ProofdCandidate *
proofd_candidate_new(const char *text, double score, const char *action)
{
    ProofdCandidate *self;

    g_return_val_if_fail(text != NULL && action != NULL, NULL);
    self = g_new0(ProofdCandidate, 1);
    g_atomic_ref_count_init(&self->n_owners);
    self->text = g_strdup(text);
    self->score = score;
    self->action = g_strdup(action);
    return self;
}

ProofdCandidate *
proofd_candidate_ref(ProofdCandidate *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    g_atomic_ref_count_inc(&self->n_owners);
    return self;
}

void
proofd_candidate_unref(ProofdCandidate *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_free(self->text);
    g_free(self->action);
    g_free(self);
}

ProofdFinding *
proofd_finding_new(guint start, guint length, const char *kind, double confidence,
                   const char *message, const char *rule)
{
    ProofdFinding *self;

    g_return_val_if_fail(kind != NULL && message != NULL && rule != NULL, NULL);
    self = g_new0(ProofdFinding, 1);
    g_atomic_ref_count_init(&self->n_owners);
    self->start = start;
    self->length = length;
    self->kind = g_strdup(kind);
    self->confidence = confidence;
    self->message = g_strdup(message);
    self->rule = g_strdup(rule);
    self->candidates = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_candidate_unref);
    return self;
}

ProofdFinding *
proofd_finding_ref(ProofdFinding *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    g_atomic_ref_count_inc(&self->n_owners);
    return self;
}

void
proofd_finding_unref(ProofdFinding *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_free(self->kind);
    g_free(self->message);
    g_free(self->rule);
    g_ptr_array_unref(self->candidates);
    g_free(self);
}

ProofdFinding *
proofd_finding_move(ProofdFinding *self, guint start)
{
    ProofdFinding *moved = self;

    if (self->start == start)
        return self;
    if (!g_atomic_ref_count_compare(&self->n_owners, 1)) {
        moved = proofd_finding_new(start, self->length, self->kind, self->confidence, self->message,
                                   self->rule);
        moved->fingerprint = self->fingerprint;
        g_ptr_array_unref(moved->candidates);
        moved->candidates = g_ptr_array_ref(self->candidates);
        proofd_finding_unref(self);
    }
    moved->start = start;
    return moved;
}
