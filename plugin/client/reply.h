/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reply.h - what the service answered, read into structs
 * GDBus has checked the wire format and the caller the type; what a value may be is checked here:
 * PROOFD_ERROR_PROTOCOL.
 */
#pragma once

#include <gio/gio.h>
#include <proofd-explanation.h>
#include <stddef.h>

#define PROOFD_REPLY_FINDINGS "(a(uusdssa(sds)))"
#define PROOFD_REPLY_CANDIDATES "(a(sds))"

/**
 * proofd_reply_findings:
 * @array: of PD_DBUS_FINDING, or of PD_DBUS_DOCUMENT_FINDING
 * @n_units: the length of the text: no finding may end after it
 *
 * Returns: (transfer full) (element-type ProofdFinding): by start; NULL with @error set
 */
GPtrArray *proofd_reply_findings(GVariant *array, size_t n_units, GError **error);

/* (transfer full) (element-type ProofdCandidate): of an a(sds) */
GPtrArray *proofd_reply_candidates(GVariant *array, GError **error);

/* (transfer full): of the a{sv} of Explain. Unknown keys are passed over. */
ProofdExplanation *proofd_reply_explanation(GVariant *dict, size_t n_units, GError **error);

/* (transfer full): of an ad, which must hold @n_scores finite numbers */
double *proofd_reply_scores(GVariant *array, size_t n_scores, GError **error);
