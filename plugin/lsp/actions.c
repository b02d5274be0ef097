/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/actions.h"
#include "plugin/lsp/commands.h"
#include "plugin/lsp/json.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

#define KIND "quickfix"
#define MAX_WORD_CHARS 40 /* of a title */

/* --- edits --- */

static bool
is_line_end(char c)
{
    return c == '\0' || c == '\n' || c == '\r';
}

void
pd_action_widen(const char *text, const ProofdCandidate *candidate, gsize *start, gsize *length)
{
    const bool space_before = *start > 0 && text[*start - 1] == ' ';
    const bool line_before = *start == 0 || is_line_end(text[*start - 1]);
    const char after = text[*start + *length];

    if (*candidate->text != '\0' || *length == 0)
        return;
    if (space_before && (after == ' ' || is_line_end(after) || strchr(".,;:!?", after) != NULL)) {
        (*start)--;
        (*length)++;
    } else if (line_before && after == ' ') {
        (*length)++;
    }
}

static GVariant *
new_text_edit(const PdView *view, const ProofdFinding *finding, const ProofdCandidate *candidate)
{
    const PdLspText *text = pd_document_peek_text(view->document);
    gsize start = finding->start, length = finding->length;
    GVariantDict edit;

    pd_action_widen(pd_lsp_text_peek(text, NULL), candidate, &start, &length);
    g_variant_dict_init(&edit, NULL);
    g_variant_dict_insert_value(
        &edit, "range",
        pd_range_to_json(pd_lsp_text_range(text, start, length, view->server->can.encoding)));
    g_variant_dict_insert(&edit, "newText", "s", candidate->text);
    return g_variant_dict_end(&edit);
}

/* With the version, so that the client refuses it where the text is another by then. */
static GVariant *
new_document_edit(const PdView *view, GVariant *edits)
{
    GVariantDict document, change;

    g_variant_dict_init(&document, NULL);
    g_variant_dict_insert(&document, "uri", "s", view->uri);
    g_variant_dict_insert(&document, "version", "x", pd_document_version(view->document));
    g_variant_dict_init(&change, NULL);
    g_variant_dict_insert_value(&change, "textDocument", g_variant_dict_end(&document));
    g_variant_dict_insert_value(&change, "edits", edits);
    return g_variant_dict_end(&change);
}

static GVariant *
new_array(GVariant *only)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("av"));
    g_variant_builder_add(&builder, "v", only);
    return g_variant_builder_end(&builder);
}

static GVariant *
new_workspace_edit(const PdView *view, const ProofdFinding *finding,
                   const ProofdCandidate *candidate)
{
    GVariant *edits = new_array(new_text_edit(view, finding, candidate));
    GVariantDict edit, changes;

    g_variant_dict_init(&edit, NULL);
    if (view->server->can.document_changes) {
        g_variant_dict_insert_value(&edit, "documentChanges",
                                    new_array(new_document_edit(view, edits)));
    } else {
        g_variant_dict_init(&changes, NULL);
        g_variant_dict_insert_value(&changes, view->uri, edits);
        g_variant_dict_insert_value(&edit, "changes", g_variant_dict_end(&changes));
    }
    return g_variant_dict_end(&edit);
}

GVariant *
pd_action_find_edit(const PdView *view, const char *fingerprint, gint64 start, gint64 number)
{
    g_autoptr(GPtrArray) findings = pd_document_findings(view->document);
    const ProofdFinding *nearest = NULL;

    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *own = g_strdup_printf("%" G_GUINT64_FORMAT, finding->fingerprint);

        if (g_str_equal(own, fingerprint) &&
            (nearest == NULL || ABS(finding->start - start) < ABS(nearest->start - start)))
            nearest = finding;
    }
    if (nearest == NULL || number < 0 || number >= (gint64)nearest->candidates->len)
        return NULL;
    return g_variant_ref_sink(
        new_workspace_edit(view, nearest, g_ptr_array_index(nearest->candidates, (guint)number)));
}

/* --- actions --- */

typedef struct {
    PdView *view;
    const ProofdFinding *finding;
    char *fingerprint;
    char *words; /* that it is about */
    GVariantBuilder *actions;
} Place;

static GVariant *
new_command(const char *title, const char *name, GVariant *arguments)
{
    GVariantDict command;

    g_variant_dict_init(&command, NULL);
    g_variant_dict_insert(&command, "title", "s", title);
    g_variant_dict_insert(&command, "command", "s", name);
    g_variant_dict_insert_value(&command, "arguments", arguments);
    return g_variant_dict_end(&command);
}

/* @strings: up to NULL. (transfer floating) */
static GVariant *
new_strings(const char *first, ...)
{
    GVariantBuilder builder;
    va_list more;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("av"));
    va_start(more, first);
    for (const char *string = first; string != NULL; string = va_arg(more, const char *))
        g_variant_builder_add(&builder, "v", g_variant_new_string(string));
    va_end(more);
    return g_variant_builder_end(&builder);
}

/* What an action of this finding has whatever it does. */
static void
init_action(const Place *place, GVariantDict *action, const char *title)
{
    const PdView *view = place->view;

    g_variant_dict_init(action, NULL);
    g_variant_dict_insert(action, "title", "s", title);
    g_variant_dict_insert(action, "kind", "s", KIND);
    g_variant_dict_insert_value(
        action, "diagnostics",
        new_array(pd_diagnostic_new(pd_document_peek_text(view->document),
                                    view->server->can.encoding, view->settings, place->finding)));
}

static void
add_command(const Place *place, const char *title, const char *name, GVariant *arguments)
{
    GVariantDict action;

    if (!place->view->server->can.literal_actions) {
        g_variant_builder_add(place->actions, "v", new_command(title, name, arguments));
        return;
    }
    init_action(place, &action, title);
    g_variant_dict_insert_value(&action, "command", new_command(title, name, arguments));
    g_variant_builder_add(place->actions, "v", g_variant_dict_end(&action));
}

/* (transfer full): for a title: short, and on one line */
static char *
shorten(const char *words)
{
    g_autofree char *line = g_strdelimit(g_strdup(words), "\r\n\t", ' ');

    if (g_utf8_strlen(line, -1) > MAX_WORD_CHARS) {
        *g_utf8_offset_to_pointer(line, MAX_WORD_CHARS) = '\0';
        return g_strconcat(line, "…", NULL);
    }
    return g_steal_pointer(&line);
}

static char *
correction_title(const Place *place, const ProofdCandidate *candidate)
{
    g_autofree char *text = g_strstrip(shorten(candidate->text));
    g_autofree char *words = shorten(place->words);

    if (g_str_equal(candidate->action, "delete") || *text == '\0')
        return g_strdup_printf(_("Delete “%s”"), words);
    if (g_str_equal(candidate->action, "insert"))
        return g_strdup_printf(_("Insert “%s”"), text);
    return g_strdup_printf(_("Replace with “%s”"), text);
}

static GVariant *
new_action_data(const Place *place, guint number)
{
    GVariantDict data;

    g_variant_dict_init(&data, NULL);
    g_variant_dict_insert(&data, "uri", "s", place->view->uri);
    g_variant_dict_insert(&data, "start", "x", (gint64)place->finding->start);
    g_variant_dict_insert(&data, "fingerprint", "s", place->fingerprint);
    g_variant_dict_insert(&data, "number", "x", (gint64)number);
    return g_variant_dict_end(&data);
}

static void
add_correction(const Place *place, guint number)
{
    const PdCapabilities *can = &place->view->server->can;
    const ProofdCandidate *candidate = g_ptr_array_index(place->finding->candidates, number);
    g_autofree char *title = correction_title(place, candidate);
    GVariantDict action;

    if (!can->literal_actions) {
        GVariantBuilder arguments;

        g_variant_builder_init(&arguments, G_VARIANT_TYPE("av"));
        g_variant_builder_add(&arguments, "v", g_variant_new_string(place->view->uri));
        g_variant_builder_add(&arguments, "v", g_variant_new_string(place->fingerprint));
        g_variant_builder_add(&arguments, "v", g_variant_new_int64(place->finding->start));
        g_variant_builder_add(&arguments, "v", g_variant_new_int64(number));
        add_command(place, title, PD_COMMAND_REPLACE, g_variant_builder_end(&arguments));
        return;
    }
    init_action(place, &action, title);
    if (number == 0 && can->preferred_actions)
        g_variant_dict_insert(&action, "isPreferred", "b", TRUE);
    if (can->resolve_edits)
        g_variant_dict_insert_value(&action, "data", new_action_data(place, number));
    else
        g_variant_dict_insert_value(&action, "edit",
                                    new_workspace_edit(place->view, place->finding, candidate));
    g_variant_builder_add(place->actions, "v", g_variant_dict_end(&action));
}

static void
add_word_actions(const Place *place)
{
    g_autofree char *words = shorten(place->words);
    g_autofree char *add = g_strdup_printf(_("Add “%s” to the dictionary"), words);
    g_autofree char *ignore = g_strdup_printf(_("Ignore “%s” in this text"), words);

    add_command(place, add, PD_COMMAND_ADD_WORD, new_strings(place->words, NULL));
    add_command(place, ignore, PD_COMMAND_IGNORE_WORD,
                new_strings(place->view->uri, place->words, NULL));
}

static bool
is_one_word(const char *words)
{
    return *words != '\0' && strpbrk(words, " \t\r\n") == NULL;
}

static void
add_actions(const Place *place)
{
    const ProofdFinding *finding = place->finding;
    g_autofree char *off = g_strdup_printf(_("Turn off the rule %s"), finding->rule);

    for (guint i = 0; i < finding->candidates->len; i++)
        add_correction(place, i);
    if (g_str_equal(finding->kind, "spelling") && is_one_word(place->words))
        add_word_actions(place);
    add_command(place, _("Ignore this here"), PD_COMMAND_IGNORE_HERE,
                new_strings(place->view->uri, place->fingerprint, NULL));
    add_command(place, off, PD_COMMAND_DISABLE_RULE,
                new_strings(finding->rule, place->view->uri, NULL));
}

/* --- requests --- */

/* Are quick fixes among the kinds that are asked for? */
static bool
wants_fixes(GVariant *params)
{
    g_autoptr(GVariant) only = pd_json_get_path(params, "context", "only", NULL);

    return !pd_json_is_array(only) || g_variant_n_children(only) == 0 ||
           pd_json_array_has(only, KIND) || pd_json_array_has(only, "");
}

/*
 * Kate's Quick Fix asks for the whole text, names the diagnostic at the cursor, and then does all
 * that it is offered, "Add to the dictionary" too. Others name what overlaps their range, and say
 * why they ask. Where is that one diagnostic? False: this is no such question.
 */
static bool
is_quick_fix(PdView *view, GVariant *params, gsize start, gsize end, gsize *ret_place)
{
    g_autoptr(GVariant) why = pd_json_get_path(params, "context", "triggerKind", NULL);
    g_autoptr(GVariant) named = pd_json_get_path(params, "context", "diagnostics", NULL);
    g_autoptr(GVariant) diagnostic = NULL, place = NULL;
    const PdLspText *text = pd_document_peek_text(view->document);
    PdLspRange range;
    gsize n_bytes;

    pd_lsp_text_peek(text, &n_bytes);
    if (why != NULL || start > 0 || end < n_bytes || !pd_json_is_array(named) ||
        g_variant_n_children(named) != 1)
        return false;
    diagnostic = pd_json_element(named, 0);
    place = pd_json_get(diagnostic, "range");
    if (!pd_json_to_range(place, &range))
        return false;
    *ret_place = pd_lsp_text_offset(text, range.start, view->server->can.encoding);
    return true;
}

/* @only_at: (nullable): where the finding starts whose first correction is all that is wanted */
static GVariant *
list_actions(PdView *view, gsize start, gsize end, const gsize *only_at)
{
    g_autoptr(GPtrArray) findings = pd_document_findings(view->document);
    const char *text = pd_lsp_text_peek(pd_document_peek_text(view->document), NULL);
    GVariantBuilder actions;

    g_variant_builder_init(&actions, G_VARIANT_TYPE("av"));
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *fingerprint = g_strdup_printf("%" G_GUINT64_FORMAT, finding->fingerprint);
        g_autofree char *words = g_strndup(text + finding->start, finding->length);
        const Place place = { view, finding, fingerprint, words, &actions };

        if (only_at == NULL && finding->start <= end &&
            (gsize)finding->start + finding->length >= start)
            add_actions(&place);
        else if (only_at != NULL && finding->start == *only_at && finding->candidates->len > 0)
            add_correction(&place, 0);
    }
    return g_variant_builder_end(&actions);
}

void
pd_server_code_action(PdLspServer *self, PdRequest *request, GVariant *params)
{
    PdView *view = pd_server_find(self, params);
    g_autoptr(GVariant) place = pd_json_get(params, "range");
    const PdLspText *text;
    PdLspRange range;
    gsize start, end, at;
    bool quick;

    if (view == NULL || !pd_json_to_range(place, &range)) {
        pd_request_fail(request, PD_RPC_INVALID_PARAMS,
                        view == NULL ? "no document of this URI is open" : "there is no range");
        return;
    }
    text = pd_document_peek_text(view->document);
    start = pd_lsp_text_offset(text, range.start, self->can.encoding);
    end = pd_lsp_text_offset(text, range.end, self->can.encoding);
    pd_document_see_cursor(view->document, start, end);
    quick = is_quick_fix(view, params, start, end, &at);
    if (wants_fixes(params))
        pd_request_reply(request, list_actions(view, start, end, quick ? &at : NULL));
    else
        pd_request_reply(request, g_variant_new_array(G_VARIANT_TYPE_VARIANT, NULL, 0));
}

void
pd_server_resolve_action(PdLspServer *self, PdRequest *request, GVariant *params)
{
    g_autoptr(GVariant) data = pd_json_get(params, "data");
    g_autoptr(GVariant) command = pd_json_get(params, "command");
    g_autofree char *member = pd_json_get_string(command, "command");
    g_autofree char *uri = pd_json_get_string(data, "uri");
    g_autofree char *fingerprint = pd_json_get_string(data, "fingerprint");
    const PdView *view = uri != NULL ? g_hash_table_lookup(self->views, uri) : NULL;
    g_autoptr(GVariant) edit = NULL;
    gint64 start, number;
    GVariantDict action;

    if (data == NULL && member != NULL) { /* it is whole; VS Code asks for these too */
        pd_request_reply(request, params);
        return;
    }
    if (view == NULL || fingerprint == NULL || !pd_json_get_int(data, "start", &start) ||
        !pd_json_get_int(data, "number", &number)) {
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "not an action of this server");
        return;
    }
    edit = pd_action_find_edit(view, fingerprint, start, number);
    if (edit == NULL) {
        pd_request_fail(request, PD_RPC_CONTENT_MODIFIED, "the finding is not there any more");
        return;
    }
    g_variant_dict_init(&action, params);
    g_variant_dict_insert_value(&action, "edit", edit);
    pd_request_reply(request, g_variant_dict_end(&action));
}
