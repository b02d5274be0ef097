/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/text.h"

#include "plugin/http/annotation.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>

#define CONTEXT_UTF16 40 /* on each side, as LanguageTool's server does */
#define MAX_LOCALE_BYTES 80

/* A part, in UTF-16 code units of the checked text and of all that the client sent. */
typedef struct {
    PdHttpRange checked;
    PdHttpRange original;
    bool is_text; /* both are the same, unit by unit */
} Run;

struct PdHttpText {
    char *text; /* UTF-8 */
    gunichar2 *checked;
    size_t n_checked;
    gunichar2 *original; /* the same memory as checked if there is no markup */
    size_t n_original;
    GArray *runs; /* (nullable): of Run */
};

static gunichar2 *
to_utf16(const char *text, size_t *ret_n)
{
    glong n = 0;
    gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);

    g_assert(units != NULL); /* all text here is valid UTF-8 */
    *ret_n = (size_t)n;
    return units;
}

PdHttpText *
pd_http_text_new(const char *text)
{
    PdHttpText *self = g_new0(PdHttpText, 1);

    self->text = g_strdup(text);
    self->checked = self->original = to_utf16(text, &self->n_checked);
    self->n_original = self->n_checked;
    return self;
}

static size_t
utf16_length(const char *text)
{
    size_t n = 0;

    for (; text != NULL && *text != '\0'; text = g_utf8_next_char(text))
        n += g_utf8_get_char(text) > 0xFFFF ? 2 : 1;
    return n;
}

PdHttpText *
pd_http_text_new_annotated(const char *json, GError **error)
{
    g_autoptr(PdHttpText) self = g_new0(PdHttpText, 1);
    g_autoptr(GArray) parts = pd_http_annotation_parse(json, error);
    g_autoptr(GString) checked = g_string_new(NULL);
    g_autoptr(GString) original = g_string_new(NULL);
    Run run = { 0 };

    if (parts == NULL)
        return NULL;
    self->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    for (guint i = 0; i < parts->len; i++) {
        const PdHttpPart *part = &g_array_index(parts, PdHttpPart, i);
        const char *sent = part->markup != NULL ? part->markup : part->text;

        g_string_append(checked, part->text != NULL ? part->text : "");
        g_string_append(original, sent);
        run.checked.start = run.checked.end;
        run.checked.end += utf16_length(part->text);
        run.original.start = run.original.end;
        run.original.end += utf16_length(sent);
        run.is_text = part->markup == NULL;
        g_array_append_val(self->runs, run);
    }
    self->original = to_utf16(original->str, &self->n_original);
    self->checked = to_utf16(checked->str, &self->n_checked);
    self->text = g_string_free(g_steal_pointer(&checked), FALSE);
    return g_steal_pointer(&self);
}

void
pd_http_text_free(PdHttpText *self)
{
    if (self == NULL)
        return;
    if (self->original != self->checked)
        g_free(self->original);
    g_free(self->checked);
    g_free(self->text);
    g_clear_pointer(&self->runs, g_array_unref);
    g_free(self);
}

const char *
pd_http_text_peek(const PdHttpText *self)
{
    return self->text;
}

size_t
pd_http_text_length_utf16(const PdHttpText *self)
{
    return self->n_checked;
}

/* The run that a unit of the checked text is in; NULL behind the last one. */
static const Run *
run_of(const PdHttpText *self, size_t unit)
{
    guint low = 0, high = self->runs->len;

    while (low < high) { /* the first run that ends behind the unit */
        guint middle = low + (high - low) / 2;

        if (g_array_index(self->runs, Run, middle).checked.end > unit)
            high = middle;
        else
            low = middle + 1;
    }
    return low < self->runs->len ? &g_array_index(self->runs, Run, low) : NULL;
}

PdHttpRange
pd_http_text_original(const PdHttpText *self, PdHttpRange place)
{
    const Run *first, *last;
    PdHttpRange original = { self->n_original, self->n_original };

    if (self->runs == NULL)
        return place;
    first = run_of(self, place.start);
    if (first != NULL)
        original.start =
            first->original.start + (first->is_text ? place.start - first->checked.start : 0);
    last = place.end > place.start ? run_of(self, place.end - 1) : NULL;
    if (last != NULL)
        original.end = last->is_text ? last->original.start + place.end - last->checked.start
                                     : last->original.end;
    original.end = MAX(original.start, last != NULL ? original.end : original.start);
    return original;
}

static bool
is_blank(gunichar2 unit)
{
    return unit == ' ' || unit == '\t';
}

PdHttpRange
pd_http_text_widen(const PdHttpText *self, PdHttpRange place)
{
    const gunichar2 *units = self->checked;
    PdHttpRange wider = place, original;

    while (wider.start > 0 && is_blank(units[wider.start - 1]))
        wider.start--;
    if (wider.start > 0 && !u_isUWhiteSpace(units[wider.start - 1])) {
        while (wider.start > 0 && !u_isUWhiteSpace(units[wider.start - 1]))
            wider.start--;
    } else {
        wider.start = place.start;
        while (wider.end < self->n_checked && is_blank(units[wider.end]))
            wider.end++;
        while (wider.end < self->n_checked && !u_isUWhiteSpace(units[wider.end]))
            wider.end++;
    }
    original = pd_http_text_original(self, wider);
    return original.end - original.start == wider.end - wider.start ? wider : place;
}

/* Is it between the halves of a surrogate pair? */
static bool
cuts_pair(const gunichar2 *units, size_t n, size_t at)
{
    return at > 0 && at < n && U16_IS_LEAD(units[at - 1]) && U16_IS_TRAIL(units[at]);
}

static char *
to_utf8(const gunichar2 *units, size_t start, size_t end)
{
    char *text = g_utf16_to_utf8(units + start, (glong)(end - start), NULL, NULL, NULL);

    return text != NULL ? text : g_strdup("");
}

char *
pd_http_text_slice(const PdHttpText *self, PdHttpRange place)
{
    size_t end = MIN(place.end, self->n_checked);
    size_t start = MIN(place.start, end);

    return to_utf8(self->checked, start - cuts_pair(self->checked, self->n_checked, start),
                   end + cuts_pair(self->checked, self->n_checked, end));
}

char *
pd_http_text_context(const PdHttpText *self, PdHttpRange original, size_t *ret_offset)
{
    const size_t n = self->n_original;
    size_t start = original.start > CONTEXT_UTF16 ? original.start - CONTEXT_UTF16 : 0;
    size_t end = n - original.end > CONTEXT_UTF16 ? original.end + CONTEXT_UTF16 : n;
    g_autofree char *text = NULL;

    start -= cuts_pair(self->original, n, start);
    end += cuts_pair(self->original, n, end);
    text = to_utf8(self->original, start, end);
    g_strdelimit(text, "\n", ' ');
    *ret_offset = original.start - start + (start > 0 ? strlen("...") : 0);
    return g_strconcat(start > 0 ? "..." : "", text, end < n ? "..." : "", NULL);
}

/* (transfer full): of the checked text, a space for each line end that is no empty line's */
static gunichar2 *
join_lines(const PdHttpText *self)
{
    gunichar2 *joined = g_memdup2(self->checked, (self->n_checked + 1) * sizeof(gunichar2));

    for (size_t i = 0; i < self->n_checked; i++) {
        size_t next = i + 1;

        if (joined[i] == '\r' && joined[next] == '\n')
            joined[i] = ' ';
        if (joined[i] != '\n')
            continue;
        while (joined[next] == ' ' || joined[next] == '\t' || joined[next] == '\r')
            next++;
        if (joined[next] == '\n')
            i = next; /* an empty line: both stay */
        else
            joined[i] = ' ';
    }
    return joined;
}

static PdHttpRange
trim(const gunichar2 *units, size_t start, size_t end)
{
    while (start < end && u_isUWhiteSpace(units[start]))
        start++;
    while (end > start && u_isUWhiteSpace(units[end - 1]))
        end--;
    return (PdHttpRange){ start, end };
}

GArray *
pd_http_text_sentences(const PdHttpText *self, const char *language)
{
    GArray *sentences = g_array_new(FALSE, FALSE, sizeof(PdHttpRange));
    g_autofree gunichar2 *joined = join_lines(self);
    char locale[MAX_LOCALE_BYTES];
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator;
    int32_t from, to;

    g_snprintf(locale, sizeof locale, "%s@ss=standard", language);
    iterator = ubrk_open(UBRK_SENTENCE, locale, joined, (int32_t)self->n_checked, &status);
    if (U_FAILURE(status))
        return sentences;
    for (from = ubrk_first(iterator); (to = ubrk_next(iterator)) != UBRK_DONE; from = to) {
        PdHttpRange sentence = trim(joined, (size_t)from, (size_t)to);

        if (sentence.start < sentence.end)
            g_array_append_val(sentences, sentence);
    }
    ubrk_close(iterator);
    return sentences;
}

PdHttpRange
pd_http_sentence_at(const GArray *sentences, size_t position)
{
    guint low = 0, high = sentences->len;

    while (low < high) { /* the first sentence that begins behind it */
        guint middle = low + (high - low) / 2;

        if (g_array_index(sentences, PdHttpRange, middle).start > position)
            high = middle;
        else
            low = middle + 1;
    }
    if (sentences->len == 0)
        return (PdHttpRange){ 0, 0 };
    return g_array_index(sentences, PdHttpRange, low > 0 ? low - 1 : 0);
}
