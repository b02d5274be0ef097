/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/report.h"

static void
begin(PdReport *self)
{
    pd_json_begin(&self->json, NULL, '{');
    pd_json_string(&self->json, "version", PD_VERSION);
    pd_json_string(&self->json, "language", self->language);
    pd_json_string(&self->json, "level", self->level);
    pd_json_begin(&self->json, "files", '[');
}

void
pd_report_json_finding(PdJson *json, const ProofdFinding *finding)
{
    pd_json_string(json, "kind", finding->kind);
    pd_json_string(json, "rule", finding->rule);
    pd_json_double(json, "confidence", finding->confidence);
    pd_json_string(json, "message", finding->message);
    pd_json_begin(json, "replacements", '[');
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);

        pd_json_string(json, NULL, candidate->text);
    }
    pd_json_end(json, ']');
    pd_json_begin(json, "scores", '[');
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);

        pd_json_double(json, NULL, candidate->score);
    }
    pd_json_end(json, ']');
}

static void
append_finding(PdJson *json, const PdPlace *place, const ProofdFinding *finding)
{
    pd_json_begin(json, NULL, '{');
    pd_json_size(json, "line", place->line);
    pd_json_size(json, "column", place->column);
    pd_json_size(json, "offset", finding->start);
    pd_json_size(json, "length", finding->length);
    pd_report_json_finding(json, finding);
    pd_json_end(json, '}');
}

static void
file(PdReport *self, const PdInput *input, GPtrArray *findings)
{
    PdPlace place = PD_PLACE_INIT;

    pd_json_begin(&self->json, NULL, '{');
    pd_json_string(&self->json, "file", input->name);
    pd_json_begin(&self->json, "findings", '[');
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        pd_place_move(&place, input->text, finding->start);
        append_finding(&self->json, &place, finding);
    }
    pd_json_end(&self->json, ']');
    pd_json_end(&self->json, '}');
}

static void
trouble(PdReport *self, const char *name, const char *message)
{
    pd_json_begin(&self->json, NULL, '{');
    pd_json_string(&self->json, "file", name);
    pd_json_string(&self->json, "error", message);
    pd_json_end(&self->json, '}');
}

static void
end(PdReport *self)
{
    pd_json_end(&self->json, ']');
    pd_json_end(&self->json, '}');
    g_string_append_c(self->out, '\n');
}

const PdReportForm pd_report_json = { begin, file, trouble, end };
