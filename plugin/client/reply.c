/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/reply.h"

#include "dbus/protocol.h"

#include <math.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdClientFinding, pd_client_finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdClientCandidate, pd_client_candidate_free)

bool
pd_reply_broken(GError **error, const char *what)
{
    g_set_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_PROTOCOL,
                "the service's answer makes no sense: %s", what);
    return false;
}

/* The value at @iter, whose type the message's signature has settled; then one on. */
static void
take(DBusMessageIter *iter, void *ret_value)
{
    dbus_message_iter_get_basic(iter, ret_value);
    dbus_message_iter_next(iter);
}

static char *
take_string(DBusMessageIter *iter)
{
    const char *value;

    take(iter, &value);
    return g_strdup(value);
}

static bool
is_action(const char *name)
{
    return g_str_equal(name, "replace") || g_str_equal(name, "insert") ||
           g_str_equal(name, "delete");
}

static GPtrArray *
read_candidates(DBusMessageIter *iter, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pd_client_candidate_free);
    DBusMessageIter array, row;

    dbus_message_iter_recurse(iter, &array);
    for (; dbus_message_iter_get_arg_type(&array) == DBUS_TYPE_STRUCT;
         dbus_message_iter_next(&array)) {
        g_autoptr(PdClientCandidate) candidate = g_new0(PdClientCandidate, 1);

        dbus_message_iter_recurse(&array, &row);
        candidate->text = take_string(&row);
        take(&row, &candidate->score);
        candidate->action = take_string(&row);
        if (!isfinite(candidate->score)) {
            pd_reply_broken(error, "a candidate's score is not a number");
            return NULL;
        }
        if (!is_action(candidate->action)) {
            pd_reply_broken(error, "a candidate's action is none of replace, insert, delete");
            return NULL;
        }
        g_ptr_array_add(list, g_steal_pointer(&candidate));
    }
    return g_steal_pointer(&list);
}

static PdClientFinding *
read_finding(DBusMessageIter *row, size_t n_chars, GError **error)
{
    g_autoptr(PdClientFinding) finding = g_new0(PdClientFinding, 1);
    dbus_uint32_t start, length;

    take(row, &start);
    take(row, &length);
    finding->start = start;
    finding->length = length;
    finding->kind = take_string(row);
    take(row, &finding->confidence);
    finding->message = take_string(row);
    finding->rule = take_string(row);
    if (start > n_chars || length > n_chars - start) {
        pd_reply_broken(error, "a finding lies outside the text");
        return NULL;
    }
    if (!(finding->confidence >= 0 && finding->confidence <= 1)) { /* a NaN is neither */
        pd_reply_broken(error, "a finding's confidence is not in 0..1");
        return NULL;
    }
    finding->candidates = read_candidates(row, error);
    if (finding->candidates == NULL)
        return NULL;
    return g_steal_pointer(&finding);
}

static int
by_start(const void *a, const void *b)
{
    const PdClientFinding *x = *(PdClientFinding *const *)a;
    const PdClientFinding *y = *(PdClientFinding *const *)b;

    return (x->start > y->start) - (x->start < y->start);
}

GPtrArray *
pd_reply_read_findings(DBusMessageIter *iter, size_t n_chars, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pd_client_finding_free);
    DBusMessageIter array, row;

    dbus_message_iter_recurse(iter, &array);
    for (; dbus_message_iter_get_arg_type(&array) == DBUS_TYPE_STRUCT;
         dbus_message_iter_next(&array)) {
        PdClientFinding *finding;

        dbus_message_iter_recurse(&array, &row);
        finding = read_finding(&row, n_chars, error);
        if (finding == NULL)
            return NULL;
        g_ptr_array_add(list, finding);
    }
    g_ptr_array_sort(list, by_start); /* stable */
    return g_steal_pointer(&list);
}

GPtrArray *
pd_reply_findings(DBusMessage *reply, size_t n_chars, GError **error)
{
    DBusMessageIter iter;

    dbus_message_iter_init(reply, &iter);
    return pd_reply_read_findings(&iter, n_chars, error);
}

GPtrArray *
pd_reply_candidates(DBusMessage *reply, GError **error)
{
    DBusMessageIter iter;

    dbus_message_iter_init(reply, &iter);
    return read_candidates(&iter, error);
}

bool
pd_reply_scores(DBusMessage *reply, size_t n_scores, double *ret_scores, GError **error)
{
    DBusMessageIter iter, array;
    const double *scores = NULL;
    int n = 0;

    dbus_message_iter_init(reply, &iter);
    dbus_message_iter_recurse(&iter, &array);
    dbus_message_iter_get_fixed_array(&array, &scores, &n);
    if (n < 0 || (size_t)n != n_scores)
        return pd_reply_broken(error, "not one score for each text");
    for (size_t i = 0; i < n_scores; i++) {
        if (!isfinite(scores[i]))
            return pd_reply_broken(error, "a score is not a number");
    }
    for (size_t i = 0; i < n_scores; i++)
        ret_scores[i] = scores[i];
    return true;
}

char **
pd_reply_strings(DBusMessage *reply, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    DBusMessageIter iter, array;

    dbus_message_iter_init(reply, &iter);
    dbus_message_iter_recurse(&iter, &array);
    while (dbus_message_iter_get_arg_type(&array) == DBUS_TYPE_STRING)
        g_ptr_array_add(list, take_string(&array));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

GVariant *
pd_reply_dict(DBusMessage *reply, GError **error)
{
    g_autoptr(GDBusMessage) copy = NULL;
    g_autoptr(GError) local = NULL;
    GVariant *dict;
    char *blob;
    int length;

    /* GLib reads the same wire format, and knows every type that a value may have. */
    if (!dbus_message_marshal(reply, &blob, &length)) {
        pd_reply_broken(error, "out of memory");
        return NULL;
    }
    copy =
        g_dbus_message_new_from_blob((guchar *)blob, length, G_DBUS_CAPABILITY_FLAGS_NONE, &local);
    dbus_free(blob);
    if (copy == NULL) {
        pd_reply_broken(error, local->message);
        return NULL;
    }
    dict = g_variant_get_child_value(g_dbus_message_get_body(copy), 0);
    return dict;
}

static bool
is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (g_str_has_suffix(*names, ".") ? g_str_has_prefix(name, *names)
                                          : g_str_equal(name, *names))
            return true;
    }
    return false;
}

char *
pd_reply_fail(DBusMessage *reply, GError **error)
{
    static const char *const absent[] = { /* a name that ends in a dot stands for all below it */
                                          DBUS_ERROR_SERVICE_UNKNOWN,
                                          DBUS_ERROR_NAME_HAS_NO_OWNER,
                                          DBUS_ERROR_ACCESS_DENIED,
                                          DBUS_ERROR_NO_SERVER,
                                          "org.freedesktop.DBus.Error.Spawn.",
                                          "org.freedesktop.systemd1.",
                                          NULL
    };
    static const char *const gone[] = { DBUS_ERROR_NO_REPLY, DBUS_ERROR_DISCONNECTED, NULL };
    static const char *const late[] = { DBUS_ERROR_TIMEOUT, DBUS_ERROR_TIMED_OUT, NULL };
    const char *name = dbus_message_get_error_name(reply);
    PdClientError code = PD_CLIENT_ERROR_PROTOCOL;
    const char *text = NULL;

    name = name != NULL ? name : "an error without a name";
    if (!dbus_message_get_args(reply, NULL, DBUS_TYPE_STRING, &text, DBUS_TYPE_INVALID) ||
        *text == '\0')
        text = name;
    if (g_str_has_prefix(name, PD_DBUS_ERROR_PREFIX)) {
        g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_REFUSED, text);
        return g_strdup(name + strlen(PD_DBUS_ERROR_PREFIX));
    }
    if (is_one_of(name, absent))
        code = PD_CLIENT_ERROR_NO_BUS;
    else if (is_one_of(name, gone))
        code = PD_CLIENT_ERROR_DISCONNECTED;
    else if (is_one_of(name, late))
        code = PD_CLIENT_ERROR_TIMED_OUT;
    g_set_error(error, PD_CLIENT_ERROR, code, "%s%s%s", text, text == name ? "" : ": ",
                text == name ? "" : name);
    return NULL;
}
