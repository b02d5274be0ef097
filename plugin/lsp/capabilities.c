/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/capabilities.h"
#include "plugin/lsp/commands.h"
#include "plugin/lsp/json.h"

#define SYNC_INCREMENTAL 2

static PdLspEncoding
read_encoding(GVariant *client)
{
    g_autoptr(GVariant) names = pd_json_get_path(client, "general", "positionEncodings", NULL);
    PdLspEncoding encoding = PD_LSP_UTF16;
    const gsize n = pd_json_is_array(names) ? g_variant_n_children(names) : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) name = pd_json_element(names, i);

        if (pd_json_is_string(name) &&
            pd_lsp_encoding_from_name(g_variant_get_string(name, NULL), &encoding))
            break;
    }
    return encoding;
}

static void
read_text_document(PdCapabilities *self, GVariant *client)
{
    g_autoptr(GVariant) text = pd_json_get(client, "textDocument");
    g_autoptr(GVariant) pull = pd_json_get(text, "diagnostic");
    g_autoptr(GVariant) publish = pd_json_get(text, "publishDiagnostics");
    g_autoptr(GVariant) action = pd_json_get(text, "codeAction");
    g_autoptr(GVariant) literals = pd_json_get(action, "codeActionLiteralSupport");
    g_autoptr(GVariant) resolved = pd_json_get_path(action, "resolveSupport", "properties", NULL);
    g_autoptr(GVariant) formats = pd_json_get_path(text, "hover", "contentFormat", NULL);

    self->pull = pd_json_is_object(pull);
    self->publish_version = pd_json_is_true(publish, "versionSupport");
    self->literal_actions = pd_json_is_object(literals);
    self->preferred_actions = pd_json_is_true(action, "isPreferredSupport");
    self->action_data = pd_json_is_true(action, "dataSupport");
    self->resolve_edits = self->action_data && pd_json_array_has(resolved, "edit");
    if (pd_json_is_array(formats) && g_variant_n_children(formats) > 0) {
        g_autoptr(GVariant) first = pd_json_element(formats, 0);

        self->hover_markdown =
            pd_json_is_string(first) && g_str_equal(g_variant_get_string(first, NULL), "markdown");
    }
}

void
pd_capabilities_read(PdCapabilities *self, GVariant *params)
{
    g_autoptr(GVariant) client = pd_json_get(params, "capabilities");
    g_autoptr(GVariant) options = pd_json_get(params, "initializationOptions");
    g_autoptr(GVariant) workspace = pd_json_get(client, "workspace");
    g_autoptr(GVariant) edits = pd_json_get(workspace, "workspaceEdit");
    g_autoptr(GVariant) diagnostics = pd_json_get(workspace, "diagnostics");
    g_autoptr(GVariant) configuration = pd_json_get(workspace, "didChangeConfiguration");
    g_autoptr(GVariant) window = pd_json_get(client, "window");
    g_autoptr(GVariant) commands = pd_json_get(options, "clientCommands");

    *self = (PdCapabilities){ .encoding = read_encoding(client) };
    read_text_document(self, client);
    self->refresh = pd_json_is_true(diagnostics, "refreshSupport");
    self->document_changes = pd_json_is_true(edits, "documentChanges");
    self->configuration = pd_json_is_true(workspace, "configuration");
    self->register_configuration = pd_json_is_true(configuration, "dynamicRegistration");
    self->progress = pd_json_is_true(window, "workDoneProgress");
    self->disables_rules = pd_json_array_has(commands, PD_COMMAND_DISABLE_RULE);
}

static GVariant *
sync_options(void)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "openClose", "b", TRUE);
    g_variant_dict_insert(&dict, "change", "x", (gint64)SYNC_INCREMENTAL);
    g_variant_dict_insert(&dict, "save", "b", TRUE);
    return g_variant_dict_end(&dict);
}

static GVariant *
action_options(const PdCapabilities *self)
{
    static const char *const kinds[] = { "quickfix" };
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "codeActionKinds",
                                g_variant_new_strv(kinds, G_N_ELEMENTS(kinds)));
    g_variant_dict_insert(&dict, "resolveProvider", "b", self->resolve_edits);
    return g_variant_dict_end(&dict);
}

/* A command that the client runs by itself is not the server's: the client would have it twice. */
static GVariant *
command_options(const PdCapabilities *self)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GVariantDict dict;

    for (size_t i = 0; pd_command_names[i] != NULL; i++) {
        if (!self->disables_rules || !g_str_equal(pd_command_names[i], PD_COMMAND_DISABLE_RULE))
            g_ptr_array_add(names, (char *)pd_command_names[i]);
    }
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "commands",
                                g_variant_new_strv((const char *const *)names->pdata, names->len));
    return g_variant_dict_end(&dict);
}

static GVariant *
diagnostic_options(void)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "identifier", "s", "proofd");
    g_variant_dict_insert(&dict, "interFileDependencies", "b", FALSE);
    g_variant_dict_insert(&dict, "workspaceDiagnostics", "b", FALSE);
    return g_variant_dict_end(&dict);
}

GVariant *
pd_capabilities_answer(const PdCapabilities *self)
{
    GVariantDict capabilities, info, answer;

    g_variant_dict_init(&capabilities, NULL);
    g_variant_dict_insert(&capabilities, "positionEncoding", "s",
                          pd_lsp_encoding_name(self->encoding));
    g_variant_dict_insert_value(&capabilities, "textDocumentSync", sync_options());
    if (self->literal_actions)
        g_variant_dict_insert_value(&capabilities, "codeActionProvider", action_options(self));
    else
        g_variant_dict_insert(&capabilities, "codeActionProvider", "b", TRUE);
    g_variant_dict_insert_value(&capabilities, "executeCommandProvider", command_options(self));
    g_variant_dict_insert(&capabilities, "hoverProvider", "b", TRUE);
    if (self->pull)
        g_variant_dict_insert_value(&capabilities, "diagnosticProvider", diagnostic_options());

    g_variant_dict_init(&info, NULL);
    g_variant_dict_insert(&info, "name", "s", "proofd-lsp");
    g_variant_dict_insert(&info, "version", "s", PD_VERSION);

    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert_value(&answer, "capabilities", g_variant_dict_end(&capabilities));
    g_variant_dict_insert_value(&answer, "serverInfo", g_variant_dict_end(&info));
    return g_variant_dict_end(&answer);
}
