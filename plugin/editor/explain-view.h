/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain-view.h - why a finding is one: in the tooltip of its place, and as a page over the text
 */
#pragma once

#include "plugin/editor/annotator.h"

#include <gtk/gtk.h>

typedef struct PdExplainView PdExplainView;

/* The tooltip is of @view; the page hangs on @parent, which has a layout manager. */
PdExplainView *pd_explain_view_new(GtkWidget *parent, GtkTextView *view, PdAnnotator *annotator,
                                   ProofdClient *client);
void pd_explain_view_free(PdExplainView *self); /* before both widgets go */

/* The page, with all that the service knows. @place: in @parent's coordinates */
void pd_explain_view_show(PdExplainView *self, const ProofdFinding *finding,
                          const GdkRectangle *place);
