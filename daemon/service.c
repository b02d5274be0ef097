/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/service.h"
#include "daemon/bus-args.h"
#include "daemon/bus-document.h"
#include "daemon/bus-explanation.h"
#include "daemon/bus-model.h"
#include "daemon/bus-name.h"
#include "daemon/bus-object.h"
#include "daemon/bus-source.h"
#include "daemon/bus-turns.h"
#include "daemon/engine/error.h"
#include "daemon/engine/lexicon.h"
#include "daemon/idle.h"
#include "daemon/log.h"
#include "daemon/service-private.h"
#include "daemon/worker.h"
#include "dbus/introspection.h"
#include "dbus/protocol.h"

#include <string.h>

typedef PdServiceCall Pending;

static void
pending_free(Pending *self)
{
    g_clear_pointer(&self->call, pd_call_unref);
    pd_bus_options_free(self->options);
    g_free(self->language);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pending, pending_free)

static void
count_failure(PdService *self, const GError *error)
{
    if (g_error_matches(error, PD_ERROR, PD_ERROR_CANCELLED))
        self->statistics.cancelled++;
    else if (g_error_matches(error, PD_ERROR, PD_ERROR_BUSY))
        self->statistics.busy++;
}

static void
fail(PdService *self, PdCall *call, const GError *error)
{
    count_failure(self, error);
    if (self->stopping && g_error_matches(error, PD_ERROR, PD_ERROR_CANCELLED))
        pd_call_fail(call, PD_DBUS_ERROR_CANCELLED, "the service is stopping");
    else
        pd_bus_fail(call, error);
}

/* @language: (nullable): what a job was for, which ended with @error (nullable) */
static void
note_language(PdService *self, const char *language, const GError *error)
{
    if (language == NULL)
        return;
    if (g_error_matches(error, PD_ERROR, PD_ERROR_MODEL_BROKEN)) {
        pd_log(PD_LOG_MODEL_BROKEN, "PROOFD_LANGUAGE", language, "%s", error->message);
        return;
    }
    if (error == NULL && g_hash_table_add(self->loaded, g_strdup(language)))
        pd_log(PD_LOG_LANGUAGE, "PROOFD_LANGUAGE", language, "%s is loaded", language);
}

static void
on_done(PdJobResult *result, const GError *error, void *user_data)
{
    g_autoptr(Pending) pending = user_data;
    PdService *self = pending->service;

    g_queue_remove(&self->pending, pending);
    note_language(self, pending->language, error);
    if (error != NULL)
        fail(self, g_steal_pointer(&pending->call), error);
    else
        pending->reply(pending, result);
    pd_idle_release(self->idle);
    pd_report_changed(self->report);
}

/* Takes @call and @options (nullable); the call's arguments are copied into the job. */
static void
submit(PdService *self, PdCall *call, PdJobSpec *spec, PdBusOptions *options,
       void (*reply)(Pending *, PdJobResult *))
{
    g_autoptr(Pending) pending = g_new0(Pending, 1);
    g_autoptr(GError) error = NULL;

    pending->service = self;
    pending->call = call;
    pending->options = options;
    pending->language = g_strdup(spec->language);
    pending->reply = reply;
    spec->client = pd_call_sender(call);
    if (options != NULL)
        spec->options = options->check;
    pending->job = pd_worker_push(self->worker, spec, on_done, pending, &error);
    if (pending->job == NULL) {
        fail(self, g_steal_pointer(&pending->call), error);
        return;
    }
    pd_call_drop_message(call);
    g_queue_push_tail(&self->pending, pending);
    pd_idle_hold(self->idle);
    (void)g_steal_pointer(&pending); /* on_done() has it */
}

/* --- Check, Suggest, Explain, Score --- */

static void
reply_findings(Pending *pending, PdJobResult *result)
{
    PdService *self = pending->service;
    g_autoptr(GError) error = NULL;
    DBusMessageIter iter;
    DBusMessage *reply;

    self->statistics.checks++;
    self->statistics.bytes += result->text_bytes;
    self->statistics.findings += result->findings->len;
    if (!pd_bus_findings_fit(result->findings, &error)) {
        fail(self, g_steal_pointer(&pending->call), error);
        return;
    }
    reply = pd_call_new_reply(pending->call);
    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_findings(&iter, result->findings, result->text, pending->options->offsets);
    pd_call_return(g_steal_pointer(&pending->call), reply);
}

static void
reply_candidates(Pending *pending, PdJobResult *result)
{
    DBusMessage *reply = pd_call_new_reply(pending->call);
    DBusMessageIter iter;

    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_candidates(&iter, result->candidates);
    pd_call_return(g_steal_pointer(&pending->call), reply);
}

static void
reply_explanation(Pending *pending, PdJobResult *result)
{
    DBusMessage *reply = pd_call_new_reply(pending->call);
    DBusMessageIter iter;

    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_explanation(&iter, result->explanation, result->text, pending->options->offsets);
    pd_call_return(g_steal_pointer(&pending->call), reply);
}

static void
reply_scores(Pending *pending, PdJobResult *result)
{
    DBusMessage *reply = pd_call_new_reply(pending->call);
    DBusMessageIter iter, array;

    dbus_message_iter_init_append(reply, &iter);
    pd_bus_open(&iter, DBUS_TYPE_ARRAY, "d", &array);
    if (result->n_scores > 0)
        dbus_message_iter_append_fixed_array(&array, DBUS_TYPE_DOUBLE, &result->scores,
                                             (int)result->n_scores);
    pd_bus_close(&iter, &array);
    pd_call_return(g_steal_pointer(&pending->call), reply);
}

/* The language and text that calls begin with; @iter then stands behind them. */
static bool
read_text(PdService *self, DBusMessageIter *iter, PdJobSpec *spec, GError **error)
{
    dbus_message_iter_get_basic(iter, &spec->language);
    spec->language = pd_bus_language(spec->language, self->settings->language, error);
    dbus_message_iter_next(iter);
    dbus_message_iter_get_basic(iter, &spec->text);
    spec->text_bytes = strlen(spec->text);
    dbus_message_iter_next(iter);
    return spec->language != NULL && pd_bus_check_length(spec->text_bytes, error);
}

/* Check and Open take the same arguments. */
static void
take_text(PdService *self, PdCall *call, PdJobKind kind, void (*reply)(Pending *, PdJobResult *))
{
    g_autoptr(PdBusOptions) options = NULL;
    g_autoptr(GError) error = NULL;
    PdJobSpec spec = { .kind = kind };
    DBusMessageIter iter;

    dbus_message_iter_init(pd_call_message(call), &iter);
    if (read_text(self, &iter, &spec, &error))
        options = pd_bus_options_read(&iter, self->settings, &error);
    if (options == NULL) {
        fail(self, call, error);
        return;
    }
    if (!options->wait)
        options->check.max_candidates = 0;
    submit(self, call, &spec, g_steal_pointer(&options), reply);
}

static void
handle_check(PdCall *call, void *user_data)
{
    take_text(user_data, call, PD_JOB_CHECK, reply_findings);
}

/* Suggest and Explain take the same arguments. */
static void
take_place(PdService *self, PdCall *call, PdJobKind kind, void (*reply)(Pending *, PdJobResult *))
{
    g_autoptr(PdBusOptions) options = NULL;
    g_autoptr(GError) error = NULL;
    PdJobSpec spec = { .kind = kind };
    DBusMessageIter iter, place;

    dbus_message_iter_init(pd_call_message(call), &iter);
    if (read_text(self, &iter, &spec, &error)) {
        place = iter;
        dbus_message_iter_next(&iter);
        dbus_message_iter_next(&iter);
        options = pd_bus_options_read(&iter, self->settings, &error);
    }
    if (options == NULL || !pd_bus_read_place(&place, options->offsets, spec.text, spec.text_bytes,
                                              &spec.start, &spec.end, &error))
        fail(self, call, error);
    else
        submit(self, call, &spec, g_steal_pointer(&options), reply);
}

static void
handle_suggest(PdCall *call, void *user_data)
{
    take_place(user_data, call, PD_JOB_SUGGEST, reply_candidates);
}

static void
handle_explain(PdCall *call, void *user_data)
{
    take_place(user_data, call, PD_JOB_EXPLAIN, reply_explanation);
}

static void
handle_score(PdCall *call, void *user_data)
{
    PdService *self = user_data;
    g_autoptr(PdBusOptions) options = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree const char **texts = NULL;
    PdJobSpec spec = { .kind = PD_JOB_SCORE };
    DBusMessageIter iter;

    dbus_message_iter_init(pd_call_message(call), &iter);
    dbus_message_iter_get_basic(&iter, &spec.language);
    spec.language = pd_bus_language(spec.language, self->settings->language, &error);
    dbus_message_iter_next(&iter);
    texts = spec.language != NULL ? pd_bus_read_texts(&iter, &error) : NULL;
    dbus_message_iter_next(&iter);
    if (texts != NULL)
        options = pd_bus_options_read(&iter, self->settings, &error);
    if (options == NULL) {
        fail(self, call, error);
        return;
    }
    spec.texts = texts;
    submit(self, call, &spec, g_steal_pointer(&options), reply_scores);
}

/* --- documents --- */

static void
on_document_called(PdCall *call, void *user_data)
{
    PdService *self = user_data;

    self->statistics.calls++;
}

static bool
grow_documents(gssize n_bytes, GError **error, void *user_data)
{
    PdService *self = user_data;

    if (n_bytes > 0 && (size_t)n_bytes > PD_MAX_DOCUMENT_BYTES - self->statistics.document_bytes) {
        self->statistics.busy++;
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY,
                    "the open documents would hold more than %zu MiB", PD_MAX_DOCUMENT_BYTES / MIB);
        return false;
    }
    self->statistics.document_bytes += (size_t)n_bytes; /* below 0 it wraps to a subtraction */
    return true;
}

static void
on_document_checked(size_t n_bytes, gssize n_findings, void *user_data)
{
    PdService *self = user_data;

    if (n_findings < 0) {
        self->statistics.cancelled++;
        return;
    }
    self->statistics.checks++;
    self->statistics.bytes += n_bytes;
    self->statistics.findings += (size_t)n_findings;
}

static void
on_document_closed(PdBusDocument *document, void *user_data)
{
    PdService *self = user_data;

    g_hash_table_remove(self->documents, pd_bus_document_path(document));
    pd_idle_release(self->idle);
    pd_report_changed(self->report);
}

static bool
may_open(PdService *self, const char *client, size_t n_bytes, GError **error)
{
    unsigned n_documents = 0;
    GHashTableIter iter;
    gpointer document;

    g_hash_table_iter_init(&iter, self->documents);
    while (g_hash_table_iter_next(&iter, NULL, &document))
        n_documents += g_str_equal(pd_bus_document_owner(document), client) ? 1 : 0;
    if (n_documents >= PD_MAX_DOCUMENTS_PER_CLIENT) {
        self->statistics.busy++;
        g_set_error(error, PD_ERROR, PD_ERROR_BUSY, "this client has %d documents open already",
                    PD_MAX_DOCUMENTS_PER_CLIENT);
        return false;
    }
    return grow_documents((gssize)n_bytes, error, self);
}

static void
reply_document(Pending *pending, PdJobResult *result)
{
    PdService *self = pending->service;
    const char *client = pd_call_sender(pending->call);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    PdBusDocument *document;
    DBusMessage *reply;

    if (!may_open(self, client, result->text_bytes + pd_bus_options_word_bytes(pending->options),
                  &error)) {
        pd_bus_fail(g_steal_pointer(&pending->call), error);
        return;
    }
    path = g_strdup_printf(PD_DBUS_DOCUMENT_PATH "%" G_GUINT64_FORMAT, ++self->last_document);
    document = pd_bus_document_new(&self->host, path, client, pending->language, result->text,
                                   result->text_bytes, pending->options);
    g_hash_table_insert(self->documents, (gpointer)pd_bus_document_path(document), document);
    pd_idle_hold(self->idle);
    reply = pd_call_new_reply(pending->call);
    dbus_message_append_args(reply, DBUS_TYPE_OBJECT_PATH, &path, DBUS_TYPE_INVALID);
    pd_call_return(g_steal_pointer(&pending->call), reply);
    pd_bus_document_start(document);
}

static void
handle_open(PdCall *call, void *user_data)
{
    take_text(user_data, call, PD_JOB_PREPARE, reply_document);
}

/* --- Cancel --- */

static bool
cancel_document_call(PdService *self, const char *client, uint32_t serial)
{
    GHashTableIter iter;
    gpointer document;

    g_hash_table_iter_init(&iter, self->documents);
    while (g_hash_table_iter_next(&iter, NULL, &document)) {
        if (g_str_equal(pd_bus_document_owner(document), client) &&
            pd_bus_document_cancel(document, serial)) {
            self->statistics.cancelled++;
            return true;
        }
    }
    return false;
}

static bool
cancel_call(PdService *self, const char *client, uint64_t serial)
{
    for (GList *link = self->pending.head; link != NULL; link = link->next) {
        Pending *pending = link->data;

        if (pd_call_serial(pending->call) == serial &&
            g_str_equal(pd_call_sender(pending->call), client)) {
            pd_worker_cancel(self->worker, pending->job);
            return true;
        }
    }
    return serial <= UINT32_MAX && cancel_document_call(self, client, (uint32_t)serial);
}

static void
handle_cancel(PdCall *call, void *user_data)
{
    PdService *self = user_data;
    dbus_uint64_t serial;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_UINT64, &serial,
                          DBUS_TYPE_INVALID);
    if (cancel_call(self, pd_call_sender(call), serial))
        pd_call_return_nothing(call);
    else
        pd_call_fail(call, PD_DBUS_ERROR_NOT_FOUND,
                     "no call of this client with serial %" G_GUINT64_FORMAT
                     " is waiting or running",
                     (guint64)serial);
}

/* --- the user's words --- */

static void
words_changed(PdService *self)
{
    GHashTableIter iter;
    gpointer document;

    pd_object_emit(self->object, NULL, pd_object_new_signal(self->object, "WordsChanged"));
    g_hash_table_iter_init(&iter, self->documents);
    while (g_hash_table_iter_next(&iter, NULL, &document))
        pd_bus_document_words_changed(document);
}

static void
reply_word(Pending *pending, PdJobResult *result)
{
    pd_call_return_nothing(g_steal_pointer(&pending->call));
    if (result->words_changed)
        words_changed(pending->service);
}

static void
reply_words(Pending *pending, PdJobResult *result)
{
    DBusMessage *reply = pd_call_new_reply(pending->call);
    DBusMessageIter iter;

    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_strings(&iter, (const char *const *)result->words);
    pd_call_return(g_steal_pointer(&pending->call), reply);
}

static void
take_word(PdService *self, PdCall *call, PdJobKind kind)
{
    PdJobSpec spec = { .kind = kind };
    g_autoptr(GError) error = NULL;
    g_autofree char *word = NULL;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_STRING, &spec.text,
                          DBUS_TYPE_INVALID);
    spec.text = word = g_strstrip(g_strdup(spec.text));
    spec.text_bytes = strlen(word);
    if (pd_bus_check_word(spec.text, &error))
        submit(self, call, &spec, NULL, reply_word);
    else
        fail(self, call, error);
}

static void
handle_add_word(PdCall *call, void *user_data)
{
    take_word(user_data, call, PD_JOB_ADD_WORD);
}

static void
handle_remove_word(PdCall *call, void *user_data)
{
    take_word(user_data, call, PD_JOB_REMOVE_WORD);
}

static void
handle_words(PdCall *call, void *user_data)
{
    PdJobSpec spec = { .kind = PD_JOB_LIST_WORDS };

    submit(user_data, call, &spec, NULL, reply_words);
}

/* --- properties --- */

static void
append_version(DBusMessageIter *value, void *user_data)
{
    pd_bus_append_string(value, PD_VERSION);
}

static void
append_model_name(DBusMessageIter *value, void *user_data)
{
    PdService *self = user_data;

    pd_bus_append_string(value, pd_bus_model_name(self->model));
}

static void
append_model_hash(DBusMessageIter *value, void *user_data)
{
    PdService *self = user_data;

    pd_bus_append_string(value, pd_bus_model_hash(self->model));
}

static void
append_languages(DBusMessageIter *value, void *user_data)
{
    PdService *self = user_data;
    g_auto(GStrv) before = g_steal_pointer(&self->languages);

    self->languages = pd_lexicon_languages();
    pd_bus_append_strings(value, (const char *const *)self->languages);
    if (before != NULL &&
        !g_strv_equal((const char *const *)before, (const char *const *)self->languages))
        pd_object_emit_changed(self->object, "Languages"); /* once: they are the same then */
}

static void
append_statistics(DBusMessageIter *value, void *user_data)
{
    PdService *self = user_data;
    const PdServiceState state = { .running = pd_worker_n_jobs(self->worker),
                                   .documents = g_hash_table_size(self->documents),
                                   .started_us = self->started_us,
                                   .model_error = pd_bus_model_error(self->model),
                                   .settings_error = self->settings_error };

    pd_statistics_append(&self->statistics, &state, value);
}

/* --- the tables --- */

static bool
is_ready(PdCall *call, const char *property, void *user_data)
{
    PdService *self = user_data;

    if (property != NULL && !g_str_has_prefix(property, "Model"))
        return true;
    return pd_bus_model_is_known(self->model, call);
}

static bool
admit(PdCall *call, void *user_data)
{
    PdService *self = user_data;

    self->statistics.calls++;
    pd_idle_restart(self->idle);
    return true;
}

static const PdMethod methods[] = {
    { "Check", "ssa{sv}", "a" PD_DBUS_FINDING, handle_check },
    { "Suggest", "ssuua{sv}", "a(sds)", handle_suggest },
    { "Explain", "ssuua{sv}", "a{sv}", handle_explain },
    { "Score", "sasa{sv}", "ad", handle_score },
    { "Open", "ssa{sv}", "o", handle_open },
    { "Cancel", "t", "", handle_cancel },
    { "AddWord", "s", "", handle_add_word },
    { "RemoveWord", "s", "", handle_remove_word },
    { "Words", "", "as", handle_words },
    { 0 },
};
static const PdSignal signals[] = {
    { "WordsChanged", "" },
    { 0 },
};
static const PdProperty properties[] = {
    { "Version", "s", append_version },           { "ModelName", "s", append_model_name },
    { "ModelHash", "s", append_model_hash },      { "Languages", "as", append_languages },
    { "Statistics", "a{sv}", append_statistics }, { 0 },
};
const PdInterface pd_service_interface = {
    .name = PD_DBUS_INTERFACE,
    .xml = PD_XML_ORG_PROOFD_CHECKER1,
    .methods = methods,
    .signals = signals,
    .properties = properties,
    .admit = admit,
    .ready = is_ready,
};

/* --- life --- */

static void
client_vanished(const char *client, void *user_data)
{
    PdService *self = user_data;
    GHashTableIter iter;
    gpointer document;

    pd_bus_turns_forget(self->turns, client);
    for (GList *link = self->pending.head; link != NULL; link = link->next) {
        Pending *pending = link->data;

        if (g_str_equal(pd_call_sender(pending->call), client))
            pd_worker_cancel(self->worker, pending->job);
    }
    g_hash_table_iter_init(&iter, self->documents);
    while (g_hash_table_iter_next(&iter, NULL, &document)) {
        if (!g_str_equal(pd_bus_document_owner(document), client))
            continue;
        g_hash_table_iter_remove(&iter);
        pd_idle_release(self->idle);
    }
    pd_report_changed(self->report);
}

static void
bus_lost(void *user_data)
{
    PdService *self = user_data;

    self->stopped(self->user_data);
}

/* Calls sent before the bus took our name back are answered; with such work, the name is taken
 * again. */
static void
on_idle(void *user_data)
{
    PdService *self = user_data;

    pd_bus_name_release(self->name);
    pd_bus_turns_flush(self->turns);
    if (pd_idle_is_held(self->idle) && pd_bus_name_request(self->name, false, NULL))
        return;
    pd_log(PD_LOG_STOPPING, NULL, NULL, "nothing to do: stopping");
    self->stopped(self->user_data);
}

static bool
start(PdService *self, bool replace, GError **error)
{
    g_autoptr(PdWords) words = pd_words_open(self->settings->words_file, error);
    DBusConnection *bus;

    if (words == NULL) {
        g_prefix_error(error, "the user's words: ");
        return false;
    }
    self->name = pd_bus_name_connect(client_vanished, bus_lost, self, error);
    if (self->name == NULL)
        return false;
    bus = pd_bus_name_connection(self->name);
    self->worker =
        pd_worker_new(self->settings->models_dir, words, self->settings->cache_megabytes * MIB);
    pd_service_configure_worker(self);
    self->host = (PdDocumentHost){ .bus = bus,
                                   .worker = self->worker,
                                   .words = words,
                                   .user_data = self,
                                   .called = on_document_called,
                                   .grow = grow_documents,
                                   .checked = on_document_checked,
                                   .closed = on_document_closed };
    pd_object_register_root(bus);
    self->object = pd_object_new(bus, PD_DBUS_PATH, &pd_service_interface, self);
    self->model =
        pd_bus_model_new(self->object, self->worker, self->idle, self->settings->language);
    self->source = pd_bus_source_new(bus);
    self->turns = pd_bus_turns_new(bus);
    self->report = pd_service_new_report(self);
    if (!pd_bus_name_request(self->name, replace, error)) /* last: all is ready to answer */
        return false;
    pd_log(PD_LOG_READY, NULL, NULL, "ready");
    pd_report_ready(self->report);
    return true;
}

PdService *
pd_service_new(PdSettings *settings, bool replace, void (*stopped)(void *user_data),
               void *user_data, GError **error)
{
    g_autoptr(PdService) self = g_new0(PdService, 1);

    g_assert(settings != NULL && stopped != NULL);
    self->settings = settings;
    self->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->stopped = stopped;
    self->user_data = user_data;
    self->started_us = g_get_monotonic_time();
    self->documents =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)pd_bus_document_free);
    self->idle = pd_idle_new(settings->idle_exit_seconds, on_idle, self);
    return start(self, replace, error) ? g_steal_pointer(&self) : NULL;
}

static void
end_documents(PdService *self)
{
    for (unsigned n = g_hash_table_size(self->documents); n > 0; n--)
        pd_idle_release(self->idle);
    g_hash_table_remove_all(self->documents);
}

void
pd_service_free(PdService *self)
{
    if (self == NULL)
        return;
    self->stopping = true;
    pd_report_stopping(self->report);
    end_documents(self);
    pd_worker_free(self->worker); /* answers what waits */
    pd_bus_model_free(self->model);
    pd_object_free(self->object);
    pd_bus_name_flush(self->name);
    pd_bus_turns_free(self->turns);
    pd_bus_source_free(self->source);
    pd_bus_name_free(self->name);
    pd_idle_free(self->idle);
    pd_report_free(self->report);
    g_hash_table_unref(self->documents);
    g_hash_table_unref(self->loaded);
    g_strfreev(self->languages);
    g_free(self->settings_error);
    pd_settings_free(self->settings);
    g_free(self);
}
