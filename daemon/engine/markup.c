/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.c - positions between a file and its text: a list of segments, searched by halving
 */
#include "daemon/engine/markup.h"

#include "daemon/engine/markdown.h"

#include <string.h>

struct PdMarkup {
    PdAnnotated annotated;
    char *source;
};

void
pd_annotated_same(PdAnnotated *self, const char *bytes, size_t n, size_t source)
{
    GArray *segments = self->segments;
    PdSegment *last =
        segments->len > 0 ? &g_array_index(segments, PdSegment, segments->len - 1) : NULL;

    if (last != NULL && last->is_same && last->source + last->n_source == source &&
        last->text + last->n_text == self->text->len) {
        last->n_text += n;
        last->n_source += n;
    } else {
        PdSegment segment = { self->text->len, source, n, n, true };

        g_array_append_val(segments, segment);
    }
    g_string_append_len(self->text, bytes, (gssize)n);
}

void
pd_annotated_unit(PdAnnotated *self, const char *text, size_t n_text, size_t source,
                  size_t n_source)
{
    PdSegment segment = { self->text->len, source, n_text, n_source, false };

    g_array_append_val(self->segments, segment);
    g_string_append_len(self->text, text, (gssize)n_text);
}

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

/* Bytes at the start that are front matter (between --- lines) or a byte order mark; 0: none. */
static size_t
preamble_length(const char *source, size_t length)
{
    static const char *const fences[] = { "---", "+++" };
    size_t bom = length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

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

PdMarkup *
pd_markup_new(PdFormat format, const char *source, size_t length)
{
    PdMarkup *self;
    size_t preamble;

    g_return_val_if_fail(source != NULL || length == 0, NULL);

    self = g_new0(PdMarkup, 1);
    self->annotated.text = g_string_sized_new(length);
    self->annotated.segments = g_array_new(FALSE, FALSE, sizeof(PdSegment));
    self->annotated.opaque = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    self->source = g_strndup(source, length);
    switch (format) {
    case PD_FORMAT_PLAIN:
        if (length > 0)
            pd_annotated_same(&self->annotated, source, length, 0);
        break;
    case PD_FORMAT_MARKDOWN:
        preamble = preamble_length(source, length);
        pd_markdown_annotate(source + preamble, length - preamble, preamble, &self->annotated);
        break;
    }
    return self;
}

void
pd_markup_free(PdMarkup *self)
{
    if (self == NULL)
        return;
    g_string_free(self->annotated.text, TRUE);
    g_array_unref(self->annotated.segments);
    g_array_unref(self->annotated.opaque);
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

/* The first segment that ends after @source. */
static size_t
find_in_source(const PdMarkup *self, size_t source)
{
    size_t low = 0, high = self->annotated.segments->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const PdSegment *segment = segment_at(self, middle);

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

    g_return_val_if_fail(self != NULL && text.start <= text.end, span);

    span.start = source_start(self, text.start);
    span.end = text.start == text.end ? span.start : source_end(self, text.end);
    if (span.end < span.start) /* a blank line between blocks, which came from nowhere */
        span.end = span.start;
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
    segment = segment_at(self, i);
    span.start = segment->text;
    if (segment->is_same && source.start > segment->source)
        span.start += source.start - segment->source;
    span.end = span.start;
    for (i = find_in_source(self, source.end); i + 1 > 0; i--) {
        segment = i < n ? segment_at(self, i) : NULL;
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

bool
pd_markup_is_opaque(const PdMarkup *self, PdSpan text)
{
    const GArray *opaque;
    size_t low = 0, high;

    g_return_val_if_fail(self != NULL, false);

    opaque = self->annotated.opaque;
    high = opaque->len;
    while (low < high) { /* the first that ends after @text begins */
        size_t middle = low + (high - low) / 2;

        if (g_array_index(opaque, PdSpan, middle).end > text.start)
            high = middle;
        else
            low = middle + 1;
    }
    return low < opaque->len && g_array_index(opaque, PdSpan, low).start < text.end;
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
            !is_white(self->source + from, after->source - from))
            return true;
    }
    return false;
}
