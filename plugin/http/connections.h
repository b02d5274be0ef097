/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connections.h - connections of clients: how many at once, how long for what
 *
 * libsoup reads and writes; what is here cuts a connection that is one too many, or that
 * takes longer than its phase may: a client that is slow, or gone without a word.
 */
#pragma once

#include <gio/gio.h>

#define PD_HTTP_MAX_CONNECTIONS 128

typedef enum {
    PD_HTTP_PHASE_HEAD,  /* nothing, or the head of the request is on its way */
    PD_HTTP_PHASE_BODY,  /* the body is */
    PD_HTTP_PHASE_WORK,  /* the answer is being made */
    PD_HTTP_PHASE_WRITE, /* the answer is on its way */
    PD_HTTP_N_PHASES
} PdHttpPhase;

typedef struct PdHttpConnections PdHttpConnections;

/* (transfer full): @seconds: [PD_HTTP_N_PHASES] how long each phase may last */
PdHttpConnections *pd_http_connections_new(const guint *seconds);
void pd_http_connections_free(PdHttpConnections *self); /* NULL is fine */

/* The connection of @socket, which may be a new one, is in @phase from now on. */
void pd_http_connections_enter(PdHttpConnections *self, GSocket *socket, PdHttpPhase phase);

/* Ends the connection of @socket; who reads or writes there notices. */
void pd_http_connections_cut(GSocket *socket);

/* New connections are cut from now on. */
void pd_http_connections_stop(PdHttpConnections *self);

guint pd_http_connections_count(const PdHttpConnections *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpConnections, pd_http_connections_free)
