/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/formats.h"
#include "plugin/lsp/guess.h"
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LONG_TEXT_BYTES 65536 /* from here on, the first check shows its progress */

/* --- what is asked of the service --- */

/* (transfer full) (nullable): NULL: the text is not to be checked */
static char *
format_of(const PdView *self)
{
    const PdLspSettings *settings = self->settings;
    const char *own = g_hash_table_lookup(settings->formats, self->language_id);

    if (!settings->enable)
        return NULL;
    if (settings->enabled_languages != NULL &&
        !g_strv_contains((const char *const *)settings->enabled_languages, self->language_id))
        return NULL;
    if (own != NULL)
        return g_str_equal(own, "off") ? NULL : g_strdup(own);
    return pd_format_of(self->language_id);
}

/* (transfer full): rules of the settings and of the session, without those that do not exist */
static char **
disabled_rules(const PdView *self)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    void *rule;

    for (char **name = self->settings->disable; *name != NULL; name++) {
        if (!g_hash_table_contains(self->server->bad_rules, *name))
            g_ptr_array_add(rules, g_strdup(*name));
    }
    g_hash_table_iter_init(&iter, self->server->turned_off);
    while (g_hash_table_iter_next(&iter, &rule, NULL))
        g_ptr_array_add(rules, g_strdup(rule));
    g_ptr_array_add(rules, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&rules), FALSE);
}

ProofdOptions *
pd_view_new_options(const PdView *self, const char *format)
{
    ProofdOptions *options = proofd_options_new();
    g_auto(GStrv) disable = disabled_rules(self);

    proofd_options_set_offsets(options, "utf8");
    proofd_options_set_format(options, format);
    proofd_options_set_level(options, self->settings->level);
    proofd_options_set_variant(options, self->settings->variant);
    proofd_options_set_disable(options, (const char *const *)disable);
    proofd_options_set_words(options, (const char *const *)self->settings->words);
    proofd_options_set_max_candidates(options, self->settings->max_candidates);
    return options;
}

/* --- the language --- */

static bool
is_guessed(const PdView *self)
{
    return self->settings != NULL && g_str_equal(self->settings->language, "auto");
}

/* (transfer full) */
static char *
language_of(const PdView *self, const char *format)
{
    const char *const *installed = (const char *const *)self->server->languages;
    char *guessed = NULL;

    if (!is_guessed(self))
        return g_strdup(self->settings->language);
    if (installed != NULL && !g_str_has_prefix(format, "code:")) /* keywords are no language */
        guessed = pd_guess_language(pd_lsp_text_peek(pd_document_peek_text(self->document), NULL),
                                    installed);
    return guessed != NULL ? guessed : g_strdup("");
}

/* --- progress --- */

static void
on_cancelled(void *user_data)
{
    PdView *self = user_data;

    g_clear_pointer(&self->progress, pd_progress_free);
    pd_document_stop(self->document);
}

static void
begin_progress(PdView *self)
{
    const gsize n_bytes = pd_lsp_text_bytes(pd_document_peek_text(self->document));
    g_autofree char *token = NULL;
    g_autofree char *name = g_path_get_basename(self->uri);
    g_autofree char *readable = g_uri_unescape_string(name, NULL);
    g_autofree char *title = NULL;

    g_clear_pointer(&self->progress, pd_progress_free);
    if (!self->server->can.progress || n_bytes < LONG_TEXT_BYTES)
        return;
    token = g_strdup_printf("proofd-%u", ++self->server->n_tokens);
    title = g_strdup_printf(_("Checking %s"), readable != NULL ? readable : name);
    self->progress = pd_progress_new(self->server->rpc, token, title, n_bytes, on_cancelled, self);
}

void
pd_server_cancel_progress(PdLspServer *self, GVariant *params)
{
    g_autofree char *token = pd_json_get_string(params, "token");
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->views);
    while (token != NULL && g_hash_table_iter_next(&iter, NULL, &value)) {
        PdView *view = value;

        if (view->progress != NULL && pd_progress_cancel(view->progress, token))
            return;
    }
}

/* --- what the document tells --- */

static void
on_changed(PdDocument *document, void *user_data)
{
    PdView *self = user_data;

    if (pd_document_is_settled(document))
        g_clear_pointer(&self->progress, pd_progress_free);
    pd_view_findings_changed(self);
}

static void
on_progress(PdDocument *document, gsize done, void *user_data)
{
    PdView *self = user_data;

    if (self->progress != NULL)
        pd_progress_report(self->progress, done);
}

typedef struct {
    PdLspServer *server;
    GCancellable *over; /* its */
} Question;

/* Now that the dictionaries are known, texts whose language is to be guessed get it. */
static void
on_languages(GObject *object, GAsyncResult *result, void *user_data)
{
    g_autofree Question *question = user_data;
    g_autoptr(GCancellable) over = question->over;
    PdLspServer *server = question->server;
    g_autoptr(GVariant) properties =
        proofd_client_get_service_properties_finish(PROOFD_CLIENT(object), result, NULL);
    GHashTableIter iter;
    void *view;

    if (g_cancellable_is_cancelled(over) || server->languages != NULL || properties == NULL ||
        !g_variant_lookup(properties, "Languages", "^as", &server->languages))
        return;
    g_hash_table_iter_init(&iter, server->views);
    while (g_hash_table_iter_next(&iter, NULL, &view))
        if (is_guessed(view))
            pd_view_check(view);
}

static void
ask_languages(PdLspServer *server)
{
    Question *question = g_new0(Question, 1);

    question->server = server;
    question->over = g_object_ref(server->over);
    proofd_client_get_service_properties_async(server->client, NULL, on_languages, question);
}

static void
on_opened(PdDocument *document, void *user_data)
{
    PdView *self = user_data;

    if (is_guessed(self) && self->server->languages == NULL)
        ask_languages(self->server);
    if (!self->server->is_service_missed)
        return;
    self->server->is_service_missed = false;
    pd_server_log(self->server, _("The service of proofd is there again."));
    pd_server_find_included(self->server);
}

static void
warn_once(PdLspServer *server, const char *message)
{
    if (g_hash_table_add(server->warned, g_strdup(message)))
        pd_server_show(server, PD_SEVERITY_WARNING, message);
}

static void
on_failed(PdDocument *document, const GError *error, bool is_final, void *user_data)
{
    PdView *self = user_data;
    g_autofree char *message = NULL;

    g_clear_pointer(&self->progress, pd_progress_free);
    if (!is_final) {
        message = g_strdup_printf(
            _("proofd cannot check anything now: %s. It will be tried again."), error->message);
        if (!self->server->is_service_missed)
            pd_server_show(self->server, PD_SEVERITY_WARNING, message);
        self->server->is_service_missed = true;
        return;
    }
    if (g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION) &&
        !self->are_rules_tried) {
        pd_view_try_rules(self);
        return;
    }
    message = g_strdup_printf(_("proofd does not check this text: %s"), error->message);
    warn_once(self->server, message);
}

static const PdDocumentFuncs document_funcs = { on_changed, on_progress, on_failed, on_opened };

/* --- life --- */

PdView *
pd_view_new(PdLspServer *server, const char *uri, const char *language_id, gint64 version,
            const char *text)
{
    PdView *self = g_new0(PdView, 1);

    self->server = server;
    self->uri = g_strdup(uri);
    self->language_id = g_strdup(language_id);
    self->pulls = g_ptr_array_new();
    self->document = pd_document_new(text, version, server->client, &document_funcs, self);
    return self;
}

void
pd_view_free(PdView *self)
{
    if (self == NULL)
        return;
    pd_view_drop_pulls(self);
    g_ptr_array_unref(self->pulls);
    g_clear_handle_id(&self->publish_source, g_source_remove);
    pd_progress_free(self->progress);
    pd_included_free(self->included);
    pd_document_free(self->document);
    pd_lsp_settings_free(self->settings);
    g_free(self->published);
    g_free(self->answered);
    g_free(self->language_id);
    g_free(self->uri);
    g_free(self);
}

void
pd_view_take_settings(PdView *self, PdLspSettings *settings)
{
    const bool is_same = self->settings != NULL && pd_lsp_settings_equal(self->settings, settings);

    if (is_same) {
        pd_lsp_settings_free(settings);
        return;
    }
    pd_lsp_settings_free(self->settings);
    self->settings = settings;
    self->are_rules_tried = false;
    g_clear_pointer(&self->published, g_free);
    pd_view_check(self);
}

void
pd_view_check(PdView *self)
{
    g_autofree char *format = self->settings != NULL ? format_of(self) : NULL;
    g_autoptr(ProofdOptions) options = NULL;
    g_autofree char *language = NULL;

    if (format == NULL) {
        pd_document_stop(self->document);
        pd_view_find_included(self, true);
        return;
    }
    options = pd_view_new_options(self, format);
    language = language_of(self, format);
    begin_progress(self);
    pd_document_check(self->document, language, options, self->settings->check_while_typing,
                      self->settings->unfinished_word_delay_ms);
    pd_view_find_included(self, true);
}
