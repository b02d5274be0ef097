/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SARIF 2.1.0 (OASIS, errata 01). Columns are code points, so columnKind says unicodeCodePoints;
 * a region ends before its endColumn.
 */
#include "daemon/engine/checker.h"
#include "plugin/cli/fix.h"
#include "plugin/cli/report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SCHEMA \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static void
append_text(PdJson *json, const char *key, const char *text)
{
    pd_json_begin(json, key, '{');
    pd_json_string(json, "text", text);
    pd_json_end(json, '}');
}

static void
append_rule_page(PdJson *json, const char *id)
{
    g_autofree char *help = NULL;
    PdRulePage page;

    pd_json_begin(json, NULL, '{');
    pd_json_string(json, "id", id);
    if (pd_checker_rule_page(id, &page)) {
        /* Translators: what a rule finds, an example of the error, the same corrected */
        help = g_strdup_printf(_("%1$s\n\nWrong: %2$s\nRight: %3$s"), page.text, page.wrong,
                               page.right);
        append_text(json, "shortDescription", page.title);
        append_text(json, "fullDescription", page.text);
        append_text(json, "help", help);
    }
    pd_json_end(json, '}');
}

static void
append_driver(PdJson *json)
{
    pd_json_begin(json, "driver", '{');
    pd_json_string(json, "name", "proof");
    pd_json_string(json, "version", PD_VERSION);
    pd_json_begin(json, "rules", '[');
    for (const char *const *rule = pd_checker_rules(); *rule != NULL; rule++)
        append_rule_page(json, *rule);
    pd_json_end(json, ']');
    pd_json_end(json, '}');
}

static void
begin(PdReport *self)
{
    PdJson *json = &self->json;

    pd_json_begin(json, NULL, '{');
    pd_json_string(json, "$schema", SCHEMA);
    pd_json_string(json, "version", "2.1.0");
    pd_json_begin(json, "runs", '[');
    pd_json_begin(json, NULL, '{');
    pd_json_begin(json, "tool", '{');
    append_driver(json);
    pd_json_end(json, '}');
    pd_json_string(json, "columnKind", "unicodeCodePoints");
    pd_json_begin(json, "results", '[');
}

/* The file as a URI: relative where the name is, so that the log can travel. */
static void
append_artifact(PdJson *json, const char *name)
{
    g_autofree char *uri = NULL;

    if (g_path_is_absolute(name))
        uri = g_filename_to_uri(name, NULL, NULL);
    if (uri == NULL)
        uri = g_uri_escape_bytes((const guint8 *)name, strlen(name), "/");
    pd_json_begin(json, "artifactLocation", '{');
    pd_json_string(json, "uri", uri);
    pd_json_end(json, '}');
}

static void
append_region(PdJson *json, const char *key, const PdPlace *start, const PdPlace *end)
{
    pd_json_begin(json, key, '{');
    pd_json_size(json, "startLine", start->line);
    pd_json_size(json, "startColumn", start->column);
    pd_json_size(json, "endLine", end->line);
    pd_json_size(json, "endColumn", end->column);
    pd_json_size(json, "charOffset", start->chars);
    pd_json_size(json, "charLength", end->chars - start->chars);
    pd_json_end(json, '}');
}

/* The change may take in one space more than the finding, on either side: one code point each. */
static void
append_fix(PdJson *json, const PdInput *input, const PdPlace *start, const PdPlace *end,
           const ProofdCandidate *candidate)
{
    g_autoptr(PdEdit) edit = pd_edit_new(input->text, start->bytes, end->bytes, candidate);
    PdPlace from = *start, to = *end;

    if (edit->start < start->bytes) { /* a space on the same line */
        from.bytes--;
        from.chars--;
        from.column--;
    }
    if (edit->end > end->bytes)
        pd_place_move(&to, input->text, end->chars + 1);
    pd_json_begin(json, NULL, '{');
    pd_json_begin(json, "artifactChanges", '[');
    pd_json_begin(json, NULL, '{');
    append_artifact(json, input->name);
    pd_json_begin(json, "replacements", '[');
    pd_json_begin(json, NULL, '{');
    append_region(json, "deletedRegion", &from, &to);
    append_text(json, "insertedContent", edit->text);
    pd_json_end(json, '}');
    pd_json_end(json, ']');
    pd_json_end(json, '}');
    pd_json_end(json, ']');
    pd_json_end(json, '}');
}

static void
append_rule(PdJson *json, const char *id)
{
    const char *const *rules = pd_checker_rules();

    pd_json_string(json, "ruleId", id);
    for (size_t i = 0; rules[i] != NULL; i++) {
        if (g_str_equal(rules[i], id)) {
            pd_json_size(json, "ruleIndex", i);
            return;
        }
    }
}

static void
append_result(PdJson *json, const PdInput *input, const PdPlace *start, const PdPlace *end,
              const ProofdFinding *finding)
{
    pd_json_begin(json, NULL, '{');
    append_rule(json, finding->rule);
    pd_json_string(json, "level", "warning");
    pd_json_double(json, "rank", finding->confidence * 100);
    append_text(json, "message", finding->message);
    pd_json_begin(json, "locations", '[');
    pd_json_begin(json, NULL, '{');
    pd_json_begin(json, "physicalLocation", '{');
    append_artifact(json, input->name);
    append_region(json, "region", start, end);
    pd_json_end(json, '}');
    pd_json_end(json, '}');
    pd_json_end(json, ']');
    if (finding->candidates->len > 0) { /* an empty list would be valid too, but says nothing */
        pd_json_begin(json, "fixes", '[');
        for (guint i = 0; i < finding->candidates->len; i++)
            append_fix(json, input, start, end, g_ptr_array_index(finding->candidates, i));
        pd_json_end(json, ']');
    }
    pd_json_end(json, '}');
}

static void
file(PdReport *self, const PdInput *input, GPtrArray *findings)
{
    PdPlace start = PD_PLACE_INIT;

    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        PdPlace end;

        pd_place_move(&start, input->text, finding->start);
        end = start;
        pd_place_move(&end, input->text, (size_t)finding->start + finding->length);
        append_result(&self->json, input, &start, &end, finding);
    }
}

static void
trouble(PdReport *self, const char *name, const char *message)
{
    PdJson note = { .out = self->notes, .comma = self->notes->len > 0 };

    pd_json_begin(&note, NULL, '{');
    pd_json_string(&note, "level", "error");
    append_text(&note, "message", message);
    pd_json_end(&note, '}');
}

static void
end(PdReport *self)
{
    PdJson *json = &self->json;

    pd_json_end(json, ']');
    pd_json_begin(json, "invocations", '[');
    pd_json_begin(json, NULL, '{');
    pd_json_bool(json, "executionSuccessful", self->n_trouble == 0);
    pd_json_begin(json, "toolExecutionNotifications", '[');
    g_string_append(self->out, self->notes->str);
    pd_json_end(json, ']');
    pd_json_end(json, '}');
    pd_json_end(json, ']');
    pd_json_end(json, '}');
    pd_json_end(json, ']');
    pd_json_end(json, '}');
    g_string_append_c(self->out, '\n');
}

const PdReportForm pd_report_sarif = { begin, file, trouble, end };
