/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frames.h - messages out of a stream of bytes, and what is wrong with them
 *
 * jsonrpc-glib closes the connection at the first message that it cannot read, parses nested JSON
 * recursively without a limit, and cuts a string at a NUL. A language server must outlive all of
 * this, so what it gets has been looked at here first:
 * - What is no header is skipped until a line says Content-Length.
 * - A message is one JSON object, a request, a notification or a response, at most 32 deep.
 * - Where there are no params, it gets empty ones: jsonrpc-glib wants some.
 * - In strings, \u0000 and halves of surrogate pairs become \ufffd: as many UTF-16 units, so
 *   positions in the text stay right.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PD_FRAMES_MAX_BYTES (16 * 1024 * 1024 - 1) /* of a message; jsonrpc-glib's own limit */
#define PD_FRAMES_MAX_DEPTH 32

enum { /* JSON-RPC's error codes */
       PD_RPC_PARSE_ERROR = -32700,
       PD_RPC_INVALID_REQUEST = -32600,
       PD_RPC_METHOD_NOT_FOUND = -32601,
       PD_RPC_INVALID_PARAMS = -32602,
       PD_RPC_INTERNAL_ERROR = -32603,
       PD_RPC_NOT_INITIALIZED = -32002, /* those of the protocol */
       PD_RPC_REQUEST_CANCELLED = -32800,
       PD_RPC_CONTENT_MODIFIED = -32801,
       PD_RPC_REQUEST_FAILED = -32803,
};

typedef enum {
    PD_FRAME_REQUEST,
    PD_FRAME_NOTIFICATION,
    PD_FRAME_RESPONSE,
    PD_FRAME_BAD,
} PdFrameKind;

typedef struct {
    PdFrameKind kind;
    const char *json; /* [n_bytes], and a NUL; NULL in a bad one */
    gsize n_bytes;
    GVariant *id; /* (nullable): of a request or a response, or of a bad one where it has one */
    int code;     /* of a bad one: the error to answer with */
    const char *message;
} PdFrame;

/* @frame: borrowed */
typedef void (*PdFrameFunc)(const PdFrame *frame, void *user_data);

typedef struct PdFrames PdFrames;

PdFrames *pd_frames_new(PdFrameFunc func, void *user_data); /* (transfer full) */
void pd_frames_free(PdFrames *self);                        /* NULL is fine */

/* Takes the next bytes of the stream, in pieces of any size, and calls the function for each whole
 * message and once for each stretch of what is none. */
void pd_frames_push(PdFrames *self, const char *bytes, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdFrames, pd_frames_free)
