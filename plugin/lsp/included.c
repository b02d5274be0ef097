/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/included.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    PdIncluded *owner; /* NULL: no longer wanted; calls on their way hold a reference */
    grefcount n_refs;
    char *path;
    char *uri;
    GFileMonitor *monitor; /* (nullable) */
    GCancellable *cancel;
    PdLspText *text;  /* (nullable): read */
    GPtrArray *names; /* (nullable): of the files that it takes in itself */
    bool is_read;     /* now, in a thread */
    bool is_changed;  /* since that began */
    bool is_shown;    /* its findings were told */
    bool is_marked;   /* while following: still included */
} File;

struct PdIncluded {
    ProofdClient *client;
    char *dir; /* of the text that includes: names are relative to it, in included files too */
    const PdIncludedFuncs *funcs;
    void *user_data;
    GPtrArray *names;  /* (nullable): of the files that the text itself takes in */
    GHashTable *files; /* path -> File */
};

/* --- commands --- */

static const char *const commands[] = { "input",          "include", "subfile",
                                        "subfileinclude", "import",  "subimport" };

/* After a backslash. Returns: 0: none of them; else how many arguments name the file */
static int
read_command(const char **at)
{
    const gsize n = strspn(*at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strlen(commands[i]) == n && strncmp(commands[i], *at, n) == 0) {
            *at += n;
            return g_str_has_suffix(commands[i], "import") ? 2 : 1;
        }
    }
    *at += n > 0 ? n : (**at != '\0'); /* \% is no comment */
    return 0;
}

/* (transfer full) (nullable): what stands in the next braces */
static char *
read_braces(const char **at)
{
    const char *start = *at + strspn(*at, " \t\r\n");
    gsize n;

    if (*start != '{')
        return NULL;
    start++;
    n = strcspn(start, "{}\n");
    if (start[n] != '}')
        return NULL;
    *at = start + n + 1;
    return g_strstrip(g_strndup(start, n));
}

GPtrArray *
pd_included_names(const char *text)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (const char *at = text; *at != '\0';) {
        const char c = *at++;

        if (c == '%') {
            at += strcspn(at, "\n");
        } else if (c == '\\') {
            const int n_arguments = read_command(&at);
            g_autofree char *first = n_arguments > 0 ? read_braces(&at) : NULL;
            g_autofree char *second = n_arguments > 1 && first != NULL ? read_braces(&at) : NULL;

            if (n_arguments == 1 && first != NULL && *first != '\0')
                g_ptr_array_add(names, g_steal_pointer(&first));
            else if (second != NULL && *second != '\0')
                g_ptr_array_add(names, g_build_filename(first, second, NULL));
        }
    }
    return names;
}

/* --- files --- */

static void
file_unref(File *self)
{
    if (!g_ref_count_dec(&self->n_refs))
        return;
    g_free(self->path);
    g_free(self->uri);
    g_clear_object(&self->monitor);
    g_clear_object(&self->cancel);
    g_clear_pointer(&self->names, g_ptr_array_unref);
    pd_lsp_text_free(self->text);
    g_free(self);
}

static void
hide_file(File *self, const PdIncluded *owner)
{
    if (self->is_shown)
        owner->funcs->found(self->uri, NULL, NULL, owner->user_data);
    self->is_shown = false;
}

static void
file_drop(void *data)
{
    File *self = data;
    PdIncluded *owner = g_steal_pointer(&self->owner);

    g_cancellable_cancel(self->cancel);
    if (self->monitor != NULL)
        g_signal_handlers_disconnect_by_data(self->monitor, self);
    hide_file(self, owner);
    file_unref(self);
}

/* (transfer full) (nullable): a regular file of a bounded size in UTF-8 */
static char *
read_text(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    g_autofree char *text = NULL;
    struct stat info;
    gsize n_bytes = 0;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= PD_MAX_INCLUDED_BYTES) {
        text = g_malloc(PD_MAX_INCLUDED_BYTES + 1);
        for (gssize n = 1; n > 0 && n_bytes < PD_MAX_INCLUDED_BYTES;) {
            n = read(fd, text + n_bytes, PD_MAX_INCLUDED_BYTES - n_bytes);
            n_bytes += n > 0 ? (gsize)n : 0;
        }
        text[n_bytes] = '\0';
    }
    close(fd);
    return text != NULL && g_utf8_validate(text, (gssize)n_bytes, NULL) ? g_strdup(text) : NULL;
}

static void follow_all(PdIncluded *self);
static void read_file(File *self);

static bool
is_open(const File *self)
{
    return self->owner->funcs->is_open(self->path, self->owner->user_data);
}

static void
on_checked(GObject *object, GAsyncResult *result, void *user_data)
{
    File *self = user_data;
    g_autoptr(GPtrArray) findings = proofd_client_check_finish(PROOFD_CLIENT(object), result, NULL);

    if (findings != NULL && self->owner != NULL && !is_open(self)) {
        self->is_shown = true;
        self->owner->funcs->found(self->uri, self->text, findings, self->owner->user_data);
    }
    file_unref(self);
}

static void
check_file(File *self)
{
    const PdIncluded *owner = self->owner;
    g_autoptr(ProofdOptions) options = owner->funcs->new_options(owner->user_data);
    const char *language = owner->funcs->peek_language(owner->user_data);

    g_ref_count_inc(&self->n_refs);
    proofd_client_check_async(owner->client, *language != '\0' ? language : NULL,
                              pd_lsp_text_peek(self->text, NULL), options, self->cancel, on_checked,
                              self);
}

/* In a thread: a file may be on a slow disk. */
static void
read_in_thread(GTask *task, void *source, void *data, GCancellable *cancel)
{
    const File *self = data;

    g_task_return_pointer(task, read_text(self->path), g_free);
}

static void
on_read(GObject *object, GAsyncResult *result, void *user_data)
{
    File *self = g_task_get_task_data(G_TASK(result));
    g_autofree char *text = g_task_propagate_pointer(G_TASK(result), NULL);

    self->is_read = false;
    if (self->owner == NULL)
        return;
    if (self->is_changed) {
        read_file(self);
        return;
    }
    g_cancellable_cancel(self->cancel); /* of the text as it was */
    g_object_unref(self->cancel);
    self->cancel = g_cancellable_new();
    g_clear_pointer(&self->text, pd_lsp_text_free);
    g_clear_pointer(&self->names, g_ptr_array_unref);
    if (text == NULL) {
        hide_file(self, self->owner);
    } else {
        self->text = pd_lsp_text_new(text, strlen(text));
        self->names = pd_included_names(text);
        if (!is_open(self))
            check_file(self);
    }
    follow_all(self->owner);
}

static void
read_file(File *self)
{
    g_autoptr(GTask) task = NULL;

    if (is_open(self))
        hide_file(self, self->owner);
    self->is_changed = self->is_read;
    if (self->is_read)
        return;
    self->is_read = true;
    task = g_task_new(NULL, NULL, on_read, NULL);
    g_ref_count_inc(&self->n_refs);
    g_task_set_task_data(task, self, (GDestroyNotify)file_unref);
    g_task_run_in_thread(task, read_in_thread);
}

static void
on_file_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                void *user_data)
{
    if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT || event == G_FILE_MONITOR_EVENT_CREATED ||
        event == G_FILE_MONITOR_EVENT_DELETED)
        read_file(user_data);
}

static void
add_file(PdIncluded *self, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    File *added = g_new0(File, 1);

    g_ref_count_init(&added->n_refs);
    added->owner = self;
    added->path = g_strdup(path);
    added->uri = g_file_get_uri(file);
    added->cancel = g_cancellable_new();
    added->is_marked = true;
    added->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
    if (added->monitor != NULL)
        g_signal_connect(added->monitor, "changed", G_CALLBACK(on_file_changed), added);
    g_hash_table_insert(self->files, added->path, added);
    read_file(added);
}

/* --- following --- */

/* (transfer full) */
static char *
resolve(const PdIncluded *self, const char *name)
{
    g_autofree char *full =
        g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(self->dir, name, NULL);
    const char *base = strrchr(full, '/');
    g_autofree char *path = g_canonicalize_filename(full, NULL);

    return strchr(base != NULL ? base : full, '.') != NULL ? g_steal_pointer(&path)
                                                           : g_strconcat(path, ".tex", NULL);
}

static void
follow(PdIncluded *self, const GPtrArray *names)
{
    for (guint i = 0; names != NULL && i < names->len; i++) {
        g_autofree char *path = resolve(self, names->pdata[i]);
        File *file = g_hash_table_lookup(self->files, path);

        if (file == NULL) {
            if (g_hash_table_size(self->files) < PD_MAX_INCLUDED_FILES)
                add_file(self, path);
        } else if (!file->is_marked) {
            file->is_marked = true;
            follow(self, file->names);
        }
    }
}

static gboolean
is_unmarked(void *path, void *file, void *user_data)
{
    return !((File *)file)->is_marked;
}

static void
follow_all(PdIncluded *self)
{
    GHashTableIter iter;
    void *file;

    g_hash_table_iter_init(&iter, self->files);
    while (g_hash_table_iter_next(&iter, NULL, &file))
        ((File *)file)->is_marked = false;
    follow(self, self->names);
    g_hash_table_foreach_remove(self->files, is_unmarked, NULL);
}

void
pd_included_follow(PdIncluded *self, const char *text)
{
    g_clear_pointer(&self->names, g_ptr_array_unref);
    self->names = pd_included_names(text);
    follow_all(self);
}

void
pd_included_again(PdIncluded *self, const char *text)
{
    GHashTableIter iter;
    void *file;

    g_hash_table_iter_init(&iter, self->files);
    while (g_hash_table_iter_next(&iter, NULL, &file))
        read_file(file);
    pd_included_follow(self, text);
}

void
pd_included_look(PdIncluded *self, const char *path)
{
    File *file = g_hash_table_lookup(self->files, path);

    if (file != NULL)
        read_file(file);
}

bool
pd_included_shows(const PdIncluded *self, const char *uri)
{
    GHashTableIter iter;
    void *file;

    g_hash_table_iter_init(&iter, self->files);
    while (g_hash_table_iter_next(&iter, NULL, &file))
        if (((File *)file)->is_shown && g_str_equal(((File *)file)->uri, uri))
            return true;
    return false;
}

PdIncluded *
pd_included_new(ProofdClient *client, const char *path, const PdIncludedFuncs *funcs,
                void *user_data)
{
    PdIncluded *self = g_new0(PdIncluded, 1);

    self->client = g_object_ref(client);
    self->dir = g_path_get_dirname(path);
    self->funcs = funcs;
    self->user_data = user_data;
    self->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_drop);
    return self;
}

void
pd_included_free(PdIncluded *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->files);
    g_clear_pointer(&self->names, g_ptr_array_unref);
    g_object_unref(self->client);
    g_free(self->dir);
    g_free(self);
}
