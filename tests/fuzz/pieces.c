/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pieces VOCABULARY - each line of standard input is a text in base64; each line of standard output
 * has its word pieces: id, start and end in bytes of each
 */
#include "model/wordpiece.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void
write_pieces(const PdWordpiece *wordpiece, const char *line)
{
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));
    g_autofree guchar *text = NULL;
    gsize length;

    text = g_base64_decode(line, &length);
    pd_wordpiece_tokenize(wordpiece, (const char *)text, length, pieces);
    for (guint i = 0; i < pieces->len; i++) {
        const PdPiece *piece = &g_array_index(pieces, PdPiece, i);

        printf("%d %u %u ", piece->id, piece->start_bytes, piece->end_bytes);
    }
    putchar('\n');
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWordpiece) wordpiece = argc == 2 ? pd_wordpiece_load(argv[1], &error) : NULL;
    char *line = NULL;
    size_t size = 0;

    if (wordpiece == NULL) {
        fprintf(stderr, "pieces: %s\n", error != NULL ? error->message : "one argument, please");
        return 2;
    }
    while (getline(&line, &size, stdin) > 0)
        write_pieces(wordpiece, g_strchomp(line));
    free(line);
    return EXIT_SUCCESS;
}
