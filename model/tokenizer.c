/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/tokenizer.h"

#include "model/weights.h"

#include <string.h>

#define MAX_TOKENS (1 << 20)

static JsonObject *
get_object(JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static bool
is_false(JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_BOOLEAN && !json_node_get_boolean(node);
}

/* Absent is fine: it is what BertTokenizerFast takes then. */
static bool
is_text(JsonObject *object, const char *key, const char *text)
{
    JsonNode *node = json_object_get_member(object, key);

    return node == NULL ||
           (JSON_NODE_HOLDS_VALUE(node) && g_strcmp0(json_node_get_string(node), text) == 0);
}

/* (transfer full): NULL without @error: there is no such file */
static JsonParser *
read_json(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) trouble = NULL;
    gsize length;

    if (g_file_get_contents(path, &text, &length, &trouble))
        return pd_json_parse(path, text, length, error);
    if (!g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error(error, g_steal_pointer(&trouble));
    return NULL;
}

static JsonObject *
root_of(JsonParser *parser)
{
    return json_node_get_object(json_parser_get_root(parser));
}

/* A vocabulary with capital letters would be cut wrongly, and nothing would say so. */
static bool
check_uncased(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "tokenizer_config.json", NULL);
    g_autoptr(GError) trouble = NULL;
    g_autoptr(JsonParser) parser = read_json(path, &trouble);

    if (trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return false;
    }
    if (parser == NULL || !is_false(root_of(parser), "do_lower_case"))
        return true;
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                "%s: do_lower_case is false: cased models are not run", path);
    return false;
}

static bool
check_kind(JsonObject *root, GError **error)
{
    JsonObject *normalizer = get_object(root, "normalizer");
    JsonObject *model = get_object(root, "model");

    if (model == NULL || !is_text(model, "type", "WordPiece") ||
        !is_text(model, "continuing_subword_prefix", "##") ||
        !is_text(model, "unk_token", "[UNK]")) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "its model is not WordPiece with ## and [UNK]");
        return false;
    }
    if (normalizer != NULL &&
        (!is_text(normalizer, "type", "BertNormalizer") || is_false(normalizer, "lowercase") ||
         is_false(normalizer, "strip_accents"))) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "its normalizer is not BertNormalizer with lower case and without accents");
        return false;
    }
    return true;
}

/* The tokens by id: (transfer full), an array of borrowed strings; NULL with @error set */
static const char **
order_tokens(JsonObject *vocabulary, guint n, GError **error)
{
    g_autofree const char **tokens = g_new0(const char *, (gsize)n + 1);
    JsonObjectIter iter;
    const char *token;
    JsonNode *node;

    json_object_iter_init(&iter, vocabulary);
    while (json_object_iter_next(&iter, &token, &node)) {
        const bool is_id =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
        const gint64 id = is_id ? json_node_get_int(node) : -1;

        if (id < 0 || id >= n || tokens[id] != NULL || strpbrk(token, "\r\n") != NULL) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "model.vocab: the ids are not 0 to %u, once each, or a token has a line "
                        "end in it",
                        n - 1);
            return NULL;
        }
        tokens[id] = token;
    }
    return g_steal_pointer(&tokens);
}

static PdWordpiece *
load_json(const char *path, JsonObject *root, GError **error)
{
    JsonObject *vocabulary;
    g_autofree const char **tokens = NULL;
    GString *text;
    guint n;

    if (!check_kind(root, error))
        return NULL;
    vocabulary = get_object(get_object(root, "model"), "vocab");
    n = vocabulary != NULL ? json_object_get_size(vocabulary) : 0;
    if (n == 0 || n > MAX_TOKENS) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "no model.vocab of tokens");
        return NULL;
    }
    tokens = order_tokens(vocabulary, n, error);
    if (tokens == NULL)
        return NULL;
    text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s\n", tokens[i]);
    return pd_wordpiece_take_text(path, g_string_free(text, FALSE), error);
}

PdWordpiece *
pd_tokenizer_load(const char *dir, GError **error)
{
    g_autofree char *lines = g_build_filename(dir, "vocab.txt", NULL);
    g_autofree char *json = g_build_filename(dir, "tokenizer.json", NULL);
    g_autoptr(GError) trouble = NULL;
    g_autoptr(JsonParser) parser = NULL;
    PdWordpiece *self;

    if (!check_uncased(dir, error))
        return NULL;
    if (g_file_test(lines, G_FILE_TEST_EXISTS))
        return pd_wordpiece_load(lines, error);
    parser = read_json(json, &trouble);
    if (trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return NULL;
    }
    if (parser == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING,
                    "%s: missing, and there is no tokenizer.json either", lines);
        return NULL;
    }
    self = load_json(json, root_of(parser), &trouble);
    if (self == NULL)
        g_propagate_prefixed_error(error, g_steal_pointer(&trouble), "%s: ", json);
    return self;
}
