/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reader.h - what stands between standard input and jsonrpc-glib
 *
 * A thread reads, frames.h looks at each message, and what is fine goes on through a pipe. The
 * main loop is told of the rest, and of the end. Responses go on only where they answer a call
 * of ours that still waits: jsonrpc-glib closes the connection at any other.
 */
#pragma once

#include <gio/gio.h>

typedef struct PdReader PdReader;

/* On the main loop. @id: (nullable) */
typedef void (*PdReaderBadFunc)(GVariant *id, int code, const char *message, void *user_data);
typedef void (*PdReaderEndFunc)(void *user_data);

/*
 * Starts reading @fd, which stays the caller's. The thread is within read() until @fd ends, and
 * owns the reader, too.
 * @ret_reader: (transfer full): for pd_reader_stop()
 * Returns: (transfer full): the stream of good messages, or NULL with @error set
 */
GInputStream *pd_reader_start(int fd, PdReaderBadFunc bad, PdReaderEndFunc end, void *user_data,
                              PdReader **ret_reader, GError **error);
void pd_reader_stop(PdReader *self); /* no function is called any more; releases @self */

/*
 * Around a call of ours: its answer may be there before its id is known here. Between the two,
 * the thread looks at no response.
 */
void pd_reader_begin_call(PdReader *self);
void pd_reader_end_call(PdReader *self, GVariant *id); /* @id: (nullable): a whole number */
