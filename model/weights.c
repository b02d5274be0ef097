/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/weights.h"

#include "model/int8.h"
#include "model/json-guard.h"
#include "model/numbers.h"

#include <string.h>
#include <sys/mman.h>

#define PREFIX_BYTES 8   /* the index's length, little-endian */
#define MAX_JSON_DEPTH 8 /* an index has 3 */
#define MAX_TENSORS 65536
#define SCALE_SUFFIX "_scale"

struct PdWeights {
    char *path;
    GMappedFile *file;
    GHashTable *tensors; /* name -> PdTensor */
};

static const struct {
    const char *name;
    PdDtype dtype;
    size_t size_bytes;
} dtypes[] = {
    { "F32", PD_DTYPE_F32, 4 },    { "F16", PD_DTYPE_F16, 2 },   { "BF16", PD_DTYPE_BF16, 2 },
    { "I8", PD_DTYPE_I8, 1 },      { "F64", PD_DTYPE_OTHER, 8 }, { "I64", PD_DTYPE_OTHER, 8 },
    { "I32", PD_DTYPE_OTHER, 4 },  { "I16", PD_DTYPE_OTHER, 2 }, { "U8", PD_DTYPE_OTHER, 1 },
    { "BOOL", PD_DTYPE_OTHER, 1 },
};

static void
tensor_free(PdTensor *self)
{
    g_free(self->name);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdTensor, tensor_free)

/* --- JSON --- */

/* (nullable) */
static const char *
find_fault(const char *text, size_t length)
{
    PdJsonGuard guard = pd_json_guard(text, length, MAX_JSON_DEPTH);
    const char *fault = NULL;
    PdJsonToken token;

    if (length > PD_MAX_JSON_BYTES)
        return "JSON that is too long";
    if (!g_utf8_validate_len(text, length, NULL))
        return "not UTF-8";
    do {
        token = pd_json_guard_next(&guard);
        fault = pd_json_fault(token);
    } while (token != PD_JSON_END && fault == NULL);
    return fault;
}

/* json-glib keeps the last of two members with one name; these two count what it was given. */
static void
on_member(JsonParser *parser, JsonObject *object, const char *name, gpointer user_data)
{
    (*(size_t *)user_data)++;
}

static size_t
count_members(JsonNode *node)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    size_t n_members = 0;
    JsonObjectIter iter;
    JsonNode *member;

    for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
        n_members += count_members(json_array_get_element(array, i));
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return n_members;
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, NULL, &member))
        n_members += 1 + count_members(member);
    return n_members;
}

JsonParser *
pd_json_parse(const char *path, const char *text, size_t length, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) reason = NULL;
    const char *fault = find_fault(text, length);
    size_t n_members = 0;
    gulong handler;
    bool parsed;

    if (fault != NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "%s: %s (%zu bytes)", path, fault,
                    length);
        return NULL;
    }
    handler = g_signal_connect(parser, "object-member", G_CALLBACK(on_member), &n_members);
    parsed = json_parser_load_from_data(parser, text, (gssize)length, &reason);
    g_signal_handler_disconnect(parser, handler);
    if (!parsed) {
        g_autofree char *valid = g_utf8_make_valid(reason->message, -1); /* may cut a character */

        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "%s: %s", path, valid);
        return NULL;
    }
    if (json_parser_get_root(parser) == NULL ||
        !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "%s: not a JSON object", path);
        return NULL;
    }
    if (count_members(json_parser_get_root(parser)) != n_members) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%s: a name stands twice in one JSON object", path);
        return NULL;
    }
    return g_steal_pointer(&parser);
}

/* An integer of at least 0. */
static bool
get_size(JsonNode *node, size_t *ret_value)
{
    gint64 value;

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64)
        return false;
    value = json_node_get_int(node);
    if (value < 0)
        return false;
    *ret_value = (size_t)value;
    return true;
}

static JsonArray *
get_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* --- one tensor of the index --- */

static bool
parse_dtype(PdTensor *self, JsonObject *entry, size_t *ret_size_bytes, GError **error)
{
    JsonNode *node = json_object_get_member(entry, "dtype");
    const char *name =
        node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

    if (name == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "tensor %s: no dtype",
                    self->name);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(dtypes); i++) {
        if (g_str_equal(dtypes[i].name, name)) {
            self->dtype = dtypes[i].dtype;
            *ret_size_bytes = dtypes[i].size_bytes;
            return true;
        }
    }
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                "tensor %s: dtype %s is none that can be read (F32, F16, BF16, I8) or left out",
                self->name, name);
    return false;
}

static bool
parse_shape(PdTensor *self, JsonObject *entry, size_t item_bytes, GError **error)
{
    JsonArray *shape = get_array(entry, "shape");

    if (shape == NULL || json_array_get_length(shape) > PD_MAX_DIMENSIONS) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "tensor %s: no shape of at most %d numbers", self->name, PD_MAX_DIMENSIONS);
        return false;
    }
    self->n_dimensions = json_array_get_length(shape);
    self->size_bytes = item_bytes;
    for (size_t i = 0; i < self->n_dimensions; i++) {
        if (!get_size(json_array_get_element(shape, (guint)i), &self->shape[i])) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "tensor %s: shape[%zu] is not a whole number of at least 0", self->name, i);
            return false;
        }
        if (!g_size_checked_mul(&self->size_bytes, self->size_bytes, self->shape[i])) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "tensor %s: the product of its shape overflows", self->name);
            return false;
        }
    }
    return true;
}

/* An I8 tensor of four dimensions is a packed one of two. */
static bool
take_packing(PdTensor *self, GError **error)
{
    if (self->dtype != PD_DTYPE_I8 || self->n_dimensions != 4)
        return true;
    if (self->shape[2] != PD_INT8_OUTS || self->shape[3] != PD_INT8_INS) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE,
                    "tensor %s: I8 of four dimensions, the last two not %d and %d", self->name,
                    PD_INT8_OUTS, PD_INT8_INS);
        return false;
    }
    self->packed = true;
    self->shape[0] *= PD_INT8_OUTS; /* no overflow: the product of all did not */
    self->shape[1] *= PD_INT8_INS;
    self->n_dimensions = 2;
    return true;
}

/* @data, @data_bytes: what follows the index */
static bool
parse_offsets(PdTensor *self, JsonObject *entry, const uint8_t *data, size_t data_bytes,
              GError **error)
{
    JsonArray *offsets = get_array(entry, "data_offsets");
    size_t begin, end;

    if (offsets == NULL || json_array_get_length(offsets) != 2 ||
        !get_size(json_array_get_element(offsets, 0), &begin) ||
        !get_size(json_array_get_element(offsets, 1), &end)) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "tensor %s: no data_offsets of two whole numbers", self->name);
        return false;
    }
    if (begin > end || end > data_bytes) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "tensor %s: data_offsets %zu to %zu are not in the %zu bytes of data",
                    self->name, begin, end, data_bytes);
        return false;
    }
    if (end - begin != self->size_bytes) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "tensor %s: %zu bytes, but dtype and shape ask for %zu", self->name,
                    end - begin, self->size_bytes);
        return false;
    }
    self->data = data + begin;
    return true;
}

static PdTensor *
parse_tensor(const char *name, JsonNode *node, const uint8_t *data, size_t data_bytes,
             GError **error)
{
    g_autoptr(PdTensor) self = g_new0(PdTensor, 1);
    JsonObject *entry;
    size_t item_bytes = 0;

    self->name = g_strdup(name);
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "tensor %s: its entry is not an object", name);
        return NULL;
    }
    entry = json_node_get_object(node);
    if (!parse_dtype(self, entry, &item_bytes, error) ||
        !parse_shape(self, entry, item_bytes, error) || !take_packing(self, error) ||
        !parse_offsets(self, entry, data, data_bytes, error))
        return NULL;
    return g_steal_pointer(&self);
}

/* --- the tensors together --- */

static int
compare_places(const void *a, const void *b)
{
    const PdTensor *one = *(PdTensor *const *)a, *other = *(PdTensor *const *)b;

    if (one->data != other->data)
        return one->data < other->data ? -1 : 1;
    return one->size_bytes < other->size_bytes ? -1 : one->size_bytes > other->size_bytes;
}

/*
 * Each tensor begins where the one before it ends, and the last ends the file: the format's rule.
 */
static bool
check_places(PdWeights *self, const uint8_t *data, size_t data_bytes, GError **error)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    const uint8_t *at = data;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->tensors);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(order, value);
    g_ptr_array_sort(order, compare_places);
    for (guint i = 0; i < order->len; i++) {
        const PdTensor *tensor = order->pdata[i];

        if (tensor->data != at) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        tensor->data < at ? "tensor %s: overlaps the tensor before it"
                                          : "tensor %s: there is a gap before it",
                        tensor->name);
            return false;
        }
        at += tensor->size_bytes;
    }
    if (at != data + data_bytes) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%zu bytes at the end belong to no tensor", (size_t)(data + data_bytes - at));
        return false;
    }
    return true;
}

static bool
check_scale(PdWeights *self, PdTensor *tensor, GError **error)
{
    g_autofree char *name = g_strconcat(tensor->name, SCALE_SUFFIX, NULL);
    const PdTensor *scale = g_hash_table_lookup(self->tensors, name);

    if (scale == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING,
                    "tensor %s: missing, an I8 tensor needs it", name);
        return false;
    }
    if (tensor->n_dimensions != 2 || scale->dtype != PD_DTYPE_F32 || scale->n_dimensions != 1 ||
        scale->shape[0] != tensor->shape[0]) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE,
                    "tensor %s: not F32 with one number for each row of %s", name, tensor->name);
        return false;
    }
    for (size_t i = 0; i < scale->shape[0]; i++) {
        float value;

        memcpy(&value, scale->data + 4 * i, sizeof value);
        if (!pd_all_finite(&value, 1)) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "tensor %s: number %zu is not finite", name, i);
            return false;
        }
    }
    tensor->scale = scale->data;
    return true;
}

static bool
check_scales(PdWeights *self, GError **error)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->tensors);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PdTensor *tensor = value;

        if (tensor->dtype == PD_DTYPE_I8 && !check_scale(self, tensor, error))
            return false;
    }
    return true;
}

static bool
parse_index(PdWeights *self, JsonObject *index, const uint8_t *data, size_t data_bytes,
            GError **error)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    if (json_object_get_size(index) > MAX_TENSORS) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "more than %d tensors",
                    MAX_TENSORS);
        return false;
    }
    json_object_iter_init(&iter, index);
    while (json_object_iter_next(&iter, &name, &node)) {
        PdTensor *tensor;

        if (g_str_equal(name, "__metadata__")) /* free text of whoever wrote the file */
            continue;
        tensor = parse_tensor(name, node, data, data_bytes, error);
        if (tensor == NULL)
            return false;
        g_hash_table_insert(self->tensors, tensor->name, tensor);
    }
    return check_places(self, data, data_bytes, error) && check_scales(self, error);
}

PdWeights *
pd_weights_open(const char *path, GError **error)
{
    g_autoptr(PdWeights) self = g_new0(PdWeights, 1);
    g_autoptr(JsonParser) parser = NULL;
    const uint8_t *bytes, *data;
    uint64_t index_bytes = 0;
    size_t size;

    g_return_val_if_fail(path != NULL && (error == NULL || *error == NULL), NULL);

    self->path = g_strdup(path);
    self->tensors =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)tensor_free);
    self->file = g_mapped_file_new(path, FALSE, error);
    if (self->file == NULL)
        return NULL; /* GLib's message already names the file */

    bytes = (const uint8_t *)g_mapped_file_get_contents(self->file);
    size = g_mapped_file_get_length(self->file);
    if (size < PREFIX_BYTES) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%s: %zu bytes is too short for a weights file", path, size);
        return NULL;
    }
    for (size_t i = 0; i < PREFIX_BYTES; i++)
        index_bytes |= (uint64_t)bytes[i] << 8 * i;
    if (index_bytes > size - PREFIX_BYTES) { /* from the file: subtract, an addition may wrap */
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%s: index of %" G_GUINT64_FORMAT " bytes runs past the end", path,
                    index_bytes);
        return NULL;
    }
    parser = pd_json_parse(path, (const char *)bytes + PREFIX_BYTES, index_bytes, error);
    if (parser == NULL)
        return NULL;
    data = bytes + PREFIX_BYTES + index_bytes;
    if (!parse_index(self, json_node_get_object(json_parser_get_root(parser)), data,
                     size - PREFIX_BYTES - index_bytes, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
pd_weights_free(PdWeights *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->tensors, g_hash_table_unref);
    g_clear_pointer(&self->file, g_mapped_file_unref);
    g_free(self->path);
    g_free(self);
}

bool
pd_weights_has(const PdWeights *self, const char *name)
{
    return g_hash_table_contains(self->tensors, name);
}

const char *
pd_weights_path(const PdWeights *self)
{
    return self->path;
}

static char *
shape_text(const PdTensor *tensor)
{
    GString *text = g_string_new("[");

    for (size_t i = 0; i < tensor->n_dimensions; i++)
        g_string_append_printf(text, i > 0 ? ", %zu" : "%zu", tensor->shape[i]);
    return g_string_free(g_string_append_c(text, ']'), FALSE);
}

const PdTensor *
pd_weights_get(const PdWeights *self, const char *name, size_t n_rows, size_t n_cols,
               GError **error)
{
    const PdTensor *tensor = g_hash_table_lookup(self->tensors, name);
    bool fits;

    if (tensor == NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "%s: tensor %s: missing",
                    self->path, name);
        return NULL;
    }
    fits = n_cols == 0 ? tensor->n_dimensions == 1 && tensor->shape[0] == n_rows
                       : tensor->n_dimensions == 2 && tensor->shape[0] == n_rows &&
                             tensor->shape[1] == n_cols;
    if (!fits) {
        g_autofree char *found = shape_text(tensor);
        PdTensor wanted = { .shape = { n_rows, n_cols }, .n_dimensions = n_cols == 0 ? 1 : 2 };
        g_autofree char *expected = shape_text(&wanted);

        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE,
                    "%s: tensor %s: shape %s, config.json asks for %s", self->path, name, found,
                    expected);
        return NULL;
    }
    if (tensor->dtype == PD_DTYPE_OTHER) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "%s: tensor %s: its dtype is none of F32, F16, BF16, I8", self->path, name);
        return NULL;
    }
    return tensor;
}

static void
row_of_i8(const PdTensor *self, size_t row, float *out)
{
    const size_t n_cols = self->shape[1];
    float scale;

    memcpy(&scale, self->scale + 4 * row, sizeof scale);
    if (self->packed) {
        g_autofree int8_t *values = g_new(int8_t, n_cols);

        pd_int8_unpack_row((const int8_t *)self->data, n_cols, row, values);
        pd_from_i8((const uint8_t *)values, n_cols, scale, out);
    } else {
        pd_from_i8(self->data + row * n_cols, n_cols, scale, out);
    }
}

void
pd_tensor_rows(const PdTensor *self, size_t first, size_t n_rows, float *out)
{
    size_t n_cols = self->shape[self->n_dimensions - 1];
    size_t n = n_rows * n_cols, at = first * n_cols;

    g_assert(self->n_dimensions > 0);
    switch (self->dtype) {
    case PD_DTYPE_F32:
        memcpy(out, self->data + 4 * at, 4 * n);
        break;
    case PD_DTYPE_F16:
        pd_from_f16(self->data + 2 * at, n, out);
        break;
    case PD_DTYPE_BF16:
        pd_from_bf16(self->data + 2 * at, n, out);
        break;
    case PD_DTYPE_I8:
        for (size_t row = 0; row < n_rows; row++)
            row_of_i8(self, first + row, out + row * n_cols);
        break;
    case PD_DTYPE_OTHER:
        g_assert_not_reached(); /* pd_weights_get() gives none */
    }
}

void
pd_weights_forget_pages(const PdWeights *self)
{
    char *contents = g_mapped_file_get_contents(self->file);

    if (contents !=
        NULL) /* advice: what happens if it is not taken is the same, with more memory */
        (void)madvise(contents, g_mapped_file_get_length(self->file), MADV_DONTNEED);
}

char *
pd_weights_hash(const PdWeights *self)
{
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(self->file);
    char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

    pd_weights_forget_pages(self);
    return hash;
}
