/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings: asked for at the client, or taken as it sends them. */
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

#include <glib/gi18n-lib.h>

/* A question to the client: for these documents, in this order. */
typedef struct {
    PdLspServer *server;
    GPtrArray *uris;
} Question;

static void
warn(PdLspServer *self, GPtrArray *warnings)
{
    for (guint i = 0; i < warnings->len; i++) {
        const char *message = warnings->pdata[i];

        if (g_hash_table_add(self->warned, g_strdup(message)))
            pd_server_show(self, PD_SEVERITY_WARNING, message);
    }
}

/* @section: (nullable): what the client said; without it, what it said at another time */
static void
give_settings(PdLspServer *self, PdView *view, GVariant *section)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    if (section == NULL)
        section = self->pushed != NULL ? self->pushed : self->initial;
    pd_view_take_settings(view, pd_lsp_settings_parse(section, warnings));
    warn(self, warnings);
}

static void
on_answer(GVariant *result, const GError *error, void *user_data)
{
    g_autofree Question *question = user_data;
    g_autoptr(GPtrArray) uris = question->uris;

    for (guint i = 0; i < uris->len; i++) {
        PdView *view = g_hash_table_lookup(question->server->views, uris->pdata[i]);
        g_autoptr(GVariant) section = pd_json_is_array(result) && i < g_variant_n_children(result)
                                          ? pd_json_element(result, i)
                                          : NULL;

        if (view != NULL)
            give_settings(question->server, view, section);
    }
}

static GVariant *
new_item(const char *uri)
{
    GVariantDict item;

    g_variant_dict_init(&item, NULL);
    g_variant_dict_insert(&item, "scopeUri", "s", uri);
    g_variant_dict_insert(&item, "section", "s", "proofd");
    return g_variant_dict_end(&item);
}

static void
ask(PdLspServer *self, GPtrArray *views)
{
    Question *question = g_new0(Question, 1);
    GVariantBuilder items;
    GVariantDict params;

    question->server = self;
    question->uris = g_ptr_array_new_with_free_func(g_free);
    g_variant_builder_init(&items, G_VARIANT_TYPE("av"));
    for (guint i = 0; i < views->len; i++) {
        const PdView *view = g_ptr_array_index(views, i);

        g_ptr_array_add(question->uris, g_strdup(view->uri));
        g_variant_builder_add(&items, "v", new_item(view->uri));
    }
    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert_value(&params, "items", g_variant_builder_end(&items));
    pd_rpc_call(self->rpc, "workspace/configuration", g_variant_dict_end(&params), on_answer,
                question);
}

static void
ask_or_give(PdLspServer *self, GPtrArray *views)
{
    if (self->can.configuration) {
        if (views->len > 0)
            ask(self, views);
        return;
    }
    for (guint i = 0; i < views->len; i++)
        give_settings(self, g_ptr_array_index(views, i), NULL);
}

void
pd_server_ask_settings(PdLspServer *self, PdView *view)
{
    g_autoptr(GPtrArray) views = g_ptr_array_new();

    g_ptr_array_add(views, view);
    ask_or_give(self, views);
}

void
pd_server_ask_all_settings(PdLspServer *self)
{
    g_autoptr(GPtrArray) views = g_ptr_array_new();
    GHashTableIter iter;
    void *view;

    g_hash_table_iter_init(&iter, self->views);
    while (g_hash_table_iter_next(&iter, NULL, &view))
        g_ptr_array_add(views, view);
    ask_or_give(self, views);
}

void
pd_server_did_change_configuration(PdLspServer *self, GVariant *params)
{
    GVariant *section = pd_json_get_path(params, "settings", "proofd", NULL);

    if (section != NULL) {
        g_clear_pointer(&self->pushed, g_variant_unref);
        self->pushed = section;
    }
    g_hash_table_remove_all(self->warned);
    g_hash_table_remove_all(self->bad_rules);
    pd_server_ask_all_settings(self);
}

/* --- rules that are to be off --- */

/* Which of them the service does not know is found out by asking for each alone. */
typedef struct {
    PdLspServer *server;
    GCancellable *over; /* the server's */
    char *uri;
    GPtrArray *rules; /* of char *: still to be tried */
} Trial;

static void try_next(Trial *trial);

static void
trial_free(Trial *self)
{
    g_object_unref(self->over);
    g_ptr_array_unref(self->rules);
    g_free(self->uri);
    g_free(self);
}

static void
on_tried(GObject *object, GAsyncResult *result, void *user_data)
{
    Trial *trial = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings =
        proofd_client_check_finish(PROOFD_CLIENT(object), result, &error);
    const char *rule = trial->rules->pdata[trial->rules->len - 1];

    if (g_cancellable_is_cancelled(trial->over)) {
        trial_free(trial);
        return;
    }
    if (g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION) &&
        g_hash_table_add(trial->server->bad_rules, g_strdup(rule))) {
        g_autofree char *message = g_strdup_printf(_("Setting proofd.disable: %s"), error->message);

        pd_server_show(trial->server, PD_SEVERITY_WARNING, message);
    }
    g_ptr_array_remove_index(trial->rules, trial->rules->len - 1);
    try_next(trial);
}

static void
try_next(Trial *trial)
{
    g_autoptr(ProofdOptions) options = NULL;
    const char *rule[2] = { NULL };
    PdView *view;

    if (trial->rules->len > 0) {
        options = proofd_options_new();
        rule[0] = trial->rules->pdata[trial->rules->len - 1];
        proofd_options_set_disable(options, rule);
        proofd_client_check_async(trial->server->client, NULL, "", options, NULL, on_tried, trial);
        return;
    }
    view = g_hash_table_lookup(trial->server->views, trial->uri);
    if (view != NULL)
        pd_view_check(view);
    trial_free(trial);
}

void
pd_view_try_rules(PdView *self)
{
    Trial *trial = g_new0(Trial, 1);

    self->are_rules_tried = true;
    trial->server = self->server;
    trial->over = g_object_ref(self->server->over);
    trial->uri = g_strdup(self->uri);
    trial->rules = g_ptr_array_new_with_free_func(g_free);
    for (char **rule = self->settings->disable; *rule != NULL; rule++)
        g_ptr_array_add(trial->rules, g_strdup(*rule));
    try_next(trial);
}
