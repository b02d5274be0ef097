/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inflection.h - other regular forms of an English word
 */
#pragma once

#include <glib.h>

/* @word in lower case. Appends strings (g_free) to @forms: go -> gos, goes, goed, going, goly; the
 * caller keeps those that exist. */
void pd_inflection_forms(const char *word, GPtrArray *forms);
