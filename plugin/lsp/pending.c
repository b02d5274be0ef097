/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/pending.h"

void
pd_pending_add(PdPending *self, gsize start, gsize removed, gsize inserted)
{
    gsize first, end;

    if (!self->is_there) {
        *self = (PdPending){ true, start, removed, inserted };
        return;
    }
    /* both stretches, in the text between the edits; outside of the first, that is what was sent */
    first = MIN(self->start, start);
    end = MAX(self->start + self->inserted, start + removed);
    self->removed += end - first - self->inserted;
    self->inserted = end - first - removed + inserted;
    self->start = first;
}

bool
pd_pending_move(const PdPending *self, gsize start, gsize length, gsize *ret_start)
{
    if (!self->is_there || start + length < self->start) {
        *ret_start = start;
        return true;
    }
    if (start <= self->start + self->removed)
        return false;
    *ret_start = start - self->removed + self->inserted;
    return true;
}
