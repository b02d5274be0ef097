/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/look.h"
#include "plugin/atspi/object.h"

#include <atspi/atspi-constants.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    GDBusConnection *bus;
    PdRef *ref;
    PdConfig *config;
} Job;

static void
job_free(gpointer data)
{
    Job *self = data;

    g_object_unref(self->bus);
    pd_ref_free(self->ref);
    pd_config_unref(self->config);
    g_free(self);
}

void
pd_look_free(PdLook *self)
{
    if (self == NULL)
        return;
    pd_ref_free(self->ref);
    g_free(self->program);
    g_free(self->text);
    g_free(self);
}

static void
look_free(gpointer data)
{
    pd_look_free(data);
}

/* Returns: 0: unknown */
static guint32
process_of(const PdObject *object)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        object->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "GetConnectionUnixProcessID", g_variant_new("(s)", object->ref->name),
        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, PD_OBJECT_CALL_MS, object->cancellable,
        NULL);
    guint32 pid = 0;

    if (reply != NULL)
        g_variant_get(reply, "(u)", &pid);
    return pid;
}

/* (transfer full) (nullable) */
static char *
name_of_process(guint32 pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%u/comm", pid);
    char *name = NULL;

    if (pid != 0 && g_file_get_contents(path, &name, NULL, NULL))
        g_strchomp(name);
    return name;
}

/* The name of the program and its toolkit. Returns: false with @error set */
static bool
look_at_program(PdLook *self, const PdObject *object, const PdConfig *config, GError **error)
{
    g_autoptr(GVariant) reply =
        pd_object_call(object, "Accessible", "GetApplication", NULL, "((so))", error);
    g_autoptr(GVariant) name = NULL;
    g_autoptr(GVariant) toolkit = NULL;
    g_autoptr(PdRef) root = NULL;
    g_autofree char *process = NULL;
    const guint32 pid = process_of(object);
    const char *bus_name, *path;
    PdObject program = *object;

    if (pid == (guint32)getpid()) {
        self->result = PD_LOOK_OWN;
        return true;
    }
    if (reply == NULL)
        return false;
    g_variant_get(reply, "((&s&o))", &bus_name, &path);
    root = pd_ref_new(bus_name, path);
    program.ref = root;
    name = pd_object_get(&program, "Accessible", "Name", "s", NULL);
    toolkit = pd_object_get(&program, "Application", "ToolkitName", "s", NULL);
    process = name_of_process(pid);
    self->is_qt = toolkit != NULL && g_str_equal(g_variant_get_string(toolkit, NULL), "Qt");
    if (name != NULL && *g_variant_get_string(name, NULL) != '\0')
        self->program = g_variant_dup_string(name, NULL);
    else
        self->program = g_strdup(process != NULL ? process : "");
    if (!pd_config_allows(config, self->program, process))
        self->why = "its program is not watched";
    return true;
}

static bool
has_editable_text(const PdObject *object)
{
    g_autoptr(GVariant) reply =
        pd_object_call(object, "Accessible", "GetInterfaces", NULL, "(as)", NULL);
    g_autofree const char **names = NULL;

    if (reply == NULL)
        return false;
    g_variant_get(reply, "(^a&s)", &names);
    return g_strv_contains(names, "org.a11y.atspi.EditableText") &&
           g_strv_contains(names, "org.a11y.atspi.Text");
}

/* Is it a text to be watched? What it is not is in @self->why. Returns: false with @error set */
static bool
look_at_kind(PdLook *self, const PdObject *object, const PdConfig *config, GError **error)
{
    const PdSingle single = !config->single_line ? PD_SINGLE_NEVER
                            : self->is_qt        ? PD_SINGLE_KNOWN
                                                 : PD_SINGLE_TOLD;
    PdKind focus;

    if (!pd_kind_get(object, &self->kind, error))
        return false;
    self->why = pd_kind_refuse(&self->kind);
    if (self->why == NULL)
        self->why = pd_kind_get_focus(object, &self->kind, &focus)
                        ? pd_kind_refuse_in(&self->kind, &focus, single)
                        : "has not the focus";
    if (self->why == NULL && !has_editable_text(object))
        self->why = "no editable text";
    return true;
}

/* Where the character before the caret ends on the screen, or the one behind it begins. */
static void
look_at_place(PdLook *self, const PdObject *object, int caret)
{
    for (int at = caret; at >= 0 && at >= caret - 1; at--) {
        g_autoptr(GVariant) reply = pd_object_call(
            object, "Text", "GetCharacterExtents",
            g_variant_new("(iu)", at, (guint32)ATSPI_COORD_TYPE_SCREEN), "(iiii)", NULL);

        if (reply == NULL)
            return;
        g_variant_get(reply, "(iiii)", &self->x, &self->y, &self->width, &self->height);
        self->has_place = self->height > 0 && self->x >= 0 && self->y >= 0;
        if (self->has_place)
            return;
    }
}

/* Returns: false with @error set */
static bool
look_at_text(PdLook *self, const PdObject *object, GError **error)
{
    g_autofree char *text = NULL;
    int caret, start, end, dropped;

    if (!pd_object_get_int(object, "Text", "CharacterCount", &self->n_total, error) ||
        !pd_object_get_int(object, "Text", "CaretOffset", &caret, error))
        return false;
    pd_window_around(self->n_total, caret, &start, &end);
    text = pd_kind_read(object, &self->kind, start, end, error);
    if (text == NULL)
        return false;
    if (!pd_window_unit(text, end - start, &self->unit)) {
        self->why = "its positions cannot be trusted";
        return true;
    }
    self->text = pd_window_trim(text, self->unit, start, end, self->n_total, &dropped);
    self->start = start + dropped;
    self->caret = pd_window_to_chars(self->text, self->unit, caret - self->start);
    look_at_place(self, object, caret);
    return true;
}

static void
look_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Job *job = data;
    const PdObject object = { job->bus, job->ref, cancellable };
    g_autoptr(PdLook) self = g_new0(PdLook, 1);
    GError *error = NULL;

    self->ref = pd_ref_copy(job->ref);
    self->result = PD_LOOK_NOT_OURS;
    if (look_at_program(self, &object, job->config, &error) && self->result != PD_LOOK_OWN &&
        self->why == NULL && look_at_kind(self, &object, job->config, &error) &&
        self->why == NULL && look_at_text(self, &object, &error) && self->why == NULL)
        self->result = PD_LOOK_TEXT;
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, g_steal_pointer(&self), look_free);
}

void
pd_look_async(GDBusConnection *bus, const PdRef *ref, PdConfig *config, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    Job *job = g_new0(Job, 1);

    job->bus = g_object_ref(bus);
    job->ref = pd_ref_copy(ref);
    job->config = pd_config_ref(config);
    g_task_set_task_data(task, job, job_free);
    g_task_set_return_on_cancel(task, TRUE);
    g_task_run_in_thread(task, look_in_thread);
}

PdLook *
pd_look_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
