/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/parent.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PERIOD_S 5 /* of looking, where the kernel cannot tell */

typedef struct {
    GSourceOnceFunc func;
    void *user_data;
    pid_t pid;
    int fd; /* -1: none */
} Watch;

static void
watch_free(void *data)
{
    Watch *self = data;

    if (self->fd >= 0)
        close(self->fd);
    g_free(self);
}

static gboolean
on_end(int fd, GIOCondition condition, void *data)
{
    const Watch *self = data;

    self->func(self->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_look(void *data)
{
    const Watch *self = data;

    if (kill(self->pid, 0) == 0 || errno != ESRCH)
        return G_SOURCE_CONTINUE;
    self->func(self->user_data);
    return G_SOURCE_REMOVE;
}

guint
pd_parent_watch(gint64 pid, GSourceOnceFunc func, void *user_data)
{
    Watch *self = g_new0(Watch, 1);

    self->func = func;
    self->user_data = user_data;
    self->pid = (pid_t)pid;
    self->fd = (int)syscall(SYS_pidfd_open, self->pid, 0);
    if (self->fd >= 0)
        return g_unix_fd_add_full(G_PRIORITY_DEFAULT, self->fd, G_IO_IN, on_end, self, watch_free);
    return g_timeout_add_seconds_full(G_PRIORITY_DEFAULT, errno == ESRCH ? 0 : PERIOD_S, on_look,
                                      self, watch_free);
}
