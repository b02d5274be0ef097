/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c - the service, called from another program
 *
 * Each call is made by a function call_X(), which refuses what must not be sent, and runs in one of
 * two ways: run() blocks, begin() and end() do not.
 */
#include "dbus/protocol.h"
#include "plugin/client/bus.h"
#include "plugin/client/document-private.h"
#include "plugin/client/error-private.h"
#include "plugin/client/reply.h"
#include "plugin/client/request.h"

#include <proofd-client.h>
#include <signal.h>

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define DEFAULT_DEADLINE_MS 30000

struct _ProofdClient {
    GObject parent;
    ProofdBus *bus;
    char *address;   /* (nullable) */
    int deadline_ms; /* atomic */
};

enum { PROP_DEADLINE = 1, PROP_ADDRESS };

G_DEFINE_TYPE(ProofdClient, proofd_client, G_TYPE_OBJECT)

static void
words_changed(GObject *object)
{
    g_signal_emit_by_name(object, "words-changed");
}

static void
constructed(GObject *object)
{
    ProofdClient *self = PROOFD_CLIENT(object);
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();

    G_OBJECT_CLASS(proofd_client_parent_class)->constructed(object);
    self->bus = proofd_bus_new(self->address, context, object, words_changed);
}

static void
finalize(GObject *object)
{
    ProofdClient *self = PROOFD_CLIENT(object);

    proofd_bus_close(self->bus);
    proofd_bus_unref(self->bus);
    g_free(self->address);
    G_OBJECT_CLASS(proofd_client_parent_class)->finalize(object);
}

static void
set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    ProofdClient *self = PROOFD_CLIENT(object);

    switch (id) {
    case PROP_DEADLINE:
        proofd_client_set_deadline(self, g_value_get_int(value));
        break;
    case PROP_ADDRESS:
        self->address = g_value_dup_string(value);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    ProofdClient *self = PROOFD_CLIENT(object);

    switch (id) {
    case PROP_DEADLINE:
        g_value_set_int(value, proofd_client_get_deadline(self));
        break;
    case PROP_ADDRESS:
        g_value_set_string(value, self->address);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

/* GSocket's class has the process ignore SIGPIPE, for systems without MSG_NOSIGNAL. */
static void
keep_sigpipe(void)
{
    struct sigaction before;

    sigaction(SIGPIPE, NULL, &before);
    g_type_class_unref(g_type_class_ref(G_TYPE_SOCKET)); /* done once, and never again */
    sigaction(SIGPIPE, &before, NULL);
}

static void
proofd_client_class_init(ProofdClientClass *class)
{
    GObjectClass *object = G_OBJECT_CLASS(class);

    keep_sigpipe();
    object->constructed = constructed;
    object->finalize = finalize;
    object->set_property = set_property;
    object->get_property = get_property;
    g_object_class_install_property(object, PROP_DEADLINE,
                                    g_param_spec_int("deadline", NULL, NULL, -1, G_MAXINT,
                                                     DEFAULT_DEADLINE_MS,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
    g_object_class_install_property(
        object, PROP_ADDRESS,
        g_param_spec_string("address", NULL, NULL, NULL,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
    g_signal_new("words-changed", PROOFD_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void
proofd_client_init(ProofdClient *self)
{
    self->deadline_ms = DEFAULT_DEADLINE_MS;
}

ProofdClient *
proofd_client_new(void)
{
    return g_object_new(PROOFD_TYPE_CLIENT, NULL);
}

void
proofd_client_set_deadline(ProofdClient *self, int deadline_ms)
{
    g_return_if_fail(PROOFD_IS_CLIENT(self));
    g_atomic_int_set(&self->deadline_ms, MAX(deadline_ms, -1));
}

int
proofd_client_get_deadline(ProofdClient *self)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self), -1);
    return g_atomic_int_get(&self->deadline_ms);
}

/* --- the two ways to call --- */

/* @call: (transfer full) (nullable): else @error is set already. NULL with @error set */
static gpointer
run(ProofdClient *self, ProofdCall *call, GCancellable *cancellable, GError **error)
{
    g_autoptr(ProofdCall) unsent = call;
    g_autoptr(GAsyncResult) result = NULL;
    ProofdWait wait;

    if (call == NULL || !proofd_bus_connect(self->bus, cancellable, error))
        return NULL;
    proofd_wait_begin(&wait);
    proofd_bus_send(self->bus, g_steal_pointer(&unsent),
                    g_task_new(self, cancellable, proofd_wait_finished, &wait),
                    proofd_client_get_deadline(self));
    result = proofd_wait_end(&wait);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* @call: (transfer full) (nullable): else @failure, (transfer full), says why */
static void
begin(ProofdClient *self, ProofdCall *call, GError *failure, gpointer tag,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

    g_task_set_source_tag(task, tag);
    if (call == NULL)
        g_task_return_error(task, failure);
    else
        proofd_bus_queue(self->bus, call, g_steal_pointer(&task), proofd_client_get_deadline(self));
}

static gpointer
end(ProofdClient *self, GAsyncResult *result, gpointer tag, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    g_return_val_if_fail(g_async_result_is_tagged(result, tag), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- what an answer becomes --- */

static gpointer
read_nothing(GVariant *body, const ProofdCall *call, GError **error)
{
    return GINT_TO_POINTER(TRUE);
}

static gpointer
read_findings(GVariant *body, const ProofdCall *call, GError **error)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(body, 0);

    return proofd_reply_findings(array, call->n_units, error);
}

static gpointer
read_candidates(GVariant *body, const ProofdCall *call, GError **error)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(body, 0);

    return proofd_reply_candidates(array, error);
}

static gpointer
read_explanation(GVariant *body, const ProofdCall *call, GError **error)
{
    g_autoptr(GVariant) dict = g_variant_get_child_value(body, 0);

    return proofd_reply_explanation(dict, call->n_units, error);
}

static gpointer
read_scores(GVariant *body, const ProofdCall *call, GError **error)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(body, 0);

    return proofd_reply_scores(array, call->n_units, error);
}

static gpointer
read_strings(GVariant *body, const ProofdCall *call, GError **error)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(body, 0);

    return g_variant_dup_strv(array, NULL);
}

static gpointer
read_dict(GVariant *body, const ProofdCall *call, GError **error)
{
    return g_variant_get_child_value(body, 0);
}

/* TRUE or FALSE, and never NULL, which is an error. */
static gpointer
read_boolean(GVariant *body, const ProofdCall *call, GError **error)
{
    gboolean value;

    g_variant_get(body, "(b)", &value);
    return GINT_TO_POINTER(value ? 1 : 2);
}

static void
free_array(gpointer array)
{
    g_ptr_array_unref(array);
}

static void
free_explanation(gpointer explanation)
{
    proofd_explanation_unref(explanation);
}

static void
free_strings(gpointer strings)
{
    g_strfreev(strings);
}

static void
free_variant(gpointer variant)
{
    g_variant_unref(variant);
}

/* --- the calls --- */

/* @message: (transfer full) (nullable): then NULL */
static ProofdCall *
new_call(GDBusMessage *message, const char *type, ProofdReader read, GDestroyNotify free_value,
         size_t n_units)
{
    return message != NULL ? proofd_call_new(message, type, read, free_value, n_units) : NULL;
}

static size_t
length_of(const char *text, ProofdOptions *options)
{
    return proofd_unit_length(proofd_unit_of(options), text);
}

static ProofdCall *
call_start(ProofdClient *self, GError **error)
{
    GDBusMessage *message = g_dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH,
                                                           "org.freedesktop.DBus.Peer", "Ping");

    return new_call(message, "()", read_nothing, NULL, 0);
}

static ProofdCall *
call_check(ProofdClient *self, const char *language, const char *text, ProofdOptions *options,
           GError **error)
{
    GDBusMessage *message = proofd_request_text("Check", language, text, options, error);

    return new_call(message, PROOFD_REPLY_FINDINGS, read_findings, free_array,
                    length_of(text, options));
}

static ProofdCall *
call_suggest(ProofdClient *self, const char *language, const char *text, guint start, guint length,
             ProofdOptions *options, GError **error)
{
    return new_call(proofd_request_place("Suggest", language, text, start, length, options, error),
                    PROOFD_REPLY_CANDIDATES, read_candidates, free_array, 0);
}

static ProofdCall *
call_explain(ProofdClient *self, const char *language, const char *text, guint start, guint length,
             ProofdOptions *options, GError **error)
{
    return new_call(proofd_request_place("Explain", language, text, start, length, options, error),
                    "(a{sv})", read_explanation, free_explanation, length_of(text, options));
}

static ProofdCall *
call_score(ProofdClient *self, const char *language, const char *const *texts, GError **error)
{
    return new_call(proofd_request_score(language, texts, error), "(ad)", read_scores, g_free,
                    g_strv_length((char **)texts));
}

static ProofdCall *
call_add_word(ProofdClient *self, const char *word, GError **error)
{
    return new_call(proofd_request_word("AddWord", word, error), "()", read_nothing, NULL, 0);
}

static ProofdCall *
call_remove_word(ProofdClient *self, const char *word, GError **error)
{
    return new_call(proofd_request_word("RemoveWord", word, error), "()", read_nothing, NULL, 0);
}

static ProofdCall *
call_get_words(ProofdClient *self, GError **error)
{
    return new_call(proofd_request_new("Words", NULL), "(as)", read_strings, free_strings, 0);
}

static ProofdCall *
call_get_service_properties(ProofdClient *self, GError **error)
{
    GDBusMessage *message = proofd_request_new("GetAll", g_variant_new("(s)", PD_DBUS_INTERFACE));

    g_dbus_message_set_interface(message, "org.freedesktop.DBus.Properties");
    return new_call(message, "(a{sv})", read_dict, free_variant, 0);
}

static ProofdCall *
call_is_running(ProofdClient *self, GError **error)
{
    GDBusMessage *message =
        g_dbus_message_new_method_call(BUS_NAME, BUS_PATH, BUS_NAME, "NameHasOwner");

    g_dbus_message_set_body(message, g_variant_new("(s)", PD_DBUS_NAME));
    return new_call(message, "(b)", read_boolean, NULL, 0);
}

static ProofdCall *
call_open(ProofdClient *self, const char *language, const char *text, ProofdOptions *options,
          GError **error)
{
    GDBusMessage *message = proofd_request_text("Open", language, text, options, error);

    if (message == NULL)
        return NULL;
    return proofd_document_call_open(self->bus, message, proofd_unit_of(options),
                                     length_of(text, options));
}

/* --- each in its three forms --- */

/* What read_boolean() made. Nobody there to ask is no bus. */
static gboolean
is_true(gpointer answer, GError **error)
{
    return GPOINTER_TO_INT(answer) == 1;
}

gboolean
proofd_client_start(ProofdClient *self, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self), FALSE);
    return run(self, call_start(self, error), cancellable, error) != NULL;
}

void
proofd_client_start_async(ProofdClient *self, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self));
    call = call_start(self, &failure);
    begin(self, call, failure, proofd_client_start_async, cancellable, callback, user_data);
}

gboolean
proofd_client_start_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_start_async, error) != NULL;
}

GPtrArray *
proofd_client_check(ProofdClient *self, const char *language, const char *text,
                    ProofdOptions *options, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && text != NULL, NULL);
    return run(self, call_check(self, language, text, options, error), cancellable, error);
}

void
proofd_client_check_async(ProofdClient *self, const char *language, const char *text,
                          ProofdOptions *options, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && text != NULL);
    call = call_check(self, language, text, options, &failure);
    begin(self, call, failure, proofd_client_check_async, cancellable, callback, user_data);
}

GPtrArray *
proofd_client_check_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_check_async, error);
}

GPtrArray *
proofd_client_suggest(ProofdClient *self, const char *language, const char *text, guint start,
                      guint length, ProofdOptions *options, GCancellable *cancellable,
                      GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && text != NULL, NULL);
    return run(self, call_suggest(self, language, text, start, length, options, error), cancellable,
               error);
}

void
proofd_client_suggest_async(ProofdClient *self, const char *language, const char *text, guint start,
                            guint length, ProofdOptions *options, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && text != NULL);
    call = call_suggest(self, language, text, start, length, options, &failure);
    begin(self, call, failure, proofd_client_suggest_async, cancellable, callback, user_data);
}

GPtrArray *
proofd_client_suggest_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_suggest_async, error);
}

ProofdExplanation *
proofd_client_explain(ProofdClient *self, const char *language, const char *text, guint start,
                      guint length, ProofdOptions *options, GCancellable *cancellable,
                      GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && text != NULL, NULL);
    return run(self, call_explain(self, language, text, start, length, options, error), cancellable,
               error);
}

void
proofd_client_explain_async(ProofdClient *self, const char *language, const char *text, guint start,
                            guint length, ProofdOptions *options, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && text != NULL);
    call = call_explain(self, language, text, start, length, options, &failure);
    begin(self, call, failure, proofd_client_explain_async, cancellable, callback, user_data);
}

ProofdExplanation *
proofd_client_explain_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_explain_async, error);
}

double *
proofd_client_score(ProofdClient *self, const char *language, const char *const *texts,
                    GCancellable *cancellable, gsize *n_scores, GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && texts != NULL, NULL);
    *n_scores = g_strv_length((char **)texts);
    return run(self, call_score(self, language, texts, error), cancellable, error);
}

void
proofd_client_score_async(ProofdClient *self, const char *language, const char *const *texts,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && texts != NULL);
    call = call_score(self, language, texts, &failure);
    begin(self, call, failure, proofd_client_score_async, cancellable, callback, user_data);
}

double *
proofd_client_score_finish(ProofdClient *self, GAsyncResult *result, gsize *n_scores,
                           GError **error)
{
    ProofdCall *call;

    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    call = g_task_get_task_data(G_TASK(result));
    *n_scores = call != NULL ? call->n_units : 0;
    return end(self, result, proofd_client_score_async, error);
}

gboolean
proofd_client_add_word(ProofdClient *self, const char *word, GCancellable *cancellable,
                       GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && word != NULL, FALSE);
    return run(self, call_add_word(self, word, error), cancellable, error) != NULL;
}

void
proofd_client_add_word_async(ProofdClient *self, const char *word, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && word != NULL);
    call = call_add_word(self, word, &failure);
    begin(self, call, failure, proofd_client_add_word_async, cancellable, callback, user_data);
}

gboolean
proofd_client_add_word_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_add_word_async, error) != NULL;
}

gboolean
proofd_client_remove_word(ProofdClient *self, const char *word, GCancellable *cancellable,
                          GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && word != NULL, FALSE);
    return run(self, call_remove_word(self, word, error), cancellable, error) != NULL;
}

void
proofd_client_remove_word_async(ProofdClient *self, const char *word, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && word != NULL);
    call = call_remove_word(self, word, &failure);
    begin(self, call, failure, proofd_client_remove_word_async, cancellable, callback, user_data);
}

gboolean
proofd_client_remove_word_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_remove_word_async, error) != NULL;
}

char **
proofd_client_get_words(ProofdClient *self, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self), NULL);
    return run(self, call_get_words(self, error), cancellable, error);
}

void
proofd_client_get_words_async(ProofdClient *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self));
    call = call_get_words(self, &failure);
    begin(self, call, failure, proofd_client_get_words_async, cancellable, callback, user_data);
}

char **
proofd_client_get_words_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return end(self, result, proofd_client_get_words_async, error);
}

GVariant *
proofd_client_get_service_properties(ProofdClient *self, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(PROOFD_IS_CLIENT(self), NULL);
    return run(self, call_get_service_properties(self, error), cancellable, error);
}

void
proofd_client_get_service_properties_async(ProofdClient *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self));
    call = call_get_service_properties(self, &failure);
    begin(self, call, failure, proofd_client_get_service_properties_async, cancellable, callback,
          user_data);
}

GVariant *
proofd_client_get_service_properties_finish(ProofdClient *self, GAsyncResult *result,
                                            GError **error)
{
    return end(self, result, proofd_client_get_service_properties_async, error);
}

gboolean
proofd_client_is_running(ProofdClient *self, GCancellable *cancellable, GError **error)
{
    gpointer answer;

    g_return_val_if_fail(PROOFD_IS_CLIENT(self), FALSE);
    answer = run(self, call_is_running(self, error), cancellable, error);
    return is_true(answer, error);
}

void
proofd_client_is_running_async(ProofdClient *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self));
    call = call_is_running(self, &failure);
    begin(self, call, failure, proofd_client_is_running_async, cancellable, callback, user_data);
}

gboolean
proofd_client_is_running_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    return is_true(end(self, result, proofd_client_is_running_async, error), error);
}

ProofdDocument *
proofd_client_open(ProofdClient *self, const char *language, const char *text,
                   ProofdOptions *options, GCancellable *cancellable, GError **error)
{
    ProofdDocument *document;

    g_return_val_if_fail(PROOFD_IS_CLIENT(self) && text != NULL, NULL);
    document = run(self, call_open(self, language, text, options, error), cancellable, error);
    if (document != NULL)
        proofd_document_set_client(document, self);
    return document;
}

void
proofd_client_open_async(ProofdClient *self, const char *language, const char *text,
                         ProofdOptions *options, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    ProofdCall *call;

    g_return_if_fail(PROOFD_IS_CLIENT(self) && text != NULL);
    call = call_open(self, language, text, options, &failure);
    begin(self, call, failure, proofd_client_open_async, cancellable, callback, user_data);
}

ProofdDocument *
proofd_client_open_finish(ProofdClient *self, GAsyncResult *result, GError **error)
{
    ProofdDocument *document = end(self, result, proofd_client_open_async, error);

    if (document != NULL)
        proofd_document_set_client(document, self);
    return document;
}
