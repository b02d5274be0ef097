/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/request.h"

#include "model/json-guard.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_DEPTH 64

/*
 * Where the value of the outermost "id" stands, if it is a string or a number: json-glib does not
 * keep a number as it was written.
 */
typedef struct {
    enum { ELSEWHERE, AFTER_KEY, BEFORE_VALUE } state;
    const char *start; /* (nullable) */
    gsize length;
} IdScan;

void
pd_request_done(PdRequest *self)
{
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->language, g_free);
}

static bool
fail(const char *message, GError **error)
{
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, message);
    return false;
}

static void
note_string(IdScan *self, const PdJsonGuard *guard)
{
    const gsize length = (gsize)(guard->at - guard->start);
    const bool is_value = self->state == BEFORE_VALUE;

    self->state = ELSEWHERE;
    if (guard->depth != 1)
        return;
    if (is_value) {
        self->start = guard->start;
        self->length = length;
    } else if (length == 4 && memcmp(guard->start, "\"id\"", 4) == 0) {
        self->state = AFTER_KEY;
    }
}

static void
note_other(IdScan *self, const PdJsonGuard *guard)
{
    const char *p = guard->start;

    if (g_ascii_isspace(*p))
        return;
    if (self->state == BEFORE_VALUE) {
        while (p < guard->end && *p != '\0' && strchr("+-.eE0123456789", *p) != NULL)
            p++;
        self->start = p > guard->start ? guard->start : NULL;
        self->length = (gsize)(p - guard->start);
    }
    self->state = self->state == AFTER_KEY && *guard->start == ':' ? BEFORE_VALUE : ELSEWHERE;
}

static bool
scan(PdJsonGuard *guard, IdScan *id, GError **error)
{
    PdJsonToken token;

    while ((token = pd_json_guard_next(guard)) != PD_JSON_END) {
        if (pd_json_fault(token) != NULL)
            return fail(pd_json_fault(token), error);
        if (token == PD_JSON_STRING)
            note_string(id, guard);
        else
            note_other(id, guard);
    }
    return true;
}

static JsonNode *
member(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   (type == G_TYPE_INVALID || json_node_get_value_type(node) == type)
               ? node
               : NULL;
}

static bool
read_object(JsonObject *object, const IdScan *scanned, PdRequest *request, GError **error)
{
    JsonNode *id = member(object, "id", G_TYPE_INVALID);
    JsonNode *text = member(object, "text", G_TYPE_STRING);

    if (!json_object_has_member(object, "id"))
        return fail("no \"id\"", error);
    if (id == NULL || json_node_get_value_type(id) == G_TYPE_BOOLEAN || scanned->start == NULL)
        return fail("\"id\" is neither a string nor a number", error);
    request->id = g_strndup(scanned->start, scanned->length);
    if (!json_object_has_member(object, "text"))
        return fail("no \"text\"", error);
    if (text == NULL)
        return fail("\"text\" is not a string", error);
    if (json_object_has_member(object, "language")) {
        JsonNode *language = member(object, "language", G_TYPE_STRING);

        if (language == NULL)
            return fail("\"language\" is not a string", error);
        request->language = json_node_dup_string(language);
    }
    request->text = json_node_dup_string(text);
    if (!g_utf8_validate(request->text, -1, NULL))
        return fail("\"text\" is not UTF-8", error);
    return true;
}

bool
pd_request_parse(const char *line, size_t length, PdRequest *ret_request, GError **error)
{
    g_autoptr(JsonParser) parser = NULL;
    g_autoptr(GError) failure = NULL;
    PdJsonGuard guard = pd_json_guard(line, length, MAX_DEPTH);
    IdScan scanned = { 0 };
    const char *end;
    JsonNode *root;

    *ret_request = (PdRequest){ 0 };
    if (!g_utf8_validate(line, length, &end)) {
        g_set_error(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE,
                    "not UTF-8 at byte %zu", (size_t)(end - line));
        return false;
    }
    if (!scan(&guard, &scanned, error))
        return false;
    parser = json_parser_new_immutable();
    if (!json_parser_load_from_data(parser, line, length, &failure)) {
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "not JSON: %s", failure->message);
        return false;
    }
    root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return fail("not a JSON object", error);
    return read_object(json_node_get_object(root), &scanned, ret_request, error);
}
