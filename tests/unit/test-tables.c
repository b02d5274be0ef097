/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* levels.ini, ranking.ini, confusions.tsv, words.tsv and inflection: what candidates, their order
 * and thresholds come from */
#include "daemon/engine/confusions.h"
#include "daemon/engine/error.h"
#include "daemon/engine/frequency.h"
#include "daemon/engine/inflection.h"
#include "daemon/engine/levels.h"
#include "daemon/engine/ranking.h"
#include "daemon/engine/resources.h"
#include "tests/unit/temporary.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define GOOD "unknown=0.1\nunknown-name=0.6\nlook=0.5\nreport=0.65\nunrepaired=0.9\n"

static void
check_levels(const char *content, const char *message)
{
    g_autofree char *path = write_file(content, -1);
    g_autoptr(GError) error = NULL;
    PdLevels levels;

    pd_levels_init(&levels);
    if (message == NULL) {
        g_assert_true(pd_levels_load(&levels, path, &error));
        g_assert_no_error(error);
        g_assert_cmpfloat(levels.at[PD_LEVEL_DEFAULT].report[PD_KIND_PUNCTUATION], ==, 0.75);
        g_assert_cmpfloat(levels.at[PD_LEVEL_DEFAULT].report[PD_KIND_OTHER], ==, 0.65);
        g_assert_cmpfloat(levels.at[PD_LEVEL_CAREFUL].unrepaired, ==, 0.9);
    } else {
        g_assert_false(pd_levels_load(&levels, path, &error));
        g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_nonnull(strstr(error->message, message));
        g_assert_cmpfloat(levels.at[PD_LEVEL_DEFAULT].look, ==, 1.0); /* untouched */
    }
    g_unlink(path);
}

static void
test_levels(void)
{
    check_levels("[careful]\n" GOOD "[default]\n" GOOD "report-punctuation=0.75\n[thorough]\n" GOOD,
                 NULL);
    check_levels("[careful]\n" GOOD "[default]\n" GOOD, "[thorough]");
    check_levels("[careful]\n" GOOD "report-other=nan\n[default]\n" GOOD "[thorough]\n" GOOD,
                 "report-other");
    check_levels("[careful]\n" GOOD "report-other=1.5\n[default]\n" GOOD "[thorough]\n" GOOD,
                 "report-other");
    check_levels("[careful]\nunknown=much\n", "[careful] unknown");
    check_levels("nonsense", "");
}

/* A ranking.ini with all keys: weights 1, 2, 3 in both groups, but @key of [unknown] as given. */
static char *
ranking_with(const char *key, const char *value)
{
    static const char *const groups[] = { "known", "unknown" };
    static const char *const more[] = { "keep", "keep-capital", "doubt" };
    GString *text = g_string_new(NULL);

    for (guint g = 0; g < G_N_ELEMENTS(groups); g++) {
        g_string_append_printf(text, "[%s]\n", groups[g]);
        for (guint i = 0; i < PD_N_FEATURES + G_N_ELEMENTS(more); i++) {
            const char *name = i < PD_N_FEATURES ? pd_feature_name(i) : more[i - PD_N_FEATURES];

            if (g == 0 || g_strcmp0(name, key) != 0)
                g_string_append_printf(text, "%s=%u\n", name, i + 1);
            else if (value != NULL)
                g_string_append_printf(text, "%s=%s\n", name, value);
        }
    }
    return g_string_free(text, FALSE);
}

static void
test_ranking(void)
{
    g_autofree char *text = ranking_with("gain", "-0.5"), *path = write_file(text, -1);
    g_autoptr(GError) error = NULL;
    PdRanking ranking;

    pd_ranking_init(&ranking);
    g_assert_cmpfloat(ranking.known.weights[PD_FEATURE_PLACE], <, 0); /* Hunspell's order */
    g_assert_true(pd_ranking_load(&ranking, path, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < PD_N_FEATURES; i++)
        g_assert_cmpfloat(ranking.known.weights[i], ==, i + 1);
    g_assert_cmpfloat(ranking.unknown.weights[PD_FEATURE_GAIN], ==, -0.5);
    g_assert_cmpfloat(ranking.known.keep, ==, PD_N_FEATURES + 1);
    g_assert_cmpfloat(ranking.known.keep_capital, ==, PD_N_FEATURES + 2);
    g_assert_cmpfloat(ranking.unknown.doubt, ==, PD_N_FEATURES + 3);
    g_unlink(path);
}

static void
check_broken_ranking(const char *text, const char *message)
{
    g_autofree char *path = write_file(text, -1);
    g_autoptr(GError) error = NULL;
    PdRanking ranking = { .known.keep = 7 };

    g_assert_false(pd_ranking_load(&ranking, path, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, message));
    g_assert_cmpfloat(ranking.known.keep, ==, 7); /* untouched */
    g_unlink(path);
}

static void
test_ranking_broken(void)
{
    static const char *const bad[][2] = {
        { "gain", NULL },    { "sound", "nan" },     { "ngram", "inf" },
        { "place", "much" }, { "keep-capital", "" }, { "doubt", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = ranking_with(bad[i][0], bad[i][1]);
        g_autofree char *message = g_strdup_printf("[unknown] %s", bad[i][0]);

        check_broken_ranking(text, message);
    }
    check_broken_ranking("", "[known] gain");
    check_broken_ranking("nonsense", "");
}

static void
test_feature_names(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < PD_N_FEATURES; i++) {
        g_assert_nonnull(pd_feature_name(i));
        g_assert_true(g_hash_table_add(names, (char *)pd_feature_name(i)));
    }
}

static void
test_confusions(void)
{
    static const char *const unknown[] = { "a", "the", "thei", "there", "zebra" };
    g_autofree char *path = write_file("\tthe\t9\n\ta\t5\ntheir\tthere\t3\ntheir\t\t1\n", -1);
    g_autoptr(PdConfusions) confusions = pd_confusions_load(path, NULL);
    const PdConfusion *list;
    guint n;

    g_assert_nonnull(confusions);
    list = pd_confusions_get(confusions, "their", &n);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpstr(list[0].text, ==, "there");
    g_assert_cmpuint(list[0].count, ==, 3);
    g_assert_cmpstr(list[1].text, ==, "");
    list = pd_confusions_get(confusions, "", &n);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpstr(list[0].text, ==, "the");
    for (guint i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_assert_null(pd_confusions_get(confusions, unknown[i], &n));
        g_assert_cmpuint(n, ==, 0);
    }
    g_unlink(path);
}

static void
test_confusions_broken(void)
{
    static const char *const broken[] = { "a\tb\t1\nno tabs\n",     "a\tb\t1\na\tb\n",
                                          "a\tb\t1\na\tb\tmany\n",  "a\tb\t1\na\tb\t0\n",
                                          "a\tb\t1\na\xff\tb\t1\n", "b\ta\t1\na\tb\t1\n" };

    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *path = write_file(broken[i], -1);
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_confusions_load(path, &error));
        g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_nonnull(strstr(error->message, "line 2"));
        g_unlink(path);
    }
}

static void
test_frequency(void)
{
    g_autofree char *path = write_file("the\t90\na\t5\n", -1);
    g_autofree char *bad = write_file("the\t90\na\n", -1);
    g_autoptr(PdFrequency) frequency = pd_frequency_load(path, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(pd_frequency_of(frequency, "the"), ==, 90);
    g_assert_cmpuint(pd_frequency_of(frequency, "an"), ==, 0);
    g_assert_cmpuint(pd_frequency_n_words(frequency), ==, 2);
    g_assert_cmpint(pd_frequency_rank(frequency, "the"), ==, 0);
    g_assert_cmpint(pd_frequency_rank(frequency, "a"), ==, 1);
    g_assert_cmpint(pd_frequency_rank(frequency, "an"), ==, -1);
    g_assert_null(pd_frequency_load(bad, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, "line 2"));
    g_unlink(path);
    g_unlink(bad);
}

static void
test_inflection(void)
{
    static const char *const pairs[][2] = {
        { "go", "goes" },       { "days", "day" },       { "carries", "carry" },
        { "carry", "carried" }, { "planned", "plan" },   { "plan", "planning" },
        { "making", "make" },   { "make", "making" },    { "try", "tries" },
        { "quickly", "quick" }, { "cats", "cat's" },     { "walked", "walks" },
        { "box", "boxes" },     { "stopping", "stops" }, { "use", "used" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(GPtrArray) forms = g_ptr_array_new_with_free_func(g_free);

        pd_inflection_forms(pairs[i][0], forms);
        g_test_message("%s -> %s", pairs[i][0], pairs[i][1]);
        g_assert_true(g_ptr_array_find_with_equal_func(forms, pairs[i][1], g_str_equal, NULL));
    }
}

static void
test_inflection_short(void)
{
    static const char *const words[] = { "", "a", "s", "ed", "ing", "'s", "é", "es" };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GPtrArray) forms = g_ptr_array_new_with_free_func(g_free);

        pd_inflection_forms(words[i], forms);
        for (guint f = 0; f < forms->len; f++)
            g_assert_cmpuint(strlen(forms->pdata[f]), >=, 2);
    }
}

/* Loads the English model from a folder that lacks @missing. */
static void
check_missing(const char *missing)
{
    static const char *const names[] = { "manifest.json",     "config.json",    "vocab.txt",
                                         "model.safetensors", "levels.ini",     "words.tsv",
                                         "ranking.ini",       "confusions.tsv", "ngrams.bin",
                                         "names.txt" };
    g_autofree char *from = g_test_build_filename(G_TEST_DIST, "..", "model", "data", "en", NULL);
    g_autofree char *dir = g_dir_make_tmp("proofd-XXXXXX", NULL);
    g_autofree char *en = g_build_filename(dir, "en", NULL);
    g_autoptr(PdModels) models = pd_models_new(dir);
    g_autoptr(PdResources) resources = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_no_errno(g_mkdir(en, 0700));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *target = g_build_filename(from, names[i], NULL);
        g_autofree char *link = g_build_filename(en, names[i], NULL);

        if (g_strcmp0(names[i], missing) != 0)
            g_assert_no_errno(symlink(target, link));
    }
    resources = pd_resources_new(models, "en_US", &error);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *link = g_build_filename(en, names[i], NULL);

        g_unlink(link);
    }
    g_rmdir(en);
    g_rmdir(dir);
    if (missing == NULL) {
        g_assert_no_error(error);
        g_assert_nonnull(resources->judge);
        return;
    }
    g_assert_null(resources);
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, missing));
}

static void
test_missing(void)
{
    static const char *const tables[] = { "levels.ini",     "ranking.ini", "words.tsv",
                                          "confusions.tsv", "ngrams.bin",  "names.txt" };

    check_missing(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        check_missing(tables[i]);
}

/* The checkers of several threads have the same tables, which outlive whoever loaded them. */
static void
test_shared(void)
{
    g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(GError) error = NULL;
    PdModels *models = pd_models_new(dir);
    PdResources *first = pd_resources_new(models, "en_US", &error);
    g_autoptr(PdResources) second = pd_resources_new(models, "en_GB", &error);

    g_assert_no_error(error);
    pd_models_unref(models);
    g_assert_true(first->model == second->model);
    g_assert_true(first->frequency == second->frequency);
    g_assert_true(first->confusions == second->confusions);
    g_assert_true(first->ngrams == second->ngrams);
    g_assert_true(first->names == second->names);
    g_assert_true(first->lexicon != second->lexicon);
    pd_resources_free(first);
    g_assert_cmpuint(pd_frequency_of(second->frequency, "the"), >, 0);
    g_assert_true(pd_resources_knows(second, "colour"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/levels/load", test_levels);
    g_test_add_func("/ranking/load", test_ranking);
    g_test_add_func("/ranking/broken", test_ranking_broken);
    g_test_add_func("/ranking/names", test_feature_names);
    g_test_add_func("/confusions/load", test_confusions);
    g_test_add_func("/confusions/broken", test_confusions_broken);
    g_test_add_func("/frequency/load", test_frequency);
    g_test_add_func("/inflection/forms", test_inflection);
    g_test_add_func("/inflection/short", test_inflection_short);
    g_test_add_func("/tables/missing", test_missing);
    g_test_add_func("/tables/shared", test_shared);
    return g_test_run();
}
