/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.c - positions between a file and its text: a list of segments, searched by halving
 */
#include "daemon/engine/markup.h"

#include "daemon/engine/annotated.h"
#include "daemon/engine/code.h"
#include "daemon/engine/commit.h"
#include "daemon/engine/html.h"
#include "daemon/engine/latex.h"
#include "daemon/engine/markdown.h"
#include "daemon/engine/rst.h"

#include <string.h>

struct PdMarkup {
    PdAnnotated annotated;
    GArray *by_source; /* (nullable): guint: the segments, sorted by source, where that differs */
    char *source;
};

/* Length of the line at @p with its break; its text is @mark and white space: *ret_is_mark */
static size_t
line_length(const char *p, size_t left, const char *mark, bool *ret_is_mark)
{
    size_t n = 0, text = strlen(mark);
    bool is_mark = left >= text && memcmp(p, mark, text) == 0;

    while (n < left && p[n] != '\n') {
        is_mark = is_mark && (n < text || g_ascii_isspace(p[n]));
        n++;
    }
    *ret_is_mark = is_mark;
    return n < left ? n + 1 : n;
}

static size_t
mark_length(const char *source, size_t length)
{
    return length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* Bytes at the start that are front matter (between --- lines) or a byte order mark; 0: none. */
static size_t
preamble_length(const char *source, size_t length)
{
    static const char *const fences[] = { "---", "+++" };
    const size_t bom = mark_length(source, length);

    for (size_t i = 0; i < G_N_ELEMENTS(fences); i++) {
        bool is_fence;
        size_t at = bom + line_length(source + bom, length - bom, fences[i], &is_fence);

        if (!is_fence)
            continue;
        while (at < length) {
            bool is_dots, is_end;
            size_t n = line_length(source + at, length - at, "...", &is_dots);

            (void)line_length(source + at, length - at, fences[i], &is_end);
            at += n;
            if (is_end || (is_dots && i == 0))
                return at;
        }
    }
    return bom;
}

static void
annotate(PdFormat format, const char *language, const char *source, size_t length, PdAnnotated *out)
{
    out->base = format == PD_FORMAT_MARKDOWN ? preamble_length(source, length)
                : format != PD_FORMAT_PLAIN  ? mark_length(source, length)
                                             : 0;
    source += out->base;
    length -= out->base;
    if (format >= PD_FORMAT_CODE)
        pd_code_annotate(format - PD_FORMAT_CODE, source, length, out);
    else if (format == PD_FORMAT_MARKDOWN)
        pd_markdown_annotate(source, length, out);
    else if (format == PD_FORMAT_HTML)
        pd_html_annotate(source, length, language, out);
    else if (format == PD_FORMAT_LATEX)
        pd_latex_annotate(source, length, out);
    else if (format == PD_FORMAT_RST)
        pd_rst_annotate(source, length, out);
    else if (format == PD_FORMAT_COMMIT)
        pd_commit_annotate(source, length, out);
    else if (length > 0)
        pd_annotated_same(out, source, length, 0);
}

static int
compare_source(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const PdSegment *segments = user_data;
    const PdSegment *one = &segments[*(const guint *)a], *other = &segments[*(const guint *)b];

    return one->source < other->source ? -1 : one->source > other->source;
}

static void
sort_by_source(PdMarkup *self)
{
    self->by_source = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < self->annotated.segments->len; i++)
        g_array_append_val(self->by_source, i);
    g_array_sort_with_data(self->by_source, compare_source, self->annotated.segments->data);
}

PdMarkup *
pd_markup_new(PdFormat format, const char *language, const char *source, size_t length)
{
    PdMarkup *self;

    g_return_val_if_fail(source != NULL || length == 0, NULL);

    self = g_new0(PdMarkup, 1);
    pd_annotated_init(&self->annotated, length);
    self->source = g_malloc(length + 1); /* NULs inside are kept, and one ends it */
    if (length > 0)
        memcpy(self->source, source, length);
    self->source[length] = '\0';
    annotate(format, language, self->source, length, &self->annotated);
    if (self->annotated.is_shuffled)
        sort_by_source(self);
    return self;
}

void
pd_markup_free(PdMarkup *self)
{
    if (self == NULL)
        return;
    pd_annotated_clear(&self->annotated);
    g_clear_pointer(&self->by_source, g_array_unref);
    g_free(self->source);
    g_free(self);
}

const char *
pd_markup_text(const PdMarkup *self, size_t *ret_length)
{
    g_return_val_if_fail(self != NULL, NULL);

    if (ret_length != NULL)
        *ret_length = self->annotated.text->len;
    return self->annotated.text->str;
}

static const PdSegment *
segment_at(const PdMarkup *self, size_t i)
{
    return &g_array_index(self->annotated.segments, PdSegment, i);
}

/* The first segment that ends after @text, or the number of segments. */
static size_t
find_in_text(const PdMarkup *self, size_t text)
{
    size_t low = 0, high = self->annotated.segments->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const PdSegment *segment = segment_at(self, middle);

        if (segment->text + segment->n_text > text)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Number @i in the order of the source. */
static const PdSegment *
segment_in_source(const PdMarkup *self, size_t i)
{
    return segment_at(self, self->by_source != NULL ? g_array_index(self->by_source, guint, i) : i);
}

/* The first segment that ends after @source, in the order of the source. */
static size_t
find_in_source(const PdMarkup *self, size_t source)
{
    size_t low = 0, high = self->annotated.segments->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const PdSegment *segment = segment_in_source(self, middle);

        if (segment->source + segment->n_source > source)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Where the source of a text's byte begins; for text that came from nowhere, of what follows it. */
static size_t
source_start(const PdMarkup *self, size_t text)
{
    size_t i = find_in_text(self, text);
    const PdSegment *segment;

    if (i == self->annotated.segments->len) {
        if (i == 0)
            return 0;
        segment = segment_at(self, i - 1);
        return segment->source + segment->n_source;
    }
    segment = segment_at(self, i);
    if (!segment->is_same || text <= segment->text)
        return segment->source;
    return segment->source + (text - segment->text);
}

/* Where the source of the text before @text ends. */
static size_t
source_end(const PdMarkup *self, size_t text)
{
    size_t i = text > 0 ? find_in_text(self, text - 1) : 0;
    const PdSegment *segment;

    if (text == 0 || self->annotated.segments->len == 0)
        return source_start(self, 0);
    if (i < self->annotated.segments->len && segment_at(self, i)->text < text) {
        segment = segment_at(self, i);
        if (segment->is_same)
            return segment->source + (text - segment->text);
        return segment->source + segment->n_source;
    }
    if (i == 0)
        return segment_at(self, 0)->source;
    segment = segment_at(self, i - 1);
    return segment->source + segment->n_source;
}

PdSpan
pd_markup_to_source(const PdMarkup *self, PdSpan text)
{
    PdSpan span = { 0, 0 };
    size_t i;

    g_return_val_if_fail(self != NULL && text.start <= text.end, span);

    span.start = span.end = source_start(self, text.start);
    i = find_in_text(self, text.start);
    if (i < self->annotated.segments->len && segment_at(self, i)->text < text.end)
        span.end = MAX(source_end(self, text.end), span.start);
    /* else it is a blank line between blocks, which came from nowhere */
    return span;
}

PdSpan
pd_markup_from_source(const PdMarkup *self, PdSpan source)
{
    PdSpan span = { 0, 0 };
    const PdSegment *segment;
    size_t i, n;

    g_return_val_if_fail(self != NULL && source.start <= source.end, span);

    n = self->annotated.segments->len;
    i = find_in_source(self, source.start);
    if (i == n) {
        span.start = span.end = self->annotated.text->len;
        return span;
    }
    segment = segment_in_source(self, i);
    span.start = segment->text;
    if (segment->is_same && source.start > segment->source)
        span.start += source.start - segment->source;
    span.end = span.start;
    for (i = find_in_source(self, source.end); i + 1 > 0; i--) {
        segment = i < n ? segment_in_source(self, i) : NULL;
        if (segment != NULL && segment->source < source.end) {
            span.end = segment->is_same
                           ? segment->text + MIN(segment->n_text, source.end - segment->source)
                           : segment->text + segment->n_text;
            break;
        }
        if (i == 0)
            break;
    }
    span.end = MAX(span.end, span.start);
    return span;
}

/* Does one of @spans, ascending, share a byte with @text? */
static bool
has_part_of(const GArray *spans, PdSpan text)
{
    size_t low = 0, high = spans->len;

    while (low < high) { /* the first that ends after @text begins */
        size_t middle = low + (high - low) / 2;

        if (g_array_index(spans, PdSpan, middle).end > text.start)
            high = middle;
        else
            low = middle + 1;
    }
    return low < spans->len && g_array_index(spans, PdSpan, low).start < text.end;
}

bool
pd_markup_is_opaque(const PdMarkup *self, PdSpan text)
{
    g_return_val_if_fail(self != NULL, false);

    return has_part_of(self->annotated.opaque, text);
}

bool
pd_markup_is_beside_stand_in(const PdMarkup *self, PdSpan text)
{
    const GString *whole = self->annotated.text;

    while (text.start > 0 && whole->str[text.start - 1] == ' ')
        text.start--;
    while (text.end < whole->len && whole->str[text.end] == ' ')
        text.end++;
    text.start -= MIN(text.start, 1);
    text.end = MIN(text.end + 1, whole->len);
    return has_part_of(self->annotated.stand_ins, text);
}

bool
pd_markup_is_name(const PdMarkup *self, const char *word)
{
    g_autofree char *lower = NULL;

    if (self->annotated.names == NULL)
        return false;
    if (strlen(word) == 2) /* tx, rx, fd: code is full of them */
        return true;
    lower = g_ascii_strdown(word, -1);
    return g_hash_table_contains(self->annotated.names, lower);
}

static void
append_quoted(GString *out, char c, PdQuoting quoting)
{
    switch (quoting) {
    case PD_QUOTING_BACKSLASH:
        g_string_append_c(out, '\\');
        g_string_append_c(out, c);
        break;
    case PD_QUOTING_DOUBLED:
        g_string_append_c(out, c);
        g_string_append_c(out, c);
        break;
    case PD_QUOTING_ENTITY:
        g_string_append(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;");
        break;
    case PD_QUOTING_NONE:
        break;
    }
}

/* (nullable): the one that holds all of @text */
static const PdQuote *
find_quote(const GArray *quotes, PdSpan text)
{
    size_t low = 0, high = quotes->len;
    const PdQuote *found;

    while (low < high) { /* the first that ends no earlier than @text */
        size_t middle = low + (high - low) / 2;

        if (g_array_index(quotes, PdQuote, middle).text.end >= text.end)
            high = middle;
        else
            low = middle + 1;
    }
    found = low < quotes->len ? &g_array_index(quotes, PdQuote, low) : NULL;
    return found != NULL && found->text.start <= text.start ? found : NULL;
}

char *
pd_markup_quote(const PdMarkup *self, PdSpan text, const char *repair)
{
    const PdQuote *quote = find_quote(self->annotated.quotes, text);
    g_autoptr(GString) out = g_string_new(NULL);

    for (; *repair != '\0'; repair++) {
        if (quote == NULL || strchr(quote->marks, *repair) == NULL)
            g_string_append_c(out, *repair);
        else if (quote->quoting == PD_QUOTING_NONE)
            return NULL;
        else
            append_quoted(out, *repair, quote->quoting);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Line breaks and indentation are no markup. */
static bool
is_white(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isspace(p[i]))
            return false;
    return true;
}

bool
pd_markup_is_split(const PdMarkup *self, PdSpan text)
{
    const PdSegment *before;
    size_t i;

    g_return_val_if_fail(self != NULL, false);

    i = find_in_text(self, text.start);
    for (; i + 1 < self->annotated.segments->len; i++) {
        const PdSegment *after = segment_at(self, i + 1);
        size_t from;

        before = segment_at(self, i);
        if (after->text >= text.end)
            return false;
        from = before->source + before->n_source;
        if (before->text + before->n_text != after->text || /* two blocks */
            from > after->source ||                         /* a note */
            !is_white(self->source + from, after->source - from))
            return true;
    }
    return false;
}
