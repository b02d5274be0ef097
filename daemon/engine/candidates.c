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
#define LEAST_JUDGED 0.2 /* P(wrong) of a place that the discriminator doubts */
#define LEAST_DOUBT 0.04 /* the discriminator is not surer than that of a place */
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

/* Which of three features that belong together: of replacing, inserting or deleting. */
static PdFeature
of_action(PdAction action, PdFeature replaced, PdFeature inserted, PdFeature deleted)
{
    return action == PD_ACTION_INSERT ? inserted : action == PD_ACTION_DELETE ? deleted : replaced;
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

GPtrArray *
pd_candidates_propose(PdResources *resources, const PdSite *site)
{
    GPtrArray *proposals = g_ptr_array_new_with_free_func(proposal_free);

    pd_sources_propose(resources, site, proposals);
    for (guint i = 0; resources->ngrams != NULL && site->grams != NULL && i < proposals->len; i++)
        add_ngram_features(resources, site, proposals->pdata[i]);
    sort(resources, site, proposals);
    return proposals;
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

/* The part of the sentence that the judge sees; a join may reach out of the window by a word. */
static PdSpan
window_with(const PdSite *site, const GPtrArray *proposals)
{
    PdSpan w = pd_text_window(site->text, (PdSpan){ site->start, site->end }, WINDOW_BYTES);

    for (guint i = 0; i < proposals->len; i++) {
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
    w = window_with(site, proposals);
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

        p->features[of_action(p->action, PD_FEATURE_GAIN, PD_FEATURE_GAIN_INSERT,
                              PD_FEATURE_GAIN_DELETE)] =
            pd_judge_correct(judge, i + 1) - pd_judge_correct(judge, 0);
    }
    sort(resources, site, proposals);
    return true;
}

/* How likely one of the proposals is better than leaving the place as it is. */
static double
chance_of(const GPtrArray *proposals, double keep)
{
    double most = keep, sum = 0;

    for (guint i = 0; i < proposals->len; i++)
        most = MAX(most, ((PdProposal *)proposals->pdata[i])->score);
    for (guint i = 0; i < proposals->len; i++)
        sum += exp(((PdProposal *)proposals->pdata[i])->score - most);
    return sum / (sum + exp(keep - most));
}

/* The best proposal decides which bytes the finding covers; others must fit these. */
static void
take_best(const PdSite *site, const GPtrArray *proposals, double keep, size_t max, PdRepairs *ret)
{
    const PdProposal *best = proposals->pdata[0];

    ret->start = best->start;
    ret->end = best->end;
    ret->score = best->score - keep;
    ret->chance = chance_of(proposals, keep);
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
    if (!pd_candidates_judge(resources, site, list, worth_judging(site, list), cancel)) {
        pd_repairs_clear(ret);
        return false;
    }
    if (list->len > 0)
        take_best(site, list, pd_candidates_keep_score(resources, site), max, ret);
    return true;
}

void
pd_repairs_clear(PdRepairs *self)
{
    g_clear_pointer(&self->repairs, g_ptr_array_unref);
}
