/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/literal.h"

#include <string.h>

#define MAX_PLACEHOLDER_BYTES 100

static bool
is_word_byte(char c)
{
    return g_ascii_isalpha(c) || (guchar)c >= 0x80;
}

/* --- placeholders: %s %-5.2f %(name)s {} {name!r:>10} ${name} #{name} \(name) $name --- */

static size_t
percent_bytes(const char *p, size_t n)
{
    size_t i = 1;

    if (i < n && p[i] == '(') {
        const char *close = memchr(p, ')', n);

        i = close != NULL ? (size_t)(close + 1 - p) : i;
    }
    while (i < n && (g_ascii_isdigit(p[i]) || strchr("-+ #.*'$", p[i]) != NULL))
        i++;
    if (i < n && p[i] == '%')
        return 0;
    while (i < n && strchr("hlLqjzt", p[i]) != NULL)
        i++;
    return i < n && strchr("diouxXeEfFgGaAcspnrvTqwUb@", p[i]) != NULL && p[i] != ' ' ? i + 1 : 0;
}

static size_t
braces_bytes(const char *p, size_t n, size_t open)
{
    const char close = p[open - 1] == '(' ? ')' : '}';
    const char *end = memchr(p, close, n);

    return end != NULL && memchr(p, '\n', (size_t)(end - p)) == NULL ? (size_t)(end + 1 - p) : 0;
}

static size_t
placeholder_bytes(const char *p, size_t n)
{
    n = MIN(n, MAX_PLACEHOLDER_BYTES);
    if (n < 2)
        return 0;
    switch (*p) {
    case '%':
        return percent_bytes(p, n);
    case '{':
        return braces_bytes(p, n, 1);
    case '#':
    case '$':
        if (p[1] == '{' || (*p == '$' && p[1] == '('))
            return braces_bytes(p, n, 2);
        break;
    case '\\':
        return p[1] == '(' ? braces_bytes(p, n, 2) : 0;
    default:
        return 0;
    }
    if (*p == '$' && (g_ascii_isalpha(p[1]) || p[1] == '_')) {
        size_t i = 2;

        while (i < n && (g_ascii_isalnum(p[i]) || p[i] == '_'))
            i++;
        return i;
    }
    return 0;
}

/* --- prose, or not --- */

/* Words that hardly anything but prose has. */
static bool
is_function_word(const char *p, size_t n)
{
    static const char *const words[] = {
        "the",  "a",    "an",   "is",   "are",  "was",  "were", "be",     "to",   "of",  "in",
        "for",  "not",  "no",   "and",  "or",   "with", "on",   "by",     "from", "it",  "this",
        "that", "you",  "your", "can",  "will", "has",  "have", "cannot", "at",   "as",  "if",
        "but",  "when", "must", "does", "did",  "do",   "we",   "they",   "all",  "any", NULL
    };

    for (size_t i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) == n && g_ascii_strncasecmp(words[i], p, n) == 0)
            return true;
    return false;
}

static bool
is_query(const char *p, size_t n)
{
    static const char *const verbs[] = { "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ",
                                         "ALTER ",  "DROP ",   "WITH ",   "FROM ",   "WHERE ",
                                         "PRAGMA ", "GRANT ",  "JOIN ",   "ORDER BY" };

    while (n > 0 && g_ascii_isspace(*p)) {
        p++;
        n--;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (n >= strlen(verbs[i]) && memcmp(p, verbs[i], strlen(verbs[i])) == 0)
            return true;
    return false;
}

static bool
has_signs(const char *p, size_t n)
{
    static const char *const signs[] = { "==",     "!=",  "::",  "</",   "/>",    "&&",
                                         "||",     "->",  "=>",  "=\"",  "='",    "\\d",
                                         "\\s",    "\\w", "\\b", "[^",   ".*",    "(?",
                                         " --",    "; ",  "#!",  "<div", "<span", "<p",
                                         "@media", ")$",  "+)",  "|%",   "\\.",   "\\[" };

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (memmem(p, n, signs[i], strlen(signs[i])) != NULL)
            return true;
    return false;
}

typedef struct {
    size_t n_words, n_others, n_function;
    bool has_lower, begins_upper, ends_sentence;
} Counts;

/* One piece without white space. */
static void
count_piece(Counts *counts, const char *p, size_t n)
{
    size_t start = 0, end = n;

    while (start < end && strchr("\"'([*", p[start]) != NULL)
        start++;
    while (end > start && strchr("\"')],.;:!?*", p[end - 1]) != NULL)
        end--;
    counts->ends_sentence = n > 1 && strchr(".!?:", p[n - 1]) != NULL;
    if (end > start + 1 && p[end - 2] == '\\') /* \n at the end */
        end -= 2;
    if (counts->n_words + counts->n_others == 0)
        counts->begins_upper = start < end && g_ascii_isupper(p[start]);
    if (placeholder_bytes(p + start, end - start) > 0)
        return;
    for (size_t i = start; i < end; i++) {
        counts->has_lower = counts->has_lower || g_ascii_islower(p[i]);
        if (p[i] == '\\' && i + 1 < end && strchr("'\"", p[i + 1]) != NULL)
            continue; /* isn\'t */
        if (!is_word_byte(p[i]) && !(i > start && i + 1 < end && strchr("'-", p[i]) != NULL)) {
            counts->n_others++;
            return;
        }
    }
    if (end - start >= 2 || is_function_word(p + start, end - start))
        counts->n_words++;
    counts->n_function += is_function_word(p + start, end - start) ? 1 : 0;
}

bool
pd_literal_is_prose(const char *p, size_t n)
{
    Counts counts = { 0 };

    if (n < 5 || memchr(p, ' ', n) == NULL || is_query(p, n) || has_signs(p, n))
        return false;
    for (size_t i = 0; i < n;) {
        const size_t start = i;

        while (i < n && !g_ascii_isspace(p[i]))
            i++;
        if (i > start)
            count_piece(&counts, p + start, i - start);
        else
            i++;
    }
    if (counts.n_words < 2 || !counts.has_lower || counts.n_words < 3 * counts.n_others)
        return false;
    return counts.n_function > 0 || (counts.n_words > 2 && counts.begins_upper) ||
           (counts.begins_upper && counts.ends_sentence);
}

/* --- text --- */

/* Bytes of the escape at @p, and what it means in @ret_text; NULL: some character */
static size_t
escape_bytes(const char *p, size_t n, const char **ret_text)
{
    static const char *const same[] = { "\"", "'", "\\", "`", "/", "$", "#", "{", "}", "%" };
    size_t digits = 0;

    *ret_text = NULL;
    if (n < 2)
        return 1;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        if (*same[i] == p[1])
            *ret_text = same[i];
    if (*ret_text != NULL)
        return 2;
    if (strchr("nrtvf0\n ", p[1]) != NULL) {
        *ret_text = p[1] == 'n' ? "\n" : " ";
        return 2;
    }
    if ((guchar)p[1] >= 0x80)
        return (size_t)(g_utf8_next_char(p + 1) - p);
    digits = p[1] == 'x' ? 2 : p[1] == 'u' ? 4 : p[1] == 'U' ? 8 : 0;
    for (size_t i = 0; i < digits; i++)
        if (2 + i >= n || !g_ascii_isxdigit(p[2 + i]))
            return 2;
    return 2 + digits;
}

static void
put_escape(PdAnnotated *out, const char *text, size_t at, size_t n)
{
    if (text == NULL)
        pd_annotated_stand_in(out, at, n);
    else if (*text == ' ')
        pd_annotated_space(out, at, n);
    else if (*text == '\n')
        pd_annotated_break(out, at, n);
    else
        pd_annotated_unit(out, text, strlen(text), at, n);
}

/* Bytes of what is not copied at @p, and what it means; 0: it is */
static size_t
special_bytes(const char *p, size_t n, char escape, const char **ret_text)
{
    const size_t placeholder = placeholder_bytes(p, n);

    *ret_text = NULL;
    if (placeholder > 0)
        return placeholder;
    if (escape == '\\' && *p == '\\')
        return MIN(escape_bytes(p, n, ret_text), n);
    if (*p == '\n' || *p == '\r' || *p == '\t') {
        *ret_text = " ";
        return 1;
    }
    if (escape != '\\' && *p == escape && n > 1 && p[1] == escape) {
        *ret_text = escape == '"' ? "\"" : "'";
        return 2;
    }
    return 0;
}

void
pd_literal_put(PdAnnotated *out, const char *source, PdSpan place, char escape)
{
    size_t done = place.start;

    for (size_t at = place.start; at < place.end;) {
        const char *text;
        const size_t n = special_bytes(source + at, place.end - at, escape, &text);

        if (n == 0) {
            at++;
            continue;
        }
        if (at > done)
            pd_annotated_same(out, source + done, at - done, done);
        put_escape(out, text, at, n);
        at += n;
        done = at;
    }
    if (place.end > done)
        pd_annotated_same(out, source + done, place.end - done, done);
}
