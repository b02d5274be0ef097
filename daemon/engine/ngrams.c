/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ngrams.c - which words follow each other in good English: ngrams.bin of a model's directory
 */
#include "daemon/engine/ngrams.h"

#include "daemon/engine/error.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define MAGIC "PDNGRAM1"
#define HEADER_BYTES 24
#define MAX_BITS 28
#define MAX_IDS 0xffff    /* of 16 bits; the last marks pairs */
#define MAX_WORD 40       /* bytes; longer ones are not in the list */
#define MAX_AT_PLACE 64   /* tokens looked at in one place or repair */
#define STEP (M_LN2 / 10) /* of a logarithm in the file */
#define LOG_BACKOFF (-0.9162907318741551)

enum { ID_NONE, ID_START, ID_END, ID_LOWER, ID_CAPITAL, ID_NUMBER, ID_COMMA, ID_MARK, ID_FIRST };

struct PdNgrams {
    GMappedFile *file;
    const PdFrequency *words;
    guint bits;
    uint32_t n_entries;
    double log_total;
    const float *log_counts; /* [ids] */
    const uint32_t *offsets; /* [2^bits + 1] */
    const uint16_t *prints;  /* [entries] of the hash, sorted within a bucket */
    const guint8 *values;    /* [entries] log of the count in steps */
};

void
pd_ngrams_free(PdNgrams *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->file, g_mapped_file_unref);
    g_free(self);
}

void
pd_ngrams_rest(const PdNgrams *self)
{
    char *contents = g_mapped_file_get_contents(self->file);

    if (contents != NULL) /* advice: the same happens without it, with more memory */
        (void)madvise(contents, g_mapped_file_get_length(self->file), MADV_DONTNEED);
}

static bool
fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "%s: %s", path, what);
    return false;
}

/* Offsets must not decrease or lead out of the file: they are followed without another look. */
static bool
offsets_are_sound(const uint32_t *offsets, size_t n, uint32_t n_entries)
{
    for (size_t i = 0; i < n; i++)
        if (offsets[i] > offsets[i + 1])
            return false;
    return offsets[0] == 0 && offsets[n] == n_entries;
}

static bool
read_file(PdNgrams *self, const char *path, GError **error)
{
    const char *data = g_mapped_file_get_contents(self->file);
    const size_t length = g_mapped_file_get_length(self->file);
    const size_t n_ids = ID_FIRST + pd_frequency_n_words(self->words);
    uint32_t header[4]; /* words, bits, entries, hash of the words */
    size_t n_buckets, at = HEADER_BYTES;
    double total = 0;

    if (length < HEADER_BYTES || memcmp(data, MAGIC, strlen(MAGIC)) != 0)
        return fail(path, "is no file of n-grams", error);
    memcpy(header, data + strlen(MAGIC), sizeof header);
    if (header[0] != pd_frequency_n_words(self->words) ||
        header[3] != pd_frequency_hash(self->words))
        return fail(path, "was made with another words.tsv", error);
    if (n_ids > MAX_IDS)
        return fail(path, "has more words than there are ids", error);
    if (header[1] < 1 || header[1] > MAX_BITS)
        return fail(path, "has a wrong number of buckets", error);
    n_buckets = (size_t)1 << header[1];
    if (length !=
        at + n_ids * sizeof(float) + (n_buckets + 1) * sizeof(uint32_t) + (size_t)header[2] * 3)
        return fail(path, "is too short or too long", error);
    self->bits = header[1];
    self->log_counts = (const float *)(const void *)(data + at);
    at += n_ids * sizeof(float);
    self->offsets = (const uint32_t *)(const void *)(data + at);
    at += (n_buckets + 1) * sizeof(uint32_t);
    self->prints = (const uint16_t *)(const void *)(data + at);
    self->n_entries = header[2];
    self->values = (const guint8 *)(data + at + (size_t)header[2] * sizeof(uint16_t));
    if (!offsets_are_sound(self->offsets, n_buckets, header[2]))
        return fail(path, "has wrong offsets", error);
    for (size_t i = 0; i < n_ids; i++)
        total += isfinite(self->log_counts[i]) ? exp((double)self->log_counts[i]) : NAN;
    self->log_total = log(total);
    return isfinite(self->log_total) || fail(path, "has counts that are no numbers", error);
}

PdNgrams *
pd_ngrams_load(const char *path, const PdFrequency *words, GError **error)
{
    g_autoptr(PdNgrams) self = g_new0(PdNgrams, 1);
    g_autoptr(GError) trouble = NULL;

    self->words = words;
    self->file = g_mapped_file_new(path, FALSE, &trouble);
    if (self->file == NULL) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
        return NULL;
    }
    return read_file(self, path, error) ? g_steal_pointer(&self) : NULL;
}

/* splitmix64's finaliser */
static uint64_t
mix(uint64_t key)
{
    key = (key ^ (key >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    key = (key ^ (key >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return key ^ (key >> 31);
}

/* The logarithm of how often; false: not in the file. */
static bool
look_up(const PdNgrams *self, uint64_t key, double *ret_log)
{
    const uint64_t hash = mix(key);
    const uint64_t bucket = hash >> (64 - self->bits);
    const uint16_t print = hash & 0xffff;

    const uint32_t end = MIN(self->offsets[bucket + 1], self->n_entries); /* the file may change */

    for (uint32_t i = self->offsets[bucket]; i < end; i++)
        if (self->prints[i] == print) {
            *ret_log = self->values[i] * STEP;
            return true;
        }
    return false;
}

/* log P(c | a, b), with stupid backoff; @a may be ID_NONE. */
static double
log_chance(const PdNgrams *self, uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t pair = (uint64_t)0xffff << 32;
    double triple, context, two, backoff = 0;

    if (a != ID_NONE) {
        if (look_up(self, a << 32 | b << 16 | c, &triple) &&
            look_up(self, pair | a << 16 | b, &context))
            return MIN(triple - context, 0.0);
        backoff = LOG_BACKOFF;
    }
    if (look_up(self, pair | b << 16 | c, &two))
        return backoff + MIN(two - (double)self->log_counts[b], 0.0);
    return backoff + LOG_BACKOFF + (double)self->log_counts[c] - self->log_total;
}

/* --- tokens, as in model/training/ngrams.py ------------------------------------ */

static uint16_t
id_of_word(const PdNgrams *self, const char *text, size_t start, size_t end)
{
    char word[MAX_WORD];
    size_t n = 0;
    int rank = -1;

    for (size_t i = start; i < end && n + 1 < sizeof word; i++)
        if (text[i] == '\xe2') { /* a curly apostrophe: no other such byte gets here */
            word[n++] = '\'';
            i += 2;
        } else
            word[n++] = g_ascii_tolower(text[i]);
    word[n] = '\0';
    if (n + 1 < sizeof word)
        rank = pd_frequency_rank(self->words, word);
    if (rank >= 0)
        return ID_FIRST + rank;
    return g_ascii_isupper(text[start]) ? ID_CAPITAL : ID_LOWER;
}

static size_t
letters_from(const char *text, size_t at)
{
    while (g_ascii_isalpha(text[at]))
        at++;
    return at;
}

/* Where the word that starts at @at ends: letters, and more of them after apostrophes. */
static size_t
word_end(const char *text, size_t at)
{
    at = letters_from(text, at);
    for (;;) {
        const size_t mark = text[at] == '\'' ? 1 : strncmp(text + at, "’", 3) == 0 ? 3 : 0;

        if (mark == 0 || !g_ascii_isalpha(text[at + mark]))
            return at;
        at = letters_from(text, at + mark);
    }
}

static PdNgramToken
token_from(const PdNgrams *self, const char *text, size_t at)
{
    PdNgramToken token = { at, at, ID_MARK };

    if (g_ascii_isalpha(text[at])) {
        token.end = word_end(text, at);
        token.id = id_of_word(self, text, at, token.end);
    } else if (g_ascii_isdigit(text[at])) {
        token.end = at + strspn(text + at, "0123456789.,");
        token.id = ID_NUMBER;
    } else {
        token.end = g_utf8_next_char(text + at) - text;
        if (text[at] == ',')
            token.id = ID_COMMA;
    }
    return token;
}

static void
append_tokens(const PdNgrams *self, const char *text, GArray *tokens)
{
    for (size_t at = 0; text[at] != '\0';) {
        PdNgramToken token;

        if (g_unichar_isspace(g_utf8_get_char(text + at))) {
            at = g_utf8_next_char(text + at) - text;
            continue;
        }
        token = token_from(self, text, at);
        g_array_append_val(tokens, token);
        at = token.end;
    }
}

void
pd_ngrams_tokens(const PdNgrams *self, const char *sentence, GArray *tokens)
{
    const size_t length = strlen(sentence);
    const PdNgramToken before = { 0, 0, ID_START }, after = { length, length, ID_END };

    g_array_append_val(tokens, before);
    append_tokens(self, sentence, tokens);
    g_array_append_val(tokens, after);
}

/* --- a repair -------------------------------------------------------------------- */

/* Sum over ids[2..n): ids[0] and ids[1] stand before. */
static double
log_chances(const PdNgrams *self, const uint16_t *ids, size_t n)
{
    double sum = 0;

    for (size_t i = 2; i < n; i++)
        sum += log_chance(self, ids[i - 2], ids[i - 1], ids[i]);
    return sum;
}

/* The tokens after the place cancel out. */
static double
log_chances_alone(const PdNgrams *self, const uint16_t *ids, size_t n)
{
    double sum = 0;

    for (size_t i = 2; i < n; i++)
        sum += (double)self->log_counts[ids[i]] - self->log_total;
    return sum;
}

static const PdNgramToken *
token_at(const GArray *tokens, guint i)
{
    return &g_array_index(tokens, PdNgramToken, i);
}

PdNgramGain
pd_ngrams_gain(const PdNgrams *self, const char *sentence, const GArray *tokens, PdSpan place,
               const char *repair)
{
    PdNgramGain gain = { 0 };
    guint first = 1, last, n = 0, m = 0; /* tokens [first, last) are touched */
    uint16_t old[MAX_AT_PLACE + 4], new[MAX_AT_PLACE + 4];
    g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(PdNgramToken));
    g_autofree char *text = NULL;
    size_t from = place.start, to = place.end;

    while (first + 1 < tokens->len && token_at(tokens, first)->end <= place.start)
        first++;
    for (last = first; last + 1 < tokens->len && token_at(tokens, last)->start < place.end; last++)
        ;
    if (first < last) {
        from = MIN(from, token_at(tokens, first)->start);
        to = MAX(to, token_at(tokens, last - 1)->end);
    }
    text = g_strdup_printf("%.*s%s%.*s", (int)(place.start - from), sentence + from, repair,
                           (int)(to - place.end), sentence + place.end);
    append_tokens(self, text, made);
    gain.added = (int)made->len - (int)(last - first);
    if (made->len > MAX_AT_PLACE || last - first > MAX_AT_PLACE)
        return gain;
    old[n++] = new[m++] = first >= 2 ? token_at(tokens, first - 2)->id : ID_NONE;
    old[n++] = new[m++] = token_at(tokens, first - 1)->id;
    for (guint i = first; i < last; i++)
        old[n++] = token_at(tokens, i)->id;
    for (guint i = 0; i < made->len; i++)
        new[m++] = token_at(made, i)->id;
    for (guint i = last; i < MIN(last + 2, tokens->len); i++)
        old[n++] = new[m++] = token_at(tokens, i)->id;
    gain.usual = log_chances(self, new, m) - log_chances(self, old, n);
    gain.alone = log_chances_alone(self, new, m) - log_chances_alone(self, old, n);
    return gain;
}
