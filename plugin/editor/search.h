/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * search.h - the bar that finds words in the text
 */
#pragma once

#include <gtksourceview/gtksource.h>
#include <stdbool.h>

#define PD_TYPE_SEARCH (pd_search_get_type())
G_DECLARE_FINAL_TYPE(PdSearch, pd_search, PD, SEARCH, GtkBox)

GtkWidget *pd_search_new(GtkSourceView *view);
void pd_search_open(PdSearch *self); /* with what is selected */
void pd_search_go(PdSearch *self, bool forward);
