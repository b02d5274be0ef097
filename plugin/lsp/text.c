/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/text.h"

#include <string.h>

struct PdLspText {
    GString *text;
    GArray *starts; /* of gsize: the byte where each line starts; the first is 0 */
};

static const char *const encoding_names[] = {
    [PD_LSP_UTF8] = "utf-8",
    [PD_LSP_UTF16] = "utf-16",
    [PD_LSP_UTF32] = "utf-32",
};

const char *
pd_lsp_encoding_name(PdLspEncoding encoding)
{
    return encoding_names[encoding];
}

bool
pd_lsp_encoding_from_name(const char *name, PdLspEncoding *ret_encoding)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encoding_names); i++) {
        if (g_str_equal(encoding_names[i], name)) {
            *ret_encoding = (PdLspEncoding)i;
            return true;
        }
    }
    return false;
}

/* --- lines --- */

/* Whether a line starts at @offset depends on this byte and the one before alone. */
static bool
starts_line(const GString *text, gsize offset)
{
    if (offset == 0)
        return true;
    return text->str[offset - 1] == '\n' ||
           (text->str[offset - 1] == '\r' && text->str[offset] != '\n');
}

static gsize
start_of(const PdLspText *self, gsize line)
{
    return g_array_index(self->starts, gsize, line);
}

/* How many lines start before @offset. */
static gsize
lines_before(const PdLspText *self, gsize offset)
{
    gsize low = 0, high = self->starts->len;

    while (low < high) {
        const gsize middle = low + (high - low) / 2;

        if (start_of(self, middle) < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Line starts from byte @from to @to, both included, into the list at @index. */
static void
find_lines(PdLspText *self, gsize from, gsize to, gsize index)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));

    for (gsize offset = from; offset <= to; offset++) {
        if (starts_line(self->text, offset))
            g_array_append_val(found, offset);
    }
    if (found->len > 0)
        g_array_insert_vals(self->starts, (guint)index, found->data, found->len);
}

/* Where its text ends: before the line break. */
static gsize
end_of(const PdLspText *self, gsize line)
{
    const char *text = self->text->str;
    gsize start = start_of(self, line), end;

    if (line + 1 >= self->starts->len)
        return self->text->len;
    end = start_of(self, line + 1);
    if (end > start && text[end - 1] == '\n')
        end--;
    if (end > start && text[end - 1] == '\r')
        end--;
    return end;
}

PdLspText *
pd_lsp_text_new(const char *utf8, gsize n_bytes)
{
    PdLspText *self = g_new0(PdLspText, 1);

    self->text = g_string_new_len(utf8, (gssize)n_bytes);
    self->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
    find_lines(self, 0, n_bytes, 0);
    return self;
}

void
pd_lsp_text_free(PdLspText *self)
{
    if (self == NULL)
        return;
    g_string_free(self->text, TRUE);
    g_array_unref(self->starts);
    g_free(self);
}

const char *
pd_lsp_text_peek(const PdLspText *self, gsize *ret_bytes)
{
    if (ret_bytes != NULL)
        *ret_bytes = self->text->len;
    return self->text->str;
}

gsize
pd_lsp_text_bytes(const PdLspText *self)
{
    return self->text->len;
}

gsize
pd_lsp_text_lines(const PdLspText *self)
{
    return self->starts->len;
}

/* --- places --- */

/* How many units the character at @p counts. */
static gsize
units_of(const char *p, PdLspEncoding encoding)
{
    const gsize n_bytes = (gsize)g_utf8_skip[*(const guchar *)p];

    switch (encoding) {
    case PD_LSP_UTF8:
        return n_bytes;
    case PD_LSP_UTF16:
        return n_bytes == 4 ? 2 : 1;
    case PD_LSP_UTF32:
        break;
    }
    return 1;
}

gsize
pd_lsp_text_offset(const PdLspText *self, PdLspPosition position, PdLspEncoding encoding)
{
    const char *p, *end;
    gsize units = 0;

    if (position.line >= self->starts->len)
        return self->text->len;
    p = self->text->str + start_of(self, position.line);
    end = self->text->str + end_of(self, position.line);
    while (p < end) {
        units += units_of(p, encoding);
        if (units > position.character)
            break;
        p = g_utf8_next_char(p);
    }
    return (gsize)(p - self->text->str);
}

PdLspPosition
pd_lsp_text_position(const PdLspText *self, gsize offset_bytes, PdLspEncoding encoding)
{
    const gsize offset = MIN(offset_bytes, self->text->len);
    PdLspPosition position = { .line = lines_before(self, offset + 1) - 1 };
    const char *end = self->text->str + MIN(offset, end_of(self, position.line));

    for (const char *p = self->text->str + start_of(self, position.line); p < end;
         p = g_utf8_next_char(p))
        position.character += units_of(p, encoding);
    return position;
}

PdLspRange
pd_lsp_text_range(const PdLspText *self, gsize start_bytes, gsize length_bytes,
                  PdLspEncoding encoding)
{
    return (PdLspRange){
        .start = pd_lsp_text_position(self, start_bytes, encoding),
        .end = pd_lsp_text_position(self, start_bytes + length_bytes, encoding),
    };
}

/* --- changes --- */

void
pd_lsp_text_replace(PdLspText *self, gsize start, gsize removed, const char *inserted,
                    gsize n_inserted)
{
    const gsize first = MAX(lines_before(self, start), 1); /* 0 always starts a line */
    const gsize last = MAX(lines_before(self, start + removed + 1), first);

    g_return_if_fail(start <= self->text->len && removed <= self->text->len - start);

    if (last > first)
        g_array_remove_range(self->starts, (guint)first, (guint)(last - first));
    for (guint i = (guint)first; i < self->starts->len; i++)
        g_array_index(self->starts, gsize, i) += n_inserted - removed;
    g_string_erase(self->text, (gssize)start, (gssize)removed);
    g_string_insert_len(self->text, (gssize)start, inserted, (gssize)n_inserted);
    find_lines(self, MAX(start, 1), start + n_inserted, first);
}

void
pd_lsp_text_difference(const PdLspText *self, const char *utf8, gsize n_bytes, gsize *ret_start,
                       gsize *ret_removed, const char **ret_inserted, gsize *ret_n_inserted)
{
    const char *old = self->text->str;
    const gsize least = MIN(self->text->len, n_bytes);
    gsize start = 0, tail = 0;

    while (start < least && old[start] == utf8[start])
        start++;
    while (start > 0 && (utf8[start] & 0xC0) == 0x80)
        start--;
    while (start > 0 && (old[start] & 0xC0) == 0x80)
        start--;
    while (tail < least - start && old[self->text->len - 1 - tail] == utf8[n_bytes - 1 - tail])
        tail++;
    while (tail > 0 && (utf8[n_bytes - tail] & 0xC0) == 0x80)
        tail--;
    *ret_start = start;
    *ret_removed = self->text->len - start - tail;
    *ret_inserted = utf8 + start;
    *ret_n_inserted = n_bytes - start - tail;
}
