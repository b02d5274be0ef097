/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/object.h"

/* Programs give a reference to nothing as one without a name. */
static bool
is_there(const PdObject *self, GError **error)
{
    if (g_dbus_is_name(self->ref->name))
        return true;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such object");
    return false;
}

GVariant *
pd_object_call(const PdObject *self, const char *interface, const char *method, GVariant *arguments,
               const char *type, GError **error)
{
    g_autofree char *full = g_strconcat("org.a11y.atspi.", interface, NULL);

    if (!is_there(self, error))
        return NULL;
    return g_dbus_connection_call_sync(
        self->bus, self->ref->name, self->ref->path, full, method, arguments, G_VARIANT_TYPE(type),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, PD_OBJECT_CALL_MS, self->cancellable, error);
}

GVariant *
pd_object_get(const PdObject *self, const char *interface, const char *property, const char *type,
              GError **error)
{
    g_autofree char *full = g_strconcat("org.a11y.atspi.", interface, NULL);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) value = NULL;

    if (!is_there(self, error))
        return NULL;
    reply = g_dbus_connection_call_sync(
        self->bus, self->ref->name, self->ref->path, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new("(ss)", full, property), G_VARIANT_TYPE("(v)"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, PD_OBJECT_CALL_MS, self->cancellable, error);
    if (reply == NULL)
        return NULL;
    g_variant_get(reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE(type))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s.%s is a %s, not a %s",
                    interface, property, g_variant_get_type_string(value), type);
        return NULL;
    }
    return g_steal_pointer(&value);
}

bool
pd_object_get_int(const PdObject *self, const char *interface, const char *property, int *ret_value,
                  GError **error)
{
    g_autoptr(GVariant) value = pd_object_get(self, interface, property, "i", error);

    if (value == NULL)
        return false;
    *ret_value = g_variant_get_int32(value);
    return true;
}

bool
pd_object_do(const PdObject *self, const char *interface, const char *method, GVariant *arguments,
             GError **error)
{
    g_autoptr(GVariant) reply = pd_object_call(self, interface, method, arguments, "(b)", error);
    gboolean is_done = FALSE;

    if (reply != NULL)
        g_variant_get(reply, "(b)", &is_done);
    return is_done;
}
