/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/idle.h"

struct PdIdle {
    unsigned seconds;
    unsigned n_holds;
    GSource *timer; /* (nullable): runs only without holds */
    void (*expired)(void *user_data);
    void *user_data;
};

static void
stop_timer(PdIdle *self)
{
    if (self->timer == NULL)
        return;
    g_source_destroy(self->timer);
    g_clear_pointer(&self->timer, g_source_unref);
}

static gboolean
on_timer(gpointer user_data)
{
    PdIdle *self = user_data;

    stop_timer(self); /* before the callback, which may hold or restart */
    self->expired(self->user_data);
    return G_SOURCE_REMOVE;
}

PdIdle *
pd_idle_new(unsigned seconds, void (*expired)(void *user_data), void *user_data)
{
    PdIdle *self = g_new0(PdIdle, 1);

    g_assert(expired != NULL);
    self->seconds = seconds;
    self->expired = expired;
    self->user_data = user_data;
    pd_idle_restart(self);
    return self;
}

void
pd_idle_free(PdIdle *self)
{
    if (self == NULL)
        return;
    g_warn_if_fail(self->n_holds == 0);
    stop_timer(self);
    g_free(self);
}

void
pd_idle_hold(PdIdle *self)
{
    self->n_holds++;
    stop_timer(self);
}

void
pd_idle_release(PdIdle *self)
{
    g_return_if_fail(self->n_holds > 0);

    self->n_holds--;
    pd_idle_restart(self);
}

bool
pd_idle_is_held(const PdIdle *self)
{
    return self->n_holds > 0;
}

void
pd_idle_restart(PdIdle *self)
{
    stop_timer(self);
    if (self->n_holds > 0 || self->seconds == 0)
        return;
    self->timer = g_timeout_source_new_seconds(self->seconds);
    g_source_set_callback(self->timer, on_timer, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
}

void
pd_idle_set_seconds(PdIdle *self, unsigned seconds)
{
    self->seconds = seconds;
    pd_idle_restart(self);
}
