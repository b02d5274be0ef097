/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fragment.h - lines that are no sentences and need not be: headings, list items, table cells
 */
#pragma once

#include "daemon/engine/checker.h"

#include <stdbool.h>

/**
 * pd_fragment_is:
 * @text: without markup: headings, list items and cells are lines of their own
 * @sentence: bytes of @text
 *
 * A short line without a final mark in which no subject (she, they, there) and no auxiliary verb
 * stands. English. In a text of one line alone it is perhaps a message, which the caller knows.
 */
bool pd_fragment_is(const char *text, size_t length, PdSpan sentence);

/*
 * May a fragment have what looks like this error elsewhere? It needs no verb, article or mark;
 * misspelt words are misspelt in it too.
 */
bool pd_fragment_excuses(const PdFinding *finding);
