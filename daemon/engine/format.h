/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * format.h - the formats of text, by name and by the name of a file
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    PD_FORMAT_PLAIN,
    PD_FORMAT_MARKDOWN,
    PD_FORMAT_HTML,
    PD_FORMAT_LATEX,
    PD_FORMAT_RST,    /* reStructuredText */
    PD_FORMAT_COMMIT, /* a message for git */
    PD_FORMAT_CODE,   /* and on: the languages of code-languages.h, in their order */
} PdFormat;

/* "plain", "markdown", "code:python", also by another name that is known ("code:shell"). */
bool pd_format_from_name(const char *name, PdFormat *ret_format);

/* All of them, by their first names. (transfer full): g_strfreev */
GStrv pd_format_names(void);

/* "plain, markdown, html, latex, rst, commit or code:NAME": for people. */
const char *pd_format_list(void);

/* What a file of this name holds; "plain" where nothing else is known. (transfer full): a name */
char *pd_format_for_path(const char *path);
