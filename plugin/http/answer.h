/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer.h - answers as JSON, in the shape of LanguageTool's API version 1
 */
#pragma once

#include "plugin/http/check-request.h"
#include "plugin/http/languages.h"

#include <glib.h>

/* (transfer full): [{"name", "code", "longCode"}, ...] */
char *pd_http_answer_languages(const PdHttpLanguages *languages);

/* (transfer full): what this is, with the version */
char *pd_http_answer_info(void);

/* (transfer full): limits, and the rules that can be turned off */
char *pd_http_answer_configuration(size_t max_utf16);

/* (transfer full): {"words": [...]}, @limit of them from @offset on */
char *pd_http_answer_words(const char *const *words, guint64 offset, guint64 limit);

/* (transfer full): {"added": true} and the like */
char *pd_http_answer_bool(const char *name, gboolean value);

/**
 * pd_http_answer_check:
 * @given: the language of the check
 * @detected: (nullable): the one that the text seems to be in; NULL: it does not tell
 * @confidence: of @detected, 0 to 1
 * @findings: (element-type ProofdFinding): of @request's text, in UTF-16 code units
 *
 * Returns: (transfer full): the answer of /v2/check
 */
char *pd_http_answer_check(const PdHttpCheckRequest *request, const PdHttpLanguage *given,
                           const PdHttpLanguage *detected, double confidence,
                           const GPtrArray *findings);
