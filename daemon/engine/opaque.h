/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opaque.h - what stands in text but is no language: addresses, paths, identifiers
 * Ranges [p, end) hold valid UTF-8 without white space. Each function is linear in its range.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * End of the URL that begins at @p (scheme://, www., mailto:); NULL: none does. Punctuation after
 * it is left out.
 */
const char *pd_opaque_url(const char *p, const char *end);

/*
 * Is all of it an e-mail address, path, file name, host name, version, option, @name, #tag, a::b,
 * key=value or such?
 */
bool pd_opaque_piece(const char *p, const char *end);

/*
 * Is this run of letters, digits, underscores and apostrophes an identifier (snake_case,
 * camelCase, h264)?
 */
bool pd_opaque_run(const char *p, const char *end);

/* ":-)", "<3": all of it */
bool pd_opaque_emoticon(const char *p, const char *end);

/* Does an emoji begin or go on with @c? */
bool pd_opaque_is_emoji(gunichar c);
