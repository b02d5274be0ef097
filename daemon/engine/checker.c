/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checker.c - what a thread checks with, and the questions that need no stepping
 */
#include "daemon/engine/checker.h"

#include "daemon/engine/candidates.h"
#include "daemon/engine/checker-private.h"
#include "daemon/engine/error.h"
#include "daemon/engine/findings.h"

#include <malloc.h>
#include <string.h>

static PdChecker *
checker_new(PdModels *taken, PdWords *words, size_t cache_bytes)
{
    PdChecker *self = g_new0(PdChecker, 1);

    self->models = taken;
    self->words = words != NULL ? pd_words_ref(words) : NULL;
    self->cache = pd_cache_new(cache_bytes);
    self->cache_bytes = cache_bytes;
    self->languages =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pd_resources_free);
    return self;
}

PdChecker *
pd_checker_new(const char *models_dir, PdWords *words, size_t cache_bytes)
{
    return checker_new(pd_models_new(models_dir), words, cache_bytes);
}

PdChecker *
pd_checker_new_sibling(PdChecker *self)
{
    return checker_new(pd_models_ref(self->models), self->words, self->cache_bytes);
}

void
pd_checker_free(PdChecker *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->languages);
    pd_language_guard_free(self->guard);
    pd_cache_free(self->cache);
    pd_words_unref(self->words);
    pd_models_unref(self->models);
    g_free(self);
}

PdResources *
pd_checker_resources(PdChecker *self, const char *language, GError **error)
{
    PdResources *resources = g_hash_table_lookup(self->languages, language);

    if (resources != NULL)
        return resources;
    resources = pd_resources_new(self->models, language, error);
    if (resources == NULL)
        return NULL;
    if (self->guard == NULL) /* without its fingerprints every sentence is taken as it comes */
        self->guard = pd_language_guard_new(NULL);
    g_hash_table_insert(self->languages, g_strdup(language), resources);
    return resources;
}

bool
pd_checker_prepare(PdChecker *self, const char *language, GError **error)
{
    return pd_checker_resources(self, language, error) != NULL;
}

PdModel *
pd_checker_model(PdChecker *self, const char *language, GError **error)
{
    const PdResources *resources = pd_checker_resources(self, language, error);

    return resources != NULL ? resources->model : NULL;
}

void
pd_checker_rest(PdChecker *self)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->languages);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PdResources *resources = value;

        if (resources->model != NULL)
            pd_model_rest(resources->model);
        if (resources->ngrams != NULL)
            pd_ngrams_rest(resources->ngrams);
    }
#ifdef __GLIBC__
    (void)malloc_trim(0); /* returns whether there was anything */
#endif
}

void
pd_checker_choose_models(PdChecker *self, GHashTable *chosen)
{
    pd_models_choose(self->models, chosen);
}

const char *
pd_checker_models_dir(const PdChecker *self)
{
    return pd_models_dir(self->models);
}

bool
pd_checker_validate(const char *text, size_t length, GError **error)
{
    const char *end;

    if (g_utf8_validate_len(text, length, &end))
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_INVALID_TEXT, "the text is not UTF-8 at byte %zu%s",
                (size_t)(end - text), *end == '\0' ? " (a NUL byte)" : "");
    return false;
}

GPtrArray *
pd_checker_check(PdChecker *self, const char *language, const char *text, size_t length,
                 const PdCheckOptions *options, const int *cancel, GError **error)
{
    g_autoptr(PdCheck) check = pd_check_new(self, language, text, length, options, error);
    bool done = false;

    if (check == NULL)
        return NULL;
    while (!done)
        if (!pd_check_step(check, cancel, cancel, &done, error))
            return NULL;
    return pd_check_take_findings(check);
}

/* --- suggest -------------------------------------------------------------------- */

static PdSpan
sentence_around(PdResources *resources, const char *text, size_t length, PdSpan place)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));

    pd_segmenter_sentences(resources->segmenter, text, length, spans);
    for (guint i = 0; i < spans->len; i++) {
        const PdSpan span = g_array_index(spans, PdSpan, i);

        if (place.start >= span.start && place.end <= span.end)
            return span;
    }
    return place; /* across sentences, or white space: judged by itself */
}

bool
pd_checker_is_place(const char *text, size_t length, size_t start, size_t end, GError **error)
{
    if (start <= end && end <= length && (text[start] & 0xc0) != 0x80 &&
        (end == length || (text[end] & 0xc0) != 0x80))
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION,
                "bytes %zu to %zu are no place in a text of %zu bytes", start, end, length);
    return false;
}

static GPtrArray *
suggest_in(PdResources *resources, const char *text, PdSpan sentence, PdSpan place, size_t max,
           const int *cancel, GError **error)
{
    g_autofree char *copy = g_strndup(text + sentence.start, sentence.end - sentence.start);
    g_autofree char *word = g_strndup(text + place.start, place.end - place.start);
    const bool is_word = strpbrk(word, " \t\r\n") == NULL && *word != '\0';
    g_autoptr(GArray) grams = pd_resources_grams(resources, copy);
    const PdSite site = {
        .text = copy,
        .grams = grams,
        .start = place.start - sentence.start,
        .end = place.end - sentence.start,
        .wrong = 0.5,
        .unknown = is_word && !pd_resources_knows(resources, word),
        .fixed = true,
    };
    g_auto(PdRepairs) repairs = { 0 };

    if (!pd_candidates_find(resources, &site, NULL, max, cancel, &repairs)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
        return NULL;
    }
    return g_steal_pointer(&repairs.repairs);
}

void
pd_checker_quote(const PdMarkup *markup, PdSpan text, GPtrArray *candidates)
{
    for (guint i = 0; i < candidates->len; i++) {
        PdCandidate *candidate = candidates->pdata[i];
        char *quoted = pd_markup_quote(markup, text, candidate->text);

        if (quoted == NULL) {
            g_ptr_array_set_size(candidates, i);
            return;
        }
        g_free(candidate->text);
        candidate->text = quoted;
    }
}

GPtrArray *
pd_checker_suggest(PdChecker *self, const char *language, const char *text, size_t length,
                   size_t start, size_t end, const PdCheckOptions *options, const int *cancel,
                   GError **error)
{
    PdResources *resources;
    g_autoptr(PdMarkup) own_markup = NULL;
    const PdMarkup *markup;
    GPtrArray *candidates;
    const char *plain;
    size_t plain_length;
    PdSpan place;

    if (!pd_checker_validate(text, length, error) ||
        !pd_checker_is_place(text, length, start, end, error))
        return NULL;
    resources = pd_checker_resources(self, language, error);
    if (resources == NULL)
        return NULL;
    if (options->markup == NULL)
        own_markup = pd_markup_new(options->format, language, text, length);
    markup = options->markup != NULL ? options->markup : own_markup;
    plain = pd_markup_text(markup, &plain_length);
    place = pd_markup_from_source(markup, (PdSpan){ start, end });
    candidates =
        suggest_in(resources, plain, sentence_around(resources, plain, plain_length, place), place,
                   options->max_candidates, cancel, error);
    if (candidates != NULL)
        pd_checker_quote(markup, place, candidates);
    return candidates;
}

/* --- score ------------------------------------------------------------------------ */

static bool
score_one(PdResources *resources, const char *text, double *ret_score, const int *cancel)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    double sum = 0;
    size_t n_tokens = 0;

    pd_segmenter_sentences(resources->segmenter, text, strlen(text), spans);
    for (guint i = 0; i < spans->len; i++) {
        const PdSpan span = g_array_index(spans, PdSpan, i);
        g_autofree char *sentence = g_strndup(text + span.start, span.end - span.start);
        const char *const texts[] = { sentence };

        if (!pd_judge_texts(resources->judge, texts, 1, cancel))
            return false;
        sum += pd_judge_correct(resources->judge, 0);
        n_tokens += pd_judge_n_tokens(resources->judge, 0);
    }
    *ret_score = n_tokens > 0 ? sum / n_tokens : 0.0;
    return true;
}

bool
pd_checker_score(PdChecker *self, const char *language, const char *const *texts, size_t n_texts,
                 double *ret_scores, const int *cancel, GError **error)
{
    PdResources *resources = pd_checker_resources(self, language, error);
    g_autofree double *scores = g_new0(double, n_texts);

    if (resources == NULL)
        return false;
    if (resources->judge == NULL) {
        g_set_error(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE, "%s: no model to score texts with",
                    language);
        return false;
    }
    for (size_t i = 0; i < n_texts; i++) {
        if (!pd_checker_validate(texts[i], strlen(texts[i]), error))
            return false;
        if (!score_one(resources, texts[i], &scores[i], cancel)) {
            g_set_error_literal(error, PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
            return false;
        }
    }
    if (n_texts > 0) /* or both are NULL */
        memcpy(ret_scores, scores, n_texts * sizeof *scores);
    return true;
}
