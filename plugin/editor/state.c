/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/state.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

#define MIN_SIZE 200
#define MAX_SIZE 20000
#define WINDOW "window"
#define CHECKING "checking"
#define LOOK "look"

struct _PdState {
    GObject parent;
    char *path;
    GKeyFile *file;
    PdWindowState window;
    char *language, *level;
    PdScheme scheme;
    GPtrArray *rules; /* NULL-terminated */
};

G_DEFINE_FINAL_TYPE(PdState, pd_state, G_TYPE_OBJECT)

static const char *const schemes[] = { "system", "light", "dark" };

char *
pd_state_default_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "proof-editor", "state.ini", NULL);
}

static int
read_size(GKeyFile *file, const char *key, int otherwise)
{
    const int size = g_key_file_get_integer(file, WINDOW, key, NULL);

    return size >= MIN_SIZE && size <= MAX_SIZE ? size : otherwise;
}

static bool
read_bool(GKeyFile *file, const char *key, bool otherwise)
{
    g_autoptr(GError) error = NULL;
    const bool value = g_key_file_get_boolean(file, WINDOW, key, &error);

    return error != NULL ? otherwise : value;
}

static void
read_all(PdState *self)
{
    g_autofree char *scheme = g_key_file_get_string(self->file, LOOK, "scheme", NULL);
    g_auto(GStrv) rules = g_key_file_get_string_list(self->file, CHECKING, "rules-off", NULL, NULL);

    self->window = (PdWindowState){
        .width = read_size(self->file, "width", 1000),
        .height = read_size(self->file, "height", 680),
        .is_maximized = read_bool(self->file, "maximized", false),
        .has_sidebar = read_bool(self->file, "sidebar", true),
        .sidebar_width = read_size(self->file, "sidebar-width", 340),
        .shows_statistics = read_bool(self->file, "statistics", false),
    };
    self->language = g_key_file_get_string(self->file, CHECKING, "language", NULL);
    self->level = g_key_file_get_string(self->file, CHECKING, "level", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_strcmp0(scheme, schemes[i]) == 0)
            self->scheme = (PdScheme)i;
    }
    for (char **rule = rules; rule != NULL && *rule != NULL; rule++)
        pd_state_set_rule(self, *rule, false);
}

PdState *
pd_state_new(const char *path)
{
    PdState *self = g_object_new(PD_TYPE_STATE, NULL);
    g_autoptr(GError) error = NULL;

    self->path = g_strdup(path);
    if (!g_key_file_load_from_file(self->file, path, G_KEY_FILE_NONE, &error) &&
        !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning("%s: %s", path, error->message);
    read_all(self);
    return self;
}

static void
write_string(GKeyFile *file, const char *group, const char *key, const char *value)
{
    if (value != NULL)
        g_key_file_set_string(file, group, key, value);
    else
        g_key_file_remove_key(file, group, key, NULL);
}

bool
pd_state_save(PdState *self, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(self->path), *data = NULL;
    gsize n_bytes;

    g_key_file_set_integer(self->file, WINDOW, "width", self->window.width);
    g_key_file_set_integer(self->file, WINDOW, "height", self->window.height);
    g_key_file_set_boolean(self->file, WINDOW, "maximized", self->window.is_maximized);
    g_key_file_set_boolean(self->file, WINDOW, "sidebar", self->window.has_sidebar);
    g_key_file_set_integer(self->file, WINDOW, "sidebar-width", self->window.sidebar_width);
    g_key_file_set_boolean(self->file, WINDOW, "statistics", self->window.shows_statistics);
    write_string(self->file, CHECKING, "language", self->language);
    write_string(self->file, CHECKING, "level", self->level);
    g_key_file_set_string_list(self->file, CHECKING, "rules-off",
                               (const char *const *)self->rules->pdata, self->rules->len - 1);
    g_key_file_set_string(self->file, LOOK, "scheme", schemes[self->scheme]);
    if (g_mkdir_with_parents(directory, 0700) != 0) {
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno), "%s: %s", directory,
                    g_strerror(errno));
        return false;
    }
    data = g_key_file_to_data(self->file, &n_bytes, NULL);
    return g_file_set_contents(self->path, data, (gssize)n_bytes, error);
}

PdWindowState
pd_state_get_window(const PdState *self)
{
    return self->window;
}

void
pd_state_set_window(PdState *self, PdWindowState window)
{
    self->window = window;
}

static void
tell(PdState *self)
{
    g_signal_emit_by_name(self, "changed");
}

static void
set_string(PdState *self, char **field, const char *value)
{
    if (g_strcmp0(*field, value) == 0)
        return;
    g_free(*field);
    *field = g_strdup(value);
    tell(self);
}

const char *
pd_state_peek_language(const PdState *self)
{
    return self->language;
}

void
pd_state_set_language(PdState *self, const char *language)
{
    set_string(self, &self->language, language);
}

const char *
pd_state_peek_level(const PdState *self)
{
    return self->level;
}

void
pd_state_set_level(PdState *self, const char *level)
{
    set_string(self, &self->level, level);
}

PdScheme
pd_state_get_scheme(const PdState *self)
{
    return self->scheme;
}

void
pd_state_set_scheme(PdState *self, PdScheme scheme)
{
    if (self->scheme == scheme)
        return;
    self->scheme = scheme;
    tell(self);
}

const char *const *
pd_state_peek_rules(const PdState *self)
{
    return (const char *const *)self->rules->pdata;
}

void
pd_state_set_rule(PdState *self, const char *rule, bool is_on)
{
    guint i = 0;

    while (i + 1 < self->rules->len && !g_str_equal(self->rules->pdata[i], rule))
        i++;
    if (is_on == (i + 1 == self->rules->len))
        return;
    if (is_on)
        g_ptr_array_remove_index(self->rules, i);
    else
        g_ptr_array_insert(self->rules, (int)i, g_strdup(rule));
    tell(self);
}

static void
pd_state_init(PdState *self)
{
    self->file = g_key_file_new();
    self->rules = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->rules, NULL);
}

static void
finalize(GObject *object)
{
    PdState *self = PD_STATE(object);

    g_key_file_unref(self->file);
    g_ptr_array_unref(self->rules);
    g_free(self->path);
    g_free(self->language);
    g_free(self->level);
    G_OBJECT_CLASS(pd_state_parent_class)->finalize(object);
}

static void
pd_state_class_init(PdStateClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("changed", PD_TYPE_STATE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}
