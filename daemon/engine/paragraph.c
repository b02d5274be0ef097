/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/paragraph.h"

#include <string.h>

typedef struct {
    size_t content; /* where the line begins in the content */
    size_t source;  /* and in the source */
    size_t n_break; /* bytes of the line break in the source; 0: the source ends */
} Line;

void
pd_paragraph_init(PdParagraph *self, const char *source, PdAnnotated *out)
{
    *self = (PdParagraph){
        .source = source,
        .out = out,
        .content = g_string_new(NULL),
        .lines = g_array_new(FALSE, FALSE, sizeof(Line)),
    };
}

void
pd_paragraph_clear(PdParagraph *self)
{
    g_string_free(self->content, TRUE);
    g_array_unref(self->lines);
}

void
pd_paragraph_empty(PdParagraph *self)
{
    g_string_truncate(self->content, 0);
    g_array_set_size(self->lines, 0);
    self->line = 0;
}

void
pd_paragraph_add(PdParagraph *self, size_t start, size_t end, size_t next)
{
    const Line line = { self->content->len, start, next - end };

    g_array_append_val(self->lines, line);
    g_string_append_len(self->content, self->source + start, (gssize)(end - start));
    g_string_append_c(self->content, '\n');
}

char
pd_paragraph_peek(const PdParagraph *self, size_t at)
{
    return at < self->content->len ? self->content->str[at] : '\0';
}

size_t
pd_paragraph_find(const PdParagraph *self, size_t at, const char *what)
{
    const char *p = NULL;

    if (at < self->content->len)
        p = memmem(self->content->str + at, self->content->len - at, what, strlen(what));
    return p != NULL ? (size_t)(p - self->content->str) : G_MAXSIZE;
}

/* The line that holds @at; ascending positions are quick. */
static const Line *
line_at(PdParagraph *self, size_t at)
{
    const Line *lines = (const Line *)self->lines->data;

    if (lines[self->line].content > at)
        self->line = 0;
    while (self->line + 1 < self->lines->len && lines[self->line + 1].content <= at)
        self->line++;
    return &lines[self->line];
}

static size_t
to_source(PdParagraph *self, size_t at)
{
    const Line *line = line_at(self, at);

    return line->source + (at - line->content);
}

/* The line's break at @at; nothing but a space where there is none in the source. */
static void
put_break(PdParagraph *self, size_t at, char break_as)
{
    const Line *line = line_at(self, at);
    const size_t source = line->source + (at - line->content);

    if (line->n_break == 0)
        return;
    if (break_as == ' ')
        pd_annotated_space(self->out, source, line->n_break);
    else
        pd_annotated_break(self->out, source, line->n_break);
}

void
pd_paragraph_put(PdParagraph *self, size_t start, size_t end, char break_as)
{
    end = MIN(end, self->content->len);
    while (start < end) {
        const char *p = self->content->str + start;
        const char *stop = memchr(p, '\n', end - start);
        const size_t n = stop != NULL ? (size_t)(stop - p) : end - start;

        if (n > 0)
            pd_annotated_same(self->out, p, n, to_source(self, start));
        start += n;
        if (stop != NULL)
            put_break(self, start++, break_as);
    }
}

void
pd_paragraph_put_unit(PdParagraph *self, const char *text, size_t start, size_t end)
{
    const size_t from = to_source(self, start);

    pd_annotated_unit(self->out, text, strlen(text), from, to_source(self, end - 1) + 1 - from);
}

void
pd_paragraph_put_stand_in(PdParagraph *self, size_t start, size_t end)
{
    const size_t from = to_source(self, start);

    pd_annotated_stand_in(self->out, from, to_source(self, end - 1) + 1 - from);
}
