/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof doctor: is the service well, and which programs have its corrections? With the command
 * that mends or turns on what is not.
 */
#include "plugin/cli/doctor.h"

#include "plugin/cli/command.h"
#include "plugin/cli/doctor-find.h"
#include "plugin/cli/excerpt.h"
#include "plugin/cli/json-writer.h"
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#define BUS_NAME "org.freedesktop.DBus"

#define BOLD "\033[1m"
#define BLUE "\033[34m"
#define RESET "\033[0m"

static const struct {
    const char *id, *shown, *colour;
} healths[PD_N_HEALTHS] = {
    [PD_HEALTH_OK] = { "ok", N_("ok"), "\033[32m" },
    [PD_HEALTH_OFF] = { "off", N_("off"), "\033[33m" },
    [PD_HEALTH_MISSING] = { "missing", N_("missing"), "\033[2m" },
    [PD_HEALTH_WRONG] = { "wrong", N_("wrong"), "\033[1;31m" },
};

static void
diagnosis_free(gpointer data)
{
    PdDiagnosis *self = data;

    g_free(self->title);
    g_free(self->text);
    g_strfreev(self->remedy);
    g_free(self);
}

void
pd_doctor_tell(PdDoctor *self, const char *id, const char *title, PdHealth health, const char *text,
               const char *remedy)
{
    PdDiagnosis *diagnosis = g_new0(PdDiagnosis, 1);

    diagnosis->group = self->group;
    diagnosis->id = id;
    diagnosis->title = g_strdup(title);
    diagnosis->health = health;
    diagnosis->text = g_strdup(text);
    diagnosis->remedy = g_strsplit(remedy != NULL ? remedy : "", "\n", -1);
    g_ptr_array_add(self->diagnoses, diagnosis);
}

bool
pd_doctor_bus_has(PdDoctor *self, const char *name)
{
    g_autoptr(GVariant) reply = NULL;
    gboolean has = FALSE;

    if (self->bus == NULL)
        return false;
    reply = g_dbus_connection_call_sync(self->bus, BUS_NAME, "/", BUS_NAME, "NameHasOwner",
                                        g_variant_new("(s)", name), G_VARIANT_TYPE("(b)"),
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    if (reply != NULL)
        g_variant_get(reply, "(b)", &has);
    return has;
}

static guint
count_wrong(const PdDoctor *self)
{
    guint n_wrong = 0;

    for (guint i = 0; i < self->diagnoses->len; i++)
        n_wrong += ((PdDiagnosis *)self->diagnoses->pdata[i])->health == PD_HEALTH_WRONG;
    return n_wrong;
}

typedef struct {
    bool colour;
    int health_width, title_width; /* as pd_columns() counts */
} Layout;

/* @colour: (nullable): as the terminal wants it; @width: filled up with spaces to it */
static void
print_cell(const Layout *layout, const char *text, const char *colour, int width)
{
    const bool coloured = layout->colour && colour != NULL;

    printf("%s%s%s%*s", coloured ? colour : "", text, coloured ? RESET : "",
           MAX(0, width - (int)pd_columns(text)), "");
}

static void
print_diagnosis(const Layout *layout, const PdDiagnosis *self)
{
    g_autofree char *title = pd_printable(self->title);
    g_autofree char *text = pd_printable(self->text);

    fputs("  ", stdout);
    print_cell(layout, _(healths[self->health].shown), healths[self->health].colour,
               layout->health_width + 2);
    print_cell(layout, title, NULL, layout->title_width + 2);
    puts(text);
    for (char **line = self->remedy; *line != NULL; line++) {
        g_autofree char *printable = pd_printable(*line);

        printf("%*s", layout->health_width + 8, "");
        print_cell(layout, printable, BLUE, 0);
        puts("");
    }
}

static void
init_layout(Layout *self, const PdDoctor *doctor)
{
    *self = (Layout){ .colour = pd_report_colour("auto") };
    for (int i = 0; i < PD_N_HEALTHS; i++)
        self->health_width = MAX(self->health_width, (int)pd_columns(_(healths[i].shown)));
    for (guint i = 0; i < doctor->diagnoses->len; i++) {
        const PdDiagnosis *diagnosis = doctor->diagnoses->pdata[i];

        self->title_width = MAX(self->title_width, (int)pd_columns(diagnosis->title));
    }
}

/* Headings, a line for each, and what mends it. */
static void
print_human(const PdDoctor *self)
{
    g_autofree char *manual = pd_find("$data/doc/proofd/html/index.html");
    guint n_wrong = count_wrong(self);
    const char *group = NULL;
    Layout layout;

    init_layout(&layout, self);
    for (guint i = 0; i < self->diagnoses->len; i++) {
        const PdDiagnosis *diagnosis = self->diagnoses->pdata[i];

        if (diagnosis->group != group) {
            fputs(group != NULL ? "\n" : "", stdout);
            print_cell(&layout, group != NULL ? _("Where you write") : "proofd", BOLD, 0);
            puts("");
        }
        group = diagnosis->group;
        print_diagnosis(&layout, diagnosis);
    }
    puts("");
    if (n_wrong > 0)
        printf(
            g_dngettext(GETTEXT_PACKAGE, "%u thing is wrong.\n", "%u things are wrong.\n", n_wrong),
            n_wrong);
    else
        puts(_("Nothing is wrong."));
    if (manual != NULL)
        printf(_("How to set up each program: %s\n"), manual);
}

static void
print_json(const PdDoctor *self)
{
    g_autoptr(GString) out = g_string_new(NULL);
    PdJson json = PD_JSON_INIT(out);

    pd_json_begin(&json, NULL, '{');
    pd_json_string(&json, "version", PD_VERSION);
    pd_json_size(&json, "wrong", count_wrong(self));
    pd_json_begin(&json, "items", '[');
    for (guint i = 0; i < self->diagnoses->len; i++) {
        const PdDiagnosis *diagnosis = self->diagnoses->pdata[i];

        pd_json_begin(&json, NULL, '{');
        pd_json_string(&json, "group", diagnosis->group);
        pd_json_string(&json, "id", diagnosis->id);
        pd_json_string(&json, "title", diagnosis->title);
        pd_json_string(&json, "state", healths[diagnosis->health].id);
        pd_json_string(&json, "text", diagnosis->text);
        pd_json_begin(&json, "remedy", '[');
        for (char **line = diagnosis->remedy; *line != NULL; line++)
            pd_json_string(&json, NULL, *line);
        pd_json_end(&json, ']');
        pd_json_end(&json, '}');
    }
    pd_json_end(&json, ']');
    pd_json_end(&json, '}');
    puts(out->str);
}

PdExit
pd_command_doctor(int argc, char **argv)
{
    g_auto(PdOptions) options = PD_OPTIONS_INIT;
    g_autoptr(GPtrArray) diagnoses = g_ptr_array_new_with_free_func(diagnosis_free);
    PdDoctor doctor = { .options = &options, .diagnoses = diagnoses };
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Write one JSON object", NULL },
        { 0 },
    };

    if (!pd_options_parse(&options, PD_OPTIONS_COMMON, NULL,
                          "Says whether the service is well and in which programs it is set up, "
                          "with the command for what is not.",
                          entries, argc, argv))
        return PD_EXIT_TROUBLE;
    if (options.rest != NULL) {
        pd_say(_("doctor takes no arguments: \"%s\""), options.rest[0]);
        return PD_EXIT_TROUBLE;
    }
    doctor.group = "proofd";
    pd_doctor_look_at_service(&doctor);
    doctor.group = "clients";
    pd_doctor_look_at_clients(&doctor);
    g_clear_object(&doctor.bus);
    if (as_json)
        print_json(&doctor);
    else
        print_human(&doctor);
    if (!pd_flush_output())
        return PD_EXIT_TROUBLE;
    return count_wrong(&doctor) > 0 ? PD_EXIT_FINDINGS : PD_EXIT_NOTHING;
}
