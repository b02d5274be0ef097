/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/electra-private.h"

#include <math.h>
#include <string.h>

#define PASS_TOKENS 512 /* room of a pass, [CLS] and [SEP] included: the longest window */
#define FULL_TOKENS 256 /* of short sentences no more go into a pass: activations stay in cache */
#define FFN_ROWS 64     /* tokens whose [rows, ffn] are there at a time, for the same reason */
#define OVERLAP_TOKENS 128   /* of two windows of a long sentence */
#define SPECIAL_TOKENS 2     /* [CLS] before a sentence, [SEP] after it */
#define MOST_SURE 6.9067548f /* logit of .999: no exit is surer than that, nor than .001 */
#define NO_CHANCE -40.0f     /* logit of a kind that an exit does not give */

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
    Segment *segments; /* [PASS_TOKENS / 3 + 1] */
    size_t n_segments;
    size_t n_tokens; /* in this pass, special tokens included */
    float *x;        /* [PASS_TOKENS, hidden] */
    float *mixed;    /* [PASS_TOKENS, the larger of hidden and embedding]: what attention gives */
    float *delta;    /* [PASS_TOKENS, hidden] */
    float *qkv;      /* [PASS_TOKENS, 3 * hidden] */
    float *wide;     /* [FFN_ROWS, ffn] */
    float *scratch;  /* of attention */
    float *logits;   /* [PASS_TOKENS, n_labels] */
    float *exit;     /* [FFN_ROWS, PD_EXIT_SIZE] */
    float *exits;    /* [PASS_TOKENS, PD_EXIT_OUTS] */
    PdInt8Rows rows; /* [PASS_TOKENS, the larger of hidden and embedding] or [FFN_ROWS, ffn] */
};

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
    size_t narrow = PASS_TOKENS * MAX(c->hidden_size, c->embedding_size);

    run->model = pd_model_ref(model);
    run->segments = g_new(Segment, PASS_TOKENS / (1 + SPECIAL_TOKENS) + 1);
    run->x = g_new(float, PASS_TOKENS * c->hidden_size);
    run->mixed = g_new(float, narrow);
    run->delta = g_new(float, PASS_TOKENS * c->hidden_size);
    run->qkv = g_new(float, PASS_TOKENS * 3 * c->hidden_size);
    run->wide = g_new(float, FFN_ROWS * c->ffn_size);
    run->scratch = g_new(float, pd_attention_scratch_floats(PASS_TOKENS, head_size));
    run->logits = g_new(float, PASS_TOKENS * c->n_labels);
    run->exit = g_new(float, FFN_ROWS *PD_EXIT_SIZE);
    run->exits = g_new(float, PASS_TOKENS *PD_EXIT_OUTS);
    run->rows.values = g_new(int16_t, MAX(narrow, FFN_ROWS * c->ffn_size));
    run->rows.scale = g_new(float, PASS_TOKENS);
    run->rows.zero = g_new(float, PASS_TOKENS);
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
    g_free(run->mixed);
    g_free(run->delta);
    g_free(run->qkv);
    g_free(run->wide);
    g_free(run->scratch);
    g_free(run->logits);
    g_free(run->exit);
    g_free(run->exits);
    g_free(run->rows.values);
    g_free(run->rows.scale);
    g_free(run->rows.zero);
    g_free(run);
}

/* Quantised as @dense needs it, if it does. */
static void
prepare(PdRun *run, const PdDense *dense, const float *x, size_t n_rows)
{
    if (dense->int8.weight != NULL)
        run->model->kernel->quantise(x, n_rows, dense->int8.n_in, &run->rows);
}

/* @x, which is prepared: [n_rows, n_in]; @y: (out): [n_rows, n_out], rows @y_stride apart */
static void
multiply(PdRun *run, const PdDense *dense, const float *x, size_t n_rows, float *y, size_t y_stride)
{
    if (dense->int8.weight != NULL)
        run->model->kernel->product(&dense->int8, &run->rows, n_rows, y, y_stride);
    else
        pd_linear(&dense->fp32, x, n_rows, y, y_stride);
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
    float *to = projects ? run->mixed : run->x, *row = to;

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
    model->kernel->add_layer_norm(to, NULL, model->embeddings_norm.gain,
                                  model->embeddings_norm.bias, run->n_tokens, c->embedding_size,
                                  c->epsilon);
    if (projects) {
        prepare(run, &model->project, to, run->n_tokens);
        multiply(run, &model->project, to, run->n_tokens, run->x, c->hidden_size);
    }
}

static void
attend(PdRun *run)
{
    const PdConfig *c = &run->model->config;
    size_t head_size = c->hidden_size / c->n_heads, first = 0;

    for (size_t s = 0; s < run->n_segments; s++) { /* a sentence sees itself alone */
        size_t length = run->segments[s].n_tokens + SPECIAL_TOKENS;
        const float *qkv = run->qkv + first * 3 * c->hidden_size;
        float *out = run->mixed + first * c->hidden_size;

        if (head_size % PD_MAX_LANES == 0)
            run->model->kernel->attention(qkv, length, c->n_heads, head_size, run->scratch, out);
        else
            pd_attention_plain(qkv, length, c->n_heads, head_size, run->scratch, out);
        first += length;
    }
}

/* After the last attention only tokens whose logits count are needed: the others' rows go. */
static void
keep_rows(PdRun *run)
{
    size_t hidden = run->model->config.hidden_size, first = 0, n_kept = 0;

    for (size_t s = 0; s < run->n_segments; s++) {
        const Segment *segment = &run->segments[s];
        size_t from = first + 1 + segment->keep_from - segment->start_tokens;
        size_t n = segment->keep_to - segment->keep_from;

        memmove(run->x + n_kept * hidden, run->x + from * hidden, n * hidden * sizeof(float));
        memmove(run->mixed + n_kept * hidden, run->mixed + from * hidden,
                n * hidden * sizeof(float));
        first += segment->n_tokens + SPECIAL_TOKENS;
        n_kept += n;
    }
    run->n_tokens = n_kept;
}

/* @x: [n_rows, hidden], in place; at most FFN_ROWS */
static void
feed_forward(PdRun *run, const PdLayer *layer, float *x, size_t n_rows)
{
    const PdConfig *c = &run->model->config;
    const PdKernel *kernel = run->model->kernel;

    prepare(run, &layer->up, x, n_rows);
    multiply(run, &layer->up, x, n_rows, run->wide, c->ffn_size);
    if (layer->down.int8.weight != NULL)
        kernel->gelu_quantise(run->wide, n_rows, c->ffn_size, &run->rows);
    else
        kernel->gelu(run->wide, n_rows * c->ffn_size);
    multiply(run, &layer->down, run->wide, n_rows, run->delta, c->hidden_size);
    kernel->add_layer_norm(x, run->delta, layer->out_norm.gain, layer->out_norm.bias, n_rows,
                           c->hidden_size, c->epsilon);
}

static void
run_layer(PdRun *run, const PdLayer *layer, bool is_last)
{
    const PdConfig *c = &run->model->config;
    size_t hidden = c->hidden_size;

    for (size_t i = 0; i < G_N_ELEMENTS(layer->qkv); i++) {
        if (i == 0 || layer->qkv[i - 1].int8.weight == NULL)
            prepare(run, &layer->qkv[i], run->x, run->n_tokens);
        multiply(run, &layer->qkv[i], run->x, run->n_tokens, run->qkv + i * hidden, 3 * hidden);
    }
    attend(run);
    if (is_last)
        keep_rows(run);
    prepare(run, &layer->attention_out, run->mixed, run->n_tokens);
    multiply(run, &layer->attention_out, run->mixed, run->n_tokens, run->delta, hidden);
    run->model->kernel->add_layer_norm(run->x, run->delta, layer->attention_norm.gain,
                                       layer->attention_norm.bias, run->n_tokens, hidden,
                                       c->epsilon);
    for (size_t row = 0; row < run->n_tokens; row += FFN_ROWS)
        feed_forward(run, layer, run->x + row * hidden, MIN(FFN_ROWS, run->n_tokens - row));
}

/* --- sentences that leave after a layer in between --- */

static bool
may_leave(const Segment *segment)
{
    return segment->sequence->may_leave && segment->n_tokens == segment->sequence->n_tokens;
}

/* run->exits of all rows. */
static void
run_exit(PdRun *run, const PdExit *exit)
{
    size_t hidden = run->model->config.hidden_size;

    for (size_t row = 0; row < run->n_tokens; row += FFN_ROWS) {
        const float *x = run->x + row * hidden;
        size_t n = MIN(FFN_ROWS, run->n_tokens - row);

        prepare(run, &exit->dense, x, n);
        multiply(run, &exit->dense, x, n, run->exit, PD_EXIT_SIZE);
        run->model->kernel->gelu(run->exit, n * PD_EXIT_SIZE);
        prepare(run, &exit->out, run->exit, n);
        multiply(run, &exit->out, run->exit, n, run->exits + row * PD_EXIT_OUTS, PD_EXIT_OUTS);
    }
}

/* @exits: [n_tokens, PD_EXIT_OUTS]; NaN stays */
static bool
is_sure(const PdExit *exit, const float *exits, size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (!(exits[t * PD_EXIT_OUTS + 1] <= exit->limit))
            return false;
    return true;
}

/* Logits of which pd_logits_wrong() gives the exit's chance; the kind is the last label. */
static void
write_exits(const PdModel *model, const Segment *segment, const float *exits)
{
    size_t n_labels = model->config.n_labels;
    float *to = segment->logits;

    if (segment->sequence->ret_left != NULL)
        *segment->sequence->ret_left = true;
    for (size_t t = 0; t < segment->n_tokens; t++, to += n_labels) {
        float wrong = CLAMP(exits[t * PD_EXIT_OUTS], -MOST_SURE, MOST_SURE);

        for (size_t i = 0; i < n_labels; i++)
            to[i] = NO_CHANCE;
        to[0] = -wrong;
        to[n_labels - 1] = n_labels > 1 ? 0.0f : wrong;
    }
}

/* Sentences of which the exit is sure get their logits from it; the others move together. */
static void
leave(PdRun *run, const PdExit *exit)
{
    size_t hidden = run->model->config.hidden_size, first = 0, n_kept = 0, n_rows = 0;
    bool any = false;

    for (size_t s = 0; s < run->n_segments; s++)
        any |= may_leave(&run->segments[s]);
    if (!any)
        return;
    run_exit(run, exit);
    for (size_t s = 0; s < run->n_segments; s++) {
        const Segment segment = run->segments[s];
        const float *exits = run->exits + (first + 1) * PD_EXIT_OUTS;
        size_t length = segment.n_tokens + SPECIAL_TOKENS;

        if (may_leave(&segment) && is_sure(exit, exits, segment.n_tokens)) {
            write_exits(run->model, &segment, exits);
        } else {
            memmove(run->x + n_rows * hidden, run->x + first * hidden,
                    length * hidden * sizeof(float));
            run->segments[n_kept++] = segment;
            n_rows += length;
        }
        first += length;
    }
    run->n_segments = n_kept;
    run->n_tokens = n_rows;
}

/* --- all of a pass --- */

/* Logits of the rows that were kept, in the segments' order. */
static void
run_head(PdRun *run)
{
    const PdModel *model = run->model;
    size_t n_labels = model->config.n_labels;
    const float *x = run->x, *from = run->logits;

    if (model->config.labels == NULL) {
        prepare(run, &model->head, x, run->n_tokens);
        multiply(run, &model->head, x, run->n_tokens, run->delta, model->config.hidden_size);
        model->kernel->gelu(run->delta, run->n_tokens * model->config.hidden_size);
        x = run->delta;
    }
    prepare(run, &model->logits, x, run->n_tokens);
    multiply(run, &model->logits, x, run->n_tokens, run->logits, n_labels);
    for (size_t s = 0; s < run->n_segments; s++) {
        const Segment *segment = &run->segments[s];
        size_t n = (segment->keep_to - segment->keep_from) * n_labels;

        memcpy(segment->logits + segment->keep_from * n_labels, from, n * sizeof(float));
        from += n;
    }
}

/* Runs what has been packed and empties the pass. */
static bool
run_pass(PdRun *run, const int *cancel)
{
    if (run->n_segments == 0)
        return true;
    embed(run);
    for (size_t i = 0; i < run->model->config.n_layers && run->n_segments > 0; i++) {
        const PdLayer *layer = &run->model->layers[i];

        if (cancel != NULL && g_atomic_int_get(cancel) != 0)
            return false;
        run_layer(run, layer, i + 1 == run->model->config.n_layers);
        if (layer->has_exit)
            leave(run, &layer->exit);
    }
    if (run->n_segments > 0)
        run_head(run);
    run->n_segments = 0;
    run->n_tokens = 0;
    return true;
}

static bool
add_segment(PdRun *run, const Segment *segment, const int *cancel)
{
    size_t length = segment->n_tokens + SPECIAL_TOKENS;

    if (run->n_tokens > 0 && run->n_tokens + length > FULL_TOKENS && !run_pass(run, cancel))
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
    size_t room = MIN(run->model->config.max_positions, PASS_TOKENS) - SPECIAL_TOKENS;
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
