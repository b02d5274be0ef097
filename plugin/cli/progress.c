/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/progress.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERVAL_US 100000
#define BAR_COLUMNS 30

static bool
is_same_terminal(void)
{
    struct stat out, err;

    return isatty(STDOUT_FILENO) && fstat(STDOUT_FILENO, &out) == 0 &&
           fstat(STDERR_FILENO, &err) == 0 && out.st_rdev == err.st_rdev;
}

void
pd_progress_init(PdProgress *self, int fd, bool quiet)
{
    struct stat input;
    off_t at = lseek(fd, 0, SEEK_CUR);

    *self = (PdProgress){ .begin_us = g_get_monotonic_time() };
    self->shown = !quiet && isatty(STDERR_FILENO) && !is_same_terminal();
    if (at >= 0 && fstat(fd, &input) == 0 && S_ISREG(input.st_mode) && input.st_size > at)
        self->n_total = input.st_size - at;
}

void
pd_progress_update(PdProgress *self, guint64 n_bytes, size_t n_texts)
{
    gint64 now_us;
    double seconds;

    if (!self->shown)
        return;
    now_us = g_get_monotonic_time();
    if (now_us - self->last_us < INTERVAL_US)
        return;
    self->last_us = now_us;
    seconds = (now_us - self->begin_us) / 1e6;
    fputs("\r", stderr);
    if (self->n_total > 0) {
        double part = MIN((double)n_bytes / self->n_total, 1);

        fputc('[', stderr);
        for (int i = 0; i < BAR_COLUMNS; i++)
            fputc(i < part * BAR_COLUMNS ? '#' : '-', stderr);
        fprintf(stderr, "] %3.0f%% ", part * 100);
    }
    fprintf(stderr, g_dngettext(GETTEXT_PACKAGE, "%zu text, %.0f/s", "%zu texts, %.0f/s", n_texts),
            n_texts, seconds > 0 ? n_texts / seconds : 0);
    fputs("\033[K", stderr);
    fflush(stderr);
    self->drawn = true;
}

void
pd_progress_clear(PdProgress *self)
{
    if (!self->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    self->drawn = false;
}
