/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.c - errors of the bus and of the service, as ProofdError
 */
#include "dbus/protocol.h"
#include "plugin/client/error-private.h"

#include <string.h>

GQuark
proofd_error_quark(void)
{
    return g_quark_from_static_string("proofd-error-quark");
}

bool
proofd_error_broken(GError **error, const char *what)
{
    g_set_error(error, PROOFD_ERROR, PROOFD_ERROR_PROTOCOL,
                "the service's answer makes no sense: %s", what);
    return false;
}

GError *
proofd_error_gone(const char *what)
{
    return g_error_new(PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED, "%s has gone away", what);
}

/* A name that ends in a dot stands for all below it; the service's own have no other. */
static const struct {
    const char *name;
    ProofdError code;
} rows[] = {
    { PD_DBUS_ERROR_TOO_LONG, PROOFD_ERROR_TOO_LONG },
    { PD_DBUS_ERROR_UNKNOWN_LANGUAGE, PROOFD_ERROR_UNKNOWN_LANGUAGE },
    { PD_DBUS_ERROR_INVALID_TEXT, PROOFD_ERROR_INVALID_TEXT },
    { PD_DBUS_ERROR_INVALID_OPTION, PROOFD_ERROR_INVALID_OPTION },
    { PD_DBUS_ERROR_BUSY, PROOFD_ERROR_BUSY },
    { PD_DBUS_ERROR_CANCELLED, PROOFD_ERROR_CANCELLED },
    { PD_DBUS_ERROR_MODEL_BROKEN, PROOFD_ERROR_MODEL_BROKEN },
    { PD_DBUS_ERROR_NOT_FOUND, PROOFD_ERROR_NOT_FOUND },
    { PD_DBUS_ERROR_PREFIX, PROOFD_ERROR_FAILED },
    { "org.freedesktop.DBus.Error.ServiceUnknown", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.DBus.Error.NameHasNoOwner", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.DBus.Error.AccessDenied", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.DBus.Error.NoServer", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.DBus.Error.Spawn.", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.systemd1.", PROOFD_ERROR_NO_BUS },
    { "org.freedesktop.DBus.Error.NoReply", PROOFD_ERROR_DISCONNECTED },
    { "org.freedesktop.DBus.Error.Disconnected", PROOFD_ERROR_DISCONNECTED },
    { "org.freedesktop.DBus.Error.Timeout", PROOFD_ERROR_TIMED_OUT },
    { "org.freedesktop.DBus.Error.TimedOut", PROOFD_ERROR_TIMED_OUT },
};

static ProofdError
code_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_has_suffix(rows[i].name, ".") ? g_str_has_prefix(name, rows[i].name)
                                                : g_str_equal(name, rows[i].name))
            return rows[i].code;
    }
    return PROOFD_ERROR_PROTOCOL;
}

GError *
proofd_error_from_reply(GDBusMessage *reply)
{
    const char *name = g_dbus_message_get_error_name(reply);
    GVariant *body = g_dbus_message_get_body(reply);
    const char *text = NULL;

    name = name != NULL ? name : "an error without a name";
    if (body != NULL && g_variant_is_of_type(body, G_VARIANT_TYPE("(s)")))
        g_variant_get(body, "(&s)", &text);
    if (text == NULL || *text == '\0')
        text = name;
    if (code_of(name) == PROOFD_ERROR_NO_BUS)
        return g_error_new(PROOFD_ERROR, PROOFD_ERROR_NO_BUS, "the service cannot be started: %s",
                           text);
    if (text == name || g_str_has_prefix(name, PD_DBUS_ERROR_PREFIX))
        return g_error_new_literal(PROOFD_ERROR, code_of(name), text);
    return g_error_new(PROOFD_ERROR, code_of(name), "%s: %s", text, name);
}

GError *
proofd_error_from_bus(const GError *failure, int deadline_ms)
{
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return g_error_new_literal(PROOFD_ERROR, PROOFD_ERROR_CANCELLED, "cancelled");
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return g_error_new(PROOFD_ERROR, PROOFD_ERROR_TIMED_OUT, "no answer after %d milliseconds",
                           deadline_ms);
    return proofd_error_gone("the session bus");
}
