/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/client's blocking calls: what is answered, what is refused, what is given up
 */
#include "dbus/protocol.h"
#include "tests/unit/fake-service.h"

#include <proofd.h>
#include <signal.h>

static void
test_check(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list =
        proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    const ProofdFinding *first;
    const ProofdCandidate *candidate;

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
}

static void
test_lies(FakeService *self, gconstpointer address)
{
    static const char *const texts[] = { "outside", "overflow",  "confidence",
                                         "score",   "signature", "action" };
    g_autoptr(ProofdClient) client = proofd_client_new();

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(proofd_client_check(client, "en_US", texts[i], NULL, NULL, &error));
        g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_PROTOCOL);
    }
}

static void
test_explain(FakeService *self, gconstpointer address)
{
    static const char *const lies[] = {
        "place=(uint32 0, uint32 99)",
        "place=",
        "known='no'",
        "chances=[('spelling', 1.5)]",
        "contributions=[(uint32 0, uint32 1, inf)]",
        "contributions=[(uint32 99, uint32 1, 0.5)]",
    };
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ProofdExplanation) e =
        proofd_client_explain(client, "en_US", "I recieve", 2, 0, NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(e->start, ==, 2);
    g_assert_cmpuint(e->length, ==, 7);
    g_assert_cmpuint(e->sentence_length, ==, 9);
    g_assert_false(e->known);
    g_assert_cmpstr(((ProofdChance *)e->chances->pdata[0])->name, ==, "spelling");
    g_assert_cmpfloat(((ProofdContribution *)e->contributions->pdata[0])->log_odds, ==, -0.5);
    g_assert_cmpuint(e->findings->len, ==, 0);
    g_assert_cmpstr(((ProofdRulePage *)e->pages->pdata[0])->right, ==, "f");
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GError) lie = NULL;

        g_assert_null(proofd_client_explain(client, "en_US", lies[i], 2, 0, NULL, NULL, &lie));
        g_assert_error(lie, PROOFD_ERROR, PROOFD_ERROR_PROTOCOL);
    }
}

static void
test_score(FakeService *self, gconstpointer address)
{
    static const char *const two[] = { "a", "b", NULL };
    static const char *const three[] = { "a", "b", "c", NULL };
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autofree double *scores = NULL;
    gsize n_scores;

    scores = proofd_client_score(client, "en_US", two, NULL, &n_scores, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n_scores, ==, 2);
    g_assert_cmpfloat(scores[1], ==, -1.5);
    g_assert_null(proofd_client_score(client, "en_US", three, NULL, &n_scores, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_PROTOCOL);
}

static void
test_refusals(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(ProofdOptions) options = proofd_options_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(PD_MAX_TEXT_BYTES + 1, 'a');
    gsize n_scores;

    g_assert_null(proofd_client_check(client, "en_US", "refuse", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_BUSY);
    g_assert_cmpstr(error->message, ==, "come later");
    g_clear_error(&error);
    /* these never reach the bus; GLib would not send the first */
    g_assert_null(proofd_client_check(client, "en_US", "ab\xff", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_TEXT);
    g_assert_cmpstr(error->message, ==, "text is not UTF-8 at byte 2");
    g_clear_error(&error);
    g_assert_null(proofd_client_check(client, "en\xff", "ab", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_UNKNOWN_LANGUAGE);
    g_clear_error(&error);
    g_assert_null(proofd_client_check(client, "en_US", long_text, NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_TOO_LONG);
    g_clear_error(&error);
    long_text[PD_MAX_TEXT_BYTES / 2 + 1] = '\0'; /* twice that is too long */
    g_assert_null(proofd_client_score(client, "en_US",
                                      (const char *const[]){ long_text, long_text, NULL }, NULL,
                                      &n_scores, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_TOO_LONG);
    g_clear_error(&error);
    proofd_options_set_words(options, (const char *const[]){ long_text, NULL });
    g_assert_null(proofd_client_check(client, "en_US", "x", options, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_assert_true(g_str_has_prefix(error->message, "words: "));
}

static void
wait_for_cancel(FakeService *self)
{
    while (g_atomic_int_get(&self->cancelled_serial) == 0)
        g_usleep(1000);
    g_assert_cmpint(g_atomic_int_get(&self->cancelled_serial), ==,
                    g_atomic_int_get(&self->stalled_serial));
}

static void
test_deadline(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    proofd_client_set_deadline(client, 200);
    g_assert_null(proofd_client_check(client, "en_US", "stall", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_TIMED_OUT);
    g_clear_error(&error);
    wait_for_cancel(self);
    proofd_client_set_deadline(client, -1);
    list = proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
}

static void
test_cancel(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    self->cancel = cancel;
    proofd_client_set_deadline(client, -1);
    g_assert_null(proofd_client_check(client, "en_US", "stall", NULL, cancel, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_CANCELLED);
    wait_for_cancel(self);
    g_clear_error(&error);
    /* cancelled before it begins: it ends at once, too */
    g_assert_null(proofd_client_check(client, "en_US", "stall", NULL, cancel, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_CANCELLED);
    self->cancel = NULL;
}

static void
test_service_vanishes(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    g_assert_true(proofd_client_is_running(client, NULL, &error));
    g_assert_null(proofd_client_check(client, "en_US", "vanish", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED);
    g_clear_error(&error);
    g_assert_false(proofd_client_is_running(client, NULL, &error));
    g_assert_no_error(error);
    g_assert_null(proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS);
    g_clear_error(&error);
    fake_service_stop_service(self);
    fake_service_start_service(self);
    list = proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
}

static void
test_bus_dies(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    g_assert_null(proofd_client_check(client, "en_US", "die", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED);
    g_clear_error(&error);
    fake_service_stop_bus(self);
    g_assert_null(proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS);
    g_clear_error(&error);
    g_assert_false(proofd_client_start(client, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS);
    g_clear_error(&error);
    g_clear_object(&self->service);
    fake_service_start_bus(self);
    fake_service_start_service(self);
    list = proofd_client_check(client, "en_US", "I recieve", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
}

static void
test_no_service(FakeService *self, gconstpointer address)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;

    fake_service_stop_service(self);
    g_assert_false(proofd_client_start(client, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS);
    g_clear_error(&error);
    fake_service_start_service(self);
    g_assert_true(proofd_client_start(client, NULL, &error));
    g_assert_no_error(error);
}

static void
on_sigpipe(int unused)
{
}

/* GSocket has the process ignore it. */
static void
test_sigpipe(FakeService *self, gconstpointer address)
{
    struct sigaction action = { .sa_handler = on_sigpipe }, after;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
        return;
    }
    sigaction(SIGPIPE, &action, NULL);
    g_object_unref(proofd_client_new());
    g_type_class_unref(g_type_class_ref(G_TYPE_SOCKET));
    sigaction(SIGPIPE, NULL, &after);
    g_assert_true(after.sa_handler == on_sigpipe);
}

int
main(int argc, char **argv)
{
    static const FakeServiceTest tests[] = {
        { "/client/check", test_check },
        { "/client/lies", test_lies },
        { "/client/explain", test_explain },
        { "/client/score", test_score },
        { "/client/refusals", test_refusals },
        { "/client/deadline", test_deadline },
        { "/client/cancel", test_cancel },
        { "/client/service-vanishes", test_service_vanishes },
        { "/client/bus-dies", test_bus_dies },
        { "/client/no-service", test_no_service },
        { "/client/sigpipe", test_sigpipe },
    };

    return fake_service_run_tests(argc, argv, tests, G_N_ELEMENTS(tests));
}
