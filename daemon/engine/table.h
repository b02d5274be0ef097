/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table.h - a model's tables: text files of a record a line, fields separated by tabs
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* @line ends in NUL, may be cut into fields, and lives as long as the text. false: not a record. */
typedef bool (*PdTableLine)(char *line, void *user_data);

/**
 * pd_table_read:
 * @form: what a line should be, for the message
 * @error: PD_ERROR_MODEL_BROKEN; the message names file and line
 *
 * Returns: (transfer full): the text that the lines stand in, or NULL with @error set; @on_line may
 * then have seen lines that no longer exist
 */
char *pd_table_read(const char *path, const char *form, PdTableLine on_line, void *user_data,
                    GError **error);

/* Is @field a count, 1 to 2^32 - 1? */
bool pd_table_count(const char *field, guint *ret_count);
