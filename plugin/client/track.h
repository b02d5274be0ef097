/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track.h - the findings of a document, kept as dbus/org.proofd.Checker1.xml says
 * Knows no bus and no thread. Positions are in the document's unit.
 */
#pragma once

#include <glib.h>
#include <proofd-finding.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t serial;     /* of the last edit; 0 before the first */
    uint64_t answered;   /* of the last edit that an answer knew of */
    uint32_t length;     /* of the text after the last edit */
    GArray *edits;       /* those after @answered, oldest first */
    GPtrArray *findings; /* of ProofdFinding, by start, in the text after the last edit */
    bool changed;        /* findings in this range differ, and nobody was told */
    uint32_t changed_start;
    uint32_t changed_length;
} ProofdTrack;

void proofd_track_init(ProofdTrack *self, uint32_t length);
void proofd_track_done(ProofdTrack *self);

/* An edit was sent: it has the next serial. The place is in the text. */
void proofd_track_edit(ProofdTrack *self, uint32_t start, uint32_t removed, uint32_t inserted);

/**
 * proofd_track_take:
 * @serial: of the last edit that the service knew
 * @start, @length: of the range, in the text after that edit
 * @findings: (transfer full): all that overlap or touch the range, by start
 * @error: PROOFD_ERROR_PROTOCOL: there is no such edit, or a place is not in that text
 *
 * What the service said: the reply of Edit, or Changed.
 */
bool proofd_track_take(ProofdTrack *self, uint64_t serial, uint32_t start, uint32_t length,
                       GPtrArray *findings, GError **error);
/* The same for all of the text. */
bool proofd_track_take_all(ProofdTrack *self, uint64_t serial, GPtrArray *findings, GError **error);

/* (transfer full): those of now */
GPtrArray *proofd_track_findings(const ProofdTrack *self);
