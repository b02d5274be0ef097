/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input.h - files and standard input, read whole; text must be UTF-8
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

typedef struct {
    char *name;       /* as the user gave it, raw bytes; "<stdin>", "<text>" for what has none */
    char *format;     /* that of such files */
    char *text;       /* valid UTF-8 without a byte order mark, NUL-terminated */
    size_t length;    /* bytes */
    bool has_mark;    /* a byte order mark stood before the text */
    bool is_file;     /* else standard input, or an argument */
    struct stat stat; /* of the file, when it was read */
} PdInput;

#define PD_INPUT_STDIN "<stdin>"
#define PD_INPUT_TEXT "<text>"

/**
 * pd_input_read:
 * @path: "-": standard input
 * @error: G_FILE_ERROR_* for a file that cannot be read; G_CONVERT_ERROR_ILLEGAL_SEQUENCE for one
 * that is not
 *         text in UTF-8. The message names the file, and line and byte where it stops being text.
 *
 * Returns: (transfer full): NULL with @error set
 */
PdInput *pd_input_read(const char *path, GError **error);

/*
 * Is the command line's @argument no file but text itself, as in proof "She go home."? It has
 * several words, nothing is called that, and it neither begins nor ends as files' names do.
 */
bool pd_input_is_text(const char *argument);

/* @text as a line, or several, called PD_INPUT_TEXT; errors as of pd_input_read(). */
PdInput *pd_input_new_text(const char *text, GError **error);
void pd_input_free(PdInput *self); /* NULL is fine */

const char *pd_input_format(const PdInput *self); /* by its name: "plain" if in doubt */

/*
 * The words in a file, one a line; empty lines and those that begin with # are passed over.
 * g_strfreev
 */
char **pd_input_read_words(const char *path, GError **error);

/* A place in a text, moved forward from one finding to the next. */
typedef struct {
    size_t bytes;
    size_t chars;      /* code points from the text's start */
    size_t line;       /* from 1 */
    size_t column;     /* code points, from 1 */
    size_t line_bytes; /* where the line begins */
} PdPlace;

#define PD_PLACE_INIT          \
    {                          \
        .line = 1, .column = 1 \
    }

/* Moves to code point @chars, or to the end of @text; going back starts again from 0. */
void pd_place_move(PdPlace *self, const char *text, size_t chars);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdInput, pd_input_free)
