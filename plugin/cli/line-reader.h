/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line-reader.h - lines of standard input, in bounded memory
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdLineReader PdLineReader;

typedef enum {
    PD_LINE_READ,
    PD_LINE_TOO_LONG, /* longer than the limit: passed over, up to the next line */
    PD_LINE_END,
    PD_LINE_FAILED, /* a read error */
} PdLineResult;

/* @fd: stays the caller's */
PdLineReader *pd_line_reader_new(int fd, size_t max_bytes);
void pd_line_reader_free(PdLineReader *self); /* NULL is fine */

/* The next line without its line end, into @line, NUL-terminated. Any bytes. */
PdLineResult pd_line_reader_next(PdLineReader *self, GString *line, GError **error);
bool
pd_line_reader_is_ready(const PdLineReader *self); /* is there a whole line, without waiting? */
guint64 pd_line_reader_bytes(const PdLineReader *self); /* taken so far, line ends too */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLineReader, pd_line_reader_free)
