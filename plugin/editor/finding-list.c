/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/finding-list.h"

#include "plugin/editor/finding-item.h"
#include "plugin/editor/names.h"
#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

struct _PdFindingList {
    GtkBox parent;
    GListStore *items;
    GtkDropDown *kinds;
    GtkCustomFilter *filter;
    GtkSingleSelection *selection;
    GtkListView *view;
    GtkStack *stack;
};

G_DEFINE_FINAL_TYPE(PdFindingList, pd_finding_list, GTK_TYPE_BOX)

#define ALL 0     /* of the filter's rows; then grammar and style, then the kinds */
#define GRAMMAR 1 /* all but spelling */
#define N_BEFORE_KINDS 2
#define PAGE_LIST "list"
#define PAGE_NONE "none"

static gboolean
is_wanted(gpointer object, gpointer data)
{
    PdFindingList *self = data;
    const ProofdFinding *finding = pd_finding_item_peek(PD_FINDING_ITEM(object));
    const guint row = gtk_drop_down_get_selected(self->kinds);

    if (row == ALL || row == GTK_INVALID_LIST_POSITION)
        return TRUE;
    if (row == GRAMMAR)
        return !pd_annotator_is_spelling(finding);
    return g_str_equal(finding->kind, pd_kinds()[row - N_BEFORE_KINDS]);
}

static void
show_page(PdFindingList *self)
{
    const guint n = g_list_model_get_n_items(G_LIST_MODEL(self->selection));

    gtk_stack_set_visible_child_name(self->stack, n > 0 ? PAGE_LIST : PAGE_NONE);
}

static void
on_kind_chosen(GtkDropDown *kinds, GParamSpec *spec, PdFindingList *self)
{
    gtk_filter_changed(GTK_FILTER(self->filter), GTK_FILTER_CHANGE_DIFFERENT);
    show_page(self);
}

static void
on_activated(GtkListView *view, guint position, PdFindingList *self)
{
    g_autoptr(PdFindingItem) item = g_list_model_get_item(G_LIST_MODEL(self->selection), position);

    if (item != NULL)
        g_signal_emit_by_name(self, "go", pd_finding_item_peek(item));
}

void
pd_finding_list_update(PdFindingList *self, PdAnnotator *annotator)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(annotator);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);

    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *words = pd_annotator_get_text(annotator, finding);

        g_ptr_array_add(items, pd_finding_item_new(finding, words));
    }
    pd_finding_item_update_list(self->items, items);
    show_page(self);
}

void
pd_finding_list_select(PdFindingList *self, const ProofdFinding *finding)
{
    GListModel *rows = G_LIST_MODEL(self->selection);
    const guint n_rows = g_list_model_get_n_items(rows);

    for (guint i = 0; finding != NULL && i < n_rows; i++) {
        g_autoptr(PdFindingItem) item = g_list_model_get_item(rows, i);
        const ProofdFinding *other = pd_finding_item_peek(item);

        if (other->start != finding->start || !g_str_equal(other->rule, finding->rule))
            continue;
        gtk_single_selection_set_selected(self->selection, i);
        gtk_widget_activate_action(GTK_WIDGET(self->view), "list.scroll-to-item", "u", i);
        return;
    }
    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
}

void
pd_finding_list_focus(PdFindingList *self)
{
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

/* Tab leaves the list: GTK 4.8 by itself goes through all rows first. */
static gboolean
on_tab(GtkWidget *widget, GVariant *arguments, gpointer data)
{
    g_signal_emit_by_name(data, "leave");
    return TRUE;
}

static gboolean
on_shift_tab(GtkWidget *widget, GVariant *arguments, gpointer data)
{
    return gtk_widget_grab_focus(GTK_WIDGET(PD_FINDING_LIST(data)->kinds));
}

static void
add_key(PdFindingList *self, const char *trigger, GtkShortcutFunc function)
{
    GtkEventController *keys = gtk_shortcut_controller_new();

    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut(
        GTK_SHORTCUT_CONTROLLER(keys),
        gtk_shortcut_new(gtk_shortcut_trigger_parse_string(trigger),
                         gtk_callback_action_new(function, self, NULL)));
    gtk_widget_add_controller(GTK_WIDGET(self->view), keys);
}

/* --- rows --- */

static GtkWidget *
new_label(const char *css_class)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    if (css_class != NULL)
        gtk_widget_add_css_class(label, css_class);
    return label;
}

static void
on_setup(GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);

    gtk_widget_add_css_class(box, "finding");
    gtk_box_append(GTK_BOX(box), new_label(NULL));
    gtk_box_append(GTK_BOX(box), new_label("caption"));
    gtk_list_item_set_child(row, box);
}

/* "recieve → receive" */
static char *
row_title(PdFindingItem *item)
{
    const ProofdFinding *finding = pd_finding_item_peek(item);
    const char *mark = pd_annotator_is_spelling(finding) ? "error" : "double";
    const char *color = pd_annotator_is_spelling(finding) ? "#e01b24" : "#3584e4";
    const char *first = finding->candidates->len > 0
                            ? ((ProofdCandidate *)finding->candidates->pdata[0])->text
                            : NULL;
    g_autofree char *words =
        g_markup_printf_escaped("<span underline=\"%s\" underline_color=\"%s\">%s</span>", mark,
                                color, pd_finding_item_peek_words(item));
    g_autofree char *then =
        first != NULL ? g_markup_printf_escaped(" → <b>%s</b>", *first != '\0' ? first : "∅")
                      : g_strdup("");

    return g_strconcat(words, then, NULL);
}

static void
on_bind(GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
    PdFindingItem *item = gtk_list_item_get_item(row);
    const ProofdFinding *finding = pd_finding_item_peek(item);
    GtkWidget *title = gtk_widget_get_first_child(gtk_list_item_get_child(row));
    GtkWidget *message = gtk_widget_get_next_sibling(title);
    g_autofree char *markup = row_title(item);
    g_autofree char *spoken =
        g_strdup_printf("%s: %s", pd_kind_title(finding->kind), finding->message);

    gtk_label_set_markup(GTK_LABEL(title), markup);
    gtk_label_set_text(GTK_LABEL(message), finding->message);
    gtk_widget_set_tooltip_text(message, finding->message);
    pd_ui_set_name(gtk_widget_get_parent(gtk_list_item_get_child(row)), spoken);
}

/* --- life --- */

GtkWidget *
pd_finding_list_new(void)
{
    return g_object_new(PD_TYPE_FINDING_LIST, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6,
                        NULL);
}

static GtkWidget *
new_filter_row(PdFindingList *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    g_autoptr(GtkStringList) rows = gtk_string_list_new(NULL);

    gtk_string_list_append(rows, _("All findings"));
    gtk_string_list_append(rows, _("Grammar and style"));
    for (const char *const *kind = pd_kinds(); *kind != NULL; kind++)
        gtk_string_list_append(rows, pd_kind_title(*kind));
    self->kinds = GTK_DROP_DOWN(gtk_drop_down_new(G_LIST_MODEL(g_steal_pointer(&rows)), NULL));
    gtk_widget_set_hexpand(GTK_WIDGET(self->kinds), TRUE);
    g_signal_connect(self->kinds, "notify::selected", G_CALLBACK(on_kind_chosen), self);
    gtk_box_append(GTK_BOX(box), pd_ui_label_of(GTK_WIDGET(self->kinds), _("S_how:")));
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->kinds));
    return box;
}

static GtkWidget *
new_view(PdFindingList *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    GtkWidget *scrolled = gtk_scrolled_window_new();

    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), NULL);
    self->view = GTK_LIST_VIEW(
        gtk_list_view_new(GTK_SELECTION_MODEL(g_object_ref(self->selection)), factory));
    pd_ui_set_name(GTK_WIDGET(self->view), _("Findings"));
    g_signal_connect(self->view, "activate", G_CALLBACK(on_activated), self);
    add_key(self, "Tab", on_tab);
    add_key(self, "<Shift>Tab", on_shift_tab);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(self->view));
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    return scrolled;
}

static void
pd_finding_list_init(PdFindingList *self)
{
    GtkFilterListModel *filtered;
    GtkWidget *none = gtk_label_new(_("Nothing to show"));

    gtk_box_append(GTK_BOX(self), new_filter_row(self));
    self->items = g_list_store_new(PD_TYPE_FINDING_ITEM);
    self->filter = gtk_custom_filter_new(is_wanted, self, NULL);
    filtered = gtk_filter_list_model_new(G_LIST_MODEL(g_object_ref(self->items)),
                                         GTK_FILTER(g_object_ref(self->filter)));
    self->selection = gtk_single_selection_new(G_LIST_MODEL(filtered));
    gtk_single_selection_set_autoselect(self->selection, FALSE);
    gtk_single_selection_set_can_unselect(self->selection, TRUE);
    self->stack = GTK_STACK(gtk_stack_new());
    gtk_widget_set_vexpand(GTK_WIDGET(self->stack), TRUE);
    gtk_widget_add_css_class(none, "dim-label");
    gtk_stack_add_named(self->stack, new_view(self), PAGE_LIST);
    gtk_stack_add_named(self->stack, none, PAGE_NONE);
    gtk_stack_set_visible_child_name(self->stack, PAGE_NONE);
    gtk_box_append(GTK_BOX(self), GTK_WIDGET(self->stack));
}

static void
dispose(GObject *object)
{
    PdFindingList *self = PD_FINDING_LIST(object);

    if (self->filter != NULL)
        gtk_custom_filter_set_filter_func(self->filter, NULL, NULL, NULL);
    g_clear_object(&self->filter);
    g_clear_object(&self->selection);
    g_clear_object(&self->items);
    G_OBJECT_CLASS(pd_finding_list_parent_class)->dispose(object);
}

static void
pd_finding_list_class_init(PdFindingListClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    g_signal_new("leave", PD_TYPE_FINDING_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                 0);
    g_signal_new("go", PD_TYPE_FINDING_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                 PROOFD_TYPE_FINDING);
}
