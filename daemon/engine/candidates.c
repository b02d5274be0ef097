/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidates.c - repairs for one place of a sentence, the best first
 *
 * A proposal is a stretch of the sentence and what stands there afterwards. Each source adds its
 * own with a prior, a penalty in log-odds that grows with the place in the source's list; the best
 * MAX_JUDGED by prior are put into the sentence (a window of it around the place) and judged.
 * The priors were chosen on the dev sets (model/data/en/MODEL_CARD.md).
 */
#include "daemon/engine/candidates.h"

#include "daemon/engine/findings.h"
#include "daemon/engine/inflection.h"
#include "daemon/engine/rules.h"

#include <math.h>
#include <string.h>

#define MAX_JUDGED 16
#define MAX_HUNSPELL 15
#define MAX_INSERTED 10           /* function words tried before a word */
#define WINDOW_BYTES 110          /* of the sentence on each side: about twenty words */
#define PRIOR_STEP 0.25           /* a place further down Hunspell's list */
#define PRIOR_FREQUENCY 0.25      /* each log of a word's count in the corpus */
#define PRIOR_FREQUENCY_REAL 0.15 /* the same, in place of a word that exists */
#define COMMON 10.0               /* log of the count from which a word is as good as any */
#define PRIOR_DISTANCE 1.0        /* each edit after the first, for a word that does not exist */
#define PRIOR_CONFUSION -0.25     /* people wrote this for that: as Hunspell's second */
#define PRIOR_KNOWN_SLIP 2.5      /* the same, where what they wrote is no word */
#define PRIOR_INFLECTION -0.75
#define PRIOR_INSERT -1.5
#define PRIOR_COMMA -2.0
#define PRIOR_DELETE -1.5

typedef struct {
    size_t start; /* bytes of the sentence replaced */
    size_t end;
    char *text;
    double prior;
    double gain; /* how much better the sentence becomes */
    PdAction action;
} Proposal;

static void
proposal_free(gpointer data)
{
    Proposal *self = data;

    g_free(self->text);
    g_free(self);
}

typedef struct {
    PdResources *resources;
    const PdSite *site;
    char *word;      /* what stands at the place */
    char *lower;     /* the same in lower case, with straight apostrophes */
    GPtrArray *list; /* of Proposal */
} Search;

/* Of the least frequent word of a phrase (a lot); 0 for a word that is not listed. */
static double
log_frequency(const Search *s, const char *phrase)
{
    g_autofree char *lower = g_utf8_strdown(phrase, -1);
    g_auto(GStrv) words = g_strsplit(lower, " ", -1);
    double least = 20.0;

    if (s->resources->frequency == NULL)
        return 0.0;
    for (guint i = 0; words[i] != NULL; i++)
        least = MIN(least, log1p(pd_frequency_of(s->resources->frequency, words[i])));
    return least;
}

/* Rare words are seldom meant. */
static double
frequency_prior(const Search *s, const char *phrase)
{
    return (s->site->unknown ? PRIOR_FREQUENCY : PRIOR_FREQUENCY_REAL) *
           (MIN(log_frequency(s, phrase), COMMON) - COMMON);
}

/* In place of a word that exists nobody means one that the corpus hardly has (ti's, Thar). */
static bool
is_odd(const Search *s, const char *phrase)
{
    return !s->site->unknown && s->resources->frequency != NULL && log_frequency(s, phrase) <= 0.0;
}

/* Takes @text; the dictionary's straight apostrophes become the writer's. */
static char *
with_apostrophe_of(const char *word, char *taken)
{
    g_autofree char *text = taken;
    g_auto(GStrv) parts = NULL;

    if (strstr(word, "’") == NULL)
        return g_steal_pointer(&text);
    parts = g_strsplit(text, "'", -1);
    return g_strjoinv("’", parts);
}

/* The rule for a and an (rules.h) knows better than the model which one the next word takes. */
static bool
is_wrong_article(const Search *s, const char *text)
{
    const char *after = s->site->text + s->site->end;
    const size_t space = strspn(after, " \t\r\n");
    g_autofree char *next = g_strndup(after + space, strcspn(after + space, " \t\r\n"));
    const bool an = g_ascii_strcasecmp(text, "an") == 0;

    if (space == 0 || *next == '\0' || (!an && g_ascii_strcasecmp(text, "a") != 0))
        return false;
    return pd_rules_vowel_sound(next) == !an;
}

/* Takes @text. What is proposed twice keeps the better prior. */
static void
propose(Search *s, size_t start, char *taken, double prior, PdAction action)
{
    Proposal *p;

    taken = with_apostrophe_of(s->word, taken);

    for (guint i = 0; i < s->list->len; i++) {
        p = s->list->pdata[i];
        if (p->start == start && g_str_equal(p->text, taken)) {
            p->prior = MAX(p->prior, prior);
            g_free(taken);
            return;
        }
    }
    if (start == s->site->start && (g_str_equal(taken, s->word) || is_wrong_article(s, taken))) {
        g_free(taken);
        return;
    }
    p = g_new0(Proposal, 1);
    *p = (Proposal){ start, s->site->end, taken, prior, 0.0, action };
    g_ptr_array_add(s->list, p);
}

/* @text in lower case, with the capitals of the word that it replaces. */
static char *
with_case_of(const char *word, const char *text)
{
    const gunichar first = g_utf8_get_char(word);
    const char *rest = g_utf8_next_char(word);
    g_autofree char *upper = g_utf8_strup(word, -1);

    if (!g_unichar_isupper(first))
        return g_str_equal(text, "i") ? g_strdup("I") : g_strdup(text);
    if (*rest != '\0' && g_str_equal(word, upper))
        return g_utf8_strup(text, -1);
    else {
        g_autofree char *head = g_utf8_substring(text, 0, 1);
        g_autofree char *big = g_utf8_strup(head, -1);

        return g_strconcat(big, g_utf8_next_char(text), NULL);
    }
}

/* Insertions, deletions, substitutions and transpositions of neighbours (Damerau 1964), in code
 * points. */
static guint
edit_distance(const char *a, const char *b)
{
    glong n, m;
    g_autofree gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n), *y = g_utf8_to_ucs4_fast(b, -1, &m);
    g_autofree guint *d = g_new(guint, (n + 1) * (m + 1)); /* [n + 1, m + 1] */

    for (glong i = 0; i <= n; i++)
        for (glong j = 0; j <= m; j++) {
            guint *at = &d[i * (m + 1) + j];

            if (i == 0 || j == 0) {
                *at = i + j;
                continue;
            }
            *at = MIN(at[-1], at[-(m + 1)]) + 1;
            *at = MIN(*at, at[-(m + 2)] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                *at = MIN(*at, at[-2 * (m + 1) - 2] + 1);
        }
    return d[n * (m + 1) + m];
}

static void
from_hunspell(Search *s)
{
    g_auto(GStrv) words = pd_lexicon_suggest(s->resources->lexicon, s->word, MAX_HUNSPELL);

    for (guint i = 0; words[i] != NULL; i++) {
        double prior = -PRIOR_STEP * i;

        if (is_odd(s, words[i]))
            continue;
        if (s->site->unknown)
            prior -= PRIOR_DISTANCE * (MAX(edit_distance(s->word, words[i]), 1) - 1);
        prior += frequency_prior(s, words[i]);
        propose(s, s->site->start, g_strdup(words[i]), prior, PD_ACTION_REPLACE);
    }
}

static void
from_corrections(Search *s)
{
    const GArray *list = s->resources->confusions != NULL
                             ? pd_confusions_get(s->resources->confusions, s->lower)
                             : NULL;

    for (guint i = 0; list != NULL && i < list->len; i++) {
        const PdConfusion *c = &g_array_index(list, PdConfusion, i);

        if (*c->text != '\0')
            propose(s, s->site->start, with_case_of(s->word, c->text),
                    s->site->unknown ? PRIOR_KNOWN_SLIP + log(c->count) * 0.5
                                     : PRIOR_CONFUSION - PRIOR_STEP * 0.5 * i,
                    PD_ACTION_REPLACE);
    }
}

static void
from_inflection(Search *s)
{
    g_autoptr(GPtrArray) forms = g_ptr_array_new_with_free_func(g_free);

    pd_inflection_forms(s->lower, forms);
    for (guint i = 0; i < forms->len; i++)
        if (!is_odd(s, forms->pdata[i]) && pd_lexicon_knows(s->resources->lexicon, forms->pdata[i]))
            propose(s, s->site->start, with_case_of(s->word, forms->pdata[i]),
                    PRIOR_INFLECTION + frequency_prior(s, forms->pdata[i]), PD_ACTION_REPLACE);
}

/* Where the white space before the place starts. */
static size_t
space_before(const PdSite *site)
{
    size_t at = site->start;

    while (at > 0 && g_ascii_isspace(site->text[at - 1]))
        at--;
    return at;
}

/* "X word" for the function words that people most often leave out, and ", word" */
static void
from_insertion(Search *s)
{
    static const char *const articles[] = { "a", "an", "the", NULL };
    const GArray *list =
        s->resources->confusions != NULL ? pd_confusions_get(s->resources->confusions, "") : NULL;
    const char *gap = s->site->start == s->site->end ? "" : " ";
    const size_t before = space_before(s->site);

    for (guint i = 0; list != NULL && i < MIN(list->len, MAX_INSERTED); i++) {
        const char *inserted = g_array_index(list, PdConfusion, i).text;
        const int vowel = *s->word != '\0' ? pd_rules_vowel_sound(s->word) : -1;

        if ((vowel == 1 && g_str_equal(inserted, "a")) ||
            (vowel == 0 && g_str_equal(inserted, "an")))
            continue;
        if (strchr(s->lower, '\'') != NULL && g_strv_contains(articles, inserted))
            continue; /* the they're */
        propose(s, s->site->start, g_strconcat(inserted, gap, s->word, NULL),
                PRIOR_INSERT - 0.05 * i, PD_ACTION_INSERT);
    }
    if (before > 0 && before < s->site->start && g_ascii_isalnum(s->site->text[before - 1]))
        propose(s, before, g_strconcat(", ", s->word, NULL), PRIOR_COMMA, PD_ACTION_INSERT);
}

static void
from_deletion(Search *s)
{
    const size_t before = space_before(s->site);

    if (before < s->site->start) /* the space goes with the word, so that one is left */
        propose(s, before, g_strdup(""), PRIOR_DELETE, PD_ACTION_DELETE);
}

static int
by_prior(gconstpointer a, gconstpointer b)
{
    const Proposal *x = *(const Proposal *const *)a, *y = *(const Proposal *const *)b;

    return (x->prior < y->prior) - (x->prior > y->prior);
}

static int
by_score(gconstpointer a, gconstpointer b)
{
    const Proposal *x = *(const Proposal *const *)a, *y = *(const Proposal *const *)b;
    const double left = x->gain + x->prior, right = y->gain + y->prior;

    return (left < right) - (left > right);
}

static void
collect(Search *s)
{
    const bool is_word = *s->word != '\0' && g_unichar_isalpha(g_utf8_get_char(s->word));

    if (is_word) {
        from_hunspell(s);
        if (s->resources->english) {
            from_corrections(s);
            from_inflection(s);
        }
    }
    if (s->resources->english && !s->site->unknown) {
        if (is_word || *s->word == '\0')
            from_insertion(s);
        if (*s->word != '\0')
            from_deletion(s);
    }
    g_ptr_array_sort(s->list, by_prior);
    if (s->list->len > MAX_JUDGED)
        g_ptr_array_set_size(s->list, MAX_JUDGED);
}

/* The part of the sentence around the place that the judge sees, cut at white space. */
static PdSpan
window_of(const PdSite *site)
{
    const size_t length = strlen(site->text);
    PdSpan w = { site->start > WINDOW_BYTES ? site->start - WINDOW_BYTES : 0,
                 MIN(length, site->end + WINDOW_BYTES) };

    while (w.start > 0 && !g_ascii_isspace(site->text[w.start - 1]))
        w.start--;
    while (w.end < length && !g_ascii_isspace(site->text[w.end]))
        w.end++;
    return w;
}

static bool
judge(Search *s, const int *cancel)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    PdJudge *judge = s->resources->judge;
    const PdSpan w = window_of(s->site);

    g_ptr_array_add(texts, g_strndup(s->site->text + w.start, w.end - w.start));
    for (guint i = 0; i < s->list->len; i++) {
        const Proposal *p = s->list->pdata[i];

        g_ptr_array_add(texts, g_strdup_printf("%.*s%s%.*s", (int)(p->start - w.start),
                                               s->site->text + w.start, p->text,
                                               (int)(w.end - p->end), s->site->text + p->end));
    }
    if (!pd_judge_texts(judge, (const char *const *)texts->pdata, texts->len, cancel))
        return false;
    for (guint i = 0; i < s->list->len; i++)
        ((Proposal *)s->list->pdata[i])->gain =
            pd_judge_correct(judge, i + 1) - pd_judge_correct(judge, 0);
    g_ptr_array_sort(s->list, by_score);
    return true;
}

/* The best proposal decides which bytes the finding covers; others must fit these. */
static void
take_best(Search *s, size_t max, PdRepairs *ret)
{
    const Proposal *best = s->list->pdata[0];

    ret->start = best->start;
    ret->gain = best->gain + best->prior;
    for (guint i = 0; i < s->list->len && ret->repairs->len < max; i++) {
        const Proposal *p = s->list->pdata[i];
        g_autofree char *text = NULL;

        if (p->start < best->start)
            continue;
        text = g_strdup_printf("%.*s%s", (int)(p->start - best->start), s->site->text + best->start,
                               p->text);
        g_ptr_array_add(ret->repairs, pd_candidate_new(text, p->gain + p->prior, p->action));
    }
}

bool
pd_candidates_find(PdResources *resources, const PdSite *site, size_t max, const int *cancel,
                   PdRepairs *ret)
{
    g_autofree char *word = g_strndup(site->text + site->start, site->end - site->start);
    g_autofree char *down = g_utf8_strdown(word, -1);
    g_auto(GStrv) parts = g_strsplit(down, "’", -1);
    g_autofree char *lower = g_strjoinv("'", parts);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(proposal_free);
    Search s = { resources, site, word, lower, list };

    *ret = (PdRepairs){ site->start, site->end, -HUGE_VAL,
                        g_ptr_array_new_with_free_func((GDestroyNotify)pd_candidate_free) };
    if (max == 0)
        return true;
    if (cancel != NULL &&
        g_atomic_int_get(cancel) != 0) { /* Hunspell is slow and cannot be asked */
        pd_repairs_clear(ret);
        return false;
    }
    collect(&s);
    if (list->len == 0)
        return true;
    if (resources->judge != NULL && !judge(&s, cancel)) {
        pd_repairs_clear(ret);
        return false;
    }
    take_best(&s, max, ret);
    return true;
}

void
pd_repairs_clear(PdRepairs *self)
{
    g_clear_pointer(&self->repairs, g_ptr_array_unref);
}
