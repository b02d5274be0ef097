/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the editor tells of its documents. */
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

void
pd_server_did_open(PdLspServer *self, GVariant *params)
{
    g_autoptr(GVariant) document = pd_json_get(params, "textDocument");
    g_autofree char *uri = pd_json_get_string(document, "uri");
    g_autofree char *language_id = pd_json_get_string(document, "languageId");
    g_autofree char *text = pd_json_get_string(document, "text");
    gint64 version = 0;
    PdView *view;

    if (uri == NULL || text == NULL)
        return;
    pd_json_get_int(document, "version", &version);
    view = pd_view_new(self, uri, language_id != NULL ? language_id : "", version, text);
    g_hash_table_replace(self->views, view->uri, view);
    pd_server_look_at_included(self, view->uri);
    pd_server_ask_settings(self, view);
}

static void
apply_change(PdLspServer *self, PdDocument *document, GVariant *change)
{
    g_autofree char *inserted = pd_json_get_string(change, "text");
    g_autoptr(GVariant) place = pd_json_get(change, "range");
    const PdLspText *text = pd_document_peek_text(document);
    PdLspRange range;
    gsize start, end;

    if (inserted == NULL)
        return;
    if (place == NULL) {
        pd_document_replace(document, inserted);
        return;
    }
    if (!pd_json_to_range(place, &range))
        return;
    start = pd_lsp_text_offset(text, range.start, self->can.encoding);
    end = pd_lsp_text_offset(text, range.end, self->can.encoding);
    pd_document_edit(document, MIN(start, end), MAX(start, end) - MIN(start, end), inserted);
}

void
pd_server_did_change(PdLspServer *self, GVariant *params)
{
    g_autoptr(GVariant) changes = pd_json_get(params, "contentChanges");
    g_autoptr(GVariant) identifier = pd_json_get(params, "textDocument");
    PdView *view = pd_server_find(self, params);
    gint64 version;

    if (view == NULL || !pd_json_is_array(changes))
        return;
    version = pd_document_version(view->document);
    pd_json_get_int(identifier, "version", &version);
    for (gsize i = 0; i < g_variant_n_children(changes); i++) {
        g_autoptr(GVariant) change = pd_json_element(changes, i);

        apply_change(self, view->document, change);
    }
    pd_document_changed(view->document, version);
    pd_view_find_included(view, false);
}

void
pd_server_did_save(PdLspServer *self, GVariant *params)
{
    PdView *view = pd_server_find(self, params);

    if (view == NULL)
        return;
    pd_document_flush(view->document);
    pd_document_finish_word(view->document);
}

void
pd_server_did_close(PdLspServer *self, GVariant *params)
{
    PdView *view = pd_server_find(self, params);
    g_autofree char *uri = NULL;

    if (view == NULL)
        return;
    uri = g_strdup(view->uri);
    if (!self->can.pull)
        pd_view_publish_nothing(view);
    g_hash_table_remove(self->views, uri);
    pd_server_look_at_included(self, uri);
}

/* What is said with logMessage is little: the trace has nothing to turn on. */
void
pd_server_set_trace(PdLspServer *self, GVariant *params)
{
}
