/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/formula.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define HEAD "discriminator_predictions."
#define EXIT_SIZE 64

guint32
formula_seed(const char *name)
{
    guint32 seed = 2166136261u;

    for (; *name != '\0'; name++)
        seed = (seed ^ (guint8)*name) * 16777619u;
    return seed;
}

/* The ith number of a seed. */
guint32
formula_number(guint32 seed, size_t i)
{
    guint32 x = seed + (guint32)i * 0x9E3779B9u;

    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    return x ^ x >> 16;
}

/*
 * A multiple of a power of two with 8 bits, so that each dtype holds it exactly; @n_cols 0: a
 * vector.
 */
static double
factor_of(const char *name, size_t n_cols)
{
    int half_log = 0;

    if (n_cols == 0)
        return 1.0 / 1024.0;
    if (strstr(name, "_embeddings.weight") != NULL)
        return 1.0 / 128.0;
    while ((size_t)1 << 2 * half_log < n_cols)
        half_log++;
    return ldexp(1.0, -5 - half_log);
}

static guint16
to_f16(float value)
{
    guint32 bits;

    memcpy(&bits, &value, sizeof bits); /* 0 or a normal number that fits: no rounding */
    if ((bits & 0x7fffffff) == 0)
        return 0;
    return (guint16)((bits >> 16 & 0x8000) | ((bits >> 13 & 0x3ffff) - (112 << 10)));
}

static void
append_number(GByteArray *data, const char *dtype, int q, double factor)
{
    float value = (float)(q * factor);
    guint32 bits;
    guint16 half;

    memcpy(&bits, &value, sizeof bits);
    half = g_str_equal(dtype, "F16") ? to_f16(value) : (guint16)(bits >> 16);
    if (g_str_equal(dtype, "F32"))
        g_byte_array_append(data, (const guint8 *)&value, sizeof value);
    else
        g_byte_array_append(data, (const guint8 *)&half, sizeof half);
}

typedef struct {
    GString *index;
    GByteArray *data;
    const char *dtype;
} Writer;

static void
add_entry(Writer *writer, const char *name, const char *suffix, const char *dtype, size_t n_rows,
          size_t n_cols, size_t begin)
{
    g_string_append_printf(writer->index, "%s\"%s%s\":{\"dtype\":\"%s\",\"shape\":[%zu",
                           writer->index->len > 1 ? "," : "", name, suffix, dtype, n_rows);
    if (n_cols > 0)
        g_string_append_printf(writer->index, ",%zu", n_cols);
    g_string_append_printf(writer->index, "],\"data_offsets\":[%zu,%u]}", begin, writer->data->len);
}

/* @seed: of the values; from row @first of them */
static void
add_values(Writer *writer, const char *name, guint32 seed, size_t first, size_t n_rows,
           size_t n_cols)
{
    double factor = factor_of(name, n_cols);
    bool is_i8 = n_cols > 0 && g_str_equal(writer->dtype, "I8");
    bool is_gain = g_str_has_suffix(name, "LayerNorm.weight");
    const char *dtype = g_str_equal(writer->dtype, "I8") ? "F32" : writer->dtype;
    size_t begin = writer->data->len, n = n_rows * MAX(n_cols, 1);

    if (is_i8)
        g_byte_array_set_size(writer->data, (guint)(begin + n));
    for (size_t i = 0; i < n; i++) {
        int q = MAX((int)(formula_number(seed, first * MAX(n_cols, 1) + i) >> 24) - 128, -127);

        if (is_i8) {
            writer->data->data[begin + i] = (guint8)q;
        } else if (is_gain) {
            append_number(writer->data, dtype, 192 + (q >= 0 ? q / 4 : -((3 - q) / 4)),
                          1.0 / 256.0);
        } else {
            append_number(writer->data, dtype, q, factor);
        }
    }
    add_entry(writer, name, "", is_i8 ? "I8" : dtype, n_rows, n_cols, begin);
    if (!is_i8)
        return;
    begin = writer->data->len;
    for (size_t row = 0; row < n_rows; row++)
        append_number(writer->data, "F32", 4 + (int)(row % 4), factor / 4);
    add_entry(writer, name, "_scale", "F32", n_rows, 0, begin);
}

static void
add_tensor(Writer *writer, const char *name, size_t n_rows, size_t n_cols)
{
    add_values(writer, name, formula_seed(name), 0, n_rows, n_cols);
}

static void
add_pair(Writer *writer, const char *prefix, const char *name, size_t n_rows, size_t n_cols)
{
    g_autofree char *weight = g_strconcat(prefix, name, ".weight", NULL);
    g_autofree char *bias = g_strconcat(prefix, name, ".bias", NULL);

    add_tensor(writer, weight, n_rows, n_cols);
    add_tensor(writer, bias, n_rows, 0);
}

static void
add_layer(Writer *writer, const Shape *s, size_t layer)
{
    g_autofree char *prefix = g_strdup_printf("electra.encoder.layer.%zu.", layer);

    add_pair(writer, prefix, "attention.self.query", s->hidden, s->hidden);
    add_pair(writer, prefix, "attention.self.key", s->hidden, s->hidden);
    add_pair(writer, prefix, "attention.self.value", s->hidden, s->hidden);
    add_pair(writer, prefix, "attention.output.dense", s->hidden, s->hidden);
    add_pair(writer, prefix, "attention.output.LayerNorm", s->hidden, 0);
    add_pair(writer, prefix, "intermediate.dense", s->ffn, s->hidden);
    add_pair(writer, prefix, "output.dense", s->hidden, s->ffn);
    add_pair(writer, prefix, "output.LayerNorm", s->hidden, 0);
}

/* The values are those of the head of ElectraForPreTraining, with a second output. */
static void
add_exit(Writer *writer, const Shape *s, size_t layer)
{
    static const char *const names[] = { "dense", "out" };
    static const char *const like[] = { "dense", "dense_prediction" };
    const size_t n_out[] = { EXIT_SIZE, 2 }, n_in[] = { s->hidden, EXIT_SIZE };
    g_autofree char *threshold = g_strdup_printf("exit.%zu.threshold", layer);
    size_t begin;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *weight = g_strdup_printf("exit.%zu.%s.weight", layer, names[i]);
        g_autofree char *bias = g_strdup_printf("exit.%zu.%s.bias", layer, names[i]);
        g_autofree char *weight_like = g_strdup_printf(HEAD "%s.weight", like[i]);
        g_autofree char *bias_like = g_strdup_printf(HEAD "%s.bias", like[i]);

        add_values(writer, weight, formula_seed(weight_like), 0, n_out[i], n_in[i]);
        add_values(writer, bias, formula_seed(bias_like), 0, n_out[i], 0);
    }
    begin = writer->data->len;
    g_byte_array_append(writer->data, (const guint8 *)&s->thresholds[layer - 1], sizeof(float));
    add_entry(writer, threshold, "", "F32", 1, 0, begin);
}

static void
write_weights(const char *dir, const Shape *s)
{
    g_autofree char *path = g_build_filename(dir, "model.safetensors", NULL);
    g_autoptr(GString) index = g_string_new("{");
    g_autoptr(GByteArray) data = g_byte_array_new();
    Writer writer = { index, data, s->dtype };
    g_autoptr(GError) error = NULL;
    guint64 length;
    FILE *file;

    add_tensor(&writer, "electra.embeddings.word_embeddings.weight", s->vocab, s->embedding);
    add_tensor(&writer, "electra.embeddings.position_embeddings.weight", s->positions,
               s->embedding);
    add_tensor(&writer, "electra.embeddings.token_type_embeddings.weight", s->types, s->embedding);
    add_pair(&writer, "electra.embeddings.", "LayerNorm", s->embedding, 0);
    if (s->embedding != s->hidden)
        add_pair(&writer, "electra.", "embeddings_project", s->hidden, s->embedding);
    for (size_t i = 0; i < s->layers; i++)
        add_layer(&writer, s, i);
    if (s->labels > 1) {
        add_pair(&writer, "", "classifier", s->labels, s->hidden);
    } else {
        add_pair(&writer, HEAD, "dense", s->hidden, s->hidden);
        add_values(&writer, HEAD "dense_prediction.weight",
                   formula_seed(HEAD "dense_prediction.weight"), s->head_row, 1, s->hidden);
        add_values(&writer, HEAD "dense_prediction.bias",
                   formula_seed(HEAD "dense_prediction.bias"), s->head_row, 1, 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(s->thresholds); i++)
        if (s->thresholds[i] > 0.0f)
            add_exit(&writer, s, i + 1);
    g_string_append_c(index, '}');
    length = GUINT64_TO_LE(index->len);
    file = g_fopen(path, "wb");
    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(&length, sizeof length, 1, file), ==, 1);
    g_assert_cmpuint(fwrite(index->str, index->len, 1, file), ==, 1);
    g_assert_cmpuint(fwrite(data->data, data->len, 1, file), ==, 1);
    g_assert_cmpint(fclose(file), ==, 0);
}

static void
write_vocabulary(const char *dir, size_t n)
{
    g_autofree char *path = g_build_filename(dir, "vocab.txt", NULL);
    g_autoptr(GString) text = g_string_new("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");

    for (size_t i = FORMULA_SPECIAL; i < n; i++)
        g_string_append_printf(text, "w%zu\n", i);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

static void
write_config(const char *dir, const Shape *s)
{
    g_autofree char *path = g_build_filename(dir, "config.json", NULL);
    g_autoptr(GString) text = g_string_new("{\"model_type\": \"electra\", \"id2label\": {");

    for (size_t i = 0; i < s->labels; i++)
        g_string_append_printf(text, "%s\"%zu\": \"%s%.0zu\"", i > 0 ? ", " : "", i,
                               i > 0 ? "kind" : "O", i);
    g_string_append_printf(
        text,
        "}, \"architectures\": [\"%s\"], \"hidden_act\": \"gelu\", "
        "\"vocab_size\": %zu, \"embedding_size\": %zu, \"hidden_size\": %zu, "
        "\"num_hidden_layers\": %zu, \"num_attention_heads\": %zu, "
        "\"intermediate_size\": %zu, \"max_position_embeddings\": %zu, "
        "\"type_vocab_size\": %zu, \"layer_norm_eps\": 1e-12}",
        s->labels > 1 ? "ElectraForTokenClassification" : "ElectraForPreTraining", s->vocab,
        s->embedding, s->hidden, s->layers, s->heads, s->ffn, s->positions, s->types);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

char *
formula_write(const Shape *shape)
{
    char *dir = g_dir_make_tmp("proofd-test-XXXXXX", NULL);

    g_assert_nonnull(dir);
    write_weights(dir, shape);
    write_vocabulary(dir, shape->vocab);
    write_config(dir, shape);
    return dir;
}

void
formula_remove(const char *dir)
{
    static const char *const names[] = { "model.safetensors", "vocab.txt", "config.json" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        (void)g_remove(path);
    }
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* --- models and sentences --- */

PdModel *
formula_load(const char *dir)
{
    g_autoptr(GError) error = NULL;
    PdModel *model = pd_model_load(dir, &error);

    g_assert_no_error(error);
    return model;
}

void
formula_clear(Tokens *self)
{
    g_free(self->ids);
    g_free(self->types);
}

Tokens
formula_tokens(size_t n)
{
    Tokens tokens = { .ids = g_new(int32_t, n), .types = g_new(uint8_t, n) };

    tokens.sequence = (PdSequence){ tokens.ids, tokens.types, n, false, NULL };
    return tokens;
}

/* (transfer full): of all sequences at once; packing must change nothing but the last digits. */
float *
formula_run(PdModel *model, const GArray *all)
{
    g_autoptr(PdRun) run = pd_run_new(model);
    g_autofree PdSequence *sequences = g_new(PdSequence, all->len);
    size_t n_labels = pd_model_n_labels(model), n_tokens = 0;
    float *logits, *at;

    for (guint i = 0; i < all->len; i++) {
        sequences[i] = g_array_index(all, Tokens, i).sequence;
        n_tokens += sequences[i].n_tokens;
    }
    at = logits = g_new0(float, n_tokens *n_labels);
    g_assert_true(pd_run_logits(run, sequences, all->len, NULL, logits));
    for (guint i = 0; i < all->len; i++) {
        const size_t n = sequences[i].n_tokens * n_labels;
        g_autofree float *alone = g_new(float, n);

        g_assert_true(pd_run_logits(run, &sequences[i], 1, NULL, alone));
        for (size_t k = 0; k < n; k++)
            g_assert_true(fabsf(alone[k] - at[k]) <= FORMULA_PACKED);
        at += n;
    }
    return logits;
}
