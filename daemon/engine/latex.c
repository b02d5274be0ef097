/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latex.c - LaTeX without its commands
 *
 * TeX's rules for commands, groups, comments and spaces; what a command means comes from a table
 * (latex-commands.c), since nothing is expanded. Which brace closes which is found beforehand, so
 * that no argument is looked for twice.
 */
#include "daemon/engine/latex.h"

#include "daemon/engine/latex-commands.h"

#include <string.h>

#define MAX_OPTION_BYTES 400
#define NOT_FOUND ((size_t)-1)

typedef struct {
    size_t open;
    size_t close; /* NOT_FOUND: none */
} Group;

/* A brace that is open, or an argument. */
typedef struct {
    char kind;        /* as in PdLatexCommand.arguments, or 'g' */
    const char *rest; /* arguments that follow it */
    size_t text_start;
} Frame;

typedef struct {
    const char *source;
    size_t length;
    size_t at;
    size_t preamble_end; /* only titles before it are text */
    PdSpan paragraph;    /* the one that was asked for last, from there on */
    PdAnnotated *main;
    PdAnnotated *notes;
    PdAnnotated *out;   /* one of them */
    GArray *groups;     /* of Group, by open */
    GArray *frames;     /* of Frame */
    size_t n_notes;     /* frames that are open */
    size_t n_titles;    /* of the preamble, open */
    size_t n_cells;     /* tables that are open */
    size_t no_close[2]; /* no "\)", no "\]" stands from here on */
    GHashTable *no_end; /* environments whose end stands nowhere from here on: set of names */
} Reader;

/* --- looking --- */

static char
peek(const Reader *self, size_t at)
{
    return at < self->length ? self->source[at] : '\0';
}

static size_t
find(const Reader *self, size_t at, const char *what)
{
    const char *p = NULL;

    if (at < self->length)
        p = memmem(self->source + at, self->length - at, what, strlen(what));
    return p != NULL ? (size_t)(p - self->source) : NOT_FOUND;
}

/* Behind the white space at @at. @ret_breaks: line breaks in it */
static size_t
skip_white(const Reader *self, size_t at, size_t *ret_breaks)
{
    size_t n = 0;

    for (; at < self->length && g_ascii_isspace(self->source[at]); at++)
        n += self->source[at] == '\n' ? 1 : 0;
    *ret_breaks = n;
    return at;
}

/* Behind white space that does not end a paragraph; @at if it does. */
static size_t
skip_space(const Reader *self, size_t at)
{
    size_t n, end = skip_white(self, at, &n);

    return n < 2 ? end : at;
}

static void
find_groups(Reader *self)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint));

    for (size_t at = 0; at < self->length; at++) {
        const char c = self->source[at];

        if (c == '\\') {
            at++;
        } else if (c == '%') {
            const char *end = memchr(self->source + at, '\n', self->length - at);

            at = end != NULL ? (size_t)(end - self->source) : self->length;
        } else if (c == '{') {
            const Group group = { at, NOT_FOUND };

            g_array_append_val(open, self->groups->len);
            g_array_append_val(self->groups, group);
        } else if (c == '}' && open->len > 0) {
            g_array_index(self->groups, Group, g_array_index(open, guint, open->len - 1)).close =
                at;
            g_array_set_size(open, open->len - 1);
        }
    }
}

/* Where the paragraph that holds @at ends; asked again in the same one, it is known. */
static size_t
paragraph_end(Reader *self, size_t at)
{
    if (at < self->paragraph.start || at > self->paragraph.end)
        self->paragraph = (PdSpan){ at, MIN(find(self, at, "\n\n"), self->length) };
    return self->paragraph.end;
}

/* Behind the group that the brace at @at opens; behind the paragraph if nothing closes it. */
static size_t
skip_group(Reader *self, size_t at)
{
    size_t low = 0, high = self->groups->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (g_array_index(self->groups, Group, middle).open >= at)
            high = middle;
        else
            low = middle + 1;
    }
    if (low < self->groups->len && g_array_index(self->groups, Group, low).open == at &&
        g_array_index(self->groups, Group, low).close != NOT_FOUND)
        return g_array_index(self->groups, Group, low).close + 1;
    return paragraph_end(self, at);
}

/* Behind the options at @at, "[...]"; @at if there are none. */
static size_t
skip_option(Reader *self, size_t at)
{
    const size_t limit = MIN(self->length, at + MAX_OPTION_BYTES);

    if (peek(self, at) != '[')
        return at;
    for (size_t i = at + 1; i < limit;) {
        const char c = self->source[i];

        if (c == ']')
            return i + 1;
        if (c == '\n' && peek(self, i + 1) == '\n')
            break;
        i = c == '{' ? skip_group(self, i) : i + (c == '\\' ? 2 : 1);
    }
    return at;
}

/* Behind all options, and a star before them. */
static size_t
skip_options(Reader *self, size_t at)
{
    size_t next;

    at += peek(self, at) == '*' ? 1 : 0;
    while ((next = skip_option(self, skip_space(self, at))) != skip_space(self, at))
        at = next;
    return at;
}

/* --- writing --- */

static bool
is_mute(const Reader *self)
{
    return self->at < self->preamble_end && self->n_titles == 0;
}

static void
put_same(Reader *self, size_t at, size_t n)
{
    if (!is_mute(self) && n > 0)
        pd_annotated_same(self->out, self->source + at, n, at);
}

static void
put_unit(Reader *self, const char *text, size_t at, size_t n)
{
    if (!is_mute(self))
        pd_annotated_unit(self->out, text, strlen(text), at, n);
}

static void
put_space(Reader *self, size_t at, size_t n)
{
    const GString *text = self->out->text;

    if (is_mute(self))
        return;
    if (n == 1 && self->source[at] == ' ' && text->len > 0 &&
        !g_ascii_isspace(text->str[text->len - 1]))
        pd_annotated_same(self->out, " ", 1, at);
    else
        pd_annotated_space(self->out, at, n);
}

static void
put_gap(Reader *self)
{
    if (is_mute(self))
        return;
    pd_annotated_gap(self->out);
    if (self->n_notes == 0)
        pd_annotated_take_notes(self->main, self->notes);
}

/* A formula in a sentence; a mark at its end is the sentence's. */
static void
put_math(Reader *self, size_t start, size_t body_end, size_t end)
{
    size_t mark = body_end;

    if (is_mute(self))
        return;
    while (mark > start && g_ascii_isspace(self->source[mark - 1]))
        mark--;
    if (mark > start + 2 && strchr(".,;?!", self->source[mark - 1]) != NULL) {
        pd_annotated_stand_in(self->out, start, mark - 1 - start);
        pd_annotated_same(self->out, self->source + mark - 1, 1, mark - 1);
    } else {
        pd_annotated_stand_in(self->out, start, end - start);
    }
}

/* --- arguments --- */

static void
push_frame(Reader *self, char kind, const char *rest)
{
    Frame frame = { kind, rest, 0 };

    if (kind == 'b') {
        if (self->at < self->preamble_end)
            self->n_titles++;
        put_gap(self);
    } else if (kind == 'n' && self->n_notes++ == 0) {
        self->out = self->notes;
        pd_annotated_gap(self->notes);
    }
    frame.text_start = self->out->text->len;
    g_array_append_val(self->frames, frame);
}

/* Reads arguments up to the first that is text, whose closing brace goes on with the rest. */
static void
read_arguments(Reader *self, const char *arguments)
{
    for (; *arguments != '\0'; arguments++) {
        size_t next = skip_space(self, skip_options(self, self->at));

        if (peek(self, next) == '{' && *arguments != 'x') {
            push_frame(self, *arguments, arguments + 1);
            self->at = next + 1;
            return;
        }
        if (peek(self, next) == '{') {
            self->at = skip_group(self, next);
        } else if (peek(self, next) == '\\' && *arguments == 'x') { /* \newcommand\name */
            for (self->at = next + 1; g_ascii_isalpha(peek(self, self->at));)
                self->at++;
        } else {
            return;
        }
    }
    self->at = skip_options(self, self->at);
}

static void
pop_frame(Reader *self)
{
    Frame frame;

    if (self->frames->len == 0)
        return;
    frame = g_array_index(self->frames, Frame, self->frames->len - 1);
    g_array_set_size(self->frames, self->frames->len - 1);
    if (frame.kind == 'b') {
        put_gap(self);
        self->n_titles -= self->n_titles > 0 ? 1 : 0;
    } else if (frame.kind == 'n' && --self->n_notes == 0) {
        pd_annotated_gap(self->notes);
        self->out = self->main;
    } else if (frame.kind == 'c') {
        pd_annotated_mark_code(self->out, frame.text_start);
    }
    if (frame.rest != NULL && *frame.rest != '\0')
        read_arguments(self, frame.rest);
}

/* --- math --- */

/* "$...$" and "$$...$$": to behind it; a sign that nothing closes is left out alone. */
static void
read_dollars(Reader *self)
{
    const size_t start = self->at;
    const size_t n = peek(self, start + 1) == '$' ? 2 : 1;

    for (size_t at = start + n; at < self->length; at++) {
        const char c = self->source[at];

        if (c == '\\') {
            at++;
        } else if (c == '\n' && peek(self, at + 1) == '\n') {
            break;
        } else if (c == '$' && (n == 1 || peek(self, at + 1) == '$')) {
            put_math(self, start, at, at + n);
            self->at = at + n;
            return;
        }
    }
    self->at = start + n;
}

/* "\(...\)" and "\[...\]" */
static void
read_bracket_math(Reader *self, bool is_display)
{
    const size_t start = self->at;
    size_t end = NOT_FOUND;

    if (start < self->no_close[is_display])
        end = find(self, start + 2, is_display ? "\\]" : "\\)");
    if (end == NOT_FOUND) {
        self->no_close[is_display] = MIN(self->no_close[is_display], start);
        self->at = start + 2;
        return;
    }
    put_math(self, start, end, end + 2);
    self->at = end + 2;
}

/* --- environments --- */

/* The name in braces at self->at, and behind them; false: there is none. */
static bool
read_name(Reader *self, PdSpan *ret_name)
{
    size_t at = skip_space(self, self->at), start = at + 1;

    if (peek(self, at) != '{')
        return false;
    for (at = start; g_ascii_isalnum(peek(self, at)) || peek(self, at) == '*';)
        at++;
    if (peek(self, at) != '}')
        return false;
    *ret_name = (PdSpan){ start, at };
    self->at = at + 1;
    return true;
}

/* Leaves out all to behind \end{name}; only what begins it where that stands nowhere. */
static void
skip_environment(Reader *self, PdLatexEnvironmentKind kind, PdSpan name, size_t start)
{
    g_autofree char *end_mark =
        g_strdup_printf("\\end{%.*s}", (int)(name.end - name.start), self->source + name.start);
    size_t end = NOT_FOUND;

    if (!g_hash_table_contains(self->no_end, end_mark))
        end = find(self, self->at, end_mark);
    if (end == NOT_FOUND) {
        g_hash_table_add(self->no_end, g_steal_pointer(&end_mark));
        return;
    }
    if (kind == PD_LATEX_MATH)
        put_math(self, start, end, end + strlen(end_mark));
    else
        put_gap(self);
    self->at = end + strlen(end_mark);
}

static void
read_begin(Reader *self, size_t start)
{
    PdLatexEnvironment environment;
    PdSpan name;

    if (!read_name(self, &name))
        return;
    environment = pd_latex_environment(self->source + name.start, name.end - name.start);
    if (environment.kind == PD_LATEX_MATH || environment.kind == PD_LATEX_HIDDEN) {
        skip_environment(self, environment.kind, name, start);
        return;
    }
    put_gap(self);
    self->n_cells += environment.kind == PD_LATEX_CELLS ? 1 : 0;
    self->at = skip_options(self, self->at);
    for (unsigned i = 0; i < environment.n_arguments && peek(self, self->at) == '{'; i++)
        self->at = skip_options(self, skip_group(self, self->at));
}

static void
read_end(Reader *self)
{
    PdSpan name;
    PdLatexEnvironment environment;

    if (!read_name(self, &name))
        return;
    if (name.end - name.start == 8 && memcmp(self->source + name.start, "document", 8) == 0) {
        self->at = self->length;
        return;
    }
    environment = pd_latex_environment(self->source + name.start, name.end - name.start);
    put_gap(self);
    self->n_cells -= environment.kind == PD_LATEX_CELLS && self->n_cells > 0 ? 1 : 0;
}

/* --- commands --- */

/* \'e \'{e} \"{\i} \c{c}: one character. false: no letter follows */
static bool
read_accent(Reader *self, size_t start, unsigned mark)
{
    size_t at = skip_space(self, self->at), end;
    const bool braces = peek(self, at) == '{';
    g_autofree char *letter = NULL, *composed = NULL;
    char bytes[7] = "";

    at += braces ? 1 : 0;
    if (peek(self, at) == '\\' && (peek(self, at + 1) == 'i' || peek(self, at + 1) == 'j'))
        at++;
    if (at >= self->length || !g_unichar_isalpha(g_utf8_get_char(self->source + at)))
        return false;
    end = at + (size_t)(g_utf8_next_char(self->source + at) - (self->source + at));
    if (braces && peek(self, end) != '}')
        return false;
    bytes[g_unichar_to_utf8(mark, bytes)] = '\0';
    letter = g_strndup(self->source + at, end - at);
    composed = g_strconcat(letter, bytes, NULL);
    g_free(letter);
    letter = g_utf8_normalize(composed, -1, G_NORMALIZE_NFC);
    end += braces ? 1 : 0;
    put_unit(self, letter, start, end - start);
    self->at = end;
    return true;
}

/* "\verb|...|", "\lstinline!...!": code in a sentence */
static void
read_verb(Reader *self, size_t start)
{
    const size_t at = skip_options(self, self->at);
    const char *mark = self->source + at, *end = self->source + self->length;
    const char *close;

    if (mark == end)
        return;
    if (*mark == '{') {
        self->at = skip_group(self, at);
    } else {
        for (close = g_utf8_next_char(mark);
             close < end && g_utf8_get_char(close) != g_utf8_get_char(mark);
             close = g_utf8_next_char(close))
            if (*close == '\n')
                return;
        self->at = close < end ? (size_t)(g_utf8_next_char(close) - self->source) : self->length;
    }
    if (!is_mute(self))
        pd_annotated_stand_in(self->out, start, self->at - start);
}

/* Does a command that is not known stand between words of a line? Then it stands for some. */
static bool
is_in_sentence(const Reader *self, size_t start, size_t end)
{
    size_t before = start;

    while (before > 0 && (self->source[before - 1] == ' ' || self->source[before - 1] == '~'))
        before--;
    if (before > 0 && (g_ascii_isalnum(self->source[before - 1]) ||
                       strchr(",(", self->source[before - 1]) != NULL))
        return true;
    while (peek(self, end) == ' ' || peek(self, end) == '{' || peek(self, end) == '}')
        end++;
    return g_ascii_islower(peek(self, end));
}

static void
read_unknown(Reader *self, size_t start)
{
    const size_t end = skip_options(self, self->at);

    if (peek(self, end) == '{' && peek(self, end + 1) != '}')
        self->at = end; /* its arguments are text */
    else if (!is_mute(self) && is_in_sentence(self, start, end))
        pd_annotated_stand_in(self->out, start, self->at - start);
}

static void
read_known(Reader *self, const PdLatexCommand *command, size_t start)
{
    const bool is_hidden = strspn(command->arguments, "x") == strlen(command->arguments);

    if (command->text == NULL) {
        read_arguments(self, command->arguments);
        return;
    }
    if (is_hidden)
        read_arguments(self, command->arguments);
    if (is_mute(self))
        return;
    if (g_str_equal(command->text, PD_STAND_IN)) {
        pd_annotated_stand_in(self->out, start, self->at - start);
    } else if (g_str_equal(command->text, "\n\n")) {
        put_gap(self);
    } else if (g_ascii_isspace(*command->text)) {
        pd_annotated_space(self->out, start, self->at - start);
    } else {
        if (g_unichar_isalpha(g_utf8_get_char(command->text)))
            self->at = skip_space(self, self->at);
        put_unit(self, command->text, start, self->at - start);
    }
}

static bool
is_called(const Reader *self, PdSpan name, const char *what)
{
    return strlen(what) == name.end - name.start &&
           memcmp(self->source + name.start, what, name.end - name.start) == 0;
}

static void
read_word_command(Reader *self, PdSpan name)
{
    const size_t start = name.start - 1;
    const char *p = self->source + name.start;
    const unsigned mark = pd_latex_accent(p, name.end - name.start);
    const PdLatexCommand *command = pd_latex_command(p, name.end - name.start);

    self->at = name.end;
    if (mark != 0 && read_accent(self, start, mark))
        return;
    if (is_called(self, name, "begin")) {
        read_begin(self, start);
    } else if (is_called(self, name, "end")) {
        read_end(self);
    } else if (is_called(self, name, "verb") || is_called(self, name, "lstinline")) {
        read_verb(self, start);
    } else if (is_called(self, name, "def")) {
        while (self->at < self->length && strchr("{\n", self->source[self->at]) == NULL)
            self->at++;
        read_arguments(self, "x");
    } else if (is_called(self, name, "iffalse")) {
        const size_t end = find(self, self->at, "\\fi");

        self->at = end != NOT_FOUND ? end + strlen("\\fi") : self->length;
    } else if (command != NULL) {
        read_known(self, command, start);
    } else {
        read_unknown(self, start);
    }
}

static void
read_row_end(Reader *self, size_t start)
{
    self->at = skip_option(self, self->at + (peek(self, self->at) == '*' ? 1 : 0));
    if (self->n_cells > 0)
        put_gap(self);
    else if (!is_mute(self))
        pd_annotated_break(self->out, start, self->at - start);
}

static void
read_command(Reader *self)
{
    const size_t start = self->at;
    const char c = peek(self, start + 1);
    PdSpan name = { start + 1, start + 1 };
    unsigned mark;

    while (g_ascii_isalpha(peek(self, name.end)) || peek(self, name.end) == '@')
        name.end++;
    if (name.end > name.start) {
        read_word_command(self, name);
        return;
    }
    if (c == '(' || c == '[') {
        read_bracket_math(self, c == '[');
        return;
    }
    self->at = MIN(start + 2, self->length);
    mark = c != '\0' ? pd_latex_accent(self->source + start + 1, 1) : 0;
    if (c == '\\')
        read_row_end(self, start);
    else if (c != '\0' && strchr("%&$#_{}", c) != NULL)
        put_unit(self, (const char[]){ c, '\0' }, start, 2);
    else if (mark != 0)
        (void)read_accent(self, start, mark);
    else if (c == '\n')
        self->at = start + 1;
    else if (c != '\0' && strchr(" ,;:", c) != NULL)
        put_space(self, start, 2);
    else if ((guchar)c >= 0x80)
        self->at = start + 1;
}

/* --- text --- */

/* "%": to the next line's first word; a blank line after it stays one. */
static void
skip_comment(Reader *self)
{
    const char *end = memchr(self->source + self->at, '\n', self->length - self->at);
    size_t n, next;

    if (end == NULL) {
        self->at = self->length;
        return;
    }
    self->at = (size_t)(end - self->source);
    next = skip_white(self, self->at, &n);
    if (n < 2)
        self->at = next;
}

/* "--", "---", "``", "''" and what stands for itself */
static void
read_mark(Reader *self)
{
    static const struct {
        const char *mark, *text;
    } marks[] = { { "---", "—" }, { "--", "–" }, { "``", "“" }, { "''", "”" }, { "`", "‘" } };
    const size_t at = self->at;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        const size_t n = strlen(marks[i].mark);

        if (self->length - at < n || memcmp(self->source + at, marks[i].mark, n) != 0)
            continue;
        put_unit(self, marks[i].text, at, n);
        self->at += n;
        return;
    }
    put_same(self, at, 1);
    self->at++;
}

static void
read_white(Reader *self)
{
    size_t n;
    const size_t end = skip_white(self, self->at, &n);

    if (n >= 2)
        put_gap(self);
    else
        put_space(self, self->at, end - self->at);
    self->at = end;
}

static void
read_one(Reader *self)
{
    const size_t at = self->at;
    size_t n = 1;

    switch (self->source[at]) {
    case '\\':
        read_command(self);
        return;
    case '%':
        skip_comment(self);
        return;
    case '$':
        read_dollars(self);
        return;
    case '{':
        push_frame(self, 'g', NULL);
        self->at++;
        return;
    case '}':
        self->at++;
        pop_frame(self);
        return;
    case '~':
        put_space(self, at, 1);
        self->at++;
        return;
    case '&':
        if (self->n_cells > 0)
            put_gap(self);
        self->at++;
        return;
    case '-':
    case '`':
    case '\'':
        read_mark(self);
        return;
    default:
        break;
    }
    if (g_ascii_isspace(self->source[at])) {
        read_white(self);
        return;
    }
    while (at + n < self->length && !g_ascii_isspace(self->source[at + n]) &&
           strchr("\\%${}~&-`'", self->source[at + n]) == NULL)
        n++;
    put_same(self, at, n);
    self->at += n;
}

void
pd_latex_annotate(const char *source, size_t length, PdAnnotated *out)
{
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(Group));
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_autoptr(GHashTable) no_end = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PdAnnotated notes;
    Reader reader = {
        .source = source,
        .length = length,
        .paragraph = { 1, 0 },
        .main = out,
        .notes = &notes,
        .out = out,
        .groups = groups,
        .frames = frames,
        .no_close = { G_MAXSIZE, G_MAXSIZE },
        .no_end = no_end,
    };
    size_t begin;

    pd_annotated_init(&notes, 0);
    notes.base = out->base;
    find_groups(&reader);
    begin = find(&reader, 0, "\\begin{document}");
    reader.preamble_end = begin != NOT_FOUND ? begin : 0;
    while (reader.at < length)
        read_one(&reader);
    pd_annotated_take_notes(out, &notes);
    pd_annotated_clear(&notes);
    pd_annotated_mark_quoted(out, 0, PD_QUOTING_BACKSLASH, "#$%&_{}");
    pd_annotated_finish(out);
}
