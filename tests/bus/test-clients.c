/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several clients at once: fairness, cancelling, leaving, flooding, long and odd texts. */
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define TWO_MIB (2 * 1024 * 1024)

static GVariant *
check_args(const char *text)
{
    return g_variant_new("(ss@a{sv})", "en_US", text, pd_options("{'wait': <false>}"));
}

static void
send_check(PdReply *self, GDBusConnection *client, const char *text)
{
    pd_send(self, client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check", check_args(text));
}

/* 2 MiB of some sentences again and again, as long logs are. */
static char *
repeated_text(void)
{
    g_autofree char *part = pd_long_text(20);
    GString *text = g_string_sized_new(TWO_MIB + 4096);

    while (text->len < TWO_MIB)
        g_string_append(text, part);
    return g_string_free(text, FALSE);
}

static void
test_two_mib(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = repeated_text();
    g_autoptr(GVariant) findings = NULL;
    size_t n_wrong = 0;

    for (const char *p = text; (p = strstr(p, "recieve")) != NULL; p++)
        n_wrong++;
    findings = pd_fixture_check(self, text, "{'wait': <false>, 'disable': <['other']>}");
    g_assert_cmpuint(g_variant_n_children(findings), >=, n_wrong);
    g_assert_cmpuint(pd_fixture_statistic(self, "bytes"), ==, strlen(text));
}

static void
test_two_clients(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = pd_long_text(TWO_MIB / 60);
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    g_autoptr(GVariant) cancelled = NULL;
    PdReply slow, quick;

    send_check(&slow, self->client, text);
    for (unsigned i = 0; i < 5; i++) {
        send_check(&quick, other, "I recieve it.");
        pd_wait(&quick);
        g_assert_no_error(quick.error);
        g_assert_false(pd_is_done(&slow));
        pd_reply_done(&quick);
    }
    cancelled = pd_fixture_call(self, "Cancel", g_variant_new("(t)", (guint64)slow.serial), NULL);
    g_assert_nonnull(cancelled);
    pd_wait(&slow);
    pd_assert_error(&slow, "Cancelled");
    g_assert_cmpuint(pd_fixture_statistic(self, "cancelled"), ==, 1);
    pd_reply_done(&slow);
}

static void
test_cancel_others(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = pd_long_text(800);
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    g_autoptr(GVariant) own = NULL;
    PdReply slow;

    send_check(&slow, self->client, text);
    g_dbus_connection_flush_sync(self->client, NULL, NULL);
    pd_assert_fails(other, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Cancel",
                    g_variant_new("(t)", (guint64)slow.serial), "NotFound", "");
    own = pd_fixture_call(self, "Cancel", g_variant_new("(t)", (guint64)slow.serial), NULL);
    g_assert_nonnull(own);
    pd_wait(&slow);
    pd_assert_error(&slow, "Cancelled");
    pd_reply_done(&slow);
}

/* This program as a client that asks for much and is then killed. */
static int
hog(const char *address)
{
    g_autofree char *text = pd_long_text(TWO_MIB / 60);
    g_autoptr(GDBusConnection) client =
        g_dbus_connection_new_for_address_sync(address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, NULL);
    PdReply reply;

    send_check(&reply, client, text);
    g_dbus_connection_flush_sync(client, NULL, NULL);
    puts("sent");
    fflush(stdout);
    pd_wait(&reply);
    return 0;
}

static void
test_killed_client(PdFixture *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) findings = NULL;
    g_autoptr(GDataInputStream) lines = NULL;
    g_autofree char *line = NULL;
    g_autoptr(GSubprocess) client = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe", "--hog", self->address, NULL);

    g_assert_no_error(error);
    lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(client));
    line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
    g_assert_cmpstr(line, ==, "sent");
    while (pd_fixture_statistic(self, "running") == 0)
        g_usleep(1000);
    g_subprocess_send_signal(client, SIGKILL);
    while (pd_fixture_statistic(self, "running") > 0)
        g_usleep(1000);
    g_assert_cmpuint(pd_fixture_statistic(self, "cancelled"), ==, 1);
    g_assert_cmpuint(pd_fixture_statistic(self, "checks"), ==, 0);
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

static void
test_flood(PdFixture *self, gconstpointer data)
{
    enum { N = PD_MAX_CALLS_PER_CLIENT * 3 };
    g_autofree char *text = pd_long_text(4);
    g_autofree PdReply *replies = g_new0(PdReply, N);
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    g_autoptr(GVariant) findings = NULL;
    PdReply quick;
    unsigned n_busy = 0;

    for (unsigned i = 0; i < N; i++)
        send_check(&replies[i], self->client, text);
    send_check(&quick, other, "I recieve it."); /* another one is served in the middle of it */
    pd_wait(&quick);
    g_assert_no_error(quick.error);
    pd_reply_done(&quick);
    for (unsigned i = 0; i < N; i++) {
        pd_wait(&replies[i]);
        if (replies[i].error != NULL) {
            pd_assert_error(&replies[i], "Busy");
            n_busy++;
        }
        pd_reply_done(&replies[i]);
    }
    g_assert_cmpuint(n_busy, >, 0);
    g_assert_cmpuint(n_busy, <=, N - PD_MAX_CALLS_PER_CLIENT);
    g_assert_cmpuint(pd_fixture_statistic(self, "busy"), ==, n_busy);
    findings = pd_fixture_check(self, "I recieve it.", NULL); /* and it recovers */
    g_assert_true(pd_has_finding(findings, 2, 7));
}

/* --- a flood that is there before another client's call --- */

/* All that @client has sent is on its way to the service. */
static void
wait_routed(GDBusConnection *client)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL;

    g_dbus_connection_flush_sync(client, NULL, NULL);
    reply = g_dbus_connection_call_sync(client, "org.freedesktop.DBus", "/",
                                        "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                                        G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, &error);
    g_assert_no_error(error);
}

static char *
open_document(PdFixture *self, const char *text, const char *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = pd_fixture_call(
        self, "Open", g_variant_new("(ss@a{sv})", "en_US", text, pd_options(options)), &error);
    char *path;

    g_assert_no_error(error);
    g_variant_get(reply, "(o)", &path);
    return path;
}

static uint64_t
handled_calls(const PdReply *statistics)
{
    g_autoptr(GVariant) boxed = g_variant_get_child_value(statistics->reply, 0);
    g_autoptr(GVariant) table = g_variant_get_variant(boxed);
    uint64_t n;

    g_assert_true(g_variant_lookup(table, "calls", "t", &n));
    return n;
}

/* Returns when the service stands still: a signal only asks for that. */
static void
stop_service(PdFixture *self)
{
    const char *pid = g_subprocess_get_identifier(self->service);
    siginfo_t state;
    int result;

    g_subprocess_send_signal(self->service, SIGSTOP);
    result = waitid(P_PID, (id_t)g_ascii_strtoull(pid, NULL, 10), &state, WSTOPPED | WNOWAIT);
    g_assert_cmpint(result, ==, 0);
    g_assert_cmpint(state.si_code, ==, CLD_STOPPED);
}

/* @data: the document's options. The service stands still while the calls come, so their order is
 * sure: a hundred edits of one client, then a call of another and its question how many calls were
 * handled until then. Some edits come first: libdbus reads 2 kB at a time, or less where the bus
 * could not write more yet, and one call is handled between two reads. In the order of arrival all
 * hundred would. */
static void
test_flood_of_edits(PdFixture *self, gconstpointer data)
{
    enum { N_EDITS = 100, N_OTHERS = 2, MOST_BETWEEN = N_EDITS / 2 };
    g_autofree char *text = pd_long_text(2000);
    g_autofree char *path = open_document(self, text, data);
    g_autofree PdReply *edits = g_new0(PdReply, N_EDITS);
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    const uint64_t n_before = pd_fixture_statistic(self, "calls");
    PdReply quick, statistics;

    stop_service(self);
    for (unsigned i = 0; i < N_EDITS; i++)
        pd_send(&edits[i], self->client, path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
                g_variant_new("(tuus)", (guint64)i + 1, (guint32)(strlen(text) / 2 + i), 0, "x"));
    wait_routed(self->client);
    send_check(&quick, other, "I recieve it.");
    pd_send(&statistics, other, PD_DBUS_PATH, "org.freedesktop.DBus.Properties", "Get",
            g_variant_new("(ss)", PD_DBUS_INTERFACE, "Statistics"));
    wait_routed(other);
    g_subprocess_send_signal(self->service, SIGCONT);
    pd_wait(&quick);
    g_assert_no_error(quick.error);
    pd_reply_done(&quick);
    pd_wait(&statistics);
    g_assert_no_error(statistics.error);
    g_assert_cmpuint(handled_calls(&statistics) - n_before, <=, N_OTHERS + MOST_BETWEEN);
    pd_reply_done(&statistics);
    for (unsigned i = 0; i < N_EDITS; i++) {
        pd_wait(&edits[i]);
        if (i + 1 < N_EDITS)
            pd_assert_error(&edits[i], "Cancelled");
        else
            g_assert_no_error(edits[i].error);
        pd_reply_done(&edits[i]);
    }
}

/* A client that left with calls on their way: none of them is handled. */
static void
test_flood_of_a_client_that_left(PdFixture *self, gconstpointer data)
{
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    const uint64_t n_before = pd_fixture_statistic(self, "calls");
    PdReply opens[50], mine;

    stop_service(self);
    for (size_t i = 0; i < G_N_ELEMENTS(opens); i++)
        pd_send(&opens[i], other, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                g_variant_new("(ss@a{sv})", "en_US", "I recieve it.", pd_options(NULL)));
    wait_routed(other);
    g_dbus_connection_close_sync(other, NULL, NULL);
    send_check(&mine, self->client, "I recieve it.");
    wait_routed(self->client);
    g_subprocess_send_signal(self->service, SIGCONT);
    pd_wait(&mine);
    g_assert_no_error(mine.error);
    pd_reply_done(&mine);
    g_assert_cmpuint(pd_fixture_statistic(self, "calls"), ==, n_before + 2); /* mine and this */
    g_assert_cmpuint(pd_fixture_statistic(self, "documents"), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(opens); i++) {
        pd_wait(&opens[i]);
        g_assert_nonnull(opens[i].error); /* the connection is closed */
        pd_reply_done(&opens[i]);
    }
}

/* Texts over the byte limit together: Busy, while those accepted are answered. */
static void
test_flood_of_bytes(PdFixture *self, gconstpointer data)
{
    enum { N = PD_MAX_QUEUED_BYTES / PD_MAX_TEXT_BYTES + 2 };
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, ' ');
    PdReply slow, replies[N];
    g_autofree char *long_text = pd_long_text(100);
    g_autoptr(GVariant) findings = NULL;
    unsigned n_busy = 0;

    send_check(&slow, self->client, long_text);
    for (unsigned i = 0; i < N; i++)
        send_check(&replies[i], self->client, text);
    for (unsigned i = 0; i < N; i++) {
        pd_wait(&replies[i]);
        if (replies[i].error != NULL)
            pd_assert_error(&replies[i], "Busy");
        n_busy += replies[i].error != NULL ? 1 : 0;
        pd_reply_done(&replies[i]);
    }
    g_test_message("%u of %d were busy", n_busy, N);
    pd_wait(&slow);
    g_assert_no_error(slow.error);
    pd_reply_done(&slow);
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

/* --- bytes that are no text --- */

static void
append_byte_string(GByteArray *message, const char *bytes, size_t length, size_t alignment)
{
    static const uint8_t zeros[8] = { 0 };
    uint32_t n = GUINT32_TO_LE((uint32_t)length);

    g_byte_array_append(message, zeros, (unsigned)((0 - message->len) % alignment));
    g_byte_array_append(message, (const uint8_t *)&n, sizeof(n));
    g_byte_array_append(message, (const uint8_t *)bytes, (unsigned)length);
    g_byte_array_append(message, zeros, 1);
}

static void
append_field(GByteArray *fields, uint8_t code, char type, const char *value)
{
    static const uint8_t zeros[8] = { 0 };
    const uint8_t head[] = { code, 1, (uint8_t)type, 0 };

    g_byte_array_append(fields, zeros, (unsigned)((0 - fields->len) % 8));
    g_byte_array_append(fields, head, sizeof(head));
    append_byte_string(fields, value, strlen(value), 4);
}

/* A call of Check whose text is @bytes, which no library would send. */
static GByteArray *
raw_check(const char *bytes, size_t length)
{
    static const uint8_t signature[] = { 8, 1, 'g', 0, 7, 's', 's', 'a', '{', 's', 'v', '}', 0 };
    static const uint8_t zeros[8] = { 0 };
    g_autoptr(GByteArray) fields = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *message = g_byte_array_new();
    uint32_t numbers[3];

    append_field(fields, 1, 'o', PD_DBUS_PATH);
    append_field(fields, 2, 's', PD_DBUS_INTERFACE);
    append_field(fields, 3, 's', "Check");
    append_field(fields, 6, 's', PD_DBUS_NAME);
    g_byte_array_append(fields, zeros, (unsigned)((0 - fields->len) % 8));
    g_byte_array_append(fields, signature, sizeof(signature));
    append_byte_string(body, "en_US", 5, 4);
    append_byte_string(body, bytes, length, 4);
    g_byte_array_append(body, zeros, (unsigned)((0 - body->len) % 4));
    g_byte_array_append(body, zeros, 4); /* no options */
    g_byte_array_append(body, zeros, (unsigned)((0 - body->len) % 8));
    g_byte_array_append(message, (const uint8_t *)"l\1\0\1", 4);
    numbers[0] = GUINT32_TO_LE(body->len);
    numbers[1] = GUINT32_TO_LE(77);
    numbers[2] = GUINT32_TO_LE(fields->len);
    g_byte_array_append(message, (const uint8_t *)numbers, sizeof(numbers));
    g_byte_array_append(message, fields->data, fields->len);
    g_byte_array_append(message, zeros, (unsigned)((0 - message->len) % 8));
    g_byte_array_append(message, body->data, body->len);
    return message;
}

/* Writes past the library to the bus. Returns: does the bus keep the connection? */
static bool
send_raw(PdFixture *self, const char *bytes, size_t length)
{
    g_autoptr(GDBusConnection) client = pd_fixture_connect(self);
    GIOStream *stream = g_dbus_connection_get_stream(client);
    g_autoptr(GByteArray) message = raw_check(bytes, length);
    g_autoptr(GVariant) alive = NULL;

    g_assert_true(g_output_stream_write_all(g_io_stream_get_output_stream(stream), message->data,
                                            message->len, NULL, NULL, NULL));
    alive = g_dbus_connection_call_sync(client, "org.freedesktop.DBus", "/",
                                        "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                                        G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, NULL);
    return alive != NULL;
}

static void
test_invalid_bytes(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) findings = NULL;
    uint64_t n_calls;

    g_assert_true(send_raw(self, "Fine.", 5)); /* the message itself is well made */
    n_calls = pd_fixture_statistic(self, "calls");
    g_assert_false(send_raw(self, "no \xff utf", 8)); /* the bus throws such a client out */
    g_assert_false(send_raw(self, "a\0b", 3));
    g_assert_false(send_raw(self, "\xed\xa0\x80", 3)); /* half a surrogate pair */
    g_assert_cmpuint(pd_fixture_statistic(self, "calls"), ==,
                     n_calls + 1); /* the service saw none */
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

#define ADD_WITH(path, fn, data) \
    g_test_add("/clients/" path, PdFixture, data, pd_fixture_up, fn, pd_fixture_down)
#define ADD(path, fn) ADD_WITH(path, fn, NULL)

int
main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--hog"))
        return hog(argv[2]);
    g_test_init(&argc, &argv, NULL);
    ADD("two-mib", test_two_mib);
    ADD("two-clients", test_two_clients);
    ADD("cancel-others", test_cancel_others);
    ADD("killed-client", test_killed_client);
    ADD("flood", test_flood);
    ADD_WITH("flood-of-edits", test_flood_of_edits, "{'wait': <false>}");
    ADD_WITH("flood-of-edits/markdown", test_flood_of_edits,
             "{'format': <'markdown'>, 'wait': <false>}");
    ADD("flood-of-a-client-that-left", test_flood_of_a_client_that_left);
    ADD("flood-of-bytes", test_flood_of_bytes);
    ADD("invalid-bytes", test_invalid_bytes);
    return g_test_run();
}
