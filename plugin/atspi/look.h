/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.h - reads a program's text
 *
 * In a thread, for a program may hang: the agent never does. A call to a program has
 * PD_OBJECT_CALL_MS, then its text counts as not there.
 */
#pragma once

#include "plugin/atspi/config.h"
#include "plugin/atspi/kind.h"
#include "plugin/atspi/window.h"

typedef enum {
    PD_LOOK_TEXT,
    PD_LOOK_NOT_OURS, /* nothing that is watched: why is in PdLook:why, for the log */
    PD_LOOK_OWN,      /* of this program itself */
} PdLookResult;

/* What is seen of a text. The window's text is there for PD_LOOK_TEXT alone. */
typedef struct {
    PdLookResult result;
    const char *why;
    PdRef *ref;
    char *program; /* the name of the program, for people and for the lists */
    bool is_qt;    /* counts in UTF-16 what it is given */
    PdKind kind;   /* which let it pass: it is read again only while it is that */
    char *text;
    PdUnit unit;
    int start;   /* where the window starts in the program's text, in @unit */
    int n_total; /* length of the program's text, in @unit */
    guint caret; /* in the window, in code points */
    bool has_place;
    int x, y, width, height; /* of the character at the caret, on the screen */
} PdLook;

void pd_look_free(PdLook *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLook, pd_look_free)

/* Reads no text where @config does not allow the program, nor of passwords and terminals. */
void pd_look_async(GDBusConnection *bus, const PdRef *ref, PdConfig *config,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full): NULL with @error set: the program does not answer, or cancelled */
PdLook *pd_look_finish(GAsyncResult *result, GError **error);
