/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/panel.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

#define MAX_CORRECTIONS 6
#define ROW_CORRECTIONS 3
#define MAX_WORD_CHARS 40
#define MESSAGE_CHARS 46
#define GRAB_RETRY_MS 50
#define MAX_GRABS 60 /* the desktop holds the keyboard until the shortcut's keys are let go */

/* A copy of PdPanelFinding. */
typedef struct {
    char *words;
    char *message;
    char **corrections;
    bool is_unknown_word;
} Finding;

struct PdPanel {
    const PdPanelFuncs *funcs;
    void *user_data;
    bool has_popup;
    bool can_grab;
    GtkWidget *popup; /* takes no focus */
    GtkWidget
        *dialog;      /* where a program may not grab the keyboard: a window that takes the focus */
    GtkWidget *frame; /* in one of the two */
    GtkWidget *content;
    GtkWidget *first;    /* the best correction's button, or NULL */
    GPtrArray *findings; /* of Finding, those on show */
    guint current;
    bool has_caret;
    PdBox caret;
    bool has_keys;
    guint grab; /* timer */
    guint n_grabs;
};

static void
finding_free(gpointer data)
{
    Finding *self = data;

    g_free(self->words);
    g_free(self->message);
    g_strfreev(self->corrections);
    g_free(self);
}

static void rebuild(PdPanel *self);

/* (transfer full): on one line, and short */
static char *
shorten(const char *words)
{
    g_autofree char *line = g_strstrip(g_strdelimit(g_strdup(words), "\r\n\t", ' '));

    if (g_utf8_strlen(line, -1) > MAX_WORD_CHARS) {
        *g_utf8_offset_to_pointer(line, MAX_WORD_CHARS) = '\0';
        return g_strconcat(line, "…", NULL);
    }
    return g_steal_pointer(&line);
}

/* --- its place --- */

static void
screen_at(PdPanel *self, PdBox *ret_screen)
{
    GdkDisplay *display = gtk_widget_get_display(self->popup);
    GdkMonitor *monitor = NULL;
    GdkRectangle area = { 0, 0, 1024, 768 };

    if (self->has_caret)
        monitor = gdk_display_get_monitor_at_point(display, self->caret.x, self->caret.y);
    if (monitor == NULL)
        monitor = gdk_display_get_primary_monitor(display);
    if (monitor == NULL)
        monitor = gdk_display_get_monitor(display, 0);
    if (monitor != NULL)
        gdk_monitor_get_workarea(monitor, &area);
    *ret_screen = (PdBox){ area.x, area.y, area.width, area.height };
}

static void
move_to_place(PdPanel *self, int width, int height)
{
    PdBox screen, box;

    screen_at(self, &screen);
    if (self->has_caret)
        box = pd_place_near(&self->caret, width, height, &screen);
    else
        box = pd_place_corner(width, height, &screen);
    gtk_window_move(GTK_WINDOW(self->popup), box.x, box.y);
}

static void
place(PdPanel *self)
{
    GtkRequisition size;

    if (gtk_bin_get_child(GTK_BIN(self->popup)) == NULL)
        return;
    gtk_widget_get_preferred_width(self->frame, NULL, &size.width);
    gtk_widget_get_preferred_height_for_width(self->frame, size.width, NULL, &size.height);
    gtk_window_resize(GTK_WINDOW(self->popup), size.width, size.height);
    move_to_place(self, size.width, size.height);
}

/* The size that it really gets is known only now. */
static void
on_allocated(GtkWidget *popup, GdkRectangle *allocation, gpointer user_data)
{
    move_to_place(user_data, allocation->width, allocation->height);
}

/* --- what the user does --- */

static void
on_correction(GtkButton *button, gpointer user_data)
{
    PdPanel *self = user_data;
    const guint n = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "number"));

    self->funcs->correct(self->current, n, self->user_data);
}

static void
on_ignore(GtkButton *button, gpointer user_data)
{
    PdPanel *self = user_data;

    self->funcs->ignore(self->current, self->user_data);
}

static void
on_add_word(GtkButton *button, gpointer user_data)
{
    PdPanel *self = user_data;

    self->funcs->add_word(self->current, self->user_data);
}

static void
on_close(GtkButton *button, gpointer user_data)
{
    PdPanel *self = user_data;

    pd_panel_hide(self);
    self->funcs->closed(self->user_data);
}

static void
turn(PdPanel *self, int step)
{
    const guint n = self->findings->len;

    if (n == 0)
        return;
    self->current = (self->current + n + (guint)((int)n + step)) % n;
    rebuild(self);
}

static void
on_previous(GtkButton *button, gpointer user_data)
{
    turn(user_data, -1);
}

static void
on_next(GtkButton *button, gpointer user_data)
{
    turn(user_data, 1);
}

static gboolean
on_key(GtkWidget *widget, GdkEventKey *event, gpointer user_data)
{
    PdPanel *self = user_data;
    const Finding *finding =
        self->current < self->findings->len ? self->findings->pdata[self->current] : NULL;
    const guint n_corrections = finding != NULL ? g_strv_length(finding->corrections) : 0;
    const guint key = event->keyval;

    if (!self->has_keys)
        return FALSE;
    if (key == GDK_KEY_Escape) {
        on_close(NULL, self);
        return TRUE;
    }
    if (key >= GDK_KEY_1 && key <= GDK_KEY_9 && key - GDK_KEY_1 < n_corrections) {
        self->funcs->correct(self->current, key - GDK_KEY_1, self->user_data);
        return TRUE;
    }
    if (key == GDK_KEY_Page_Down || key == GDK_KEY_Page_Up) {
        turn(self, key == GDK_KEY_Page_Down ? 1 : -1);
        return TRUE;
    }
    return FALSE;
}

static gboolean
on_delete(GtkWidget *widget, GdkEvent *event, gpointer user_data)
{
    on_close(NULL, user_data);
    return TRUE;
}

/* --- what it looks like --- */

static GtkWidget *
add_button(GtkWidget *box, const char *label, const char *icon, GCallback func, PdPanel *self)
{
    GtkWidget *button = icon == NULL ? gtk_button_new_with_label(label)
                                     : gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_MENU);

    if (icon != NULL) {
        gtk_widget_set_tooltip_text(button, label);
        atk_object_set_name(gtk_widget_get_accessible(button), label);
        gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
    }
    g_signal_connect(button, "clicked", func, self);
    gtk_container_add(GTK_CONTAINER(box), button);
    return button;
}

static void
add_flat(GtkWidget *box, const char *label, GCallback func, PdPanel *self)
{
    gtk_button_set_relief(GTK_BUTTON(add_button(box, label, NULL, func, self)), GTK_RELIEF_NONE);
}

static void
add_head(PdPanel *self, const char *words, const char *message)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *label = gtk_label_new(NULL);
    GtkWidget *close;

    if (*words != '\0') {
        g_autofree char *shown = shorten(words);
        g_autofree char *markup = g_markup_printf_escaped("<b>%s</b>", shown);
        GtkWidget *head = gtk_label_new(NULL);

        gtk_label_set_markup(GTK_LABEL(head), markup);
        gtk_label_set_xalign(GTK_LABEL(head), 0);
        gtk_container_add(GTK_CONTAINER(texts), head);
    }
    gtk_label_set_text(GTK_LABEL(label), message);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), MESSAGE_CHARS);
    /* a window is never lower than its least width makes it: that is to be the width it gets */
    gtk_label_set_width_chars(GTK_LABEL(label),
                              (int)MIN(g_utf8_strlen(message, -1), MESSAGE_CHARS));
    gtk_container_add(GTK_CONTAINER(texts), label);
    gtk_box_pack_start(GTK_BOX(box), texts, TRUE, TRUE, 0);
    close = add_button(box, _("Close"), "window-close-symbolic", G_CALLBACK(on_close), self);
    gtk_widget_set_valign(close, GTK_ALIGN_START);
    gtk_container_add(GTK_CONTAINER(self->content), box);
}

static void
add_corrections(PdPanel *self, const Finding *finding)
{
    GtkWidget *row = NULL;

    for (guint i = 0; i < MAX_CORRECTIONS && finding->corrections[i] != NULL; i++) {
        const char *text = finding->corrections[i];
        g_autofree char *shown = shorten(*text != '\0' ? text : finding->words);
        g_autofree char *label =
            *text != '\0' ? g_steal_pointer(&shown) : g_strdup_printf(_("Delete “%s”"), shown);
        GtkWidget *button;

        if (i % ROW_CORRECTIONS == 0) {
            row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
            gtk_container_add(GTK_CONTAINER(self->content), row);
        }
        button = add_button(row, label, NULL, G_CALLBACK(on_correction), self);
        g_object_set_data(G_OBJECT(button), "number", GUINT_TO_POINTER(i));
        if (i > 0)
            continue;
        gtk_style_context_add_class(gtk_widget_get_style_context(button), "suggested-action");
        self->first = button;
        gtk_widget_grab_focus(button);
    }
}

static void
add_foot(PdPanel *self, const Finding *finding)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    if (self->findings->len > 1) {
        g_autofree char *count =
            g_strdup_printf(_("%u of %u"), self->current + 1, self->findings->len);

        add_button(box, _("Previous finding"), "go-previous-symbolic", G_CALLBACK(on_previous),
                   self);
        gtk_container_add(GTK_CONTAINER(box), gtk_label_new(count));
        add_button(box, _("Next finding"), "go-next-symbolic", G_CALLBACK(on_next), self);
    }
    add_flat(box, _("Ignore"), G_CALLBACK(on_ignore), self);
    if (finding->is_unknown_word)
        add_flat(box, _("Add to dictionary"), G_CALLBACK(on_add_word), self);
    gtk_container_add(GTK_CONTAINER(self->content), box);
}

static void
clear(PdPanel *self)
{
    if (self->content != NULL)
        gtk_widget_destroy(self->content);
    self->first = NULL;
    self->content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_container_set_border_width(GTK_CONTAINER(self->content), 8);
    gtk_container_add(GTK_CONTAINER(self->frame), self->content);
}

static void
rebuild(PdPanel *self)
{
    const Finding *finding = self->findings->pdata[self->current];

    clear(self);
    add_head(self, finding->words, finding->message);
    add_corrections(self, finding);
    add_foot(self, finding);
    gtk_widget_show_all(self->frame);
    place(self);
}

static bool
is_same(const Finding *a, const PdPanelFinding *b)
{
    return g_str_equal(a->words, b->words) && g_str_equal(a->message, b->message) &&
           a->is_unknown_word == b->is_unknown_word &&
           g_strv_equal((const char *const *)a->corrections, b->corrections);
}

/* What is on show stays as it is, under the pointer, unless it differs. Returns: whether it did */
static bool
take_findings(PdPanel *self, const PdPanelFinding *findings, guint n_findings)
{
    bool differs = self->findings->len != n_findings;

    for (guint i = 0; !differs && i < n_findings; i++)
        differs = !is_same(self->findings->pdata[i], &findings[i]);
    if (!differs)
        return false;
    g_ptr_array_set_size(self->findings, 0);
    for (guint i = 0; i < n_findings; i++) {
        Finding *finding = g_new0(Finding, 1);

        finding->words = g_strdup(findings[i].words);
        finding->message = g_strdup(findings[i].message);
        finding->corrections = g_strdupv((char **)findings[i].corrections);
        finding->is_unknown_word = findings[i].is_unknown_word;
        g_ptr_array_add(self->findings, finding);
    }
    return true;
}

void
pd_panel_show(PdPanel *self, const PdPanelFinding *findings, guint n_findings, guint first,
              const PdBox *caret)
{
    g_return_if_fail(n_findings > 0 && first < n_findings);

    self->has_caret = caret != NULL;
    if (caret != NULL)
        self->caret = *caret;
    if (take_findings(self, findings, n_findings)) {
        self->current = first;
        rebuild(self);
    } else {
        place(self);
    }
    if (self->has_popup && !gtk_widget_get_visible(self->dialog))
        gtk_widget_show(self->popup);
}

void
pd_panel_say(PdPanel *self, const char *message)
{
    g_ptr_array_set_size(self->findings, 0);
    clear(self);
    add_head(self, "", message);
    gtk_widget_show_all(self->frame);
    place(self);
    if (self->has_popup && !gtk_widget_get_visible(self->dialog))
        gtk_widget_show(self->popup);
}

/* --- the keyboard --- */

static void
send_focus(PdPanel *self, bool is_in)
{
    GdkEvent *event = gdk_event_new(GDK_FOCUS_CHANGE);

    event->focus_change.window = g_object_ref(gtk_widget_get_window(self->popup));
    event->focus_change.in = is_in;
    gdk_event_set_device(event, gdk_seat_get_keyboard(gdk_display_get_default_seat(
                                    gtk_widget_get_display(self->popup))));
    gtk_widget_send_focus_change(self->popup, event);
    gdk_event_free(event);
}

static void
move_frame(PdPanel *self, GtkWidget *to)
{
    GtkWidget *from = gtk_widget_get_parent(self->frame);

    if (from == to)
        return;
    g_object_ref(self->frame);
    gtk_container_remove(GTK_CONTAINER(from), self->frame);
    gtk_container_add(GTK_CONTAINER(to), self->frame);
    g_object_unref(self->frame);
}

static void
leave_keys(PdPanel *self)
{
    g_clear_handle_id(&self->grab, g_source_remove);
    if (!self->has_keys)
        return;
    self->has_keys = false;
    if (self->can_grab) {
        gdk_seat_ungrab(gdk_display_get_default_seat(gtk_widget_get_display(self->popup)));
        send_focus(self, false);
    } else {
        gtk_widget_hide(self->dialog);
        move_frame(self, self->popup);
    }
    self->funcs->left_keys(self->user_data);
}

static gboolean
on_grab(gpointer user_data)
{
    PdPanel *self = user_data;
    GdkSeat *seat = gdk_display_get_default_seat(gtk_widget_get_display(self->popup));

    if (gdk_seat_grab(seat, gtk_widget_get_window(self->popup), GDK_SEAT_CAPABILITY_KEYBOARD, TRUE,
                      NULL, NULL, NULL, NULL) == GDK_GRAB_SUCCESS) {
        self->grab = 0;
        self->has_keys = true;
        send_focus(self, true);
        gtk_window_set_focus_visible(GTK_WINDOW(self->popup), TRUE);
        return G_SOURCE_REMOVE;
    }
    if (++self->n_grabs < MAX_GRABS)
        return G_SOURCE_CONTINUE;
    self->grab = 0;
    return G_SOURCE_REMOVE;
}

void
pd_panel_take_keys(PdPanel *self)
{
    if (self->has_keys || self->findings->len == 0)
        return;
    if (!self->can_grab) {
        self->has_keys = true;
        gtk_widget_hide(self->popup);
        move_frame(self, self->dialog);
        gtk_widget_show_all(self->frame);
        if (self->first != NULL)
            gtk_widget_grab_focus(self->first);
        gtk_window_present(GTK_WINDOW(self->dialog));
    } else if (self->grab == 0 && gtk_widget_get_visible(self->popup)) {
        self->n_grabs = 0;
        self->grab = g_timeout_add(GRAB_RETRY_MS, on_grab, self);
    }
}

bool
pd_panel_has_keys(PdPanel *self)
{
    return self->has_keys;
}

void
pd_panel_hide(PdPanel *self)
{
    leave_keys(self);
    gtk_widget_hide(self->popup);
    g_ptr_array_set_size(self->findings, 0); /* nothing of the text stays */
    clear(self);
}

/* --- its life --- */

PdPanel *
pd_panel_new(bool has_popup, bool can_grab, const PdPanelFuncs *funcs, void *user_data)
{
    PdPanel *self = g_new0(PdPanel, 1);

    self->funcs = funcs;
    self->user_data = user_data;
    self->has_popup = has_popup;
    self->can_grab = can_grab;
    self->findings = g_ptr_array_new_with_free_func(finding_free);
    self->popup = gtk_window_new(GTK_WINDOW_POPUP);
    gtk_window_set_title(GTK_WINDOW(self->popup), _("Corrections"));
    gtk_window_set_type_hint(GTK_WINDOW(self->popup), GDK_WINDOW_TYPE_HINT_TOOLTIP);
    gtk_window_set_accept_focus(GTK_WINDOW(self->popup), FALSE);
    self->dialog = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_title(GTK_WINDOW(self->dialog), _("Corrections"));
    gtk_window_set_type_hint(GTK_WINDOW(self->dialog), GDK_WINDOW_TYPE_HINT_DIALOG);
    gtk_window_set_keep_above(GTK_WINDOW(self->dialog), TRUE);
    self->frame = gtk_frame_new(NULL);
    gtk_container_add(GTK_CONTAINER(self->popup), self->frame);
    g_signal_connect(self->popup, "size-allocate", G_CALLBACK(on_allocated), self);
    g_signal_connect(self->popup, "key-press-event", G_CALLBACK(on_key), self);
    g_signal_connect(self->dialog, "key-press-event", G_CALLBACK(on_key), self);
    g_signal_connect(self->dialog, "delete-event", G_CALLBACK(on_delete), self);
    clear(self);
    return self;
}

void
pd_panel_free(PdPanel *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->grab, g_source_remove);
    gtk_widget_destroy(self->popup);
    gtk_widget_destroy(self->dialog);
    g_ptr_array_unref(self->findings);
    g_free(self);
}
