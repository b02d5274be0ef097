/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * annotation.h - the parameter "data": JSON with a text, or with parts of text and of markup
 */
#pragma once

#include <glib.h>

typedef struct {
    char *text;   /* (nullable): what is checked; NULL for markup that stands for nothing */
    char *markup; /* (nullable): what the client has there instead; NULL for text */
} PdHttpPart;

/**
 * pd_http_annotation_parse:
 * @json: valid UTF-8
 * @error: PD_HTTP_ERROR, status 400, in LanguageTool's words where it has some
 *
 * Returns: (transfer full): array of PdHttpPart, in order; NULL with @error set
 */
GArray *pd_http_annotation_parse(const char *json, GError **error);
