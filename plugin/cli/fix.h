/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fix.h - findings turned into changes of the text
 */
#pragma once

#include <glib.h>
#include <proofd.h>
#include <stddef.h>

typedef struct {
    size_t start; /* bytes of the text */
    size_t end;
    char *text; /* what stands there afterwards */
} PdEdit;

/**
 * pd_edit_new:
 * @text: the whole text, valid UTF-8
 * @start, @end: the finding, bytes of @text
 *
 * The change that @candidate stands for. A word that is taken out takes one of the two spaces
 * around it along.
 * Returns: (transfer full)
 */
PdEdit *pd_edit_new(const char *text, size_t start, size_t end, const ProofdCandidate *candidate);
void pd_edit_free(PdEdit *self); /* NULL is fine */

/**
 * pd_fix_edits:
 * @findings: of ProofdFinding, by start, inside @text
 *
 * The first correction of each finding that has one; of two that overlap, the first.
 * Returns: (transfer full): of PdEdit, by start, none overlapping another
 */
GPtrArray *pd_fix_edits(const char *text, GPtrArray *findings);

/* @text with all @edits made: (transfer full). */
GString *pd_fix_apply(const char *text, size_t length, GPtrArray *edits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdEdit, pd_edit_free)
