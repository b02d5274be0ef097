/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/offsets.h"

#define STRIDE 64 /* bytes counted at once: the compiler makes vectors of them */

static bool
is_inside(char byte)
{
    return ((guchar)byte & 0xC0) == 0x80;
}

/* How many UTF-16 code units or code points begin with this byte; 0 inside of a character. */
static inline guchar
begun(char byte, bool utf16)
{
    return (guchar)(!is_inside(byte) + (utf16 && (guchar)byte >= 0xF0));
}

static inline size_t
begun_in_stride(const char *text, bool utf16)
{
    guchar n = 0; /* at most 2 for each byte */

    for (size_t i = 0; i < STRIDE; i++)
        n = (guchar)(n + begun(text[i], utf16));
    return n;
}

size_t
pd_text_units(const char *text, size_t length, PdOffsets unit)
{
    const bool utf16 = unit == PD_OFFSETS_UTF16;
    size_t units = 0, at = 0;

    if (unit == PD_OFFSETS_UTF8)
        return length;
    for (; at + STRIDE <= length; at += STRIDE)
        units += utf16 ? begun_in_stride(text + at, true) : begun_in_stride(text + at, false);
    for (; at < length; at++)
        units += begun(text[at], utf16);
    return units;
}

static bool
byte_offset(const char *text, size_t length, size_t offset, size_t *ret_bytes)
{
    if (offset > length || (offset < length && is_inside(text[offset])))
        return false;
    *ret_bytes = offset;
    return true;
}

bool
pd_text_offset_to_bytes(const char *text, size_t length, PdOffsets unit, size_t offset,
                        size_t *ret_bytes)
{
    size_t units = 0, at = 0;

    g_return_val_if_fail(text != NULL && ret_bytes != NULL, false);

    if (unit == PD_OFFSETS_UTF8)
        return byte_offset(text, length, offset, ret_bytes);
    while (at + STRIDE <= length && units < offset) {
        const size_t more = pd_text_units(text + at, STRIDE, unit);

        if (units + more > offset)
            break;
        units += more;
        at += STRIDE;
    }
    while (at < length && (units < offset || is_inside(text[at])))
        units += begun(text[at++], unit == PD_OFFSETS_UTF16);
    if (units != offset)
        return false;
    *ret_bytes = at;
    return true;
}

void
pd_offset_cursor_init(PdOffsetCursor *self, const char *text, PdOffsets unit)
{
    *self = (PdOffsetCursor){ .text = text, .unit = unit };
}

size_t
pd_offset_cursor_at(PdOffsetCursor *self, size_t bytes)
{
    if (self->unit == PD_OFFSETS_UTF8)
        return bytes;
    if (bytes < self->bytes)
        self->bytes = self->units = 0;
    self->units += pd_text_units(self->text + self->bytes, bytes - self->bytes, self->unit);
    self->bytes = bytes;
    return self->units;
}
