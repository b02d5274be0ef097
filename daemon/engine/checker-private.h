/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checker-private.h - what checker.c and check.c share
 */
#pragma once

#include "daemon/engine/cache.h"
#include "daemon/engine/checker.h"
#include "daemon/engine/language.h"
#include "daemon/engine/resources.h"

struct PdChecker {
    PdModels *models;
    PdWords *words; /* (nullable) */
    PdCache *cache;
    size_t cache_bytes;
    PdLanguageGuard *guard; /* (nullable): loaded with the first language */
    GHashTable *languages;  /* as asked for -> PdResources */
};

/* Loaded once, borrowed; NULL with @error set. */
PdResources *pd_checker_resources(PdChecker *self, const char *language, GError **error);

/* PD_ERROR_INVALID_TEXT names the byte. */
bool pd_checker_validate(const char *text, size_t length, GError **error);
/* PD_ERROR_INVALID_OPTION: not in @text, which is valid, or cuts a character. */
bool pd_checker_is_place(const char *text, size_t length, size_t start, size_t end, GError **error);

/* The one sentence that pd_check_narrow() leaves; all borrowed from the check. */
typedef struct {
    PdResources *resources;
    const PdMarkup *markup;
    const char *text; /* without markup */
    PdSpan sentence;  /* bytes of @text; empty where it has no sentence */
    PdSpan place;     /* in the sentence, possibly empty */
} PdCheckPlace;

/*
 * Leaves only the sentence at @source, bytes of the caller's text, or the next one, to be checked.
 * Before the first step; the findings then are those that the whole text would have there.
 */
void pd_check_narrow(PdCheck *self, PdSpan source, PdCheckPlace *ret);
/* Writes @candidates (of PdCandidate) for a place of the text as its format does. From one on that
 * cannot be written there, none are left: a worse one must not become the first. */
void pd_checker_quote(const PdMarkup *markup, PdSpan text, GPtrArray *candidates);
/* Was a finding at bytes @text left out for the user's or the whole text's sake? Once taken. */
bool pd_check_excuses(const PdCheck *self, PdSpan text);
