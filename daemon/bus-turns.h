/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-turns.h - whose call is handled next
 *
 * Calls come from the bus in one row, whoever sent them. Here they wait in a row for each client,
 * and the clients take turns, one call each: a client with a hundred edits on their way delays
 * another by one of them. A client's own calls keep their order. Main thread only.
 */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>

typedef struct PdBusTurns PdBusTurns;

/* Takes all calls of @bus, to be handled by pd_object_handle(), from the thread's default context.
 * Borrows @bus. (transfer full), never NULL. */
PdBusTurns *pd_bus_turns_new(DBusConnection *bus);
void pd_bus_turns_free(PdBusTurns *self); /* drops what waits; NULL is fine */

void pd_bus_turns_forget(PdBusTurns *self, const char *client); /* it left: drops its calls */
void pd_bus_turns_flush(PdBusTurns *self);                      /* handles all that waits, now */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusTurns, pd_bus_turns_free)
