/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/json.h"
#include "plugin/lsp/parent.h"
#include "plugin/lsp/server-private.h"

#include <string.h>

#define LAST_WRITES_MS 2000 /* at the end, for messages on their way */
#define LAST_LOOK_MS 5

typedef struct {
    const char *name;
    void (*handle)(PdLspServer *self, PdRequest *request, GVariant *params);
} RequestRow;

typedef struct {
    const char *name;
    void (*handle)(PdLspServer *self, GVariant *params);
} NotificationRow;

static const RequestRow requests[] = {
    { "shutdown", pd_server_shutdown },
    { "textDocument/codeAction", pd_server_code_action },
    { "codeAction/resolve", pd_server_resolve_action },
    { "workspace/executeCommand", pd_server_execute },
    { "textDocument/hover", pd_server_hover },
    { "textDocument/diagnostic", pd_server_pull },
};

static const NotificationRow notifications[] = {
    { "initialized", pd_server_initialized },
    { "textDocument/didOpen", pd_server_did_open },
    { "textDocument/didChange", pd_server_did_change },
    { "textDocument/didSave", pd_server_did_save },
    { "textDocument/didClose", pd_server_did_close },
    { "workspace/didChangeConfiguration", pd_server_did_change_configuration },
    { "window/workDoneProgress/cancel", pd_server_cancel_progress },
    { "$/setTrace", pd_server_set_trace },
};

/* --- what is shared --- */

PdView *
pd_server_find(PdLspServer *self, GVariant *params)
{
    g_autoptr(GVariant) document = pd_json_get(params, "textDocument");
    g_autofree char *uri = pd_json_get_string(document, "uri");

    return uri != NULL ? g_hash_table_lookup(self->views, uri) : NULL;
}

static void
tell(PdLspServer *self, const char *method, PdSeverity type, const char *message)
{
    GVariantDict params;

    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert(&params, "type", "x", (gint64)type);
    g_variant_dict_insert(&params, "message", "s", message);
    pd_rpc_notify(self->rpc, method, g_variant_dict_end(&params));
}

void
pd_server_show(PdLspServer *self, PdSeverity type, const char *message)
{
    tell(self, "window/showMessage", type, message);
}

void
pd_server_log(PdLspServer *self, const char *message)
{
    tell(self, "window/logMessage", PD_SEVERITY_INFORMATION, message);
}

bool
pd_json_to_position(GVariant *value, PdLspPosition *ret_position)
{
    gint64 line, character;

    if (!pd_json_get_int(value, "line", &line) ||
        !pd_json_get_int(value, "character", &character) || line < 0 || character < 0)
        return false;
    *ret_position = (PdLspPosition){ (gsize)line, (gsize)character };
    return true;
}

bool
pd_json_to_range(GVariant *value, PdLspRange *ret_range)
{
    g_autoptr(GVariant) start = pd_json_get(value, "start");
    g_autoptr(GVariant) end = pd_json_get(value, "end");
    PdLspRange range;

    if (!pd_json_to_position(start, &range.start) || !pd_json_to_position(end, &range.end))
        return false;
    *ret_range = range;
    return true;
}

/* --- the end --- */

static gboolean
on_last_look(void *user_data)
{
    PdLspServer *self = user_data;
    static const guint max_looks = LAST_WRITES_MS / LAST_LOOK_MS;

    if (pd_rpc_n_unwritten(self->rpc) > 0 && ++self->n_last_looks < max_looks)
        return G_SOURCE_CONTINUE;
    self->quit_source = 0;
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

void
pd_server_quit(PdLspServer *self, int status)
{
    if (self->quit_source != 0)
        return;
    self->status = status;
    self->quit_source = g_timeout_add(LAST_LOOK_MS, on_last_look, self);
}

void
pd_server_exit(PdLspServer *self, GVariant *params)
{
    pd_server_quit(self, self->state == PD_STATE_SHUT_DOWN ? 0 : 1);
}

static void
on_end(void *user_data)
{
    pd_server_exit(user_data, NULL);
}

/* --- what comes in --- */

static void
on_request(PdRequest *request, const char *method, GVariant *params, void *user_data)
{
    PdLspServer *self = user_data;

    if (self->state == PD_STATE_SHUT_DOWN) {
        pd_request_fail(request, PD_RPC_INVALID_REQUEST, "the server is shut down");
        return;
    }
    if (g_str_equal(method, "initialize")) {
        pd_server_initialize(self, request, params);
        return;
    }
    if (self->state == PD_STATE_NEW) {
        pd_request_fail(request, PD_RPC_NOT_INITIALIZED, "the first request must be initialize");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (g_str_equal(requests[i].name, method)) {
            requests[i].handle(self, request, params);
            return;
        }
    }
    pd_request_fail(request, PD_RPC_METHOD_NOT_FOUND, "there is no such method");
}

static void
on_notification(const char *method, GVariant *params, void *user_data)
{
    PdLspServer *self = user_data;

    if (g_str_equal(method, "exit")) {
        pd_server_exit(self, params);
        return;
    }
    if (self->state != PD_STATE_INITIALIZED)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(notifications); i++) {
        if (g_str_equal(notifications[i].name, method))
            notifications[i].handle(self, params);
    }
}

static void
on_trouble(const char *message, void *user_data)
{
    PdLspServer *self = user_data;
    g_autofree char *line = g_strconcat("proofd-lsp: ", message, NULL);

    if (self->state == PD_STATE_INITIALIZED)
        pd_server_log(self, line);
}

static const PdRpcFuncs funcs = { on_request, on_notification, on_trouble, on_end };

/* --- life --- */

PdLspServer *
pd_lsp_server_new(int in, int out, gint64 parent, GError **error)
{
    PdLspServer *self = g_new0(PdLspServer, 1);

    self->loop = g_main_loop_new(NULL, FALSE);
    self->views =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)pd_view_free);
    self->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->turned_off = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->bad_rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->client = proofd_client_new();
    self->over = g_cancellable_new();
    g_signal_connect_swapped(self->client, "words-changed", G_CALLBACK(pd_server_find_included),
                             self);
    self->rpc = pd_rpc_new(in, out, &funcs, self, error);
    if (self->rpc == NULL) {
        pd_lsp_server_free(self);
        return NULL;
    }
    if (parent > 0)
        pd_server_watch_parent(self, parent);
    return self;
}

void
pd_lsp_server_free(PdLspServer *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->over);
    g_object_unref(self->over);
    g_hash_table_remove_all(self->views); /* each may look at the others */
    g_hash_table_unref(self->views);
    g_clear_handle_id(&self->parent_source, g_source_remove);
    g_clear_handle_id(&self->quit_source, g_source_remove);
    pd_rpc_free(self->rpc);
    g_clear_pointer(&self->initial, g_variant_unref);
    g_clear_pointer(&self->pushed, g_variant_unref);
    g_strfreev(self->languages);
    g_hash_table_unref(self->warned);
    g_hash_table_unref(self->turned_off);
    g_hash_table_unref(self->bad_rules);
    g_signal_handlers_disconnect_by_data(self->client, self);
    g_object_unref(self->client);
    g_main_loop_unref(self->loop);
    g_free(self);
}

static void
on_parent_ended(void *user_data)
{
    PdLspServer *self = user_data;

    self->parent_source = 0;
    pd_server_exit(self, NULL);
}

void
pd_server_watch_parent(PdLspServer *self, gint64 pid)
{
    g_clear_handle_id(&self->parent_source, g_source_remove);
    self->parent_source = pd_parent_watch(pid, on_parent_ended, self);
}

int
pd_lsp_server_run(PdLspServer *self)
{
    g_main_loop_run(self->loop);
    return self->status;
}
