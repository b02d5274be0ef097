/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window-file.c - a window's file: read, written, watched; no work is lost without a question
 */
#include "plugin/editor/window-private.h"

#include <glib/gi18n-lib.h>

typedef enum { ASK_NOTHING, ASK_RELOAD } Ask;

static void
say(PdWindow *self, GtkMessageType type, const char *text, Ask ask)
{
    gtk_info_bar_set_message_type(GTK_INFO_BAR(self->file_bar), type);
    gtk_label_set_text(GTK_LABEL(self->file_label), text);
    gtk_widget_set_visible(self->reload_button, ask == ASK_RELOAD);
    gtk_widget_set_visible(self->overwrite_button, ask == ASK_RELOAD);
    gtk_info_bar_set_revealed(GTK_INFO_BAR(self->file_bar), TRUE);
}

static void
say_failed(PdWindow *self, GFile *file, bool is_reading, const char *problem)
{
    g_autofree char *name = g_file_get_parse_name(file);
    g_autofree char *text = is_reading
                                ? g_strdup_printf(_("“%s” cannot be opened. %s"), name, problem)
                                : g_strdup_printf(_("“%s” cannot be saved. %s"), name, problem);

    say(self, GTK_MESSAGE_ERROR, text, ASK_NOTHING);
}

char *
pd_window_get_name(PdWindow *self)
{
    g_autofree char *base = NULL;

    if (self->file == NULL)
        return g_strdup(_("Untitled"));
    base = g_file_get_basename(self->file);
    return g_filename_display_name(base);
}

/* --- the file on the disk --- */

static void
on_looked(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdWindow) self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GFileInfo) info = g_file_query_info_finish(G_FILE(object), result, &error);
    g_autofree char *name = pd_window_get_name(self);
    g_autofree char *text = NULL;

    if (G_FILE(object) != self->file || self->n_file_calls > 0 || self->etag == NULL)
        return;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_clear_pointer(&self->etag, g_free);
        gtk_text_buffer_set_modified(GTK_TEXT_BUFFER(self->buffer), TRUE);
        text = g_strdup_printf(_("“%s” is gone from the disk. Save writes it again."), name);
        say(self, GTK_MESSAGE_WARNING, text, ASK_NOTHING);
    } else if (info != NULL && g_strcmp0(g_file_info_get_etag(info), self->etag) != 0) {
        text = g_strdup_printf(_("Another program has changed “%s”."), name);
        say(self, GTK_MESSAGE_WARNING, text, ASK_RELOAD);
    }
}

static void
on_disk_event(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
              PdWindow *self)
{
    if (self->file != NULL)
        g_file_query_info_async(self->file, G_FILE_ATTRIBUTE_ETAG_VALUE, G_FILE_QUERY_INFO_NONE,
                                G_PRIORITY_DEFAULT, NULL, on_looked, g_object_ref(self));
}

static void
take_file(PdWindow *self, GFile *file, const char *etag)
{
    g_autofree char *base = g_file_get_basename(file);
    GtkSourceLanguage *language = gtk_source_language_manager_guess_language(
        gtk_source_language_manager_get_default(), base, NULL);

    g_set_object(&self->file, file);
    g_free(self->etag);
    self->etag = g_strdup(etag);
    g_clear_object(&self->monitor);
    self->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
    if (self->monitor != NULL)
        g_signal_connect_object(self->monitor, "changed", G_CALLBACK(on_disk_event), self, 0);
    gtk_source_buffer_set_language(self->buffer, language);
    pd_session_set_format(pd_annotator_peek_session(self->annotator), pd_text_format(base));
    pd_window_update_title(self);
}

/* --- reading --- */

static void
take_text(PdWindow *self, const char *text)
{
    GtkTextBuffer *buffer = GTK_TEXT_BUFFER(self->buffer);
    GtkTextIter start;

    gtk_text_buffer_begin_irreversible_action(buffer);
    gtk_text_buffer_set_text(buffer, text, -1);
    gtk_text_buffer_end_irreversible_action(buffer);
    gtk_text_buffer_set_modified(buffer, FALSE);
    gtk_text_buffer_get_start_iter(buffer, &start);
    gtk_text_buffer_place_cursor(buffer, &start);
}

static void
end_call(PdWindow *self)
{
    self->n_file_calls--;
    gtk_text_view_set_editable(GTK_TEXT_VIEW(self->view), TRUE);
}

static void
on_read(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdWindow) self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *etag = NULL, *text = NULL;
    PdTextForm form = { false, false };

    bytes = g_file_load_bytes_finish(G_FILE(object), result, &etag, &error);
    end_call(self);
    if (self->annotator == NULL)
        return; /* the window is closed */
    if (bytes != NULL)
        text = pd_text_decode(bytes, &form, &error);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        text = g_strdup("");
    if (text == NULL) {
        say_failed(self, G_FILE(object), true, error->message);
        pd_annotator_start(self->annotator);
        return;
    }
    self->form = form;
    gtk_info_bar_set_revealed(GTK_INFO_BAR(self->file_bar), FALSE);
    take_file(self, G_FILE(object), etag);
    take_text(self, text);
    pd_annotator_start(self->annotator);
}

void
pd_window_load(PdWindow *self, GFile *file)
{
    pd_annotator_stop(self->annotator);
    gtk_text_view_set_editable(GTK_TEXT_VIEW(self->view), FALSE);
    self->n_file_calls++;
    g_file_load_bytes_async(file, NULL, on_read, g_object_ref(self));
}

void
pd_window_reload(PdWindow *self)
{
    if (self->file != NULL)
        pd_window_load(self, self->file);
}

GFile *
pd_window_peek_file(PdWindow *self)
{
    return self->file;
}

bool
pd_window_is_pristine(PdWindow *self)
{
    return self->file == NULL && self->n_file_calls == 0 &&
           gtk_text_buffer_get_char_count(GTK_TEXT_BUFFER(self->buffer)) == 0 &&
           !gtk_text_buffer_get_modified(GTK_TEXT_BUFFER(self->buffer));
}

/* --- writing --- */

static void
on_written(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdWindow) self = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *etag = NULL;
    const bool closes = self->closes_when_saved;

    end_call(self);
    self->closes_when_saved = false;
    if (g_file_replace_contents_finish(G_FILE(object), result, &etag, &error)) {
        gtk_info_bar_set_revealed(GTK_INFO_BAR(self->file_bar), FALSE);
        take_file(self, G_FILE(object), etag);
        if (closes)
            gtk_window_close(GTK_WINDOW(self));
        return;
    }
    gtk_text_buffer_set_modified(GTK_TEXT_BUFFER(self->buffer), TRUE);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG)) {
        g_autofree char *name = pd_window_get_name(self);
        g_autofree char *text = g_strdup_printf(
            _("“%s” was not saved: another program has changed it meanwhile."), name);

        say(self, GTK_MESSAGE_WARNING, text, ASK_RELOAD);
    } else {
        say_failed(self, G_FILE(object), false, error->message);
    }
}

static void
write_to(PdWindow *self, GFile *file, const char *etag)
{
    GtkTextBuffer *buffer = GTK_TEXT_BUFFER(self->buffer);
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *text = NULL;
    GtkTextIter start, end;

    if (self->n_file_calls > 0)
        return;
    gtk_text_buffer_get_bounds(buffer, &start, &end);
    text = gtk_text_buffer_get_text(buffer, &start, &end, TRUE);
    bytes = pd_text_encode(text, self->form);
    gtk_text_buffer_set_modified(buffer, FALSE); /* what is written after this is new */
    self->n_file_calls++;
    g_file_replace_contents_bytes_async(file, bytes, etag, FALSE, G_FILE_CREATE_NONE, NULL,
                                        on_written, g_object_ref(self));
}

void
pd_window_save(PdWindow *self)
{
    if (self->file == NULL)
        pd_window_choose_and_save(self);
    else
        write_to(self, self->file, self->etag);
}

void
pd_window_overwrite(PdWindow *self)
{
    if (self->file != NULL)
        write_to(self, self->file, NULL);
}

/* --- choosing --- */

static void
add_filter(GtkFileChooser *chooser, const char *title, const char *const *patterns)
{
    g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();

    gtk_file_filter_set_name(filter, title);
    for (; *patterns != NULL; patterns++)
        gtk_file_filter_add_pattern(filter, *patterns);
    gtk_file_chooser_add_filter(chooser, filter);
}

static GtkFileChooser *
new_chooser(PdWindow *self, const char *title, GtkFileChooserAction action, const char *accept)
{
    static const char *const texts[] = { "*.md",   "*.markdown", "*.mkd", "*.txt", "*.text",
                                         "*.html", "*.tex",      "*.rst", NULL };
    static const char *const all[] = { "*", NULL };
    GtkFileChooser *chooser = GTK_FILE_CHOOSER(
        gtk_file_chooser_native_new(title, GTK_WINDOW(self), action, accept, NULL));

    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(chooser), TRUE);
    add_filter(chooser, _("Markdown and other texts"), texts);
    add_filter(chooser, _("All files"), all);
    return chooser;
}

static void
on_open_chosen(GtkNativeDialog *dialog, int response, PdWindow *self)
{
    g_autoptr(GListModel) files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));

    for (guint i = 0; response == GTK_RESPONSE_ACCEPT && i < g_list_model_get_n_items(files); i++) {
        g_autoptr(GFile) file = g_list_model_get_item(files, i);

        pd_app_open(self->app, file);
    }
    g_object_unref(dialog);
}

void
pd_window_choose_and_open(PdWindow *self)
{
    GtkFileChooser *chooser =
        new_chooser(self, _("Open Texts"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"));

    gtk_file_chooser_set_select_multiple(chooser, TRUE);
    g_signal_connect_object(chooser, "response", G_CALLBACK(on_open_chosen), self, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

static void
on_save_chosen(GtkNativeDialog *dialog, int response, PdWindow *self)
{
    g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));

    if (response == GTK_RESPONSE_ACCEPT && file != NULL)
        write_to(self, file, NULL);
    else
        self->closes_when_saved = false;
    g_object_unref(dialog);
}

void
pd_window_choose_and_save(PdWindow *self)
{
    GtkFileChooser *chooser =
        new_chooser(self, _("Save As"), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"));
    g_autofree char *name = pd_window_get_name(self);
    g_autofree char *with_suffix = g_strconcat(name, ".md", NULL);

    if (self->file != NULL)
        gtk_file_chooser_set_file(chooser, self->file, NULL);
    else
        gtk_file_chooser_set_current_name(chooser, with_suffix);
    g_signal_connect_object(chooser, "response", G_CALLBACK(on_save_chosen), self, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

/* --- closing --- */

static void
on_close_answer(GtkDialog *dialog, int response, PdWindow *self)
{
    gtk_window_destroy(GTK_WINDOW(dialog));
    if (response == GTK_RESPONSE_REJECT) {
        self->is_discarded = true;
        gtk_window_close(GTK_WINDOW(self));
    } else if (response == GTK_RESPONSE_ACCEPT) {
        self->closes_when_saved = true;
        pd_window_save(self);
    }
}

void
pd_window_ask_to_close(PdWindow *self)
{
    g_autofree char *name = pd_window_get_name(self);
    GtkWidget *dialog, *discard;

    if (self->n_file_calls > 0) {
        self->closes_when_saved = true;
        return;
    }
    gtk_window_present(GTK_WINDOW(self));
    dialog = gtk_message_dialog_new(
        GTK_WINDOW(self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
        GTK_BUTTONS_NONE, _("Save the changes of “%s”?"), name);
    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s",
                                             _("What is not saved is lost."));
    gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
    discard = gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Discard"), GTK_RESPONSE_REJECT);
    gtk_widget_add_css_class(discard, "destructive-action");
    gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Save"), GTK_RESPONSE_ACCEPT);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_close_answer), self, 0);
    gtk_window_present(GTK_WINDOW(dialog));
}

void
pd_window_done_file(PdWindow *self)
{
    g_clear_object(&self->monitor);
    g_clear_object(&self->file);
    g_clear_pointer(&self->etag, g_free);
}
