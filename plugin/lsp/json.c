/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define MAX_SHOWN_BYTES 60

/* (transfer full) (nullable): out of variants and maybes; NULL for null */
static GVariant *
unbox(GVariant *boxed)
{
    g_autoptr(GVariant) value = boxed;

    while (value != NULL) {
        g_autoptr(GVariant) inner = NULL;

        if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT))
            inner = g_variant_get_variant(value);
        else if (g_variant_is_of_type(value, G_VARIANT_TYPE_MAYBE))
            inner = g_variant_get_maybe(value);
        else
            break;
        g_variant_unref(value);
        value = g_steal_pointer(&inner);
    }
    return g_steal_pointer(&value);
}

GVariant *
pd_json_get(GVariant *object, const char *name)
{
    if (!pd_json_is_object(object))
        return NULL;
    return unbox(g_variant_lookup_value(object, name, NULL));
}

GVariant *
pd_json_get_path(GVariant *object, ...)
{
    g_autoptr(GVariant) value = object != NULL ? g_variant_ref(object) : NULL;
    const char *name;
    va_list names;

    va_start(names, object);
    while (value != NULL && (name = va_arg(names, const char *)) != NULL) {
        GVariant *member = pd_json_get(value, name);

        g_variant_unref(value);
        value = member;
    }
    va_end(names);
    return g_steal_pointer(&value);
}

char *
pd_json_get_string(GVariant *object, const char *name)
{
    g_autoptr(GVariant) value = pd_json_get(object, name);

    return pd_json_is_string(value) ? g_variant_dup_string(value, NULL) : NULL;
}

bool
pd_json_get_int(GVariant *object, const char *name, gint64 *ret_value)
{
    g_autoptr(GVariant) value = pd_json_get(object, name);

    if (value == NULL)
        return false;
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_INT64)) {
        *ret_value = g_variant_get_int64(value);
        return true;
    }
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_DOUBLE)) {
        const double number = g_variant_get_double(value);

        if (fabs(number) > 1e15 || floor(number) != number)
            return false;
        *ret_value = (gint64)number;
        return true;
    }
    return false;
}

bool
pd_json_get_bool(GVariant *object, const char *name, bool *ret_value)
{
    g_autoptr(GVariant) value = pd_json_get(object, name);

    if (value == NULL || !g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return false;
    *ret_value = g_variant_get_boolean(value);
    return true;
}

bool
pd_json_is_true(GVariant *object, const char *name)
{
    bool value = false;

    return pd_json_get_bool(object, name, &value) && value;
}

bool
pd_json_is_array(GVariant *value)
{
    return value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_ARRAY) &&
           !pd_json_is_object(value);
}

bool
pd_json_is_object(GVariant *value)
{
    return value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_VARDICT);
}

bool
pd_json_is_string(GVariant *value)
{
    return value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING);
}

GVariant *
pd_json_element(GVariant *array, gsize index)
{
    return unbox(g_variant_get_child_value(array, index));
}

bool
pd_json_array_has(GVariant *array, const char *string)
{
    const gsize n = pd_json_is_array(array) ? g_variant_n_children(array) : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) element = pd_json_element(array, i);

        if (pd_json_is_string(element) && g_str_equal(g_variant_get_string(element, NULL), string))
            return true;
    }
    return false;
}

GVariant *
pd_json_null(void)
{
    return g_variant_new_maybe(G_VARIANT_TYPE_VARIANT, NULL);
}

char *
pd_json_show(GVariant *value)
{
    g_autofree char *text = json_gvariant_serialize_data(value, NULL);

    if (strlen(text) > MAX_SHOWN_BYTES) {
        *g_utf8_find_prev_char(text, text + MAX_SHOWN_BYTES + 1) = '\0';
        return g_strconcat(text, "…", NULL);
    }
    return g_steal_pointer(&text);
}
