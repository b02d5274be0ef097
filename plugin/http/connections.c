/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

typedef struct {
    GSocket *socket; /* not owned: libsoup has it */
    guint timer;     /* of the phase */
} Connection;

struct PdHttpConnections {
    guint seconds[PD_HTTP_N_PHASES];
    GHashTable *connections; /* GSocket: Connection */
    gboolean is_stopped;
};

void
pd_http_connections_cut(GSocket *socket)
{
    g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

static gboolean
on_overdue(gpointer data)
{
    Connection *connection = data;

    connection->timer = 0;
    pd_http_connections_cut(connection->socket);
    return G_SOURCE_REMOVE;
}

static void
connection_free(Connection *connection)
{
    g_clear_handle_id(&connection->timer, g_source_remove);
    g_free(connection);
}

/* libsoup is done with it. */
static void
on_closed(gpointer data, GObject *socket)
{
    PdHttpConnections *self = data;

    g_hash_table_remove(self->connections, socket);
}

static Connection *
add(PdHttpConnections *self, GSocket *socket)
{
    Connection *connection = g_new0(Connection, 1);

    connection->socket = socket;
    if (g_socket_get_family(socket) != G_SOCKET_FAMILY_UNIX) /* an answer does not wait for more */
        g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
    g_object_weak_ref(G_OBJECT(socket), on_closed, self);
    g_hash_table_insert(self->connections, socket, connection);
    if (self->is_stopped || g_hash_table_size(self->connections) > PD_HTTP_MAX_CONNECTIONS)
        pd_http_connections_cut(socket);
    return connection;
}

void
pd_http_connections_enter(PdHttpConnections *self, GSocket *socket, PdHttpPhase phase)
{
    Connection *connection = g_hash_table_lookup(self->connections, socket);

    if (g_socket_is_closed(socket)) /* with its last request */
        return;
    if (connection == NULL)
        connection = add(self, socket);
    g_clear_handle_id(&connection->timer, g_source_remove);
    connection->timer = g_timeout_add_seconds(self->seconds[phase], on_overdue, connection);
}

PdHttpConnections *
pd_http_connections_new(const guint *seconds)
{
    PdHttpConnections *self = g_new0(PdHttpConnections, 1);

    memcpy(self->seconds, seconds, sizeof self->seconds);
    self->connections = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)connection_free);
    return self;
}

void
pd_http_connections_free(PdHttpConnections *self)
{
    GHashTableIter iter;
    gpointer socket;

    if (self == NULL)
        return;
    g_hash_table_iter_init(&iter, self->connections);
    while (g_hash_table_iter_next(&iter, &socket, NULL))
        g_object_weak_unref(socket, on_closed, self);
    g_hash_table_unref(self->connections);
    g_free(self);
}

void
pd_http_connections_stop(PdHttpConnections *self)
{
    self->is_stopped = TRUE;
}

guint
pd_http_connections_count(const PdHttpConnections *self)
{
    return g_hash_table_size(self->connections);
}
