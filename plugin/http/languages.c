/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/languages.h"

#include "plugin/http/error.h"

#include <string.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define MAX_NAME_UTF16 128
#define MAX_SHOWN_CODE 40 /* bytes of an unknown code in its error */

struct PdHttpLanguages {
    GPtrArray *list;      /* of PdHttpLanguage, by name */
    GHashTable *by_code;  /* long code in small letters: PdHttpLanguage of @list */
    GHashTable *variants; /* code: PdHttpLanguage of @list */
};

static void
language_clear(PdHttpLanguage *language)
{
    g_free(language->code);
    g_free(language->long_code);
    g_free(language->name);
    g_free(language->dictionary);
}

PdHttpLanguage *
pd_http_language_ref(const PdHttpLanguage *self)
{
    return g_rc_box_acquire((gpointer)self);
}

void
pd_http_language_unref(PdHttpLanguage *self)
{
    g_rc_box_release_full(self, (GDestroyNotify)language_clear);
}

/* (transfer full): "English (US)" */
static char *
display_name(const ULocaleDisplayNames *names, const char *dictionary)
{
    UChar name[MAX_NAME_UTF16];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = uldn_localeDisplayName(names, dictionary, name, MAX_NAME_UTF16, &status);
    char *utf8 = U_SUCCESS(status) ? g_utf16_to_utf8(name, n, NULL, NULL, NULL) : NULL;

    return utf8 != NULL ? utf8 : g_strdup(dictionary);
}

static const PdHttpLanguage *
add(PdHttpLanguages *self, const ULocaleDisplayNames *names, const char *locale,
    const char *dictionary)
{
    PdHttpLanguage *language = g_rc_box_new0(PdHttpLanguage);

    language->code = g_strndup(locale, strcspn(locale, "_-@."));
    language->long_code = g_strdelimit(g_strdup(locale), "_", '-');
    language->name = display_name(names, locale);
    language->dictionary = g_strdup(dictionary);
    g_ptr_array_add(self->list, language);
    g_hash_table_replace(self->by_code, g_ascii_strdown(language->long_code, -1), language);
    return language;
}

/* Is @dictionary of the country where most people speak its language? */
static bool
is_likeliest(const char *dictionary)
{
    g_autofree char *code = g_strndup(dictionary, strcspn(dictionary, "_-@."));
    char likely[ULOC_FULLNAME_CAPACITY], wanted[ULOC_COUNTRY_CAPACITY],
        country[ULOC_COUNTRY_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;

    uloc_addLikelySubtags(code, likely, sizeof likely, &status);
    uloc_getCountry(likely, wanted, sizeof wanted, &status);
    uloc_getCountry(dictionary, country, sizeof country, &status);
    return U_SUCCESS(status) && g_str_equal(wanted, country);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    const PdHttpLanguage *const *first = a, *const *second = b;

    return g_utf8_collate((*first)->name, (*second)->name);
}

PdHttpLanguages *
pd_http_languages_new(const char *const *dictionaries)
{
    PdHttpLanguages *self = g_new0(PdHttpLanguages, 1);
    UDisplayContext contexts[] = { UDISPCTX_STANDARD_NAMES, UDISPCTX_LENGTH_SHORT };
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names = uldn_openForContext("en", contexts, 2, &status);
    GHashTableIter iter;
    gpointer key, value;

    self->list = g_ptr_array_new_with_free_func((GDestroyNotify)pd_http_language_unref);
    self->by_code = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->variants = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; dictionaries[i] != NULL; i++) {
        const PdHttpLanguage *language = add(self, names, dictionaries[i], dictionaries[i]);

        if (!g_hash_table_contains(self->variants, language->code) || is_likeliest(dictionaries[i]))
            g_hash_table_replace(self->variants, g_strdup(language->code), (gpointer)language);
    }
    g_hash_table_iter_init(&iter, self->variants);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (!g_hash_table_contains(self->by_code, key))
            add(self, names, key, ((const PdHttpLanguage *)value)->dictionary);
    uldn_close(names);
    g_ptr_array_sort(self->list, by_name);
    return self;
}

void
pd_http_languages_free(PdHttpLanguages *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->variants);
    g_hash_table_unref(self->by_code);
    g_ptr_array_unref(self->list);
    g_free(self);
}

const GPtrArray *
pd_http_languages_peek(const PdHttpLanguages *self)
{
    return self->list;
}

const PdHttpLanguage *
pd_http_languages_find(const PdHttpLanguages *self, const char *code)
{
    g_autofree char *lower = g_strdelimit(g_ascii_strdown(code, -1), "_", '-');

    return g_hash_table_lookup(self->by_code, lower);
}

const PdHttpLanguage *
pd_http_languages_variant(const PdHttpLanguages *self, const char *code)
{
    return g_hash_table_lookup(self->variants, code);
}

static gint
by_string(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
pd_http_languages_unknown(const PdHttpLanguages *self, const char *code, GError **error)
{
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    g_autofree char *shown = g_utf8_make_valid(code, (gssize)strnlen(code, MAX_SHOWN_CODE));
    g_autofree char *list = NULL;

    for (guint i = 0; i < self->list->len; i++)
        g_ptr_array_add(codes, ((const PdHttpLanguage *)self->list->pdata[i])->long_code);
    g_ptr_array_sort(codes, by_string);
    g_ptr_array_add(codes, NULL);
    list = g_strjoinv(", ", (char **)codes->pdata);
    g_set_error(error, PD_HTTP_ERROR, 400,
                "'%s' is not a language code known to LanguageTool. Supported language codes are: "
                "%s. Each Hunspell dictionary that is installed adds one.",
                shown, list);
}
