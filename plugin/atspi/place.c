/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/place.h"

#include <glib.h>
#include <stdbool.h>

#define CARET_GAP 6
#define CORNER_GAP 16

static int
inside(int at, int size, int start, int room)
{
    return CLAMP(at, start, MAX(start + room - size, start));
}

PdBox
pd_place_near(const PdBox *caret, int width, int height, const PdBox *screen)
{
    const int below = caret->y + caret->height + CARET_GAP;
    const int above = caret->y - CARET_GAP - height;
    const bool fits = below + height <= screen->y + screen->height;

    return (PdBox){
        inside(caret->x, width, screen->x, screen->width),
        inside(fits || above < screen->y ? below : above, height, screen->y, screen->height),
        width,
        height,
    };
}

PdBox
pd_place_corner(int width, int height, const PdBox *screen)
{
    return (PdBox){
        inside(screen->x + screen->width - width - CORNER_GAP, width, screen->x, screen->width),
        inside(screen->y + screen->height - height - CORNER_GAP, height, screen->y, screen->height),
        width,
        height,
    };
}
