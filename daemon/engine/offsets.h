/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offsets.h - positions in UTF-8 text, counted in bytes, code points or UTF-16 code units
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    PD_OFFSETS_CHARS, /* code points */
    PD_OFFSETS_UTF8,  /* bytes */
    PD_OFFSETS_UTF16, /* code units */
} PdOffsets;

/* How many units [text, text + length) has; it is valid UTF-8. */
size_t pd_text_units(const char *text, size_t length, PdOffsets unit);

/*
 * Where in @text does position @offset (in @unit) lie, in bytes? false: past the end, or inside a
 * character.
 */
bool pd_text_offset_to_bytes(const char *text, size_t length, PdOffsets unit, size_t offset,
                             size_t *ret_bytes);

/* The opposite for many: keeps its place, so ascending positions cost one pass over the text. */
typedef struct {
    const char *text;
    PdOffsets unit;
    size_t bytes;
    size_t units;
} PdOffsetCursor;

void pd_offset_cursor_init(PdOffsetCursor *self, const char *text, PdOffsets unit);
size_t pd_offset_cursor_at(PdOffsetCursor *self, size_t bytes); /* going back starts again from 0 */
