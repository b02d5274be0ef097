/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * object.h - calls to an accessible object of another program; blocking, for threads
 */
#pragma once

#include "plugin/atspi/reach.h"

#define PD_OBJECT_CALL_MS 1500 /* a program that needs longer for an answer counts as hung */

typedef struct {
    GDBusConnection *bus;
    const PdRef *ref;
    GCancellable *cancellable; /* or NULL */
} PdObject;

/* Returns: (transfer full): what @method gave, of type @type; NULL with @error set */
GVariant *pd_object_call(const PdObject *self, const char *interface, const char *method,
                         GVariant *arguments, const char *type, GError **error);

/* Returns: (transfer full): the property's value, of type @type; NULL with @error set */
GVariant *pd_object_get(const PdObject *self, const char *interface, const char *property,
                        const char *type, GError **error);

/* An int32 property. Returns: false with @error set */
bool pd_object_get_int(const PdObject *self, const char *interface, const char *property,
                       int *ret_value, GError **error);

/* A method that says whether it did it. Returns: false: not done, with or without @error set */
bool pd_object_do(const PdObject *self, const char *interface, const char *method,
                  GVariant *arguments, GError **error);
