/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof explain: what a rule finds, or why a place is reported.
 */
#include "plugin/cli/explain.h"

#include "plugin/cli/backend.h"
#include "plugin/cli/command.h"
#include "plugin/cli/options.h"
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    PdOptions options;
    gboolean html, json;
    char *format;
    char *color;
} Job;

typedef struct {
    char *path;
    guint64 line, column;
} Where;

static void
job_done(Job *self)
{
    pd_options_done(&self->options);
    g_free(self->format);
    g_free(self->color);
}

static void
where_done(Where *self)
{
    g_free(self->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_done)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Where, where_done)

static void
write_out(const GString *out)
{
    fwrite(out->str, 1, out->len, stdout);
}

/* --- rules --- */

/* The rule, or those of the kind, of that name; empty if there is none. Borrowed strings. */
static GPtrArray *
rules_called(const char *name)
{
    GPtrArray *found = g_ptr_array_new();
    const size_t length = strlen(name);

    for (const char *const *rule = pd_checker_rules(); *rule != NULL; rule++)
        if (length > 0 && strncmp(*rule, name, length) == 0 &&
            ((*rule)[length] == '\0' || (*rule)[length] == '/'))
            g_ptr_array_add(found, (char *)*rule);
    return found;
}

static void
say_unknown_rule(const char *name)
{
    g_autofree char *kind = g_strndup(name, strcspn(name, "/"));
    g_autoptr(GPtrArray) of_kind = rules_called(kind);
    g_autofree char *list = NULL;
    const char *nearest = pd_nearest(name, pd_checker_rules());

    if (of_kind->len > 0) {
        g_ptr_array_add(of_kind, NULL);
        list = g_strjoinv(", ", (char **)of_kind->pdata);
        pd_say(_("there is no rule \"%s\"; those of its kind: %s"), name, list);
    } else if (nearest != NULL) {
        pd_say(_("there is no rule \"%s\"; did you mean \"%s\"?"), name, nearest);
    } else {
        pd_say(_("there is no rule \"%s\"; proof explain lists them, and a place is written "
                 "FILE:LINE:COLUMN"),
               name);
    }
}

static PdExit
explain_rules(const Job *self, const char *name)
{
    g_autoptr(GPtrArray) rules = rules_called(name);
    g_autoptr(GString) out = g_string_new(NULL);
    PdRulePage page;

    if (rules->len == 0) {
        say_unknown_rule(name);
        return PD_EXIT_TROUBLE;
    }
    g_ptr_array_add(rules, NULL);
    if (self->json)
        pd_explain_rules_json((const char *const *)rules->pdata, out);
    for (guint i = 0; !self->json && i + 1 < rules->len; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        if (pd_checker_rule_page(rules->pdata[i], &page))
            pd_explain_rule_text(&page, pd_report_columns(), out);
    }
    write_out(out);
    return PD_EXIT_NOTHING;
}

static PdExit
list_rules(const Job *self)
{
    const char *const *rules = pd_checker_rules();
    g_autoptr(GString) out = g_string_new(NULL);
    PdRulePage page;

    if (self->json)
        pd_explain_rules_json(rules, out);
    for (; !self->json && *rules != NULL; rules++)
        if (pd_checker_rule_page(*rules, &page))
            g_string_append_printf(out, "%-26s %s\n", page.rule, page.title);
    write_out(out);
    return PD_EXIT_NOTHING;
}

/* --- a place --- */

/* FILE:LINE:COLUMN, also with the colon that --gnu writes after it. */
static bool
parse_where(const char *argument, Where *ret_where)
{
    g_autofree char *path = g_strdup(argument);
    guint64 numbers[2];

    if (g_str_has_suffix(path, ":"))
        path[strlen(path) - 1] = '\0';
    for (int i = 1; i >= 0; i--) {
        char *colon = strrchr(path, ':');

        if (colon == NULL ||
            !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT32, &numbers[i], NULL))
            return false;
        *colon = '\0';
    }
    if (*path == '\0')
        return false;
    *ret_where = (Where){ g_steal_pointer(&path), numbers[0], numbers[1] };
    return true;
}

static size_t
count_lines(const char *text)
{
    size_t n = 0;

    for (const char *p = text; *p != '\0'; n++)
        p += strcspn(p, "\n") + (strchr(p, '\n') != NULL);
    return n;
}

/* The place in code points; says how much there is where it lies outside. */
static bool
find_offset(const PdInput *input, const Where *where, size_t *ret_offset)
{
    const size_t n_lines = count_lines(input->text);
    const char *line = input->text;
    size_t length, n_columns;

    if (where->line < 1 || where->line > n_lines) {
        pd_say(g_dngettext(GETTEXT_PACKAGE, "%s: there is no line %u: it has %zu line",
                           "%s: there is no line %u: it has %zu lines", n_lines),
               input->name, (guint)MIN(where->line, G_MAXUINT), n_lines);
        return false;
    }
    for (size_t i = 1; i < where->line; i++)
        line = strchr(line, '\n') + 1;
    length = strcspn(line, "\n");
    if (length > 0 && line[length - 1] == '\r')
        length--;
    n_columns = g_utf8_strlen(line, length);
    if (where->column < 1 || where->column > n_columns) {
        pd_say(g_dngettext(GETTEXT_PACKAGE, "%s:%u: there is no column %u: the line has %zu column",
                           "%s:%u: there is no column %u: the line has %zu columns", n_columns),
               input->name, (guint)where->line, (guint)MIN(where->column, G_MAXUINT), n_columns);
        return false;
    }
    *ret_offset = g_utf8_pointer_to_offset(input->text, line) + where->column - 1;
    return true;
}

char *
pd_explain_part(const PdExplainView *self, uint32_t start, uint32_t length)
{
    const uint32_t sentence = self->explanation->sentence_start;
    const char *from = start >= sentence
                           ? g_utf8_offset_to_pointer(self->sentence, start - sentence)
                           : g_utf8_offset_to_pointer(self->input->text, start);
    char *part = g_strndup(from, g_utf8_offset_to_pointer(from, length) - from);

    return g_strdelimit(part, "\r\n\t", ' ');
}

static void
show(const Job *self, const PdInput *input, const ProofdExplanation *explanation)
{
    PdExplainView view = { .input = input,
                           .explanation = explanation,
                           .place = PD_PLACE_INIT,
                           .language = self->options.language,
                           .max_columns = pd_report_columns() };
    g_autoptr(GString) out = g_string_new(NULL);

    view.level =
        self->options.level != NULL ? self->options.level : pd_level_name(PD_LEVEL_DEFAULT);
    view.colour = pd_report_colour(self->color != NULL ? self->color : "auto");
    view.sentence = g_utf8_offset_to_pointer(input->text, explanation->sentence_start);
    pd_place_move(&view.place, input->text, explanation->start);
    if (self->html)
        pd_explain_html(&view, out);
    else if (self->json)
        pd_explain_json(&view, out);
    else
        pd_explain_text(&view, out);
    write_out(out);
}

static PdExit
explain_place(const Job *self, const Where *where)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdInput) input = NULL;
    g_autoptr(PdBackend) backend = NULL;
    g_autoptr(ProofdExplanation) explanation = NULL;
    g_autoptr(ProofdOptions) options = pd_options_for_check(&self->options);
    size_t offset;

    input = pd_input_read(g_str_equal(where->path, PD_INPUT_STDIN) ? "-" : where->path, &error);
    if (input != NULL && !find_offset(input, where, &offset))
        return PD_EXIT_TROUBLE;
    if (input != NULL)
        backend = pd_backend_new(&self->options, &error);
    if (backend != NULL && pd_backend_prepare(backend, self->options.language, &error)) {
        proofd_options_set_format(options,
                                  self->format != NULL ? self->format : pd_input_format(input));
        explanation = pd_backend_explain(backend, self->options.language, input->text,
                                         (uint32_t)offset, options, &error);
    }
    if (explanation == NULL) {
        pd_say("%s", error->message);
        return PD_EXIT_TROUBLE;
    }
    show(self, input, explanation);
    return PD_EXIT_NOTHING;
}

/* --- the command --- */

static bool
parse(Job *self, int argc, char **argv)
{
    static const char description[] =
        "Says what a rule finds, with an example; without arguments lists all rules. Or says why\n"
        "the word at a place is reported, or is not: what the model says of it, and what each\n"
        "word around it contributes.";
    const GOptionEntry entries[] = {
        { "html", 0, 0, G_OPTION_ARG_NONE, &self->html, "Write the place as an HTML page", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Write JSON", NULL },
        { "format", 'f', 0, G_OPTION_ARG_STRING, &self->format,
          "plain, markdown, html, latex, rst, commit or code:NAME (else by the file's name)",
          "FORMAT" },
        { "color", 0, 0, G_OPTION_ARG_STRING, &self->color, "auto, always or never", "WHEN" },
        { 0 },
    };

    return pd_options_parse(&self->options, PD_OPTIONS_LANGUAGE | PD_OPTIONS_CHECK,
                            "[RULE | FILE:LINE:COLUMN]", description, entries, argc, argv) &&
           pd_options_check_format(self->format) && pd_options_check_color(self->color);
}

PdExit
pd_command_explain(int argc, char **argv)
{
    g_auto(Job) job = { .options = PD_OPTIONS_INIT };
    g_auto(Where) where = { 0 };
    g_autofree char *from_stdin = NULL;
    bool is_place;
    PdExit status;

    for (int i = 1; i < argc; i++)
        if (from_stdin == NULL && g_str_has_prefix(argv[i], "-:")) /* looks like an option */
            argv[i] = from_stdin = g_strconcat(PD_INPUT_STDIN, argv[i] + 1, NULL);
    if (!parse(&job, argc, argv))
        return PD_EXIT_TROUBLE;
    if (job.options.rest != NULL && job.options.rest[1] != NULL) {
        pd_say(_("one rule or place at a time"));
        return PD_EXIT_TROUBLE;
    }
    is_place = job.options.rest != NULL && parse_where(job.options.rest[0], &where);
    if (job.html && (!is_place || job.json)) {
        pd_say(_("--html is for FILE:LINE:COLUMN, and without --json"));
        return PD_EXIT_TROUBLE;
    }
    if (is_place)
        status = explain_place(&job, &where);
    else
        status =
            job.options.rest != NULL ? explain_rules(&job, job.options.rest[0]) : list_rules(&job);
    return pd_flush_output() ? status : PD_EXIT_TROUBLE;
}
