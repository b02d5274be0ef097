/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/kind.h"

#include <atspi/atspi-constants.h>

#define MAX_DEPTH 10 /* of a text below what has the focus, in a browser's page */

#define STATE(name) (G_GUINT64_CONSTANT(1) << ATSPI_STATE_##name)
#define LASTING_STATES (STATE(EDITABLE) | STATE(SINGLE_LINE) | STATE(MULTI_LINE))

static bool
get_states(const PdObject *object, guint64 *ret_states, GError **error)
{
    g_autoptr(GVariant) reply =
        pd_object_call(object, "Accessible", "GetState", NULL, "(au)", error);
    g_autoptr(GVariant) words = NULL;
    const guint32 *word;
    gsize n_words;

    if (reply == NULL)
        return false;
    words = g_variant_get_child_value(reply, 0);
    word = g_variant_get_fixed_array(words, &n_words, sizeof *word);
    *ret_states = n_words > 0 ? word[0] : 0;
    if (n_words > 1)
        *ret_states |= (guint64)word[1] << 32;
    return true;
}

bool
pd_kind_get(const PdObject *object, PdKind *ret_kind, GError **error)
{
    g_autoptr(GVariant) reply = pd_object_call(object, "Accessible", "GetRole", NULL, "(u)", error);
    PdKind kind;

    if (reply == NULL || !get_states(object, &kind.states, error))
        return false;
    g_variant_get(reply, "(u)", &kind.role);
    *ret_kind = kind;
    return true;
}

bool
pd_kind_get_focus(const PdObject *object, const PdKind *kind, PdKind *ret_focus)
{
    g_autoptr(PdRef) ref = pd_ref_copy(object->ref);
    PdKind at = *kind;

    for (int depth = 0; (at.states & STATE(FOCUSED)) == 0; depth++) {
        const PdObject child = { object->bus, ref, object->cancellable };
        g_autoptr(GVariant) parent = NULL;
        const char *name, *path;
        PdRef *above;

        if (depth == MAX_DEPTH)
            return false;
        parent = pd_object_get(&child, "Accessible", "Parent", "(so)", NULL);
        if (parent == NULL)
            return false;
        g_variant_get(parent, "(&s&o)", &name, &path);
        above = pd_ref_new(name, path);
        pd_ref_free(ref);
        ref = above;
        if (!pd_kind_get(&(PdObject){ object->bus, ref, object->cancellable }, &at, NULL))
            return false;
    }
    *ret_focus = at;
    return true;
}

/* Roles of what documents consist of. Fields to be filled in have others. */
static bool
is_of_document(guint32 role)
{
    return role == ATSPI_ROLE_PARAGRAPH || role == ATSPI_ROLE_HEADING ||
           role == ATSPI_ROLE_SECTION || role == ATSPI_ROLE_BLOCK_QUOTE ||
           role == ATSPI_ROLE_LIST_ITEM || role == ATSPI_ROLE_ARTICLE ||
           role == ATSPI_ROLE_COMMENT || role == ATSPI_ROLE_DOCUMENT_FRAME ||
           role == ATSPI_ROLE_DOCUMENT_TEXT || role == ATSPI_ROLE_DOCUMENT_WEB ||
           role == ATSPI_ROLE_DOCUMENT_EMAIL;
}

const char *
pd_kind_refuse(const PdKind *self)
{
    if (self->role == ATSPI_ROLE_PASSWORD_TEXT)
        return "a password";
    if (self->role == ATSPI_ROLE_TERMINAL)
        return "a terminal";
    return (self->states & STATE(EDITABLE)) == 0 ? "cannot be edited" : NULL;
}

const char *
pd_kind_refuse_in(const PdKind *self, const PdKind *focus, PdSingle single)
{
    if (focus->role == ATSPI_ROLE_PASSWORD_TEXT)
        return "a password";
    if (focus->role == ATSPI_ROLE_TERMINAL)
        return "a terminal";
    if ((self->states & STATE(MULTI_LINE)) != 0)
        return NULL;
    if (((self->states | focus->states) & STATE(SINGLE_LINE)) != 0)
        return single == PD_SINGLE_NEVER ? "a single line" : NULL;
    if ((focus->states & STATE(MULTI_LINE)) != 0 || is_of_document(self->role))
        return NULL;
    return single == PD_SINGLE_KNOWN ? NULL : "perhaps a single line";
}

bool
pd_kind_is_same(const PdKind *a, const PdKind *b)
{
    return a->role == b->role && ((a->states ^ b->states) & LASTING_STATES) == 0;
}

bool
pd_kind_is_paragraph(const PdKind *self)
{
    return self->role == ATSPI_ROLE_PARAGRAPH;
}

static bool
is_still(const PdObject *object, const PdKind *kind, GError **error)
{
    PdKind now;

    if (!pd_kind_get(object, &now, error))
        return false;
    if (pd_kind_is_same(&now, kind))
        return true;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                        "it has become another kind of text");
    return false;
}

char *
pd_kind_read(const PdObject *object, const PdKind *kind, int start, int end, GError **error)
{
    g_autoptr(GVariant) reply = NULL;
    char *text;

    if (!is_still(object, kind, error))
        return NULL;
    reply =
        pd_object_call(object, "Text", "GetText", g_variant_new("(ii)", start, end), "(s)", error);
    if (reply == NULL || !is_still(object, kind, error))
        return NULL;
    g_variant_get(reply, "(s)", &text);
    return text;
}
