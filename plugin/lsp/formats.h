/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * formats.h - which of the service's formats a text of the editor is in
 */
#pragma once

#include <glib.h>

/*
 * @language_id: the editor's name for the kind of text: "markdown", "tex", "gitcommit"
 * Returns: (transfer full) (nullable): what the service's option format takes; NULL: not a kind of
 * text that is checked
 */
char *pd_format_of(const char *language_id);
