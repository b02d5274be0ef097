/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.c - the discriminator's opinion of texts: how wrong each place is, how right the whole
 */
#include "daemon/engine/judge.h"

#include "daemon/engine/findings.h"

#include <math.h>
#include <string.h>

#define MAX_BYTES (256 * 1024) /* of answers kept, in each of two generations */

/* What the model says of a text; one block of memory, which the arrays follow. */
typedef struct {
    gatomicrefcount refs;
    size_t bytes;
    double correct; /* NAN: not yet summed up */
    bool may_leave; /* the network, before its last layer */
    bool left;      /* it did: not to be remembered, another may want to know it well */
    guint n;
    float *logits;   /* [n, n_labels] */
    uint32_t *spans; /* [n, 2] bytes of the text */
    guint *words;    /* [n] the same number for the pieces of a word */
    char *text;
} Answer;

struct PdJudge {
    PdModel *model;
    PdRun *run;
    size_t n_labels;
    PdKind *label_kinds; /* [n_labels] */
    GPtrArray *answers;  /* of Answer, of the texts of this batch */
    GHashTable *young;   /* text in the answer -> Answer; when full, it becomes the old one */
    GHashTable *old;
    size_t young_bytes;
    /* of the texts that are judged now: */
    GArray *pieces; /* of PdPiece */
    GArray *ids;    /* of int32_t, as pieces */
    GArray *types;  /* of uint8_t, as pieces */
    GArray *words;  /* of guint, as pieces */
    GArray *firsts; /* of size_t: where each text's pieces begin, and the end */
    GArray *logits; /* of float, [pieces, n_labels] */
};

static void
answer_unref(gpointer data)
{
    Answer *self = data;

    if (g_atomic_ref_count_dec(&self->refs))
        g_free(self);
}

static GHashTable *
answers_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, answer_unref);
}

PdJudge *
pd_judge_new(PdModel *model)
{
    PdJudge *self = g_new0(PdJudge, 1);

    self->model = pd_model_ref(model);
    self->run = pd_run_new(model);
    self->n_labels = pd_model_n_labels(model);
    self->label_kinds = g_new0(PdKind, self->n_labels);
    for (size_t i = 0; i < self->n_labels; i++) {
        const char *label = pd_model_label(model, i);

        self->label_kinds[i] = PD_KIND_OTHER;
        if (label != NULL)
            (void)pd_kind_from_name(label, &self->label_kinds[i]); /* one we do not know is other */
    }
    self->answers = g_ptr_array_new_with_free_func(answer_unref);
    self->young = answers_new();
    self->old = answers_new();
    self->pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));
    self->ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    self->types = g_array_new(FALSE, FALSE, sizeof(uint8_t));
    self->words = g_array_new(FALSE, FALSE, sizeof(guint));
    self->firsts = g_array_new(FALSE, FALSE, sizeof(size_t));
    self->logits = g_array_new(FALSE, FALSE, sizeof(float));
    return self;
}

void
pd_judge_free(PdJudge *self)
{
    if (self == NULL)
        return;
    pd_run_free(self->run);
    pd_model_unref(self->model);
    g_free(self->label_kinds);
    g_ptr_array_unref(self->answers);
    g_hash_table_unref(self->young);
    g_hash_table_unref(self->old);
    g_array_unref(self->pieces);
    g_array_unref(self->ids);
    g_array_unref(self->types);
    g_array_unref(self->words);
    g_array_unref(self->firsts);
    g_array_unref(self->logits);
    g_free(self);
}

/* An apostrophe, straight or curly, with lower-case letters after it: how long both are. */
static size_t
clitic_bytes(const char *text)
{
    size_t n = *text == '\'' ? 1 : strncmp(text, "’", 3) == 0 ? 3 : 0;
    const size_t apostrophe = n;

    if (n == 0)
        return 0;
    while (g_ascii_islower(text[n]))
        n++;
    return n > apostrophe ? n : 0;
}

/*
 * Case types as in training: a word is a run of ASCII letters, with one clitic ('s, n't's t), and
 * all its pieces have its type; what lies outside of words is type 0. [start, end) in bytes.
 */
static PdCaseType
next_word(const char *text, size_t *start, size_t *end)
{
    size_t i = *end;
    size_t clitic;

    while (text[i] != '\0' && !g_ascii_isalpha(text[i]))
        i++;
    *start = i;
    while (g_ascii_isalpha(text[i]))
        i++;
    clitic = clitic_bytes(text + i);
    *end = i + clitic;
    return clitic > 0 || i == *start ? PD_CASE_LOWER : pd_case_type(text + *start, i - *start);
}

static void
append_text(PdJudge *self, const char *text)
{
    const bool cased = pd_model_n_types(self->model) == 4;
    const guint first = self->pieces->len;
    size_t start = 0, end = 0;
    PdCaseType type = PD_CASE_LOWER;
    guint word = 0;

    pd_wordpiece_tokenize(pd_model_wordpiece(self->model), text, strlen(text), self->pieces);
    for (guint i = first; i < self->pieces->len; i++) {
        const PdPiece *piece = &g_array_index(self->pieces, PdPiece, i);
        bool inside;
        uint8_t type_id;

        while (end <= piece->start_bytes && text[end] != '\0') {
            type = next_word(text, &start, &end);
            word++;
        }
        inside = piece->start_bytes >= start && piece->start_bytes < end;
        type_id = cased && inside ? type : PD_CASE_LOWER;
        word += !inside;
        g_array_append_val(self->ids, piece->id);
        g_array_append_val(self->types, type_id);
        g_array_append_val(self->words, word);
    }
}

/* --- answers ----------------------------------------------------------------------- */

/* Room for the answer about @text, of @n pieces. */
static Answer *
answer_new(const char *text, guint n, size_t n_labels)
{
    const size_t length = strlen(text) + 1;
    const size_t bytes =
        sizeof(Answer) + n * (n_labels * sizeof(float) + 3 * sizeof(uint32_t)) + length;
    Answer *self = g_malloc(bytes);

    g_atomic_ref_count_init(&self->refs);
    self->bytes = bytes;
    self->correct = NAN;
    self->may_leave = self->left = false;
    self->n = n;
    self->logits = (float *)(void *)(self + 1);
    self->spans = (uint32_t *)(void *)(self->logits + n * n_labels);
    self->words = (guint *)(void *)(self->spans + 2 * (size_t)n);
    self->text = (char *)(self->words + n);
    memcpy(self->text, text, length);
    return self;
}

/* Takes @taken; what was remembered of the same text goes. */
static void
remember(PdJudge *self, Answer *taken)
{
    const Answer *before = g_hash_table_lookup(self->young, taken->text);

    if (before != NULL)
        self->young_bytes -= before->bytes;
    if (self->young_bytes + taken->bytes > MAX_BYTES) {
        g_hash_table_unref(self->old);
        self->old = self->young;
        self->young = answers_new();
        self->young_bytes = 0;
    }
    self->young_bytes += taken->bytes;
    g_hash_table_replace(self->young, taken->text, taken);
}

/*
 * (transfer full): what was said of @text lately; NULL: nothing. All that is remembered comes from
 * the last layer. Who lets the network leave may get that only where it is known to have stayed: or
 * what is found would depend on what was judged before.
 */
static Answer *
recall(PdJudge *self, const char *text, bool may_leave)
{
    Answer *answer = g_hash_table_lookup(self->young, text);
    gpointer key, old;

    if (answer == NULL && g_hash_table_steal_extended(self->old, text, &key, &old)) {
        answer = old;
        remember(self, answer);
    }
    if (answer == NULL || (may_leave && !answer->may_leave))
        return NULL;
    g_atomic_ref_count_inc(&answer->refs);
    return answer;
}

/* (transfer full) (nullable): the answer to the same question in @fresh, of Answer */
static Answer *
asked_already(const GPtrArray *fresh, const char *text, bool may_leave)
{
    for (guint i = 0; i < fresh->len; i++) {
        Answer *answer = fresh->pdata[i];

        if (answer->may_leave == may_leave && g_str_equal(answer->text, text)) {
            g_atomic_ref_count_inc(&answer->refs);
            return answer;
        }
    }
    return NULL;
}

/* An answer about @text with all but the logits, which are to come. */
static Answer *
prepare(PdJudge *self, const char *text)
{
    const size_t first = self->pieces->len;
    size_t end;
    Answer *answer;

    append_text(self, text);
    end = self->pieces->len;
    g_array_append_val(self->firsts, end);
    answer = answer_new(text, end - first, self->n_labels);
    for (guint i = 0; i < answer->n; i++) {
        const PdPiece *piece = &g_array_index(self->pieces, PdPiece, first + i);

        answer->spans[2 * (size_t)i] = piece->start_bytes;
        answer->spans[2 * (size_t)i + 1] = piece->end_bytes;
        answer->words[i] = g_array_index(self->words, guint, first + i);
    }
    return answer;
}

static void
forget_batch(PdJudge *self)
{
    const size_t zero = 0;

    g_ptr_array_set_size(self->answers, 0);
    g_array_set_size(self->pieces, 0);
    g_array_set_size(self->ids, 0);
    g_array_set_size(self->types, 0);
    g_array_set_size(self->words, 0);
    g_array_set_size(self->firsts, 0);
    g_array_append_val(self->firsts, zero);
}

/* The forward pass over what was prepared, for @fresh, of Answer. false: cancelled */
static bool
ask_model(PdJudge *self, const GPtrArray *fresh, const int *cancel)
{
    g_autofree PdSequence *sequences = g_new0(PdSequence, fresh->len);
    const float *logits;

    for (guint i = 0; i < fresh->len; i++) { /* only now: the arrays no longer move */
        const size_t first = g_array_index(self->firsts, size_t, i);

        sequences[i].ids = &g_array_index(self->ids, int32_t, first);
        sequences[i].types = &g_array_index(self->types, uint8_t, first);
        sequences[i].n_tokens = g_array_index(self->firsts, size_t, i + 1) - first;
        sequences[i].may_leave = ((Answer *)fresh->pdata[i])->may_leave;
        sequences[i].ret_left = &((Answer *)fresh->pdata[i])->left;
    }
    g_array_set_size(self->logits, self->pieces->len * self->n_labels);
    logits = (const float *)(void *)self->logits->data;
    if (!pd_run_logits(self->run, sequences, fresh->len, cancel,
                       (float *)(void *)self->logits->data))
        return false;
    for (guint i = 0; i < fresh->len; i++) {
        Answer *answer = fresh->pdata[i];

        memcpy(answer->logits, logits + g_array_index(self->firsts, size_t, i) * self->n_labels,
               answer->n * self->n_labels * sizeof *logits);
    }
    return true;
}

bool
pd_judge_texts(PdJudge *self, const char *const *texts, size_t n_texts, const int *cancel)
{
    return pd_judge_quickly(self, texts, NULL, n_texts, cancel);
}

bool
pd_judge_quickly(PdJudge *self, const char *const *texts, const bool *may_leave, size_t n_texts,
                 const int *cancel)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    forget_batch(self);
    for (size_t i = 0; i < n_texts; i++) {
        const bool may = may_leave != NULL && may_leave[i];
        Answer *answer = recall(self, texts[i], may);

        if (answer == NULL)
            answer = asked_already(fresh, texts[i], may);
        if (answer == NULL) {
            answer = prepare(self, texts[i]);
            answer->may_leave = may;
            g_ptr_array_add(fresh, answer);
        }
        g_ptr_array_add(self->answers, answer);
    }
    if (fresh->len > 0 && !ask_model(self, fresh, cancel)) {
        g_ptr_array_set_size(self->answers, 0);
        return false;
    }
    for (guint i = 0; i < fresh->len; i++) {
        Answer *answer = fresh->pdata[i];

        if (answer->left)
            continue;
        g_atomic_ref_count_inc(&answer->refs);
        remember(self, answer);
    }
    return true;
}

static Answer *
answer_of(const PdJudge *self, size_t text)
{
    g_return_val_if_fail(text < self->answers->len, NULL);
    return self->answers->pdata[text];
}

static const float *
logits_of(const PdJudge *self, const Answer *answer, size_t piece)
{
    return answer->logits + piece * self->n_labels;
}

size_t
pd_judge_n_tokens(const PdJudge *self, size_t text)
{
    const Answer *answer = answer_of(self, text);

    return answer != NULL ? answer->n : 0;
}

/* log P(correct): log(1 - sigmoid(x)) = -log(1 + e^x), or the log-softmax of label 0 */
static double
log_correct(const float *logits, size_t n_labels)
{
    double max = logits[0], sum = 0;

    if (n_labels == 1)
        return -(fmax(logits[0], 0) + log1p(exp(-fabs(logits[0]))));
    for (size_t i = 1; i < n_labels; i++)
        max = fmax(max, logits[i]);
    for (size_t i = 0; i < n_labels; i++)
        sum += exp(logits[i] - max);
    return logits[0] - max - log(sum);
}

static double
sum_correct(const PdJudge *self, const Answer *answer)
{
    double sum = 0, word = 0;
    guint number = 0;

    for (guint i = 0; i < answer->n; i++) {
        if (answer->words[i] != number) {
            sum += word;
            word = 0;
            number = answer->words[i];
        }
        word = fmin(word, log_correct(logits_of(self, answer, i), self->n_labels));
    }
    return sum + word;
}

double
pd_judge_correct(const PdJudge *self, size_t text)
{
    Answer *answer = answer_of(self, text);

    if (answer == NULL)
        return 0;
    if (isnan(answer->correct))
        answer->correct = sum_correct(self, answer);
    return answer->correct;
}

/* The logits of the piece of [start, end) with the largest chance of being wrong, or NULL. */
static const float *
worst_piece(const PdJudge *self, size_t text, size_t start, size_t end, double *ret_wrong)
{
    const Answer *answer = answer_of(self, text);
    const float *worst = NULL;

    *ret_wrong = 0;
    for (guint i = 0; answer != NULL && i < answer->n; i++) {
        double wrong;

        if (answer->spans[2 * (size_t)i + 1] <= start || answer->spans[2 * (size_t)i] >= end)
            continue;
        wrong = pd_logits_wrong(logits_of(self, answer, i), self->n_labels);
        if (worst == NULL || wrong > *ret_wrong) {
            worst = logits_of(self, answer, i);
            *ret_wrong = wrong;
        }
    }
    return worst;
}

double
pd_judge_wrong(const PdJudge *self, size_t text, size_t start, size_t end)
{
    double wrong;

    (void)worst_piece(self, text, start, end, &wrong);
    return wrong;
}

bool
pd_judge_has_kinds(const PdJudge *self)
{
    return self->n_labels > 1;
}

PdKind
pd_judge_kind(const PdJudge *self, size_t text, size_t start, size_t end)
{
    double wrong;
    const float *logits = worst_piece(self, text, start, end, &wrong);
    size_t best = 1;

    if (logits == NULL || self->n_labels == 1)
        return PD_KIND_OTHER;
    for (size_t i = 2; i < self->n_labels; i++)
        if (logits[i] > logits[best])
            best = i;
    return self->label_kinds[best];
}

double
pd_judge_chances(const PdJudge *self, size_t text, size_t start, size_t end, double *ret_kinds)
{
    double wrong;
    const float *logits = worst_piece(self, text, start, end, &wrong);
    const double correct = logits != NULL ? exp(log_correct(logits, self->n_labels)) : 1.0;

    memset(ret_kinds, 0, PD_N_KINDS * sizeof *ret_kinds);
    for (size_t i = 1; logits != NULL && i < self->n_labels; i++)
        ret_kinds[self->label_kinds[i]] += correct * exp((double)logits[i] - logits[0]);
    return correct;
}
