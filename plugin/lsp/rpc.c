/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/rpc.h"
#include "plugin/lsp/json.h"
#include "plugin/lsp/reader.h"

#include <gio/gunixoutputstream.h>
#include <jsonrpc-glib.h>
#include <string.h>

struct PdRpc {
    JsonrpcServer *server;
    JsonrpcClient *client;
    PdReader *reader;
    GCancellable *closed; /* cancelled when this is freed: for answers that come later */
    const PdRpcFuncs *funcs;
    void *user_data;
    GHashTable *requests; /* id as text -> PdRequest, borrowed: those without an answer */
    guint *n_unwritten;   /* shared with the writes, which may outlive this */
};

struct PdRequest {
    PdRpc *rpc; /* NULL: answered */
    GVariant *id;
    char *key;
    GCancellable *cancel;
};

typedef struct {
    PdRpcCallFunc func;
    void *user_data;
    GCancellable *closed; /* the connection's */
} Call;

/* --- writing --- */

static guint *
begin_write(PdRpc *self)
{
    guint *n_unwritten = g_rc_box_acquire(self->n_unwritten);

    (*n_unwritten)++;
    return n_unwritten;
}

static void
end_write(void *user_data)
{
    guint *n_unwritten = user_data;

    (*n_unwritten)--;
    g_rc_box_release(n_unwritten);
}

static void
on_notified(GObject *object, GAsyncResult *result, void *user_data)
{
    jsonrpc_client_send_notification_finish(JSONRPC_CLIENT(object), result, NULL);
    end_write(user_data);
}

static void
on_replied(GObject *object, GAsyncResult *result, void *user_data)
{
    jsonrpc_client_reply_finish(JSONRPC_CLIENT(object), result, NULL);
    end_write(user_data);
}

static void
on_failed(GObject *object, GAsyncResult *result, void *user_data)
{
    jsonrpc_client_reply_error_finish(JSONRPC_CLIENT(object), result, NULL);
    end_write(user_data);
}

void
pd_rpc_notify(PdRpc *self, const char *method, GVariant *params)
{
    jsonrpc_client_send_notification_async(self->client, method, params, NULL, on_notified,
                                           begin_write(self));
}

static void
reply_error(PdRpc *self, GVariant *id, int code, const char *message)
{
    g_autoptr(GVariant) null = g_variant_ref_sink(pd_json_null());

    jsonrpc_client_reply_error_async(self->client, id != NULL ? id : null, code, message, NULL,
                                     on_failed, begin_write(self));
}

guint
pd_rpc_n_unwritten(const PdRpc *self)
{
    return *self->n_unwritten;
}

/* --- our own calls --- */

static void
on_called(GObject *object, GAsyncResult *result, void *user_data)
{
    g_autofree Call *call = user_data;
    g_autoptr(GCancellable) closed = call->closed;
    g_autoptr(GVariant) value = NULL;
    g_autoptr(GError) error = NULL;

    jsonrpc_client_call_finish(JSONRPC_CLIENT(object), result, &value, &error);
    if (call->func != NULL && !g_cancellable_is_cancelled(closed))
        call->func(error == NULL ? value : NULL, error, call->user_data);
}

void
pd_rpc_call(PdRpc *self, const char *method, GVariant *params, PdRpcCallFunc func, void *user_data)
{
    g_autoptr(GVariant) id = NULL;
    Call *call = g_new0(Call, 1);

    call->closed = g_object_ref(self->closed);
    call->func = func;
    call->user_data = user_data;
    pd_reader_begin_call(self->reader);
    jsonrpc_client_call_with_id_async(self->client, method, params, &id, NULL, on_called, call);
    pd_reader_end_call(self->reader, id);
}

/* --- requests of the editor --- */

/* The ids 1 and "1" are two. */
static char *
key_of(GVariant *id)
{
    return g_variant_print(id, FALSE);
}

void
pd_request_free(PdRequest *self)
{
    if (self == NULL)
        return;
    if (self->rpc != NULL)
        pd_request_fail(self, PD_RPC_INTERNAL_ERROR, "not answered");
    else {
        g_variant_unref(self->id);
        g_free(self->key);
        g_object_unref(self->cancel);
        g_free(self);
    }
}

/* Returns: (nullable): whom to answer, once */
static PdRpc *
take_rpc(PdRequest *self)
{
    PdRpc *rpc = g_steal_pointer(&self->rpc);

    if (rpc != NULL)
        g_hash_table_remove(rpc->requests, self->key);
    return rpc;
}

void
pd_request_reply(PdRequest *self, GVariant *result)
{
    g_autoptr(GVariant) value = g_variant_ref_sink(result);
    PdRpc *rpc = take_rpc(self);

    if (rpc != NULL)
        jsonrpc_client_reply_async(rpc->client, self->id, value, NULL, on_replied,
                                   begin_write(rpc));
    pd_request_free(self);
}

void
pd_request_fail(PdRequest *self, int code, const char *message)
{
    PdRpc *rpc = take_rpc(self);

    if (rpc != NULL)
        reply_error(rpc, self->id, code, message);
    pd_request_free(self);
}

GCancellable *
pd_request_peek_cancellable(PdRequest *self)
{
    return self->cancel;
}

/* $/cancelRequest: whoever works on it may find out by its cancellable; the answer is sent now. */
static void
cancel_request(PdRpc *self, GVariant *params)
{
    g_autoptr(GVariant) id = pd_json_get(params, "id");
    g_autofree char *key = id != NULL ? key_of(id) : NULL;
    PdRequest *request = key != NULL ? g_hash_table_lookup(self->requests, key) : NULL;
    g_autoptr(GCancellable) cancel = NULL;

    if (request == NULL)
        return;
    reply_error(take_rpc(request), request->id, PD_RPC_REQUEST_CANCELLED, "cancelled");
    cancel = g_object_ref(request->cancel); /* the request itself may go now */
    g_cancellable_cancel(cancel);
}

static gboolean
on_call(JsonrpcServer *server, JsonrpcClient *client, const char *method, GVariant *id,
        GVariant *params, void *user_data)
{
    PdRpc *self = user_data;
    PdRequest *request = g_new0(PdRequest, 1);

    request->rpc = self;
    request->id = g_variant_ref(id);
    request->key = key_of(id);
    request->cancel = g_cancellable_new();
    if (g_hash_table_contains(self->requests, request->key)) {
        request->rpc = NULL;
        pd_request_free(request);
        reply_error(self, id, PD_RPC_INVALID_REQUEST, "a request of this id waits already");
        return TRUE;
    }
    g_hash_table_insert(self->requests, request->key, request);
    self->funcs->request(request, method, params, self->user_data);
    return TRUE;
}

static void
on_notification(JsonrpcServer *server, JsonrpcClient *client, const char *method, GVariant *params,
                void *user_data)
{
    PdRpc *self = user_data;

    if (g_str_equal(method, "$/cancelRequest"))
        cancel_request(self, params);
    else
        self->funcs->notification(method, params, self->user_data);
}

static void
on_bad(GVariant *id, int code, const char *message, void *user_data)
{
    PdRpc *self = user_data;

    reply_error(self, id, code, message);
    self->funcs->trouble(message, self->user_data);
}

static void
on_end(void *user_data)
{
    PdRpc *self = user_data;

    self->funcs->end(self->user_data);
}

/* --- life --- */

static void
take_client(void *client, void *user_data)
{
    PdRpc *self = user_data;

    g_set_object(&self->client, client);
}

PdRpc *
pd_rpc_new(int in, int out, const PdRpcFuncs *funcs, void *user_data, GError **error)
{
    PdRpc *self = g_new0(PdRpc, 1);
    g_autoptr(GInputStream) input = NULL;
    g_autoptr(GOutputStream) output = g_unix_output_stream_new(out, FALSE);
    g_autoptr(GIOStream) stream = NULL;

    input = pd_reader_start(in, on_bad, on_end, self, &self->reader, error);
    if (input == NULL) {
        g_free(self);
        return NULL;
    }
    self->funcs = funcs;
    self->user_data = user_data;
    self->requests = g_hash_table_new(g_str_hash, g_str_equal);
    self->closed = g_cancellable_new();
    self->n_unwritten = g_rc_box_new0(guint);
    self->server = jsonrpc_server_new();
    g_signal_connect(self->server, "handle-call", G_CALLBACK(on_call), self);
    g_signal_connect(self->server, "notification", G_CALLBACK(on_notification), self);
    stream = g_simple_io_stream_new(input, output);
    jsonrpc_server_accept_io_stream(self->server, stream);
    jsonrpc_server_foreach(self->server, take_client, self);
    return self;
}

void
pd_rpc_free(PdRpc *self)
{
    GHashTableIter iter;
    void *request;

    if (self == NULL)
        return;
    g_hash_table_iter_init(&iter, self->requests);
    while (g_hash_table_iter_next(&iter, NULL, &request))
        ((PdRequest *)request)->rpc = NULL;
    g_signal_handlers_disconnect_by_data(self->server, self);
    jsonrpc_client_close(self->client, NULL, NULL);
    g_cancellable_cancel(self->closed);
    g_object_unref(self->closed);
    g_hash_table_unref(self->requests);
    g_object_unref(self->client);
    g_object_unref(self->server);
    g_rc_box_release(self->n_unwritten);
    pd_reader_stop(self->reader);
    g_free(self);
}
