/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct PdNotify {
    int fd; /* -1: nobody to tell */
    struct sockaddr_un address;
    socklen_t address_bytes;
    guint64 watchdog_us;
};

/* "/run/..." or, for Linux's abstract sockets, "@..." */
static bool
read_address(PdNotify *self, const char *name)
{
    const size_t length = name != NULL ? strlen(name) : 0;

    if (length < 2 || length >= sizeof(self->address.sun_path) ||
        (name[0] != '/' && name[0] != '@'))
        return false;
    self->address.sun_family = AF_UNIX;
    memcpy(self->address.sun_path, name, length);
    if (name[0] == '@')
        self->address.sun_path[0] = '\0';
    self->address_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

static guint64
read_watchdog(void)
{
    const char *interval = g_getenv("WATCHDOG_USEC");
    const char *pid = g_getenv("WATCHDOG_PID");
    guint64 us = 0, wanted_pid = 0;

    if (interval == NULL ||
        !g_ascii_string_to_unsigned(interval, 10, 1, G_MAXUINT64 - 1, &us, NULL))
        return 0;
    if (pid != NULL && (!g_ascii_string_to_unsigned(pid, 10, 1, G_MAXUINT32, &wanted_pid, NULL) ||
                        wanted_pid != (guint64)getpid()))
        return 0; /* meant for the program that started us */
    return us;
}

PdNotify *
pd_notify_new(void)
{
    PdNotify *self = g_new0(PdNotify, 1);

    self->fd = -1;
    if (!read_address(self, g_getenv("NOTIFY_SOCKET")))
        return self;
    self->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (self->fd >= 0)
        self->watchdog_us = read_watchdog();
    return self;
}

void
pd_notify_free(PdNotify *self)
{
    if (self == NULL)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    g_free(self);
}

bool
pd_notify_is_wanted(const PdNotify *self)
{
    return self->fd >= 0;
}

void
pd_notify_send(const PdNotify *self, const char *state)
{
    if (self->fd < 0)
        return;
    if (sendto(self->fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)&self->address, self->address_bytes) < 0)
        g_debug("the service manager cannot be told: %m");
}

guint64
pd_notify_watchdog_us(const PdNotify *self)
{
    return self->watchdog_us;
}
