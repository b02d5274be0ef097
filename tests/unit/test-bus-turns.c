/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls on a private bus, and clients that leave before it is their turn. */
#include "daemon/bus-object.h"
#include "daemon/bus-source.h"
#include "daemon/bus-turns.h"

#include <gio/gio.h>
#include <glib.h>

#define MAX_ROUNDS 6 /* of the main loop, between a call's arrival and its turn */

typedef struct {
    DBusConnection *bus;
    PdBusTurns *turns;
    GSource *leaver;
    char *client;
    int rounds; /* until the client is forgotten; below 0: no call has come */
} Bench;

static DBusHandlerResult
on_message(DBusConnection *bus, DBusMessage *message, void *user_data)
{
    Bench *self = user_data;

    if (dbus_message_get_type(message) == DBUS_MESSAGE_TYPE_METHOD_CALL && self->client == NULL)
        self->client = g_strdup(dbus_message_get_sender(message));
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

/* In every round, before the turns: their source is ready, or not. */
static gboolean
on_round(gpointer user_data)
{
    Bench *self = user_data;

    if (self->client != NULL && self->rounds-- == 0)
        pd_bus_turns_forget(self->turns, self->client);
    return G_SOURCE_CONTINUE;
}

static DBusConnection *
connect_to(const char *address)
{
    DBusConnection *bus = dbus_connection_open_private(address, NULL);

    g_assert_nonnull(bus);
    g_assert_true(dbus_bus_register(bus, NULL));
    dbus_connection_set_exit_on_disconnect(bus, FALSE);
    return bus;
}

static void
disconnect(DBusConnection *bus)
{
    dbus_connection_close(bus);
    dbus_connection_unref(bus);
}

/* The client's call is forgotten so many rounds after it came. */
static void
leave_after(const char *address, int rounds)
{
    Bench self = { .bus = connect_to(address), .rounds = rounds };
    DBusConnection *client = connect_to(address);
    g_autoptr(PdBusSource) source = NULL;
    g_autoptr(DBusMessage) call =
        dbus_message_new_method_call(dbus_bus_get_unique_name(self.bus), "/", "a.b", "C");

    self.leaver = g_idle_source_new();
    g_source_set_priority(self.leaver, G_PRIORITY_DEFAULT);
    g_source_set_callback(self.leaver, on_round, &self, NULL);
    g_source_attach(self.leaver, NULL);
    g_assert_true(dbus_connection_add_filter(self.bus, on_message, &self, NULL));
    source = pd_bus_source_new(self.bus);
    self.turns = pd_bus_turns_new(self.bus);
    g_assert_true(dbus_connection_send(client, call, NULL));
    dbus_connection_flush(client);
    while (self.client == NULL || self.rounds >= -MAX_ROUNDS)
        g_main_context_iteration(NULL, TRUE);

    g_source_destroy(self.leaver);
    g_source_unref(self.leaver);
    pd_bus_turns_free(self.turns);
    dbus_connection_remove_filter(self.bus, on_message, &self);
    pd_bus_source_free(g_steal_pointer(&source));
    disconnect(self.bus);
    disconnect(client);
    g_free(self.client);
}

static void
test_leaving(void)
{
    GTestDBus *daemon = g_test_dbus_new(G_TEST_DBUS_NONE);

    g_test_dbus_up(daemon);
    for (int rounds = 0; rounds < MAX_ROUNDS; rounds++)
        leave_after(g_test_dbus_get_bus_address(daemon), rounds);
    g_test_dbus_down(daemon);
    g_object_unref(daemon);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bus-turns/leaving", test_leaving);
    return g_test_run();
}
