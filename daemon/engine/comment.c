/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/comment.h"

#include "daemon/engine/comment-tags.h"

#include <string.h>

#define CODE_INDENT 4
#define MAX_SPAN_BYTES 300 /* of inline code, in one pair of marks */

void
pd_comment_init(PdComment *self, const char *source, PdAnnotated *out, bool is_markdown)
{
    *self = (PdComment){ .is_markdown = is_markdown, .first_indent = G_MAXSIZE };
    pd_paragraph_init(&self->paragraph, source, out);
    self->widths = g_array_new(FALSE, FALSE, sizeof(guint));
}

void
pd_comment_clear(PdComment *self)
{
    pd_paragraph_clear(&self->paragraph);
    g_array_unref(self->widths);
}

/* --- inside a paragraph --- */

/* The end of the marked code at @at and its inner bytes; 0: there is none. */
static size_t
find_code(const PdComment *self, size_t at, PdSpan *ret_inner)
{
    const PdParagraph *p = &self->paragraph;
    const size_t n = pd_paragraph_peek(p, at + 1) == '`' ? 2 : 1;

    for (size_t i = at + n; i < MIN(p->content->len, at + MAX_SPAN_BYTES); i++) {
        const char c = p->content->str[i];
        const bool old = n == 1 && c == '\'' && i > at + 1; /* `name' */

        if (old && memchr(p->content->str + at, ' ', i - at) != NULL)
            return 0;
        if ((c == '`' && (n == 1 || pd_paragraph_peek(p, i + 1) == '`')) || old) {
            *ret_inner = (PdSpan){ at + n, i };
            return i + (old ? 1 : n);
        }
    }
    return 0;
}

/* Bytes before the first of @stops; 0: it is far away. */
static size_t
span_before(const char *p, const char *stops)
{
    size_t n = 0;

    while (n < MAX_SPAN_BYTES && p[n] != '\0' && strchr(stops, p[n]) == NULL)
        n++;
    return n < MAX_SPAN_BYTES ? n : 0;
}

/* Behind "{@link x}", "[x](", "<tag>", "\p x" and the like at @at; 0: it is none */
static size_t
find_markup(const PdComment *self, size_t at, bool *ret_is_noun)
{
    const char *p = self->paragraph.content->str + at;
    size_t n;

    *ret_is_noun = true;
    switch (*p) {
    case '{':
        n = p[1] == '@' ? span_before(p, "}\n") : 0;
        return n > 0 && p[n] == '}' ? at + n + 1 : 0;
    case ':':
        *ret_is_noun = false;
        n = pd_comment_role_bytes(p);
        return n > 0 ? at + n : 0;
    case ']':
        n = p[1] == '(' ? span_before(p, ") \n") : 0;
        *ret_is_noun = false;
        return n > 0 && p[n] == ')' ? at + n + 1 : 0;
    case '<':
        n = g_ascii_isalpha(p[1]) || p[1] == '/' ? span_before(p, ">\n") : 0;
        *ret_is_noun = n > 0 && !pd_comment_is_tag_name(p + 1);
        return n > 0 && p[n] == '>' ? at + n + 1 : 0;
    case '\\':
    case '@':
        n = pd_comment_inline_command(p);
        return n > 0 ? at + n : 0;
    default:
        return 0;
    }
}

static guint
first_word_bytes(const char *p)
{
    return (guint)strcspn(p, " \t\n");
}

/* Was the line broken only because it was full? */
static bool
is_wrapped(const PdComment *self, guint line, const char *text, const char *next)
{
    const gunichar first = g_utf8_get_char(next);

    if (!g_unichar_isupper(first) || (*text != '\0' && strchr(".!?,;", *text) != NULL))
        return true;
    return *text != ':' &&
           g_array_index(self->widths, guint, line) + 1 + first_word_bytes(next) > self->width;
}

/* Content bytes [start, end) of text alone. */
static void
put(PdComment *self, size_t start, size_t end, guint *line)
{
    PdParagraph *p = &self->paragraph;

    while (start < end) {
        const char *content = p->content->str;
        const char *stop = memchr(content + start, '\n', end - start);
        const size_t at = stop != NULL ? (size_t)(stop - content) : end;

        pd_paragraph_put(p, start, at, ' ');
        start = at;
        if (stop == NULL)
            return;
        if (at + 1 < p->content->len &&
            !is_wrapped(self, *line, at > 0 ? content + at - 1 : "", content + at + 1))
            pd_annotated_gap(p->out);
        else
            pd_paragraph_put(p, at, at + 1, ' ');
        (*line)++;
        start++;
    }
}

static guint
count_lines(const PdComment *self, size_t start, size_t end)
{
    guint n = 0;

    for (; start < end; start++)
        n += self->paragraph.content->str[start] == '\n' ? 1 : 0;
    return n;
}

static void
end_paragraph(PdComment *self)
{
    PdParagraph *p = &self->paragraph;
    const size_t length = p->content->len - (p->content->len > 0 ? 1 : 0);
    size_t done = 0, end;
    guint line = 0;

    pd_annotated_gap(p->out);
    for (size_t at = 0; at < length; at = end) {
        PdSpan inner;
        bool is_noun = false;

        end = p->content->str[at] == '`' ? find_code(self, at, &inner) : 0;
        if (end > 0) {
            size_t text_start;

            put(self, done, at, &line);
            text_start = p->out->text->len;
            pd_paragraph_put(p, inner.start, inner.end, ' ');
            pd_annotated_mark_code(p->out, text_start);
        } else if ((end = find_markup(self, at, &is_noun)) > 0) {
            put(self, done, at, &line);
            if (is_noun)
                pd_paragraph_put_stand_in(p, at, end);
        } else {
            end = at + 1;
            continue;
        }
        line += count_lines(self, at, end);
        done = end;
    }
    put(self, done, length, &line);
    pd_annotated_gap(p->out);
    pd_paragraph_empty(p);
    g_array_set_size(self->widths, 0);
    self->width = 0;
}

/* --- lines --- */

/* Lines that begin or end code, which is left out with them. */
static bool
is_fence(const char *p, size_t n)
{
    static const char *const fences[] = {
        "```",          "~~~",        "@code",         "@endcode", "\\code", "|[",
        "]|",           "\\endcode",  "@verbatim",     "<pre",     "</pre",  "<code>\n",
        "@endverbatim", "\\verbatim", "\\endverbatim", "{@code"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fences); i++)
        if (n >= strlen(fences[i]) && memcmp(p, fences[i], strlen(fences[i])) == 0)
            return true;
    return false;
}

/* A fence that is opened and closed in its line is none. */
static bool
toggles_fence(const PdComment *self, const char *p, size_t n)
{
    if (!is_fence(p, n))
        return false;
    if (*p == '`')
        return memmem(p + 3, n - 3, "```", 3) == NULL;
    if (*p == '{')
        return !self->in_fence && memchr(p, '}', n) == NULL;
    return *p != '<' || memmem(p + 1, n - 1, "</", 2) == NULL || p[1] == '/';
}

static bool
is_left_out(PdComment *self, const char *p, size_t n, size_t indent)
{
    if (toggles_fence(self, p, n)) {
        self->in_fence = !self->in_fence;
        return true;
    }
    if (self->in_fence) {
        self->in_fence = !(n == 1 && *p == '}');
        return true;
    }
    if (self->in_literal && indent <= self->literal_indent)
        self->in_literal = false;
    if (self->in_example || self->in_literal)
        return true;
    if (n >= 3 && (memcmp(p, ">>>", 3) == 0 || memcmp(p, "...", 3) == 0 ||
                   (n > 4 && memcmp(p, "In [", 4) == 0))) {
        self->in_example = true;
        return true;
    }
    if (self->is_markdown && self->paragraph.content->len == 0 &&
        indent >= self->first_indent + CODE_INDENT && strchr("-*+", *p) == NULL)
        return true;
    return pd_comment_is_for_tools(p, n) || pd_comment_is_code(p, n);
}

static void
begin_literal(PdComment *self, const char *p, size_t n, size_t indent)
{
    if (n >= 2 && memcmp(p + n - 2, "::", 2) == 0) {
        self->in_literal = true;
        self->literal_indent = indent;
    }
}

/* Nothing but marks: a line, or a corner of a box */
static bool
is_rule(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((guchar)p[i] >= 0x80 || g_ascii_isalnum(p[i]))
            return false;
    return true;
}

void
pd_comment_add(PdComment *self, size_t start, size_t end, size_t next, size_t indent)
{
    const char *p = self->paragraph.source + start;
    size_t n, skipped;
    bool begins = false;

    while (end > start && g_ascii_isspace(self->paragraph.source[end - 1]))
        end--;
    n = end - start;
    if (n == 0 || (is_rule(p, n) && !is_fence(p, n))) {
        end_paragraph(self);
        self->in_example = self->in_example && n > 0;
        return;
    }
    if (is_left_out(self, p, n, indent)) {
        end_paragraph(self);
        return;
    }
    self->first_indent = MIN(self->first_indent, indent);
    skipped = pd_comment_tag_bytes(p, n, &begins);
    if (begins)
        end_paragraph(self);
    if (skipped < n && !pd_comment_is_table(p + skipped, n - skipped)) {
        const guint width = (guint)(n + indent);

        pd_paragraph_add(&self->paragraph, start + skipped, end, next);
        g_array_append_val(self->widths, width);
        self->width = MAX(self->width, width);
    }
    begin_literal(self, p, n, indent);
}

void
pd_comment_end(PdComment *self)
{
    end_paragraph(self);
    self->in_fence = self->in_example = self->in_literal = false;
    self->first_indent = G_MAXSIZE;
}
