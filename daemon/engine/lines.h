/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.h - which line breaks of plain text are only where a line was full
 */
#pragma once

#include <stddef.h>

/**
 * pd_lines_join_wrapped:
 * @text: valid UTF-8, changed in place
 *
 * Each line break inside a sentence (pd_segmenter_sentences() says which) becomes as many spaces,
 * so that positions stay.
 */
void pd_lines_join_wrapped(char *text, size_t length);
