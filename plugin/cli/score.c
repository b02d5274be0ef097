/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof score: how natural each line is. Lines that are there already go in one call; it never
 * waits for more.
 */
#include "dbus/protocol.h"
#include "plugin/cli/backend.h"
#include "plugin/cli/command.h"
#include "plugin/cli/line-reader.h"
#include "plugin/cli/options.h"
#include "plugin/cli/say.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define MAX_TEXTS 64
#define MAX_BYTES (1024 * 1024)

typedef struct {
    PdOptions options;
    PdBackend *backend;
    bool trouble;
} Scorer;

static void
scorer_done(Scorer *self)
{
    pd_options_done(&self->options);
    pd_backend_free(self->backend);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scorer, scorer_done)

static bool
score_texts(Scorer *self, GPtrArray *texts, GError **error)
{
    double scores[MAX_TEXTS];
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (!pd_backend_score(self->backend, self->options.language, (const char *const *)texts->pdata,
                          texts->len - 1, scores, error))
        return false;
    for (guint i = 0; i + 1 < texts->len; i++)
        printf("%s\t%s\n", g_ascii_formatd(digits, sizeof(digits), "%.4f", scores[i]),
               (const char *)g_ptr_array_index(texts, i));
    return true;
}

/* Adds the line to @texts if it is text. */
static void
take_line(Scorer *self, const char *name, size_t number, PdLineResult result, const GString *line,
          GPtrArray *texts)
{
    const char *end;

    if (result == PD_LINE_TOO_LONG) {
        pd_say(_("%s:%zu: longer than %d bytes"), name, number, PD_MAX_TEXT_BYTES);
        self->trouble = true;
    } else if (!g_utf8_validate(line->str, line->len, &end)) {
        pd_say(_("%s:%zu: not UTF-8 at byte %zu of the line"), name, number,
               (size_t)(end - line->str));
        self->trouble = true;
    } else {
        g_ptr_array_add(texts, g_strndup(line->str, line->len));
    }
}

static bool
score_lines(Scorer *self, const char *name, PdLineReader *reader, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    PdLineResult result = PD_LINE_READ;
    size_t number = 0;

    while (result != PD_LINE_END) {
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        size_t n_bytes = 0;

        do {
            result = pd_line_reader_next(reader, line, error);
            if (result == PD_LINE_FAILED)
                return false;
            if (result == PD_LINE_END)
                break;
            take_line(self, name, ++number, result, line, texts);
            n_bytes += line->len;
        } while (texts->len < MAX_TEXTS && n_bytes < MAX_BYTES && pd_line_reader_is_ready(reader));
        g_ptr_array_add(texts, NULL);
        if (texts->len > 1 && !score_texts(self, texts, error))
            return false;
        fflush(stdout);
    }
    return true;
}

static bool
score_path(Scorer *self, const char *path, GError **error)
{
    bool is_stdin = g_str_equal(path, "-");
    const char *name = is_stdin ? "<stdin>" : path;
    int fd = is_stdin ? STDIN_FILENO : g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
    g_autoptr(PdLineReader) reader = NULL;
    bool done;

    if (fd < 0) {
        int saved = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved), "%s: %s", name,
                    g_strerror(saved));
        return false;
    }
    reader = pd_line_reader_new(fd, PD_MAX_TEXT_BYTES);
    done = score_lines(self, name, reader, error);
    if (!done)
        g_prefix_error(error, "%s: ", name);
    if (!is_stdin)
        close(fd);
    return done;
}

PdExit
pd_command_score(int argc, char **argv)
{
    static const char description[] =
        "Writes SCORE, a tab and the text for each line: the mean chance of a token to be\n"
        "right, as a logarithm; 0 is best. An empty line scores 0.";
    g_auto(Scorer) self = { .options = PD_OPTIONS_INIT };
    g_autoptr(GError) error = NULL;
    char *standard_input[] = { (char *)"-", NULL };
    char **paths;

    if (!pd_options_parse(&self.options, PD_OPTIONS_LANGUAGE, "[FILE...]", description, NULL, argc,
                          argv))
        return PD_EXIT_TROUBLE;
    self.backend = pd_backend_new(&self.options, &error);
    if (self.backend == NULL || !pd_backend_prepare(self.backend, self.options.language, &error)) {
        pd_say("%s", error->message);
        return PD_EXIT_TROUBLE;
    }
    for (paths = self.options.rest != NULL ? self.options.rest : standard_input; *paths != NULL;
         paths++) {
        if (!score_path(&self, *paths, &error)) {
            pd_say("%s", error->message);
            g_clear_error(&error);
            self.trouble = true;
        }
    }
    return pd_flush_output() && !self.trouble ? PD_EXIT_NOTHING : PD_EXIT_TROUBLE;
}
