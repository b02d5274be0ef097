/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GROUP "watch"
#define MAX_DELAY_MS 60000
#define DEFAULT_DELAY_MS 300
#define DEFAULT_UNFINISHED_MS 2000

static const char *const default_never[] = {
    "org.proofd.Editor",
    "proof-editor", /* which show findings by themselves */
    "keepassxc",
    NULL,
};

static const char template[] =
    "# Settings of proofd-watch(1); a change holds at once. Lines with # are the defaults.\n"
    "[watch]\n"
    "# language=en_US\n"
    "# careful, default or thorough\n"
    "# level=default\n"
    "# rules or kinds to leave out, such as spelling/unknown;punctuation;\n"
    "# disable=\n"
    "# programs; if there are any, no others are watched\n"
    "# only=\n"
    "# never=org.proofd.Editor;proof-editor;keepassxc;\n"
    "# fields of one line, such as searches and addresses, too\n"
    "# single-line=false\n"
    "# auto, caret or corner\n"
    "# panel=auto\n"
    "# milliseconds after the last key, before a text is read\n"
    "# delay=300\n"
    "# milliseconds after the last key, before the word at the caret counts as finished\n"
    "# unfinished-word-delay=2000\n";

G_DEFINE_QUARK(pd_config_error, pd_config_error)

PdConfig *
pd_config_new(void)
{
    PdConfig *self = g_new0(PdConfig, 1);

    g_atomic_ref_count_init(&self->n_owners);
    self->disable = g_new0(char *, 1);
    self->only = g_new0(char *, 1);
    self->never = g_strdupv((char **)default_never);
    self->delay_ms = DEFAULT_DELAY_MS;
    self->unfinished_ms = DEFAULT_UNFINISHED_MS;
    return self;
}

PdConfig *
pd_config_ref(PdConfig *self)
{
    g_atomic_ref_count_inc(&self->n_owners);
    return self;
}

void
pd_config_unref(PdConfig *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_free(self->language);
    g_free(self->level);
    g_strfreev(self->disable);
    g_strfreev(self->only);
    g_strfreev(self->never);
    g_free(self);
}

/* 1 for the first; 0: not found */
static guint
line_of(const char *data, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(data, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strchug(lines[i]);

        if (g_str_has_prefix(line, key) && strchr(" \t=", line[strlen(key)]) != NULL)
            return i + 1;
    }
    return 0;
}

static bool
read_text(GKeyFile *file, const char *key, char **field, GError **error)
{
    g_autofree char *value = g_key_file_get_string(file, GROUP, key, error);

    if (value == NULL)
        return false;
    g_free(*field);
    *field = *value != '\0' ? g_steal_pointer(&value) : NULL;
    return true;
}

static bool
read_list(GKeyFile *file, const char *key, char ***field, GError **error)
{
    g_auto(GStrv) values = g_key_file_get_string_list(file, GROUP, key, NULL, error);

    if (values == NULL)
        return false;
    for (guint i = 0; values[i] != NULL; i++)
        g_strstrip(values[i]);
    g_strfreev(*field);
    *field = g_steal_pointer(&values);
    return true;
}

static bool
read_word(GKeyFile *file, const char *key, const char *const *words, int *field, GError **error)
{
    g_autofree char *value = g_key_file_get_string(file, GROUP, key, error);
    g_autofree char *known = g_strjoinv(", ", (char **)words);

    if (value == NULL)
        return false;
    for (int i = 0; words[i] != NULL; i++) {
        if (g_str_equal(value, words[i])) {
            *field = i;
            return true;
        }
    }
    g_set_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID, _("\"%s\" is none of %s"), value,
                known);
    return false;
}

static bool
read_delay(GKeyFile *file, const char *key, guint *field, GError **error)
{
    g_autofree char *value = g_key_file_get_string(file, GROUP, key, error);
    guint64 number;

    if (value == NULL ||
        !g_ascii_string_to_unsigned(g_strstrip(value), 10, 0, MAX_DELAY_MS, &number, error))
        return false;
    *field = (guint)number;
    return true;
}

static bool
read_key(PdConfig *self, GKeyFile *file, const char *key, GError **error)
{
    static const char *const levels[] = { "careful", "default", "thorough", NULL };
    static const char *const places[] = { "auto", "caret", "corner", NULL };
    static const char *const truths[] = { "false", "true", NULL };
    int number;

    if (g_str_equal(key, "language"))
        return read_text(file, key, &self->language, error);
    if (g_str_equal(key, "level"))
        return read_word(file, key, levels, &number, error) &&
               read_text(file, key, &self->level, error);
    if (g_str_equal(key, "disable"))
        return read_list(file, key, &self->disable, error);
    if (g_str_equal(key, "only"))
        return read_list(file, key, &self->only, error);
    if (g_str_equal(key, "never"))
        return read_list(file, key, &self->never, error);
    if (g_str_equal(key, "delay"))
        return read_delay(file, key, &self->delay_ms, error);
    if (g_str_equal(key, "unfinished-word-delay"))
        return read_delay(file, key, &self->unfinished_ms, error);
    if (g_str_equal(key, "single-line")) {
        if (!read_word(file, key, truths, &number, error))
            return false;
        self->single_line = number == 1;
        return true;
    }
    if (g_str_equal(key, "panel")) {
        if (!read_word(file, key, places, &number, error))
            return false;
        self->place = (PdPlace)number;
        return true;
    }
    g_set_error_literal(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID,
                        _("there is no such setting; proofd-watch(1) lists them"));
    return false;
}

static GKeyFile *
parse(const char *path, const char *data, gsize n_bytes, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) found = NULL;
    g_auto(GStrv) groups = NULL;

    if (!g_key_file_load_from_data(file, data, n_bytes, G_KEY_FILE_KEEP_COMMENTS, &found)) {
        g_set_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID, "%s: %s", path,
                    found->message);
        return NULL;
    }
    groups = g_key_file_get_groups(file, NULL);
    for (guint i = 0; groups[i] != NULL; i++) {
        if (!g_str_equal(groups[i], GROUP)) {
            g_set_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID,
                        _("%s: there is no group [%s], only [%s]"), path, groups[i], GROUP);
            return NULL;
        }
    }
    return g_steal_pointer(&file);
}

PdConfig *
pd_config_load(const char *path, GError **error)
{
    g_autoptr(PdConfig) self = pd_config_new();
    g_autoptr(GKeyFile) file = NULL;
    g_autoptr(GError) found = NULL;
    g_autofree char *data = NULL;
    g_auto(GStrv) keys = NULL;
    gsize n_bytes;

    if (!g_file_get_contents(path, &data, &n_bytes, &found)) {
        if (g_error_matches(found, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return g_steal_pointer(&self);
        g_propagate_error(error, g_steal_pointer(&found)); /* its message names the file */
        return NULL;
    }
    file = parse(path, data, n_bytes, error);
    if (file == NULL)
        return NULL;
    keys = g_key_file_get_keys(file, GROUP, NULL, NULL); /* NULL: no group, so no keys */
    for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
        if (read_key(self, file, keys[i], &found))
            continue;
        g_set_error(error, PD_CONFIG_ERROR, PD_CONFIG_ERROR_INVALID, "%s:%u: %s: %s", path,
                    line_of(data, keys[i]), keys[i], found->message);
        return NULL;
    }
    return g_steal_pointer(&self);
}

static bool
lists(char *const *programs, const char *name)
{
    g_autofree char *folded = name != NULL ? g_utf8_casefold(name, -1) : NULL;

    for (guint i = 0; folded != NULL && programs[i] != NULL; i++) {
        g_autofree char *entry = g_utf8_casefold(programs[i], -1);

        if (g_str_equal(entry, folded))
            return true;
    }
    return false;
}

bool
pd_config_allows(const PdConfig *self, const char *program, const char *process)
{
    if (lists(self->never, program) || lists(self->never, process))
        return false;
    return self->only[0] == NULL || lists(self->only, program) || lists(self->only, process);
}

static bool
write_file(const char *path, const char *data, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s cannot be made", folder);
        return false;
    }
    return g_file_set_contents(path, data, -1, error);
}

bool
pd_config_create(const char *path, GError **error)
{
    return g_file_test(path, G_FILE_TEST_EXISTS) || write_file(path, template, error);
}

bool
pd_config_add_never(const char *path, const char *program, GError **error)
{
    g_autoptr(PdConfig) config = pd_config_load(path, error);
    g_autoptr(GKeyFile) file = NULL;
    g_autofree char *data = NULL;
    g_autofree char *changed = NULL;
    g_autoptr(GPtrArray) never = g_ptr_array_new();
    gsize n_bytes;

    if (config == NULL || !pd_config_create(path, error) ||
        !g_file_get_contents(path, &data, &n_bytes, error))
        return false;
    if (lists(config->never, program))
        return true;
    file = parse(path, data, n_bytes, error);
    if (file == NULL)
        return false;
    for (guint i = 0; config->never[i] != NULL; i++)
        g_ptr_array_add(never, config->never[i]);
    g_ptr_array_add(never, (char *)program);
    g_key_file_set_string_list(file, GROUP, "never", (const char *const *)never->pdata, never->len);
    changed = g_key_file_to_data(file, NULL, NULL);
    return write_file(path, changed, error);
}
