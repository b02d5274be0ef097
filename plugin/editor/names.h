/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names.h - what people call languages, levels and kinds of error
 */
#pragma once

#include <glib.h>

/* "en_US": "English (United States)", in the language of the locale. (transfer full) */
char *pd_language_title(const char *language);

/* "verb-form": "Verb form"; another word as it is. Static or @kind itself. */
const char *pd_kind_title(const char *kind);
const char *const *pd_kinds(void); /* all of them, NULL-terminated */

#define PD_N_LEVELS 3
const char *pd_level(guint index);       /* "careful", "default", "thorough" */
const char *pd_level_title(guint index); /* what to call them */
guint pd_level_index(const char *level); /* NULL and others: that of "default" */
