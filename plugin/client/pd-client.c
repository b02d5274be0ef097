/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/pd-client.h"

#include "dbus/protocol.h"
#include "plugin/client/reply.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <poll.h>

#define DEFAULT_DEADLINE_MS 30000

struct PdClient {
    DBusConnection
        *bus; /* (nullable): our own; not connected any more: made anew by the next call */
    int deadline_ms;
    char *refusal; /* (nullable): what pd_client_error_name() says */
};

G_DEFINE_QUARK(pd_client_error, pd_client_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DBusMessage, dbus_message_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DBusPendingCall, dbus_pending_call_unref)

void
pd_client_candidate_free(PdClientCandidate *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self->action);
    g_free(self);
}

void
pd_client_finding_free(PdClientFinding *self)
{
    if (self == NULL)
        return;
    g_free(self->kind);
    g_free(self->message);
    g_free(self->rule);
    g_clear_pointer(&self->candidates, g_ptr_array_unref);
    g_free(self);
}

static void
drop_bus(PdClient *self)
{
    if (self->bus == NULL)
        return;
    dbus_connection_close(self->bus); /* a private connection does not close by itself */
    g_clear_pointer(&self->bus, dbus_connection_unref);
}

static bool
connect_bus(PdClient *self, GError **error)
{
    DBusError failure = DBUS_ERROR_INIT;

    if (self->bus != NULL && dbus_connection_get_is_connected(self->bus))
        return true;
    drop_bus(self);
    dbus_connection_set_change_sigpipe(FALSE); /* libdbus would have the host ignore SIGPIPE */
    self->bus = dbus_bus_get_private(DBUS_BUS_SESSION, &failure);
    if (self->bus == NULL) {
        g_set_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS, "no session bus: %s",
                    failure.message);
        dbus_error_free(&failure);
        return false;
    }
    dbus_connection_set_exit_on_disconnect(self->bus, FALSE);
    return true;
}

/* Sends what can be sent and handles what has come, without waiting. */
static void
pump(DBusConnection *bus)
{
    dbus_connection_read_write(bus, 0);
    while (dbus_connection_dispatch(bus) == DBUS_DISPATCH_DATA_REMAINS)
        ;
}

/*
 * Waits until there is something to pump, @left_ms are over (below 0: never) or @cancel_fd says
 * so.
 */
static void
wait_for_traffic(DBusConnection *bus, int cancel_fd, int left_ms)
{
    struct pollfd fds[] = {
        { .fd = -1, .events = POLLIN },
        { .fd = cancel_fd, .events = POLLIN }, /* -1 is passed over */
    };

    dbus_connection_get_unix_fd(bus, &fds[0].fd);
    if (dbus_connection_has_messages_to_send(bus))
        fds[0].events |= POLLOUT;
    poll(fds, G_N_ELEMENTS(fds), left_ms); /* a signal only makes another turn */
}

static int
ms_until(gint64 end_us)
{
    gint64 left_us;

    if (end_us < 0)
        return -1;
    left_us = end_us - g_get_monotonic_time();
    return left_us <= 0 ? 0 : (int)MIN((left_us + 999) / 1000, G_MAXINT);
}

static bool
wait_for_reply(PdClient *self, DBusPendingCall *pending, GCancellable *cancel, GError **error)
{
    gint64 end_us =
        self->deadline_ms < 0 ? -1 : g_get_monotonic_time() + (gint64)self->deadline_ms * 1000;
    int cancel_fd = g_cancellable_get_fd(cancel);
    bool answered = false;

    for (;;) {
        pump(self->bus);
        answered = dbus_pending_call_get_completed(pending);
        if (answered)
            break;
        if (!dbus_connection_get_is_connected(self->bus)) {
            g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_DISCONNECTED,
                                "the session bus has gone away");
            break;
        }
        if (g_cancellable_is_cancelled(cancel)) {
            g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_CANCELLED, "cancelled");
            break;
        }
        if (ms_until(end_us) == 0) {
            g_set_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_TIMED_OUT,
                        "no answer after %d milliseconds", self->deadline_ms);
            break;
        }
        wait_for_traffic(self->bus, cancel_fd, ms_until(end_us));
    }
    if (cancel_fd >= 0)
        g_cancellable_release_fd(cancel);
    return answered;
}

static DBusMessage *
new_message(const char *member)
{
    DBusMessage *msg =
        dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH, PD_DBUS_INTERFACE, member);

    g_assert(msg != NULL); /* out of memory, as in g_malloc() */
    return msg;
}

/* The caller waits no longer: the service need not go on either. */
static void
give_up(PdClient *self, DBusPendingCall *pending, dbus_uint64_t serial)
{
    g_autoptr(DBusMessage) msg = new_message("Cancel");

    dbus_pending_call_cancel(pending);
    dbus_message_set_no_reply(msg, TRUE);
    dbus_message_set_auto_start(msg, FALSE);
    if (dbus_message_append_args(msg, DBUS_TYPE_UINT64, &serial, DBUS_TYPE_INVALID) &&
        dbus_connection_send(self->bus, msg, NULL))
        pump(self->bus);
}

static DBusMessage *
take_reply(PdClient *self, DBusPendingCall *pending, const char *signature, GError **error)
{
    g_autoptr(DBusMessage) reply = dbus_pending_call_steal_reply(pending);

    if (dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_ERROR) {
        self->refusal = pd_reply_fail(reply, error);
        return NULL;
    }
    if (!dbus_message_has_signature(reply, signature)) {
        g_set_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_PROTOCOL,
                    "the service answered with \"%s\" where \"%s\" belongs",
                    dbus_message_get_signature(reply), signature);
        return NULL;
    }
    return g_steal_pointer(&reply);
}

/* @msg: sent here, still the caller's. Returns: (transfer full): a reply of that @signature. */
static DBusMessage *
call(PdClient *self, DBusMessage *msg, const char *signature, GCancellable *cancel, GError **error)
{
    g_autoptr(DBusPendingCall) pending = NULL;

    g_clear_pointer(&self->refusal, g_free);
    if (!connect_bus(self, error))
        return NULL;
    /* libdbus' own timeouts need a main loop: ours is the deadline */
    if (!dbus_connection_send_with_reply(self->bus, msg, &pending, DBUS_TIMEOUT_INFINITE) ||
        pending == NULL) {
        g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_DISCONNECTED,
                            "the session bus has gone away");
        return NULL;
    }
    if (!wait_for_reply(self, pending, cancel, error)) {
        if (dbus_connection_get_is_connected(self->bus))
            give_up(self, pending, dbus_message_get_serial(msg));
        return NULL;
    }
    return take_reply(self, pending, signature, error);
}

/* One call to the bus itself with the service's name, and 0 as flags if @flags. */
static DBusMessage *
ask_bus(PdClient *self, const char *member, bool flags, const char *signature, GError **error)
{
    g_autoptr(DBusMessage) msg = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS,
                                                              DBUS_INTERFACE_DBUS, member);
    const char *name = PD_DBUS_NAME;
    dbus_uint32_t none = 0;

    g_assert(msg != NULL);
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID);
    if (flags)
        dbus_message_append_args(msg, DBUS_TYPE_UINT32, &none, DBUS_TYPE_INVALID);
    return call(self, msg, signature, NULL, error);
}

static PdClient *
client_new(void)
{
    PdClient *self = g_new0(PdClient, 1);

    self->deadline_ms = DEFAULT_DEADLINE_MS;
    return self;
}

static bool
name_has_owner(PdClient *self, bool *ret_owned, GError **error)
{
    g_autoptr(DBusMessage) reply = ask_bus(self, "NameHasOwner", false, "b", error);
    dbus_bool_t owned = FALSE;

    if (reply == NULL)
        return false;
    dbus_message_get_args(reply, NULL, DBUS_TYPE_BOOLEAN, &owned, DBUS_TYPE_INVALID);
    *ret_owned = owned;
    return true;
}

/* StartServiceByName knows activatable names only: one that was started by hand is found first. */
static bool
start_service(PdClient *self, GError **error)
{
    g_autoptr(DBusMessage) reply = NULL;
    bool owned;

    if (!name_has_owner(self, &owned, error))
        return false;
    if (owned)
        return true;
    reply = ask_bus(self, "StartServiceByName", true, "u", error);
    return reply != NULL;
}

PdClient *
pd_client_new(GError **error)
{
    g_autoptr(PdClient) self = client_new();
    g_autoptr(GError) failure = NULL;

    if (!connect_bus(self, error))
        return NULL;
    if (!start_service(self, &failure)) {
        g_set_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS,
                    "the service cannot be started: %s", failure->message);
        return NULL;
    }
    return g_steal_pointer(&self);
}

bool
pd_client_service_runs(GError **error)
{
    g_autoptr(PdClient) self = client_new();
    g_autoptr(GError) failure = NULL;
    bool runs = false;

    if (!connect_bus(self, error))
        return false;
    if (!name_has_owner(self, &runs, &failure)) {
        g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS, failure->message);
        return false;
    }
    return runs;
}

void
pd_client_free(PdClient *self)
{
    if (self == NULL)
        return;
    drop_bus(self);
    g_free(self->refusal);
    g_free(self);
}

void
pd_client_set_deadline(PdClient *self, int deadline_ms)
{
    g_return_if_fail(self != NULL);
    self->deadline_ms = deadline_ms;
}

const char *
pd_client_error_name(const PdClient *self)
{
    g_return_val_if_fail(self != NULL, NULL);
    return self->refusal;
}

/* As the service would have refused it, for what must not even be sent. */
static bool
refuse(PdClient *self, const char *name, GError **error, const char *message)
{
    g_free(self->refusal);
    self->refusal = g_strdup(name);
    g_set_error_literal(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_REFUSED, message);
    return false;
}

/* libdbus ends the process over a string that is not UTF-8, so none gets that far. */
static bool
check_string(PdClient *self, const char *name, const char *what, const char *string, GError **error)
{
    g_autofree char *message = NULL;
    const char *end;

    if (strlen(string) > PD_MAX_TEXT_BYTES) {
        message = g_strdup_printf("%s is longer than %d bytes", what, PD_MAX_TEXT_BYTES);
        return refuse(self, "TooLong", error, message);
    }
    if (g_utf8_validate(string, -1, &end))
        return true;
    message = g_strdup_printf("%s is not UTF-8 at byte %zu", what, (size_t)(end - string));
    return refuse(self, name, error, message);
}

static bool
check_strings(PdClient *self, const char *what, const char *const *strings, GError **error)
{
    size_t n = 0;

    for (; strings != NULL && strings[n] != NULL; n++) {
        if (n == PD_MAX_OPTION_WORDS) {
            g_autofree char *message =
                g_strdup_printf("%s: more than %d entries", what, PD_MAX_OPTION_WORDS);

            return refuse(self, "InvalidOption", error, message);
        }
        if (strlen(strings[n]) > PD_MAX_WORD_BYTES) {
            g_autofree char *message =
                g_strdup_printf("%s: an entry is longer than %d bytes", what, PD_MAX_WORD_BYTES);

            return refuse(self, "InvalidOption", error, message);
        }
        if (!check_string(self, "InvalidOption", what, strings[n], error))
            return false;
    }
    return true;
}

static bool
check_options(PdClient *self, const PdClientOptions *options, GError **error)
{
    return (options->level == NULL ||
            check_string(self, "InvalidOption", "level", options->level, error)) &&
           (options->format == NULL ||
            check_string(self, "InvalidOption", "format", options->format, error)) &&
           (options->variant == NULL ||
            check_string(self, "InvalidOption", "variant", options->variant, error)) &&
           check_strings(self, "disable", options->disable, error) &&
           check_strings(self, "words", options->words, error);
}

/* One {sv} entry: @value points at it, or at a NULL-terminated array where @type is an array. */
static void
append_option(DBusMessageIter *dict, const char *key, const char *type, const void *value)
{
    DBusMessageIter entry, variant, array;

    dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
    dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
    dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, type, &variant);
    if (type[0] == DBUS_TYPE_ARRAY) {
        dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, type + 1, &array);
        for (const char *const *s = value; *s != NULL; s++)
            dbus_message_iter_append_basic(&array, DBUS_TYPE_STRING, s);
        dbus_message_iter_close_container(&variant, &array);
    } else {
        dbus_message_iter_append_basic(&variant, type[0], value);
    }
    dbus_message_iter_close_container(&entry, &variant);
    dbus_message_iter_close_container(dict, &entry);
}

/* @options: (nullable): none */
static void
append_options(DBusMessage *msg, const PdClientOptions *options)
{
    DBusMessageIter iter, dict;

    dbus_message_iter_init_append(msg, &iter);
    dbus_message_iter_open_container(&iter, DBUS_TYPE_ARRAY, "{sv}", &dict);
    if (options != NULL) {
        dbus_uint32_t max = options->max_candidates;

        if (options->level != NULL)
            append_option(&dict, "level", "s", &options->level);
        if (options->format != NULL)
            append_option(&dict, "format", "s", &options->format);
        if (options->variant != NULL)
            append_option(&dict, "variant", "s", &options->variant);
        if (options->disable != NULL)
            append_option(&dict, "disable", "as", options->disable);
        if (options->words != NULL)
            append_option(&dict, "words", "as", options->words);
        if (options->max_candidates >= 0)
            append_option(&dict, "max-candidates", "u", &max);
    }
    dbus_message_iter_close_container(&iter, &dict);
}

GPtrArray *
pd_client_check(PdClient *self, const char *language, const char *text,
                const PdClientOptions *options, GCancellable *cancel, GError **error)
{
    g_autoptr(DBusMessage) msg = NULL, reply = NULL;

    g_return_val_if_fail(self != NULL && language != NULL && text != NULL, NULL);
    if (!check_string(self, "UnknownLanguage", "language", language, error) ||
        !check_string(self, "InvalidText", "text", text, error) ||
        (options != NULL && !check_options(self, options, error)))
        return NULL;
    msg = new_message("Check");
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &language, DBUS_TYPE_STRING, &text,
                             DBUS_TYPE_INVALID);
    append_options(msg, options);
    reply = call(self, msg, PD_REPLY_FINDINGS, cancel, error);
    if (reply == NULL)
        return NULL;
    return pd_reply_findings(reply, g_utf8_strlen(text, -1), error);
}

/* Suggest and Explain take the same arguments. Returns: (transfer full): a reply of @signature */
static DBusMessage *
ask_about_place(PdClient *self, const char *member, const char *language, const char *text,
                const dbus_uint32_t place[2], const PdClientOptions *options, const char *signature,
                GCancellable *cancel, GError **error)
{
    g_autoptr(DBusMessage) msg = NULL;

    if (!check_string(self, "UnknownLanguage", "language", language, error) ||
        !check_string(self, "InvalidText", "text", text, error) ||
        (options != NULL && !check_options(self, options, error)))
        return NULL;
    msg = new_message(member);
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &language, DBUS_TYPE_STRING, &text,
                             DBUS_TYPE_UINT32, &place[0], DBUS_TYPE_UINT32, &place[1],
                             DBUS_TYPE_INVALID);
    append_options(msg, options);
    return call(self, msg, signature, cancel, error);
}

GPtrArray *
pd_client_suggest(PdClient *self, const char *language, const char *text, uint32_t start,
                  uint32_t length, const PdClientOptions *options, GCancellable *cancel,
                  GError **error)
{
    g_autoptr(DBusMessage) reply = NULL;
    const dbus_uint32_t place[] = { start, length };

    g_return_val_if_fail(self != NULL && language != NULL && text != NULL, NULL);
    reply = ask_about_place(self, "Suggest", language, text, place, options, PD_REPLY_CANDIDATES,
                            cancel, error);
    return reply != NULL ? pd_reply_candidates(reply, error) : NULL;
}

PdClientExplanation *
pd_client_explain(PdClient *self, const char *language, const char *text, uint32_t start,
                  uint32_t length, const PdClientOptions *options, GCancellable *cancel,
                  GError **error)
{
    g_autoptr(DBusMessage) reply = NULL;
    const dbus_uint32_t place[] = { start, length };

    g_return_val_if_fail(self != NULL && language != NULL && text != NULL, NULL);
    reply =
        ask_about_place(self, "Explain", language, text, place, options, "a{sv}", cancel, error);
    return reply != NULL ? pd_reply_explanation(reply, g_utf8_strlen(text, -1), error) : NULL;
}

bool
pd_client_score(PdClient *self, const char *language, const char *const *texts, size_t n_texts,
                double *ret_scores, GCancellable *cancel, GError **error)
{
    g_autoptr(DBusMessage) msg = NULL, reply = NULL;
    size_t n_bytes = 0;

    g_return_val_if_fail(self != NULL && language != NULL && texts != NULL, false);
    if (n_texts > PD_MAX_SCORE_TEXTS)
        return refuse(self, "TooLong", error,
                      "more than " G_STRINGIFY(PD_MAX_SCORE_TEXTS) " texts");
    if (!check_string(self, "UnknownLanguage", "language", language, error))
        return false;
    for (size_t i = 0; i < n_texts; i++) {
        if (!check_string(self, "InvalidText", "text", texts[i], error))
            return false;
        n_bytes += strlen(texts[i]);
        if (n_bytes > PD_MAX_TEXT_BYTES)
            return refuse(self, "TooLong", error, "the texts are too long together");
    }
    msg = new_message("Score");
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &language, DBUS_TYPE_ARRAY, DBUS_TYPE_STRING,
                             &texts, (int)n_texts, DBUS_TYPE_INVALID);
    append_options(msg, NULL);
    reply = call(self, msg, "ad", cancel, error);
    return reply != NULL && pd_reply_scores(reply, n_texts, ret_scores, error);
}

static bool
change_words(PdClient *self, const char *member, const char *word, GError **error)
{
    g_autoptr(DBusMessage) msg = NULL, reply = NULL;

    g_return_val_if_fail(self != NULL && word != NULL, false);
    if (!check_string(self, "InvalidText", "word", word, error))
        return false;
    msg = new_message(member);
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &word, DBUS_TYPE_INVALID);
    reply = call(self, msg, "", NULL, error);
    return reply != NULL;
}

bool
pd_client_add_word(PdClient *self, const char *word, GError **error)
{
    return change_words(self, "AddWord", word, error);
}

bool
pd_client_remove_word(PdClient *self, const char *word, GError **error)
{
    return change_words(self, "RemoveWord", word, error);
}

char **
pd_client_words(PdClient *self, GError **error)
{
    g_autoptr(DBusMessage) msg = new_message("Words");
    g_autoptr(DBusMessage) reply = NULL;

    g_return_val_if_fail(self != NULL, NULL);
    reply = call(self, msg, "as", NULL, error);
    return reply != NULL ? pd_reply_strings(reply, error) : NULL;
}

GVariant *
pd_client_properties(PdClient *self, GError **error)
{
    g_autoptr(DBusMessage) msg = NULL, reply = NULL;
    const char *interface = PD_DBUS_INTERFACE;

    g_return_val_if_fail(self != NULL, NULL);
    msg = dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH, DBUS_INTERFACE_PROPERTIES,
                                       "GetAll");
    g_assert(msg != NULL);
    dbus_message_append_args(msg, DBUS_TYPE_STRING, &interface, DBUS_TYPE_INVALID);
    reply = call(self, msg, "a{sv}", NULL, error);
    return reply != NULL ? pd_reply_dict(reply, error) : NULL;
}
