/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

void
pd_server_initialize(PdLspServer *self, PdRequest *request, GVariant *params)
{
    g_autoptr(GVariant) options = pd_json_get(params, "initializationOptions");
    gint64 parent;

    if (self->state != PD_STATE_NEW) {
        pd_request_fail(request, PD_RPC_INVALID_REQUEST, "initialize came before");
        return;
    }
    pd_capabilities_read(&self->can, params);
    self->initial = pd_json_get(options, "proofd");
    if (pd_json_get_int(params, "processId", &parent) && parent > 0 && parent <= G_MAXINT)
        pd_server_watch_parent(self, parent);
    self->state = PD_STATE_INITIALIZED;
    pd_request_reply(request, pd_capabilities_answer(&self->can));
}

/* The client is to tell when its settings change. */
static void
register_configuration(PdLspServer *self)
{
    GVariantDict options, registration, params;
    GVariantBuilder registrations;

    g_variant_dict_init(&options, NULL);
    g_variant_dict_insert(&options, "section", "s", "proofd");
    g_variant_dict_init(&registration, NULL);
    g_variant_dict_insert(&registration, "id", "s", "proofd-configuration");
    g_variant_dict_insert(&registration, "method", "s", "workspace/didChangeConfiguration");
    g_variant_dict_insert_value(&registration, "registerOptions", g_variant_dict_end(&options));
    g_variant_builder_init(&registrations, G_VARIANT_TYPE("av"));
    g_variant_builder_add(&registrations, "v", g_variant_dict_end(&registration));
    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert_value(&params, "registrations", g_variant_builder_end(&registrations));
    pd_rpc_call(self->rpc, "client/registerCapability", g_variant_dict_end(&params), NULL, NULL);
}

void
pd_server_initialized(PdLspServer *self, GVariant *params)
{
    if (self->can.register_configuration)
        register_configuration(self);
}

void
pd_server_shutdown(PdLspServer *self, PdRequest *request, GVariant *params)
{
    self->state = PD_STATE_SHUT_DOWN;
    g_hash_table_remove_all(self->views);
    pd_request_reply(request, pd_json_null());
}
