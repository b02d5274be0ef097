/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/faults/faults.h"

#include "dbus/protocol.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#define LOOK_EVERY_US 20000
#define MOST_LOOKS 6000 /* at memory that should be given back within seconds */

int
pd_faults_wait_end(PdFixture *self)
{
    int status;

    g_subprocess_wait(self->service, NULL, NULL);
    status = g_subprocess_get_status(self->service);
    g_clear_object(&self->service);
    pd_fixture_wait_name(self, false);
    return status;
}

void
pd_faults_assert_serves_client(GDBusConnection *client)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        pd_call_on(client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                   g_variant_new("(ss@a{sv})", "en_US", WRONG, pd_options(NULL)), &error);
    g_autoptr(GVariant) findings = NULL;

    g_assert_no_error(error);
    findings = g_variant_get_child_value(reply, 0);
    g_assert_true(pd_has_finding(findings, 2, 7));
}

void
pd_faults_add_word(PdFixture *self, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        pd_fixture_call(self, "AddWord", g_variant_new("(s)", word), &error);

    g_assert_no_error(error);
}

void
pd_faults_assert_serves(PdFixture *self)
{
    pd_faults_assert_serves_client(self->client);
}

uint64_t
pd_faults_status(const PdFixture *self, const char *name)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/status", g_subprocess_get_identifier(self->service));
    g_autofree char *start = g_strconcat("\n", name, ":", NULL);
    g_autofree char *text = NULL;
    const char *line;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    line = strstr(text, start);
    return line != NULL ? g_ascii_strtoull(g_strchug((char *)line + strlen(start)), NULL, 10) : 0;
}

unsigned
pd_faults_descriptors(const PdFixture *self)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/fd", g_subprocess_get_identifier(self->service));
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned n = 0;

    while (dir != NULL && g_dir_read_name(dir) != NULL)
        n++;
    return n;
}

void
pd_faults_wait_memory(PdFixture *self, uint64_t kb)
{
    unsigned n_looks = 0;

    while (pd_fixture_statistic(self, "running") > 0)
        g_usleep(LOOK_EVERY_US);
    while (!pd_faults_sanitized() && pd_faults_status(self, "VmRSS") > kb) {
        if (++n_looks > MOST_LOOKS)
            g_error("the service keeps %" G_GUINT64_FORMAT " kB, more than %" G_GUINT64_FORMAT,
                    pd_faults_status(self, "VmRSS"), kb);
        g_usleep(LOOK_EVERY_US);
    }
}

bool
pd_faults_mount(const char *path, const char *options)
{
    static bool unshared;

    g_assert_no_errno(g_mkdir_with_parents(path, 0700));
    if (!unshared) {
        if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
            return false;
        unshared = true;
    }
    return mount("proofd-test", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

bool
pd_faults_make_read_only(const char *path)
{
    return mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0;
}

void
pd_faults_unmount(const char *path)
{
    g_assert_no_errno(umount2(path, MNT_DETACH));
}

bool
pd_faults_sanitized(void)
{
    return g_getenv("ASAN_OPTIONS") != NULL;
}
