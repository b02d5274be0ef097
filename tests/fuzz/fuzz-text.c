/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to sentences and words. The first byte chooses the language. */
#include "daemon/engine/text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char *const languages[] = { "en_US", "de_DE", "th_TH", "xx" };
static PdSegmenter *segmenters[G_N_ELEMENTS(languages)];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        segmenters[i] = pd_segmenter_new(languages[i], NULL);
        g_assert_nonnull(segmenters[i]);
    }
    return 0;
}

static void
assert_span(const char *text, size_t at, size_t start, size_t end, size_t limit)
{
    g_assert_cmpuint(start, >=, at);
    g_assert_cmpuint(start, <, end);
    g_assert_cmpuint(end, <=, limit);
    g_assert_cmpint(text[start] & 0xC0, !=, 0x80);
    g_assert_cmpint(text[end] & 0xC0, !=, 0x80);
}

static void
cut(PdSegmenter *segmenter, const char *text)
{
    const size_t length = strlen(text);
    g_autoptr(GArray) sentences = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PdToken));
    size_t at = 0;

    pd_segmenter_sentences(segmenter, text, length, sentences);
    for (guint i = 0; i < sentences->len; i++) {
        const PdSpan sentence = g_array_index(sentences, PdSpan, i);
        size_t place = sentence.start;

        assert_span(text, at, sentence.start, sentence.end, length);
        at = sentence.end;
        g_array_set_size(tokens, 0);
        pd_segmenter_tokens(segmenter, text, sentence, tokens);
        for (guint k = 0; k < tokens->len; k++) {
            const PdToken *token = &g_array_index(tokens, PdToken, k);

            assert_span(text, place, token->start, token->end, sentence.end);
            place = token->end;
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = NULL;
    size_t length;
    PdSpan window;

    if (size < 1)
        return 0;
    text = fuzz_text(data + 1, size - 1);
    length = strlen(text);
    cut(segmenters[data[0] % G_N_ELEMENTS(languages)], text);
    g_assert_cmpuint(pd_text_tail(text, length, data[0]), <=, length);
    window = pd_text_window(text, (PdSpan){ 0, length }, data[0]);
    g_assert_cmpuint(window.start, ==, 0);
    g_assert_cmpuint(window.end, ==, length);
    return 0;
}
