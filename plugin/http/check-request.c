/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/check-request.h"

#include "plugin/http/error.h"
#include "plugin/http/form.h"

#include <string.h>

/* Parameters of the API before version 2, and what is to be said to who sends them. */
static const struct {
    const char *name;
    const char *message;
} renamed[] = {
    { "enabled",
      "You specified 'enabled' but the parameter is now called 'enabledRules' in v2 of the API" },
    { "disabled",
      "You specified 'disabled' but the parameter is now called 'disabledRules' in v2 of the API" },
    { "preferredvariants", "You specified 'preferredvariants' but the parameter is now called "
                           "'preferredVariants' (uppercase 'V') in v2 of the API" },
    { "autodetect", "You specified 'autodetect' but automatic language detection is now activated "
                    "with 'language=auto' in v2 of the API" },
};

static bool
fail(const char *message, GError **error)
{
    g_set_error_literal(error, PD_HTTP_ERROR, 400, message);
    return false;
}

void
pd_http_check_request_free(PdHttpCheckRequest *self)
{
    if (self == NULL)
        return;
    pd_http_text_free(self->text);
    g_free(self->language);
    g_strfreev(self->preferred_variants);
    g_strfreev(self->preferred_languages);
    g_strfreev(self->noop_languages);
    pd_http_filter_clear(&self->filter);
    g_free(self);
}

static bool
read_text(PdHttpCheckRequest *self, GHashTable *form, size_t max_utf16, GError **error)
{
    const char *text = g_hash_table_lookup(form, "text");
    const char *data = g_hash_table_lookup(form, "data");
    size_t length;

    if (text != NULL && data != NULL)
        return fail("Set only 'text' or 'data' parameter, not both", error);
    if (text == NULL && data == NULL)
        return fail("Missing 'text' or 'data' parameter", error);
    self->text = text != NULL ? pd_http_text_new(text) : pd_http_text_new_annotated(data, error);
    if (self->text == NULL)
        return false;
    length = pd_http_text_length_utf16(self->text);
    if (length > max_utf16) {
        g_set_error(error, PD_HTTP_ERROR, 413,
                    "Your text exceeds the limit of %zu characters (it's %zu characters). Please "
                    "submit a shorter text.",
                    max_utf16, length);
        return false;
    }
    return true;
}

static bool
read_language(PdHttpCheckRequest *self, GHashTable *form, GError **error)
{
    const char *language = g_hash_table_lookup(form, "language");

    for (size_t i = 0; i < G_N_ELEMENTS(renamed); i++)
        if (g_hash_table_contains(form, renamed[i].name))
            return fail(renamed[i].message, error);
    if (language == NULL || *language == '\0')
        return fail("Missing 'language' parameter, e.g. 'language=en-US' for American English or "
                    "'language=fr' for French",
                    error);
    self->language = g_strdup(language);
    self->is_auto = g_str_equal(language, "auto");
    self->preferred_variants = pd_http_form_list(form, "preferredVariants");
    self->preferred_languages = pd_http_form_list(form, "preferredLanguages");
    self->noop_languages = pd_http_form_list(form, "noopLanguages");
    if (!self->is_auto && self->preferred_variants[0] != NULL &&
        !pd_http_form_is_true(form, "multilingual"))
        return fail("You specified 'preferredVariants' but you didn't specify 'language=auto'",
                    error);
    if (!self->is_auto && self->noop_languages[0] != NULL)
        return fail("You can specify 'noopLanguages' only when also using 'language=auto'", error);
    for (size_t i = 0; self->preferred_variants[i] != NULL; i++)
        if (strchr(self->preferred_variants[i], '-') == NULL) {
            g_set_error(error, PD_HTTP_ERROR, 400,
                        "Invalid format for 'preferredVariants', expected a dash as in 'en-GB': "
                        "'%s'",
                        self->preferred_variants[i]);
            return false;
        }
    return true;
}

static bool
read_filter(PdHttpFilter *filter, GHashTable *form, GError **error)
{
    filter->enabled_rules = pd_http_form_list(form, "enabledRules");
    filter->disabled_rules = pd_http_form_list(form, "disabledRules");
    filter->enabled_categories = pd_http_form_list(form, "enabledCategories");
    filter->disabled_categories = pd_http_form_list(form, "disabledCategories");
    filter->enabled_only = pd_http_form_is_true(form, "enabledOnly");
    if (!filter->enabled_only)
        return true;
    if (filter->disabled_rules[0] != NULL || filter->disabled_categories[0] != NULL)
        return fail("You cannot specify disabled rules or categories using enabledOnly=true",
                    error);
    if (filter->enabled_rules[0] == NULL && filter->enabled_categories[0] == NULL)
        return fail("You must specify enabled rules or categories when using enabledOnly=true",
                    error);
    return true;
}

static bool
read_level(PdHttpCheckRequest *self, GHashTable *form, GError **error)
{
    const char *level = g_hash_table_lookup(form, "level");
    const char *mode = g_hash_table_lookup(form, "mode");

    self->is_picky = g_strcmp0(level, "picky") == 0;
    if (level != NULL && !self->is_picky && !g_str_equal(level, "default"))
        return fail("If 'level' is set, it must be set to 'default' or 'picky'", error);
    self->is_empty = g_strcmp0(mode, "textLevelOnly") == 0;
    if (mode != NULL && !self->is_empty && !g_str_equal(mode, "allButTextLevelOnly") &&
        !g_str_equal(mode, "all"))
        return fail("Mode must be one of 'textLevelOnly', 'allButTextLevelOnly', or 'all'", error);
    return true;
}

PdHttpCheckRequest *
pd_http_check_request_new(GHashTable *form, size_t max_utf16, GError **error)
{
    g_autoptr(PdHttpCheckRequest) self = g_new0(PdHttpCheckRequest, 1);

    if (!read_text(self, form, max_utf16, error) || !read_language(self, form, error) ||
        !read_filter(&self->filter, form, error) || !read_level(self, form, error))
        return NULL;
    return g_steal_pointer(&self);
}
