/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json.h - values of messages
 *
 * jsonrpc-glib gives JSON as GVariant: objects are a{sv}, arrays av, numbers x or d, null is an
 * empty maybe. What a client sends may have any type anywhere, so nothing is taken on trust: a
 * member that is missing and one of another type are the same.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* (transfer full) (nullable): @object's member, out of its box; NULL where there is none, it is
 * null, or @object is NULL or no object */
GVariant *pd_json_get(GVariant *object, const char *name);
/* The same for a path: "textDocument", "uri", NULL. */
GVariant *pd_json_get_path(GVariant *object, ...) G_GNUC_NULL_TERMINATED;

/* (transfer full) (nullable) */
char *pd_json_get_string(GVariant *object, const char *name);
/* Returns: false where it is not there; @ret_value stays. A double without a fraction counts. */
bool pd_json_get_int(GVariant *object, const char *name, gint64 *ret_value);
bool pd_json_get_bool(GVariant *object, const char *name, bool *ret_value);
/* Is it true? */
bool pd_json_is_true(GVariant *object, const char *name);

/* Whether it is an array; its elements: pd_json_element() */
bool pd_json_is_array(GVariant *value);
bool pd_json_is_object(GVariant *value);
bool pd_json_is_string(GVariant *value);
/* (transfer full) */
GVariant *pd_json_element(GVariant *array, gsize index);
/* Is the string among the elements? @array may be NULL. */
bool pd_json_array_has(GVariant *array, const char *string);

GVariant *pd_json_null(void); /* (transfer floating) */

/* The value as JSON for a message to people, at most some 60 bytes. (transfer full) */
char *pd_json_show(GVariant *value);
