/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/say.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_NAME 40 /* a longer name is nobody's slip */

bool
pd_is_unsafe(gunichar c)
{
    return g_unichar_iscntrl(c) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

char *
pd_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_sized_new(strlen(valid));

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        g_string_append_unichar(out, pd_is_unsafe(c) ? 0xFFFD : c);
    }
    return g_string_free(out, FALSE);
}

void
pd_say(const char *format, ...)
{
    g_autofree char *message = NULL, *printable = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    printable = pd_printable(message);
    fflush(stdout); /* both may be the same terminal or file */
    fprintf(stderr, "proof: %s\n", printable);
}

/* Levenshtein's distance, both at most MAX_NAME bytes. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[MAX_NAME + 1];
    size_t n = strlen(b);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *
pd_nearest(const char *name, const char *const *names)
{
    size_t best = strlen(name) <= 4 ? 2 : 3; /* one slip in a short name, two in a longer one */
    const char *nearest = NULL;

    if (strlen(name) > MAX_NAME)
        return NULL;
    for (; *names != NULL; names++) {
        size_t d = strlen(*names) <= MAX_NAME ? distance(name, *names) : best;

        if (d < best) {
            best = d;
            nearest = *names;
        }
    }
    return nearest;
}

char *
pd_did_you_mean(const char *name, const char *const *names)
{
    const char *nearest = pd_nearest(name, names);

    return nearest != NULL ? g_strdup_printf(_("; did you mean \"%s\"?"), nearest) : g_strdup("");
}

bool
pd_flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    pd_say(_("cannot write standard output: %s"), g_strerror(errno));
    return false;
}
