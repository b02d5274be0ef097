/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reply.h - what the service answered, read into structs; inside plugin/client only
 * libdbus has checked the wire format; what a value may be is checked here.
 */
#pragma once

#include "plugin/client/pd-client.h"

#include <dbus/dbus.h>
#include <glib.h>
#include <stdbool.h>

/**
 * pd_reply_findings:
 * @reply: a method return of signature PD_REPLY_FINDINGS
 * @n_chars: code points of the text that was checked: no finding may end after it
 * @error: PD_CLIENT_ERROR_PROTOCOL
 *
 * Returns: (transfer full): of PdClientFinding, by start; NULL with @error set
 */
#define PD_REPLY_FINDINGS "a(uusdssa(sds))"
GPtrArray *pd_reply_findings(DBusMessage *reply, size_t n_chars, GError **error);

/* The same for the array itself, at @iter. */
GPtrArray *pd_reply_read_findings(DBusMessageIter *iter, size_t n_chars, GError **error);

/* The same for the a{sv} of Explain: (transfer full). Unknown keys are passed over. */
PdClientExplanation *pd_reply_explanation(DBusMessage *reply, size_t n_chars, GError **error);

/* The same for signature PD_REPLY_CANDIDATES: (transfer full), of PdClientCandidate. */
#define PD_REPLY_CANDIDATES "a(sds)"
GPtrArray *pd_reply_candidates(DBusMessage *reply, GError **error);

/* The same for signature "ad", which must hold @n_scores finite numbers. */
bool pd_reply_scores(DBusMessage *reply, size_t n_scores, double *ret_scores, GError **error);

/* The same for signature "as": (transfer full), g_strfreev. */
char **pd_reply_strings(DBusMessage *reply, GError **error);

/* The same for signature "a{sv}", values of any type: (transfer full). */
GVariant *pd_reply_dict(DBusMessage *reply, GError **error);

/* PD_CLIENT_ERROR_PROTOCOL: the answer makes no sense. Returns: false */
bool pd_reply_broken(GError **error, const char *what);

/**
 * pd_reply_fail:
 * @reply: an error message
 *
 * Sets @error to the PD_CLIENT_ERROR_* that its name stands for.
 * Returns: (transfer full) (nullable): the name after PD_DBUS_ERROR_PREFIX, where it is one of
 * those
 */
char *pd_reply_fail(DBusMessage *reply, GError **error);
