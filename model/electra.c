/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/electra.h"

#include "model/config.h"
#include "model/kernels.h"
#include "model/weights.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define PASS_TOKENS 512    /* at most, of all sentences of a pass, [CLS] and [SEP] included */
#define OVERLAP_TOKENS 128 /* of two windows of a long sentence */
#define SPECIAL_TOKENS 2   /* [CLS] before a sentence, [SEP] after it */
#define PACK_ROWS 16       /* rows of a weight that are converted at a time */
#define ALIGN_FLOATS 16    /* a line of the cache */
#define HUGE_PAGE_BYTES (2 * 1024 * 1024)

typedef struct {
    float *gain;
    float *bias;
} Norm;

typedef struct {
    PdLinear qkv; /* [hidden, 3 * hidden]: queries, keys, values */
    PdLinear attention_out;
    Norm attention_norm;
    PdLinear up;
    PdLinear down;
    Norm out_norm;
} Layer;

struct PdModel {
    gatomicrefcount refs;
    char *name;
    PdConfig config;
    PdWeights *weights;
    PdWordpiece *wordpiece;
    int32_t cls, sep, unknown;

    float *arena; /* all float32 weights, one mapping; NULL while only checking and counting */
    size_t arena_floats;

    const PdTensor *words; /* [vocab, embedding], stays in the file, converted row by row */
    float *positions;      /* [max_positions, embedding] */
    float *types;          /* [n_types, embedding] */
    Norm embeddings_norm;
    PdLinear project; /* [embedding, hidden], only where the two differ */
    Layer *layers;
    PdLinear head;   /* ElectraForPreTraining only: [hidden, hidden], then GELU */
    PdLinear logits; /* [hidden, n_labels] */
};

/* A sentence, or a window of a long one, in a pass. */
typedef struct {
    const PdSequence *sequence;
    size_t start_tokens; /* of the window */
    size_t n_tokens;     /* of the window */
    size_t keep_from;    /* its logits that count, from and to: tokens of the sequence */
    size_t keep_to;
    float *logits; /* of the sequence's first token */
} Segment;

struct PdRun {
    PdModel *model;
    Segment *segments; /* [pass_tokens / 3 + 1] */
    size_t n_segments;
    size_t n_tokens;    /* in this pass, special tokens included */
    size_t pass_tokens; /* room, in tokens */
    float *x;           /* [pass_tokens, hidden] */
    float *delta;       /* [pass_tokens, hidden] */
    float *qkv;         /* [pass_tokens, 3 * hidden] */
    float *wide;        /* [pass_tokens, the largest of ffn, embedding, hidden] */
    float *scratch;     /* of attention */
    float *logits;      /* [pass_tokens, n_labels] */
};

/* --- loading --- */

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
build_norm(PdModel *self, Norm *norm, const char *name, size_t size, GError **error)
{
    g_autofree char *gain = g_strconcat(name, ".weight", NULL);
    g_autofree char *bias = g_strconcat(name, ".bias", NULL);

    norm->gain = take(self, size);
    norm->bias = take(self, size);
    return read_tensor(self, gain, size, 0, norm->gain, error) &&
           read_tensor(self, bias, size, 0, norm->bias, error);
}

static void
place_linear(PdModel *self, PdLinear *linear, size_t n_in, size_t n_out)
{
    linear->n_in = n_in;
    linear->n_out = n_out;
    linear->width = pd_linear_best_width(n_out);
    linear->weight = take(self, pd_linear_weight_floats(n_in, n_out, linear->width));
    linear->bias = take(self, pd_linear_bias_floats(n_out, linear->width));
}

/* Outputs [first, first + n_out) of @linear come from NAME.weight and NAME.bias. */
static bool
fill_linear(PdModel *self, PdLinear *linear, size_t first, size_t n_out, const char *name,
            GError **error)
{
    g_autofree char *weight = g_strconcat(name, ".weight", NULL);
    g_autofree char *bias = g_strconcat(name, ".bias", NULL);
    g_autofree float *rows = NULL;
    const PdTensor *tensor = pd_weights_get(self->weights, weight, n_out, linear->n_in, error);

    if (tensor == NULL)
        return false;
    if (!read_tensor(self, bias, n_out, 0, self->arena != NULL ? linear->bias + first : NULL,
                     error))
        return false;
    if (self->arena == NULL)
        return true;
    rows = g_new(float, PACK_ROWS * linear->n_in);
    for (size_t row = 0; row < n_out; row += PACK_ROWS) {
        size_t n = MIN(PACK_ROWS, n_out - row);

        pd_tensor_rows(tensor, row, n, rows);
        if (!check_finite(self, weight, rows, n * linear->n_in, error))
            return false;
        pd_linear_pack(linear, first + row, n, rows);
    }
    return true;
}

static bool
build_linear(PdModel *self, PdLinear *linear, const char *name, size_t n_in, size_t n_out,
             GError **error)
{
    place_linear(self, linear, n_in, n_out);
    return fill_linear(self, linear, 0, n_out, name, error);
}

static bool
build_qkv(PdModel *self, PdLinear *linear, const char *prefix, GError **error)
{
    static const char *const parts[] = { "query", "key", "value" };
    size_t hidden = self->config.hidden_size;

    place_linear(self, linear, hidden, 3 * hidden);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *name = g_strconcat(prefix, ".attention.self.", parts[i], NULL);

        if (!fill_linear(self, linear, i * hidden, hidden, name, error))
            return false;
    }
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
    Layer *layer = &self->layers[index];

    return build_qkv(self, &layer->qkv, prefix, error) &&
           build_linear(self, &layer->attention_out, mixed, hidden, hidden, error) &&
           build_norm(self, &layer->attention_norm, mixed_norm, hidden, error) &&
           build_linear(self, &layer->up, up, hidden, ffn, error) &&
           build_linear(self, &layer->down, down, ffn, hidden, error) &&
           build_norm(self, &layer->out_norm, norm, hidden, error);
}

static bool
build_head(PdModel *self, GError **error)
{
    size_t hidden = self->config.hidden_size;

    if (self->config.labels != NULL)
        return build_linear(self, &self->logits, "classifier", hidden, self->config.n_labels,
                            error);
    return build_linear(self, &self->head, "discriminator_predictions.dense", hidden, hidden,
                        error) &&
           build_linear(self, &self->logits, "discriminator_predictions.dense_prediction", hidden,
                        1, error);
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
        !build_linear(self, &self->project, "electra.embeddings_project", c->embedding_size,
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

static bool
load_files(PdModel *self, const char *dir, GError **error)
{
    g_autofree char *config = g_build_filename(dir, "config.json", NULL);
    g_autofree char *vocabulary = g_build_filename(dir, "vocab.txt", NULL);
    g_autofree char *weights = g_build_filename(dir, "model.safetensors", NULL);

    if (!pd_config_load(&self->config, config, error))
        return false;
    self->wordpiece = pd_wordpiece_load(vocabulary, error);
    if (self->wordpiece == NULL)
        return false;
    if (pd_wordpiece_n_tokens(self->wordpiece) > self->config.vocab_size) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_SHAPE,
                    "%s: %zu tokens, but vocab_size is %zu", vocabulary,
                    pd_wordpiece_n_tokens(self->wordpiece), self->config.vocab_size);
        return false;
    }
    self->cls = pd_wordpiece_id(self->wordpiece, "[CLS]");
    self->sep = pd_wordpiece_id(self->wordpiece, "[SEP]");
    self->unknown = pd_wordpiece_id(self->wordpiece, "[UNK]");
    self->weights = pd_weights_open(weights, error);
    return self->weights != NULL;
}

PdModel *
pd_model_load(const char *dir, GError **error)
{
    g_autoptr(PdModel) self = g_new0(PdModel, 1);

    g_return_val_if_fail(dir != NULL && (error == NULL || *error == NULL), NULL);

    pd_kernels_init();
    g_atomic_ref_count_init(&self->refs);
    self->name = g_path_get_basename(dir);
    if (!load_files(self, dir, error))
        return NULL;
    self->layers = g_new0(Layer, self->config.n_layers);
    if (!build(self, error))
        return NULL;
    self->arena = map_zeros(self->arena_floats, error);
    if (self->arena == NULL || !build(self, error))
        return NULL;
    pd_weights_forget_pages(self->weights); /* the file's are read again for word embeddings only */
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

char *
pd_model_hash(const PdModel *self)
{
    return pd_weights_hash(self->weights);
}

PdCaseType
pd_case_type(const char *word, size_t length_bytes)
{
    size_t n_upper = 0;

    for (size_t i = 0; i < length_bytes; i++) {
        if (!g_ascii_isalpha(word[i]))
            return PD_CASE_LOWER;
        n_upper += g_ascii_isupper(word[i]) ? 1 : 0;
    }
    if (n_upper == 0)
        return PD_CASE_LOWER;
    if (n_upper == 1 && g_ascii_isupper(word[0]))
        return PD_CASE_CAPITALISED;
    return n_upper == length_bytes ? PD_CASE_UPPER : PD_CASE_MIXED;
}

/* --- the forward pass --- */

PdRun *
pd_run_new(PdModel *model)
{
    PdRun *run = g_new0(PdRun, 1);
    const PdConfig *c = &model->config;
    size_t head_size = c->hidden_size / c->n_heads;

    run->model = pd_model_ref(model);
    run->pass_tokens = PASS_TOKENS;
    run->segments = g_new(Segment, PASS_TOKENS / (1 + SPECIAL_TOKENS) + 1);
    run->x = g_new(float, run->pass_tokens * c->hidden_size);
    run->delta = g_new(float, run->pass_tokens * c->hidden_size);
    run->qkv = g_new(float, run->pass_tokens * 3 * c->hidden_size);
    run->wide = g_new(float, run->pass_tokens *MAX(c->ffn_size, c->embedding_size));
    run->scratch = g_new(float, pd_attention_scratch_floats(run->pass_tokens, head_size));
    run->logits = g_new(float, run->pass_tokens * c->n_labels);
    return run;
}

void
pd_run_free(PdRun *run)
{
    if (run == NULL)
        return;
    pd_model_unref(run->model);
    g_free(run->segments);
    g_free(run->x);
    g_free(run->delta);
    g_free(run->qkv);
    g_free(run->wide);
    g_free(run->scratch);
    g_free(run->logits);
    g_free(run);
}

static void
embed_token(const PdModel *model, int32_t id, uint8_t type, size_t position, float *to)
{
    size_t size = model->config.embedding_size;
    const float *at = model->positions + position * size;
    const float *of_type = model->types + (type < model->config.n_types ? type : 0) * size;

    if (id < 0 || (size_t)id >= model->config.vocab_size)
        id = model->unknown;
    pd_tensor_rows(model->words, (size_t)id, 1, to);
    for (size_t i = 0; i < size; i++)
        to[i] += of_type[i] + at[i];
}

static void
embed(PdRun *run)
{
    const PdModel *model = run->model;
    const PdConfig *c = &model->config;
    bool projects = c->embedding_size != c->hidden_size;
    float *to = projects ? run->wide : run->x, *row = to;

    for (size_t s = 0; s < run->n_segments; s++) {
        const Segment *segment = &run->segments[s];
        const int32_t *ids = segment->sequence->ids + segment->start_tokens;
        const uint8_t *types = segment->sequence->types + segment->start_tokens;

        embed_token(model, model->cls, 0, 0, row);
        row += c->embedding_size;
        for (size_t t = 0; t < segment->n_tokens; t++, row += c->embedding_size)
            embed_token(model, ids[t], types[t], t + 1, row);
        embed_token(model, model->sep, 0, segment->n_tokens + 1, row);
        row += c->embedding_size;
    }
    pd_add_layer_norm(to, NULL, model->embeddings_norm.gain, model->embeddings_norm.bias,
                      run->n_tokens, c->embedding_size, c->epsilon);
    if (projects)
        pd_linear(&model->project, to, run->n_tokens, run->x);
}

static void
run_layer(PdRun *run, const Layer *layer)
{
    const PdConfig *c = &run->model->config;
    size_t n = run->n_tokens, first = 0;

    pd_linear(&layer->qkv, run->x, n, run->qkv);
    for (size_t s = 0; s < run->n_segments; s++) { /* a sentence sees itself alone */
        size_t length = run->segments[s].n_tokens + SPECIAL_TOKENS;

        pd_attention(run->qkv + first * 3 * c->hidden_size, length, c->n_heads,
                     c->hidden_size / c->n_heads, run->scratch, run->wide + first * c->hidden_size);
        first += length;
    }
    pd_linear(&layer->attention_out, run->wide, n, run->delta);
    pd_add_layer_norm(run->x, run->delta, layer->attention_norm.gain, layer->attention_norm.bias, n,
                      c->hidden_size, c->epsilon);
    pd_linear(&layer->up, run->x, n, run->wide);
    pd_gelu(run->wide, n * c->ffn_size);
    pd_linear(&layer->down, run->wide, n, run->delta);
    pd_add_layer_norm(run->x, run->delta, layer->out_norm.gain, layer->out_norm.bias, n,
                      c->hidden_size, c->epsilon);
}

static void
run_head(PdRun *run)
{
    const PdModel *model = run->model;
    size_t n_labels = model->config.n_labels, first = 0;
    const float *x = run->x;

    if (model->config.labels == NULL) {
        pd_linear(&model->head, run->x, run->n_tokens, run->delta);
        pd_gelu(run->delta, run->n_tokens * model->config.hidden_size);
        x = run->delta;
    }
    pd_linear(&model->logits, x, run->n_tokens, run->logits);
    for (size_t s = 0; s < run->n_segments; s++) {
        const Segment *segment = &run->segments[s];
        size_t from = first + 1 + segment->keep_from - segment->start_tokens;

        memcpy(segment->logits + segment->keep_from * n_labels, run->logits + from * n_labels,
               (segment->keep_to - segment->keep_from) * n_labels * sizeof(float));
        first += segment->n_tokens + SPECIAL_TOKENS;
    }
}

/* Runs what has been packed and empties the pass. */
static bool
run_pass(PdRun *run, const int *cancel)
{
    if (run->n_segments == 0)
        return true;
    embed(run);
    for (size_t i = 0; i < run->model->config.n_layers; i++) {
        if (cancel != NULL && g_atomic_int_get(cancel) != 0)
            return false;
        run_layer(run, &run->model->layers[i]);
    }
    run_head(run);
    run->n_segments = 0;
    run->n_tokens = 0;
    return true;
}

static bool
add_segment(PdRun *run, const Segment *segment, const int *cancel)
{
    size_t length = segment->n_tokens + SPECIAL_TOKENS;

    if (run->n_tokens + length > run->pass_tokens && !run_pass(run, cancel))
        return false;
    run->segments[run->n_segments++] = *segment;
    run->n_tokens += length;
    return true;
}

/*
 * Windows begin a step apart, the last one as late as it can. Where two overlap, the earlier one
 * judges up to the middle: there a token is as far from the end of the one as from the beginning
 * of the other.
 */
static bool
add_sequence(PdRun *run, const PdSequence *sequence, float *logits, const int *cancel)
{
    size_t room = MIN(run->model->config.max_positions, run->pass_tokens) - SPECIAL_TOKENS;
    size_t step = room - MIN(OVERLAP_TOKENS, room / 2);
    size_t n = sequence->n_tokens, start = 0, keep_from = 0;

    if (n == 0)
        return true;
    for (;;) {
        bool is_last = n - start <= room;
        size_t next = is_last ? n : MIN(start + step, n - room);
        Segment segment = { .sequence = sequence,
                            .start_tokens = start,
                            .n_tokens = MIN(room, n - start),
                            .keep_from = keep_from,
                            .keep_to = is_last ? n : (next + start + room) / 2,
                            .logits = logits };

        if (!add_segment(run, &segment, cancel))
            return false;
        if (is_last)
            return true;
        keep_from = segment.keep_to;
        start = next;
    }
}

bool
pd_run_logits(PdRun *run, const PdSequence *sequences, size_t n_sequences, const int *cancel,
              float *logits)
{
    run->n_segments = 0;
    run->n_tokens = 0;
    for (size_t i = 0; i < n_sequences; i++) {
        if (!add_sequence(run, &sequences[i], logits, cancel))
            return false;
        logits += sequences[i].n_tokens * run->model->config.n_labels;
    }
    return run_pass(run, cancel);
}

float
pd_logits_wrong(const float *logits, size_t n_labels)
{
    double high = (double)logits[0], wrong = 0.0;

    if (n_labels == 1)
        return (float)(1.0 / (1.0 + exp(-(double)logits[0])));
    for (size_t i = 1; i < n_labels; i++)
        high = fmax(high, (double)logits[i]);
    for (size_t i = 1; i < n_labels; i++)
        wrong += exp((double)logits[i] - high);
    return (float)(wrong / (wrong + exp((double)logits[0] - high)));
}
