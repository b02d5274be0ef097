/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.c - units of a text; wrapped text, told from titles, lists and verse
 *
 * Who wraps text breaks a line where the next word would not have fitted. So a break after a line
 * to which the next word could still have been added, by the width of the paragraph's longest
 * line, was meant.
 */
#include "daemon/engine/lines.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NARROW_CHARS 45 /* paragraphs narrower than this are not wrapped at all: verse, addresses */
#define LIKELY_CHARS 60 /* where the next line has a capital: not wrapped below this width */
#define WIDE_CHARS 130  /* nobody wraps this wide; each line is a paragraph */
#define WIDEST_CHARS 250

/* How long a unit without an empty line must be before it may end, by what is there. */
#define CUT_LINE_AFTER_MARK 1024
#define CUT_LINE 4096
#define CUT_SPACE_AFTER_MARK 4096
#define CUT_SPACE 32768
#define CUT_HASHED_BYTES 64 /* before the place: they choose one of CUT_CHOICE places */
#define CUT_CHOICE 2

typedef struct {
    size_t start;
    size_t end;  /* without white space at the end */
    size_t next; /* where the next line begins */
    size_t width_chars;
    size_t first_word_chars;
    bool is_item;   /* begins a list item, heading, quoted line, rule or table row */
    bool is_whole;  /* heading, quoted line, rule or table row: nothing goes on after it */
    bool has_lower; /* begins with a lower-case letter */
    bool has_upper;
} Line;

/* --- units --- */

/* The bytes of @text without one of @endings at its end; @length if it has none. */
static size_t
without_ending(const char *text, size_t length, const char *const *endings)
{
    for (; *endings != NULL; endings++) {
        const size_t n = strlen(*endings);

        if (length >= n && memcmp(text + length - n, *endings, n) == 0)
            return length - n;
    }
    return length;
}

bool
pd_lines_has_final_mark(const char *text, size_t length)
{
    static const char *const marks[] = { ".", "!", "?", "…", "。", "！", "？", NULL };
    static const char *const closing[] = { "\"", "'", ")", "]", "’", "”", NULL };
    size_t inside;

    while ((inside = without_ending(text, length, closing)) < length)
        length = inside;
    return without_ending(text, length, marks) < length;
}

/* FNV-1a, mixed as MurmurHash3 ends: texts that count would choose every second line else. */
static uint32_t
hash_of(const char *bytes, size_t n)
{
    uint32_t hash = 0x811c9dc5;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (guint8)bytes[i]) * 0x01000193;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
    return hash ^ (hash >> 16);
}

/* May a unit end behind the white space at @at? It looks at nothing behind it. */
static bool
is_cut(const char *text, size_t at)
{
    const bool is_line = text[at] == '\n';
    size_t end = at;

    if (at < (is_line ? CUT_LINE_AFTER_MARK : CUT_SPACE_AFTER_MARK) || text[at] == '\r' ||
        hash_of(text + at - CUT_HASHED_BYTES, CUT_HASHED_BYTES) % CUT_CHOICE != 0)
        return false;
    if (at >= (is_line ? CUT_LINE : CUT_SPACE))
        return true;
    while (end > 0 && g_ascii_isspace(text[end - 1]))
        end--;
    return pd_lines_has_final_mark(text, end);
}

static size_t
find_unit_end(const char *text, size_t length)
{
    bool is_empty = true; /* the line so far */

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isspace(text[i])) {
            is_empty = false;
            continue;
        }
        if ((text[i] == '\n' && is_empty) || is_cut(text, i))
            return i + 1;
        is_empty = is_empty || text[i] == '\n';
    }
    return 0;
}

size_t
pd_lines_unit(const char *text, size_t length, bool *ret_ended)
{
    const size_t end = find_unit_end(text, length);

    if (ret_ended != NULL)
        *ret_ended = end > 0;
    return end > 0 ? end : length;
}

/* --- wrapped lines --- */

static bool
is_mark_then_space(const char *p, const char *end)
{
    return p == end || *p == ' ' || *p == '\t';
}

static bool
is_bullet(const char *p, const char *end)
{
    static const char *const bullets[] = { "-", "*", "+", "•", "–", "—", "◦", "▪", "‣", "·", "●" };

    for (size_t i = 0; i < G_N_ELEMENTS(bullets); i++) {
        size_t n = strlen(bullets[i]);

        if ((size_t)(end - p) > n && memcmp(p, bullets[i], n) == 0)
            return is_mark_then_space(p + n, end);
    }
    return false;
}

/* "1." "12)" "(3)" "a)" */
static bool
is_numbered(const char *p, const char *end)
{
    bool bracket = p < end && *p == '(';
    const char *q = bracket ? ++p : p;

    while (q < end && q - p < 3 && g_ascii_isdigit(*q))
        q++;
    if (q == p && q < end && g_ascii_isalpha(*q))
        q++;
    else if (q > p && q < end && *q == '.' && !bracket)
        return is_mark_then_space(q + 1, end);
    return q > p && q < end && *q == ')' && is_mark_then_space(q + 1, end);
}

/* "# Title", "> quoted", a table's row, or a line of signs alone (-----) */
static bool
is_whole_line(const char *p, const char *end)
{
    const char *q = p;

    if (p < end && (*p == '>' || *p == '|'))
        return true;
    while (q < end && *q == '#')
        q++;
    if (q > p && q - p <= 6 && is_mark_then_space(q, end))
        return true;
    for (q = p; q < end; q++)
        if (!g_ascii_ispunct(*q) && *q != ' ')
            return false;
    return end - p >= 3;
}

static void
measure(const char *text, Line *line)
{
    const char *p = text + line->start, *end = text + line->end;
    const char *word;
    gunichar first;

    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    line->width_chars = (size_t)g_utf8_strlen(text + line->start, end - (text + line->start));
    for (word = p; word < end && !g_ascii_isspace(*word); word++)
        ;
    line->first_word_chars = (size_t)g_utf8_strlen(p, word - p);
    line->is_whole = is_whole_line(p, end);
    line->is_item = line->is_whole || is_bullet(p, end) || is_numbered(p, end);
    first = p < end ? g_utf8_get_char(p) : 0;
    line->has_lower = g_unichar_islower(first);
    line->has_upper = g_unichar_isupper(first);
}

static Line
next_line(const char *text, size_t length, size_t start)
{
    Line line = { .start = start };
    size_t end = start;

    while (end < length && text[end] != '\n' && text[end] != '\r')
        end++;
    line.next = end;
    if (line.next < length)
        line.next += text[end] == '\r' && end + 1 < length && text[end + 1] == '\n' ? 2 : 1;
    while (end > start && g_ascii_isspace(text[end - 1]))
        end--;
    line.end = end;
    measure(text, &line);
    return line;
}

/* Every line of verse begins with a capital; wrapped text of three lines hardly ever does. */
static bool
is_verse(const Line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!lines[i].has_upper)
            return false;
    return n >= 3;
}

static bool
is_wrapped_between(const Line *line, const Line *next, size_t width)
{
    bool fits = line->width_chars + 1 + next->first_word_chars <= width;

    if (next->is_item || line->is_whole || width < NARROW_CHARS)
        return false;
    if (next->has_upper && width < LIKELY_CHARS)
        return false;
    if (!fits && width <= WIDE_CHARS)
        return true;
    return next->has_lower && width <= WIDEST_CHARS && line->width_chars * 5 >= width * 3;
}

static void
join_paragraph(char *text, const Line *lines, size_t n)
{
    size_t width = 0;

    if (is_verse(lines, n))
        return;
    for (size_t i = 0; i < n; i++)
        width = MAX(width, lines[i].width_chars);
    for (size_t i = 0; i + 1 < n; i++)
        if (is_wrapped_between(&lines[i], &lines[i + 1], width))
            memset(text + lines[i].end, ' ', lines[i].next - lines[i].end);
}

void
pd_lines_join_wrapped(char *text, size_t length)
{
    g_autoptr(GArray) paragraph = g_array_new(FALSE, FALSE, sizeof(Line));

    for (size_t at = 0; at < length;) {
        Line line = next_line(text, length, at);

        at = line.next;
        if (line.end > line.start) {
            g_array_append_val(paragraph, line);
            continue;
        }
        join_paragraph(text, (const Line *)paragraph->data, paragraph->len);
        g_array_set_size(paragraph, 0);
    }
    join_paragraph(text, (const Line *)paragraph->data, paragraph->len);
}
