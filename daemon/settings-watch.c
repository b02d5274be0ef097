/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/settings-watch.h"

#include <gio/gio.h>
#include <stdlib.h>

#define QUIET_MS 100 /* until a file is taken for whole */

struct PdSettingsWatch {
    char *path;
    char *target;         /* (nullable): where the link leads, if @path is one */
    GFileMonitor *file;   /* (nullable): the system cannot watch */
    GFileMonitor *linked; /* (nullable): of target */
    GSource *soon;        /* (nullable) */
    void (*changed)(void *user_data);
    void *user_data;
};

static void watch_target(PdSettingsWatch *self);

static gboolean
on_quiet(gpointer user_data)
{
    PdSettingsWatch *self = user_data;

    g_clear_pointer(&self->soon, g_source_unref);
    watch_target(self); /* the link may lead elsewhere now */
    self->changed(self->user_data);
    return G_SOURCE_REMOVE;
}

static void
cancel(PdSettingsWatch *self)
{
    if (self->soon == NULL)
        return;
    g_source_destroy(self->soon);
    g_clear_pointer(&self->soon, g_source_unref);
}

static void
on_event(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
         gpointer user_data)
{
    PdSettingsWatch *self = user_data;

    cancel(self);
    self->soon = g_timeout_source_new(QUIET_MS);
    g_source_set_callback(self->soon, on_quiet, self, NULL);
    g_source_attach(self->soon, g_main_context_get_thread_default());
}

static GFileMonitor *
watch(PdSettingsWatch *self, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) error = NULL;
    GFileMonitor *monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, &error);

    if (monitor == NULL)
        g_debug("%s is not watched: %s", path, error->message);
    else
        g_signal_connect(monitor, "changed", G_CALLBACK(on_event), self);
    return monitor;
}

static void
watch_target(PdSettingsWatch *self)
{
    char *real =
        g_file_test(self->path, G_FILE_TEST_IS_SYMLINK) ? realpath(self->path, NULL) : NULL;
    g_autofree char *target = g_strdup(real);

    free(real);
    if (g_strcmp0(target, self->target) == 0)
        return;
    g_clear_object(&self->linked);
    g_free(self->target);
    self->target = g_steal_pointer(&target);
    if (self->target != NULL)
        self->linked = watch(self, self->target);
}

PdSettingsWatch *
pd_settings_watch_new(const char *path, void (*changed)(void *user_data), void *user_data)
{
    PdSettingsWatch *self = g_new0(PdSettingsWatch, 1);

    self->path = g_strdup(path);
    self->changed = changed;
    self->user_data = user_data;
    self->file = watch(self, path);
    watch_target(self);
    return self;
}

void
pd_settings_watch_free(PdSettingsWatch *self)
{
    if (self == NULL)
        return;
    cancel(self);
    g_clear_object(&self->file);
    g_clear_object(&self->linked);
    g_free(self->target);
    g_free(self->path);
    g_free(self);
}
