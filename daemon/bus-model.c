/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-model.h"
#include "daemon/engine/error.h"
#include "dbus/protocol.h"

#include <gio/gio.h>

struct PdBusModel {
    PdObject *object;
    PdWorker *worker;
    PdIdle *idle;
    char *language;
    bool known;
    bool loading;
    bool stale; /* what is being loaded is not wanted any more */
    char *name;
    char *hash;
    char *error;           /* (nullable) */
    GQueue waiters;        /* of PdCall */
    GCancellable *hashing; /* cancelled: the callback must not touch this any more */
};

static void
set(PdBusModel *self, const char *name, const char *hash, const char *error)
{
    g_free(self->name);
    g_free(self->hash);
    g_free(self->error);
    self->name = g_strdup(name);
    self->hash = g_strdup(hash);
    self->error = g_strdup(error);
}

static void load(PdBusModel *self);

static void
emit_changed(PdBusModel *self)
{
    pd_object_emit_changed(self->object, "ModelName");
    pd_object_emit_changed(self->object, "ModelHash");
}

static void
found_out(PdBusModel *self, const char *name, const char *hash, const char *error)
{
    GQueue waiters = self->waiters;
    bool was_broken = self->error != NULL;
    PdCall *call;

    if (self->stale) {
        load(self);
        return;
    }
    set(self, name, hash, error);
    g_queue_init(&self->waiters);
    self->loading = false;
    self->known = true;
    if (was_broken && error == NULL)
        emit_changed(self);
    while ((call = g_queue_pop_head(&waiters)) != NULL)
        pd_object_read_again(self->object, call);
    self->known = error == NULL; /* a broken one is tried again for the next reader */
    pd_idle_release(self->idle);
}

static void
hash_in_thread(GTask *task, gpointer source, gpointer model, GCancellable *cancel)
{
    char *hash = pd_model_hash(model);

    g_task_return_pointer(task, hash != NULL ? hash : g_strdup(""), g_free);
}

static void
on_hashed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    PdModel *model = g_task_get_task_data(G_TASK(result));
    g_autofree char *hash = g_task_propagate_pointer(G_TASK(result), NULL);

    if (hash != NULL) /* not cancelled */
        found_out(user_data, pd_model_name(model), hash, NULL);
}

static void
on_model(PdJobResult *result, const GError *error, void *user_data)
{
    PdBusModel *self = user_data;
    g_autoptr(GTask) task = NULL;

    if (g_error_matches(error, PD_ERROR, PD_ERROR_CANCELLED))
        return; /* the service stops: pd_bus_model_free() answers */
    if (error != NULL || result->model == NULL) {
        found_out(self, "", "", error != NULL ? error->message : NULL);
        return;
    }
    task = g_task_new(NULL, self->hashing, on_hashed, self);
    g_task_set_task_data(task, pd_model_ref(result->model), (GDestroyNotify)pd_model_unref);
    g_task_run_in_thread(task, hash_in_thread);
}

static void
load(PdBusModel *self)
{
    PdJobSpec spec = {
        .kind = PD_JOB_MODEL, .client = "", .unbounded = true, .language = self->language
    };

    self->stale = false;
    pd_worker_push(self->worker, &spec, on_model, self, NULL); /* refused only when it is freed */
}

PdBusModel *
pd_bus_model_new(PdObject *object, PdWorker *worker, PdIdle *idle, const char *language)
{
    PdBusModel *self = g_new0(PdBusModel, 1);

    self->object = object;
    self->worker = worker;
    self->idle = idle;
    self->language = g_strdup(language);
    self->hashing = g_cancellable_new();
    set(self, "", "", NULL);
    return self;
}

void
pd_bus_model_free(PdBusModel *self)
{
    PdCall *call;

    if (self == NULL)
        return;
    g_cancellable_cancel(self->hashing);
    while ((call = g_queue_pop_head(&self->waiters)) != NULL)
        pd_call_fail(call, PD_DBUS_ERROR_CANCELLED, "the service is stopping");
    if (self->loading)
        pd_idle_release(self->idle);
    set(self, NULL, NULL, NULL);
    g_object_unref(self->hashing);
    g_free(self->language);
    g_free(self);
}

bool
pd_bus_model_is_known(PdBusModel *self, PdCall *call)
{
    if (self->known)
        return true;
    if (self->waiters.length >= PD_MAX_CALLS)
        return true; /* "" is the answer meanwhile; the queue stays bounded */
    g_queue_push_tail(&self->waiters, pd_call_ref(call));
    if (self->loading)
        return false;
    self->loading = true;
    pd_idle_hold(self->idle);
    load(self);
    return false;
}

void
pd_bus_model_forget(PdBusModel *self, const char *language)
{
    g_free(self->language);
    self->language = g_strdup(language);
    self->stale = self->loading;
    self->known = false;
    set(self, "", "", NULL);
    emit_changed(self);
}

const char *
pd_bus_model_name(const PdBusModel *self)
{
    return self->name;
}

const char *
pd_bus_model_hash(const PdBusModel *self)
{
    return self->hash;
}

const char *
pd_bus_model_error(const PdBusModel *self)
{
    return self->error;
}
