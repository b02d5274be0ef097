/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-watch: a program of the session that checks what is written in other programs
 */
#include "dbus/core-dump.h"
#include "plugin/atspi/agent.h"
#include "plugin/atspi/config.h"
#include "plugin/atspi/tray.h"

#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define TROUBLE 2
#define APPLICATION_ID "org.proofd.Watch"
#define APPLICATION_PATH "/org/proofd/Watch"

typedef struct {
    GApplication *application;
    char *path; /* of the settings */
    PdConfig *config;
    PdAgent *agent;
    PdTray *tray;
    GFileMonitor *monitor;
    GSimpleAction *pause;
    GSimpleAction *count; /* its state: how many findings; for desktops' own indicators */
    char *program;        /* that is written in, or NULL */
    bool has_failed;
} Watch;

/* --- settings --- */

static void
say(Watch *self, const char *message)
{
    fprintf(stderr, "proofd-watch: %s\n", message);
    if (self->agent != NULL)
        pd_agent_say(self->agent, message);
}

/* Wrong settings leave the last ones that were right. */
static void
load_config(Watch *self)
{
    g_autoptr(GError) error = NULL;
    PdConfig *config = pd_config_load(self->path, &error);

    if (config == NULL) {
        say(self, error->message);
        if (self->config == NULL)
            self->config = pd_config_new();
        return;
    }
    pd_config_unref(self->config);
    self->config = config;
    if (self->agent != NULL)
        pd_agent_set_config(self->agent, config);
}

static void
on_config_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                  gpointer user_data)
{
    if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT || event == G_FILE_MONITOR_EVENT_CREATED ||
        event == G_FILE_MONITOR_EVENT_DELETED)
        load_config(user_data);
}

/* --- actions --- */

static void
update_tray(Watch *self)
{
    g_autoptr(GVariant) is_paused = g_action_get_state(G_ACTION(self->pause));
    g_autoptr(GVariant) count = g_action_get_state(G_ACTION(self->count));

    if (self->tray != NULL)
        pd_tray_update(self->tray, g_variant_get_uint32(count), g_variant_get_boolean(is_paused),
                       self->program);
}

static void
on_agent(guint n_findings, const char *program, void *user_data)
{
    Watch *self = user_data;

    g_free(self->program);
    self->program = program != NULL && *program != '\0' ? g_strdup(program) : NULL;
    g_simple_action_set_state(self->count, g_variant_new_uint32(n_findings));
    update_tray(self);
}

static void
set_paused(Watch *self, bool is_paused)
{
    g_simple_action_set_state(self->pause, g_variant_new_boolean(is_paused));
    pd_agent_set_paused(self->agent, is_paused);
    update_tray(self);
}

static void
on_pause(GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
    g_autoptr(GVariant) is_paused = g_action_get_state(G_ACTION(action));

    set_paused(user_data, !g_variant_get_boolean(is_paused));
}

static void
on_pause_state(GSimpleAction *action, GVariant *value, gpointer user_data)
{
    set_paused(user_data, g_variant_get_boolean(value));
}

static void
on_correct(GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
    Watch *self = user_data;

    pd_agent_show_corrections(self->agent);
}

static void
on_never(GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
    Watch *self = user_data;
    g_autoptr(GError) error = NULL;

    if (self->program == NULL)
        return;
    if (pd_config_add_never(self->path, self->program, &error))
        load_config(self);
    else
        say(self, error->message);
}

static void
on_settings(GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
    Watch *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = g_filename_to_uri(self->path, NULL, NULL);

    if (pd_config_create(self->path, &error) && uri != NULL &&
        !g_app_info_launch_default_for_uri(uri, NULL, &error))
        g_prefix_error(&error, "%s: ", self->path);
    if (error != NULL || uri == NULL)
        say(self, error != NULL ? error->message : self->path);
}

static void
on_quit(GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
    Watch *self = user_data;

    g_application_quit(self->application);
}

static void
add_actions(Watch *self)
{
    const GActionEntry entries[] = {
        { "correct", on_correct, NULL, NULL, NULL, { 0 } },
        { "never", on_never, NULL, NULL, NULL, { 0 } },
        { "settings", on_settings, NULL, NULL, NULL, { 0 } },
        { "quit", on_quit, NULL, NULL, NULL, { 0 } },
    };

    g_action_map_add_action_entries(G_ACTION_MAP(self->application), entries, G_N_ELEMENTS(entries),
                                    self);
    self->pause = g_simple_action_new_stateful("pause", NULL, g_variant_new_boolean(FALSE));
    g_signal_connect(self->pause, "activate", G_CALLBACK(on_pause), self);
    g_signal_connect(self->pause, "change-state", G_CALLBACK(on_pause_state), self);
    g_action_map_add_action(G_ACTION_MAP(self->application), G_ACTION(self->pause));
    self->count = g_simple_action_new_stateful("count", NULL, g_variant_new_uint32(0));
    g_simple_action_set_enabled(self->count, FALSE);
    g_action_map_add_action(G_ACTION_MAP(self->application), G_ACTION(self->count));
}

/* --- the program --- */

static gboolean
on_signal(gpointer user_data)
{
    g_application_quit(user_data);
    return G_SOURCE_CONTINUE;
}

static void
on_startup(GApplication *application, gpointer user_data)
{
    Watch *self = user_data;
    const bool is_wayland = g_getenv("WAYLAND_DISPLAY") != NULL;
    g_autoptr(GFile) file = g_file_new_for_path(self->path);

    if (g_application_get_dbus_connection(application) == NULL) {
        fputs("proofd-watch: there is no session bus\n", stderr);
        self->has_failed = true;
        return;
    }
    /* where there is XWayland: it has windows that take no focus, which Wayland has not */
    gdk_set_allowed_backends("x11,wayland");
    if (!gtk_init_check(NULL, NULL)) {
        fputs("proofd-watch: there is no display: DISPLAY and WAYLAND_DISPLAY name none\n", stderr);
        self->has_failed = true;
        return;
    }
    load_config(self);
    self->agent =
        pd_agent_new(g_application_get_dbus_connection(application), self->config,
                     GDK_IS_X11_DISPLAY(gdk_display_get_default()), is_wayland, on_agent, self);
    self->tray = pd_tray_new(G_ACTION_GROUP(application));
    self->monitor = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
    if (self->monitor != NULL)
        g_signal_connect(self->monitor, "changed", G_CALLBACK(on_config_changed), self);
    g_unix_signal_add(SIGTERM, on_signal, application);
    g_unix_signal_add(SIGINT, on_signal, application);
    g_unix_signal_add(SIGHUP, on_signal, application);
    g_application_hold(application);
}

static void
on_activate(GApplication *application, gpointer user_data)
{
    Watch *self = user_data;

    if (self->has_failed)
        g_application_quit(application);
}

static void
on_shutdown(GApplication *application, gpointer user_data)
{
    Watch *self = user_data;

    g_clear_object(&self->monitor);
    g_clear_pointer(&self->tray, pd_tray_free);
    g_clear_pointer(&self->agent, pd_agent_free);
}

/* Returns: false with @error set */
static bool
call_action(const char *method, GVariant *arguments, GError **error)
{
    g_autoptr(GDBusConnection) session = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, error);
    g_autoptr(GVariant) reply = NULL;

    if (session == NULL)
        return false;
    reply = g_dbus_connection_call_sync(session, APPLICATION_ID, APPLICATION_PATH,
                                        "org.gtk.Actions", method, arguments, NULL,
                                        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, error);
    return reply != NULL;
}

/* Tells the one that is running. Returns: the exit status */
static int
tell(const char *order)
{
    const bool is_pause = g_str_equal(order, "pause");
    g_autoptr(GError) error = NULL;
    bool is_told;

    if (is_pause || g_str_equal(order, "resume"))
        is_told = call_action(
            "SetState", g_variant_new("(sva{sv})", "pause", g_variant_new_boolean(is_pause), NULL),
            &error);
    else
        is_told = call_action("Activate", g_variant_new("(sava{sv})", order, NULL, NULL), &error);
    if (is_told)
        return 0;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
        fputs("proofd-watch: it is not running; start it without options\n", stderr);
    else
        fprintf(stderr, "proofd-watch: %s\n", error->message);
    return TROUBLE;
}

static int
on_options(GApplication *application, GVariantDict *options, gpointer user_data)
{
    Watch *self = user_data;
    const char *const orders[] = { "pause", "resume", "correct", "settings", "quit" };
    g_autoptr(GError) error = NULL;

    if (g_variant_dict_contains(options, "version"))
        return puts("proofd-watch " PD_VERSION) < 0 || fflush(stdout) != 0 ? TROUBLE : 0;
    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++)
        if (g_variant_dict_contains(options, orders[i]))
            return tell(orders[i]);
    if (!g_application_register(application, NULL, &error)) {
        fprintf(stderr, "proofd-watch: %s\n", error->message);
        return TROUBLE;
    }
    return self->has_failed ? TROUBLE : -1;
}

static GApplication *
new_application(Watch *self)
{
    const GOptionEntry entries[] = {
        { "pause", 0, 0, G_OPTION_ARG_NONE, NULL, "Stop watching, until --resume", NULL },
        { "resume", 0, 0, G_OPTION_ARG_NONE, NULL, "Watch again", NULL },
        { "correct", 0, 0, G_OPTION_ARG_NONE, NULL,
          "Give the keyboard to the corrections; for a shortcut of the desktop", NULL },
        { "settings", 0, 0, G_OPTION_ARG_NONE, NULL, "Open the settings in an editor", NULL },
        { "quit", 0, 0, G_OPTION_ARG_NONE, NULL, "End the one that is running", NULL },
        { "version", 'V', 0, G_OPTION_ARG_NONE, NULL, "Print the version", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    GApplication *application = g_application_new(APPLICATION_ID, G_APPLICATION_DEFAULT_FLAGS);

    g_application_add_main_option_entries(application, entries);
    g_application_set_option_context_summary(
        application, "Checks what is written in other programs, through the accessibility bus.\n"
                     "Without options: starts, unless it is running already.");
    g_signal_connect(application, "handle-local-options", G_CALLBACK(on_options), self);
    g_signal_connect(application, "startup", G_CALLBACK(on_startup), self);
    g_signal_connect(application, "activate", G_CALLBACK(on_activate), self);
    g_signal_connect(application, "shutdown", G_CALLBACK(on_shutdown), self);
    return application;
}

int
main(int argc, char **argv)
{
    g_autoptr(GApplication) application = NULL;
    const char *locales = g_getenv("PROOFD_LOCALES");
    Watch self = { 0 };
    int status;

    pd_forbid_core_dumps();
    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, locales != NULL ? locales : PD_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    g_set_prgname("proofd-watch");
    self.path = g_build_filename(g_get_user_config_dir(), "proofd", "watch.conf", NULL);
    application = new_application(&self);
    self.application = application;
    add_actions(&self);
    status = g_application_run(application, argc, argv);
    g_clear_object(&self.pause);
    g_clear_object(&self.count);
    pd_config_unref(self.config);
    g_free(self.program);
    g_free(self.path);
    return status == 1 ? TROUBLE : status; /* GLib's own, for options that are not known */
}
