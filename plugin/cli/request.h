/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.h - a line of proof batch's input: {"id": ..., "text": "...", "language": "..."}
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *id;       /* (nullable): JSON, as it stood in the line: a string or a number */
    char *text;     /* (nullable): valid UTF-8 */
    char *language; /* (nullable) */
} PdRequest;

/**
 * pd_request_parse:
 * @line: any bytes
 * @ret_request: its id may be set even where the rest is wrong
 * @error: G_CONVERT_ERROR_ILLEGAL_SEQUENCE: not UTF-8; G_MARKUP_ERROR_PARSE: not JSON, or more
 * than 64 deep;
 *         G_MARKUP_ERROR_INVALID_CONTENT: not this object
 *
 * Other members are passed over. JSON that would hide something from a C string (\u0000) or is no
 * text (half of a surrogate pair) is an error.
 */
bool pd_request_parse(const char *line, size_t length, PdRequest *ret_request, GError **error);
void pd_request_done(PdRequest *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdRequest, pd_request_done)
