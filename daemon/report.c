/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/report.h"

#include "daemon/log.h"

#define UPDATE_MS 100
#define LOOKS 4 /* in one interval of the watchdog */

struct PdReport {
    PdNotify *notify;
    PdReportSource source;
    char *told;      /* (nullable): the last STATUS */
    GSource *update; /* (nullable): soon to come */
    GSource *look;   /* (nullable): with a watchdog */
    bool ready;
    bool stuck; /* the worker did not answer the last time */
};

static void
stop(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static GSource *
start(guint64 interval_ms, GSourceFunc fn, PdReport *self)
{
    GSource *source = g_timeout_source_new((guint)CLAMP(interval_ms, 1, G_MAXUINT));

    g_source_set_callback(source, fn, self, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    return source;
}

static void
tell_status(PdReport *self)
{
    g_autofree char *status = NULL;
    g_autofree char *line = NULL;

    if (self->stuck)
        status = g_strdup("The thread that checks text does not answer");
    else
        status = self->source.describe(self->source.user_data);
    if (g_strcmp0(status, self->told) == 0)
        return;
    line = g_strdup_printf("STATUS=%s", status);
    pd_notify_send(self->notify, line);
    g_free(self->told);
    self->told = g_steal_pointer(&status);
}

static gboolean
on_update(gpointer user_data)
{
    PdReport *self = user_data;

    stop(&self->update);
    tell_status(self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_look(gpointer user_data)
{
    PdReport *self = user_data;
    const bool stuck = !self->source.is_alive(self->source.user_data);

    if (!stuck)
        pd_notify_send(self->notify, "WATCHDOG=1");
    if (stuck && !self->stuck)
        pd_log(PD_LOG_WORKER_STUCK, NULL, NULL,
               "the thread that checks text does not answer: the watchdog is not fed");
    if (stuck != self->stuck) {
        self->stuck = stuck;
        tell_status(self);
    }
    return G_SOURCE_CONTINUE;
}

PdReport *
pd_report_new(PdNotify *notify, const PdReportSource *source)
{
    PdReport *self = g_new0(PdReport, 1);

    self->notify = notify;
    self->source = *source;
    return self;
}

void
pd_report_free(PdReport *self)
{
    if (self == NULL)
        return;
    stop(&self->update);
    stop(&self->look);
    pd_notify_free(self->notify);
    g_free(self->told);
    g_free(self);
}

void
pd_report_ready(PdReport *self)
{
    const guint64 watchdog_us = pd_notify_watchdog_us(self->notify);

    self->ready = true;
    if (!pd_notify_is_wanted(self->notify))
        return;
    pd_notify_send(self->notify, "READY=1");
    tell_status(self);
    if (watchdog_us == 0 || self->look != NULL)
        return;
    (void)self->source.is_alive(self->source.user_data); /* asks for the first answer */
    pd_notify_send(self->notify, "WATCHDOG=1");
    self->look = start(watchdog_us / LOOKS / 1000, on_look, self);
}

void
pd_report_changed(PdReport *self)
{
    if (self->ready && self->update == NULL && pd_notify_is_wanted(self->notify))
        self->update = start(UPDATE_MS, on_update, self);
}

void
pd_report_reloading(PdReport *self)
{
    g_autofree char *state =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());

    pd_notify_send(self->notify, state);
}

void
pd_report_stopping(PdReport *self)
{
    if (self == NULL || !self->ready)
        return;
    self->ready = false;
    stop(&self->update);
    stop(&self->look);
    pd_notify_send(self->notify, "STOPPING=1\nSTATUS=Stopping");
}
