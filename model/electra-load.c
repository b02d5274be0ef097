/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * electra-load.c - from a directory's files to weights that the forward pass can multiply
 *
 * int8 weights that are packed and aligned in the file are used where they lie. All others are
 * packed into one arena, as int8 or, where the processor has no kernel for these, as fp32.
 */
#include "model/electra-private.h"
#include "model/numbers.h"
#include "model/tokenizer.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define KERNEL_VARIABLE "PD_KERNEL"
#define FP32 "fp32"
#define PACK_ROWS 16    /* rows of a weight that are converted at a time */
#define ALIGN_FLOATS 16 /* a line of the cache */
#define HUGE_PAGE_BYTES (2 * 1024 * 1024)

/*
 * The functions from here to build() run twice: without an arena they check each tensor and count,
 * so that no memory is taken for a file that does not have what config.json promises; then they
 * convert.
 */
static float *
take(PdModel *self, size_t n_floats)
{
    float *at = self->arena != NULL ? self->arena + self->arena_floats : NULL;

    self->arena_floats += (n_floats + ALIGN_FLOATS - 1) / ALIGN_FLOATS * ALIGN_FLOATS;
    return at;
}

static bool
check_finite(PdModel *self, const char *name, const float *values, size_t n, GError **error)
{
    if (pd_all_finite(values, n))
        return true;
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                "%s: tensor %s: a number in it is not finite", pd_weights_path(self->weights),
                name);
    return false;
}

/* @n_cols: 0 for a vector */
static bool
read_tensor(PdModel *self, const char *name, size_t n_rows, size_t n_cols, float *to,
            GError **error)
{
    const PdTensor *tensor = pd_weights_get(self->weights, name, n_rows, n_cols, error);

    if (tensor == NULL)
        return false;
    if (self->arena == NULL)
        return true;
    pd_tensor_rows(tensor, 0, n_cols > 0 ? n_rows : 1, to);
    return check_finite(self, name, to, n_rows * MAX(n_cols, 1), error);
}

static bool
build_table(PdModel *self, float **table, const char *name, size_t n_rows, size_t n_cols,
            GError **error)
{
    *table = take(self, n_rows * n_cols);
    return read_tensor(self, name, n_rows, n_cols, *table, error);
}

static bool
build_norm(PdModel *self, PdNorm *norm, const char *name, size_t size, GError **error)
{
    g_autofree char *gain = g_strconcat(name, ".weight", NULL);
    g_autofree char *bias = g_strconcat(name, ".bias", NULL);

    norm->gain = take(self, size);
    norm->bias = take(self, size);
    return read_tensor(self, gain, size, 0, norm->gain, error) &&
           read_tensor(self, bias, size, 0, norm->bias, error);
}

/* --- products --- */

static void
place_fp32(PdModel *self, PdLinear *linear, size_t n_in, size_t n_out)
{
    linear->n_in = n_in;
    linear->n_out = n_out;
    linear->width = pd_linear_best_width(n_out);
    linear->weight = take(self, pd_linear_weight_floats(n_in, n_out, linear->width));
    linear->bias = take(self, pd_linear_bias_floats(n_out, linear->width));
}

static bool
fill_fp32(PdModel *self, PdLinear *linear, const PdTensor *tensor, GError **error)
{
    g_autofree float *rows = g_new(float, PACK_ROWS * linear->n_in);

    for (size_t row = 0; row < linear->n_out; row += PACK_ROWS) {
        size_t n = MIN(PACK_ROWS, linear->n_out - row);

        pd_tensor_rows(tensor, row, n, rows);
        if (!check_finite(self, tensor->name, rows, n * linear->n_in, error))
            return false;
        pd_linear_pack(linear, row, n, rows);
    }
    return true;
}

static bool
is_in_place(const PdTensor *tensor)
{
    return tensor->packed && (uintptr_t)tensor->data % PD_INT8_ALIGN_BYTES == 0;
}

static void
pack(const PdTensor *tensor, int8_t *weight)
{
    const size_t n_in = tensor->shape[1];

    if (tensor->packed) {
        memcpy(weight, tensor->data, tensor->size_bytes);
        return;
    }
    for (size_t row = 0; row < tensor->shape[0]; row++)
        pd_int8_pack_row(weight, n_in, row, (const int8_t *)tensor->data + row * n_in);
}

/* A token whose values are all 1, times the weights; @sum, as the bias, is still zeros. */
static void
sum_weights(const PdModel *self, const PdInt8Linear *linear, float *sum)
{
    g_autofree float *ones = g_new(float, linear->n_in);
    g_autofree int16_t *values = g_new(int16_t, linear->n_in);
    float scale, zero;
    PdInt8Rows rows = { values, &scale, &zero };

    for (size_t i = 0; i < linear->n_in; i++)
        ones[i] = 1.0f;
    self->kernel->quantise(ones, 1, linear->n_in, &rows);
    self->kernel->product(linear, &rows, 1, sum, linear->n_panels * PD_INT8_OUTS);
}

/* @ret_bias: (out): room for it, in the arena */
static void
place_int8(PdModel *self, PdInt8Linear *linear, const PdTensor *tensor, float **ret_bias)
{
    size_t n_outs = tensor->shape[0], n_in = tensor->shape[1], n_panels = n_outs / PD_INT8_OUTS;
    float *scale = take(self, n_outs), *sum = take(self, n_outs);
    int8_t *weight = is_in_place(tensor) ? (int8_t *)tensor->data
                                         : (int8_t *)take(self, n_outs * n_in / sizeof(float));

    *ret_bias = take(self, n_outs);
    *linear = (PdInt8Linear){ n_in, n_panels, weight, scale, sum, *ret_bias };
    if (self->arena == NULL)
        return;
    memcpy(scale, tensor->scale, n_outs * sizeof(float));
    if (!is_in_place(tensor))
        pack(tensor, weight);
    sum_weights(self, linear, sum);
}

/* Weight and bias are NAME.weight [n_out, n_in] and NAME.bias. */
static bool
build_dense(PdModel *self, PdDense *dense, const char *name, size_t n_in, size_t n_out,
            GError **error)
{
    g_autofree char *weight = g_strconcat(name, ".weight", NULL);
    g_autofree char *bias_name = g_strconcat(name, ".bias", NULL);
    const PdTensor *tensor = pd_weights_get(self->weights, weight, n_out, n_in, error);
    float *bias;

    if (tensor == NULL)
        return false;
    if (self->int8 && tensor->dtype == PD_DTYPE_I8 && pd_int8_fits(n_in, n_out)) {
        place_int8(self, &dense->int8, tensor, &bias);
    } else {
        place_fp32(self, &dense->fp32, n_in, n_out);
        bias = dense->fp32.bias;
        if (self->arena != NULL && !fill_fp32(self, &dense->fp32, tensor, error))
            return false;
    }
    return read_tensor(self, bias_name, n_out, 0, bias, error);
}

static bool
build_qkv(PdModel *self, PdDense *qkv, const char *prefix, GError **error)
{
    static const char *const parts[] = { "query", "key", "value" };
    size_t hidden = self->config.hidden_size;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *name = g_strconcat(prefix, ".attention.self.", parts[i], NULL);

        if (!build_dense(self, &qkv[i], name, hidden, hidden, error))
            return false;
    }
    return true;
}

/* @n_layers: before it */
static bool
build_exit(PdModel *self, PdLayer *layer, size_t n_layers, GError **error)
{
    g_autofree char *dense = g_strdup_printf("exit.%zu.dense", n_layers);
    g_autofree char *out = g_strdup_printf("exit.%zu.out", n_layers);
    g_autofree char *threshold = g_strdup_printf("exit.%zu.threshold", n_layers);
    g_autofree char *weight = g_strconcat(dense, ".weight", NULL);
    PdExit *exit = &layer->exit;

    layer->has_exit = n_layers < self->config.n_layers && pd_weights_has(self->weights, weight);
    if (!layer->has_exit)
        return true;
    exit->threshold = take(self, 1);
    if (!build_dense(self, &exit->dense, dense, self->config.hidden_size, PD_EXIT_SIZE, error) ||
        !build_dense(self, &exit->out, out, PD_EXIT_SIZE, PD_EXIT_OUTS, error) ||
        !read_tensor(self, threshold, 1, 0, exit->threshold, error))
        return false;
    if (self->arena == NULL)
        return true;
    if (*exit->threshold <= 0.0f || *exit->threshold >= 1.0f) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%s: tensor %s: %g is not between 0 and 1", pd_weights_path(self->weights),
                    threshold, (double)*exit->threshold);
        return false;
    }
    exit->limit = logf(*exit->threshold / (1.0f - *exit->threshold));
    return true;
}

static bool
build_layer(PdModel *self, size_t index, GError **error)
{
    size_t hidden = self->config.hidden_size, ffn = self->config.ffn_size;
    g_autofree char *prefix = g_strdup_printf("electra.encoder.layer.%zu", index);
    g_autofree char *mixed = g_strconcat(prefix, ".attention.output.dense", NULL);
    g_autofree char *mixed_norm = g_strconcat(prefix, ".attention.output.LayerNorm", NULL);
    g_autofree char *up = g_strconcat(prefix, ".intermediate.dense", NULL);
    g_autofree char *down = g_strconcat(prefix, ".output.dense", NULL);
    g_autofree char *norm = g_strconcat(prefix, ".output.LayerNorm", NULL);
    PdLayer *layer = &self->layers[index];

    return build_qkv(self, layer->qkv, prefix, error) &&
           build_dense(self, &layer->attention_out, mixed, hidden, hidden, error) &&
           build_norm(self, &layer->attention_norm, mixed_norm, hidden, error) &&
           build_dense(self, &layer->up, up, hidden, ffn, error) &&
           build_dense(self, &layer->down, down, ffn, hidden, error) &&
           build_norm(self, &layer->out_norm, norm, hidden, error) &&
           build_exit(self, layer, index + 1, error);
}

static bool
build_head(PdModel *self, GError **error)
{
    size_t hidden = self->config.hidden_size;

    if (self->config.labels != NULL)
        return build_dense(self, &self->logits, "classifier", hidden, self->config.n_labels, error);
    return build_dense(self, &self->head, "discriminator_predictions.dense", hidden, hidden,
                       error) &&
           build_dense(self, &self->logits, "discriminator_predictions.dense_prediction", hidden, 1,
                       error);
}

static bool
build(PdModel *self, GError **error)
{
    const PdConfig *c = &self->config;

    self->arena_floats = 0;
    self->words = pd_weights_get(self->weights, "electra.embeddings.word_embeddings.weight",
                                 c->vocab_size, c->embedding_size, error);
    if (self->words == NULL ||
        !build_table(self, &self->positions, "electra.embeddings.position_embeddings.weight",
                     c->max_positions, c->embedding_size, error) ||
        !build_table(self, &self->types, "electra.embeddings.token_type_embeddings.weight",
                     c->n_types, c->embedding_size, error) ||
        !build_norm(self, &self->embeddings_norm, "electra.embeddings.LayerNorm", c->embedding_size,
                    error))
        return false;
    if (c->embedding_size != c->hidden_size &&
        !build_dense(self, &self->project, "electra.embeddings_project", c->embedding_size,
                     c->hidden_size, error))
        return false;
    for (size_t i = 0; i < c->n_layers; i++)
        if (!build_layer(self, i, error))
            return false;
    return build_head(self, error);
}

/* Zeros, in large pages where the system has them: a pass reads all of it in order. */
static float *
map_zeros(size_t n_floats, GError **error)
{
    void *memory = mmap(NULL, n_floats * sizeof(float), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        int saved = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved),
                    "no memory for %zu weights: %s", n_floats, g_strerror(saved));
        return NULL;
    }
    if (n_floats * sizeof(float) >= HUGE_PAGE_BYTES)
        (void)madvise(memory, n_floats * sizeof(float), MADV_HUGEPAGE); /* advice only */
    return memory;
}

/* Says what is there where Transformers wrote another file. */
static bool
check_weights(const char *dir, const char *path, GError **error)
{
    static const char *const others[] = { "model.safetensors.index.json", "pytorch_model.bin",
                                          "tf_model.h5", "flax_model.msgpack" };

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *other = g_build_filename(dir, others[i], NULL);

        if (!g_file_test(other, G_FILE_TEST_EXISTS))
            continue;
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING,
                    "%s: missing; there is %s, which is not read: save it in one piece with "
                    "save_pretrained(..., safe_serialization=True)",
                    path, others[i]);
        return false;
    }
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "%s: missing", path);
    return false;
}

static bool
load_files(PdModel *self, const char *dir, GError **error)
{
    g_autofree char *config = g_build_filename(dir, "config.json", NULL);
    g_autofree char *weights = g_build_filename(dir, "model.safetensors", NULL);

    if (!pd_config_load(&self->config, config, error))
        return false;
    self->wordpiece = pd_tokenizer_load(dir, error);
    if (self->wordpiece == NULL)
        return false;
    if (pd_wordpiece_n_tokens(self->wordpiece) > self->config.vocab_size) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE,
                    "%s: a vocabulary of %zu tokens, but vocab_size is %zu", dir,
                    pd_wordpiece_n_tokens(self->wordpiece), self->config.vocab_size);
        return false;
    }
    self->cls = pd_wordpiece_id(self->wordpiece, "[CLS]");
    self->sep = pd_wordpiece_id(self->wordpiece, "[SEP]");
    self->unknown = pd_wordpiece_id(self->wordpiece, "[UNK]");
    if (!check_weights(dir, weights, error))
        return false;
    self->weights = pd_weights_open(weights, error);
    return self->weights != NULL;
}

static bool
choose_kernel(PdModel *self, GError **error)
{
    const char *name = g_getenv(KERNEL_VARIABLE);
    g_autoptr(GString) known = g_string_new(FP32);

    if (name == NULL || *name == '\0' || g_str_equal(name, FP32)) {
        self->kernel = pd_kernel_find(NULL);
        self->int8 = self->kernel->int8_pays && g_strcmp0(name, FP32) != 0;
        return true;
    }
    self->kernel = pd_kernel_find(name);
    self->int8 = true;
    if (self->kernel != NULL)
        return true;
    for (size_t i = 0; pd_kernels[i] != NULL; i++)
        if (pd_kernels[i]->runs())
            g_string_append_printf(known, ", %s", pd_kernels[i]->name);
    g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                KERNEL_VARIABLE "=%s: not one that this processor runs: %s", name, known->str);
    return false;
}

PdModel *
pd_model_load(const char *dir, GError **error)
{
    g_autoptr(PdModel) self = g_new0(PdModel, 1);

    g_return_val_if_fail(dir != NULL && (error == NULL || *error == NULL), NULL);

    pd_linear_init();
    g_atomic_ref_count_init(&self->refs);
    self->name = g_path_get_basename(dir);
    if (!choose_kernel(self, error) || !load_files(self, dir, error))
        return NULL;
    self->layers = g_new0(PdLayer, self->config.n_layers);
    if (!build(self, error))
        return NULL;
    self->arena = map_zeros(self->arena_floats, error);
    if (self->arena == NULL || !build(self, error))
        return NULL;
    if (!self->int8)
        pd_weights_forget_pages(self->weights); /* read again for word embeddings only */
    return g_steal_pointer(&self);
}

PdModel *
pd_model_ref(PdModel *self)
{
    g_atomic_ref_count_inc(&self->refs);
    return self;
}

void
pd_model_unref(PdModel *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
        return;
    if (self->arena != NULL)
        (void)munmap(self->arena, self->arena_floats * sizeof(float));
    g_clear_pointer(&self->wordpiece, pd_wordpiece_free);
    g_clear_pointer(&self->weights, pd_weights_free);
    pd_config_done(&self->config);
    g_free(self->layers);
    g_free(self->name);
    g_free(self);
}

const PdWordpiece *
pd_model_wordpiece(const PdModel *self)
{
    return self->wordpiece;
}

size_t
pd_model_n_labels(const PdModel *self)
{
    return self->config.n_labels;
}

const char *
pd_model_label(const PdModel *self, size_t label)
{
    return self->config.labels != NULL && label < self->config.n_labels ? self->config.labels[label]
                                                                        : NULL;
}

size_t
pd_model_n_types(const PdModel *self)
{
    return self->config.n_types;
}

const char *
pd_model_name(const PdModel *self)
{
    return self->name;
}

void
pd_model_rest(const PdModel *self)
{
    pd_weights_forget_pages(self->weights);
}

const char *
pd_model_kernel(const PdModel *self)
{
    return self->int8 ? self->kernel->name : FP32;
}

char *
pd_model_hash(const PdModel *self)
{
    return pd_weights_hash(self->weights);
}
