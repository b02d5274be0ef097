/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error-private.h - errors of the bus and of the service, as ProofdError
 */
#pragma once

#include <gio/gio.h>
#include <proofd-error.h>
#include <stdbool.h>

/* PROOFD_ERROR_PROTOCOL: the answer makes no sense. Returns: false */
bool proofd_error_broken(GError **error, const char *what);

/* PROOFD_ERROR_DISCONNECTED. Returns: (transfer full) */
GError *proofd_error_gone(const char *what);

/* What the error message @reply stands for. Returns: (transfer full) */
GError *proofd_error_from_reply(GDBusMessage *reply);

/* What the call's end @failure, which is GDBus' own, stands for. Returns: (transfer full) */
GError *proofd_error_from_bus(const GError *failure, int deadline_ms);
