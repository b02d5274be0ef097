/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * menu.h - the menu of a finding: corrections, what else to do, and the clipboard
 *
 * Its rows activate the window's actions "finding.*" and "text.*".
 */
#pragma once

#include <gtk/gtk.h>
#include <proofd.h>

typedef struct PdMenu PdMenu;

PdMenu *pd_menu_new(GtkWidget *parent); /* it hangs on @parent, which has a layout manager */
void pd_menu_free(PdMenu *self);        /* before @parent goes */

/* @place: in @parent's coordinates; @words: what stands there */
void pd_menu_show(PdMenu *self, const ProofdFinding *finding, const char *words,
                  const GdkRectangle *place);
