/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many clients, and some that ask for much: memory is bounded, and others are served. */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define N_CLIENTS 1000
#define N_DESCRIPTORS (2 * N_CLIENTS + 100)
#define N_ABANDONERS 40
#define N_DOCUMENTS (PD_MAX_DOCUMENTS_PER_CLIENT - 6) /* 40 times 250 */
#define N_UNREAD 400                                  /* calls of a client that does not read */
#define MANY_MISTAKES 300                             /* in each text of it */
#define MIB_KB 1024
#define MOST_GROWTH_KB (24 * MIB_KB) /* that stays when a crowd has gone */

/* --- many --- */

static void
allow_descriptors(void)
{
    struct rlimit limit;

    g_assert_no_errno(getrlimit(RLIMIT_NOFILE, &limit));
    if (limit.rlim_cur < N_DESCRIPTORS) {
        limit.rlim_cur = MIN(limit.rlim_max, N_DESCRIPTORS);
        g_assert_no_errno(setrlimit(RLIMIT_NOFILE, &limit));
    }
    g_assert_cmpuint(limit.rlim_cur, >=, N_DESCRIPTORS);
}

static void
up_with_descriptors(PdFixture *self, gconstpointer data)
{
    allow_descriptors(); /* for the bus too */
    pd_fixture_up(self, data);
}

/* Each has a call under way at the same time; all are answered, over the limit with Busy. */
static void
test_thousand_clients(PdFixture *self, gconstpointer data)
{
    g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func(g_object_unref);
    g_autofree PdReply *replies = g_new0(PdReply, N_CLIENTS);
    unsigned n_done = 0, n_busy = 0;
    uint64_t before;

    pd_faults_assert_serves(self);
    before = pd_faults_status(self, "VmRSS");
    for (unsigned i = 0; i < N_CLIENTS; i++)
        g_ptr_array_add(clients, pd_fixture_connect(self));
    for (unsigned i = 0; i < N_CLIENTS; i++) {
        g_autofree char *text = g_strdup_printf("Number %u: I recieve it.", i);

        pd_send(&replies[i], clients->pdata[i], PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)));
    }
    for (unsigned i = 0; i < N_CLIENTS; i++) {
        pd_wait(&replies[i]);
        if (replies[i].error != NULL) {
            pd_assert_error(&replies[i], "Busy");
            n_busy++;
        } else {
            g_autoptr(GVariant) findings = g_variant_get_child_value(replies[i].reply, 0);

            g_assert_cmpuint(g_variant_n_children(findings), >=, 1);
            n_done++;
        }
        pd_reply_done(&replies[i]);
    }
    g_test_message("%u answered, %u Busy", n_done, n_busy);
    g_assert_cmpuint(n_done, >=, PD_MAX_CALLS);
    for (unsigned i = 0; i < N_CLIENTS; i += 100)
        pd_faults_assert_serves_client(clients->pdata[i]);
    for (unsigned i = 0; i < N_CLIENTS; i++)
        g_dbus_connection_close_sync(clients->pdata[i], NULL, NULL);
    pd_faults_wait_memory(self, before + MOST_GROWTH_KB);
    pd_faults_assert_serves(self);
}

/* 250 documents each of 40 clients, which then leave without a word. */
static void
test_abandoned_documents(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = pd_long_text(40);
    uint64_t before;

    pd_faults_assert_serves(self);
    before = pd_faults_status(self, "VmRSS");
    for (unsigned n = 0; n < N_ABANDONERS; n++) {
        g_autoptr(GDBusConnection) client = pd_fixture_connect(self);
        PdReply replies[N_DOCUMENTS];

        for (size_t i = 0; i < N_DOCUMENTS; i++) {
            pd_send(&replies[i], client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                    g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)));
            pd_wait(&replies[i]);
            g_assert_no_error(replies[i].error);
            pd_reply_done(&replies[i]);
        }
        g_assert_cmpuint(pd_fixture_statistic(self, "documents"), >=, N_DOCUMENTS);
        g_dbus_connection_close_sync(client, NULL, NULL);
    }
    while (pd_fixture_statistic(self, "documents") > 0)
        g_usleep(1000);
    g_assert_cmpuint(pd_fixture_statistic(self, "document-bytes"), ==, 0);
    pd_faults_wait_memory(self, before + MOST_GROWTH_KB);
    pd_faults_assert_serves(self);
}

/* --- much --- */

static void
test_sixty_four_megabytes(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = g_strnfill(64 * 1024 * 1024, 'a');
    uint64_t before;

    pd_faults_assert_serves(self);
    before = pd_faults_status(self, "VmRSS");
    for (unsigned i = 0; i < 3; i++) {
        pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                        g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)), "TooLong",
                        "");
        pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                        g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)), "TooLong",
                        "");
    }
    pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "AddWord",
                    g_variant_new("(s)", text), "InvalidText", "");
    pd_faults_wait_memory(self, before + MOST_GROWTH_KB);
    pd_faults_assert_serves(self);
}

/* --- a client that does not read --- */

/* This program as a client whose replies and signals nobody reads: it is stopped. */
static int
deaf(const char *address)
{
    g_autoptr(GDBusConnection) client =
        g_dbus_connection_new_for_address_sync(address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, NULL);
    g_autofree char *text = pd_long_text(MANY_MISTAKES);
    PdReply replies[N_UNREAD];

    for (unsigned i = 0; i < N_UNREAD; i++)
        pd_send(&replies[i], client, PD_DBUS_PATH, PD_DBUS_INTERFACE, i % 8 == 0 ? "Open" : "Check",
                g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)));
    g_dbus_connection_flush_sync(client, NULL, NULL);
    raise(SIGSTOP);
    return 0;
}

static void
test_deaf_client(PdFixture *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) client = NULL;
    siginfo_t state;
    uint64_t before;
    const char *pid;

    pd_faults_assert_serves(self);
    before = pd_faults_status(self, "VmRSS");
    client = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe", "--deaf",
                              self->address, NULL);
    g_assert_no_error(error);
    pid = g_subprocess_get_identifier(client);
    g_assert_no_errno(
        waitid(P_PID, (id_t)g_ascii_strtoull(pid, NULL, 10), &state, WSTOPPED | WNOWAIT));
    g_assert_cmpint(state.si_code, ==, CLD_STOPPED);
    for (unsigned i = 0; i < 20; i++)
        pd_faults_assert_serves(self);
    pd_faults_wait_memory(self, before + 3 * MOST_GROWTH_KB);
    pd_faults_assert_serves(self);
    g_subprocess_send_signal(client, SIGKILL);
    g_subprocess_wait(client, NULL, NULL);
    pd_faults_wait_memory(self, before + MOST_GROWTH_KB);
    g_assert_cmpuint(pd_fixture_statistic(self, "documents"), ==, 0);
    pd_faults_assert_serves(self);
}

#define ADD(path, fn) \
    g_test_add("/faults/" path, PdFixture, NULL, up_with_descriptors, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--deaf"))
        return deaf(argv[2]);
    g_test_init(&argc, &argv, NULL);
    ADD("thousand-clients", test_thousand_clients);
    ADD("abandoned-documents", test_abandoned_documents);
    ADD("sixty-four-megabytes", test_sixty_four_megabytes);
    ADD("deaf-client", test_deaf_client);
    return g_test_run();
}
