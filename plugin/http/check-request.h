/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check-request.h - what a client asks of /v2/check
 */
#pragma once

#include "plugin/http/rules.h"
#include "plugin/http/text.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    PdHttpText *text;
    char *language; /* as given: "en-US", "en", "auto" */
    bool is_auto;
    GStrv preferred_variants;  /* "en-GB", "de-AT": for auto */
    GStrv preferred_languages; /* "en", "de": for auto, where the text does not tell */
    GStrv noop_languages;      /* for auto: texts in these get no matches */
    bool is_picky;
    bool is_empty; /* asks for rules that look at whole texts alone: there are none */
    PdHttpFilter filter;
} PdHttpCheckRequest;

/**
 * pd_http_check_request_new:
 * @form: the parameters; those that are not known or do not matter here are left alone
 * @max_utf16: how long the text may be
 * @error: PD_HTTP_ERROR, status 400 or 413, in LanguageTool's words
 *
 * Returns: (transfer full): NULL with @error set
 */
PdHttpCheckRequest *pd_http_check_request_new(GHashTable *form, size_t max_utf16, GError **error);
void pd_http_check_request_free(PdHttpCheckRequest *self); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpCheckRequest, pd_http_check_request_free)
