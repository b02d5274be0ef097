/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/annotated.h"

#include <string.h>

void
pd_annotated_init(PdAnnotated *self, size_t length)
{
    *self = (PdAnnotated){
        .text = g_string_sized_new(length),
        .segments = g_array_new(FALSE, FALSE, sizeof(PdSegment)),
        .opaque = g_array_new(FALSE, FALSE, sizeof(PdSpan)),
        .stand_ins = g_array_new(FALSE, FALSE, sizeof(PdSpan)),
        .quotes = g_array_new(FALSE, FALSE, sizeof(PdQuote)),
    };
}

void
pd_annotated_clear(PdAnnotated *self)
{
    g_string_free(self->text, TRUE);
    g_array_unref(self->segments);
    g_array_unref(self->opaque);
    g_array_unref(self->stand_ins);
    g_array_unref(self->quotes);
    g_clear_pointer(&self->names, g_hash_table_unref);
}

void
pd_annotated_same(PdAnnotated *self, const char *bytes, size_t n, size_t source)
{
    GArray *segments = self->segments;
    PdSegment *last =
        segments->len > 0 ? &g_array_index(segments, PdSegment, segments->len - 1) : NULL;

    source += self->base;
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
    PdSegment segment = { self->text->len, source + self->base, n_text, n_source, false };

    g_array_append_val(self->segments, segment);
    g_string_append_len(self->text, text, (gssize)n_text);
}

static char
last_byte(const PdAnnotated *self)
{
    return self->text->len > 0 ? self->text->str[self->text->len - 1] : '\n';
}

void
pd_annotated_space(PdAnnotated *self, size_t source, size_t n_source)
{
    if (n_source > 0 && last_byte(self) != ' ' && last_byte(self) != '\n')
        pd_annotated_unit(self, " ", 1, source, n_source);
}

void
pd_annotated_break(PdAnnotated *self, size_t source, size_t n_source)
{
    if (n_source > 0 && last_byte(self) != '\n')
        pd_annotated_unit(self, "\n", 1, source, n_source);
}

void
pd_annotated_stand_in(PdAnnotated *self, size_t source, size_t n_source)
{
    PdSpan span = { self->text->len, self->text->len + strlen(PD_STAND_IN) };

    pd_annotated_unit(self, PD_STAND_IN, strlen(PD_STAND_IN), source, n_source);
    g_array_append_val(self->opaque, span);
    g_array_append_val(self->stand_ins, span);
}

void
pd_annotated_gap(PdAnnotated *self)
{
    const GString *text = self->text;

    if (text->len == 0 ||
        (text->len > 1 && text->str[text->len - 1] == '\n' && text->str[text->len - 2] == '\n'))
        return;
    g_string_append(self->text, "\n\n");
}

/* All from @text_start on is one of @spans. */
static void
add_span(GArray *spans, size_t text_start, size_t text_end)
{
    const PdSpan span = { text_start, text_end };

    while (spans->len > 0 && g_array_index(spans, PdSpan, spans->len - 1).start >= text_start)
        g_array_set_size(spans, spans->len - 1); /* those inside it */
    if (span.start < span.end)
        g_array_append_val(spans, span);
}

void
pd_annotated_mark_opaque(PdAnnotated *self, size_t text_start)
{
    add_span(self->opaque, text_start, self->text->len);
}

void
pd_annotated_mark_code(PdAnnotated *self, size_t text_start)
{
    pd_annotated_mark_opaque(self, text_start);
    add_span(self->stand_ins, text_start, self->text->len);
}

void
pd_annotated_mark_quoted(PdAnnotated *self, size_t text_start, PdQuoting quoting, const char *marks)
{
    PdQuote quote = { { text_start, self->text->len }, quoting, "" };

    g_strlcpy(quote.marks, marks, sizeof quote.marks);
    if (quote.text.start < quote.text.end)
        g_array_append_val(self->quotes, quote);
}

static void
append_shifted(GArray *to, GArray *from, size_t shift)
{
    for (guint i = 0; i < from->len; i++) {
        PdSpan span = g_array_index(from, PdSpan, i);

        span.start += shift;
        span.end += shift;
        g_array_append_val(to, span);
    }
    g_array_set_size(from, 0);
}

void
pd_annotated_take_notes(PdAnnotated *self, PdAnnotated *notes)
{
    size_t shift;

    if (notes->segments->len == 0)
        return;
    pd_annotated_gap(self);
    shift = self->text->len;
    for (guint i = 0; i < notes->segments->len; i++) {
        PdSegment segment = g_array_index(notes->segments, PdSegment, i);

        segment.text += shift;
        g_array_append_val(self->segments, segment);
    }
    append_shifted(self->opaque, notes->opaque, shift);
    append_shifted(self->stand_ins, notes->stand_ins, shift);
    g_string_append_len(self->text, notes->text->str, (gssize)notes->text->len);
    pd_annotated_gap(self);
    g_string_truncate(notes->text, 0);
    g_array_set_size(notes->segments, 0);
    self->is_shuffled = true;
}

void
pd_annotated_finish(PdAnnotated *self)
{
    const PdSegment *last;

    if (self->segments->len == 0) {
        g_string_truncate(self->text, 0);
        return;
    }
    last = &g_array_index(self->segments, PdSegment, self->segments->len - 1);
    g_string_truncate(self->text, last->text + last->n_text);
}
