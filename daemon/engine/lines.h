/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.h - where a text may be cut, and which of its line breaks are only where a line was full
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * pd_lines_unit:
 * @text: valid UTF-8, not empty
 * @ret_ended: (out) (nullable): false: the text ends there, the unit might not
 *
 * A text is a row of units; no sentence reaches from one into the next, and the sentences of a unit
 * depend on nothing else. An empty line ends a unit. Where there is none for long, a unit ends at
 * an end of line or at white space that is chosen by the bytes before it, after the end of a
 * sentence if possible; so such a place stays where it is when the text far from it is edited, and
 * two texts that begin a unit with the same bytes end it at the same place. Units are a few kB
 * at most where a text has final marks at ends of lines, some ten kB where it has spaces;
 * one without white space is a unit as a whole.
 *
 * Returns: bytes of the first unit, 1 to @length
 */
size_t pd_lines_unit(const char *text, size_t length, bool *ret_ended);

/* Does [text, text + length) end in . ! ? or the like, before closing quotation marks, brackets? */
bool pd_lines_has_final_mark(const char *text, size_t length);

/**
 * pd_lines_join_wrapped:
 * @text: one unit, valid UTF-8, changed in place
 *
 * Each line break inside a sentence (pd_segmenter_sentences() says which) becomes as many spaces,
 * so that positions stay.
 */
void pd_lines_join_wrapped(char *text, size_t length);
