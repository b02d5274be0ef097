/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/follower.h"

#include "dbus/protocol.h"
#include "plugin/client/error-private.h"
#include "plugin/client/reply.h"

#define FINDINGS "a" PD_DBUS_DOCUMENT_FINDING

/* One call whose answer goes into the track. */
typedef struct {
    gatomicrefcount n_owners;
    ProofdFollower *follower;
    uint64_t serial; /* of an Edit */
    bool overtaken;  /* the service says so */
    GError *error;   /* (nullable): what was wrong with the answer */
} Note;

ProofdFollower *
proofd_follower_new(ProofdBus *bus, ProofdUnit unit, uint32_t length)
{
    ProofdFollower *self = g_new0(ProofdFollower, 1);

    g_atomic_ref_count_init(&self->n_owners);
    self->bus = proofd_bus_ref(bus);
    self->unit = unit;
    g_weak_ref_init(&self->document, NULL);
    g_mutex_init(&self->lock);
    proofd_track_init(&self->track, length);
    return self;
}

gpointer
proofd_follower_ref(gpointer self)
{
    g_atomic_ref_count_inc(&((ProofdFollower *)self)->n_owners);
    return self;
}

void
proofd_follower_unref(gpointer data)
{
    ProofdFollower *self = data;

    if (!g_atomic_ref_count_dec(&self->n_owners))
        return;
    g_weak_ref_clear(&self->document);
    g_mutex_clear(&self->lock);
    proofd_track_done(&self->track);
    g_free(self->owner);
    g_free(self->path);
    proofd_bus_unref(self->bus);
    g_free(self);
}

/* --- telling the document --- */

static gboolean
tell_document(gpointer data)
{
    ProofdFollower *self = data;
    g_autoptr(GObject) document = g_weak_ref_get(&self->document);
    uint32_t start, length;
    bool changed, lost;

    g_mutex_lock(&self->lock);
    self->telling = false;
    changed = self->track.changed;
    start = self->track.changed_start;
    length = self->track.changed_length;
    lost = self->lost;
    if (document != NULL)
        self->track.changed = self->lost = false;
    g_mutex_unlock(&self->lock);
    if (document == NULL)
        return G_SOURCE_REMOVE;
    if (changed)
        g_signal_emit_by_name(document, "changed", start, length);
    if (lost)
        g_signal_emit_by_name(document, "closed");
    return G_SOURCE_REMOVE;
}

/* With the lock. */
static void
tell_soon(ProofdFollower *self)
{
    if (self->telling || (!self->track.changed && !self->lost))
        return;
    self->telling = true;
    proofd_run_in(proofd_bus_context(self->bus), tell_document, proofd_follower_ref(self),
                  proofd_follower_unref);
}

/* The service and the document know no more of each other. */
static void
lose(ProofdFollower *self)
{
    g_autofree char *path = NULL;

    g_mutex_lock(&self->lock);
    if (!self->closed) {
        self->closed = self->lost = true;
        path = g_strdup(self->path);
        tell_soon(self);
    }
    g_mutex_unlock(&self->lock);
    if (path != NULL)
        proofd_bus_ignore(self->bus, path);
}

/* The service still has it, with another text: it need not keep it. */
static void
abandon(ProofdFollower *self)
{
    g_autoptr(GDBusMessage) message = proofd_follower_new_message(self, "Close", NULL);

    if (message != NULL)
        proofd_bus_tell(self->bus, g_steal_pointer(&message));
    lose(self);
}

void
proofd_follower_set_document(ProofdFollower *self, GObject *document)
{
    g_weak_ref_set(&self->document, document);
    g_mutex_lock(&self->lock);
    tell_soon(self);
    g_mutex_unlock(&self->lock);
}

void
proofd_follower_close(ProofdFollower *self)
{
    g_autoptr(GDBusMessage) message = proofd_follower_new_message(self, "Close", NULL);
    g_autofree char *path = NULL;

    g_mutex_lock(&self->lock);
    self->closed = true;
    self->lost = false;
    path = g_strdup(self->path);
    g_mutex_unlock(&self->lock);
    if (message != NULL)
        proofd_bus_tell(self->bus, g_steal_pointer(&message));
    if (path != NULL)
        proofd_bus_ignore(self->bus, path);
}

GDBusMessage *
proofd_follower_new_message(ProofdFollower *self, const char *member, GError **error)
{
    GDBusMessage *message = NULL;

    g_mutex_lock(&self->lock);
    if (!self->closed && self->path != NULL) {
        message = g_dbus_message_new_method_call(self->owner, self->path,
                                                 PD_DBUS_DOCUMENT_INTERFACE, member);
        g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
    }
    g_mutex_unlock(&self->lock);
    if (message == NULL)
        g_set_error_literal(error, PROOFD_ERROR, PROOFD_ERROR_DISCONNECTED,
                            "the document is closed");
    return message;
}

/* --- what the service says --- */

/* @body: of type "(...uua(...))" or so; its last value are findings. NULL with @error set */
static GPtrArray *
read_findings(GVariant *body, GError **error)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(body, g_variant_n_children(body) - 1);

    return proofd_reply_findings(array, G_MAXUINT32, error); /* the track knows the length */
}

/* Takes what was said of a range; for @whole, of all the text. */
static bool
take(ProofdFollower *self, GVariant *body, bool whole, uint64_t serial, uint32_t start,
     uint32_t length, GError **error)
{
    GPtrArray *findings = read_findings(body, error);
    bool fine;

    if (findings == NULL)
        return false;
    g_mutex_lock(&self->lock);
    fine = whole ? proofd_track_take_all(&self->track, serial, findings, error)
                 : proofd_track_take(&self->track, serial, start, length, findings, error);
    if (!self->closed)
        tell_soon(self);
    g_mutex_unlock(&self->lock);
    return fine;
}

static void
on_signal(GDBusMessage *message, gpointer data)
{
    ProofdFollower *self = data;
    GVariant *body = g_dbus_message_get_body(message);
    guint32 start, length;
    guint64 serial;

    if (g_strcmp0(g_dbus_message_get_member(message), "Changed") != 0)
        return;
    if (body == NULL || !g_variant_is_of_type(body, G_VARIANT_TYPE("(tuu" FINDINGS ")"))) {
        abandon(self);
        return;
    }
    g_variant_get_child(body, 0, "t", &serial);
    g_variant_get_child(body, 1, "u", &start);
    g_variant_get_child(body, 2, "u", &length);
    if (!take(self, body, false, serial, start, length, NULL))
        abandon(self);
}

static void
on_gone(gpointer data)
{
    lose(data);
}

static const ProofdListener listener = { on_signal, on_gone, proofd_follower_ref,
                                         proofd_follower_unref };

/* --- the answers to its calls --- */

static gpointer
note_ref(gpointer data)
{
    g_atomic_ref_count_inc(&((Note *)data)->n_owners);
    return data;
}

static void
note_unref(gpointer data)
{
    Note *self = data;

    if (!g_atomic_ref_count_dec(&self->n_owners))
        return;
    proofd_follower_unref(self->follower);
    g_clear_error(&self->error);
    g_free(self);
}

static void
watch(ProofdFollower *self, ProofdCall *call, uint64_t serial,
      void (*answered)(GDBusMessage *reply, gpointer data),
      void (*failed)(GError **error, gpointer data))
{
    Note *note = g_new0(Note, 1);

    g_atomic_ref_count_init(&note->n_owners);
    note->follower = proofd_follower_ref(self);
    note->serial = serial;
    call->watch = (ProofdWatch){ answered, failed, note, note_unref, note_ref };
}

ProofdFollower *
proofd_follower_of(const ProofdCall *call)
{
    return proofd_follower_ref(((const Note *)call->watch.data)->follower);
}

bool
proofd_follower_was_fine(const ProofdCall *call, GError **error)
{
    const Note *note = call->watch.data;

    if (note->error == NULL)
        return true;
    g_propagate_error(error, g_error_copy(note->error));
    return false;
}

static GVariant *
body_of_type(GDBusMessage *reply, const char *type)
{
    GVariant *body = g_dbus_message_get_body(reply);

    if (g_dbus_message_get_message_type(reply) != G_DBUS_MESSAGE_TYPE_METHOD_RETURN ||
        body == NULL || !g_variant_is_of_type(body, G_VARIANT_TYPE(type)))
        return NULL;
    return body;
}

static void
on_opened(GDBusMessage *reply, gpointer data)
{
    ProofdFollower *self = ((Note *)data)->follower;
    GVariant *body = body_of_type(reply, "(o)");
    const char *path;
    bool unwanted;

    if (body == NULL)
        return;
    g_variant_get(body, "(&o)", &path);
    g_mutex_lock(&self->lock);
    unwanted = self->closed;
    self->closed = false;
    self->path = g_strdup(path);
    self->owner = g_strdup(g_dbus_message_get_sender(reply));
    g_mutex_unlock(&self->lock);
    if (unwanted)
        proofd_follower_close(self);
    else
        proofd_bus_listen(self->bus, self->owner, path, &listener, self);
}

static void
on_not_opened(GError **error, gpointer data)
{
    proofd_follower_close(((Note *)data)->follower);
}

static void
on_edited(GDBusMessage *reply, gpointer data)
{
    Note *note = data;
    GVariant *body = body_of_type(reply, "(uu" FINDINGS ")");
    const char *name = g_dbus_message_get_error_name(reply);
    guint32 start, length;

    if (body != NULL) {
        g_variant_get_child(body, 0, "u", &start);
        g_variant_get_child(body, 1, "u", &length);
        if (take(note->follower, body, false, note->serial, start, length, &note->error))
            return;
    }
    note->overtaken = g_strcmp0(name, PD_DBUS_ERROR_CANCELLED) == 0;
    if (note->overtaken || g_strcmp0(name, PD_DBUS_ERROR_MODEL_BROKEN) == 0)
        return; /* the text is changed all the same */
    abandon(note->follower);
}

static void
on_all_found(GDBusMessage *reply, gpointer data)
{
    Note *note = data;
    GVariant *body = body_of_type(reply, "(t" FINDINGS ")");
    guint64 serial;

    if (body == NULL)
        return;
    g_variant_get_child(body, 0, "t", &serial);
    if (!take(note->follower, body, true, serial, 0, 0, &note->error))
        abandon(note->follower);
}

/* There is nobody at the service's unique name any more. */
static void
on_failed(GError **error, gpointer data)
{
    if (!g_error_matches(*error, PROOFD_ERROR, PROOFD_ERROR_NO_BUS))
        return;
    g_error_free(*error);
    *error = proofd_error_gone("the service");
}

static void
on_edit_failed(GError **error, gpointer data)
{
    Note *note = data;
    bool newer;

    g_mutex_lock(&note->follower->lock);
    newer = !note->follower->closed && note->follower->track.serial > note->serial;
    g_mutex_unlock(&note->follower->lock);
    if (newer && note->overtaken && g_error_matches(*error, PROOFD_ERROR, PROOFD_ERROR_CANCELLED))
        (*error)->code = PROOFD_ERROR_SUPERSEDED;
    on_failed(error, data);
}

void
proofd_follower_watch_open(ProofdFollower *self, ProofdCall *call)
{
    watch(self, call, 0, on_opened, on_not_opened);
}

void
proofd_follower_watch_edit(ProofdFollower *self, ProofdCall *call, uint64_t serial)
{
    watch(self, call, serial, on_edited, on_edit_failed);
}

void
proofd_follower_watch_findings(ProofdFollower *self, ProofdCall *call)
{
    watch(self, call, 0, on_all_found, on_failed);
}

void
proofd_follower_watch_errors(ProofdFollower *self, ProofdCall *call)
{
    watch(self, call, 0, NULL, on_failed);
}
