/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-source.h"

#include <glib-unix.h>
#include <stdbool.h>

#define MAX_MESSAGES 64 /* handed out in one turn: to handle calls is the affair of PdBusTurns */

struct PdBusSource {
    DBusConnection *bus;
    GMainContext *context;
    GSource *messages;
};

typedef struct {
    GSource source;
    DBusConnection *bus; /* borrowed from the PdBusSource, which destroys this source first */
} MessageSource;

/* What a watch or a timeout carries as its data: the source while it is enabled. */
typedef struct {
    PdBusSource *owner;
    GSource *source;
} Attached;

static bool
has_messages(GSource *source)
{
    const MessageSource *self = (const MessageSource *)source;

    return dbus_connection_get_dispatch_status(self->bus) == DBUS_DISPATCH_DATA_REMAINS;
}

static gboolean
messages_prepare(GSource *source, int *timeout_ms)
{
    *timeout_ms = -1;
    return has_messages(source);
}

static gboolean
messages_check(GSource *source)
{
    return has_messages(source);
}

static gboolean
messages_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    DBusConnection *bus = dbus_connection_ref(((MessageSource *)source)->bus);

    for (unsigned n = 0; n < MAX_MESSAGES; n++)
        if (dbus_connection_dispatch(bus) != DBUS_DISPATCH_DATA_REMAINS)
            break;
    dbus_connection_unref(bus);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs message_funcs = {
    .prepare = messages_prepare,
    .check = messages_check,
    .dispatch = messages_dispatch,
};

static void
detach(Attached *attached)
{
    if (attached == NULL || attached->source == NULL)
        return;
    g_source_destroy(attached->source);
    g_clear_pointer(&attached->source, g_source_unref);
}

static void
attached_free(void *data)
{
    Attached *attached = data;

    detach(attached);
    g_free(attached);
}

static void
attach(Attached *attached, GSource *source, GSourceFunc callback, void *data)
{
    attached->source = source;
    g_source_set_callback(source, callback, data, NULL);
    g_source_attach(source, attached->owner->context);
}

static gboolean
on_fd(int fd, GIOCondition condition, gpointer data)
{
    DBusWatch *watch = data;
    unsigned flags = 0;

    if (condition & G_IO_IN)
        flags |= DBUS_WATCH_READABLE;
    if (condition & G_IO_OUT)
        flags |= DBUS_WATCH_WRITABLE;
    if (condition & G_IO_ERR)
        flags |= DBUS_WATCH_ERROR;
    if (condition & G_IO_HUP)
        flags |= DBUS_WATCH_HANGUP;
    dbus_watch_handle(watch, flags); /* may free @watch and destroy this source */
    return G_SOURCE_CONTINUE;
}

static void
toggle_watch(DBusWatch *watch, void *data)
{
    Attached *attached = dbus_watch_get_data(watch);
    unsigned flags = dbus_watch_get_flags(watch);
    GIOCondition condition = G_IO_ERR | G_IO_HUP;

    detach(attached);
    if (!dbus_watch_get_enabled(watch))
        return;
    if (flags & DBUS_WATCH_READABLE)
        condition |= G_IO_IN;
    if (flags & DBUS_WATCH_WRITABLE)
        condition |= G_IO_OUT;
    attach(attached, g_unix_fd_source_new(dbus_watch_get_unix_fd(watch), condition),
           G_SOURCE_FUNC(on_fd), watch);
}

static dbus_bool_t
add_watch(DBusWatch *watch, void *data)
{
    Attached *attached = g_new0(Attached, 1);

    attached->owner = data;
    dbus_watch_set_data(watch, attached, attached_free);
    toggle_watch(watch, data);
    return TRUE;
}

static void
remove_watch(DBusWatch *watch, void *data)
{
    detach(dbus_watch_get_data(watch));
}

static gboolean
on_timeout(gpointer data)
{
    dbus_timeout_handle(data);
    return G_SOURCE_CONTINUE;
}

static void
toggle_timeout(DBusTimeout *timeout, void *data)
{
    Attached *attached = dbus_timeout_get_data(timeout);

    detach(attached);
    if (dbus_timeout_get_enabled(timeout))
        attach(attached, g_timeout_source_new((unsigned)dbus_timeout_get_interval(timeout)),
               on_timeout, timeout);
}

static dbus_bool_t
add_timeout(DBusTimeout *timeout, void *data)
{
    Attached *attached = g_new0(Attached, 1);

    attached->owner = data;
    dbus_timeout_set_data(timeout, attached, attached_free);
    toggle_timeout(timeout, data);
    return TRUE;
}

static void
remove_timeout(DBusTimeout *timeout, void *data)
{
    detach(dbus_timeout_get_data(timeout));
}

static void
wake_up(void *data)
{
    PdBusSource *self = data;

    g_main_context_wakeup(self->context);
}

PdBusSource *
pd_bus_source_new(DBusConnection *bus)
{
    PdBusSource *self = g_new0(PdBusSource, 1);

    g_assert(bus != NULL);
    self->bus = dbus_connection_ref(bus);
    self->context = g_main_context_ref_thread_default();
    self->messages = g_source_new(&message_funcs, sizeof(MessageSource));
    ((MessageSource *)self->messages)->bus = bus;
    g_source_attach(self->messages, self->context);
    if (!dbus_connection_set_watch_functions(bus, add_watch, remove_watch, toggle_watch, self,
                                             NULL) ||
        !dbus_connection_set_timeout_functions(bus, add_timeout, remove_timeout, toggle_timeout,
                                               self, NULL))
        g_error("out of memory"); /* what g_malloc() does too */
    dbus_connection_set_wakeup_main_function(bus, wake_up, self, NULL);
    return self;
}

void
pd_bus_source_free(PdBusSource *self)
{
    if (self == NULL)
        return;
    dbus_connection_set_wakeup_main_function(self->bus, NULL, NULL, NULL);
    /* setting no functions calls the old remove functions for all watches and timeouts */
    dbus_connection_set_watch_functions(self->bus, NULL, NULL, NULL, NULL, NULL);
    dbus_connection_set_timeout_functions(self->bus, NULL, NULL, NULL, NULL, NULL);
    g_source_destroy(self->messages);
    g_source_unref(self->messages);
    g_main_context_unref(self->context);
    dbus_connection_unref(self->bus);
    g_free(self);
}
