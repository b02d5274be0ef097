/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-object.h"
#include "daemon/nearest.h"
#include "dbus/protocol.h"

#include <string.h>

#define STANDARD_XML                                                                         \
    "<interface name=\"org.freedesktop.DBus.Introspectable\">"                               \
    "<method name=\"Introspect\"><arg name=\"xml\" type=\"s\" direction=\"out\"/></method>"  \
    "</interface><interface name=\"org.freedesktop.DBus.Peer\">"                             \
    "<method name=\"Ping\"/>"                                                                \
    "<method name=\"GetMachineId\"><arg name=\"id\" type=\"s\" direction=\"out\"/></method>" \
    "</interface>"
#define PROPERTIES_XML                                                                       \
    "<interface name=\"org.freedesktop.DBus.Properties\"><method name=\"Get\">"              \
    "<arg name=\"interface\" type=\"s\" direction=\"in\"/>"                                  \
    "<arg name=\"property\" type=\"s\" direction=\"in\"/>"                                   \
    "<arg name=\"value\" type=\"v\" direction=\"out\"/></method><method name=\"Set\">"       \
    "<arg name=\"interface\" type=\"s\" direction=\"in\"/>"                                  \
    "<arg name=\"property\" type=\"s\" direction=\"in\"/>"                                   \
    "<arg name=\"value\" type=\"v\" direction=\"in\"/></method><method name=\"GetAll\">"     \
    "<arg name=\"interface\" type=\"s\" direction=\"in\"/>"                                  \
    "<arg name=\"values\" type=\"a{sv}\" direction=\"out\"/></method>"                       \
    "<signal name=\"PropertiesChanged\"><arg name=\"interface\" type=\"s\"/>"                \
    "<arg name=\"changed\" type=\"a{sv}\"/><arg name=\"invalidated\" type=\"as\"/></signal>" \
    "</interface>"

struct PdObject {
    DBusConnection *bus;
    char *path;
    const PdInterface *interface;
    void *user_data;
};

struct PdCall {
    int n_refs;
    DBusConnection *bus;
    DBusMessage *message;
    char *sender;
    uint32_t serial;
    bool no_reply;
    bool answered;
};

/* --- calls --- */

PdCall *
pd_call_new(DBusConnection *bus, DBusMessage *message)
{
    PdCall *self = g_new0(PdCall, 1);

    self->n_refs = 1;
    self->bus = dbus_connection_ref(bus);
    self->message = dbus_message_ref(message);
    self->sender = g_strdup(dbus_message_get_sender(message));
    self->serial = dbus_message_get_serial(message);
    self->no_reply = dbus_message_get_no_reply(message);
    return self;
}

PdCall *
pd_call_ref(PdCall *self)
{
    self->n_refs++;
    return self;
}

void
pd_call_unref(PdCall *self)
{
    if (self == NULL || --self->n_refs > 0)
        return;
    if (!self->answered) {
        self->n_refs++; /* pd_call_fail() takes one */
        pd_call_fail(self, PD_DBUS_ERROR_FAILED, "the call was dropped without an answer");
        return;
    }
    pd_call_drop_message(self);
    dbus_connection_unref(self->bus);
    g_free(self->sender);
    g_free(self);
}

DBusMessage *
pd_call_message(const PdCall *self)
{
    return self->message;
}

void
pd_call_drop_message(PdCall *self)
{
    g_clear_pointer(&self->message, dbus_message_unref);
}

const char *
pd_call_sender(const PdCall *self)
{
    return self->sender != NULL ? self->sender : ""; /* only a peer without a bus has none */
}

uint32_t
pd_call_serial(const PdCall *self)
{
    return self->serial;
}

static DBusMessage *
address(const PdCall *self, DBusMessage *answer)
{
    pd_bus_need(answer != NULL);
    pd_bus_need(dbus_message_set_reply_serial(answer, self->serial));
    pd_bus_need(dbus_message_set_destination(answer, self->sender));
    dbus_message_set_no_reply(answer, TRUE);
    return answer;
}

DBusMessage *
pd_call_new_reply(const PdCall *self)
{
    return address(self, dbus_message_new(DBUS_MESSAGE_TYPE_METHOD_RETURN));
}

void
pd_call_return(PdCall *self, DBusMessage *reply)
{
    g_autoptr(DBusMessage) owned = reply;

    g_return_if_fail(!self->answered);

    self->answered = true;
    if (!self->no_reply)
        pd_bus_need(dbus_connection_send(self->bus, reply, NULL));
    pd_call_unref(self);
}

void
pd_call_return_nothing(PdCall *self)
{
    pd_call_return(self, pd_call_new_reply(self));
}

void
pd_call_fail(PdCall *self, const char *name, const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *valid = NULL;
    DBusMessage *answer = address(self, dbus_message_new(DBUS_MESSAGE_TYPE_ERROR));
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    valid = g_utf8_make_valid(text, -1); /* libdbus aborts on anything else */
    pd_bus_need(dbus_message_set_error_name(answer, name));
    pd_bus_need(dbus_message_append_args(answer, DBUS_TYPE_STRING, &valid, DBUS_TYPE_INVALID));
    pd_call_return(self, answer);
}

/* --- the standard interfaces; their user_data is the object --- */

static void
append_children(GString *xml, DBusConnection *bus, const char *path)
{
    char **children = NULL;

    pd_bus_need(dbus_connection_list_registered(bus, path, &children));
    for (char **child = children; *child != NULL; child++)
        g_string_append_printf(xml, "<node name=\"%s\"/>", *child);
    dbus_free_string_array(children);
}

static void
return_introspection(PdCall *call, DBusConnection *bus, const char *path, const char *interfaces)
{
    g_autoptr(GString) xml = g_string_new(DBUS_INTROSPECT_1_0_XML_DOCTYPE_DECL_NODE "<node>");
    DBusMessage *reply = pd_call_new_reply(call);

    g_string_append(xml, interfaces);
    append_children(xml, bus, path);
    g_string_append(xml, "</node>\n");
    pd_bus_need(dbus_message_append_args(reply, DBUS_TYPE_STRING, &xml->str, DBUS_TYPE_INVALID));
    pd_call_return(call, reply);
}

static void
handle_introspect(PdCall *call, void *user_data)
{
    const PdObject *self = user_data;
    g_autofree char *interfaces =
        g_strconcat(self->interface->xml, PROPERTIES_XML, STANDARD_XML, NULL);

    return_introspection(call, self->bus, self->path, interfaces);
}

static const PdProperty *
find_property(const PdObject *self, const char *name)
{
    const PdProperty *property = self->interface->properties;

    while (property != NULL && property->name != NULL && !g_str_equal(property->name, name))
        property++;
    return property != NULL && property->name != NULL ? property : NULL;
}

static void
append_variant(const PdObject *self, const PdProperty *property, DBusMessageIter *iter)
{
    DBusMessageIter value;

    pd_bus_need(
        dbus_message_iter_open_container(iter, DBUS_TYPE_VARIANT, property->signature, &value));
    property->append(&value, self->user_data);
    pd_bus_need(dbus_message_iter_close_container(iter, &value));
}

/* @name: (nullable): this property alone */
static void
append_properties(const PdObject *self, const char *name, DBusMessageIter *iter)
{
    DBusMessageIter array;

    pd_bus_need(dbus_message_iter_open_container(iter, DBUS_TYPE_ARRAY, "{sv}", &array));
    for (const PdProperty *p = self->interface->properties; p != NULL && p->name != NULL; p++) {
        DBusMessageIter entry;

        if (name != NULL && !g_str_equal(name, p->name))
            continue;
        pd_bus_need(dbus_message_iter_open_container(&array, DBUS_TYPE_DICT_ENTRY, NULL, &entry));
        pd_bus_need(dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &p->name));
        append_variant(self, p, &entry);
        pd_bus_need(dbus_message_iter_close_container(&array, &entry));
    }
    pd_bus_need(dbus_message_iter_close_container(iter, &array));
}

/* The interface and property that a Get or Set names. false: the call failed and is taken. */
static bool
named_property(const PdObject *self, PdCall *call, const PdProperty **ret_property)
{
    const char *interface, *name;
    DBusMessageIter iter;

    dbus_message_iter_init(pd_call_message(call), &iter);
    dbus_message_iter_get_basic(&iter, &interface);
    dbus_message_iter_next(&iter);
    dbus_message_iter_get_basic(&iter, &name);
    if (*interface != '\0' && !g_str_equal(interface, self->interface->name)) {
        pd_call_fail(call, DBUS_ERROR_UNKNOWN_INTERFACE, "no properties of interface %s at %s",
                     interface, self->path);
        return false;
    }
    *ret_property = find_property(self, name);
    if (*ret_property == NULL) {
        pd_call_fail(call, DBUS_ERROR_UNKNOWN_PROPERTY, "%s has no property %s",
                     self->interface->name, name);
        return false;
    }
    return true;
}

static void
handle_get(PdCall *call, void *user_data)
{
    const PdObject *self = user_data;
    const PdProperty *property;
    DBusMessageIter iter;
    DBusMessage *reply;

    if (!named_property(self, call, &property))
        return;
    if (self->interface->ready != NULL &&
        !self->interface->ready(call, property->name, self->user_data)) {
        pd_call_unref(call);
        return;
    }
    reply = pd_call_new_reply(call);
    dbus_message_iter_init_append(reply, &iter);
    append_variant(self, property, &iter);
    pd_call_return(call, reply);
}

static void
handle_get_all(PdCall *call, void *user_data)
{
    const PdObject *self = user_data;
    DBusMessageIter iter;
    const char *interface;
    DBusMessage *reply;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_STRING, &interface,
                          DBUS_TYPE_INVALID);
    if (*interface != '\0' && !g_str_equal(interface, self->interface->name)) {
        pd_call_fail(call, DBUS_ERROR_UNKNOWN_INTERFACE, "no properties of interface %s at %s",
                     interface, self->path);
        return;
    }
    if (self->interface->ready != NULL && !self->interface->ready(call, NULL, self->user_data)) {
        pd_call_unref(call);
        return;
    }
    reply = pd_call_new_reply(call);
    dbus_message_iter_init_append(reply, &iter);
    append_properties(self, NULL, &iter);
    pd_call_return(call, reply);
}

static void
handle_set(PdCall *call, void *user_data)
{
    const PdObject *self = user_data;
    const PdProperty *property;

    if (named_property(self, call, &property))
        pd_call_fail(call, DBUS_ERROR_PROPERTY_READ_ONLY, "property %s can only be read",
                     property->name);
}

static const PdMethod properties_methods[] = {
    { "Get", "ss", "v", handle_get },
    { "GetAll", "s", "a{sv}", handle_get_all },
    { "Set", "ssv", "", handle_set },
    { 0 },
};
static const PdInterface properties_interface = {
    .name = DBUS_INTERFACE_PROPERTIES,
    .methods = properties_methods,
};

static const PdMethod introspectable_methods[] = {
    { "Introspect", "", "s", handle_introspect },
    { 0 },
};
static const PdInterface introspectable_interface = {
    .name = DBUS_INTERFACE_INTROSPECTABLE,
    .methods = introspectable_methods,
};

void
pd_object_read_again(PdObject *self, PdCall *call)
{
    if (dbus_message_has_member(pd_call_message(call), "Get"))
        handle_get(call, self);
    else
        handle_get_all(call, self);
}

/* --- dispatch --- */

static const PdMethod *
find_method(const PdInterface *interface, const char *member)
{
    const PdMethod *method = interface->methods;

    while (method->name != NULL && !g_str_equal(method->name, member))
        method++;
    return method->name != NULL ? method : NULL;
}

static void
fail_unknown_method(PdCall *call, const PdInterface *interface)
{
    const char *member = dbus_message_get_member(pd_call_message(call));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (const PdMethod *m = interface->methods; m->name != NULL; m++)
        g_ptr_array_add(names, (gpointer)m->name);
    g_ptr_array_add(names, NULL);
    hint = pd_nearest_hint(member, (const char *const *)names->pdata);
    pd_call_fail(call, DBUS_ERROR_UNKNOWN_METHOD, "%s has no method %s%s", interface->name, member,
                 hint);
}

static void
call_method(PdObject *self, const PdInterface *interface, const PdMethod *method, PdCall *incoming)
{
    g_autoptr(PdCall) call = incoming;
    DBusMessage *message = pd_call_message(call);
    void *user_data = interface == self->interface ? self->user_data : self;

    if (!dbus_message_has_signature(message, method->in)) {
        pd_call_fail(g_steal_pointer(&call), DBUS_ERROR_INVALID_ARGS,
                     "%s takes arguments of the types \"%s\", not \"%s\"", method->name, method->in,
                     dbus_message_get_signature(message));
        return;
    }
    if (interface != &introspectable_interface && self->interface->admit != NULL &&
        !self->interface->admit(call, self->user_data)) {
        (void)g_steal_pointer(&call); /* answered and taken */
        return;
    }
    method->fn(g_steal_pointer(&call), user_data); /* may free @self */
}

static DBusHandlerResult
on_message(DBusConnection *bus, DBusMessage *message, void *data)
{
    PdObject *self = data;
    const PdInterface *const all[] = { self->interface, &properties_interface,
                                       &introspectable_interface };
    const char *name = dbus_message_get_interface(message); /* NULL is legal: any that has it */
    bool known = name == NULL;
    const PdInterface *asked = self->interface;

    if (dbus_message_get_type(message) != DBUS_MESSAGE_TYPE_METHOD_CALL)
        return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        const PdMethod *method;

        if (name != NULL && !g_str_equal(name, all[i]->name))
            continue;
        if (name != NULL)
            asked = all[i];
        known = true;
        method = find_method(all[i], dbus_message_get_member(message));
        if (method != NULL) {
            call_method(self, all[i], method, pd_call_new(bus, message));
            return DBUS_HANDLER_RESULT_HANDLED;
        }
    }
    if (known)
        fail_unknown_method(pd_call_new(bus, message), asked);
    else
        pd_call_fail(pd_call_new(bus, message), DBUS_ERROR_UNKNOWN_INTERFACE,
                     "%s has no interface %s", self->path, name);
    return DBUS_HANDLER_RESULT_HANDLED;
}

static void
object_destroy(DBusConnection *bus, void *data)
{
    PdObject *self = data;

    g_free(self->path);
    g_free(self);
}

PdObject *
pd_object_new(DBusConnection *bus, const char *path, const PdInterface *interface, void *user_data)
{
    static const DBusObjectPathVTable vtable = {
        .unregister_function = object_destroy,
        .message_function = on_message,
    };
    PdObject *self = g_new0(PdObject, 1);

    self->bus = bus;
    self->path = g_strdup(path);
    self->interface = interface;
    self->user_data = user_data;
    pd_bus_need(dbus_connection_register_object_path(bus, path, &vtable, self));
    return self;
}

void
pd_object_free(PdObject *self)
{
    if (self == NULL)
        return;
    dbus_connection_unregister_object_path(self->bus, self->path); /* calls object_destroy() */
}

const char *
pd_object_path(const PdObject *self)
{
    return self->path;
}

static bool
has_children(DBusConnection *bus, const char *path)
{
    char **children = NULL;
    bool any;

    pd_bus_need(dbus_connection_list_registered(bus, path, &children));
    any = children[0] != NULL;
    dbus_free_string_array(children);
    return any;
}

static DBusHandlerResult
on_unknown_path(DBusConnection *bus, DBusMessage *message, void *data)
{
    const char *path = dbus_message_get_path(message);
    g_autoptr(PdCall) call = NULL;

    if (dbus_message_get_type(message) != DBUS_MESSAGE_TYPE_METHOD_CALL)
        return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
    call = pd_call_new(bus, message);
    if (!has_children(bus, path))
        pd_call_fail(g_steal_pointer(&call), DBUS_ERROR_UNKNOWN_OBJECT, "there is no object %s%s",
                     path,
                     g_str_has_prefix(path, PD_DBUS_DOCUMENT_PATH)
                         ? ": the document was closed, or its client left the bus"
                         : "");
    else if (dbus_message_is_method_call(message, DBUS_INTERFACE_INTROSPECTABLE, "Introspect"))
        return_introspection(g_steal_pointer(&call), bus, path, STANDARD_XML);
    else
        pd_call_fail(g_steal_pointer(&call), DBUS_ERROR_UNKNOWN_METHOD, "%s has no method %s", path,
                     dbus_message_get_member(message));
    return DBUS_HANDLER_RESULT_HANDLED;
}

void
pd_object_register_root(DBusConnection *bus)
{
    static const DBusObjectPathVTable vtable = { .message_function = on_unknown_path };

    pd_bus_need(dbus_connection_register_fallback(bus, "/", &vtable, NULL));
}

void
pd_object_handle(DBusConnection *bus, DBusMessage *call)
{
    void *object;

    pd_bus_need(dbus_connection_get_object_path_data(bus, dbus_message_get_path(call), &object));
    if (object != NULL)
        on_message(bus, call, object);
    else
        on_unknown_path(bus, call, NULL);
}

/* --- signals --- */

DBusMessage *
pd_object_new_signal(const PdObject *self, const char *name)
{
    DBusMessage *message = dbus_message_new_signal(self->path, self->interface->name, name);

    pd_bus_need(message != NULL);
    return message;
}

static bool
is_in_table(const PdObject *self, DBusMessage *message)
{
    for (const PdSignal *s = self->interface->signals; s != NULL && s->name != NULL; s++) {
        if (dbus_message_has_member(message, s->name))
            return dbus_message_has_signature(message, s->signature);
    }
    return false;
}

void
pd_object_emit(const PdObject *self, const char *destination, DBusMessage *message)
{
    g_autoptr(DBusMessage) owned = message;

    g_assert(is_in_table(self, message));
    if (destination != NULL)
        pd_bus_need(dbus_message_set_destination(message, destination));
    pd_bus_need(dbus_connection_send(self->bus, message, NULL));
}

void
pd_object_emit_changed(const PdObject *self, const char *name)
{
    g_autoptr(DBusMessage) message =
        dbus_message_new_signal(self->path, DBUS_INTERFACE_PROPERTIES, "PropertiesChanged");
    DBusMessageIter iter, none;

    pd_bus_need(message != NULL);
    dbus_message_iter_init_append(message, &iter);
    pd_bus_need(dbus_message_iter_append_basic(&iter, DBUS_TYPE_STRING, &self->interface->name));
    append_properties(self, name, &iter);
    pd_bus_need(dbus_message_iter_open_container(&iter, DBUS_TYPE_ARRAY, "s", &none));
    pd_bus_need(dbus_message_iter_close_container(&iter, &none));
    pd_bus_need(dbus_connection_send(self->bus, message, NULL));
}
