/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/json-writer.h"

#include <string.h>

static void
append_quoted(GString *out, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);

    g_string_append_c(out, '"');
    for (const char *p = valid; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(out, "\\%c", *p);
        else if (*p == '\n')
            g_string_append(out, "\\n");
        else if ((unsigned char)*p < 0x20 || *p == 0x7F)
            g_string_append_printf(out, "\\u%04x", (unsigned)*p);
        else
            g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static void
before_value(PdJson *self, const char *key)
{
    if (self->comma)
        g_string_append_c(self->out, ',');
    self->comma = true;
    if (key != NULL) {
        append_quoted(self->out, key);
        g_string_append_c(self->out, ':');
    }
}

void
pd_json_begin(PdJson *self, const char *key, char bracket)
{
    before_value(self, key);
    g_string_append_c(self->out, bracket);
    self->comma = false;
}

void
pd_json_end(PdJson *self, char bracket)
{
    g_string_append_c(self->out, bracket);
    self->comma = true;
}

void
pd_json_string(PdJson *self, const char *key, const char *value)
{
    before_value(self, key);
    append_quoted(self->out, value);
}

void
pd_json_size(PdJson *self, const char *key, size_t value)
{
    before_value(self, key);
    g_string_append_printf(self->out, "%zu", value);
}

void
pd_json_bool(PdJson *self, const char *key, bool value)
{
    before_value(self, key);
    g_string_append(self->out, value ? "true" : "false");
}

void
pd_json_double(PdJson *self, const char *key, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    size_t length;

    before_value(self, key);
    length = strlen(g_ascii_formatd(digits, sizeof(digits), "%.4f", value));
    while (digits[length - 1] == '0' && digits[length - 2] != '.')
        length--;
    g_string_append_len(self->out, digits, length);
}

void
pd_json_raw(PdJson *self, const char *key, const char *json)
{
    before_value(self, key);
    g_string_append(self->out, json);
}
