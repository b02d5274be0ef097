/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - a text that an editor changes, and places in it
 *
 * The protocol counts lines, and within a line in units that client and server agree on. The
 * service counts bytes of UTF-8 (its offsets=utf8), so that a place is a line's start plus what
 * is counted in that line alone. A line ends with LF, CRLF or CR.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { PD_LSP_UTF8, PD_LSP_UTF16, PD_LSP_UTF32 } PdLspEncoding;

typedef struct {
    gsize line;
    gsize character; /* from the line's start, in units of the encoding */
} PdLspPosition;

typedef struct {
    PdLspPosition start;
    PdLspPosition end;
} PdLspRange;

typedef struct PdLspText PdLspText;

/* "utf-8", "utf-16", "utf-32" */
const char *pd_lsp_encoding_name(PdLspEncoding encoding);
/* Returns: false: none of these; @ret_encoding stays */
bool pd_lsp_encoding_from_name(const char *name, PdLspEncoding *ret_encoding);

/* @utf8: valid; copied. (transfer full) */
PdLspText *pd_lsp_text_new(const char *utf8, gsize n_bytes);
void pd_lsp_text_free(PdLspText *self); /* NULL is fine */

/* Borrowed until the next change; ends in NUL. @ret_bytes: (out) (nullable) */
const char *pd_lsp_text_peek(const PdLspText *self, gsize *ret_bytes);
gsize pd_lsp_text_bytes(const PdLspText *self);
gsize pd_lsp_text_lines(const PdLspText *self); /* at least 1 */

/*
 * The byte at a position. What is too large is cut: behind the last line to the end of the text,
 * behind a line's end to before its line break. Within a character: its start.
 */
gsize pd_lsp_text_offset(const PdLspText *self, PdLspPosition position, PdLspEncoding encoding);

/* The position of a byte, at most the text's length. */
PdLspPosition pd_lsp_text_position(const PdLspText *self, gsize offset_bytes,
                                   PdLspEncoding encoding);
PdLspRange pd_lsp_text_range(const PdLspText *self, gsize start_bytes, gsize length_bytes,
                             PdLspEncoding encoding);

/* @start, @removed: in bytes, within the text, not cutting a character; @inserted: valid UTF-8 */
void pd_lsp_text_replace(PdLspText *self, gsize start, gsize removed, const char *inserted,
                         gsize n_inserted);

/*
 * The least that turns the text into @utf8: all but what both begin and end with, whole characters.
 * For clients that send the whole text. @ret_inserted: within @utf8
 */
void pd_lsp_text_difference(const PdLspText *self, const char *utf8, gsize n_bytes,
                            gsize *ret_start, gsize *ret_removed, const char **ret_inserted,
                            gsize *ret_n_inserted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLspText, pd_lsp_text_free)
