/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markdown.c - CommonMark by cmark, and where its text stood in the source
 *
 * cmark tells lines and columns of blocks well, those of inline text less so (continuation lines
 * that are indented, reference definitions before the text). So each paragraph's content is put
 * together from its lines as cmark saw it, and its inline nodes are found in it one after the
 * other, each byte compared. What is not found is left out: no position is ever a guess.
 */
#include "daemon/engine/markdown.h"

#include <cmark.h>
#include <string.h>

#define MAX_ENTITY_BYTES 40
#define MAX_LABEL_BYTES 1000 /* CommonMark: 999 characters */
#define MAX_LINK_PARENS 32   /* cmark's own limit */
#define NOT_FOUND ((size_t)-1)

typedef struct {
    size_t content;      /* where the line begins in the content */
    size_t source;       /* and in the source */
    size_t source_break; /* bytes of the line break in the source: 1, or 2 for CR LF */
} ContentLine;

typedef struct {
    size_t start;
    size_t end; /* of its text */
    size_t next;
} SourceLine;

typedef struct {
    const char *source;
    PdAnnotated *out;
    GArray *lines;        /* of SourceLine */
    GHashTable *entities; /* "&amp;" -> "&", or itself where it is none */
    size_t quote_depth;
    size_t item_depth;

    /* the paragraph or heading being read */
    GString *content;
    GArray *content_lines; /* of ContentLine */
    size_t line;           /* in content_lines: that of the last position asked for */
    size_t cursor;         /* in the content: all before it is dealt with */
    size_t mark;           /* in the content: where a definition's ": " may stand */
    size_t budget;         /* how much searching is still allowed */
    bool in_item;
    bool is_first; /* no inline node has been seen yet */
    bool is_table;
    bool in_autolink;
} Reader;

static void
find_lines(Reader *self, size_t length)
{
    for (size_t at = 0; at < length;) {
        SourceLine line = { .start = at };

        while (at < length && self->source[at] != '\n' && self->source[at] != '\r')
            at++;
        line.end = at;
        if (at < length)
            at +=
                self->source[at] == '\r' && at + 1 < length && self->source[at + 1] == '\n' ? 2 : 1;
        line.next = at;
        g_array_append_val(self->lines, line);
    }
}

/* (transfer full): the source with line feeds alone, so that lines and columns stay. */
static GString *
unix_lines(const Reader *self, size_t length)
{
    GString *copy = g_string_sized_new(length);

    for (size_t i = 0; i < self->lines->len; i++) {
        const SourceLine *line = &g_array_index(self->lines, SourceLine, i);

        g_string_append_len(copy, self->source + line->start, (gssize)(line->end - line->start));
        if (line->next > line->end)
            g_string_append_c(copy, '\n');
    }
    return copy;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* A line that goes on with a paragraph: without indentation and as many ">" as there are quotes. */
static size_t
continuation_start(const Reader *self, const SourceLine *line)
{
    size_t at = line->start, indent = 0;
    size_t quotes = self->quote_depth;

    for (; at < line->end; at++) {
        char c = self->source[at];

        if (is_space(c)) {
            indent += c == '\t' ? 4 : 1;
        } else if (c == '>' && quotes > 0 && (indent < 4 || self->item_depth > 0)) {
            quotes--;
            indent = 0;
        } else {
            break;
        }
    }
    return at;
}

static void
append_line(Reader *self, const SourceLine *line, size_t start)
{
    ContentLine at = { self->content->len, start, line->next - line->end };

    g_array_append_val(self->content_lines, at);
    g_string_append_len(self->content, self->source + start, (gssize)(line->end - start));
    g_string_append_c(self->content, '\n');
}

static void
read_content(Reader *self, cmark_node *node)
{
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    int column = cmark_node_get_start_column(node);

    g_string_truncate(self->content, 0);
    g_array_set_size(self->content_lines, 0);
    for (int i = MAX(first, 1); i <= last && i <= (int)self->lines->len; i++) {
        const SourceLine *line = &g_array_index(self->lines, SourceLine, i - 1);
        size_t start = continuation_start(self, line);

        if (i == first)
            start = MIN(line->start + (size_t)MAX(column - 1, 0), line->end);
        append_line(self, line, start);
    }
}

/* Position in the source of a byte of the content; ascending positions are quick. */
static size_t
to_source(Reader *self, size_t at)
{
    const ContentLine *lines = (const ContentLine *)self->content_lines->data;

    if (lines[self->line].content > at)
        self->line = 0;
    while (self->line + 1 < self->content_lines->len && lines[self->line + 1].content <= at)
        self->line++;
    return lines[self->line].source + (at - lines[self->line].content);
}

static char
peek(const Reader *self, size_t at)
{
    return at < self->content->len ? self->content->str[at] : '\0';
}

/*
 * "&name;" "&#38;" "&#x26;" at @p: its length, or 0. Whether the name means anything is cmark's
 * business.
 */
static size_t
entity_length(const char *p, size_t left)
{
    size_t n = 1;

    if (n < left && p[n] == '#')
        n++;
    while (n < left && n < MAX_ENTITY_BYTES && g_ascii_isalnum(p[n]))
        n++;
    return n > 1 && n < left && p[n] == ';' ? n + 1 : 0;
}

/* (transfer full): itself where it is none. cmark's own table is not public: let it read the
 * entity in a document of its own. */
static char *
decode_entity(const char *entity)
{
    g_autofree char *document = g_strconcat("x", entity, "x", NULL);
    cmark_node *root = cmark_parse_document(document, strlen(document), CMARK_OPT_DEFAULT);
    cmark_node *paragraph = cmark_node_first_child(root);
    cmark_node *text = paragraph != NULL ? cmark_node_first_child(paragraph) : NULL;
    const char *literal = text != NULL ? cmark_node_get_literal(text) : NULL;
    char *decoded = NULL;

    if (literal != NULL && strlen(literal) >= 2)
        decoded = g_strndup(literal + 1, strlen(literal) - 2);
    cmark_node_free(root);
    return decoded != NULL ? decoded : g_strdup(entity);
}

const char *
pd_markdown_decode_entity(GHashTable *known, const char *entity, size_t length)
{
    g_autofree char *name = g_strndup(entity, length);
    const char *decoded = g_hash_table_lookup(known, name);

    if (decoded == NULL) {
        decoded = decode_entity(name);
        g_hash_table_insert(known, g_strdup(name), (char *)decoded);
    }
    return g_str_equal(decoded, name) ? NULL : decoded;
}

/* How the text at @literal stands in the content at @at. Returns false: not at all. */
static bool
match_unit(Reader *self, size_t at, const char *literal, bool raw, size_t *ret_text,
           size_t *ret_content)
{
    const char *p = self->content->str + at;
    size_t left = self->content->len - at;
    size_t entity = *p == '&' ? entity_length(p, left) : 0;
    const char *decoded = entity > 0 ? pd_markdown_decode_entity(self->entities, p, entity) : NULL;

    *ret_text = *ret_content = 1;
    if (left == 0)
        return false;
    if (decoded != NULL) {
        *ret_text = strlen(decoded);
        *ret_content = entity;
        return g_str_has_prefix(literal, decoded);
    }
    if (*p == '\\' && left > 1 && g_ascii_ispunct(p[1]) && !raw) {
        *ret_content = 2;
        return *literal == p[1];
    }
    if (*p == '\0') { /* cmark puts U+FFFD for it */
        *ret_text = 3;
        return g_str_has_prefix(literal, "\xEF\xBF\xBD");
    }
    return *literal == *p;
}

static bool
matches_at(Reader *self, size_t at, const char *literal, bool raw)
{
    while (*literal != '\0') {
        size_t n_text, n_content;

        if (!match_unit(self, at, literal, raw, &n_text, &n_content))
            return false;
        literal += n_text;
        at += n_content;
    }
    return true;
}

/* Where @literal stands at or after the cursor. Elsewhere than at the cursor only by surprise. */
static size_t
find_literal(Reader *self, const char *literal, bool raw)
{
    if (matches_at(self, self->cursor, literal, raw))
        return self->cursor;
    for (size_t at = self->cursor + 1; at < self->content->len; at++) {
        if (self->budget == 0)
            break;
        self->budget--;
        if ((guchar)self->content->str[at] >= 0x80 && (guchar)self->content->str[at] < 0xC0)
            continue;
        if (matches_at(self, at, literal, raw))
            return at;
    }
    return NOT_FOUND;
}

/* ": " and the space behind it, which begin a definition in a list of terms; 0: they do not. */
static size_t
definition_mark_length(const char *text)
{
    return text[0] == ':' && is_space(text[1]) ? 1 + strspn(text + 1, " \t") : 0;
}

/*
 * Markup that CommonMark takes for text: [^1], and [ ] and [^1]: where a paragraph begins. Its
 * length, or 0.
 */
static size_t
extension_length(const Reader *self, const char *literal)
{
    const char *p = literal + 2;

    if (self->is_first && self->in_item && literal[0] == '[' && literal[1] != '\0' &&
        strchr(" xX", literal[1]) != NULL && g_str_has_prefix(p, "] "))
        return 4;
    if (!g_str_has_prefix(literal, "[^"))
        return 0;
    while (*p != '\0' && *p != ']' && *p != '[' && !is_space(*p) && p - literal < MAX_ENTITY_BYTES)
        p++;
    if (*p != ']' || p == literal + 2)
        return 0;
    p++;
    if (self->is_first && *p == ':')
        p++;
    return (size_t)(p - literal);
}

/* Is the byte of the content part of a table's markup? */
static bool
is_table_mark(Reader *self, size_t at, bool *ret_separates)
{
    const ContentLine *lines = (const ContentLine *)self->content_lines->data;

    *ret_separates = false;
    if (!self->is_table)
        return false;
    if (at >= lines[1].content &&
        (self->content_lines->len < 3 || at < lines[2].content)) /* |---|---| */
        return true;
    *ret_separates = self->content->str[at] == '|';
    return *ret_separates;
}

/* Appends @literal, found at the cursor. */
static void
emit_literal(Reader *self, const char *literal, bool raw)
{
    const char *hidden_until =
        literal + (self->cursor == self->mark ? definition_mark_length(literal) : 0);

    for (const char *p = literal; *p != '\0'; self->is_first = false) {
        size_t n_text, n_content, source = to_source(self, self->cursor);
        bool separates;

        if (p >= hidden_until && !raw && *p == '[')
            hidden_until = p + extension_length(self, p);
        if (!match_unit(self, self->cursor, p, raw, &n_text, &n_content))
            return;
        if (is_table_mark(self, self->cursor, &separates)) {
            if (separates)
                pd_annotated_gap(self->out);
        } else if (p >= hidden_until) {
            if (n_text == 1 && n_content == 1)
                pd_annotated_same(self->out, p, 1, source);
            else
                pd_annotated_unit(self->out, p, n_text, source, n_content);
        }
        p += n_text;
        self->cursor += n_content;
    }
}

static void
read_text(Reader *self, const char *literal, bool raw)
{
    size_t at;

    if (self->cursor > 0 &&
        peek(self, self->cursor - 1) == '\n') /* the content has no indentation */
        literal += strspn(literal, " \t");
    at = find_literal(self, literal, raw);
    if (at == NOT_FOUND && self->is_first) { /* what looked like a definition was none */
        self->cursor = 0;
        at = find_literal(self, literal, raw);
    }
    if (at == NOT_FOUND)
        return;
    self->cursor = at;
    emit_literal(self, literal, raw);
}

static size_t
count_run(const Reader *self, size_t at, char c)
{
    size_t n = 0;

    while (peek(self, at + n) == c)
        n++;
    return n;
}

/* The next @c at or after @at; cmark said that there is one. */
static size_t
find_char(Reader *self, size_t at, char c)
{
    const char *p = NULL;

    if (at < self->content->len)
        p = memchr(self->content->str + at, c, self->content->len - at);
    return p != NULL ? (size_t)(p - self->content->str) : NOT_FOUND;
}

/* Where the run of exactly @n backticks begins that ends a code span. */
static size_t
closing_ticks(Reader *self, size_t at, size_t n)
{
    while ((at = find_char(self, at, '`')) != NOT_FOUND) {
        size_t run = count_run(self, at, '`');

        if (run == n)
            return at;
        at += run;
    }
    return NOT_FOUND;
}

static void
read_code(Reader *self, const char *literal)
{
    size_t n = strlen(literal);
    size_t open = find_char(self, self->cursor, '`');
    size_t ticks = open != NOT_FOUND ? count_run(self, open, '`') : 0;
    size_t close = ticks > 0 ? closing_ticks(self, open + ticks, ticks) : NOT_FOUND;
    size_t start, text_start = self->out->text->len;

    if (close == NOT_FOUND || close - open - ticks < n)
        return;
    start = open + ticks + (close - open - ticks > n ? 1 : 0); /* one space each side goes */
    for (size_t i = 0; i < n; i++) {
        char c = peek(self, start + i);
        size_t source = to_source(self, start + i);

        if (c == literal[i])
            pd_annotated_same(self->out, &c, 1, source);
        else if (c == '\n')
            pd_annotated_unit(
                self->out, " ", 1, source,
                MAX(g_array_index(self->content_lines, ContentLine, self->line).source_break, 1));
        else
            break;
    }
    self->cursor = close + ticks;
    self->is_first = false;
    pd_annotated_mark_code(self->out, text_start);
}

/* A line break inside a paragraph: white space, unless it was asked for. */
static void
read_break(Reader *self, bool hard)
{
    size_t at = find_char(self, self->cursor, '\n');
    size_t next, source;
    const ContentLine *line;

    if (at == NOT_FOUND || at + 1 == self->content->len) /* the last line's own end is no break */
        return;
    source = to_source(self, at);
    line = &g_array_index(self->content_lines, ContentLine, self->line);
    for (next = at + 1; is_space(peek(self, next));)
        next++;
    if (!self->is_table && definition_mark_length(self->content->str + next) > 0)
        self->mark = next;
    if (self->is_table || self->mark == next)
        pd_annotated_gap(self->out);
    else
        pd_annotated_unit(self->out, hard ? "\n" : " ", 1, source, MAX(line->source_break, 1));
    self->cursor = next;
}

static void
skip_html(Reader *self, const char *literal)
{
    size_t n = strlen(literal);

    if (self->cursor + n <= self->content->len &&
        memcmp(self->content->str + self->cursor, literal, n) == 0)
        self->cursor += n;
    self->is_first = false;
}

static size_t
skip_white(const Reader *self, size_t at)
{
    while (is_space(peek(self, at)) || peek(self, at) == '\n')
        at++;
    return at;
}

/* After @at, to behind the @close that no backslash stands before; NOT_FOUND: there is none. */
static size_t
skip_quoted(const Reader *self, size_t at, char close)
{
    for (; at < self->content->len; at++) {
        char c = self->content->str[at];

        if (c == '\\' && g_ascii_ispunct(peek(self, at + 1)))
            at++;
        else if (c == close)
            return at + 1;
        else if (close == '>' && (c == '\n' || c == '<'))
            return NOT_FOUND;
    }
    return NOT_FOUND;
}

static size_t
skip_destination(const Reader *self, size_t at)
{
    int parens = 0;

    if (peek(self, at) == '<')
        return skip_quoted(self, at + 1, '>');
    for (; at < self->content->len; at++) {
        char c = self->content->str[at];

        if (c == '\\' && g_ascii_ispunct(peek(self, at + 1)))
            at++;
        else if (c == '(' && ++parens > MAX_LINK_PARENS)
            return NOT_FOUND;
        else if ((c == ')' && --parens < 0) || g_ascii_isspace(c))
            break;
    }
    return at;
}

/* A title, if there is one after white space. */
static size_t
skip_title(const Reader *self, size_t at)
{
    size_t start = skip_white(self, at);
    char open = peek(self, start);

    if (start == at || open == '\0' || strchr("\"'(", open) == NULL)
        return at;
    return skip_quoted(self, start + 1, open == '(' ? ')' : open);
}

/* "(destination "title")" */
static size_t
skip_inline_target(const Reader *self, size_t at)
{
    if (peek(self, at) != '(')
        return NOT_FOUND;
    at = skip_destination(self, skip_white(self, at + 1));
    if (at != NOT_FOUND)
        at = skip_title(self, at);
    if (at == NOT_FOUND)
        return NOT_FOUND;
    at = skip_white(self, at);
    return peek(self, at) == ')' ? at + 1 : NOT_FOUND;
}

/* "[label]", which may be empty */
static size_t
skip_label(const Reader *self, size_t at)
{
    size_t start = at;

    if (peek(self, at) != '[')
        return NOT_FOUND;
    for (at++; at < self->content->len && at - start <= MAX_LABEL_BYTES; at++) {
        char c = self->content->str[at];

        if (c == '\\' && g_ascii_ispunct(peek(self, at + 1)))
            at++;
        else if (c == ']')
            return at + 1;
        else if (c == '[')
            return NOT_FOUND;
    }
    return NOT_FOUND;
}

/* "](target)" "][label]" "]" or ">" after a link's text */
static void
leave_link(Reader *self)
{
    size_t at = self->cursor, after;

    if (self->in_autolink) {
        self->in_autolink = false;
        self->cursor += peek(self, at) == '>' ? 1 : 0;
        return;
    }
    if (peek(self, at) != ']')
        return;
    after = skip_inline_target(self, at + 1);
    if (after == NOT_FOUND)
        after = skip_label(self, at + 1);
    self->cursor = after != NOT_FOUND ? after : at + 1;
}

/* Reference definitions before a paragraph's text: "[label]: destination "title"" */
static size_t
skip_definition(const Reader *self, size_t at)
{
    const size_t label = skip_white(self, at + 1);
    size_t after_title, end;

    at = skip_label(self, at);
    if (at == NOT_FOUND || peek(self, at) != ':' || label + 1 == at) /* "[ ]:" is none */
        return NOT_FOUND;
    at = skip_white(self, at + 1);
    end = skip_destination(self, at);
    if (end == NOT_FOUND || end == at)
        return NOT_FOUND;
    after_title = skip_title(self, end);
    for (size_t i = 0; i < 2; i++) { /* with the title, else without */
        size_t stop = i == 0 ? after_title : end;

        while (stop != NOT_FOUND && is_space(peek(self, stop)))
            stop++;
        if (stop != NOT_FOUND && peek(self, stop) == '\n')
            return stop + 1;
    }
    return NOT_FOUND;
}

/* "| --- | :-: |" in the second line makes a table of what is a paragraph to CommonMark. */
static bool
looks_like_table(const Reader *self)
{
    const ContentLine *lines = (const ContentLine *)self->content_lines->data;
    bool bar = false, dash = false;

    if (self->content_lines->len < 2 || memchr(self->content->str, '|', lines[1].content) == NULL)
        return false;
    for (size_t at = lines[1].content; peek(self, at) != '\n'; at++) {
        char c = peek(self, at);

        if (strchr("|:- \t", c) == NULL || c == '\0')
            return false;
        bar = bar || c == '|';
        dash = dash || c == '-';
    }
    return bar && dash;
}

static void
enter_block(Reader *self, cmark_node *node)
{
    bool heading = cmark_node_get_type(node) == CMARK_NODE_HEADING;
    cmark_node *parent = cmark_node_parent(node);
    size_t next, marks;

    read_content(self, node);
    pd_annotated_gap(self->out);
    self->line = self->cursor = 0;
    self->budget = 4 * self->content->len;
    self->is_first = true;
    self->in_item = parent != NULL && cmark_node_get_type(parent) == CMARK_NODE_ITEM &&
                    cmark_node_previous(node) == NULL;
    self->is_table = !heading && looks_like_table(self);
    while (peek(self, self->cursor) == '[' &&
           (next = skip_definition(self, self->cursor)) != NOT_FOUND)
        self->cursor = next;
    self->mark = heading || self->is_table ? NOT_FOUND : self->cursor;
    marks = count_run(self, 0, '#');
    if (heading && marks >= 1 && marks <= 6 &&
        (is_space(peek(self, marks)) || peek(self, marks) == '\n')) {
        for (self->cursor = marks; is_space(peek(self, self->cursor));)
            self->cursor++;
    }
}

static void
skip_marks(Reader *self, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (peek(self, self->cursor) == '*' || peek(self, self->cursor) == '_')
            self->cursor++;
    self->is_first = false;
}

static void
enter_link(Reader *self, cmark_node *node, size_t n_marks)
{
    cmark_node *child = cmark_node_first_child(node);

    if (n_marks == 1 && peek(self, self->cursor) == '<' && child != NULL) {
        size_t start = self->out->text->len;

        self->cursor++;
        self->in_autolink = true;
        read_text(self, cmark_node_get_literal(child), true);
        pd_annotated_mark_opaque(self->out, start);
    } else if (self->cursor + n_marks <= self->content->len) {
        self->cursor += n_marks;
    }
    self->is_first = false;
}

static void
enter_node(Reader *self, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);

    if (type == CMARK_NODE_BLOCK_QUOTE)
        self->quote_depth++;
    else if (type == CMARK_NODE_ITEM)
        self->item_depth++;
    else if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
        enter_block(self, node);
    else if (type == CMARK_NODE_TEXT && !self->in_autolink)
        read_text(self, cmark_node_get_literal(node), false);
    else if (type == CMARK_NODE_CODE)
        read_code(self, cmark_node_get_literal(node));
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
        read_break(self, type == CMARK_NODE_LINEBREAK);
    else if (type == CMARK_NODE_HTML_INLINE)
        skip_html(self, cmark_node_get_literal(node));
    else if (type == CMARK_NODE_EMPH || type == CMARK_NODE_STRONG)
        skip_marks(self, type == CMARK_NODE_STRONG ? 2 : 1);
    else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
        enter_link(self, node, type == CMARK_NODE_IMAGE ? 2 : 1);
}

static void
leave_node(Reader *self, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);

    if (type == CMARK_NODE_BLOCK_QUOTE)
        self->quote_depth--;
    else if (type == CMARK_NODE_ITEM)
        self->item_depth--;
    else if (type == CMARK_NODE_EMPH || type == CMARK_NODE_STRONG)
        skip_marks(self, type == CMARK_NODE_STRONG ? 2 : 1);
    else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
        leave_link(self);
}

static void
read_document(Reader *self, size_t length)
{
    g_autoptr(GString) lines = NULL;
    cmark_node *root;
    cmark_iter *iter;
    cmark_event_type event;

    find_lines(self, length);
    lines = unix_lines(self, length);
    root = cmark_parse_document(lines->str, lines->len, CMARK_OPT_DEFAULT);
    iter = cmark_iter_new(root);
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        if (event == CMARK_EVENT_ENTER)
            enter_node(self, cmark_iter_get_node(iter));
        else
            leave_node(self, cmark_iter_get_node(iter));
    }
    cmark_iter_free(iter);
    cmark_node_free(root);
    pd_annotated_finish(self->out);
}

void
pd_markdown_annotate(const char *source, size_t length, PdAnnotated *out)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(SourceLine));
    g_autoptr(GArray) content_lines = g_array_new(FALSE, FALSE, sizeof(ContentLine));
    g_autoptr(GString) content = g_string_new(NULL);
    g_autoptr(GHashTable) entities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Reader reader = {
        .source = source,
        .out = out,
        .lines = lines,
        .entities = entities,
        .content = content,
        .content_lines = content_lines,
    };

    read_document(&reader, length);
}
