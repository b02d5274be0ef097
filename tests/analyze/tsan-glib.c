/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ThreadSanitizer cannot see: GLib is not built with it, so its locks, reference counts and
 * main loops order nothing for it, and all that they guard would be reported. This library, which
 * is loaded before GLib, tells of each and then calls GLib's own function.
 */
#include <dlfcn.h>
#include <gio/gio.h>

/* Missing in a program that is not built with it, such as gdbus, which a test may run. */
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define REAL(name) ((__typeof__(&name))real(#name))

typedef struct {
    GSourceFunc run;
    void *data;
    GDestroyNotify free_data;
} Call;

static void *
real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static void
acquire(void *address)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire(address);
}

static void
release(void *address)
{
    if (__tsan_release != NULL)
        __tsan_release(address);
}

/* --- locks ---------------------------------------------------------------------------- */

#undef g_mutex_lock
void
g_mutex_lock(GMutex *mutex)
{
    REAL(g_mutex_lock)(mutex);
    acquire(mutex);
}

void
g_mutex_unlock(GMutex *mutex)
{
    release(mutex);
    REAL(g_mutex_unlock)(mutex);
}

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
    release(mutex);
    REAL(g_cond_wait)(cond, mutex);
    acquire(mutex);
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end)
{
    gboolean was_signalled;

    release(mutex);
    was_signalled = REAL(g_cond_wait_until)(cond, mutex, end);
    acquire(mutex);
    return was_signalled;
}

gboolean(g_once_init_enter)(volatile void *location)
{
    const gboolean is_first = ((gboolean(*)(volatile void *))real("g_once_init_enter"))(location);

    acquire((void *)location);
    return is_first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
    release((void *)location);
    ((void (*)(volatile void *, gsize))real("g_once_init_leave"))(location, result);
}

/* --- reference counts: the last owner sees what the others did --------------------------- */

static void
give_up(void *shared)
{
    release(shared);
    acquire(shared);
}

void
g_object_unref(gpointer object)
{
    give_up(object);
    REAL(g_object_unref)(object);
}

void
g_variant_unref(GVariant *variant)
{
    give_up(variant);
    REAL(g_variant_unref)(variant);
}

void
g_ptr_array_unref(GPtrArray *array)
{
    give_up(array);
    REAL(g_ptr_array_unref)(array);
}

void
g_atomic_rc_box_release_full(gpointer box, GDestroyNotify clear)
{
    give_up(box);
    REAL(g_atomic_rc_box_release_full)(box, clear);
}

/* --- main loops: what is handed to one is seen by the thread that runs it ----------------- */

static gboolean
run_call(void *data)
{
    Call *self = data;

    acquire(self);
    return self->run(self->data);
}

static void
free_call(void *data)
{
    Call *self = data;

    acquire(self);
    if (self->free_data != NULL)
        self->free_data(self->data);
    g_free(self);
}

static Call *
new_call(GSourceFunc run, void *data, GDestroyNotify free_data)
{
    Call *self = g_new0(Call, 1);

    *self = (Call){ run, data, free_data };
    release(self);
    return self;
}

guint
g_idle_add_full(int priority, GSourceFunc run, gpointer data, GDestroyNotify free_data)
{
    return REAL(g_idle_add_full)(priority, run_call, new_call(run, data, free_data), free_call);
}

void
g_main_context_invoke_full(GMainContext *context, int priority, GSourceFunc run, gpointer data,
                           GDestroyNotify free_data)
{
    REAL(g_main_context_invoke_full)
    (context, priority, run_call, new_call(run, data, free_data), free_call);
}

/* --- pools of threads: what is pushed is seen by the thread that takes it ------------------ */

typedef struct {
    GFunc run;
    void *data;
} Pool;

static void
run_pushed(void *pushed, void *data)
{
    const Pool *self = data;

    acquire(pushed);
    self->run(pushed, self->data);
}

GThreadPool *
g_thread_pool_new(GFunc run, gpointer data, int max_threads, gboolean exclusive, GError **error)
{
    Pool *self = g_new0(Pool, 1); /* as long as the program: a pool has no function that frees it */

    *self = (Pool){ run, data };
    return REAL(g_thread_pool_new)(run_pushed, self, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push(GThreadPool *pool, gpointer pushed, GError **error)
{
    release(pushed);
    return REAL(g_thread_pool_push)(pool, pushed, error);
}

/* --- D-Bus: a connection's filter has seen a reply before the caller gets it ---------------- */

typedef struct {
    GDBusMessageFilterFunction run;
    void *data;
    GDestroyNotify free_data;
} Filter;

static GDBusMessage *
run_filter(GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
    const Filter *self = data;
    GDBusMessage *left = self->run(connection, message, incoming, self->data);

    release(connection);
    return left;
}

static void
free_filter(void *data)
{
    Filter *self = data;

    if (self->free_data != NULL)
        self->free_data(self->data);
    g_free(self);
}

guint
g_dbus_connection_add_filter(GDBusConnection *connection, GDBusMessageFilterFunction run,
                             gpointer data, GDestroyNotify free_data)
{
    Filter *self = g_new0(Filter, 1);

    *self = (Filter){ run, data, free_data };
    return REAL(g_dbus_connection_add_filter)(connection, run_filter, self, free_filter);
}

GDBusMessage *
g_dbus_connection_send_message_with_reply_finish(GDBusConnection *connection, GAsyncResult *result,
                                                 GError **error)
{
    GDBusMessage *reply =
        REAL(g_dbus_connection_send_message_with_reply_finish)(connection, result, error);

    acquire(connection);
    return reply;
}
