/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * statistics.h - the numbers in the sidebar: the text, its findings by kind, the time of checking
 */
#pragma once

#include "plugin/editor/annotator.h"
#include "plugin/editor/count.h"

#include <gtk/gtk.h>

#define PD_TYPE_STATISTICS (pd_statistics_get_type())
G_DECLARE_FINAL_TYPE(PdStatistics, pd_statistics, PD, STATISTICS, GtkBox)

GtkWidget *pd_statistics_new(void);
void pd_statistics_set_count(PdStatistics *self, PdCount count);
/* Findings by kind and the time, as they are now. */
void pd_statistics_update(PdStatistics *self, PdAnnotator *annotator);
