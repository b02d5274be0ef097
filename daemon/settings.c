/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/settings.h"
#include "daemon/nearest.h"
#include "dbus/protocol.h"

#include <stdarg.h>

typedef struct {
    PdSettings *settings;
    GKeyFile *file;
    const char *path;
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

static void G_GNUC_PRINTF(2, 3) warn(Reader *reader, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(reader->warnings, g_strdup_vprintf(format, args));
    va_end(args);
}

static void
warn_value(Reader *reader, const ConfigKey *key, const char *value, const char *hint)
{
    g_autofree char *range = g_strdup_printf("a number from %u to %u", key->min, key->max);
    g_autofree char *shown = g_utf8_make_valid(value, -1);

    warn(reader, "%s: [%s] %s=%s: expected %s%s; using the default", reader->path, key->group,
         key->name, shown, key->expected != NULL ? key->expected : range, hint);
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
            g_autofree char *shown = g_utf8_make_valid(*rule, -1);
            g_autofree char *hint = pd_nearest_hint(*rule, pd_checker_rules());

            warn(reader, "%s: [%s] %s: there is no rule %s%s", reader->path, key->group, key->name,
                 shown, hint);
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
    warn(reader, "%s: [%s] has no key %s%s", reader->path, group, name, hint);
}

static void
read_group(Reader *reader, const char *group)
{
    g_auto(GStrv) names = g_key_file_get_keys(reader->file, group, NULL, NULL);

    if (!g_strv_contains(groups, group)) {
        g_autofree char *hint = pd_nearest_hint(group, groups);

        warn(reader, "%s: there is no group [%s]%s", reader->path, group, hint);
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

PdSettings *
pd_settings_load(const char *path, GPtrArray *warnings)
{
    g_autofree char *standard =
        g_build_filename(g_get_user_config_dir(), "proofd", "proofd.conf", NULL);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(PdSettings) self = g_new0(PdSettings, 1);
    g_auto(GStrv) found = NULL;
    Reader reader = { self, file, path != NULL ? path : standard, warnings };

    self->idle_exit_seconds = 600;
    self->cache_megabytes = 8;
    self->language = g_strdup("en_US");
    self->level = PD_LEVEL_DEFAULT;
    self->max_candidates = 5;
    self->disable = g_new0(char *, 1);
    if (!g_key_file_load_from_file(file, reader.path, G_KEY_FILE_NONE, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            warn(&reader, "%s: %s; using the defaults", reader.path, error->message);
        return g_steal_pointer(&self);
    }
    found = g_key_file_get_groups(file, NULL);
    for (char **group = found; *group != NULL; group++)
        read_group(&reader, *group);
    return g_steal_pointer(&self);
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
    g_free(self);
}
