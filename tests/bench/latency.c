/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latency.c - milliseconds from a call over D-Bus to its reply, as a client sees them
 *
 * latency check [--clients N] [--max-candidates N] [--seconds S]
 *   Each line of standard input: a text to Check. N clients, each with a connection of its own and
 *   one call under way; after S seconds no further call is made. Each line of standard output: the
 *   milliseconds of a call, in the order of the replies.
 * latency edit [--known] [--max-candidates N] [--seconds S] FILE
 *   Opens FILE's text as a document; with --known, waits until all of it is checked. Each line of
 *   standard input: START, tab, REMOVED, tab, INSERTED with \n for a line end and \\ for \. It is
 *   sent when the reply to the last one has come. Standard output: the milliseconds of Open; with
 *   --known, of Findings; then of each Edit, a line each. If S seconds end before a reply, the last
 *   line is "unanswered" and the milliseconds so far.
 *
 * The bus is DBUS_SESSION_BUS_ADDRESS's. Exit status 2 if a call fails.
 */
#include "dbus/protocol.h"

#include <dbus/dbus.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGE "en_US"

typedef struct {
    int n_clients;
    int max_candidates;
    double seconds;
    gboolean known;
} Options;

typedef struct {
    DBusConnection *bus;
    dbus_uint32_t serial; /* of the call under way; 0: none */
    gint64 start_us;
    double ms; /* of the last call */
} Client;

static void G_GNUC_NORETURN
fail(const char *what, const char *why)
{
    fprintf(stderr, "latency: %s: %s\n", what, why);
    exit(2);
}

static double
ms_since(gint64 start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / 1000;
}

/* --- messages --- */

static DBusMessage *
new_call(const char *path, const char *interface, const char *method)
{
    DBusMessage *message = dbus_message_new_method_call(PD_DBUS_NAME, path, interface, method);

    if (message == NULL)
        fail(method, "out of memory");
    return message;
}

/* Appends language, text and the options, as Check and Open take them. */
static void
append_text(DBusMessage *message, const char *text, const Options *options)
{
    const char *language = LANGUAGE, *name = "max-candidates";
    const dbus_uint32_t number = (dbus_uint32_t)options->max_candidates;
    DBusMessageIter args, dict, entry, value;

    dbus_message_iter_init_append(message, &args);
    dbus_message_iter_append_basic(&args, DBUS_TYPE_STRING, &language);
    dbus_message_iter_append_basic(&args, DBUS_TYPE_STRING, &text);
    dbus_message_iter_open_container(&args, DBUS_TYPE_ARRAY, "{sv}", &dict);
    dbus_message_iter_open_container(&dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
    dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &name);
    dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, "u", &value);
    dbus_message_iter_append_basic(&value, DBUS_TYPE_UINT32, &number);
    dbus_message_iter_close_container(&entry, &value);
    dbus_message_iter_close_container(&dict, &entry);
    dbus_message_iter_close_container(&args, &dict);
}

static DBusConnection *
connect_to_bus(void)
{
    DBusError error = DBUS_ERROR_INIT;
    DBusConnection *bus = dbus_bus_get_private(DBUS_BUS_SESSION, &error);

    if (bus == NULL)
        fail("the session bus", error.message);
    dbus_connection_set_exit_on_disconnect(bus, FALSE);
    return bus;
}

static void
disconnect(DBusConnection *bus)
{
    dbus_connection_close(bus);
    dbus_connection_unref(bus);
}

/* Sends @message, which is consumed; the clock starts. */
static void
client_send(Client *self, DBusMessage *message)
{
    self->start_us = g_get_monotonic_time();
    if (!dbus_connection_send(self->bus, message, &self->serial))
        fail(dbus_message_get_member(message), "out of memory");
    dbus_connection_flush(self->bus);
    dbus_message_unref(message);
}

/* Reads what has come; is the reply to the call under way among it? (transfer full) (nullable) */
static DBusMessage *
client_receive(Client *self)
{
    DBusMessage *message;

    if (!dbus_connection_read_write(self->bus, 0))
        fail("the session bus", "it has closed the connection");
    while ((message = dbus_connection_pop_message(self->bus)) != NULL) {
        if (dbus_message_get_reply_serial(message) == self->serial) {
            DBusError error = DBUS_ERROR_INIT;

            self->ms = ms_since(self->start_us);
            self->serial = 0;
            if (dbus_set_error_from_message(&error, message))
                fail(error.name, error.message);
            return message;
        }
        dbus_message_unref(message); /* a signal */
    }
    return NULL;
}

/* Waits for the reply until @end_us; NULL then. (transfer full) */
static DBusMessage *
client_wait(Client *self, gint64 end_us)
{
    DBusMessage *reply;
    GPollFD wait = { .events = G_IO_IN };

    if (!dbus_connection_get_unix_fd(self->bus, &wait.fd))
        fail("the session bus", "no socket");
    while ((reply = client_receive(self)) == NULL) {
        const gint64 rest_us = end_us - g_get_monotonic_time();

        if (rest_us <= 0)
            return NULL;
        (void)g_poll(&wait, 1, (int)MIN(rest_us / 1000 + 1, 1000));
    }
    return reply;
}

/* --- texts --- */

/* The next line without its end, or NULL. Borrowed until the next call. */
static const char *
next_line(char **line, size_t *size)
{
    ssize_t length = getline(line, size, stdin);

    if (length <= 0)
        return NULL;
    if ((*line)[length - 1] == '\n')
        (*line)[length - 1] = '\0';
    return *line;
}

static bool
send_next_text(Client *client, const Options *options, char **line, size_t *size, gint64 end_us)
{
    const char *text = g_get_monotonic_time() < end_us ? next_line(line, size) : NULL;
    DBusMessage *message;

    if (text == NULL)
        return false;
    message = new_call(PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check");
    append_text(message, text, options);
    client_send(client, message);
    return true;
}

static void
check_texts(const Options *options)
{
    const gint64 end_us = g_get_monotonic_time() + (gint64)(options->seconds * G_USEC_PER_SEC);
    g_autofree Client *clients = g_new0(Client, options->n_clients);
    g_autofree GPollFD *waits = g_new0(GPollFD, options->n_clients);
    g_autofree char *line = NULL;
    size_t size = 0;
    int n_waiting = 0;

    for (int i = 0; i < options->n_clients; i++) {
        clients[i].bus = connect_to_bus();
        if (!dbus_connection_get_unix_fd(clients[i].bus, &waits[i].fd))
            fail("the session bus", "no socket");
        waits[i].events = G_IO_IN;
    }
    for (int i = 0; i < options->n_clients; i++)
        n_waiting += send_next_text(&clients[i], options, &line, &size, end_us);
    while (n_waiting > 0) {
        (void)g_poll(waits, (guint)options->n_clients, -1);
        for (int i = 0; i < options->n_clients; i++) {
            DBusMessage *reply = waits[i].revents != 0 ? client_receive(&clients[i]) : NULL;

            if (reply == NULL)
                continue;
            dbus_message_unref(reply);
            printf("%.3f\n", clients[i].ms);
            n_waiting -= !send_next_text(&clients[i], options, &line, &size, end_us);
        }
    }
    for (int i = 0; i < options->n_clients; i++)
        disconnect(clients[i].bus);
}

/* --- documents --- */

/* Opens the text; returns the document's path, (transfer full). */
static char *
open_document(Client *client, const char *text, const Options *options)
{
    DBusMessage *message = new_call(PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open"), *reply;
    const char *path;
    char *copy;

    append_text(message, text, options);
    client_send(client, message);
    reply = client_wait(client, G_MAXINT64);
    if (!dbus_message_get_args(reply, NULL, DBUS_TYPE_OBJECT_PATH, &path, DBUS_TYPE_INVALID))
        fail("Open", "the reply has no object path");
    copy = g_strdup(path);
    dbus_message_unref(reply);
    printf("%.3f\n", client->ms);
    return copy;
}

static void
wait_for_findings(Client *client, const char *document)
{
    client_send(client, new_call(document, PD_DBUS_DOCUMENT_INTERFACE, "Findings"));
    dbus_message_unref(client_wait(client, G_MAXINT64));
    printf("%.3f\n", client->ms);
}

/* An Edit of the line START, REMOVED, INSERTED. */
static DBusMessage *
new_edit(const char *document, dbus_uint64_t serial, const char *line)
{
    DBusMessage *message = new_call(document, PD_DBUS_DOCUMENT_INTERFACE, "Edit");
    g_auto(GStrv) fields = g_strsplit(line, "\t", 3);
    g_autofree char *inserted = NULL;
    dbus_uint32_t start, removed;

    if (g_strv_length(fields) != 3)
        fail("an edit needs START, REMOVED and INSERTED", line);
    start = (dbus_uint32_t)g_ascii_strtoull(fields[0], NULL, 10);
    removed = (dbus_uint32_t)g_ascii_strtoull(fields[1], NULL, 10);
    inserted = g_strcompress(fields[2]);
    dbus_message_append_args(message, DBUS_TYPE_UINT64, &serial, DBUS_TYPE_UINT32, &start,
                             DBUS_TYPE_UINT32, &removed, DBUS_TYPE_STRING, &inserted,
                             DBUS_TYPE_INVALID);
    return message;
}

static void
edit_document(const char *path, const Options *options)
{
    Client client = { .bus = connect_to_bus() };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *document = NULL, *line = NULL;
    size_t size = 0;
    gint64 end_us;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail("edit", error->message);
    document = open_document(&client, text, options);
    if (options->known)
        wait_for_findings(&client, document);
    end_us = g_get_monotonic_time() + (gint64)(options->seconds * G_USEC_PER_SEC);
    for (dbus_uint64_t serial = 1; next_line(&line, &size) != NULL; serial++) {
        DBusMessage *reply;

        client_send(&client, new_edit(document, serial, line));
        reply = client_wait(&client, end_us);
        if (reply == NULL) {
            printf("unanswered %.3f\n", ms_since(client.start_us));
            break;
        }
        dbus_message_unref(reply);
        printf("%.3f\n", client.ms);
    }
    disconnect(client.bus);
}

int
main(int argc, char **argv)
{
    Options wanted = { .n_clients = 1, .max_candidates = 5, .seconds = 1e6 };
    const GOptionEntry entries[] = {
        { "clients", 0, 0, G_OPTION_ARG_INT, &wanted.n_clients, "How many call at once", "N" },
        { "max-candidates", 0, 0, G_OPTION_ARG_INT, &wanted.max_candidates, "Of each finding",
          "N" },
        { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &wanted.seconds, "No call after that", "S" },
        { "known", 0, 0, G_OPTION_ARG_NONE, &wanted.known, "Wait for the first check", NULL },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("check | edit FILE");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error))
        fail("options", error->message);
    if (wanted.n_clients < 1 || wanted.n_clients > 1000)
        fail("--clients", "1 to 1000");
    if (argc == 2 && strcmp(argv[1], "check") == 0)
        check_texts(&wanted);
    else if (argc == 3 && strcmp(argv[1], "edit") == 0)
        edit_document(argv[2], &wanted);
    else
        fail("arguments", "check or edit FILE is needed");
    return 0;
}
