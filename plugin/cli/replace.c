/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

typedef struct {
    char *name; /* as the user gave it */
    char *text;
    size_t length;
    struct stat stat; /* of the file when it was read */
    char *path;       /* (nullable): the file itself, links followed */
    char *temporary;  /* (nullable): our file beside it; the old one once they are swapped */
    bool swapped;
} File;

struct PdReplace {
    GPtrArray *files; /* of File */
};

static void
file_free(File *self)
{
    if (self->temporary != NULL)
        g_unlink(self->temporary);
    g_free(self->name);
    g_free(self->text);
    g_free(self->path);
    g_free(self->temporary);
    g_free(self);
}

PdReplace *
pd_replace_new(void)
{
    PdReplace *self = g_new0(PdReplace, 1);

    self->files = g_ptr_array_new_with_free_func((GDestroyNotify)file_free);
    return self;
}

void
pd_replace_free(PdReplace *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->files);
    g_free(self);
}

size_t
pd_replace_n_files(const PdReplace *self)
{
    return self->files->len;
}

bool
pd_replace_has(const PdReplace *self, const PdInput *input)
{
    for (guint i = 0; i < self->files->len; i++) {
        const File *file = g_ptr_array_index(self->files, i);

        if (file->stat.st_ino == input->stat.st_ino && file->stat.st_dev == input->stat.st_dev)
            return true;
    }
    return false;
}

void
pd_replace_add(PdReplace *self, const PdInput *input, const char *text, size_t length)
{
    File *file = g_new0(File, 1);

    file->name = g_strdup(input->name);
    file->text = g_memdup2(text, length);
    file->length = length;
    file->stat = input->stat;
    g_ptr_array_add(self->files, file);
}

static bool
fail(const File *file, int number, const char *what, GError **error)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "%s: %s%s%s", file->name,
                what, number != 0 ? ": " : "", number != 0 ? g_strerror(number) : "");
    return false;
}

static bool
is_unchanged(const File *file, const struct stat *now)
{
    return now->st_ino == file->stat.st_ino && now->st_dev == file->stat.st_dev &&
           now->st_size == file->stat.st_size && now->st_mtim.tv_sec == file->stat.st_mtim.tv_sec &&
           now->st_mtim.tv_nsec == file->stat.st_mtim.tv_nsec;
}

static bool
find_target(File *file, GError **error)
{
    struct stat now;

    if (!S_ISREG(file->stat.st_mode))
        return fail(file, 0, _("not a regular file, so it cannot be replaced"), error);
    file->path = realpath(file->name, NULL); /* malloc() is what g_free() frees */
    if (file->path == NULL || g_stat(file->path, &now) != 0)
        return fail(file, errno, _("cannot be found again"), error);
    if (!is_unchanged(file, &now))
        return fail(file, 0, _("has changed since it was read"), error);
    if (g_access(file->path, W_OK) != 0)
        return fail(file, errno, _("cannot be written"), error);
    return true;
}

/* Access lists and labels live there; a file system without them is none the worse. */
static void
copy_attributes(const char *from, int to)
{
    char names[4096], value[4096];
    ssize_t length = listxattr(from, names, sizeof(names));

    for (ssize_t i = 0; i < length; i += strlen(names + i) + 1) {
        ssize_t size = getxattr(from, names + i, value, sizeof(value));

        if (size >= 0 && fsetxattr(to, names + i, value, size, 0) != 0)
            continue; /* not ours to set */
    }
}

/* Owner first: changing it may clear bits of the mode. */
static bool
copy_rights(const File *file, int fd, GError **error)
{
    mode_t mode = file->stat.st_mode & 07777;

    if (fchown(fd, file->stat.st_uid, file->stat.st_gid) != 0 &&
        fchown(fd, -1, file->stat.st_gid) != 0)
        mode &= ~(mode_t)07000; /* these bits would lend another user's or group's rights */
    if (fchmod(fd, mode) != 0)
        return fail(file, errno, _("cannot set the mode of its replacement"), error);
    copy_attributes(file->path, fd);
    return true;
}

static bool
write_all(const File *file, int fd, GError **error)
{
    size_t done = 0;

    while (done < file->length) {
        ssize_t n = write(fd, file->text + done, file->length - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(file, errno, _("cannot write its replacement"), error);
        done += n;
    }
    if (fsync(fd) != 0)
        return fail(file, errno, _("cannot write its replacement"), error);
    return true;
}

static bool
prepare(File *file, GError **error)
{
    g_autofree char *directory = NULL, *name = NULL, *path = NULL;
    bool done;
    int fd;

    if (!find_target(file, error))
        return false;
    directory = g_path_get_dirname(file->path);
    name =
        g_strdup(".proof-XXXXXX"); /* short: the file's own name may be as long as names can be */
    path = g_build_filename(directory, name, NULL);
    fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(file, errno, _("cannot write beside it"), error);
    file->temporary = g_steal_pointer(&path);
    done = write_all(file, fd, error) && copy_rights(file, fd, error);
    if (close(fd) != 0 && done)
        return fail(file, errno, _("cannot write its replacement"), error);
    return done;
}

/* Where the file system cannot exchange two names: the old file keeps a second name meanwhile. */
static bool
swap_with_link(File *file, GError **error)
{
    g_autofree char *backup = g_strconcat(file->temporary, "~", NULL);
    struct stat now;

    if (lstat(file->path, &now) != 0 || !is_unchanged(file, &now))
        return fail(file, 0, _("has changed since it was read"), error);
    if (link(file->path, backup) != 0)
        return fail(file, errno, _("cannot keep the old one until all are replaced"), error);
    if (g_rename(file->temporary, file->path) != 0) {
        int saved = errno;

        g_unlink(backup);
        return fail(file, saved, _("cannot be replaced"), error);
    }
    g_free(file->temporary);
    file->temporary = g_steal_pointer(&backup);
    file->swapped = true;
    return true;
}

static bool
swap(File *file, GError **error)
{
    struct stat old;

    if (renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_EXCHANGE) != 0) {
        if (errno == EINVAL || errno == ENOSYS)
            return swap_with_link(file, error);
        return fail(file, errno, _("cannot be replaced"), error);
    }
    file->swapped = true;
    /* what we hold now is what was there the moment before */
    if (lstat(file->temporary, &old) != 0 || !is_unchanged(file, &old))
        return fail(file, 0, _("has changed since it was read"), error);
    return true;
}

static void
sync_directory(const File *file)
{
    g_autofree char *directory = g_path_get_dirname(file->path);
    int fd = g_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    if (fd < 0)
        return;
    fsync(fd); /* the file is whole in any case; this only makes it last sooner */
    close(fd);
}

static bool
is_interrupted(const sigset_t *signals)
{
    sigset_t pending;

    sigpending(&pending);
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(signals, number) == 1 && sigismember(&pending, number) == 1)
            return true;
    }
    return false;
}

static bool
commit(PdReplace *self, const sigset_t *signals, GError **error)
{
    for (guint i = 0; i < self->files->len; i++) {
        File *file = g_ptr_array_index(self->files, i);

        if (!prepare(file, error))
            return false;
        if (is_interrupted(signals))
            return fail(file, EINTR, _("not replaced"), error);
    }
    for (guint i = 0; i < self->files->len; i++) {
        if (!swap(g_ptr_array_index(self->files, i), error))
            return false;
    }
    for (guint i = 0; i < self->files->len; i++)
        sync_directory(g_ptr_array_index(self->files, i));
    return true;
}

/* The last first, so that each finds what it has left. */
static void
take_back(PdReplace *self)
{
    for (guint i = self->files->len; i-- > 0;) {
        File *file = g_ptr_array_index(self->files, i);

        if (file->swapped && g_rename(file->temporary, file->path) == 0)
            g_clear_pointer(&file->temporary, g_free);
    }
}

bool
pd_replace_commit(PdReplace *self, GError **error)
{
    sigset_t signals, before;
    bool done;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, &before);
    done = commit(self, &signals, error);
    if (!done)
        take_back(self);
    g_ptr_array_set_size(self->files, 0);        /* unlinks the temporary files, or the old ones */
    pthread_sigmask(SIG_SETMASK, &before, NULL); /* a signal that has come meanwhile ends us here */
    return done;
}
