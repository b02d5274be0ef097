/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor.h - what proof doctor looks at, and what it tells
 */
#pragma once

#include "plugin/cli/options.h"

#include <gio/gio.h>
#include <stdbool.h>

typedef enum {
    PD_HEALTH_OK,
    PD_HEALTH_OFF,     /* there, but not turned on */
    PD_HEALTH_MISSING, /* not installed, which may be as wanted */
    PD_HEALTH_WRONG,   /* broken: the one that counts in the exit status */
    PD_N_HEALTHS
} PdHealth;

typedef struct {
    const char *group; /* "proofd", "clients" */
    const char *id;    /* as "emacs": the same in all languages and versions */
    char *title;       /* for people */
    PdHealth health;
    char *text;    /* what was found, without a full stop */
    char **remedy; /* lines to type, or where to click; empty if there is nothing to do */
} PdDiagnosis;

typedef struct {
    const PdOptions *options;
    GDBusConnection *bus; /* (nullable) */
    const char *group;    /* of what is told next */
    GPtrArray *diagnoses; /* of PdDiagnosis */
} PdDoctor;

/* @remedy: (nullable), may have several lines; all are copied */
void pd_doctor_tell(PdDoctor *self, const char *id, const char *title, PdHealth health,
                    const char *text, const char *remedy);
bool pd_doctor_bus_has(PdDoctor *self, const char *name); /* does somebody own the name? */

void pd_doctor_look_at_service(PdDoctor *self); /* connects to the bus, too */
void pd_doctor_look_at_clients(PdDoctor *self);
