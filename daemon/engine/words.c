/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words.c - the user's own words
 *
 * Two tables: the words as written (keys: NFC, straight apostrophes), and their upper-case forms.
 * Other processes may change the file: its stamp is compared at most once a second when asked, and
 * always, under a lock file, before a change is made.
 */
#include "daemon/engine/words.h"

#include "daemon/engine/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_WORD_BYTES 200
#define MAX_FILE_BYTES (64 * 1024 * 1024)
#define LOOK_EVERY_US G_USEC_PER_SEC
#define LOCK_TRIES 200
#define LOCK_WAIT_US 10000
#define MAX_LINKS 16
#define BYTE_ORDER_MARK 0xFEFF

typedef struct {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
} Stamp;

struct PdWords {
    int ref_count; /* atomic */
    char *path;
    GMutex mutex;     /* guards all below */
    GHashTable *keys; /* key -> the word as written */
    GHashTable *upper;
    Stamp stamp;
    gint64 looked_us;
};

/* The form under which a word is looked up. */
static char *
make_key(const char *word)
{
    g_autofree char *composed = g_utf8_normalize(word, -1, G_NORMALIZE_NFC);
    g_autoptr(GString) key = g_string_new(composed != NULL ? composed : word);

    g_string_replace(key, "’", "'", 0);
    return g_string_free(g_steal_pointer(&key), FALSE);
}

static GHashTable *
new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void
insert_word(GHashTable *keys, const char *word)
{
    char *key = make_key(word);

    if (g_hash_table_contains(keys, key))
        g_free(key);
    else
        g_hash_table_insert(keys, key, g_strdup(word));
}

static void
take_keys(PdWords *self, GHashTable *keys)
{
    GHashTableIter iter;
    gpointer key;

    g_clear_pointer(&self->keys, g_hash_table_unref);
    g_clear_pointer(&self->upper, g_hash_table_unref);
    self->keys = keys;
    self->upper = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_iter_init(&iter, keys);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_hash_table_add(self->upper, g_utf8_strup(key, -1));
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* (transfer container): borrowed words in order, NULL-terminated. */
static GPtrArray *
sorted_words(GHashTable *keys)
{
    GPtrArray *words = g_ptr_array_sized_new(g_hash_table_size(keys) + 1);
    GHashTableIter iter;
    gpointer word;

    g_hash_table_iter_init(&iter, keys);
    while (g_hash_table_iter_next(&iter, NULL, &word))
        g_ptr_array_add(words, word);
    g_ptr_array_sort(words, compare_strings);
    g_ptr_array_add(words, NULL);
    return words;
}

static Stamp
stamp_of(const struct stat *st)
{
    return (Stamp){ true, st->st_dev, st->st_ino, st->st_size, st->st_mtim };
}

static bool
stamps_equal(const Stamp *a, const Stamp *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static void
set_errno_error(GError **error, const char *path, const char *what, int code)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s: %s", path, what,
                g_strerror(code));
}

/* The bytes of an open file. */
static char *
read_all(int fd, size_t size, size_t *ret_length, const char *path, GError **error)
{
    g_autofree char *bytes = g_malloc(size + 1);
    size_t length = 0;

    while (length < size) {
        ssize_t n = read(fd, bytes + length, size - length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            set_errno_error(error, path, "cannot be read", errno);
            return NULL;
        }
        if (n == 0)
            break;
        length += (size_t)n;
    }
    bytes[length] = '\0';
    *ret_length = length;
    return g_steal_pointer(&bytes);
}

/* (transfer full): the file's bytes, or "" and no stamp where there is none. */
static char *
read_file(const char *path, Stamp *ret_stamp, size_t *ret_length, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *bytes = NULL;
    struct stat st;

    if (fd < 0 && errno == ENOENT) {
        *ret_stamp = (Stamp){ 0 };
        *ret_length = 0;
        return g_strdup("");
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        set_errno_error(error, path, "cannot be opened", errno);
    } else if (!S_ISREG(st.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: is not a regular file", path);
    } else if (st.st_size > MAX_FILE_BYTES) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is larger than %d bytes, too large for a list of words", path,
                    MAX_FILE_BYTES);
    } else {
        bytes = read_all(fd, (size_t)st.st_size, ret_length, path, error);
        *ret_stamp = stamp_of(&st);
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

/* (transfer full): table of the words in @bytes; NULL with PD_ERROR_FAILED. */
static GHashTable *
parse_words(const char *path, char *bytes, size_t length, GError **error)
{
    g_autoptr(GHashTable) keys = new_table();
    const char *bom = "\xEF\xBB\xBF";
    char *end = bytes + length;
    size_t number = 1;

    if (length >= strlen(bom) && memcmp(bytes, bom, strlen(bom)) == 0)
        bytes += strlen(bom);
    for (char *line = bytes; line < end; number++) {
        char *stop = memchr(line, '\n', (size_t)(end - line));

        stop = stop != NULL ? stop : end;
        if (!g_utf8_validate(line, stop - line, NULL)) {
            g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: line %zu is not valid UTF-8", path,
                        number);
            return NULL;
        }
        *stop = '\0'; /* the buffer has a byte more than the file */
        g_strstrip(line);
        if (*line != '\0')
            insert_word(keys, line);
        line = stop + 1;
    }
    return g_steal_pointer(&keys);
}

static bool
load(PdWords *self, GError **error)
{
    g_autofree char *bytes = NULL;
    GHashTable *keys;
    size_t length;
    Stamp stamp;

    bytes = read_file(self->path, &stamp, &length, error);
    if (bytes == NULL)
        return false;
    keys = parse_words(self->path, bytes, length, error);
    if (keys == NULL)
        return false;
    take_keys(self, keys);
    self->stamp = stamp;
    self->looked_us = g_get_monotonic_time();
    return true;
}

/* Reads the file again if it is not the one that was read. */
static bool
refresh(PdWords *self, GError **error)
{
    Stamp now = { 0 };
    struct stat st;

    self->looked_us = g_get_monotonic_time();
    if (stat(self->path, &st) == 0)
        now = stamp_of(&st);
    return stamps_equal(&now, &self->stamp) || load(self, error);
}

/* For a mere question: a file that became unreadable leaves the words as they were. */
static void
refresh_sometimes(PdWords *self)
{
    if (g_get_monotonic_time() - self->looked_us >= LOOK_EVERY_US)
        (void)refresh(self, NULL);
}

char *
pd_words_default_path(void)
{
    return g_build_filename(g_get_user_data_dir(), "proofd", "words.txt", NULL);
}

PdWords *
pd_words_open(const char *path, GError **error)
{
    g_autoptr(PdWords) self = g_new0(PdWords, 1);

    g_return_val_if_fail(error == NULL || *error == NULL, NULL);

    self->ref_count = 1;
    g_mutex_init(&self->mutex);
    self->path = path != NULL ? g_strdup(path) : pd_words_default_path();
    if (!load(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

PdWords *
pd_words_ref(PdWords *self)
{
    g_return_val_if_fail(self != NULL, NULL);

    g_atomic_int_inc(&self->ref_count);
    return self;
}

void
pd_words_unref(PdWords *self)
{
    if (self == NULL || !g_atomic_int_dec_and_test(&self->ref_count))
        return;
    g_clear_pointer(&self->keys, g_hash_table_unref);
    g_clear_pointer(&self->upper, g_hash_table_unref);
    g_mutex_clear(&self->mutex);
    g_free(self->path);
    g_free(self);
}

/* "Word" for "word"; NULL where @key does not begin with a capital. */
static char *
lower_first(const char *key)
{
    gunichar first = g_utf8_get_char(key);
    char lower[7] = { 0 };

    if (!g_unichar_isupper(first) && !g_unichar_istitle(first))
        return NULL;
    g_unichar_to_utf8(g_unichar_tolower(first), lower);
    return g_strconcat(lower, g_utf8_next_char(key), NULL);
}

static bool
lookup(PdWords *self, const char *key)
{
    g_autofree char *lower = NULL;
    g_autofree char *upper = NULL;

    if (g_hash_table_contains(self->keys, key))
        return true;
    lower = lower_first(key);
    if (lower == NULL)
        return false;
    if (g_hash_table_contains(self->keys, lower))
        return true;
    upper = g_utf8_strup(key, -1);
    return g_str_equal(upper, key) && g_hash_table_contains(self->upper, key);
}

bool
pd_words_has(PdWords *self, const char *word)
{
    g_autoptr(GMutexLocker) locker = NULL;
    g_autofree char *key = NULL;

    g_return_val_if_fail(self != NULL && word != NULL, false);

    key = make_key(word);
    locker = g_mutex_locker_new(&self->mutex);
    refresh_sometimes(self);
    if (lookup(self, key))
        return true;
    if (!g_str_has_suffix(key, "'s"))
        return false;
    key[strlen(key) - strlen("'s")] = '\0';
    return lookup(self, key);
}

char **
pd_words_list(PdWords *self)
{
    g_autoptr(GMutexLocker) locker = NULL;
    g_autoptr(GPtrArray) words = NULL;

    g_return_val_if_fail(self != NULL, NULL);

    locker = g_mutex_locker_new(&self->mutex);
    refresh_sometimes(self);
    words = sorted_words(self->keys);
    return g_strdupv((char **)words->pdata);
}

/* The file to write: a symbolic link is followed, also one that points to nothing yet. */
static char *
resolve(const char *path)
{
    char *at = g_strdup(path);

    for (int i = 0; i < MAX_LINKS; i++) {
        g_autofree char *target = g_file_read_link(at, NULL);
        g_autofree char *dir = NULL;
        char *next;

        if (target == NULL)
            break;
        dir = g_path_get_dirname(at);
        next = g_path_is_absolute(target) ? g_strdup(target) : g_build_filename(dir, target, NULL);
        g_free(at);
        at = next;
    }
    return at;
}

/* Returns: the lock's file descriptor, held until closed; -1 with PD_ERROR_FAILED. */
static int
lock_file(const char *target, GError **error)
{
    g_autofree char *path = g_strconcat(target, ".lock", NULL);
    g_autofree char *dir = g_path_get_dirname(target);
    int fd, tries = 0;

    if (g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: cannot be created: %s", dir,
                    g_strerror(errno));
        return -1;
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: cannot be opened: %s", path,
                    g_strerror(errno));
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || ++tries > LOCK_TRIES) {
            g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: cannot be locked: %s", path,
                        g_strerror(errno));
            close(fd);
            return -1;
        }
        g_usleep(LOCK_WAIT_US);
    }
    return fd;
}

static bool
write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* Without this the rename itself may be lost with the power; it is not worth an error. */
static void
sync_directory(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

/*
 * The temporary file has one name, since the lock allows one writer: what a killed process left
 * is replaced by the next.
 */
static bool
replace_file(const char *target, const char *bytes, size_t length, Stamp *ret_stamp)
{
    g_autofree char *temporary = g_strconcat(target, ".new", NULL);
    mode_t mode = 0600;
    struct stat st;
    bool ok;
    int fd, code;

    if (stat(target, &st) == 0)
        mode = st.st_mode & 0777;
    (void)g_unlink(temporary);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    ok = write_all(fd, bytes, length) && fchmod(fd, mode) == 0 && fsync(fd) == 0 &&
         fstat(fd, &st) == 0;
    code = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        code = errno;
    }
    if (ok && g_rename(temporary, target) != 0) {
        ok = false;
        code = errno;
    }
    if (!ok) {
        (void)g_unlink(temporary);
        errno = code;
        return false;
    }
    sync_directory(target);
    *ret_stamp = stamp_of(&st);
    return true;
}

static bool
save(PdWords *self, const char *target, GHashTable *keys, GError **error)
{
    g_autoptr(GPtrArray) words = sorted_words(keys);
    g_autoptr(GString) bytes = g_string_new(NULL);

    for (size_t i = 0; i + 1 < words->len; i++) {
        g_string_append(bytes, words->pdata[i]);
        g_string_append_c(bytes, '\n');
    }
    if (bytes->len > MAX_FILE_BYTES) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: the list would be larger than %d bytes",
                    target, MAX_FILE_BYTES);
        return false;
    }
    if (!replace_file(target, bytes->str, bytes->len, &self->stamp)) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: cannot be saved: %s", target,
                    g_strerror(errno));
        return false;
    }
    return true;
}

/* What a change decides about the table; returns how many words changed. */
typedef gssize (*ChangeFunc)(GHashTable *keys, const char *const *words);

static gssize
insert_words(GHashTable *keys, const char *const *words)
{
    guint before = g_hash_table_size(keys);

    for (size_t i = 0; words[i] != NULL; i++)
        insert_word(keys, words[i]);
    return (gssize)(g_hash_table_size(keys) - before);
}

static gssize
remove_words(GHashTable *keys, const char *const *words)
{
    gssize n_removed = 0;

    for (size_t i = 0; words[i] != NULL; i++) {
        g_autofree char *key = make_key(words[i]);

        n_removed += g_hash_table_remove(keys, key) ? 1 : 0;
    }
    return n_removed;
}

static GHashTable *
copy_table(GHashTable *keys)
{
    GHashTable *copy = new_table();
    GHashTableIter iter;
    gpointer key, word;

    g_hash_table_iter_init(&iter, keys);
    while (g_hash_table_iter_next(&iter, &key, &word))
        g_hash_table_insert(copy, g_strdup(key), g_strdup(word));
    return copy;
}

/* The list as it is in the file now, changed by @func and saved, or left as it was. */
static gssize
change_locked(PdWords *self, const char *target, ChangeFunc func, const char *const *words,
              GError **error)
{
    g_autoptr(GHashTable) keys = NULL;
    gssize n_changed;

    if (!refresh(self, error))
        return -1;
    keys = copy_table(self->keys);
    n_changed = func(keys, words);
    if (n_changed == 0)
        return 0;
    if (!save(self, target, keys, error))
        return -1;
    take_keys(self, g_steal_pointer(&keys));
    return n_changed;
}

static gssize
change(PdWords *self, ChangeFunc func, const char *const *words, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->mutex);
    g_autofree char *target = resolve(self->path);
    g_autoptr(GError) local = NULL;
    gssize n_changed;
    int lock = lock_file(target, error);

    if (lock < 0)
        return -1;
    n_changed = change_locked(self, target, func, words, &local);
    close(lock); /* and gives the lock back */
    if (local != NULL)
        g_set_error_literal(error, PD_ERROR, PD_ERROR_FAILED, local->message);
    return n_changed;
}

static const char *
word_problem(const char *word)
{
    if (!g_utf8_validate(word, -1, NULL))
        return "is not valid UTF-8";
    if (*word == '\0')
        return "is empty";
    if (strlen(word) > MAX_WORD_BYTES)
        return "is longer than " G_STRINGIFY(MAX_WORD_BYTES) " bytes";
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isspace(c))
            return "has white space inside";
        if (g_unichar_iscntrl(c))
            return "has a control character inside";
        if (c == BYTE_ORDER_MARK) /* first in the file, it would be none of the word */
            return "has a byte order mark inside";
    }
    return NULL;
}

/* Without the white space around it; non-ASCII white space too. */
static char *
strip(const char *word)
{
    const char *end = word + strlen(word);

    if (!g_utf8_validate(word, -1, NULL))
        return g_strdup(word);
    while (*word != '\0' && g_unichar_isspace(g_utf8_get_char(word)))
        word = g_utf8_next_char(word);
    while (end > word && g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
    return g_strndup(word, (size_t)(end - word));
}

gssize
pd_words_add(PdWords *self, const char *const *words, GError **error)
{
    g_auto(GStrv) stripped = NULL;
    size_t n;

    g_return_val_if_fail(self != NULL && words != NULL, -1);
    g_return_val_if_fail(error == NULL || *error == NULL, -1);

    n = g_strv_length((char **)words);
    stripped = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *problem;

        stripped[i] = strip(words[i]);
        problem = word_problem(stripped[i]);
        if (problem != NULL) {
            g_set_error(error, PD_ERROR, PD_ERROR_INVALID_TEXT, "word %zu %s", i + 1, problem);
            return -1;
        }
    }
    return n == 0 ? 0 : change(self, insert_words, (const char *const *)stripped, error);
}

bool
pd_words_remove(PdWords *self, const char *word, GError **error)
{
    g_autofree char *stripped = NULL;
    gssize n_removed = 0;

    g_return_val_if_fail(self != NULL && word != NULL, false);
    g_return_val_if_fail(error == NULL || *error == NULL, false);

    stripped = strip(word);
    if (word_problem(stripped) == NULL) {
        const char *words[] = { stripped, NULL };

        n_removed = change(self, remove_words, words, error);
        if (n_removed < 0)
            return false;
    }
    if (n_removed == 0) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_NOT_FOUND, "the word is not in the list");
        return false;
    }
    return true;
}
