/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/rst-inline.h"

#include <string.h>

#define MAX_ROLE_BYTES 40
#define MAX_NAME_BYTES 100

typedef struct {
    PdParagraph *paragraph;
    const char *content;
    size_t length;
    size_t done;       /* all before it is in the text, or left out */
    bool no_literal;   /* no "``" stands behind the one that was looked at last */
    bool no_backquote; /* the same of "`" */
} Scan;

static char
peek(const Scan *self, size_t at)
{
    return at < self->length ? self->content[at] : '\0';
}

static char
before(const Scan *self, size_t at)
{
    return at > 0 ? self->content[at - 1] : ' ';
}

static bool
is_outside(char c)
{
    return c == '\0' || g_ascii_isspace(c) || g_ascii_ispunct(c) || (guchar)c >= 0x80;
}

/* The text up to @start, then what is marked, to @end: [text) of it is text. */
static size_t
put_marked(Scan *self, size_t start, PdSpan text, bool is_opaque, size_t end)
{
    PdAnnotated *out = self->paragraph->out;
    size_t text_start;

    pd_paragraph_put(self->paragraph, self->done, start, ' ');
    text_start = out->text->len;
    pd_paragraph_put(self->paragraph, text.start, text.end, ' ');
    if (is_opaque)
        pd_annotated_mark_code(out, text_start);
    return self->done = end;
}

static size_t
put_stand_in(Scan *self, size_t start, size_t end)
{
    pd_paragraph_put(self->paragraph, self->done, start, ' ');
    pd_paragraph_put_stand_in(self->paragraph, start, end);
    return self->done = end;
}

/* "text <target>" is its text; the whole where there is no target. */
static PdSpan
title_of(const Scan *self, PdSpan inner)
{
    const char *p = self->content;
    size_t at = inner.end;

    if (at == inner.start || p[at - 1] != '>')
        return inner;
    while (at > inner.start && p[at - 1] != '<')
        at--;
    while (at > inner.start && (p[at - 1] == '<' || g_ascii_isspace(p[at - 1])))
        at--;
    return at > inner.start ? (PdSpan){ inner.start, at } : inner;
}

/* ``literal`` */
static size_t
read_literal(Scan *self, size_t at)
{
    size_t end = self->no_literal ? G_MAXSIZE : pd_paragraph_find(self->paragraph, at + 2, "``");

    if (end == G_MAXSIZE) {
        self->no_literal = true;
        return at + 2;
    }
    while (peek(self, end + 2) == '`')
        end++;
    return put_marked(self, at, (PdSpan){ at + 2, end }, true, end + 2);
}

static size_t
close_of(Scan *self, size_t at)
{
    const size_t end = self->no_backquote ? G_MAXSIZE : pd_paragraph_find(self->paragraph, at, "`");

    self->no_backquote = end == G_MAXSIZE;
    return end;
}

/* `text <target>`_, `text`_, `text` */
static size_t
read_backquote(Scan *self, size_t at)
{
    const size_t end = close_of(self, at + 1);
    size_t behind = end + 1;

    if (end == G_MAXSIZE || end == at + 1)
        return at + 1;
    while (peek(self, behind) == '_')
        behind++;
    return put_marked(self, at, title_of(self, (PdSpan){ at + 1, end }), behind == end + 1, behind);
}

/* Their text is prose; that of the others is a name of something... */
static const char *const prose_roles[] = { "term",   "guilabel", "menuselection", "abbr",
                                           "strong", "emphasis", "sub",           "sup",
                                           "title",  "dfn",      "subscript",     "superscript",
                                           NULL };
/* ... or a label, unless there is a title before it */
static const char *const label_roles[] = { "ref", "doc", "any", "numref", "eq", "cite", NULL };

static bool
is_one_of(const char *const *names, const char *name, size_t n)
{
    for (; *names != NULL; names++)
        if (strlen(*names) == n && memcmp(name, *names, n) == 0)
            return true;
    return false;
}

/* :role:`text` */
static size_t
read_role(Scan *self, size_t at)
{
    const char *p = self->content + at + 1;
    size_t n = 0, end;
    PdSpan inner, title;

    while (n < MAX_ROLE_BYTES &&
           (g_ascii_isalnum(p[n]) || strchr("_.+-", p[n]) != NULL ||
            (p[n] == ':' && g_ascii_isalpha(p[n + 1]))) &&
           p[n] != '\0')
        n++;
    if (n == 0 || p[n] != ':' || p[n + 1] != '`')
        return at + 1;
    inner.start = at + 1 + n + 2;
    inner.end = end = close_of(self, inner.start);
    if (end == G_MAXSIZE)
        return at + 1;
    title = title_of(self, inner);
    if (title.end == inner.end && is_one_of(label_roles, p, n))
        return put_stand_in(self, at, end + 1);
    return put_marked(self, at, title,
                      !is_one_of(prose_roles, p, n) && !is_one_of(label_roles, p, n), end + 1);
}

/* |name|, [1]_, [#note]_, [Author2001]_ */
static size_t
read_reference(Scan *self, size_t at, char close)
{
    size_t end = at + 1;

    while (end < self->length && end - at < MAX_NAME_BYTES && self->content[end] != close &&
           self->content[end] != '\n')
        end++;
    if (peek(self, end) != close || end == at + 1 || g_ascii_isspace(self->content[at + 1]) ||
        g_ascii_isspace(self->content[end - 1]) || (close == ']' && peek(self, end + 1) != '_'))
        return at + 1;
    for (end++; peek(self, end) == '_';)
        end++;
    return put_stand_in(self, at, end);
}

/* A mark of emphasis: it is beside a word, on one side. */
static size_t
read_stars(Scan *self, size_t at)
{
    size_t end = at + 1;
    const PdSpan none = { at, at };

    while (peek(self, end) == '*' && end - at < 2)
        end++;
    if ((g_ascii_isspace(before(self, at)) && is_outside(peek(self, end)) &&
         (guchar)peek(self, end) < 0x80) ||
        (!is_outside(before(self, at)) && !is_outside(peek(self, end))))
        return end;
    return put_marked(self, at, none, false, end);
}

static size_t
read_escape(Scan *self, size_t at)
{
    const char next = peek(self, at + 1);
    const PdSpan none = { at, at };

    if (next == '\0')
        return at + 1;
    if (g_ascii_isspace(next))
        return put_marked(self, at, none, false, at + 2);
    if (!g_ascii_ispunct(next))
        return at + 1;
    return put_marked(self, at, (PdSpan){ at + 1, at + 2 }, false, at + 2);
}

/* "word_" and "word__" */
static size_t
read_underscores(Scan *self, size_t at)
{
    const PdSpan none = { at, at };
    size_t end = at + 1;

    while (peek(self, end) == '_' && end - at < 2)
        end++;
    if (!g_ascii_isalnum(before(self, at)) || !is_outside(peek(self, end)) ||
        peek(self, end) == '_')
        return end;
    return put_marked(self, at, none, false, end);
}

static size_t
read_one(Scan *self, size_t at)
{
    switch (self->content[at]) {
    case '`':
        return peek(self, at + 1) == '`' ? read_literal(self, at) : read_backquote(self, at);
    case ':':
        return read_role(self, at);
    case '|':
        return read_reference(self, at, '|');
    case '[':
        return read_reference(self, at, ']');
    case '*':
        return read_stars(self, at);
    case '\\':
        return read_escape(self, at);
    case '_':
        return read_underscores(self, at);
    default:
        return at + 1;
    }
}

void
pd_rst_put(PdParagraph *paragraph)
{
    Scan scan = {
        .paragraph = paragraph,
        .content = paragraph->content->str,
        .length = paragraph->content->len - (paragraph->content->len > 0 ? 1 : 0),
    };

    for (size_t at = 0; at < scan.length;)
        at = read_one(&scan, at);
    pd_paragraph_put(paragraph, scan.done, scan.length, ' ');
}
