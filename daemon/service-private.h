/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * service-private.h - what the files service*.c share
 */
#pragma once

#include "daemon/bus-args.h"
#include "daemon/bus-document.h"
#include "daemon/bus-model.h"
#include "daemon/bus-name.h"
#include "daemon/bus-object.h"
#include "daemon/bus-source.h"
#include "daemon/bus-turns.h"
#include "daemon/idle.h"
#include "daemon/report.h"
#include "daemon/service-statistics.h"
#include "daemon/service.h"
#include "daemon/worker.h"

#include <glib.h>
#include <stdint.h>

#define MIB ((size_t)1024 * 1024)

struct PdService {
    PdSettings *settings;
    char *settings_error; /* (nullable) */
    PdReport *report;
    GHashTable *loaded; /* languages that were asked for, and are there */
    PdBusName *name;
    PdBusSource *source;
    PdBusTurns *turns;
    PdObject *object;
    PdBusModel *model;
    PdWorker *worker;
    PdIdle *idle;
    PdDocumentHost host;
    GHashTable *documents; /* path -> PdBusDocument */
    uint64_t last_document;
    GQueue pending; /* of PdServiceCall */
    char **languages;
    PdStatistics statistics;
    gint64 started_us;
    bool stopping;
    void (*stopped)(void *user_data);
    void *user_data;
};

/* A call whose work is in the worker. */
typedef struct PdServiceCall PdServiceCall;
struct PdServiceCall {
    PdService *service;
    PdCall *call;
    PdJob *job;
    PdBusOptions *options;                                   /* (nullable) */
    char *language;                                          /* (nullable) */
    void (*reply)(PdServiceCall *self, PdJobResult *result); /* takes the call */
};

void pd_service_configure_worker(PdService *self); /* as the settings say */
PdReport *pd_service_new_report(PdService *self);  /* (transfer full) */
