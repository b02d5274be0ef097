/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/names.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define MAX_TITLE_UTF16 200
#define DEFAULT_LEVEL 1

char *
pd_language_title(const char *language)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar title[MAX_TITLE_UTF16];
    char *utf8;
    const int32_t length = uloc_getDisplayName(language, NULL, title, G_N_ELEMENTS(title), &status);

    if (U_FAILURE(status) || length == 0)
        return g_strdup(language);
    utf8 = g_utf16_to_utf8((const gunichar2 *)title, length, NULL, NULL, NULL);
    return utf8 != NULL ? utf8 : g_strdup(language);
}

static const struct {
    const char *kind, *title;
} kinds[] = {
    { "spelling", N_("Spelling") },
    { "confused-word", N_("Confused word") },
    { "verb-form", N_("Verb form") },
    { "agreement", N_("Agreement") },
    { "noun-number", N_("Singular or plural") },
    { "determiner", N_("Article or determiner") },
    { "preposition", N_("Preposition") },
    { "pronoun", N_("Pronoun") },
    { "adjective-adverb", N_("Adjective or adverb") },
    { "word-order", N_("Word order") },
    { "missing-word", N_("Missing word") },
    { "extra-word", N_("Superfluous word") },
    { "punctuation", N_("Punctuation") },
    { "letter-case", N_("Capital or small letter") },
    { "apostrophe", N_("Apostrophe or hyphen") },
    { "other", N_("Other") },
};

const char *
pd_kind_title(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(kinds[i].kind, kind))
            return _(kinds[i].title);
    }
    return kind;
}

const char *const *
pd_kinds(void)
{
    static const char *names[G_N_ELEMENTS(kinds) + 1];
    static gsize once;

    if (g_once_init_enter(&once)) {
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
            names[i] = kinds[i].kind;
        g_once_init_leave(&once, 1);
    }
    return names;
}

static const char *const levels[PD_N_LEVELS][2] = {
    { "careful", N_("Careful: few false alarms") },
    { "default", N_("Balanced") },
    { "thorough", N_("Thorough: few errors missed") },
};

const char *
pd_level(guint index)
{
    return levels[MIN(index, PD_N_LEVELS - 1)][0];
}

const char *
pd_level_title(guint index)
{
    return _(levels[MIN(index, PD_N_LEVELS - 1)][1]);
}

guint
pd_level_index(const char *level)
{
    for (guint i = 0; i < PD_N_LEVELS; i++) {
        if (g_strcmp0(level, levels[i][0]) == 0)
            return i;
    }
    return DEFAULT_LEVEL;
}
