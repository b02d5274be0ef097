/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log.h - what happened, for the journal: structured, and never with a user's text
 *
 * Each event has a MESSAGE_ID of its own, which keeps its meaning for ever, and may have one field
 * PROOFD_...; with journalctl --user MESSAGE_ID=... it is found, whatever the message says. Where
 * standard error is the journal, all events go there; elsewhere warnings go to standard error, and
 * the rest too with --verbose. proofd.1.md lists the events.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    PD_LOG_READY,
    PD_LOG_STOPPING,
    PD_LOG_SETTINGS_READ,  /* PROOFD_SETTINGS: the file */
    PD_LOG_SETTINGS_WRONG, /* PROOFD_SETTINGS: the file */
    PD_LOG_LANGUAGE,       /* PROOFD_LANGUAGE: loaded */
    PD_LOG_MODEL_BROKEN,   /* PROOFD_LANGUAGE */
    PD_LOG_WORKER_STUCK,
} PdLogEvent;

void pd_log_init(void); /* once, before the first message */

#define pd_log(event, field, value, ...) \
    pd_log_at(__FILE__, G_STRINGIFY(__LINE__), G_STRFUNC, (event), (field), (value), __VA_ARGS__)

/* @field, @value: (nullable): "PROOFD_..." and its value. Any thread. */
void pd_log_at(const char *file, const char *line, const char *function, PdLogEvent event,
               const char *field, const char *value, const char *format, ...) G_GNUC_PRINTF(7, 8);
