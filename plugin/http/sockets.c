/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/sockets.h"

#include "plugin/http/connections.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */
#define MAX_FDS 16
#define UNIX_PREFIX "unix:"

/* (transfer full): NULL with @error set */
static GSocketAddress *
parse_address(const char *text, guint16 port, GError **error)
{
    g_autoptr(GSocketConnectable) where = NULL;
    g_autoptr(GInetAddress) address = NULL;

    if (g_str_has_prefix(text, UNIX_PREFIX) && text[strlen(UNIX_PREFIX)] == '/')
        return g_unix_socket_address_new(text + strlen(UNIX_PREFIX));
    where = g_network_address_parse(text, port, NULL);
    if (where != NULL)
        address = g_inet_address_new_from_string(
            g_network_address_get_hostname(G_NETWORK_ADDRESS(where)));
    if (address == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "%s is not an address: 127.0.0.1, [::1]:8081 or unix:/path", text);
        return NULL;
    }
    return g_inet_socket_address_new(address, g_network_address_get_port(G_NETWORK_ADDRESS(where)));
}

/* Removes the name of a socket that nobody answers on. */
static void
remove_stale(GSocketAddress *address)
{
    const char *path = g_unix_socket_address_get_path(G_UNIX_SOCKET_ADDRESS(address));
    g_autoptr(GSocket) probe = NULL;
    g_autoptr(GError) error = NULL;
    GStatBuf status;

    if (g_lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    probe =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    if (probe != NULL && !g_socket_connect(probe, address, NULL, &error) &&
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        g_unlink(path);
}

/* Binds for the owner alone where it is a name in the file system. */
static bool
bind_privately(GSocket *socket, GSocketAddress *address, GError **error)
{
    mode_t mask;
    bool is_bound;

    if (!G_IS_UNIX_SOCKET_ADDRESS(address))
        return g_socket_bind(socket, address, TRUE, error);
    remove_stale(address);
    mask = umask(0077);
    is_bound = g_socket_bind(socket, address, FALSE, error);
    umask(mask);
    return is_bound;
}

static GSocket *
listen_on(GSocketAddress *address, GError **error)
{
    g_autoptr(GSocket) socket =
        g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
                     G_SOCKET_PROTOCOL_DEFAULT, error);

    if (socket != NULL) /* as many may come at once as are served */
        g_socket_set_listen_backlog(socket, PD_HTTP_MAX_CONNECTIONS);
    if (socket == NULL || !bind_privately(socket, address, error) ||
        !g_socket_listen(socket, error))
        return NULL;
    return g_steal_pointer(&socket);
}

static guint16
port_of(GSocket *socket)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, NULL);

    return G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address))
               : 0;
}

static bool
open_one(GPtrArray *sockets, const char *text, guint16 port, GError **error)
{
    g_autoptr(GSocketAddress) address = parse_address(text, port, error);
    GSocket *socket = address != NULL ? listen_on(address, error) : NULL;

    if (socket == NULL) {
        g_prefix_error(error, "cannot listen on %s, port %u: ", text, port);
        return false;
    }
    g_ptr_array_add(sockets, socket);
    return true;
}

GPtrArray *
pd_http_sockets_open(const char *const *addresses, guint16 port, GError **error)
{
    static const char *const loopback[] = { "127.0.0.1", NULL };
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(g_object_unref);
    const char *const *wanted = addresses != NULL ? addresses : loopback;
    g_autoptr(GError) no_ipv6 = NULL;

    for (size_t i = 0; wanted[i] != NULL; i++) {
        if (!open_one(sockets, wanted[i], port, error))
            return NULL;
        if (port == 0)
            port = port_of(sockets->pdata[sockets->len - 1]);
    }
    if (addresses == NULL && !open_one(sockets, "::1", port, &no_ipv6))
        g_debug("%s", no_ipv6->message);
    return g_steal_pointer(&sockets);
}

GPtrArray *
pd_http_sockets_inherit(GError **error)
{
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(g_object_unref);
    const char *pid = g_getenv("LISTEN_PID"), *fds = g_getenv("LISTEN_FDS");
    gint64 n = fds != NULL ? g_ascii_strtoll(fds, NULL, 10) : 0;

    if (pid == NULL || g_ascii_strtoll(pid, NULL, 10) != getpid())
        n = 0;
    g_unsetenv("LISTEN_PID");
    g_unsetenv("LISTEN_FDS");
    for (int fd = FIRST_FD; fd < FIRST_FD + MIN(n, MAX_FDS); fd++) {
        GSocket *socket = g_socket_new_from_fd(fd, error);

        if (socket == NULL) {
            g_prefix_error(error, "file descriptor %d of LISTEN_FDS: ", fd);
            return NULL;
        }
        g_ptr_array_add(sockets, socket);
    }
    return g_steal_pointer(&sockets);
}

bool
pd_http_socket_is_local(GSocket *socket)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, NULL);

    return !G_IS_INET_SOCKET_ADDRESS(address) ||
           g_inet_address_get_is_loopback(
               g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

char *
pd_http_socket_url(GSocket *socket)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, NULL);
    g_autofree char *text = NULL;

    if (G_IS_UNIX_SOCKET_ADDRESS(address))
        return g_strconcat(UNIX_PREFIX,
                           g_unix_socket_address_get_path(G_UNIX_SOCKET_ADDRESS(address)), NULL);
    text = g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(address));
    return g_strdup_printf("http://%s/v2", text);
}

void
pd_http_sockets_unlink(const GPtrArray *sockets)
{
    for (guint i = 0; i < sockets->len; i++) {
        g_autoptr(GSocketAddress) address = g_socket_get_local_address(sockets->pdata[i], NULL);

        if (G_IS_UNIX_SOCKET_ADDRESS(address))
            g_unlink(g_unix_socket_address_get_path(G_UNIX_SOCKET_ADDRESS(address)));
    }
}
