/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * html.c - HTML as its standard divides it: tags, comments, character references, text
 *
 * A scanner of our own: libxml2's parser knows HTML 4, does not tell exactly where text stood, and
 * takes quadratic time for tags that do not match. A tree is not needed: elements are blocks, or
 * not; what is inside some is left out or opaque.
 */
#include "daemon/engine/html.h"

#include "daemon/engine/markdown.h"

#include <string.h>

#define MAX_ENTITY_BYTES 40
#define MAX_NAME_BYTES 32
#define NOT_FOUND ((size_t)-1)

typedef enum {
    INLINE,
    BLOCK,       /* text on both sides of it is apart */
    BREAK,       /* <br> */
    HIDDEN,      /* left out with all that is in it */
    RAW,         /* the same, and there are no tags in it */
    OPAQUE,      /* code in a sentence */
    PREFORMATTED /* code by itself */
} ElementKind;

typedef struct {
    const char *source;
    size_t length;
    size_t at;
    const char *language; /* (nullable) */
    PdAnnotated *out;
    GHashTable *entities; /* "&amp;" -> "&", or itself where it is none */

    char hidden[MAX_NAME_BYTES]; /* the element that is left out; "": none is */
    size_t hidden_depth;         /* elements of that name that are open */
    size_t hidden_start;
    bool hidden_has_place; /* in a sentence */
    size_t opaque_depth;
    size_t opaque_start;   /* in the text */
    size_t no_template[2]; /* no "}}", no "%}" stands from here on */
} Reader;

typedef struct {
    char name[MAX_NAME_BYTES]; /* lower case; cut */
    bool is_end;
    bool is_closed; /* <br/> */
    bool is_foreign;
    size_t start;
    size_t end;
} Tag;

/* --- elements --- */

static const char *const blocks[] = {
    "address", "article",  "aside",      "blockquote", "body",   "button",  "caption", "center",
    "col",     "colgroup", "dd",         "details",    "dialog", "dir",     "div",     "dl",
    "dt",      "fieldset", "figcaption", "figure",     "footer", "form",    "h1",      "h2",
    "h3",      "h4",       "h5",         "h6",         "head",   "header",  "hgroup",  "hr",
    "html",    "legend",   "li",         "link",       "main",   "menu",    "meta",    "nav",
    "ol",      "optgroup", "option",     "p",          "search", "section", "summary", "table",
    "tbody",   "td",       "tfoot",      "th",         "thead",  "title",   "tr",      "ul",
    NULL
};
static const char *const hidden[] = { "audio",  "canvas", "datalist", "iframe", "map",   "math",
                                      "object", "rp",     "rt",       "svg",    "video", NULL };
static const char *const raw[] = { "noembed",  "noframes", "script", "style",
                                   "template", "textarea", "xmp",    NULL };
static const char *const code[] = { "code", "kbd", "samp", "tt", "var", NULL };
static const char *const voids[] = { "area",  "base",   "br",    "col",  "embed",
                                     "hr",    "img",    "input", "link", "meta",
                                     "param", "source", "track", "wbr",  NULL };

static ElementKind
kind_of(const char *name)
{
    if (g_strv_contains(blocks, name))
        return BLOCK;
    if (g_strv_contains(code, name))
        return OPAQUE;
    if (g_strv_contains(hidden, name))
        return HIDDEN;
    if (g_strv_contains(raw, name))
        return RAW;
    if (g_str_equal(name, "br"))
        return BREAK;
    return g_str_equal(name, "pre") || g_str_equal(name, "listing") ? PREFORMATTED : INLINE;
}

/* --- bytes --- */

static char
peek(const Reader *self, size_t at)
{
    return at < self->length ? self->source[at] : '\0';
}

static bool
looks_at(const Reader *self, size_t at, const char *what)
{
    const size_t n = strlen(what);

    return at <= self->length && self->length - at >= n &&
           g_ascii_strncasecmp(self->source + at, what, n) == 0;
}

/* Where @what stands at or after @at; NOT_FOUND: nowhere. Case counts. */
static size_t
find(const Reader *self, size_t at, const char *what)
{
    const char *p = NULL;

    if (at < self->length)
        p = memmem(self->source + at, self->length - at, what, strlen(what));
    return p != NULL ? (size_t)(p - self->source) : NOT_FOUND;
}

/* Behind @what, or the end. */
static size_t
behind(const Reader *self, size_t at, const char *what)
{
    const size_t found = find(self, at, what);

    return found != NOT_FOUND ? found + strlen(what) : self->length;
}

/* --- tags --- */

static size_t
skip_space(const Reader *self, size_t at)
{
    while (at < self->length && g_ascii_isspace(self->source[at]))
        at++;
    return at;
}

static size_t
skip_value(const Reader *self, size_t at, PdSpan *ret_value)
{
    const char quote = peek(self, at);

    if (quote == '"' || quote == '\'') {
        const char *p = memchr(self->source + at + 1, quote, self->length - at - 1);

        *ret_value = (PdSpan){ at + 1, p != NULL ? (size_t)(p - self->source) : self->length };
        return MIN(ret_value->end + 1, self->length);
    }
    ret_value->start = at;
    while (at < self->length && !g_ascii_isspace(self->source[at]) && self->source[at] != '>')
        at++;
    ret_value->end = at;
    return at;
}

/* "de-AT" is not "en_US" */
static bool
is_other_language(const Reader *self, PdSpan value)
{
    const char *p = self->source + value.start;
    const size_t n = value.end - value.start;

    if (self->language == NULL || n < 2)
        return false;
    return g_ascii_strncasecmp(p, self->language, 2) != 0 ||
           (n > 2 && g_ascii_isalpha(p[2]) != g_ascii_isalpha(self->language[2]));
}

/* At an attribute's name: to behind its value. */
static size_t
read_attribute(const Reader *self, size_t at, Tag *tag)
{
    const size_t start = at;
    PdSpan name, value;

    while (at < self->length && !g_ascii_isspace(self->source[at]) &&
           (strchr("/>=", self->source[at]) == NULL || at == start))
        at++;
    name = (PdSpan){ start, at };
    at = skip_space(self, at);
    if (peek(self, at) != '=')
        return at;
    at = skip_value(self, skip_space(self, at + 1), &value);
    if ((name.end - name.start == 4 && looks_at(self, start, "lang")) ||
        (name.end - name.start == 8 && looks_at(self, start, "xml:lang")))
        tag->is_foreign = tag->is_foreign || is_other_language(self, value);
    return at;
}

/* At "<" and a letter, or "</" and one: to behind ">", or the end. */
static size_t
read_tag(const Reader *self, size_t at, Tag *tag)
{
    size_t n = 0;

    *tag = (Tag){ .start = at, .is_end = peek(self, at + 1) == '/' };
    at += tag->is_end ? 2 : 1;
    for (; at < self->length; at++) {
        const char c = self->source[at];

        if (g_ascii_isspace(c) || c == '/' || c == '>')
            break;
        if (n + 1 < sizeof tag->name)
            tag->name[n++] = g_ascii_tolower(c);
    }
    while (at < self->length && self->source[at] != '>') {
        const char c = self->source[at];

        tag->is_closed = c == '/';
        if (g_ascii_isspace(c) || c == '/')
            at++;
        else
            at = read_attribute(self, at, tag);
    }
    return tag->end = MIN(at + 1, self->length);
}

/* --- what is left out --- */

static void
begin_hidden(Reader *self, const Tag *tag, bool has_place)
{
    g_strlcpy(self->hidden, tag->name, sizeof self->hidden);
    self->hidden_depth = 1;
    self->hidden_start = tag->start;
    self->hidden_has_place = has_place;
}

/* A tag inside an element that is left out. */
static void
pass_hidden(Reader *self, const Tag *tag)
{
    if (!g_str_equal(tag->name, self->hidden))
        return;
    if (!tag->is_end)
        self->hidden_depth += tag->is_closed ? 0 : 1;
    else if (--self->hidden_depth == 0) {
        self->hidden[0] = '\0';
        if (self->hidden_has_place)
            pd_annotated_stand_in(self->out, self->hidden_start, tag->end - self->hidden_start);
    }
}

/* "</name" after an element without tags; the end where there is none. */
static size_t
raw_end(const Reader *self, size_t at, const char *name)
{
    while ((at = find(self, at, "</")) != NOT_FOUND) {
        if (looks_at(self, at + 2, name) && !g_ascii_isalnum(peek(self, at + 2 + strlen(name))))
            return at;
        at += 2;
    }
    return self->length;
}

static void
end_opaque(Reader *self)
{
    self->opaque_depth = 0;
    pd_annotated_mark_code(self->out, self->opaque_start);
}

static void
change_opaque(Reader *self, const Tag *tag)
{
    if (!tag->is_end) {
        if (self->opaque_depth++ == 0)
            self->opaque_start = self->out->text->len;
    } else if (self->opaque_depth > 0 && --self->opaque_depth == 0) {
        end_opaque(self);
    }
}

static void
handle_tag(Reader *self, const Tag *tag)
{
    const ElementKind kind = kind_of(tag->name);
    const bool is_void = tag->is_closed || g_strv_contains(voids, tag->name);
    const bool is_root = g_str_equal(tag->name, "html") || g_str_equal(tag->name, "body");

    if (kind == BLOCK || kind == PREFORMATTED)
        pd_annotated_gap(self->out);
    else if (kind == BREAK)
        pd_annotated_break(self->out, tag->start, tag->end - tag->start);
    else if (kind == OPAQUE && !tag->is_closed)
        change_opaque(self, tag);
    if (tag->is_end || is_void)
        return;
    if (kind == RAW)
        self->at = raw_end(self, self->at, tag->name);
    else if (kind == HIDDEN || kind == PREFORMATTED)
        begin_hidden(self, tag, g_str_equal(tag->name, "math"));
    else if (tag->is_foreign && !is_root)
        begin_hidden(self, tag, kind == INLINE);
}

/* --- text --- */

/* "&name;" "&#38;" "&#x26;" at @at: its length, or 0. */
static size_t
entity_length(const Reader *self, size_t at)
{
    size_t n = peek(self, at + 1) == '#' ? 2 : 1;

    while (n < MAX_ENTITY_BYTES && g_ascii_isalnum(peek(self, at + n)))
        n++;
    return peek(self, at + n) == ';' ? n + 1 : 0;
}

/* "{{ name }}" and "{% if %}" of templates: bytes, or 0 */
static size_t
template_length(Reader *self, size_t at)
{
    const bool is_value = looks_at(self, at, "{{");
    size_t end;

    if (at >= self->no_template[is_value] || !(is_value || looks_at(self, at, "{%")))
        return 0;
    end = find(self, at, is_value ? "}}" : "%}");
    if (end == NOT_FOUND) {
        self->no_template[is_value] = at;
        return 0;
    }
    if (is_value)
        pd_annotated_stand_in(self->out, at, end + 2 - at);
    return end + 2 - at;
}

/* One thing of the text at @at; returns its bytes. */
static size_t
read_text(Reader *self, size_t at)
{
    const char c = self->source[at];
    size_t n;

    if (g_ascii_isspace(c)) {
        n = skip_space(self, at) - at;
        if (n == 1 && c == ' ' && self->out->text->len > 0 &&
            !g_ascii_isspace(self->out->text->str[self->out->text->len - 1]))
            pd_annotated_same(self->out, " ", 1, at);
        else
            pd_annotated_space(self->out, at, n);
        return n;
    }
    if (c == '&' && (n = entity_length(self, at)) > 0) {
        const char *decoded = pd_markdown_decode_entity(self->entities, self->source + at, n);

        if (decoded != NULL) {
            pd_annotated_unit(self->out, decoded, strlen(decoded), at, n);
            return n;
        }
    }
    if (c == '{' && (n = template_length(self, at)) > 0)
        return n;
    n = 1;
    while (at + n < self->length && !g_ascii_isspace(self->source[at + n]) &&
           strchr("<&{", self->source[at + n]) == NULL)
        n++;
    pd_annotated_same(self->out, self->source + at, n, at);
    return n;
}

/* "<!--", "<!DOCTYPE", "<?php": behind it */
static size_t
skip_declaration(const Reader *self, size_t at)
{
    size_t end, other;

    if (looks_at(self, at, "<!-->"))
        return at + 5;
    if (looks_at(self, at, "<!--->"))
        return at + 6;
    if (looks_at(self, at, "<!--")) {
        end = find(self, at + 4, "--");
        while (end != NOT_FOUND && peek(self, end + 2) != '>' && !looks_at(self, end + 2, "!>")) {
            other = find(self, end + 1, "--");
            end = other;
        }
        return end == NOT_FOUND ? self->length : behind(self, end, ">");
    }
    if (looks_at(self, at, "<?php") || looks_at(self, at, "<?="))
        return behind(self, at, "?>");
    if (looks_at(self, at, "<%"))
        return behind(self, at, "%>");
    return behind(self, at, ">");
}

static void
read_document(Reader *self)
{
    while (self->at < self->length) {
        const size_t at = self->at;
        const char next = peek(self, at + 1);
        Tag tag;

        if (self->source[at] == '<' &&
            (g_ascii_isalpha(next) || (next == '/' && g_ascii_isalpha(peek(self, at + 2))))) {
            self->at = read_tag(self, at, &tag);
            if (self->hidden[0] != '\0')
                pass_hidden(self, &tag);
            else
                handle_tag(self, &tag);
        } else if (self->source[at] == '<' && next != '\0' && strchr("!?/%", next) != NULL) {
            self->at = skip_declaration(self, at);
        } else if (self->hidden[0] != '\0') {
            const char *p = memchr(self->source + at + 1, '<', self->length - at - 1);

            self->at = p != NULL ? (size_t)(p - self->source) : self->length;
        } else {
            self->at += read_text(self, at);
        }
    }
    if (self->opaque_depth > 0)
        end_opaque(self);
}

void
pd_html_annotate(const char *source, size_t length, const char *language, PdAnnotated *out)
{
    g_autoptr(GHashTable) entities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Reader reader = {
        .source = source,
        .length = length,
        .language = language,
        .out = out,
        .entities = entities,
        .no_template = { G_MAXSIZE, G_MAXSIZE },
    };

    read_document(&reader);
    pd_annotated_mark_quoted(out, 0, PD_QUOTING_ENTITY, "&<>");
    pd_annotated_finish(out);
}
