/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - the text of a request, and where its places are
 *
 * A client sends either a text or an annotated one: parts that are text and parts that are markup.
 * Markup is left out of what is checked, or stands in it as something else ("interpretAs": "\n\n"
 * for "<p>"). The client's places are in all of its parts, one after the other, as UTF-16 code
 * units; those of the checked text are UTF-16 code units, too, and are mapped back by
 * pd_http_text_original().
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct PdHttpText PdHttpText;

typedef struct {
    size_t start; /* in UTF-16 code units */
    size_t end;
} PdHttpRange;

/* (transfer full): @text is valid UTF-8 */
PdHttpText *pd_http_text_new(const char *text);

/**
 * pd_http_text_new_annotated:
 * @json: {"text": "..."}, or {"annotation": [{"text": "..."}, {"markup": "...", "interpretAs":
 * "..."}]} where interpretAs may be missing
 * @error: PD_HTTP_ERROR, status 400, with LanguageTool's words where it has some
 *
 * Returns: (transfer full): NULL with @error set
 */
PdHttpText *pd_http_text_new_annotated(const char *json, GError **error);
void pd_http_text_free(PdHttpText *self); /* NULL is fine */

/* What is to be checked; UTF-8, and its length in UTF-16 code units. */
const char *pd_http_text_peek(const PdHttpText *self);
size_t pd_http_text_length_utf16(const PdHttpText *self);

/* @place of the checked text in all that the client sent. */
PdHttpRange pd_http_text_original(const PdHttpText *self, PdHttpRange place);

/*
 * @place with the word before it on its line, or where there is none the one after it: who deletes
 * a word or puts one in can then show what will stand there. @place itself where markup is between.
 */
PdHttpRange pd_http_text_widen(const PdHttpText *self, PdHttpRange place);

/* (transfer full): UTF-8 of a place in the checked text, cut to its length */
char *pd_http_text_slice(const PdHttpText *self, PdHttpRange place);

/**
 * pd_http_text_context:
 * @original: a place in all that the client sent
 * @ret_offset: where it begins in the context, in UTF-16 code units
 *
 * Returns: (transfer full): the place with 40 code units on each side, "..." where more was cut
 * off, spaces for line feeds
 */
char *pd_http_text_context(const PdHttpText *self, PdHttpRange original, size_t *ret_offset);

/**
 * pd_http_text_sentences:
 * @language: as en_US
 *
 * Divides by ICU's rules; a single line end does not end a sentence.
 *
 * Returns: (transfer full): array of PdHttpRange in the checked text, in order, without the white
 * space around
 */
GArray *pd_http_text_sentences(const PdHttpText *self, const char *language);

/* The one of @sentences that @position is in, or the last before it; { 0, 0 } if there is none. */
PdHttpRange pd_http_sentence_at(const GArray *sentences, size_t position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpText, pd_http_text_free)
