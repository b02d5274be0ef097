/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window.h - which part of a text is checked, and how a program counts its positions
 *
 * A window is the part of a program's text that is read: all of a short text, the paragraphs around
 * the caret of a long one. Positions in a window are code points. A program's own positions are
 * code points too, as AT-SPI has them, or UTF-16 code units (Qt, LibreOffice): what GetText gives
 * for n positions tells which.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PD_WINDOW_WHOLE_CHARS 20000 /* texts up to this are read whole */
#define PD_WINDOW_SIDE_CHARS 6000   /* else this much before and behind the caret */

typedef enum {
    PD_UNIT_CHARS,
    PD_UNIT_UTF16,
} PdUnit;

/* What changes one text into another; in code points. */
typedef struct {
    guint start;
    guint removed;
    char *inserted; /* owned; "" if nothing */
} PdChange;

/* @total, @caret, the range: in the program's unit; @caret may be outside of the text */
void pd_window_around(int total, int caret, int *ret_start, int *ret_end);

/*
 * @text: what the program gave for @n_asked positions
 * Returns: false: its positions are neither, so they cannot be trusted
 */
bool pd_window_unit(const char *text, int n_asked, PdUnit *ret_unit);

/* A position in a window, in the program's unit from the window's start, and back. */
int pd_window_to_unit(const char *text, PdUnit unit, guint n_chars);
guint pd_window_to_chars(const char *text, PdUnit unit, int position);

/*
 * Cuts what is left of paragraphs that the range (@start .. @end of @total) cut.
 * @ret_dropped: positions cut at the beginning, in @unit
 *
 * Returns: (transfer full): whole paragraphs, or @text if it is one alone
 */
char *pd_window_trim(const char *text, PdUnit unit, int start, int end, int total,
                     int *ret_dropped);

/* The smallest change from @before to @after. Returns: false: there is none */
bool pd_change_between(const char *before, const char *after, PdChange *ret_change);
void pd_change_done(PdChange *change);

/*
 * Is an embedded object (U+FFFC: a picture, a link whose text is elsewhere) in the sentence around
 * a place? What is said of a sentence with a hole is not to be trusted.
 */
bool pd_window_has_hole(const char *text, guint start, guint length);

/* Does the caret stand at the end of the word at a place, so that it may be unfinished? */
bool pd_window_unfinished(const char *text, guint start, guint length, guint caret);

/* Where a place is to be deleted: with the space before it, or behind it where a line begins. */
void pd_window_widen(const char *text, guint *start, guint *length);

/* (transfer full): @length code points from @start */
char *pd_window_part(const char *text, guint start, guint length);
