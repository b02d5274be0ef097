/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/form.h"

#include "plugin/http/error.h"

#include <string.h>

GHashTable *
pd_http_form_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* (transfer full): NULL with @error set if it is no text */
static char *
decode(const char *data, size_t length, GError **error)
{
    g_autoptr(GString) text = g_string_sized_new(length);

    for (size_t i = 0; i < length; i++) {
        if (data[i] == '%' && length - i > 2 && g_ascii_isxdigit(data[i + 1]) &&
            g_ascii_isxdigit(data[i + 2])) {
            g_string_append_c(text, (char)(g_ascii_xdigit_value(data[i + 1]) * 16 +
                                           g_ascii_xdigit_value(data[i + 2])));
            i += 2;
        } else {
            g_string_append_c(text, data[i] == '+' ? ' ' : data[i]);
        }
    }
    if (memchr(text->str, '\0', text->len) != NULL) {
        g_set_error_literal(error, PD_HTTP_ERROR, 400, "A parameter has a NUL character in it");
        return NULL;
    }
    if (!g_utf8_validate(text->str, (gssize)text->len, NULL)) {
        g_set_error_literal(error, PD_HTTP_ERROR, 400, "A parameter is not valid UTF-8");
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool
add_pair(GHashTable *form, const char *pair, const char *end, GError **error)
{
    const char *equals = memchr(pair, '=', (size_t)(end - pair));
    g_autofree char *name = NULL, *value = NULL;

    while (end > pair && end[-1] == '&')
        end--;
    if (equals == NULL)
        return true;
    name = decode(pair, (size_t)(equals - pair), error);
    if (name == NULL)
        return false;
    value = decode(equals + 1, (size_t)(end - equals - 1), error);
    if (value == NULL)
        return false;
    g_hash_table_replace(form, g_steal_pointer(&name), g_steal_pointer(&value));
    return true;
}

/* Where the next part begins that has a =, or @end: what is before it belongs to this one. */
static const char *
next_pair(const char *pair, const char *end)
{
    const char *next = memchr(pair, '&', (size_t)(end - pair));

    while (next != NULL) {
        const char *part = next + 1;

        next = memchr(part, '&', (size_t)(end - part));
        if (memchr(part, '=', (size_t)((next != NULL ? next : end) - part)) != NULL)
            return part;
    }
    return end;
}

bool
pd_http_form_add(GHashTable *form, const char *data, size_t length, GError **error)
{
    const char *end;

    if (data == NULL)
        return true;
    end = data + length;
    for (const char *pair = data, *next; pair < end; pair = next) {
        next = next_pair(pair, end);
        if (!add_pair(form, pair, next, error))
            return false;
    }
    return true;
}

bool
pd_http_form_is_true(GHashTable *form, const char *name)
{
    const char *value = g_hash_table_lookup(form, name);

    return value != NULL && (g_str_equal(value, "true") || g_str_equal(value, "yes"));
}

GStrv
pd_http_form_list(GHashTable *form, const char *name)
{
    const char *value = g_hash_table_lookup(form, name);
    g_auto(GStrv) parts = g_strsplit(value != NULL ? value : "", ",", -1);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (size_t i = 0; parts[i] != NULL; i++)
        if (*g_strstrip(parts[i]) != '\0')
            g_strv_builder_add(list, parts[i]);
    return g_strv_builder_end(list);
}
