/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * levels.c - how sure a finding must be at each level: levels.ini of a model's directory
 */
#include "daemon/engine/levels.h"

#include "daemon/engine/error.h"

#include <math.h>
#include <stddef.h>

static const struct {
    const char *key;
    size_t offset;
    double max;
} keys[] = {
    { "unknown", offsetof(PdThresholds, unknown), 1.0 },
    { "unknown-name", offsetof(PdThresholds, unknown_name), 1.0 },
    { "look", offsetof(PdThresholds, look), 1.0 },
    { "unrepaired", offsetof(PdThresholds, unrepaired), 1.0 },
};

void
pd_levels_init(PdLevels *self)
{
    for (guint level = 0; level < PD_N_LEVELS; level++) {
        PdThresholds *t = &self->at[level];

        *t = (PdThresholds){ .look = 1.0, .unrepaired = 1.0 };
        for (guint kind = 0; kind < PD_N_KINDS; kind++)
            t->report[kind] = 1.0;
    }
}

void
pd_levels_init_plain(PdLevels *self)
{
    static const double chances[PD_N_LEVELS] = { 0.9, 0.7, 0.5 }; /* careful, default, thorough */

    for (guint level = 0; level < PD_N_LEVELS; level++) {
        PdThresholds *t = &self->at[level];

        *t = (PdThresholds){ .look = chances[level], .unrepaired = chances[level] };
        for (guint kind = 0; kind < PD_N_KINDS; kind++)
            t->report[kind] = chances[level];
    }
}

static bool
get_number(GKeyFile *file, const char *group, const char *key, double max, double *ret,
           GError **error)
{
    g_autoptr(GError) trouble = NULL;
    const double value = g_key_file_get_double(file, group, key, &trouble);

    if (trouble == NULL && value >= 0.0 && value <= max) { /* a NaN fails both */
        *ret = value;
        return true;
    }
    g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "[%s] %s: %s", group, key,
                trouble != NULL ? trouble->message : "out of range");
    return false;
}

static bool
load_level(PdThresholds *t, GKeyFile *file, const char *group, GError **error)
{
    double report;

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        double *field = G_STRUCT_MEMBER_P(t, keys[i].offset);

        if (!get_number(file, group, keys[i].key, keys[i].max, field, error))
            return false;
    }
    if (!get_number(file, group, "report", 1.0, &report, error))
        return false;
    for (guint kind = 0; kind < PD_N_KINDS; kind++) {
        g_autofree char *key = g_strconcat("report-", pd_kind_name(kind), NULL);

        t->report[kind] = report;
        if (g_key_file_has_key(file, group, key, NULL) &&
            !get_number(file, group, key, 1.0, &t->report[kind], error))
            return false;
    }
    return true;
}

bool
pd_levels_load(PdLevels *self, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) trouble = NULL;
    PdLevels loaded;

    pd_levels_init(&loaded);
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &trouble)) {
        g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, "%s: %s", path, trouble->message);
        return false;
    }
    for (guint level = 0; level < PD_N_LEVELS; level++)
        if (!load_level(&loaded.at[level], file, pd_level_name(level), error)) {
            g_prefix_error(error, "%s: ", path);
            return false;
        }
    *self = loaded;
    return true;
}
