/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packages.h - models that are installed beside each other: which there are, which is used, whether
 * one is whole
 *
 * A model is a directory (model/FORMAT.md). For the language xx it is DIR/xx, DIR being where
 * models are looked for, unless the settings file has model= in its group [xx]: an absolute path,
 * or the name of a directory in DIR. Others stand in DIR or in $XDG_DATA_HOME/proofd/models.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *dir;      /* absolute */
    char *name;     /* the manifest's, else the directory's */
    char *version;  /* (nullable): it has no manifest, as for the next two */
    char *licence;  /* (nullable): SPDX */
    char *language; /* (nullable): primary; without a manifest, as the directory's name begins */
    guint64 size_bytes;
    bool in_use;
    char *problem; /* (nullable): what is wrong with its manifest */
} PdPackage;

void pd_package_free(PdPackage *self); /* NULL is fine */

/**
 * pd_package_new:
 * @dir: a model's directory
 *
 * Returns: (transfer full): or NULL with @error set: G_FILE_ERROR, no config.json in it
 */
PdPackage *pd_package_new(const char *dir, GError **error);

/**
 * pd_packages_list:
 * @models_dir: as pd_checker_models_dir()
 * @chosen: (nullable): as pd_packages_chosen()
 *
 * Returns: (transfer full) (element-type PdPackage): by language and directory, those in use first
 */
GPtrArray *pd_packages_list(const char *models_dir, GHashTable *chosen);

/**
 * pd_package_check_files:
 * @ret_n_files: (out): how many the manifest lists; 0: there is no manifest
 * @error: PD_ERROR_MODEL_BROKEN; names the file
 *
 * Reads all of them.
 */
bool pd_package_check_files(const char *dir, unsigned *ret_n_files, GError **error);
/* Loads model and tables, and has the model judge a sentence: the manifest's golden one, whose
 * chances differ by @ret_difference at most, or one of our own. PD_ERROR_MODEL_BROKEN. */
bool pd_package_check_model(const char *dir, double *ret_difference, GError **error);

/* --- the settings --- */

bool pd_package_is_language(const char *group); /* as "en" */
bool pd_package_is_choice(const char *value);   /* an absolute path, or a directory's name */
char *pd_packages_settings_path(void);          /* (transfer full): proofd.conf */

/* "en" -> model, of the settings file, which need not exist. (transfer full), NULL with @error set:
 * it cannot be read, or a value is no choice; names the file. */
GHashTable *pd_packages_chosen(GError **error);

/**
 * pd_packages_choose:
 * @language: primary
 * @dir: (nullable): NULL: the language's own one again
 *
 * Writes it to the settings file, whose other settings and comments stay; GLib may add empty lines.
 * A link stays one.
 */
bool pd_packages_choose(const char *language, const char *dir, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdPackage, pd_package_free)
