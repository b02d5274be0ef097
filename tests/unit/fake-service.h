/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-service.h - a service of the test's own, on a private bus
 *
 * One that answers, refuses, lies, stalls and vanishes: the text of a call says what it is to do.
 * The bus stands in DBUS_SESSION_BUS_ADDRESS.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
    char *address;
    GPid daemon;
    GDBusConnection *service;
    GCancellable *cancel; /* cancelled when a "stall" has arrived */
    gint n_stalled;       /* atomic, as are these: the filter runs in GDBus' thread */
    gint stalled_serial;
    gint cancelled_serial;
    GDBusMessage *edit; /* (nullable): one that waits for its answer */
    gint n_closed;      /* atomic: documents that were closed */
} FakeService;

/* For g_test_add(), with the bus' address as the data. */
void fake_service_set_up(FakeService *self, gconstpointer address);
void fake_service_tear_down(FakeService *self, gconstpointer address);

void fake_service_start_bus(FakeService *self);
void fake_service_stop_bus(FakeService *self);
void fake_service_start_service(FakeService *self);
void fake_service_stop_service(FakeService *self);

/* A row of tests, each with a bus and a service of its own. */
typedef struct {
    const char *path;
    void (*test)(FakeService *self, gconstpointer address);
} FakeServiceTest;

/* main() of such tests. */
int fake_service_run_tests(int argc, char **argv, const FakeServiceTest *tests, size_t n_tests);
