/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * form.h - application/x-www-form-urlencoded: a request's parameters
 *
 * Clients differ in how well they encode: LibreOffice 7.4 does not do it at all. So a % that begins
 * no escape stands for itself, and a part without = belongs to the value before it ("text=R&D").
 * What is not UTF-8 is an error.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* (transfer full): no parameters yet; name to value, both strings of its own */
GHashTable *pd_http_form_new(void);

/**
 * pd_http_form_add:
 * @form: from pd_http_form_new(); a parameter that it has already gets the new value
 * @data: (nullable): "a=b&c=d", [length] bytes, any
 * @error: PD_HTTP_ERROR, status 400: not UTF-8, or a NUL in a value
 */
bool pd_http_form_add(GHashTable *form, const char *data, size_t length, GError **error);

/* Is the parameter there with the value "true" (or "yes")? */
bool pd_http_form_is_true(GHashTable *form, const char *name);

/* (transfer full): the parts of a value between commas without empty ones; never NULL */
GStrv pd_http_form_list(GHashTable *form, const char *name);
