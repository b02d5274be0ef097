/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confusions.c - what people write for what: confusions.tsv of a model's directory
 */
#include "daemon/engine/confusions.h"

#include "daemon/engine/error.h"

#include <stdbool.h>
#include <string.h>

struct PdConfusions {
    char *text;           /* the file, cut into strings at tabs and line ends */
    GHashTable *by_wrong; /* in text -> GArray of PdConfusion */
};

void
pd_confusions_free(PdConfusions *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->by_wrong, g_hash_table_unref);
    g_free(self->text);
    g_free(self);
}

static bool
parse_line(PdConfusions *self, char *line)
{
    PdConfusion entry;
    guint64 count;
    GArray *list;
    char *right = strchr(line, '\t');
    char *number = right != NULL ? strchr(right + 1, '\t') : NULL;

    if (number == NULL || !g_utf8_validate(line, -1, NULL))
        return false;
    *right++ = '\0';
    *number++ = '\0';
    if (!g_ascii_string_to_unsigned(number, 10, 1, G_MAXUINT32, &count, NULL))
        return false;
    entry = (PdConfusion){ right, count };
    list = g_hash_table_lookup(self->by_wrong, line);
    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(PdConfusion));
        g_hash_table_insert(self->by_wrong, line, list);
    }
    g_array_append_val(list, entry);
    return true;
}

PdConfusions *
pd_confusions_load(const char *path, GError **error)
{
    g_autoptr(PdConfusions) self = g_new0(PdConfusions, 1);
    g_autoptr(GError) trouble = NULL;
    guint n = 1;

    self->by_wrong =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    if (!g_file_get_contents(path, &self->text, NULL, &trouble)) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
        return NULL;
    }
    for (char *line = self->text, *next; *line != '\0'; line = next, n++) {
        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        if (!parse_line(self, line)) {
            g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN,
                        "%s: line %u is not \"wrong TAB right TAB count\"", path, n);
            return NULL;
        }
    }
    return g_steal_pointer(&self);
}

const GArray *
pd_confusions_get(const PdConfusions *self, const char *wrong)
{
    return g_hash_table_lookup(self->by_wrong, wrong);
}
