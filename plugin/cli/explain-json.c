/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/explain.h"
#include "plugin/cli/json-writer.h"
#include "plugin/cli/report.h"

static void
append_place(PdJson *json, const PdExplainView *view, uint32_t start, uint32_t length)
{
    g_autofree char *text = pd_explain_part(view, start, length);

    pd_json_size(json, "offset", start);
    pd_json_size(json, "length", length);
    pd_json_string(json, "text", text);
}

static void
append_chances(PdJson *json, const ProofdExplanation *e)
{
    pd_json_begin(json, "chances", '[');
    for (guint i = 0; i < e->chances->len; i++) {
        const ProofdChance *chance = g_ptr_array_index(e->chances, i);

        pd_json_begin(json, NULL, '{');
        pd_json_string(json, "kind", chance->name);
        pd_json_double(json, "chance", chance->chance);
        pd_json_end(json, '}');
    }
    pd_json_end(json, ']');
}

static void
append_contributions(PdJson *json, const PdExplainView *view)
{
    const GPtrArray *contributions = view->explanation->contributions;

    pd_json_begin(json, "contributions", '[');
    for (guint i = 0; i < contributions->len; i++) {
        const ProofdContribution *c = g_ptr_array_index(contributions, i);

        pd_json_begin(json, NULL, '{');
        append_place(json, view, c->start, c->length);
        pd_json_double(json, "log_odds", c->log_odds);
        pd_json_end(json, '}');
    }
    pd_json_end(json, ']');
}

static void
append_findings(PdJson *json, const ProofdExplanation *e)
{
    pd_json_begin(json, "findings", '[');
    for (guint i = 0; i < e->findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(e->findings, i);

        pd_json_begin(json, NULL, '{');
        pd_json_size(json, "offset", finding->start);
        pd_json_size(json, "length", finding->length);
        pd_report_json_finding(json, finding);
        pd_json_end(json, '}');
    }
    pd_json_end(json, ']');
}

static void
append_page(PdJson *json, const char *rule, const char *title, const char *text, const char *wrong,
            const char *right)
{
    pd_json_begin(json, NULL, '{');
    pd_json_string(json, "rule", rule);
    pd_json_string(json, "title", title);
    pd_json_string(json, "text", text);
    pd_json_string(json, "wrong", wrong);
    pd_json_string(json, "right", right);
    pd_json_end(json, '}');
}

void
pd_explain_json(const PdExplainView *self, GString *out)
{
    const ProofdExplanation *e = self->explanation;
    PdJson json = PD_JSON_INIT(out);

    pd_json_begin(&json, NULL, '{');
    pd_json_string(&json, "version", PD_VERSION);
    pd_json_string(&json, "language", self->language);
    pd_json_string(&json, "level", self->level);
    pd_json_string(&json, "file", self->input->name);
    pd_json_size(&json, "line", self->place.line);
    pd_json_size(&json, "column", self->place.column);
    append_place(&json, self, e->start, e->length);
    pd_json_begin(&json, "sentence", '{');
    append_place(&json, self, e->sentence_start, e->sentence_length);
    pd_json_end(&json, '}');
    pd_json_bool(&json, "known", e->known);
    append_chances(&json, e);
    append_contributions(&json, self);
    append_findings(&json, e);
    pd_json_string(&json, "reason", e->reason);
    pd_json_begin(&json, "rules", '[');
    for (guint i = 0; i < e->pages->len; i++) {
        const ProofdRulePage *page = g_ptr_array_index(e->pages, i);

        append_page(&json, page->rule, page->title, page->text, page->wrong, page->right);
    }
    pd_json_end(&json, ']');
    pd_json_end(&json, '}');
    g_string_append_c(out, '\n');
}

void
pd_explain_rules_json(const char *const *rules, GString *out)
{
    PdJson json = PD_JSON_INIT(out);
    PdRulePage page;

    pd_json_begin(&json, NULL, '[');
    for (; *rules != NULL; rules++)
        if (pd_checker_rule_page(*rules, &page))
            append_page(&json, page.rule, page.title, page.text, page.wrong, page.right);
    pd_json_end(&json, ']');
    g_string_append_c(out, '\n');
}
