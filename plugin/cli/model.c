/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof model: which models there are, whether one is whole, and which is used.
 */
#include "daemon/engine/checker.h"
#include "daemon/engine/packages.h"
#include "plugin/cli/command.h"
#include "plugin/cli/json-writer.h"
#include "plugin/cli/options.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT "default" /* in place of a directory: the language's own model again */

typedef struct {
    const PdOptions *options;
    char *models_dir;
    GHashTable *chosen;
    GPtrArray *packages; /* of PdPackage */
} Models;

static void
models_done(Models *self)
{
    g_free(self->models_dir);
    g_clear_pointer(&self->chosen, g_hash_table_unref);
    g_clear_pointer(&self->packages, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Models, models_done)

static bool
find_models(Models *self, const PdOptions *options, GError **error)
{
    g_autoptr(PdChecker) checker = pd_checker_new(options->models, NULL, 0);

    self->options = options;
    self->models_dir = g_strdup(pd_checker_models_dir(checker));
    self->chosen = pd_packages_chosen(error);
    if (self->chosen == NULL)
        return false;
    self->packages = pd_packages_list(self->models_dir, self->chosen);
    return true;
}

/* --- list --- */

static void
print_package(const PdPackage *package)
{
    g_autofree char *size = g_format_size(package->size_bytes);
    g_autofree char *line = g_strdup_printf(
        "%c %-3s %s%s%s  %s  %s  %s", package->in_use ? '*' : ' ',
        package->language != NULL ? package->language : "?", package->name,
        package->version != NULL ? " " : "", package->version != NULL ? package->version : "", size,
        package->licence != NULL ? package->licence : _("licence unknown"), package->dir);
    g_autofree char *printable = pd_printable(line);

    puts(printable);
    if (package->problem != NULL) {
        g_autofree char *problem = pd_printable(package->problem);

        printf("      %s\n", problem);
    }
}

static void
add_json(PdJson *json, const PdPackage *package)
{
    pd_json_begin(json, NULL, '{');
    pd_json_string(json, "directory", package->dir);
    pd_json_string(json, "name", package->name);
    pd_json_size(json, "size", (size_t)package->size_bytes);
    pd_json_bool(json, "in-use", package->in_use);
    if (package->language != NULL)
        pd_json_string(json, "language", package->language);
    if (package->version != NULL)
        pd_json_string(json, "version", package->version);
    if (package->licence != NULL)
        pd_json_string(json, "licence", package->licence);
    if (package->problem != NULL)
        pd_json_string(json, "problem", package->problem);
    pd_json_end(json, '}');
}

static void
list_json(const Models *self)
{
    g_autoptr(GString) out = g_string_new(NULL);
    PdJson json = PD_JSON_INIT(out);

    pd_json_begin(&json, NULL, '[');
    for (guint i = 0; i < self->packages->len; i++)
        add_json(&json, g_ptr_array_index(self->packages, i));
    pd_json_end(&json, ']');
    puts(out->str);
}

static bool
list(const Models *self, bool as_json)
{
    if (as_json) {
        list_json(self);
        return true;
    }
    for (guint i = 0; i < self->packages->len; i++)
        print_package(g_ptr_array_index(self->packages, i));
    if (self->packages->len == 0 && !self->options->quiet)
        pd_say(_("no model in %s"), self->models_dir);
    return true;
}

/* --- verify --- */

/* A directory, or the name of one that is listed: (transfer full), NULL with @error set. */
static PdPackage *
find_package(const Models *self, const char *name, GError **error)
{
    g_autofree char *beside = g_build_filename(self->models_dir, name, NULL);

    if (!g_file_test(name, G_FILE_TEST_IS_DIR) && strchr(name, '/') == NULL &&
        g_file_test(beside, G_FILE_TEST_IS_DIR))
        return pd_package_new(beside, error);
    return pd_package_new(name, error);
}

static bool
verify(const PdPackage *package, bool quiet, GError **error)
{
    double difference;
    unsigned n_files;

    if (!quiet)
        printf("%s\n", package->dir);
    if (!pd_package_check_files(package->dir, &n_files, error))
        return false;
    if (!quiet && n_files == 0)
        puts(_("  no manifest.json: no hashes to compare"));
    else if (!quiet)
        printf(ngettext("  %u file: size and SHA-256 are right\n",
                        "  %u files: size and SHA-256 are right\n", n_files),
               n_files);
    if (!pd_package_check_model(package->dir, &difference, error))
        return false;
    if (quiet)
        return true;
    puts(_("  configuration, vocabulary, weights and tables can be used"));
    if (n_files > 0)
        printf(_("  the golden sentence differs by a chance of %.3f at most\n"), difference);
    return true;
}

static bool
verify_all(const Models *self, char **names, GError **error)
{
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(PdPackage) package = find_package(self, *name, error);

        if (package == NULL || !verify(package, self->options->quiet, error))
            return false;
    }
    for (guint i = 0; *names == NULL && i < self->packages->len; i++) {
        const PdPackage *package = g_ptr_array_index(self->packages, i);

        if (package->in_use && !verify(package, self->options->quiet, error))
            return false;
    }
    return true;
}

/* --- use --- */

/* (transfer full): the language that the option names, else the model's, else the locale's */
static char *
language_for(const PdPackage *package, const char *given)
{
    g_autofree char *locale = pd_options_default_language();

    if (given == NULL && package != NULL && package->language != NULL)
        return g_strdup(package->language);
    if (given == NULL)
        given = locale;
    return g_ascii_strdown(given, (gssize)strcspn(given, "_-@."));
}

static bool
use(const Models *self, const char *name, const char *given, GError **error)
{
    g_autoptr(PdPackage) package = NULL;
    g_autofree char *language = NULL;
    g_autofree char *own = NULL;
    bool is_own;

    if (!g_str_equal(name, DEFAULT)) {
        package = find_package(self, name, error);
        if (package == NULL || !verify(package, self->options->quiet, error))
            return false;
    }
    language = language_for(package, given);
    if (!pd_package_is_language(language)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    _("--language: \"%s\" is no language such as en"), language);
        return false;
    }
    own = g_build_filename(self->models_dir, language, NULL);
    is_own = package == NULL || g_str_equal(package->dir, own);
    if (!pd_packages_choose(language, is_own ? NULL : package->dir, error))
        return false;
    if (!self->options->quiet)
        printf(_("%s is checked with %s from now on\n"), language, is_own ? own : package->dir);
    return true;
}

static bool
check_usage(char **rest)
{
    static const char *const actions[] = { "list", "verify", "use", NULL };
    const guint n_arguments = g_strv_length(rest + 1);

    if (!g_strv_contains(actions, rest[0])) {
        g_autofree char *hint = pd_did_you_mean(rest[0], actions);

        pd_say(_("model: unknown action \"%s\": list, verify or use%s"), rest[0], hint);
        return false;
    }
    if (g_str_equal(rest[0], "use") && n_arguments != 1) {
        pd_say(_("model use: one directory, or \"default\""));
        return false;
    }
    if (g_str_equal(rest[0], "list") && n_arguments > 0) {
        pd_say(_("model list takes no arguments: \"%s\""), rest[1]);
        return false;
    }
    return true;
}

PdExit
pd_command_model(int argc, char **argv)
{
    static const char description[] =
        "Actions:\n"
        "  list               models, * those in use (also without an action)\n"
        "  verify [DIR...]    are they whole? Without DIR, those in use\n"
        "  use DIR            verify it, and check its language with it from now on\n"
        "  use default        the language's own model again\n"
        "DIR is a directory, one that Transformers wrote too, or a name from the list.";
    g_auto(PdOptions) options = PD_OPTIONS_INIT;
    g_auto(Models) models = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *language = NULL;
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "list: write one JSON array", NULL },
        { "language", 'l', 0, G_OPTION_ARG_STRING, &language,
          "use: for that language (else the model's)", "LANG" },
        { 0 },
    };
    char *listing[] = { (char *)"list", NULL };
    char **rest;
    bool done;

    if (!pd_options_parse(&options, PD_OPTIONS_COMMON, "[ACTION [DIR]]", description, entries, argc,
                          argv))
        return PD_EXIT_TROUBLE;
    rest = options.rest != NULL ? options.rest : listing;
    if (!check_usage(rest))
        return PD_EXIT_TROUBLE;
    done = find_models(&models, &options, &error);
    if (done && g_str_equal(rest[0], "list"))
        done = list(&models, as_json != FALSE);
    else if (done && g_str_equal(rest[0], "verify"))
        done = verify_all(&models, rest + 1, &error);
    else if (done)
        done = use(&models, rest[1], language, &error);
    if (!done)
        pd_say("%s", error->message);
    return pd_flush_output() && done ? PD_EXIT_NOTHING : PD_EXIT_TROUBLE;
}
