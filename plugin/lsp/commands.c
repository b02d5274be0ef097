/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/commands.h"
#include "plugin/lsp/actions.h"
#include "plugin/lsp/json.h"
#include "plugin/lsp/server-private.h"

#include <glib/gi18n-lib.h>

const char *const pd_command_names[] = {
    PD_COMMAND_ADD_WORD,
    PD_COMMAND_IGNORE_WORD,
    PD_COMMAND_IGNORE_HERE,
    PD_COMMAND_DISABLE_RULE,
    PD_COMMAND_REPLACE,
    PD_COMMAND_CHECK,
    NULL,
};

typedef struct {
    const char *name;
    /* the arguments that are strings and those that are whole numbers, each in order */
    void (*run)(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers);
    guint n_strings;
    guint n_numbers;
} CommandRow;

/* --- each --- */

typedef struct {
    PdRequest *request;
    PdLspServer *server;
} Adding;

static void
on_added(GObject *object, GAsyncResult *result, void *user_data)
{
    g_autofree Adding *adding = user_data;
    g_autoptr(GError) error = NULL;

    if (proofd_client_add_word_finish(PROOFD_CLIENT(object), result, &error))
        pd_request_reply(adding->request, pd_json_null());
    else
        pd_request_fail(adding->request, PD_RPC_REQUEST_FAILED, error->message);
}

static void
add_word(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    Adding *adding = g_new0(Adding, 1);

    adding->request = request;
    adding->server = self;
    proofd_client_add_word_async(self->client, strings[0], NULL, on_added, adding);
}

/* Returns: (nullable): the request is answered where there is none */
static PdView *
find_view(PdLspServer *self, PdRequest *request, const char *uri)
{
    PdView *view = g_hash_table_lookup(self->views, uri);

    if (view == NULL)
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "no document of this URI is open");
    return view;
}

static void
ignore_word(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    PdView *view = find_view(self, request, strings[0]);

    if (view == NULL)
        return;
    pd_document_ignore_word(view->document, strings[1]);
    pd_request_reply(request, pd_json_null());
}

static void
ignore_here(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    PdView *view = find_view(self, request, strings[0]);
    guint64 fingerprint;

    if (view == NULL)
        return;
    if (!g_ascii_string_to_unsigned(strings[1], 10, 0, G_MAXUINT64, &fingerprint, NULL)) {
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "the fingerprint is not a number");
        return;
    }
    pd_document_ignore(view->document, fingerprint);
    pd_request_reply(request, pd_json_null());
}

static void
disable_rule(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    g_autofree char *message = NULL;
    GHashTableIter iter;
    void *view;

    if (g_hash_table_add(self->turned_off, g_strdup(strings[0]))) {
        g_hash_table_iter_init(&iter, self->views);
        while (g_hash_table_iter_next(&iter, NULL, &view))
            pd_view_check(view);
        message = g_strdup_printf(_("The rule %s is off until the editor ends. To turn it off for "
                                    "good, add \"%s\" to the setting proofd.disable."),
                                  strings[0], strings[0]);
        pd_server_show(self, PD_SEVERITY_INFORMATION, message);
    }
    pd_request_reply(request, pd_json_null());
}

static void
check_again(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    PdView *view = find_view(self, request, strings[0]);

    if (view == NULL)
        return;
    pd_view_check(view);
    pd_request_reply(request, pd_json_null());
}

static void
replace(PdLspServer *self, PdRequest *request, char **strings, const gint64 *numbers)
{
    PdView *view = find_view(self, request, strings[0]);
    g_autoptr(GVariant) edit = NULL;
    GVariantDict params;

    if (view == NULL)
        return;
    edit = pd_action_find_edit(view, strings[1], numbers[0], numbers[1]);
    if (edit == NULL) {
        pd_request_fail(request, PD_RPC_CONTENT_MODIFIED, "the finding is not there any more");
        return;
    }
    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert_value(&params, "edit", edit);
    pd_rpc_call(self->rpc, "workspace/applyEdit", g_variant_dict_end(&params), NULL, NULL);
    pd_request_reply(request, pd_json_null());
}

static const CommandRow rows[] = {
    { PD_COMMAND_ADD_WORD, add_word, 1, 0 },       { PD_COMMAND_IGNORE_WORD, ignore_word, 2, 0 },
    { PD_COMMAND_IGNORE_HERE, ignore_here, 2, 0 }, { PD_COMMAND_DISABLE_RULE, disable_rule, 1, 0 },
    { PD_COMMAND_REPLACE, replace, 2, 2 },         { PD_COMMAND_CHECK, check_again, 1, 0 },
};

/* --- which --- */

static const CommandRow *
find_row(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

void
pd_server_execute(PdLspServer *self, PdRequest *request, GVariant *params)
{
    g_autofree char *name = pd_json_get_string(params, "command");
    g_autoptr(GVariant) arguments = pd_json_get(params, "arguments");
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    const CommandRow *row = find_row(name);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (gsize i = 0; pd_json_is_array(arguments) && i < g_variant_n_children(arguments); i++) {
        g_autoptr(GVariant) argument = pd_json_element(arguments, i);

        if (pd_json_is_string(argument))
            g_ptr_array_add(strings, g_variant_dup_string(argument, NULL));
        if (argument != NULL && g_variant_is_of_type(argument, G_VARIANT_TYPE_INT64)) {
            const gint64 number = g_variant_get_int64(argument);

            g_array_append_val(numbers, number);
        }
    }
    if (row == NULL)
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "there is no such command");
    else if (strings->len < row->n_strings || numbers->len < row->n_numbers)
        pd_request_fail(request, PD_RPC_INVALID_PARAMS, "the command needs more arguments");
    else
        row->run(self, request, (char **)strings->pdata, (const gint64 *)numbers->data);
}
