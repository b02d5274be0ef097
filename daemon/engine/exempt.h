/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exempt.h - words that no dictionary has and that are right: names by what stands beside them,
 * Roman numbers, units, code between backticks, what people say in quotes, other languages
 */
#pragma once

#include "daemon/engine/language.h"
#include "daemon/engine/resources.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    PdResources *resources;
    PdLanguageGuard *guard; /* (nullable) */
    PdLevel level;
    const char *text; /* a sentence, NUL-terminated */
    const GArray *tokens;
    const double *wrong; /* (nullable): [tokens] P(wrong) */
    bool *unknown; /* [tokens] in: the dictionary lacks this word; out: and it is not exempt */
} PdLooked;

/**
 * pd_exempt_find:
 *
 * A name is exempt after a title or initials and beside a name that is known, if nothing that
 * Hunspell proposes is a slip or two away. Forms with an apostrophe for what is not said (goin',
 * 'ello) are exempt everywhere: nobody writes them by mistake. Words of speech (gonna) are exempt
 * in quotes: at level careful from all findings, at default from being unknown. Other languages:
 * foreign.h; nothing is reported in them.
 *
 * Returns: (transfer full): of PdSpan: where nothing at all is to be reported
 */
GArray *pd_exempt_find(PdLooked *looked);

/* Takes the findings that touch one of @spans out of @findings, which frees them. */
void pd_exempt_drop(GPtrArray *findings, const GArray *spans);

/* Does @offset lie in quotation marks that open or close in the sentence? */
bool pd_exempt_is_quoted(const char *text, size_t offset);
