/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sockets.h - where to listen
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/**
 * pd_http_sockets_open:
 * @addresses: (nullable): "127.0.0.1", "[::1]:8081", "192.0.2.1:80", "unix:/path"; NULL: 127.0.0.1
 * and, where there is IPv6, ::1
 * @port: for addresses without one; 0: any that is free, the same for all
 * @error: G_IO_ERROR_INVALID_ARGUMENT: not an address; others: it cannot be listened on
 *
 * A socket of the file system can be used by its owner alone; one that nobody answers on is
 * replaced.
 *
 * Returns: (transfer full): array of GSocket that listen; NULL with @error set
 */
GPtrArray *pd_http_sockets_open(const char *const *addresses, guint16 port, GError **error);

/**
 * pd_http_sockets_inherit:
 *
 * The sockets that systemd has opened for this process (LISTEN_FDS, sd_listen_fds(3)).
 *
 * Returns: (transfer full): array of GSocket, empty if there are none; NULL with @error set
 */
GPtrArray *pd_http_sockets_inherit(GError **error);

/* Can only programs of this machine reach it? */
bool pd_http_socket_is_local(GSocket *socket);

/* (transfer full): "http://127.0.0.1:8081/v2", or "unix:/path" */
char *pd_http_socket_url(GSocket *socket);

/* Removes the names of those in the file system. */
void pd_http_sockets_unlink(const GPtrArray *sockets);
