/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain.c - why a place of a text was reported, or was not
 *
 * The sentence is checked as any other; then it is judged once more, together with copies of its
 * part around the place from each of which one word is left out.
 */
#include "daemon/engine/explain.h"

#include "daemon/engine/checker-private.h"
#include "daemon/engine/error.h"
#include "daemon/engine/sentence.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define WINDOW_BYTES 400 /* on each side of the place, of which words are left out */

typedef struct {
    PdCheckPlace at;
    PdSentence *sentence;
    PdSpan place; /* bytes of the sentence */
    guint first;  /* tokens of the place */
    guint last;
    PdLevel level;
    const int *cancel;
    double wrong; /* what the model says of the place, once it was asked */
    PdKind kind;
} Scene;

void
pd_explanation_free(PdExplanation *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->chances);
    g_array_unref(self->contributions);
    g_array_unref(self->pages);
    g_clear_pointer(&self->findings, g_ptr_array_unref);
    g_free(self->reason);
    g_free(self);
}

static const PdToken *
token_at(const Scene *s, guint i)
{
    return &g_array_index(s->sentence->tokens, PdToken, i);
}

static PdSpan
to_source(const Scene *s, PdSpan sentence)
{
    const size_t offset = s->at.sentence.start;

    return pd_markup_to_source(s->at.markup,
                               (PdSpan){ sentence.start + offset, sentence.end + offset });
}

/* The words that the place touches, or the next one. */
static bool
find_words(Scene *s, GError **error)
{
    const guint n = s->sentence->tokens->len;
    const size_t start = s->at.place.start - s->at.sentence.start;
    const size_t end = s->at.place.end - s->at.sentence.start;

    if (n == 0) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_NOT_FOUND, "there is no word in the text");
        return false;
    }
    while (s->first + 1 < n && token_at(s, s->first)->end <= start)
        s->first++;
    s->last = s->first;
    while (s->last + 1 < n && token_at(s, s->last + 1)->start < end)
        s->last++;
    s->place = (PdSpan){ token_at(s, s->first)->start, token_at(s, s->last)->end };
    return true;
}

/* --- chances --------------------------------------------------------------------- */

static int
by_chance(gconstpointer a, gconstpointer b)
{
    const PdChance *x = a, *y = b;

    return (x->chance < y->chance) - (x->chance > y->chance);
}

static void
add_chance(GArray *chances, const char *name, double chance)
{
    g_array_append_vals(chances, &(PdChance){ name, chance }, 1);
}

static void
take_chances(Scene *s, GArray *chances)
{
    const PdJudge *judge = s->at.resources->judge;
    double kinds[PD_N_KINDS];
    const double correct = pd_judge_chances(judge, 0, s->place.start, s->place.end, kinds);

    s->wrong = 1.0 - correct;
    s->kind = pd_judge_kind(judge, 0, s->place.start, s->place.end);
    add_chance(chances, "correct", correct);
    if (!pd_judge_has_kinds(judge))
        add_chance(chances, "wrong", s->wrong);
    for (guint kind = 0; pd_judge_has_kinds(judge) && kind < PD_N_KINDS; kind++)
        add_chance(chances, pd_kind_name(kind), kinds[kind]);
    g_array_sort(chances, by_chance);
}

/* --- contributions ---------------------------------------------------------------- */

/* The tokens of the window that are nearest to the place, in order: [first, last]. */
static void
nearest_tokens(const Scene *s, PdSpan window, guint *ret_first, guint *ret_last)
{
    const guint n = s->sentence->tokens->len;
    guint left = PD_MAX_CONTRIBUTIONS;

    *ret_first = s->first;
    *ret_last = s->last;
    for (bool more = true; more && left > 0;) {
        more = false;
        if (*ret_first > 0 && token_at(s, *ret_first - 1)->start >= window.start) {
            --*ret_first;
            left--;
            more = true;
        }
        if (left > 0 && *ret_last + 1 < n && token_at(s, *ret_last + 1)->end <= window.end) {
            ++*ret_last;
            left--;
            more = true;
        }
    }
}

static bool
is_letter(char c)
{
    return g_ascii_isalnum(c) || (c & 0x80) != 0;
}

/* The window without a token: one space stays where two would, and one parts what would join. */
static char *
text_without(const Scene *s, PdSpan window, const PdToken *token, PdSpan *ret_place)
{
    const char *text = s->sentence->text;
    size_t from = token->start, to = token->end;
    const bool space_left = from == window.start || g_ascii_isspace(text[from - 1]);
    const bool space_right = to == window.end || g_ascii_isspace(text[to]);
    const bool joins =
        !space_left && !space_right && is_letter(text[from - 1]) && is_letter(text[to]);
    size_t shift = window.start;

    if (space_left && space_right && to < window.end)
        to++;
    else if (space_left && space_right && from > window.start)
        from--;
    if (token->end <= s->place.start)
        shift += to - from - joins;
    *ret_place = (PdSpan){ s->place.start - shift, s->place.end - shift };
    return g_strdup_printf("%.*s%s%.*s", (int)(from - window.start), text + window.start,
                           joins ? " " : "", (int)(window.end - to), text + to);
}

static double
log_odds(double chance)
{
    const double p = CLAMP(chance, 1e-6, 1.0 - 1e-6);

    return log(p / (1.0 - p));
}

static double
log_odds_in(const Scene *s, size_t text, PdSpan place)
{
    return log_odds(pd_judge_wrong(s->at.resources->judge, text, place.start, place.end));
}

/* Texts 0 and 1 of the batch are the sentence and its window; false if cancelled. */
static bool
judge(Scene *s, PdExplanation *explanation)
{
    const PdSpan window = pd_text_window(s->sentence->text, s->place, WINDOW_BYTES);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    double base;
    guint first, last;

    nearest_tokens(s, window, &first, &last);
    g_ptr_array_add(texts, g_strdup(s->sentence->text));
    g_ptr_array_add(texts, g_strndup(s->sentence->text + window.start, window.end - window.start));
    for (guint i = first; i <= last; i++) {
        const PdToken *token = token_at(s, i);
        PdContribution c = { .place = to_source(s, (PdSpan){ token->start, token->end }) };
        PdSpan place;

        if (i >= s->first && i <= s->last)
            continue;
        g_ptr_array_add(texts, text_without(s, window, token, &place));
        g_array_append_val(places, place);
        g_array_append_val(explanation->contributions, c);
    }
    if (!pd_judge_texts(s->at.resources->judge, (const char *const *)texts->pdata, texts->len,
                        s->cancel))
        return false;
    take_chances(s, explanation->chances);
    base =
        log_odds_in(s, 1, (PdSpan){ s->place.start - window.start, s->place.end - window.start });
    for (guint i = 0; i < places->len; i++)
        g_array_index(explanation->contributions, PdContribution, i).log_odds =
            base - log_odds_in(s, i + 2, g_array_index(places, PdSpan, i));
    return true;
}

/* --- why not? ---------------------------------------------------------------------- */

static bool
knows(const Scene *s, guint i)
{
    return token_at(s, i)->kind != PD_TOKEN_WORD ||
           pd_sentence_knows(s->sentence, s->at.resources, i);
}

static bool
is_judged(const Scene *s)
{
    for (guint i = s->first; i <= s->last; i++)
        if (token_at(s, i)->kind == PD_TOKEN_WORD || token_at(s, i)->kind == PD_TOKEN_PUNCT)
            return true;
    return false;
}

/* What stands in the way with a model, for a sentence in its language. */
static char *
weak_evidence(const Scene *s, bool known)
{
    const PdThresholds *t = &s->at.resources->levels.at[s->level];
    const double least = s->wrong < t->look ? t->look : t->report[s->kind];
    const char *level = pd_level_name(s->level);

    if (!known)
        return g_strdup_printf(_("The dictionary does not know the word. But the chance that it is "
                                 "wrong, %.2f, and what its best correction would gain are too "
                                 "little for level %s: it may be a name or a new word."),
                               s->wrong, level);
    if (s->wrong < least)
        return g_strdup_printf(
            _("The chance that something is wrong here is %.2f; level %s reports "
              "from %.2f."),
            s->wrong, level, least);
    return g_strdup(_("No correction fits well enough, the sentence is too short to be judged, or "
                      "this place looks right once its other errors are mended."));
}

static char *
reason_of(const Scene *s, const PdChecker *checker, const PdCheck *check, bool known)
{
    const PdSpan text = { s->at.sentence.start + s->place.start,
                          s->at.sentence.start + s->place.end };

    if (pd_check_excuses(check, text))
        return g_strdup(_("What was found here is left out: its rule is turned off, it is one of "
                          "your words, a name that occurs several times, or code."));
    if (!is_judged(s))
        return g_strdup(_("Numbers, addresses, file names and identifiers are not judged."));
    if (!pd_sentence_is_in_language(s->sentence, s->at.resources, checker->guard))
        return g_strdup_printf(_("The sentence does not seem to be in the language asked for (%s), "
                                 "so nothing in it is reported."),
                               pd_lexicon_language(s->at.resources->lexicon));
    if (s->at.resources->judge == NULL)
        return g_strdup(_("The dictionary knows the word, and the language has no model that could "
                          "doubt it."));
    return weak_evidence(s, known);
}

/* --- all together -------------------------------------------------------------------- */

static GPtrArray *
findings_at(PdCheck *check, PdSpan source, const int *cancel, GError **error)
{
    g_autoptr(GPtrArray) all = NULL;
    GPtrArray *here;
    bool done = false;

    while (!done)
        if (!pd_check_step(check, cancel, cancel, &done, error))
            return NULL;
    all = pd_check_take_findings(check);
    here = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    for (guint i = 0; i < all->len; i++) {
        const PdFinding *finding = all->pdata[i];

        if (finding->start < source.end && finding->end > source.start)
            g_ptr_array_add(here, g_steal_pointer(&all->pdata[i]));
    }
    return here;
}

static void
take_page(GArray *pages, const char *rule)
{
    PdRulePage page;

    for (guint i = 0; i < pages->len; i++)
        if (g_str_equal(g_array_index(pages, PdRulePage, i).rule, rule))
            return;
    if (pd_checker_rule_page(rule, &page))
        g_array_append_val(pages, page);
}

static PdExplanation *
explain(Scene *s, PdCheck *check, GError **error)
{
    g_autoptr(PdExplanation) self = g_new0(PdExplanation, 1);

    self->chances = g_array_new(FALSE, FALSE, sizeof(PdChance));
    self->contributions = g_array_new(FALSE, FALSE, sizeof(PdContribution));
    self->pages = g_array_new(FALSE, FALSE, sizeof(PdRulePage));
    self->sentence = to_source(s, (PdSpan){ 0, strlen(s->sentence->text) });
    self->place = to_source(s, s->place);
    self->known = true;
    for (guint i = s->first; i <= s->last; i++)
        self->known = self->known && knows(s, i);
    self->findings = findings_at(check, self->place, s->cancel, error);
    if (self->findings == NULL)
        return NULL;
    for (guint i = 0; i < self->findings->len; i++)
        take_page(self->pages, ((PdFinding *)self->findings->pdata[i])->rule);
    if (s->at.resources->judge != NULL && !judge(s, self)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
        return NULL;
    }
    return g_steal_pointer(&self);
}

PdExplanation *
pd_checker_explain(PdChecker *self, const char *language, const char *text, size_t length,
                   size_t start, size_t end, const PdCheckOptions *options, const int *cancel,
                   GError **error)
{
    g_autoptr(PdCheck) check = pd_check_new(self, language, text, length, options, error);
    g_autoptr(PdSentence) sentence = NULL;
    g_autoptr(PdExplanation) explanation = NULL;
    Scene s = { .level = options->level, .cancel = cancel };

    if (check == NULL || !pd_checker_is_place(text, length, start, end, error))
        return NULL;
    pd_check_narrow(check, (PdSpan){ start, end }, &s.at);
    sentence = pd_sentence_new(s.at.resources, g_strndup(s.at.text + s.at.sentence.start,
                                                         s.at.sentence.end - s.at.sentence.start));
    s.sentence = sentence;
    if (!find_words(&s, error))
        return NULL;
    explanation = explain(&s, check, error);
    if (explanation == NULL)
        return NULL;
    if (explanation->findings->len == 0)
        explanation->reason = reason_of(&s, self, check, explanation->known);
    return g_steal_pointer(&explanation);
}
