/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings file changes while the service runs. */
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WRONG "I recieve it."

/* As an editor that writes a new file and renames it. */
static void
replace(const char *path, const char *content)
{
    g_autofree char *dir = g_path_get_dirname(path);

    g_assert_no_errno(g_mkdir_with_parents(dir, 0700));
    g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

/* As one that writes into the file that is there. */
static void
overwrite(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");

    g_assert_nonnull(file);
    g_assert_cmpint(fputs(content, file), >=, 0);
    g_assert_cmpint(fclose(file), ==, 0);
}

static char *
settings_path(PdFixture *self)
{
    return pd_fixture_path(self, "config/proofd/proofd.conf");
}

static bool
finds_it(PdFixture *self)
{
    g_autoptr(GVariant) findings = pd_fixture_check(self, WRONG, NULL);

    return pd_has_finding(findings, 2, 7);
}

static void
wait_until(PdFixture *self, bool found)
{
    while (finds_it(self) != found)
        g_usleep(20000);
}

/* (transfer full) (nullable): what Statistics says is wrong with the file */
static char *
settings_error(PdFixture *self)
{
    g_autoptr(GVariant) reply =
        pd_call_on(self->client, PD_DBUS_PATH, "org.freedesktop.DBus.Properties", "Get",
                   g_variant_new("(ss)", PD_DBUS_INTERFACE, "Statistics"), NULL);
    g_autoptr(GVariant) statistics = NULL;
    char *text = NULL;

    g_assert_nonnull(reply);
    g_variant_get(reply, "(v)", &statistics);
    g_variant_lookup(statistics, "settings-error", "s", &text);
    return text;
}

static void
test_reload(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = settings_path(self);
    char *error;

    pd_fixture_start(self, NULL); /* the folder is not there yet, but for the fixture's */
    g_assert_true(finds_it(self));
    replace(path, "[check]\ndisable=spelling;other\n");
    wait_until(self, false);
    overwrite(path, "[check]\n# all is reported again\n");
    wait_until(self, true);
    replace(path, "[check]\ndisable=spelling;other\n");
    wait_until(self, false);
    replace(path, "[check]\n\nlevel=carefull\n");
    while ((error = settings_error(self)) == NULL)
        g_usleep(20000);
    g_assert_nonnull(strstr(error, "proofd.conf:3: [check] level=carefull: expected careful"));
    g_assert_false(finds_it(self)); /* as it was */
    g_free(error);
    g_assert_no_errno(g_unlink(path));
    wait_until(self, true);
    g_assert_null(settings_error(self));
}

/* Those who keep their settings elsewhere have a link. */
static void
test_link(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = settings_path(self);
    g_autofree char *target = pd_fixture_path(self, "dotfiles/proofd.conf");

    replace(target, "[check]\ndisable=spelling;other\n");
    replace(path, "");
    g_assert_no_errno(g_unlink(path));
    g_assert_no_errno(symlink(target, path));
    pd_fixture_start(self, NULL);
    g_assert_false(finds_it(self));
    replace(target, "[check]\nlevel=default\n");
    wait_until(self, true);
    overwrite(target, "[check]\ndisable=spelling;other\n");
    wait_until(self, false);
}

/* What is on the way when they change is answered, by the old or the new ones. */
static void
test_during_work(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = settings_path(self);
    g_autofree char *text = pd_long_text(600);
    g_autoptr(GVariant) findings = NULL;
    PdReply check;
    unsigned turn = 0;

    pd_fixture_start(self, NULL);
    g_assert_true(finds_it(self));
    pd_send(&check, self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
            g_variant_new("(ss@a{sv})", "en_US", text, pd_options("{'wait': <false>}")));
    while (!pd_is_done(&check) && turn < 5) {
        g_autofree char *content = g_strdup_printf("[service]\ncache-megabytes=%u\n", ++turn);

        replace(path, content);
        g_usleep(150000);
        g_main_context_iteration(NULL, FALSE);
    }
    pd_wait(&check);
    g_assert_no_error(check.error);
    findings = g_variant_get_child_value(check.reply, 0);
    g_assert_cmpuint(g_variant_n_children(findings), >=, 600);
    pd_reply_done(&check);
}

/* Another model beside the installed one: here the same under another name. */
static void
test_model(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = settings_path(self);
    g_autofree char *other = pd_fixture_path(self, "models/en-other");
    g_autofree char *parent = pd_fixture_path(self, "models");
    g_autofree char *installed = g_build_filename(self->models, "en", NULL);
    g_autofree char *content = g_strdup_printf("[en]\nmodel=%s\n", other);
    g_autofree char *name = NULL;

    g_assert_no_errno(g_mkdir_with_parents(parent, 0700));
    g_assert_no_errno(symlink(installed, other));
    pd_fixture_start(self, NULL);
    replace(path, content);
    do {
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) value = NULL;

        g_clear_pointer(&name, g_free);
        g_usleep(20000);
        reply = pd_call_on(self->client, PD_DBUS_PATH, "org.freedesktop.DBus.Properties", "Get",
                           g_variant_new("(ss)", PD_DBUS_INTERFACE, "ModelName"), NULL);
        g_assert_nonnull(reply);
        g_variant_get(reply, "(v)", &value);
        name = g_variant_dup_string(value, NULL);
    } while (!g_str_equal(name, "en-other"));
    g_assert_true(finds_it(self));
    replace(path, "[en]\nmodel=gone\n");
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = pd_fixture_call(
            self, "Check", g_variant_new("(ss@a{sv})", "en_US", WRONG, pd_options(NULL)), &error);

        g_usleep(20000);
        if (error == NULL)
            continue;
        g_assert_nonnull(strstr(error->message, "there is no such directory"));
        break;
    }
}

#define ADD(path, fn) \
    g_test_add("/reload/" path, PdFixture, NULL, pd_fixture_bus_up, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("values", test_reload);
    ADD("link", test_link);
    ADD("during-work", test_during_work);
    ADD("model", test_model);
    return g_test_run();
}
