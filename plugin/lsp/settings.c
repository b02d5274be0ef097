/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/settings.h"
#include "plugin/lsp/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LIST 10000
#define MAX_DELAY_MS 3600000
#define DEFAULT_DELAY_MS 3000
#define MAX_CANDIDATES 50

typedef struct Key Key;
struct Key {
    const char *name;
    bool (*read)(const Key *key, GVariant *value, void *field, GPtrArray *warnings);
    gsize offset;         /* of the field in PdLspSettings */
    const char *expected; /* for people; not translated, as the names of values are not */
    const char *const *values;
};

PdLspSettings *
pd_lsp_settings_new(void)
{
    PdLspSettings *self = g_new0(PdLspSettings, 1);

    self->enable = true;
    self->language = g_strdup("");
    self->disable = g_new0(char *, 1);
    self->words = g_new0(char *, 1);
    self->severity = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->formats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->check_while_typing = true;
    self->check_included_files = true;
    self->max_candidates = -1;
    self->unfinished_word_delay_ms = DEFAULT_DELAY_MS;
    return self;
}

void
pd_lsp_settings_free(PdLspSettings *self)
{
    if (self == NULL)
        return;
    g_free(self->language);
    g_free(self->level);
    g_free(self->variant);
    g_strfreev(self->disable);
    g_strfreev(self->words);
    g_hash_table_unref(self->severity);
    g_strfreev(self->enabled_languages);
    g_hash_table_unref(self->formats);
    g_free(self);
}

static void
warn(GPtrArray *warnings, const char *name, GVariant *value, const char *expected)
{
    g_autofree char *shown = pd_json_show(value);
    g_autofree char *full = g_strconcat("proofd.", name, NULL);

    g_ptr_array_add(warnings, g_strdup_printf(_("Setting %s: %s is not %s; the default holds."),
                                              full, shown, expected));
}

/* --- readers: false where the value is not what is expected --- */

static bool
read_bool(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return false;
    *(bool *)field = g_variant_get_boolean(value);
    return true;
}

static bool
read_language(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    char **language = field;

    if (!pd_json_is_string(value) ||
        !g_regex_match_simple("^([A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8})*|auto)?$",
                              g_variant_get_string(value, NULL), G_REGEX_DOLLAR_ENDONLY, 0))
        return false;
    g_free(*language);
    *language = g_variant_dup_string(value, NULL);
    return true;
}

static bool
read_one_of(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    if (!pd_json_is_string(value) ||
        !g_strv_contains(key->values, g_variant_get_string(value, NULL)))
        return false;
    *(char **)field = g_variant_dup_string(value, NULL);
    return true;
}

static bool
read_number(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    gint64 number;

    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_INT64))
        return false;
    number = g_variant_get_int64(value);
    if (number < -1 || number > MAX_CANDIDATES)
        return false;
    *(int *)field = (int)number;
    return true;
}

static bool
read_delay(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    gint64 number;

    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_INT64))
        return false;
    number = g_variant_get_int64(value);
    if (number < 0 || number > MAX_DELAY_MS)
        return false;
    *(guint *)field = (guint)number;
    return true;
}

static bool
read_strings(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    char ***list = field;

    if (!pd_json_is_array(value) || g_variant_n_children(value) > MAX_LIST)
        return false;
    for (gsize i = 0; i < g_variant_n_children(value); i++) {
        g_autoptr(GVariant) element = pd_json_element(value, i);

        if (pd_json_is_string(element) && *g_variant_get_string(element, NULL) != '\0')
            g_ptr_array_add(strings, g_variant_dup_string(element, NULL));
        else
            warn(warnings, key->name, element != NULL ? element : value, key->expected);
    }
    g_ptr_array_add(strings, NULL);
    g_strfreev(*list);
    *list = (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
    return true;
}

static int
severity_from_name(const char *name)
{
    static const char *const names[] = { "error", "warning", "information", "hint" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], name))
            return PD_SEVERITY_ERROR + (int)i;
    }
    return 0;
}

static bool
is_kind_or_rule(const char *name)
{
    static const char *const kinds[] = {
        "spelling",
        "confused-word",
        "verb-form",
        "agreement",
        "noun-number",
        "determiner",
        "preposition",
        "pronoun",
        "adjective-adverb",
        "word-order",
        "missing-word",
        "extra-word",
        "punctuation",
        "letter-case",
        "apostrophe",
        "other",
        NULL,
    };
    g_autofree char *kind = g_strndup(name, strcspn(name, "/"));

    return g_strv_contains(kinds, kind);
}

static bool
read_severity(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    GHashTable *severity = *(GHashTable **)field;
    GVariantIter iter;
    const char *kind;
    GVariant *boxed;

    if (!pd_json_is_object(value))
        return false;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "{&sv}", &kind, &boxed)) {
        g_autoptr(GVariant) name = boxed;
        g_autofree char *full = g_strconcat(key->name, ".", kind, NULL);
        const int number =
            pd_json_is_string(name) ? severity_from_name(g_variant_get_string(name, NULL)) : 0;

        if (!is_kind_or_rule(kind))
            g_ptr_array_add(
                warnings,
                g_strdup_printf(_("Setting proofd.%s: there is no such kind of error."), full));
        else if (number == 0)
            warn(warnings, full, name, key->expected);
        else
            g_hash_table_insert(severity, g_strdup(kind), GINT_TO_POINTER(number));
    }
    return true;
}

static bool
read_formats(const Key *key, GVariant *value, void *field, GPtrArray *warnings)
{
    GHashTable *formats = *(GHashTable **)field;
    GVariantIter iter;
    const char *id;
    GVariant *boxed;

    if (!pd_json_is_object(value))
        return false;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "{&sv}", &id, &boxed)) {
        g_autoptr(GVariant) format = boxed;
        g_autofree char *full = g_strconcat(key->name, ".", id, NULL);

        if (pd_json_is_string(format) && *g_variant_get_string(format, NULL) != '\0')
            g_hash_table_insert(formats, g_strdup(id), g_variant_dup_string(format, NULL));
        else
            warn(warnings, full, format, key->expected);
    }
    return true;
}

/* --- the table --- */

static const char *const levels[] = { "careful", "default", "thorough", NULL };
static const char *const variants[] = { "any", "us", "gb", NULL };

#define FIELD(name) offsetof(PdLspSettings, name)

static const Key keys[] = {
    { "enable", read_bool, FIELD(enable), "true or false", NULL },
    { "language", read_language, FIELD(language),
      "\"\", \"auto\" or the name of a dictionary, such as \"en_US\"", NULL },
    { "level", read_one_of, FIELD(level), "\"careful\", \"default\" or \"thorough\"", levels },
    { "variant", read_one_of, FIELD(variant), "\"any\", \"us\" or \"gb\"", variants },
    { "disable", read_strings, FIELD(disable), "a list of rules, such as [\"spelling/unknown\"]",
      NULL },
    { "words", read_strings, FIELD(words), "a list of words", NULL },
    { "severity", read_severity, FIELD(severity),
      "\"error\", \"warning\", \"information\" or \"hint\" for a kind of error", NULL },
    { "enabledLanguages", read_strings, FIELD(enabled_languages),
      "a list of language ids, such as [\"markdown\"]", NULL },
    { "formats", read_formats, FIELD(formats),
      "a format for a language id, such as {\"mail\": \"plain\"}", NULL },
    { "checkWhileTyping", read_bool, FIELD(check_while_typing), "true or false", NULL },
    { "checkIncludedFiles", read_bool, FIELD(check_included_files), "true or false", NULL },
    { "maxCandidates", read_number, FIELD(max_candidates), "a number from 0 to 50", NULL },
    { "unfinishedWordDelay", read_delay, FIELD(unfinished_word_delay_ms),
      "a number of milliseconds, at most 3600000", NULL },
};

/* What clients themselves keep in the section. */
static const char *const others[] = { "path", "trace", NULL };

static const Key *
find_key(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].name, name))
            return &keys[i];
    }
    return NULL;
}

static void
warn_unknown(const char *name, GPtrArray *warnings)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", keys[i].name);
    g_ptr_array_add(warnings,
                    g_strdup_printf(_("Setting proofd.%s: there is no such setting, but %s."), name,
                                    known->str));
}

PdLspSettings *
pd_lsp_settings_parse(GVariant *section, GPtrArray *warnings)
{
    PdLspSettings *self = pd_lsp_settings_new();
    GVariantIter iter;
    const char *name;
    GVariant *boxed;

    if (section == NULL)
        return self;
    if (!pd_json_is_object(section)) {
        g_autofree char *shown = pd_json_show(section);

        g_ptr_array_add(warnings,
                        g_strdup_printf(_("Settings proofd: %s is not an object."), shown));
        return self;
    }
    g_variant_iter_init(&iter, section);
    while (g_variant_iter_next(&iter, "{&sv}", &name, &boxed)) {
        g_autoptr(GVariant) content = boxed;
        g_autoptr(GVariant) value = pd_json_get(section, name);
        const Key *key = find_key(name);

        if (key == NULL && !g_strv_contains(others, name))
            warn_unknown(name, warnings);
        if (key == NULL || value == NULL) /* null: as if it were not there */
            continue;
        if (!key->read(key, value, (char *)self + key->offset, warnings))
            warn(warnings, key->name, value, key->expected);
    }
    return self;
}

/* --- use --- */

static bool
tables_equal(GHashTable *a, GHashTable *b, GEqualFunc equal)
{
    GHashTableIter iter;
    void *key, *value, *other;

    if (g_hash_table_size(a) != g_hash_table_size(b))
        return false;
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (!g_hash_table_lookup_extended(b, key, NULL, &other) || !equal(value, other))
            return false;
    }
    return true;
}

static bool
lists_equal(char **a, char **b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return g_strv_equal((const char *const *)a, (const char *const *)b);
}

bool
pd_lsp_settings_equal(const PdLspSettings *a, const PdLspSettings *b)
{
    return a->enable == b->enable && g_str_equal(a->language, b->language) &&
           g_strcmp0(a->level, b->level) == 0 && g_strcmp0(a->variant, b->variant) == 0 &&
           lists_equal(a->disable, b->disable) && lists_equal(a->words, b->words) &&
           tables_equal(a->severity, b->severity, g_direct_equal) &&
           lists_equal(a->enabled_languages, b->enabled_languages) &&
           tables_equal(a->formats, b->formats, g_str_equal) &&
           a->check_while_typing == b->check_while_typing &&
           a->check_included_files == b->check_included_files &&
           a->max_candidates == b->max_candidates &&
           a->unfinished_word_delay_ms == b->unfinished_word_delay_ms;
}

PdSeverity
pd_lsp_settings_severity(const PdLspSettings *self, const char *kind, const char *rule)
{
    void *severity = g_hash_table_lookup(self->severity, rule);

    if (severity == NULL)
        severity = g_hash_table_lookup(self->severity, kind);
    if (severity != NULL)
        return (PdSeverity)GPOINTER_TO_INT(severity);
    return g_str_equal(kind, "spelling") ? PD_SEVERITY_ERROR : PD_SEVERITY_WARNING;
}
