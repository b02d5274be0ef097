/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the system does to the service: the bus goes and comes back, no memory, the clock jumps. */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define LEAST_MIB 64 /* of address space: too little for the libraries alone */
#define MOST_MIB 320 /* enough */
#define STEP_MIB 8
#define FAKETIME "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

static void
assert_words(const PdFixture *self, const char *expected)
{
    g_autofree char *path = pd_fixture_path(self, "data/proofd/words.txt");
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

/* The fixture starts a script from now on, which runs the service after @command.
 * (transfer full): what PROOFD_BINARY was */
static char *
wrap_service(const PdFixture *self, const char *command)
{
    char *binary = g_strdup(g_getenv("PROOFD_BINARY"));
    g_autofree char *path = pd_fixture_path(self, "wrapped");
    g_autofree char *script = g_strdup_printf("#!/bin/sh\n%s \"%s\" \"$@\"\n", command, binary);
    g_autoptr(GError) error = NULL;

    g_file_set_contents_full(path, script, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0700, &error);
    g_assert_no_error(error);
    g_setenv("PROOFD_BINARY", path, TRUE);
    return binary;
}

/* --- the bus --- */

/* Lets the bus start the service when it is called. */
static void
make_activatable(const PdFixture *self)
{
    g_autofree char *path = pd_fixture_path(self, "services/proofd.service");
    g_autofree char *content =
        g_strdup_printf("[D-BUS Service]\nName=%s\nExec=%s --models %s --idle-exit 0\n",
                        PD_DBUS_NAME, g_getenv("PROOFD_BINARY"), self->models);

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

/* The bus is killed under the service, once ours and then one that the bus started. */
static void
test_bus_back(PdFixture *self, gconstpointer data)
{
    make_activatable(self);
    pd_fixture_start(self, NULL);
    pd_faults_add_word(self, "Fediverse");
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(GVariant) findings = NULL;

        g_subprocess_send_signal(self->daemon, SIGKILL);
        if (self->service != NULL) {
            g_subprocess_wait(self->service, NULL, NULL);
            g_assert_true(g_subprocess_get_successful(self->service));
            g_clear_object(&self->service);
        }
        pd_fixture_bus_again(self);
        pd_faults_assert_serves(self);
        findings = pd_fixture_check(self, "The Fediverse grows.", NULL);
        g_assert_cmpuint(g_variant_n_children(findings), ==, 0);
    }
    assert_words(self, "Fediverse\n");
}

/* --- memory --- */

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    bool *ended = user_data;

    g_assert_true(g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL));
    *ended = true;
}

static void
on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
    bool *appeared = user_data;

    *appeared = true;
}

/* A text and a word, with their answers or errors. Returns: the service was there for it */
static bool
use(PdFixture *self, const bool *ended)
{
    bool appeared = false;
    const unsigned watch =
        g_bus_watch_name_on_connection(self->client, PD_DBUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       on_appeared, NULL, &appeared, NULL);
    PdReply check, word;

    while (!appeared && !*ended)
        g_main_context_iteration(NULL, TRUE);
    g_bus_unwatch_name(watch);
    if (!appeared)
        return false;
    pd_send(&check, self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
            g_variant_new("(ss@a{sv})", "en_US", WRONG, pd_options(NULL)));
    pd_send(&word, self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "AddWord",
            g_variant_new("(s)", "Fediverse"));
    pd_wait(&check);
    pd_wait(&word);
    if (check.error != NULL)
        g_test_message("%s", check.error->message);
    pd_reply_done(&check);
    pd_reply_done(&word);
    return true;
}

/*
 * Once out of memory, GLib ends the process (SIGTRAP, SIGABRT), and so does C++ (SIGABRT); the
 * loader ends with 127. GLib 2.74 may also run out of stack as it says so, since it needs memory
 * for its message (SIGSEGV).
 */
static void
assert_ended_well(GSubprocess *service)
{
    static const int signals[] = { SIGTRAP, SIGABRT, SIGSEGV };
    bool known = false;

    if (g_subprocess_get_if_exited(service)) {
        const int status = g_subprocess_get_exit_status(service);

        g_assert_true(status == 0 || status == 1 || status == 127);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        known = known || g_subprocess_get_term_sig(service) == signals[i];
    g_assert_true(known);
}

/* With less and less memory the service answers, or says what is wrong, or ends; the user's words
 * stay as they are, and it works again where there is memory. */
static void
test_no_memory(PdFixture *self, gconstpointer data)
{
    unsigned n_answered = 0, n_runs = 0;

    if (pd_faults_sanitized()) {
        g_test_skip("AddressSanitizer needs all addresses");
        return;
    }
    pd_fixture_start(self, NULL);
    pd_faults_add_word(self, "Fediverse");
    pd_fixture_stop(self);
    for (unsigned mib = LEAST_MIB; mib <= MOST_MIB; mib += STEP_MIB) {
        g_autofree char *command = g_strdup_printf("ulimit -c 0; ulimit -v %u; exec", mib * 1024);
        g_autofree char *binary = wrap_service(self, command);
        g_autoptr(GSubprocess) service =
            pd_fixture_spawn(self, NULL, G_SUBPROCESS_FLAGS_STDERR_SILENCE);
        bool ended = false;

        g_setenv("PROOFD_BINARY", binary, TRUE);
        g_subprocess_wait_async(service, NULL, on_ended, &ended);
        n_answered += use(self, &ended) ? 1 : 0;
        g_subprocess_send_signal(service, SIGTERM);
        while (!ended)
            g_main_context_iteration(NULL, TRUE);
        assert_ended_well(service);
        assert_words(self, "Fediverse\n");
        n_runs++;
    }
    g_test_message("%u of %u could be called", n_answered, n_runs);
    g_assert_cmpuint(n_answered, >, 0);
    pd_fixture_start(self, NULL);
    pd_faults_assert_serves(self);
}

/* --- the clock --- */

static void
set_clock(const char *path, const char *offset)
{
    g_assert_true(g_file_set_contents(path, offset, -1, NULL));
}

/* Years forwards and back, with an idle time of an hour: the service neither ends nor waits. */
static void
test_clock(PdFixture *self, gconstpointer data)
{
    static const char *const hour[] = { "--idle-exit", "3600", NULL };
    static const char *const offsets[] = { "+10y", "-10y", "+30y", "+0" };
    g_autofree char *clock = pd_fixture_path(self, "clock");
    g_autofree char *command = NULL;
    g_autofree char *binary = NULL;

    if (!g_file_test(FAKETIME, G_FILE_TEST_EXISTS) || pd_faults_sanitized()) {
        g_test_skip("needs libfaketime, and no sanitizer");
        return;
    }
    set_clock(clock, "+0");
    command = g_strdup_printf("LD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE='%s' FAKETIME_NO_CACHE=1 "
                              "DONT_FAKE_MONOTONIC=1 exec",
                              FAKETIME, clock);
    binary = wrap_service(self, command);
    pd_fixture_start(self, hour);
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
        g_autofree char *word = g_strdup_printf("Wörd%zu", i);
        g_autofree char *text = g_strdup_printf("I recieve the %s.", word);
        g_autoptr(GVariant) findings = NULL;

        set_clock(clock, offsets[i]);
        pd_faults_assert_serves(self);
        pd_faults_add_word(self, word);
        findings = pd_fixture_check(self, text, NULL);
        g_assert_cmpuint(g_variant_n_children(findings), ==, 1);
        g_assert_cmpuint(pd_fixture_statistic(self, "uptime-seconds"), <, 3600);
    }
    g_assert_nonnull(g_subprocess_get_identifier(self->service)); /* the first one, still */
    g_setenv("PROOFD_BINARY", binary, TRUE);
    assert_words(self, "Wörd0\nWörd1\nWörd2\nWörd3\n");
}

#define ADD(path, fn) \
    g_test_add("/faults/" path, PdFixture, NULL, pd_fixture_bus_up, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("bus-back", test_bus_back);
    ADD("no-memory", test_no_memory);
    ADD("clock", test_clock);
    return g_test_run();
}
