/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-document.h - org.proofd.Document1: an open document of one client
 *
 * At most two checks of a document are in the worker: of what edits changed, which a newer edit
 * cancels and starts again, and in the background of what was never checked. Main thread only.
 */
#pragma once

#include "daemon/bus-args.h"
#include "daemon/bus-object.h"
#include "daemon/worker.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdBusDocument PdBusDocument;

/* What documents need of the service; it outlives them. */
typedef struct {
    DBusConnection *bus;
    PdWorker *worker;
    PdWords *words; /* the user's */
    void *user_data;
    void (*called)(PdCall *call, void *user_data); /* a call came in: for the statistics */
    /* Text and words grow by @n_bytes or, below 0, shrink. PD_ERROR_BUSY: they must not. */
    bool (*grow)(gssize n_bytes, GError **error, void *user_data);
    /* One check's end. @n_findings below 0: cancelled or failed. */
    void (*checked)(size_t n_bytes, gssize n_findings, void *user_data);
    void (*closed)(PdBusDocument *document, void *user_data); /* by Close: frees it */
} PdDocumentHost;

extern const PdInterface pd_document_interface;

/**
 * pd_bus_document_new:
 * @owner: unique name of the only client that may call it
 * @text: its bytes are counted with @host->grow already
 * @options: copied; pd_bus_options_word_bytes() are counted already too
 *
 * Call pd_bus_document_start() when the client knows the path. Returns: (transfer full)
 */
PdBusDocument *pd_bus_document_new(const PdDocumentHost *host, const char *path, const char *owner,
                                   const char *language, const char *text, size_t text_bytes,
                                   const PdBusOptions *options);
/* Waiting calls fail with Cancelled; gives back its bytes (@host->grow). NULL is fine. */
void pd_bus_document_free(PdBusDocument *self);

const char *pd_bus_document_path(const PdBusDocument *self);
const char *pd_bus_document_owner(const PdBusDocument *self);
void pd_bus_document_start(PdBusDocument *self);         /* checking */
void pd_bus_document_words_changed(PdBusDocument *self); /* the user's */
/* Cancels the owner's waiting call with that serial; false: there is none. */
bool pd_bus_document_cancel(PdBusDocument *self, uint32_t serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusDocument, pd_bus_document_free)
