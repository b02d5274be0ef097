/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/manifest.h"

#include "model/weights.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME "manifest.json"
#define MAX_FILES 64
#define MAX_PIECES 500
#define SHA256_DIGITS 64
#define READ_BYTES ((size_t)64 * 1024)
#define PLAIN_SENTENCE "She go to school every days."

static void
file_free(gpointer data)
{
    PdManifestFile *self = data;

    g_free(self->name);
    g_free(self->sha256);
    g_free(self);
}

void
pd_manifest_free(PdManifest *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->version);
    g_free(self->language);
    g_free(self->licence);
    g_clear_pointer(&self->files, g_ptr_array_unref);
    g_free(self->text);
    g_clear_pointer(&self->ids, g_array_unref);
    g_clear_pointer(&self->types, g_array_unref);
    g_clear_pointer(&self->wrong, g_array_unref);
    g_free(self);
}

/* --- reading --- */

static bool
has_type(JsonNode *node, GType type)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static bool
is_number(JsonNode *node)
{
    return has_type(node, G_TYPE_INT64) || has_type(node, G_TYPE_DOUBLE);
}

/* (transfer full): NULL with @error set */
static char *
read_string(JsonObject *object, const char *key, GError **error)
{
    JsonNode *node = json_object_get_member(object, key);

    if (has_type(node, G_TYPE_STRING) && *json_node_get_string(node) != '\0')
        return json_node_dup_string(node);
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "no text %s", key);
    return NULL;
}

static bool
read_format(JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "format");

    if (!has_type(node, G_TYPE_INT64) || json_node_get_int(node) < 1) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "no number format");
        return false;
    }
    if (json_node_get_int(node) > PD_MANIFEST_FORMAT) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "format %" G_GINT64_FORMAT " is newer than this program, which knows %d: a "
                    "newer proofd is needed",
                    json_node_get_int(node), PD_MANIFEST_FORMAT);
        return false;
    }
    return true;
}

static bool
is_sha256(const char *text)
{
    return strlen(text) == SHA256_DIGITS && strspn(text, "0123456789abcdef") == SHA256_DIGITS;
}

static PdManifestFile *
read_file(const char *name, JsonNode *node, GError **error)
{
    JsonObject *entry = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonNode *hash = entry != NULL ? json_object_get_member(entry, "sha256") : NULL;
    JsonNode *size = entry != NULL ? json_object_get_member(entry, "size") : NULL;
    PdManifestFile *file;

    if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "files: \"%s\" is no file's name",
                    name);
        return NULL;
    }
    if (!has_type(hash, G_TYPE_STRING) || !is_sha256(json_node_get_string(hash)) ||
        !has_type(size, G_TYPE_INT64) || json_node_get_int(size) < 0) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "files: %s: no sha256 of 64 hex digits and size", name);
        return NULL;
    }
    file = g_new0(PdManifestFile, 1);
    file->name = g_strdup(name);
    file->sha256 = json_node_dup_string(hash);
    file->size_bytes = (guint64)json_node_get_int(size);
    return file;
}

static bool
read_files(PdManifest *self, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "files");
    JsonObjectIter iter;
    const char *name;
    JsonNode *entry;

    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node) ||
        json_object_get_size(json_node_get_object(node)) > MAX_FILES) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "no files, at most %d",
                    MAX_FILES);
        return false;
    }
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, &name, &entry)) {
        PdManifestFile *file = read_file(name, entry, error);

        if (file == NULL)
            return false;
        g_ptr_array_add(self->files, file);
    }
    return true;
}

static JsonArray *
get_array(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* One piece of the golden sentence; false: not whole numbers and a chance */
static bool
read_piece(PdManifest *self, JsonNode *id, JsonNode *type, JsonNode *wrong)
{
    int32_t id_value;
    uint8_t type_value;
    float wrong_value;

    if (!has_type(id, G_TYPE_INT64) || !has_type(type, G_TYPE_INT64) || !is_number(wrong) ||
        json_node_get_int(id) < 0 || json_node_get_int(id) > G_MAXINT32 ||
        json_node_get_int(type) < 0 || json_node_get_int(type) > G_MAXUINT8)
        return false;
    id_value = (int32_t)json_node_get_int(id);
    type_value = (uint8_t)json_node_get_int(type);
    wrong_value = (float)json_node_get_double(wrong);
    g_array_append_val(self->ids, id_value);
    g_array_append_val(self->types, type_value);
    g_array_append_val(self->wrong, wrong_value);
    return true;
}

static bool
read_golden(PdManifest *self, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "golden");
    JsonObject *golden =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonArray *ids, *types, *wrong;
    JsonNode *tolerance;
    guint n = 0;

    if (node == NULL)
        return true;
    ids = golden != NULL ? get_array(golden, "ids") : NULL;
    types = golden != NULL ? get_array(golden, "types") : NULL;
    wrong = golden != NULL ? get_array(golden, "wrong") : NULL;
    tolerance = golden != NULL ? json_object_get_member(golden, "tolerance") : NULL;
    if (ids != NULL && types != NULL && wrong != NULL && is_number(tolerance))
        n = json_array_get_length(ids);
    if (n == 0 || n > MAX_PIECES || json_array_get_length(types) != n ||
        json_array_get_length(wrong) != n) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "golden: not text, tolerance, and as many ids, types and wrong");
        return false;
    }
    self->tolerance = json_node_get_double(tolerance);
    for (guint i = 0; i < n; i++)
        if (!read_piece(self, json_array_get_element(ids, i), json_array_get_element(types, i),
                        json_array_get_element(wrong, i))) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "golden: ids, types or wrong: number %u is none", i);
            return false;
        }
    self->text = read_string(golden, "text", error);
    return self->text != NULL;
}

static PdManifest *
read_manifest(JsonObject *object, GError **error)
{
    g_autoptr(PdManifest) self = g_new0(PdManifest, 1);

    self->files = g_ptr_array_new_with_free_func(file_free);
    self->ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    self->types = g_array_new(FALSE, FALSE, sizeof(uint8_t));
    self->wrong = g_array_new(FALSE, FALSE, sizeof(float));
    if (!read_format(object, error))
        return NULL;
    self->name = read_string(object, "name", error);
    self->version = self->name != NULL ? read_string(object, "version", error) : NULL;
    self->language = self->version != NULL ? read_string(object, "language", error) : NULL;
    self->licence = self->language != NULL ? read_string(object, "licence", error) : NULL;
    if (self->licence == NULL || !read_files(self, object, error) ||
        !read_golden(self, object, error))
        return NULL;
    return g_steal_pointer(&self);
}

PdManifest *
pd_manifest_load(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) trouble = NULL;
    g_autoptr(JsonParser) parser = NULL;
    PdManifest *self;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &trouble)) {
        if (!g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_propagate_error(error, g_steal_pointer(&trouble));
        return NULL;
    }
    parser = pd_json_parse(path, text, length, error);
    if (parser == NULL)
        return NULL;
    self = read_manifest(json_node_get_object(json_parser_get_root(parser)), error);
    if (self == NULL)
        g_prefix_error(error, "%s: ", path);
    return self;
}

/* --- checking --- */

bool
pd_manifest_check_present(const PdManifest *self, const char *dir, GError **error)
{
    for (guint i = 0; i < self->files->len; i++) {
        const PdManifestFile *file = g_ptr_array_index(self->files, i);
        g_autofree char *path = g_build_filename(dir, file->name, NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING,
                    "%s: missing, and " FILE_NAME " lists it", path);
        return false;
    }
    return true;
}

/* (transfer full): the SHA-256 of a file in hex, NULL with @error set */
static char *
hash_file(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    g_autoptr(GChecksum) sum = NULL;
    const uint8_t *bytes;
    size_t left;

    if (file == NULL)
        return NULL;
    sum = g_checksum_new(G_CHECKSUM_SHA256);
    bytes = (const uint8_t *)g_mapped_file_get_contents(file);
    left = g_mapped_file_get_length(file);
    for (; left > 0;) {
        const size_t n = MIN(left, READ_BYTES);

        g_checksum_update(sum, bytes, (gssize)n);
        bytes += n;
        left -= n;
    }
    return g_strdup(g_checksum_get_string(sum));
}

bool
pd_manifest_check_files(const PdManifest *self, const char *dir, GError **error)
{
    if (!pd_manifest_check_present(self, dir, error))
        return false;
    for (guint i = 0; i < self->files->len; i++) {
        const PdManifestFile *file = g_ptr_array_index(self->files, i);
        g_autofree char *path = g_build_filename(dir, file->name, NULL);
        g_autofree char *hash = NULL;
        GStatBuf info;

        if (g_stat(path, &info) == 0 && (guint64)info.st_size != file->size_bytes) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "%s: %" G_GUINT64_FORMAT " bytes, but " FILE_NAME
                        " says %" G_GUINT64_FORMAT,
                        path, (guint64)info.st_size, file->size_bytes);
            return false;
        }
        hash = hash_file(path, error);
        if (hash == NULL)
            return false;
        if (!g_str_equal(hash, file->sha256)) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "%s: its SHA-256 is %s, but " FILE_NAME " says %s", path, hash,
                        file->sha256);
            return false;
        }
    }
    return true;
}

/* The chances of a sentence's pieces: (transfer full), of float; NULL: one is no number. */
static GArray *
judge(PdModel *model, const PdSequence *sequence, GError **error)
{
    const size_t n_labels = pd_model_n_labels(model);
    g_autofree float *logits = g_new0(float, sequence->n_tokens *n_labels);
    g_autoptr(PdRun) run = pd_run_new(model);
    g_autoptr(GArray) wrong = g_array_new(FALSE, FALSE, sizeof(float));

    (void)pd_run_logits(run, sequence, 1, NULL, logits); /* false: cancelled, and nobody can */
    for (size_t i = 0; i < sequence->n_tokens; i++) {
        const float chance = pd_logits_wrong(logits + i * n_labels, n_labels);

        if (!isfinite(chance)) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "the chance of piece %zu of a sentence is not finite", i);
            return NULL;
        }
        g_array_append_val(wrong, chance);
    }
    return g_steal_pointer(&wrong);
}

static bool
compare(const PdManifest *self, const GArray *wrong, double *ret_difference, GError **error)
{
    for (guint i = 0; i < wrong->len; i++) {
        const double got = (double)g_array_index(wrong, float, i);
        const double expected = (double)g_array_index(self->wrong, float, i);
        const double difference = fabs(got - expected);

        if (!(difference <= self->tolerance)) { /* NaN fails */
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "piece %u of \"%s\" is wrong by a chance of %.3f, but " FILE_NAME
                        " says %.3f",
                        i, self->text, got, expected);
            return false;
        }
        *ret_difference = MAX(*ret_difference, difference);
    }
    return true;
}

bool
pd_manifest_check_golden(const PdManifest *self, PdModel *model, double *ret_difference,
                         GError **error)
{
    const bool compares = self != NULL && self->text != NULL;
    const char *text = compares ? self->text : PLAIN_SENTENCE;
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    g_autofree uint8_t *types = NULL;
    g_autoptr(GArray) wrong = NULL;
    PdSequence sequence = { 0 };

    *ret_difference = 0;
    pd_wordpiece_tokenize(pd_model_wordpiece(model), text, strlen(text), pieces);
    for (guint i = 0; i < pieces->len; i++)
        g_array_append_val(ids, g_array_index(pieces, PdPiece, i).id);
    if (compares && (ids->len != self->ids->len ||
                     memcmp(ids->data, self->ids->data, ids->len * sizeof(int32_t)) != 0)) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "\"%s\" is cut into other pieces than " FILE_NAME " says", text);
        return false;
    }
    types = g_new0(uint8_t, ids->len + 1);
    for (guint i = 0; compares && i < ids->len; i++) {
        types[i] = g_array_index(self->types, uint8_t, i);
        if (types[i] >= pd_model_n_types(model))
            types[i] = 0;
    }
    sequence = (PdSequence){ (const int32_t *)ids->data, types, ids->len, false, NULL };
    wrong = judge(model, &sequence, error);
    return wrong != NULL && (!compares || compare(self, wrong, ret_difference, error));
}
