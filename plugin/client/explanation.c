/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explanation.c - what Explain answers
 */
#include "dbus/protocol.h"
#include "plugin/client/reply.h"

#include <math.h>

static void
free_chance(gpointer data)
{
    PdClientChance *self = data;

    g_free(self->name);
    g_free(self);
}

static void
free_page(gpointer data)
{
    PdClientRulePage *self = data;

    g_free(self->rule);
    g_free(self->title);
    g_free(self->text);
    g_free(self->wrong);
    g_free(self->right);
    g_free(self);
}

PdClientExplanation *
pd_client_explanation_new(void)
{
    PdClientExplanation *self = g_new0(PdClientExplanation, 1);

    self->chances = g_ptr_array_new_with_free_func(free_chance);
    self->contributions = g_ptr_array_new_with_free_func(g_free);
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_client_finding_free);
    self->pages = g_ptr_array_new_with_free_func(free_page);
    return self;
}

void
pd_client_explanation_free(PdClientExplanation *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->chances);
    g_ptr_array_unref(self->contributions);
    g_ptr_array_unref(self->findings);
    g_ptr_array_unref(self->pages);
    g_free(self->reason);
    g_free(self);
}

void
pd_client_explanation_add_chance(PdClientExplanation *self, const char *name, double chance)
{
    PdClientChance *copy = g_new0(PdClientChance, 1);

    copy->name = g_strdup(name);
    copy->chance = chance;
    g_ptr_array_add(self->chances, copy);
}

void
pd_client_explanation_add_page(PdClientExplanation *self, const char *rule, const char *title,
                               const char *text, const char *wrong, const char *right)
{
    PdClientRulePage *copy = g_new0(PdClientRulePage, 1);

    copy->rule = g_strdup(rule);
    copy->title = g_strdup(title);
    copy->text = g_strdup(text);
    copy->wrong = g_strdup(wrong);
    copy->right = g_strdup(right);
    g_ptr_array_add(self->pages, copy);
}

/* --- the reply --- */

/* The value at @iter, whose type the signature has settled; then one on. */
static void
take(DBusMessageIter *iter, void *ret_value)
{
    dbus_message_iter_get_basic(iter, ret_value);
    dbus_message_iter_next(iter);
}

static bool
take_place(DBusMessageIter *fields, size_t n_chars, uint32_t *ret_start, uint32_t *ret_length,
           GError **error)
{
    dbus_uint32_t start, length;

    take(fields, &start);
    take(fields, &length);
    if (start > n_chars || length > n_chars - start)
        return pd_reply_broken(error, "an explanation lies outside the text");
    *ret_start = start;
    *ret_length = length;
    return true;
}

static bool
read_sentence(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    DBusMessageIter fields;

    dbus_message_iter_recurse(value, &fields);
    return take_place(&fields, n_chars, &self->sentence_start, &self->sentence_length, error);
}

static bool
read_words(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    DBusMessageIter fields;

    dbus_message_iter_recurse(value, &fields);
    return take_place(&fields, n_chars, &self->start, &self->length, error);
}

static bool
read_known(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    dbus_bool_t known;

    dbus_message_iter_get_basic(value, &known);
    self->known = known;
    return true;
}

static bool
is_row(DBusMessageIter *array, DBusMessageIter *ret_fields)
{
    if (dbus_message_iter_get_arg_type(array) != DBUS_TYPE_STRUCT)
        return false;
    dbus_message_iter_recurse(array, ret_fields);
    dbus_message_iter_next(array);
    return true;
}

static bool
read_chances(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    DBusMessageIter array, fields;

    dbus_message_iter_recurse(value, &array);
    while (is_row(&array, &fields)) {
        const char *name;
        double chance;

        take(&fields, &name);
        take(&fields, &chance);
        if (!(chance >= 0 && chance <= 1)) /* a NaN is neither */
            return pd_reply_broken(error, "a chance is not in 0..1");
        pd_client_explanation_add_chance(self, name, chance);
    }
    return true;
}

static bool
read_contributions(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars,
                   GError **error)
{
    DBusMessageIter array, fields;

    dbus_message_iter_recurse(value, &array);
    while (is_row(&array, &fields)) {
        g_autofree PdClientContribution *c = g_new0(PdClientContribution, 1);

        if (!take_place(&fields, n_chars, &c->start, &c->length, error))
            return false;
        take(&fields, &c->log_odds);
        if (!isfinite(c->log_odds))
            return pd_reply_broken(error, "a contribution is not a number");
        g_ptr_array_add(self->contributions, g_steal_pointer(&c));
    }
    return true;
}

static bool
read_findings(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    GPtrArray *findings = pd_reply_read_findings(value, n_chars, error);

    if (findings == NULL)
        return false;
    g_ptr_array_unref(self->findings);
    self->findings = findings;
    return true;
}

static bool
read_pages(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    DBusMessageIter array, fields;

    dbus_message_iter_recurse(value, &array);
    while (is_row(&array, &fields)) {
        const char *strings[5];

        for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
            take(&fields, &strings[i]);
        pd_client_explanation_add_page(self, strings[0], strings[1], strings[2], strings[3],
                                       strings[4]);
    }
    return true;
}

static bool
read_reason(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error)
{
    const char *reason;

    dbus_message_iter_get_basic(value, &reason);
    g_free(self->reason);
    self->reason = g_strdup(reason);
    return true;
}

static const struct {
    const char *key;
    const char *signature;
    bool (*read)(PdClientExplanation *self, DBusMessageIter *value, size_t n_chars, GError **error);
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
read_entry(PdClientExplanation *self, DBusMessageIter *entry, size_t n_chars, unsigned *seen,
           GError **error)
{
    DBusMessageIter value;
    const char *key;
    char *signature;
    bool right;

    take(entry, &key);
    dbus_message_iter_recurse(entry, &value);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_str_equal(rows[i].key, key))
            continue;
        signature = dbus_message_iter_get_signature(&value);
        right = signature != NULL && g_str_equal(signature, rows[i].signature);
        dbus_free(signature);
        if (!right || (*seen & 1U << i) != 0)
            return pd_reply_broken(error, "an explanation's value is of another type, or twice");
        *seen |= 1U << i;
        return rows[i].read(self, &value, n_chars, error);
    }
    return true;
}

PdClientExplanation *
pd_reply_explanation(DBusMessage *reply, size_t n_chars, GError **error)
{
    g_autoptr(PdClientExplanation) self = pd_client_explanation_new();
    DBusMessageIter iter, dict, entry;
    unsigned seen = 0;

    dbus_message_iter_init(reply, &iter);
    dbus_message_iter_recurse(&iter, &dict);
    for (; dbus_message_iter_get_arg_type(&dict) == DBUS_TYPE_DICT_ENTRY;
         dbus_message_iter_next(&dict)) {
        dbus_message_iter_recurse(&dict, &entry);
        if (!read_entry(self, &entry, n_chars, &seen, error))
            return NULL;
    }
    if (seen != (1U << G_N_ELEMENTS(rows)) - 1) {
        pd_reply_broken(error, "an explanation is not whole");
        return NULL;
    }
    return g_steal_pointer(&self);
}
