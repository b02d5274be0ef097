/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/table.h"

#include "daemon/engine/error.h"

#include <string.h>

char *
pd_table_read(const char *path, const char *form, PdTableLine on_line, void *user_data,
              GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) trouble = NULL;
    guint n = 1;

    if (!g_file_get_contents(path, &text, NULL, &trouble)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
        return NULL;
    }
    for (char *line = text, *next; *line != '\0'; line = next, n++) {
        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        if (!on_line(line, user_data)) {
            g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "%s: line %u is not \"%s\"", path,
                        n, form);
            return NULL;
        }
    }
    return g_steal_pointer(&text);
}

bool
pd_table_count(const char *field, guint *ret_count)
{
    guint64 count;

    if (!g_ascii_string_to_unsigned(field, 10, 1, G_MAXUINT32, &count, NULL))
        return false;
    *ret_count = (guint)count;
    return true;
}
