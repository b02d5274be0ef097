/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window.c - a window's widgets, keys and actions
 */
#include "plugin/editor/decisions-view.h"
#include "plugin/editor/shortcuts.h"
#include "plugin/editor/ui.h"
#include "plugin/editor/window-private.h"

#include <glib/gi18n-lib.h>

#define TEXT_MARGIN 18
#define LINE_GAP 3 /* room for the underlines */

G_DEFINE_FINAL_TYPE(PdWindow, pd_window, GTK_TYPE_APPLICATION_WINDOW)

/* "~/texts" for the user's own; (transfer full) */
static char *
folder_title(GFile *file)
{
    g_autoptr(GFile) folder = g_file_get_parent(file), home = g_file_new_for_path(g_get_home_dir());
    g_autofree char *below = folder != NULL ? g_file_get_relative_path(home, folder) : NULL;

    if (folder == NULL)
        return g_strdup("");
    if (below != NULL)
        return g_strconcat("~/", below, NULL);
    return g_file_equal(folder, home) ? g_strdup("~") : g_file_get_parse_name(folder);
}

void
pd_window_update_title(PdWindow *self)
{
    const bool is_modified = gtk_text_buffer_get_modified(GTK_TEXT_BUFFER(self->buffer));
    g_autofree char *name = pd_window_get_name(self);
    g_autofree char *title = g_strconcat(is_modified ? "• " : "", name, NULL);
    g_autofree char *of_window = g_strdup_printf("%s – proof-editor", title);
    g_autofree char *path = self->file != NULL ? folder_title(self->file) : g_strdup("");

    gtk_label_set_text(GTK_LABEL(self->title), title);
    gtk_label_set_text(GTK_LABEL(self->subtitle), path);
    gtk_widget_set_visible(self->subtitle, *path != '\0');
    gtk_window_set_title(GTK_WINDOW(self), of_window);
}

GdkRectangle
pd_window_place_of(PdWindow *self, const ProofdFinding *finding)
{
    GtkTextView *view = GTK_TEXT_VIEW(self->view);
    GtkTextIter start, end;
    GdkRectangle place;
    double x, y;

    pd_annotator_get_bounds(self->annotator, finding, &start, &end);
    gtk_text_view_get_iter_location(view, &start, &place);
    gtk_text_view_buffer_to_window_coords(view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &place.x,
                                          &place.y);
    gtk_widget_translate_coordinates(GTK_WIDGET(view), self->overlay, place.x, place.y, &x, &y);
    place.x = (int)x;
    place.y = (int)y;
    place.width = MAX(place.width, 1);
    return place;
}

/* --- actions --- */

static void
on_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdWindow *self = data;
    const char *name = g_action_get_name(G_ACTION(action));

    if (g_str_equal(name, "open"))
        pd_window_choose_and_open(self);
    else if (g_str_equal(name, "save"))
        pd_window_save(self);
    else if (g_str_equal(name, "save-as"))
        pd_window_choose_and_save(self);
    else if (g_str_equal(name, "close"))
        gtk_window_close(GTK_WINDOW(self));
    else if (g_str_equal(name, "find"))
        pd_search_open(self->search);
    else if (g_str_equal(name, "retry"))
        pd_session_retry(pd_annotator_peek_session(self->annotator));
    else if (g_str_equal(name, "reload"))
        pd_window_reload(self);
    else if (g_str_equal(name, "overwrite"))
        pd_window_overwrite(self);
    else if (g_str_equal(name, "corrections"))
        pd_window_show_menu(self);
    else if (g_str_equal(name, "decisions"))
        pd_decisions_view_show(GTK_WINDOW(self), self->decisions);
}

static void
on_find_next(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    pd_search_go(((PdWindow *)data)->search, true);
}

static void
on_find_previous(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    pd_search_go(((PdWindow *)data)->search, false);
}

static void
on_next(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    pd_window_go_next(data, true);
}

static void
on_previous(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    pd_window_go_next(data, false);
}

static void
on_take_back(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdWindow *self = data;
    g_autofree char *undone = pd_decisions_undo_last(self->decisions);

    pd_notice_show(self->notice, undone != NULL ? undone : _("There is nothing to take back."),
                   NULL);
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

static void
on_list_findings(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdWindow *self = data;

    gtk_widget_set_visible(GTK_WIDGET(self->sidebar), TRUE);
    pd_sidebar_focus_findings(self->sidebar);
}

static const GActionEntry entries[] = {
    { .name = "open", .activate = on_action },
    { .name = "save", .activate = on_action },
    { .name = "save-as", .activate = on_action },
    { .name = "close", .activate = on_action },
    { .name = "find", .activate = on_action },
    { .name = "retry", .activate = on_action },
    { .name = "reload", .activate = on_action },
    { .name = "overwrite", .activate = on_action },
    { .name = "corrections", .activate = on_action },
    { .name = "decisions", .activate = on_action },
    { .name = "find-next", .activate = on_find_next },
    { .name = "find-previous", .activate = on_find_previous },
    { .name = "next-finding", .activate = on_next },
    { .name = "previous-finding", .activate = on_previous },
    { .name = "take-back", .activate = on_take_back },
    { .name = "list-findings", .activate = on_list_findings },
};

/* What the text view does by itself, for menus that do not hang on it. */
static void
on_text_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdWindow *self = data;
    const char *name = g_action_get_name(G_ACTION(action));
    g_autofree char *full =
        g_strconcat(g_str_equal(name, "undo") ? "text." : "clipboard.", name, NULL);

    gtk_widget_activate_action(GTK_WIDGET(self->view), full, NULL);
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
}

static const GActionEntry text_entries[] = {
    { .name = "cut", .activate = on_text_action },
    { .name = "copy", .activate = on_text_action },
    { .name = "paste", .activate = on_text_action },
    { .name = "undo", .activate = on_text_action },
};

/* --- pointer, keys, drops --- */

static void
on_secondary_click(GtkGestureClick *gesture, int n_press, double x, double y, PdWindow *self)
{
    GtkTextView *view = GTK_TEXT_VIEW(self->view);
    g_autoptr(ProofdFinding) finding = NULL;
    GtkTextIter at;
    int buffer_x, buffer_y;

    gtk_text_view_window_to_buffer_coords(view, GTK_TEXT_WINDOW_WIDGET, (int)x, (int)y, &buffer_x,
                                          &buffer_y);
    gtk_text_view_get_iter_at_location(view, &at, buffer_x, buffer_y);
    finding = pd_annotator_find_at(self->annotator, (guint)gtk_text_iter_get_offset(&at));
    if (finding == NULL)
        return; /* the view's own menu */
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    if (!gtk_text_buffer_get_has_selection(GTK_TEXT_BUFFER(self->buffer)))
        gtk_text_buffer_place_cursor(GTK_TEXT_BUFFER(self->buffer), &at);
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
    pd_window_set_current(self, finding);
    pd_window_show_menu(self);
}

/* The key that opens menus: that of the finding at the cursor, or else the view's own. */
static gboolean
on_menu_key(GtkWidget *widget, GVariant *arguments, gpointer data)
{
    PdWindow *self = data;

    if (self->current == NULL)
        return FALSE;
    pd_window_show_menu(self);
    return TRUE;
}

static void
add_keys(PdWindow *self)
{
    GtkEventController *keys = gtk_shortcut_controller_new();
    static const char *const triggers[] = { "Menu", "<Shift>F10" };

    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    for (gsize i = 0; i < G_N_ELEMENTS(triggers); i++)
        gtk_shortcut_controller_add_shortcut(
            GTK_SHORTCUT_CONTROLLER(keys),
            gtk_shortcut_new(gtk_shortcut_trigger_parse_string(triggers[i]),
                             gtk_callback_action_new(on_menu_key, self, NULL)));
    gtk_widget_add_controller(GTK_WIDGET(self->view), keys);
}

static gboolean
on_drop(GtkDropTarget *target, const GValue *value, double x, double y, PdWindow *self)
{
    GSList *files = g_value_get_boxed(value);

    for (GSList *link = files; link != NULL; link = link->next)
        pd_app_open(self->app, link->data);
    return files != NULL;
}

static void
add_controllers(PdWindow *self)
{
    GtkGesture *click = gtk_gesture_click_new();
    GtkDropTarget *drop = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect(click, "pressed", G_CALLBACK(on_secondary_click), self);
    gtk_widget_add_controller(GTK_WIDGET(self->view), GTK_EVENT_CONTROLLER(click));
    add_keys(self);
    /* before the view, which would take the names as text */
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(drop), GTK_PHASE_CAPTURE);
    g_signal_connect(drop, "drop", G_CALLBACK(on_drop), self);
    gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(drop));
}

/* --- widgets --- */

static GMenuModel *
new_primary_menu(void)
{
    GMenu *menu = g_menu_new();
    g_autoptr(GMenu) files = g_menu_new(), findings = g_menu_new(), look = g_menu_new(),
                     help = g_menu_new();

    g_menu_append(files, _("_New Window"), "app.new-window");
    g_menu_append(files, _("Save _As…"), "win.save-as");
    g_menu_append(files, _("_Find…"), "win.find");
    g_menu_append(findings, _("Show the _Sidebar"), "win.sidebar");
    g_menu_append(findings, _("_Take Back Last Decision"), "win.take-back");
    g_menu_append(findings, _("_Ignored and Turned Off…"), "win.decisions");
    g_menu_append(look, _("Follow the S_ystem"), "app.scheme::system");
    g_menu_append(look, _("_Light"), "app.scheme::light");
    g_menu_append(look, _("_Dark"), "app.scheme::dark");
    g_menu_append(help, _("_Keyboard Shortcuts"), "win.show-help-overlay");
    g_menu_append(help, _("A_bout proof-editor"), "app.about");
    g_menu_append_section(menu, NULL, G_MENU_MODEL(files));
    g_menu_append_section(menu, NULL, G_MENU_MODEL(findings));
    g_menu_append_section(menu, _("Colours"), G_MENU_MODEL(look));
    g_menu_append_section(menu, NULL, G_MENU_MODEL(help));
    return G_MENU_MODEL(menu);
}

static GtkWidget *
new_title(PdWindow *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
    self->title = gtk_label_new(NULL);
    self->subtitle = gtk_label_new(NULL);
    gtk_label_set_ellipsize(GTK_LABEL(self->title), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_ellipsize(GTK_LABEL(self->subtitle), PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_add_css_class(self->title, "title");
    gtk_widget_add_css_class(self->subtitle, "subtitle");
    gtk_box_append(GTK_BOX(box), self->title);
    gtk_box_append(GTK_BOX(box), self->subtitle);
    return box;
}

static GtkWidget *
new_header(PdWindow *self)
{
    GtkWidget *header = gtk_header_bar_new();
    GtkWidget *open = pd_ui_button(_("_Open"), "win.open");
    GtkWidget *save = pd_ui_button(_("_Save"), "win.save");
    GtkWidget *menu = gtk_menu_button_new(), *sidebar = gtk_toggle_button_new();
    g_autoptr(GMenuModel) model = new_primary_menu();

    gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(menu), "open-menu-symbolic");
    gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(menu), model);
    gtk_menu_button_set_primary(GTK_MENU_BUTTON(menu), TRUE);
    gtk_widget_set_tooltip_text(menu, _("Main menu"));
    gtk_button_set_icon_name(GTK_BUTTON(sidebar), "sidebar-show-right-symbolic");
    gtk_widget_set_tooltip_text(sidebar, _("Show the sidebar"));
    pd_ui_set_name(sidebar, _("Show the sidebar"));
    pd_ui_set_name(menu, _("Main menu"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(sidebar), "win.sidebar");
    gtk_header_bar_pack_start(GTK_HEADER_BAR(header), open);
    gtk_header_bar_pack_start(
        GTK_HEADER_BAR(header),
        pd_ui_icon_button("go-up-symbolic", _("Previous finding"), "win.previous-finding"));
    gtk_header_bar_pack_start(
        GTK_HEADER_BAR(header),
        pd_ui_icon_button("go-down-symbolic", _("Next finding"), "win.next-finding"));
    gtk_header_bar_set_title_widget(GTK_HEADER_BAR(header), new_title(self));
    gtk_header_bar_pack_end(GTK_HEADER_BAR(header), menu);
    gtk_header_bar_pack_end(GTK_HEADER_BAR(header), sidebar);
    gtk_header_bar_pack_end(GTK_HEADER_BAR(header), save);
    return header;
}

static GtkWidget *
new_bar(GtkWidget **ret_label)
{
    GtkWidget *bar = gtk_info_bar_new();

    *ret_label = gtk_label_new(NULL);
    gtk_label_set_wrap(GTK_LABEL(*ret_label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(*ret_label), 0);
    gtk_info_bar_add_child(GTK_INFO_BAR(bar), *ret_label);
    gtk_info_bar_set_revealed(GTK_INFO_BAR(bar), FALSE);
    return bar;
}

static GtkWidget *
add_bar_button(GtkWidget *bar, const char *title, const char *action)
{
    GtkWidget *button = pd_ui_button(title, action);

    gtk_info_bar_add_action_widget(GTK_INFO_BAR(bar), button, GTK_RESPONSE_NONE);
    return button;
}

static void
on_bar_response(GtkInfoBar *bar, int response, gpointer unused)
{
    gtk_info_bar_set_revealed(bar, FALSE);
}

static void
add_bars(PdWindow *self, GtkWidget *box)
{
    self->service_bar = new_bar(&self->service_label);
    gtk_info_bar_set_message_type(GTK_INFO_BAR(self->service_bar), GTK_MESSAGE_INFO);
    add_bar_button(self->service_bar, _("Try _Now"), "win.retry");
    self->file_bar = new_bar(&self->file_label);
    self->reload_button = add_bar_button(self->file_bar, _("R_eload"), "win.reload");
    self->overwrite_button = add_bar_button(self->file_bar, _("Overwri_te"), "win.overwrite");
    gtk_info_bar_set_show_close_button(GTK_INFO_BAR(self->file_bar), TRUE);
    g_signal_connect(self->file_bar, "response", G_CALLBACK(on_bar_response), NULL);
    gtk_box_append(GTK_BOX(box), self->service_bar);
    gtk_box_append(GTK_BOX(box), self->file_bar);
}

static void
set_up_view(PdWindow *self)
{
    GtkTextView *view;

    self->buffer = gtk_source_buffer_new(NULL);
    self->view = GTK_SOURCE_VIEW(gtk_source_view_new_with_buffer(self->buffer));
    view = GTK_TEXT_VIEW(self->view);
    gtk_text_view_set_wrap_mode(view, GTK_WRAP_WORD_CHAR);
    gtk_text_view_set_top_margin(view, TEXT_MARGIN);
    gtk_text_view_set_bottom_margin(view, TEXT_MARGIN);
    gtk_text_view_set_left_margin(view, TEXT_MARGIN);
    gtk_text_view_set_right_margin(view, TEXT_MARGIN);
    gtk_text_view_set_pixels_below_lines(view, LINE_GAP);
    gtk_text_view_set_pixels_inside_wrap(view, LINE_GAP);
    gtk_widget_add_css_class(GTK_WIDGET(view), "proof-text");
    pd_ui_set_name(GTK_WIDGET(view), _("Text"));
}

static GtkWidget *
new_text_side(PdWindow *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *scrolled = gtk_scrolled_window_new();

    set_up_view(self);
    self->search = PD_SEARCH(pd_search_new(self->view));
    self->notice = PD_NOTICE(pd_notice_new());
    self->overlay = gtk_overlay_new();
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(self->view));
    gtk_overlay_set_child(GTK_OVERLAY(self->overlay), scrolled);
    gtk_overlay_add_overlay(GTK_OVERLAY(self->overlay), GTK_WIDGET(self->notice));
    gtk_widget_set_vexpand(self->overlay, TRUE);
    gtk_widget_set_hexpand(self->overlay, TRUE);
    self->status = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(self->status), 0);
    gtk_widget_add_css_class(self->status, "proof-status");
    add_bars(self, box);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->search));
    gtk_box_append(GTK_BOX(box), self->overlay);
    gtk_box_append(GTK_BOX(box), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
    gtk_box_append(GTK_BOX(box), self->status);
    return box;
}

static void
build(PdWindow *self, const PdWindowState *state)
{
    GtkPaned *paned = GTK_PANED(gtk_paned_new(GTK_ORIENTATION_HORIZONTAL));

    self->paned = GTK_WIDGET(paned);
    gtk_window_set_titlebar(GTK_WINDOW(self), new_header(self));
    gtk_paned_set_start_child(paned, new_text_side(self));
    self->sidebar = PD_SIDEBAR(pd_sidebar_new());
    gtk_paned_set_end_child(paned, GTK_WIDGET(self->sidebar));
    gtk_paned_set_resize_end_child(paned, FALSE);
    gtk_paned_set_shrink_start_child(paned, FALSE);
    gtk_paned_set_shrink_end_child(paned, FALSE);
    gtk_paned_set_position(paned, state->width - state->sidebar_width);
    gtk_window_set_child(GTK_WINDOW(self), self->paned);
    gtk_window_set_default_size(GTK_WINDOW(self), state->width, state->height);
    if (state->is_maximized)
        gtk_window_maximize(GTK_WINDOW(self));
    gtk_widget_set_visible(GTK_WIDGET(self->sidebar), state->has_sidebar);
    pd_sidebar_set_shows_statistics(self->sidebar, state->shows_statistics);
}

/* --- life --- */

static void
remember(PdWindow *self)
{
    PdState *state = pd_app_peek_state(self->app);
    PdWindowState window = pd_state_get_window(state);
    const int sidebar_width = gtk_widget_get_width(GTK_WIDGET(self->sidebar));

    gtk_window_get_default_size(GTK_WINDOW(self), &window.width, &window.height);
    window.is_maximized = gtk_window_is_maximized(GTK_WINDOW(self));
    window.has_sidebar = gtk_widget_get_visible(GTK_WIDGET(self->sidebar));
    if (window.has_sidebar && sidebar_width > 0)
        window.sidebar_width =
            gtk_widget_get_width(self->paned) - gtk_paned_get_position(GTK_PANED(self->paned));
    window.shows_statistics = pd_sidebar_get_shows_statistics(self->sidebar);
    pd_state_set_window(state, window);
    pd_app_save_state(self->app);
}

static gboolean
on_close_request(GtkWindow *window)
{
    PdWindow *self = PD_WINDOW(window);
    const bool is_modified = gtk_text_buffer_get_modified(GTK_TEXT_BUFFER(self->buffer));

    if ((is_modified || self->n_file_calls > 0) && !self->is_discarded) {
        pd_window_ask_to_close(self);
        return TRUE;
    }
    remember(self);
    return GTK_WINDOW_CLASS(pd_window_parent_class)->close_request(window);
}

static void
on_look(PdApp *app, PdWindow *self)
{
    GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme(
        gtk_source_style_scheme_manager_get_default(),
        pd_app_is_dark(app) ? "Adwaita-dark" : "Adwaita");

    gtk_source_buffer_set_style_scheme(self->buffer, scheme);
}

PdWindow *
pd_window_new(PdApp *app)
{
    PdWindow *self = g_object_new(PD_TYPE_WINDOW, "application", app, NULL);
    const PdWindowState state = pd_state_get_window(pd_app_peek_state(app));
    g_autoptr(GPropertyAction) sidebar = NULL;
    g_autoptr(GSimpleActionGroup) text_actions = g_simple_action_group_new();

    self->app = app;
    build(self, &state);
    pd_window_init_check(self);
    add_controllers(self);
    g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
    g_action_map_add_action_entries(G_ACTION_MAP(text_actions), text_entries,
                                    G_N_ELEMENTS(text_entries), self);
    gtk_widget_insert_action_group(GTK_WIDGET(self), "text", G_ACTION_GROUP(text_actions));
    sidebar = g_property_action_new("sidebar", self->sidebar, "visible");
    g_action_map_add_action(G_ACTION_MAP(self), G_ACTION(sidebar));
    gtk_application_window_set_help_overlay(GTK_APPLICATION_WINDOW(self), pd_shortcuts_new());
    g_signal_connect_object(app, "look-changed", G_CALLBACK(on_look), self, 0);
    g_signal_connect_object(self->buffer, "modified-changed", G_CALLBACK(pd_window_update_title),
                            self, G_CONNECT_SWAPPED);
    on_look(app, self);
    pd_window_update_title(self);
    pd_annotator_start(self->annotator);
    gtk_widget_grab_focus(GTK_WIDGET(self->view));
    return self;
}

static void
pd_window_init(PdWindow *self)
{
}

static void
dispose(GObject *object)
{
    PdWindow *self = PD_WINDOW(object);

    pd_window_done_check(self);
    pd_window_done_file(self);
    g_clear_object(&self->buffer);
    G_OBJECT_CLASS(pd_window_parent_class)->dispose(object);
}

static void
pd_window_class_init(PdWindowClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    GTK_WINDOW_CLASS(class)->close_request = on_close_request;
}
