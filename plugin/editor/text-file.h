/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text-file.h - a text file, read and written so that nothing but the text changes
 *
 * A byte order mark and Windows line ends are kept. In a text, lines end in "\n"; where a file has
 * both line ends, it stands in the text as it is.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* How the text lies in the file. */
typedef struct {
    bool has_bom;
    bool has_crlf; /* everywhere */
} PdTextForm;

/**
 * pd_text_decode:
 * @bytes: what a file holds
 * @ret_form: (out): what pd_text_encode() needs to write it back
 * @error: %G_IO_ERROR_INVALID_DATA: not UTF-8, or a zero byte; the message names line and byte
 *
 * Returns: (transfer full): NULL with @error set
 */
char *pd_text_decode(GBytes *bytes, PdTextForm *ret_form, GError **error);
GBytes *pd_text_encode(const char *text, PdTextForm form); /* (transfer full) */

/* What the service calls the format of a file of that name: "plain" where it knows none. */
const char *pd_text_format(const char *name);
