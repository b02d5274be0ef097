/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/reader.h"
#include "plugin/lsp/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define MAX_HEADER_BYTES 64

struct PdReader {
    int in;
    int out; /* the pipe's end that is written to */
    GMutex lock;
    GHashTable *expected; /* of gint64: ids of calls without a response yet; under lock */
    PdReaderBadFunc bad;
    PdReaderEndFunc end;
    void *user_data;
    bool is_stopped; /* the main loop's alone */
};

typedef struct {
    PdReader *reader;
    GVariant *id;
    int code;
    char *message; /* NULL: the end */
} Event;

static void
clear(void *data)
{
    PdReader *self = data;

    close(self->out);
    g_hash_table_unref(self->expected);
    g_mutex_clear(&self->lock);
}

static void
unref(PdReader *self)
{
    g_atomic_rc_box_release_full(self, clear);
}

/* --- in the thread --- */

static void
event_free(void *data)
{
    Event *self = data;

    g_clear_pointer(&self->id, g_variant_unref);
    g_free(self->message);
    unref(self->reader);
    g_free(self);
}

static gboolean
deliver(void *data)
{
    const Event *event = data;
    const PdReader *reader = event->reader;

    if (reader->is_stopped)
        return G_SOURCE_REMOVE;
    if (event->message != NULL)
        reader->bad(event->id, event->code, event->message, reader->user_data);
    else
        reader->end(reader->user_data);
    return G_SOURCE_REMOVE;
}

/* After what is on its way through the pipe: jsonrpc-glib reads at low priority. */
static void
tell(PdReader *self, GVariant *id, int code, const char *message)
{
    Event *event = g_new0(Event, 1);

    event->reader = g_atomic_rc_box_acquire(self);
    event->id = id != NULL ? g_variant_ref(id) : NULL;
    event->code = code;
    event->message = g_strdup(message);
    g_idle_add_full(G_PRIORITY_LOW + 1, deliver, event, event_free);
}

static bool
write_all(int fd, const char *bytes, gsize n_bytes)
{
    while (n_bytes > 0) {
        const gssize n = write(fd, bytes, n_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        n_bytes -= (gsize)n;
    }
    return true;
}

static bool
is_expected(PdReader *self, GVariant *id)
{
    bool found = false;
    gint64 number;

    if (id == NULL || !g_variant_is_of_type(id, G_VARIANT_TYPE_INT64))
        return false;
    number = g_variant_get_int64(id);
    g_mutex_lock(&self->lock);
    found = g_hash_table_remove(self->expected, &number);
    g_mutex_unlock(&self->lock);
    return found;
}

static void
on_frame(const PdFrame *frame, void *user_data)
{
    PdReader *self = user_data;
    g_autoptr(GString) message = NULL;

    if (frame->kind == PD_FRAME_BAD) {
        tell(self, frame->id, frame->code, frame->message);
        return;
    }
    if (frame->kind == PD_FRAME_RESPONSE && !is_expected(self, frame->id))
        return;
    message = g_string_sized_new(frame->n_bytes + MAX_HEADER_BYTES);
    g_string_printf(message, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", frame->n_bytes);
    g_string_append_len(message, frame->json, (gssize)frame->n_bytes);
    if (!write_all(self->out, message->str, message->len))
        g_debug("the main loop reads no more");
}

static void *
run(void *data)
{
    PdReader *self = data;
    g_autoptr(PdFrames) frames = pd_frames_new(on_frame, self);
    g_autofree char *piece = g_malloc(PIECE_BYTES);

    for (;;) {
        const gssize n = read(self->in, piece, PIECE_BYTES);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        pd_frames_push(frames, piece, (gsize)n);
    }
    tell(self, NULL, 0, NULL);
    unref(self);
    return NULL;
}

/* --- on the main loop --- */

GInputStream *
pd_reader_start(int fd, PdReaderBadFunc bad, PdReaderEndFunc end, void *user_data,
                PdReader **ret_reader, GError **error)
{
    PdReader *self;
    GThread *thread;
    int ends[2];

    if (!g_unix_open_pipe(ends, FD_CLOEXEC, error))
        return NULL;
    self = g_atomic_rc_box_new0(PdReader);
    self->in = fd;
    self->out = ends[1];
    g_mutex_init(&self->lock);
    self->expected = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->bad = bad;
    self->end = end;
    self->user_data = user_data;
    thread = g_thread_try_new("reader", run, g_atomic_rc_box_acquire(self), error);
    if (thread == NULL) {
        close(ends[0]);
        unref(self); /* the thread's */
        unref(self);
        return NULL;
    }
    g_thread_unref(thread);
    *ret_reader = self;
    return g_unix_input_stream_new(ends[0], TRUE);
}

void
pd_reader_stop(PdReader *self)
{
    self->is_stopped = true;
    unref(self);
}

void
pd_reader_begin_call(PdReader *self)
{
    g_mutex_lock(&self->lock);
}

void
pd_reader_end_call(PdReader *self, GVariant *id)
{
    if (id != NULL) {
        const gint64 number = g_variant_get_int64(id);

        g_hash_table_add(self->expected, g_memdup2(&number, sizeof(number)));
    }
    g_mutex_unlock(&self->lock);
}
