/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that a LaTeX text takes in: their diagnostics, under their own URIs. */
#include "plugin/lsp/server-private.h"

/* (transfer full) (nullable): editors do not agree on what is escaped in a URI */
static char *
path_of(const char *uri)
{
    g_autofree char *path = g_filename_from_uri(uri, NULL, NULL);

    return path != NULL ? g_canonicalize_filename(path, NULL) : NULL;
}

static bool
is_open(const char *path, void *user_data)
{
    const PdView *self = user_data;
    GHashTableIter iter;
    void *uri;

    g_hash_table_iter_init(&iter, self->server->views);
    while (g_hash_table_iter_next(&iter, &uri, NULL)) {
        g_autofree char *open = path_of(uri);

        if (g_strcmp0(open, path) == 0)
            return true;
    }
    return false;
}

static ProofdOptions *
new_options(void *user_data)
{
    const PdView *self = user_data;

    return pd_view_new_options(self, "latex");
}

static const char *
peek_language(void *user_data)
{
    const PdView *self = user_data;

    return pd_document_peek_language(self->document);
}

/* Two texts may take in the same file. */
static bool
is_shown_by_another(const PdView *self, const char *uri)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->server->views);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PdView *view = value;

        if (view != self && view->included != NULL && pd_included_shows(view->included, uri))
            return true;
    }
    return false;
}

static void
found(const char *uri, const PdLspText *text, GPtrArray *findings, void *user_data)
{
    const PdView *self = user_data;
    GVariantBuilder list;
    GVariantDict params;

    if (findings == NULL && is_shown_by_another(self, uri))
        return;
    g_variant_builder_init(&list, G_VARIANT_TYPE("av"));
    for (guint i = 0; findings != NULL && i < findings->len; i++)
        g_variant_builder_add(&list, "v",
                              pd_diagnostic_new(text, self->server->can.encoding, self->settings,
                                                g_ptr_array_index(findings, i)));
    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert(&params, "uri", "s", uri);
    g_variant_dict_insert_value(&params, "diagnostics", g_variant_builder_end(&list));
    pd_rpc_notify(self->server->rpc, "textDocument/publishDiagnostics",
                  g_variant_dict_end(&params));
}

static const PdIncludedFuncs funcs = { is_open, new_options, peek_language, found };

static bool
includes(const PdView *self)
{
    ProofdOptions *options = pd_document_peek_options(self->document);

    return options != NULL && self->settings->check_included_files &&
           g_strcmp0(proofd_options_get_format(options), "latex") == 0;
}

void
pd_view_find_included(PdView *self, bool again)
{
    const char *text = pd_lsp_text_peek(pd_document_peek_text(self->document), NULL);
    g_autofree char *path = path_of(self->uri);

    if (path == NULL || !includes(self)) {
        g_clear_pointer(&self->included, pd_included_free);
        return;
    }
    if (self->included == NULL)
        self->included = pd_included_new(self->server->client, path, &funcs, self);
    if (again)
        pd_included_again(self->included, text);
    else
        pd_included_follow(self->included, text);
}

void
pd_server_look_at_included(PdLspServer *self, const char *uri)
{
    g_autofree char *path = path_of(uri);
    GHashTableIter iter;
    void *view;

    g_hash_table_iter_init(&iter, self->views);
    while (path != NULL && g_hash_table_iter_next(&iter, NULL, &view))
        if (((PdView *)view)->included != NULL)
            pd_included_look(((PdView *)view)->included, path);
}

void
pd_server_find_included(PdLspServer *self)
{
    GHashTableIter iter;
    void *view;

    g_hash_table_iter_init(&iter, self->views);
    while (g_hash_table_iter_next(&iter, NULL, &view))
        if (((PdView *)view)->included != NULL)
            pd_view_find_included(view, true);
}
