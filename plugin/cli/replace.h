/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replace.h - new contents for several files: all of them, or none
 */
#pragma once

#include "plugin/cli/input.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdReplace PdReplace;

PdReplace *pd_replace_new(void);       /* (transfer full), never NULL */
void pd_replace_free(PdReplace *self); /* NULL is fine; what was not committed is dropped */
size_t pd_replace_n_files(const PdReplace *self);

/* Is this very file in it already, by whatever name? */
bool pd_replace_has(const PdReplace *self, const PdInput *input);

/* @input's file is to hold @text instead. Copies both; writes nothing yet. */
void pd_replace_add(PdReplace *self, const PdInput *input, const char *text, size_t length);

/**
 * pd_replace_commit:
 * @error: G_FILE_ERROR_*; the message names the file
 *
 * Writes each file under a temporary name in its directory, with the old one's mode, extended
 * attributes and, where allowed, owner, and syncs it; then swaps each for the old one. Symbolic
 * links are followed. If any step fails, also because a file has changed since it was read, all
 * files are as they were. SIGINT, SIGTERM and SIGHUP wait until nothing half-done and no
 * temporary file is left.
 *
 * Returns: false with @error set
 */
bool pd_replace_commit(PdReplace *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdReplace, pd_replace_free)
