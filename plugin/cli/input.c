/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/input.h"

#include "daemon/engine/format.h"
#include "dbus/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define LONGEST_EXTENSION 8
#define MARK "\xEF\xBB\xBF"

void
pd_input_free(PdInput *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->format);
    g_free(self->text);
    g_free(self);
}

void
pd_place_move(PdPlace *self, const char *text, size_t chars)
{
    const char *p;

    if (chars < self->chars)
        *self = (PdPlace)PD_PLACE_INIT;
    for (p = text + self->bytes; self->chars < chars && *p != '\0'; self->chars++) {
        bool ends_line = *p == '\n';

        p = g_utf8_next_char(p);
        self->column++;
        if (ends_line) {
            self->line++;
            self->column = 1;
            self->line_bytes = p - text;
        }
    }
    self->bytes = p - text;
}

static bool
fail_errno(const char *name, GError **error)
{
    int saved = errno;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved), "%s: %s", name,
                g_strerror(saved));
    return false;
}

static bool
read_all(int fd, PdInput *self, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *chunk = g_malloc(CHUNK_BYTES);
    ssize_t n;

    while ((n = read(fd, chunk, CHUNK_BYTES)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(self->name, error);
        g_string_append_len(text, chunk, n);
        if (text->len > PD_MAX_TEXT_BYTES + strlen(MARK)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        _("%s: longer than %d bytes, the limit for one text"), self->name,
                        PD_MAX_TEXT_BYTES);
            return false;
        }
    }
    self->length = text->len;
    self->text = g_string_free(g_steal_pointer(&text), FALSE);
    return true;
}

static bool
fail_at(const PdInput *self, size_t bytes, const char *what, GError **error)
{
    size_t line = 1;

    for (size_t i = 0; i < bytes; i++)
        line += self->text[i] == '\n';
    g_set_error(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE, _("%s:%zu: byte %zu: %s"),
                self->name, line, bytes, what);
    return false;
}

static bool
check_encoding(const PdInput *self, GError **error)
{
    const char *nul = memchr(self->text, '\0', self->length);
    const char *end;

    if (self->length >= 2 &&
        (memcmp(self->text, "\xFF\xFE", 2) == 0 || memcmp(self->text, "\xFE\xFF", 2) == 0)) {
        g_set_error(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE,
                    _("%s: UTF-16; convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8"),
                    self->name);
        return false;
    }
    if (nul != NULL)
        return fail_at(self, nul - self->text, _("a NUL: this is a binary file, not text"), error);
    if (!g_utf8_validate(self->text, self->length, &end))
        return fail_at(self, end - self->text, _("not UTF-8; iconv converts other encodings"),
                       error);
    return true;
}

static int
open_input(PdInput *self, const char *path, GError **error)
{
    int fd = self->is_file ? g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0) : dup(STDIN_FILENO);

    if (fd < 0) {
        fail_errno(self->name, error);
        return -1;
    }
    if (fstat(fd, &self->stat) == 0 && !S_ISDIR(self->stat.st_mode))
        return fd;
    errno = EISDIR;
    fail_errno(self->name, error);
    close(fd);
    return -1;
}

PdInput *
pd_input_read(const char *path, GError **error)
{
    g_autoptr(PdInput) self = g_new0(PdInput, 1);
    bool done;
    int fd;

    self->is_file = !g_str_equal(path, "-");
    self->name = g_strdup(self->is_file ? path : PD_INPUT_STDIN);
    fd = open_input(self, path, error);
    if (fd < 0)
        return NULL;
    done = read_all(fd, self, error);
    close(fd);
    if (!done || !check_encoding(self, error))
        return NULL;
    self->format = pd_format_for_path(self->name);
    self->has_mark = g_str_has_prefix(self->text, MARK);
    if (self->has_mark) {
        self->length -= strlen(MARK);
        memmove(self->text, self->text + strlen(MARK), self->length + 1);
    }
    return g_steal_pointer(&self);
}

/* As "letter.txt" does: what is after the last dot is short and of letters and digits alone. */
static bool
ends_as_file(const char *argument)
{
    const char *dot = strrchr(argument, '.');
    size_t length = dot != NULL ? strlen(dot + 1) : 0;

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isalnum(dot[1 + i]))
            return false;
    }
    return length > 0 && length <= LONGEST_EXTENSION;
}

bool
pd_input_is_text(const char *argument)
{
    g_autofree char *stripped = g_strstrip(g_strdup(argument));

    return strpbrk(stripped, " \t\n") != NULL && strchr("./~", *stripped) == NULL &&
           !ends_as_file(stripped) && !g_file_test(argument, G_FILE_TEST_EXISTS);
}

PdInput *
pd_input_new_text(const char *text, GError **error)
{
    g_autoptr(PdInput) self = g_new0(PdInput, 1);

    self->name = g_strdup(PD_INPUT_TEXT);
    self->format = pd_format_for_path(self->name);
    self->text = g_strconcat(text, g_str_has_suffix(text, "\n") ? "" : "\n", NULL);
    self->length = strlen(self->text);
    return check_encoding(self, error) ? g_steal_pointer(&self) : NULL;
}

const char *
pd_input_format(const PdInput *self)
{
    return self->format;
}

char **
pd_input_read_words(const char *path, GError **error)
{
    g_autoptr(PdInput) input = pd_input_read(path, error);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_auto(GStrv) lines = NULL;

    if (input == NULL)
        return NULL;
    lines = g_strsplit(input->text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_strstrip(*line);
        if (**line != '\0' && **line != '#')
            g_ptr_array_add(words, g_strdup(*line));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
