/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.h - a file's text without its markup, and where each part of it came from
 *
 * Markdown's emphasis marks, link targets, HTML, fences, headings' and lists' marks and front
 * matter are left out of the text; blocks are separated by an empty line. Code spans stay (a
 * sentence needs its words) but are opaque: nothing in them is reported. Plain text is its own
 * text.
 */
#pragma once

#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>

typedef enum { PD_FORMAT_PLAIN, PD_FORMAT_MARKDOWN } PdFormat;

typedef struct PdMarkup PdMarkup;

PdMarkup *pd_markup_new(PdFormat format, const char *source,
                        size_t length); /* copies what it keeps; never NULL */
void pd_markup_free(PdMarkup *self);    /* NULL is fine */

const char *pd_markup_text(const PdMarkup *self,
                           size_t *ret_length); /* borrowed, valid UTF-8 if @source is */

/*
 * Bytes of the source that hold text [start, end): markup inside is included, markup around it is
 * not.
 */
PdSpan pd_markup_to_source(const PdMarkup *self, PdSpan text);
/*
 * The opposite: the part of the text in those source bytes; start == end where they are all
 * markup.
 */
PdSpan pd_markup_from_source(const PdMarkup *self, PdSpan source);
bool pd_markup_is_opaque(const PdMarkup *self,
                         PdSpan text); /* does any of it lie in a code span? */
bool pd_markup_is_split(const PdMarkup *self,
                        PdSpan text); /* does markup lie inside it? (wo**rd**) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdMarkup, pd_markup_free)
