/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.c - the discriminator's opinion of texts: how wrong each place is, how right the whole
 */
#include "daemon/engine/judge.h"

#include "daemon/engine/findings.h"

#include <math.h>
#include <string.h>

struct PdJudge {
    PdModel *model;
    PdRun *run;
    size_t n_labels;
    PdKind *label_kinds; /* [n_labels] */
    GArray *pieces;      /* of PdPiece, all texts */
    GArray *ids;         /* of int32_t, as pieces */
    GArray *types;       /* of uint8_t, as pieces */
    GArray *words;       /* of guint, as pieces: the same number for the pieces of a word */
    GArray *firsts;      /* of size_t, [n_texts + 1]: where each text's pieces begin */
    GArray *logits;      /* of float, [pieces, n_labels] */
};

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

bool
pd_judge_texts(PdJudge *self, const char *const *texts, size_t n_texts, const int *cancel)
{
    g_autofree PdSequence *sequences = g_new0(PdSequence, n_texts);
    const size_t zero = 0;

    g_array_set_size(self->pieces, 0);
    g_array_set_size(self->ids, 0);
    g_array_set_size(self->types, 0);
    g_array_set_size(self->words, 0);
    g_array_set_size(self->firsts, 0);
    g_array_append_val(self->firsts, zero);
    for (size_t i = 0; i < n_texts; i++) {
        size_t n;

        append_text(self, texts[i]);
        n = self->pieces->len;
        g_array_append_val(self->firsts, n);
    }
    for (size_t i = 0; i < n_texts; i++) { /* only now: the arrays no longer move */
        const size_t first = g_array_index(self->firsts, size_t, i);

        sequences[i].ids = &g_array_index(self->ids, int32_t, first);
        sequences[i].types = &g_array_index(self->types, uint8_t, first);
        sequences[i].n_tokens = g_array_index(self->firsts, size_t, i + 1) - first;
    }
    g_array_set_size(self->logits, self->pieces->len * self->n_labels);
    if (pd_run_logits(self->run, sequences, n_texts, cancel, (float *)(void *)self->logits->data))
        return true;
    g_array_set_size(self->firsts, 0);
    return false;
}

static const float *
logits_of(const PdJudge *self, size_t piece)
{
    return &g_array_index(self->logits, float, piece * self->n_labels);
}

size_t
pd_judge_n_tokens(const PdJudge *self, size_t text)
{
    g_return_val_if_fail(text + 1 < self->firsts->len, 0);
    return g_array_index(self->firsts, size_t, text + 1) -
           g_array_index(self->firsts, size_t, text);
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

double
pd_judge_correct(const PdJudge *self, size_t text)
{
    double sum = 0, word = 0;
    guint number = 0;

    g_return_val_if_fail(text + 1 < self->firsts->len, 0);
    for (size_t i = g_array_index(self->firsts, size_t, text);
         i < g_array_index(self->firsts, size_t, text + 1); i++) {
        if (g_array_index(self->words, guint, i) != number) {
            sum += word;
            word = 0;
            number = g_array_index(self->words, guint, i);
        }
        word = fmin(word, log_correct(logits_of(self, i), self->n_labels));
    }
    return sum + word;
}

/* The piece of [start, end) with the largest chance of being wrong, or -1. */
static gssize
worst_piece(const PdJudge *self, size_t text, size_t start, size_t end, double *ret_wrong)
{
    gssize worst = -1;

    g_return_val_if_fail(text + 1 < self->firsts->len, -1);
    *ret_wrong = 0;
    for (size_t i = g_array_index(self->firsts, size_t, text);
         i < g_array_index(self->firsts, size_t, text + 1); i++) {
        const PdPiece *piece = &g_array_index(self->pieces, PdPiece, i);
        double wrong;

        if (piece->end_bytes <= start || piece->start_bytes >= end)
            continue;
        wrong = pd_logits_wrong(logits_of(self, i), self->n_labels);
        if (worst < 0 || wrong > *ret_wrong) {
            worst = i;
            *ret_wrong = wrong;
        }
    }
    return worst;
}

double
pd_judge_wrong(const PdJudge *self, size_t text, size_t start, size_t end)
{
    double wrong;

    return worst_piece(self, text, start, end, &wrong) < 0 ? 0 : wrong;
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
    const gssize piece = worst_piece(self, text, start, end, &wrong);
    size_t best = 1;

    if (piece < 0 || self->n_labels == 1)
        return PD_KIND_OTHER;
    for (size_t i = 2; i < self->n_labels; i++)
        if (logits_of(self, piece)[i] > logits_of(self, piece)[best])
            best = i;
    return self->label_kinds[best];
}

double
pd_judge_chances(const PdJudge *self, size_t text, size_t start, size_t end, double *ret_kinds)
{
    double wrong;
    const gssize piece = worst_piece(self, text, start, end, &wrong);
    const float *logits = piece >= 0 ? logits_of(self, piece) : NULL;
    const double correct = logits != NULL ? exp(log_correct(logits, self->n_labels)) : 1.0;

    memset(ret_kinds, 0, PD_N_KINDS * sizeof *ret_kinds);
    for (size_t i = 1; logits != NULL && i < self->n_labels; i++)
        ret_kinds[self->label_kinds[i]] += correct * exp((double)logits[i] - logits[0]);
    return correct;
}
