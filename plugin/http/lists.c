/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lists.c - /v2/languages, /v2/configinfo and /v2/words
 */
#include "plugin/http/answer.h"
#include "plugin/http/call.h"
#include "plugin/http/error.h"
#include "plugin/http/form.h"

#include <string.h>

#define DEFAULT_LIMIT 10
#define MAX_BATCH 1000 /* words of one request */

static bool
fail(PdHttpCall *call, const char *message)
{
    pd_http_call_fail(call, g_error_new_literal(PD_HTTP_ERROR, 400, message));
    return false;
}

/* --- languages ------------------------------------------------------------------ */

typedef struct {
    PdHttpCall *call;
    PdHttpLanguagesLoaded loaded;
} Load;

static void
on_properties(GObject *client, GAsyncResult *result, gpointer data)
{
    g_autofree Load *load = data;
    PdHttpShared *shared = load->call->shared;
    GError *error = NULL;
    g_autoptr(GVariant) properties =
        proofd_client_get_service_properties_finish(PROOFD_CLIENT(client), result, &error);
    g_autofree const char **names = NULL;

    if (properties != NULL) {
        g_variant_lookup(properties, "Languages", "^a&s", &names);
        pd_http_languages_free(shared->languages);
        shared->languages =
            pd_http_languages_new(names != NULL ? names : (const char *const[]){ NULL });
    }
    load->loaded(load->call, error);
}

void
pd_http_call_load_languages(PdHttpCall *call, PdHttpLanguagesLoaded loaded)
{
    Load *load = g_new0(Load, 1);

    load->call = call;
    load->loaded = loaded;
    proofd_client_get_service_properties_async(call->shared->client, call->cancellable,
                                               on_properties, load);
}

static void
answer_languages(PdHttpCall *call, GError *error)
{
    if (error != NULL)
        pd_http_call_fail(call, error);
    else
        pd_http_call_answer(call, pd_http_answer_languages(call->shared->languages));
}

void
pd_http_handle_languages(PdHttpCall *call)
{
    pd_http_call_load_languages(call, answer_languages);
}

static void
answer_configuration(PdHttpCall *call, GError *given)
{
    g_autoptr(GError) error = given;
    const char *language = g_hash_table_lookup(call->form, "language");

    if (error == NULL && pd_http_languages_find(call->shared->languages, language) == NULL)
        pd_http_languages_unknown(call->shared->languages, language, &error);
    if (error != NULL)
        pd_http_call_fail(call, g_steal_pointer(&error));
    else
        pd_http_call_answer(call, pd_http_answer_configuration(call->shared->settings->max_utf16));
}

void
pd_http_handle_configuration(PdHttpCall *call)
{
    if (g_hash_table_lookup(call->form, "language") == NULL)
        fail(call, "'language' parameter missing");
    else
        pd_http_call_load_languages(call, answer_configuration);
}

/* --- words -------------------------------------------------------------------- */

/* @fallback if it is not given */
static bool
read_number(PdHttpCall *call, const char *name, guint64 fallback, guint64 *ret_value)
{
    const char *text = g_hash_table_lookup(call->form, name);
    g_autofree char *message = NULL;

    *ret_value = fallback;
    if (text == NULL || g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, ret_value, NULL))
        return true;
    message = g_strdup_printf("'%s' must be a number from 0 to %d", name, G_MAXINT32);
    return fail(call, message);
}

static void
on_words(GObject *client, GAsyncResult *result, gpointer data)
{
    PdHttpCall *call = data;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = proofd_client_get_words_finish(PROOFD_CLIENT(client), result, &error);
    guint64 offset, limit;

    if (words == NULL)
        pd_http_call_fail(call, g_steal_pointer(&error));
    else if (read_number(call, "offset", 0, &offset) &&
             read_number(call, "limit", DEFAULT_LIMIT, &limit))
        pd_http_call_answer(call, pd_http_answer_words((const char *const *)words, offset, limit));
}

void
pd_http_handle_words(PdHttpCall *call)
{
    proofd_client_get_words_async(call->shared->client, call->cancellable, on_words, call);
}

typedef struct {
    GStrv words;
    guint next;
    bool is_addition;
    bool has_changed; /* of any word */
} Change;

static void change_next(PdHttpCall *call);

static void
change_free(gpointer data)
{
    Change *change = data;

    g_strfreev(change->words);
    g_free(change);
}

static void
on_changed(GObject *client, GAsyncResult *result, gpointer data)
{
    PdHttpCall *call = data;
    Change *change = call->context;
    g_autoptr(GError) error = NULL;
    bool is_done = change->is_addition
                       ? proofd_client_add_word_finish(PROOFD_CLIENT(client), result, &error)
                       : proofd_client_remove_word_finish(PROOFD_CLIENT(client), result, &error);

    change->has_changed = change->has_changed || is_done;
    if (is_done || g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_NOT_FOUND))
        change_next(call);
    else
        pd_http_call_fail(call, g_steal_pointer(&error));
}

static void
change_next(PdHttpCall *call)
{
    Change *change = call->context;
    const char *word = change->words[change->next];

    if (word == NULL) {
        pd_http_call_answer(call, pd_http_answer_bool(change->is_addition ? "added" : "deleted",
                                                      change->has_changed));
        return;
    }
    change->next++;
    if (change->is_addition)
        proofd_client_add_word_async(call->shared->client, word, call->cancellable, on_changed,
                                     call);
    else
        proofd_client_remove_word_async(call->shared->client, word, call->cancellable, on_changed,
                                        call);
}

/* (transfer full): the words of the request; NULL: they are no good, and the call is answered */
static GStrv
read_words(PdHttpCall *call)
{
    const char *word = g_hash_table_lookup(call->form, "word");
    const char *words = g_hash_table_lookup(call->form, "words");
    bool is_batch = g_strcmp0(g_hash_table_lookup(call->form, "mode"), "batch") == 0;
    g_autofree char *stripped = NULL;
    g_auto(GStrv) list = NULL;

    word = is_batch ? words : word;
    stripped = g_strstrip(g_strdup(word != NULL ? word : ""));
    list = g_regex_split_simple("\\s+", stripped, 0, 0);
    if (word == NULL)
        fail(call, is_batch ? "'words' parameter missing" : "'word' parameter missing");
    else if (*stripped == '\0')
        fail(call, "Invalid word, cannot be empty or whitespace only");
    else if (!is_batch && g_strv_length(list) > 1)
        fail(call, "Invalid word, you can only words that don't contain spaces");
    else if (g_strv_length(list) > MAX_BATCH)
        fail(call, "Too many words, 1000 at most");
    else
        return g_steal_pointer(&list);
    return NULL;
}

static void
change_words(PdHttpCall *call, bool is_addition)
{
    g_auto(GStrv) words = read_words(call);
    Change *change;

    if (words == NULL)
        return;
    change = g_new0(Change, 1);
    change->words = g_steal_pointer(&words);
    change->is_addition = is_addition;
    call->context = change;
    call->free_context = change_free;
    change_next(call);
}

void
pd_http_handle_add_word(PdHttpCall *call)
{
    change_words(call, true);
}

void
pd_http_handle_delete_word(PdHttpCall *call)
{
    change_words(call, false);
}
