/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-name.h - the session bus, our name on it, and who leaves it
 */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>
#include <stdbool.h>

typedef struct PdBusName PdBusName;

/**
 * pd_bus_name_connect:
 * @vanished: a client left the bus; @client is its unique name
 * @lost: the bus is gone, or another instance took the name
 * @error: G_IO_ERROR_FAILED
 *
 * A private connection to the session bus. It is dispatched by a PdBusSource.
 *
 * Returns: (transfer full): or NULL with @error set
 */
PdBusName *pd_bus_name_connect(void (*vanished)(const char *client, void *user_data),
                               void (*lost)(void *user_data), void *user_data, GError **error);
void pd_bus_name_free(PdBusName *self);                  /* closes the connection; NULL is fine */
DBusConnection *pd_bus_name_connection(PdBusName *self); /* borrowed */

/* @replace: from whoever has it. G_IO_ERROR_EXISTS: another process has it (says which). Blocks for
 * an answer. */
bool pd_bus_name_request(PdBusName *self, bool replace, GError **error);
/* Gives the name back, and dispatches all messages that the bus sent before it did. Blocks shortly.
 */
void pd_bus_name_release(PdBusName *self);
void pd_bus_name_flush(PdBusName *self); /* NULL is fine; blocks until all is sent */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusName, pd_bus_name_free)
