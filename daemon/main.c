/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd - the service: options, signals, loop; the only place that exits
 */
#include "daemon/engine/messages.h"
#include "daemon/service.h"
#include "daemon/settings.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define NOT_GIVEN G_MININT

typedef struct {
    gboolean replace; /* GOption wants GLib's types */
    gboolean verbose;
    gboolean version;
    int idle_exit;
    char *models;
} Options;

static bool
parse_options(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "replace", 'r', 0, G_OPTION_ARG_NONE, &options->replace,
          "Take over from a running instance", NULL },
        { "idle-exit", 0, 0, G_OPTION_ARG_INT, &options->idle_exit,
          "Stop after that long without work; 0: never", "SECONDS" },
        { "models", 0, 0, G_OPTION_ARG_FILENAME, &options->models,
          "Look for models in DIR (DIR/en/model.safetensors)", "DIR" },
        { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Log more; never any text",
          NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit",
          NULL },
        { 0 },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- finds wrong words, over D-Bus");

    g_option_context_set_summary(context, "Programs start it through the session bus. Settings: "
                                          "~/.config/proofd/proofd.conf; see proofd(1).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                    "no arguments are taken, but \"%s\" was given", (*argv)[1]);
        return false;
    }
    if (options->idle_exit != NOT_GIVEN && (options->idle_exit < 0 || options->idle_exit > 86400)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--idle-exit %d is not 0 to 86400 seconds", options->idle_exit);
        return false;
    }
    return true;
}

static PdSettings *
load_config(Options *options)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    PdSettings *settings = pd_settings_load(NULL, warnings);

    for (size_t i = 0; i < warnings->len; i++)
        g_warning("%s", (const char *)g_ptr_array_index(warnings, i));
    if (options->idle_exit != NOT_GIVEN)
        settings->idle_exit_seconds = (unsigned)options->idle_exit;
    if (options->models != NULL) {
        g_free(settings->models_dir);
        settings->models_dir = g_steal_pointer(&options->models);
    }
    return settings;
}

static gboolean
on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE; /* a second one must not kill in the middle of the end */
}

static void
on_stopped(void *loop)
{
    g_main_loop_quit(loop);
}

static int
serve(Options *options)
{
    g_autoptr(PdSettings) settings = load_config(options);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(PdService) service = NULL;
    g_autoptr(GError) error = NULL;

    g_unix_signal_add(SIGTERM, on_signal, loop);
    g_unix_signal_add(SIGINT, on_signal, loop);
    service = pd_service_new(settings, options->replace != FALSE, on_stopped, loop, &error);
    if (service == NULL) {
        g_printerr("proofd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    g_debug("ready");
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    Options options = { .idle_exit = NOT_GIVEN };
    g_autoptr(GError) error = NULL;
    int status = EXIT_SUCCESS;

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers in files have a point */
    pd_messages_bind();
    if (!parse_options(&options, &argc, &argv, &error)) {
        g_printerr("proofd: %s\nTry proofd --help.\n", error->message);
        status = 2;
    } else if (options.version) {
        g_print("proofd %s\n", PD_VERSION);
    } else {
        if (options.verbose)
            g_setenv("G_MESSAGES_DEBUG", "proofd", TRUE);
        status = serve(&options);
    }
    g_free(options.models);
    return status;
}
