/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * service.h - org.proofd.Checker1 on the session bus: arguments -> worker -> reply
 *
 * Main thread only. Every call is answered exactly once; a client that leaves the bus has its work
 * cancelled and its documents closed.
 */
#pragma once

#include "daemon/settings.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdService PdService;

/* Its tables; a test compares them with the XML. */
extern const struct PdInterface pd_service_interface;

/**
 * pd_service_new:
 * @settings: (transfer full): also where it fails
 * @replace: take the name from another instance
 * @stopped: called when the service should end: the name or the bus was lost, or it was idle for
 * long enough
 * @error: G_IO_ERROR_FAILED: no session bus; G_IO_ERROR_EXISTS: another instance has the name (says
 * which); or the user's words cannot be read
 *
 * Returns: (transfer full): or NULL with @error set
 */
PdService *pd_service_new(PdSettings *settings, bool replace, void (*stopped)(void *user_data),
                          void *user_data, GError **error);
/**
 * pd_service_take_settings:
 * @settings: (transfer full)
 *
 * For calls from now on; documents keep the options they were opened with, and see another model
 * with their next edit. words_file counts at the start alone.
 */
void pd_service_take_settings(PdService *self, PdSettings *settings);
/* What Statistics says of the settings file until the next settings come. NULL: nothing. */
void pd_service_set_settings_error(PdService *self, const char *error);
/* Answers what waits with Cancelled, and leaves the bus. NULL is fine. */
void pd_service_free(PdService *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdService, pd_service_free)
