/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-private.h - what bus.c (the connection) and call.c (the calls on it) share
 */
#pragma once

#include "plugin/client/bus.h"

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"

struct ProofdBus {
    gatomicrefcount n_owners;
    char *address;         /* (nullable) */
    GMainContext *context; /* of signals */
    GWeakRef owner;
    void (*words_changed)(GObject *owner);

    GMutex lock;                 /* of all below */
    GDBusConnection *connection; /* (nullable) */
    guint filter;
    bool connecting; /* for those that wait in line */
    unsigned n_at_work;
    GQueue waiting;        /* of GTask, whose data is a ProofdCall */
    GHashTable *watches;   /* serial -> ProofdWatch: their answers are still to come */
    GHashTable *listeners; /* path -> Listener */
};

/* A connection that died is no connection: those who listened there are told. */
void proofd_bus_drop_dead(ProofdBus *self);

/* Connects without blocking, and then lets those go on that wait in line, or fails them. */
void proofd_bus_start_connecting(ProofdBus *self);

/* Sends as many of those that wait as it can, each in its own context; connects if need be. */
void proofd_bus_pump(ProofdBus *self);

/* @task, @failure: (transfer full): ends a call */
void proofd_call_fail(GTask *task, GError *failure);
