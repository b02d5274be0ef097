/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/nearest.h"
#include "daemon/settings.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static PdSettings *
load(const char *content, gssize length, GPtrArray **ret_warnings)
{
    g_autofree char *dir = g_dir_make_tmp("proofd-settings-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "proofd.conf", NULL);
    PdSettings *settings;

    if (content != NULL)
        g_assert_true(g_file_set_contents(path, content, length, NULL));
    *ret_warnings = g_ptr_array_new_with_free_func(g_free);
    settings = pd_settings_load(path, *ret_warnings);
    g_unlink(path);
    g_rmdir(dir);
    return settings;
}

static void
assert_warns(const GPtrArray *warnings, size_t i, const char *part)
{
    const char *warning;

    g_assert_cmpuint(warnings->len, >, i);
    warning = g_ptr_array_index(warnings, i);
    if (strstr(warning, part) == NULL)
        g_error("\"%s\" is not in \"%s\"", part, warning);
    g_assert_nonnull(strstr(warning, "proofd.conf")); /* always names the file */
}

static void
assert_defaults(const PdSettings *settings)
{
    g_assert_cmpuint(settings->idle_exit_seconds, ==, 600);
    g_assert_cmpuint(settings->cache_megabytes, ==, 8);
    g_assert_cmpuint(settings->max_candidates, ==, 5);
    g_assert_cmpint(settings->level, ==, PD_LEVEL_DEFAULT);
    g_assert_cmpstr(settings->language, ==, "en_US");
    g_assert_null(settings->models_dir);
    g_assert_null(settings->words_file);
    g_assert_null(settings->disable[0]);
}

static void
test_absent(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load(NULL, 0, &warnings);

    assert_defaults(settings);
    g_assert_cmpuint(warnings->len, ==, 0);
}

static void
test_all_keys(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("# a comment\n"
                                          "[service]\n"
                                          "idle-exit-seconds=0\n"
                                          "cache-megabytes = 64 \n"
                                          "models-dir=/opt/models\n"
                                          "words-file=/home/me/words\n"
                                          "[check]\n"
                                          "language=de_DE\n"
                                          "level=careful\n"
                                          "max-candidates=50\n"
                                          "disable=spelling; punctuation ;\n",
                                          -1, &warnings);

    g_assert_cmpuint(warnings->len, ==, 0);
    g_assert_cmpuint(settings->idle_exit_seconds, ==, 0);
    g_assert_cmpuint(settings->cache_megabytes, ==, 64);
    g_assert_cmpstr(settings->models_dir, ==, "/opt/models");
    g_assert_cmpstr(settings->words_file, ==, "/home/me/words");
    g_assert_cmpstr(settings->language, ==, "de_DE");
    g_assert_cmpint(settings->level, ==, PD_LEVEL_CAREFUL);
    g_assert_cmpuint(settings->max_candidates, ==, 50);
    g_assert_cmpstr(settings->disable[0], ==, "spelling");
    g_assert_cmpstr(settings->disable[1], ==, "punctuation");
    g_assert_null(settings->disable[2]);
}

static void
test_bad_values(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("[service]\n"
                                          "idle-exit-seconds=86401\n"
                                          "cache-megabytes=-1\n"
                                          "models-dir=models\n"
                                          "[check]\n"
                                          "language=../etc\n"
                                          "level=carefull\n"
                                          "max-candidates=51\n"
                                          "disable=speling\n",
                                          -1, &warnings);

    assert_defaults(settings);
    g_assert_cmpuint(warnings->len, ==, 7);
    assert_warns(warnings, 0,
                 "[service] idle-exit-seconds=86401: expected a number from 0 to 86400");
    assert_warns(warnings, 1, "cache-megabytes=-1");
    assert_warns(warnings, 2, "models-dir=models: expected an absolute path");
    assert_warns(warnings, 3, "language=../etc");
    assert_warns(warnings, 4, "did you mean careful?");
    assert_warns(warnings, 5, "from 0 to 50");
    assert_warns(warnings, 6, "there is no rule speling");
}

static void
test_unknown_names(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("[service]\n"
                                          "idle-exit-second=5\n"
                                          "level=careful\n"
                                          "[chek]\n"
                                          "x=1\n"
                                          "[check]\n"
                                          "zzzzzzzzzzzz=1\n",
                                          -1, &warnings);

    assert_defaults(settings);
    g_assert_cmpuint(warnings->len, ==, 4);
    assert_warns(warnings, 0, "has no key idle-exit-second; did you mean idle-exit-seconds?");
    assert_warns(warnings, 1, "has no key level; it belongs to [check]");
    assert_warns(warnings, 2, "there is no group [chek]; did you mean check?");
    assert_warns(warnings, 3, "has no key zzzzzzzzzzzz");
}

static void
test_damaged(void)
{
    static const char bytes[] = "[check]\nlevel=\xff\xfe\n\xff=1\n";
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("no group\n", -1, &warnings);
    g_autoptr(GPtrArray) more = NULL;
    g_autoptr(PdSettings) other = load(bytes, sizeof(bytes) - 1, &more);

    assert_defaults(settings);
    assert_warns(warnings, 0, "proofd.conf:1: ");
    assert_defaults(other);
    g_assert_cmpuint(more->len, ==, 2);
    g_assert_true(g_utf8_validate(g_ptr_array_index(more, 0), -1, NULL));
    g_assert_true(g_utf8_validate(g_ptr_array_index(more, 1), -1, NULL));
}

/* The line at fault, wherever it is; the last of two that set the same key, which counts. */
static void
test_lines(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("# [check]\n"
                                          "[service]\n"
                                          "level=1\n"
                                          "\n"
                                          "  [check]\n"
                                          "  level = good\n"
                                          "#level=x\n"
                                          "level=bad\n"
                                          "[nonsense]\n",
                                          -1, &warnings);
    g_autoptr(GPtrArray) more = NULL;
    g_autoptr(PdSettings) other =
        load("[check]\nlevel=careful\n\nthis is no setting\n[service]\n[\n", -1, &more);

    g_assert_cmpuint(warnings->len, ==, 3);
    assert_warns(warnings, 0, "proofd.conf:3: [service] has no key level");
    assert_warns(warnings, 1, "proofd.conf:8: [check] level=bad");
    assert_warns(warnings, 2, "proofd.conf:9: there is no group [nonsense]");
    g_assert_cmpuint(more->len, ==, 1);
    assert_warns(more, 0, "proofd.conf:4: ");
    assert_defaults(other);
}

static void
test_models(void)
{
    g_autoptr(GPtrArray) warnings = NULL;
    g_autoptr(PdSettings) settings = load("[en]\n"
                                          "model=/home/me/electra\n"
                                          "[de]\n"
                                          "model=de-large\n"
                                          "[fr]\n"
                                          "model=../fr\n"
                                          "[es]\n"
                                          "modell=x\n",
                                          -1, &warnings);
    g_autoptr(GPtrArray) none = NULL, no_more = NULL;
    g_autoptr(PdSettings) same =
        load("[de]\nmodel=de-large\n[en]\nmodel=/home/me/electra\n", -1, &none);
    g_autoptr(PdSettings) fewer = load("[de]\nmodel=de-large\n", -1, &no_more);

    g_assert_cmpuint(g_hash_table_size(settings->models), ==, 2);
    g_assert_cmpstr(g_hash_table_lookup(settings->models, "en"), ==, "/home/me/electra");
    g_assert_cmpstr(g_hash_table_lookup(settings->models, "de"), ==, "de-large");
    g_assert_cmpuint(warnings->len, ==, 2);
    assert_warns(warnings, 0, "proofd.conf:6: [fr] model=../fr: expected an absolute path");
    assert_warns(warnings, 1, "[es] has no key modell; did you mean model?");
    g_assert_true(pd_settings_same_models(settings, same));
    g_assert_false(pd_settings_same_models(settings, fewer));
    g_assert_false(pd_settings_same_models(fewer, settings));
}

static void
test_nearest(void)
{
    static const char *const names[] = { "level", "language", "max-candidates", NULL };
    g_autofree char *long_name = g_strnfill(10000, 'l');

    g_assert_cmpstr(pd_nearest_name("lvel", names), ==, "level");
    g_assert_cmpstr(pd_nearest_name("LANGUAGE", names), ==, "language");
    g_assert_cmpstr(pd_nearest_name("max_candidates", names), ==, "max-candidates");
    g_assert_null(pd_nearest_name("zzzz", names));
    g_assert_null(pd_nearest_name("", names));
    g_assert_null(pd_nearest_name(long_name, names));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings/absent", test_absent);
    g_test_add_func("/settings/all-keys", test_all_keys);
    g_test_add_func("/settings/bad-values", test_bad_values);
    g_test_add_func("/settings/unknown-names", test_unknown_names);
    g_test_add_func("/settings/damaged", test_damaged);
    g_test_add_func("/settings/lines", test_lines);
    g_test_add_func("/settings/models", test_models);
    g_test_add_func("/settings/nearest", test_nearest);
    return g_test_run();
}
