/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * service-statistics.h - the service in numbers: for the property, and in a line for people
 */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>
#include <stdint.h>

typedef struct { /* since the start, but for the last */
    uint64_t calls, checks, bytes, findings, cancelled, busy;
    size_t document_bytes; /* now */
} PdStatistics;

typedef struct { /* now */
    size_t running;
    unsigned documents;
    gint64 started_us;          /* monotonic time */
    const char *model_error;    /* (nullable) */
    const char *settings_error; /* (nullable) */
} PdServiceState;

/* Appends the a{sv} of the property Statistics. */
void pd_statistics_append(const PdStatistics *self, const PdServiceState *state,
                          DBusMessageIter *value);

/* (transfer full): "documents: 2, clients: 1, languages: en_US"; @languages: a set of strings */
char *pd_statistics_describe(unsigned n_documents, unsigned n_clients, GHashTable *languages);
