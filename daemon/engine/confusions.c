/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confusions.c - what people write for what: confusions.tsv of a model's directory
 */
#include "daemon/engine/confusions.h"

#include "daemon/engine/table.h"

#include <stdbool.h>
#include <string.h>

struct PdConfusions {
    char *text;    /* the file, cut into strings at tabs and line ends */
    GArray *lines; /* of PdConfusion, sorted by wrong */
};

void
pd_confusions_free(PdConfusions *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->lines, g_array_unref);
    g_free(self->text);
    g_free(self);
}

static const PdConfusion *
line_at(const PdConfusions *self, guint i)
{
    return &g_array_index(self->lines, PdConfusion, i);
}

static bool
on_line(char *line, void *user_data)
{
    PdConfusions *self = user_data;
    PdConfusion entry = { .wrong = line };
    char *right = strchr(line, '\t');
    char *number = right != NULL ? strchr(right + 1, '\t') : NULL;

    if (number == NULL || !g_utf8_validate(line, -1, NULL))
        return false;
    *right++ = '\0';
    *number++ = '\0';
    entry.text = right;
    if (!pd_table_count(number, &entry.count) ||
        (self->lines->len > 0 && strcmp(line_at(self, self->lines->len - 1)->wrong, line) > 0))
        return false;
    g_array_append_val(self->lines, entry);
    return true;
}

PdConfusions *
pd_confusions_load(const char *path, GError **error)
{
    g_autoptr(PdConfusions) self = g_new0(PdConfusions, 1);

    self->lines = g_array_new(FALSE, FALSE, sizeof(PdConfusion));
    self->text = pd_table_read(path, "wrong TAB right TAB count", on_line, self, error);
    return self->text != NULL ? g_steal_pointer(&self) : NULL;
}

const PdConfusion *
pd_confusions_get(const PdConfusions *self, const char *wrong, guint *ret_n)
{
    guint low = 0, high = self->lines->len, n = 0;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (strcmp(line_at(self, middle)->wrong, wrong) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < self->lines->len && g_str_equal(line_at(self, low + n)->wrong, wrong))
        n++;
    *ret_n = n;
    return n > 0 ? line_at(self, low) : NULL;
}
