/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/format.h"

#include "daemon/engine/code-languages.h"

#include <string.h>

#define CODE_PREFIX "code:"

typedef struct {
    const char *names; /* separated by spaces, the first is shown */
    const char *files; /* their ends, or whole names without a dot in front */
} FormatRow;

static const FormatRow rows[] = {
    [PD_FORMAT_PLAIN] = { "plain", "" },
    [PD_FORMAT_MARKDOWN] = { "markdown", ".md .markdown" },
    [PD_FORMAT_HTML] = { "html", ".html .htm .xhtml" },
    [PD_FORMAT_LATEX] = { "latex", ".tex .ltx .latex" },
    [PD_FORMAT_RST] = { "rst", ".rst .rest" },
    [PD_FORMAT_COMMIT] = { "commit", "COMMIT_EDITMSG MERGE_MSG SQUASH_MSG TAG_EDITMSG" },
};

/* Is @word one of @list? Returns: where it stands, NULL: it does not */
static const char *
find_in_list(const char *list, const char *word, size_t n_word)
{
    for (const char *p = list; *p != '\0';) {
        size_t n = strcspn(p, " ");

        if (n == n_word && memcmp(p, word, n) == 0)
            return p;
        p += n + (p[n] == ' ' ? 1 : 0);
    }
    return NULL;
}

static bool
is_named(const char *list, const char *name)
{
    return *name != '\0' && find_in_list(list, name, strlen(name)) != NULL;
}

bool
pd_format_from_name(const char *name, PdFormat *ret_format)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (is_named(rows[i].names, name)) {
            *ret_format = (PdFormat)i;
            return true;
        }
    if (!g_str_has_prefix(name, CODE_PREFIX))
        return false;
    for (size_t i = 0; i < pd_n_code_languages; i++)
        if (is_named(pd_code_languages[i].names, name + strlen(CODE_PREFIX))) {
            *ret_format = (PdFormat)(PD_FORMAT_CODE + i);
            return true;
        }
    return false;
}

static char *
first_name(const char *prefix, const char *names)
{
    g_autofree char *name = g_strndup(names, strcspn(names, " "));

    return g_strconcat(prefix, name, NULL);
}

GStrv
pd_format_names(void)
{
    const size_t n = G_N_ELEMENTS(rows) + pd_n_code_languages;
    GStrv names = g_new0(char *, n + 1);

    for (size_t i = 0; i < n; i++)
        names[i] = i < G_N_ELEMENTS(rows)
                       ? first_name("", rows[i].names)
                       : first_name(CODE_PREFIX, pd_code_languages[i - G_N_ELEMENTS(rows)].names);
    return names;
}

const char *
pd_format_list(void)
{
    return "plain, markdown, html, latex, rst, commit or code:NAME";
}

/* Does the name of a file say so? As a whole, or by what follows its last dot. */
static bool
is_file_of(const char *files, const char *name)
{
    const char *dot = strrchr(name, '.');

    return is_named(files, name) || (dot != NULL && is_named(files, dot));
}

char *
pd_format_for_path(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (is_file_of(rows[i].files, name))
            return first_name("", rows[i].names);
    for (size_t i = 0; i < pd_n_code_languages; i++)
        if (is_file_of(pd_code_languages[i].files, name))
            return first_name(CODE_PREFIX, pd_code_languages[i].names);
    return g_strdup("plain");
}
