/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-name.h"
#include "daemon/bus-object.h"
#include "dbus/protocol.h"

#include <gio/gio.h>

/*
 * All clients that leave: a rule for one client, added with its first call, would come too late
 * for those that leave at once.
 */
#define VANISHED_RULE                                                    \
    "type='signal',sender='" DBUS_SERVICE_DBUS "',path='" DBUS_PATH_DBUS \
    "',interface='" DBUS_INTERFACE_DBUS "',member='NameOwnerChanged',arg2=''"
#define ANSWER_MS 1000

struct PdBusName {
    DBusConnection *bus;
    void (*vanished)(const char *client, void *user_data);
    void (*lost)(void *user_data);
    void *user_data;
    bool releasing; /* NameLost comes by our own wish */
};

static void
on_owner_changed(PdBusName *self, DBusMessage *message)
{
    const char *name, *before, *now;

    if (dbus_message_get_args(message, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_STRING, &before,
                              DBUS_TYPE_STRING, &now, DBUS_TYPE_INVALID) &&
        *name == ':' && *now == '\0')
        self->vanished(name, self->user_data);
}

static bool
is_our_name(DBusMessage *message)
{
    const char *name;

    return dbus_message_get_args(message, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID) &&
           g_str_equal(name, PD_DBUS_NAME);
}

static DBusHandlerResult
on_message(DBusConnection *bus, DBusMessage *message, void *user_data)
{
    PdBusName *self = user_data;

    if (dbus_message_is_signal(message, DBUS_INTERFACE_LOCAL, "Disconnected")) {
        g_debug("the bus is gone");
        self->lost(self->user_data);
    } else if (!dbus_message_has_sender(message, DBUS_SERVICE_DBUS)) {
        return DBUS_HANDLER_RESULT_NOT_YET_HANDLED; /* anyone may send signals */
    } else if (dbus_message_is_signal(message, DBUS_INTERFACE_DBUS, "NameOwnerChanged")) {
        on_owner_changed(self, message);
    } else if (dbus_message_is_signal(message, DBUS_INTERFACE_DBUS, "NameLost") &&
               !self->releasing && is_our_name(message)) {
        g_message("another instance took the name %s", PD_DBUS_NAME);
        self->lost(self->user_data);
    }
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

static bool
set_bus_error(GError **error, DBusError *bus_error, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what,
                bus_error->message != NULL ? bus_error->message : "unknown reason");
    dbus_error_free(bus_error);
    return false;
}

static bool
connect_bus(PdBusName *self, GError **error)
{
    DBusError bus_error = DBUS_ERROR_INIT;

    self->bus = dbus_bus_get_private(DBUS_BUS_SESSION, &bus_error);
    if (self->bus == NULL)
        return set_bus_error(error, &bus_error, "cannot connect to the session bus");
    dbus_connection_set_exit_on_disconnect(self->bus, FALSE);
    pd_bus_need(dbus_connection_add_filter(self->bus, on_message, self, NULL));
    dbus_bus_add_match(self->bus, VANISHED_RULE, &bus_error);
    if (dbus_error_is_set(&bus_error))
        return set_bus_error(error, &bus_error, "cannot watch the session bus");
    return true;
}

PdBusName *
pd_bus_name_connect(void (*vanished)(const char *client, void *user_data),
                    void (*lost)(void *user_data), void *user_data, GError **error)
{
    g_autoptr(PdBusName) self = g_new0(PdBusName, 1);

    self->vanished = vanished;
    self->lost = lost;
    self->user_data = user_data;
    return connect_bus(self, error) ? g_steal_pointer(&self) : NULL;
}

void
pd_bus_name_free(PdBusName *self)
{
    if (self == NULL)
        return;
    if (self->bus != NULL) {
        dbus_connection_remove_filter(self->bus, on_message, self);
        dbus_connection_close(self->bus);
        dbus_connection_unref(self->bus);
    }
    g_free(self);
}

DBusConnection *
pd_bus_name_connection(PdBusName *self)
{
    return self->bus;
}

static uint32_t
owner_pid(DBusConnection *bus)
{
    const char *name = PD_DBUS_NAME;
    g_autoptr(DBusMessage) call = dbus_message_new_method_call(
        DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "GetConnectionUnixProcessID");
    g_autoptr(DBusMessage) reply = NULL;
    dbus_uint32_t pid = 0;

    dbus_message_append_args(call, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID);
    reply = dbus_connection_send_with_reply_and_block(bus, call, ANSWER_MS, NULL);
    if (reply != NULL)
        dbus_message_get_args(reply, NULL, DBUS_TYPE_UINT32, &pid, DBUS_TYPE_INVALID);
    return pid;
}

bool
pd_bus_name_request(PdBusName *self, bool replace, GError **error)
{
    unsigned flags = DBUS_NAME_FLAG_ALLOW_REPLACEMENT | DBUS_NAME_FLAG_DO_NOT_QUEUE;
    DBusError bus_error = DBUS_ERROR_INIT;
    int got;

    if (replace)
        flags |= DBUS_NAME_FLAG_REPLACE_EXISTING;
    got = dbus_bus_request_name(self->bus, PD_DBUS_NAME, flags, &bus_error);
    if (got < 0)
        return set_bus_error(error, &bus_error, "cannot take the name " PD_DBUS_NAME);
    if (got != DBUS_REQUEST_NAME_REPLY_EXISTS)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                "another instance, process %u, has the name %s%s", owner_pid(self->bus),
                PD_DBUS_NAME, replace ? ", and keeps it" : "; --replace takes it over");
    return false;
}

void
pd_bus_name_release(PdBusName *self)
{
    self->releasing = true;
    dbus_bus_release_name(self->bus, PD_DBUS_NAME, NULL);
    while (dbus_connection_dispatch(self->bus) == DBUS_DISPATCH_DATA_REMAINS)
        continue;
    self->releasing = false;
}

void
pd_bus_name_flush(PdBusName *self)
{
    if (self != NULL)
        dbus_connection_flush(self->bus);
}
