/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window-private.h - what the parts of a window share
 */
#pragma once

#include "plugin/editor/annotator.h"
#include "plugin/editor/decisions.h"
#include "plugin/editor/explain-view.h"
#include "plugin/editor/menu.h"
#include "plugin/editor/notice.h"
#include "plugin/editor/search.h"
#include "plugin/editor/sidebar.h"
#include "plugin/editor/text-file.h"
#include "plugin/editor/window.h"

#include <gtksourceview/gtksource.h>

struct _PdWindow {
    GtkApplicationWindow parent;

    PdApp *app; /* borrowed: it owns the windows */
    GtkSourceBuffer *buffer;
    GtkSourceView *view;
    GtkWidget *overlay; /* around the view; menus hang on it */
    GtkWidget *paned;
    PdSidebar *sidebar;
    PdSearch *search;
    PdNotice *notice;
    PdMenu *menu;
    GtkWidget *title, *subtitle, *status;
    GtkWidget *service_bar, *service_label; /* there is nobody to check */
    GtkWidget *file_bar, *file_label, *reload_button, *overwrite_button;

    /* the file: window-file.c */
    GFile *file; /* (nullable): no name yet */
    PdTextForm form;
    char *etag;            /* (nullable): of what was read or written last */
    GFileMonitor *monitor; /* (nullable) */
    guint n_file_calls;    /* reading and writing, under way */
    bool closes_when_saved, is_discarded;

    /* the findings: window-check.c */
    PdAnnotator *annotator;
    PdDecisions *decisions;
    ProofdFinding *current; /* (nullable): what "finding.*" is about */
    PdExplainView *explain_view;
    GCancellable *counting;
    guint count_source;
    GSimpleActionGroup *finding_actions;
};

/* window-file.c */
void pd_window_save(PdWindow *self);
void pd_window_choose_and_open(PdWindow *self);
void pd_window_choose_and_save(PdWindow *self);
void pd_window_ask_to_close(PdWindow *self); /* there is unsaved work */
void pd_window_reload(PdWindow *self);
void pd_window_overwrite(PdWindow *self); /* what another program wrote */
char *pd_window_get_name(PdWindow *self); /* for people; (transfer full) */
void pd_window_done_file(PdWindow *self);

/* window-check.c */
void pd_window_init_check(PdWindow *self);
void pd_window_set_current(PdWindow *self, ProofdFinding *finding);
void pd_window_go_to(PdWindow *self, const ProofdFinding *finding);
void pd_window_go_next(PdWindow *self, bool forward);
void pd_window_show_menu(PdWindow *self); /* of the finding at the cursor */
void pd_window_done_check(PdWindow *self);

/* window.c */
void pd_window_update_title(PdWindow *self);
/* Where @finding stands, in the coordinates of the overlay. */
GdkRectangle pd_window_place_of(PdWindow *self, const ProofdFinding *finding);
