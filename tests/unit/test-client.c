/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/client against a service of the test's own, on a private bus: one that answers, refuses,
 * lies, stalls and vanishes. The text of a Check says what it is to do.
 */
#include "dbus/protocol.h"
#include "plugin/client/pd-client.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *address;
    GPid daemon;
    GDBusConnection *service;
    GCancellable *cancel; /* cancelled when a "stall" has arrived */
    gint n_stalled;       /* atomic, as are these: the filter runs in GDBus' thread */
    gint stalled_serial;
    gint cancelled_serial;
} Fixture;

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
answer_check(Fixture *self, GDBusMessage *message)
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
answer_score(Fixture *self, GDBusMessage *message)
{
    g_autoptr(GDBusMessage) reply = g_dbus_message_new_method_reply(message);
    static const double scores[] = { -0.5, -1.5 };

    g_dbus_message_set_body(
        reply,
        g_variant_new("(@ad)", g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, scores, 2, 8)));
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
answer_explain(Fixture *self, GDBusMessage *message)
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
    Fixture *self = user_data;
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
    else if (g_str_equal(member, "Cancel")) {
        g_variant_get(g_dbus_message_get_body(message), "(t)", &serial);
        g_atomic_int_set(&self->cancelled_serial, (gint)serial);
    }
    g_object_unref(message);
    return NULL;
}

/* In the child: a test that fails leaves no bus behind. */
static void
die_with_test(gpointer unused)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_bus(Fixture *self)
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

static void
stop_bus(Fixture *self)
{
    kill(self->daemon, SIGKILL);
    waitpid(self->daemon, NULL, 0);
}

static void
start_service(Fixture *self)
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

static void
stop_service(Fixture *self)
{
    if (!g_dbus_connection_is_closed(self->service))
        g_dbus_connection_close_sync(self->service, NULL, NULL);
    g_clear_object(&self->service);
}

/* The address stays the same for all tests: libdbus reads the variable once. */
static void
set_up(Fixture *self, gconstpointer address)
{
    self->address = g_strdup(address);
    start_bus(self);
    start_service(self);
}

static void
tear_down(Fixture *self, gconstpointer address)
{
    stop_service(self);
    stop_bus(self);
    g_free(self->address);
}

static PdClient *
new_client(void)
{
    g_autoptr(GError) error = NULL;
    PdClient *client = pd_client_new(&error);

    g_assert_no_error(error);
    return client;
}

static void
test_check(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    const PdClientFinding *first;
    const PdClientCandidate *candidate;

    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
    first = g_ptr_array_index(list, 0); /* by start, whatever the order on the bus */
    g_assert_cmpuint(first->start, ==, 1);
    g_assert_cmpuint(first->length, ==, 2);
    g_assert_cmpstr(first->kind, ==, "spelling");
    g_assert_cmpstr(first->rule, ==, "spelling/unknown");
    g_assert_cmpfloat(first->confidence, ==, 0.9);
    g_assert_cmpuint(first->candidates->len, ==, 1);
    candidate = g_ptr_array_index(first->candidates, 0);
    g_assert_cmpstr(candidate->text, ==, "receive");
    g_assert_cmpstr(candidate->action, ==, "insert");
    g_assert_cmpfloat(candidate->score, ==, 1.5);
    g_assert_null(pd_client_error_name(client));
}

static void
test_lies(Fixture *self, gconstpointer address)
{
    static const char *const texts[] = { "outside", "overflow",  "confidence",
                                         "score",   "signature", "action" };
    g_autoptr(PdClient) client = new_client();

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_client_check(client, "en_US", texts[i], NULL, NULL, &error));
        g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_PROTOCOL);
    }
}

static void
test_explain(Fixture *self, gconstpointer address)
{
    static const char *const lies[] = {
        "place=(uint32 0, uint32 99)",
        "place=",
        "known='no'",
        "chances=[('spelling', 1.5)]",
        "contributions=[(uint32 0, uint32 1, inf)]",
        "contributions=[(uint32 99, uint32 1, 0.5)]",
    };
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(PdClientExplanation) e =
        pd_client_explain(client, "en_US", "I recieve", 2, 0, NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(e->start, ==, 2);
    g_assert_cmpuint(e->length, ==, 7);
    g_assert_cmpuint(e->sentence_length, ==, 9);
    g_assert_false(e->known);
    g_assert_cmpstr(((PdClientChance *)e->chances->pdata[0])->name, ==, "spelling");
    g_assert_cmpfloat(((PdClientContribution *)e->contributions->pdata[0])->log_odds, ==, -0.5);
    g_assert_cmpuint(e->findings->len, ==, 0);
    g_assert_cmpstr(((PdClientRulePage *)e->pages->pdata[0])->right, ==, "f");
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GError) lie = NULL;

        g_assert_null(pd_client_explain(client, "en_US", lies[i], 2, 0, NULL, NULL, &lie));
        g_assert_error(lie, PD_CLIENT_ERROR, PD_CLIENT_ERROR_PROTOCOL);
    }
}

static void
test_score(Fixture *self, gconstpointer address)
{
    static const char *const texts[] = { "a", "b", "c" };
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    double scores[3] = { 7, 7, 7 };

    g_assert_true(pd_client_score(client, "en_US", texts, 2, scores, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(scores[1], ==, -1.5);
    g_assert_false(pd_client_score(client, "en_US", texts, 3, scores, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_PROTOCOL);
    g_assert_cmpfloat(scores[2], ==, 7);
}

static void
test_refusals(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(PD_MAX_TEXT_BYTES + 1, 'a');
    PdClientOptions options = { .max_candidates = -1 };
    double scores[2];

    g_assert_null(pd_client_check(client, "en_US", "refuse", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_REFUSED);
    g_assert_cmpstr(error->message, ==, "come later");
    g_assert_cmpstr(pd_client_error_name(client), ==, "Busy");
    g_clear_error(&error);
    /* these never reach the bus; the first would end the process in libdbus */
    g_assert_null(pd_client_check(client, "en_US", "ab\xff", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_REFUSED);
    g_assert_cmpstr(error->message, ==, "text is not UTF-8 at byte 2");
    g_assert_cmpstr(pd_client_error_name(client), ==, "InvalidText");
    g_clear_error(&error);
    g_assert_null(pd_client_check(client, "en_US", long_text, NULL, NULL, &error));
    g_assert_cmpstr(pd_client_error_name(client), ==, "TooLong");
    g_clear_error(&error);
    long_text[PD_MAX_TEXT_BYTES / 2 + 1] = '\0'; /* twice that is too long */
    g_assert_false(pd_client_score(client, "en_US", (const char *const[]){ long_text, long_text },
                                   2, scores, NULL, &error));
    g_assert_cmpstr(pd_client_error_name(client), ==, "TooLong");
    g_clear_error(&error);
    options.words = (const char *const[]){ long_text, NULL };
    g_assert_null(pd_client_check(client, "en_US", "x", &options, NULL, &error));
    g_assert_cmpstr(pd_client_error_name(client), ==, "InvalidOption");
}

static void
wait_for_cancel(Fixture *self)
{
    while (g_atomic_int_get(&self->cancelled_serial) == 0)
        g_usleep(1000);
    g_assert_cmpint(g_atomic_int_get(&self->cancelled_serial), ==,
                    g_atomic_int_get(&self->stalled_serial));
}

static void
test_deadline(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    pd_client_set_deadline(client, 200);
    g_assert_null(pd_client_check(client, "en_US", "stall", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_TIMED_OUT);
    g_clear_error(&error);
    wait_for_cancel(self);
    pd_client_set_deadline(client, -1);
    list = pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
}

static void
test_cancel(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    self->cancel = cancel;
    pd_client_set_deadline(client, -1);
    g_assert_null(pd_client_check(client, "en_US", "stall", NULL, cancel, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_CANCELLED);
    wait_for_cancel(self);
    g_clear_error(&error);
    /* cancelled before it begins: it ends at once, too */
    g_assert_null(pd_client_check(client, "en_US", "stall", NULL, cancel, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_CANCELLED);
    self->cancel = NULL;
}

static void
test_service_vanishes(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    g_assert_true(pd_client_service_runs(&error));
    g_assert_null(pd_client_check(client, "en_US", "vanish", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_DISCONNECTED);
    g_clear_error(&error);
    g_assert_false(pd_client_service_runs(&error));
    g_assert_no_error(error);
    g_assert_null(pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS);
    g_clear_error(&error);
    stop_service(self);
    start_service(self);
    list = pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
}

static void
test_bus_dies(Fixture *self, gconstpointer address)
{
    g_autoptr(PdClient) client = new_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    g_assert_null(pd_client_check(client, "en_US", "die", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_DISCONNECTED);
    g_clear_error(&error);
    stop_bus(self);
    g_assert_null(pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS);
    g_clear_error(&error);
    g_assert_null(pd_client_new(&error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS);
    g_clear_error(&error);
    g_clear_object(&self->service);
    start_bus(self);
    start_service(self);
    list = pd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
}

static void
test_no_service(Fixture *self, gconstpointer address)
{
    g_autoptr(GError) error = NULL;

    stop_service(self);
    g_assert_null(pd_client_new(&error));
    g_assert_error(error, PD_CLIENT_ERROR, PD_CLIENT_ERROR_NO_BUS);
    start_service(self);
}

int
main(int argc, char **argv)
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
    g_test_add("/client/check", Fixture, address, set_up, test_check, tear_down);
    g_test_add("/client/lies", Fixture, address, set_up, test_lies, tear_down);
    g_test_add("/client/explain", Fixture, address, set_up, test_explain, tear_down);
    g_test_add("/client/score", Fixture, address, set_up, test_score, tear_down);
    g_test_add("/client/refusals", Fixture, address, set_up, test_refusals, tear_down);
    g_test_add("/client/deadline", Fixture, address, set_up, test_deadline, tear_down);
    g_test_add("/client/cancel", Fixture, address, set_up, test_cancel, tear_down);
    g_test_add("/client/service-vanishes", Fixture, address, set_up, test_service_vanishes,
               tear_down);
    g_test_add("/client/bus-dies", Fixture, address, set_up, test_bus_dies, tear_down);
    g_test_add("/client/no-service", Fixture, address, set_up, test_no_service, tear_down);
    status = g_test_run();
    g_unlink(socket);
    g_rmdir(directory);
    return status;
}
