/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/offsets.h"

/* How many units the character that begins with byte @lead has. */
static size_t
units_of(PdOffsets unit, guchar lead)
{
    switch (unit) {
    case PD_OFFSETS_UTF8:
        return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    case PD_OFFSETS_UTF16:
        return lead < 0xF0 ? 1 : 2;
    case PD_OFFSETS_CHARS:
        return 1;
    }
    g_assert_not_reached();
}

size_t
pd_text_units(const char *text, size_t length, PdOffsets unit)
{
    size_t units = 0;

    if (unit == PD_OFFSETS_UTF8)
        return length;
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p))
        units += units_of(unit, (guchar)*p);
    return units;
}

bool
pd_text_offset_to_bytes(const char *text, size_t length, PdOffsets unit, size_t offset,
                        size_t *ret_bytes)
{
    const char *p = text, *end = text + length;
    size_t units = 0;

    g_return_val_if_fail(text != NULL && ret_bytes != NULL, false);

    while (p < end && units < offset) {
        units += units_of(unit, (guchar)*p);
        p = g_utf8_next_char(p);
    }
    if (units != offset)
        return false;
    *ret_bytes = (size_t)(p - text);
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
    while (self->bytes < bytes) {
        const char *p = self->text + self->bytes;

        self->units += units_of(self->unit, (guchar)*p);
        self->bytes += (size_t)(g_utf8_next_char(p) - p);
    }
    return self->units;
}
