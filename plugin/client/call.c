/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * call.c - calls, from their line to their end
 */
#include "dbus/protocol.h"
#include "plugin/client/bus-private.h"
#include "plugin/client/bus.h"
#include "plugin/client/error-private.h"
#include "plugin/client/request.h"

/* Asynchronous calls at work in the service; it has room for some blocking ones besides. */
#define MAX_AT_WORK (PD_MAX_CALLS_PER_CLIENT - 8)

ProofdCall *
proofd_call_new(GDBusMessage *message, const char *type, ProofdReader read,
                GDestroyNotify free_value, size_t n_units)
{
    ProofdCall *self = g_new0(ProofdCall, 1);

    self->message = message;
    self->type = type;
    self->read = read;
    self->free_value = free_value;
    self->n_units = n_units;
    return self;
}

void
proofd_call_free(ProofdCall *self)
{
    if (self == NULL)
        return;
    if (self->watch.data != NULL)
        self->watch.unref(self->watch.data);
    g_clear_pointer(&self->bus, proofd_bus_unref);
    g_object_unref(self->message);
    g_free(self);
}

static void
free_call(gpointer call)
{
    proofd_call_free(call);
}

/* --- the end of a call --- */

static void
leave_line(ProofdCall *call)
{
    if (call->cancel_source == NULL)
        return;
    g_source_destroy(call->cancel_source);
    g_clear_pointer(&call->cancel_source, g_source_unref);
}

void
proofd_call_fail(GTask *task, GError *failure)
{
    g_autoptr(GTask) ended = task;
    ProofdCall *call = g_task_get_task_data(task);

    leave_line(call);
    if (call->watch.failed != NULL)
        call->watch.failed(&failure, call->watch.data);
    g_task_return_error(ended, failure);
}

/* The caller waits no longer: the service need not go on either. */
static void
cancel_in_service(ProofdCall *call)
{
    const char *destination = g_dbus_message_get_destination(call->message);
    GDBusMessage *message;

    if (call->serial == 0 || g_str_equal(destination, BUS_NAME))
        return;
    message = proofd_request_new("Cancel", g_variant_new("(t)", (guint64)call->serial));
    g_dbus_message_set_destination(message, destination);
    proofd_bus_tell(call->bus, message);
}

static void
read_reply(GTask *task, GDBusMessage *reply)
{
    ProofdCall *call = g_task_get_task_data(task);
    GVariant *body = g_dbus_message_get_body(reply);
    const char *type = body != NULL ? g_variant_get_type_string(body) : "()";
    GError *failure = NULL;
    gpointer value;

    if (g_dbus_message_get_message_type(reply) == G_DBUS_MESSAGE_TYPE_ERROR) {
        proofd_call_fail(g_object_ref(task), proofd_error_from_reply(reply));
        return;
    }
    if (!g_str_equal(type, call->type)) {
        proofd_call_fail(g_object_ref(task),
                         g_error_new(PROOFD_ERROR, PROOFD_ERROR_PROTOCOL,
                                     "the service answered with \"%s\" where \"%s\" belongs", type,
                                     call->type));
        return;
    }
    value = call->read(body, call, &failure);
    if (failure != NULL)
        proofd_call_fail(g_object_ref(task), failure);
    else
        g_task_return_pointer(task, value, call->free_value);
}

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ProofdCall *call = g_task_get_task_data(task);
    g_autoptr(ProofdBus) bus = proofd_bus_ref(call->bus);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDBusMessage) reply = g_dbus_connection_send_message_with_reply_finish(
        G_DBUS_CONNECTION(source), result, &failure);

    if (call->counted) {
        g_mutex_lock(&bus->lock);
        bus->n_at_work--;
        g_mutex_unlock(&bus->lock);
    }
    if (reply != NULL) {
        read_reply(task, reply);
    } else {
        GError *why = proofd_error_from_bus(failure, call->deadline_ms);

        if (g_error_matches(why, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED))
            proofd_bus_drop_dead(bus);
        else
            cancel_in_service(call);
        proofd_call_fail(g_object_ref(task), why);
    }
    if (call->counted)
        proofd_bus_pump(bus);
}

/* --- the start of a call --- */

static void
set_deadline(ProofdCall *call, int deadline_ms)
{
    call->deadline_ms = deadline_ms;
    call->end_us = deadline_ms < 0 ? -1 : g_get_monotonic_time() + (gint64)deadline_ms * 1000;
}

/* For g_dbus_connection_send_message_with_reply(); 0: it is over. */
static int
ms_left(const ProofdCall *call)
{
    gint64 left_us;

    if (call->end_us < 0)
        return G_MAXINT;
    left_us = call->end_us - g_get_monotonic_time();
    return left_us <= 0 ? 0 : (int)MIN((left_us + 999) / 1000, G_MAXINT);
}

/* With the lock, so that no answer comes before its watch is there. */
static void
keep_watch(ProofdBus *self, const ProofdCall *call)
{
    ProofdWatch *watch;

    if (call->watch.answered == NULL || call->serial == 0)
        return;
    watch = g_memdup2(&call->watch, sizeof(call->watch));
    watch->ref(watch->data);
    g_hash_table_insert(self->watches, GUINT_TO_POINTER(call->serial), watch);
}

/* @task: (transfer full). In its context. */
static void
send_now(ProofdBus *self, GTask *task)
{
    ProofdCall *call = g_task_get_task_data(task);
    GCancellable *cancellable = g_task_get_cancellable(task);
    int left_ms = ms_left(call);
    bool sent;

    leave_line(call);
    g_mutex_lock(&self->lock);
    sent = self->connection != NULL && !g_dbus_connection_is_closed(self->connection);
    if (sent && call->watch.answered != NULL &&
        (left_ms == 0 || g_cancellable_is_cancelled(cancellable))) {
        /* what it changes is changed, though nobody waits for the answer */
        g_dbus_connection_send_message(self->connection, call->message,
                                       G_DBUS_SEND_MESSAGE_FLAGS_NONE, &call->serial, NULL);
        keep_watch(self, call);
        left_ms = 0;
    } else if (sent && left_ms > 0) {
        g_dbus_connection_send_message_with_reply(
            self->connection, call->message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, left_ms, &call->serial,
            cancellable, on_reply, g_object_ref(task));
        keep_watch(self, call);
    }
    if ((!sent || left_ms == 0) && call->counted) {
        self->n_at_work--;
        call->counted = false;
    }
    g_mutex_unlock(&self->lock);
    if (!sent) {
        proofd_call_fail(task, proofd_error_gone("the session bus"));
    } else if (left_ms == 0) {
        cancel_in_service(call);
        proofd_call_fail(
            task, g_cancellable_is_cancelled(cancellable)
                      ? g_error_new_literal(PROOFD_ERROR, PROOFD_ERROR_CANCELLED, "cancelled")
                      : g_error_new(PROOFD_ERROR, PROOFD_ERROR_TIMED_OUT,
                                    "no answer after %d milliseconds", call->deadline_ms));
    } else {
        g_object_unref(task);
    }
}

static gboolean
send_in_context(gpointer data)
{
    GTask *task = data;
    ProofdCall *call = g_task_get_task_data(task);
    g_autoptr(ProofdBus) bus = proofd_bus_ref(call->bus);

    send_now(bus, g_object_ref(task));
    proofd_bus_pump(bus);
    return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_in_line(GCancellable *cancellable, gpointer user_data)
{
    GTask *task = user_data;
    ProofdCall *call = g_task_get_task_data(task);
    bool waited;

    g_mutex_lock(&call->bus->lock);
    waited = g_queue_remove(&call->bus->waiting, task);
    g_mutex_unlock(&call->bus->lock);
    if (waited) /* else it is about to be sent, which sees it too */
        proofd_call_fail(task,
                         g_error_new_literal(PROOFD_ERROR, PROOFD_ERROR_CANCELLED, "cancelled"));
    return G_SOURCE_REMOVE;
}

void
proofd_bus_pump(ProofdBus *self)
{
    bool connect = false;

    g_mutex_lock(&self->lock);
    while (self->connection != NULL && self->n_at_work < MAX_AT_WORK &&
           !g_queue_is_empty(&self->waiting)) {
        GTask *task = g_queue_pop_head(&self->waiting);

        self->n_at_work++;
        ((ProofdCall *)g_task_get_task_data(task))->counted = true;
        proofd_run_in(g_task_get_context(task), send_in_context, task, g_object_unref);
    }
    if (self->connection == NULL && !self->connecting && !g_queue_is_empty(&self->waiting)) {
        self->connecting = true;
        connect = true;
    }
    g_mutex_unlock(&self->lock);
    if (connect)
        proofd_bus_start_connecting(self);
}

/* @call: (transfer full) */
static void
prepare(ProofdBus *self, ProofdCall *call, GTask *task, int deadline_ms)
{
    call->bus = proofd_bus_ref(self);
    set_deadline(call, deadline_ms);
    g_task_set_task_data(task, call, free_call);
    g_task_set_check_cancellable(task, FALSE); /* its end says more than "cancelled" */
}

void
proofd_bus_queue(ProofdBus *self, ProofdCall *call, GTask *task, int deadline_ms)
{
    GCancellable *cancellable = g_task_get_cancellable(task);
    bool at_once;

    prepare(self, call, task, deadline_ms);
    proofd_bus_drop_dead(self);
    g_mutex_lock(&self->lock);
    at_once = self->connection != NULL && self->n_at_work < MAX_AT_WORK &&
              g_queue_is_empty(&self->waiting);
    if (at_once) {
        self->n_at_work++;
        call->counted = true;
    } else {
        g_queue_push_tail(&self->waiting, task);
        if (cancellable != NULL) {
            call->cancel_source = g_cancellable_source_new(cancellable);
            g_task_attach_source(task, call->cancel_source, G_SOURCE_FUNC(on_cancelled_in_line));
        }
    }
    g_mutex_unlock(&self->lock);
    if (at_once)
        send_now(self, task);
    else
        proofd_bus_pump(self);
}

void
proofd_bus_send(ProofdBus *self, ProofdCall *call, GTask *task, int deadline_ms)
{
    prepare(self, call, task, deadline_ms);
    send_now(self, task);
}

/* --- blocking --- */

void
proofd_wait_begin(ProofdWait *self)
{
    self->context = g_main_context_new();
    self->result = NULL;
    g_main_context_push_thread_default(self->context);
}

void
proofd_wait_finished(GObject *source, GAsyncResult *result, gpointer wait)
{
    ((ProofdWait *)wait)->result = g_object_ref(result);
}

GAsyncResult *
proofd_wait_end(ProofdWait *self)
{
    while (self->result == NULL)
        g_main_context_iteration(self->context, TRUE);
    g_main_context_pop_thread_default(self->context);
    g_main_context_unref(self->context);
    return self->result;
}
