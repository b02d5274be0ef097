/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * included.h - files that a LaTeX text takes in with \input and its like
 *
 * Each is read from disk, and checked unless the editor has it open; the files that it takes in
 * itself follow, up to 64 files of at most 1 MiB. A file is looked at again when it changes.
 */
#pragma once

#include "plugin/lsp/text.h"

#include <gio/gio.h>
#include <glib.h>
#include <proofd.h>
#include <stdbool.h>

#define PD_MAX_INCLUDED_FILES 64
#define PD_MAX_INCLUDED_BYTES (1024 * 1024)

typedef struct PdIncluded PdIncluded;

typedef struct {
    bool (*is_open)(const char *path, void *user_data); /* in the editor: left to it */
    ProofdOptions *(*new_options)(void *user_data);     /* (transfer full) */
    const char *(*peek_language)(void *user_data);      /* "": the service's default */
    /* @findings: of ProofdFinding, in bytes of @text; both NULL: nothing is known of it any more */
    void (*found)(const char *uri, const PdLspText *text, GPtrArray *findings, void *user_data);
} PdIncludedFuncs;

/* @path: of the text that includes */
PdIncluded *pd_included_new(ProofdClient *client, const char *path, const PdIncludedFuncs *funcs,
                            void *user_data);
/* Tells of each file that nothing is known of it. NULL is fine. */
void pd_included_free(PdIncluded *self);

/* Follows the text's commands, as it is now: files that are new to it are checked, those that it no
 * longer takes in are forgotten, the others stay as they are. */
void pd_included_follow(PdIncluded *self, const char *text);
/* Everything once more: the settings or the user's words are others. */
void pd_included_again(PdIncluded *self, const char *text);
/* The editor opened or closed that file. */
void pd_included_look(PdIncluded *self, const char *path);
/* Was it told what is found in that file? */
bool pd_included_shows(const PdIncluded *self, const char *uri);

/*
 * The names in \input, \include, \subfile, \subfileinclude and \import commands, as they stand
 * there; nothing in comments. (transfer full) (element-type utf8)
 */
GPtrArray *pd_included_names(const char *text);
