/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guess.h - which language a text is in, for proofd.language "auto"
 */
#pragma once

#include <glib.h>

/*
 * What the text says of itself comes first: "% !TeX spellcheck = de_DE", "LTeX: language=de-DE",
 * <html lang="de">, "lang: de" at the beginning. Else its letter groups are compared with those of
 * some 170 languages (libexttextcat), if it has enough of them.
 * @installed: names of dictionaries, NULL-terminated
 *
 * Returns: (transfer full) (nullable): one of @installed; NULL: cannot tell, or it is not there
 */
char *pd_guess_language(const char *text, const char *const *installed);
