/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * variant.h - British and American spelling: words of the one that is not wanted
 */
#pragma once

#include "daemon/engine/checker.h"
#include "daemon/engine/resources.h"

#include <glib.h>

/**
 * pd_variant_apply:
 * @tokens: of PdToken in @text
 * @findings: of PdFinding, appended: rule spelling/variant, with the wanted spelling as its one
 * candidate
 *
 * Reports words that only the other variant's dictionary has, where the wanted one's has the word
 * with other letters (-our, -re, -ise, -lled). Words of one country alone (fortnight, sidewalk)
 * stay. Nothing with PD_VARIANT_ANY, in other languages than English, and where a dictionary is
 * not installed.
 */
void pd_variant_apply(PdResources *resources, PdVariant variant, const char *text,
                      const GArray *tokens, GPtrArray *findings);
