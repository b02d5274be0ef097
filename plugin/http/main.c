/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-http - answers as LanguageTool's server does: options, sockets, signals, loop
 */
#include "dbus/core-dump.h"
#include "plugin/http/options.h"
#include "plugin/http/server.h"
#include "plugin/http/sockets.h"

#include <glib-unix.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#define STOP_SECONDS 10 /* for requests that are under way */

typedef struct {
    GMainLoop *loop;
    PdHttpServer *server;
    guint timer;
} Stop;

static void
on_stopped(gpointer data)
{
    Stop *stop = data;

    g_main_loop_quit(stop->loop);
}

static gboolean
on_overdue(gpointer data)
{
    on_stopped(data);
    return G_SOURCE_CONTINUE;
}

/* A second signal does not wait. */
static gboolean
on_signal(gpointer data)
{
    Stop *stop = data;

    if (stop->timer != 0) {
        g_main_loop_quit(stop->loop);
        return G_SOURCE_CONTINUE;
    }
    stop->timer = g_timeout_add_seconds(STOP_SECONDS, on_overdue, stop);
    pd_http_server_stop(stop->server, on_stopped, stop);
    return G_SOURCE_CONTINUE;
}

static void
announce(GSocket *socket)
{
    g_autofree char *url = pd_http_socket_url(socket);

    g_message("listening on %s", url);
    if (!pd_http_socket_is_local(socket))
        g_warning("everybody who can reach %s can have texts checked and read and change your "
                  "words: nothing is encrypted, and there is no password",
                  url);
}

static int
serve(const PdHttpOptions *options, GError **error)
{
    g_autoptr(GPtrArray) given = pd_http_sockets_inherit(error);
    g_autoptr(GPtrArray) own = NULL;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(PdHttpServer) server = NULL;
    Stop stop = { .loop = loop };
    const GPtrArray *sockets = given;

    if (given == NULL)
        return EXIT_FAILURE;
    if (given->len == 0) {
        own = pd_http_sockets_open((const char *const *)options->listen, options->port, error);
        if (own == NULL)
            return EXIT_FAILURE;
        sockets = own;
    }
    stop.server = server = pd_http_server_new(&options->settings);
    g_unix_signal_add(SIGTERM, on_signal, &stop);
    g_unix_signal_add(SIGINT, on_signal, &stop);
    if (!pd_http_server_listen(server, sockets, error))
        return EXIT_FAILURE;
    for (guint i = 0; i < sockets->len; i++)
        announce(sockets->pdata[i]);
    g_main_loop_run(loop);
    if (own != NULL)
        pd_http_sockets_unlink(own);
    return EXIT_SUCCESS;
}

static void
bind_messages(void)
{
    const char *directory = g_getenv("PROOFD_LOCALES");

    bindtextdomain(GETTEXT_PACKAGE, directory != NULL ? directory : PD_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
}

int
main(int argc, char **argv)
{
    g_auto(PdHttpOptions) options = { 0 };
    g_autoptr(GError) error = NULL;
    int status = EXIT_SUCCESS;

    pd_forbid_core_dumps();
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers in JSON have a point */
    bind_messages();
    if (!pd_http_options_parse(argc, argv, &options, &error)) {
        g_printerr("proofd-http: %s\nTry proofd-http --help.\n", error->message);
        return 2;
    }
    if (options.wants_version)
        g_print("proofd-http %s\n", PD_VERSION);
    else
        status = serve(&options, &error);
    if (error != NULL)
        g_printerr("proofd-http: %s\n", error->message);
    return status;
}
