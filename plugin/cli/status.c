/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof status: is the service there, and what does it know? Does not start it.
 */
#include "daemon/engine/checker.h"
#include "daemon/engine/lexicon.h"
#include "plugin/cli/command.h"
#include "plugin/cli/excerpt.h"
#include "plugin/cli/json-writer.h"
#include "plugin/cli/options.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <proofd.h>
#include <stdio.h>

typedef struct {
    bool bus;
    bool running;
    char *reason;         /* (nullable): why there is no bus */
    GVariant *properties; /* (nullable): a{sv}, of a running service */
    char **languages;     /* installed here */
    char *model;          /* what proof itself would take, without a service to ask */
    char *model_hash;     /* (nullable): of that, if there is one */
} Status;

static void
status_done(Status *self)
{
    g_free(self->reason);
    g_clear_pointer(&self->properties, g_variant_unref);
    g_strfreev(self->languages);
    g_free(self->model);
    g_free(self->model_hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, status_done)

/* The model that proof itself would take, where there is no service to ask. */
static void
look_at_own_model(Status *self, const PdOptions *options)
{
    g_autofree char *language = pd_options_default_language();
    g_autoptr(PdChecker) checker = pd_checker_new(options->models, NULL, 0);
    g_autoptr(GError) error = NULL;
    PdModel *model;

    pd_options_choose_models(options, checker);
    model = pd_checker_model(checker, language, &error);
    if (model != NULL)
        self->model_hash = pd_model_hash(model);
    self->model = g_strdup(error != NULL   ? error->message
                           : model == NULL ? _("none: spelling only")
                                           : pd_model_name(model));
}

static bool
look(Status *self, const PdOptions *options, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(ProofdClient) client = proofd_client_new();

    self->languages = pd_lexicon_languages();
    if (options->local)
        self->reason = g_strdup(_("not asked"));
    else
        self->running = proofd_client_is_running(client, NULL, &failure);
    if (failure != NULL)
        self->reason = g_strdup(failure->message);
    self->bus = self->reason == NULL;
    if (!self->running) {
        look_at_own_model(self, options);
        return true;
    }
    self->properties = proofd_client_get_service_properties(client, NULL, error);
    return self->properties != NULL;
}

static const char *
property(const Status *self, const char *name)
{
    const char *value = NULL;

    if (self->properties == NULL || !g_variant_lookup(self->properties, name, "&s", &value))
        return "";
    return value;
}

static void
print_line(const char *name, const char *value)
{
    g_autofree char *printable = pd_printable(value);

    if (*printable != '\0')
        printf("%s%*s%s\n", name, (int)(12 - MIN(pd_columns(name), 11)), "", printable);
}

static void
print_statistics(GVariant *properties)
{
    g_autoptr(GVariant) statistics =
        g_variant_lookup_value(properties, "Statistics", G_VARIANT_TYPE_VARDICT);
    GVariantIter iter;
    const char *key;
    GVariant *value;

    if (statistics == NULL)
        return;
    puts(_("statistics"));
    g_variant_iter_init(&iter, statistics);
    while (g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        g_autofree char *text = g_variant_print(value, FALSE);
        g_autofree char *line = g_strdup_printf("  %s: %s", key, text);
        g_autofree char *printable = pd_printable(line);

        puts(printable);
        g_variant_unref(value);
    }
}

static void
print_languages(const Status *self)
{
    g_auto(GStrv) served = NULL;
    g_autofree char *joined = NULL;

    if (self->properties != NULL)
        g_variant_lookup(self->properties, "Languages", "^as", &served);
    joined = g_strjoinv(" ", served != NULL ? served : self->languages);
    print_line(_("languages"), *joined != '\0' ? joined : _("none: install a Hunspell dictionary"));
}

static void
print_human(const Status *self)
{
    g_autofree char *service = NULL;

    if (self->running)
        service = g_strdup_printf(_("running, version %s"), property(self, "Version"));
    else if (self->bus)
        service = g_strdup(_("not running; starts when it is asked, if it is installed"));
    else
        service = g_strdup_printf(_("none (%s): proof works by itself"), self->reason);
    print_line("proof", PD_VERSION);
    print_line(_("service"), service);
    if (self->running) {
        print_line(_("model"), property(self, "ModelName"));
        print_line(_("model hash"), property(self, "ModelHash"));
    } else {
        print_line(_("model"), self->model);
        print_line(_("model hash"), self->model_hash != NULL ? self->model_hash : "");
    }
    print_languages(self);
    if (self->properties != NULL)
        print_statistics(self->properties);
}

static void
print_json(const Status *self)
{
    g_autoptr(GString) out = g_string_new(NULL);
    PdJson json = PD_JSON_INIT(out);

    pd_json_begin(&json, NULL, '{');
    pd_json_string(&json, "version", PD_VERSION);
    pd_json_bool(&json, "bus", self->bus);
    pd_json_bool(&json, "running", self->running);
    pd_json_begin(&json, "languages", '[');
    for (char **language = self->languages; *language != NULL; language++)
        pd_json_string(&json, NULL, *language);
    pd_json_end(&json, ']');
    if (self->reason != NULL)
        pd_json_string(&json, "reason", self->reason);
    if (self->model != NULL)
        pd_json_string(&json, "model", self->model);
    if (self->model_hash != NULL)
        pd_json_string(&json, "model-hash", self->model_hash);
    if (self->properties != NULL) {
        g_autofree char *properties = json_gvariant_serialize_data(self->properties, NULL);

        pd_json_raw(&json, "service", properties);
    }
    pd_json_end(&json, '}');
    puts(out->str);
}

PdExit
pd_command_status(int argc, char **argv)
{
    g_auto(PdOptions) options = PD_OPTIONS_INIT;
    g_auto(Status) status = { 0 };
    g_autoptr(GError) error = NULL;
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Write one JSON object", NULL },
        { 0 },
    };

    if (!pd_options_parse(&options, PD_OPTIONS_COMMON, NULL,
                          "Says whether the service runs, without starting it.", entries, argc,
                          argv))
        return PD_EXIT_TROUBLE;
    if (options.rest != NULL) {
        pd_say(_("status takes no arguments: \"%s\""), options.rest[0]);
        return PD_EXIT_TROUBLE;
    }
    if (!look(&status, &options, &error)) {
        pd_say("%s", error->message);
        return PD_EXIT_TROUBLE;
    }
    if (as_json)
        print_json(&status);
    else
        print_human(&status);
    return pd_flush_output() ? PD_EXIT_NOTHING : PD_EXIT_TROUBLE;
}
