/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/electra.h"
#include "model/error.h"
#include "model/weights.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct {
    char *dir;
    char *path;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    self->dir = g_dir_make_tmp("proofd-test-XXXXXX", NULL);
    g_assert_nonnull(self->dir);
    self->path = g_build_filename(self->dir, "model.safetensors", NULL);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    (void)g_remove(self->path);
    g_assert_cmpint(g_rmdir(self->dir), ==, 0);
    g_free(self->path);
    g_free(self->dir);
}

/* @index_bytes: what the first 8 bytes say; -1: the truth */
static void
write_file(const Fixture *self, const char *index, gint64 index_bytes, const void *data,
           size_t data_bytes)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint64 length = index_bytes < 0 ? strlen(index) : (guint64)index_bytes;

    length = GUINT64_TO_LE(length);
    g_byte_array_append(file, (const guint8 *)&length, sizeof length);
    g_byte_array_append(file, (const guint8 *)index, (guint)strlen(index));
    if (data_bytes > 0)
        g_byte_array_append(file, data, (guint)data_bytes);
    g_assert_true(
        g_file_set_contents(self->path, (const char *)file->data, (gssize)file->len, NULL));
}

#define T(name, dtype, shape, from, to)                                                            \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]" \
    "}"

static void
test_values(Fixture *self, gconstpointer user_data)
{
    static const guint8 data[] = {
        0,    0,    0x80, 0x3f, 0, 0,    0, 0xc0, /* F32 1 -2 */
        0,    0x3c, 0,    0xc0,                   /* F16 1 -2 */
        0x80, 0x3f, 0,    0xc0,                   /* BF16 1 -2 */
        0,    0,    0x80, 0x3f, 0, 0,    0, 0x3f, /* scale 1 0.5 */
        1,    0xfe, 127,  2,    4, 0x81,          /* I8 1 -2 127, 2 4 -127 */
    };
    static const float want[] = { 1, -2, 127, 1, 2, -63.5f };
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWeights) weights = NULL;
    float got[6];

    write_file(self,
               "{\"__metadata__\":{\"a\":\"b\"}," T("f", "F32", "[2]", "0", "8") "," T(
                   "h", "F16", "[2,1]", "8", "12") "," T("b", "BF16", "[1,2]", "12",
                                                         "16") "," T("q_scale", "F32", "[2]", "16",
                                                                     "24") "," T("q", "I8", "[2,3]",
                                                                                 "24", "30") "}  ",
               -1, data, sizeof data);
    weights = pd_weights_open(self->path, &error);
    g_assert_no_error(error);
    pd_tensor_rows(pd_weights_get(weights, "f", 2, 0, NULL), 0, 1, got);
    g_assert_true(got[0] == 1.0f && got[1] == -2.0f);
    pd_tensor_rows(pd_weights_get(weights, "h", 2, 1, NULL), 1, 1, got);
    g_assert_true(got[0] == -2.0f);
    pd_tensor_rows(pd_weights_get(weights, "b", 1, 2, NULL), 0, 1, got);
    g_assert_true(got[0] == 1.0f && got[1] == -2.0f);
    pd_weights_forget_pages(weights);
    pd_tensor_rows(pd_weights_get(weights, "q", 2, 3, NULL), 0, 2, got);
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        g_assert_true(got[i] == want[i]);
    pd_tensor_rows(pd_weights_get(weights, "q", 2, 3, NULL), 1, 1, got);
    g_assert_true(got[2] == -63.5f);
    g_assert_true(pd_weights_has(weights, "q") && !pd_weights_has(weights, "__metadata__"));
}

/* [16, 8] in panels of [16, 4]: number 100 r + c, modulo 256, of row r and column c */
static void
test_packed(Fixture *self, gconstpointer user_data)
{
    guint8 data[64 + 128];
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWeights) weights = NULL;
    const PdTensor *tensor;
    float got[2 * 8];

    for (size_t row = 0; row < 16; row++) {
        const float scale = 0.5f;

        memcpy(data + 4 * row, &scale, sizeof scale);
        for (size_t col = 0; col < 8; col++)
            data[64 + col / 4 * 64 + row * 4 + col % 4] = (guint8)(100 * row + col);
    }
    write_file(
        self,
        "{" T("q_scale", "F32", "[16]", "0", "64") "," T("q", "I8", "[1,2,16,4]", "64", "192") "}",
        -1, data, sizeof data);
    weights = pd_weights_open(self->path, &error);
    g_assert_no_error(error);
    tensor = pd_weights_get(weights, "q", 16, 8, &error);
    g_assert_no_error(error);
    g_assert_true(tensor->packed);
    pd_tensor_rows(tensor, 6, 2, got);
    for (size_t i = 0; i < 16; i++)
        g_assert_true(got[i] == (float)(gint8)(100 * (6 + i / 8) + i % 8) * 0.5f);
    g_assert_null(pd_weights_get(weights, "q", 8, 16, &error));
    g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE);
}

/* Every file that is not as it must be, and what the message says of it. */
static const struct {
    const char *index;
    gint64 index_bytes;
    size_t data_bytes;
    int code;
    const char *says;
} damaged[] = {
    { "{}", 3, 0, PD_MODEL_ERROR_FORMAT, "index of 3 bytes runs past the end" },
    { "{}", G_MAXINT64, 0, PD_MODEL_ERROR_FORMAT, "runs past the end" },
    { "", -1, 0, PD_MODEL_ERROR_FORMAT, "" },
    { "{\"a\":", -1, 0, PD_MODEL_ERROR_FORMAT, "" },
    { "[1,2]", -1, 0, PD_MODEL_ERROR_FORMAT, "not a JSON object" },
    { "null", -1, 0, PD_MODEL_ERROR_FORMAT, "" },
    { "{\"\xff\":1}", -1, 0, PD_MODEL_ERROR_FORMAT, "not UTF-8" },
    { "{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}", -1, 0, PD_MODEL_ERROR_FORMAT, "nested" },
    { "{\"a\":7}", -1, 0, PD_MODEL_ERROR_FORMAT, "tensor a: its entry is not an object" },
    { "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: no dtype" },
    { "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: no dtype" },
    { "{" T("a", "C64", "[1]", "0", "8") "}", -1, 8, PD_MODEL_ERROR_UNSUPPORTED,
      "tensor a: dtype C64" },
    { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: no shape" },
    { "{" T("a", "F32", "[1,1,1,1,1]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: no shape" },
    { "{" T("a", "F32", "[-1]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT, "tensor a: shape[0]" },
    { "{" T("a", "F32", "[1,1.5]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: shape[1]" },
    { "{" T("a", "F32", "[\"1\"]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: shape[0]" },
    { "{" T("a", "F32", "[4611686018427387904,4]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: the product" },
    { "{" T("a", "F32", "[2]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: 4 bytes, but dtype and shape ask for 8" },
    { "{" T("a", "F32", "[2]", "0", "8") "}", -1, 4, PD_MODEL_ERROR_FORMAT,
      "tensor a: data_offsets 0 to 8 are not in the 4 bytes" },
    { "{" T("a", "F32", "[1]", "8", "4") "}", -1, 8, PD_MODEL_ERROR_FORMAT,
      "tensor a: data_offsets 8 to 4" },
    { "{" T("a", "F32", "[1]", "-4", "0") "}", -1, 8, PD_MODEL_ERROR_FORMAT,
      "tensor a: no data_offsets" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", -1, 4,
      PD_MODEL_ERROR_FORMAT, "tensor a: no data_offsets" },
    { "{" T("a", "F32", "[2]", "0", "8") "," T("b", "F32", "[1]", "4", "8") "}", -1, 8,
      PD_MODEL_ERROR_FORMAT, "tensor b: overlaps" },
    { "{" T("a", "F32", "[1]", "0", "4") "," T("b", "F32", "[1]", "8", "12") "}", -1, 12,
      PD_MODEL_ERROR_FORMAT, "tensor b: there is a gap" },
    { "{" T("a", "F32", "[1]", "0", "4") "}", -1, 8, PD_MODEL_ERROR_FORMAT,
      "4 bytes at the end belong to no tensor" },
    { "{" T("a", "F32", "[1]", "0", "4") "," T("a", "F32", "[1]", "0", "4") "}", -1, 4,
      PD_MODEL_ERROR_FORMAT, "stands twice" },
    { "{" T("a", "I8", "[2,2]", "0", "4") "}", -1, 4, PD_MODEL_ERROR_MISSING, "tensor a_scale" },
    { "{" T("a", "I8", "[2,2]", "0", "4") "," T("a_scale", "F32", "[1]", "4", "8") "}", -1, 8,
      PD_MODEL_ERROR_SHAPE, "tensor a_scale: not F32" },
    { "{" T("a", "I8", "[2,2]", "0", "4") "," T("a_scale", "F16", "[2]", "4", "8") "}", -1, 8,
      PD_MODEL_ERROR_SHAPE, "tensor a_scale: not F32" },
    { "{" T("a", "I8", "[1]", "0", "1") "," T("a_scale", "F32", "[1]", "1", "5") "}", -1, 5,
      PD_MODEL_ERROR_SHAPE, "tensor a_scale: not F32" },
    { "{" T("a", "I8", "[1,4]", "0", "4") "," T("a_scale", "F32", "[1]", "4", "8") "}", -1, 8,
      PD_MODEL_ERROR_FORMAT, "tensor a_scale: number 0 is not finite" },
    { "{" T("a", "I8", "[1,1,8,8]", "0", "64") "}", -1, 64, PD_MODEL_ERROR_SHAPE,
      "tensor a: I8 of four dimensions, the last two not 16 and 4" },
    { "{" T("a", "I8", "[1,1,16,4]", "0", "64") "," T("a_scale", "F32", "[1]", "64", "68") "}", -1,
      68, PD_MODEL_ERROR_SHAPE, "tensor a_scale: not F32" },
};

static void
test_damaged(Fixture *self, gconstpointer user_data)
{
    guint8 data[80];

    memset(data, 0xff, sizeof data); /* NaN */
    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PdWeights) weights = NULL;

        write_file(self, damaged[i].index, damaged[i].index_bytes, data, damaged[i].data_bytes);
        weights = pd_weights_open(self->path, &error);
        g_assert_null(weights);
        g_assert_error(error, PD_MODEL_ERROR, damaged[i].code);
        g_assert_nonnull(strstr(error->message, self->path));
        if (strstr(error->message, damaged[i].says) == NULL)
            g_test_message("case %zu: %s", i, error->message);
        g_assert_nonnull(strstr(error->message, damaged[i].says));
    }
}

static void
test_short(Fixture *self, gconstpointer user_data)
{
    g_autoptr(GError) missing = NULL;

    g_assert_null(pd_weights_open(self->path, &missing));
    g_assert_error(missing, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    for (gssize n = 0; n < 8; n++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(self->path, "\2\0\0\0\0\0\0\0{}", n, NULL));
        g_assert_null(pd_weights_open(self->path, &error));
        g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT);
        g_assert_nonnull(strstr(error->message, "too short"));
        g_assert_nonnull(strstr(error->message, self->path));
    }
}

static void
test_shapes(Fixture *self, gconstpointer user_data)
{
    static const struct {
        const char *name;
        size_t n_rows, n_cols;
        int code;
        const char *says;
    } cases[] = {
        { "b", 2, 3, PD_MODEL_ERROR_MISSING, "tensor b: missing" },
        { "a", 3, 2, PD_MODEL_ERROR_SHAPE, "tensor a: shape [2, 3], config.json asks for [3, 2]" },
        { "a", 6, 0, PD_MODEL_ERROR_SHAPE, "asks for [6]" },
        { "v", 6, 1, PD_MODEL_ERROR_SHAPE, "tensor v: shape [6], config.json asks for [6, 1]" },
        { "s", 1, 0, PD_MODEL_ERROR_SHAPE, "tensor s: shape []" },
        { "i", 2, 0, PD_MODEL_ERROR_UNSUPPORTED, "tensor i: its dtype is none of F32" },
    };
    g_autoptr(PdWeights) weights = NULL;
    const guint8 data[68] = { 0 };

    write_file(self,
               "{" T("a", "F32", "[2,3]", "0", "24") "," T("v", "F32", "[6]", "24", "48") "," T(
                   "s", "F32", "[]", "48", "52") "," T("i", "I64", "[2]", "52", "68") "}",
               -1, data, sizeof data);
    weights = pd_weights_open(self->path, NULL);
    g_assert_nonnull(pd_weights_get(weights, "a", 2, 3, NULL));
    g_assert_nonnull(pd_weights_get(weights, "v", 6, 0, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(
            pd_weights_get(weights, cases[i].name, cases[i].n_rows, cases[i].n_cols, &error));
        g_assert_error(error, PD_MODEL_ERROR, cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].says));
        g_assert_nonnull(strstr(error->message, self->path));
    }
}

/* --- config.json, through pd_model_load() --- */

#define GOOD_SIZES                                                                      \
    "\"vocab_size\":8,\"embedding_size\":8,\"hidden_size\":8,\"num_hidden_layers\":1,"  \
    "\"num_attention_heads\":2,\"intermediate_size\":8,\"max_position_embeddings\":16," \
    "\"type_vocab_size\":2"
#define PRETRAINING ",\"architectures\":[\"ElectraForPreTraining\"]"
#define TAGGING ",\"architectures\":[\"ElectraForTokenClassification\"]"

/*
 * json-glib keeps the last of two members, and proofd refuses them: a case replaces a whole
 * member.
 */
static const struct {
    const char *from; /* (nullable): this part of the good file ... */
    const char *to;   /* ... is written like this */
    int code;
    const char *says;
} bad_configs[] = {
    { "\"vocab_size\":8,", "", PD_MODEL_ERROR_MISSING, "vocab_size" },
    { "\"vocab_size\":8,", "\"vocab_size\":8,\"vocab_size\":9,", PD_MODEL_ERROR_FORMAT, "twice" },
    { "\"vocab_size\":8", "\"vocab_size\":5", PD_MODEL_ERROR_SHAPE,
      "6 tokens, but vocab_size is 5" },
    { "\"vocab_size\":8", "\"vocab_size\":3", PD_MODEL_ERROR_UNSUPPORTED, "vocab_size is 3" },
    { "\"embedding_size\":8", "\"embedding_size\":\"8\"", PD_MODEL_ERROR_FORMAT,
      "embedding_size is not a whole number" },
    { "\"hidden_size\":8", "\"hidden_size\":8.5", PD_MODEL_ERROR_FORMAT, "hidden_size" },
    { "\"hidden_size\":8", "\"hidden_size\":NaN", PD_MODEL_ERROR_FORMAT, "config.json" },
    { "\"hidden_size\":8", "\"hidden_size\":null", PD_MODEL_ERROR_FORMAT, "hidden_size" },
    { "\"hidden_size\":8", "\"hidden_size\":9", PD_MODEL_ERROR_UNSUPPORTED,
      "num_attention_heads is 2, which does not divide hidden_size 9" },
    { "\"hidden_size\":8", "\"hidden_size\":100000", PD_MODEL_ERROR_UNSUPPORTED,
      "hidden_size is 100000, not in 1 to 8192" },
    { "\"num_hidden_layers\":1", "\"num_hidden_layers\":-1", PD_MODEL_ERROR_UNSUPPORTED,
      "num_hidden_layers" },
    { "\"num_attention_heads\":2", "\"num_attention_heads\":0", PD_MODEL_ERROR_UNSUPPORTED,
      "num_attention_heads is 0" },
    { "\"intermediate_size\":8,", "", PD_MODEL_ERROR_MISSING, "intermediate_size" },
    { "\"max_position_embeddings\":16", "\"max_position_embeddings\":2", PD_MODEL_ERROR_UNSUPPORTED,
      "max_position_embeddings" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":257", PD_MODEL_ERROR_UNSUPPORTED,
      "type_vocab_size" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"hidden_act\":\"relu\"",
      PD_MODEL_ERROR_UNSUPPORTED, "hidden_act is \"relu\"" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"hidden_act\":null",
      PD_MODEL_ERROR_UNSUPPORTED, "hidden_act" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"model_type\":\"bert\"",
      PD_MODEL_ERROR_UNSUPPORTED, "model_type is \"bert\"" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"position_embedding_type\":\"relative_key\"",
      PD_MODEL_ERROR_UNSUPPORTED, "position_embedding_type" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"layer_norm_eps\":0",
      PD_MODEL_ERROR_UNSUPPORTED, "layer_norm_eps is 0" },
    { "\"type_vocab_size\":2", "\"type_vocab_size\":2,\"layer_norm_eps\":\"x\"",
      PD_MODEL_ERROR_FORMAT, "layer_norm_eps is not a number" },
    { PRETRAINING, "", PD_MODEL_ERROR_MISSING, "architectures" },
    { PRETRAINING, ",\"architectures\":[]", PD_MODEL_ERROR_MISSING, "architectures" },
    { PRETRAINING, ",\"architectures\":[\"BertModel\"]", PD_MODEL_ERROR_UNSUPPORTED,
      "architectures is BertModel" },
    { PRETRAINING, TAGGING, PD_MODEL_ERROR_MISSING,
      "tensor electra.embeddings.word_embeddings.weight: missing" }, /* two labels are meant */
    { PRETRAINING, TAGGING ",\"id2label\":[]", PD_MODEL_ERROR_FORMAT, "id2label is not an object" },
    { PRETRAINING, TAGGING ",\"id2label\":{\"0\":\"O\"}", PD_MODEL_ERROR_UNSUPPORTED,
      "id2label has 1 labels" },
    { PRETRAINING, TAGGING ",\"id2label\":{\"0\":\"O\",\"2\":\"x\"}", PD_MODEL_ERROR_FORMAT,
      "id2label has no label \"1\"" },
    { PRETRAINING, TAGGING ",\"id2label\":{\"0\":\"wrong\",\"1\":\"O\"}",
      PD_MODEL_ERROR_UNSUPPORTED, "label 0 is \"wrong\"" },
    { PRETRAINING, PRETRAINING, PD_MODEL_ERROR_MISSING,
      "tensor electra.embeddings.word_embeddings.weight: missing" },
};

static void
write_text(const Fixture *self, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(self->dir, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
remove_file(const Fixture *self, const char *name)
{
    g_autofree char *path = g_build_filename(self->dir, name, NULL);

    (void)g_remove(path);
}

static void
test_configs(Fixture *self, gconstpointer user_data)
{
    write_text(self, "vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\nb\nc\n");
    write_file(self, "{}", -1, NULL, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(bad_configs); i++) {
        g_autoptr(GString) text = g_string_new("{" GOOD_SIZES PRETRAINING "}");
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(g_string_replace(text, bad_configs[i].from, bad_configs[i].to, 1), ==, 1);
        write_text(self, "config.json", text->str);
        g_assert_null(pd_model_load(self->dir, &error));
        if (!g_error_matches(error, PD_MODEL_ERROR, bad_configs[i].code) ||
            strstr(error->message, bad_configs[i].says) == NULL)
            g_test_message("case %zu: %s", i, error->message);
        g_assert_error(error, PD_MODEL_ERROR, bad_configs[i].code);
        g_assert_nonnull(strstr(error->message, bad_configs[i].says));
        g_assert_nonnull(strstr(error->message, self->dir)); /* the file */
    }
    remove_file(self, "config.json");
    remove_file(self, "vocab.txt");
}

/* Some of the shipped model's tensors in turn: under another name it is missing, and is named. */
static void
test_each_tensor_needed(Fixture *self, gconstpointer user_data)
{
    static const char *const names[] = {
        "electra.embeddings.LayerNorm.weight",
        "electra.embeddings.LayerNorm.bias",
        "electra.encoder.layer.0.attention.self.key.bias",
        "electra.encoder.layer.3.attention.output.dense.bias",
        "electra.encoder.layer.5.output.LayerNorm.weight",
        "discriminator_predictions.dense.bias",
        "discriminator_predictions.dense_prediction.bias",
    };
    g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "model", "data", "en", NULL);
    g_autofree char *source = g_build_filename(dir, "model.safetensors", NULL);
    g_autofree char *config = g_build_filename(dir, "config.json", NULL);
    g_autofree char *vocabulary = g_build_filename(dir, "vocab.txt", NULL);
    g_autofree char *config_link = g_build_filename(self->dir, "config.json", NULL);
    g_autofree char *vocabulary_link = g_build_filename(self->dir, "vocab.txt", NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true(g_file_get_contents(source, &bytes, &length, NULL));
    for (size_t i = 0; i < 2; i++) {
        g_autofree char *text = NULL;

        g_assert_true(g_file_get_contents(i == 0 ? config : vocabulary, &text, NULL, NULL));
        g_assert_true(g_file_set_contents(i == 0 ? config_link : vocabulary_link, text, -1, NULL));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *quoted = g_strdup_printf("\"%s\"", names[i]);
        char *at = g_strstr_len(bytes + 8, 1 << 16, quoted);
        g_autoptr(GError) error = NULL;

        if (at == NULL) { /* a model with another head */
            g_assert_true(g_str_has_prefix(names[i], "discriminator"));
            continue;
        }
        at[1] = '?';
        g_assert_true(g_file_set_contents(self->path, bytes, (gssize)length, NULL));
        at[1] = names[i][0];
        g_assert_null(pd_model_load(self->dir, &error));
        g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING);
        g_assert_nonnull(strstr(error->message, names[i]));
        g_assert_nonnull(strstr(error->message, self->path));
    }
    remove_file(self, "config.json");
    remove_file(self, "vocab.txt");
}

/* json-glib recurses, and reads more than JSON: nothing hides how deep a file is nested. */
static void
test_json_deep(void)
{
    static const char *const beginnings[] = { "{\"a\":", "{\"a\":/*\"*/", "{\"a\":'\"',\"b\":" };

    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        g_autoptr(GString) json = g_string_new(beginnings[i]);
        g_autoptr(GError) error = NULL;

        for (int depth = 0; depth < 1000000; depth++)
            g_string_append_c(json, '[');
        g_assert_null(pd_json_parse("x", json->str, json->len, &error));
        g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT);
    }
}

static void
test_json_values(void)
{
    static const char *const bad[] = { "{}{}",
                                       "9{}",
                                       "[]",
                                       "{\"a\":\"\\ud800\"}",
                                       "{\"\\udc00\":1}",
                                       "{'a':1}",
                                       "{/**/}",
                                       "{\"a\":\"\\377\"}",
                                       "" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_json_parse("x", bad[i], strlen(bad[i]), &error));
        g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/model/weights/values", Fixture, NULL, set_up, test_values, tear_down);
    g_test_add("/model/weights/packed", Fixture, NULL, set_up, test_packed, tear_down);
    g_test_add("/model/weights/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
    g_test_add("/model/weights/short", Fixture, NULL, set_up, test_short, tear_down);
    g_test_add("/model/weights/shapes", Fixture, NULL, set_up, test_shapes, tear_down);
    g_test_add("/model/weights/configs", Fixture, NULL, set_up, test_configs, tear_down);
    g_test_add("/model/weights/each-tensor-needed", Fixture, NULL, set_up, test_each_tensor_needed,
               tear_down);
    g_test_add_func("/weights/json/deep", test_json_deep);
    g_test_add_func("/weights/json/values", test_json_values);
    return g_test_run();
}
