/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/bus.h"

#include "dbus/protocol.h"
#include "plugin/client/bus-private.h"
#include "plugin/client/error-private.h"

typedef struct {
    char *owner;
    const ProofdListener *listener;
    gpointer data;
} Listener;

static void
free_listener(gpointer data)
{
    Listener *self = data;

    self->listener->unref(self->data);
    g_free(self->owner);
    g_free(self);
}

static void
free_watch(gpointer data)
{
    ProofdWatch *self = data;

    self->unref(self->data);
    g_free(self);
}

ProofdBus *
proofd_bus_new(const char *address, GMainContext *context, GObject *owner,
               void (*words_changed)(GObject *owner))
{
    ProofdBus *self = g_new0(ProofdBus, 1);

    g_atomic_ref_count_init(&self->n_owners);
    self->address = g_strdup(address);
    self->context = g_main_context_ref(context);
    g_weak_ref_init(&self->owner, owner);
    self->words_changed = words_changed;
    g_mutex_init(&self->lock);
    g_queue_init(&self->waiting);
    self->watches = g_hash_table_new_full(NULL, NULL, NULL, free_watch);
    self->listeners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_listener);
    return self;
}

ProofdBus *
proofd_bus_ref(ProofdBus *self)
{
    g_atomic_ref_count_inc(&self->n_owners);
    return self;
}

static void
unref_bus(gpointer self)
{
    proofd_bus_unref(self);
}

static void
unref_bus_closure(gpointer self, GClosure *unused)
{
    proofd_bus_unref(self);
}

void
proofd_bus_unref(ProofdBus *self)
{
    if (!g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_clear_object(&self->connection);
    g_hash_table_unref(self->watches);
    g_hash_table_unref(self->listeners);
    g_weak_ref_clear(&self->owner);
    g_main_context_unref(self->context);
    g_mutex_clear(&self->lock);
    g_free(self->address);
    g_free(self);
}

GMainContext *
proofd_bus_context(ProofdBus *self)
{
    return self->context;
}

/* --- the connection --- */

/* With the lock. (transfer full) (nullable): listeners to be told, without the lock. */
static GHashTable *
drop_connection(ProofdBus *self)
{
    GHashTable *gone = self->listeners;

    if (self->connection == NULL)
        return NULL;
    g_dbus_connection_remove_filter(self->connection, self->filter);
    g_signal_handlers_disconnect_by_data(self->connection, self);
    g_clear_object(&self->connection);
    g_hash_table_remove_all(self->watches);
    self->listeners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_listener);
    return gone;
}

static void
tell_gone(GHashTable *gone)
{
    GHashTableIter iter;
    gpointer value;

    if (gone == NULL)
        return;
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        ((Listener *)value)->listener->gone(((Listener *)value)->data);
    g_hash_table_unref(gone);
}

void
proofd_bus_drop_dead(ProofdBus *self)
{
    GHashTable *gone = NULL;

    g_mutex_lock(&self->lock);
    if (self->connection != NULL && g_dbus_connection_is_closed(self->connection))
        gone = drop_connection(self);
    g_mutex_unlock(&self->lock);
    tell_gone(gone);
}

void
proofd_bus_close(ProofdBus *self)
{
    g_autoptr(GDBusConnection) connection = NULL;
    GHashTable *gone;

    g_mutex_lock(&self->lock);
    connection = self->connection != NULL ? g_object_ref(self->connection) : NULL;
    gone = drop_connection(self);
    g_mutex_unlock(&self->lock);
    tell_gone(gone);
    if (connection != NULL && !g_dbus_connection_is_closed(connection))
        g_dbus_connection_close(connection, NULL, NULL, NULL);
}

static void
on_closed(GDBusConnection *connection, gboolean remote, GError *why, gpointer self)
{
    proofd_bus_drop_dead(self);
    proofd_bus_pump(self);
}

static gboolean
tell_words_changed(gpointer data)
{
    ProofdBus *self = data;
    g_autoptr(GObject) owner = g_weak_ref_get(&self->owner);

    if (owner != NULL)
        self->words_changed(owner);
    return G_SOURCE_REMOVE;
}

void
proofd_run_in(GMainContext *context, GSourceFunc function, gpointer data, GDestroyNotify free_data)
{
    g_autoptr(GSource) source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, function, data, free_data);
    g_source_attach(source, context);
}

/* The service's name has another owner: those who listened to objects of the old one are told. */
static void
on_name_owner_changed(ProofdBus *self, GDBusMessage *message)
{
    GVariant *body = g_dbus_message_get_body(message);
    const char *name, *old, *new;
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(free_listener);
    GHashTableIter iter;
    gpointer path, value;

    if (body == NULL || !g_variant_is_of_type(body, G_VARIANT_TYPE("(sss)")))
        return;
    g_variant_get(body, "(&s&s&s)", &name, &old, &new);
    if (!g_str_equal(name, PD_DBUS_NAME))
        return;
    g_mutex_lock(&self->lock);
    g_hash_table_iter_init(&iter, self->listeners);
    while (g_hash_table_iter_next(&iter, &path, &value)) {
        if (!g_str_equal(((Listener *)value)->owner, old))
            continue;
        g_hash_table_iter_steal(&iter);
        g_free(path);
        g_ptr_array_add(gone, value);
    }
    g_mutex_unlock(&self->lock);
    for (guint i = 0; i < gone->len; i++) {
        Listener *listener = g_ptr_array_index(gone, i);

        listener->listener->gone(listener->data);
    }
}

static void
on_object_signal(ProofdBus *self, GDBusMessage *message)
{
    const char *path = g_dbus_message_get_path(message);
    const ProofdListener *listener = NULL;
    gpointer data = NULL;
    Listener *found;

    g_mutex_lock(&self->lock);
    found = g_hash_table_lookup(self->listeners, path);
    if (found != NULL && g_strcmp0(found->owner, g_dbus_message_get_sender(message)) == 0) {
        listener = found->listener;
        data = listener->ref(found->data);
    }
    g_mutex_unlock(&self->lock);
    if (listener == NULL)
        return;
    listener->signal(message, data);
    listener->unref(data);
}

static void
on_signal(ProofdBus *self, GDBusMessage *message)
{
    const char *interface = g_dbus_message_get_interface(message);
    const char *member = g_dbus_message_get_member(message);

    if (g_str_equal(interface, PD_DBUS_DOCUMENT_INTERFACE))
        on_object_signal(self, message);
    else if (g_str_equal(interface, PD_DBUS_INTERFACE) && g_str_equal(member, "WordsChanged"))
        proofd_run_in(self->context, tell_words_changed, proofd_bus_ref(self), unref_bus);
    else if (g_strcmp0(g_dbus_message_get_sender(message), BUS_NAME) == 0 &&
             g_str_equal(interface, BUS_NAME) && g_str_equal(member, "NameOwnerChanged"))
        on_name_owner_changed(self, message);
}

static void
on_answer(ProofdBus *self, GDBusMessage *message)
{
    gpointer serial = GUINT_TO_POINTER(g_dbus_message_get_reply_serial(message));
    ProofdWatch *watch = NULL;

    g_mutex_lock(&self->lock);
    g_hash_table_steal_extended(self->watches, serial, NULL, (gpointer *)&watch);
    g_mutex_unlock(&self->lock);
    if (watch == NULL)
        return;
    watch->answered(message, watch->data);
    free_watch(watch);
}

/* In GDBus' thread, in the order of the wire. */
static GDBusMessage *
on_message(GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
           gpointer user_data)
{
    ProofdBus *self = user_data;
    bool ours;

    if (!incoming)
        return message;
    g_mutex_lock(&self->lock);
    ours = connection == self->connection;
    g_mutex_unlock(&self->lock);
    if (!ours)
        return message;
    switch (g_dbus_message_get_message_type(message)) {
    case G_DBUS_MESSAGE_TYPE_SIGNAL:
        on_signal(self, message);
        g_object_unref(message);
        return NULL;
    case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
    case G_DBUS_MESSAGE_TYPE_ERROR:
        on_answer(self, message);
        return message;
    case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
    case G_DBUS_MESSAGE_TYPE_INVALID:
    default:
        return message;
    }
}

static void
tell_connection(GDBusConnection *connection, GDBusMessage *message)
{
    g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED |
                                          G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
    g_dbus_connection_send_message(connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    g_object_unref(message);
}

static void
add_match(GDBusConnection *connection, const char *rule)
{
    GDBusMessage *message =
        g_dbus_message_new_method_call(BUS_NAME, BUS_PATH, BUS_NAME, "AddMatch");

    g_dbus_message_set_body(message, g_variant_new("(s)", rule));
    tell_connection(connection, message);
}

/* @connection: (transfer full): a new one; left again where another came first. */
static void
install(ProofdBus *self, GDBusConnection *connection)
{
    g_autoptr(GDBusConnection) fresh = connection;
    bool used;

    proofd_bus_drop_dead(self);
    g_mutex_lock(&self->lock);
    used = self->connection == NULL;
    if (used) {
        self->connection = g_object_ref(fresh);
        g_dbus_connection_set_exit_on_close(fresh, FALSE);
        self->filter =
            g_dbus_connection_add_filter(fresh, on_message, proofd_bus_ref(self), unref_bus);
        g_signal_connect_data(fresh, "closed", G_CALLBACK(on_closed), proofd_bus_ref(self),
                              unref_bus_closure, 0);
        add_match(fresh, "type='signal',sender='" PD_DBUS_NAME "',interface='" PD_DBUS_INTERFACE
                         "',member='WordsChanged'");
        add_match(fresh, "type='signal',sender='" BUS_NAME "',interface='" BUS_NAME
                         "',member='NameOwnerChanged',arg0='" PD_DBUS_NAME "'");
    }
    g_mutex_unlock(&self->lock);
    if (!used)
        g_dbus_connection_close(fresh, NULL, NULL, NULL);
}

#define CONNECTION_FLAGS \
    (G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION)

static GError *
no_bus(const GError *failure)
{
    g_assert(failure != NULL);
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return g_error_new_literal(PROOFD_ERROR, PROOFD_ERROR_CANCELLED, "cancelled");
    return g_error_new(PROOFD_ERROR, PROOFD_ERROR_NO_BUS, "no session bus: %s", failure->message);
}

static char *
find_address(ProofdBus *self, GError **error)
{
    if (self->address != NULL)
        return g_strdup(self->address);
    return g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, NULL, error);
}

static bool
is_connected(ProofdBus *self)
{
    bool connected;

    proofd_bus_drop_dead(self);
    g_mutex_lock(&self->lock);
    connected = self->connection != NULL;
    g_mutex_unlock(&self->lock);
    return connected;
}

bool
proofd_bus_connect(ProofdBus *self, GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *address = NULL;
    GDBusConnection *connection = NULL;

    if (is_connected(self))
        return true;
    address = find_address(self, &failure);
    if (address != NULL)
        connection = g_dbus_connection_new_for_address_sync(address, CONNECTION_FLAGS, NULL,
                                                            cancellable, &failure);
    if (connection == NULL) {
        g_propagate_error(error, no_bus(failure));
        return false;
    }
    install(self, connection);
    proofd_bus_pump(self);
    return true;
}

/* @connection: (transfer full) (nullable): else @failure says why there is none */
static void
end_connecting(ProofdBus *self, GDBusConnection *connection, const GError *failure)
{
    GQueue failed = G_QUEUE_INIT;
    GTask *task;

    if (connection != NULL)
        install(self, connection);
    g_mutex_lock(&self->lock);
    self->connecting = false;
    if (self->connection == NULL && connection == NULL) {
        failed = self->waiting;
        g_queue_init(&self->waiting);
    }
    g_mutex_unlock(&self->lock);
    while ((task = g_queue_pop_head(&failed)) != NULL)
        proofd_call_fail(task, no_bus(failure));
    proofd_bus_pump(self);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ProofdBus) self = user_data;
    g_autoptr(GError) failure = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_finish(result, &failure);

    end_connecting(self, connection, failure);
}

void
proofd_bus_start_connecting(ProofdBus *self)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *address = find_address(self, &failure);

    if (address == NULL)
        end_connecting(self, NULL, failure);
    else
        g_dbus_connection_new_for_address(address, CONNECTION_FLAGS, NULL, NULL, on_connected,
                                          proofd_bus_ref(self));
}

void
proofd_bus_tell(ProofdBus *self, GDBusMessage *message)
{
    g_autoptr(GDBusConnection) connection = NULL;

    g_mutex_lock(&self->lock);
    if (self->connection != NULL)
        connection = g_object_ref(self->connection);
    g_mutex_unlock(&self->lock);
    if (connection != NULL)
        tell_connection(connection, message);
    else
        g_object_unref(message);
}

void
proofd_bus_listen(ProofdBus *self, const char *owner, const char *path,
                  const ProofdListener *listener, gpointer data)
{
    Listener *entry = g_new0(Listener, 1);

    entry->owner = g_strdup(owner);
    entry->listener = listener;
    entry->data = listener->ref(data);
    g_mutex_lock(&self->lock);
    g_hash_table_replace(self->listeners, g_strdup(path), entry);
    g_mutex_unlock(&self->lock);
}

void
proofd_bus_ignore(ProofdBus *self, const char *path)
{
    Listener *entry = NULL;
    char *key = NULL;

    g_mutex_lock(&self->lock);
    g_hash_table_steal_extended(self->listeners, path, (gpointer *)&key, (gpointer *)&entry);
    g_mutex_unlock(&self->lock);
    g_free(key);
    if (entry != NULL)
        free_listener(entry);
}
