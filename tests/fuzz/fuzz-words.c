/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user's words: a file of any bytes, and its last line added to it and removed again. */
#include "daemon/engine/words.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return 0;
}

/* What is added is there, also for who reads the file anew; removed, all is as before. */
static void
add_and_remove(PdWords *words, const char *path, const char *word)
{
    const char *const added[] = { word, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWords) again = NULL;
    g_auto(GStrv) before = pd_words_list(words);
    g_auto(GStrv) after = NULL;
    g_autofree char *stripped = g_strstrip(g_strdup(word));
    const gssize n = pd_words_add(words, added, &error);

    g_assert_true((n < 0) == (error != NULL));
    if (n < 0)
        return;
    g_assert_true(pd_words_has(words, stripped));
    again = pd_words_open(path, &error);
    g_assert_no_error(error);
    g_assert_true(pd_words_has(again, stripped));
    if (n == 0)
        return;
    g_assert_true(pd_words_remove(words, stripped, &error));
    after = pd_words_list(words);
    g_assert_cmpstrv(before, after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("words.txt", data, size);
    g_autofree char *text = fuzz_text(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWords) words = pd_words_open(path, &error);
    const char *last = strrchr(text, '\n');

    g_assert_true((words == NULL) == (error != NULL));
    if (words != NULL) {
        pd_words_has(words, text);
        add_and_remove(words, path, last != NULL ? last + 1 : text);
    } else {
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    return 0;
}
