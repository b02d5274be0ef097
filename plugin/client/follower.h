/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * follower.h - what the bus tells of one document, from Open to its end
 *
 * Sees answers and signals in GDBus' thread, in the order of the wire, and tells the document of
 * them in the bus' context. Any thread may call these functions.
 */
#pragma once

#include "plugin/client/bus.h"
#include "plugin/client/request.h"
#include "plugin/client/track.h"

typedef struct {
    gatomicrefcount n_owners;
    ProofdBus *bus;
    ProofdUnit unit;
    GWeakRef document;

    GMutex lock; /* of all below */
    ProofdTrack track;
    char *owner;  /* (nullable): the service's unique name; until Open is answered */
    char *path;   /* (nullable): likewise */
    bool closed;  /* by whomever */
    bool lost;    /* closed by others, and the document has not said so */
    bool telling; /* the document is about to be told */
} ProofdFollower;

ProofdFollower *proofd_follower_new(ProofdBus *bus, ProofdUnit unit, uint32_t length);
gpointer proofd_follower_ref(gpointer self);
void proofd_follower_unref(gpointer self);

/* What Open answers is its document. */
void proofd_follower_watch_open(ProofdFollower *self, ProofdCall *call);
/* What Edit with that @serial, or Findings, answers goes into the track. */
void proofd_follower_watch_edit(ProofdFollower *self, ProofdCall *call, uint64_t serial);
void proofd_follower_watch_findings(ProofdFollower *self, ProofdCall *call);
/* Other calls: only their errors. */
void proofd_follower_watch_errors(ProofdFollower *self, ProofdCall *call);
/* In a reader of these. (transfer full): whose call it is */
ProofdFollower *proofd_follower_of(const ProofdCall *call);
/* In a reader of these: what was wrong with the answer. */
bool proofd_follower_was_fine(const ProofdCall *call, GError **error);

/* There is a document now: it is told what has come already. */
void proofd_follower_set_document(ProofdFollower *self, GObject *document);
/* Ends it, in the service too. */
void proofd_follower_close(ProofdFollower *self);

/* A call of the document's; NULL and PROOFD_ERROR_DISCONNECTED if it is closed. (transfer full) */
GDBusMessage *proofd_follower_new_message(ProofdFollower *self, const char *member, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdFollower, proofd_follower_unref)
