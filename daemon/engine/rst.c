/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rst.c - the blocks of reStructuredText; rst-inline.c has what is inside a paragraph
 *
 * Line by line, as docutils reads it: what a line is depends on its indentation and its first
 * characters. Nothing is nested: an indented block is text like any other, or it is skipped.
 */
#include "daemon/engine/rst.h"

#include "daemon/engine/rst-inline.h"

#include <string.h>

#define NO_INDENT G_MAXSIZE

typedef struct {
    size_t start;
    size_t text; /* behind its indentation */
    size_t end;  /* without white space */
    size_t next;
} Line;

typedef struct {
    PdParagraph paragraph;
    const char *source;
    GArray *lines; /* of Line */
    size_t i;      /* the line being read */
    size_t indent; /* of the paragraph; NO_INDENT: its next line tells */
    size_t skip;   /* lines farther indented than this are left out; NO_INDENT: none are */
    bool skips_to_blank;
    bool in_options; /* fields are a directive's */
} Reader;

static const Line *
line_at(const Reader *self, size_t i)
{
    return i < self->lines->len ? &g_array_index(self->lines, Line, i) : NULL;
}

static bool
is_blank(const Line *line)
{
    return line == NULL || line->text == line->end;
}

static size_t
indent_of(const Line *line)
{
    return line->text - line->start;
}

static void
find_lines(Reader *self, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *p = memchr(self->source + at, '\n', length - at);
        const size_t stop = p != NULL ? (size_t)(p - self->source) : length;
        Line line = { at, at, stop, MIN(stop + 1, length) };

        while (line.end > at && g_ascii_isspace(self->source[line.end - 1]))
            line.end--;
        while (line.text < line.end && g_ascii_isspace(self->source[line.text]))
            line.text++;
        g_array_append_val(self->lines, line);
        at = line.next;
    }
}

static void
end_paragraph(Reader *self)
{
    pd_rst_put(&self->paragraph);
    pd_paragraph_empty(&self->paragraph);
    pd_annotated_gap(self->paragraph.out);
    self->indent = NO_INDENT;
}

static bool
has_paragraph(const Reader *self)
{
    return self->paragraph.content->len > 0;
}

/* Text from @at to the line's end. */
static void
add_text(Reader *self, const Line *line, size_t at)
{
    while (at < line->end && g_ascii_isspace(self->source[at]))
        at++;
    if (at < line->end)
        pd_paragraph_add(&self->paragraph, at, line->end, line->next);
}

/* --- what a line is --- */

static bool
begins(const Reader *self, const Line *line, const char *what)
{
    return line->end - line->text >= strlen(what) &&
           memcmp(self->source + line->text, what, strlen(what)) == 0;
}

/* "=====": a title's line, or a rule */
static bool
is_adornment(const Reader *self, const Line *line)
{
    const char *p = self->source + line->text;
    const size_t n = line->end - line->text;

    if (n < 2 || !g_ascii_ispunct(*p) || (n < 3 && !has_paragraph(self)))
        return false;
    for (size_t i = 1; i < n; i++)
        if (p[i] != *p)
            return false;
    return n != 2 || *p != ':';
}

/* "====  =====" */
static bool
is_table_border(const Reader *self, const Line *line)
{
    const char *p = self->source + line->text;
    const size_t n = line->end - line->text;

    if (n < 3 || (*p != '=' && *p != '-') || memchr(p, ' ', n) == NULL || p[1] != *p)
        return false;
    for (size_t i = 0; i < n; i++)
        if (p[i] != *p && p[i] != ' ')
            return false;
    return true;
}

/* To the border that ends a table: an empty line follows it. */
static void
skip_table(Reader *self)
{
    const char mark = self->source[line_at(self, self->i)->text];
    size_t i = self->i + 1;

    while (i < self->lines->len &&
           !(is_table_border(self, line_at(self, i)) &&
             self->source[line_at(self, i)->text] == mark && is_blank(line_at(self, i + 1))))
        i++;
    self->i = i;
}

/* Bytes of "- ", "1. ", "#. ", "(a) " at the line's begin; 0: it has no such mark */
static size_t
bullet_bytes(const Reader *self, const Line *line)
{
    const char *p = self->source + line->text;
    const size_t n = line->end - line->text;
    size_t i = *p == '(' ? 1 : 0;

    if (n > 1 && strchr("-*+", *p) != NULL && p[1] == ' ')
        return 2;
    if (n > 4 && memcmp(p, "•", strlen("•")) == 0)
        return strlen("•");
    while (i < MIN(n, 4) && g_ascii_isdigit(p[i]))
        i++;
    if (i == (*p == '(' ? 1U : 0U) && i < n && (g_ascii_isalpha(p[i]) || p[i] == '#'))
        i++;
    if (i == 0 || i + 1 >= n || (p[i] != '.' && p[i] != ')') || p[i + 1] != ' ')
        return 0;
    return i + 2;
}

/* ":name: ": bytes up to the text; 0: the line is no field */
static size_t
field_bytes(const Reader *self, const Line *line)
{
    const char *p = self->source + line->text;
    const size_t n = line->end - line->text;
    size_t i = 1;

    if (n < 3 || *p != ':' || p[1] == ':' || p[1] == ' ')
        return 0;
    while (i < n && p[i] != ':' && p[i] != '`')
        i += p[i] == '\\' ? 2 : 1;
    if (i >= n || p[i] != ':' || (i + 1 < n && p[i + 1] != ' '))
        return 0;
    return i + 1;
}

/* Is a field's body no prose? Types of arguments, and what stands at a document's head. */
static bool
is_data_field(const Reader *self, const Line *line)
{
    static const char *const names[] = { "type",         "rtype",       "vartype", "author",
                                         "authors",      "date",        "version", "copyright",
                                         "organization", "contact",     "address", "status",
                                         "revision",     "orphan",      "license", "tocdepth",
                                         "nocomments",   "Status",      "Type",    "Created",
                                         "Content-Type", "Post-History" };
    const char *p = self->source + line->text + 1;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const size_t n = strlen(names[i]);

        if (g_ascii_strncasecmp(p, names[i], n) == 0 && (p[n] == ':' || p[n] == ' '))
            return true;
    }
    return false;
}

/* --- explicit markup: ".. something" --- */

typedef enum { SKIPPED, TEXT_BODY, TEXT_ALL } DirectiveKind;

static DirectiveKind
directive_kind(const char *name, size_t n)
{
    static const char *const all[] = { "note",       "warning",    "attention", "caution",
                                       "danger",     "error",      "hint",      "important",
                                       "tip",        "admonition", "rubric",    "centered",
                                       "topic",      "sidebar",    "seealso",   "epigraph",
                                       "highlights", "pull-quote", "compound",  "todo",
                                       "title",      NULL };
    static const char *const body[] = { "versionadded", "versionchanged", "deprecated",
                                        "figure",       "container",      "class",
                                        "list-table",   "table",          "glossary",
                                        "only",         "rst-class",      "tab",
                                        "tabs",         "dropdown",       "details",
                                        "hlist",        "function",       "method",
                                        "attribute",    "data",           "option",
                                        "cmdoption",    "describe",       "object",
                                        "envvar",       "exception",      "module",
                                        "program",      "decorator",      "property",
                                        "classmethod",  "staticmethod",   "confval",
                                        "setting",      "django-admin",   "versionremoved",
                                        "macro",        "type",           "opcode",
                                        "pdbcommand",   "2to3fixer",      "availability",
                                        "audit-event",  "impl-detail",    NULL };
    g_autofree char *copy = g_strndup(name, n);

    if (g_strv_contains(all, copy))
        return TEXT_ALL;
    return g_strv_contains(body, copy) || strchr(copy, ':') != NULL ? TEXT_BODY : SKIPPED;
}

static void
skip_body(Reader *self, const Line *line)
{
    self->skip = indent_of(line);
}

/* ".. name:: argument", @name is a span of the source; false: it is none */
static bool
find_directive(const Reader *self, const Line *line, PdSpan *ret_name)
{
    const char *p = self->source;
    size_t at = line->text + 3;

    ret_name->start = at;
    while (at < line->end &&
           (g_ascii_isalnum(p[at]) || strchr("-_.+", p[at]) != NULL ||
            (p[at] == ':' && at + 1 < line->end && p[at + 1] != ':' && p[at - 1] != ':')))
        at++;
    ret_name->end = at;
    return at > ret_name->start && at + 1 < line->end && p[at] == ':' && p[at + 1] == ':';
}

static void
read_explicit(Reader *self, const Line *line)
{
    const char *p = self->source + line->text + 3;
    PdSpan name;

    end_paragraph(self);
    if (line->end - line->text < 4) { /* an empty comment */
        skip_body(self, line);
    } else if (find_directive(self, line, &name)) {
        const DirectiveKind kind = directive_kind(self->source + name.start, name.end - name.start);

        if (kind == SKIPPED)
            skip_body(self, line);
        else if (kind == TEXT_ALL)
            add_text(self, line, name.end + 2);
        self->in_options = kind != SKIPPED;
    } else if (*p == '[') { /* a footnote */
        const char *close = memchr(p, ']', line->end - line->text - 3);

        if (close != NULL)
            add_text(self, line, (size_t)(close + 1 - self->source));
    } else {
        skip_body(self, line);
    }
}

/* --- lines --- */

/* "text::" and "::": what is indented below is code */
static size_t
without_colons(Reader *self, const Line *line)
{
    const char *p = self->source;

    if (line->end - line->text < 2 || memcmp(p + line->end - 2, "::", 2) != 0)
        return line->end;
    self->skip = self->indent != NO_INDENT ? MIN(self->indent, indent_of(line)) : indent_of(line);
    if (line->end - line->text == 2)
        return line->text;
    return p[line->end - 3] == ' ' ? line->end - 3 : line->end - 1;
}

static void
read_text_line(Reader *self, const Line *line, size_t at)
{
    Line cut = *line;

    if (has_paragraph(self) && self->indent != NO_INDENT && indent_of(line) != self->indent)
        end_paragraph(self); /* a term and what it means, or the end of a quotation */
    cut.end = without_colons(self, line);
    if (has_paragraph(self) || at == line->text)
        self->indent = indent_of(line);
    if (cut.end > at)
        add_text(self, &cut, at);
    if (cut.end < line->end)
        end_paragraph(self);
}

static void
read_field(Reader *self, const Line *line, size_t n)
{
    end_paragraph(self);
    if (self->in_options || is_data_field(self, line)) {
        skip_body(self, line);
        return;
    }
    read_text_line(self, line, line->text + n);
}

/* "-a, --all  what it does" */
static void
read_option(Reader *self, const Line *line)
{
    const char *p = memmem(self->source + line->text, line->end - line->text, "  ", 2);

    end_paragraph(self);
    if (p != NULL)
        add_text(self, line, (size_t)(p - self->source));
}

static bool
is_option(const Reader *self, const Line *line)
{
    const char *p = self->source + line->text;

    return line->end - line->text > 2 && *p == '-' && (p[1] == '-' || g_ascii_isalpha(p[1])) &&
           p[2] != '-' && !has_paragraph(self);
}

static void
read_block_line(Reader *self, const Line *line)
{
    size_t n;

    if (begins(self, line, ".. ") || (begins(self, line, "..") && line->end - line->text == 2)) {
        read_explicit(self, line);
    } else if (begins(self, line, "__ ") || begins(self, line, ">>> ")) {
        end_paragraph(self);
        self->skips_to_blank = true;
    } else if (is_table_border(self, line)) {
        end_paragraph(self);
        skip_table(self);
    } else if (begins(self, line, "+-") || begins(self, line, "+=")) {
        end_paragraph(self);
        self->skips_to_blank = true;
    } else if (is_adornment(self, line)) {
        end_paragraph(self);
    } else if ((n = field_bytes(self, line)) > 0) {
        read_field(self, line, n);
    } else if (is_option(self, line)) {
        read_option(self, line);
    } else if (begins(self, line, "| ")) {
        end_paragraph(self);
        read_text_line(self, line, line->text + 2);
    } else if ((n = bullet_bytes(self, line)) > 0 &&
               (!has_paragraph(self) || indent_of(line) != self->indent)) {
        end_paragraph(self);
        read_text_line(self, line, line->text + n);
    } else {
        self->in_options = false;
        read_text_line(self, line, line->text);
    }
}

static void
read_line(Reader *self, const Line *line)
{
    if (is_blank(line)) {
        end_paragraph(self);
        self->skips_to_blank = false;
        return;
    }
    if (self->skip != NO_INDENT && indent_of(line) > self->skip)
        return;
    self->skip = NO_INDENT;
    if (!self->skips_to_blank)
        read_block_line(self, line);
}

void
pd_rst_annotate(const char *source, size_t length, PdAnnotated *out)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));
    Reader reader = { .source = source, .lines = lines, .indent = NO_INDENT, .skip = NO_INDENT };

    pd_paragraph_init(&reader.paragraph, source, out);
    find_lines(&reader, length);
    for (; reader.i < lines->len; reader.i++)
        read_line(&reader, line_at(&reader, reader.i));
    end_paragraph(&reader);
    pd_paragraph_clear(&reader.paragraph);
    pd_annotated_finish(out);
}
