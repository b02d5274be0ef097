/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * levels.h - how sure a finding must be at each level: levels.ini of a model's directory
 *
 * A group for each level, with these keys, all chances in 0..1, those of a place given its
 * repairs (ranking.h) unless P(wrong), the discriminator's own, is said:
 *   unknown        chance from which an unknown word in lower case is reported
 *   unknown-name   the same for one with a capital letter
 *   look           P(wrong) of a known word from which repairs are looked for, whatever they are
 *   report         chance from which a known word is reported; report-KIND for one kind
 *   unrepaired     P(wrong) from which one is reported though no repair helps
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>

typedef struct {
    double unknown;
    double unknown_name;
    double look;
    double report[PD_N_KINDS];
    double unrepaired;
} PdThresholds;

typedef struct {
    PdThresholds at[PD_N_LEVELS];
} PdLevels;

/* Fills @self without a file: what a language without a model uses (unknown words are reported). */
void pd_levels_init(PdLevels *self);

/* For a model that comes without the file: plain thresholds, the same for each kind. */
void pd_levels_init_plain(PdLevels *self);

/* @error: PD_ERROR_MODEL_BROKEN; the message names file, group and key. @self is untouched on
 * failure. */
bool pd_levels_load(PdLevels *self, const char *path, GError **error);
