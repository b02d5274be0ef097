/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/names.h"

#include "daemon/engine/error.h"

#include <string.h>

struct PdNames {
    char *text; /* lines, sorted; the last one ends with a line end too */
    size_t length;
};

void
pd_names_free(PdNames *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self);
}

/* <0, 0, >0 as @word comes before, is, or comes after the @n bytes at @line */
static int
compare(const char *word, size_t n_word, const char *line, size_t n)
{
    const int order = memcmp(word, line, MIN(n_word, n));

    return order != 0 ? order : n_word < n ? -1 : n_word > n;
}

static bool
is_sorted(const PdNames *self, const char *path, GError **error)
{
    const char *before = NULL, *end = self->text + self->length;
    size_t n_before = 0;
    guint n = 1;

    for (const char *line = self->text; line < end; n++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const size_t length = (size_t)((stop != NULL ? stop : end) - line);

        if (length == 0 || stop == NULL ||
            (before != NULL && compare(before, n_before, line, length) >= 0)) {
            g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN,
                        "%s: line %u is not a word that comes after the one before", path, n);
            return false;
        }
        before = line;
        n_before = length;
        line = stop + 1;
    }
    return true;
}

PdNames *
pd_names_load(const char *path, GError **error)
{
    g_autoptr(PdNames) self = g_new0(PdNames, 1);
    g_autoptr(GError) trouble = NULL;

    /* a copy: a mapped file that somebody writes to would not stay sorted */
    if (!g_file_get_contents(path, &self->text, &self->length, &trouble)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
        return NULL;
    }
    return is_sorted(self, path, error) ? g_steal_pointer(&self) : NULL;
}

static bool
has_exactly(const PdNames *self, const char *word)
{
    const size_t n_word = strlen(word);
    size_t low = 0, high = self->length; /* both at the beginning of a line, or the end */

    while (low < high) {
        size_t start = low + (high - low) / 2;
        const char *stop;
        int order;

        while (start > low && self->text[start - 1] != '\n')
            start--;
        stop = memchr(self->text + start, '\n', high - start);
        order = compare(word, n_word, self->text + start, (size_t)(stop - (self->text + start)));
        if (order == 0)
            return true;
        if (order < 0)
            high = start;
        else
            low = (size_t)(stop - self->text) + 1;
    }
    return false;
}

/* "KRAKÓW" -> "Kraków" */
static char *
capitalised(const char *word)
{
    const char *rest = g_utf8_next_char(word);
    g_autofree char *first = g_strndup(word, (size_t)(rest - word));
    g_autofree char *small = g_utf8_strdown(rest, -1);

    return g_strconcat(first, small, NULL);
}

bool
pd_names_has(const PdNames *self, const char *word)
{
    g_autoptr(GString) plain = g_string_new(word);
    g_autofree char *lower = NULL, *upper = NULL, *name = NULL;

    g_string_replace(plain, "’", "'", 0);
    if (plain->len == 0 || has_exactly(self, plain->str))
        return plain->len > 0;
    lower = g_utf8_strdown(plain->str, -1);
    upper = g_utf8_strup(plain->str, -1);
    name = capitalised(plain->str);
    if (!g_unichar_isupper(g_utf8_get_char(plain->str)))
        return false;
    if (g_str_equal(plain->str, name))
        return has_exactly(self, lower);
    return g_str_equal(plain->str, upper) && (has_exactly(self, name) || has_exactly(self, lower));
}
