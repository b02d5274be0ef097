/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paragraph.h - lines that stand apart in the source (decoration or indentation between them), put
 * together to be read as one
 */
#pragma once

#include "daemon/engine/annotated.h"

typedef struct {
    const char *source; /* borrowed */
    PdAnnotated *out;   /* borrowed */
    GString *content;   /* the lines, each with '\n' behind it */
    GArray *lines;
    size_t line; /* that of the last position asked for */
} PdParagraph;

void pd_paragraph_init(PdParagraph *self, const char *source, PdAnnotated *out);
void pd_paragraph_clear(PdParagraph *self);
void pd_paragraph_empty(PdParagraph *self); /* for the next one */

/* Source bytes [start, end) are the next line; its line break goes up to @next. */
void pd_paragraph_add(PdParagraph *self, size_t start, size_t end, size_t next);

char pd_paragraph_peek(const PdParagraph *self, size_t at); /* '\0' behind the end */
/* Where @what stands in the content at or after @at; G_MAXSIZE: nowhere */
size_t pd_paragraph_find(const PdParagraph *self, size_t at, const char *what);

/* Content bytes [start, end) go to the text as they are; a line break becomes @break_as. */
void pd_paragraph_put(PdParagraph *self, size_t start, size_t end, char break_as);
void pd_paragraph_put_unit(PdParagraph *self, const char *text, size_t start, size_t end);
void pd_paragraph_put_stand_in(PdParagraph *self, size_t start, size_t end);
