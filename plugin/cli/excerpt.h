/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * excerpt.h - one line of text as a terminal shows it, around a place in it
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct {
    char *text;    /* printable UTF-8 without tabs; an ellipsis where it was cut */
    size_t column; /* columns before the place, from 0 */
    size_t width;  /* columns of the place, at least 1 */
} PdExcerpt;

/* How many columns of a terminal @text takes; valid UTF-8 without tabs. */
size_t pd_columns(const char *text);

/**
 * pd_excerpt_init:
 * @line: valid UTF-8, @length bytes without a line end
 * @start, @end: the place, bytes of @line; an @end past the line is its end
 * @max_columns: how wide it may be, at least 10
 *
 * Wide characters take two columns, combining marks none, tabs go to the next multiple of eight,
 * and what a terminal would obey becomes U+FFFD. A line that is too wide is cut on the side, or
 * sides, away from the place. Work is bounded by @max_columns, however long the line is.
 */
void pd_excerpt_init(PdExcerpt *self, const char *line, size_t length, size_t start, size_t end,
                     size_t max_columns);
void pd_excerpt_done(PdExcerpt *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdExcerpt, pd_excerpt_done)
