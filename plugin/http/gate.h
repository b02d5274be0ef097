/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate.h - who may ask: by the headers Host and Origin
 *
 * A program of this machine sends no Origin and may ask. A page in a browser sends its own, and may
 * only if the settings name it. A page that has its name point to this machine (DNS rebinding) is
 * of the same origin to the browser, but shows by its Host, which must be one of this machine's.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    GStrv hosts; /* without port, besides localhost, 127.0.0.1 and [::1] */
    GStrv
        origins; /* "https://example.org"; "moz-extension://" and a star: whatever begins so; "*" */
} PdHttpGate;

/* @host: (nullable): the header, with or without port */
bool pd_http_gate_accepts_host(const PdHttpGate *self, const char *host);

/* @origin: the header; "null" is never accepted, not even by "*" */
bool pd_http_gate_accepts_origin(const PdHttpGate *self, const char *origin);

/**
 * pd_http_gate_check:
 * @host, @origin, @site: (nullable): the headers Host, Origin and Sec-Fetch-Site. The last one
 * tells of another site's picture or form, which has no Origin when it is read with GET
 * @error: PD_HTTP_ERROR, status 403 (400: no Host)
 */
bool pd_http_gate_check(const PdHttpGate *self, const char *host, const char *origin,
                        const char *site, GError **error);
