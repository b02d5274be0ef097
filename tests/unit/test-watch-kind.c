/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/kind.h"

#include <atspi/atspi-constants.h>

#define STATE(name) (G_GUINT64_CONSTANT(1) << ATSPI_STATE_##name)
#define EDITED (STATE(EDITABLE) | STATE(FOCUSED))

static const PdSingle every_single[] = { PD_SINGLE_NEVER, PD_SINGLE_TOLD, PD_SINGLE_KNOWN };

static const char *
refuse(guint32 role, guint64 states, PdSingle single)
{
    const PdKind kind = { role, states };
    const char *why = pd_kind_refuse(&kind);

    return why != NULL ? why : pd_kind_refuse_in(&kind, &kind, single);
}

/* Whatever else they say, and whatever is allowed. */
static void
test_never(void)
{
    static const guint64 lines[] = { 0, STATE(SINGLE_LINE), STATE(MULTI_LINE) };

    for (gsize i = 0; i < G_N_ELEMENTS(every_single); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(lines); j++) {
            const PdSingle single = every_single[i];

            g_assert_cmpstr(refuse(ATSPI_ROLE_PASSWORD_TEXT, EDITED | lines[j], single), ==,
                            "a password");
            g_assert_cmpstr(refuse(ATSPI_ROLE_TERMINAL, EDITED | lines[j], single), ==,
                            "a terminal");
            g_assert_cmpstr(refuse(ATSPI_ROLE_TEXT, STATE(FOCUSED) | lines[j], single), ==,
                            "cannot be edited");
        }
    }
}

/* What says nothing of lines may be a password of GTK 4, which has the role of any text. */
static void
test_fields(void)
{
    const guint64 single = EDITED | STATE(SINGLE_LINE);

    g_assert_null(refuse(ATSPI_ROLE_TEXT, EDITED | STATE(MULTI_LINE), PD_SINGLE_NEVER));
    g_assert_null(refuse(ATSPI_ROLE_ENTRY, EDITED | STATE(MULTI_LINE), PD_SINGLE_NEVER));
    for (guint i = 0; i < 2; i++) {
        const guint32 role = i == 0 ? ATSPI_ROLE_TEXT : ATSPI_ROLE_ENTRY;

        g_assert_cmpstr(refuse(role, single, PD_SINGLE_NEVER), ==, "a single line");
        g_assert_null(refuse(role, single, PD_SINGLE_TOLD));
        g_assert_null(refuse(role, single, PD_SINGLE_KNOWN));
        g_assert_cmpstr(refuse(role, EDITED, PD_SINGLE_NEVER), ==, "perhaps a single line");
        g_assert_cmpstr(refuse(role, EDITED, PD_SINGLE_TOLD), ==, "perhaps a single line");
        g_assert_null(refuse(role, EDITED, PD_SINGLE_KNOWN));
    }
}

static void
test_documents(void)
{
    static const guint32 roles[] = { ATSPI_ROLE_PARAGRAPH, ATSPI_ROLE_HEADING, ATSPI_ROLE_SECTION,
                                     ATSPI_ROLE_LIST_ITEM, ATSPI_ROLE_DOCUMENT_WEB };

    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
        g_assert_null(refuse(roles[i], EDITED, PD_SINGLE_NEVER));
        g_assert_cmpstr(refuse(roles[i], EDITED | STATE(SINGLE_LINE), PD_SINGLE_NEVER), ==,
                        "a single line");
    }
    g_assert_nonnull(refuse(ATSPI_ROLE_SPIN_BUTTON, EDITED, PD_SINGLE_NEVER));
    g_assert_nonnull(refuse(ATSPI_ROLE_TABLE_CELL, EDITED, PD_SINGLE_NEVER));
}

/* Chromium: the text is in a child of what has the focus. */
static void
test_below_focus(void)
{
    const PdKind child = { ATSPI_ROLE_STATIC, STATE(EDITABLE) };
    const PdKind area = { ATSPI_ROLE_ENTRY, EDITED | STATE(MULTI_LINE) };
    const PdKind field = { ATSPI_ROLE_ENTRY, EDITED | STATE(SINGLE_LINE) };
    const PdKind password = { ATSPI_ROLE_PASSWORD_TEXT, EDITED | STATE(MULTI_LINE) };
    const PdKind terminal = { ATSPI_ROLE_TERMINAL, EDITED | STATE(MULTI_LINE) };
    const PdKind page = { ATSPI_ROLE_DOCUMENT_WEB, STATE(FOCUSED) };
    const PdKind paragraph = { ATSPI_ROLE_PARAGRAPH, STATE(EDITABLE) };

    g_assert_null(pd_kind_refuse_in(&child, &area, PD_SINGLE_NEVER));
    g_assert_null(pd_kind_refuse_in(&paragraph, &page, PD_SINGLE_NEVER));
    g_assert_cmpstr(pd_kind_refuse_in(&paragraph, &field, PD_SINGLE_NEVER), ==, "a single line");
    g_assert_cmpstr(pd_kind_refuse_in(&child, &page, PD_SINGLE_TOLD), ==, "perhaps a single line");
    for (gsize i = 0; i < G_N_ELEMENTS(every_single); i++) {
        g_assert_cmpstr(pd_kind_refuse_in(&child, &password, every_single[i]), ==, "a password");
        g_assert_cmpstr(pd_kind_refuse_in(&paragraph, &terminal, every_single[i]), ==,
                        "a terminal");
    }
}

static void
test_same(void)
{
    const PdKind text = { ATSPI_ROLE_TEXT, EDITED | STATE(MULTI_LINE) };
    const PdKind left = { ATSPI_ROLE_TEXT, STATE(EDITABLE) | STATE(MULTI_LINE) };
    const PdKind password = { ATSPI_ROLE_PASSWORD_TEXT, EDITED | STATE(MULTI_LINE) };
    const PdKind field = { ATSPI_ROLE_TEXT, EDITED };
    const PdKind locked = { ATSPI_ROLE_TEXT, STATE(FOCUSED) | STATE(MULTI_LINE) };

    g_assert_true(pd_kind_is_same(&text, &left));
    g_assert_false(pd_kind_is_same(&text, &password));
    g_assert_false(pd_kind_is_same(&text, &field));
    g_assert_false(pd_kind_is_same(&text, &locked));
}

/* --- an object that may change while it is read --- */

typedef struct {
    GTestDBus *daemon;
    GDBusConnection *program, *reader;
    PdRef *ref;
    gint role;       /* atomic, as is the rest: the filter runs in GDBus' thread */
    gint becomes;    /* its role after the next GetText */
    gint n_got_text; /* calls */
} Fake;

static GDBusMessage *
on_message(GDBusConnection *bus, GDBusMessage *message, gboolean is_incoming, gpointer user_data)
{
    const guint32 states[] = { STATE(EDITABLE) | STATE(SINGLE_LINE), 0 };
    const char *member = g_dbus_message_get_member(message);
    g_autoptr(GDBusMessage) reply = NULL;
    Fake *self = user_data;
    GVariant *body;

    if (!is_incoming || g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    if (g_str_equal(member, "GetRole")) {
        body = g_variant_new("(u)", (guint32)g_atomic_int_get(&self->role));
    } else if (g_str_equal(member, "GetState")) {
        body = g_variant_new(
            "(@au)", g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, states, 2, sizeof *states));
    } else {
        g_assert_cmpstr(member, ==, "GetText");
        g_atomic_int_inc(&self->n_got_text);
        g_atomic_int_set(&self->role, g_atomic_int_get(&self->becomes));
        body = g_variant_new("(s)", "hello");
    }
    reply = g_dbus_message_new_method_reply(message);
    g_dbus_message_set_body(reply, body);
    g_dbus_connection_send_message(bus, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    g_object_unref(message);
    return NULL;
}

static GDBusConnection *
connect_to(GTestDBus *daemon)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(daemon),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return bus;
}

static void
set_up(Fake *self, gconstpointer data)
{
    self->daemon = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->daemon);
    self->program = connect_to(self->daemon);
    self->reader = connect_to(self->daemon);
    self->ref = pd_ref_new(g_dbus_connection_get_unique_name(self->program), "/field");
    self->role = self->becomes = ATSPI_ROLE_TEXT;
    g_dbus_connection_add_filter(self->program, on_message, self, NULL);
}

static void
tear_down(Fake *self, gconstpointer data)
{
    g_dbus_connection_close_sync(self->program, NULL, NULL);
    g_dbus_connection_close_sync(self->reader, NULL, NULL);
    g_object_unref(self->program);
    g_object_unref(self->reader);
    pd_ref_free(self->ref);
    g_test_dbus_down(self->daemon);
    g_object_unref(self->daemon);
}

static void
test_read(Fake *self, gconstpointer data)
{
    const PdObject object = { self->reader, self->ref, NULL };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    PdKind kind;

    g_assert_true(pd_kind_get(&object, &kind, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(kind.role, ==, ATSPI_ROLE_TEXT);
    g_assert_cmphex(kind.states, ==, STATE(EDITABLE) | STATE(SINGLE_LINE));
    text = pd_kind_read(&object, &kind, 0, 5, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, "hello");
}

/* It was a line, now it hides what is typed: nobody asks for that. */
static void
test_became_password(Fake *self, gconstpointer data)
{
    const PdObject object = { self->reader, self->ref, NULL };
    const PdKind seen = { ATSPI_ROLE_TEXT, STATE(EDITABLE) | STATE(SINGLE_LINE) };
    g_autoptr(GError) error = NULL;

    g_atomic_int_set(&self->role, ATSPI_ROLE_PASSWORD_TEXT);
    g_assert_null(pd_kind_read(&object, &seen, 0, 5, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_assert_cmpint(g_atomic_int_get(&self->n_got_text), ==, 0);
}

/* While it was read: what came is dropped. */
static void
test_becomes_password(Fake *self, gconstpointer data)
{
    const PdObject object = { self->reader, self->ref, NULL };
    const PdKind seen = { ATSPI_ROLE_TEXT, STATE(EDITABLE) | STATE(SINGLE_LINE) };
    g_autoptr(GError) error = NULL;

    g_atomic_int_set(&self->becomes, ATSPI_ROLE_PASSWORD_TEXT);
    g_assert_null(pd_kind_read(&object, &seen, 0, 5, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_assert_cmpint(g_atomic_int_get(&self->n_got_text), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/watch/kind/never", test_never);
    g_test_add_func("/watch/kind/fields", test_fields);
    g_test_add_func("/watch/kind/documents", test_documents);
    g_test_add_func("/watch/kind/below-focus", test_below_focus);
    g_test_add_func("/watch/kind/same", test_same);
    g_test_add("/watch/kind/read", Fake, NULL, set_up, test_read, tear_down);
    g_test_add("/watch/kind/became-password", Fake, NULL, set_up, test_became_password, tear_down);
    g_test_add("/watch/kind/becomes-password", Fake, NULL, set_up, test_becomes_password,
               tear_down);
    return g_test_run();
}
