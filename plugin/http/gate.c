/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/gate.h"

#include "plugin/http/error.h"

#include <string.h>

/* (transfer full): "[::1]" of "[::1]:8081", "localhost" of "LocalHost:8081" */
static char *
without_port(const char *host)
{
    const char *end = *host == '[' ? strchr(host, ']') : NULL;
    size_t length = end != NULL ? (size_t)(end - host) + 1 : strcspn(host, ":");
    g_autofree char *rest = g_strdup(host + length);

    if (*rest == ':' && rest[1 + strspn(rest + 1, "0123456789")] == '\0')
        return g_ascii_strdown(host, (gssize)length);
    return g_ascii_strdown(host, -1);
}

bool
pd_http_gate_accepts_host(const PdHttpGate *self, const char *host)
{
    static const char *const own[] = { "localhost", "127.0.0.1", "[::1]", NULL };
    g_autofree char *name = host != NULL ? without_port(host) : g_strdup("");

    if (g_strv_contains(own, name))
        return true;
    for (size_t i = 0; self->hosts != NULL && self->hosts[i] != NULL; i++)
        if (g_ascii_strcasecmp(self->hosts[i], name) == 0)
            return true;
    return false;
}

bool
pd_http_gate_accepts_origin(const PdHttpGate *self, const char *origin)
{
    for (size_t i = 0; self->origins != NULL && self->origins[i] != NULL; i++) {
        const char *allowed = self->origins[i];
        size_t length = strlen(allowed);

        if (g_str_has_suffix(allowed, "*") && strchr(origin, ':') != NULL &&
            g_ascii_strncasecmp(origin, allowed, length - 1) == 0)
            return true;
        if (g_ascii_strcasecmp(origin, allowed) == 0 && !g_str_equal(origin, "null"))
            return true;
    }
    return false;
}

bool
pd_http_gate_check(const PdHttpGate *self, const char *host, const char *origin, const char *site,
                   GError **error)
{
    if (host == NULL) {
        g_set_error_literal(error, PD_HTTP_ERROR, 400, "The header Host is missing");
        return false;
    }
    if (!pd_http_gate_accepts_host(self, host)) {
        g_set_error_literal(error, PD_HTTP_ERROR, 403,
                            "Access with this Host denied. See --allow-host in proofd-http(1)");
        return false;
    }
    if (origin != NULL && !pd_http_gate_accepts_origin(self, origin)) {
        g_set_error_literal(error, PD_HTTP_ERROR, 403,
                            "Access with this Origin denied. See --allow-origin in proofd-http(1)");
        return false;
    }
    if (origin == NULL && site != NULL &&
        (g_str_equal(site, "cross-site") || g_str_equal(site, "same-site"))) {
        g_set_error_literal(error, PD_HTTP_ERROR, 403, "Access from another site denied");
        return false;
    }
    return true;
}
