/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * say.h - messages to the user, on standard error
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Prints "proof: MESSAGE"; control characters of file names and the like are made harmless. */
void pd_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/**
 * pd_printable:
 * @text: any bytes
 *
 * Returns: (transfer full): the same in UTF-8, with U+FFFD for each byte that is not, and for
 * each control character and direction override, which a terminal would obey
 */
char *pd_printable(const char *text);
bool pd_is_unsafe(gunichar c); /* is it one of those? */

/**
 * pd_nearest:
 * @names: NULL-terminated
 *
 * Returns: (nullable): the one of @names that differs from @name by a slip or two; borrowed from
 * @names
 */
const char *pd_nearest(const char *name, const char *const *names);

/* What to add to a message about an unknown @name: the nearest of @names, or "". (transfer full) */
char *pd_did_you_mean(const char *name, const char *const *names);

/* Flushes standard output; false: it could not be written, which has been said. */
bool pd_flush_output(void);
