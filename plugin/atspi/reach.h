/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reach.h - the accessibility bus: who has the focus, whose text or caret changed
 *
 * Programs expose nothing until org.a11y.Status says that it is wanted and somebody registers for
 * events, so both are done here, and undone at the end. A bus that goes away is looked for again.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct PdReach PdReach;

/* An object of a program: its connection's name on the accessibility bus, and its path. */
typedef struct {
    char *name;
    char *path;
} PdRef;

PdRef *pd_ref_new(const char *name, const char *path);
PdRef *pd_ref_copy(const PdRef *self);
void pd_ref_free(PdRef *self);                     /* NULL is fine */
bool pd_ref_equal(const PdRef *a, const PdRef *b); /* either may be NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdRef, pd_ref_free)

typedef enum {
    PD_EVENT_FOCUSED,
    PD_EVENT_UNFOCUSED,
    PD_EVENT_TEXT,
    PD_EVENT_CARET,
    PD_EVENT_GONE, /* a program left; the reference's path is "" */
} PdEvent;

typedef void (*PdReachFunc)(PdEvent event, const PdRef *source, void *user_data);

/*
 * @session: the session bus
 * @func: called on the main loop until pd_reach_free()
 *
 * Connects in the background. Returns: (transfer full)
 */
PdReach *pd_reach_new(GDBusConnection *session, PdReachFunc func, void *user_data);
void pd_reach_free(PdReach *self); /* NULL is fine; turns off what pd_reach_new() turned on */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdReach, pd_reach_free)

/* (transfer none) (nullable): the accessibility bus, once it is there */
GDBusConnection *pd_reach_peek_bus(PdReach *self);
