/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config.h"

#include "model/weights.h"

#include <string.h>

#define MAX_LABELS 256

/* @fallback: what Transformers takes where the key is absent; 0: it must be there */
static const struct {
    const char *key;
    size_t offset;
    gint64 min;
    gint64 max;
    gint64 fallback;
} sizes[] = {
    { "vocab_size", G_STRUCT_OFFSET(PdConfig, vocab_size), 4, 1 << 20, 0 },
    { "embedding_size", G_STRUCT_OFFSET(PdConfig, embedding_size), 1, 8192, 0 },
    { "hidden_size", G_STRUCT_OFFSET(PdConfig, hidden_size), 1, 8192, 0 },
    { "num_hidden_layers", G_STRUCT_OFFSET(PdConfig, n_layers), 1, 96, 0 },
    { "num_attention_heads", G_STRUCT_OFFSET(PdConfig, n_heads), 1, 256, 0 },
    { "intermediate_size", G_STRUCT_OFFSET(PdConfig, ffn_size), 1, 65536, 0 },
    { "max_position_embeddings", G_STRUCT_OFFSET(PdConfig, max_positions), 8, 65536, 0 },
    { "type_vocab_size", G_STRUCT_OFFSET(PdConfig, n_types), 1, 256, 2 },
};

/* Keys that change the arithmetic: any other value than these is another model. */
static const struct {
    const char *key;
    const char *value;
} fixed[] = {
    { "model_type", "electra" },
    { "hidden_act", "gelu" },
    { "position_embedding_type", "absolute" },
};

static const char *
get_string(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static bool
load_sizes(PdConfig *self, JsonObject *object, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        JsonNode *node = json_object_get_member(object, sizes[i].key);
        gint64 value = sizes[i].fallback;

        if (node == NULL && value == 0) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "no key %s", sizes[i].key);
            return false;
        }
        if (node != NULL &&
            (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "%s is not a whole number",
                        sizes[i].key);
            return false;
        }
        if (node != NULL)
            value = json_node_get_int(node);
        if (value < sizes[i].min || value > sizes[i].max) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                        "%s is %" G_GINT64_FORMAT ", not in %" G_GINT64_FORMAT
                        " to %" G_GINT64_FORMAT,
                        sizes[i].key, value, sizes[i].min, sizes[i].max);
            return false;
        }
        G_STRUCT_MEMBER(size_t, self, sizes[i].offset) = (size_t)value;
    }
    if (self->hidden_size % self->n_heads != 0) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "num_attention_heads is %zu, which does not divide hidden_size %zu",
                    self->n_heads, self->hidden_size);
        return false;
    }
    return true;
}

static bool
check_fixed(JsonObject *object, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        JsonNode *node = json_object_get_member(object, fixed[i].key);

        if (node == NULL || g_strcmp0(get_string(node), fixed[i].value) == 0)
            continue;
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "%s is \"%s\", only \"%s\" is supported", fixed[i].key,
                    get_string(node) != NULL ? get_string(node) : "no text", fixed[i].value);
        return false;
    }
    return true;
}

static bool
load_epsilon(PdConfig *self, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "layer_norm_eps");
    double value = 1e-12;

    if (node != NULL &&
        (!JSON_NODE_HOLDS_VALUE(node) || (json_node_get_value_type(node) != G_TYPE_DOUBLE &&
                                          json_node_get_value_type(node) != G_TYPE_INT64))) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "layer_norm_eps is not a number");
        return false;
    }
    if (node != NULL)
        value = json_node_get_double(node);
    if (!(value > 0.0 && value <= 0.1)) { /* NaN fails */
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "layer_norm_eps is %g, not above 0 and at most 0.1", value);
        return false;
    }
    self->epsilon = (float)value;
    return true;
}

/* Transformers leaves them out where there are two that nobody named. */
static void
take_default_labels(PdConfig *self)
{
    static const char *const labels[] = { "LABEL_0", "LABEL_1", NULL };

    self->labels = g_strdupv((char **)labels);
    self->n_labels = 2;
}

static bool
load_labels(PdConfig *self, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "id2label");
    JsonObject *labels =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    if (node == NULL || JSON_NODE_HOLDS_NULL(node)) {
        take_default_labels(self);
        return true;
    }
    if (labels == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "id2label is not an object");
        return false;
    }
    self->n_labels = json_object_get_size(labels);
    if (self->n_labels < 2 || self->n_labels > MAX_LABELS) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "id2label has %zu labels, not 2 to %d", self->n_labels, MAX_LABELS);
        return false;
    }
    self->labels = g_new0(char *, self->n_labels + 1);
    for (size_t i = 0; i < self->n_labels; i++) {
        g_autofree char *id = g_strdup_printf("%zu", i);
        const char *label = get_string(json_object_get_member(labels, id));

        if (label == NULL || label[0] == '\0') {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "id2label has no label \"%s\"", id);
            return false;
        }
        self->labels[i] = g_strdup(label);
    }
    if (!g_str_equal(self->labels[0], "O") && !g_str_equal(self->labels[0], "LABEL_0")) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "id2label: label 0 is \"%s\", not \"O\" (correct), nor \"LABEL_0\", which "
                    "Transformers writes where none was given",
                    self->labels[0]);
        return false;
    }
    return true;
}

static bool
load_architecture(PdConfig *self, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "architectures");
    const char *name = NULL;

    if (node != NULL && JSON_NODE_HOLDS_ARRAY(node) &&
        json_array_get_length(json_node_get_array(node)) == 1)
        name = get_string(json_array_get_element(json_node_get_array(node), 0));
    if (name == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING,
                    "architectures is not a list of one name");
        return false;
    }
    if (g_str_equal(name, "ElectraForTokenClassification"))
        return load_labels(self, object, error);
    if (g_str_equal(name, "ElectraForPreTraining")) {
        self->n_labels = 1;
        return true;
    }
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                "architectures is %s, neither ElectraForPreTraining nor "
                "ElectraForTokenClassification",
                name);
    return false;
}

bool
pd_config_load(PdConfig *self, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(JsonParser) parser = NULL;
    JsonObject *object;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return false;
    parser = pd_json_parse(path, text, length, error);
    if (parser == NULL)
        return false;
    object = json_node_get_object(json_parser_get_root(parser));
    if (!check_fixed(object, error) || !load_sizes(self, object, error) ||
        !load_epsilon(self, object, error) || !load_architecture(self, object, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    return true;
}

void
pd_config_done(PdConfig *self)
{
    g_clear_pointer(&self->labels, g_strfreev);
}
