/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - sentences and words of UTF-8 text (ICU, GLib)
 * All positions are bytes unless a name says otherwise; ranges are [start, end).
 */
#pragma once

#include "daemon/engine/offsets.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdSegmenter PdSegmenter; /* ICU's break iterators for a language: one thread */

typedef struct {
    size_t start;
    size_t end;
} PdSpan;

typedef enum {
    PD_TOKEN_WORD,   /* letters, with inner apostrophes: don't, O'Neill, été */
    PD_TOKEN_NUMBER, /* 3, 3.14, 1,000, 2nd, 10kg, 1990s, XIV is a word */
    PD_TOKEN_PUNCT,  /* one punctuation mark or symbol; "..." is one */
    PD_TOKEN_OPAQUE, /* URL, e-mail address, path, file name, version, identifier (snake_case,
                        camelCase, a::b, f(), h264), @name, #tag, emoji, U.S., e.g.: not to be
                        judged */
} PdTokenKind;

typedef struct {
    size_t start;
    size_t end;
    PdTokenKind kind;
} PdToken;

/**
 * pd_segmenter_new:
 * @language: as en_US; one that ICU does not know gets the root rules
 */
PdSegmenter *pd_segmenter_new(const char *language,
                              GError **error); /* PD_ERROR_FAILED: no ICU data */
void pd_segmenter_free(PdSegmenter *self);     /* NULL is fine */

/**
 * pd_segmenter_sentences:
 * @text: valid UTF-8
 * @spans: array of PdSpan, appended: sentences in order, without white space around them
 *
 * Abbreviations do not end a sentence (@ss=standard). A single line break is white space, as in
 * wrapped text, unless a list item, a heading or quoted line ("> ") begins after it or the line
 * before it is too short to have been wrapped (title lines, verse, addresses); an empty line always
 * ends one. The sentences are those of the text's units, one after the other (pd_lines_unit()).
 */
void pd_segmenter_sentences(PdSegmenter *self, const char *text, size_t length, GArray *spans);

/**
 * pd_segmenter_tokens:
 * @sentence: where to look; token positions are those of @text
 * @tokens: array of PdToken, appended in order; white space and format characters are in none
 */
void pd_segmenter_tokens(PdSegmenter *self, const char *text, PdSpan sentence, GArray *tokens);

/* Where the last @bytes of a text begin, or less, for it cuts no character. */
size_t pd_text_tail(const char *text, size_t length, size_t bytes);

/* @place and up to @bytes of @text (NUL-terminated) on each side of it, more where a word would be
 * cut: it begins and ends at white space or where the text does. */
PdSpan pd_text_window(const char *text, PdSpan place, size_t bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdSegmenter, pd_segmenter_free)
