/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/wordpiece.h"

#include "model/error.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#define MAX_WORD_CHARS 100 /* longer: [UNK], as BertTokenizer */
#define MAX_TOKENS (1 << 20)
#define MAX_VOCABULARY_BYTES (64 * 1024 * 1024)
#define MAX_DECOMPOSITION_UTF16 32 /* Unicode's longest is 4 code points */
#define CATEGORIES_UNICODE 8
#define DECOMPOSITION_UNICODE 12
#define CONTINUATION "##"

typedef struct {
    const char *bytes; /* not ended by NUL */
    size_t length_bytes;
} Span;

struct PdWordpiece {
    char *text;      /* the file; spans point into it */
    GArray *tokens;  /* of Span, by id */
    GArray *inner;   /* of Span: the tokens that begin with ##, without it */
    GHashTable *ids; /* Span in tokens -> id */
    GHashTable *inner_ids;
    size_t longest_bytes; /* of all tokens: bounds the search */
    int32_t unknown;
    const UNormalizer2 *nfd; /* ICU's own */
};

/* A normalised character and the bytes of the text that it came from. */
typedef struct {
    UChar32 c;
    uint32_t start_bytes;
    uint32_t end_bytes;
    uint8_t combining; /* canonical combining class */
    bool is_inserted;  /* not the first of a decomposition */
} Char;

/* --- vocabulary --- */

static guint
span_hash(gconstpointer key)
{
    const Span *span = key;
    guint32 hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < span->length_bytes; i++)
        hash = (hash ^ (guint8)span->bytes[i]) * 16777619u;
    return hash;
}

static gboolean
span_equal(gconstpointer a, gconstpointer b)
{
    const Span *one = a, *other = b;

    return one->length_bytes == other->length_bytes &&
           memcmp(one->bytes, other->bytes, one->length_bytes) == 0;
}

/* -1: not there */
static int32_t
lookup(GHashTable *table, const char *bytes, size_t length_bytes)
{
    Span span = { bytes, length_bytes };
    gpointer id;

    return g_hash_table_lookup_extended(table, &span, NULL, &id) ? GPOINTER_TO_INT(id) : -1;
}

static bool
split_lines(PdWordpiece *self, const char *path, size_t length, GError **error)
{
    const char *end = self->text + length;

    for (const char *line = self->text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *next = stop != NULL ? stop + 1 : end;
        Span span = { line, (size_t)((stop != NULL ? stop : end) - line) };

        if (span.length_bytes > 0 && line[span.length_bytes - 1] == '\r')
            span.length_bytes--;
        if (span.length_bytes == 0 || self->tokens->len >= MAX_TOKENS) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT, "%s: line %u: %s", path,
                        self->tokens->len + 1,
                        span.length_bytes == 0 ? "an empty token" : "too many tokens");
            return false;
        }
        self->longest_bytes = MAX(self->longest_bytes, span.length_bytes);
        g_array_append_val(self->tokens, span);
        line = next;
    }
    return true;
}

static bool
index_tokens(PdWordpiece *self, const char *path, GError **error)
{
    const size_t prefix = strlen(CONTINUATION);

    /* keys point into the arrays: these must not move any more */
    self->inner = g_array_sized_new(FALSE, FALSE, sizeof(Span), self->tokens->len);
    for (guint id = 0; id < self->tokens->len; id++) {
        Span *span = &g_array_index(self->tokens, Span, id);
        Span rest = { span->bytes + prefix, span->length_bytes - prefix };

        if (!g_hash_table_insert(self->ids, span, GINT_TO_POINTER((gint)id))) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                        "%s: line %u: the token stands in the file twice", path, id + 1);
            return false;
        }
        if (span->length_bytes <= prefix || memcmp(span->bytes, CONTINUATION, prefix) != 0)
            continue;
        g_array_append_val(self->inner, rest);
        g_hash_table_insert(self->inner_ids,
                            &g_array_index(self->inner, Span, self->inner->len - 1),
                            GINT_TO_POINTER((gint)id));
    }
    return true;
}

static bool
check_special(PdWordpiece *self, const char *path, GError **error)
{
    static const char *const special[] = { "[UNK]", "[CLS]", "[SEP]" };

    for (size_t i = 0; i < G_N_ELEMENTS(special); i++) {
        if (pd_wordpiece_id(self, special[i]) < 0) {
            g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_MISSING, "%s: no token %s", path,
                        special[i]);
            return false;
        }
    }
    self->unknown = pd_wordpiece_id(self, "[UNK]");
    return true;
}

/* @taken: (transfer full), @length bytes */
static PdWordpiece *
wordpiece_new(const char *path, char *taken, gsize length, GError **error)
{
    g_autoptr(PdWordpiece) self = g_new0(PdWordpiece, 1);
    UErrorCode status = U_ZERO_ERROR;

    self->text = taken;
    self->tokens = g_array_new(FALSE, FALSE, sizeof(Span));
    self->ids = g_hash_table_new(span_hash, span_equal);
    self->inner_ids = g_hash_table_new(span_hash, span_equal);
    self->nfd = unorm2_getNFDInstance(&status);
    if (U_FAILURE(status)) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED,
                    "%s: ICU has no normalisation data: %s", path, u_errorName(status));
        return NULL;
    }
    if (length > MAX_VOCABULARY_BYTES || !g_utf8_validate_len(self->text, length, NULL)) {
        g_set_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_FORMAT,
                    "%s: too long, not UTF-8, or with a NUL in it", path);
        return NULL;
    }
    if (!split_lines(self, path, length, error) || !index_tokens(self, path, error) ||
        !check_special(self, path, error))
        return NULL;
    return g_steal_pointer(&self);
}

PdWordpiece *
pd_wordpiece_load(const char *path, GError **error)
{
    char *text;
    gsize length;

    g_return_val_if_fail(path != NULL && (error == NULL || *error == NULL), NULL);

    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    return wordpiece_new(path, text, length, error);
}

PdWordpiece *
pd_wordpiece_take_text(const char *path, char *text, GError **error)
{
    return wordpiece_new(path, text, strlen(text), error);
}

void
pd_wordpiece_free(PdWordpiece *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->ids, g_hash_table_unref);
    g_clear_pointer(&self->inner_ids, g_hash_table_unref);
    g_clear_pointer(&self->tokens, g_array_unref);
    g_clear_pointer(&self->inner, g_array_unref);
    g_free(self->text);
    g_free(self);
}

size_t
pd_wordpiece_n_tokens(const PdWordpiece *self)
{
    return self->tokens->len;
}

int32_t
pd_wordpiece_id(const PdWordpiece *self, const char *token)
{
    return lookup(self->ids, token, strlen(token));
}

/* --- characters --- */

/*
 * The tokenizer that this one must agree with has the categories of Unicode 8: to it, a newer
 * character has none, and six have since moved to another (below). Compared over all code points,
 * model/FORMAT.md.
 */
static bool
is_newer(UChar32 c, uint8_t major)
{
    UVersionInfo age;

    u_charAge(c, age);
    return age[0] > major;
}

static bool
is_space(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_WHITE_SPACE);
}

static bool
is_removed(UChar32 c)
{
    if (c == '\t' || c == '\n' || c == '\r')
        return false; /* control characters, yet white space */
    return c == 0 || c == 0xfffd ||
           ((U_MASK(u_charType(c)) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0 &&
            !is_newer(c, CATEGORIES_UNICODE));
}

static bool
is_punctuation(UChar32 c)
{
    if (c < 0x80)
        return g_ascii_ispunct((gchar)c);
    return c == 0x166d || c == 0x111c9 ||
           ((U_MASK(u_charType(c)) & U_GC_P_MASK) != 0 && !is_newer(c, CATEGORIES_UNICODE));
}

static bool
is_stripped(UChar32 c)
{
    if (c == 0x1885 || c == 0x1886 || c == 0xa9bd || c == 0x111c9)
        return false;
    return c == 0x1734 || (u_charType(c) == U_NON_SPACING_MARK && !is_newer(c, CATEGORIES_UNICODE));
}

/* Ideographs are words of their own. The ranges are BERT's, its slip at 2B820 included. */
static bool
is_ideograph(UChar32 c)
{
    return c >= 0x3400 && ((c >= 0x4e00 && c <= 0x9fff) || c <= 0x4dbf ||
                           (c >= 0x20000 && c <= 0x2a6df) || (c >= 0x2a700 && c <= 0x2b73f) ||
                           (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf) ||
                           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f));
}

/* --- normalisation --- */

/* Text to characters: control characters go, white space becomes ' ', ideographs stand alone. */
static GArray *
clean(const char *text, size_t length_bytes)
{
    GArray *chars = g_array_sized_new(FALSE, FALSE, sizeof(Char), (guint)length_bytes);
    const uint8_t *bytes = (const uint8_t *)text;

    for (size_t i = 0; i < length_bytes;) {
        Char ch = { .start_bytes = (uint32_t)i };
        Char space = { .c = ' ', .start_bytes = (uint32_t)i };

        U8_NEXT(bytes, i, length_bytes, ch.c);
        ch.end_bytes = space.end_bytes = (uint32_t)i;
        if (ch.c < 0 || is_removed(ch.c))
            continue;
        if (is_space(ch.c)) {
            g_array_append_val(chars, space);
        } else if (is_ideograph(ch.c)) {
            g_array_append_val(chars, space);
            g_array_append_val(chars, ch);
            g_array_append_val(chars, space);
        } else {
            g_array_append_val(chars, ch);
        }
    }
    return chars;
}

static int
compare_combining(gconstpointer a, gconstpointer b, gpointer user_data)
{
    return (int)((const Char *)a)->combining - (int)((const Char *)b)->combining;
}

/* Sorts the marks at the end of @chars, from @first on, into canonical order; stable. */
static void
order_marks(GArray *chars, guint first)
{
    if (chars->len - first > 1)
        g_qsort_with_data(&g_array_index(chars, Char, first), (gint)(chars->len - first),
                          sizeof(Char), compare_combining, NULL);
}

static void
append_decomposed(const PdWordpiece *self, GArray *to, const Char *ch, guint *marks_from)
{
    UChar utf16[MAX_DECOMPOSITION_UTF16] = { 0 };
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = unorm2_getDecomposition(self->nfd, ch->c, utf16, G_N_ELEMENTS(utf16), &status);
    bool is_first = true;

    if (n < 0 || U_FAILURE(status) || is_newer(ch->c, DECOMPOSITION_UNICODE)) { /* its own */
        n = 0;
        U16_APPEND_UNSAFE(utf16, n, ch->c);
    }
    for (int32_t i = 0; i < n;) {
        Char part = { .is_inserted = !is_first,
                      .start_bytes = ch->start_bytes,
                      .end_bytes = ch->end_bytes };

        U16_NEXT(utf16, i, n, part.c);
        part.combining = u_getCombiningClass(part.c);
        if (part.combining == 0) {
            order_marks(to, *marks_from);
            *marks_from = to->len + 1;
        }
        g_array_append_val(to, part);
        is_first = false;
    }
}

/*
 * NFD. The tokenizer that this one must agree with takes a character's origin by its place in the
 * sequence, also where marks changed places: the nth first part comes from the nth character.
 */
static GArray *
decompose(const PdWordpiece *self, const GArray *chars)
{
    GArray *parts = g_array_sized_new(FALSE, FALSE, sizeof(Char), chars->len + 16);
    guint marks_from = 0, origin = 0;

    for (guint i = 0; i < chars->len; i++) {
        const Char *ch = &g_array_index(chars, Char, i);

        if (ch->c < 0x80) {
            order_marks(parts, marks_from);
            g_array_append_vals(parts, ch, 1);
            marks_from = parts->len;
        } else {
            append_decomposed(self, parts, ch, &marks_from);
        }
    }
    order_marks(parts, marks_from);
    for (guint i = 0; i < parts->len; i++) {
        Char *part = &g_array_index(parts, Char, i);
        const Char *from;

        origin += part->is_inserted ? 0 : 1;
        from = origin > 0 ? &g_array_index(chars, Char, origin - 1) : NULL;
        part->start_bytes = from != NULL ? from->start_bytes : 0;
        part->end_bytes = from != NULL ? from->end_bytes : 0;
    }
    return parts;
}

static GArray *
normalise(const PdWordpiece *self, const char *text, size_t length_bytes)
{
    g_autoptr(GArray) cleaned = clean(text, length_bytes);
    GArray *chars = decompose(self, cleaned);
    guint n = 0;

    for (guint i = 0; i < chars->len; i++) {
        Char ch = g_array_index(chars, Char, i);

        if (ch.c >= 0x80 && is_stripped(ch.c))
            continue;
        ch.c = u_tolower(ch.c);
        g_array_index(chars, Char, n++) = ch;
    }
    return g_array_set_size(chars, n);
}

/* --- pieces --- */

static void
append_piece(GArray *pieces, int32_t id, const Char *first, const Char *last)
{
    PdPiece piece = { id, first->start_bytes, last->end_bytes };

    g_array_append_val(pieces, piece);
}

/* The longest token that begins at character @from; -1: none. @at: where each character begins. */
static int32_t
longest_piece(const PdWordpiece *self, const char *bytes, const size_t *at, size_t from, size_t n,
              size_t *ret_end)
{
    GHashTable *table = from == 0 ? self->ids : self->inner_ids;

    for (size_t end = n; end > from; end--) {
        int32_t id;

        if (at[end] - at[from] > self->longest_bytes)
            continue;
        id = lookup(table, bytes + at[from], at[end] - at[from]);
        if (id >= 0) {
            *ret_end = end;
            return id;
        }
    }
    return -1;
}

static void
append_word(const PdWordpiece *self, const Char *word, size_t n, GArray *pieces)
{
    char bytes[MAX_WORD_CHARS * U8_MAX_LENGTH];
    size_t at[MAX_WORD_CHARS + 1], length = 0;
    guint before = pieces->len;

    if (n > MAX_WORD_CHARS) {
        append_piece(pieces, self->unknown, &word[0], &word[n - 1]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        at[i] = length;
        U8_APPEND_UNSAFE((uint8_t *)bytes, length, word[i].c);
    }
    at[n] = length;
    for (size_t from = 0, end = 0; from < n; from = end) {
        int32_t id = longest_piece(self, bytes, at, from, n, &end);

        if (id < 0) { /* one part unknown: the whole word is */
            g_array_set_size(pieces, before);
            append_piece(pieces, self->unknown, &word[0], &word[n - 1]);
            return;
        }
        append_piece(pieces, id, &word[from], &word[end - 1]);
    }
}

void
pd_wordpiece_tokenize(const PdWordpiece *self, const char *text, size_t length_bytes,
                      GArray *pieces)
{
    g_autoptr(GArray) chars = NULL;
    const Char *all;
    guint begin = 0;

    g_return_if_fail(self != NULL && pieces != NULL && length_bytes <= UINT32_MAX);

    chars = normalise(self, text, length_bytes);
    all = (const Char *)chars->data;
    for (guint i = 0; i < chars->len; i++) {
        bool is_mark = is_punctuation(all[i].c);

        if (!is_mark && !is_space(all[i].c))
            continue;
        if (i > begin)
            append_word(self, all + begin, i - begin, pieces);
        if (is_mark)
            append_word(self, all + i, 1, pieces);
        begin = i + 1;
    }
    if (chars->len > begin)
        append_word(self, all + begin, chars->len - begin, pieces);
}
