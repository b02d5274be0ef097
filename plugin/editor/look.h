/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.h - light or dark: as the user wants it, or as the desktop says
 *
 * GTK 4.8 by itself does not follow the desktop's preference, which the portal tells
 * (org.freedesktop.appearance, color-scheme).
 */
#pragma once

#include "plugin/editor/state.h"

#include <gio/gio.h>

#define PD_TYPE_LOOK (pd_look_get_type())

/* Signal "changed", without arguments: pd_look_is_dark() is another. */
G_DECLARE_FINAL_TYPE(PdLook, pd_look, PD, LOOK, GObject)

PdLook *pd_look_new(void); /* needs a display */
void pd_look_set_scheme(PdLook *self, PdScheme scheme);
bool pd_look_is_dark(const PdLook *self);
