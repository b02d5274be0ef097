/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * literal.h - what stands in strings of program code, where it is written for people
 */
#pragma once

#include "daemon/engine/annotated.h"

/*
 * Does a string hold prose: words with spaces between them, and not a query, a list of names, a
 * command? @p: what is between its quotes
 */
bool pd_literal_is_prose(const char *p, size_t n);

/*
 * Appends @place of the source: escapes as what they mean, placeholders as stand-ins. @escape:
 * '\\', or the quotation mark that is written twice, or '\0': nothing is escaped
 */
void pd_literal_put(PdAnnotated *out, const char *source, PdSpan place, char escape);
