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
