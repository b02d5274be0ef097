/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h - tells the service manager how the service is: READY, STATUS, RELOADING, STOPPING and
 * WATCHDOG
 *
 * The watchdog is fed by the main loop alone, and only while the worker comes round too: where
 * either hangs, WATCHDOG=1 stays out and the manager ends the service, which the bus starts anew.
 * Four times in the manager's interval is looked, so a step of the worker may take half of it.
 * Main thread only.
 */
#pragma once

#include "daemon/notify.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdReport PdReport;

typedef struct {
    char *(*describe)(void *user_data); /* (transfer full): one line for STATUS */
    bool (*is_alive)(void *user_data);  /* did the worker answer since the last call? */
    void *user_data;
} PdReportSource;

/* @notify: (transfer full). Nothing is sent before pd_report_ready(). */
PdReport *pd_report_new(PdNotify *notify, const PdReportSource *source);
void pd_report_free(PdReport *self); /* NULL is fine */

void pd_report_ready(PdReport *self);
/* What describe() says may have changed: it is asked soon, and at most ten times a second. */
void pd_report_changed(PdReport *self);
void pd_report_reloading(PdReport *self); /* until the next pd_report_ready() */
void pd_report_stopping(PdReport *self);  /* the last that is told; NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdReport, pd_report_free)
