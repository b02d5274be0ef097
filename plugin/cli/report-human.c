/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/excerpt.h"
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define INDENT 4
#define MAX_SHOWN 5

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define GREEN "\033[32m"
#define DIM "\033[2m"
#define RESET "\033[0m"

static void
begin(PdReport *self)
{
}

static void
append_coloured(PdReport *self, const char *colour, const char *text)
{
    g_string_append_printf(self->out, "%s%s%s", self->colour ? colour : "", text,
                           self->colour ? RESET : "");
}

static void
append_heading(PdReport *self, const char *name, const PdPlace *place, const ProofdFinding *finding)
{
    g_autofree char *printable = pd_printable(name);
    g_autofree char *message = pd_printable(finding->message);
    g_autofree char *where = g_strdup_printf("%s:%zu:%zu:", printable, place->line, place->column);
    g_autofree char *rule = g_strdup_printf("[%s]", finding->rule);

    append_coloured(self, BOLD, where);
    g_string_append_printf(self->out, " %s ", message);
    append_coloured(self, DIM, rule);
    g_string_append_c(self->out, '\n');
}

/* The line of text, and a line with the underline. */
static size_t
append_text(PdReport *self, const char *text, const PdPlace *start, size_t end_bytes,
            const ProofdFinding *finding)
{
    const char *line = text + start->line_bytes;
    size_t length = strcspn(line, "\n");
    g_auto(PdExcerpt) excerpt = { 0 };
    g_autofree char *tildes = NULL;
    bool spelling = g_str_equal(finding->kind, "spelling");

    if (length > 0 && line[length - 1] == '\r')
        length--;
    pd_excerpt_init(&excerpt, line, length, start->bytes - start->line_bytes,
                    end_bytes - start->line_bytes, self->max_columns - INDENT - 1);
    g_string_append_printf(self->out, "%*s%s\n", INDENT, "", excerpt.text);
    g_string_append_printf(self->out, "%*s", (int)(INDENT + excerpt.column), "");
    tildes = g_strnfill(excerpt.width, '~');
    tildes[0] = '^';
    append_coloured(self, spelling ? RED : YELLOW, tildes);
    g_string_append_c(self->out, '\n');
    return excerpt.column;
}

static void
append_corrections(PdReport *self, GPtrArray *candidates, size_t column)
{
    guint n = MIN(candidates->len, MAX_SHOWN);
    size_t width = 0;

    if (n == 0)
        return;
    for (guint i = 0; i < n; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(candidates, i);

        width += g_utf8_strlen(candidate->text, -1) + 2;
    }
    /* under the place, unless that is too far to the right */
    if (INDENT + column + width > self->max_columns)
        column = self->max_columns > INDENT + width ? self->max_columns - INDENT - width : 0;
    g_string_append_printf(self->out, "%*s", (int)(INDENT + column), "");
    for (guint i = 0; i < n; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(candidates, i);
        g_autofree char *text = g_strstrip(pd_printable(candidate->text));

        if (i > 0)
            g_string_append(self->out, ", ");
        append_coloured(self, GREEN, *text != '\0' ? text : _("(nothing)"));
    }
    g_string_append_c(self->out, '\n');
}

/* A word that is to go takes a space along, which need not be underlined. */
static PdPlace
without_space(const char *text, PdPlace start, const PdPlace *end)
{
    const PdPlace whole = start;

    while (start.bytes < end->bytes && g_ascii_isspace(text[start.bytes]))
        pd_place_move(&start, text, start.chars + 1);
    return start.bytes < end->bytes ? start : whole;
}

static void
file(PdReport *self, const PdInput *input, GPtrArray *findings)
{
    PdPlace start = PD_PLACE_INIT;

    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        PdPlace end, shown;
        size_t column;

        pd_place_move(&start, input->text, finding->start);
        end = start;
        pd_place_move(&end, input->text, (size_t)finding->start + finding->length);
        shown = without_space(input->text, start, &end);
        append_heading(self, input->name, &shown, finding);
        column = append_text(self, input->text, &shown, end.bytes, finding);
        append_corrections(self, finding->candidates, column);
    }
}

static void
end(PdReport *self)
{
    if (self->quiet || (self->n_files == 0 && self->n_trouble > 0))
        return;
    if (self->n_findings == 0)
        g_string_append_printf(self->out,
                               g_dngettext(GETTEXT_PACKAGE, "Nothing found in %zu file.",
                                           "Nothing found in %zu files.", self->n_files),
                               self->n_files);
    else if (self->n_files == 1)
        g_string_append_printf(
            self->out,
            g_dngettext(GETTEXT_PACKAGE, "%zu finding.", "%zu findings.", self->n_findings),
            self->n_findings);
    else /* Translators: findings, files that have some, files */
        g_string_append_printf(self->out,
                               g_dngettext(GETTEXT_PACKAGE, "%zu finding in %zu of %zu files.",
                                           "%zu findings in %zu of %zu files.", self->n_findings),
                               self->n_findings, self->n_with_findings, self->n_files);
    g_string_append_c(self->out, '\n');
}

const PdReportForm pd_report_human = { begin, file, NULL, end };
