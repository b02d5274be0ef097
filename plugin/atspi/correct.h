/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * correct.h - puts a correction into a program's text
 */
#pragma once

#include "plugin/atspi/look.h"

typedef enum {
    PD_CORRECT_DONE,
    PD_CORRECT_CHANGED, /* something else is there now: nothing was done */
    PD_CORRECT_REFUSED, /* by the program: the text is as before */
} PdCorrectResult;

/*
 * Puts @replacement in place of @length code points from @start of the window of @look, if there is
 * still what was seen there; as one step to undo where the program has a call for that.
 */
void pd_correct_async(GDBusConnection *bus, const PdLook *look, guint start, guint length,
                      const char *replacement, GAsyncReadyCallback callback, gpointer user_data);

/* Returns: what became of it; PD_CORRECT_REFUSED with @error set where it could not be asked */
PdCorrectResult pd_correct_finish(GAsyncResult *result, GError **error);
