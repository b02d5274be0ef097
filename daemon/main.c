/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd - the service: options, signals, loop; the only place that exits
 */
#include "daemon/engine/messages.h"
#include "daemon/engine/words.h"
#include "daemon/log.h"
#include "daemon/sandbox.h"
#include "daemon/service.h"
#include "daemon/settings-watch.h"
#include "daemon/settings.h"
#include "dbus/core-dump.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
                                          "~/.config/proofd/proofd.conf; see proofd.conf(5).");
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

typedef struct {
    const Options *options;
    char *path; /* of the settings */
    GMainLoop *loop;
    PdService *service;
} Program;

/* @ret_error: (out): all that is wrong with the file, NULL: nothing */
static PdSettings *
load_settings(const Program *self, char **ret_error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    PdSettings *settings = pd_settings_load(self->path, warnings);

    for (size_t i = 0; i < warnings->len; i++)
        pd_log(PD_LOG_SETTINGS_WRONG, "PROOFD_SETTINGS", self->path, "%s",
               (const char *)g_ptr_array_index(warnings, i));
    g_ptr_array_add(warnings, NULL);
    *ret_error = warnings->len > 1 ? g_strjoinv("\n", (char **)warnings->pdata) : NULL;
    if (self->options->idle_exit != NOT_GIVEN)
        settings->idle_exit_seconds = (unsigned)self->options->idle_exit;
    if (self->options->models != NULL) {
        g_free(settings->models_dir);
        settings->models_dir = g_strdup(self->options->models);
    }
    return settings;
}

static void
on_settings_changed(void *user_data)
{
    Program *self = user_data;
    g_autofree char *trouble = NULL;
    g_autoptr(PdSettings) settings = load_settings(self, &trouble);

    pd_service_set_settings_error(self->service, trouble);
    if (trouble != NULL) {
        pd_log(PD_LOG_SETTINGS_WRONG, "PROOFD_SETTINGS", self->path,
               "%s: the settings stay as they were", self->path);
        return;
    }
    pd_service_take_settings(self->service, g_steal_pointer(&settings));
    pd_log(PD_LOG_SETTINGS_READ, "PROOFD_SETTINGS", self->path, "%s was read", self->path);
}

static gboolean
on_hangup(gpointer program)
{
    on_settings_changed(program);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_signal(gpointer program)
{
    const Program *self = program;

    pd_log(PD_LOG_STOPPING, NULL, NULL, "asked to stop");
    g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE; /* a second one must not kill in the middle of the end */
}

static void
on_stopped(void *program)
{
    const Program *self = program;

    g_main_loop_quit(self->loop);
}

/* While there is but this thread, so before the settings are watched. */
static bool
enter_sandbox(const char *settings_path, GError **error)
{
#ifdef HAVE_SANDBOX
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free); /* they come again */
    g_autoptr(PdSettings) settings = pd_settings_load(settings_path, warnings);
    g_autofree char *words =
        settings->words_file != NULL ? g_strdup(settings->words_file) : pd_words_default_path();
    const char *parts;

    if (!pd_sandbox_enter(words, &parts, error))
        return false;
    g_debug("sandbox: %s", parts);
#endif
    return true;
}

static int
serve(const Options *options)
{
    g_autofree char *path = pd_settings_path();
    g_autofree char *trouble = NULL;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(PdService) service = NULL;
    g_autoptr(PdSettingsWatch) watch = NULL;
    g_autoptr(GError) error = NULL;
    Program program = { options, path, loop, NULL };
    PdSettings *settings;

    if (!enter_sandbox(path, &error)) {
        g_printerr("proofd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    watch = pd_settings_watch_new(path, on_settings_changed, &program); /* before the first look */
    settings = load_settings(&program, &trouble);
    g_unix_signal_add(SIGTERM, on_signal, &program);
    g_unix_signal_add(SIGINT, on_signal, &program);
    service = pd_service_new(settings, options->replace != FALSE, on_stopped, &program, &error);
    if (service == NULL) {
        g_printerr("proofd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    program.service = service;
    pd_service_set_settings_error(service, trouble);
    g_unix_signal_add(SIGHUP, on_hangup, &program);
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}

/* The read that failed is tried again, and ends the process: there is nothing to go on with. */
static void
on_bus_error(int number)
{
    static const char text[] = "proofd: a model file became shorter while it was in use; the "
                               "service ends, and starts again with the next call\n";

    (void)!write(STDERR_FILENO, text, sizeof text - 1);
}

/* Model files are mapped: packages replace them, but somebody may write to one. */
static void
say_why_on_bus_error(void)
{
    const struct sigaction action = { .sa_handler = on_bus_error, .sa_flags = (int)SA_RESETHAND };

    sigaction(SIGBUS, &action, NULL);
}

int
main(int argc, char **argv)
{
    Options options = { .idle_exit = NOT_GIVEN };
    g_autoptr(GError) error = NULL;
    int status = EXIT_SUCCESS;

    pd_forbid_core_dumps();
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
        pd_log_init();
        say_why_on_bus_error();
        status = serve(&options);
    }
    g_free(options.models);
    return status;
}
