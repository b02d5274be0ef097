/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * languages.h - the installed dictionaries as LanguageTool's clients name languages
 *
 * The dictionary en_US is the language en-US, and en stands for that of the country where most
 * people speak it (en-US), or the first one that is installed.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *code;       /* "en" */
    char *long_code;  /* "en-US"; "en" for the language without a country */
    char *name;       /* "English (US)" */
    char *dictionary; /* "en_US" */
} PdHttpLanguage;     /* allocated with g_rc_box_new(): outlives its list where somebody holds it */

PdHttpLanguage *pd_http_language_ref(const PdHttpLanguage *self);
void pd_http_language_unref(PdHttpLanguage *self);

typedef struct PdHttpLanguages PdHttpLanguages;

/* (transfer full): @dictionaries: of the service */
PdHttpLanguages *pd_http_languages_new(const char *const *dictionaries);
void pd_http_languages_free(PdHttpLanguages *self); /* NULL is fine */

/* (transfer none): array of PdHttpLanguage, sorted by name */
const GPtrArray *pd_http_languages_peek(const PdHttpLanguages *self);

/* (transfer none) (nullable): @code in any case, with - or _ */
const PdHttpLanguage *pd_http_languages_find(const PdHttpLanguages *self, const char *code);

/* (transfer none) (nullable): what is meant by a language without a country: en-US for "en" */
const PdHttpLanguage *pd_http_languages_variant(const PdHttpLanguages *self, const char *code);

/* PD_HTTP_ERROR, status 400, in LanguageTool's words: there is no language @code */
void pd_http_languages_unknown(const PdHttpLanguages *self, const char *code, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpLanguages, pd_http_languages_free)
