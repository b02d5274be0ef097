/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/client with the real service: its calls, many at once, words, documents and their ends
 */
#include "tests/bus/fixture.h"

#include <proofd.h>
#include <signal.h>
#include <string.h>

#define PATIENCE_S 120 /* for what comes at once, on a machine however busy */

static ProofdClient *
new_client(const PdFixture *self)
{
    return g_object_new(PROOFD_TYPE_CLIENT, "address", self->address, "deadline", PATIENCE_S * 1000,
                        NULL);
}

static gboolean
out_of_patience(gpointer unused)
{
    g_assert_not_reached();
}

/* Runs the main context until @done says so. */
static void
run_until(bool (*done)(gpointer data), gpointer data)
{
    guint patience = g_timeout_add_seconds(PATIENCE_S, out_of_patience, NULL);

    while (!done(data))
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(patience);
}

static bool
is_set(gpointer flag)
{
    return *(bool *)flag;
}

static void
set(gpointer flag)
{
    *(bool *)flag = true;
}

/* For signals of no arguments. */
static void
set_by_signal(gpointer object, gpointer flag)
{
    set(flag);
}

static void
assert_same(GPtrArray *a, GPtrArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const ProofdFinding *x = g_ptr_array_index(a, i);
        const ProofdFinding *y = g_ptr_array_index(b, i);

        g_assert_cmpuint(x->start, ==, y->start);
        g_assert_cmpuint(x->length, ==, y->length);
        g_assert_cmpstr(x->rule, ==, y->rule);
        g_assert_cmpstr(x->message, ==, y->message);
        g_assert_cmpuint(x->candidates->len, ==, y->candidates->len);
    }
}

/* --- calls --- */

static void
test_calls(PdFixture *self, gconstpointer unused)
{
    static const char *const texts[] = { "She goes home.", "She go home.", NULL };
    static const char text[] = "I recieve it.";
    g_autoptr(ProofdClient) client = new_client(self);
    g_autoptr(ProofdOptions) options = proofd_options_new();
    g_autoptr(GPtrArray) findings = NULL, candidates = NULL, sure = NULL;
    g_autoptr(ProofdExplanation) explanation = NULL;
    g_autoptr(GVariant) properties = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree double *scores = NULL;
    const ProofdFinding *finding;
    const char *version;
    gsize n_scores;

    findings = proofd_client_check(client, "en_US", text, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_cmpstr(finding->rule, ==, "spelling/unknown");
    candidates = proofd_client_suggest(client, "en_US", text, finding->start, finding->length, NULL,
                                       NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(((ProofdCandidate *)candidates->pdata[0])->text, ==, "receive");
    proofd_options_set_words(options, (const char *const[]){ "recieve", NULL });
    sure = proofd_client_check(client, NULL, text, options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sure->len, ==, 0);
    explanation = proofd_client_explain(client, "en_US", text, 2, 0, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(explanation->length, ==, 7);
    scores = proofd_client_score(client, "en_US", texts, NULL, &n_scores, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(scores[0], >, scores[1]);
    properties = proofd_client_get_service_properties(client, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_variant_lookup(properties, "Version", "&s", &version));
    g_assert_true(proofd_client_is_running(client, NULL, &error));
}

static void
test_refusals(PdFixture *self, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(self);
    g_autoptr(ProofdOptions) options = proofd_options_new();
    g_autoptr(GError) error = NULL;

    g_assert_null(proofd_client_check(client, "xx_XX", "a", NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_UNKNOWN_LANGUAGE);
    g_clear_error(&error);
    proofd_options_set_level(options, "reckless");
    g_assert_null(proofd_client_check(client, "en_US", "a", options, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_assert_nonnull(strstr(error->message, "reckless"));
    g_clear_error(&error);
    g_assert_null(proofd_client_suggest(client, "en_US", "a", 5, 1, NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    g_assert_null(proofd_client_explain(client, "en_US", "  ", 0, 0, NULL, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(proofd_client_remove_word(client, "frobnicate", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(proofd_client_add_word(client, "two words", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_TEXT);
}

static void
test_words(PdFixture *self, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(self);
    g_autoptr(ProofdClient) other = new_client(self);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = NULL;
    bool changed = false;

    g_assert_true(proofd_client_start(other, NULL, &error));
    g_signal_connect(other, "words-changed", G_CALLBACK(set_by_signal), &changed);
    g_assert_true(proofd_client_add_word(client, "frobnicate", NULL, &error));
    g_assert_no_error(error);
    run_until(is_set, &changed);
    words = proofd_client_get_words(other, NULL, &error);
    g_assert_cmpuint(g_strv_length(words), ==, 1);
    g_assert_cmpstr(words[0], ==, "frobnicate");
    changed = false;
    g_assert_true(proofd_client_remove_word(client, "frobnicate", NULL, &error));
    run_until(is_set, &changed);
}

/* "recieve" after so many spaces: each text has an answer of its own. (transfer full) */
static char *
indented(unsigned n)
{
    g_autofree char *spaces = g_strnfill(n, ' ');

    return g_strconcat(spaces, "recieve", NULL);
}

static void
assert_indented(GPtrArray *findings, unsigned n)
{
    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpuint(((ProofdFinding *)findings->pdata[0])->start, ==, n);
}

typedef struct {
    unsigned *left;
    unsigned indent;
} Expected;

static void
on_checked(GObject *client, GAsyncResult *result, gpointer user_data)
{
    g_autofree Expected *expected = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings =
        proofd_client_check_finish(PROOFD_CLIENT(client), result, &error);

    g_assert_no_error(error);
    assert_indented(findings, expected->indent);
    --*expected->left;
}

static bool
none_left(gpointer left)
{
    return *(unsigned *)left == 0;
}

/* Far more than the service takes of one client: none is refused. */
static void
test_many(PdFixture *self, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(self);
    g_autoptr(GError) error = NULL;
    unsigned left = 0;

    for (; left < 300; left++) {
        g_autofree char *text = indented(left);
        Expected *expected = g_new0(Expected, 1);

        *expected = (Expected){ &left, left };
        proofd_client_check_async(client, "en_US", text, NULL, NULL, on_checked, expected);
    }
    /* one that blocks does not wait in line */
    g_assert_true(proofd_client_is_running(client, NULL, &error));
    g_assert_no_error(error);
    run_until(none_left, &left);
    g_assert_cmpuint(pd_fixture_statistic(self, "busy"), ==, 0);
}

static gpointer
check_in_thread(gpointer client)
{
    for (unsigned i = 0; i < 20; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) findings = NULL;
        g_autofree char *text = indented(i);

        findings = proofd_client_check(client, "en_US", text, NULL, NULL, &error);
        g_assert_no_error(error);
        assert_indented(findings, i);
    }
    return NULL;
}

static void
test_threads(PdFixture *self, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(self);
    GThread *threads[4];

    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("check", check_in_thread, client);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static void
on_given_up(GObject *client, GAsyncResult *result, gpointer done)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(proofd_client_check_finish(PROOFD_CLIENT(client), result, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_CANCELLED);
    set(done);
}

static bool
is_at_rest(gpointer fixture)
{
    return pd_fixture_statistic(fixture, "running") == 0;
}

/* A text that takes long is left alone, which the next answer shows. */
static void
test_given_up(PdFixture *self, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(self);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *text = pd_long_text(20000);
    g_autoptr(GError) error = NULL;
    bool done = false;

    g_assert_true(proofd_client_start(client, NULL, &error));
    proofd_client_check_async(client, "en_US", text, NULL, cancellable, on_given_up, &done);
    while (pd_fixture_statistic(self, "running") == 0)
        g_main_context_iteration(NULL, FALSE);
    g_cancellable_cancel(cancellable);
    run_until(is_set, &done);
    while (!is_at_rest(self))
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(pd_fixture_statistic(self, "cancelled"), ==, 1);
}

/* --- documents --- */

typedef struct {
    ProofdClient *client;
    ProofdOptions *options;
    ProofdDocument *document;
    GString *text; /* what the document should hold */
    unsigned n_pending;
    unsigned n_done;
    unsigned n_superseded;
} World;

static const char *const parts[] = {
    "I recieve it. ",
    "She go home. ",
    "All is well. ",
    "teh ",
    "\n\n",
    "Grüße \xf0\x9f\x98\x80. ",
    "Zorbulon went. ",
    "*a* `b` ",
    "# Title\n",
    "the the ",
    ". ",
    "x",
};

static unsigned
units_of(const World *self, const char *text, size_t n_bytes)
{
    const char *offsets = proofd_options_get_offsets(self->options);
    unsigned n = 0;

    if (g_strcmp0(offsets, "utf8") == 0)
        return n_bytes;
    for (const char *p = text; p < text + n_bytes; p = g_utf8_next_char(p))
        n += g_strcmp0(offsets, "utf16") == 0 && g_utf8_get_char(p) > 0xffff ? 2 : 1;
    return n;
}

static size_t
random_place(const World *self, size_t from)
{
    size_t at = from + g_test_rand_int_range(0, self->text->len - from + 1);

    while ((self->text->str[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static void
on_edited(GObject *document, GAsyncResult *result, gpointer user_data)
{
    World *self = user_data;
    g_autoptr(GError) error = NULL;

    if (proofd_document_edit_finish(PROOFD_DOCUMENT(document), result, &error)) {
        self->n_done++;
    } else {
        g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_SUPERSEDED);
        self->n_superseded++;
    }
    self->n_pending--;
}

static void
random_edit(World *self)
{
    size_t from = random_place(self, 0);
    size_t to = g_test_rand_bit() ? from : random_place(self, from);
    const char *inserted = parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))];
    unsigned start = units_of(self, self->text->str, from);

    if (to - from > 60)
        to = from; /* or the text would not grow */
    self->n_pending++;
    proofd_document_edit_async(self->document, start,
                               units_of(self, self->text->str + from, to - from), inserted, NULL,
                               on_edited, self);
    g_string_erase(self->text, from, to - from);
    g_string_insert(self->text, from, inserted);
}

static bool
all_edited(gpointer self)
{
    return ((World *)self)->n_pending == 0;
}

static bool
same_places(GPtrArray *a, GPtrArray *b)
{
    if (a->len != b->len)
        return false;
    for (guint i = 0; i < a->len; i++) {
        const ProofdFinding *x = g_ptr_array_index(a, i);
        const ProofdFinding *y = g_ptr_array_index(b, i);

        if (x->start != y->start || x->length != y->length || !g_str_equal(x->rule, y->rule) ||
            !g_str_equal(x->message, y->message))
            return false;
    }
    return true;
}

typedef struct {
    World *world;
    GPtrArray *expected;
} Settling;

static bool
is_settled(gpointer data)
{
    const Settling *self = data;
    g_autoptr(GPtrArray) findings = proofd_document_get_findings(self->world->document);

    return same_places(findings, self->expected);
}

/* What the document keeps comes to what Check finds in the same text, by signals alone. */
static void
assert_settles(World *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) expected =
        proofd_client_check(self->client, "en_US", self->text->str, self->options, NULL, &error);
    g_autoptr(GPtrArray) all = NULL;

    g_assert_no_error(error);
    run_until(is_settled, &(Settling){ self, expected });
    all = proofd_document_find_all(self->document, NULL, &error);
    g_assert_no_error(error);
    assert_same(all, expected);
}

static void
test_random_edits(PdFixture *fixture, gconstpointer data)
{
    const char *const *row = data; /* offsets, format */
    World self = { 0 };
    g_autoptr(GError) error = NULL;

    self.client = new_client(fixture);
    self.options = proofd_options_new();
    proofd_options_set_offsets(self.options, row[0]);
    proofd_options_set_format(self.options, row[1]);
    self.text = g_string_new(NULL);
    for (unsigned i = 0; i < 200; i++)
        g_string_append(self.text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
    self.document =
        proofd_client_open(self.client, "en_US", self.text->str, self.options, NULL, &error);
    g_assert_no_error(error);
    for (unsigned round = 0; round < 6; round++) {
        for (unsigned i = g_test_rand_int_range(1, 40); i > 0; i--) {
            random_edit(&self);
            if (g_test_rand_bit()) /* some answers come between the edits */
                g_main_context_iteration(NULL, FALSE);
        }
        run_until(all_edited, &self);
        g_assert_cmpuint(self.n_done, >, round); /* the last of each round */
        assert_settles(&self);
    }
    g_object_unref(self.document);
    g_object_unref(self.options);
    g_object_unref(self.client);
    g_string_free(self.text, TRUE);
}

/* Blocking edits, each answered: no signal is needed in between. */
static void
test_blocking_edits(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autoptr(GPtrArray) findings = NULL, left = NULL;
    g_autoptr(ProofdDocument) document = NULL;
    g_autoptr(GError) error = NULL;

    document = proofd_client_open(client, "en_US", "It is.", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(proofd_document_edit(document, 6, 0, " I recieve it.", NULL, &error));
    g_assert_no_error(error);
    findings = proofd_document_get_findings(document);
    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpuint(((ProofdFinding *)findings->pdata[0])->start, ==, 9);
    proofd_document_edit_async(document, 0, 0, "Oh. ", NULL, NULL, NULL);
    g_assert_true(proofd_document_edit(document, 13, 7, "get", NULL, &error));
    g_assert_no_error(error);
    left = proofd_document_get_findings(document);
    g_assert_cmpuint(left->len, ==, 0);
    g_assert_cmpuint(((ProofdFinding *)findings->pdata[0])->start, ==, 9); /* ours stays ours */
}

static bool
has_none(gpointer document)
{
    g_autoptr(GPtrArray) findings = proofd_document_get_findings(document);

    return findings->len == 0;
}

static void
test_ignore(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autoptr(ProofdDocument) document = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) error = NULL;

    document = proofd_client_open(client, "en_US", "I recieve it. I seperate.", NULL, NULL, &error);
    g_assert_no_error(error);
    findings = proofd_document_find_all(document, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 2);
    g_assert_true(
        proofd_document_ignore_finding(document, g_ptr_array_index(findings, 0), NULL, &error));
    g_assert_no_error(error);
    g_assert_true(proofd_document_ignore_word(document, "seperate", NULL, &error));
    g_assert_no_error(error);
    run_until(has_none, document);
    g_assert_false(proofd_document_ignore(document, 1, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(proofd_document_ignore_word(document, "a\xff", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_TEXT);
}

/* A place that is not in the text changes nothing; one that only the service sees ends it. */
static void
test_wrong_places(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autoptr(ProofdOptions) options = proofd_options_new();
    g_autoptr(ProofdDocument) document = NULL;
    g_autoptr(GError) error = NULL;
    bool closed = false;

    proofd_options_set_offsets(options, "utf16");
    document =
        proofd_client_open(client, "en_US", "\xf0\x9f\x98\x80 recieve", options, NULL, &error);
    g_assert_no_error(error);
    g_signal_connect(document, "closed", G_CALLBACK(set_by_signal), &closed);
    g_assert_false(proofd_document_edit(document, 11, 0, "x", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    g_assert_false(proofd_document_edit(document, 10, 1, "x", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    g_assert_false(proofd_document_edit(document, 0, 0, "\xff", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_TEXT);
    g_clear_error(&error);
    g_assert_true(proofd_document_edit(document, 10, 0, "s", NULL, &error));
    g_assert_no_error(error);
    g_assert_false(proofd_document_is_closed(document));
    g_assert_false(proofd_document_edit(document, 1, 0, "x", NULL, &error)); /* half a character */
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    run_until(is_set, &closed);
    g_assert_false(proofd_document_edit(document, 0, 0, "x", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "documents"), ==, 0);
}

static void
on_all_found(GObject *document, GAsyncResult *result, gpointer done)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(proofd_document_find_all_finish(PROOFD_DOCUMENT(document), result, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_CANCELLED);
    set(done);
}

/* Closed by its user: what waits ends, nothing is told, and the service has none left. */
static void
test_close(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autofree char *text = pd_long_text(5000);
    g_autoptr(ProofdDocument) document = NULL;
    g_autoptr(GError) error = NULL;
    bool done = false, closed = false;

    document = proofd_client_open(client, "en_US", text, NULL, NULL, &error);
    g_assert_no_error(error);
    g_signal_connect(document, "closed", G_CALLBACK(set_by_signal), &closed);
    proofd_document_find_all_async(document, NULL, on_all_found, &done);
    proofd_document_close(document);
    run_until(is_set, &done);
    g_assert_true(proofd_document_is_closed(document));
    g_assert_null(proofd_document_find_all(document, NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED);
    g_assert_false(closed);
    while (pd_fixture_statistic(fixture, "documents") != 0)
        g_main_context_iteration(NULL, FALSE);
}

/* The last reference goes: so does the document in the service. */
static void
test_dropped(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autoptr(GError) error = NULL;
    ProofdDocument *document;

    document = proofd_client_open(client, "en_US", "It is.", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "documents"), ==, 1);
    g_object_unref(document);
    while (pd_fixture_statistic(fixture, "documents") != 0)
        g_main_context_iteration(NULL, FALSE);
    document = proofd_client_open(client, "en_US", "It is.", NULL, NULL, &error);
    g_clear_object(&client); /* the document keeps it */
    g_assert_true(proofd_document_edit(document, 0, 0, "So. ", NULL, &error));
    g_assert_no_error(error);
    g_object_unref(document);
    while (pd_fixture_statistic(fixture, "documents") != 0)
        g_main_context_iteration(NULL, FALSE);
}

/* The service dies and another comes: the document says so, the client goes on. */
static void
test_service_dies(PdFixture *fixture, gconstpointer unused)
{
    g_autoptr(ProofdClient) client = new_client(fixture);
    g_autoptr(ProofdDocument) document = NULL, next = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) error = NULL;
    bool closed = false;

    document = proofd_client_open(client, "en_US", "I recieve it.", NULL, NULL, &error);
    g_assert_no_error(error);
    g_signal_connect(document, "closed", G_CALLBACK(set_by_signal), &closed);
    g_subprocess_send_signal(fixture->service, SIGKILL);
    run_until(is_set, &closed);
    g_assert_false(proofd_document_edit(document, 0, 0, "x", NULL, &error));
    g_assert_error(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED);
    g_clear_error(&error);
    pd_fixture_wait_name(fixture, false);
    g_clear_object(&fixture->service);
    pd_fixture_start(fixture, NULL);
    next = proofd_client_open(client, "en_US", "I recieve it.", NULL, NULL, &error);
    g_assert_no_error(error);
    g_clear_object(&document); /* has the same name in the service; that one stays */
    findings = proofd_document_find_all(next, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 1);
}

int
main(int argc, char **argv)
{
    static const char *const rows[][3] = {
        { "chars", "plain" }, { "utf8", "plain" }, { "utf16", "plain" }, { "utf16", "markdown" }
    };
    static const struct {
        const char *path;
        void (*test)(PdFixture *, gconstpointer);
    } tests[] = {
        { "/library/calls", test_calls },
        { "/library/refusals", test_refusals },
        { "/library/words", test_words },
        { "/library/many", test_many },
        { "/library/threads", test_threads },
        { "/library/given-up", test_given_up },
        { "/library/blocking-edits", test_blocking_edits },
        { "/library/ignore", test_ignore },
        { "/library/wrong-places", test_wrong_places },
        { "/library/close", test_close },
        { "/library/dropped", test_dropped },
        { "/library/service-dies", test_service_dies },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, PdFixture, NULL, pd_fixture_up, tests[i].test, pd_fixture_down);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path =
            g_strdup_printf("/library/random-edits/%s-%s", rows[i][0], rows[i][1]);

        g_test_add(path, PdFixture, rows[i], pd_fixture_up, test_random_edits, pd_fixture_down);
    }
    return g_test_run();
}
