/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rpc.h - the connection to the editor: requests that are answered exactly once
 *
 * Wraps jsonrpc-glib behind reader.h. All of it belongs to the main loop.
 */
#pragma once

#include "plugin/lsp/frames.h"

#include <gio/gio.h>
#include <stdbool.h>

typedef struct PdRpc PdRpc;
typedef struct PdRequest PdRequest;

typedef struct {
    /* The handler owns @request, and answers it now or later. @params: NULL where there are none */
    void (*request)(PdRequest *request, const char *method, GVariant *params, void *user_data);
    void (*notification)(const char *method, GVariant *params, void *user_data);
    void (*trouble)(const char *message, void *user_data); /* what came is no message */
    void (*end)(void *user_data);                          /* the editor closed the stream */
} PdRpcFuncs;

/* @result: NULL with @error set */
typedef void (*PdRpcCallFunc)(GVariant *result, const GError *error, void *user_data);

/* @in, @out: stay the caller's. (transfer full), or NULL with @error set */
PdRpc *pd_rpc_new(int in, int out, const PdRpcFuncs *funcs, void *user_data, GError **error);
/* No function is called any more. What was not answered gets no answer. NULL is fine. */
void pd_rpc_free(PdRpc *self);

/* @params: (nullable), floating ones are consumed */
void pd_rpc_notify(PdRpc *self, const char *method, GVariant *params);
/* @func: (nullable) */
void pd_rpc_call(PdRpc *self, const char *method, GVariant *params, PdRpcCallFunc func,
                 void *user_data);

/* How many messages are not written yet. */
guint pd_rpc_n_unwritten(const PdRpc *self);

/* The client gave it up: the error is answered already, and answers go nowhere. */
GCancellable *pd_request_peek_cancellable(PdRequest *self);
/* Each consumes the request; @result may be floating. */
void pd_request_reply(PdRequest *self, GVariant *result);
void pd_request_fail(PdRequest *self, int code, const char *message);
/* Answers InternalError where nobody has answered. NULL is fine. */
void pd_request_free(PdRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdRpc, pd_rpc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdRequest, pd_request_free)
