/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where repairs come from, and what is done with them, with the shipped model and dictionaries. */
#include "daemon/engine/candidates.h"
#include "daemon/engine/findings.h"
#include "daemon/engine/sentence.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define MAX_REPAIRS 5

typedef struct {
    PdModels *models;
    PdResources *resources;
    PdSentence *sentence; /* of the last site */
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(GError) error = NULL;

    self->models = pd_models_new(dir);
    self->resources = pd_resources_new(self->models, "en_US", &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    pd_sentence_free(self->sentence);
    pd_resources_free(self->resources);
    pd_models_unref(self->models);
}

/* The site of the token @word in @text; borrowed by the fixture until the next. */
static PdSite
site_of(Fixture *self, const char *text, const char *word)
{
    const PdToken *token;
    PdSite site;
    guint i = 0;

    g_clear_pointer(&self->sentence, pd_sentence_free);
    self->sentence = pd_sentence_new(self->resources, g_strdup(text));
    site = (PdSite){ .text = self->sentence->text, .grams = self->sentence->grams, .wrong = 0.5 };
    do {
        g_assert_cmpuint(i, <, self->sentence->tokens->len);
        token = &g_array_index(self->sentence->tokens, PdToken, i++);
        site.start = token->start;
        site.end = token->end;
    } while (strncmp(text + site.start, word, site.end - site.start) != 0 ||
             strlen(word) != site.end - site.start);
    site.unknown = !pd_resources_knows(self->resources, word);
    return site;
}

/* The proposal that makes @right of the sentence; NULL: there is none. */
static const PdProposal *
find_right(const PdSite *site, const GPtrArray *proposals, const char *right)
{
    for (guint i = 0; i < proposals->len; i++) {
        const PdProposal *p = proposals->pdata[i];
        g_autofree char *made =
            g_strdup_printf("%.*s%s%s", (int)p->start, site->text, p->text, site->text + p->end);

        if (g_str_equal(made, right))
            return p;
    }
    return NULL;
}

static void
assert_proposed(Fixture *self, const char *text, const char *word, const char *right,
                PdFeature feature)
{
    const PdSite site = site_of(self, text, word);
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);
    const PdProposal *p = find_right(&site, proposals, right);

    g_test_message("%s -> %s by %s", text, right, pd_feature_name(feature));
    g_assert_nonnull(p);
    g_assert_cmpfloat(p->features[feature], >, 0);
}

static void
assert_not_proposed(Fixture *self, const char *text, const char *word, const char *wrong)
{
    const PdSite site = site_of(self, text, word);
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);

    g_test_message("%s -> %s", text, wrong);
    g_assert_null(find_right(&site, proposals, wrong));
}

/* --- sources ------------------------------------------------------------------------- */

static void
test_other_words(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "I recieve it.", "recieve", "I receive it.", PD_FEATURE_HUNSPELL);
    assert_proposed(self, "I recieve it.", "recieve", "I receive it.", PD_FEATURE_SWAPPED);
    assert_proposed(self, "A letter form her.", "form", "A letter from her.", PD_FEATURE_NEIGHBOUR);
    assert_proposed(self, "He is older then her.", "then", "He is older than her.",
                    PD_FEATURE_CONFUSION);
    assert_proposed(self, "She walk home.", "walk", "She walks home.", PD_FEATURE_INFLECTION);
    assert_proposed(self, "We meet in Monday.", "in", "We meet on Monday.", PD_FEATURE_CLASS);
    assert_proposed(self, "We meet on monday.", "monday", "We meet on Monday.", PD_FEATURE_CASE);
}

static void
test_together_and_apart(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "The cat it self.", "self", "The cat itself.", PD_FEATURE_JOIN);
    assert_proposed(self, "The cat it self.", "it", "The cat itself.", PD_FEATURE_JOIN);
    assert_proposed(self, "He came aswell.", "aswell", "He came as well.", PD_FEATURE_SPLIT);
    assert_proposed(self, "Alot of it.", "Alot", "A lot of it.", PD_FEATURE_SPLIT);
    assert_proposed(self, "Not 'it self'.", "it", "Not 'itself'.", PD_FEATURE_JOIN);
    assert_not_proposed(self, "The cat it self.", "cat", "The catit self.");
}

/* A part of a word, or a letter that is a name, is not joined with the next word. */
static void
test_parts_stay_apart(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "The pen s word.", "word", "The pen sword.", PD_FEATURE_JOIN);
    assert_not_proposed(self, "The user's word.", "word", "The user'sword.");
    assert_not_proposed(self, "The user’s words.", "words", "The user’swords.");
    assert_not_proposed(self, "The a-b out of it.", "out", "The a-bout of it.");
    assert_not_proposed(self, "A b out-of-date book.", "b", "A bout-of-date book.");
    assert_proposed(self, "T his is it.", "his", "This is it.", PD_FEATURE_JOIN);
    assert_not_proposed(self, "The matrix W as stored.", "as", "The matrix Was stored.");
    assert_proposed(self, "He went A way.", "way", "He went Away.", PD_FEATURE_JOIN);
}

static void
test_too_few_and_too_many(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "I saw cat.", "cat", "I saw a cat.", PD_FEATURE_INSERT);
    assert_proposed(self, "I saw owl.", "owl", "I saw an owl.", PD_FEATURE_INSERT);
    assert_not_proposed(self, "I saw cat.", "cat", "I saw an cat.");
    assert_not_proposed(self, "I saw owl.", "owl", "I saw a owl.");
    assert_proposed(self, "When it rains he stays.", "he", "When it rains, he stays.",
                    PD_FEATURE_COMMA);
    assert_proposed(self, "He did it to yesterday.", "to", "He did it yesterday.",
                    PD_FEATURE_DELETE);
    assert_not_proposed(self, "He saw, he came.", "he", "He saw,, he came.");
}

static void
test_article(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "He ate a apple.", "a", "He ate an apple.", PD_FEATURE_CONFUSION);
    assert_not_proposed(self, "He ate the apple.", "the", "He ate a apple.");
    assert_not_proposed(self, "He saw the house.", "the", "He saw an house.");
}

static void
test_unknown_words_stay_one(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "I did recieve it.", "recieve");
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);

    g_assert_true(site.unknown);
    for (guint i = 0; i < proposals->len; i++)
        g_assert_cmpint(((PdProposal *)proposals->pdata[i])->action, ==, PD_ACTION_REPLACE);
}

static void
test_between_words(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "We want go home.", "go");
    g_autoptr(GPtrArray) proposals = NULL;
    const PdProposal *p;

    site.end = site.start;
    proposals = pd_candidates_propose(self->resources, &site);
    p = find_right(&site, proposals, "We want togo home.");
    g_assert_nonnull(p); /* the caller says where spaces go */
    g_assert_cmpint(p->action, ==, PD_ACTION_INSERT);
    for (guint i = 0; i < proposals->len; i++)
        g_assert_cmpint(((PdProposal *)proposals->pdata[i])->action, !=, PD_ACTION_DELETE);
}

/* --- the writer's letters -------------------------------------------------------------- */

static void
test_capitals(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "Then is better.", "Then", "Than is better.", PD_FEATURE_CONFUSION);
    assert_proposed(self, "BETTER THEN HER.", "THEN", "BETTER THAN HER.", PD_FEATURE_CONFUSION);
    assert_not_proposed(self, "Then is better.", "Then", "than is better.");
    assert_proposed(self, "Walk home.", "Walk", "Walks home.", PD_FEATURE_INFLECTION);
}

static void
test_apostrophes(Fixture *self, gconstpointer data)
{
    assert_proposed(self, "I dont like it.", "dont", "I don't like it.", PD_FEATURE_NEIGHBOUR);
    assert_proposed(self, "It’s what I dont like.", "dont", "It’s what I don’t like.",
                    PD_FEATURE_NEIGHBOUR);
    assert_not_proposed(self, "It’s what I dont like.", "dont", "It’s what I don't like.");
    assert_proposed(self, "It’s a dog.", "It’s", "Its a dog.", PD_FEATURE_NEIGHBOUR);
}

/* --- what holds for all ------------------------------------------------------------------ */

static const char *const sentences[] = {
    "She go to school every days .",
    "It’s a “good” idea, isn't it ?",
    "Recieve alot OF mail, he did.",
    "I i the the a an.",
    "Ça va 日本 naïve 12 o'clock — so",
    "THE CAT'S toy and the cats’ toys (all).",
    "a",
    "Don't",
};

/* Each token as a place, as the ranking is fitted to it. */
static void
check_tokens(Fixture *self, const char *text, bool fixed)
{
    g_autoptr(PdSentence) sentence = pd_sentence_new(self->resources, g_strdup(text));

    for (guint t = 0; t < sentence->tokens->len; t++) {
        const PdToken *token = &g_array_index(sentence->tokens, PdToken, t);
        const PdSite site = { .text = text,
                              .grams = sentence->grams,
                              .start = token->start,
                              .end = token->end,
                              .wrong = 0.5,
                              .fixed = fixed };
        g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);

        for (guint i = 0; i < proposals->len; i++) {
            const PdProposal *p = proposals->pdata[i];

            g_test_message("%s: “%s” in [%zu, %zu)", text, p->text, p->start, p->end);
            g_assert_true(p->start <= site.start && site.end <= p->end && p->end <= strlen(text));
            g_assert_true(!fixed || (p->start == site.start && p->end == site.end));
            g_assert_true(g_utf8_validate(p->text, -1, NULL));
            g_assert_false(strlen(p->text) == p->end - p->start &&
                           strncmp(p->text, text + p->start, p->end - p->start) == 0);
            g_assert_true(isfinite(p->score));
            for (guint k = 0; k < PD_N_FEATURES; k++)
                g_assert_true(isfinite(p->features[k]));
            if (i > 0)
                g_assert_cmpfloat(((PdProposal *)proposals->pdata[i - 1])->score, >=, p->score);
        }
    }
}

static void
test_all_proposals(Fixture *self, gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(sentences); i++) {
        check_tokens(self, sentences[i], false);
        check_tokens(self, sentences[i], true);
    }
}

static void
test_each_once(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "A letter form her.", "form");
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);

    for (guint i = 0; i < proposals->len; i++)
        for (guint k = 0; k < i; k++) {
            const PdProposal *a = proposals->pdata[i], *b = proposals->pdata[k];

            g_assert_false(a->start == b->start && a->end == b->end &&
                           g_str_equal(a->text, b->text));
        }
}

/* --- judged ------------------------------------------------------------------------------- */

static void
test_judge(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "He is older then her.", "then");
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, &site);

    g_assert_cmpuint(proposals->len, >, 3);
    g_assert_true(pd_candidates_judge(self->resources, &site, proposals, 3, NULL));
    g_assert_cmpuint(proposals->len, ==, 3);
    for (guint i = 0; i < proposals->len; i++) {
        const PdProposal *p = proposals->pdata[i];

        if (p->action == PD_ACTION_REPLACE)
            g_assert_cmpfloat(p->features[PD_FEATURE_GAIN], !=, 0);
        if (i > 0)
            g_assert_cmpfloat(((PdProposal *)proposals->pdata[i - 1])->score, >=, p->score);
    }
}

static void
test_find(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "I will recieve your letter.", "recieve");
    g_auto(PdRepairs) repairs = { 0 };

    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &repairs));
    g_assert_cmpuint(repairs.start, ==, site.start);
    g_assert_cmpuint(repairs.end, ==, site.end);
    g_assert_cmpuint(repairs.repairs->len, >, 0);
    g_assert_cmpuint(repairs.repairs->len, <=, MAX_REPAIRS);
    g_assert_cmpstr(((PdCandidate *)repairs.repairs->pdata[0])->text, ==, "receive");
    g_assert_cmpfloat(repairs.chance, >, 0);
    g_assert_cmpfloat(repairs.chance, <=, 1);
    g_assert_cmpfloat(repairs.score, ==, ((PdCandidate *)repairs.repairs->pdata[0])->score);
}

/* The repairs listed all replace the same bytes, those of the best one. */
static void
test_find_one_place(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "The house it self is old.", "self");
    g_auto(PdRepairs) repairs = { 0 };

    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &repairs));
    g_assert_cmpstr(((PdCandidate *)repairs.repairs->pdata[0])->text, ==, "itself");
    g_assert_cmpuint(repairs.start, ==, strlen("The house "));
    g_assert_cmpuint(repairs.end, ==, site.end);
    for (guint i = 1; i < repairs.repairs->len; i++) {
        const PdCandidate *c = repairs.repairs->pdata[i];

        g_test_message("%s", c->text);
        g_assert_true(g_str_has_prefix(c->text, "it"));
    }
}

static void
test_find_none(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "I will recieve your letter.", "recieve");
    g_auto(PdRepairs) repairs = { 0 };

    g_assert_true(pd_candidates_find(self->resources, &site, NULL, 0, NULL, &repairs));
    g_assert_cmpuint(repairs.repairs->len, ==, 0);
    g_assert_cmpfloat(repairs.chance, ==, site.wrong);
    g_assert_cmpfloat(repairs.score, ==, -HUGE_VAL);
}

/* The place is right, so that the caller's least chance is out of reach. */
static void
test_find_too_little(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "She goes to school every day.", "every");
    g_auto(PdRepairs) all = { 0 }, none = { 0 };

    site.wrong = 0.01;
    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &all));
    g_assert_cmpuint(all.repairs->len, >, 0);
    g_assert_cmpfloat(all.chance, <, 0.5);
    site.least = 0.5;
    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &none));
    g_assert_cmpuint(none.repairs->len, ==, 0);
    g_assert_cmpfloat(none.chance, <, site.least);
    g_assert_cmpfloat(none.chance, >=, all.chance); /* it is a bound */
}

/* The same place where the least chance is within reach: as without one. */
static void
test_find_enough(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "He is older then her.", "then");
    g_auto(PdRepairs) all = { 0 }, some = { 0 };

    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &all));
    site.least = all.chance * 0.9;
    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &some));
    g_assert_cmpstr(((PdCandidate *)some.repairs->pdata[0])->text, ==, "than");
    g_assert_cmpfloat(some.score, ==, all.score);
    g_assert_cmpfloat(some.chance, <=, all.chance);
    g_assert_cmpfloat(some.chance, >=, site.least);
}

/* Does Hunspell's list have a word that is in none of the other sources' proposals? */
static bool
has_more_of_hunspell(Fixture *self, const PdSite *site, const char *word)
{
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(self->resources, site);
    g_auto(GStrv) suggested = pd_lexicon_suggest(self->resources->lexicon, word, 15);

    g_assert_nonnull(suggested[0]);
    for (guint i = 0; suggested[i] != NULL; i++) {
        bool found = false;

        for (guint k = 0; k < proposals->len; k++)
            found |= g_str_equal(((PdProposal *)proposals->pdata[k])->text, suggested[i]);
        if (!found)
            return false; /* it was not asked */
    }
    return true;
}

static void
test_when_hunspell_is_asked(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "The maintence of the house is dear.", "maintence");

    g_assert_true(has_more_of_hunspell(self, &site, "maintence")); /* nobody else knows */
    site.least = 0.1;
    g_assert_true(has_more_of_hunspell(self, &site, "maintence"));
    site.wrong = 0.02; /* a term, for all that the discriminator says */
    g_assert_false(has_more_of_hunspell(self, &site, "maintence"));
    site = site_of(self, "I came becuase of it.", "becuase");
    g_assert_false(has_more_of_hunspell(self, &site, "becuase")); /* clear without */
}

/* A word of which nothing is known, and that the discriminator finds right, is right. */
static void
test_find_term(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "The maintence of the house is dear.", "maintence");
    g_auto(PdRepairs) repairs = { 0 };

    site.wrong = 0.15;
    site.least = 0.1;
    g_assert_true(pd_candidates_find(self->resources, &site, NULL, MAX_REPAIRS, NULL, &repairs));
    g_assert_cmpuint(repairs.repairs->len, ==, 0);
    g_assert_cmpfloat(repairs.chance, ==, 0);
}

static void
test_cancel(Fixture *self, gconstpointer data)
{
    const PdSite site = site_of(self, "I will recieve your letter.", "recieve");
    GPtrArray *proposals = pd_candidates_propose(self->resources, &site); /* taken over */
    const int cancel = 1;
    PdRepairs repairs;

    g_assert_false(
        pd_candidates_find(self->resources, &site, proposals, MAX_REPAIRS, &cancel, &repairs));
    g_assert_null(repairs.repairs);
}

/* More doubt about a place makes it less right to leave it. */
static void
test_keep(Fixture *self, gconstpointer data)
{
    PdSite site = site_of(self, "He is older then her.", "then");
    double last = HUGE_VAL;

    for (site.wrong = 0.0; site.wrong <= 1.0; site.wrong += 0.25) {
        const double keep = pd_candidates_keep_score(self->resources, &site);

        g_assert_true(isfinite(keep));
        g_assert_cmpfloat(keep, <, last);
        last = keep;
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *self, gconstpointer data);
    } tests[] = {
        { "/candidates/sources/other-words", test_other_words },
        { "/candidates/sources/together-and-apart", test_together_and_apart },
        { "/candidates/sources/parts-stay-apart", test_parts_stay_apart },
        { "/candidates/sources/too-few-and-too-many", test_too_few_and_too_many },
        { "/candidates/sources/article", test_article },
        { "/candidates/sources/unknown-words-stay-one", test_unknown_words_stay_one },
        { "/candidates/sources/between-words", test_between_words },
        { "/candidates/letters/capitals", test_capitals },
        { "/candidates/letters/apostrophes", test_apostrophes },
        { "/candidates/all", test_all_proposals },
        { "/candidates/each-once", test_each_once },
        { "/candidates/judge", test_judge },
        { "/candidates/hunspell", test_when_hunspell_is_asked },
        { "/candidates/find", test_find },
        { "/candidates/find/too-little", test_find_too_little },
        { "/candidates/find/enough", test_find_enough },
        { "/candidates/find/term", test_find_term },
        { "/candidates/find/one-place", test_find_one_place },
        { "/candidates/find/none", test_find_none },
        { "/candidates/cancel", test_cancel },
        { "/candidates/keep", test_keep },
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
