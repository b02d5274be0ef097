/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bus/fixture.h"
#include "dbus/protocol.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

/* No service files and nothing of the system: only what a test puts into services/ can be
 * activated. */
static const char bus_config[] =
    "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\"\n"
    " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
    "<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>\n"
    "<servicedir>%s/services</servicedir>\n"
    "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\n"
    "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>\n"
    "<limit name=\"max_incoming_bytes\">1000000000</limit>\n"
    "<limit name=\"max_outgoing_bytes\">1000000000</limit>\n"
    "<limit name=\"max_message_size\">134217728</limit>\n"
    "<limit name=\"max_connections_per_user\">5000</limit>\n"
    "<limit name=\"max_replies_per_connection\">50000</limit>\n"
    "</busconfig>\n";

/* In the child: whatever ends the test, the processes it started end too. */
static void
die_with_parent(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
set_environment(const PdFixture *self, GSubprocessLauncher *launcher)
{
    static const char *const folders[][2] = { { "HOME", "home" },
                                              { "XDG_CONFIG_HOME", "config" },
                                              { "XDG_DATA_HOME", "data" },
                                              { "XDG_CACHE_HOME", "cache" },
                                              { "XDG_RUNTIME_DIR", "run" } };

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = pd_fixture_path(self, folders[i][1]);

        g_mkdir_with_parents(path, 0700);
        g_subprocess_launcher_setenv(launcher, folders[i][0], path, TRUE);
    }
    g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
    g_subprocess_launcher_unsetenv(launcher, "PROOFD_MODELS");
    g_subprocess_launcher_unsetenv(launcher, "DBUS_STARTER_ADDRESS");
    if (self->address != NULL)
        g_subprocess_launcher_setenv(launcher, "DBUS_SESSION_BUS_ADDRESS", self->address, TRUE);
}

static void
start_bus(PdFixture *self)
{
    g_autofree char *services = pd_fixture_path(self, "services");
    g_autofree char *path = pd_fixture_path(self, "bus.conf");
    g_autofree char *config = g_strdup_printf(bus_config, self->dir, self->dir);
    g_autofree char *option = g_strconcat("--config-file=", path, NULL);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_autoptr(GDataInputStream) lines = NULL;
    g_autoptr(GError) error = NULL;

    g_mkdir_with_parents(services, 0700);
    g_assert_true(g_file_set_contents(path, config, -1, NULL));
    set_environment(self, launcher);
    self->daemon =
        g_subprocess_launcher_spawn(launcher, &error, "dbus-daemon", option, "--nofork",
                                    "--nopidfile", "--print-address", self->bus_option, NULL);
    g_assert_no_error(error);
    lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(self->daemon));
    self->address = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
    g_assert_nonnull(self->address);
}

void
pd_fixture_bus_up(PdFixture *self, gconstpointer data)
{
    self->dir = g_dir_make_tmp("proofd-bus-XXXXXX", NULL);
    self->models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    start_bus(self);
    self->client = pd_fixture_connect(self);
}

void
pd_fixture_bus_again(PdFixture *self)
{
    g_subprocess_wait(self->daemon, NULL, NULL);
    g_clear_object(&self->daemon);
    g_clear_object(&self->client);
    g_clear_pointer(&self->address, g_free);
    start_bus(self);
    self->client = pd_fixture_connect(self);
}

void
pd_fixture_up(PdFixture *self, gconstpointer data)
{
    pd_fixture_bus_up(self, data);
    pd_fixture_start(self, NULL);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = NULL;
    const char *name;

    if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && (dir = g_dir_open(path, 0, NULL)) != NULL) {
        while ((name = g_dir_read_name(dir)) != NULL) {
            g_autofree char *child = g_build_filename(path, name, NULL);

            remove_tree(child);
        }
        g_rmdir(path);
    } else {
        g_unlink(path);
    }
}

void
pd_fixture_down(PdFixture *self, gconstpointer data)
{
    if (self->service != NULL)
        pd_fixture_stop(self);
    g_dbus_connection_close_sync(self->client, NULL, NULL);
    g_clear_object(&self->client);
    g_subprocess_send_signal(self->daemon, SIGTERM);
    g_subprocess_wait(self->daemon, NULL, NULL);
    g_clear_object(&self->daemon);
    remove_tree(self->dir);
    g_free(self->dir);
    g_free(self->models);
    g_free(self->address);
}

char *
pd_fixture_path(const PdFixture *self, const char *name)
{
    return g_build_filename(self->dir, name, NULL);
}

GDBusConnection *
pd_fixture_connect(const PdFixture *self)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *client =
        g_dbus_connection_new_for_address_sync(self->address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    g_dbus_connection_set_exit_on_close(client, FALSE);
    return client;
}

/* --- the service --- */

GSubprocess *
pd_fixture_spawn(PdFixture *self, const char *const *options, GSubprocessFlags flags)
{
    const char *binary = g_getenv("PROOFD_BINARY");
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    GSubprocess *process;

    g_assert_nonnull(binary);
    g_ptr_array_add(argv, (gpointer)binary);
    g_ptr_array_add(argv, "--models");
    g_ptr_array_add(argv, self->models);
    for (; options != NULL && *options != NULL; options++)
        g_ptr_array_add(argv, (gpointer)*options);
    g_ptr_array_add(argv, NULL);
    set_environment(self, launcher);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
    g_assert_no_error(error);
    return process;
}

static void
on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
    int *state = user_data;

    *state = 1;
}

static void
on_vanished(GDBusConnection *connection, const char *name, gpointer user_data)
{
    int *state = user_data;

    *state = 0;
}

void
pd_fixture_wait_name(PdFixture *self, bool owned)
{
    int state = -1;
    unsigned watch =
        g_bus_watch_name_on_connection(self->client, PD_DBUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       on_appeared, on_vanished, &state, NULL);

    while (state != (owned ? 1 : 0))
        g_main_context_iteration(NULL, TRUE);
    g_bus_unwatch_name(watch);
}

void
pd_fixture_start(PdFixture *self, const char *const *options)
{
    static const char *const never[] = { "--idle-exit", "0", NULL };

    g_assert_null(self->service);
    self->service =
        pd_fixture_spawn(self, options != NULL ? options : never, G_SUBPROCESS_FLAGS_NONE);
    pd_fixture_wait_name(self, true);
}

void
pd_fixture_stop(PdFixture *self)
{
    g_subprocess_send_signal(self->service, SIGTERM);
    g_subprocess_wait(self->service, NULL, NULL);
    g_assert_true(g_subprocess_get_if_exited(self->service));
    g_assert_cmpint(g_subprocess_get_exit_status(self->service), ==, 0);
    g_clear_object(&self->service);
}

/* --- calls --- */

GVariant *
pd_call_on(GDBusConnection *client, const char *path, const char *interface, const char *method,
           GVariant *args, GError **error)
{
    return g_dbus_connection_call_sync(client, PD_DBUS_NAME, path, interface, method, args, NULL,
                                       G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, error);
}

GVariant *
pd_fixture_call(PdFixture *self, const char *method, GVariant *args, GError **error)
{
    return pd_call_on(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, method, args, error);
}

static void
assert_error(const GError *error, const char *name, const char *part)
{
    g_autofree char *full =
        strchr(name, '.') != NULL ? g_strdup(name) : g_strconcat(PD_DBUS_ERROR_PREFIX, name, NULL);
    g_autofree char *got = NULL;

    g_assert_nonnull(error);
    got = g_dbus_error_get_remote_error(error);
    g_assert_cmpstr(got, ==, full);
    if (strstr(error->message, part) == NULL)
        g_error("\"%s\" is not in \"%s\"", part, error->message);
}

void
pd_assert_fails(GDBusConnection *client, const char *path, const char *interface,
                const char *method, GVariant *args, const char *name, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = pd_call_on(client, path, interface, method, args, &error);

    if (reply != NULL)
        g_error("%s succeeded, expected %s", method, name);
    assert_error(error, name, part);
}

GVariant *
pd_options(const char *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) parsed = g_variant_parse(
        G_VARIANT_TYPE("a{sv}"), options != NULL ? options : "{}", NULL, NULL, &error);
    g_autoptr(GBytes) bytes = NULL;

    g_assert_no_error(error);
    bytes = g_variant_get_data_as_bytes(parsed);
    return g_variant_new_from_bytes(G_VARIANT_TYPE("a{sv}"), bytes, TRUE); /* floating */
}

GVariant *
pd_fixture_check(PdFixture *self, const char *text, const char *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL;

    reply = pd_fixture_call(
        self, "Check", g_variant_new("(ss@a{sv})", "en_US", text, pd_options(options)), &error);
    g_assert_no_error(error);
    return g_variant_get_child_value(reply, 0);
}

bool
pd_has_finding(GVariant *findings, uint32_t start, uint32_t length)
{
    for (size_t i = 0; i < g_variant_n_children(findings); i++) {
        g_autoptr(GVariant) finding = g_variant_get_child_value(findings, i);
        uint32_t s, n;

        g_variant_get_child(finding, 0, "u", &s);
        g_variant_get_child(finding, 1, "u", &n);
        if (s == start && n == length)
            return true;
    }
    return false;
}

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    PdReply *self = user_data;
    g_autoptr(GDBusMessage) reply =
        g_dbus_connection_send_message_with_reply_finish(self->client, result, &self->error);

    if (reply == NULL || g_dbus_message_to_gerror(reply, &self->error))
        return;
    self->reply = g_dbus_message_get_body(reply);
    self->reply = self->reply != NULL ? g_variant_ref(self->reply) : g_variant_new_tuple(NULL, 0);
}

void
pd_send(PdReply *self, GDBusConnection *client, const char *path, const char *interface,
        const char *method, GVariant *args)
{
    g_autoptr(GDBusMessage) message =
        g_dbus_message_new_method_call(PD_DBUS_NAME, path, interface, method);

    *self = (PdReply){ .client = client };
    if (args != NULL)
        g_dbus_message_set_body(message, args);
    g_dbus_connection_send_message_with_reply(client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                              G_MAXINT, &self->serial, NULL, on_reply, self);
}

bool
pd_is_done(const PdReply *self)
{
    return self->reply != NULL || self->error != NULL;
}

void
pd_wait(PdReply *self)
{
    while (!pd_is_done(self))
        g_main_context_iteration(NULL, TRUE);
}

void
pd_assert_error(const PdReply *self, const char *name)
{
    assert_error(self->error, name, "");
}

void
pd_reply_done(PdReply *self)
{
    g_clear_pointer(&self->reply, g_variant_unref);
    g_clear_error(&self->error);
}

uint64_t
pd_fixture_statistic(PdFixture *self, const char *name)
{
    g_autoptr(GVariant) reply =
        pd_call_on(self->client, PD_DBUS_PATH, "org.freedesktop.DBus.Properties", "Get",
                   g_variant_new("(ss)", PD_DBUS_INTERFACE, "Statistics"), NULL);
    g_autoptr(GVariant) boxed = g_variant_get_child_value(reply, 0);
    g_autoptr(GVariant) table = g_variant_get_variant(boxed);
    g_autoptr(GVariant) value = g_variant_lookup_value(table, name, NULL);

    g_assert_nonnull(value);
    return g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64) ? g_variant_get_uint64(value)
                                                              : g_variant_get_uint32(value);
}

char *
pd_long_text(unsigned n_sentences)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n_sentences; i++)
        g_string_append_printf(text, "In the year %u they recieve letter number %u from home. ", i,
                               i);
    return g_string_free(text, FALSE);
}
