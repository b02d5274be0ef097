/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decisions-view.h - a window with what was ignored, added and turned off, each to be taken back
 */
#pragma once

#include "plugin/editor/decisions.h"

#include <gtk/gtk.h>

void pd_decisions_view_show(GtkWindow *parent, PdDecisions *decisions);
