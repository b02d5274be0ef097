/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commit.c - what a person wrote in a commit message
 *
 * Git's own lines (comments, all behind the scissors) and what programs read (trailers, the area
 * before the subject, quoted code) are left out. The subject is a paragraph by itself; the body's
 * lines are wrapped text.
 */
#include "daemon/engine/commit.h"

#include "daemon/engine/paragraph.h"

#include <string.h>

#define MAX_AREA_BYTES 60
#define CODE_INDENT 4

typedef struct {
    PdParagraph paragraph;
    const char *source;
    size_t length;
    bool has_subject;
    bool in_fence;
} Reader;

static bool
begins(const char *p, const char *end, const char *what)
{
    return (size_t)(end - p) >= strlen(what) && memcmp(p, what, strlen(what)) == 0;
}

static bool
is_scissors(const char *p, const char *end)
{
    return begins(p, end, "#") && memmem(p, (size_t)(end - p), " >8 ---", 7) != NULL;
}

/* Lines that git writes by itself, and subjects that other tools read. */
static bool
is_made(const char *p, const char *end)
{
    static const char *const made[] = { "Merge branch ",
                                        "Merge remote-tracking branch ",
                                        "Merge pull request ",
                                        "Merge tag ",
                                        "Revert \"",
                                        "Reapply \"",
                                        "(cherry picked from commit ",
                                        "This reverts commit ",
                                        "fixup! ",
                                        "squash! ",
                                        "amend! " };

    for (size_t i = 0; i < G_N_ELEMENTS(made); i++)
        if (begins(p, end, made[i]))
            return true;
    return false;
}

/* "Signed-off-by: A <a@b.c>", "Fixes: 1234567": "Name-of: value" that programs read */
static bool
is_trailer(const char *p, const char *end)
{
    static const char *const names[] = { "Cc",  "CC",     "Fixes",   "Closes", "Close", "Resolves",
                                         "Ref", "Refs",   "Link",    "Bug",    "Issue", "PR",
                                         "See", "Change", "Related", "Part-of" };
    const char *colon = memchr(p, ':', (size_t)(end - p));
    bool has_dash = false;

    if (colon == NULL || colon == p || colon + 1 >= end || colon[1] != ' ')
        return false;
    for (const char *q = p; q < colon; q++) {
        if (!g_ascii_isalnum(*q) && *q != '-')
            return false;
        has_dash = has_dash || *q == '-';
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i]) == (size_t)(colon - p) && begins(p, end, names[i]))
            return true;
    return has_dash && g_ascii_isupper(*p);
}

/* Behind the areas before a subject, "net: ", "feat(parser)!: ": bytes */
static size_t
area_length(const char *p, const char *end)
{
    size_t length = 0;

    for (;;) {
        const char *at = p + length, *q = at;

        while (q < end && q - at < MAX_AREA_BYTES &&
               (g_ascii_isalnum(*q) || strchr("_./*,(){}!+@#[]-", *q) != NULL))
            q++;
        if (q == at || q + 1 >= end || q[0] != ':' || q[1] != ' ')
            return length;
        length = (size_t)(q + 2 - p);
    }
}

/* `code` is opaque */
static void
put_line(Reader *self, size_t start, size_t end)
{
    PdParagraph *paragraph = &self->paragraph;

    while (start < end) {
        size_t open = pd_paragraph_find(paragraph, start, "`");
        size_t close = open < end ? pd_paragraph_find(paragraph, open + 1, "`") : G_MAXSIZE;
        size_t text_start;

        if (close >= end) {
            pd_paragraph_put(paragraph, start, end, '\n');
            return;
        }
        pd_paragraph_put(paragraph, start, open, '\n');
        text_start = paragraph->out->text->len;
        pd_paragraph_put(paragraph, open + 1, close, ' ');
        pd_annotated_mark_code(paragraph->out, text_start);
        start = close + 1;
    }
}

static void
end_paragraph(Reader *self)
{
    if (self->paragraph.content->len > 0)
        put_line(self, 0, self->paragraph.content->len - 1);
    pd_paragraph_empty(&self->paragraph);
    pd_annotated_gap(self->paragraph.out);
}

/* Far indented, and no part of a list? */
static bool
is_code(const Reader *self, const char *p, const char *word)
{
    return self->paragraph.content->len == 0 && (*p == '\t' || word - p >= CODE_INDENT) &&
           strchr("-*+", *word) == NULL;
}

static void
read_line(Reader *self, size_t start, size_t end, size_t next)
{
    const char *p = self->source + start, *stop = self->source + end;
    const char *word = p;

    while (word < stop && g_ascii_isspace(*word))
        word++;
    if (word == stop) {
        end_paragraph(self);
    } else if (begins(word, stop, "```") || begins(word, stop, "~~~")) {
        end_paragraph(self);
        self->in_fence = !self->in_fence;
    } else if (self->in_fence || is_made(word, stop)) {
        end_paragraph(self);
        self->has_subject = true;
    } else if (!self->has_subject) {
        pd_paragraph_add(&self->paragraph, start + area_length(p, stop), end, next);
        end_paragraph(self);
        self->has_subject = true;
    } else if (is_trailer(p, stop) || is_code(self, p, word)) {
        end_paragraph(self);
    } else {
        pd_paragraph_add(&self->paragraph, (size_t)(word - self->source), end, next);
    }
}

void
pd_commit_annotate(const char *source, size_t length, PdAnnotated *out)
{
    Reader reader = { .source = source, .length = length };

    pd_paragraph_init(&reader.paragraph, source, out);
    for (size_t at = 0; at < length;) {
        const char *line_end = memchr(source + at, '\n', length - at);
        const size_t start = at;
        size_t end = line_end != NULL ? (size_t)(line_end - source) : length;

        at = line_end != NULL ? end + 1 : length;
        if (end > start && source[end - 1] == '\r')
            end--;
        if (is_scissors(source + start, source + end))
            break;
        if (source[start] != '#')
            read_line(&reader, start, end, at);
    }
    end_paragraph(&reader);
    pd_paragraph_clear(&reader.paragraph);
    pd_annotated_finish(out);
}
