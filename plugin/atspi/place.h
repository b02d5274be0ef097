/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.h - where the panel goes on the screen; in pixels
 */
#pragma once

typedef struct {
    int x, y, width, height;
} PdBox;

/* Below @caret, above it where there is no room, and never outside of @screen. */
PdBox pd_place_near(const PdBox *caret, int width, int height, const PdBox *screen);

/* At the end of the last line of @screen, some pixels off its edges. */
PdBox pd_place_corner(int width, int height, const PdBox *screen);
