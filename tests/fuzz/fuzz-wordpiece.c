/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to pieces of the English model's vocabulary. */
#include "model/wordpiece.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static PdWordpiece *wordpiece;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    wordpiece = pd_wordpiece_load(FUZZ_MODEL "/vocab.txt", NULL);
    g_assert_nonnull(wordpiece);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    g_autofree char *exact = g_memdup2(text, strlen(text)); /* no NUL behind it */
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));
    uint32_t at = 0;

    pd_wordpiece_tokenize(wordpiece, exact, strlen(text), pieces);
    for (guint i = 0; i < pieces->len; i++) {
        const PdPiece *piece = &g_array_index(pieces, PdPiece, i);

        g_assert_cmpint(piece->id, >=, 0);
        g_assert_cmpuint((size_t)piece->id, <, pd_wordpiece_n_tokens(wordpiece));
        g_assert_cmpuint(piece->start_bytes, >=, at);
        g_assert_cmpuint(piece->start_bytes, <=, piece->end_bytes);
        g_assert_cmpuint(piece->end_bytes, <=, strlen(text));
        g_assert_cmpint(text[piece->start_bytes] & 0xC0, !=, 0x80);
        g_assert_cmpint(text[piece->end_bytes] & 0xC0, !=, 0x80);
        at = piece->start_bytes;
    }
    return 0;
}
