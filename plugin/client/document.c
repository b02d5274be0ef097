/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.c - a text that is checked while it is written
 */
#include "dbus/protocol.h"
#include "plugin/client/document-private.h"
#include "plugin/client/follower.h"

struct _ProofdDocument {
    GObject parent;
    ProofdFollower *follower;
    ProofdClient *client;
};

G_DEFINE_TYPE(ProofdDocument, proofd_document, G_TYPE_OBJECT)

static void
dispose(GObject *object)
{
    ProofdDocument *self = PROOFD_DOCUMENT(object);

    if (self->follower != NULL)
        proofd_follower_close(self->follower);
    g_clear_pointer(&self->follower, proofd_follower_unref);
    g_clear_object(&self->client);
    G_OBJECT_CLASS(proofd_document_parent_class)->dispose(object);
}

static void
proofd_document_class_init(ProofdDocumentClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    g_signal_new("changed", PROOFD_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
    g_signal_new("closed", PROOFD_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void
proofd_document_init(ProofdDocument *self)
{
}

/* --- Open --- */

static gpointer
read_document(GVariant *body, const ProofdCall *call, GError **error)
{
    ProofdDocument *self = g_object_new(PROOFD_TYPE_DOCUMENT, NULL);

    self->follower = proofd_follower_of(call);
    proofd_follower_set_document(self->follower, G_OBJECT(self));
    return self;
}

ProofdCall *
proofd_document_call_open(ProofdBus *bus, GDBusMessage *message, ProofdUnit unit, size_t length)
{
    g_autoptr(ProofdFollower) follower = proofd_follower_new(bus, unit, length);
    ProofdCall *call = proofd_call_new(message, "(o)", read_document, g_object_unref, length);

    proofd_follower_watch_open(follower, call);
    return call;
}

void
proofd_document_set_client(ProofdDocument *self, ProofdClient *client)
{
    g_set_object(&self->client, client);
}

/* --- its calls --- */

static gpointer
read_done(GVariant *body, const ProofdCall *call, GError **error)
{
    return proofd_follower_was_fine(call, error) ? GINT_TO_POINTER(TRUE) : NULL;
}

/* @message: (transfer full) (nullable): else @failure, (transfer full), says why. (nullable) */
static ProofdCall *
new_call(GTask *task, GDBusMessage *message, GError *failure, const char *type, ProofdReader read,
         GDestroyNotify free_value)
{
    if (message != NULL)
        return proofd_call_new(message, type, read, free_value, 0);
    g_task_return_error(task, failure);
    g_object_unref(task);
    return NULL;
}

static void
send_call(ProofdDocument *self, ProofdCall *call, GTask *task)
{
    proofd_bus_send(self->follower->bus, call, task, proofd_client_get_deadline(self->client));
}

static gboolean
finish(ProofdDocument *self, GAsyncResult *result, gpointer tag, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    g_return_val_if_fail(g_async_result_is_tagged(result, tag), FALSE);
    return g_task_propagate_pointer(G_TASK(result), error) != NULL;
}

/* The track knows of the edit from here on. false with @error set: it must not be sent */
static bool
note_edit(ProofdFollower *follower, guint start, guint removed, const char *inserted,
          guint64 *ret_serial, GError **error)
{
    ProofdTrack *track = &follower->track;
    size_t n_inserted;
    bool fits;

    if (!proofd_request_check_string(inserted, PROOFD_ERROR_INVALID_TEXT, "inserted", error))
        return false;
    n_inserted = proofd_unit_length(follower->unit, inserted);
    g_mutex_lock(&follower->lock);
    fits = start <= track->length && removed <= track->length - start;
    if (fits) {
        proofd_track_edit(track, start, removed, n_inserted);
        *ret_serial = track->serial;
    } else {
        g_set_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION,
                    "start %u, removed %u: not in the text, which ends at %u", start, removed,
                    track->length);
    }
    g_mutex_unlock(&follower->lock);
    return fits;
}

void
proofd_document_edit_async(ProofdDocument *self, guint start, guint removed, const char *inserted,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
    g_autoptr(GDBusMessage) message = NULL;
    GError *failure = NULL;
    ProofdCall *call;
    guint64 serial = 0;
    GTask *task;

    g_return_if_fail(PROOFD_IS_DOCUMENT(self) && inserted != NULL);
    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, proofd_document_edit_async);
    message = proofd_follower_new_message(self->follower, "Edit", &failure);
    if (message != NULL && !note_edit(self->follower, start, removed, inserted, &serial, &failure))
        g_clear_object(&message);
    call = new_call(task, g_steal_pointer(&message), failure, "(uua" PD_DBUS_DOCUMENT_FINDING ")",
                    read_done, NULL);
    if (call == NULL)
        return;
    g_dbus_message_set_body(call->message,
                            g_variant_new("(tuus)", serial, start, removed, inserted));
    proofd_follower_watch_edit(self->follower, call, serial);
    send_call(self, call, task);
}

gboolean
proofd_document_edit_finish(ProofdDocument *self, GAsyncResult *result, GError **error)
{
    return finish(self, result, proofd_document_edit_async, error);
}

gboolean
proofd_document_edit(ProofdDocument *self, guint start, guint removed, const char *inserted,
                     GCancellable *cancellable, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    ProofdWait wait;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self) && inserted != NULL, FALSE);
    proofd_wait_begin(&wait);
    proofd_document_edit_async(self, start, removed, inserted, cancellable, proofd_wait_finished,
                               &wait);
    result = proofd_wait_end(&wait);
    return proofd_document_edit_finish(self, result, error);
}

GPtrArray *
proofd_document_get_findings(ProofdDocument *self)
{
    GPtrArray *findings;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self), NULL);
    g_mutex_lock(&self->follower->lock);
    findings = proofd_track_findings(&self->follower->track);
    g_mutex_unlock(&self->follower->lock);
    return findings;
}

void
proofd_document_find_all_async(ProofdDocument *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    GDBusMessage *message;
    ProofdCall *call;
    GTask *task;

    g_return_if_fail(PROOFD_IS_DOCUMENT(self));
    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, proofd_document_find_all_async);
    message = proofd_follower_new_message(self->follower, "Findings", &failure);
    call = new_call(task, message, failure, "(ta" PD_DBUS_DOCUMENT_FINDING ")", read_done, NULL);
    if (call == NULL)
        return;
    proofd_follower_watch_findings(self->follower, call);
    send_call(self, call, task);
}

GPtrArray *
proofd_document_find_all_finish(ProofdDocument *self, GAsyncResult *result, GError **error)
{
    if (!finish(self, result, proofd_document_find_all_async, error))
        return NULL;
    return proofd_document_get_findings(self);
}

GPtrArray *
proofd_document_find_all(ProofdDocument *self, GCancellable *cancellable, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    ProofdWait wait;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self), NULL);
    proofd_wait_begin(&wait);
    proofd_document_find_all_async(self, cancellable, proofd_wait_finished, &wait);
    result = proofd_wait_end(&wait);
    return proofd_document_find_all_finish(self, result, error);
}

/* Takes all but @self; @message: NULL with @failure set */
static void
send_order(ProofdDocument *self, GTask *task, GDBusMessage *message, GError *failure)
{
    ProofdCall *call = new_call(task, message, failure, "()", read_done, NULL);

    if (call == NULL)
        return;
    proofd_follower_watch_errors(self->follower, call);
    send_call(self, call, task);
}

void
proofd_document_ignore_async(ProofdDocument *self, guint64 fingerprint, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    GError *failure = NULL;
    GDBusMessage *message;
    GTask *task;

    g_return_if_fail(PROOFD_IS_DOCUMENT(self));
    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, proofd_document_ignore_async);
    message = proofd_follower_new_message(self->follower, "Ignore", &failure);
    if (message != NULL)
        g_dbus_message_set_body(message, g_variant_new("(t)", fingerprint));
    send_order(self, task, message, failure);
}

gboolean
proofd_document_ignore_finish(ProofdDocument *self, GAsyncResult *result, GError **error)
{
    return finish(self, result, proofd_document_ignore_async, error);
}

gboolean
proofd_document_ignore(ProofdDocument *self, guint64 fingerprint, GCancellable *cancellable,
                       GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    ProofdWait wait;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self), FALSE);
    proofd_wait_begin(&wait);
    proofd_document_ignore_async(self, fingerprint, cancellable, proofd_wait_finished, &wait);
    result = proofd_wait_end(&wait);
    return proofd_document_ignore_finish(self, result, error);
}

gboolean
proofd_document_ignore_finding(ProofdDocument *self, ProofdFinding *finding,
                               GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(finding != NULL, FALSE);
    return proofd_document_ignore(self, finding->fingerprint, cancellable, error);
}

void
proofd_document_ignore_finding_async(ProofdDocument *self, ProofdFinding *finding,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
    g_return_if_fail(finding != NULL);
    proofd_document_ignore_async(self, finding->fingerprint, cancellable, callback, user_data);
}

gboolean
proofd_document_ignore_finding_finish(ProofdDocument *self, GAsyncResult *result, GError **error)
{
    return proofd_document_ignore_finish(self, result, error);
}

void
proofd_document_ignore_word_async(ProofdDocument *self, const char *word, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
    GDBusMessage *message = NULL;
    GError *failure = NULL;
    GTask *task;

    g_return_if_fail(PROOFD_IS_DOCUMENT(self) && word != NULL);
    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, proofd_document_ignore_word_async);
    if (proofd_request_check_string(word, PROOFD_ERROR_INVALID_TEXT, "word", &failure))
        message = proofd_follower_new_message(self->follower, "IgnoreWord", &failure);
    if (message != NULL)
        g_dbus_message_set_body(message, g_variant_new("(s)", word));
    send_order(self, task, message, failure);
}

gboolean
proofd_document_ignore_word_finish(ProofdDocument *self, GAsyncResult *result, GError **error)
{
    return finish(self, result, proofd_document_ignore_word_async, error);
}

gboolean
proofd_document_ignore_word(ProofdDocument *self, const char *word, GCancellable *cancellable,
                            GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    ProofdWait wait;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self) && word != NULL, FALSE);
    proofd_wait_begin(&wait);
    proofd_document_ignore_word_async(self, word, cancellable, proofd_wait_finished, &wait);
    result = proofd_wait_end(&wait);
    return proofd_document_ignore_word_finish(self, result, error);
}

void
proofd_document_close(ProofdDocument *self)
{
    g_return_if_fail(PROOFD_IS_DOCUMENT(self));
    proofd_follower_close(self->follower);
}

gboolean
proofd_document_is_closed(ProofdDocument *self)
{
    gboolean closed;

    g_return_val_if_fail(PROOFD_IS_DOCUMENT(self), TRUE);
    g_mutex_lock(&self->follower->lock);
    closed = self->follower->closed;
    g_mutex_unlock(&self->follower->lock);
    return closed;
}
