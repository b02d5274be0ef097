/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/language.h"

#include "daemon/engine/fingerprints.h"

#include <string.h>
#include <unicode/uscript.h>

#define MAX_CODES 8
#define MAX_COMPARED_BYTES 1000
#define MIN_COMPARED_BYTES 8

struct PdLanguageGuard {
    bool is_loaded;
    PdFingerprints *fingerprints; /* (nullable) */
    GHashTable *known;            /* codes of the languages that have one: "en" */
    char *language;               /* that of the scripts below */
    UScriptCode scripts[MAX_CODES];
    int n_scripts;
};

PdLanguageGuard *
pd_language_guard_new(GError **error)
{
    PdLanguageGuard *self;

    g_return_val_if_fail(error == NULL || *error == NULL, NULL);

    self = g_new0(PdLanguageGuard, 1);
    self->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
pd_language_guard_free(PdLanguageGuard *self)
{
    if (self == NULL)
        return;
    pd_fingerprints_free(self->fingerprints);
    g_hash_table_unref(self->known);
    g_free(self->language);
    g_free(self);
}

/* "en.lm  en--utf8" in each line. Returns: false: a fingerprint is missing, or the file is. */
static bool
read_index(PdLanguageGuard *self, const char *dir, const char *index)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(index, &text, NULL, NULL))
        return false;
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        g_autofree char *path = NULL;
        char *file = lines[i], *name;

        file[strcspn(file, "#")] = '\0';
        g_strstrip(file);
        name = file + strcspn(file, " \t");
        if (*file == '\0' || *name == '\0')
            continue;
        *name++ = '\0';
        path = g_strconcat(dir, file, NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return false;
        g_hash_table_add(self->known, pd_fingerprints_code(g_strstrip(name)));
    }
    return true;
}

static void
load(PdLanguageGuard *self)
{
    g_autofree char *dir = pd_fingerprints_find();
    g_autofree char *index = NULL;

    self->is_loaded = true;
    if (dir == NULL)
        return;
    index = g_strconcat(dir, "fpdb.conf", NULL);
    if (read_index(self, dir, index))
        self->fingerprints = pd_fingerprints_new(dir, index, MIN_COMPARED_BYTES);
}

static void
find_scripts(PdLanguageGuard *self, const char *language)
{
    UErrorCode status = U_ZERO_ERROR;

    if (self->language != NULL && g_str_equal(self->language, language))
        return;
    g_free(self->language);
    self->language = g_strdup(language);
    self->n_scripts = uscript_getCode(language, self->scripts, MAX_CODES, &status);
    if (U_FAILURE(status))
        self->n_scripts = 0;
}

static bool
is_script_of_language(const PdLanguageGuard *self, UChar32 c)
{
    for (int i = 0; i < self->n_scripts; i++)
        if (uscript_hasScript(c, self->scripts[i]))
            return true;
    return false;
}

static bool
is_foreign_script(const PdLanguageGuard *self, const char *sentence, size_t length)
{
    size_t n_letters = 0, n_foreign = 0;

    if (self->n_scripts <= 0)
        return false;
    for (const char *p = sentence; p < sentence + length; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (!g_unichar_isalpha(c))
            continue;
        n_letters++;
        n_foreign += !is_script_of_language(self, (UChar32)c);
    }
    return n_letters >= 2 && n_foreign * 4 >= n_letters * 3;
}

/* Languages that a short sentence of the first cannot be told from. */
static bool
are_relatives(const char *language, const char *other)
{
    static const char *const relatives[][2] = {
        { "en", "sco" },      { "de", "nds lb" },       { "nl", "af fy" },
        { "da", "nb nn no" }, { "nb", "da nn no" },     { "nn", "nb da no" },
        { "sv", "nb da" },    { "es", "gl ast ca" },    { "pt", "gl" },
        { "gl", "pt es" },    { "ca", "oc es" },        { "cs", "sk" },
        { "sk", "cs" },       { "hr", "sr sh bs" },     { "sr", "hr sh bs mk" },
        { "bs", "hr sh sr" }, { "ru", "rue uk be bg" }, { "uk", "rue ru be" },
        { "be", "ru uk" },    { "bg", "mk ru" },        { "mk", "bg sr" },
        { "id", "ms" },       { "ms", "id" },           { "it", "sc fur" },
        { "fr", "wa oc" },
    };

    if (g_str_equal(language, other))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(relatives); i++) {
        g_auto(GStrv) list = NULL;

        if (!g_str_equal(relatives[i][0], language))
            continue;
        list = g_strsplit(relatives[i][1], " ", -1);
        return g_strv_contains((const char *const *)list, other);
    }
    return false;
}

/* How many languages the sentence may be in; 0 also if it may be in @code. */
static int
count_foreign(PdLanguageGuard *self, const char *code, const char *sentence, size_t length)
{
    g_auto(GStrv) likely =
        pd_fingerprints_compare(self->fingerprints, sentence, length, MAX_COMPARED_BYTES);

    for (size_t i = 0; likely[i] != NULL; i++)
        if (are_relatives(code, likely[i]))
            return 0;
    return (int)g_strv_length(likely);
}

static bool
is_clearly_foreign(size_t n_words, size_t n_known, int n_foreign)
{
    if (n_foreign == 0)
        return false;
    if (n_known * 100 <= n_words * 34)
        return true;
    if (n_words < 6)
        return false;
    return n_known * 2 <= n_words || (n_foreign == 1 && n_words >= 7);
}

/* (transfer full): the language's code if its fingerprint is there, else NULL */
static char *
comparable_code(PdLanguageGuard *self, const char *language)
{
    g_autofree char *code = pd_fingerprints_code(language);

    if (!self->is_loaded)
        load(self);
    return self->fingerprints != NULL && g_hash_table_contains(self->known, code)
               ? g_steal_pointer(&code)
               : NULL;
}

bool
pd_language_guard_is_foreign(PdLanguageGuard *self, const char *language, const char *part,
                             size_t length)
{
    g_autofree char *code = comparable_code(self, language);

    return code != NULL && count_foreign(self, code, part, length) > 0;
}

bool
pd_language_guard_accepts(PdLanguageGuard *self, const char *language, const char *sentence,
                          size_t length, size_t n_words, size_t n_known)
{
    g_autofree char *code = NULL;

    g_return_val_if_fail(self != NULL && language != NULL && sentence != NULL, true);

    find_scripts(self, language);
    if (is_foreign_script(self, sentence, length))
        return false;
    if (n_words < 4 || n_known * 10 > n_words * 7)
        return true;
    if (n_words >= 6 && n_known == 0)
        return false;
    code = comparable_code(self, language);
    if (code == NULL)
        return n_words < 6 || n_known * 5 > n_words;
    return !is_clearly_foreign(n_words, n_known, count_foreign(self, code, sentence, length));
}
