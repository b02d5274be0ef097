/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending.h - edits that are not sent yet, as one
 *
 * However many edits there were, the text differs from what was sent in one stretch. All in bytes.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    bool is_there;
    gsize start;
    gsize removed;  /* of what was sent */
    gsize inserted; /* length of what stands there now */
} PdPending;

/* One more edit, of the text as it is with those before. */
void pd_pending_add(PdPending *self, gsize start, gsize removed, gsize inserted);

/* Where a stretch of what was sent stands now. Returns: false: it is, or touches, a change */
bool pd_pending_move(const PdPending *self, gsize start, gsize length, gsize *ret_start);
