/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kind.h - what an accessible object is, and whether its text may be read
 *
 * The only place that reads texts: pd_kind_read() asks the object itself for its role and states
 * right before and right after, and gives nothing if it is not what pd_kind_refuse_in() let pass.
 */
#pragma once

#include "plugin/atspi/object.h"

/* As the program says it at that moment; nothing is taken from a cache. */
typedef struct {
    guint32 role;   /* AtspiRole */
    guint64 states; /* a bit for each AtspiStateType */
} PdKind;

/* Fields of a single line: passwords are such fields, and not all programs say which. */
typedef enum {
    PD_SINGLE_NEVER,
    PD_SINGLE_TOLD,  /* where the program says that it is one: then it tells passwords as well */
    PD_SINGLE_KNOWN, /* also where it says nothing, of a toolkit that always tells passwords */
} PdSingle;

/* Returns: false with @error set */
bool pd_kind_get(const PdObject *object, PdKind *ret_kind, GError **error);

/*
 * The kind of what has the focus: @object itself, which is @kind, or an object above it. A browser
 * gives the focus to the page or the field.
 *
 * Returns: false: neither has it
 */
bool pd_kind_get_focus(const PdObject *object, const PdKind *kind, PdKind *ret_focus);

/* Returns: why the text is not to be read, wherever the focus is; NULL: pd_kind_refuse_in() says */
const char *pd_kind_refuse(const PdKind *self);

/*
 * @focus: of what has the focus, as above
 *
 * Returns: why the text is not to be read there; NULL: it may be
 */
const char *pd_kind_refuse_in(const PdKind *self, const PdKind *focus, PdSingle single);

/* Has it become something else? Whether it has the focus does not matter. */
bool pd_kind_is_same(const PdKind *a, const PdKind *b);

bool pd_kind_is_paragraph(const PdKind *self);

/*
 * Positions @start to @end of its text, if it is still @kind.
 *
 * Returns: (transfer full): NULL with @error set: G_IO_ERROR_PERMISSION_DENIED: it is not
 */
char *pd_kind_read(const PdObject *object, const PdKind *kind, int start, int end, GError **error);
