/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/frames.h"

#include "model/json-guard.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_LINE_BYTES 4096

struct PdFrames {
    PdFrameFunc func;
    void *user_data;
    GString *line;  /* of the header, so far */
    bool in_header; /* a line of it has been there */
    bool is_lost;   /* told that here is no message, until there is one again */
    gint64 length;  /* of the body; below 0: not said yet */
    bool in_body;
    gsize n_skipped; /* of the body of a message that is too long */
    GString *body;
};

PdFrames *
pd_frames_new(PdFrameFunc func, void *user_data)
{
    PdFrames *self = g_new0(PdFrames, 1);

    self->func = func;
    self->user_data = user_data;
    self->line = g_string_new(NULL);
    self->body = g_string_new(NULL);
    self->length = -1;
    return self;
}

void
pd_frames_free(PdFrames *self)
{
    if (self == NULL)
        return;
    g_string_free(self->line, TRUE);
    g_string_free(self->body, TRUE);
    g_free(self);
}

static void
tell_bad(PdFrames *self, GVariant *id, int code, const char *message)
{
    const PdFrame frame = { .kind = PD_FRAME_BAD, .id = id, .code = code, .message = message };

    self->func(&frame, self->user_data);
}

/* --- JSON, before it is parsed --- */

/* What is no character is replaced. Returns: (nullable): what is wrong */
static const char *
mend(char *json, gsize n_bytes)
{
    PdJsonGuard guard = pd_json_guard(json, n_bytes, PD_FRAMES_MAX_DEPTH);
    PdJsonToken token;

    while ((token = pd_json_guard_next(&guard)) != PD_JSON_END) {
        if (token == PD_JSON_NUL || token == PD_JSON_HALF_PAIR)
            memcpy(json + (guard.start - json) + 2, "fffd", 4);
        else if (pd_json_fault(token) != NULL)
            return pd_json_fault(token);
    }
    return NULL;
}

/* --- what kind of message it is --- */

/* (transfer full) (nullable) */
static GVariant *
read_id(JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "id");

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return NULL;
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        return g_variant_ref_sink(g_variant_new_string(json_node_get_string(node)));
    if (json_node_get_value_type(node) == G_TYPE_INT64)
        return g_variant_ref_sink(g_variant_new_int64(json_node_get_int(node)));
    return NULL;
}

static bool
has_string(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_STRING && *json_node_get_string(node) != '\0';
}

/* Returns: (nullable): what is wrong with it */
static const char *
classify(JsonObject *object, PdFrame *frame)
{
    JsonNode *params = json_object_get_member(object, "params");

    if (!has_string(object, "jsonrpc") ||
        !g_str_equal(json_object_get_string_member(object, "jsonrpc"), "2.0"))
        return "\"jsonrpc\" is not \"2.0\"";
    if (json_object_has_member(object, "method")) {
        if (!has_string(object, "method"))
            return "\"method\" is not a string";
        if (params != NULL && JSON_NODE_HOLDS_VALUE(params))
            return "\"params\" is neither an object nor an array";
        if (json_object_has_member(object, "id") && frame->id == NULL)
            return "\"id\" is neither a string nor a whole number";
        frame->kind = frame->id != NULL ? PD_FRAME_REQUEST : PD_FRAME_NOTIFICATION;
        return NULL;
    }
    if (!json_object_has_member(object, "result") && !json_object_has_member(object, "error"))
        return "neither \"method\" nor \"result\" nor \"error\"";
    frame->kind = PD_FRAME_RESPONSE;
    return NULL;
}

static void
take_object(PdFrames *self, JsonObject *object)
{
    g_autoptr(GVariant) id = read_id(object);
    PdFrame frame = { .id = id };
    const char *problem = classify(object, &frame);

    if (problem != NULL) {
        tell_bad(self, id, PD_RPC_INVALID_REQUEST, problem);
        return;
    }
    if (frame.kind != PD_FRAME_RESPONSE && !json_object_has_member(object, "params"))
        g_string_insert(self->body, strchr(self->body->str, '{') + 1 - self->body->str,
                        "\"params\":{},");
    frame.json = self->body->str;
    frame.n_bytes = self->body->len;
    self->func(&frame, self->user_data);
}

static void
take_body(PdFrames *self)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) error = NULL;
    const char *problem;
    JsonNode *root;

    if (!g_utf8_validate(self->body->str, (gssize)self->body->len, NULL)) {
        tell_bad(self, NULL, PD_RPC_PARSE_ERROR, "the message is not UTF-8");
        return;
    }
    problem = mend(self->body->str, self->body->len);
    if (problem != NULL) {
        tell_bad(self, NULL, PD_RPC_PARSE_ERROR, problem);
        return;
    }
    if (!json_parser_load_from_data(parser, self->body->str, (gssize)self->body->len, &error)) {
        g_autofree char *valid = g_utf8_make_valid(error->message, -1); /* may cut a character */
        g_autofree char *message = g_strdup_printf("not JSON: %s", valid);

        tell_bad(self, NULL, PD_RPC_PARSE_ERROR, message);
        return;
    }
    root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        tell_bad(self, NULL, PD_RPC_INVALID_REQUEST, "the message is not a JSON object");
    else
        take_object(self, json_node_get_object(root));
}

/* --- header and body --- */

/*
 * Returns: -1: no number above 0. By hand: the first g_ascii_string_to_unsigned() of a process
 * takes the errno of a lock that another thread holds for an error of its own.
 */
static gint64
read_number(const char *digits)
{
    gint64 number = 0;

    for (const char *p = digits; *p != '\0'; p++) {
        if (!g_ascii_isdigit(*p) || number > G_MAXINT64 / 10 - 10)
            return -1;
        number = 10 * number + g_ascii_digit_value(*p);
    }
    return number > 0 ? number : -1;
}

/* Is it the line "Content-Length: N"? @ret_length: below 0: N is no length */
static bool
read_length(const char *line, gint64 *ret_length)
{
    const char *name = "Content-Length";
    g_autofree char *value = NULL;

    if (g_ascii_strncasecmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ':')
        return false;
    value = g_strstrip(g_strdup(line + strlen(name) + 1));
    *ret_length = read_number(value);
    return true;
}

static void
tell_lost(PdFrames *self, const char *message)
{
    if (!self->is_lost)
        tell_bad(self, NULL, PD_RPC_PARSE_ERROR, message);
    self->is_lost = true;
}

static void
begin_body(PdFrames *self)
{
    self->in_body = true;
    self->is_lost = false;
    self->n_skipped = 0;
    if (self->length > PD_FRAMES_MAX_BYTES)
        tell_bad(self, NULL, PD_RPC_INVALID_REQUEST, "the message is longer than 16 MiB");
}

/* "Name: value" */
static bool
is_header(const char *line)
{
    const gsize n = strspn(line, "-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    return n > 0 && line[n] == ':';
}

static void
take_line(PdFrames *self)
{
    const char *line = self->line->str;

    if (self->line->len == 0) {
        if (self->length > 0)
            begin_body(self);
        else if (self->in_header)
            tell_lost(self, "a header without Content-Length");
        self->in_header = false;
        return;
    }
    self->in_header = true;
    if (!is_header(line)) {
        tell_lost(self, "a line that is no header");
        /* behind a message that is longer than it says, the next header begins in the line */
        line = g_strrstr(line, "Content-Length:");
    }
    if (line != NULL && read_length(line, &self->length) && self->length < 0)
        tell_lost(self, "Content-Length is not a number above 0");
}

static gsize
push_header(PdFrames *self, const char *bytes, gsize n_bytes)
{
    const char *newline = memchr(bytes, '\n', n_bytes);
    const gsize n = newline != NULL ? (gsize)(newline - bytes) : n_bytes;

    g_string_append_len(self->line, bytes, (gssize)n);
    if (self->line->len > MAX_LINE_BYTES) /* no header; what may follow it is at its end */
        g_string_erase(self->line, 0, (gssize)(self->line->len - MAX_LINE_BYTES));
    if (newline == NULL)
        return n;
    if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
        g_string_truncate(self->line, self->line->len - 1);
    take_line(self);
    g_string_truncate(self->line, 0);
    return n + 1;
}

static gsize
push_body(PdFrames *self, const char *bytes, gsize n_bytes)
{
    const bool is_too_long = self->length > PD_FRAMES_MAX_BYTES;
    const gsize n_have = is_too_long ? self->n_skipped : self->body->len;
    const gsize n = MIN(n_bytes, (gsize)self->length - n_have);

    if (is_too_long)
        self->n_skipped += n;
    else
        g_string_append_len(self->body, bytes, (gssize)n);
    if (n_have + n < (gsize)self->length)
        return n;
    self->in_body = false;
    self->length = -1;
    if (!is_too_long)
        take_body(self);
    g_string_free(self->body, TRUE); /* a long text's memory goes back */
    self->body = g_string_new(NULL);
    return n;
}

void
pd_frames_push(PdFrames *self, const char *bytes, gsize n_bytes)
{
    while (n_bytes > 0) {
        const gsize n =
            self->in_body ? push_body(self, bytes, n_bytes) : push_header(self, bytes, n_bytes);

        bytes += n;
        n_bytes -= n;
    }
}
