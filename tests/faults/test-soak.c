/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-soak.c - the service for a long time: several clients edit documents and check sentences,
 * again and again. Memory stays flat, no descriptor and no thread is left over.
 *
 * PROOFD_SENTENCES: how many sentences are sent, 4,000 if not set. Below LONG of them only
 * descriptors and threads are compared, since memory has not settled.
 */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#include <stdlib.h>
#include <string.h>

#define N_SENTENCES 20000
#define LONG 200000
#define N_CLIENTS 4
#define N_DOCUMENT_SENTENCES 200 /* of each client's document */
#define N_EDITS 500              /* of a document, before it is closed and another one opened */
#define N_CHECK_SENTENCES 200    /* of each Check */
#define SAMPLE_EVERY 1000        /* sentences */
#define MOST_PER_CENT 2

typedef struct {
    GDBusConnection *connection;
    char *document; /* (nullable): its path */
    size_t length;  /* of its text, in characters */
    guint64 serial;
} Client;

typedef struct {
    uint64_t rss_kb;
    unsigned descriptors, threads;
} Sample;

/* --- text --- */

static const char *const subjects[] = { "The cat",         "My sister", "Nobody",
                                        "The old teacher", "A letter",  "Their house",
                                        "Our neighbour",   "The train" };
static const char *const verbs[] = {
    "sees",        "has recieved",     "go to",      "forgets",
    "was lost in", "definately needs", "comes from", "writes about"
};
static const char *const objects[] = { "the garden",    "an new book",  "teh station",
                                       "their friends", "a quiet town", "the the answer",
                                       "some water",    "this place" };

#define PICK(list) list[g_test_rand_int_range(0, G_N_ELEMENTS(list))]

static void
append_sentence(GString *text)
{
    g_string_append_printf(text, "%s %s %s in %d. ", PICK(subjects), PICK(verbs), PICK(objects),
                           g_test_rand_int_range(1998, 2000));
}

static char *
sentences(unsigned n)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        append_sentence(text);
    return g_string_free(text, FALSE);
}

/* --- clients --- */

static GVariant *
call(Client *client, const char *path, const char *interface, const char *method, GVariant *args)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = pd_call_on(client->connection, path, interface, method, args, &error);

    g_assert_no_error(error);
    return reply;
}

static void
open_document(Client *client)
{
    g_autofree char *text = sentences(N_DOCUMENT_SENTENCES);
    g_autoptr(GVariant) reply = call(client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                                     g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)));

    g_variant_get(reply, "(o)", &client->document);
    client->length = strlen(text);
    client->serial = 0;
}

static void
close_document(Client *client)
{
    g_autoptr(GVariant) findings =
        call(client, client->document, PD_DBUS_DOCUMENT_INTERFACE, "Findings", NULL);
    g_autoptr(GVariant) closed =
        call(client, client->document, PD_DBUS_DOCUMENT_INTERFACE, "Close", NULL);

    g_assert_nonnull(findings);
    g_assert_nonnull(closed);
    g_clear_pointer(&client->document, g_free);
}

/* A sentence takes the place of some characters, anywhere. */
static void
edit_document(Client *client)
{
    g_autofree char *text = sentences(1);
    const size_t start = (size_t)g_test_rand_int_range(0, (int)client->length);
    const size_t wanted = (size_t)g_test_rand_int_range(0, 80);
    const size_t removed = MIN(client->length - start, wanted);
    g_autoptr(GVariant) reply =
        call(client, client->document, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
             g_variant_new("(tuus)", ++client->serial, (guint32)start, (guint32)removed, text));

    g_assert_nonnull(reply);
    client->length += strlen(text) - removed;
}

static void
check(Client *client)
{
    g_autofree char *text = sentences(N_CHECK_SENTENCES);
    g_autoptr(GVariant) reply = call(client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                                     g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)));

    g_assert_nonnull(reply);
}

/* One thing that a client does. Returns: how many sentences it sent */
static unsigned
take_turn(Client *client)
{
    if (client->document == NULL) {
        open_document(client);
        return N_DOCUMENT_SENTENCES;
    }
    if (client->serial >= N_EDITS) {
        close_document(client);
        return 0;
    }
    if (g_test_rand_int_range(0, 2) == 0) {
        check(client);
        return N_CHECK_SENTENCES;
    }
    edit_document(client);
    return 1;
}

/* --- measuring --- */

static Sample
take_sample(const PdFixture *self)
{
    return (Sample){ pd_faults_status(self, "VmRSS"), pd_faults_descriptors(self),
                     (unsigned)pd_faults_status(self, "Threads") };
}

static uint64_t
mean_rss(const GArray *samples, size_t from, size_t to)
{
    uint64_t sum = 0;

    for (size_t i = from; i < to; i++)
        sum += g_array_index(samples, Sample, i).rss_kb;
    return sum / (to - from);
}

static Sample
largest(const GArray *samples, size_t from, size_t to)
{
    Sample most = { 0 };

    for (size_t i = from; i < to; i++) {
        const Sample *sample = &g_array_index(samples, Sample, i);

        most.rss_kb = MAX(most.rss_kb, sample->rss_kb);
        most.descriptors = MAX(most.descriptors, sample->descriptors);
        most.threads = MAX(most.threads, sample->threads);
    }
    return most;
}

/* The second half against the first, without the fifth in which the caches of sentences and of
 * words fill. */
static void
assert_flat(const GArray *samples, bool settled)
{
    const size_t first = samples->len / 5, half = (samples->len + first) / 2;
    const Sample before = largest(samples, first, half),
                 after = largest(samples, half, samples->len);
    const uint64_t mean_before = mean_rss(samples, first, half);
    const uint64_t mean_after = mean_rss(samples, half, samples->len);

    g_test_message("mean %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
                   " kB, most %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
                   " kB, descriptors %u and %u, threads %u and %u",
                   mean_before, mean_after, before.rss_kb, after.rss_kb, before.descriptors,
                   after.descriptors, before.threads, after.threads);
    g_assert_cmpuint(after.descriptors, <=, before.descriptors);
    g_assert_cmpuint(after.threads, <=, before.threads);
    if (!settled || pd_faults_sanitized())
        return;
    g_assert_cmpuint(mean_after * 100, <=, mean_before * (100 + MOST_PER_CENT));
    g_assert_cmpuint(after.rss_kb * 100, <=, before.rss_kb * (100 + MOST_PER_CENT));
}

/* So that the cache is soon full. */
static void
up_with_small_cache(PdFixture *self, gconstpointer data)
{
    g_autofree char *dir = NULL;
    g_autofree char *path = NULL;

    pd_fixture_bus_up(self, data);
    dir = pd_fixture_path(self, "config/proofd");
    path = g_build_filename(dir, "proofd.conf", NULL);
    g_assert_no_errno(g_mkdir_with_parents(dir, 0700));
    g_assert_true(g_file_set_contents(path, "[service]\ncache-megabytes=4\n", -1, NULL));
    pd_fixture_start(self, NULL);
}

static void
test_soak(PdFixture *self, gconstpointer data)
{
    const char *given = g_getenv("PROOFD_SENTENCES");
    const unsigned long n_wanted = given != NULL ? strtoul(given, NULL, 10) : N_SENTENCES;
    const gint64 start_us = g_get_monotonic_time();
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    Client clients[N_CLIENTS] = { 0 };
    unsigned long n_sent = 0, n_sampled = 0;

    for (size_t i = 0; i < N_CLIENTS; i++)
        clients[i].connection = pd_fixture_connect(self);
    while (n_sent < n_wanted) {
        for (size_t i = 0; i < N_CLIENTS; i++)
            n_sent += take_turn(&clients[i]);
        if (n_sent >= n_sampled + SAMPLE_EVERY) {
            const Sample sample = take_sample(self);

            g_array_append_val(samples, sample);
            n_sampled = n_sent;
            if (samples->len % 10 == 0)
                g_test_message("%lu sentences, %.0f s, %" G_GUINT64_FORMAT " kB", n_sent,
                               (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC,
                               sample.rss_kb);
        }
    }
    g_test_message("%lu sentences", n_sent);
    assert_flat(samples, n_wanted >= LONG);
    for (size_t i = 0; i < N_CLIENTS; i++) {
        g_dbus_connection_close_sync(clients[i].connection, NULL, NULL);
        g_object_unref(clients[i].connection);
        g_free(clients[i].document);
    }
    while (pd_fixture_statistic(self, "documents") > 0)
        g_usleep(1000);
    pd_faults_assert_serves(self);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/faults/soak", PdFixture, NULL, up_with_small_cache, test_soak, pd_fixture_down);
    return g_test_run();
}
