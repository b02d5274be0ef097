/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other files of a model's folder. The first line says which one the rest is. */
#include "daemon/engine/confusions.h"
#include "daemon/engine/error.h"
#include "daemon/engine/frequency.h"
#include "daemon/engine/levels.h"
#include "daemon/engine/names.h"
#include "daemon/engine/ngrams.h"
#include "daemon/engine/ranking.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Those that corpus/tables/ngrams was made with. */
static const char words[] = "the\t90\ncat\t40\nsat\t32\nit\t60\nself\t8\nitself\t4\nit's\t12\n";
static const char sentence[] = "The cat sat it self, 3 of them.";

static PdFrequency *frequency;

static void
stop(void)
{
    pd_frequency_free(frequency);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autofree char *path = fuzz_write("words.tsv", (const uint8_t *)words, strlen(words));

    frequency = pd_frequency_load(path, NULL);
    g_assert_nonnull(frequency);
    atexit(stop);
    return 0;
}

static bool
load_levels(const char *path, GError **error)
{
    PdLevels levels;

    pd_levels_init(&levels);
    return pd_levels_load(&levels, path, error);
}

static bool
load_ranking(const char *path, GError **error)
{
    PdRanking ranking;

    pd_ranking_init(&ranking);
    return pd_ranking_load(&ranking, path, error);
}

static bool
load_confusions(const char *path, GError **error)
{
    g_autoptr(PdConfusions) confusions = pd_confusions_load(path, error);
    guint n;

    if (confusions == NULL)
        return false;
    pd_confusions_get(confusions, "there", &n);
    pd_confusions_get(confusions, "", &n);
    return true;
}

static bool
load_words(const char *path, GError **error)
{
    g_autoptr(PdFrequency) list = pd_frequency_load(path, error);

    if (list == NULL)
        return false;
    pd_frequency_of(list, "the");
    pd_frequency_rank(list, "the");
    pd_frequency_hash(list);
    return true;
}

static bool
load_names(const char *path, GError **error)
{
    g_autoptr(PdNames) names = pd_names_load(path, error);

    return names != NULL && (pd_names_has(names, "Anna") || true);
}

static bool
load_ngrams(const char *path, GError **error)
{
    g_autoptr(PdNgrams) ngrams = pd_ngrams_load(path, frequency, error);
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PdNgramToken));

    if (ngrams == NULL)
        return false;
    pd_ngrams_tokens(ngrams, sentence, tokens);
    for (size_t i = 0; i < strlen(sentence); i++) {
        const PdNgramGain gain =
            pd_ngrams_gain(ngrams, sentence, tokens, (PdSpan){ i, i + 1 }, "the it");

        g_assert_false(isnan(gain.usual) || isnan(gain.alone));
    }
    return true;
}

static const struct {
    const char *name;
    bool (*load)(const char *path, GError **error);
} files[] = {
    { "levels", load_levels },         { "ranking", load_ranking }, { "words", load_words },
    { "confusions", load_confusions }, { "names", load_names },     { "ngrams", load_ngrams },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
    const size_t n = line_end != NULL ? (size_t)(line_end - data) : 0;

    for (size_t i = 0; line_end != NULL && i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;

        if (strlen(files[i].name) != n || memcmp(files[i].name, data, n) != 0)
            continue;
        path = fuzz_write("table", line_end + 1, size - n - 1);
        g_assert_true(files[i].load(path, &error) == (error == NULL));
        if (error != NULL) /* GLib's part of the message may quote any bytes of the file */
            g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
    }
    return 0;
}
