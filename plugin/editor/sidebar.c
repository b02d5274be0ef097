/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/sidebar.h"

#include "plugin/editor/details.h"
#include "plugin/editor/finding-list.h"
#include "plugin/editor/names.h"
#include "plugin/editor/statistics.h"
#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

#define PAGE_FINDINGS "findings"
#define PAGE_STATISTICS "statistics"
#define MARGIN 12
#define MIN_WIDTH 320
#define MANY 1000 /* findings, whose rows are not made anew at each letter */
#define MANY_AFTER_MS 700

struct _PdSidebar {
    GtkBox parent;
    GtkDropDown *language, *level;
    char **languages; /* of the rows behind the first, which is the default */
    bool is_filling;  /* not the user's choice */
    GtkStack *stack;
    PdFindingList *list;
    PdStatistics *statistics;
    PdDetails *details;
    PdAnnotator *annotator; /* (nullable): to be shown in the next idle moment */
    guint update_source;
    ProofdFinding *current; /* (nullable) */
};

G_DEFINE_FINAL_TYPE(PdSidebar, pd_sidebar, GTK_TYPE_BOX)

GtkWidget *
pd_sidebar_new(void)
{
    return g_object_new(PD_TYPE_SIDEBAR, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 12,
                        "width-request", MIN_WIDTH, "margin-top", MARGIN, "margin-bottom", MARGIN,
                        "margin-start", MARGIN, "margin-end", MARGIN, NULL);
}

/* --- language and level --- */

static void
on_language(GtkDropDown *drop_down, GParamSpec *spec, PdSidebar *self)
{
    const guint row = gtk_drop_down_get_selected(drop_down);

    if (!self->is_filling && row != GTK_INVALID_LIST_POSITION)
        g_signal_emit_by_name(self, "language-chosen", row > 0 ? self->languages[row - 1] : NULL);
}

static void
on_level(GtkDropDown *drop_down, GParamSpec *spec, PdSidebar *self)
{
    if (!self->is_filling)
        g_signal_emit_by_name(self, "level-chosen",
                              pd_level(gtk_drop_down_get_selected(drop_down)));
}

void
pd_sidebar_set_languages(PdSidebar *self, const char *const *languages, const char *current)
{
    g_autoptr(GtkStringList) titles = gtk_string_list_new(NULL);
    guint selected = 0;

    self->is_filling = true;
    gtk_string_list_append(titles, _("As the service is set"));
    g_strfreev(self->languages);
    self->languages = g_strdupv((char **)languages);
    for (guint i = 0; languages[i] != NULL; i++) {
        g_autofree char *title = pd_language_title(languages[i]);

        gtk_string_list_append(titles, title);
        if (g_strcmp0(languages[i], current) == 0)
            selected = i + 1;
    }
    gtk_drop_down_set_model(self->language, G_LIST_MODEL(titles));
    gtk_drop_down_set_selected(self->language, selected);
    gtk_widget_set_sensitive(GTK_WIDGET(self->language), languages[0] != NULL);
    self->is_filling = false;
}

void
pd_sidebar_set_level(PdSidebar *self, const char *level)
{
    self->is_filling = true;
    gtk_drop_down_set_selected(self->level, pd_level_index(level));
    self->is_filling = false;
}

static GtkDropDown *
add_drop_down(GtkWidget *grid, int row, const char *title, GCallback chosen, PdSidebar *self)
{
    GtkWidget *drop_down = gtk_drop_down_new(G_LIST_MODEL(gtk_string_list_new(NULL)), NULL);
    GtkWidget *label = pd_ui_label_of(drop_down, title);

    gtk_widget_set_hexpand(drop_down, TRUE);
    gtk_grid_attach(GTK_GRID(grid), label, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), drop_down, 1, row, 1, 1);
    g_signal_connect(drop_down, "notify::selected", chosen, self);
    return GTK_DROP_DOWN(drop_down);
}

static GtkWidget *
new_settings(PdSidebar *self)
{
    GtkWidget *grid = gtk_grid_new();
    GtkStringList *levels;

    gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    self->is_filling = true;
    self->language = add_drop_down(grid, 0, _("_Language:"), G_CALLBACK(on_language), self);
    self->level = add_drop_down(grid, 1, _("Le_vel:"), G_CALLBACK(on_level), self);
    levels = GTK_STRING_LIST(gtk_drop_down_get_model(self->level));
    for (guint i = 0; i < PD_N_LEVELS; i++)
        gtk_string_list_append(levels, pd_level_title(i));
    gtk_widget_set_sensitive(GTK_WIDGET(self->language), FALSE);
    self->is_filling = false;
    return grid;
}

/* --- findings --- */

static void
select_current(PdSidebar *self)
{
    pd_finding_list_select(self->list, self->current);
}

static gboolean
update(gpointer data)
{
    PdSidebar *self = data;

    self->update_source = 0;
    pd_finding_list_update(self->list, self->annotator);
    pd_statistics_update(self->statistics, self->annotator);
    select_current(self);
    return G_SOURCE_REMOVE;
}

void
pd_sidebar_update_soon(PdSidebar *self, PdAnnotator *annotator)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(annotator);

    if (self->update_source == 0)
        self->update_source = findings->len < MANY ? g_idle_add(update, self)
                                                   : g_timeout_add(MANY_AFTER_MS, update, self);
    g_set_object(&self->annotator, annotator);
}

void
pd_sidebar_set_count(PdSidebar *self, PdCount count)
{
    pd_statistics_set_count(self->statistics, count);
}

void
pd_sidebar_set_current(PdSidebar *self, ProofdFinding *finding, const char *words)
{
    const bool is_other = finding != self->current;

    g_clear_pointer(&self->current, proofd_finding_unref);
    self->current = finding != NULL ? proofd_finding_ref(finding) : NULL;
    if (is_other)
        pd_details_show(self->details, finding, words);
    if (self->update_source == 0)
        select_current(self);
}

static void
on_go(PdFindingList *list, ProofdFinding *finding, PdSidebar *self)
{
    g_signal_emit_by_name(self, "go", finding);
}

/* To the corrections, or round to the start of the sidebar where there are none. */
static void
on_leave(PdFindingList *list, PdSidebar *self)
{
    if (!gtk_widget_child_focus(GTK_WIDGET(self->details), GTK_DIR_TAB_FORWARD))
        gtk_widget_child_focus(gtk_widget_get_first_child(GTK_WIDGET(self)), GTK_DIR_TAB_FORWARD);
}

bool
pd_sidebar_get_shows_statistics(PdSidebar *self)
{
    return g_strcmp0(gtk_stack_get_visible_child_name(self->stack), PAGE_STATISTICS) == 0;
}

void
pd_sidebar_set_shows_statistics(PdSidebar *self, bool shows)
{
    gtk_stack_set_visible_child_name(self->stack, shows ? PAGE_STATISTICS : PAGE_FINDINGS);
}

void
pd_sidebar_focus_findings(PdSidebar *self)
{
    pd_sidebar_set_shows_statistics(self, false);
    pd_finding_list_focus(self->list);
}

/* --- life --- */

static void
pd_sidebar_init(PdSidebar *self)
{
    GtkWidget *switcher = gtk_stack_switcher_new();

    self->stack = GTK_STACK(gtk_stack_new());
    self->list = PD_FINDING_LIST(pd_finding_list_new());
    self->statistics = PD_STATISTICS(pd_statistics_new());
    self->details = PD_DETAILS(pd_details_new());
    g_signal_connect(self->list, "go", G_CALLBACK(on_go), self);
    g_signal_connect(self->list, "leave", G_CALLBACK(on_leave), self);
    gtk_stack_add_titled(self->stack, GTK_WIDGET(self->list), PAGE_FINDINGS, _("Findings"));
    gtk_stack_add_titled(self->stack, GTK_WIDGET(self->statistics), PAGE_STATISTICS,
                         _("Statistics"));
    gtk_stack_switcher_set_stack(GTK_STACK_SWITCHER(switcher), self->stack);
    gtk_widget_set_halign(switcher, GTK_ALIGN_FILL);
    gtk_box_append(GTK_BOX(self), new_settings(self));
    gtk_box_append(GTK_BOX(self), switcher);
    gtk_box_append(GTK_BOX(self), GTK_WIDGET(self->stack));
    gtk_box_append(GTK_BOX(self), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
    gtk_box_append(GTK_BOX(self), GTK_WIDGET(self->details));
}

static void
dispose(GObject *object)
{
    PdSidebar *self = PD_SIDEBAR(object);

    g_clear_handle_id(&self->update_source, g_source_remove);
    g_clear_object(&self->annotator);
    g_clear_pointer(&self->current, proofd_finding_unref);
    g_clear_pointer(&self->languages, g_strfreev);
    G_OBJECT_CLASS(pd_sidebar_parent_class)->dispose(object);
}

static void
pd_sidebar_class_init(PdSidebarClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    g_signal_new("go", PD_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                 PROOFD_TYPE_FINDING);
    g_signal_new("language-chosen", PD_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_signal_new("level-chosen", PD_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
}
