/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/app.h"

#include "plugin/editor/look.h"
#include "plugin/editor/shortcuts.h"
#include "plugin/editor/window.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>

#define SAVE_AFTER_MS 200

struct _PdApp {
    GtkApplication parent;
    ProofdClient *client;
    PdState *state;
    PdLook *look; /* (nullable): before the display is there */
    char **languages;
    bool is_asking;
    guint save_source;
};

G_DEFINE_FINAL_TYPE(PdApp, pd_app, GTK_TYPE_APPLICATION)

static const char css[] = ".proof-text { font-size: 115%; }\n"
                          ".proof-status { padding: 4px 12px; font-size: 90%; }\n"
                          ".menu-head { padding: 6px 12px; font-weight: bold; }\n"
                          ".finding { padding: 4px 6px; }\n"
                          ".explanation { padding: 6px; }\n"
                          ".caption { font-size: 85%; opacity: 0.8; }\n"
                          ".caption-heading { font-size: 85%; font-weight: bold; }\n";

static const char *const schemes[] = { "system", "light", "dark" };

ProofdClient *
pd_app_peek_client(PdApp *self)
{
    return self->client;
}

PdState *
pd_app_peek_state(PdApp *self)
{
    return self->state;
}

bool
pd_app_is_dark(PdApp *self)
{
    return self->look != NULL && pd_look_is_dark(self->look);
}

/* --- languages --- */

const char *const *
pd_app_peek_languages(PdApp *self)
{
    return (const char *const *)self->languages;
}

static void
on_properties(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(PdApp) self = data;
    g_autoptr(GVariant) properties =
        proofd_client_get_service_properties_finish(PROOFD_CLIENT(object), result, NULL);
    g_auto(GStrv) languages = NULL;

    self->is_asking = false;
    if (properties == NULL || !g_variant_lookup(properties, "Languages", "^as", &languages))
        return; /* windows say that there is no service */
    g_strfreev(self->languages);
    self->languages = g_steal_pointer(&languages);
    g_signal_emit_by_name(self, "languages-changed");
}

void
pd_app_ask_languages(PdApp *self)
{
    if (self->is_asking)
        return;
    self->is_asking = true;
    proofd_client_get_service_properties_async(self->client, NULL, on_properties,
                                               g_object_ref(self));
}

/* --- state --- */

static void
save_now(PdApp *self)
{
    g_autoptr(GError) error = NULL;

    if (!pd_state_save(self->state, &error))
        g_warning("settings are not saved: %s", error->message);
}

static gboolean
on_save_time(gpointer data)
{
    PdApp *self = data;

    self->save_source = 0;
    save_now(self);
    return G_SOURCE_REMOVE;
}

void
pd_app_save_state(PdApp *self)
{
    if (self->save_source == 0)
        self->save_source = g_timeout_add(SAVE_AFTER_MS, on_save_time, self);
}

static void
on_state_changed(PdState *state, PdApp *self)
{
    pd_app_save_state(self);
}

/* --- windows --- */

static PdWindow *
find_window(PdApp *self, GFile *file)
{
    for (GList *link = gtk_application_get_windows(GTK_APPLICATION(self)); link != NULL;
         link = link->next) {
        GFile *other = PD_IS_WINDOW(link->data) ? pd_window_peek_file(link->data) : NULL;

        if (other != NULL && g_file_equal(other, file))
            return link->data;
    }
    return NULL;
}

void
pd_app_open(PdApp *self, GFile *file)
{
    GtkWindow *active = gtk_application_get_active_window(GTK_APPLICATION(self));
    PdWindow *window = file != NULL ? find_window(self, file) : NULL;

    if (window == NULL) {
        window = file != NULL && PD_IS_WINDOW(active) && pd_window_is_pristine(PD_WINDOW(active))
                     ? PD_WINDOW(active)
                     : pd_window_new(self);
        if (file != NULL)
            pd_window_load(window, file);
    }
    gtk_window_present(GTK_WINDOW(window));
}

static void
on_new_window(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    pd_app_open(data, NULL);
}

/* Each window asks for itself; the program ends with the last. */
static void
on_quit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    g_autoptr(GList) windows = g_list_copy(gtk_application_get_windows(GTK_APPLICATION(data)));

    for (GList *link = windows; link != NULL; link = link->next)
        gtk_window_close(link->data);
}

static void
on_about(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    gtk_show_about_dialog(gtk_application_get_active_window(GTK_APPLICATION(data)), "program-name",
                          "proof-editor", "logo-icon-name", PD_APP_ID, "version", PD_VERSION,
                          "comments", _("Finds wrong words in what you write, on your own machine"),
                          "license-type", GTK_LICENSE_LGPL_2_1, NULL);
}

static void
on_scheme(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    PdApp *self = data;
    const char *name = g_variant_get_string(parameter, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (!g_str_equal(schemes[i], name))
            continue;
        g_simple_action_set_state(action, parameter);
        pd_state_set_scheme(self->state, (PdScheme)i);
        pd_look_set_scheme(self->look, (PdScheme)i);
    }
}

static const GActionEntry entries[] = {
    { .name = "new-window", .activate = on_new_window },
    { .name = "quit", .activate = on_quit },
    { .name = "about", .activate = on_about },
    { .name = "scheme", .activate = on_scheme, .parameter_type = "s", .state = "'system'" },
};

/* --- the application --- */

static void
on_look_changed(PdLook *look, PdApp *self)
{
    g_signal_emit_by_name(self, "look-changed");
}

static void
startup(GApplication *application)
{
    PdApp *self = PD_APP(application);
    g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();
    const PdScheme scheme = pd_state_get_scheme(self->state);

    G_APPLICATION_CLASS(pd_app_parent_class)->startup(application);
    gtk_source_init();
    gtk_css_provider_load_from_data(provider, css, -1);
    gtk_style_context_add_provider_for_display(gdk_display_get_default(),
                                               GTK_STYLE_PROVIDER(provider),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    gtk_window_set_default_icon_name(PD_APP_ID);
    self->look = pd_look_new();
    g_signal_connect_object(self->look, "changed", G_CALLBACK(on_look_changed), self, 0);
    g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
    pd_shortcuts_set(GTK_APPLICATION(self));
    g_simple_action_set_state(
        G_SIMPLE_ACTION(g_action_map_lookup_action(G_ACTION_MAP(self), "scheme")),
        g_variant_new_string(schemes[scheme]));
    pd_look_set_scheme(self->look, scheme);
    pd_app_ask_languages(self);
}

static void
activate(GApplication *application)
{
    pd_app_open(PD_APP(application), NULL);
}

static void
open_files(GApplication *application, GFile **files, int n_files, const char *hint)
{
    for (int i = 0; i < n_files; i++)
        pd_app_open(PD_APP(application), files[i]);
}

static void
shut_down(GApplication *application)
{
    PdApp *self = PD_APP(application);

    if (self->save_source != 0)
        save_now(self);
    g_clear_handle_id(&self->save_source, g_source_remove);
    g_clear_object(&self->look);
    G_APPLICATION_CLASS(pd_app_parent_class)->shutdown(application);
}

PdApp *
pd_app_new(void)
{
    return g_object_new(PD_TYPE_APP, "application-id", PD_APP_ID, "flags",
                        G_APPLICATION_HANDLES_OPEN, NULL);
}

static void
pd_app_init(PdApp *self)
{
    g_autofree char *path = pd_state_default_path();

    self->client = proofd_client_new();
    self->state = pd_state_new(path);
    self->languages = g_new0(char *, 1);
    g_signal_connect_object(self->state, "changed", G_CALLBACK(on_state_changed), self, 0);
}

static void
finalize(GObject *object)
{
    PdApp *self = PD_APP(object);

    g_clear_object(&self->client);
    g_clear_object(&self->state);
    g_strfreev(self->languages);
    G_OBJECT_CLASS(pd_app_parent_class)->finalize(object);
}

static void
pd_app_class_init(PdAppClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    G_APPLICATION_CLASS(class)->startup = startup;
    G_APPLICATION_CLASS(class)->activate = activate;
    G_APPLICATION_CLASS(class)->open = open_files;
    G_APPLICATION_CLASS(class)->shutdown = shut_down;
    g_signal_new("languages-changed", PD_TYPE_APP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("look-changed", PD_TYPE_APP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                 0);
}
