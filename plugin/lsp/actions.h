/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * actions.h - what can be done about a finding
 */
#pragma once

#include "plugin/lsp/server-private.h"

/*
 * The WorkspaceEdit that makes a correction.
 * @fingerprint: of the finding, decimal
 * @start: where it was, in bytes: of several that are alike, the nearest
 * @number: which of its corrections
 * Returns: (transfer full) (nullable): NULL: the finding is not there any more, or never was
 */
GVariant *pd_action_find_edit(const PdView *view, const char *fingerprint, gint64 start,
                              gint64 number);

/*
 * A word that is taken out takes one of the two spaces around it along.
 * @text: NUL-terminated
 * @start, @length: of the finding, in bytes; on return, of what is to be replaced
 */
void pd_action_widen(const char *text, const ProofdCandidate *candidate, gsize *start,
                     gsize *length);
