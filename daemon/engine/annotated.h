/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * annotated.h - text under construction, and where each part of it stood in its source
 *
 * What is in no segment came from nowhere: the blank lines between blocks. The readers of formats
 * (markdown, html, ...) write one of these, in the order of the source, notes excepted; markup.c
 * answers questions about it.
 */
#pragma once

#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>

/* What a sentence is given for what is left out of it: a formula, a citation, a placeholder. Any
 * noun would do; the model takes this one almost anywhere. */
#define PD_STAND_IN "X"

/* A part of the text and the bytes of the source that it came from. */
typedef struct {
    size_t text;
    size_t source;
    size_t n_text;
    size_t n_source;
    bool is_same; /* byte for byte; else one thing stands for the other (&amp; for &) */
} PdSegment;

/* How a character that means something to the format is written there as text. */
typedef enum {
    PD_QUOTING_BACKSLASH, /* \" */
    PD_QUOTING_DOUBLED,   /* "" */
    PD_QUOTING_ENTITY,    /* &amp; */
    PD_QUOTING_NONE,      /* it cannot be */
} PdQuoting;

typedef struct {
    PdSpan text;
    PdQuoting quoting;
    char marks[8]; /* the characters; NUL-terminated */
} PdQuote;

typedef struct {
    GString *text;
    GArray *segments;  /* of PdSegment, ascending in text, not overlapping */
    GArray *opaque;    /* of PdSpan of the text, ascending: nothing is reported there */
    GArray *stand_ins; /* of PdSpan of the text, ascending: those of @opaque that stand for
                          something unknown */
    GArray *quotes;    /* of PdQuote, ascending */
    GHashTable *names; /* (nullable): set of strings, lower case: what the code around a
                          comment names */
    size_t base;       /* added to each position in the source */
    bool is_shuffled;  /* notes stand in the text behind what they are notes to */
} PdAnnotated;

void pd_annotated_init(PdAnnotated *self, size_t length);
void pd_annotated_clear(PdAnnotated *self);

/*
 * Appends @n bytes found at @source, themselves or (@text differs in length or bytes) as one
 * thing.
 */
void pd_annotated_same(PdAnnotated *self, const char *bytes, size_t n, size_t source);
void pd_annotated_unit(PdAnnotated *self, const char *text, size_t n_text, size_t source,
                       size_t n_source);

/* White space in the source that separates words and nothing more; none where there is some. */
void pd_annotated_space(PdAnnotated *self, size_t source, size_t n_source);
/* A line break that was meant. */
void pd_annotated_break(PdAnnotated *self, size_t source, size_t n_source);
/* PD_STAND_IN for these bytes. */
void pd_annotated_stand_in(PdAnnotated *self, size_t source, size_t n_source);
/* An empty line between blocks, unless there is one. */
void pd_annotated_gap(PdAnnotated *self);
/* All text from @text_start on is opaque. */
void pd_annotated_mark_opaque(PdAnnotated *self, size_t text_start);
/* And it is code, of which nobody knows how it is said. */
void pd_annotated_mark_code(PdAnnotated *self, size_t text_start);
/* From @text_start on, the characters @marks have to be written so. */
void pd_annotated_mark_quoted(PdAnnotated *self, size_t text_start, PdQuoting quoting,
                              const char *marks);
/* Moves all of @notes, which stood inside what @self has, behind it, as blocks of their own. */
void pd_annotated_take_notes(PdAnnotated *self, PdAnnotated *notes);
/* No blank lines behind the last block. */
void pd_annotated_finish(PdAnnotated *self);
