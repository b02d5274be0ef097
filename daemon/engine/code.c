/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * code.c - comments and strings of program code
 *
 * A scanner that knows of each language no more than how comments and strings are written
 * (code-languages.c). Debian has the library tree-sitter, but no grammars for it. A string that its
 * line does not end is none, so that a quotation mark that this scanner does not understand costs
 * one line; but for the strings that may be longer.
 */
#include "daemon/engine/code.h"

#include "daemon/engine/code-languages.h"
#include "daemon/engine/comment.h"
#include "daemon/engine/literal.h"

#include <string.h>

#define MAX_NAME_BYTES 64
#define MAX_PART_BYTES 4 /* of snake_case: abbreviations that comments use too (buf, ctx, len) */
#define MAX_CHARACTER_BYTES 12
#define MAX_REGEX_BYTES 300

typedef struct {
    const PdCodeLanguage *language;
    const char *source;
    size_t length;
    size_t at;
    PdAnnotated *out;
    PdComment comment;
    bool is_first; /* nothing but white space before it in its line */
    size_t line_start;
    char last;          /* the code's last byte that is no white space */
    size_t next_column; /* of the line comment before, which a next line may go on with */
    size_t next_line;   /* where that line would begin; G_MAXSIZE: there is none */
    size_t no_close;    /* no end of a long string stands from here on */
    size_t string_end;  /* of the string before, which this one may go on with */
} Reader;

static bool
has_flag(const Reader *self, PdCodeFlags flag)
{
    return (self->language->flags & (unsigned)flag) != 0;
}

static char
peek(const Reader *self, size_t at)
{
    return at < self->length ? self->source[at] : '\0';
}

static bool
looks_at(const Reader *self, size_t at, const char *what)
{
    const size_t n = strlen(what);

    if (self->length - at < n)
        return false;
    return has_flag(self, PD_CODE_NO_CASE) ? g_ascii_strncasecmp(self->source + at, what, n) == 0
                                           : memcmp(self->source + at, what, n) == 0;
}

static size_t
find(const Reader *self, size_t at, const char *what)
{
    const char *p = NULL;

    if (at < self->length)
        p = memmem(self->source + at, self->length - at, what, strlen(what));
    return p != NULL ? (size_t)(p - self->source) : G_MAXSIZE;
}

static size_t
line_end(const Reader *self, size_t at)
{
    const char *p = memchr(self->source + at, '\n', self->length - at);

    return p != NULL ? (size_t)(p - self->source) : self->length;
}

/* --- comments --- */

static size_t
skip_blanks(const Reader *self, size_t at, size_t end)
{
    while (at < end && (self->source[at] == ' ' || self->source[at] == '\t'))
        at++;
    return at;
}

static size_t
skip_marks(const Reader *self, size_t at, size_t end, const char *marks)
{
    while (at < end && strchr(marks, self->source[at]) != NULL)
        at++;
    return at;
}

/* Marks that close a line of a box: "text   *" */
static size_t
trim_end(const Reader *self, size_t start, size_t end)
{
    size_t at = end;

    while (at > start && g_ascii_isspace(self->source[at - 1]))
        at--;
    end = at;
    while (at > start && strchr("*#|", self->source[at - 1]) != NULL)
        at--;
    return at < end && at > start && self->source[at - 1] == ' ' ? at : end;
}

/* One line of a comment, [start, end), its decoration included. */
static void
add_line(Reader *self, size_t start, size_t end, size_t next)
{
    const size_t text = skip_blanks(self, start, end);

    pd_comment_add(&self->comment, text, trim_end(self, text, end), next, text - start);
}

/* "* " before a line of a block comment, once; "**" and a word is bold */
static size_t
skip_star(const Reader *self, size_t start, size_t end)
{
    const size_t at = skip_blanks(self, start, end);
    const size_t behind = skip_marks(self, at, end, "*");

    if (behind == at ||
        (behind < end && !g_ascii_isspace(self->source[behind]) && self->source[behind] != '/'))
        return start;
    return behind;
}

static void
add_block(Reader *self, size_t start, size_t end, bool has_stars)
{
    size_t at = start;

    if (has_stars)
        at = skip_marks(self, at, end, "*!<#=-|");
    while (at < end) {
        const size_t stop = MIN(line_end(self, at), end);
        const size_t next = MIN(stop + 1, end);

        add_line(self, has_stars && at > start ? skip_star(self, at, stop) : at, stop, next);
        at = next;
    }
    pd_comment_end(&self->comment);
}

static size_t
nested_end(const Reader *self, size_t at, const char *open, const char *close)
{
    for (size_t depth = 1; at < self->length;) {
        if (looks_at(self, at, close)) {
            if (--depth == 0)
                return at;
            at += strlen(close);
        } else if (looks_at(self, at, open)) {
            depth++;
            at += strlen(open);
        } else {
            at++;
        }
    }
    return G_MAXSIZE;
}

/* The line comment before is not gone on with. */
static void
end_lines(Reader *self)
{
    if (self->next_line != G_MAXSIZE)
        pd_comment_end(&self->comment);
    self->next_line = G_MAXSIZE;
}

static bool
read_block_comment(Reader *self)
{
    for (size_t i = 0; i < PD_CODE_MAX_MARKS; i++) {
        const char *open = self->language->block[i][0], *close = self->language->block[i][1];
        size_t start, end;

        if (open == NULL || !looks_at(self, self->at, open))
            continue;
        end_lines(self);
        start = self->at + strlen(open);
        if (*open == '\n') /* =begin, =pod: and the rest of that line */
            start = MIN(line_end(self, start), self->length);
        end = has_flag(self, PD_CODE_NESTED) ? nested_end(self, start, open, close)
                                             : find(self, start, close);
        add_block(self, start, MIN(end, self->length), *open == '/' || *open == '(');
        self->at = end == G_MAXSIZE ? self->length : end + strlen(close);
        return true;
    }
    return false;
}

/* The end of "[[ ]]" or "[=[ ]=]" at @at, and where its text begins; G_MAXSIZE: there is none */
static size_t
find_long_bracket(const Reader *self, size_t at, size_t *ret_text, size_t *ret_end)
{
    g_autofree char *close = NULL;
    size_t n = at + 1;

    while (peek(self, n) == '=')
        n++;
    if (peek(self, at) != '[' || peek(self, n) != '[')
        return G_MAXSIZE;
    close = g_strndup(self->source + at, n + 1 - at);
    close[0] = close[n - at] = ']';
    *ret_text = n + 1;
    n = find(self, n + 1, close);
    *ret_end = MIN(n, self->length);
    return n == G_MAXSIZE ? self->length : n + strlen(close);
}

static bool
may_begin_line_comment(const Reader *self)
{
    const char before = self->at > 0 ? self->source[self->at - 1] : '\n';

    if (has_flag(self, PD_CODE_LINE_START))
        return self->is_first;
    return !has_flag(self, PD_CODE_AFTER_SPACE) || g_ascii_isspace(before) ||
           strchr(";()", before) != NULL;
}

static const char *
line_mark(const Reader *self)
{
    for (size_t i = 0; i < PD_CODE_MAX_MARKS; i++)
        if (self->language->line[i] != NULL && looks_at(self, self->at, self->language->line[i]))
            return self->language->line[i];
    return NULL;
}

static bool
read_line_comment(Reader *self)
{
    const char *mark = line_mark(self);
    const size_t column = self->at - self->line_start;
    size_t start, end, text;

    if (mark == NULL || !may_begin_line_comment(self))
        return false;
    start = self->at + strlen(mark);
    if (has_flag(self, PD_CODE_LONG_BRACKETS)) {
        const size_t behind = find_long_bracket(self, start, &text, &end);

        if (behind != G_MAXSIZE) {
            end_lines(self);
            add_block(self, text, end, false);
            self->at = behind;
            return true;
        }
    }
    if (!self->is_first || self->next_line != self->line_start || self->next_column != column)
        end_lines(self);
    end = line_end(self, start);
    start = skip_marks(self, start, end, *mark == '#' ? "#!" : "/!<#;%-|^");
    add_line(self, start, end, MIN(end + 1, self->length));
    self->next_line = MIN(end + 1, self->length);
    self->next_column = column;
    self->at = end;
    return true;
}

/* --- strings --- */

/* Does the code go on with this string where the one before ended? "a " "b", "a " + "b" */
static bool
goes_on(const Reader *self, size_t start)
{
    if (self->string_end == 0 || start - self->string_end > 200)
        return false;
    for (size_t at = self->string_end; at < start; at++)
        if (!g_ascii_isspace(self->source[at]) && strchr("+.\\&fFuU_(", self->source[at]) == NULL)
            return false;
    return true;
}

/* Does it become text? */
static bool
put_string(Reader *self, size_t open, size_t start, size_t end, char quote, bool is_raw)
{
    const bool is_long = memchr(self->source + start, '\n', end - start) != NULL;
    size_t text_start;

    if (!pd_literal_is_prose(self->source + start, end - start) &&
        !(goes_on(self, open) && end > start))
        return false;
    if (is_long && memmem(self->source + start, end - start, "\n\n", 2) != NULL) {
        add_block(self, start, end, false);
        return false;
    }
    if (!goes_on(self, open))
        pd_annotated_gap(self->out);
    text_start = self->out->text->len;
    pd_literal_put(self->out, self->source, (PdSpan){ start, end },
                   has_flag(self, PD_CODE_DOUBLED) ? quote
                   : is_raw                        ? '\0'
                                                   : '\\');
    pd_annotated_mark_quoted(self->out, text_start,
                             is_long                           ? PD_QUOTING_NONE
                             : has_flag(self, PD_CODE_DOUBLED) ? PD_QUOTING_DOUBLED
                             : is_raw                          ? PD_QUOTING_NONE
                                                               : PD_QUOTING_BACKSLASH,
                             (const char[]){ quote, '\0' });
    return true;
}

/* The quote that ends the string from @at on, in its line unless @is_long; G_MAXSIZE: none does */
static size_t
find_quote(const Reader *self, size_t at, char quote, bool is_long, bool is_raw)
{
    for (; at < self->length; at++) {
        const char c = self->source[at];

        if (c == '\\' && !is_raw && !has_flag(self, PD_CODE_DOUBLED)) {
            at++;
        } else if (c == '\n' && !is_long) {
            return G_MAXSIZE;
        } else if (c == quote) {
            if (!has_flag(self, PD_CODE_DOUBLED) || peek(self, at + 1) != quote)
                return at;
            at++;
        }
    }
    return G_MAXSIZE;
}

/*
 * The string begins its line, but for a letter or two; in Python, where other strings may do so,
 * it is the first of a block or of the file. Elixir has "@doc" before it.
 */
static bool
is_docstring(const Reader *self)
{
    size_t start = skip_blanks(self, self->line_start, self->at), at = start;

    if (!has_flag(self, PD_CODE_DOCSTRING))
        return false;
    while (at < self->at && g_ascii_isalpha(self->source[at]))
        at++;
    if (at < self->at || at - start > 2)
        return looks_at(self, start, "@doc") || looks_at(self, start, "@moduledoc");
    return !has_flag(self, PD_CODE_PREFIXED) || self->last == '\0' ||
           strchr(":rRuU", self->last) != NULL;
}

static bool
read_triple(Reader *self, char quote)
{
    const char three[] = { quote, quote, quote, '\0' };
    const size_t start = self->at + 3;
    size_t end;

    if (!has_flag(self, PD_CODE_TRIPLE) || !looks_at(self, self->at, three))
        return false;
    end = find(self, start, three);
    end_lines(self);
    if (end == G_MAXSIZE) { /* being written */
        self->at = self->length;
        return true;
    }
    if (is_docstring(self) || pd_literal_is_prose(self->source + start, end - start))
        add_block(self, start, end, false);
    self->at = end + 3;
    self->last = quote;
    return true;
}

/* R"x( )x" and r#" "#, at the quote: to behind it. false: it is neither */
static bool
read_raw(Reader *self)
{
    g_autofree char *close = NULL;
    const bool is_cpp = has_flag(self, PD_CODE_PREFIXED) && has_flag(self, PD_CODE_CHARACTERS) &&
                        self->at > 0 && self->source[self->at - 1] == 'R';
    size_t hashes = 0, text = self->at + 1, end;

    if (has_flag(self, PD_CODE_HASHED)) {
        while (hashes < self->at && self->source[self->at - 1 - hashes] == '#')
            hashes++;
        close = g_strnfill(hashes + 1, '#');
        close[0] = '"';
    } else if (is_cpp) {
        while (text < self->length && text - self->at < 18 && self->source[text] != '(')
            text++;
        close = g_strdup_printf(")%.*s\"", (int)(text - self->at - 1), self->source + self->at + 1);
        text++;
    }
    if (close == NULL || (hashes == 0 && !is_cpp))
        return false;
    end = find(self, text, close);
    self->at = end != G_MAXSIZE ? end + strlen(close) : self->length;
    return true;
}

/* One character in quotes, or a mark before a name ('a in Rust, x' in Haskell) */
static void
read_character(Reader *self)
{
    const size_t at = self->at + 1;
    size_t end;

    self->at = at;
    if (at >= self->length)
        return;
    if (self->source[at] == '\\')
        end = at + 2;
    else
        end = at + (size_t)(g_utf8_next_char(self->source + at) - (self->source + at));
    while (self->source[at] == '\\' && end < self->length && end - at < MAX_CHARACTER_BYTES &&
           g_ascii_isalnum(self->source[end]))
        end++;
    if (peek(self, end) == '\'')
        self->at = end + 1;
}

static bool
is_in(const char *marks, char c)
{
    return marks != NULL && c != '\0' && strchr(marks, c) != NULL;
}

static bool
read_string(Reader *self)
{
    const char quote = self->source[self->at];
    const bool is_long = is_in(self->language->long_quotes, quote);
    const char before = self->at > 0 ? self->source[self->at - 1] : '\0';
    const bool is_raw =
        has_flag(self, PD_CODE_PREFIXED) ? before == 'r' || before == 'R' : before == '@';
    const size_t start = self->at + 1;
    size_t end;

    if (quote == '\'' && has_flag(self, PD_CODE_CHARACTERS)) {
        read_character(self);
        return true;
    }
    if (!is_long && !is_in(self->language->quotes, quote))
        return false;
    if (read_triple(self, quote) || read_raw(self))
        return true;
    end = is_long && start > self->no_close ? G_MAXSIZE
                                            : find_quote(self, start, quote, is_long, is_raw);
    end_lines(self);
    if (end == G_MAXSIZE) {
        self->no_close = is_long ? MIN(self->no_close, start) : self->no_close;
        self->at = start;
        return true;
    }
    if (!(has_flag(self, PD_CODE_PREFIXED) && before == 'b') && /* bytes are not for people */
        put_string(self, self->at, start, end, quote, is_raw))
        self->string_end = end + 1;
    else
        self->string_end = 0;
    self->at = end + 1;
    self->last = quote;
    return true;
}

/* --- code --- */

static void
add_name(Reader *self, const char *p, size_t n)
{
    if (n > 0)
        g_hash_table_add(self->out->names, g_ascii_strdown(p, (gssize)n));
}

/* A name, and the short parts of it. */
static void
read_name(Reader *self)
{
    const size_t start = self->at;
    size_t part = start;

    while (g_ascii_isalnum(peek(self, self->at)) || peek(self, self->at) == '_')
        self->at++;
    self->last = self->source[self->at - 1];
    if (self->at - start > MAX_NAME_BYTES)
        return;
    add_name(self, self->source + start, self->at - start);
    for (size_t at = start; at <= self->at; at++) {
        const char c = peek(self, at);

        if (at < self->at && c != '_' && !(g_ascii_isupper(c) && at > part))
            continue;
        if (at - part <= MAX_PART_BYTES && at > part)
            add_name(self, self->source + part, at - part);
        part = at + (c == '_' ? 1 : 0);
    }
}

/* A regular expression where a value may stand: "/['\"]/" is no string. */
static bool
read_regex(Reader *self)
{
    const bool is_value = self->last == '\0' || strchr("(=,:[!&|?{};", self->last) != NULL;
    const size_t end = MIN(self->length, self->at + MAX_REGEX_BYTES);
    bool in_class = false;

    if (self->source[self->at] != '/' || !is_value || !is_in(self->language->quotes, '\'') ||
        self->language->line[0] == NULL || !g_str_equal(self->language->line[0], "//"))
        return false;
    for (size_t at = self->at + 1; at < end && self->source[at] != '\n'; at++) {
        const char c = self->source[at];

        if (c == '\\') {
            at++;
        } else if (c == '/' && !in_class) {
            self->at = at + 1;
            self->last = '/';
            return true;
        } else if (c == '[' || c == ']') {
            in_class = c == '[';
        }
    }
    return false;
}

static void
read_one(Reader *self)
{
    const char c = self->source[self->at];

    if (read_block_comment(self) || read_line_comment(self))
        return;
    if (c == '\n') {
        self->line_start = self->at + 1;
        self->is_first = true;
        self->at++;
        if (self->next_line < self->line_start) /* an empty line, or it is another's */
            end_lines(self);
        return;
    }
    if (g_ascii_isspace(c)) {
        self->at++;
        return;
    }
    self->is_first = false;
    end_lines(self);
    if (has_flag(self, PD_CODE_LONG_BRACKETS)) {
        size_t text, end, behind = find_long_bracket(self, self->at, &text, &end);

        if (behind != G_MAXSIZE) {
            self->at = behind;
            return;
        }
    }
    if (strchr("\"'`", c) != NULL && read_string(self))
        return;
    if (g_ascii_isalpha(c) || c == '_') {
        read_name(self);
        return;
    }
    if (read_regex(self))
        return;
    self->last = c;
    self->at = MIN(self->at + (c == '\\' ? 2 : 1), self->length);
}

void
pd_code_annotate(size_t language, const char *source, size_t length, PdAnnotated *out)
{
    Reader reader = {
        .language = &pd_code_languages[MIN(language, pd_n_code_languages - 1)],
        .source = source,
        .length = length,
        .out = out,
        .is_first = true,
        .next_line = G_MAXSIZE,
        .no_close = G_MAXSIZE,
    };

    out->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pd_comment_init(&reader.comment, source, out, (reader.language->flags & PD_CODE_MARKDOWN) != 0);
    if (length > 2 && memcmp(source, "#!", 2) == 0)
        reader.at = line_end(&reader, 0);
    while (reader.at < length)
        read_one(&reader);
    pd_comment_end(&reader.comment);
    pd_comment_clear(&reader.comment);
    pd_annotated_finish(out);
}
