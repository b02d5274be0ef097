/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof check: files checked, and reported, shown as a diff, or corrected.
 */
#include "daemon/engine/checker.h"
#include "plugin/cli/backend.h"
#include "plugin/cli/command.h"
#include "plugin/cli/diff.h"
#include "plugin/cli/fix.h"
#include "plugin/cli/input.h"
#include "plugin/cli/options.h"
#include "plugin/cli/replace.h"
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MARK "\xEF\xBB\xBF"

typedef struct {
    PdOptions options;
    gboolean json, sarif, gnu, fix, diff;
    char *format;
    char *color;
    char **kinds;
    PdBackend *backend;
    PdReplace *replace; /* with --fix */
    size_t n_findings;  /* with --fix and --diff */
    size_t n_fixed;
    size_t n_trouble;
} Job;

static void
job_done(Job *self)
{
    pd_options_done(&self->options);
    g_free(self->format);
    g_free(self->color);
    g_strfreev(self->kinds);
    pd_backend_free(self->backend);
    pd_replace_free(self->replace);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_done)

static const char summary[] =
    "Finds wrong words in files, in standard input, or in a text given in quotes, and proposes\n"
    "corrections.\n"
    "\n"
    "Other commands (proof help COMMAND):\n"
    "  batch     many texts, as JSON lines\n"
    "  score     how natural each line is\n"
    "  explain   why a place is reported, or what a rule finds\n"
    "  words     your own words: list, add, remove, import\n"
    "  model     which models there are: list, verify, use\n"
    "  status    the service, its model and languages\n"
    "  doctor    what is set up, in proofd and in each editor, and how to\n"
    "\n"
    "Exit status: 0 nothing found, 1 findings, 2 trouble.";

static bool
parse(Job *self, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Write one JSON object", NULL },
        { "sarif", 0, 0, G_OPTION_ARG_NONE, &self->sarif, "Write SARIF 2.1.0", NULL },
        { "gnu", 0, 0, G_OPTION_ARG_NONE, &self->gnu, "Write FILE:LINE:COLUMN: MESSAGE", NULL },
        { "fix", 0, 0, G_OPTION_ARG_NONE, &self->fix,
          "Write the first correction of each finding into the files", NULL },
        { "diff", 0, 0, G_OPTION_ARG_NONE, &self->diff, "Show what --fix would change", NULL },
        { "kind", 'k', 0, G_OPTION_ARG_STRING_ARRAY, &self->kinds,
          "Only findings of this kind; repeatable", "KIND[,...]" },
        { "format", 'f', 0, G_OPTION_ARG_STRING, &self->format,
          "plain, markdown, html, latex, rst, commit or code:NAME (else by the file's name)",
          "FORMAT" },
        { "color", 0, 0, G_OPTION_ARG_STRING, &self->color, "auto, always or never", "WHEN" },
        { 0 },
    };

    return pd_options_parse(&self->options, PD_OPTIONS_LANGUAGE | PD_OPTIONS_CHECK,
                            "[FILE... | TEXT]", summary, entries, argc, argv);
}

static bool
check_kinds(Job *self)
{
    g_auto(GStrv) given = self->kinds;
    const char *names[PD_N_KINDS + 1] = { NULL };

    self->kinds = given != NULL ? pd_options_split((const char *const *)given) : NULL;
    if (self->kinds != NULL && *self->kinds == NULL) {
        pd_say(_("--kind: which?"));
        return false;
    }
    for (int kind = 0; kind < PD_N_KINDS; kind++)
        names[kind] = pd_kind_name(kind);
    for (char **kind = self->kinds; kind != NULL && *kind != NULL; kind++) {
        if (!pd_options_check_choice("--kind", *kind, names))
            return false;
    }
    return true;
}

static bool
check_values(Job *self)
{
    if (self->json + self->sarif + self->gnu + self->fix + self->diff > 1) {
        pd_say(_("only one of --json, --sarif, --gnu, --fix and --diff"));
        return false;
    }
    if (self->kinds != NULL && self->options.max_candidates == 0) {
        pd_say(_("--kind needs corrections: without them the kinds are not known"));
        return false;
    }
    if (self->fix || self->diff) /* no correction, no change */
        self->options.max_candidates =
            self->options.max_candidates == 0 ? 1 : self->options.max_candidates;
    return pd_options_check_format(self->format) && pd_options_check_color(self->color) &&
           check_kinds(self);
}

static void
keep_kinds(GPtrArray *findings, char **kinds)
{
    for (guint i = 0; kinds != NULL && i < findings->len;) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (g_strv_contains((const char *const *)kinds, finding->kind))
            i++;
        else
            g_ptr_array_remove_index(findings, i);
    }
}

/* @path's text and what is found in it; what went wrong is for the caller to tell. */
static GPtrArray *
check_path(Job *self, const char *path, PdInput **ret_input, GError **error)
{
    g_autoptr(PdInput) input = NULL;
    g_autoptr(ProofdOptions) options = pd_options_for_check(&self->options);
    GPtrArray *findings;

    if (g_str_equal(path, "-") && isatty(STDIN_FILENO) && !self->options.quiet)
        pd_say(_("checking what you type; Ctrl-D ends it"));
    input = pd_input_is_text(path) ? pd_input_new_text(path, error) : pd_input_read(path, error);
    if (input == NULL)
        return NULL;
    proofd_options_set_format(options,
                              self->format != NULL ? self->format : pd_input_format(input));
    findings = pd_backend_check(self->backend, self->options.language, input->text, options, error);
    if (findings == NULL) {
        g_prefix_error(error, "%s: ", input->name);
        return NULL;
    }
    keep_kinds(findings, self->kinds);
    *ret_input = g_steal_pointer(&input);
    return findings;
}

static PdExit
run_report(Job *self, char **paths)
{
    const PdReportForm *form = self->json    ? &pd_report_json
                               : self->sarif ? &pd_report_sarif
                               : self->gnu   ? &pd_report_gnu
                                             : &pd_report_human;
    g_auto(PdReport) report = { 0 };

    pd_report_init(&report, form);
    report.language = self->options.language;
    report.level =
        self->options.level != NULL ? self->options.level : pd_level_name(PD_LEVEL_DEFAULT);
    report.quiet = self->options.quiet;
    report.colour = pd_report_colour(self->color != NULL ? self->color : "auto");
    pd_report_begin(&report);
    for (; *paths != NULL; paths++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PdInput) input = NULL;
        g_autoptr(GPtrArray) findings = check_path(self, *paths, &input, &error);

        if (findings != NULL)
            pd_report_file(&report, input, findings);
        else
            pd_report_trouble(&report, *paths, error->message);
    }
    pd_report_end(&report);
    if (report.n_trouble > 0)
        return PD_EXIT_TROUBLE;
    return report.n_findings > 0 ? PD_EXIT_FINDINGS : PD_EXIT_NOTHING;
}

static void
write_fixed(Job *self, const PdInput *input, GPtrArray *edits)
{
    g_autoptr(GString) text = pd_fix_apply(input->text, input->length, edits);

    if (input->has_mark)
        g_string_prepend(text, MARK);
    if (!input->is_file)
        fwrite(text->str, 1, text->len, stdout);
    else if (edits->len > 0)
        pd_replace_add(self->replace, input, text->str, text->len);
}

static void
write_diff(const PdInput *input, GPtrArray *edits)
{
    g_autoptr(GString) text = g_string_new_len(input->text, input->length);
    g_autofree char *diff = NULL;

    if (input->has_mark) { /* the file has it, so patch(1) must see it */
        g_string_prepend(text, MARK);
        for (guint i = 0; i < edits->len; i++) {
            PdEdit *edit = edits->pdata[i];

            edit->start += strlen(MARK);
            edit->end += strlen(MARK);
        }
    }
    diff = pd_diff(input->name, text->str, text->len, edits);
    fputs(diff, stdout);
}

static bool
fix_path(Job *self, const char *path, GError **error)
{
    g_autoptr(PdInput) input = NULL;
    g_autoptr(GPtrArray) findings = check_path(self, path, &input, error);
    g_autoptr(GPtrArray) edits = NULL;

    if (findings == NULL)
        return false;
    if (self->replace != NULL && input->is_file && pd_replace_has(self->replace, input))
        return true; /* the same file under another name */
    edits = pd_fix_edits(input->text, findings);
    self->n_findings += findings->len;
    self->n_fixed += edits->len;
    if (self->diff)
        write_diff(input, edits);
    else
        write_fixed(self, input, edits);
    return true;
}

static PdExit
end_fix(Job *self)
{
    g_autoptr(GError) error = NULL;
    size_t n_files = pd_replace_n_files(self->replace);

    if (self->n_trouble == 0 && !pd_replace_commit(self->replace, &error)) {
        pd_say("%s", error->message);
        self->n_trouble++;
    }
    if (self->n_trouble > 0) {
        pd_say(_("no file was changed"));
        return PD_EXIT_TROUBLE;
    }
    if (!self->options.quiet && n_files == 0)
        pd_say(_("%zu of %zu findings corrected"), self->n_fixed, self->n_findings);
    else if (!self->options.quiet)
        pd_say(g_dngettext(GETTEXT_PACKAGE, "%zu of %zu findings corrected, %zu file changed",
                           "%zu of %zu findings corrected, %zu files changed", n_files),
               self->n_fixed, self->n_findings, n_files);
    return self->n_fixed < self->n_findings ? PD_EXIT_FINDINGS : PD_EXIT_NOTHING;
}

static PdExit
run_fix(Job *self, char **paths)
{
    if (self->fix)
        self->replace = pd_replace_new();
    for (; *paths != NULL; paths++) {
        g_autoptr(GError) error = NULL;

        if (!fix_path(self, *paths, &error)) {
            pd_say("%s", error->message);
            self->n_trouble++;
        }
    }
    if (self->fix)
        return end_fix(self);
    if (self->n_trouble > 0)
        return PD_EXIT_TROUBLE;
    return self->n_findings > 0 ? PD_EXIT_FINDINGS : PD_EXIT_NOTHING;
}

PdExit
pd_command_check(int argc, char **argv)
{
    g_auto(Job) job = { .options = PD_OPTIONS_INIT };
    g_autoptr(GError) error = NULL;
    char *standard_input[] = { (char *)"-", NULL };
    char **paths;
    PdExit status;

    if (!parse(&job, argc, argv) || !check_values(&job))
        return PD_EXIT_TROUBLE;
    job.backend = pd_backend_new(&job.options, &error);
    if (job.backend == NULL || !pd_backend_prepare(job.backend, job.options.language, &error)) {
        pd_say("%s", error->message);
        return PD_EXIT_TROUBLE;
    }
    paths = job.options.rest != NULL ? job.options.rest : standard_input;
    status = job.fix || job.diff ? run_fix(&job, paths) : run_report(&job, paths);
    return pd_flush_output() ? status : PD_EXIT_TROUBLE;
}
