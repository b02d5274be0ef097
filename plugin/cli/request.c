/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/request.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_DEPTH 64

typedef struct {
    const char *at;
    const char *end;
    int depth;
    const char *id; /* (nullable): where the value of the outermost "id" stands */
    const char *id_end;
} Scan;

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

/* The number of \uXXXX at @p; -1: there is none. */
static int
read_escape(const char *p, const char *end)
{
    int value = 0;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (!g_ascii_isxdigit(p[i]))
            return -1;
        value = value * 16 + g_ascii_xdigit_value(p[i]);
    }
    return value;
}

/* From after the opening quote to after the closing one. */
static bool
scan_string(Scan *self, GError **error)
{
    while (self->at < self->end && *self->at != '"') {
        int unit = read_escape(self->at, self->end);

        if (unit == 0)
            return fail("a NUL (\\u0000) is no text", error);
        if (*self->at == '\\' && self->end - self->at > 1 && g_ascii_isdigit(self->at[1]))
            return fail("not JSON: \\ and a digit", error); /* a byte, to json-glib */
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            int low = read_escape(self->at + 6, self->end);

            if (low < 0xDC00 || low > 0xDFFF)
                return fail("half of a surrogate pair (\\uD8..) is no text", error);
            self->at += 12;
        } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
            return fail("half of a surrogate pair (\\uDC..) is no text", error);
        } else {
            self->at += *self->at == '\\' && self->end - self->at > 1 ? 2 : 1;
        }
    }
    self->at += self->at < self->end;
    return true;
}

static void
skip_space(Scan *self)
{
    while (self->at < self->end && g_ascii_isspace(*self->at))
        self->at++;
}

/* After an outermost string at @start: is it the key "id", with a string or a number? */
static bool
note_id(Scan *self, const char *start, GError **error)
{
    bool is_id = self->at - start == 4 && memcmp(start, "\"id\"", 4) == 0;

    skip_space(self);
    if (!is_id || self->at >= self->end || *self->at != ':')
        return true;
    self->at++;
    skip_space(self);
    self->id = self->at;
    if (self->at < self->end && *self->at == '"') {
        self->at++;
        if (!scan_string(self, error))
            return false;
    } else {
        while (self->at < self->end && strchr("+-.eE0123456789", *self->at) != NULL)
            self->at++;
    }
    self->id_end = self->at;
    return true;
}

/*
 * What json-glib does not tell, or does not survive: it parses recursively without a limit, reads
 * comments and 'strings', in which nothing is counted here, leaks the first of two values, cuts
 * strings at a NUL, and does not keep a number as it was written. Whether it is JSON at all is its
 * question.
 */
static bool
scan(Scan *self, GError **error)
{
    bool had_value = false;

    while (self->at < self->end) {
        const char *start = self->at++;

        if (*start == '"') {
            if (!scan_string(self, error))
                return false;
            if (self->depth == 1 && !note_id(self, start, error))
                return false;
        } else if (*start == '/' || *start == '\'') {
            return fail("not JSON: a comment, or a string in '", error);
        } else if (*start == '{' || *start == '[') {
            if (self->depth <= 0 && had_value)
                return fail("not JSON: more than one value", error);
            if (++self->depth > MAX_DEPTH) {
                g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE,
                            "JSON nested more than %d deep", MAX_DEPTH);
                return false;
            }
        } else if (*start == '}' || *start == ']') {
            self->depth--;
        }
        had_value = had_value || (self->depth <= 0 && !g_ascii_isspace(*start));
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
read_object(JsonObject *object, const Scan *scanned, PdRequest *request, GError **error)
{
    JsonNode *id = member(object, "id", G_TYPE_INVALID);
    JsonNode *text = member(object, "text", G_TYPE_STRING);

    if (!json_object_has_member(object, "id"))
        return fail("no \"id\"", error);
    if (id == NULL || json_node_get_value_type(id) == G_TYPE_BOOLEAN || scanned->id == NULL ||
        scanned->id_end == scanned->id)
        return fail("\"id\" is neither a string nor a number", error);
    request->id = g_strndup(scanned->id, scanned->id_end - scanned->id);
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
    Scan scanned = { .at = line, .end = line + length };
    const char *end;
    JsonNode *root;

    *ret_request = (PdRequest){ 0 };
    if (!g_utf8_validate(line, length, &end)) {
        g_set_error(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE,
                    "not UTF-8 at byte %zu", (size_t)(end - line));
        return false;
    }
    if (!scan(&scanned, error))
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
