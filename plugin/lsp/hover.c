/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong under the pointer, and why. */
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_SENT_BYTES 65536 /* of the text, around the place, to explain it in a long one */
#define MIN_CHANCE 0.05      /* likelier kinds of error are told */

typedef struct {
    bool is_markdown;
    PdRequest *request;
    PdLspRange range;
    char *message;
    char *rule;
} Hover;

static void
hover_free(Hover *self)
{
    pd_request_free(self->request);
    g_free(self->message);
    g_free(self->rule);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hover, hover_free)

/* --- the text that is shown --- */

static void
append_escaped(GString *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr("\\`*_{}[]<>#|~", *p) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
}

typedef struct {
    GString *out;
    bool is_markdown;
} Page;

/* @mark: around the text, in Markdown: "**" */
static void
append(const Page *page, const char *mark, const char *text)
{
    if (page->is_markdown) {
        g_string_append(page->out, mark);
        append_escaped(page->out, text);
        g_string_append(page->out, mark);
    } else {
        g_string_append(page->out, text);
    }
}

static void
append_break(const Page *page)
{
    g_string_append(page->out, "\n\n");
}

static void
append_example(const Page *page, const char *label, const char *example)
{
    if (page->is_markdown)
        g_string_append(page->out, "- ");
    append(page, "", label);
    g_string_append(page->out, ": ");
    append(page, "*", example);
    g_string_append_c(page->out, '\n');
}

static void
append_page(const Page *page, const ProofdRulePage *rule)
{
    append_break(page);
    append(page, "**", rule->title);
    g_string_append(page->out, " (");
    append(page, "", rule->rule);
    g_string_append(page->out, ")");
    append_break(page);
    append(page, "", rule->text);
    append_break(page);
    append_example(page, _("wrong"), rule->wrong);
    append_example(page, _("right"), rule->right);
}

/* "Chances: verb-form 93 %, correct 5 %" */
static void
append_chances(const Page *page, const ProofdExplanation *explanation)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < explanation->chances->len; i++) {
        const ProofdChance *chance = g_ptr_array_index(explanation->chances, i);

        if (chance->chance >= MIN_CHANCE)
            g_string_append_printf(line, "%s%s %.0f %%", line->len > 0 ? ", " : "", chance->name,
                                   100 * chance->chance);
    }
    if (line->len == 0)
        return;
    append_break(page);
    append(page, "", _("What the model says of it"));
    g_string_append(page->out, ": ");
    append(page, "", line->str);
}

/* (transfer full). @explanation: (nullable) */
static char *
format_page(const Hover *self, const ProofdExplanation *explanation)
{
    const Page page = { g_string_new(NULL), self->is_markdown };

    append(&page, "", self->message);
    if (explanation != NULL) {
        for (guint i = 0; i < explanation->pages->len; i++) {
            const ProofdRulePage *rule = g_ptr_array_index(explanation->pages, i);

            if (g_str_equal(rule->rule, self->rule))
                append_page(&page, rule);
        }
        append_chances(&page, explanation);
    }
    return g_string_free(page.out, FALSE);
}

/* --- the request --- */

static void
answer(Hover *self, const ProofdExplanation *explanation)
{
    g_autofree char *value = format_page(self, explanation);
    GVariantDict contents, hover;

    g_variant_dict_init(&contents, NULL);
    g_variant_dict_insert(&contents, "kind", "s", self->is_markdown ? "markdown" : "plaintext");
    g_variant_dict_insert(&contents, "value", "s", value);
    g_variant_dict_init(&hover, NULL);
    g_variant_dict_insert_value(&hover, "contents", g_variant_dict_end(&contents));
    g_variant_dict_insert_value(&hover, "range", pd_range_to_json(self->range));
    pd_request_reply(g_steal_pointer(&self->request), g_variant_dict_end(&hover));
}

static void
on_explained(GObject *object, GAsyncResult *result, void *user_data)
{
    g_autoptr(Hover) self = user_data;
    g_autoptr(ProofdExplanation) explanation =
        proofd_client_explain_finish(PROOFD_CLIENT(object), result, NULL);

    answer(self, explanation); /* the message at least, where the service does not answer */
}

/* Where the part of a long text around @at starts, at a line so that formats hold, and ends. */
static void
cut(const char *text, gsize n_bytes, gsize at, gsize *ret_start, gsize *ret_end)
{
    gsize start = at > MAX_SENT_BYTES / 2 ? at - MAX_SENT_BYTES / 2 : 0;
    gsize end = MIN(n_bytes, at + MAX_SENT_BYTES / 2);
    const char *newline = start > 0 ? memchr(text + start, '\n', at - start) : NULL;

    if (start > 0)
        start = newline != NULL ? (gsize)(newline + 1 - text) : at;
    while (end < n_bytes && (text[end] & 0xC0) == 0x80)
        end--;
    *ret_start = start;
    *ret_end = end;
}

static ProofdFinding *
find_at(PdView *view, gsize at)
{
    g_autoptr(GPtrArray) findings = pd_document_findings(view->document);

    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (finding->start <= at && at <= (gsize)finding->start + finding->length)
            return proofd_finding_ref(finding);
    }
    return NULL;
}

static void
explain(PdView *view, PdRequest *request, const ProofdFinding *finding)
{
    const PdLspText *text = pd_document_peek_text(view->document);
    const char *language = pd_document_peek_language(view->document);
    Hover *self = g_new0(Hover, 1);
    g_autofree char *part = NULL;
    gsize n_bytes, start, end;
    const char *bytes = pd_lsp_text_peek(text, &n_bytes);

    self->is_markdown = view->server->can.hover_markdown;
    self->request = request;
    self->range =
        pd_lsp_text_range(text, finding->start, finding->length, view->server->can.encoding);
    self->message = g_strdup(finding->message);
    self->rule = g_strdup(finding->rule);
    cut(bytes, n_bytes, finding->start, &start, &end);
    part = g_strndup(bytes + start, end - start);
    proofd_client_explain_async(view->server->client, *language != '\0' ? language : NULL, part,
                                (guint)(finding->start - start), finding->length,
                                pd_document_peek_options(view->document),
                                pd_request_peek_cancellable(request), on_explained, self);
}

void
pd_server_hover(PdLspServer *self, PdRequest *request, GVariant *params)
{
    PdView *view = pd_server_find(self, params);
    g_autoptr(GVariant) place = pd_json_get(params, "position");
    g_autoptr(ProofdFinding) finding = NULL;
    PdLspPosition position;
    gsize at;

    if (view == NULL || !pd_json_to_position(place, &position)) {
        pd_request_fail(request, PD_RPC_INVALID_PARAMS,
                        view == NULL ? "no document of this URI is open" : "there is no position");
        return;
    }
    at = pd_lsp_text_offset(pd_document_peek_text(view->document), position, self->can.encoding);
    finding = find_at(view, at);
    if (finding == NULL)
        pd_request_reply(request, pd_json_null());
    else
        explain(view, request, finding);
}
