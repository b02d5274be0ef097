/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/reach.h"

#define A11Y_NAME "org.a11y.Bus"
#define A11Y_PATH "/org/a11y/bus"
#define STATUS "org.a11y.Status"
#define REGISTRY_NAME "org.a11y.atspi.Registry"
#define REGISTRY_PATH "/org/a11y/atspi/registry"
#define EVENT_INTERFACE "org.a11y.atspi.Event.Object"
#define RETRY_MS 2000

struct PdReach {
    PdReachFunc func;
    void *user_data;
    GDBusConnection *session;
    GDBusConnection *bus; /* NULL: not there (yet) */
    GCancellable *cancellable;
    guint retry;
    bool turned_on;
};

static const struct {
    const char *event;  /* as the registry has it */
    const char *member; /* as it comes */
    const char *detail; /* its first argument; NULL: any */
} events[] = {
    { "object:state-changed:focused", "StateChanged", "focused" },
    { "object:text-changed", "TextChanged", NULL },
    { "object:text-caret-moved", "TextCaretMoved", NULL },
};

PdRef *
pd_ref_new(const char *name, const char *path)
{
    PdRef *self = g_new0(PdRef, 1);

    self->name = g_strdup(name);
    self->path = g_strdup(path);
    return self;
}

PdRef *
pd_ref_copy(const PdRef *self)
{
    return pd_ref_new(self->name, self->path);
}

void
pd_ref_free(PdRef *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->path);
    g_free(self);
}

bool
pd_ref_equal(const PdRef *a, const PdRef *b)
{
    return a != NULL && b != NULL && g_str_equal(a->name, b->name) && g_str_equal(a->path, b->path);
}

static void connect_later(PdReach *self);

static void
on_event(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
         const char *member, GVariant *arguments, gpointer user_data)
{
    PdReach *self = user_data;
    PdRef source = { (char *)sender, (char *)path };
    PdEvent event = PD_EVENT_TEXT;

    if (g_str_equal(member, "StateChanged")) {
        gint32 is_set = 0;

        if (g_variant_n_children(arguments) < 2 ||
            !g_str_has_prefix(g_variant_get_type_string(arguments), "(si"))
            return;
        g_variant_get_child(arguments, 1, "i", &is_set);
        event = is_set ? PD_EVENT_FOCUSED : PD_EVENT_UNFOCUSED;
    } else if (g_str_equal(member, "TextCaretMoved")) {
        event = PD_EVENT_CARET;
    }
    self->func(event, &source, self->user_data);
}

static void
on_owner_changed(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                 const char *member, GVariant *arguments, gpointer user_data)
{
    PdReach *self = user_data;
    const char *name, *owner;
    PdRef source;

    if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(sss)")))
        return;
    g_variant_get(arguments, "(&s&s&s)", &name, NULL, &owner);
    if (*name != ':' || *owner != '\0')
        return;
    source = (PdRef){ (char *)name, (char *)"" };
    self->func(PD_EVENT_GONE, &source, self->user_data);
}

static void
on_closed(GDBusConnection *bus, gboolean vanished, GError *error, gpointer user_data)
{
    PdReach *self = user_data;

    g_signal_handlers_disconnect_by_data(bus, self);
    g_clear_object(&self->bus);
    connect_later(self);
}

static void
subscribe(PdReach *self)
{
    for (gsize i = 0; i < G_N_ELEMENTS(events); i++) {
        g_dbus_connection_signal_subscribe(self->bus, NULL, EVENT_INTERFACE, events[i].member, NULL,
                                           events[i].detail, G_DBUS_SIGNAL_FLAGS_NONE, on_event,
                                           self, NULL);
        g_dbus_connection_call(
            self->bus, REGISTRY_NAME, REGISTRY_PATH, REGISTRY_NAME, "RegisterEvent",
            g_variant_new("(s^ass)", events[i].event, (const char *[]){ NULL }, ""), NULL,
            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    }
    g_dbus_connection_signal_subscribe(self->bus, "org.freedesktop.DBus", "org.freedesktop.DBus",
                                       "NameOwnerChanged", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                       on_owner_changed, self, NULL);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_finish(result, &error);
    PdReach *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* @self is gone */
    if (bus == NULL) {
        connect_later(self);
        return;
    }
    self->bus = g_steal_pointer(&bus);
    g_dbus_connection_set_exit_on_close(self->bus, FALSE);
    g_signal_connect(self->bus, "closed", G_CALLBACK(on_closed), self);
    subscribe(self);
}

static void
on_address(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    PdReach *self = user_data;
    const char *address;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (reply == NULL) {
        g_debug("no accessibility bus: %s", error->message);
        connect_later(self);
        return;
    }
    g_variant_get(reply, "(&s)", &address);
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, self->cancellable, on_connected, self);
}

static void
set_status(PdReach *self, gboolean is_enabled)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        self->session, A11Y_NAME, A11Y_PATH, "org.freedesktop.DBus.Properties", "Set",
        g_variant_new("(ssv)", STATUS, "IsEnabled", g_variant_new_boolean(is_enabled)), NULL,
        G_DBUS_CALL_FLAGS_NONE, RETRY_MS, NULL, NULL);

    self->turned_on = is_enabled && reply != NULL;
}

static void
on_status(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) value = NULL;
    PdReach *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (reply != NULL) {
        g_variant_get(reply, "(v)", &value);
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) && !g_variant_get_boolean(value))
            set_status(self, TRUE);
    }
    g_dbus_connection_call(self->session, A11Y_NAME, A11Y_PATH, A11Y_NAME, "GetAddress", NULL,
                           G_VARIANT_TYPE("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                           on_address, self);
}

static void
connect_now(PdReach *self)
{
    g_dbus_connection_call(self->session, A11Y_NAME, A11Y_PATH, "org.freedesktop.DBus.Properties",
                           "Get", g_variant_new("(ss)", STATUS, "IsEnabled"), G_VARIANT_TYPE("(v)"),
                           G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_status, self);
}

static gboolean
on_retry(gpointer user_data)
{
    PdReach *self = user_data;

    self->retry = 0;
    connect_now(self);
    return G_SOURCE_REMOVE;
}

static void
connect_later(PdReach *self)
{
    if (self->retry == 0)
        self->retry = g_timeout_add(RETRY_MS, on_retry, self);
}

PdReach *
pd_reach_new(GDBusConnection *session, PdReachFunc func, void *user_data)
{
    PdReach *self = g_new0(PdReach, 1);

    self->func = func;
    self->user_data = user_data;
    self->session = g_object_ref(session);
    self->cancellable = g_cancellable_new();
    connect_now(self);
    return self;
}

void
pd_reach_free(PdReach *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->cancellable);
    g_clear_handle_id(&self->retry, g_source_remove);
    if (self->turned_on)
        set_status(self, FALSE);
    if (self->bus != NULL) { /* the registry forgets those who leave the bus */
        g_signal_handlers_disconnect_by_data(self->bus, self);
        g_dbus_connection_close(self->bus, NULL, NULL, NULL);
        g_clear_object(&self->bus);
    }
    g_object_unref(self->cancellable);
    g_object_unref(self->session);
    g_free(self);
}

GDBusConnection *
pd_reach_peek_bus(PdReach *self)
{
    return self->bus;
}
