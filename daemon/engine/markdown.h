/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markdown.h - CommonMark to annotated text, for markup.c
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdAnnotated PdAnnotated;

/* A part of the text and the bytes of the source that it came from. */
typedef struct {
    size_t text;
    size_t source;
    size_t n_text;
    size_t n_source;
    bool is_same; /* byte for byte; else one thing stands for the other (&amp; for &) */
} PdSegment;

/* Text under construction. What is in no segment (blank lines between blocks) came from nowhere. */
struct PdAnnotated {
    GString *text;
    GArray *segments; /* of PdSegment, ascending in text and source, not overlapping */
    GArray *opaque;   /* of PdSpan of the text, ascending */
};

/* @source: borrowed; positions in @out are its bytes, + @base */
void pd_markdown_annotate(const char *source, size_t length, size_t base, PdAnnotated *out);

/*
 * Appends @n bytes found at @source, themselves or (@text differs in length or bytes) as one
 * thing.
 */
void pd_annotated_same(PdAnnotated *self, const char *bytes, size_t n, size_t source);
void pd_annotated_unit(PdAnnotated *self, const char *text, size_t n_text, size_t source,
                       size_t n_source);
