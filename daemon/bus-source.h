/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-source.h - a libdbus connection under GLib's main loop
 *
 * One GSource hands out some messages a turn, so a flood on the bus starves nothing else in the
 * loop; libdbus' watches and timeouts are sources of their own. All of it belongs to the main
 * thread, as every call of libdbus here does.
 */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>

typedef struct PdBusSource PdBusSource;

/* Attaches @bus to the thread's default context; keeps a reference. (transfer full), never NULL. */
PdBusSource *pd_bus_source_new(DBusConnection *bus);
void pd_bus_source_free(PdBusSource *self); /* NULL is fine; the connection stays open */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusSource, pd_bus_source_free)
