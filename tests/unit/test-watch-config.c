/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/config.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *folder;
    char *path;
} Place;

static void
set_up(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    place->folder = g_dir_make_tmp("proofd-watch-XXXXXX", &error);
    g_assert_no_error(error);
    place->path = g_build_filename(place->folder, "proofd", "watch.conf", NULL);
}

static void
tear_down(Place *place, gconstpointer data)
{
    g_autofree char *inner = g_path_get_dirname(place->path);

    g_unlink(place->path);
    g_rmdir(inner);
    g_rmdir(place->folder);
    g_free(place->path);
    g_free(place->folder);
}

static void
write_config(Place *place, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *inner = g_path_get_dirname(place->path);

    g_assert_cmpint(g_mkdir_with_parents(inner, 0700), ==, 0);
    g_file_set_contents(place->path, text, -1, &error);
    g_assert_no_error(error);
}

static void
test_defaults(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdConfig) config = pd_config_load(place->path, &error); /* there is none */

    g_assert_no_error(error);
    g_assert_null(config->language);
    g_assert_null(config->level);
    g_assert_false(config->single_line);
    g_assert_cmpint(config->place, ==, PD_PLACE_AUTO);
    g_assert_true(pd_config_allows(config, "gedit", "gedit"));
    g_assert_false(pd_config_allows(config, "proof-editor", NULL));
    g_assert_false(pd_config_allows(config, NULL, "KeePassXC"));
}

static void
test_all_keys(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdConfig) config = NULL;

    write_config(place, "# mine\n[watch]\nlanguage = de_DE\nlevel=careful\n"
                        "disable=spelling/unknown; punctuation\nonly=gedit;Kate\nnever=soffice\n"
                        "single-line=true\npanel=corner\ndelay=10\nunfinished-word-delay=0\n");
    config = pd_config_load(place->path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->language, ==, "de_DE");
    g_assert_cmpstr(config->level, ==, "careful");
    g_assert_cmpstr(config->disable[0], ==, "spelling/unknown");
    g_assert_cmpstr(config->disable[1], ==, "punctuation");
    g_assert_true(config->single_line);
    g_assert_cmpint(config->place, ==, PD_PLACE_CORNER);
    g_assert_cmpuint(config->delay_ms, ==, 10);
    g_assert_cmpuint(config->unfinished_ms, ==, 0);
    g_assert_true(pd_config_allows(config, "kate", NULL));
    g_assert_true(pd_config_allows(config, "", "GEDIT"));
    g_assert_false(pd_config_allows(config, "firefox", "firefox"));
    g_assert_false(pd_config_allows(config, "gedit", "soffice"));
    g_assert_false(pd_config_allows(config, NULL, NULL));
}

static void
check_error(Place *place, const char *text, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *message = g_strconcat(place->path, wanted, NULL);

    write_config(place, text);
    g_assert_null(pd_config_load(place->path, &error));
    g_assert_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID);
    if (strstr(error->message, message) == NULL)
        g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, message));
}

/* Each names the file, and the line and the key where there is one. */
static void
test_errors(Place *place, gconstpointer data)
{
    check_error(place, "[watch]\n\nlevel=strict\n", ":3: level: \"strict\" is none of careful, ");
    check_error(place, "[watch]\nlanguages=en\n", ":2: languages: there is no such setting");
    check_error(place, "[watch]\n  delay = soon\n", ":2: delay: ");
    check_error(place, "[watch]\ndelay=60001\n", ":2: delay: ");
    check_error(place, "[watch]\ndelay=-1\n", ":2: delay: ");
    check_error(place, "[watch]\nsingle-line=yes\n",
                ":2: single-line: \"yes\" is none of false, true");
    check_error(place, "[watch]\npanel=top\n", ":2: panel: ");
    check_error(place, "[proofd]\nlevel=careful\n", ": there is no group [proofd]");
    check_error(place, "[watch]\nlevel careful\n", ": ");
    check_error(place, "level=careful\n", ": ");
    check_error(place, "[watch]\nlanguage=\xFF\xFE\n", ":2: language: ");
}

static void
test_never(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdConfig) config = NULL;
    g_autofree char *text = NULL;

    write_config(place, "# mine\n[watch]\n# what I like\nlevel=careful\nnever=a b;\n");
    g_assert_true(pd_config_add_never(place->path, "Text; Editor", &error));
    g_assert_no_error(error);
    g_assert_true(pd_config_add_never(place->path, "A B", &error)); /* is there already */
    config = pd_config_load(place->path, &error);
    g_assert_no_error(error);
    g_assert_false(pd_config_allows(config, "text; editor", NULL));
    g_assert_false(pd_config_allows(config, "a b", NULL));
    g_assert_cmpuint(g_strv_length(config->never), ==, 2);
    g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "# mine\n"));
    g_assert_nonnull(strstr(text, "# what I like\nlevel=careful\n"));
}

/* Where there is no file: the defaults stay in the list. */
static void
test_never_first(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdConfig) config = NULL;

    g_assert_true(pd_config_add_never(place->path, "gedit", &error));
    g_assert_no_error(error);
    config = pd_config_load(place->path, &error);
    g_assert_no_error(error);
    g_assert_false(pd_config_allows(config, "gedit", NULL));
    g_assert_false(pd_config_allows(config, "proof-editor", NULL));
    g_assert_true(pd_config_allows(config, "kate", NULL));
}

/* A file that is wrong stays as it is. */
static void
test_never_broken(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    write_config(place, "[watch]\nlevel=strict\n");
    g_assert_false(pd_config_add_never(place->path, "gedit", &error));
    g_assert_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID);
    g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "[watch]\nlevel=strict\n");
}

/* The file that "Settings" makes says what holds without it. */
static void
test_create(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) regex = g_regex_new("^# ([a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(PdConfig) defaults = pd_config_new();
    g_autoptr(PdConfig) config = NULL;
    g_autofree char *text = NULL;
    g_autofree char *enabled = NULL;

    g_assert_true(pd_config_create(place->path, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    enabled = g_regex_replace(regex, text, -1, 0, "\\1", 0, &error);
    write_config(place, enabled);
    config = pd_config_load(place->path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->language, ==, "en_US");
    g_assert_cmpstr(config->level, ==, "default");
    g_assert_cmpuint(config->delay_ms, ==, defaults->delay_ms);
    g_assert_cmpuint(config->unfinished_ms, ==, defaults->unfinished_ms);
    g_assert_cmpint(config->place, ==, defaults->place);
    g_assert_true(
        g_strv_equal((const char *const *)config->never, (const char *const *)defaults->never));
    g_assert_true(pd_config_create(place->path, &error)); /* which leaves what is there */
    g_clear_pointer(&text, g_free);
    g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, enabled);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*func)(Place *, gconstpointer);
    } tests[] = {
        { "/watch/config/defaults", test_defaults },
        { "/watch/config/all-keys", test_all_keys },
        { "/watch/config/errors", test_errors },
        { "/watch/config/never", test_never },
        { "/watch/config/never-first", test_never_first },
        { "/watch/config/never-broken", test_never_broken },
        { "/watch/config/create", test_create },
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Place, NULL, set_up, tests[i].func, tear_down);
    return g_test_run();
}
