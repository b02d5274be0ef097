/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * idle.h - stops the service when nobody needs it
 *
 * Whatever keeps the service needed (a call, a document) holds a hold. When the last one is given
 * back, a timer starts; when it ends without a new hold, @expired is called, once for each time the
 * timer ran.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct PdIdle PdIdle;

/**
 * pd_idle_new:
 * @seconds: how long without a hold; 0: never expires
 * @expired: called from the thread's default main context
 *
 * The timer runs from the start. Returns: (transfer full), never NULL
 */
PdIdle *pd_idle_new(unsigned seconds, void (*expired)(void *user_data), void *user_data);
void pd_idle_free(PdIdle *self); /* NULL is fine; all holds must have been given back */

void pd_idle_hold(PdIdle *self);
void pd_idle_release(PdIdle *self); /* one hold back; the timer starts with the last */
void pd_idle_set_seconds(PdIdle *self, unsigned seconds); /* 0: never; the time starts anew */
bool pd_idle_is_held(const PdIdle *self);
void pd_idle_restart(PdIdle *self); /* something short happened: the time starts anew */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdIdle, pd_idle_free)
