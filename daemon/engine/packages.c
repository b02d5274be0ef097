/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/packages.h"

#include "daemon/engine/error.h"
#include "daemon/engine/resources.h"
#include "model/manifest.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY "model"

void
pd_package_free(PdPackage *self)
{
    if (self == NULL)
        return;
    g_free(self->dir);
    g_free(self->name);
    g_free(self->version);
    g_free(self->licence);
    g_free(self->language);
    g_free(self->problem);
    g_free(self);
}

/* --- one --- */

static guint64
count_bytes(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;
    guint64 n_bytes = 0;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        GStatBuf info;

        if (g_stat(path, &info) == 0 && S_ISREG(info.st_mode))
            n_bytes += (guint64)info.st_size;
    }
    return n_bytes;
}

/* (transfer full) (nullable): "en" of en, en-large */
static char *
language_of_name(const char *name)
{
    g_autofree char *first = g_strndup(name, strcspn(name, "-_."));

    return pd_package_is_language(first) ? g_steal_pointer(&first) : NULL;
}

PdPackage *
pd_package_new(const char *dir, GError **error)
{
    g_autofree char *config = g_build_filename(dir, "config.json", NULL);
    g_autoptr(GError) trouble = NULL;
    g_autoptr(PdManifest) manifest = NULL;
    PdPackage *self;

    if (!g_file_test(config, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: no model: there is no config.json", dir);
        return NULL;
    }
    self = g_new0(PdPackage, 1);
    self->dir = g_canonicalize_filename(dir, NULL);
    self->size_bytes = count_bytes(dir);
    manifest = pd_manifest_load(dir, &trouble);
    if (trouble != NULL)
        self->problem = g_strdup(trouble->message);
    if (manifest != NULL) {
        self->name = g_strdup(manifest->name);
        self->version = g_strdup(manifest->version);
        self->licence = g_strdup(manifest->licence);
        self->language = g_strdup(manifest->language);
    } else {
        self->name = g_path_get_basename(self->dir);
        self->language = language_of_name(self->name);
    }
    return self;
}

bool
pd_package_check_files(const char *dir, unsigned *ret_n_files, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    g_autoptr(PdManifest) manifest = pd_manifest_load(dir, &trouble);

    *ret_n_files = manifest != NULL ? manifest->files->len : 0;
    if (trouble == NULL && (manifest == NULL || pd_manifest_check_files(manifest, dir, &trouble)))
        return true;
    g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
    return false;
}

bool
pd_package_check_model(const char *dir, double *ret_difference, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    g_autoptr(PdManifest) manifest = pd_manifest_load(dir, &trouble);
    g_autoptr(PdModel) model = trouble == NULL ? pd_model_load(dir, &trouble) : NULL;

    if (model != NULL && pd_manifest_check_golden(manifest, model, ret_difference, &trouble))
        return pd_tables_check(dir, error);
    g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "%s%s%s", model != NULL ? dir : "",
                model != NULL ? ": " : "", trouble->message);
    return false;
}

/* --- all --- */

static void
add_dir(GHashTable *found, const char *dir)
{
    PdPackage *package = pd_package_new(dir, NULL);

    if (package == NULL)
        return;
    if (g_hash_table_contains(found, package->dir))
        pd_package_free(package);
    else
        g_hash_table_insert(found, package->dir, package);
}

static void
add_below(GHashTable *found, const char *parent)
{
    g_autoptr(GDir) entries = g_dir_open(parent, 0, NULL);
    const char *name;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *dir = g_build_filename(parent, name, NULL);

        add_dir(found, dir);
    }
}

/* (transfer full): where a choice leads */
static char *
resolve(const char *models_dir, const char *choice)
{
    g_autofree char *dir =
        g_path_is_absolute(choice) ? g_strdup(choice) : g_build_filename(models_dir, choice, NULL);

    return g_canonicalize_filename(dir, NULL);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const PdPackage *one = *(PdPackage *const *)a, *other = *(PdPackage *const *)b;
    int order = g_strcmp0(one->language, other->language);

    if (order == 0)
        order = (int)other->in_use - (int)one->in_use;
    return order != 0 ? order : strcmp(one->dir, other->dir);
}

static void
mark_in_use(GHashTable *found, const char *models_dir, GHashTable *chosen)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PdPackage *package = value;
        const char *choice = package->language == NULL || chosen == NULL
                                 ? NULL
                                 : g_hash_table_lookup(chosen, package->language);
        g_autofree char *used = NULL;

        if (package->language == NULL)
            continue;
        used = resolve(models_dir, choice != NULL ? choice : package->language);
        package->in_use = g_str_equal(used, package->dir);
    }
}

/* A chosen one is in use for the language it was chosen for, whatever its name says. */
static void
add_chosen(GHashTable *found, const char *models_dir, GHashTable *chosen)
{
    GHashTableIter iter;
    gpointer language, choice;

    g_hash_table_iter_init(&iter, chosen);
    while (g_hash_table_iter_next(&iter, &language, &choice)) {
        g_autofree char *dir = resolve(models_dir, choice);
        PdPackage *package;

        add_dir(found, dir);
        package = g_hash_table_lookup(found, dir);
        if (package == NULL)
            continue;
        g_free(package->language);
        package->language = g_strdup(language);
    }
}

GPtrArray *
pd_packages_list(const char *models_dir, GHashTable *chosen)
{
    g_autofree char *own = g_build_filename(g_get_user_data_dir(), "proofd", "models", NULL);
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)pd_package_free);
    GHashTableIter iter;
    gpointer value;

    add_below(found, models_dir);
    add_below(found, own);
    if (chosen != NULL)
        add_chosen(found, models_dir, chosen);
    mark_in_use(found, models_dir, chosen);
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_sort(list, compare);
    return list;
}

/* --- the settings --- */

bool
pd_package_is_language(const char *group)
{
    return g_regex_match_simple("^[a-z]{2,3}$", group, G_REGEX_DOLLAR_ENDONLY, 0);
}

bool
pd_package_is_choice(const char *value)
{
    return g_path_is_absolute(value) ||
           g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]*$", value, G_REGEX_DOLLAR_ENDONLY, 0);
}

char *
pd_packages_settings_path(void)
{
    return g_build_filename(g_get_user_config_dir(), "proofd", "proofd.conf", NULL);
}

/* (transfer full): NULL with @error set; no file is an empty one */
static GKeyFile *
load_settings(const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) trouble = NULL;
    const GKeyFileFlags keep = G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS;

    if (!g_key_file_load_from_file(file, path, keep, &trouble) &&
        !g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: %s", path, trouble->message);
        return NULL;
    }
    return g_steal_pointer(&file);
}

GHashTable *
pd_packages_chosen(GError **error)
{
    g_autofree char *path = pd_packages_settings_path();
    g_autoptr(GKeyFile) file = load_settings(path, error);
    g_autoptr(GHashTable) chosen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) groups = file != NULL ? g_key_file_get_groups(file, NULL) : NULL;

    if (file == NULL)
        return NULL;
    for (char **group = groups; *group != NULL; group++) {
        g_autofree char *value = g_key_file_get_value(file, *group, KEY, NULL);

        if (value == NULL || !pd_package_is_language(*group))
            continue;
        if (!pd_package_is_choice(g_strstrip(value))) {
            g_set_error(error, PD_ERROR, PD_ERROR_FAILED,
                        "%s: [%s] " KEY "=%s: neither an absolute path nor a directory's name",
                        path, *group, value);
            return NULL;
        }
        g_hash_table_insert(chosen, g_strdup(*group), g_steal_pointer(&value));
    }
    return g_steal_pointer(&chosen);
}

static void
forget_choice(GKeyFile *file, const char *language)
{
    g_auto(GStrv) left = NULL;

    g_key_file_remove_key(file, language, KEY, NULL);
    left = g_key_file_get_keys(file, language, NULL, NULL);
    if (left != NULL && *left == NULL)
        g_key_file_remove_group(file, language, NULL);
}

bool
pd_packages_choose(const char *language, const char *dir, GError **error)
{
    g_autofree char *path = pd_packages_settings_path();
    g_autofree char *parent = g_path_get_dirname(path);
    g_autoptr(GKeyFile) file = load_settings(path, error);
    g_autofree char *content = NULL;
    char *target;
    gsize length;
    bool written;

    if (file == NULL)
        return false;
    if (dir != NULL)
        g_key_file_set_value(file, language, KEY, dir);
    else
        forget_choice(file, language);
    content = g_key_file_to_data(file, &length, NULL);
    if (g_mkdir_with_parents(parent, 0700) != 0) {
        const int saved = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved), "%s: %s", parent,
                    g_strerror(saved));
        return false;
    }
    target = realpath(path, NULL); /* a link's target is replaced, not the link */
    written = g_file_set_contents(target != NULL ? target : path, content, (gssize)length, error);
    free(target);
    return written;
}
