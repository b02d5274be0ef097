/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * progress.h - a progress bar on standard error, where that is a terminal of its own
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    bool shown;      /* is there one at all? */
    bool drawn;      /* does it stand on the terminal now? */
    guint64 n_total; /* bytes; 0: not known */
    gint64 begin_us;
    gint64 last_us;
} PdProgress;

/*
 * @fd: the input: a file's length is known. Not shown if @quiet, or if the output goes to the same
 * terminal.
 */
void pd_progress_init(PdProgress *self, int fd, bool quiet);

/* Draws it anew, ten times a second at most. */
void pd_progress_update(PdProgress *self, guint64 n_bytes, size_t n_texts);
void pd_progress_clear(PdProgress *self); /* before anything else is written, and at the end */
