/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus.h - a private connection to the bus, made when it is needed, and the calls on it
 *
 * A ProofdCall is one call from its message to the end of its GTask. It waits in line until there
 * is a connection and the service has room for it, is sent in its task's GMainContext, and ends
 * there. GDBus reads the socket in a thread of its own; a ProofdWatch sees an answer there, before
 * all that came after it on the wire. Any thread may call these functions.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct ProofdBus ProofdBus;
typedef struct ProofdCall ProofdCall;

/* Makes what the caller gets of an answer's body: (transfer full); NULL with @error set */
typedef gpointer (*ProofdReader)(GVariant *body, const ProofdCall *call, GError **error);

typedef struct {
    /* (nullable): in GDBus' thread, in the order of the wire */
    void (*answered)(GDBusMessage *reply, gpointer data);
    /* (nullable): may put another error in the place of the call's */
    void (*failed)(GError **error, gpointer data);
    gpointer data;
    void (*unref)(gpointer data);
    gpointer (*ref)(gpointer data);
} ProofdWatch;

struct ProofdCall {
    GDBusMessage *message;
    const char *type; /* of the answer's body; "()" is none */
    ProofdReader read;
    GDestroyNotify free_value; /* (nullable): of what @read makes */
    size_t n_units;            /* for @read: of the text, or how many scores */
    ProofdWatch watch;         /* all zero: none */

    /* call.c */
    ProofdBus *bus;
    gint64 end_us; /* below 0: no deadline */
    int deadline_ms;
    guint32 serial;
    bool counted;           /* one of those that the service has at work */
    GSource *cancel_source; /* (nullable): while it waits in line */
};

/* @message: (transfer full). (transfer full) */
ProofdCall *proofd_call_new(GDBusMessage *message, const char *type, ProofdReader read,
                            GDestroyNotify free_value, size_t n_units);
void proofd_call_free(ProofdCall *self); /* NULL is fine */

/*
 * @address: (nullable): else the session bus. @owner: gets words_changed() in @context as long as
 * it lives.
 */
ProofdBus *proofd_bus_new(const char *address, GMainContext *context, GObject *owner,
                          void (*words_changed)(GObject *owner));
ProofdBus *proofd_bus_ref(ProofdBus *self);
void proofd_bus_unref(ProofdBus *self);
void proofd_bus_close(ProofdBus *self); /* leaves the bus; what waits there ends */
GMainContext *proofd_bus_context(ProofdBus *self);

/* Soon, and never in the caller, even if nobody runs @context now. */
void proofd_run_in(GMainContext *context, GSourceFunc function, gpointer data,
                   GDestroyNotify free_data);

/* Connects if it is not, blocking. PROOFD_ERROR_NO_BUS, PROOFD_ERROR_CANCELLED */
bool proofd_bus_connect(ProofdBus *self, GCancellable *cancellable, GError **error);

/* @call, @task: (transfer full). Connects if need be, and waits for its turn. */
void proofd_bus_queue(ProofdBus *self, ProofdCall *call, GTask *task, int deadline_ms);
/* The same at once; PROOFD_ERROR_DISCONNECTED without a connection. */
void proofd_bus_send(ProofdBus *self, ProofdCall *call, GTask *task, int deadline_ms);
/* @message: (transfer full): wants no answer, and starts no service */
void proofd_bus_tell(ProofdBus *self, GDBusMessage *message);

/* Who listens to the signals of an object, in GDBus' thread, in the order of the wire. */
typedef struct {
    void (*signal)(GDBusMessage *message, gpointer data);
    void (*gone)(gpointer data); /* the object's owner or the bus went away; the last call */
    gpointer (*ref)(gpointer data);
    void (*unref)(gpointer data);
} ProofdListener;

/* @listener: static. The listener has a reference of @data until it is gone or ignored. */
void proofd_bus_listen(ProofdBus *self, const char *owner, const char *path,
                       const ProofdListener *listener, gpointer data);
void proofd_bus_ignore(ProofdBus *self, const char *path);

/* Runs a call to its end in a context of its own: begin, start it with finished(), end. */
typedef struct {
    GMainContext *context;
    GAsyncResult *result;
} ProofdWait;

void proofd_wait_begin(ProofdWait *self);
void proofd_wait_finished(GObject *source, GAsyncResult *result, gpointer wait);
GAsyncResult *proofd_wait_end(ProofdWait *self); /* (transfer full) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdCall, proofd_call_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofdBus, proofd_bus_unref)
