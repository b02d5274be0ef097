/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/backend.h"

#include "daemon/engine/checker.h"
#include "daemon/engine/error.h"
#include "daemon/engine/explain.h"
#include "daemon/engine/text.h"
#include "daemon/engine/words.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CACHE_BYTES (4 * 1024 * 1024)
#define BUSY_TRIES 20
#define BUSY_WAIT_US 100000

struct PdBackend {
    const PdOptions *options;
    ProofdClient *client; /* (nullable): the service */
    PdChecker *checker;   /* (nullable): where there is no client */
    PdWords *words;       /* (nullable): with the checker */
};

static bool
use_engine(PdBackend *self, GError **error)
{
    g_clear_object(&self->client);
    self->words = pd_words_open(NULL, error);
    if (self->words == NULL)
        return false;
    self->checker = pd_checker_new(self->options->models, self->words, CACHE_BYTES);
    pd_options_choose_models(self->options, self->checker);
    return true;
}

/* After a failed call: is it worth another? Nobody there any more: the engine takes over. */
static bool
try_again(PdBackend *self, int *tries, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (self->client == NULL || *error == NULL)
        return false;
    if (g_error_matches(*error, PROOFD_ERROR, PROOFD_ERROR_BUSY) && ++*tries < BUSY_TRIES) {
        g_clear_error(error);
        g_usleep(BUSY_WAIT_US);
        return true;
    }
    if (g_error_matches(*error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED) && *tries < BUSY_TRIES) {
        *tries += BUSY_TRIES; /* the service died: once more, which starts it or tells it is gone */
        g_clear_error(error);
        return true;
    }
    if (!g_error_matches(*error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS))
        return false;
    if (self->options->verbose)
        pd_say(_("working in this process: %s"), (*error)->message);
    g_clear_error(error);
    return use_engine(self, error);
}

PdBackend *
pd_backend_new(const PdOptions *options, GError **error)
{
    g_autoptr(PdBackend) self = g_new0(PdBackend, 1);
    g_autoptr(GError) failure = NULL;

    self->options = options;
    if (!options->local && options->models == NULL) {
        self->client = proofd_client_new();
        if (proofd_client_start(self->client, NULL, &failure)) {
            proofd_client_set_deadline(self->client, -1); /* the user ends what takes too long */
            return g_steal_pointer(&self);
        }
    }
    if (options->verbose)
        pd_say(_("working in this process: %s"),
               failure != NULL ? failure->message : _("as asked"));
    if (!use_engine(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

PdBackend *
pd_backend_new_sibling(PdBackend *self)
{
    PdBackend *sibling;

    g_return_val_if_fail(self != NULL && self->checker != NULL, NULL);
    sibling = g_new0(PdBackend, 1);
    sibling->options = self->options;
    sibling->words = pd_words_ref(self->words);
    sibling->checker = pd_checker_new_sibling(self->checker);
    return sibling;
}

void
pd_backend_free(PdBackend *self)
{
    if (self == NULL)
        return;
    g_clear_object(&self->client);
    pd_checker_free(self->checker);
    pd_words_unref(self->words);
    g_free(self);
}

/* English without its model is a mishap that would otherwise look like text without errors. */
static void
warn_of_spelling_only(PdBackend *self, const char *language)
{
    if (!self->options->quiet && g_ascii_strncasecmp(language, "en", 2) == 0 &&
        pd_checker_model(self->checker, language, NULL) == NULL)
        pd_say(_("no model for %s in %s: only spelling and small rules are checked"), language,
               pd_checker_models_dir(self->checker));
}

bool
pd_backend_prepare(PdBackend *self, const char *language, GError **error)
{
    g_autoptr(GPtrArray) none = NULL;

    if (self->checker != NULL) {
        if (!pd_checker_prepare(self->checker, language, error))
            return false;
        warn_of_spelling_only(self, language);
        return true;
    }
    none = pd_backend_check(self, language, "", NULL, error);
    return none != NULL;
}

/* @finding is in bytes of @text; @starts and @ends keep their places from one to the next. */
static ProofdFinding *
from_engine(const PdFinding *finding, PdOffsetCursor *starts, PdOffsetCursor *ends)
{
    const uint32_t start = pd_offset_cursor_at(starts, finding->start);
    const uint32_t end = pd_offset_cursor_at(ends, finding->end);
    ProofdFinding *copy = proofd_finding_new(start, end - start, pd_kind_name(finding->kind),
                                             finding->confidence, finding->message, finding->rule);

    for (guint i = 0; finding->candidates != NULL && i < finding->candidates->len; i++) {
        const PdCandidate *from = g_ptr_array_index(finding->candidates, i);

        g_ptr_array_add(copy->candidates, proofd_candidate_new(from->text, from->score,
                                                               pd_action_name(from->action)));
    }
    return copy;
}

static bool
to_engine(ProofdOptions *options, PdCheckOptions *ret_options, GError **error)
{
    const char *level, *variant, *format;

    *ret_options = (PdCheckOptions)PD_CHECK_OPTIONS_INIT;
    if (options == NULL)
        return true;
    level = proofd_options_get_level(options);
    if (level != NULL && !pd_level_from_name(level, &ret_options->level)) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION, "unknown level \"%s\"", level);
        return false;
    }
    variant = proofd_options_get_variant(options);
    if (variant != NULL && !pd_variant_from_name(variant, &ret_options->variant)) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION, "unknown variant \"%s\"", variant);
        return false;
    }
    format = proofd_options_get_format(options);
    if (format != NULL && !pd_format_from_name(format, &ret_options->format)) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION, "unknown format \"%s\"", format);
        return false;
    }
    if (proofd_options_get_max_candidates(options) >= 0)
        ret_options->max_candidates = proofd_options_get_max_candidates(options);
    ret_options->disable = proofd_options_get_disable(options);
    ret_options->words = proofd_options_get_words(options);
    return true;
}

static GPtrArray *
check_locally(PdBackend *self, const char *language, const char *text, ProofdOptions *options,
              GError **error)
{
    g_autoptr(GPtrArray) found = NULL;
    GPtrArray *list;
    PdCheckOptions wanted;
    PdOffsetCursor starts, ends;

    if (!to_engine(options, &wanted, error))
        return NULL;
    found = pd_checker_check(self->checker, language, text, strlen(text), &wanted, NULL, error);
    if (found == NULL)
        return NULL;
    list = g_ptr_array_new_full(found->len, (GDestroyNotify)proofd_finding_unref);
    pd_offset_cursor_init(&starts, text, PD_OFFSETS_CHARS);
    pd_offset_cursor_init(&ends, text, PD_OFFSETS_CHARS);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(list, from_engine(g_ptr_array_index(found, i), &starts, &ends));
    return list;
}

GPtrArray *
pd_backend_check(PdBackend *self, const char *language, const char *text, ProofdOptions *options,
                 GError **error)
{
    g_autoptr(GError) failure = NULL;
    GPtrArray *list;
    int tries = 0;

    do {
        list = self->client != NULL
                   ? proofd_client_check(self->client, language, text, options, NULL, &failure)
                   : check_locally(self, language, text, options, &failure);
    } while (list == NULL && try_again(self, &tries, &failure));
    if (list == NULL)
        g_propagate_error(error, g_steal_pointer(&failure));
    return list;
}

static void
place_in_chars(const char *text, PdSpan span, uint32_t *ret_start, uint32_t *ret_length)
{
    *ret_start = g_utf8_pointer_to_offset(text, text + span.start);
    *ret_length = g_utf8_pointer_to_offset(text + span.start, text + span.end);
}

/* @engine is in bytes of @text. */
static ProofdExplanation *
explanation_from_engine(const PdExplanation *engine, const char *text)
{
    ProofdExplanation *copy = proofd_explanation_new();
    PdOffsetCursor starts, ends;

    place_in_chars(text, engine->sentence, &copy->sentence_start, &copy->sentence_length);
    place_in_chars(text, engine->place, &copy->start, &copy->length);
    copy->known = engine->known;
    g_free(copy->reason);
    copy->reason = g_strdup(engine->reason != NULL ? engine->reason : "");
    for (guint i = 0; i < engine->chances->len; i++) {
        const PdChance *chance = &g_array_index(engine->chances, PdChance, i);

        g_ptr_array_add(copy->chances, proofd_chance_new(chance->name, chance->chance));
    }
    for (guint i = 0; i < engine->pages->len; i++) {
        const PdRulePage *page = &g_array_index(engine->pages, PdRulePage, i);

        g_ptr_array_add(copy->pages, proofd_rule_page_new(page->rule, page->title, page->text,
                                                          page->wrong, page->right));
    }
    pd_offset_cursor_init(&starts, text, PD_OFFSETS_CHARS);
    pd_offset_cursor_init(&ends, text, PD_OFFSETS_CHARS);
    for (guint i = 0; i < engine->contributions->len; i++) {
        const PdContribution *from = &g_array_index(engine->contributions, PdContribution, i);
        const uint32_t start = pd_offset_cursor_at(&starts, from->place.start);
        const uint32_t end = pd_offset_cursor_at(&ends, from->place.end);

        g_ptr_array_add(copy->contributions,
                        proofd_contribution_new(start, end - start, from->log_odds));
    }
    for (guint i = 0; i < engine->findings->len; i++)
        g_ptr_array_add(copy->findings,
                        from_engine(g_ptr_array_index(engine->findings, i), &starts, &ends));
    return copy;
}

static ProofdExplanation *
explain_locally(PdBackend *self, const char *language, const char *text, uint32_t start,
                ProofdOptions *options, GError **error)
{
    g_autoptr(PdExplanation) explanation = NULL;
    PdCheckOptions wanted;
    size_t bytes;

    if (!to_engine(options, &wanted, error))
        return NULL;
    if (!pd_text_offset_to_bytes(text, strlen(text), PD_OFFSETS_CHARS, start, &bytes)) {
        g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION, "start %u: not in the text", start);
        return NULL;
    }
    explanation = pd_checker_explain(self->checker, language, text, strlen(text), bytes, bytes,
                                     &wanted, NULL, error);
    return explanation != NULL ? explanation_from_engine(explanation, text) : NULL;
}

ProofdExplanation *
pd_backend_explain(PdBackend *self, const char *language, const char *text, uint32_t start,
                   ProofdOptions *options, GError **error)
{
    g_autoptr(GError) failure = NULL;
    ProofdExplanation *explanation;
    int tries = 0;

    do {
        explanation = self->client != NULL
                          ? proofd_client_explain(self->client, language, text, start, 0, options,
                                                  NULL, &failure)
                          : explain_locally(self, language, text, start, options, &failure);
    } while (explanation == NULL && try_again(self, &tries, &failure));
    if (explanation == NULL)
        g_propagate_error(error, g_steal_pointer(&failure));
    return explanation;
}

static bool
score_remotely(ProofdClient *client, const char *language, const char *const *texts,
               double *ret_scores, GError **error)
{
    gsize n_scores = 0;
    g_autofree double *scores =
        proofd_client_score(client, language, texts, NULL, &n_scores, error);

    for (gsize i = 0; scores != NULL && i < n_scores; i++)
        ret_scores[i] = scores[i];
    return scores != NULL;
}

bool
pd_backend_score(PdBackend *self, const char *language, const char *const *texts, size_t n_texts,
                 double *ret_scores, GError **error)
{
    g_autoptr(GError) failure = NULL;
    int tries = 0;
    bool done;

    do {
        done = self->client != NULL
                   ? score_remotely(self->client, language, texts, ret_scores, &failure)
                   : pd_checker_score(self->checker, language, texts, n_texts, ret_scores, NULL,
                                      &failure);
    } while (!done && try_again(self, &tries, &failure));
    if (!done)
        g_propagate_error(error, g_steal_pointer(&failure));
    return done;
}

static bool
add_one_by_one(ProofdClient *client, const char *const *words, GError **error)
{
    for (; *words != NULL; words++) {
        if (!proofd_client_add_word(client, *words, NULL, error)) {
            g_prefix_error(error, "%s: ", *words);
            return false;
        }
    }
    return true;
}

bool
pd_backend_add_words(PdBackend *self, const char *const *words, GError **error)
{
    if (self->client != NULL)
        return add_one_by_one(self->client, words, error);
    return pd_words_add(self->words, words, error) >= 0;
}

bool
pd_backend_remove_word(PdBackend *self, const char *word, GError **error)
{
    if (self->client != NULL)
        return proofd_client_remove_word(self->client, word, NULL, error);
    return pd_words_remove(self->words, word, error);
}

char **
pd_backend_words(PdBackend *self, GError **error)
{
    if (self->client != NULL)
        return proofd_client_get_words(self->client, NULL, error);
    return pd_words_list(self->words);
}
