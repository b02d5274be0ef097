/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/line-reader.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES 65536

struct PdLineReader {
    int fd;
    size_t max_bytes;
    guint64 n_bytes;
    size_t start, end; /* what of the buffer is still to be taken */
    char buffer[BUFFER_BYTES];
};

PdLineReader *
pd_line_reader_new(int fd, size_t max_bytes)
{
    PdLineReader *self = g_new0(PdLineReader, 1);

    self->fd = fd;
    self->max_bytes = max_bytes;
    return self;
}

void
pd_line_reader_free(PdLineReader *self)
{
    g_free(self);
}

/* 1: there is more, 0: the end, -1: @error is set */
static int
fill(PdLineReader *self, GError **error)
{
    ssize_t n;

    do {
        n = read(self->fd, self->buffer, BUFFER_BYTES);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        int saved = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved), _("cannot read: %s"),
                    g_strerror(saved));
        return -1;
    }
    self->start = 0;
    self->end = n;
    return n > 0;
}

PdLineResult
pd_line_reader_next(PdLineReader *self, GString *line, GError **error)
{
    bool too_long = false, any = false;

    g_string_truncate(line, 0);
    for (;;) {
        const char *from = self->buffer + self->start;
        const char *stop = memchr(from, '\n', self->end - self->start);
        size_t n = stop != NULL ? (size_t)(stop - from) : self->end - self->start;
        int more;

        too_long = too_long || n > self->max_bytes - line->len;
        if (!too_long)
            g_string_append_len(line, from, n);
        any = any || n > 0 || stop != NULL;
        self->start += n + (stop != NULL);
        self->n_bytes += n + (stop != NULL);
        if (stop != NULL)
            break;
        more = fill(self, error);
        if (more < 0)
            return PD_LINE_FAILED;
        if (more == 0 && !any)
            return PD_LINE_END;
        if (more == 0)
            break;
    }
    if (line->len > 0 && line->str[line->len - 1] == '\r')
        g_string_truncate(line, line->len - 1);
    return too_long ? PD_LINE_TOO_LONG : PD_LINE_READ;
}

bool
pd_line_reader_is_ready(const PdLineReader *self)
{
    return memchr(self->buffer + self->start, '\n', self->end - self->start) != NULL;
}

guint64
pd_line_reader_bytes(const PdLineReader *self)
{
    return self->n_bytes;
}
