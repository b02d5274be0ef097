/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the judge says of texts does not depend on what it was asked before, with the shipped
 * model. */
#include "daemon/engine/judge.h"

#include <glib.h>
#include <math.h>

#define ERROR "She go to school every day."
#define RIGHT "She goes to school every day."

/* Logits may differ in their last bits with the texts that stand beside one in a batch. */
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/judge/again", Fixture, NULL, set_up, test_again, tear_down);
    g_test_add("/judge/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
    g_test_add("/judge/many", Fixture, NULL, set_up, test_many, tear_down);
    return g_test_run();
}
