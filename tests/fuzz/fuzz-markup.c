/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file in the format that its first line names, or in one that follows from that line. */
#include "daemon/engine/markup.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static GStrv formats;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    formats = pd_format_names();
    return 0;
}

static bool
is_border(const char *text, size_t at)
{
    return ((guchar)text[at] & 0xC0) != 0x80;
}

/* Where a character of the text stood in the source, and what stands there in the text. */
static void
look_at(const PdMarkup *markup, const char *source, const char *text, PdSpan place)
{
    const PdSpan from = pd_markup_to_source(markup, place);
    const PdSpan back = pd_markup_from_source(markup, from);
    g_autofree char *quoted = NULL;

    g_assert_cmpuint(from.start, <=, from.end);
    g_assert_cmpuint(from.end, <=, strlen(source));
    g_assert_true(is_border(source, from.start) && is_border(source, from.end));
    if (from.start == from.end) {
        g_assert_cmpint(text[place.start], ==, '\n');
    } else {
        g_assert_cmpuint(back.start, <=, place.start);
        g_assert_cmpuint(back.end, >=, place.end);
    }
    if (pd_markup_is_opaque(markup, place))
        return;
    quoted = pd_markup_quote(markup, place, "a\"b'&<`\\");
    g_assert_true(quoted == NULL || g_utf8_validate(quoted, -1, NULL));
}

static PdFormat
format_of(const char *name)
{
    PdFormat format;

    if (!pd_format_from_name(name, &format))
        g_assert_true(
            pd_format_from_name(formats[g_str_hash(name) % g_strv_length(formats)], &format));
    return format;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *all = fuzz_text(data, size);
    g_auto(GStrv) parts = g_strsplit(all, "\n", 2);
    g_autoptr(PdMarkup) markup = NULL;
    g_autofree char *exact = NULL;
    const char *source, *text;
    size_t length;

    if (g_strv_length(parts) < 2)
        return 0;
    source = parts[1];
    exact = g_memdup2(source, strlen(source)); /* no NUL behind it */
    markup = pd_markup_new(format_of(parts[0]), "en_US", exact, strlen(source));
    text = pd_markup_text(markup, &length);
    g_assert_cmpuint(strlen(text), ==, length);
    g_assert_true(g_utf8_validate(text, (gssize)length, NULL));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        look_at(markup, source, text,
                (PdSpan){ (size_t)(p - text), (size_t)(g_utf8_next_char(p) - text) });
    pd_markup_is_name(markup, text);
    pd_markup_is_split(markup, (PdSpan){ 0, length });
    pd_markup_is_beside_stand_in(markup, (PdSpan){ 0, length });
    return 0;
}
