/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the service starts and ends. */
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static void
assert_exits(GSubprocess *process, int status)
{
    g_subprocess_wait(process, NULL, NULL);
    g_assert_true(g_subprocess_get_if_exited(process));
    g_assert_cmpint(g_subprocess_get_exit_status(process), ==, status);
}

/* Runs the service to its end; what it wrote to both outputs. */
static char *
run(PdFixture *self, const char *const *options, int status)
{
    g_autoptr(GSubprocess) process = pd_fixture_spawn(
        self, options, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
    char *output = NULL;

    g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, NULL));
    assert_exits(process, status);
    return output;
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("\"%s\" is not in \"%s\"", part, text);
}

static void
test_options(PdFixture *self, gconstpointer data)
{
    g_autofree char *version = run(self, (const char *const[]){ "--version", NULL }, 0);
    g_autofree char *help = run(self, (const char *const[]){ "--help", NULL }, 0);
    g_autofree char *unknown = run(self, (const char *const[]){ "--nonsense", NULL }, 2);
    g_autofree char *argument = run(self, (const char *const[]){ "file", NULL }, 2);
    g_autofree char *seconds = run(self, (const char *const[]){ "--idle-exit=-1", NULL }, 2);

    g_assert_cmpstr(version, ==, "proofd " PD_VERSION "\n");
    assert_has(help, "--replace");
    assert_has(unknown, "--nonsense");
    assert_has(argument, "\"file\"");
    assert_has(seconds, "-1");
}

static void
test_second_instance(PdFixture *self, gconstpointer data)
{
    g_autofree char *pid = NULL;
    g_autofree char *output = NULL;

    pd_fixture_start(self, NULL);
    pid = g_strdup_printf("process %s", g_subprocess_get_identifier(self->service));
    output = run(self, NULL, 1);
    assert_has(output, pid);
    assert_has(output, "--replace");
    g_assert_cmpuint(pd_fixture_statistic(self, "documents"), ==, 0); /* the first still answers */
}

static void
test_replace(PdFixture *self, gconstpointer data)
{
    static const char *const options[] = { "--replace", NULL };
    g_autoptr(GSubprocess) first = NULL;
    g_autoptr(GVariant) findings = NULL;

    pd_fixture_start(self, NULL);
    first = g_steal_pointer(&self->service);
    self->service = pd_fixture_spawn(self, options, G_SUBPROCESS_FLAGS_NONE);
    assert_exits(first, 0);
    pd_fixture_wait_name(self, true);
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

static void
test_sigterm_during_work(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = pd_long_text(5000);
    g_autoptr(GVariant) opened = NULL;
    PdReply check, findings, properties;
    const char *path;

    pd_fixture_start(self, NULL);
    opened = pd_fixture_call(self, "Open", g_variant_new("(ss@a{sv})", "", text, pd_options(NULL)),
                             NULL);
    g_variant_get(opened, "(&o)", &path);
    pd_send(&check, self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
            g_variant_new("(ss@a{sv})", "", text, pd_options(NULL)));
    pd_send(&findings, self->client, path, PD_DBUS_DOCUMENT_INTERFACE, "Findings", NULL);
    while (pd_fixture_statistic(self, "running") < 2)
        g_usleep(1000);
    pd_send(&properties, self->client, PD_DBUS_PATH, "org.freedesktop.DBus.Properties", "GetAll",
            g_variant_new("(s)", PD_DBUS_INTERFACE));
    pd_fixture_stop(self); /* asserts exit status 0 */
    pd_wait(&check);
    pd_assert_error(&check, "Cancelled");
    pd_wait(&findings);
    pd_assert_error(&findings, "Cancelled");
    pd_wait(&properties); /* answered or failed, never hanging */
    pd_reply_done(&check);
    pd_reply_done(&findings);
    pd_reply_done(&properties);
}

static void
test_idle_exit(PdFixture *self, gconstpointer data)
{
    static const char *const options[] = { "--idle-exit", "1", NULL };
    g_autoptr(GVariant) findings = NULL;

    pd_fixture_start(self, options);
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    assert_exits(self->service, 0);
    g_clear_object(&self->service);
}

static void
test_document_keeps_it(PdFixture *self, gconstpointer data)
{
    static const char *const options[] = { "--idle-exit", "1", NULL };
    g_autoptr(GDBusConnection) other = pd_fixture_connect(self);
    g_autoptr(GVariant) opened = NULL;
    g_autoptr(GVariant) findings = NULL;
    const char *path;

    pd_fixture_start(self, options);
    opened = pd_call_on(other, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Open",
                        g_variant_new("(ss@a{sv})", "", "Fine.", pd_options(NULL)), NULL);
    g_variant_get(opened, "(&o)", &path);
    g_usleep(2 * G_USEC_PER_SEC);
    findings = pd_call_on(other, path, PD_DBUS_DOCUMENT_INTERFACE, "Findings", NULL, NULL);
    g_assert_nonnull(findings);
    g_dbus_connection_close_sync(other, NULL, NULL);
    assert_exits(self->service, 0);
    g_clear_object(&self->service);
}

static void
test_activation(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = pd_fixture_path(self, "services/" PD_DBUS_NAME ".service");
    g_autofree char *content = g_strdup_printf("[D-BUS Service]\nName=" PD_DBUS_NAME
                                               "\nExec=%s --models %s --idle-exit 1\n",
                                               g_getenv("PROOFD_BINARY"), self->models);
    g_autoptr(GVariant) reload = NULL;

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    reload = g_dbus_connection_call_sync(
        self->client, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "ReloadConfig", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_assert_nonnull(reload);
    for (unsigned i = 0; i < 2; i++) { /* it starts again after it stopped */
        g_autoptr(GVariant) findings = pd_fixture_check(self, "I recieve it.", NULL);

        g_assert_true(pd_has_finding(findings, 2, 7));
        pd_fixture_wait_name(self, false);
    }
}

static void
write_config(PdFixture *self, const char *content)
{
    g_autofree char *dir = pd_fixture_path(self, "config/proofd");
    g_autofree char *path = g_build_filename(dir, "proofd.conf", NULL);

    g_mkdir_with_parents(dir, 0700);
    g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

static void
test_config(PdFixture *self, gconstpointer data)
{
    g_autofree char *output = NULL;
    g_autoptr(GVariant) findings = NULL;
    g_autofree char *words = pd_fixture_path(self, "my-words");
    g_autofree char *content = g_strdup_printf(
        "[service]\nwords-file=%s\nidle-exit-secnds=1\n[check]\nlevel=none\n", words);
    static const char *const options[] = { "--idle-exit", "1", NULL };

    g_assert_true(g_file_set_contents(words, "recieve\n", -1, NULL));
    write_config(self, content);
    output = run(self, options, 0); /* warns, and runs all the same */
    assert_has(output, "did you mean idle-exit-seconds?");
    assert_has(output, "level=none");
    assert_has(output, "proofd.conf");
    pd_fixture_start(self, NULL);
    findings = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_false(pd_has_finding(findings, 2, 7));
}

static void
test_bus_goes(PdFixture *self, gconstpointer data)
{
    pd_fixture_start(self, NULL);
    g_subprocess_send_signal(self->daemon, SIGKILL);
    assert_exits(self->service, 0);
    g_clear_object(&self->service);
}

static void
test_no_bus(PdFixture *self, gconstpointer data)
{
    g_autofree char *address = g_steal_pointer(&self->address);
    g_autofree char *output = NULL;

    self->address = g_strdup("unix:path=/nonexistent/bus");
    output = run(self, NULL, 1);
    assert_has(output, "session bus");
    g_free(self->address);
    self->address = g_steal_pointer(&address);
}

#define ADD(path, fn) \
    g_test_add("/life/" path, PdFixture, NULL, pd_fixture_bus_up, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("options", test_options);
    ADD("second-instance", test_second_instance);
    ADD("replace", test_replace);
    ADD("sigterm-during-work", test_sigterm_during_work);
    ADD("idle-exit", test_idle_exit);
    ADD("document-keeps-it", test_document_keeps_it);
    ADD("activation", test_activation);
    ADD("config", test_config);
    ADD("bus-goes", test_bus_goes);
    ADD("no-bus", test_no_bus);
    return g_test_run();
}
