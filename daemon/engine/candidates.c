/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidates.c - repairs for one place of a sentence, the best first
 */
#include "daemon/engine/candidates.h"

#include "daemon/engine/findings.h"
#include "daemon/engine/sources.h"

#include <math.h>
#include <string.h>

#define MAX_JUDGED 10 /* of a place that the discriminator doubts */
#define MAX_TRIED 4   /* of another */
#define MAX_GAP 3.0   /* unjudged, to the best: of what people meant 1 % is farther behind */
#define MAX_GAP_UNKNOWN 5.0
/* How far an unknown word's best repair, unjudged, is ahead of leaving the word, and of the next
 * repair: so that judging does not change it (it did with none of 360 in the gold sets), and so
 * that Hunspell is not asked for more. */
#define SURE_SCORE 2.0
#define SURE_GAP 1.5
#define ENOUGH_SCORE -3.0
#define ENOUGH_GAP 1.0
#define LEAST_ASKED 0.2  /* P(wrong) from which Hunspell is asked where nobody else has a repair */
#define LEAST_JUDGED 0.2 /* P(wrong) of a place that the discriminator doubts */
#define LEAST_DOUBT 0.04 /* the discriminator is not surer than that of a place */
#define NEVER -2.5       /* score against leaving the place that no repair worth naming has */
#define WINDOW_BYTES 110 /* of the sentence on each side: about twenty words */

static void
proposal_free(gpointer data)
{
    PdProposal *self = data;

    g_free(self->text);
    g_free(self);
}

static const PdRankingOf *
ranking_of(const PdResources *resources, const PdSite *site)
{
    return site->unknown ? &resources->ranking.unknown : &resources->ranking.known;
}

/* Which of three features that belong together: of replacing, inserting or deleting. */
static PdFeature
of_action(PdAction action, PdFeature replaced, PdFeature inserted, PdFeature deleted)
{
    return action == PD_ACTION_INSERT ? inserted : action == PD_ACTION_DELETE ? deleted : replaced;
}

static PdFeature
gain_of(const PdProposal *p)
{
    return of_action(p->action, PD_FEATURE_GAIN, PD_FEATURE_GAIN_INSERT, PD_FEATURE_GAIN_DELETE);
}

static int
by_score(gconstpointer a, gconstpointer b)
{
    const PdProposal *x = *(const PdProposal *const *)a, *y = *(const PdProposal *const *)b;

    return (x->score < y->score) - (x->score > y->score);
}

static void
sort(const PdResources *resources, const PdSite *site, GPtrArray *proposals)
{
    const PdRankingOf *ranking = ranking_of(resources, site);

    for (guint i = 0; i < proposals->len; i++) {
        PdProposal *p = proposals->pdata[i];

        p->score = 0;
        for (guint k = 0; k < PD_N_FEATURES; k++)
            p->score += ranking->weights[k] * p->features[k];
    }
    g_ptr_array_sort(proposals, by_score);
}

static void
add_ngram_features(const PdResources *resources, const PdSite *site, PdProposal *p)
{
    const PdSpan place = { p->start, p->end };
    const PdNgramGain gain =
        pd_ngrams_gain(resources->ngrams, site->text, site->grams, place, p->text);

    p->features[of_action(p->action, PD_FEATURE_NGRAM, PD_FEATURE_NGRAM_INSERT,
                          PD_FEATURE_NGRAM_DELETE)] = gain.usual;
    p->features[of_action(p->action, PD_FEATURE_ALONE, PD_FEATURE_ALONE_INSERT,
                          PD_FEATURE_ALONE_DELETE)] = gain.alone;
    p->features[PD_FEATURE_ADDED] = MAX(gain.added, 0);
    p->features[PD_FEATURE_REMOVED] = MAX(-gain.added, 0);
}

double
pd_candidates_keep_score(const PdResources *resources, const PdSite *site)
{
    const PdRankingOf *ranking = ranking_of(resources, site);
    const double wrong = CLAMP(site->wrong, LEAST_DOUBT, 1.0 - LEAST_DOUBT);
    const bool capital = g_unichar_isupper(g_utf8_get_char(site->text + site->start));

    return ranking->keep + (capital ? ranking->keep_capital : 0.0) -
           ranking->doubt * log(wrong / (1.0 - wrong));
}

/* Is the first repair of a word that does not exist ahead of leaving it by @score, and of the next
 * by @gap? */
static bool
is_ahead(const PdResources *resources, const PdSite *site, const GPtrArray *proposals, double score,
         double gap)
{
    const PdProposal *first = proposals->len > 0 ? proposals->pdata[0] : NULL;
    const PdProposal *second = proposals->len > 1 ? proposals->pdata[1] : NULL;

    return site->unknown && first != NULL &&
           first->score - pd_candidates_keep_score(resources, site) >= score &&
           (second == NULL || first->score - second->score >= gap);
}

/* The features of proposals from @first on that the words around give. */
static void
add_context(const PdResources *resources, const PdSite *site, GPtrArray *proposals, guint first)
{
    for (guint i = first; resources->ngrams != NULL && site->grams != NULL && i < proposals->len;
         i++)
        add_ngram_features(resources, site, proposals->pdata[i]);
    sort(resources, site, proposals);
}

/* Hunspell, which is not asked, is taken to have the same order. */
static void
place_in_order(const PdResources *resources, const PdSite *site, GPtrArray *proposals)
{
    for (guint i = 0; i < proposals->len; i++) {
        PdProposal *p = proposals->pdata[i];

        p->features[PD_FEATURE_HUNSPELL] = 1.0 / (1 + i);
        p->features[PD_FEATURE_PLACE] = i;
    }
    sort(resources, site, proposals);
}

/* The part of the sentence that the judge sees with the first @n proposals; a join may reach out of
 * the window by a word. */
static PdSpan
window_with(const PdSite *site, const GPtrArray *proposals, guint n)
{
    PdSpan w = pd_text_window(site->text, (PdSpan){ site->start, site->end }, WINDOW_BYTES);

    for (guint i = 0; i < n; i++) {
        const PdProposal *p = proposals->pdata[i];

        w.start = MIN(w.start, p->start);
        w.end = MAX(w.end, p->end);
    }
    return w;
}

bool
pd_candidates_judge(PdResources *resources, const PdSite *site, GPtrArray *proposals, guint max,
                    const int *cancel)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    PdJudge *judge = resources->judge;
    PdSpan w;

    if (proposals->len > max)
        g_ptr_array_set_size(proposals, max);
    if (judge == NULL || proposals->len == 0)
        return true;
    w = window_with(site, proposals, proposals->len);
    g_ptr_array_add(texts, g_strndup(site->text + w.start, w.end - w.start));
    for (guint i = 0; i < proposals->len; i++) {
        const PdProposal *p = proposals->pdata[i];

        g_ptr_array_add(texts, g_strdup_printf("%.*s%s%.*s", (int)(p->start - w.start),
                                               site->text + w.start, p->text, (int)(w.end - p->end),
                                               site->text + p->end));
    }
    if (!pd_judge_texts(judge, (const char *const *)texts->pdata, texts->len, cancel))
        return false;
    for (guint i = 0; i < proposals->len; i++) {
        PdProposal *p = proposals->pdata[i];

        p->features[gain_of(p)] = pd_judge_correct(judge, i + 1) - pd_judge_correct(judge, 0);
    }
    sort(resources, site, proposals);
    return true;
}

/* How likely one of the first @n proposals is better than leaving the place as it is; @most_gain:
 * what the discriminator may add to them. */
static double
chance_of(const PdRankingOf *ranking, const GPtrArray *proposals, guint n, double most_gain,
          double keep)
{
    g_autofree double *scores = g_new(double, n);
    double most = keep, sum = 0;

    for (guint i = 0; i < n; i++) {
        const PdProposal *p = proposals->pdata[i];

        scores[i] = p->score + ranking->weights[gain_of(p)] * most_gain;
        most = MAX(most, scores[i]);
    }
    for (guint i = 0; i < n; i++)
        sum += exp(scores[i] - most);
    return sum / (sum + exp(keep - most));
}

/*
 * The most that judging can add to the gain of a repair: no text is better than one without any
 * doubt, so none gains more than the sentence as it stands lacks, which the judge remembers.
 * HUGE_VAL where nothing is known of that: without a judge, or with weights below 0. -1: cancelled
 */
static double
most_gain(PdResources *resources, const PdSite *site, const int *cancel)
{
    const double *weights = ranking_of(resources, site)->weights;

    if (resources->judge == NULL ||
        MIN(weights[PD_FEATURE_GAIN],
            MIN(weights[PD_FEATURE_GAIN_INSERT], weights[PD_FEATURE_GAIN_DELETE])) < 0)
        return HUGE_VAL;
    if (!pd_judge_texts(resources->judge, (const char *const[]){ site->text }, 1, cancel))
        return -1.0;
    return -pd_judge_correct(resources->judge, 0);
}

/* Is there a repair that Hunspell would put first, too? It knows more compounds: follow-through. */
static bool
is_enough(const PdResources *resources, const PdSite *site, const GPtrArray *proposals)
{
    return is_ahead(resources, site, proposals, ENOUGH_SCORE, ENOUGH_GAP) &&
           ((PdProposal *)proposals->pdata[0])->features[PD_FEATURE_SPLIT] == 0;
}

/*
 * Hunspell takes some 25 ms a word. It is not asked where another source already has a repair that
 * is clearly the best; nor where the discriminator finds the word so right, as it does with names
 * and terms, that no repair would reach the site's least chance even if Hunspell came upon it, too.
 */
static bool
is_dictionary_worth_asking(PdResources *resources, const PdSite *site, const GPtrArray *proposals)
{
    const PdRankingOf *ranking = ranking_of(resources, site);
    double gain;

    if (!resources->english || !site->unknown)
        return true;
    if (is_enough(resources, site, proposals))
        return false;
    if (proposals->len == 0 || site->least == 0)
        return site->least == 0 || site->wrong >= LEAST_ASKED;
    gain = most_gain(resources, site, NULL);
    return gain == HUGE_VAL || chance_of(ranking, proposals, proposals->len, gain,
                                         pd_candidates_keep_score(resources, site) -
                                             ranking->weights[PD_FEATURE_HUNSPELL]) >= site->least;
}

GPtrArray *
pd_candidates_propose(PdResources *resources, const PdSite *site)
{
    GPtrArray *proposals = g_ptr_array_new_with_free_func(proposal_free);
    guint n;

    pd_sources_propose(resources, site, proposals);
    add_context(resources, site, proposals, 0);
    if (!is_dictionary_worth_asking(resources, site, proposals)) {
        if (is_enough(resources, site, proposals))
            place_in_order(resources, site, proposals);
        return proposals;
    }
    n = proposals->len;
    pd_sources_ask_dictionary(resources, site, proposals);
    add_context(resources, site, proposals, n);
    return proposals;
}

/*
 * Leaves out proposals for an existing word, but the first, that are hopeless even with @gain.
 * Returns: how many of the first @n are left
 */
static guint
drop_hopeless(const PdResources *resources, const PdSite *site, GPtrArray *proposals, guint n,
              double gain)
{
    const PdRankingOf *ranking = ranking_of(resources, site);
    const double least = pd_candidates_keep_score(resources, site) + NEVER;

    if (site->unknown)
        return n;
    for (guint i = n; i-- > 1;) {
        const PdProposal *p = proposals->pdata[i];

        if (p->score + ranking->weights[gain_of(p)] * gain <= least) {
            g_ptr_array_remove_index(proposals, i);
            n--;
        }
    }
    return n;
}

/* The best proposal decides which bytes the finding covers; others must fit these. */
static void
take_best(const PdResources *resources, const PdSite *site, const GPtrArray *proposals, size_t max,
          PdRepairs *ret)
{
    const double keep = pd_candidates_keep_score(resources, site);
    const PdProposal *best = proposals->pdata[0];

    ret->start = best->start;
    ret->end = best->end;
    ret->score = best->score - keep;
    ret->chance = chance_of(ranking_of(resources, site), proposals, proposals->len, 0.0, keep);
    for (guint i = 0; i < proposals->len && ret->repairs->len < max; i++) {
        const PdProposal *p = proposals->pdata[i];
        g_autofree char *text = NULL;

        if (p->start < best->start || p->end > best->end)
            continue;
        text =
            g_strdup_printf("%.*s%s%.*s", (int)(p->start - best->start), site->text + best->start,
                            p->text, (int)(best->end - p->end), site->text + p->end);
        g_ptr_array_add(ret->repairs, pd_candidate_new(text, p->score - keep, p->action));
    }
}

/* How many of the proposals, the best first, have a chance to become the best once judged. */
static guint
worth_judging(const PdSite *site, const GPtrArray *proposals)
{
    const bool doubted = site->unknown || site->wrong >= LEAST_JUDGED;
    const bool asked = site->fixed && !site->unknown; /* somebody wants to see what there is */
    const double gap = asked ? HUGE_VAL : site->unknown ? MAX_GAP_UNKNOWN : MAX_GAP;
    guint n = MIN(proposals->len, doubted ? MAX_JUDGED : MAX_TRIED);

    while (n > 1 && ((PdProposal *)proposals->pdata[n - 1])->score <
                        ((PdProposal *)proposals->pdata[0])->score - gap)
        n--;
    return n;
}

/* Orders the proposals by what the discriminator says of the best, where that can matter; drops
 * the others. @ret_chance: the most that the place's can be, if too little. false: cancelled */
static bool
decide(PdResources *resources, const PdSite *site, GPtrArray *proposals, const int *cancel,
       double *ret_chance)
{
    guint n = worth_judging(site, proposals);
    const double gain = site->least > 0 ? most_gain(resources, site, cancel) : HUGE_VAL;

    if (gain < 0)
        return false;
    if (gain < HUGE_VAL && n > 0) {
        *ret_chance = chance_of(ranking_of(resources, site), proposals, n, gain,
                                pd_candidates_keep_score(resources, site));
        if (*ret_chance < site->least) {
            g_ptr_array_set_size(proposals, 0);
            return true;
        }
        n = drop_hopeless(resources, site, proposals, n, gain);
    }
    if (!is_ahead(resources, site, proposals, SURE_SCORE, SURE_GAP))
        return pd_candidates_judge(resources, site, proposals, n, cancel);
    g_ptr_array_set_size(proposals, n);
    return true;
}

bool
pd_candidates_find(PdResources *resources, const PdSite *site, GPtrArray *proposals, size_t max,
                   const int *cancel, PdRepairs *ret)
{
    g_autoptr(GPtrArray) list = proposals;

    *ret = (PdRepairs){ site->start, site->end, site->wrong, -HUGE_VAL,
                        g_ptr_array_new_with_free_func((GDestroyNotify)pd_candidate_free) };
    if (max == 0)
        return true;
    if (cancel != NULL &&
        g_atomic_int_get(cancel) != 0) { /* Hunspell is slow and cannot be asked */
        pd_repairs_clear(ret);
        return false;
    }
    if (list == NULL)
        list = pd_candidates_propose(resources, site);
    if (list->len == 0 && !is_dictionary_worth_asking(resources, site, list))
        ret->chance = 0; /* right, for all that is known */
    if (!decide(resources, site, list, cancel, &ret->chance)) {
        pd_repairs_clear(ret);
        return false;
    }
    if (list->len > 0)
        take_best(resources, site, list, max, ret);
    return true;
}

void
pd_repairs_clear(PdRepairs *self)
{
    g_clear_pointer(&self->repairs, g_ptr_array_unref);
}
