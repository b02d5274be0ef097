/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-object.h - D-Bus objects made of tables
 *
 * An interface is a table of methods, signals and properties with their signatures, and the XML
 * that introspection shows; a test compares the two. A call's signature is checked before its
 * handler sees it. org.freedesktop.DBus.Properties and .Introspectable are answered here, .Peer by
 * libdbus. Main thread only.
 */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* libdbus reports nothing but a lack of memory this way; GLib aborts on that too */
static inline void
pd_bus_need(dbus_bool_t ok)
{
    if (!ok)
        g_error("out of memory");
}

typedef struct PdCall PdCall;     /* a method call that waits for its one answer */
typedef struct PdObject PdObject; /* an interface at a path */

typedef struct {
    const char *name;
    const char *in;                            /* signature of the arguments */
    const char *out;                           /* of the reply */
    void (*fn)(PdCall *call, void *user_data); /* owns @call */
} PdMethod;

typedef struct {
    const char *name;
    const char *signature;
} PdSignal;

typedef struct {
    const char *name;
    const char *signature;
    void (*append)(DBusMessageIter *value,
                   void *user_data); /* appends one value of that signature */
} PdProperty;

typedef struct PdInterface {
    const char *name;
    const char *xml;              /* the <interface> element */
    const PdMethod *methods;      /* ends with a row of zeros, as the others */
    const PdSignal *signals;      /* (nullable) */
    const PdProperty *properties; /* (nullable) */
    /*
     * (nullable): sees every call but Introspect after its signature is checked. false: it has
     * answered the call and taken it.
     */
    bool (*admit)(PdCall *call, void *user_data);
    /*
     * (nullable): asked before @property is read (NULL: all of them). false: a value is not
     * there yet; a reference to @call was taken (pd_call_ref), and pd_object_read_again() is called
     * with it later.
     */
    bool (*ready)(PdCall *call, const char *property, void *user_data);
} PdInterface;

/**
 * pd_object_new:
 * @path: where; must be free
 * @interface: borrowed, must outlive the object
 *
 * Returns: (transfer full): never NULL
 */
PdObject *pd_object_new(DBusConnection *bus, const char *path, const PdInterface *interface,
                        void *user_data);
void pd_object_free(PdObject *self); /* NULL is fine; also from within one of its handlers */
const char *pd_object_path(const PdObject *self);

/* Answers for paths without an object: child nodes for introspection, UnknownObject for the rest.
 */
void pd_object_register_root(DBusConnection *bus);

/* Handles a method call, at whatever path, as libdbus would. It may be one that a filter kept. */
void pd_object_handle(DBusConnection *bus, DBusMessage *call);
void pd_object_read_again(PdObject *self, PdCall *call); /* takes @call */

/* (transfer full): a signal of the table, to be filled in and given to pd_object_emit(). */
DBusMessage *pd_object_new_signal(const PdObject *self, const char *name);
/* Takes @message. @destination: (nullable): a client's unique name; NULL: everybody. */
void pd_object_emit(const PdObject *self, const char *destination, DBusMessage *message);
/* PropertiesChanged with the new value of @name. */
void pd_object_emit_changed(const PdObject *self, const char *name);

PdCall *pd_call_new(DBusConnection *bus, DBusMessage *message); /* keeps references */
PdCall *pd_call_ref(PdCall *self);
void pd_call_unref(PdCall *self); /* NULL is fine; the last without an answer answers Failed */
DBusMessage *pd_call_message(const PdCall *self); /* borrowed; NULL after pd_call_drop_message() */
/* The arguments are read: a waiting call need not hold 16 MiB of them. */
void pd_call_drop_message(PdCall *self);
const char *pd_call_sender(const PdCall *self); /* unique name */
uint32_t pd_call_serial(const PdCall *self);

/* (transfer full): never NULL */
DBusMessage *pd_call_new_reply(const PdCall *self);
/* Each answers the call, takes the reference @self, and (the first) @reply. */
void pd_call_return(PdCall *self, DBusMessage *reply);
void pd_call_return_nothing(PdCall *self);
void pd_call_fail(PdCall *self, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdCall, pd_call_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdObject, pd_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DBusMessage, dbus_message_unref)
