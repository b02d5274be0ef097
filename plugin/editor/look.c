/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/look.h"

#include <gtk/gtk.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"
#define COLOR_SCHEME "color-scheme"
#define PREFERS_DARK 1
#define DARK_PROPERTY "gtk-application-prefer-dark-theme"

struct _PdLook {
    GObject parent;
    PdScheme scheme;
    bool system_is_dark, is_dark;
    GCancellable *cancellable;
    GDBusConnection *bus; /* (nullable) */
    guint subscription;
};

G_DEFINE_FINAL_TYPE(PdLook, pd_look, G_TYPE_OBJECT)

bool
pd_look_is_dark(const PdLook *self)
{
    return self->is_dark;
}

static void
apply(PdLook *self)
{
    self->is_dark =
        self->scheme == PD_SCHEME_SYSTEM ? self->system_is_dark : self->scheme == PD_SCHEME_DARK;
    g_object_set(gtk_settings_get_default(), DARK_PROPERTY, (gboolean)self->is_dark, NULL);
    g_signal_emit_by_name(self, "changed");
}

void
pd_look_set_scheme(PdLook *self, PdScheme scheme)
{
    self->scheme = scheme;
    apply(self);
}

/* @boxed: the value in as many variants as the portal likes */
static void
take_value(PdLook *self, GVariant *boxed)
{
    g_autoptr(GVariant) value = g_variant_ref(boxed);

    while (g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)) {
        GVariant *inner = g_variant_get_variant(value);

        g_variant_unref(value);
        value = inner;
    }
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return;
    self->system_is_dark = g_variant_get_uint32(value) == PREFERS_DARK;
    apply(self);
}

static void
on_setting(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
           const char *member, GVariant *arguments, gpointer data)
{
    g_autoptr(GVariant) value = NULL;
    const char *group, *key;

    if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(ssv)")))
        return;
    g_variant_get(arguments, "(&s&s@v)", &group, &key, &value);
    if (g_str_equal(group, APPEARANCE) && g_str_equal(key, COLOR_SCHEME))
        take_value(data, value);
}

static void
on_read(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &error);
    g_autoptr(GVariant) value = NULL;
    g_autoptr(PdLook) self = data;

    if (reply == NULL) /* no portal: GTK's own setting holds */
        return;
    value = g_variant_get_child_value(reply, 0);
    take_value(self, value);
}

static void
on_bus(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, NULL);
    g_autoptr(PdLook) self = data;

    if (bus == NULL)
        return;
    self->bus = g_object_ref(bus);
    self->subscription = g_dbus_connection_signal_subscribe(
        bus, PORTAL, SETTINGS, "SettingChanged", PORTAL_PATH, APPEARANCE, G_DBUS_SIGNAL_FLAGS_NONE,
        on_setting, self, NULL);
    g_dbus_connection_call(bus, PORTAL, PORTAL_PATH, SETTINGS, "Read",
                           g_variant_new("(ss)", APPEARANCE, COLOR_SCHEME), G_VARIANT_TYPE("(v)"),
                           G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_read,
                           g_object_ref(self));
}

PdLook *
pd_look_new(void)
{
    PdLook *self = g_object_new(PD_TYPE_LOOK, NULL);
    g_autofree char *theme = NULL;
    gboolean prefers_dark;

    g_object_get(gtk_settings_get_default(), DARK_PROPERTY, &prefers_dark, "gtk-theme-name", &theme,
                 NULL);
    self->system_is_dark = prefers_dark || (theme != NULL && g_str_has_suffix(theme, "-dark"));
    self->is_dark = self->system_is_dark;
    g_bus_get(G_BUS_TYPE_SESSION, self->cancellable, on_bus, g_object_ref(self));
    return self;
}

static void
pd_look_init(PdLook *self)
{
    self->cancellable = g_cancellable_new();
}

static void
dispose(GObject *object)
{
    PdLook *self = PD_LOOK(object);

    if (self->subscription != 0)
        g_dbus_connection_signal_unsubscribe(self->bus, self->subscription);
    self->subscription = 0;
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->bus);
    g_clear_object(&self->cancellable);
    G_OBJECT_CLASS(pd_look_parent_class)->dispose(object);
}

static void
pd_look_class_init(PdLookClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    g_signal_new("changed", PD_TYPE_LOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}
