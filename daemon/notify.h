/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notify.h - what the service manager is told: sd_notify(3), without libsystemd
 *
 * The protocol is stable and small: a datagram of NAME=VALUE lines to the Unix socket that
 * $NOTIFY_SOCKET names (systemd's "Native Protocol" in that manual page). Those few lines are
 * cheaper than a library that machines without systemd lack. Any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdNotify PdNotify;

PdNotify *pd_notify_new(void);       /* (transfer full), never NULL; reads the environment, once */
void pd_notify_free(PdNotify *self); /* NULL is fine */
bool pd_notify_is_wanted(const PdNotify *self); /* is there somebody to tell? */

/*
 * Sends @state ("READY=1\nSTATUS=..."). Never waits; what cannot be sent is lost, as in
 * sd_notify().
 */
void pd_notify_send(const PdNotify *self, const char *state);

/* Microseconds within which the manager wants WATCHDOG=1 again, or 0: it does not watch us. */
guint64 pd_notify_watchdog_us(const PdNotify *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdNotify, pd_notify_free)
