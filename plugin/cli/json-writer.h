/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-writer.h - JSON written as it comes, without a tree
 * json-glib would keep a whole run in memory, and writes 0.97 as 0.96999999999999997.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    GString *out;
    bool comma; /* does one belong before the next value? */
} PdJson;

#define PD_JSON_INIT(string) \
    {                        \
        .out = (string)      \
    }

/* @key: (nullable): in an object; NULL in an array and at the top */
void pd_json_begin(PdJson *self, const char *key, char bracket); /* '{' or '[' */
void pd_json_end(PdJson *self, char bracket);                    /* '}' or ']' */
void pd_json_string(PdJson *self, const char *key,
                    const char *value); /* what is not UTF-8: U+FFFD */
void pd_json_size(PdJson *self, const char *key, size_t value);
void pd_json_bool(PdJson *self, const char *key, bool value);
void pd_json_double(PdJson *self, const char *key, double value);  /* four digits; finite */
void pd_json_raw(PdJson *self, const char *key, const char *json); /* valid JSON as it is */
