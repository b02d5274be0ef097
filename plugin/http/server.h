/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.h - LanguageTool's HTTP API in front of the service
 *
 * One thread, one main loop. Requests wait for the service side by side; what libsoup has read of a
 * request is checked as early as possible (gate.h, sizes) and answered from a table of paths.
 */
#pragma once

#include "plugin/http/gate.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    PdHttpGate gate;
    size_t max_utf16;        /* of a text */
    guint max_check_seconds; /* until a check is given up */
} PdHttpSettings;

typedef struct PdHttpServer PdHttpServer;

/* (transfer full): @settings must outlive it; does no I/O yet */
PdHttpServer *pd_http_server_new(const PdHttpSettings *settings);
void pd_http_server_free(PdHttpServer *self); /* NULL is fine */

/* Accepts connections on @sockets, GSocket that listen; to be called once. */
bool pd_http_server_listen(PdHttpServer *self, const GPtrArray *sockets, GError **error);

/* Accepts no more, and calls @done when what is under way is answered: at once if nothing is. */
void pd_http_server_stop(PdHttpServer *self, void (*done)(gpointer user_data), gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpServer, pd_http_server_free)
