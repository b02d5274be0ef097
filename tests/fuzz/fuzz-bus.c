/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * D-Bus messages to every member of the service and of its documents, through a real bus, with
 * arguments of the right types or of any others. Every call is answered once, with the types that
 * the tables promise or with an error; the service lives on.
 *
 * The input is a row of messages. Each begins with four bytes: what kind of message, the member,
 * the interface, the object; then come the arguments (take_value()).
 */
#include "daemon/bus-document.h"
#include "daemon/bus-source.h"
#include "daemon/service.h"
#include "dbus/protocol.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/service.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAX_MESSAGES 16
#define MAX_DEPTH 4
#define MAX_ITEMS 8
#define BIG_STRING 250 /* a length from here on means a long string */
#define BIG_FACTOR 64

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    DBusConnection *bus;
    GPtrArray *calls;     /* of Call */
    GPtrArray *documents; /* paths */
    bool added_words;
    unsigned n_waiting;
} Session;

typedef struct {
    Session *session;
    const PdMethod *method; /* (nullable): one of the tables, in its own interface */
    DBusPendingCall *pending;
} Call;

/* What a call may name beside the tables' methods. */
static const struct {
    const char *interface, *member, *in;
} others[] = {
    { DBUS_INTERFACE_PROPERTIES, "Get", "ss" },
    { DBUS_INTERFACE_PROPERTIES, "GetAll", "s" },
    { DBUS_INTERFACE_PROPERTIES, "Set", "ssv" },
    { DBUS_INTERFACE_INTROSPECTABLE, "Introspect", "" },
    { DBUS_INTERFACE_PEER, "Ping", "" },
    { DBUS_INTERFACE_PEER, "GetMachineId", "" },
    { PD_DBUS_INTERFACE, "Chek", "ss" },
};

/* Strings that mean something somewhere. */
static const char *const words[] = {
    "level",     "format",          "offsets",
    "disable",   "max-candidates",  "words",
    "wait",      "variant",         "en_US",
    "careful",   "thorough",        "markdown",
    "html",      "utf16",           "utf8",
    "chars",     "spelling",        "spelling/unknown",
    "code:c",    PD_DBUS_INTERFACE, PD_DBUS_DOCUMENT_INTERFACE,
    "ModelName", "Statistics",      "She go to teh school. A apple.",
};
static const char types[] = "ybnqiuxtdsogvhas(";

static const char *address;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    address = fuzz_service_start();
    return 0;
}

/* --- the input --- */

static uint8_t
take_byte(Session *self)
{
    return self->at < self->end ? *self->at++ : 0;
}

static uint64_t
take_number(Session *self)
{
    const uint8_t n = take_byte(self);
    uint64_t value = 0;

    if (n < 240)
        return n;
    for (size_t i = 0; i < sizeof value; i++)
        value = value << 8 | take_byte(self);
    return value;
}

/* (transfer full): one of the words, or the next bytes, which may stand many times */
static char *
take_string(Session *self)
{
    const uint8_t n = take_byte(self);
    g_autofree char *text = NULL;
    size_t length;
    GString *big;

    if (n % 2 == 1 && n < BIG_STRING)
        return g_strdup(words[n / 2 % G_N_ELEMENTS(words)]);
    length = MIN((size_t)n / 2, (size_t)(self->end - self->at));
    text = fuzz_text(self->at, length);
    self->at += length;
    if (n < BIG_STRING)
        return g_steal_pointer(&text);
    big = g_string_new(NULL);
    for (int i = 0; i < BIG_FACTOR; i++)
        g_string_append(big, text);
    return g_string_free(big, FALSE);
}

/* Appends one complete type. */
static void
take_type(Session *self, GString *signature, int depth)
{
    const char type = types[take_byte(self) % (sizeof types - 1)];

    if (depth >= MAX_DEPTH || (type != 'a' && type != '(')) {
        g_string_append_c(signature, type == 'a' || type == '(' ? 's' : type);
    } else if (type == '(') {
        g_string_append_c(signature, '(');
        for (unsigned n = 1 + take_byte(self) % 3; n > 0; n--)
            take_type(self, signature, depth + 1);
        g_string_append_c(signature, ')');
    } else if (take_byte(self) % 2 == 0) {
        g_string_append_c(signature, 'a');
        take_type(self, signature, depth + 1);
    } else {
        g_string_append(signature, "a{s");
        take_type(self, signature, depth + 1);
        g_string_append_c(signature, '}');
    }
}

/* --- messages --- */

static void take_value(Session *self, DBusMessageIter *iter, DBusSignatureIter *type, int depth);

static void
take_basic(Session *self, DBusMessageIter *iter, int type)
{
    DBusBasicValue value = { .u64 = 0 };
    g_autofree char *text = NULL;

    if (type == DBUS_TYPE_UNIX_FD) {
        value.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        dbus_message_iter_append_basic(iter, type, &value);
        close(value.fd); /* the message has its own */
        return;
    }
    if (dbus_type_is_fixed(type)) {
        value.u64 = take_number(self);
        if (type == DBUS_TYPE_BOOLEAN)
            value.bool_val = value.u64 % 2 == 1;
    } else {
        text = take_string(self);
        value.str = text;
        if (type == DBUS_TYPE_OBJECT_PATH && !dbus_validate_path(text, NULL))
            value.str = (char *)"/";
        if (type == DBUS_TYPE_SIGNATURE && !dbus_signature_validate(text, NULL))
            value.str = (char *)"as";
    }
    dbus_message_iter_append_basic(iter, type, &value);
}

/* What is in a struct or a dictionary's entry: all of it. */
static void
take_members(Session *self, DBusMessageIter *iter, DBusSignatureIter *type, int depth)
{
    do {
        take_value(self, iter, type, depth + 1);
    } while (dbus_signature_iter_next(type));
}

static void
take_variant(Session *self, DBusMessageIter *iter, int depth)
{
    g_autoptr(GString) signature = g_string_new(NULL);
    DBusSignatureIter type;
    DBusMessageIter inner;

    take_type(self, signature, depth);
    dbus_signature_iter_init(&type, signature->str);
    dbus_message_iter_open_container(iter, DBUS_TYPE_VARIANT, signature->str, &inner);
    take_value(self, &inner, &type, depth + 1);
    dbus_message_iter_close_container(iter, &inner);
}

static void
take_array(Session *self, DBusMessageIter *iter, DBusSignatureIter *type, int depth)
{
    DBusSignatureIter item;
    g_autofree char *signature = NULL;
    DBusMessageIter inner;
    char *owned;

    dbus_signature_iter_recurse(type, &item);
    owned = dbus_signature_iter_get_signature(&item);
    signature = g_strdup(owned);
    dbus_free(owned);
    dbus_message_iter_open_container(iter, DBUS_TYPE_ARRAY, signature, &inner);
    for (unsigned n = take_byte(self) % MAX_ITEMS; n > 0; n--) {
        dbus_signature_iter_recurse(type, &item);
        take_value(self, &inner, &item, depth + 1);
    }
    dbus_message_iter_close_container(iter, &inner);
}

/*
 * Appends a value of that type: numbers and strings as take_number() and take_string() say, an
 * array's length and a variant's type first.
 */
static void
take_value(Session *self, DBusMessageIter *iter, DBusSignatureIter *type, int depth)
{
    const int kind = dbus_signature_iter_get_current_type(type);
    DBusSignatureIter inside;
    DBusMessageIter inner;

    if (dbus_type_is_basic(kind)) {
        take_basic(self, iter, kind);
    } else if (kind == DBUS_TYPE_VARIANT) {
        take_variant(self, iter, depth);
    } else if (kind == DBUS_TYPE_ARRAY) {
        take_array(self, iter, type, depth);
    } else {
        dbus_signature_iter_recurse(type, &inside);
        dbus_message_iter_open_container(iter, kind, NULL, &inner);
        take_members(self, &inner, &inside, depth);
        dbus_message_iter_close_container(iter, &inner);
    }
}

static void
take_arguments(Session *self, DBusMessage *message, const char *signature)
{
    DBusSignatureIter type;
    DBusMessageIter iter;

    dbus_message_iter_init_append(message, &iter);
    dbus_signature_iter_init(&type, signature);
    if (*signature != '\0')
        take_members(self, &iter, &type, 0);
}

/* --- answers --- */

static void
note_document(Session *self, DBusMessage *reply)
{
    const char *path;

    if (dbus_message_get_args(reply, NULL, DBUS_TYPE_OBJECT_PATH, &path, DBUS_TYPE_INVALID))
        g_ptr_array_add(self->documents, g_strdup(path));
}

static void
on_reply(DBusPendingCall *pending, void *user_data)
{
    Call *call = user_data;
    g_autoptr(DBusMessage) reply = dbus_pending_call_steal_reply(pending);

    call->session->n_waiting--;
    g_assert_nonnull(reply);
    if (dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_ERROR) {
        const char *name = dbus_message_get_error_name(reply);

        g_assert_true(g_str_has_prefix(name, PD_DBUS_ERROR_PREFIX) ||
                      g_str_has_prefix(name, "org.freedesktop.DBus.Error."));
        g_assert_cmpstr(name, !=, PD_DBUS_ERROR_FAILED);
        g_assert_cmpstr(name, !=, PD_DBUS_ERROR_MODEL_BROKEN);
        g_assert_cmpstr(name, !=, DBUS_ERROR_NO_REPLY);
    } else if (call->method != NULL) {
        g_assert_true(dbus_message_has_signature(reply, call->method->out));
        if (g_str_equal(call->method->name, "Open"))
            note_document(call->session, reply);
    }
}

static void
call_free(void *data)
{
    Call *call = data;

    dbus_pending_call_cancel(call->pending);
    dbus_pending_call_unref(call->pending);
    g_free(call);
}

static void
send(Session *self, DBusMessage *message, const PdMethod *method)
{
    DBusPendingCall *pending;
    Call *call;

    if (dbus_message_get_no_reply(message) ||
        dbus_message_get_type(message) != DBUS_MESSAGE_TYPE_METHOD_CALL) {
        g_assert_true(dbus_connection_send(self->bus, message, NULL));
        return;
    }
    g_assert_true(
        dbus_connection_send_with_reply(self->bus, message, &pending, DBUS_TIMEOUT_INFINITE));
    if (pending == NULL) /* disconnected */
        return;
    call = g_new0(Call, 1);
    call->session = self;
    call->method = method;
    call->pending = pending;
    g_assert_true(dbus_pending_call_set_notify(call->pending, on_reply, call, NULL));
    g_ptr_array_add(self->calls, call);
    self->n_waiting++;
}

/* --- a session --- */

static unsigned
count_methods(const PdInterface *interface)
{
    unsigned n = 0;

    while (interface->methods[n].name != NULL)
        n++;
    return n;
}

/* (transfer full): to which member, and what it takes; *ret_method: NULL: none of ours */
static DBusMessage *
take_call(Session *self, uint8_t kind, const PdMethod **ret_method, const char **ret_in)
{
    static const char *const wrong[] = { NULL, PD_DBUS_DOCUMENT_INTERFACE, "a.b" };
    const unsigned n_service = count_methods(&pd_service_interface);
    const unsigned n_document = count_methods(&pd_document_interface);
    const unsigned member = take_byte(self) % (n_service + n_document + G_N_ELEMENTS(others));
    const uint8_t interface = take_byte(self), object = take_byte(self);
    const bool is_document = member >= n_service && member < n_service + n_document;
    const char *path = PD_DBUS_PATH, *name = PD_DBUS_INTERFACE;

    *ret_method = is_document          ? &pd_document_interface.methods[member - n_service]
                  : member < n_service ? &pd_service_interface.methods[member]
                                       : NULL;
    if ((is_document || object % 4 == 1) && self->documents->len > 0)
        path = g_ptr_array_index(self->documents, object % self->documents->len);
    if (is_document)
        name = PD_DBUS_DOCUMENT_INTERFACE;
    if (interface >= 240) {
        name = wrong[interface % G_N_ELEMENTS(wrong)];
        *ret_in = "";
        return dbus_message_new_method_call(PD_DBUS_NAME, path, name, "Check");
    }
    if (*ret_method == NULL) {
        *ret_in = others[member - n_service - n_document].in;
        return dbus_message_new_method_call(PD_DBUS_NAME, path,
                                            others[member - n_service - n_document].interface,
                                            others[member - n_service - n_document].member);
    }
    self->added_words |= g_str_equal((*ret_method)->name, "AddWord");
    *ret_in = (*ret_method)->in;
    return dbus_message_new_method_call(PD_DBUS_NAME, path, name, (*ret_method)->name);
}

static void
take_message(Session *self)
{
    const uint8_t kind = take_byte(self);
    g_autoptr(GString) signature = g_string_new(NULL);
    g_autoptr(DBusMessage) message = NULL;
    const PdMethod *method = NULL;
    const char *in = "";

    if (kind % 16 == 15) { /* nobody asked for it */
        message = dbus_message_new_signal(PD_DBUS_PATH, PD_DBUS_INTERFACE, "WordsChanged");
        dbus_message_set_destination(message, PD_DBUS_NAME);
    } else if (kind % 16 == 14) {
        message = dbus_message_new(DBUS_MESSAGE_TYPE_METHOD_RETURN);
        dbus_message_set_destination(message, PD_DBUS_NAME);
        dbus_message_set_reply_serial(message, 1 + take_byte(self));
    } else {
        message = take_call(self, kind, &method, &in);
    }
    if (kind % 16 >= 12) { /* other types than the right ones */
        for (unsigned n = take_byte(self) % 4; n > 0; n--)
            take_type(self, signature, 0);
        in = signature->str;
    }
    dbus_message_set_no_reply(message, kind % 16 == 11);
    take_arguments(self, message, in);
    send(self, message, method);
}

/* Or the bus has thrown it out, as it does who sends too many descriptors. */
static bool
is_answered(void *user_data)
{
    Session *self = user_data;

    return self->n_waiting == 0 || !dbus_connection_get_is_connected(self->bus);
}

static bool
has_document(void *user_data)
{
    return ((Session *)user_data)->documents->len > 0 || is_answered(user_data);
}

static void
on_words(DBusPendingCall *pending, void *user_data)
{
    Session *self = user_data;
    g_autoptr(DBusMessage) reply = dbus_pending_call_steal_reply(pending);
    char **list;
    int n;

    self->n_waiting--;
    g_assert_nonnull(reply);
    g_assert_true(dbus_message_get_args(reply, NULL, DBUS_TYPE_ARRAY, DBUS_TYPE_STRING, &list, &n,
                                        DBUS_TYPE_INVALID));
    for (int i = 0; i < n; i++) {
        g_autoptr(DBusMessage) message = dbus_message_new_method_call(
            PD_DBUS_NAME, PD_DBUS_PATH, PD_DBUS_INTERFACE, "RemoveWord");

        dbus_message_append_args(message, DBUS_TYPE_STRING, &list[i], DBUS_TYPE_INVALID);
        send(self, message, NULL);
    }
    dbus_free_string_array(list);
}

/* The next input finds no words. */
static void
remove_words(Session *self)
{
    g_autoptr(DBusMessage) message =
        dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Words");
    DBusPendingCall *pending;

    g_assert_true(dbus_connection_send_with_reply(self->bus, message, &pending, -1));
    if (pending == NULL)
        return;
    g_assert_true(dbus_pending_call_set_notify(pending, on_words, self, NULL));
    self->n_waiting++;
    fuzz_wait(is_answered, self, 0);
    dbus_pending_call_unref(pending);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func(call_free);
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(PdBusSource) source = NULL;
    Session self = { .at = data, .end = data + size, .calls = calls, .documents = documents };

    self.bus = dbus_connection_open_private(address, NULL);
    g_assert_true(self.bus != NULL && dbus_bus_register(self.bus, NULL));
    dbus_connection_set_exit_on_disconnect(self.bus, FALSE);
    source = pd_bus_source_new(self.bus);
    for (unsigned i = 0; i < MAX_MESSAGES && self.at < self.end; i++) {
        take_message(&self);
        if (i == 0) /* there is something to edit */
            fuzz_wait(has_document, &self, 0);
    }
    if (size == 0 || data[0] % 4 != 3) { /* else it leaves before the answers */
        fuzz_wait(is_answered, &self, 0);
        if (self.added_words && dbus_connection_get_is_connected(self.bus))
            remove_words(&self);
    }
    g_ptr_array_set_size(calls, 0);
    g_clear_pointer(&source, pd_bus_source_free);
    dbus_connection_close(self.bus);
    dbus_connection_unref(self.bus);
    return 0;
}
