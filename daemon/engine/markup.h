/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.h - a file's text without its markup, and where each part of it came from
 *
 * Marks, targets of links, fences, tags, commands, code between comments are left out of the text;
 * blocks are separated by an empty line. Code spans stay (a sentence needs its words) but are
 * opaque: nothing in them is reported. Where what is left out had a place in a sentence (a formula,
 * a citation, a placeholder) the text has an opaque word for it. Plain text is its own text.
 * README.md says for each format what is left out.
 *
 * Reading takes linear time, whatever the source is.
 */
#pragma once

#include "daemon/engine/format.h"
#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdMarkup PdMarkup;

/**
 * pd_markup_new:
 * @language: (nullable): what is to be checked ("en_US"): parts that say to be in another language
 *            (HTML's lang) are left out
 *
 * Copies what it keeps. Returns: (transfer full): never NULL
 */
PdMarkup *pd_markup_new(PdFormat format, const char *language, const char *source, size_t length);
void pd_markup_free(PdMarkup *self); /* NULL is fine */

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
/*
 * Is it beside a word that stands for something unknown? Whether "a X" should be "an X", or "X are"
 * be "X is", nobody can say.
 */
bool pd_markup_is_beside_stand_in(const PdMarkup *self, PdSpan text);
bool pd_markup_is_name(const PdMarkup *self,
                       const char *word); /* is it, or may it be, one in the code around? */
/*
 * How @repair is written at that place, where the format has another meaning for some of its
 * characters. (transfer full): NULL: it cannot be
 */
char *pd_markup_quote(const PdMarkup *self, PdSpan text, const char *repair);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdMarkup, pd_markup_free)
