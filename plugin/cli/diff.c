/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/diff.h"

#include <stdbool.h>
#include <string.h>

#define CONTEXT_LINES 3

typedef struct {
    const char *text;
    size_t length;
    GArray *starts; /* of size_t: where each line begins, and @length at the end */
} Lines;

typedef struct { /* lines [first, end) of the old text become @text */
    size_t first;
    size_t end;
    GString *text;
    size_t n_new_lines;
} Change;

static void
change_done(Change *self)
{
    g_string_free(self->text, TRUE);
}

static size_t
line_start(const Lines *lines, size_t line)
{
    return g_array_index(lines->starts, size_t, line);
}

static size_t
n_lines(const Lines *lines)
{
    return lines->starts->len - 1;
}

static void
lines_init(Lines *self, const char *text, size_t length)
{
    size_t start = 0;

    self->text = text;
    self->length = length;
    self->starts = g_array_new(FALSE, FALSE, sizeof(size_t));
    while (start < length) {
        const char *end = memchr(text + start, '\n', length - start);

        g_array_append_val(self->starts, start);
        start = end != NULL ? (size_t)(end + 1 - text) : length;
    }
    g_array_append_val(self->starts, length);
}

/*
 * The line that holds byte @at, going on from line @line; the end of the text belongs to the last.
 */
static size_t
line_at(const Lines *lines, size_t line, size_t at)
{
    while (line + 1 < n_lines(lines) && line_start(lines, line + 1) <= at)
        line++;
    return line;
}

static size_t
count_lines(const char *text, size_t length)
{
    size_t n = length > 0 && text[length - 1] != '\n';

    for (size_t i = 0; i < length; i++)
        n += text[i] == '\n';
    return n;
}

/*
 * The lines that @edits [@first, ...) touch, as far as they hang together; returns the edit after
 * them.
 */
static guint
change_init(Change *self, const Lines *lines, size_t from_line, GPtrArray *edits, guint first)
{
    const PdEdit *edit = g_ptr_array_index(edits, first);
    size_t done;
    guint i = first;

    self->first = line_at(lines, from_line, edit->start);
    self->end = self->first + (n_lines(lines) > 0);
    self->text = g_string_new(NULL);
    done = n_lines(lines) > 0 ? line_start(lines, self->first) : 0;
    for (; i < edits->len; i++) {
        edit = g_ptr_array_index(edits, i);
        if (i > first && edit->start >= line_start(lines, self->end) && self->end < n_lines(lines))
            break;
        g_string_append_len(self->text, lines->text + done, edit->start - done);
        g_string_append(self->text, edit->text);
        done = edit->end;
        /* a line end that goes joins the next line to this one */
        if (n_lines(lines) > 0)
            self->end = MAX(self->end, line_at(lines, self->first, edit->end) + 1);
    }
    if (n_lines(lines) > 0)
        g_string_append_len(self->text, lines->text + done, line_start(lines, self->end) - done);
    self->n_new_lines = count_lines(self->text->str, self->text->len);
    return i;
}

static void
append_lines(GString *out, char mark, const char *text, size_t length)
{
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t n = end != NULL ? (size_t)(end + 1 - text) : length;

        g_string_append_c(out, mark);
        g_string_append_len(out, text, n);
        if (end == NULL)
            g_string_append(out, "\n\\ No newline at end of file\n");
        text += n;
        length -= n;
    }
}

static void
append_old(GString *out, char mark, const Lines *lines, size_t first, size_t end)
{
    append_lines(out, mark, lines->text + line_start(lines, first),
                 line_start(lines, end) - line_start(lines, first));
}

/* "12,3": an empty range names the line before it. */
static void
append_range(GString *out, char mark, size_t first, size_t n)
{
    g_string_append_printf(out, " %c%zu,%zu", mark, n > 0 ? first + 1 : first, n);
}

/*
 * Changes [@first, @end) in one hunk; @shift: lines that those before have added. Returns the new
 * shift.
 */
static gssize
append_hunk(GString *out, const Lines *lines, GArray *changes, guint first, guint end, gssize shift)
{
    const Change *head = &g_array_index(changes, Change, first);
    const Change *tail = &g_array_index(changes, Change, end - 1);
    size_t from = head->first - MIN(head->first, CONTEXT_LINES);
    size_t to = MIN(tail->end + CONTEXT_LINES, n_lines(lines));
    size_t at = from;
    gssize added = 0;

    for (guint i = first; i < end; i++) {
        const Change *change = &g_array_index(changes, Change, i);

        added += (gssize)change->n_new_lines - (gssize)(change->end - change->first);
    }
    g_string_append(out, "@@");
    append_range(out, '-', from, to - from);
    append_range(out, '+', from + shift, to - from + added);
    g_string_append(out, " @@\n");
    for (guint i = first; i < end; i++) {
        const Change *change = &g_array_index(changes, Change, i);

        append_old(out, ' ', lines, at, change->first);
        append_old(out, '-', lines, change->first, change->end);
        append_lines(out, '+', change->text->str, change->text->len);
        at = change->end;
    }
    append_old(out, ' ', lines, at, to);
    return shift + added;
}

/* As diff(1) writes names: quoted if a control character, a quote or a backslash is in it. */
static void
append_name(GString *out, const char *mark, const char *name)
{
    bool odd = false, space = false;

    for (const char *p = name; *p != '\0'; p++) {
        odd = odd || g_ascii_iscntrl(*p) || *p == '"' || *p == '\\';
        space = space || *p == ' ';
    }
    g_string_append(out, mark);
    g_string_append_c(out, ' ');
    if (odd) {
        g_autofree char *escaped = g_strescape(name, NULL);

        g_string_append_printf(out, "\"%s\"", escaped);
    } else {
        g_string_append(out, name);
    }
    g_string_append(out, space && !odd ? "\t\n" : "\n"); /* the tab ends a name with spaces */
}

char *
pd_diff(const char *name, const char *text, size_t length, GPtrArray *edits)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Change));
    GString *out = g_string_new(NULL);
    gssize shift = 0;
    Lines lines;

    if (edits->len == 0)
        return g_string_free(out, FALSE);
    g_array_set_clear_func(changes, (GDestroyNotify)change_done);
    lines_init(&lines, text, length);
    for (guint i = 0, line = 0; i < edits->len;) {
        Change change;

        i = change_init(&change, &lines, line, edits, i);
        line = change.first;
        g_array_append_val(changes, change);
    }
    append_name(out, "---", name);
    append_name(out, "+++", name);
    for (guint first = 0, end; first < changes->len; first = end) {
        for (end = first + 1; end < changes->len; end++) {
            if (g_array_index(changes, Change, end).first -
                    g_array_index(changes, Change, end - 1).end >
                2 * CONTEXT_LINES)
                break;
        }
        shift = append_hunk(out, &lines, changes, first, end, shift);
    }
    g_array_unref(lines.starts);
    return g_string_free(out, FALSE);
}
