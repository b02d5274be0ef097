/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confusions.c - what people write for what: confusions.tsv of a model's directory
 */
#include "daemon/engine/confusions.h"

#include "daemon/engine/table.h"

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
on_line(char *line, void *user_data)
{
    PdConfusions *self = user_data;
    PdConfusion entry;
    GArray *list;
    char *right = strchr(line, '\t');
    char *number = right != NULL ? strchr(right + 1, '\t') : NULL;

    if (number == NULL || !g_utf8_validate(line, -1, NULL))
        return false;
    *right++ = '\0';
    *number++ = '\0';
    entry.text = right;
    if (!pd_table_count(number, &entry.count))
        return false;
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

    self->by_wrong =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    self->text = pd_table_read(path, "wrong TAB right TAB count", on_line, self, error);
    return self->text != NULL ? g_steal_pointer(&self) : NULL;
}

const GArray *
pd_confusions_get(const PdConfusions *self, const char *wrong)
{
    return g_hash_table_lookup(self->by_wrong, wrong);
}
