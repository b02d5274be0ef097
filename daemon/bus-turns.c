/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-turns.h"
#include "daemon/bus-object.h"

#include <stdbool.h>

/* libdbus reads some kB at a time. Reading goes on while it brings calls, since one of a client
 * that has waited for none may be among them, but not for ever. */
#define MAX_LISTENING 100

struct PdBusTurns {
    DBusConnection *bus;
    GHashTable *calls; /* client -> GQueue of DBusMessage; none is empty */
    GQueue ring;       /* of clients, borrowed from @calls */
    GSource *source;
    bool heard; /* calls came since the source was last asked */
    unsigned n_listened;
};

typedef struct {
    GSource source;
    PdBusTurns *turns; /* borrowed: destroys this source first */
} TurnSource;

static DBusMessage *
take_next(PdBusTurns *self)
{
    char *client = g_queue_pop_head(&self->ring);
    GQueue *calls = g_hash_table_lookup(self->calls, client);
    DBusMessage *call = g_queue_pop_head(calls);

    if (g_queue_is_empty(calls))
        g_hash_table_remove(self->calls, client);
    else
        g_queue_push_tail(&self->ring, client);
    return call;
}

static void
handle_next(PdBusTurns *self)
{
    g_autoptr(DBusMessage) call = take_next(self);

    pd_object_handle(self->bus, call);
}

static gboolean
prepare(GSource *source, int *timeout_ms)
{
    PdBusTurns *self = ((TurnSource *)source)->turns;
    const bool waits = !g_queue_is_empty(&self->ring);
    const bool listens = waits && self->heard && self->n_listened < MAX_LISTENING;

    self->heard = false;
    self->n_listened = listens ? self->n_listened + 1 : 0;
    *timeout_ms = listens ? 0 : -1;
    return waits && !listens;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    PdBusTurns *self = ((TurnSource *)source)->turns;

    if (!g_queue_is_empty(&self->ring)) /* a source before this one may have forgotten the client */
        handle_next(self);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {
    .prepare = prepare,
    .dispatch = dispatch,
};

static void
calls_free(gpointer data)
{
    g_queue_free_full(data, (GDestroyNotify)dbus_message_unref);
}

static DBusHandlerResult
on_message(DBusConnection *bus, DBusMessage *message, void *user_data)
{
    PdBusTurns *self = user_data;
    const char *sender = dbus_message_get_sender(message);
    GQueue *calls;

    if (dbus_message_get_type(message) != DBUS_MESSAGE_TYPE_METHOD_CALL)
        return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
    sender = sender != NULL ? sender : "";
    calls = g_hash_table_lookup(self->calls, sender);
    if (calls == NULL) {
        char *client = g_strdup(sender);

        calls = g_queue_new();
        g_hash_table_insert(self->calls, client, calls);
        g_queue_push_tail(&self->ring, client);
    }
    g_queue_push_tail(calls, dbus_message_ref(message));
    self->heard = true;
    return DBUS_HANDLER_RESULT_HANDLED;
}

PdBusTurns *
pd_bus_turns_new(DBusConnection *bus)
{
    PdBusTurns *self = g_new0(PdBusTurns, 1);

    g_assert(bus != NULL);
    self->bus = bus;
    self->calls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, calls_free);
    self->source = g_source_new(&funcs, sizeof(TurnSource));
    ((TurnSource *)self->source)->turns = self;
    g_source_attach(self->source, g_main_context_get_thread_default());
    pd_bus_need(dbus_connection_add_filter(bus, on_message, self, NULL));
    return self;
}

void
pd_bus_turns_free(PdBusTurns *self)
{
    if (self == NULL)
        return;
    dbus_connection_remove_filter(self->bus, on_message, self);
    g_source_destroy(self->source);
    g_source_unref(self->source);
    g_queue_clear(&self->ring);
    g_hash_table_unref(self->calls);
    g_free(self);
}

void
pd_bus_turns_forget(PdBusTurns *self, const char *client)
{
    GList *place = g_queue_find_custom(&self->ring, client, (GCompareFunc)g_strcmp0);

    if (place == NULL)
        return;
    g_queue_delete_link(&self->ring, place);
    g_hash_table_remove(self->calls, client);
}

void
pd_bus_turns_flush(PdBusTurns *self)
{
    while (!g_queue_is_empty(&self->ring))
        handle_next(self);
}
