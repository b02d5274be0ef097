/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/fake-service.h"

#include "dbus/protocol.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static GVariant *
finding(guint start, guint length, double confidence, double score, const char *action)
{
    GVariantBuilder candidates;

    g_variant_builder_init(&candidates, G_VARIANT_TYPE("a(sds)"));
    g_variant_builder_add(&candidates, "(sds)", "receive", score, action);
    return g_variant_new("(uusdssa(sds))", start, length, "spelling", confidence, "Unknown word.",
                         "spelling/unknown", &candidates);
}

static GVariant *
findings(GVariant *first, GVariant *second)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(uusdssa(sds))"));
    g_variant_builder_add_value(&list, first);
    if (second != NULL)
        g_variant_builder_add_value(&list, second);
    return g_variant_new("(a(uusdssa(sds)))", &list);
}

/* The answers' bodies by the text asked about; all texts are 20 code points or less. */
static GVariant *
body_for(const char *text)
{
    if (g_str_equal(text, "outside"))
        return findings(finding(5, 3, 0.9, 1, "replace"), NULL);
    if (g_str_equal(text, "overflow"))
        return findings(finding(1, G_MAXUINT32, 0.9, 1, "replace"), NULL);
    if (g_str_equal(text, "confidence"))
        return findings(finding(0, 1, NAN, 1, "replace"), NULL);
    if (g_str_equal(text, "score"))
        return findings(finding(0, 1, 0.9, INFINITY, "replace"), NULL);
    if (g_str_equal(text, "action"))
        return findings(finding(0, 1, 0.9, 1, "explode"), NULL);
    if (g_str_equal(text, "signature"))
        return g_variant_new("(s)", "no findings at all");
    return findings(finding(4, 2, 0.5, 1, "replace"), finding(1, 2, 0.9, 1.5, "insert"));
}

static void
answer_check(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = NULL;
    const char *text;

    g_variant_get_child(g_dbus_message_get_body(message), 1, "&s", &text);
    if (g_str_equal(text, "stall")) {
        g_atomic_int_set(&self->stalled_serial, g_dbus_message_get_serial(message));
        g_atomic_int_inc(&self->n_stalled);
        if (self->cancel != NULL)
            g_cancellable_cancel(self->cancel);
        return;
    }
    if (g_str_equal(text, "vanish")) {
        g_dbus_connection_close(self->service, NULL, NULL, NULL);
        return;
    }
    if (g_str_equal(text, "die")) {
        kill(self->daemon, SIGKILL);
        return;
    }
    if (g_str_equal(text, "refuse")) {
        reply = g_dbus_message_new_method_error(message, PD_DBUS_ERROR_BUSY, "%s", "come later");
    } else {
        reply = g_dbus_message_new_method_reply(message);
        g_dbus_message_set_body(reply, body_for(text));
    }
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static void
answer_score(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = g_dbus_message_new_method_reply(message);
    static const double scores[] = { -0.5, -1.5 };

    g_dbus_message_set_body(
        reply,
        g_variant_new("(@ad)", g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, scores, 2, 8)));
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static void
answer_ping(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = g_dbus_message_new_method_reply(message);

    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static void
send_error(FakeService *self, GDBusMessage *message, const char *name)
{
    g_autoptr(GDBusMessage) reply =
        g_dbus_message_new_method_error_literal(message, name, "as the test says");

    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static void
send_changed(FakeService *self, const char *client, GVariant *arguments)
{
    g_autoptr(GDBusMessage) message =
        g_dbus_message_new_signal(PD_DBUS_DOCUMENT_PATH "1", PD_DBUS_DOCUMENT_INTERFACE, "Changed");

    g_dbus_message_set_destination(message, client);
    g_dbus_message_set_body(message, arguments);
    g_dbus_connection_send_message(self->service, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

/* A document's text is the Changed that follows it, as g_variant_parse() reads it. */
static void
answer_open(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = g_dbus_message_new_method_reply(message);
    g_autoptr(GVariant) changed = NULL;
    const char *text;

    g_variant_get_child(g_dbus_message_get_body(message), 1, "&s", &text);
    if (g_str_equal(text, "stall")) {
        g_clear_object(&self->edit);
        self->edit = g_object_ref(message);
        g_atomic_int_inc(&self->n_stalled);
        return;
    }
    g_dbus_message_set_body(reply, g_variant_new("(o)", PD_DBUS_DOCUMENT_PATH "1"));
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
    changed = g_variant_parse(NULL, text, NULL, NULL, NULL);
    if (changed != NULL)
        send_changed(self, g_dbus_message_get_sender(message), changed);
}

static GVariant *
no_findings(guint start, guint length)
{
    return g_variant_new("(uu@a(uusdssa(sds)t))", start, length,
                         g_variant_new_array(G_VARIANT_TYPE("(uusdssa(sds)t)"), NULL, 0));
}

/* One edit waits until the next, as in the service; "!" is answered with an error of that name. */
static void
answer_edit(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = NULL;
    const char *inserted;

    g_variant_get_child(g_dbus_message_get_body(message), 3, "&s", &inserted);
    if (self->edit != NULL)
        send_error(self, self->edit, PD_DBUS_ERROR_CANCELLED);
    g_clear_object(&self->edit);
    if (g_str_equal(inserted, "wait")) {
        self->edit = g_object_ref(message);
        g_atomic_int_set(&self->stalled_serial, g_dbus_message_get_serial(message));
        g_atomic_int_inc(&self->n_stalled);
        return;
    }
    if (*inserted == '!') {
        g_autofree char *name = g_strconcat(PD_DBUS_ERROR_PREFIX, inserted + 1, NULL);

        send_error(self, message, name);
        return;
    }
    reply = g_dbus_message_new_method_reply(message);
    g_dbus_message_set_body(reply,
                            g_str_equal(inserted, "lie") ? no_findings(90, 9) : no_findings(0, 1));
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

/* The text is what a key's value is replaced by, as g_variant_parse() reads it: "KEY=VALUE". */
static GVariant *
explanation_for(const char *text)
{
    static const char whole[] =
        "{'sentence': <(uint32 0, uint32 9)>, 'place': <(uint32 2, uint32 7)>, 'known': <false>,"
        "'chances': <[('spelling', 0.75), ('correct', 0.25)]>,"
        "'contributions': <[(uint32 0, uint32 1, -0.5)]>, 'reason': <''>, 'more': <'to come'>,"
        "'findings': <@a(uusdssa(sds)) []>, 'pages': <[('a/b', 'c', 'd', 'e', 'f')]>}";
    g_autoptr(GVariant) parsed = g_variant_parse(NULL, whole, NULL, NULL, NULL);
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    g_autoptr(GVariant) lie = NULL;
    GVariantDict dict;

    g_variant_dict_init(&dict, parsed);
    if (g_strv_length(parts) == 2) {
        g_variant_dict_remove(&dict, parts[0]);
        if (*parts[1] != '\0')
            lie = g_variant_parse(NULL, parts[1], NULL, NULL, NULL);
        if (lie != NULL)
            g_variant_dict_insert_value(&dict, parts[0], lie);
    }
    return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

static void
answer_explain(FakeService *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = g_dbus_message_new_method_reply(message);
    const char *text;

    g_variant_get_child(g_dbus_message_get_body(message), 1, "&s", &text);
    g_dbus_message_set_body(reply, explanation_for(text));
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static GDBusMessage *
on_message(GDBusConnection *service, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
    FakeService *self = user_data;
    const char *member = g_dbus_message_get_member(message);
    guint64 serial;

    if (!incoming || g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    if (g_str_equal(member, "Check"))
        answer_check(self, message);
    else if (g_str_equal(member, "Explain"))
        answer_explain(self, message);
    else if (g_str_equal(member, "Score"))
        answer_score(self, message);
    else if (g_str_equal(member, "Ping"))
        answer_ping(self, message);
    else if (g_str_equal(member, "Open"))
        answer_open(self, message);
    else if (g_str_equal(member, "Edit"))
        answer_edit(self, message);
    else if (g_str_equal(member, "Close"))
        g_atomic_int_inc(&self->n_closed);
    else if (g_str_equal(member, "Cancel")) {
        g_variant_get(g_dbus_message_get_body(message), "(t)", &serial);
        g_atomic_int_set(&self->cancelled_serial, (gint)serial);
    }
    g_main_context_wakeup(NULL); /* a test may wait for what was counted here */
    g_object_unref(message);
    return NULL;
}

/* In the child: a test that fails leaves no bus behind. */
static void
die_with_test(gpointer unused)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void
fake_service_start_bus(FakeService *self)
{
    g_autofree char *address = g_strconcat("--address=", self->address, NULL);
    const char *arguments[] = { "dbus-daemon", "--session",         "--nofork",
                                address,       "--print-address=1", NULL };
    g_autoptr(GError) error = NULL;
    char byte;
    int out;

    g_spawn_async_with_pipes(NULL, (char **)arguments, NULL,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, die_with_test, NULL,
                             &self->daemon, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    while (read(out, &byte, 1) == 1 && byte != '\n') /* it listens once it has told where */
        ;
    close(out);
}

void
fake_service_stop_bus(FakeService *self)
{
    kill(self->daemon, SIGKILL);
    waitpid(self->daemon, NULL, 0);
}

void
fake_service_start_service(FakeService *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL;

    self->service =
        g_dbus_connection_new_for_address_sync(self->address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    g_dbus_connection_add_filter(self->service, on_message, self, NULL);
    reply = g_dbus_connection_call_sync(self->service, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new("(su)", PD_DBUS_NAME, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
}

void
fake_service_stop_service(FakeService *self)
{
    if (!g_dbus_connection_is_closed(self->service))
        g_dbus_connection_close_sync(self->service, NULL, NULL);
    g_clear_object(&self->service);
    g_clear_object(&self->edit);
}

void
fake_service_set_up(FakeService *self, gconstpointer address)
{
    self->address = g_strdup(address);
    fake_service_start_bus(self);
    fake_service_start_service(self);
}

void
fake_service_tear_down(FakeService *self, gconstpointer address)
{
    fake_service_stop_service(self);
    fake_service_stop_bus(self);
    g_free(self->address);
}

int
fake_service_run_tests(int argc, char **argv, const FakeServiceTest *tests, size_t n_tests)
{
    g_autofree char *directory = g_dir_make_tmp("proofd-client-XXXXXX", NULL);
    g_autofree char *address = g_strdup_printf("unix:path=%s/bus", directory);
    g_autofree char *socket = g_build_filename(directory, "bus", NULL);
    g_autofree char *daemon = g_find_program_in_path("dbus-daemon");
    int status;

    if (daemon == NULL) {
        g_rmdir(directory);
        puts("1..0 # SKIP no dbus-daemon");
        return 0;
    }
    g_setenv("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n_tests; i++)
        g_test_add(tests[i].path, FakeService, address, fake_service_set_up, tests[i].test,
                   fake_service_tear_down);
    status = g_test_run();
    g_unlink(socket);
    g_rmdir(directory);
    return status;
}
