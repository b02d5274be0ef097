/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * protocol.h - names and limits that the service and its clients share
 * The interfaces themselves: org.proofd.Checker1.xml beside this file.
 */
#pragma once

#define PD_DBUS_NAME "org.proofd.Checker1"
#define PD_DBUS_PATH "/org/proofd/Checker1"
#define PD_DBUS_INTERFACE "org.proofd.Checker1"
#define PD_DBUS_DOCUMENT_INTERFACE "org.proofd.Document1"
#define PD_DBUS_DOCUMENT_PATH PD_DBUS_PATH "/document/" /* and a number */

#define PD_DBUS_ERROR_PREFIX "org.proofd.Checker1.Error."
#define PD_DBUS_ERROR_TOO_LONG PD_DBUS_ERROR_PREFIX "TooLong"
#define PD_DBUS_ERROR_UNKNOWN_LANGUAGE PD_DBUS_ERROR_PREFIX "UnknownLanguage"
#define PD_DBUS_ERROR_INVALID_TEXT PD_DBUS_ERROR_PREFIX "InvalidText"
#define PD_DBUS_ERROR_INVALID_OPTION PD_DBUS_ERROR_PREFIX "InvalidOption"
#define PD_DBUS_ERROR_BUSY PD_DBUS_ERROR_PREFIX "Busy"
#define PD_DBUS_ERROR_CANCELLED PD_DBUS_ERROR_PREFIX "Cancelled"
#define PD_DBUS_ERROR_MODEL_BROKEN PD_DBUS_ERROR_PREFIX "ModelBroken"
#define PD_DBUS_ERROR_NOT_FOUND PD_DBUS_ERROR_PREFIX "NotFound"
#define PD_DBUS_ERROR_FAILED PD_DBUS_ERROR_PREFIX "Failed"

/* (start, length, kind, confidence, message, rule, candidates (text, score, action)) */
#define PD_DBUS_FINDING "(uusdssa(sds))"
/* the same, then the fingerprint that Document1.Ignore takes */
#define PD_DBUS_DOCUMENT_FINDING "(uusdssa(sds)t)"

/* what Explain says of a rule: (rule, title, text, wrong sentence, right sentence) */
#define PD_DBUS_RULE_PAGE "(sssss)"

/* of a Check, a document, or a Score's texts together */
#define PD_MAX_TEXT_BYTES (16 * 1024 * 1024)
#define PD_MAX_CALLS_PER_CLIENT 64 /* waiting or running; more: Busy */
#define PD_MAX_CALLS 512           /* of all clients together; more: Busy */
/* texts waiting or running, all clients; more: Busy */
#define PD_MAX_QUEUED_BYTES (64 * 1024 * 1024)
#define PD_MAX_DOCUMENTS_PER_CLIENT 256
#define PD_MAX_DOCUMENT_BYTES (64 * 1024 * 1024) /* all open documents together; more: Busy */
#define PD_MAX_CANDIDATES 50                     /* max-candidates */
#define PD_MAX_OPTION_WORDS 10000                /* words, disable */
#define PD_MAX_WORD_BYTES 200
#define PD_MAX_LANGUAGE_BYTES 64 /* a language's name; more: UnknownLanguage */
#define PD_MAX_SCORE_TEXTS 1000
