/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ngrams.bin: what a repair changes, on a file of a few words, and files that are refused. */
#include "daemon/engine/error.h"
#include "daemon/engine/ngrams.h"
#include "tests/unit/temporary.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* <= rather than !(>): a NaN must fail the test */
#define assert_near(got, want) g_assert_true(fabs((got) - (want)) <= 1e-5)

#define HEADER_BYTES 24
#define BITS 2
#define PAIR 0xffff /* where a pair has no first word of three */

enum { START = 1, END, LOWER, CAPITAL, NUMBER, COMMA, MARK, THE, CAT, SAT, IT, SELF, ITSELF, ITS };
enum { N_IDS = ITS + 1, N_WORDS = N_IDS - THE };

static const double counts[N_IDS] = { 1, 50, 50, 20, 10, 5, 30, 40, 90, 40, 32, 60, 8, 4, 12 };

typedef struct {
    uint64_t key;
    guint8 value; /* tenths of the count's logarithm to base 2 */
} Entry;

static uint64_t
key_of(uint64_t a, uint64_t b, uint64_t c)
{
    return a << 32 | b << 16 | c;
}

static uint64_t
hash_of(uint64_t key)
{
    key = (key ^ (key >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    key = (key ^ (key >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return key ^ (key >> 31);
}

static int
by_hash(gconstpointer a, gconstpointer b)
{
    const uint64_t x = hash_of(((const Entry *)a)->key), y = hash_of(((const Entry *)b)->key);

    return (x > y) - (x < y);
}

typedef struct {
    char *words_path;
    char *path;
    PdFrequency *words;
    PdNgrams *ngrams;
    GArray *tokens;
    double log_total;
} Fixture;

/* A file with the pairs (the cat) 16 times, (sat END) 4, (it self) 64, and the triples
 * (the cat sat) 8, (START it self) 64, more than its context (START it), which has 32. */
static GByteArray *
make_file(const PdFrequency *words)
{
    Entry entries[] = {
        { key_of(PAIR, THE, CAT), 40 }, { key_of(PAIR, SAT, END), 20 },
        { key_of(PAIR, IT, SELF), 60 }, { key_of(PAIR, START, IT), 50 },
        { key_of(THE, CAT, SAT), 30 },  { key_of(START, IT, SELF), 60 },
    };
    const guint n = G_N_ELEMENTS(entries);
    const uint32_t header[] = { N_WORDS, BITS, n, pd_frequency_hash(words) };
    uint32_t offsets[(1 << BITS) + 1] = { 0 };
    GByteArray *file = g_byte_array_new();

    qsort(entries, n, sizeof entries[0], by_hash);
    g_byte_array_append(file, (const guint8 *)"PDNGRAM1", 8);
    g_byte_array_append(file, (const guint8 *)header, sizeof header);
    for (guint i = 0; i < N_IDS; i++) {
        const float log_count = (float)log(counts[i]);

        g_byte_array_append(file, (const guint8 *)&log_count, sizeof log_count);
    }
    for (guint i = 0; i < n; i++)
        offsets[(hash_of(entries[i].key) >> (64 - BITS)) + 1]++;
    for (guint i = 0; i < 1 << BITS; i++)
        offsets[i + 1] += offsets[i];
    g_byte_array_append(file, (const guint8 *)offsets, sizeof offsets);
    for (guint i = 0; i < n; i++) {
        const uint16_t print = hash_of(entries[i].key) & 0xffff;

        g_byte_array_append(file, (const guint8 *)&print, sizeof print);
    }
    for (guint i = 0; i < n; i++)
        g_byte_array_append(file, &entries[i].value, 1);
    return file;
}

static void
set_up(Fixture *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) file = NULL;
    double total = 0;

    self->words_path =
        write_file("the\t90\ncat\t40\nsat\t32\nit\t60\nself\t8\nitself\t4\nit's\t12\n", -1);
    self->words = pd_frequency_load(self->words_path, &error);
    g_assert_no_error(error);
    file = make_file(self->words);
    self->path = write_file(file->data, file->len);
    self->ngrams = pd_ngrams_load(self->path, self->words, &error);
    g_assert_no_error(error);
    self->tokens = g_array_new(FALSE, FALSE, sizeof(PdNgramToken));
    for (guint i = 0; i < N_IDS; i++)
        total += counts[i];
    self->log_total = log(total);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    pd_ngrams_free(self->ngrams);
    pd_frequency_free(self->words);
    g_array_unref(self->tokens);
    g_unlink(self->path);
    g_unlink(self->words_path);
    g_free(self->path);
    g_free(self->words_path);
}

static PdNgramGain
gain_of(Fixture *self, const char *sentence, size_t start, size_t end, const char *repair)
{
    g_array_set_size(self->tokens, 0);
    pd_ngrams_tokens(self->ngrams, sentence, self->tokens);
    return pd_ngrams_gain(self->ngrams, sentence, self->tokens, (PdSpan){ start, end }, repair);
}

static double
alone(const Fixture *self, guint id)
{
    return log(counts[id]) - self->log_total;
}

/* --- tokens ------------------------------------------------------------------------ */

static void
test_tokens(Fixture *self, gconstpointer data)
{
    static const char sentence[] = "The cat, 1,000.5 Zork zork it’s IT'S – é!";
    static const struct {
        const char *text;
        guint id;
    } want[] = { { "", START },     { "The", THE },        { "cat", CAT },
                 { ",", COMMA },    { "1,000.5", NUMBER }, { "Zork", CAPITAL },
                 { "zork", LOWER }, { "it’s", ITS },       { "IT'S", ITS },
                 { "–", MARK },     { "é", MARK },         { "!", MARK },
                 { "", END } };

    pd_ngrams_tokens(self->ngrams, sentence, self->tokens);
    g_assert_cmpuint(self->tokens->len, ==, G_N_ELEMENTS(want));
    for (guint i = 0; i < self->tokens->len; i++) {
        const PdNgramToken *token = &g_array_index(self->tokens, PdNgramToken, i);
        g_autofree char *text = g_strndup(sentence + token->start, token->end - token->start);

        g_assert_cmpstr(text, ==, want[i].text);
        g_assert_cmpuint(token->id, ==, want[i].id);
    }
}

static void
test_long_word(Fixture *self, gconstpointer data)
{
    g_autofree char *word = g_strnfill(1000, 'x');

    pd_ngrams_tokens(self->ngrams, word, self->tokens);
    g_assert_cmpuint(self->tokens->len, ==, 3);
    g_assert_cmpuint(g_array_index(self->tokens, PdNgramToken, 1).id, ==, LOWER);
    g_assert_cmpuint(g_array_index(self->tokens, PdNgramToken, 1).end, ==, 1000);
}

/* --- repairs ----------------------------------------------------------------------- */

static void
test_replace(Fixture *self, gconstpointer data)
{
    const double backoff = log(0.4);
    const PdNgramGain gain = gain_of(self, "the cat it", 8, 10, "sat");
    /* (the cat it) and (cat it END) have no pair either */
    const double before = 2 * backoff + alone(self, IT) + 2 * backoff + alone(self, END);
    const double after = log(8.0 / 16) + backoff + log(4 / counts[SAT]);

    assert_near(gain.usual, after - before);
    assert_near(gain.alone, alone(self, SAT) - alone(self, IT));
    g_assert_cmpint(gain.added, ==, 0);
    assert_near(gain_of(self, "the cat sat", 8, 11, "it").usual, before - after);
}

static void
test_nothing_changes(Fixture *self, gconstpointer data)
{
    const PdNgramGain gain = gain_of(self, "The cat sat", 0, 3, "the");

    assert_near(gain.usual, 0);
    assert_near(gain.alone, 0);
    g_assert_cmpint(gain.added, ==, 0);
}

static void
test_part_of_a_token(Fixture *self, gconstpointer data)
{
    const PdNgramGain part = gain_of(self, "the cat sit", 9, 10, "a");
    const PdNgramGain whole = gain_of(self, "the cat sit", 8, 11, "sat");

    assert_near(part.usual, whole.usual);
    assert_near(part.alone, alone(self, SAT) - alone(self, LOWER));
}

static void
test_insert(Fixture *self, gconstpointer data)
{
    const PdNgramGain word = gain_of(self, "cat sat", 0, 3, "the cat");
    const PdNgramGain comma = gain_of(self, "cat sat", 3, 3, ",");

    g_assert_cmpint(word.added, ==, 1);
    assert_near(word.alone, alone(self, THE));
    g_assert_cmpfloat(word.usual, >, word.alone); /* (the cat sat) is usual */
    g_assert_cmpint(comma.added, ==, 1);
    assert_near(comma.alone, alone(self, COMMA));
}

static void
test_delete(Fixture *self, gconstpointer data)
{
    const PdNgramGain gain = gain_of(self, "the it cat", 3, 6, "");
    const PdNgramGain fixed = gain_of(self, "the it cat", 4, 6, "");

    g_assert_cmpint(gain.added, ==, -1);
    assert_near(gain.alone, -alone(self, IT));
    g_assert_cmpfloat(gain.usual, >, 0);
    assert_near(fixed.usual, gain.usual);
}

static void
test_join(Fixture *self, gconstpointer data)
{
    const double backoff = log(0.4);
    const PdNgramGain gain = gain_of(self, "it self", 0, 7, "itself");
    /* nothing stands two before it; a triple is at most as frequent as its context */
    const double before = log(32 / counts[START]) + 0 + 2 * backoff + alone(self, END);
    const double after = backoff + alone(self, ITSELF) + 2 * backoff + alone(self, END);

    g_assert_cmpint(gain.added, ==, -1);
    assert_near(gain.usual, after - before);
    assert_near(gain.alone, alone(self, ITSELF) - alone(self, IT) - alone(self, SELF));
}

static void
test_too_long(Fixture *self, gconstpointer data)
{
    g_autoptr(GString) words = g_string_new("cat");
    PdNgramGain gain;

    for (int i = 0; i < 64; i++)
        g_string_append(words, " cat");
    gain = gain_of(self, "cat", 0, 3, words->str);
    g_assert_cmpint(gain.added, ==, 64);
    g_assert_cmpfloat(gain.usual, ==, 0);
    gain = gain_of(self, words->str, 0, words->len, "cat");
    g_assert_cmpint(gain.added, ==, -64);
    g_assert_cmpfloat(gain.usual, ==, 0);
}

/* --- broken files ------------------------------------------------------------------- */

static void
assert_refused(const Fixture *self, const guint8 *data, size_t length, const char *message)
{
    g_autofree char *path = write_file(data, (gssize)length);
    g_autoptr(GError) error = NULL;

    g_test_message("%s", message);
    g_assert_null(pd_ngrams_load(path, self->words, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, message));
    g_unlink(path);
}

/* The good file with @n bytes at @at replaced. */
static void
assert_damage(const Fixture *self, size_t at, const void *bytes, size_t n, const char *message)
{
    g_autoptr(GByteArray) file = make_file(self->words);

    g_assert_cmpuint(at + n, <=, file->len);
    memcpy(file->data + at, bytes, n);
    assert_refused(self, file->data, file->len, message);
}

static void
test_broken_length(Fixture *self, gconstpointer data)
{
    g_autoptr(GByteArray) file = make_file(self->words);

    assert_refused(self, file->data, 0, "is no file of n-grams");
    assert_refused(self, file->data, HEADER_BYTES - 1, "is no file of n-grams");
    assert_refused(self, file->data, HEADER_BYTES, "is too short or too long");
    assert_refused(self, file->data, file->len - 1, "is too short or too long");
    g_byte_array_append(file, (const guint8 *)"", 1);
    assert_refused(self, file->data, file->len, "is too short or too long");
}

static void
test_broken_header(Fixture *self, gconstpointer data)
{
    const uint32_t zero = 0, many = 29, words = N_WORDS + 1, entries = G_MAXUINT32;

    assert_damage(self, 0, "PDNGRAM2", 8, "is no file of n-grams");
    assert_damage(self, 8, &words, 4, "was made with another words.tsv");
    assert_damage(self, 20, &zero, 4, "was made with another words.tsv");
    assert_damage(self, 12, &zero, 4, "has a wrong number of buckets");
    assert_damage(self, 12, &many, 4, "has a wrong number of buckets");
    assert_damage(self, 16, &entries, 4, "is too short or too long");
}

static void
test_broken_counts(Fixture *self, gconstpointer data)
{
    static const float bad[] = { NAN, INFINITY, -INFINITY, 1000.0f };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_damage(self, HEADER_BYTES + CAT * sizeof(float), &bad[i], sizeof(float),
                      "has counts that are no numbers");
}

static void
test_broken_offsets(Fixture *self, gconstpointer data)
{
    const size_t offsets = HEADER_BYTES + N_IDS * sizeof(float);
    const uint32_t one = 1, much = 1u << 31;

    assert_damage(self, offsets, &one, 4, "has wrong offsets");
    assert_damage(self, offsets + 4 * 2, &much, 4, "has wrong offsets"); /* then they decrease */
    assert_damage(self, offsets + 4 * (1 << BITS), &much, 4, "has wrong offsets");
}

static void
test_too_many_words(Fixture *self, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *words_path = NULL, *path = NULL;
    g_autoptr(PdFrequency) words = NULL;
    g_autoptr(GByteArray) file = make_file(self->words);
    g_autoptr(GError) error = NULL;
    uint32_t *header = (uint32_t *)(void *)(file->data + 8);

    for (guint i = 0; i < 0xffff - THE + 1; i++)
        g_string_append_printf(text, "w%u\t1\n", i);
    words_path = write_file(text->str, (gssize)text->len);
    words = pd_frequency_load(words_path, &error);
    g_assert_no_error(error);
    header[0] = (uint32_t)pd_frequency_n_words(words);
    header[3] = pd_frequency_hash(words);
    path = write_file(file->data, file->len);
    g_assert_null(pd_ngrams_load(path, words, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, "more words than there are ids"));
    g_unlink(path);
    g_unlink(words_path);
}

static void
test_no_file(Fixture *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(pd_ngrams_load("/nonexistent/ngrams.bin", self->words, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    g_assert_nonnull(strstr(error->message, "/nonexistent/ngrams.bin"));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *self, gconstpointer data);
    } tests[] = {
        { "/ngrams/tokens", test_tokens },
        { "/ngrams/tokens/long-word", test_long_word },
        { "/ngrams/gain/replace", test_replace },
        { "/ngrams/gain/nothing-changes", test_nothing_changes },
        { "/ngrams/gain/part-of-a-token", test_part_of_a_token },
        { "/ngrams/gain/insert", test_insert },
        { "/ngrams/gain/delete", test_delete },
        { "/ngrams/gain/join", test_join },
        { "/ngrams/gain/too-long", test_too_long },
        { "/ngrams/broken/length", test_broken_length },
        { "/ngrams/broken/header", test_broken_header },
        { "/ngrams/broken/counts", test_broken_counts },
        { "/ngrams/broken/offsets", test_broken_offsets },
        { "/ngrams/broken/too-many-words", test_too_many_words },
        { "/ngrams/broken/no-file", test_no_file },
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
