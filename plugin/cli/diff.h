/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff.h - changes as a unified diff, which patch(1) applies
 */
#pragma once

#include "plugin/cli/fix.h"

/**
 * pd_diff:
 * @name: of the file, for the heading; any bytes
 * @edits: of PdEdit, as pd_fix_edits() gives them
 *
 * The lines that change are known, so nothing is searched for: whole lines around each edit, with
 * three lines of context.
 *
 * Returns: (transfer full): the diff; "" without edits
 */
char *pd_diff(const char *name, const char *text, size_t length, GPtrArray *edits);
