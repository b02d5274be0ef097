/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as the protocol's diagnostics: pushed, or pulled by clients that can. */
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

#include <string.h>

#define PUBLISH_MS 30    /* changes within are told at once */
#define PUBLISH_SHARE 10 /* of the time, telling takes at most one in so many parts */
#define MAX_PULL_MS 2000 /* then the answer is what is known, and a refresh follows */
#define PAUSE_MS 1000    /* a pull after it asks for the word at the cursor, too */

/* --- one --- */

static GVariant *
position_to_json(PdLspPosition position)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "line", "x", (gint64)position.line);
    g_variant_dict_insert(&dict, "character", "x", (gint64)position.character);
    return g_variant_dict_end(&dict);
}

GVariant *
pd_range_to_json(PdLspRange range)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "start", position_to_json(range.start));
    g_variant_dict_insert_value(&dict, "end", position_to_json(range.end));
    return g_variant_dict_end(&dict);
}

GVariant *
pd_diagnostic_new(const PdLspText *text, PdLspEncoding encoding, const PdLspSettings *settings,
                  const ProofdFinding *finding)
{
    const PdLspRange range = pd_lsp_text_range(text, finding->start, finding->length, encoding);
    const PdSeverity severity = pd_lsp_settings_severity(settings, finding->kind, finding->rule);
    g_autofree char *fingerprint = g_strdup_printf("%" G_GUINT64_FORMAT, finding->fingerprint);
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "range", pd_range_to_json(range));
    g_variant_dict_insert(&dict, "severity", "x", (gint64)severity);
    g_variant_dict_insert(&dict, "code", "s", finding->rule);
    g_variant_dict_insert(&dict, "source", "s", "proofd");
    g_variant_dict_insert(&dict, "message", "s", finding->message);
    g_variant_dict_insert(&dict, "data", "s", fingerprint);
    return g_variant_dict_end(&dict);
}

/* --- all of a text --- */

/* (transfer full): of Diagnostic. @ret_id: (transfer full): the same for the same list */
static GVariant *
list_findings(const PdView *self, char **ret_id)
{
    g_autoptr(GPtrArray) findings = pd_document_findings(self->document);
    const PdLspText *text = pd_document_peek_text(self->document);
    GVariantBuilder builder;
    g_autoptr(GVariant) list = NULL;
    g_autoptr(GBytes) bytes = NULL;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("av"));
    for (guint i = 0; i < findings->len; i++)
        g_variant_builder_add(&builder, "v",
                              pd_diagnostic_new(text, self->server->can.encoding, self->settings,
                                                g_ptr_array_index(findings, i)));
    list = g_variant_ref_sink(g_variant_builder_end(&builder));
    bytes = g_variant_get_data_as_bytes(list);
    *ret_id = findings->len > 0 ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA1, bytes)
                                : g_strdup("none"); /* no bytes, no checksum */
    return g_steal_pointer(&list);
}

/* --- push --- */

static void
publish(PdView *self, GVariant *list)
{
    GVariantDict params;

    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert(&params, "uri", "s", self->uri);
    if (self->server->can.publish_version)
        g_variant_dict_insert(&params, "version", "x", pd_document_version(self->document));
    g_variant_dict_insert_value(&params, "diagnostics", list);
    pd_rpc_notify(self->server->rpc, "textDocument/publishDiagnostics",
                  g_variant_dict_end(&params));
}

void
pd_view_publish_nothing(PdView *self)
{
    if (self->published != NULL)
        publish(self, g_variant_new_array(G_VARIANT_TYPE_VARIANT, NULL, 0));
    g_clear_pointer(&self->published, g_free);
}

static void
push(PdView *self)
{
    const gint64 began_us = g_get_monotonic_time();
    g_autofree char *id = NULL;
    g_autoptr(GVariant) list = list_findings(self, &id);

    if (g_strcmp0(id, self->published) != 0) {
        publish(self, list);
        g_free(self->published);
        self->published = g_steal_pointer(&id);
    }
    self->publish_took_us = g_get_monotonic_time() - began_us;
}

/* --- pull --- */

static GVariant *
new_report(PdView *self, const char *previous)
{
    g_autofree char *id = NULL;
    g_autoptr(GVariant) list = list_findings(self, &id);
    const bool is_same = g_strcmp0(id, previous) == 0;
    GVariantDict report;

    g_variant_dict_init(&report, NULL);
    g_variant_dict_insert(&report, "kind", "s", is_same ? "unchanged" : "full");
    g_variant_dict_insert(&report, "resultId", "s", id);
    if (!is_same)
        g_variant_dict_insert_value(&report, "items", list);
    g_free(self->answered);
    self->answered = g_steal_pointer(&id);
    return g_variant_dict_end(&report);
}

typedef struct {
    PdRequest *request;
    char *previous; /* (nullable): result id */
} Pull;

static void
pull_free(Pull *self)
{
    g_free(self->previous);
    g_free(self);
}

static void
answer_pulls(PdView *self)
{
    g_clear_handle_id(&self->pull_source, g_source_remove);
    for (guint i = 0; i < self->pulls->len; i++) {
        Pull *pull = g_ptr_array_index(self->pulls, i);

        pd_request_reply(pull->request, new_report(self, pull->previous));
        pull_free(pull);
    }
    g_ptr_array_set_size(self->pulls, 0);
}

void
pd_view_drop_pulls(PdView *self)
{
    g_clear_handle_id(&self->pull_source, g_source_remove);
    for (guint i = 0; i < self->pulls->len; i++) {
        Pull *pull = g_ptr_array_index(self->pulls, i);

        pd_request_fail(pull->request, PD_RPC_CONTENT_MODIFIED, "the document was closed");
        pull_free(pull);
    }
    g_ptr_array_set_size(self->pulls, 0);
}

static gboolean
on_pull_waited(void *user_data)
{
    PdView *self = user_data;

    self->pull_source = 0;
    answer_pulls(self);
    return G_SOURCE_REMOVE;
}

static bool
is_settled(const PdView *self)
{
    return self->settings != NULL && pd_document_is_settled(self->document);
}

void
pd_server_pull(PdLspServer *self, PdRequest *request, GVariant *params)
{
    PdView *view = pd_server_find(self, params);
    Pull *pull;

    if (view == NULL) {
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "no document of this URI is open");
        return;
    }
    pull = g_new0(Pull, 1);
    pull->request = request;
    pull->previous = pd_json_get_string(params, "previousResultId");
    g_ptr_array_add(view->pulls, pull);
    if (pd_document_pause_ms(view->document) >= PAUSE_MS)
        pd_document_finish_word(view->document);
    if (is_settled(view))
        answer_pulls(view);
    else if (view->pull_source == 0 && self->can.refresh)
        view->pull_source = g_timeout_add(MAX_PULL_MS, on_pull_waited, view);
}

static void refresh(PdLspServer *self);

static void
on_refreshed(GVariant *result, const GError *error, void *user_data)
{
    PdLspServer *self = user_data;

    self->is_refreshing = false;
    if (self->is_refresh_wanted)
        refresh(self);
}

static void
refresh(PdLspServer *self)
{
    self->is_refresh_wanted = self->is_refreshing;
    if (self->is_refreshing)
        return;
    self->is_refreshing = true;
    pd_rpc_call(self->rpc, "workspace/diagnostic/refresh", NULL, on_refreshed, self);
}

/* What was answered is old. */
static void
ask_to_pull(PdView *self)
{
    g_autofree char *id = NULL;
    g_autoptr(GVariant) list = NULL;

    if (self->answered == NULL || !self->server->can.refresh)
        return;
    list = list_findings(self, &id);
    if (g_str_equal(id, self->answered))
        return;
    g_clear_pointer(&self->answered, g_free); /* once for each answer */
    refresh(self->server);
}

/* --- when --- */

static gboolean
on_publish(void *user_data)
{
    PdView *self = user_data;

    self->publish_source = 0;
    if (self->settings == NULL)
        return G_SOURCE_REMOVE;
    if (!self->server->can.pull)
        push(self);
    else if (is_settled(self))
        ask_to_pull(self);
    return G_SOURCE_REMOVE;
}

void
pd_view_findings_changed(PdView *self)
{
    guint delay_ms = PUBLISH_MS;

    if (self->pulls->len > 0 && is_settled(self))
        answer_pulls(self);
    if (self->publish_source != 0)
        return;
    delay_ms = MAX(delay_ms, (guint)(self->publish_took_us * PUBLISH_SHARE / 1000));
    self->publish_source = g_timeout_add(delay_ms, on_publish, self);
}
