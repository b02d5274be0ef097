/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service manager is told, and both ways in which the bus starts the service. */
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_S 120
#define WATCHDOG_US 400000
#define LOOK_US (WATCHDOG_US / 4)

typedef struct {
    PdFixture base;
    int fd; /* the manager's end of NOTIFY_SOCKET */
} Fixture;

static void
manager_up(Fixture *self, gconstpointer data)
{
    const struct timeval patience = { .tv_sec = PATIENCE_S };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autofree char *path = NULL;

    self->base.bus_option = data;
    pd_fixture_bus_up(&self->base, NULL);
    path = pd_fixture_path(&self->base, "notify");
    g_assert_cmpuint(g_strlcpy(address.sun_path, path, sizeof address.sun_path), <,
                     sizeof address.sun_path);
    self->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno(self->fd);
    g_assert_no_errno(bind(self->fd, (struct sockaddr *)&address, sizeof address));
    g_assert_no_errno(setsockopt(self->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    g_setenv("NOTIFY_SOCKET", path, TRUE);
    g_unsetenv("WATCHDOG_USEC");
}

static void
manager_down(Fixture *self, gconstpointer data)
{
    pd_fixture_down(&self->base, NULL);
    close(self->fd);
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
}

/* (transfer full): the next datagram; NULL: none waits (with @wait: never) */
static char *
receive(Fixture *self, bool wait)
{
    char buffer[4096];
    const ssize_t n = recv(self->fd, buffer, sizeof buffer, wait ? 0 : MSG_DONTWAIT);

    if (n < 0 && !wait && (errno == EAGAIN || errno == EWOULDBLOCK))
        return NULL;
    g_assert_no_errno(n);
    return g_strndup(buffer, (gsize)n);
}

static void
wait_for(Fixture *self, const char *wanted)
{
    for (;;) {
        g_autofree char *message = receive(self, true);

        if (strstr(message, wanted) != NULL)
            return;
    }
}

static void
test_states(Fixture *self, gconstpointer data)
{
    g_autoptr(GVariant) opened = NULL;
    g_autoptr(GVariant) closed = NULL;
    g_autofree char *first = NULL;
    const char *path;

    pd_fixture_start(&self->base, NULL);
    first = receive(self, true);
    g_assert_cmpstr(first, ==, "READY=1");
    wait_for(self, "STATUS=documents: 0, clients: 0, languages: none yet");
    opened = pd_fixture_call(&self->base, "Open",
                             g_variant_new("(ss@a{sv})", "en_US", "Fine.", pd_options(NULL)), NULL);
    wait_for(self, "STATUS=documents: 1, clients: 1, languages: en_US");
    g_variant_get(opened, "(&o)", &path);
    closed = pd_call_on(self->base.client, path, PD_DBUS_DOCUMENT_INTERFACE, "Close", NULL, NULL);
    g_assert_nonnull(closed);
    wait_for(self, "STATUS=documents: 0, clients: 0, languages: en_US");
    g_subprocess_send_signal(self->base.service, 1); /* SIGHUP */
    wait_for(self, "RELOADING=1\nMONOTONIC_USEC=");
    wait_for(self, "READY=1");
    pd_fixture_stop(&self->base);
    wait_for(self, "STOPPING=1\nSTATUS=Stopping");
}

/* A model whose config.json is a pipe: who reads it hangs until somebody writes. */
static char *
make_hanging_model(Fixture *self)
{
    g_autofree char *en = pd_fixture_path(&self->base, "models/en");
    char *pipe = g_build_filename(en, "config.json", NULL);

    g_assert_no_errno(g_mkdir_with_parents(en, 0700));
    g_assert_no_errno(mkfifo(pipe, 0600));
    g_free(self->base.models);
    self->base.models = pd_fixture_path(&self->base, "models");
    return pipe;
}

static void
test_stuck_worker(Fixture *self, gconstpointer data)
{
    g_autofree char *pipe = make_hanging_model(self);
    char *message;
    PdReply check;
    int fd;

    g_setenv("WATCHDOG_USEC", G_STRINGIFY(WATCHDOG_US), TRUE);
    pd_fixture_start(&self->base, NULL);
    for (unsigned i = 0; i < 5; i++) /* of its own, with nothing to do */
        wait_for(self, "WATCHDOG=1");
    pd_send(&check, self->base.client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
            g_variant_new("(ss@a{sv})", "en_US", "Text.", pd_options(NULL)));
    wait_for(self, "STATUS=The thread that checks text does not answer");
    g_assert_cmpuint(pd_fixture_statistic(&self->base, "running"), ==, 1); /* the main loop does */
    g_usleep(5 * LOOK_US);
    while ((message = receive(self, false)) != NULL) {
        g_assert_cmpstr(message, !=, "WATCHDOG=1");
        g_free(message);
    }
    fd = g_open(pipe, O_WRONLY | O_CLOEXEC, 0);
    g_assert_no_errno(fd);
    close(fd);
    wait_for(self, "WATCHDOG=1");
    wait_for(self, "STATUS=documents: 0");
    pd_wait(&check);
    pd_assert_error(&check, "ModelBroken");
    pd_reply_done(&check);
}

/* Another process's interval, and a socket that is no socket's name, are nobody. */
static void
test_not_for_us(Fixture *self, gconstpointer data)
{
    g_autoptr(GVariant) findings = NULL;
    char *message;

    g_setenv("WATCHDOG_USEC", G_STRINGIFY(WATCHDOG_US), TRUE);
    g_setenv("WATCHDOG_PID", "1", TRUE);
    pd_fixture_start(&self->base, NULL);
    wait_for(self, "READY=1");
    g_usleep(2 * LOOK_US);
    pd_fixture_stop(&self->base);
    while ((message = receive(self, false)) != NULL) {
        g_assert_cmpstr(message, !=, "WATCHDOG=1");
        g_free(message);
    }
    g_unsetenv("WATCHDOG_PID");
    g_setenv("NOTIFY_SOCKET", "vsock:1", TRUE);
    pd_fixture_start(&self->base, NULL);
    findings = pd_fixture_check(&self->base, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

/* --- activation --- */

/* The description that is installed, but for where the program is. */
static void
install_service_file(PdFixture *self)
{
    g_autofree char *to = pd_fixture_path(self, "services/" PD_DBUS_NAME ".service");
    g_autofree char *exec =
        g_strdup_printf("Exec=%s --models %s", g_getenv("PROOFD_BINARY"), self->models);
    g_autoptr(GString) content = g_string_new(NULL);
    g_autofree char *installed = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GVariant) reload = NULL;

    g_assert_true(g_file_get_contents(g_getenv("PROOFD_SERVICE_FILE"), &installed, NULL, NULL));
    lines = g_strsplit(installed, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_string_append_printf(content, "%s\n", g_str_has_prefix(*line, "Exec=") ? exec : *line);
    g_assert_nonnull(strstr(content->str, exec));
    g_assert_true(g_file_set_contents(to, content->str, -1, NULL));
    reload = g_dbus_connection_call_sync(
        self->client, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "ReloadConfig", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_assert_nonnull(reload);
}

static void
test_without_systemd(Fixture *self, gconstpointer data)
{
    g_autoptr(GVariant) findings = NULL;

    install_service_file(&self->base);
    findings = pd_fixture_check(&self->base, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

static void
on_request(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *arguments, gpointer user_data)
{
    g_variant_get(arguments, "(s)", user_data);
}

/* systemd, as far as the bus knows it: it is asked for a unit, and starts its program. */
static void
test_with_systemd(Fixture *self, gconstpointer data)
{
    g_autoptr(GDBusConnection) manager = pd_fixture_connect(&self->base);
    g_autofree char *unit_name = g_path_get_basename(g_getenv("PROOFD_UNIT"));
    g_autofree char *unit = NULL;
    g_autofree char *asked = NULL;
    g_autoptr(GVariant) owned = NULL;
    PdReply check;

    install_service_file(&self->base);
    owned = g_dbus_connection_call_sync(manager, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new("(su)", "org.freedesktop.systemd1", 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_assert_nonnull(owned);
    g_dbus_connection_signal_subscribe(manager, NULL, "org.freedesktop.systemd1.Activator",
                                       "ActivationRequest", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                       on_request, &asked, NULL);
    pd_send(&check, self->base.client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
            g_variant_new("(ss@a{sv})", "en_US", "I recieve it.", pd_options(NULL)));
    while (asked == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(asked, ==, unit_name);
    g_assert_true(g_file_get_contents(g_getenv("PROOFD_UNIT"), &unit, NULL, NULL));
    g_assert_nonnull(strstr(unit, "\nBusName=" PD_DBUS_NAME "\n"));
    g_assert_nonnull(strstr(unit, "/proofd\n"));
    pd_fixture_start(&self->base, NULL);
    pd_wait(&check);
    g_assert_no_error(check.error);
    pd_reply_done(&check);
    g_dbus_connection_close_sync(manager, NULL, NULL);
}

static void
test_unit(Fixture *self, gconstpointer data)
{
    g_autofree char *analyse = g_find_program_in_path("systemd-analyze");
    g_autofree char *unit = pd_fixture_path(&self->base, "proofd.service");
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *installed = NULL, *output = NULL, *errors = NULL;
    const char *argv[] = { analyse, "--user", "--man=no", "verify", unit, NULL };
    g_auto(GStrv) lines = NULL;
    int status = -1;

    if (analyse == NULL) {
        g_test_skip("there is no systemd-analyze");
        return;
    }
    g_assert_true(g_file_get_contents(g_getenv("PROOFD_UNIT"), &installed, NULL, NULL));
    lines = g_strsplit(installed, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_string_append_printf(
            text, "%s\n", g_str_has_prefix(*line, "ExecStart=") ? "ExecStart=/bin/true" : *line);
    g_assert_true(g_file_set_contents(unit, text->str, -1, NULL));
    g_setenv("XDG_RUNTIME_DIR", self->base.dir, TRUE);
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                               &errors, &status, NULL));
    if (strstr(errors, "Failed to initialize manager") != NULL) {
        g_test_skip("systemd-analyze cannot run here");
        return;
    }
    g_assert_null(strstr(errors, "proofd.service")); /* a complaint names the file */
}

#define ADD(path, option, fn) \
    g_test_add("/manager/" path, Fixture, option, manager_up, fn, manager_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("states", NULL, test_states);
    ADD("stuck-worker", NULL, test_stuck_worker);
    ADD("not-for-us", NULL, test_not_for_us);
    ADD("without-systemd", NULL, test_without_systemd);
    ADD("with-systemd", "--systemd-activation", test_with_systemd);
    ADD("unit", NULL, test_unit);
    return g_test_run();
}
