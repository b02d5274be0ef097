/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.h - the settings file, ~/.config/proofd/proofd.conf
 *
 * A GLib key file. Nothing in it can stop the service: what is wrong is warned about, with file,
 * line, key, value and range, and the default is used. proofd.conf.5.md documents each key.
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    unsigned idle_exit_seconds; /* 0: never */
    unsigned cache_megabytes;   /* of the sentence cache */
    char *models_dir;           /* (nullable): as pd_checker_new() */
    char *words_file;           /* (nullable): as pd_words_open() */
    char *language;             /* what "" means in a call */
    PdLevel level;              /* of a call that gives none */
    unsigned max_candidates;    /* of a call that gives none */
    char **disable;             /* NULL-terminated; left out of every call */
    GHashTable *models;         /* "en" -> directory or name, as pd_checker_choose_models() */
} PdSettings;

/**
 * pd_settings_load:
 * @path: (nullable): the file; it need not exist. NULL: $XDG_CONFIG_HOME/proofd/proofd.conf
 * @warnings: (element-type utf8): array with g_free as its free function; messages are appended
 *
 * Returns: (transfer full): the settings, never NULL
 */
PdSettings *pd_settings_load(const char *path, GPtrArray *warnings);
char *pd_settings_path(void); /* (transfer full): what NULL means above */
/* Do both have the same models, in the same places? */
bool pd_settings_same_models(const PdSettings *self, const PdSettings *other);
void pd_settings_free(PdSettings *self); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdSettings, pd_settings_free)
