/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explanation.c - why a place was reported, or was not
 */
#include <proofd-explanation.h>

G_DEFINE_BOXED_TYPE(ProofdChance, proofd_chance, proofd_chance_copy, proofd_chance_free)
G_DEFINE_BOXED_TYPE(ProofdContribution, proofd_contribution, proofd_contribution_copy,
                    proofd_contribution_free)
G_DEFINE_BOXED_TYPE(ProofdRulePage, proofd_rule_page, proofd_rule_page_copy, proofd_rule_page_free)
G_DEFINE_BOXED_TYPE(ProofdExplanation, proofd_explanation, proofd_explanation_ref,
                    proofd_explanation_unref)

ProofdChance *
proofd_chance_new(const char *name, double chance)
{
    ProofdChance *self;

    g_return_val_if_fail(name != NULL, NULL);
    self = g_new0(ProofdChance, 1);
    self->name = g_strdup(name);
    self->chance = chance;
    return self;
}

ProofdChance *
proofd_chance_copy(const ProofdChance *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    return proofd_chance_new(self->name, self->chance);
}

void
proofd_chance_free(ProofdChance *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self);
}

ProofdContribution *
proofd_contribution_new(guint start, guint length, double log_odds)
{
    ProofdContribution *self = g_new0(ProofdContribution, 1);

    self->start = start;
    self->length = length;
    self->log_odds = log_odds;
    return self;
}

ProofdContribution *
proofd_contribution_copy(const ProofdContribution *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    return proofd_contribution_new(self->start, self->length, self->log_odds);
}

void
proofd_contribution_free(ProofdContribution *self)
{
    g_free(self);
}

ProofdRulePage *
proofd_rule_page_new(const char *rule, const char *title, const char *text, const char *wrong,
                     const char *right)
{
    ProofdRulePage *self;

    g_return_val_if_fail(rule != NULL && title != NULL && text != NULL, NULL);
    g_return_val_if_fail(wrong != NULL && right != NULL, NULL);
    self = g_new0(ProofdRulePage, 1);
    self->rule = g_strdup(rule);
    self->title = g_strdup(title);
    self->text = g_strdup(text);
    self->wrong = g_strdup(wrong);
    self->right = g_strdup(right);
    return self;
}

ProofdRulePage *
proofd_rule_page_copy(const ProofdRulePage *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    return proofd_rule_page_new(self->rule, self->title, self->text, self->wrong, self->right);
}

void
proofd_rule_page_free(ProofdRulePage *self)
{
    if (self == NULL)
        return;
    g_free(self->rule);
    g_free(self->title);
    g_free(self->text);
    g_free(self->wrong);
    g_free(self->right);
    g_free(self);
}

ProofdExplanation *
proofd_explanation_new(void)
{
    ProofdExplanation *self = g_new0(ProofdExplanation, 1);

    g_atomic_ref_count_init(&self->n_owners);
    self->chances = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_chance_free);
    self->contributions = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_contribution_free);
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
    self->pages = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_rule_page_free);
    self->reason = g_strdup("");
    return self;
}

ProofdExplanation *
proofd_explanation_ref(ProofdExplanation *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    g_atomic_ref_count_inc(&self->n_owners);
    return self;
}

void
proofd_explanation_unref(ProofdExplanation *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_ptr_array_unref(self->chances);
    g_ptr_array_unref(self->contributions);
    g_ptr_array_unref(self->findings);
    g_ptr_array_unref(self->pages);
    g_free(self->reason);
    g_free(self);
}
