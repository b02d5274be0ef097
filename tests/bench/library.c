/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * library.c - what libproofd costs a caller: microseconds of a Check that the service knows
 *
 * library [ROUNDS]
 *   Standard output: in each round, a call by libdbus, by libproofd blocking, and by libproofd with
 *   all calls made at once. The bus is DBUS_SESSION_BUS_ADDRESS's. Exit status 2 if a call fails.
 */
#include "dbus/protocol.h"

#include <dbus/dbus.h>
#include <proofd.h>
#include <stdio.h>
#include <stdlib.h>

#define N_CALLS 5000

static const char language[] = "en_US";
static const char text[] = "I have seen it 3 times, and so has she.";

static void G_GNUC_NORETURN
fail(const char *why)
{
    fprintf(stderr, "library: %s\n", why);
    exit(2);
}

static void
check_by_libdbus(DBusConnection *bus)
{
    const char *words[] = { language, text };
    DBusMessage *reply, *message = dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH,
                                                                PD_DBUS_INTERFACE, "Check");
    DBusMessageIter args, options;

    dbus_message_iter_init_append(message, &args);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        dbus_message_iter_append_basic(&args, DBUS_TYPE_STRING, &words[i]);
    dbus_message_iter_open_container(&args, DBUS_TYPE_ARRAY, "{sv}", &options);
    dbus_message_iter_close_container(&args, &options);
    reply = dbus_connection_send_with_reply_and_block(bus, message, DBUS_TIMEOUT_INFINITE, NULL);
    if (reply == NULL)
        fail("no reply to libdbus");
    dbus_message_unref(reply);
    dbus_message_unref(message);
}

static void
check_blocking(ProofdClient *client)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = proofd_client_check(client, language, text, NULL, NULL, &error);

    if (findings == NULL)
        fail(error->message);
}

static void
on_checked(GObject *client, GAsyncResult *result, gpointer left)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings =
        proofd_client_check_finish(PROOFD_CLIENT(client), result, &error);

    if (findings == NULL)
        fail(error->message);
    --*(unsigned *)left;
}

static void
check_at_once(ProofdClient *client)
{
    unsigned left = N_CALLS;

    for (unsigned i = 0; i < N_CALLS; i++)
        proofd_client_check_async(client, language, text, NULL, NULL, on_checked, &left);
    while (left > 0)
        g_main_context_iteration(NULL, TRUE);
}

static double
us_a_call(gint64 start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / N_CALLS;
}

int
main(int argc, char **argv)
{
    gint64 rounds = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 5;
    g_autoptr(ProofdClient) client = proofd_client_new();
    DBusConnection *bus = dbus_bus_get(DBUS_BUS_SESSION, NULL);

    if (bus == NULL)
        fail("no session bus");
    check_blocking(client); /* the service knows it from here on */
    for (; rounds > 0; rounds--) {
        gint64 start_us = g_get_monotonic_time();
        double libdbus, blocking;

        for (unsigned i = 0; i < N_CALLS; i++)
            check_by_libdbus(bus);
        libdbus = us_a_call(start_us);
        start_us = g_get_monotonic_time();
        for (unsigned i = 0; i < N_CALLS; i++)
            check_blocking(client);
        blocking = us_a_call(start_us);
        start_us = g_get_monotonic_time();
        check_at_once(client);
        printf("libdbus %.0f, blocking %.0f, at once %.0f\n", libdbus, blocking,
               us_a_call(start_us));
    }
    dbus_connection_unref(bus);
    return 0;
}
