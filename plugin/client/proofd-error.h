/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-error.h - what can go wrong with a call
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#ifndef PROOFD_API /* the library hides all else */
#define PROOFD_API __attribute__((visibility("default"))) extern
#endif

#define PROOFD_ERROR (proofd_error_quark())
PROOFD_API GQuark proofd_error_quark(void);

/**
 * ProofdError:
 * @PROOFD_ERROR_TOO_LONG: a text, a list or an answer is over a limit
 * @PROOFD_ERROR_UNKNOWN_LANGUAGE: no dictionary (score: no model); the message lists what is there
 * @PROOFD_ERROR_INVALID_TEXT: a text or a word that cannot be checked or stored
 * @PROOFD_ERROR_INVALID_OPTION: an option's name, type or value, or a place outside of the text
 * @PROOFD_ERROR_BUSY: too much is waiting in the service already; ask again later
 * @PROOFD_ERROR_CANCELLED: given up by its #GCancellable or by a close, or the service stops
 * @PROOFD_ERROR_MODEL_BROKEN: the language's model is damaged; the message names file and tensor
 * @PROOFD_ERROR_NOT_FOUND: there is no such word or finding; no word in the text
 * @PROOFD_ERROR_FAILED: anything else that the service says, such as a full disk
 * @PROOFD_ERROR_SUPERSEDED: an edit that a newer one overtook: its change of the text stays, and
 *   the newer one's answer covers both. Nothing to do.
 * @PROOFD_ERROR_NO_BUS: no session bus, or the service cannot be started: work without it
 * @PROOFD_ERROR_TIMED_OUT: no answer within #ProofdClient:deadline
 * @PROOFD_ERROR_DISCONNECTED: the bus or the service went away meanwhile; the next call tries
 *   again, a document is to be opened again
 * @PROOFD_ERROR_PROTOCOL: an answer that is not what the interface says
 *
 * Those up to @PROOFD_ERROR_FAILED are the service's own (org.proofd.Checker1.Error.*), with its
 * message; it names what was wrong. What is sure to be refused (a text that is not UTF-8, a place
 * outside of a document) is refused with them before it is sent.
 */
typedef enum {
    PROOFD_ERROR_TOO_LONG,
    PROOFD_ERROR_UNKNOWN_LANGUAGE,
    PROOFD_ERROR_INVALID_TEXT,
    PROOFD_ERROR_INVALID_OPTION,
    PROOFD_ERROR_BUSY,
    PROOFD_ERROR_CANCELLED,
    PROOFD_ERROR_MODEL_BROKEN,
    PROOFD_ERROR_NOT_FOUND,
    PROOFD_ERROR_FAILED,
    PROOFD_ERROR_SUPERSEDED,
    PROOFD_ERROR_NO_BUS,
    PROOFD_ERROR_TIMED_OUT,
    PROOFD_ERROR_DISCONNECTED,
    PROOFD_ERROR_PROTOCOL,
} ProofdError;

G_END_DECLS
