/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/comment-tags.h"

#include <glib.h>
#include <string.h>

#define MAX_ROLE_BYTES 40

static bool
is_one_of(const char *const *words, const char *p, size_t n)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == n && g_ascii_strncasecmp(*words, p, n) == 0)
            return true;
    return false;
}

static bool
has(const char *p, size_t n, const char *what)
{
    return memmem(p, n, what, strlen(what)) != NULL;
}

static bool
begins_with(const char *p, size_t n, const char *what)
{
    return n >= strlen(what) && g_ascii_strncasecmp(p, what, strlen(what)) == 0;
}

static size_t
name_bytes(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && (g_ascii_isalnum(p[i]) || p[i] == '_'))
        i++;
    return i;
}

static size_t
space_bytes(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && (p[i] == ' ' || p[i] == '\t'))
        i++;
    return i;
}

/* What begins a line for tools. */
/* clang-format off */
static const char *const begins[] = {
    "eslint", "jshint", "jslint", "globals ", "istanbul ", "prettier-", "noqa", "type: ignore",
    "pylint:", "mypy:", "pragma", "flake8:", "ruff:", "isort:", "fmt: ", "yapf:", "nosec",
    "noinspection", "clang-format", "NOLINT", "shellcheck ", "rubocop:", "frozen_string_literal",
    "go:", "+build", "nolint", "@ts-", "@flow", "tslint:", "#region", "#endregion", "region ",
    "endregion", "vim:", "vi:", "ex:", "SPDX-", "coding:", "coding=", "sourceMappingURL",
    "@formatter:", "checkstyle", "CHECKSTYLE", "fall through", "fallthrough", "FALLTHROUGH",
    "hlint", "phpcs:", "@codeCoverage", "stylelint-", "$Id", "$Rev", "LCOV_", "GCOV",
    "codespell:", "cppcheck-", "lint ", "NOTREACHED", "Local Variables:", "End:", "ident \"",
    "https://", "http://", "<?", "<![",
};
/* clang-format on */

bool
pd_comment_is_for_tools(const char *p, size_t n)
{
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (n >= strlen(begins[i]) && memcmp(p, begins[i], strlen(begins[i])) == 0)
            return true;
    return has(p, n, "-*-") || (n < 30 && has(p, n, " lint:"));
}

/* Signs that prose does not have: each counts. */
static int
count_signs(const char *p, size_t n)
{
    static const char *const signs[] = { "==", "!=", " = ",      "+=",      "-=", "&&",  "||",
                                         "->", "=>", "::",       "();",     ");", "):",  "++",
                                         "</", "/>", "<<",       ">>",      "){", ") {", "[]",
                                         "%{", "${", "#include", "#define", ":=" };
    int found = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        found += has(p, n, signs[i]) ? 1 : 0;
    return found;
}

static size_t
count_words(const char *p, size_t n)
{
    size_t words = 0;

    for (size_t i = 0; i < n;) {
        const size_t start = i;

        while (i < n && (g_ascii_isalpha(p[i]) || p[i] == '\'' || (guchar)p[i] >= 0x80))
            i++;
        /* a word by itself: spaces, or a mark of prose, around it */
        if (i - start >= 2 && (start == 0 || strchr(" (\"'", p[start - 1]) != NULL) &&
            (i == n || strchr(" ,.:;)!?\"'", p[i]) != NULL))
            words++;
        i += i == start ? 1 : 0;
    }
    return words;
}

bool
pd_comment_is_code(const char *p, size_t n)
{
    const char last = p[n - 1];
    const int signs = count_signs(p, n) + (last == ';' || last == '{' || last == '}' ? 2 : 0);
    const size_t words = count_words(p, n);

    if (begins_with(p, n, ".. ") || begins_with(p, n, "$ ") || begins_with(p, n, "#!") ||
        begins_with(p, n, "%%"))
        return true;
    if (words == 0 && n > 3 && last != '.')
        return signs > 0 || memchr(p, '(', n) != NULL;
    return signs >= 2 && words < 5 * (size_t)signs;
}

bool
pd_comment_is_table(const char *p, size_t n)
{
    return has(p, n, "   ");
}

size_t
pd_comment_role_bytes(const char *p)
{
    size_t i = 1;

    while (i < MAX_ROLE_BYTES && (g_ascii_isalnum(p[i]) || (p[i] == ':' && p[i + 1] != '`')))
        i++;
    return i > 1 && p[i] == ':' && p[i + 1] == '`' ? i + 1 : 0;
}

/* "{type}", "[in,out]" after a tag */
static size_t
type_bytes(const char *p, size_t n)
{
    const char close = n > 0 && *p == '{' ? '}' : n > 0 && *p == '[' ? ']' : '\0';
    const char *end = close != '\0' ? memchr(p, close, n) : NULL;
    size_t bytes;

    if (end == NULL)
        return 0;
    bytes = (size_t)(end + 1 - p);
    return bytes + space_bytes(p + bytes, n - bytes);
}

/* "name", "[name=1]", "...", "name -": and the space behind it */
static size_t
parameter_bytes(const char *p, size_t n)
{
    size_t i = type_bytes(p, n);

    if (i == 0) {
        while (i < n && p[i] != ' ' && p[i] != '\t')
            i++;
        i += space_bytes(p + i, n - i);
    }
    if (i + 1 < n && strchr("-:", p[i]) != NULL && p[i + 1] == ' ')
        i += 2;
    return i;
}

/* " (nullable) (transfer none): " and white space */
static size_t
annotation_bytes(const char *p, size_t n)
{
    size_t i = space_bytes(p, n), text = i;

    while (i < n && p[i] == '(') {
        const char *close = memchr(p + i, ')', n - i);

        if (close == NULL)
            return text;
        i = (size_t)(close + 1 - p);
        i += space_bytes(p + i, n - i);
    }
    if (i == text || i >= n || p[i] != ':')
        return text;
    return i + 1 + space_bytes(p + i + 1, n - i - 1);
}

static size_t
at_tag_bytes(const char *p, size_t n)
{
    static const char *const whole[] = { "see",        "author",     "authors",   "since",
                                         "version",    "file",       "ingroup",   "defgroup",
                                         "addtogroup", "name",       "link",      "license",
                                         "category",   "package",    "module",    "namespace",
                                         "type",       "typedef",    "class",     "extends",
                                         "implements", "override",   "private",   "public",
                                         "protected",  "static",     "readonly",  "default",
                                         "memberof",   "requires",   "const",     "constant",
                                         "enum",       "event",      "fires",     "kind",
                                         "mixin",      "instance",   "access",    "api",
                                         "internal",   "hidden",     "ignore",    "include",
                                         "image",      "snippet",    "fn",        "var",
                                         "def",        "struct",     "interface", "inheritdoc",
                                         "inheritDoc", "method",     "function",  "callback",
                                         "async",      "abstract",   "this",      "export",
                                         "exports",    "global",     "lends",     "source",
                                         "tutorial",   "uses",       "used-by",   "sa",
                                         "relates",    "headerfile", "covers",    "dataProvider",
                                         "test",       "var",        "global",    "property-read",
                                         "example",    "cond",       "endcond",   "if",
                                         "endif",      "{",          "}",         "endlink",
                                         NULL };
    static const char *const named[] = { "param",    "tparam",    "arg",   "argument",  "prop",
                                         "property", "throws",    "throw", "exception", "retval",
                                         "template", "typeParam", "raise", NULL };
    const size_t name = name_bytes(p + 1, n - 1);
    size_t i = 1 + name;

    if (name == 0)
        return is_one_of(whole, p + 1, MIN(1, n - 1)) ? n : 0;
    if (i < n && p[i] == ':' && *p == '@') /* GTK-Doc: "@name: (nullable): what it is" */
        return i + 1 + annotation_bytes(p + i + 1, n - i - 1);
    if (is_one_of(whole, p + 1, name))
        return n;
    i += type_bytes(p + i, n - i); /* \param[in] */
    i += space_bytes(p + i, n - i);
    i += type_bytes(p + i, n - i);
    if (is_one_of(named, p + 1, name))
        i += parameter_bytes(p + i, n - i);
    return MIN(i, n);
}

/* ":param int x: text"; ":type x: int" has none */
static size_t
field_bytes(const char *p, size_t n)
{
    static const char *const whole[] = { "type", "rtype", "vartype", "see", "author", NULL };
    const size_t name = name_bytes(p + 1, n - 1);
    const char *colon = memchr(p + 1, ':', n - 1);
    size_t bytes;

    if (name == 0 || colon == NULL || memchr(p, '`', (size_t)(colon - p)) != NULL ||
        (colon + 1 < p + n && colon[1] != ' '))
        return 0;
    if (is_one_of(whole, p + 1, name))
        return n;
    bytes = (size_t)(colon + 1 - p);
    return bytes + space_bytes(p + bytes, n - bytes);
}

/* "name: text" and "name (type): text" of a list of arguments; "name : type" has none */
static size_t
argument_bytes(const char *p, size_t n)
{
    size_t i = 0;
    bool is_lower = n > 0 && (g_ascii_islower(*p) || *p == '_' || *p == '*');

    while (i < n && (g_ascii_isalnum(p[i]) || strchr("_*.-", p[i]) != NULL))
        i++;
    if (i == 0 || !is_lower)
        return 0;
    if (i + 2 < n && memcmp(p + i, " : ", 3) == 0)
        return n;
    if (i + 1 < n && p[i] == ' ' && p[i + 1] == '(') {
        const char *close = memchr(p + i, ')', n - i);

        i = close != NULL ? (size_t)(close + 1 - p) : n;
    }
    if (i + 1 >= n || p[i] != ':' || p[i + 1] != ' ')
        return 0;
    return i + 1 + space_bytes(p + i + 1, n - i - 1);
}

/* "HACK(me): " and its like */
static size_t
note_bytes(const char *p, size_t n)
{
    /* clang-format off */
    static const char *const notes[] = { "TO" "DO", "FIX" "ME", "X" "XX", "HACK", "BUG", "SAFETY",
                                         NULL };
    /* clang-format on */
    size_t i = name_bytes(p, n);
    const char *close;

    if (!is_one_of(notes, p, i) || !g_ascii_isupper(p[i - 1]))
        return 0;
    if (i < n && p[i] == '(' && (close = memchr(p + i, ')', n - i)) != NULL)
        i = (size_t)(close + 1 - p);
    i += i < n && p[i] == ':' ? 1 : 0;
    return i + space_bytes(p + i, n - i);
}

/* "- ", "* ", "12. ", "a) ", "(2) " */
static size_t
bullet_bytes(const char *p, size_t n)
{
    size_t i = 0;

    if (n > 1 && strchr("-*+", *p) != NULL && p[1] == ' ')
        return 1 + space_bytes(p + 1, n - 1);
    if (n > 4 && memcmp(p, "•", strlen("•")) == 0)
        return strlen("•") + space_bytes(p + strlen("•"), n - strlen("•"));
    i += *p == '(' ? 1 : 0;
    while (i < MIN(n, 3) && g_ascii_isdigit(p[i]))
        i++;
    if (i == 0 && n > 2 && g_ascii_isalpha(*p) && p[1] == ')')
        i = 1;
    if (i == 0 || i + 1 >= n || strchr(".)", p[i]) == NULL || p[i + 1] != ' ' || *p == ')')
        return 0;
    return i + 1 + space_bytes(p + i + 1, n - i - 1);
}

/* "Args:", "Returns:" and the like, alone in their line */
static bool
is_heading(const char *p, size_t n)
{
    static const char *const headings[] = { "Args",     "Arguments", "Parameters", "Returns",
                                            "Raises",   "Yields",    "Attributes", "Example",
                                            "Examples", "Note",      "Notes",      "Usage",
                                            NULL };

    return n > 1 && p[n - 1] == ':' && is_one_of(headings, p, n - 1);
}

/* "Returns: text", "Since: 2.4" */
static size_t
label_bytes(const char *p, size_t n)
{
    static const char *const labels[] = { "Returns",   "Return value", "Return",  "Since",
                                          "Stability", "Author",       "Authors", "Value" };

    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        const size_t label = strlen(labels[i]);

        if (!begins_with(p, n, labels[i]) || n <= label + 1 || p[label] != ':')
            continue;
        return *p == 'R' ? label + 1 + annotation_bytes(p + label + 1, n - label - 1) : n;
    }
    return 0;
}

size_t
pd_comment_tag_bytes(const char *p, size_t n, bool *ret_begins)
{
    size_t bytes = 0;

    *ret_begins = true;
    if (is_heading(p, n))
        return n;
    if ((*p == '@' || *p == '\\') && n > 1 && pd_comment_inline_command(p) == 0)
        bytes = at_tag_bytes(p, n);
    else if (*p == ':' && n > 2)
        bytes = field_bytes(p, n);
    if (bytes == 0)
        bytes = note_bytes(p, n);
    if (bytes == 0)
        bytes = bullet_bytes(p, n);
    if (bytes == 0)
        bytes = argument_bytes(p, n);
    if (bytes == 0)
        bytes = label_bytes(p, n);
    *ret_begins = bytes > 0;
    return bytes;
}

size_t
pd_comment_inline_command(const char *p)
{
    static const char *const commands[] = { "p", "c", "ref", "a", "e", "em", "b", "link", NULL };
    const size_t name = name_bytes(p + 1, strnlen(p + 1, 8));
    size_t i = 1 + name;

    if (name == 0 || !is_one_of(commands, p + 1, name) || p[i] != ' ')
        return 0;
    i += 1 + strcspn(p + i + 1, " \t\n,;");
    while (i > 1 && strchr(".:)", p[i - 1]) != NULL)
        i--;
    return i;
}

bool
pd_comment_is_tag_name(const char *p)
{
    static const char *const names[] = {
        "a",         "b",        "i",         "p",          "br",          "ul",      "ol",
        "li",        "tt",       "em",        "hr",         "dl",          "dt",      "dd",
        "code",      "pre",      "strong",    "span",       "div",         "table",   "tr",
        "td",        "th",       "h1",        "h2",         "h3",          "h4",      "sup",
        "sub",       "para",     "u",         "c",          "see",         "list",    "summary",
        "item",      "param",    "value",     "blockquote", "returns",     "remarks", "example",
        "exception", "paramref", "typeparam", "seealso",    "description", "include", "inheritdoc",
        "term",      "note",     "link",      NULL
    };

    p += *p == '/' ? 1 : 0;
    return is_one_of(names, p, name_bytes(p, strnlen(p, 16)));
}
