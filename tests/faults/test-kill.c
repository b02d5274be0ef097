/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The service is killed at random moments while words are added: each word whose call was answered
 * is in the file, and the file has whole words alone. PROOFD_KILLS: how often, 20 if not set.
 */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define N_ROUNDS 20
#define N_WORDS 10 /* of a round: one of them is waited for */
#define LONGEST_START_US 30000
#define LONGEST_ADD_US 5000
#define KILLED_AT_START 4 /* one round of so many begins with one killed before it has its name */

typedef struct {
    GHashTable *sent;     /* set of all words that were ever sent */
    GHashTable *answered; /* set of those that the service said it had added */
} Words;

static char *
words_path(const PdFixture *self)
{
    return pd_fixture_path(self, "data/proofd/words.txt");
}

/* (transfer full): the lines of the file; asserts that each is a word that was sent, once. */
static GHashTable *
read_words(const PdFixture *self, const Words *words)
{
    g_autofree char *path = words_path(self);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t length = 0;

    if (!g_file_get_contents(path, &text, &length, NULL))
        return found; /* killed before the first one */
    g_assert_cmpuint(strlen(text), ==, length);
    g_assert_true(g_str_has_suffix(text, "\n"));
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i + 1] != NULL; i++) {
        g_assert_true(g_hash_table_contains(words->sent, lines[i]));
        g_assert_true(g_hash_table_add(found, g_strdup(lines[i])));
    }
    return found;
}

static void
assert_none_lost(const PdFixture *self, const Words *words)
{
    g_autoptr(GHashTable) found = read_words(self, words);
    GHashTableIter iter;
    gpointer word;

    g_hash_table_iter_init(&iter, words->answered);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        if (!g_hash_table_contains(found, word))
            g_error("\"%s\" was answered and is lost", (const char *)word);
}

static void
kill_service(PdFixture *self)
{
    int status;

    g_subprocess_send_signal(self->service, SIGKILL);
    status = pd_faults_wait_end(self);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
add_until_killed(PdFixture *self, Words *words, unsigned round)
{
    PdReply replies[N_WORDS];
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (unsigned i = 0; i < N_WORDS; i++) {
        char *word = g_strdup_printf("Wörd%ux%u", round, i);

        g_hash_table_add(words->sent, word);
        g_ptr_array_add(names, word);
        pd_send(&replies[i], self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "AddWord",
                g_variant_new("(s)", word));
    }
    g_dbus_connection_flush_sync(self->client, NULL, NULL);
    pd_wait(&replies[g_test_rand_int_range(0, N_WORDS)]);
    g_usleep((gulong)g_test_rand_int_range(0, LONGEST_ADD_US));
    kill_service(self);
    for (unsigned i = 0; i < N_WORDS; i++) {
        pd_wait(&replies[i]);
        if (replies[i].error == NULL)
            g_hash_table_add(words->answered, names->pdata[i]);
        pd_reply_done(&replies[i]);
    }
}

static void
assert_listed(PdFixture *self, const Words *words)
{
    g_autoptr(GVariant) reply = pd_fixture_call(self, "Words", NULL, NULL);
    g_autoptr(GHashTable) found = read_words(self, words);
    g_autoptr(GVariant) list = NULL;

    g_assert_nonnull(reply);
    list = g_variant_get_child_value(reply, 0);
    g_assert_cmpuint(g_variant_n_children(list), ==, g_hash_table_size(found));
}

static void
start_without_waiting(PdFixture *self)
{
    static const char *const never[] = { "--idle-exit", "0", NULL };

    self->service = pd_fixture_spawn(self, never, G_SUBPROCESS_FLAGS_NONE);
}

static void
test_kill(PdFixture *self, gconstpointer data)
{
    const char *given = g_getenv("PROOFD_KILLS");
    const unsigned n_rounds =
        given != NULL ? (unsigned)g_ascii_strtoull(given, NULL, 10) : N_ROUNDS;
    Words words = { g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                    g_hash_table_new(g_str_hash, g_str_equal) };

    for (unsigned round = 0; round < n_rounds; round++) {
        if (round % KILLED_AT_START == 0) {
            start_without_waiting(self);
            g_usleep((gulong)g_test_rand_int_range(0, LONGEST_START_US));
            kill_service(self);
        }
        pd_fixture_start(self, NULL);
        add_until_killed(self, &words, round);
        assert_none_lost(self, &words);
    }
    pd_fixture_start(self, NULL);
    assert_listed(self, &words);
    pd_faults_assert_serves(self);
    g_test_message("%u of %u words were answered in %u rounds", g_hash_table_size(words.answered),
                   g_hash_table_size(words.sent), n_rounds);
    g_assert_cmpuint(g_hash_table_size(words.answered), >, 0);
    g_hash_table_unref(words.answered);
    g_hash_table_unref(words.sent);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/faults/kill", PdFixture, NULL, pd_fixture_bus_up, test_kill, pd_fixture_down);
    return g_test_run();
}
