/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/settings.h"
#include "daemon/engine/packages.h"
#include "daemon/nearest.h"
#include "dbus/protocol.h"

#include <stdarg.h>
#include <string.h>

#define MODEL_KEY "model" /* of a group that is named as a language: [en] */

typedef struct {
    PdSettings *settings;
    GKeyFile *file;
    const char *path;
    const char *text; /* of the file */
    GPtrArray *warnings;
} Reader;

typedef struct ConfigKey ConfigKey;
struct ConfigKey {
    const char *group;
    const char *name;
    void (*read)(Reader *reader, const ConfigKey *key, const char *value, void *field);
    size_t offset; /* of the field in PdSettings */
    unsigned min, max;
    const char *expected; /* for people; NULL: the range */
};

/* Is @line "[GROUP]", or "KEY = ..."? White space around both is allowed. */
static bool
is_line_of(const char *line, const char *group, const char *key)
{
    g_autofree char *copy = g_strstrip(g_strdup(line));
    const size_t length = strlen(copy);

    if (key == NULL)
        return length == strlen(group) + 2 && copy[0] == '[' && copy[length - 1] == ']' &&
               strncmp(copy + 1, group, length - 2) == 0;
    copy[strcspn(copy, "=")] = '\0';
    return g_str_equal(g_strchomp(copy), key);
}

/* From 1: where a group begins, or its key stands, the last time if there are several; 0: nowhere.
 */
static unsigned
line_of(const Reader *reader, const char *group, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(reader->text, "\n", -1);
    bool in_group = false;
    unsigned found = 0;

    for (unsigned i = 0; lines[i] != NULL; i++) {
        const bool is_group = lines[i][strspn(lines[i], " \t")] == '[';

        if (is_group)
            in_group = is_line_of(lines[i], group, NULL);
        if (in_group && is_group == (key == NULL) && is_line_of(lines[i], group, key))
            found = i + 1;
    }
    return found;
}

/* @key: (nullable): the group as a whole */
static void G_GNUC_PRINTF(4, 5)
    warn(Reader *reader, const char *group, const char *key, const char *format, ...)
{
    g_autofree char *message = NULL;
    g_autofree char *whole = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    whole = g_strdup_printf("%s:%u: %s", reader->path, line_of(reader, group, key), message);
    g_ptr_array_add(reader->warnings, g_utf8_make_valid(whole, -1));
}

static void
warn_value(Reader *reader, const ConfigKey *key, const char *value, const char *hint)
{
    g_autofree char *range = g_strdup_printf("a number from %u to %u", key->min, key->max);

    warn(reader, key->group, key->name, "[%s] %s=%s: expected %s%s", key->group, key->name, value,
         key->expected != NULL ? key->expected : range, hint);
}

static void
read_number(Reader *reader, const ConfigKey *key, const char *value, void *field)
{
    guint64 number;

    if (g_ascii_string_to_unsigned(value, 10, key->min, key->max, &number, NULL))
        *(unsigned *)field = (unsigned)number;
    else
        warn_value(reader, key, value, "");
}

static void
read_path(Reader *reader, const ConfigKey *key, const char *value, void *field)
{
    char **path = field;

    if (!g_path_is_absolute(value)) {
        warn_value(reader, key, value, "");
        return;
    }
    g_free(*path);
    *path = g_strdup(value);
}

static void
read_language(Reader *reader, const ConfigKey *key, const char *value, void *field)
{
    char **language = field;

    if (!g_regex_match_simple("^[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8})*$", value,
                              G_REGEX_DOLLAR_ENDONLY, 0)) {
        warn_value(reader, key, value, "");
        return;
    }
    g_free(*language);
    *language = g_strdup(value);
}

static void
read_level(Reader *reader, const ConfigKey *key, const char *value, void *field)
{
    static const char *const names[] = { "careful", "default", "thorough", NULL };

    if (!pd_level_from_name(value, field)) {
        g_autofree char *hint = pd_nearest_hint(value, names);

        warn_value(reader, key, value, hint);
    }
}

static void
read_rules(Reader *reader, const ConfigKey *key, const char *value, void *field)
{
    g_auto(GStrv) rules = g_strsplit(value, ";", -1);
    g_autoptr(GPtrArray) good = g_ptr_array_new_with_free_func(g_free);
    char ***disable = field;

    for (char **rule = rules; *rule != NULL; rule++) {
        g_strstrip(*rule);
        if (**rule == '\0')
            continue; /* after the last ; */
        if (pd_rule_exists(*rule)) {
            g_ptr_array_add(good, g_strdup(*rule));
        } else {
            g_autofree char *hint = pd_nearest_hint(*rule, pd_checker_rules());

            warn(reader, key->group, key->name, "[%s] %s: there is no rule %s%s", key->group,
                 key->name, *rule, hint);
        }
    }
    g_ptr_array_add(good, NULL);
    g_strfreev(*disable);
    *disable = (char **)g_ptr_array_free(g_steal_pointer(&good), FALSE);
}

#define FIELD(name) G_STRUCT_OFFSET(PdSettings, name)
static const ConfigKey keys[] = {
    { "service", "idle-exit-seconds", read_number, FIELD(idle_exit_seconds), 0, 86400, NULL },
    { "service", "cache-megabytes", read_number, FIELD(cache_megabytes), 0, 1024, NULL },
    { "service", "models-dir", read_path, FIELD(models_dir), 0, 0, "an absolute path" },
    { "service", "words-file", read_path, FIELD(words_file), 0, 0, "an absolute path" },
    { "check", "language", read_language, FIELD(language), 0, 0, "a language such as en_US" },
    { "check", "level", read_level, FIELD(level), 0, 0, "careful, default or thorough" },
    { "check", "max-candidates", read_number, FIELD(max_candidates), 0, PD_MAX_CANDIDATES, NULL },
    { "check", "disable", read_rules, FIELD(disable), 0, 0, NULL },
};
static const char *const groups[] = { "service", "check", NULL };

static const ConfigKey *
find_key(const char *group, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].group, group) && g_str_equal(keys[i].name, name))
            return &keys[i];
    }
    return NULL;
}

static void
warn_unknown_key(Reader *reader, const char *group, const char *name)
{
    const char *names[G_N_ELEMENTS(keys) + 1] = { 0 };
    g_autofree char *hint = NULL;
    size_t n_names = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].group, group))
            names[n_names++] = keys[i].name;
    }
    hint = pd_nearest_hint(name, names);
    for (size_t i = 0; i < G_N_ELEMENTS(keys) && *hint == '\0'; i++) {
        if (g_str_equal(keys[i].name, name)) { /* the right key in the wrong group */
            g_free(hint);
            hint = g_strdup_printf("; it belongs to [%s]", keys[i].group);
        }
    }
    warn(reader, group, name, "[%s] has no key %s%s", group, name, hint);
}

/* (transfer full): the keys of a group, each once: GLib names one that stands twice twice */
static char **
keys_of(GKeyFile *file, const char *group)
{
    g_auto(GStrv) names = g_key_file_get_keys(file, group, NULL, NULL);
    GPtrArray *once = g_ptr_array_new();

    for (char **name = names; *name != NULL; name++)
        if (!g_strv_contains((const char *const *)name + 1, *name))
            g_ptr_array_add(once, g_strdup(*name));
    g_ptr_array_add(once, NULL);
    return (char **)g_ptr_array_free(once, FALSE);
}

/* [en]: which model */
static void
read_language_group(Reader *reader, const char *group, char **names)
{
    static const char *const known[] = { MODEL_KEY, NULL };

    for (char **name = names; *name != NULL; name++) {
        g_autofree char *value = g_key_file_get_value(reader->file, group, *name, NULL);

        g_strstrip(value);
        if (!g_str_equal(*name, MODEL_KEY)) {
            g_autofree char *hint = pd_nearest_hint(*name, known);

            warn(reader, group, *name, "[%s] has no key %s%s", group, *name, hint);
        } else if (!pd_package_is_choice(value)) {
            warn(reader, group, *name,
                 "[%s] %s=%s: expected an absolute path, or the name of a directory beside the "
                 "installed models",
                 group, *name, value);
        } else {
            g_hash_table_insert(reader->settings->models, g_strdup(group), g_steal_pointer(&value));
        }
    }
}

static void
read_group(Reader *reader, const char *group)
{
    g_auto(GStrv) names = keys_of(reader->file, group);

    if (pd_package_is_language(group)) {
        read_language_group(reader, group, names);
        return;
    }
    if (!g_strv_contains(groups, group)) {
        g_autofree char *hint = pd_nearest_hint(group, groups);

        warn(reader, group, NULL, "there is no group [%s]%s", group, hint);
        return;
    }
    for (char **name = names; *name != NULL; name++) {
        const ConfigKey *key = find_key(group, *name);
        g_autofree char *value = g_key_file_get_value(reader->file, group, *name, NULL);

        if (key == NULL)
            warn_unknown_key(reader, group, *name);
        else
            key->read(reader, key, g_strstrip(value), (char *)reader->settings + key->offset);
    }
}

/* The line at which GLib stops: no shorter beginning of the file is refused. */
static unsigned
first_bad_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned good = 0, bad = g_strv_length(lines);

    while (bad - good > 1) {
        const unsigned middle = good + (bad - good) / 2;
        g_autoptr(GKeyFile) file = g_key_file_new();
        const char *end = text;

        for (unsigned i = 0; i < middle; i++)
            end += strlen(lines[i]) + 1;
        if (g_key_file_load_from_data(file, text, (gsize)(end - text), G_KEY_FILE_NONE, NULL))
            good = middle;
        else
            bad = middle;
    }
    return bad;
}

static PdSettings *
settings_new(void)
{
    PdSettings *self = g_new0(PdSettings, 1);

    self->idle_exit_seconds = 600;
    self->cache_megabytes = 8;
    self->language = g_strdup("en_US");
    self->level = PD_LEVEL_DEFAULT;
    self->max_candidates = 5;
    self->disable = g_new0(char *, 1);
    self->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

/* Appends to @warnings what is wrong with the file as a whole. */
static bool
read_file(GKeyFile *file, const char *path, char **ret_text, GPtrArray *warnings)
{
    g_autofree char *message = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, ret_text, &length, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_ptr_array_add(warnings, g_strdup(error->message)); /* which names the file */
        return false;
    }
    if (strlen(*ret_text) < length) {
        g_ptr_array_add(warnings, g_strdup_printf("%s: there is a NUL byte in it", path));
        return false;
    }
    if (length == 0 || g_key_file_load_from_data(file, *ret_text, length, G_KEY_FILE_NONE, &error))
        return length > 0;
    message = g_strdup_printf("%s:%u: %s", path, first_bad_line(*ret_text), error->message);
    g_ptr_array_add(warnings, g_utf8_make_valid(message, -1));
    return false;
}

char *
pd_settings_path(void)
{
    return pd_packages_settings_path();
}

PdSettings *
pd_settings_load(const char *path, GPtrArray *warnings)
{
    g_autofree char *standard = pd_settings_path();
    g_autofree char *text = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(PdSettings) self = settings_new();
    g_auto(GStrv) found = NULL;
    Reader reader = { self, file, path != NULL ? path : standard, NULL, warnings };

    if (!read_file(file, reader.path, &text, warnings))
        return g_steal_pointer(&self);
    reader.text = text;
    found = g_key_file_get_groups(file, NULL);
    for (char **group = found; *group != NULL; group++)
        read_group(&reader, *group);
    return g_steal_pointer(&self);
}

bool
pd_settings_same_models(const PdSettings *self, const PdSettings *other)
{
    GHashTableIter iter;
    gpointer language, model;

    if (g_strcmp0(self->models_dir, other->models_dir) != 0 ||
        g_hash_table_size(self->models) != g_hash_table_size(other->models))
        return false;
    g_hash_table_iter_init(&iter, self->models);
    while (g_hash_table_iter_next(&iter, &language, &model))
        if (g_strcmp0(model, g_hash_table_lookup(other->models, language)) != 0)
            return false;
    return true;
}

void
pd_settings_free(PdSettings *self)
{
    if (self == NULL)
        return;
    g_free(self->models_dir);
    g_free(self->words_file);
    g_free(self->language);
    g_strfreev(self->disable);
    g_hash_table_unref(self->models);
    g_free(self);
}
