/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <string.h>

#define FINDINGS "a" PD_DBUS_DOCUMENT_FINDING

typedef struct { /* Changed signals of a document */
    PdFixture *fixture;
    char *path;
    unsigned subscription;
    unsigned n_changed;
    uint64_t serial;
    uint32_t start, length;
    GVariant *findings; /* of the last signal */
    GArray *known;      /* (nullable): of start and length, as a client keeps them */
} Document;

typedef struct {
    uint32_t start, length;
} Place;

/* As the XML says: forget what touches the range, take the new ones. */
static void
take_range(Document *self, uint32_t start, uint32_t length, GVariant *findings)
{
    for (unsigned i = self->known->len; i-- > 0;) {
        const Place *place = &g_array_index(self->known, Place, i);

        if (place->start <= start + length && start <= place->start + place->length)
            g_array_remove_index(self->known, i);
    }
    for (size_t i = 0; i < g_variant_n_children(findings); i++) {
        g_autoptr(GVariant) finding = g_variant_get_child_value(findings, i);
        Place place;

        g_variant_get_child(finding, 0, "u", &place.start);
        g_variant_get_child(finding, 1, "u", &place.length);
        g_array_append_val(self->known, place);
    }
}

static void
on_changed(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *args, gpointer user_data)
{
    Document *self = user_data;

    self->n_changed++;
    g_clear_pointer(&self->findings, g_variant_unref);
    g_variant_get(args, "(tuu@" FINDINGS ")", &self->serial, &self->start, &self->length,
                  &self->findings);
    if (self->known != NULL)
        take_range(self, self->start, self->length, self->findings);
}

static void
wait_changed(Document *self, unsigned n)
{
    while (self->n_changed < n)
        g_main_context_iteration(NULL, TRUE);
}

static void
document_open(Document *self, PdFixture *fixture, const char *text, const char *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL;

    *self = (Document){ .fixture = fixture };
    self->subscription = g_dbus_connection_signal_subscribe(
        fixture->client, PD_DBUS_NAME, PD_DBUS_DOCUMENT_INTERFACE, "Changed", NULL, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_changed, self, NULL);
    reply = pd_fixture_call(
        fixture, "Open", g_variant_new("(ss@a{sv})", "en_US", text, pd_options(options)), &error);
    g_assert_no_error(error);
    g_variant_get(reply, "(o)", &self->path);
}

static void
document_done(Document *self)
{
    g_dbus_connection_signal_unsubscribe(self->fixture->client, self->subscription);
    g_clear_pointer(&self->findings, g_variant_unref);
    g_free(self->path);
}

static GVariant *
document_call(Document *self, const char *method, GVariant *args)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = pd_call_on(self->fixture->client, self->path, PD_DBUS_DOCUMENT_INTERFACE,
                                 method, args, &error);

    g_assert_no_error(error);
    return reply;
}

static GVariant *
edit_args(uint64_t serial, uint32_t start, uint32_t removed, const char *inserted)
{
    return g_variant_new("(tuus)", serial, start, removed, inserted);
}

static void
assert_document_fails(Document *self, const char *method, GVariant *args, const char *name,
                      const char *part)
{
    pd_assert_fails(self->fixture->client, self->path, PD_DBUS_DOCUMENT_INTERFACE, method, args,
                    name, part);
}

/* (serial, findings) of Findings */
static GVariant *
document_findings(Document *self, uint64_t expected_serial)
{
    g_autoptr(GVariant) reply = document_call(self, "Findings", NULL);
    GVariant *findings;
    uint64_t serial;

    g_variant_get(reply, "(t@" FINDINGS ")", &serial, &findings);
    g_assert_cmpuint(serial, ==, expected_serial);
    return findings;
}

static void
test_open(PdFixture *fixture, gconstpointer data)
{
    Document document;
    g_autoptr(GVariant) findings = NULL;

    document_open(&document, fixture, "I recieve it. All is fine here.", NULL);
    wait_changed(&document, 1);
    g_assert_cmpuint(document.serial, ==, 0);
    g_assert_cmpuint(document.start, ==, 0);
    g_assert_cmpuint(document.length, ==, 31);
    g_assert_true(pd_has_finding(document.findings, 2, 7));
    findings = document_findings(&document, 0);
    g_assert_true(g_variant_equal(findings, document.findings));
    g_assert_cmpuint(pd_fixture_statistic(fixture, "documents"), ==, 1);
    document_done(&document);
}

static void
test_edit(PdFixture *fixture, gconstpointer data)
{
    Document document;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) inside = NULL;
    g_autoptr(GVariant) all = NULL;
    uint32_t start, length;

    document_open(&document, fixture, "“I recieve it,” he said. All is fine here.", NULL);
    wait_changed(&document, 1);
    reply = document_call(&document, "Edit", edit_args(1, 32, 4, "definately"));
    g_variant_get(reply, "(uu@" FINDINGS ")", &start, &length, &inside);
    g_assert_cmpuint(start, <=, 32);
    g_assert_cmpuint(start + length, >=, 42);
    g_assert_cmpuint(start, >, 10); /* not the first sentence again */
    g_assert_true(pd_has_finding(inside, 32, 10));
    g_assert_false(pd_has_finding(inside, 3, 7));
    all = document_findings(&document, 1);
    g_assert_true(pd_has_finding(all, 3, 7));
    g_assert_true(pd_has_finding(all, 32, 10));
    document_done(&document);
}

static void
test_edit_errors(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, ' ');
    g_autoptr(GVariant) done = NULL;
    Document document;

    document_open(&document, fixture, "All is fine.", NULL);
    done = document_call(&document, "Edit", edit_args(5, 0, 3, "Much"));
    assert_document_fails(&document, "Edit", edit_args(5, 0, 0, "x"), "InvalidOption", "serial 5");
    assert_document_fails(&document, "Edit", edit_args(6, 10, 9, "x"), "InvalidOption", "start 10");
    assert_document_fails(&document, "Edit", edit_args(6, 0, 0, text), "TooLong", "");
    assert_document_fails(&document, "Ignore", g_variant_new("(t)", (guint64)1), "NotFound", "");
    assert_document_fails(&document, "IgnoreWord", g_variant_new("(s)", "a b"), "InvalidText", "");
    assert_document_fails(&document, "IgnoreWord", g_variant_new("(u)", 1),
                          "org.freedesktop.DBus.Error.InvalidArgs", "");
    document_done(&document);
}

/* A newer edit while the older one's check runs: Cancelled for that one, both texts stay. */
static void
test_newer_edit(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = pd_long_text(150);
    Document document;
    PdReply first, second;
    g_autoptr(GVariant) findings = NULL;
    uint32_t start, length;

    document_open(&document, fixture, text, "{'wait': <false>}");
    pd_send(&first, fixture->client, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
            edit_args(1, 0, 0, "Definately. "));
    pd_send(&second, fixture->client, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
            edit_args(2, 0, 0, "Teh end. "));
    pd_wait(&first);
    pd_assert_error(&first, "Cancelled");
    pd_wait(&second);
    g_assert_no_error(second.error);
    g_variant_get(second.reply, "(uu@" FINDINGS ")", &start, &length, &findings);
    g_assert_cmpuint(start, ==, 0);
    g_assert_true(pd_has_finding(findings, 0, 3));
    g_assert_true(pd_has_finding(findings, 9, 10));
    pd_reply_done(&first);
    pd_reply_done(&second);
    document_done(&document);
}

static void
test_cancelled_edit(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = pd_long_text(150);
    g_autoptr(GVariant) cancelled = NULL;
    Document document;
    PdReply edit;

    document_open(&document, fixture, text, "{'wait': <false>}");
    pd_send(&edit, fixture->client, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
            edit_args(1, 0, 0, "Definately. "));
    cancelled =
        pd_fixture_call(fixture, "Cancel", g_variant_new("(t)", (guint64)edit.serial), NULL);
    g_assert_nonnull(cancelled);
    pd_wait(&edit);
    pd_assert_error(&edit, "Cancelled");
    for (unsigned n = 1; document.n_changed == 0 || !pd_has_finding(document.findings, 0, 10); n++)
        wait_changed(&document, n); /* the text changed all the same */
    g_assert_cmpuint(document.serial, ==, 1);
    pd_reply_done(&edit);
    document_done(&document);
}

/* An Edit is answered while most of a long document waits for its first check, which goes on. */
static void
test_edit_during_check(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = pd_long_text(600);
    const uint32_t length = (uint32_t)strlen(text);
    g_autoptr(GVariant) all = NULL;
    Document document;

    document_open(&document, fixture, text, "{'wait': <false>}");
    for (uint32_t i = 0; i < 5; i++) {
        static const char end[] = "\n\nIt is teh end. ";
        const uint32_t at = length + i * (uint32_t)strlen(end);
        g_autoptr(GVariant) inside = NULL;
        g_autoptr(GVariant) reply = NULL;
        uint32_t start, n;

        reply = document_call(&document, "Edit", edit_args(i + 1, at, 0, end));
        g_variant_get(reply, "(uu@" FINDINGS ")", &start, &n, &inside);
        g_assert_true(pd_has_finding(inside, at + 8, 3));
        g_assert_cmpuint(g_variant_n_children(inside), <, 200);
    }
    g_assert_cmpuint(document.n_changed, <, 600);
    all = document_findings(&document, 5);
    g_assert_cmpuint(g_variant_n_children(all), >=, 605);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "cancelled"), ==, 0);
    document_done(&document);
}

/* Edits at the end while the text is checked for the first time: a client that follows the rules
 * knows all findings in the end. */
static void
test_follow(PdFixture *fixture, gconstpointer data)
{
    static const char end[] = "\n\nIt is teh end of it. ";
    g_autofree char *text = pd_long_text(300);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(Place));
    g_autoptr(GVariant) all = NULL;
    uint32_t length = (uint32_t)strlen(text);
    Document document;

    document_open(&document, fixture, text, "{'wait': <false>}");
    document.known = known;
    for (uint64_t serial = 1; serial <= 30; serial++) {
        g_autoptr(GVariant) findings = NULL;
        PdReply reply;
        uint32_t start, n;

        pd_send(&reply, fixture->client, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
                edit_args(serial, length, 0, end));
        length += (uint32_t)strlen(end);
        pd_wait(&reply);
        g_assert_no_error(reply.error);
        g_variant_get(reply.reply, "(uu@" FINDINGS ")", &start, &n, &findings);
        take_range(&document, start, n, findings);
        pd_reply_done(&reply);
    }
    all = document_findings(&document, 30);
    while (g_main_context_iteration(NULL, FALSE)) /* what was sent before */
        ;
    g_assert_cmpuint(known->len, ==, g_variant_n_children(all));
    g_assert_cmpuint(known->len, >=, 330);
    for (unsigned i = 0; i < known->len; i++) {
        const Place *place = &g_array_index(known, Place, i);

        g_assert_true(pd_has_finding(all, place->start, place->length));
    }
    document_done(&document);
}

/* A fence above changes how all below is read: the whole is parsed again. */
static void
test_markdown(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GVariant) before = NULL;
    g_autoptr(GVariant) fenced = NULL;
    g_autoptr(GVariant) after = NULL;
    g_autoptr(GVariant) edited = NULL;
    g_autoptr(GVariant) again = NULL;
    Document document;

    document_open(&document, fixture, "All is fine.\n\nI recieve it.\n\nIt was definately here.\n",
                  "{'format': <'markdown'>}");
    before = document_findings(&document, 0);
    g_assert_cmpuint(g_variant_n_children(before), ==, 2);
    edited = document_call(&document, "Edit", edit_args(1, 14, 0, "```\n"));
    fenced = document_findings(&document, 1);
    g_assert_cmpuint(g_variant_n_children(fenced), ==, 0);
    again = document_call(&document, "Edit", edit_args(2, 14, 4, ""));
    after = document_findings(&document, 2);
    g_assert_true(g_variant_equal(before, after));
    document_done(&document);
}

static void
test_empty(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GVariant) edited = NULL;
    g_autoptr(GVariant) erased = NULL;
    g_autoptr(GVariant) none = NULL;
    g_autoptr(GVariant) findings = NULL;
    Document document;
    uint32_t start, length;

    document_open(&document, fixture, "", NULL);
    wait_changed(&document, 1);
    g_assert_cmpuint(document.length, ==, 0);
    edited = document_call(&document, "Edit", edit_args(1, 0, 0, "I recieve it."));
    g_variant_get(edited, "(uu@" FINDINGS ")", &start, &length, &findings);
    g_assert_true(pd_has_finding(findings, 2, 7));
    erased = document_call(&document, "Edit", edit_args(2, 0, 13, ""));
    none = document_findings(&document, 2);
    g_assert_cmpuint(g_variant_n_children(none), ==, 0);
    document_done(&document);
}

static uint64_t
fingerprint_at(GVariant *findings, uint32_t start)
{
    for (size_t i = 0; i < g_variant_n_children(findings); i++) {
        g_autoptr(GVariant) finding = g_variant_get_child_value(findings, i);
        uint64_t fingerprint;
        uint32_t s;

        g_variant_get_child(finding, 0, "u", &s);
        g_variant_get_child(finding, 7, "t", &fingerprint);
        if (s == start)
            return fingerprint;
    }
    g_assert_not_reached();
}

static void
test_ignore(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GVariant) ignored = NULL;
    g_autoptr(GVariant) edited = NULL;
    g_autoptr(GVariant) word = NULL;
    g_autoptr(GVariant) rest = NULL;
    Document document;

    document_open(&document, fixture, "I recieve it. It was definately here.", NULL);
    wait_changed(&document, 1);
    ignored = document_call(&document, "Ignore",
                            g_variant_new("(t)", fingerprint_at(document.findings, 2)));
    wait_changed(&document, 2);
    g_assert_cmpuint(document.start, ==, 2);
    g_assert_cmpuint(document.length, ==, 7);
    g_assert_cmpuint(g_variant_n_children(document.findings), ==, 0);
    edited = document_call(&document, "Edit", edit_args(1, 37, 0, " Good.")); /* it stays ignored */
    word = document_call(&document, "IgnoreWord", g_variant_new("(s)", "definately"));
    wait_changed(&document, 3);
    rest = document_findings(&document, 1);
    g_assert_false(pd_has_finding(rest, 2, 7));
    g_assert_false(pd_has_finding(rest, 21, 10));
    document_done(&document);
}

static void
test_words(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GVariant) added = NULL;
    g_autoptr(GVariant) removed = NULL;
    Document document;

    document_open(&document, fixture, "I recieve it.", NULL);
    wait_changed(&document, 1);
    added = pd_fixture_call(fixture, "AddWord", g_variant_new("(s)", "recieve"), NULL);
    wait_changed(&document, 2);
    g_assert_false(pd_has_finding(document.findings, 2, 7));
    removed = pd_fixture_call(fixture, "RemoveWord", g_variant_new("(s)", "recieve"), NULL);
    wait_changed(&document, 3);
    g_assert_true(pd_has_finding(document.findings, 2, 7));
    document_done(&document);
}

static void
test_close(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = pd_long_text(150);
    g_autoptr(GVariant) closed = NULL;
    Document document;
    PdReply waiting;

    document_open(&document, fixture, text, "{'wait': <false>}");
    pd_send(&waiting, fixture->client, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Findings", NULL);
    closed = document_call(&document, "Close", NULL);
    pd_wait(&waiting);
    pd_assert_error(&waiting, "Cancelled");
    assert_document_fails(&document, "Findings", NULL, "org.freedesktop.DBus.Error.UnknownObject",
                          "closed");
    g_assert_cmpuint(pd_fixture_statistic(fixture, "documents"), ==, 0);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "document-bytes"), ==, 0);
    pd_reply_done(&waiting);
    document_done(&document);
}

static void
test_other_client(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GDBusConnection) other = pd_fixture_connect(fixture);
    Document document;

    document_open(&document, fixture, "I recieve it.", NULL);
    pd_assert_fails(other, document.path, PD_DBUS_DOCUMENT_INTERFACE, "Findings", NULL,
                    "org.freedesktop.DBus.Error.AccessDenied", "another client");
    document_done(&document);
}

static void
test_vanish(PdFixture *fixture, gconstpointer data)
{
    g_autoptr(GDBusConnection) other = pd_fixture_connect(fixture);
    g_autoptr(GVariant) reply =
        pd_call_on(other, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                   g_variant_new("(ss@a{sv})", "", "I recieve it.", pd_options(NULL)), NULL);

    g_assert_nonnull(reply);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "documents"), ==, 1);
    g_dbus_connection_close_sync(other, NULL, NULL);
    while (pd_fixture_statistic(fixture, "documents") > 0)
        g_usleep(1000);
    g_assert_cmpuint(pd_fixture_statistic(fixture, "document-bytes"), ==, 0);
}

static void
test_many(PdFixture *fixture, gconstpointer data)
{
    for (unsigned i = 0; i < PD_MAX_DOCUMENTS_PER_CLIENT; i++) {
        g_autoptr(GVariant) reply = pd_fixture_call(
            fixture, "Open", g_variant_new("(ss@a{sv})", "", "Fine.", pd_options(NULL)), NULL);

        g_assert_nonnull(reply);
    }
    pd_assert_fails(fixture->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                    g_variant_new("(ss@a{sv})", "", "Fine.", pd_options(NULL)), "Busy", "256");
}

static void
test_bytes(PdFixture *fixture, gconstpointer data)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, ' ');
    Document last, small;

    for (unsigned i = 0; i < PD_MAX_DOCUMENT_BYTES / PD_MAX_TEXT_BYTES - 1; i++) {
        g_autoptr(GVariant) reply = pd_fixture_call(
            fixture, "Open", g_variant_new("(ss@a{sv})", "", text, pd_options(NULL)), NULL);

        g_assert_nonnull(reply);
    }
    document_open(&small, fixture, "Fine", "{'words': <['abcd']>}");
    text[PD_MAX_TEXT_BYTES - 1 - strlen("Fine") - strlen("abcd") - sizeof(char *)] = '\0';
    document_open(&last, fixture, text, NULL);
    pd_reply_done(&(PdReply){ .reply = document_call(&last, "Edit", edit_args(1, 0, 0, "x")) });
    assert_document_fails(&small, "Edit", edit_args(1, 0, 0, "x"), "Busy", "64 MiB");
    assert_document_fails(&small, "Edit", edit_args(0, 0, 0, "x"), "InvalidOption", "serial");
    assert_document_fails(&small, "Edit", edit_args(1, 9, 0, "x"), "InvalidOption", "start");
    assert_document_fails(&small, "IgnoreWord", g_variant_new("(s)", "x"), "Busy", "64 MiB");
    /* nothing grows by this one */
    pd_reply_done(&(PdReply){ .reply = document_call(&small, "Edit", edit_args(1, 0, 1, "M")) });
    g_assert_cmpuint(pd_fixture_statistic(fixture, "document-bytes"), ==, PD_MAX_DOCUMENT_BYTES);
    document_done(&last);
    document_done(&small);
}

#define ADD(path, fn) \
    g_test_add("/documents/" path, PdFixture, NULL, pd_fixture_up, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("open", test_open);
    ADD("edit", test_edit);
    ADD("edit-errors", test_edit_errors);
    ADD("newer-edit", test_newer_edit);
    ADD("cancelled-edit", test_cancelled_edit);
    ADD("edit-during-check", test_edit_during_check);
    ADD("follow", test_follow);
    ADD("markdown", test_markdown);
    ADD("empty", test_empty);
    ADD("ignore", test_ignore);
    ADD("words", test_words);
    ADD("close", test_close);
    ADD("other-client", test_other_client);
    ADD("vanish", test_vanish);
    ADD("many", test_many);
    ADD("bytes", test_bytes);
    return g_test_run();
}
