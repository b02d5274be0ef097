/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/options.h"

#include "daemon/engine/lexicon.h"
#include "daemon/engine/packages.h"
#include "dbus/protocol.h"
#include "plugin/cli/input.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>

void
pd_options_done(PdOptions *self)
{
    g_free(self->language);
    g_free(self->level);
    g_free(self->variant);
    g_strfreev(self->disable);
    g_free(self->models);
    g_free(self->words_file);
    g_strfreev(self->words);
    g_strfreev(self->rest);
}

char **
pd_options_split(const char *const *values)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (; values != NULL && *values != NULL; values++) {
        g_auto(GStrv) parts = g_strsplit(*values, ",", -1);

        for (char **part = parts; *part != NULL; part++) {
            g_strstrip(*part);
            if (**part != '\0')
                g_ptr_array_add(list, g_strdup(*part));
        }
    }
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

char *
pd_options_default_language(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    g_auto(GStrv) installed = pd_lexicon_languages();
    g_autofree char *language = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(variables) && language == NULL; i++) {
        const char *value = g_getenv(variables[i]);

        if (value != NULL && *value != '\0')
            language = g_strndup(value, strcspn(value, ".@"));
    }
    if (language != NULL && g_strv_contains((const char *const *)installed, language))
        return g_steal_pointer(&language);
    return g_strdup("en_US");
}

bool
pd_options_check_choice(const char *option, const char *value, const char *const *choices)
{
    g_autofree char *all = NULL;

    if (value == NULL || g_strv_contains(choices, value))
        return true;
    all = g_strjoinv(", ", (char **)choices);
    pd_say(_("%s: unknown value \"%s\": one of %s"), option, value, all);
    return false;
}

bool
pd_options_check_format(const char *value)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *hint = NULL;
    PdFormat format;

    if (value == NULL || pd_format_from_name(value, &format))
        return true;
    names = pd_format_names();
    hint = pd_did_you_mean(value, (const char *const *)names);
    pd_say(_("--format: unknown value \"%s\": one of %s%s"), value,
           "plain, markdown, html, latex, rst, commit, code:NAME", hint);
    return false;
}

bool
pd_options_check_color(const char *value)
{
    static const char *const whens[] = { "auto", "always", "never", NULL };

    return pd_options_check_choice("--color", value, whens);
}

static bool
check_level(const char *level)
{
    static const char *const names[] = { "careful", "default", "thorough", NULL };
    g_autofree char *hint = NULL;

    if (level == NULL || g_strv_contains(names, level))
        return true;
    hint = pd_did_you_mean(level, names);
    pd_say(_("unknown level \"%s\": careful, default or thorough%s"), level, hint);
    return false;
}

static bool
check_variant(const char *variant)
{
    static const char *const names[] = { "any", "us", "gb", NULL };

    return pd_options_check_choice("--variant", variant, names);
}

static bool
check_rules(const char *const *rules)
{
    for (; *rules != NULL; rules++) {
        g_autoptr(GPtrArray) names = NULL;
        g_autofree char *hint = NULL;

        if (pd_rule_exists(*rules))
            continue;
        names = g_ptr_array_new();
        for (const char *const *rule = pd_checker_rules(); *rule != NULL; rule++)
            g_ptr_array_add(names, (char *)*rule);
        for (int kind = 0; kind < PD_N_KINDS; kind++)
            g_ptr_array_add(names, (char *)pd_kind_name(kind));
        g_ptr_array_add(names, NULL);
        hint = pd_did_you_mean(*rules, (const char *const *)names->pdata);
        pd_say(_("--disable: unknown rule \"%s\"%s"), *rules, hint);
        return false;
    }
    return true;
}

static bool
check_values(PdOptions *self)
{
    g_auto(GStrv) given = self->disable;

    self->disable = pd_options_split((const char *const *)given);
    if (self->max_candidates != G_MININT &&
        (self->max_candidates < 0 || self->max_candidates > PD_MAX_CANDIDATES)) {
        pd_say(_("--max-candidates: %d is not in 0..%d"), self->max_candidates, PD_MAX_CANDIDATES);
        return false;
    }
    if (!check_level(self->level) || !check_variant(self->variant) ||
        !check_rules((const char *const *)self->disable))
        return false;
    if (self->words_file != NULL) {
        g_autoptr(GError) error = NULL;

        self->words = pd_input_read_words(self->words_file, &error);
        if (self->words == NULL) {
            pd_say("--words: %s", error->message);
            return false;
        }
        if (g_strv_length(self->words) > PD_MAX_OPTION_WORDS) {
            pd_say(_("--words: %s: more than %d words; proof words import takes any number"),
                   self->words_file, PD_MAX_OPTION_WORDS);
            return false;
        }
    }
    return true;
}

static void
add_shared_entries(PdOptions *self, PdOptionSet set, GOptionContext *context)
{
    const GOptionEntry common[] = {
        { "local", 0, 0, G_OPTION_ARG_NONE, &self->local,
          "Work in this process, without the service", NULL },
        { "models", 0, 0, G_OPTION_ARG_FILENAME, &self->models,
          "Take the models below DIR (means --local)", "DIR" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
          "Leave out what is only for information", NULL },
        { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->verbose, "Say what is being done", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->rest, NULL, NULL },
        { 0 },
    };
    const GOptionEntry language[] = {
        { "language", 'l', 0, G_OPTION_ARG_STRING, &self->language,
          "The text's language (else the locale's, else en_US)", "LANG" },
        { 0 },
    };
    const GOptionEntry check[] = {
        { "level", 0, 0, G_OPTION_ARG_STRING, &self->level,
          "careful (few false alarms), default, or thorough", "LEVEL" },
        { "variant", 0, 0, G_OPTION_ARG_STRING, &self->variant,
          "Report the spelling of the other: us, gb, or any (none is reported)", "VARIANT" },
        { "disable", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &self->disable,
          "Leave out a rule or a kind of error; repeatable", "RULE[,...]" },
        { "words", 'w', 0, G_OPTION_ARG_FILENAME, &self->words_file,
          "Accept the words in FILE too, one a line", "FILE" },
        { "max-candidates", 0, 0, G_OPTION_ARG_INT, &self->max_candidates,
          "At most N corrections each; 0: none, which is faster", "N" },
        { 0 },
    };

    if (set & PD_OPTIONS_CHECK)
        g_option_context_add_main_entries(context, check, NULL);
    if (set & PD_OPTIONS_LANGUAGE)
        g_option_context_add_main_entries(context, language, NULL);
    g_option_context_add_main_entries(context, common, NULL);
}

bool
pd_options_parse(PdOptions *self, PdOptionSet set, const char *usage, const char *description,
                 const GOptionEntry *entries, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;

    if (entries != NULL)
        g_option_context_add_main_entries(context, entries, NULL);
    add_shared_entries(self, set, context);
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        pd_say(_("%s (--help lists the options)"), error->message);
        return false;
    }
    if (!check_values(self))
        return false;
    if (self->language != NULL && *self->language == '\0') {
        pd_say(_("--language: which?"));
        return false;
    }
    if (set & PD_OPTIONS_LANGUAGE && self->language == NULL)
        self->language = pd_options_default_language();
    return true;
}

void
pd_options_choose_models(const PdOptions *self, PdChecker *checker)
{
    g_autoptr(GHashTable) chosen = NULL;
    g_autoptr(GError) error = NULL;

    if (self->models != NULL)
        return;
    chosen = pd_packages_chosen(&error);
    if (chosen != NULL)
        pd_checker_choose_models(checker, chosen);
    else
        pd_say("%s", error->message);
}

ProofdOptions *
pd_options_for_check(const PdOptions *self)
{
    ProofdOptions *options = proofd_options_new();

    proofd_options_set_level(options, self->level != NULL ? self->level : "default");
    proofd_options_set_variant(options, self->variant);
    proofd_options_set_disable(options, (const char *const *)self->disable);
    proofd_options_set_words(options, (const char *const *)self->words);
    proofd_options_set_max_candidates(options, self->max_candidates);
    return options;
}
