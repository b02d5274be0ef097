/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the judge says of texts does not depend on what it was asked before; and sentences that may
 * leave the network early. With the shipped model. */
#include "daemon/engine/judge.h"
#include "daemon/engine/sentence.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define ERROR "She go to school every day."
#define RIGHT "She goes to school every day."
#define PLAIN "The doctor opened the window and looked at the garden."

/* In float32 the last bits may differ with the texts that stand beside one in a batch. */
#define assert_near(got, want) g_assert_true(fabs((got) - (want)) <= 1e-4)

typedef struct {
    PdModel *model;
    PdJudge *judge;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "model", "data", "en", NULL);
    g_autoptr(GError) error = NULL;

    self->model = pd_model_load(dir, &error);
    g_assert_no_error(error);
    self->judge = pd_judge_new(self->model);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    pd_judge_free(self->judge);
    pd_model_unref(self->model);
}

/* Text @index of @judge is @text, and is judged as by a judge that was never asked anything. */
static void
assert_as_fresh(Fixture *self, size_t index, const char *text)
{
    g_autoptr(PdJudge) fresh = pd_judge_new(self->model);

    g_assert_true(pd_judge_texts(fresh, &text, 1, NULL));
    g_assert_cmpuint(pd_judge_n_tokens(self->judge, index), ==, pd_judge_n_tokens(fresh, 0));
    assert_near(pd_judge_correct(self->judge, index), pd_judge_correct(fresh, 0));
    assert_near(pd_judge_wrong(self->judge, index, 4, 8), pd_judge_wrong(fresh, 0, 4, 8));
    g_assert_cmpint(pd_judge_kind(self->judge, index, 4, 8), ==, pd_judge_kind(fresh, 0, 4, 8));
}

static void
test_again(Fixture *self, gconstpointer data)
{
    static const char *const first[] = { ERROR }, *const second[] = { RIGHT, ERROR, RIGHT, "" };

    for (guint i = 0; i < 2; i++) {
        g_assert_true(pd_judge_texts(self->judge, first, 1, NULL));
        assert_as_fresh(self, 0, ERROR);
        g_assert_true(pd_judge_texts(self->judge, second, G_N_ELEMENTS(second), NULL));
        assert_as_fresh(self, 0, RIGHT);
        assert_as_fresh(self, 1, ERROR);
        assert_as_fresh(self, 2, RIGHT);
        g_assert_cmpuint(pd_judge_n_tokens(self->judge, 3), ==, 0);
    }
}

/* What was judged when the call was cancelled is not taken for an answer. */
static void
test_cancelled(Fixture *self, gconstpointer data)
{
    static const char *const texts[] = { ERROR, RIGHT };
    const int cancel = 1;

    g_assert_true(pd_judge_texts(self->judge, texts, 1, NULL));
    g_assert_false(pd_judge_texts(self->judge, texts, 2, &cancel));
    g_assert_true(pd_judge_texts(self->judge, texts, 2, NULL));
    assert_as_fresh(self, 0, ERROR);
    assert_as_fresh(self, 1, RIGHT);
}

/* More texts than are remembered, some of them again and again. */
static void
test_many(Fixture *self, gconstpointer data)
{
    for (guint i = 0; i < 600; i++) {
        g_autofree char *text = g_strdup_printf("There is %u. " ERROR " " RIGHT, i % 450);
        const char *const texts[] = { text, ERROR };

        g_assert_true(pd_judge_texts(self->judge, texts, 2, NULL));
        if (i % 150 == 0) {
            assert_as_fresh(self, 0, text);
            assert_as_fresh(self, 1, ERROR);
        }
    }
}

/* The chances of all kinds, at the most doubtful place of text number @index. */
static double
chances_of(const PdJudge *judge, size_t index, const char *text, double *ret_kinds)
{
    return pd_judge_chances(judge, index, 0, strlen(text), ret_kinds);
}

static void
test_right_sentences_leave(Fixture *self, gconstpointer data)
{
    static const char *const texts[] = { ERROR, PLAIN };
    const bool may_leave[] = { true, true };
    double correct, kinds[PD_N_KINDS];

    g_assert_true(pd_judge_quickly(self->judge, texts, may_leave, 2, NULL));
    assert_as_fresh(self, 0, ERROR); /* this one is doubted, and stays */
    /* all that is known of one that left is how wrong it is */
    correct = chances_of(self->judge, 1, PLAIN, kinds);
    g_assert_cmpfloat(kinds[PD_KIND_OTHER], >=, 0.001 - 1e-6);
    g_assert_true(fabs(kinds[PD_KIND_OTHER] + correct - 1.0) <= 1e-6);
    g_assert_cmpfloat(correct, >, 0.9);
    g_assert_cmpint(pd_judge_kind(self->judge, 1, 0, strlen(PLAIN)), ==, PD_KIND_OTHER);
    /* that is not remembered */
    g_assert_true(pd_judge_texts(self->judge, texts, 2, NULL));
    assert_as_fresh(self, 0, ERROR);
    assert_as_fresh(self, 1, PLAIN);
}

/* @text, where the network may leave: as by a judge that was never asked anything. */
static void
assert_as_fresh_quickly(Fixture *self, size_t index, const char *text)
{
    const size_t n = strlen(text);
    g_autoptr(PdJudge) fresh = pd_judge_new(self->model);
    double kinds[PD_N_KINDS], same[PD_N_KINDS];
    const bool may_leave = true;

    g_assert_true(pd_judge_quickly(fresh, &text, &may_leave, 1, NULL));
    assert_near(pd_judge_correct(self->judge, index), pd_judge_correct(fresh, 0));
    g_assert_cmpint(pd_judge_kind(self->judge, index, 0, n), ==, pd_judge_kind(fresh, 0, 0, n));
    assert_near(chances_of(self->judge, index, text, kinds), chances_of(fresh, 0, text, same));
    for (guint i = 0; i < PD_N_KINDS; i++)
        assert_near(kinds[i], same[i]);
}

/* Whoever lets the network leave hears what it says then, even where more is known by now. */
static void
test_leaving_again(Fixture *self, gconstpointer data)
{
    static const char *const texts[] = { ERROR, PLAIN, PLAIN, ERROR, PLAIN };
    const bool may_leave[] = { true, true, false, false, true };

    for (guint i = 0; i < 3; i++) {
        g_assert_true(pd_judge_texts(self->judge, texts, 2, NULL));
        assert_as_fresh(self, 1, PLAIN);
        for (guint again = 0; again < 2; again++) {
            g_assert_true(pd_judge_quickly(self->judge, texts, may_leave, 5, NULL));
            assert_as_fresh_quickly(self, 0, ERROR);
            assert_as_fresh_quickly(self, 1, PLAIN);
            assert_as_fresh(self, 2, PLAIN);
            assert_as_fresh(self, 3, ERROR);
            assert_as_fresh_quickly(self, 4, PLAIN);
        }
    }
}

/* Without leave the judge says what the last layer does. */
static void
test_nobody_leaves_unasked(Fixture *self, gconstpointer data)
{
    static const char *const texts[] = { PLAIN };
    PdJudge *judge = self->judge;
    double correct, kinds[PD_N_KINDS], same[PD_N_KINDS];
    const bool may_leave = false;

    g_assert_true(pd_judge_texts(judge, texts, 1, NULL));
    correct = chances_of(judge, 0, PLAIN, kinds);
    g_assert_cmpfloat(kinds[PD_KIND_OTHER] + correct, <, 1.0 - 1e-6);
    g_assert_true(pd_judge_quickly(judge, texts, &may_leave, 1, NULL));
    g_assert_cmpfloat(chances_of(judge, 0, PLAIN, same), ==, correct);
    g_assert_cmpmem(same, sizeof same, kinds, sizeof kinds);
}

static void
test_leaving_cancelled(Fixture *self, gconstpointer data)
{
    static const char *const texts[] = { PLAIN };
    const bool may_leave = true;
    int cancel = 1;

    g_assert_false(pd_judge_quickly(self->judge, texts, &may_leave, 1, &cancel));
    cancel = 0;
    g_assert_true(pd_judge_quickly(self->judge, texts, &may_leave, 1, &cancel));
}

static void
test_is_spelt(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *text;
        bool spelt;
    } cases[] = {
        { PLAIN, true },
        { "She go to school every days.", true },
        { "We asked Robert about it.", true },
        { "We asked Zorblatt about it.", false },
        { "The colour is gray, e.g. on NFS.", true },
        { "It was definately him.", false },
        { "", true },
    };

    g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(PdModels) models = pd_models_new(dir);
    g_autoptr(PdResources) resources = pd_resources_new(models, "en_US", NULL);

    g_assert_nonnull(resources);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(PdSentence) sentence = pd_sentence_new(resources, g_strdup(cases[i].text));

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(pd_sentence_is_spelt(sentence, resources), ==, cases[i].spelt);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/judge/again", Fixture, NULL, set_up, test_again, tear_down);
    g_test_add("/judge/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
    g_test_add("/judge/many", Fixture, NULL, set_up, test_many, tear_down);
    g_test_add("/judge/right-sentences-leave", Fixture, NULL, set_up, test_right_sentences_leave,
               tear_down);
    g_test_add("/judge/leaving-again", Fixture, NULL, set_up, test_leaving_again, tear_down);
    g_test_add("/judge/nobody-leaves-unasked", Fixture, NULL, set_up, test_nobody_leaves_unasked,
               tear_down);
    g_test_add("/judge/leaving-cancelled", Fixture, NULL, set_up, test_leaving_cancelled,
               tear_down);
    g_test_add("/judge/is-spelt", Fixture, NULL, set_up, test_is_spelt, tear_down);
    return g_test_run();
}
