/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/reply.h"

#include "dbus/protocol.h"
#include "plugin/client/error-private.h"

#include <math.h>
#include <stdbool.h>

static bool
is_action(const char *name)
{
    return g_str_equal(name, "replace") || g_str_equal(name, "insert") ||
           g_str_equal(name, "delete");
}

static bool
read_candidates(GVariantIter *rows, GPtrArray *list, GError **error)
{
    const char *text, *action;
    double score;

    while (g_variant_iter_next(rows, "(&sd&s)", &text, &score, &action)) {
        if (!isfinite(score))
            return proofd_error_broken(error, "a candidate's score is not a number");
        if (!is_action(action))
            return proofd_error_broken(error,
                                       "a candidate's action is none of replace, insert, delete");
        g_ptr_array_add(list, proofd_candidate_new(text, score, action));
    }
    return true;
}

GPtrArray *
proofd_reply_candidates(GVariant *array, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)proofd_candidate_unref);
    GVariantIter rows;

    g_variant_iter_init(&rows, array);
    return read_candidates(&rows, list, error) ? g_steal_pointer(&list) : NULL;
}

static ProofdFinding *
read_finding(GVariant *row, size_t n_units, GError **error)
{
    g_autoptr(ProofdFinding) finding = NULL;
    g_autoptr(GVariantIter) candidates = NULL;
    const char *kind, *message, *rule;
    guint32 start, length;
    double confidence;

    g_variant_get_child(row, 0, "u", &start);
    g_variant_get_child(row, 1, "u", &length);
    g_variant_get_child(row, 2, "&s", &kind);
    g_variant_get_child(row, 3, "d", &confidence);
    g_variant_get_child(row, 4, "&s", &message);
    g_variant_get_child(row, 5, "&s", &rule);
    g_variant_get_child(row, 6, "a(sds)", &candidates);
    if (start > n_units || length > n_units - start) {
        proofd_error_broken(error, "a finding lies outside the text");
        return NULL;
    }
    if (!(confidence >= 0 && confidence <= 1)) { /* a NaN is neither */
        proofd_error_broken(error, "a finding's confidence is not in 0..1");
        return NULL;
    }
    finding = proofd_finding_new(start, length, kind, confidence, message, rule);
    if (!read_candidates(candidates, finding->candidates, error))
        return NULL;
    if (g_variant_n_children(row) == 8)
        g_variant_get_child(row, 7, "t", &finding->fingerprint);
    return g_steal_pointer(&finding);
}

static int
by_start(const void *a, const void *b)
{
    const ProofdFinding *x = *(ProofdFinding *const *)a;
    const ProofdFinding *y = *(ProofdFinding *const *)b;

    return (x->start > y->start) - (x->start < y->start);
}

GPtrArray *
proofd_reply_findings(GVariant *array, size_t n_units, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
    GVariantIter rows;

    g_variant_iter_init(&rows, array);
    for (;;) {
        g_autoptr(GVariant) row = g_variant_iter_next_value(&rows);
        ProofdFinding *finding;

        if (row == NULL)
            break;
        finding = read_finding(row, n_units, error);
        if (finding == NULL)
            return NULL;
        g_ptr_array_add(list, finding);
    }
    g_ptr_array_sort(list, by_start); /* stable */
    return g_steal_pointer(&list);
}

/* --- Explain --- */

static bool
check_place(guint start, guint length, size_t n_units, GError **error)
{
    if (start > n_units || length > n_units - start)
        return proofd_error_broken(error, "an explanation lies outside the text");
    return true;
}

static bool
read_sentence(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    g_variant_get(value, "(uu)", &self->sentence_start, &self->sentence_length);
    return check_place(self->sentence_start, self->sentence_length, n_units, error);
}

static bool
read_words(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    g_variant_get(value, "(uu)", &self->start, &self->length);
    return check_place(self->start, self->length, n_units, error);
}

static bool
read_known(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    self->known = g_variant_get_boolean(value);
    return true;
}

static bool
read_chances(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    GVariantIter rows;
    const char *name;
    double chance;

    g_variant_iter_init(&rows, value);
    while (g_variant_iter_next(&rows, "(&sd)", &name, &chance)) {
        if (!(chance >= 0 && chance <= 1)) /* a NaN is neither */
            return proofd_error_broken(error, "a chance is not in 0..1");
        g_ptr_array_add(self->chances, proofd_chance_new(name, chance));
    }
    return true;
}

static bool
read_contributions(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    GVariantIter rows;
    guint start, length;
    double log_odds;

    g_variant_iter_init(&rows, value);
    while (g_variant_iter_next(&rows, "(uud)", &start, &length, &log_odds)) {
        if (!check_place(start, length, n_units, error))
            return false;
        if (!isfinite(log_odds))
            return proofd_error_broken(error, "a contribution is not a number");
        g_ptr_array_add(self->contributions, proofd_contribution_new(start, length, log_odds));
    }
    return true;
}

static bool
read_findings(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    GPtrArray *findings = proofd_reply_findings(value, n_units, error);

    if (findings == NULL)
        return false;
    g_ptr_array_unref(self->findings);
    self->findings = findings;
    return true;
}

static bool
read_pages(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    const char *rule, *title, *text, *wrong, *right;
    GVariantIter rows;

    g_variant_iter_init(&rows, value);
    while (g_variant_iter_next(&rows, "(&s&s&s&s&s)", &rule, &title, &text, &wrong, &right))
        g_ptr_array_add(self->pages, proofd_rule_page_new(rule, title, text, wrong, right));
    return true;
}

static bool
read_reason(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error)
{
    g_free(self->reason);
    self->reason = g_variant_dup_string(value, NULL);
    return true;
}

static const struct {
    const char *key;
    const char *type;
    bool (*read)(ProofdExplanation *self, GVariant *value, size_t n_units, GError **error);
} rows[] = {
    { "sentence", "(uu)", read_sentence },
    { "place", "(uu)", read_words },
    { "known", "b", read_known },
    { "chances", "a(sd)", read_chances },
    { "contributions", "a(uud)", read_contributions },
    { "findings", "a" PD_DBUS_FINDING, read_findings },
    { "pages", "a" PD_DBUS_RULE_PAGE, read_pages },
    { "reason", "s", read_reason },
};

/* One {sv}; a bit of @seen for each row that was read. */
static bool
read_entry(ProofdExplanation *self, const char *key, GVariant *value, size_t n_units,
           unsigned *seen, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_str_equal(rows[i].key, key))
            continue;
        if (!g_variant_is_of_type(value, G_VARIANT_TYPE(rows[i].type)) || (*seen & 1U << i) != 0)
            return proofd_error_broken(error,
                                       "an explanation's value is of another type, or twice");
        *seen |= 1U << i;
        return rows[i].read(self, value, n_units, error);
    }
    return true;
}

ProofdExplanation *
proofd_reply_explanation(GVariant *dict, size_t n_units, GError **error)
{
    g_autoptr(ProofdExplanation) self = proofd_explanation_new();
    unsigned seen = 0;
    GVariantIter iter;

    g_variant_iter_init(&iter, dict);
    for (;;) {
        g_autoptr(GVariant) value = NULL;
        const char *key;

        if (!g_variant_iter_next(&iter, "{&sv}", &key, &value))
            break;
        if (!read_entry(self, key, value, n_units, &seen, error))
            return NULL;
    }
    if (seen != (1U << G_N_ELEMENTS(rows)) - 1) {
        proofd_error_broken(error, "an explanation is not whole");
        return NULL;
    }
    return g_steal_pointer(&self);
}

double *
proofd_reply_scores(GVariant *array, size_t n_scores, GError **error)
{
    gsize n;
    const double *scores = g_variant_get_fixed_array(array, &n, sizeof(double));

    if (n != n_scores) {
        proofd_error_broken(error, "not one score for each text");
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(scores[i])) {
            proofd_error_broken(error, "a score is not a number");
            return NULL;
        }
    }
    return n > 0 ? g_memdup2(scores, n * sizeof(double)) : g_new0(double, 1);
}
