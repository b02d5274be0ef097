/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ranking.c - how good a repair is: ranking.ini of a model's directory
 */
#include "daemon/engine/ranking.h"

#include "daemon/engine/error.h"

#include <math.h>

static const char *const names[PD_N_FEATURES] = {
    [PD_FEATURE_GAIN] = "gain",
    [PD_FEATURE_NGRAM] = "ngram",
    [PD_FEATURE_ALONE] = "alone",
    [PD_FEATURE_GAIN_INSERT] = "gain-insert",
    [PD_FEATURE_NGRAM_INSERT] = "ngram-insert",
    [PD_FEATURE_ALONE_INSERT] = "alone-insert",
    [PD_FEATURE_GAIN_DELETE] = "gain-delete",
    [PD_FEATURE_NGRAM_DELETE] = "ngram-delete",
    [PD_FEATURE_ALONE_DELETE] = "alone-delete",
    [PD_FEATURE_ADDED] = "added",
    [PD_FEATURE_REMOVED] = "removed",
    [PD_FEATURE_FREQUENCY] = "frequency",
    [PD_FEATURE_UNLISTED] = "unlisted",
    [PD_FEATURE_HUNSPELL] = "hunspell",
    [PD_FEATURE_PLACE] = "place",
    [PD_FEATURE_CONFUSION] = "confusion",
    [PD_FEATURE_COUNT] = "count",
    [PD_FEATURE_INFLECTION] = "inflection",
    [PD_FEATURE_NEIGHBOUR] = "neighbour",
    [PD_FEATURE_CLASS] = "class",
    [PD_FEATURE_INSERT] = "insert",
    [PD_FEATURE_COMMA] = "comma",
    [PD_FEATURE_DELETE] = "delete",
    [PD_FEATURE_JOIN] = "join",
    [PD_FEATURE_SPLIT] = "split",
    [PD_FEATURE_CASE] = "case",
    [PD_FEATURE_DISTANCE] = "distance",
    [PD_FEATURE_FIRST] = "first",
    [PD_FEATURE_DOUBLED] = "doubled",
    [PD_FEATURE_SWAPPED] = "swapped",
    [PD_FEATURE_VOWEL] = "vowel",
    [PD_FEATURE_KEY] = "key",
    [PD_FEATURE_SOUND] = "sound",
};

const char *
pd_feature_name(PdFeature feature)
{
    g_return_val_if_fail(feature < PD_N_FEATURES, "");
    return names[feature];
}

void
pd_ranking_init(PdRanking *self)
{
    *self = (PdRanking){ 0 };
    self->known.weights[PD_FEATURE_PLACE] = self->unknown.weights[PD_FEATURE_PLACE] = -1.0;
}

static bool
get_weight(GKeyFile *file, const char *group, const char *key, double *ret, GError **error)
{
    g_autoptr(GError) trouble = NULL;

    *ret = g_key_file_get_double(file, group, key, &trouble);
    if (trouble == NULL && isfinite(*ret))
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "[%s] %s: %s", group, key,
                trouble != NULL ? trouble->message : "no finite number");
    return false;
}

static bool
load_group(PdRankingOf *self, GKeyFile *file, const char *group, GError **error)
{
    for (guint i = 0; i < PD_N_FEATURES; i++)
        if (!get_weight(file, group, names[i], &self->weights[i], error))
            return false;
    return get_weight(file, group, "keep", &self->keep, error) &&
           get_weight(file, group, "keep-capital", &self->keep_capital, error) &&
           get_weight(file, group, "doubt", &self->doubt, error);
}

bool
pd_ranking_load(PdRanking *self, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) trouble = NULL;
    PdRanking loaded;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &trouble)) {
        g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "%s: %s", path, trouble->message);
        return false;
    }
    if (!load_group(&loaded.known, file, "known", error) ||
        !load_group(&loaded.unknown, file, "unknown", error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    *self = loaded;
    return true;
}
