/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resources.h - what a language is checked with: dictionary, segmenter, model and its tables
 */
#pragma once

#include "daemon/engine/confusions.h"
#include "daemon/engine/frequency.h"
#include "daemon/engine/judge.h"
#include "daemon/engine/levels.h"
#include "daemon/engine/lexicon.h"
#include "daemon/engine/names.h"
#include "daemon/engine/ngrams.h"
#include "daemon/engine/ranking.h"
#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>

/* Models by language and the tables beside them, loaded when first asked for; any thread. */
typedef struct PdModels PdModels;

PdModels *
pd_models_new(const char *dir); /* (transfer full); @dir: (nullable), as pd_checker_new() */
PdModels *pd_models_ref(PdModels *self);
void pd_models_unref(PdModels *self); /* NULL is fine */
/* The model in DIR/xx for language xx_YY; a new reference. NULL without @error: there is none. */
PdModel *pd_models_get(PdModels *self, const char *language, GError **error);
const char *pd_models_dir(const PdModels *self); /* borrowed */
/* Before a model is asked for; @chosen: (nullable), as pd_checker_choose_models(). */
void pd_models_choose(PdModels *self, GHashTable *chosen);

/* Can the tables of a model's directory be read, those that are there? PD_ERROR_MODEL_BROKEN. */
bool pd_tables_check(const char *dir, GError **error);

typedef struct {
    PdModels *models; /* which the tables are borrowed from */
    PdLexicon *lexicon;
    PdLexicon *variant; /* (nullable): the other spelling of English, once it was needed */
    bool variant_tried;
    PdSegmenter *segmenter;
    PdModel *model;                 /* (nullable) */
    PdJudge *judge;                 /* (nullable): with a model */
    const PdConfusions *confusions; /* (nullable): with a model, as the next three */
    const PdFrequency *frequency;
    const PdNgrams *ngrams;
    const PdNames *names;
    PdLevels levels;
    PdRanking ranking;
    bool english; /* the small rules apply */
} PdResources;    /* one thread */

/*
 * Shares model and tables with all others of @models, which it keeps a reference of.
 * @error: PD_ERROR_UNKNOWN_LANGUAGE, PD_ERROR_MODEL_BROKEN, PD_ERROR_FAILED
 */
PdResources *pd_resources_new(PdModels *models, const char *language, GError **error);
void pd_resources_free(PdResources *self); /* NULL is fine */

/*
 * Does the word exist, in British or American spelling where the language is English, or is it a
 * name or term that no dictionary has?
 */
bool pd_resources_knows(PdResources *self, const char *word);

/* The n-gram tokens of a sentence, of PdNgramToken; NULL without a model. (transfer full) */
GArray *pd_resources_grams(const PdResources *self, const char *sentence);
/* The dictionary en_US or en_GB, where the language is English; borrowed. NULL: there is none. */
PdLexicon *pd_resources_lexicon(PdResources *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdModels, pd_models_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdResources, pd_resources_free)
