/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/client's asynchronous calls and documents, where things go wrong
 */
#include "dbus/protocol.h"
#include "tests/unit/fake-service.h"

#include <proofd.h>
#include <stdbool.h>

/* What the callbacks of calls count. */
typedef struct {
    unsigned left;
    unsigned codes[PROOFD_ERROR_PROTOCOL + 1];
    unsigned n_fine;
} Outcome;

static void
count(Outcome *self, bool fine, const GError *error)
{
    g_assert_cmpuint(self->left, >, 0);
    self->left--;
    if (fine) {
        self->n_fine++;
        return;
    }
    g_assert_cmpuint(error->domain, ==, PROOFD_ERROR);
    self->codes[error->code]++;
}

static void
on_checked(GObject *client, GAsyncResult *result, gpointer outcome)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = proofd_client_check_finish(PROOFD_CLIENT(client), result, &error);

    count(outcome, list != NULL, error);
}

static void
on_edited(GObject *document, GAsyncResult *result, gpointer outcome)
{
    g_autoptr(GError) error = NULL;
    bool fine = proofd_document_edit_finish(PROOFD_DOCUMENT(document), result, &error);

    count(outcome, fine, error);
}

static void
run(Outcome *outcome)
{
    while (outcome->left > 0)
        g_main_context_iteration(NULL, TRUE);
}

static void
check_async(ProofdClient *client, const char *text, unsigned n, GCancellable *cancel,
            Outcome *outcome)
{
    outcome->left += n;
    for (; n > 0; n--)
        proofd_client_check_async(client, "en_US", text, NULL, cancel, on_checked, outcome);
}

/* Some at work, the others in line: each of them can be given up, and only the first are sent. */
static void
test_line(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GCancellable) first = g_cancellable_new(), rest = g_cancellable_new();
    Outcome at_work = { 0 }, in_line = { 0 }, more = { 0 };
    const unsigned n_sent = PD_MAX_CALLS_PER_CLIENT - 8;

    check_async(client, "stall", n_sent, first, &at_work);
    check_async(client, "stall", 100, rest, &in_line);
    while (g_atomic_int_get(&self->n_stalled) < (int)n_sent)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(rest);
    run(&in_line);
    g_assert_cmpuint(in_line.codes[PROOFD_ERROR_CANCELLED], ==, 100);
    g_assert_cmpint(g_atomic_int_get(&self->n_stalled), ==, n_sent);
    check_async(client, "I recieve", 10, NULL, &more);
    g_cancellable_cancel(first);
    run(&at_work);
    g_assert_cmpuint(at_work.codes[PROOFD_ERROR_CANCELLED], ==, n_sent);
    run(&more);
    g_assert_cmpuint(more.n_fine, ==, 10);
    g_assert_cmpint(g_atomic_int_get(&self->n_stalled), ==, n_sent);
}

static void
test_async_deadline(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    Outcome outcome = { 0 };

    proofd_client_set_deadline(client, 100);
    check_async(client, "stall", 200, NULL, &outcome);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_TIMED_OUT], ==, 200);
    proofd_client_set_deadline(client, -1);
    check_async(client, "ab\xff", 1, NULL, &outcome);
    check_async(client, "outside", 1, NULL, &outcome);
    check_async(client, "I recieve", 1, NULL, &outcome);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_INVALID_TEXT], ==, 1);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_PROTOCOL], ==, 1);
    g_assert_cmpuint(outcome.n_fine, ==, 1);
}

/* Those at work end with the bus; those in line find the next one. */
static void
test_async_bus_dies(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    Outcome lost = { 0 }, none = { 0 }, fine = { 0 };

    check_async(client, "stall", 5, NULL, &lost);
    check_async(client, "die", 1, NULL, &lost);
    run(&lost);
    g_assert_cmpuint(lost.codes[PROOFD_ERROR_DISCONNECTED], ==, 6);
    fake_service_stop_bus(self);
    check_async(client, "I recieve", 5, NULL, &none);
    run(&none);
    g_assert_cmpuint(none.codes[PROOFD_ERROR_NO_BUS], ==, 5);
    g_clear_object(&self->service);
    fake_service_start_bus(self);
    fake_service_start_service(self);
    check_async(client, "I recieve", 5, NULL, &fine);
    run(&fine);
    g_assert_cmpuint(fine.n_fine, ==, 5);
}

/* --- documents --- */

static ProofdDocument *
open_document(ProofdClient *client, const char *text)
{
    g_autoptr(GError) error = NULL;
    ProofdDocument *document = proofd_client_open(client, "en_US", text, NULL, NULL, &error);

    g_assert_no_error(error);
    return document;
}

static void
set_flag(ProofdDocument *document, gpointer flag)
{
    *(bool *)flag = true;
}

static void
test_superseded(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(ProofdDocument) document = open_document(client, "text");
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    Outcome outcome = { .left = 3 };

    proofd_document_edit_async(document, 0, 0, "wait", NULL, on_edited, &outcome);
    proofd_document_edit_async(document, 0, 0, "wait", NULL, on_edited, &outcome);
    proofd_document_edit_async(document, 0, 0, "now", NULL, on_edited, &outcome);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_SUPERSEDED], ==, 2);
    g_assert_cmpuint(outcome.n_fine, ==, 1);
    /* given up: the service hears of it, and the text is changed all the same */
    outcome = (Outcome){ .left = 1 };
    proofd_document_edit_async(document, 15, 0, "wait", cancel, on_edited, &outcome);
    while (g_atomic_int_get(&self->n_stalled) < 3)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(cancel);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_CANCELLED], ==, 1);
    while (g_atomic_int_get(&self->cancelled_serial) == 0)
        g_usleep(1000);
    g_assert_cmpint(g_atomic_int_get(&self->cancelled_serial), ==,
                    g_atomic_int_get(&self->stalled_serial));
    outcome = (Outcome){ .left = 2 };
    proofd_document_edit_async(document, 19, 0, "wait", cancel, on_edited, &outcome);
    proofd_document_edit_async(document, 23, 0, "now", NULL, on_edited, &outcome);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_CANCELLED], ==, 1);
    g_assert_cmpuint(outcome.n_fine, ==, 1);
    g_assert_false(proofd_document_is_closed(document));
}

/* What makes no sense ends the document, here and in the service, rather than its user. */
static void
test_document_lies(FakeService *self, gconstpointer address)
{
    static const char *const lies[] = {
        "(uint64 0, uint32 5, uint32 999, @a(uusdssa(sds)t) [])",
        "(uint64 7, uint32 0, uint32 1, @a(uusdssa(sds)t) [])",
        "(uint64 0, uint32 0, uint32 1, [(uint32 0, uint32 999, 's', 0.5, 'm', 'r/s', "
        "@a(sds) [], uint64 1)])",
        "(uint64 0, uint32 0, uint32 1, [(uint32 0, uint32 1, 's', 5.5, 'm', 'r/s', "
        "@a(sds) [], uint64 1)])",
        "('text', true)",
    };
    g_autoptr(ProofdClient) client = proofd_client_new();

    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(ProofdDocument) document = open_document(client, lies[i]);
        bool closed = false;

        g_signal_connect(document, "closed", G_CALLBACK(set_flag), &closed);
        while (!closed)
            g_main_context_iteration(NULL, TRUE);
        g_assert_true(proofd_document_is_closed(document));
        while (g_atomic_int_get(&self->n_closed) < (int)i + 1)
            g_usleep(1000);
    }
}

static void
test_refused_edits(FakeService *self, gconstpointer address)
{
    static const struct {
        const char *inserted;
        ProofdError code;
        bool closed;
    } rows[] = {
        { "!Cancelled", PROOFD_ERROR_CANCELLED, false },
        { "!ModelBroken", PROOFD_ERROR_MODEL_BROKEN, false },
        { "!Busy", PROOFD_ERROR_BUSY, true },
        { "!TooLong", PROOFD_ERROR_TOO_LONG, true },
        { "lie", PROOFD_ERROR_PROTOCOL, true },
    };
    g_autoptr(ProofdClient) client = proofd_client_new();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ProofdDocument) document = open_document(client, "text");
        g_autoptr(GError) error = NULL;

        g_assert_false(proofd_document_edit(document, 0, 0, rows[i].inserted, NULL, &error));
        g_assert_error(error, PROOFD_ERROR, (int)rows[i].code);
        g_assert_cmpint(proofd_document_is_closed(document), ==, rows[i].closed);
    }
}

static void
on_open(GObject *client, GAsyncResult *result, gpointer outcome)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(proofd_client_open_finish(PROOFD_CLIENT(client), result, &error));
    count(outcome, false, error);
}

/* Open was given up, and the service opened it all the same: it is closed there. */
static void
test_open_given_up(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GDBusMessage) reply = NULL;
    Outcome outcome = { .left = 1 };

    proofd_client_open_async(client, "en_US", "stall", NULL, cancel, on_open, &outcome);
    while (g_atomic_int_get(&self->n_stalled) == 0)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(cancel);
    run(&outcome);
    g_assert_cmpuint(outcome.codes[PROOFD_ERROR_CANCELLED], ==, 1);
    reply = g_dbus_message_new_method_reply(self->edit);
    g_dbus_message_set_body(reply, g_variant_new("(o)", PD_DBUS_DOCUMENT_PATH "1"));
    g_dbus_connection_send_message(self->service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
    while (g_atomic_int_get(&self->n_closed) == 0)
        g_usleep(1000);
}

/* The bus goes away: documents say so, too. */
static void
test_document_bus_dies(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(ProofdDocument) document = open_document(client, "text");
    bool closed = false;

    g_signal_connect(document, "closed", G_CALLBACK(set_flag), &closed);
    fake_service_stop_bus(self);
    while (!closed)
        g_main_context_iteration(NULL, TRUE);
    g_clear_object(&self->service);
    fake_service_start_bus(self);
    fake_service_start_service(self);
}

int
main(int argc, char **argv)
{
    static const FakeServiceTest tests[] = {
        { "/client/line", test_line },
        { "/client/async-deadline", test_async_deadline },
        { "/client/async-bus-dies", test_async_bus_dies },
        { "/client/superseded", test_superseded },
        { "/client/document-lies", test_document_lies },
        { "/client/refused-edits", test_refused_edits },
        { "/client/open-given-up", test_open_given_up },
        { "/client/document-bus-dies", test_document_bus_dies },
    };

    return fake_service_run_tests(argc, argv, tests, G_N_ELEMENTS(tests));
}
