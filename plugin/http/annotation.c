/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/annotation.h"

#include "model/json-guard.h"
#include "plugin/http/error.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>

#define MAX_DEPTH 32

static bool
fail(const char *message, GError **error)
{
    g_set_error_literal(error, PD_HTTP_ERROR, 400, message);
    return false;
}

static bool
is_harmless(const char *json, GError **error)
{
    PdJsonGuard guard = pd_json_guard(json, strlen(json), MAX_DEPTH);
    PdJsonToken token;

    while ((token = pd_json_guard_next(&guard)) != PD_JSON_END)
        if (pd_json_fault(token) != NULL) {
            g_set_error(error, PD_HTTP_ERROR, 400, "Could not parse JSON from 'data' parameter: %s",
                        pd_json_fault(token));
            return false;
        }
    return true;
}

/* *ret_value: (transfer full), NULL if there is no such member */
static bool
read_string(JsonObject *object, const char *name, char **ret_value, GError **error)
{
    JsonNode *node = json_object_get_member(object, name);
    const char *value;

    *ret_value = NULL;
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return true;
    value = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
    if (value == NULL) {
        g_set_error(error, PD_HTTP_ERROR, 400, "'%s' in 'data' must be a string", name);
        return false;
    }
    *ret_value = g_strdup(value);
    return true;
}

static void
part_clear(PdHttpPart *part)
{
    g_free(part->text);
    g_free(part->markup);
}

static bool
read_part(JsonNode *node, GArray *parts, GError **error)
{
    g_autofree char *text = NULL, *markup = NULL, *meaning = NULL;
    JsonObject *object;
    PdHttpPart part = { 0 };

    if (!JSON_NODE_HOLDS_OBJECT(node))
        return fail("Only 'text' and 'markup' are supported in 'annotation' list", error);
    object = json_node_get_object(node);
    if (!read_string(object, "text", &text, error) ||
        !read_string(object, "markup", &markup, error) ||
        !read_string(object, "interpretAs", &meaning, error))
        return false;
    if (text != NULL && markup != NULL)
        return fail("Only either 'text' or 'markup' are supported in an object in 'annotation' "
                    "list, not both",
                    error);
    if (text != NULL && meaning != NULL)
        return fail("'text' cannot be used with 'interpretAs' (only 'markup' can)", error);
    if (text == NULL && markup == NULL)
        return fail("Only 'text' and 'markup' are supported in 'annotation' list", error);
    part.text = text != NULL ? g_steal_pointer(&text) : g_steal_pointer(&meaning);
    part.markup = g_steal_pointer(&markup);
    g_array_append_val(parts, part);
    return true;
}

static bool
read_object(JsonObject *object, GArray *parts, GError **error)
{
    JsonNode *annotation = json_object_get_member(object, "annotation");
    PdHttpPart whole = { 0 };
    JsonArray *list;

    if (!read_string(object, "text", &whole.text, error))
        return false;
    if (whole.text != NULL) {
        g_array_append_val(parts, whole);
        return annotation == NULL ||
               fail("'data' key in JSON requires either 'text' or 'annotation' key, not both",
                    error);
    }
    if (annotation == NULL)
        return fail("'data' key in JSON requires 'text' or 'annotation' key", error);
    if (!JSON_NODE_HOLDS_ARRAY(annotation))
        return fail("'annotation' in 'data' must be a list", error);
    list = json_node_get_array(annotation);
    for (guint i = 0; i < json_array_get_length(list); i++)
        if (!read_part(json_array_get_element(list, i), parts, error))
            return false;
    return true;
}

GArray *
pd_http_annotation_parse(const char *json, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GArray) parts = g_array_new(FALSE, TRUE, sizeof(PdHttpPart));
    JsonNode *root;

    g_array_set_clear_func(parts, (GDestroyNotify)part_clear);
    if (!is_harmless(json, error))
        return NULL;
    root = json_parser_load_from_data(parser, json, -1, NULL) ? json_parser_get_root(parser) : NULL;
    if (root == NULL) {
        fail("Could not parse JSON from 'data' parameter", error);
        return NULL;
    }
    if (!JSON_NODE_HOLDS_OBJECT(root)) {
        fail("'data' key in JSON requires 'text' or 'annotation' key", error);
        return NULL;
    }
    return read_object(json_node_get_object(root), parts, error) ? g_steal_pointer(&parts) : NULL;
}
