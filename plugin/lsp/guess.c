/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/guess.h"

#include "daemon/engine/fingerprints.h"

#include <stdbool.h>
#include <string.h>

#define MARK_BYTES 4096 /* of the text's beginning, where it may name its language */
#define MAX_COMPARED_BYTES 4000
#define MIN_COMPARED_BYTES 60

/* --- dictionaries --- */

static bool
is_of_language(const char *dictionary, const char *code)
{
    const gsize n = strlen(code);

    return strncmp(dictionary, code, n) == 0 && (dictionary[n] == '\0' || dictionary[n] == '_');
}

/* Of several dictionaries of a language: the locale's, that of the land of its name, the first. */
static const char *
find_of_language(const char *code, const char *const *installed)
{
    const char *const *locales = g_get_language_names();
    g_autofree char *land = g_ascii_strup(code, -1);
    g_autofree char *own = g_strdup_printf("%s_%s", code, land);

    for (size_t i = 0; locales[i] != NULL; i++) {
        if (is_of_language(locales[i], code) && g_strv_contains(installed, locales[i]))
            return locales[i];
    }
    if (g_strv_contains(installed, own)) {
        for (size_t i = 0; installed[i] != NULL; i++)
            if (g_str_equal(installed[i], own))
                return installed[i];
    }
    if (g_str_equal(code, "en") && g_strv_contains(installed, "en_US"))
        return "en_US";
    for (size_t i = 0; installed[i] != NULL; i++) {
        if (is_of_language(installed[i], code))
            return installed[i];
    }
    return NULL;
}

/* @name: as de, de-DE, de_DE */
static const char *
find_named(const char *name, const char *const *installed)
{
    g_autofree char *dictionary = g_strdelimit(g_strdup(name), "-", '_');
    g_autofree char *code = g_ascii_strdown(name, (gssize)strcspn(name, "-_"));

    for (size_t i = 0; installed[i] != NULL; i++) {
        if (g_ascii_strcasecmp(installed[i], dictionary) == 0)
            return installed[i];
    }
    return find_of_language(code, installed);
}

/* --- what the text says --- */

/* (transfer full) (nullable) */
static char *
find_mark(const char *text)
{
    static const char *const patterns[] = {
        "!\\s*TeX\\s+spellcheck\\s*=\\s*([A-Za-z_-]{2,20})",
        "LTeX:[^\\n]*\\blanguage=([A-Za-z_-]{2,20})",
        "<html\\b[^>]*\\slang\\s*=\\s*[\"']?([A-Za-z_-]{2,20})",
        "\\A---\\n(?:[^\\n]*\\n){0,40}?lang(?:uage)?:\\s*[\"']?([A-Za-z_-]{2,20})",
    };
    g_autofree char *head = g_utf8_make_valid(text, (gssize)strnlen(text, MARK_BYTES));

    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autoptr(GRegex) regex = g_regex_new(patterns[i], G_REGEX_CASELESS, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;

        if (regex != NULL && g_regex_match(regex, head, 0, &match))
            return g_match_info_fetch(match, 1);
    }
    return NULL;
}

/* --- what it looks like --- */

/* (nullable) */
static const char *
compare(const char *dir, const char *text, const char *const *installed)
{
    g_autofree char *index = g_strconcat(dir, "fpdb.conf", NULL);
    g_autoptr(PdFingerprints) fingerprints = pd_fingerprints_new(dir, index, MIN_COMPARED_BYTES);
    g_auto(GStrv) likely = NULL;
    const char *found = NULL;

    if (fingerprints == NULL)
        return NULL;
    likely = pd_fingerprints_compare(fingerprints, text, strlen(text), MAX_COMPARED_BYTES);
    for (size_t i = 0; found == NULL && likely[i] != NULL; i++)
        found = find_of_language(likely[i], installed);
    return found;
}

char *
pd_guess_language(const char *text, const char *const *installed)
{
    g_autofree char *mark = find_mark(text);
    const char *found = mark != NULL ? find_named(mark, installed) : NULL;
    g_autofree char *dir = NULL;

    if (found == NULL && (dir = pd_fingerprints_find()) != NULL)
        found = compare(dir, text, installed);
    return g_strdup(found);
}
