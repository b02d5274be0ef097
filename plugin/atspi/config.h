/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.h - what the user set in proofd/watch.conf
 *
 * A key file with one group, [watch]. A file that is not there means the defaults.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    PD_PLACE_AUTO, /* at the caret where the screen lets a program place its windows */
    PD_PLACE_CARET,
    PD_PLACE_CORNER,
} PdPlace;

/* Never changes once it is loaded; threads may share it. */
typedef struct {
    char *language;   /* NULL: the service's default */
    char *level;      /* NULL: the service's default */
    char **disable;   /* rules or kinds */
    char **only;      /* programs; empty: all but those of @never */
    char **never;     /* programs */
    bool single_line; /* check fields of one line, too */
    PdPlace place;
    guint delay_ms;      /* after the last key, before a text is read */
    guint unfinished_ms; /* after the last key, before the word at the caret counts as finished */
    gatomicrefcount n_owners;
} PdConfig;

#define PD_CONFIG_ERROR (pd_config_error_quark())
GQuark pd_config_error_quark(void);

typedef enum {
    PD_CONFIG_ERROR_INVALID, /* the message names file, line and key */
} PdConfigError;

PdConfig *pd_config_new(void); /* the defaults */
PdConfig *pd_config_ref(PdConfig *self);
void pd_config_unref(PdConfig *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdConfig, pd_config_unref)

/* @error: PD_CONFIG_ERROR_*, G_FILE_ERROR_*. Returns: (transfer full): NULL with @error set */
PdConfig *pd_config_load(const char *path, GError **error);

/*
 * May this program's texts be read?
 * @program: the name by which it calls itself, or NULL
 * @process: the name of its process, or NULL; an entry of the lists fits either, in any case
 */
bool pd_config_allows(const PdConfig *self, const char *program, const char *process);

/*
 * Adds a program to "never" in the file, whose comments stay; makes the file if there is none.
 * Returns: false with @error set
 */
bool pd_config_add_never(const char *path, const char *program, GError **error);

/* Makes a file that explains all keys, if there is none. Returns: false with @error set */
bool pd_config_create(const char *path, GError **error);
