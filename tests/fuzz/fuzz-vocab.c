/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vocab.txt, and what is tokenized with it: the pieces that it has itself. */
#include "model/wordpiece.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return 0;
}

static void
tokenize(const PdWordpiece *wordpiece, const char *text)
{
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));

    pd_wordpiece_tokenize(wordpiece, text, strlen(text), pieces);
    for (guint i = 0; i < pieces->len; i++) {
        const PdPiece *piece = &g_array_index(pieces, PdPiece, i);

        g_assert_cmpint(piece->id, >=, 0);
        g_assert_cmpuint((size_t)piece->id, <, pd_wordpiece_n_tokens(wordpiece));
        g_assert_cmpuint(piece->start_bytes, <=, piece->end_bytes);
        g_assert_cmpuint(piece->end_bytes, <=, strlen(text));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("vocab.txt", data, size);
    g_autofree char *text = fuzz_text(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWordpiece) wordpiece = pd_wordpiece_load(path, &error);

    g_assert_true((wordpiece == NULL) == (error != NULL));
    if (wordpiece == NULL) {
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    g_assert_cmpint(pd_wordpiece_id(wordpiece, text), <, (gint64)pd_wordpiece_n_tokens(wordpiece));
    tokenize(wordpiece, text);
    return 0;
}
