/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fixture.h - a world of its own for a test: private bus, temporary home, the real service
 *
 * Clients use GDBus, which shares no code with the libdbus of the service. Environment:
 * PROOFD_BINARY (the service), G_TEST_SRCDIR (tests/ in the source tree, for the model beside it).
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char *dir;    /* temporary; HOME and the XDG folders are in it */
    char *models; /* what --models gets; a test may set another before it starts the service */
    const char *bus_option; /* (nullable): a further one of dbus-daemon */
    char *address;          /* of the bus */
    GSubprocess *daemon;
    GSubprocess *service; /* (nullable) */
    GDBusConnection *client;
} PdFixture;

/* The bus and a client, no service. */
void pd_fixture_bus_up(PdFixture *self, gconstpointer data);
/* Another bus after that one was killed, and another client. */
void pd_fixture_bus_again(PdFixture *self);
/* And the service, idle exit off, ready to be called. For g_test_add(). */
void pd_fixture_up(PdFixture *self, gconstpointer data);
void pd_fixture_down(PdFixture *self, gconstpointer data);

char *pd_fixture_path(const PdFixture *self, const char *name); /* below dir; (transfer full) */
GDBusConnection *pd_fixture_connect(const PdFixture *self); /* another client; (transfer full) */

/* @options: further arguments, NULL-terminated; (nullable). Returns the process, (transfer full).
 */
GSubprocess *pd_fixture_spawn(PdFixture *self, const char *const *options, GSubprocessFlags flags);
void pd_fixture_start(PdFixture *self, const char *const *options); /* and waits for the name */
void pd_fixture_wait_name(PdFixture *self, bool owned);             /* runs the main context */
/* SIGTERM; asserts that it exits with 0. */
void pd_fixture_stop(PdFixture *self);

/* Calls Checker1. Floating @args are consumed. (transfer full), NULL with @error set. */
GVariant *pd_fixture_call(PdFixture *self, const char *method, GVariant *args, GError **error);
GVariant *pd_call_on(GDBusConnection *client, const char *path, const char *interface,
                     const char *method, GVariant *args, GError **error);
/* The call fails with org.proofd.Checker1.Error.@name (or @name, if it has a dot), the message has
 * @part. */
void pd_assert_fails(GDBusConnection *client, const char *path, const char *interface,
                     const char *method, GVariant *args, const char *name, const char *part);

/* Check with options as g_variant_parse() text ("{'level': <'careful'>}"); asserts success. */
GVariant *pd_fixture_check(PdFixture *self, const char *text, const char *options);
GVariant *pd_options(const char *options); /* floating a{sv}; NULL: none */
/* Is there a finding at [start, start + length) among @findings, an a(uusds...)? */
bool pd_has_finding(GVariant *findings, uint32_t start, uint32_t length);

/* A call under way. */
typedef struct {
    GDBusConnection *client;
    uint32_t serial;
    GVariant *reply; /* one of both once it is done */
    GError *error;
} PdReply;

void pd_send(PdReply *self, GDBusConnection *client, const char *path, const char *interface,
             const char *method, GVariant *args);
void pd_wait(PdReply *self); /* runs the main context until the reply is there */
bool pd_is_done(const PdReply *self);
void pd_assert_error(const PdReply *self, const char *name); /* as pd_assert_fails() */
void pd_reply_done(PdReply *self);

uint64_t pd_fixture_statistic(PdFixture *self, const char *name); /* t or u */
char *pd_long_text(unsigned n_sentences); /* distinct ones, each with "recieve"; (transfer full) */
