/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.c - /v2/check: from the parameters to the service and back
 */
#include "plugin/http/answer.h"
#include "plugin/http/call.h"
#include "plugin/http/error.h"

#include <string.h>

#define MAX_CHECKS 64 /* at once; more: 503 */
#define FALLBACK "en" /* where a text does not tell its language */

typedef struct {
    PdHttpShared *shared;
    PdHttpCheckRequest *request;
    PdHttpLanguage *given;    /* (nullable): not known yet */
    PdHttpLanguage *detected; /* (nullable): the text does not tell */
    double confidence;
    bool wants_variant; /* of English: that of a country, not any */
    bool wants_none;    /* no matches: the text is in a language that the client leaves alone */
    bool is_repeated;   /* the service went away once */
} Check;

static void ask_service(PdHttpCall *call);

static void
check_free(gpointer data)
{
    Check *check = data;

    check->shared->n_checks--;
    pd_http_check_request_free(check->request);
    g_clear_pointer(&check->given, pd_http_language_unref);
    g_clear_pointer(&check->detected, pd_http_language_unref);
    g_free(check);
}

/* --- the language ------------------------------------------------------------- */

static void
append_codes(GPtrArray *codes, GStrv names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        g_ptr_array_add(codes, g_ascii_strdown(names[i], (gssize)strcspn(names[i], "-_")));
}

/* (nullable): "en" or another language that is installed, or one that the client leaves alone */
static const char *
guess(Check *check, GPtrArray *codes)
{
    const GPtrArray *list = pd_http_languages_peek(check->shared->languages);

    append_codes(codes, check->request->preferred_languages);
    append_codes(codes, check->request->preferred_variants);
    append_codes(codes, check->request->noop_languages);
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(codes, g_strdup(((const PdHttpLanguage *)list->pdata[i])->code));
    g_ptr_array_add(codes, NULL);
    return pd_http_detector_guess(check->shared->detector, (const char *const *)codes->pdata,
                                  pd_http_text_peek(check->request->text), &check->confidence);
}

/* (transfer none) (nullable): the country's variant of @code that the client prefers */
static const PdHttpLanguage *
preferred_variant(Check *check, const char *code)
{
    const PdHttpLanguages *languages = check->shared->languages;
    GStrv variants = check->request->preferred_variants;

    for (size_t i = 0; variants[i] != NULL; i++) {
        const PdHttpLanguage *language = pd_http_languages_find(languages, variants[i]);

        if (language != NULL && g_str_equal(language->code, code)) {
            check->wants_variant = true;
            return language;
        }
    }
    return pd_http_languages_variant(languages, code);
}

/* (transfer none) (nullable): nothing is installed */
static const PdHttpLanguage *
fallback(Check *check)
{
    const PdHttpLanguages *languages = check->shared->languages;
    const GPtrArray *list = pd_http_languages_peek(languages);
    const PdHttpLanguage *language = NULL;
    g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(g_free);

    append_codes(codes, check->request->preferred_languages);
    append_codes(codes, check->request->preferred_variants);
    g_ptr_array_add(codes, g_strdup(FALLBACK));
    for (guint i = 0; i < codes->len && language == NULL; i++)
        language = preferred_variant(check, codes->pdata[i]);
    return language != NULL || list->len == 0 ? language : list->pdata[0];
}

/* Sets what the check is of. */
static bool
choose_language(Check *check, GError **error)
{
    const PdHttpCheckRequest *request = check->request;
    g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(g_free);
    const char *code = guess(check, codes);
    const PdHttpLanguage *detected = code != NULL ? preferred_variant(check, code) : NULL;
    const PdHttpLanguage *given = NULL;

    if (!request->is_auto)
        given = pd_http_languages_find(check->shared->languages, request->language);
    else
        given = detected != NULL ? detected : fallback(check);
    if (given == NULL) {
        pd_http_languages_unknown(check->shared->languages, request->language, error);
        return false;
    }
    if (!request->is_auto)
        check->wants_variant = !g_str_equal(given->code, given->long_code);
    check->wants_none =
        request->is_empty ||
        (code != NULL && g_strv_contains((const char *const *)request->noop_languages, code));
    check->given = pd_http_language_ref(given);
    check->detected = detected != NULL ? pd_http_language_ref(detected) : NULL;
    return true;
}

/* --- the service --------------------------------------------------------------- */

static void
on_checked(GObject *client, GAsyncResult *result, gpointer data)
{
    PdHttpCall *call = data;
    Check *check = call->context;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings =
        proofd_client_check_finish(PROOFD_CLIENT(client), result, &error);

    if (findings != NULL) {
        pd_http_call_answer(call,
                            pd_http_answer_check(check->request, check->given, check->detected,
                                                 check->confidence, findings));
    } else if (g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED) &&
               !check->is_repeated) {
        check->is_repeated = true; /* it was stopped or replaced: it starts again when called */
        ask_service(call);
    } else {
        pd_http_call_fail(call, g_steal_pointer(&error));
    }
}

static void
ask_service(PdHttpCall *call)
{
    Check *check = call->context;
    const char *dictionary = check->given->dictionary;
    g_autoptr(ProofdOptions) options = proofd_options_new();

    proofd_options_set_offsets(options, "utf16");
    proofd_options_set_level(options, check->request->is_picky ? "thorough" : "default");
    if (check->wants_variant && g_str_equal(dictionary, "en_GB"))
        proofd_options_set_variant(options, "gb");
    if (check->wants_variant && g_str_equal(dictionary, "en_US"))
        proofd_options_set_variant(options, "us");
    proofd_client_check_async(call->shared->client, dictionary,
                              pd_http_text_peek(check->request->text), options, call->cancellable,
                              on_checked, call);
}

static void
start(PdHttpCall *call)
{
    Check *check = call->context;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    if (!choose_language(check, &error))
        pd_http_call_fail(call, g_steal_pointer(&error));
    else if (check->wants_none)
        pd_http_call_answer(call, pd_http_answer_check(check->request, check->given,
                                                       check->detected, check->confidence, none));
    else
        ask_service(call);
}

static void
on_languages(PdHttpCall *call, GError *error)
{
    if (error != NULL)
        pd_http_call_fail(call, error);
    else
        start(call);
}

/* Is the list of languages as new as this check needs it? */
static bool
knows_language(const Check *check)
{
    const PdHttpLanguages *languages = check->shared->languages;

    return languages != NULL &&
           (check->request->is_auto ||
            pd_http_languages_find(languages, check->request->language) != NULL);
}

void
pd_http_handle_check(PdHttpCall *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdHttpCheckRequest) request =
        pd_http_check_request_new(call->form, call->shared->settings->max_utf16, &error);
    Check *check;

    if (request != NULL && call->shared->n_checks >= MAX_CHECKS)
        g_set_error_literal(&error, PROOFD_ERROR, PROOFD_ERROR_BUSY, "too many checks");
    if (error != NULL) {
        pd_http_call_fail(call, g_steal_pointer(&error));
        return;
    }
    check = g_new0(Check, 1);
    check->shared = call->shared;
    check->shared->n_checks++;
    check->request = g_steal_pointer(&request);
    call->context = check;
    call->free_context = check_free;
    if (knows_language(check))
        start(call);
    else
        pd_http_call_load_languages(call, on_languages);
}
