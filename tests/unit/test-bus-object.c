/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A toy object on a private bus, called through GDBus: another implementation than libdbus. */
#include "daemon/bus-object.h"
#include "daemon/bus-source.h"

#include <gio/gio.h>
#include <glib.h>
#include <string.h>

#define TOY "org.example.Toy"

typedef struct {
    GTestDBus *daemon;
    DBusConnection *bus;
    PdBusSource *source;
    PdObject *object;
    GDBusConnection *client;
    PdCall *kept; /* a call that waits */
    bool ready;
} Bench;

static void
handle_echo(PdCall *call, void *user_data)
{
    const char *text;
    DBusMessage *reply;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_STRING, &text, DBUS_TYPE_INVALID);
    reply = pd_call_new_reply(call);
    dbus_message_append_args(reply, DBUS_TYPE_STRING, &text, DBUS_TYPE_INVALID);
    pd_call_return(call, reply);
}

static void
handle_drop(PdCall *call, void *user_data)
{
    g_autoptr(PdCall) dropped = call;
}

static void
handle_keep(PdCall *call, void *user_data)
{
    Bench *self = user_data;

    pd_call_drop_message(call);
    self->kept = call;
}

static void
handle_end(PdCall *call, void *user_data)
{
    Bench *self = user_data;

    g_clear_pointer(&self->object, pd_object_free); /* from within its own handler */
    pd_call_return_nothing(call);
}

static bool
admit(PdCall *call, void *user_data)
{
    if (!dbus_message_has_member(pd_call_message(call), "Forbidden"))
        return true;
    pd_call_fail(call, DBUS_ERROR_ACCESS_DENIED, "no: %d", 7);
    return false;
}

static bool
is_ready(PdCall *call, const char *property, void *user_data)
{
    Bench *self = user_data;

    if (self->ready || g_strcmp0(property, "Number") == 0)
        return true;
    self->kept = pd_call_ref(call);
    return false;
}

static void
append_name(DBusMessageIter *value, void *user_data)
{
    const char *name = "toy";

    dbus_message_iter_append_basic(value, DBUS_TYPE_STRING, &name);
}

static void
append_number(DBusMessageIter *value, void *user_data)
{
    dbus_uint32_t number = 42;

    dbus_message_iter_append_basic(value, DBUS_TYPE_UINT32, &number);
}

static const PdMethod methods[] = {
    { "Echo", "s", "s", handle_echo }, { "Drop", "", "", handle_drop },
    { "Keep", "", "", handle_keep },   { "End", "", "", handle_end },
    { "Forbidden", "", "", NULL },     { 0 },
};
static const PdSignal signals[] = { { "Rang", "u" }, { 0 } };
static const PdProperty properties[] = {
    { "Name", "s", append_name },
    { "Number", "u", append_number },
    { 0 },
};
static const PdInterface toy = {
    .name = TOY,
    .xml = "<interface name=\"" TOY "\"><method name=\"Keep\"/></interface>",
    .methods = methods,
    .signals = signals,
    .properties = properties,
    .admit = admit,
    .ready = is_ready,
};

static void
up(Bench *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    self->daemon = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->daemon);
    /* not dbus_bus_get(): it remembers the first bus of the process */
    self->bus = dbus_connection_open_private(g_test_dbus_get_bus_address(self->daemon), NULL);
    g_assert_nonnull(self->bus);
    g_assert_true(dbus_bus_register(self->bus, NULL));
    dbus_connection_set_exit_on_disconnect(self->bus, FALSE);
    self->source = pd_bus_source_new(self->bus);
    pd_object_register_root(self->bus);
    self->object = pd_object_new(self->bus, "/org/example/toy", &toy, self);
    self->ready = true;
    self->client =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(self->daemon),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
}

static void
down(Bench *self, gconstpointer data)
{
    g_dbus_connection_close_sync(self->client, NULL, NULL);
    g_object_unref(self->client);
    pd_object_free(self->object);
    pd_bus_source_free(self->source);
    dbus_connection_close(self->bus);
    dbus_connection_unref(self->bus);
    g_test_dbus_down(self->daemon);
    g_object_unref(self->daemon);
}

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GAsyncResult **ret_result = user_data;

    *ret_result = g_object_ref(result);
}

static void
send_to(Bench *self, const char *path, const char *interface, const char *method, GVariant *args,
        GAsyncResult **ret_result)
{
    *ret_result = NULL;
    g_dbus_connection_call(self->client, dbus_bus_get_unique_name(self->bus), path, interface,
                           method, args, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply,
                           ret_result);
}

static GVariant *
wait_for(Bench *self, GAsyncResult **result, GError **error)
{
    g_autoptr(GAsyncResult) got = NULL;

    while (*result == NULL)
        g_main_context_iteration(NULL, TRUE);
    got = *result;
    return g_dbus_connection_call_finish(self->client, got, error);
}

static GVariant *
call(Bench *self, const char *path, const char *interface, const char *method, GVariant *args,
     GError **error)
{
    GAsyncResult *result;

    send_to(self, path, interface, method, args, &result);
    return wait_for(self, &result, error);
}

static void
assert_fails(Bench *self, const char *path, const char *interface, const char *method,
             GVariant *args, const char *name, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = call(self, path, interface, method, args, &error);
    g_autofree char *got = NULL;

    g_assert_null(reply);
    got = g_dbus_error_get_remote_error(error);
    g_assert_cmpstr(got, ==, name);
    if (strstr(error->message, part) == NULL)
        g_error("\"%s\" is not in \"%s\"", part, error->message);
}

#define PATH "/org/example/toy"

static void
test_methods(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) reply = call(self, PATH, TOY, "Echo", g_variant_new("(s)", "é"), NULL);
    const char *text;

    g_variant_get(reply, "(&s)", &text);
    g_assert_cmpstr(text, ==, "é");
    assert_fails(self, PATH, TOY, "Echo", g_variant_new("(u)", 1), DBUS_ERROR_INVALID_ARGS,
                 "\"s\"");
    assert_fails(self, PATH, TOY, "Echo", NULL, DBUS_ERROR_INVALID_ARGS, "Echo");
    assert_fails(self, PATH, TOY, "Eco", NULL, DBUS_ERROR_UNKNOWN_METHOD, "did you mean Echo?");
    assert_fails(self, PATH, "org.example.Other", "Echo", NULL, DBUS_ERROR_UNKNOWN_INTERFACE,
                 "Other");
    assert_fails(self, "/org/example/none", TOY, "Echo", NULL, DBUS_ERROR_UNKNOWN_OBJECT, "none");
    assert_fails(self, PATH, TOY, "Drop", NULL, "org.proofd.Checker1.Error.Failed", "dropped");
    assert_fails(self, PATH, TOY, "Forbidden", NULL, DBUS_ERROR_ACCESS_DENIED, "no: 7");
}

static void
test_late_reply(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) first = NULL;
    g_autoptr(GVariant) reply = NULL;
    GAsyncResult *late;

    send_to(self, PATH, TOY, "Keep", NULL, &late);
    first = call(self, PATH, TOY, "Echo", g_variant_new("(s)", "x"), NULL);
    g_assert_nonnull(first); /* others are served meanwhile */
    g_assert_null(late);
    g_assert_nonnull(self->kept);
    g_assert_null(pd_call_message(self->kept));
    pd_call_return_nothing(g_steal_pointer(&self->kept));
    reply = wait_for(self, &late, NULL);
    g_assert_nonnull(reply);
}

static void
test_properties(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) one = call(self, PATH, DBUS_INTERFACE_PROPERTIES, "Get",
                                   g_variant_new("(ss)", TOY, "Number"), NULL);
    g_autoptr(GVariant) all =
        call(self, PATH, DBUS_INTERFACE_PROPERTIES, "GetAll", g_variant_new("(s)", TOY), NULL);
    g_autofree char *shown = g_variant_print(all, FALSE);

    g_assert_true(g_variant_is_of_type(one, G_VARIANT_TYPE("(v)")));
    g_assert_cmpstr(shown, ==, "({'Name': <'toy'>, 'Number': <uint32 42>},)");
    assert_fails(self, PATH, DBUS_INTERFACE_PROPERTIES, "Get", g_variant_new("(ss)", TOY, "Nam"),
                 DBUS_ERROR_UNKNOWN_PROPERTY, "Nam");
    assert_fails(self, PATH, DBUS_INTERFACE_PROPERTIES, "Get", g_variant_new("(ss)", "a.b", "Name"),
                 DBUS_ERROR_UNKNOWN_INTERFACE, "a.b");
    assert_fails(self, PATH, DBUS_INTERFACE_PROPERTIES, "GetAll", g_variant_new("(s)", "a.b"),
                 DBUS_ERROR_UNKNOWN_INTERFACE, "a.b");
    assert_fails(self, PATH, DBUS_INTERFACE_PROPERTIES, "Set",
                 g_variant_new("(ssv)", TOY, "Name", g_variant_new_string("x")),
                 DBUS_ERROR_PROPERTY_READ_ONLY, "Name");
}

static void
test_late_property(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) number = NULL;
    g_autoptr(GVariant) reply = NULL;
    GAsyncResult *late;

    self->ready = false;
    send_to(self, PATH, DBUS_INTERFACE_PROPERTIES, "GetAll", g_variant_new("(s)", TOY), &late);
    number = call(self, PATH, DBUS_INTERFACE_PROPERTIES, "Get",
                  g_variant_new("(ss)", TOY, "Number"), NULL);
    g_assert_nonnull(number);
    g_assert_null(late);
    self->ready = true;
    pd_object_read_again(self->object, g_steal_pointer(&self->kept));
    reply = wait_for(self, &late, NULL);
    g_assert_nonnull(reply);
}

static void
test_introspection(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) own =
        call(self, PATH, DBUS_INTERFACE_INTROSPECTABLE, "Introspect", NULL, NULL);
    g_autoptr(GVariant) parent =
        call(self, "/org", DBUS_INTERFACE_INTROSPECTABLE, "Introspect", NULL, NULL);
    g_autoptr(GDBusNodeInfo) info = NULL;
    g_autoptr(GDBusNodeInfo) above = NULL;
    const char *xml;

    g_variant_get(own, "(&s)", &xml);
    info = g_dbus_node_info_new_for_xml(xml, NULL);
    g_assert_nonnull(info);
    g_assert_nonnull(g_dbus_node_info_lookup_interface(info, TOY));
    g_assert_nonnull(g_dbus_node_info_lookup_interface(info, DBUS_INTERFACE_PROPERTIES));
    g_assert_nonnull(g_dbus_node_info_lookup_interface(info, DBUS_INTERFACE_PEER));
    g_variant_get(parent, "(&s)", &xml);
    above = g_dbus_node_info_new_for_xml(xml, NULL);
    g_assert_nonnull(above);
    g_assert_cmpstr(above->nodes[0]->path, ==, "example");
    assert_fails(self, "/none", DBUS_INTERFACE_INTROSPECTABLE, "Introspect", NULL,
                 DBUS_ERROR_UNKNOWN_OBJECT, "/none");
}

static void
test_peer(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) pong = call(self, PATH, DBUS_INTERFACE_PEER, "Ping", NULL, NULL);

    g_assert_nonnull(pong);
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *args, gpointer user_data)
{
    char **seen = user_data;
    g_autofree char *shown = g_variant_print(args, FALSE);

    g_free(*seen);
    *seen = g_strdup_printf("%s%s", signal, shown);
}

static void
test_signals(Bench *self, gconstpointer data)
{
    g_autofree char *seen = NULL;
    g_autoptr(GVariant) synced = NULL;
    DBusMessage *message = pd_object_new_signal(self->object, "Rang");
    dbus_uint32_t number = 3;

    g_dbus_connection_signal_subscribe(self->client, NULL, NULL, NULL, PATH, NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE, on_signal, &seen, NULL);
    synced = call(self, PATH, DBUS_INTERFACE_PEER, "Ping", NULL, NULL); /* the match is in place */
    dbus_message_append_args(message, DBUS_TYPE_UINT32, &number, DBUS_TYPE_INVALID);
    pd_object_emit(self->object, NULL, message);
    while (seen == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(seen, ==, "Rang(3,)");
    g_clear_pointer(&seen, g_free);
    pd_object_emit_changed(self->object, "Number");
    while (seen == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(seen, ==, "PropertiesChanged('" TOY "', {'Number': <uint32 42>}, [])");
}

static void
test_ends_itself(Bench *self, gconstpointer data)
{
    g_autoptr(GVariant) reply = call(self, PATH, TOY, "End", NULL, NULL);

    g_assert_nonnull(reply);
    g_assert_null(self->object);
    assert_fails(self, PATH, TOY, "Echo", NULL, DBUS_ERROR_UNKNOWN_OBJECT, "toy");
}

#define ADD(path, fn) g_test_add("/bus-object/" path, Bench, NULL, up, fn, down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("methods", test_methods);
    ADD("late-reply", test_late_reply);
    ADD("properties", test_properties);
    ADD("late-property", test_late_property);
    ADD("introspection", test_introspection);
    ADD("peer", test_peer);
    ADD("signals", test_signals);
    ADD("ends-itself", test_ends_itself);
    return g_test_run();
}
