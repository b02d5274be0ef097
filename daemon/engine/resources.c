/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resources.c - what a language is checked with: dictionary, segmenter, model and its tables
 */
#include "daemon/engine/resources.h"

#include "daemon/engine/error.h"
#include "model/manifest.h"

#include <string.h>

typedef struct {              /* what a model's directory holds beside the model; immutable */
    PdConfusions *confusions; /* (nullable), as the next three */
    PdFrequency *frequency;
    PdNgrams *ngrams;
    PdNames *names;
    PdLevels levels;
    PdRanking ranking;
} Tables;

struct PdModels {
    gatomicrefcount refs;
    char *dir;
    GHashTable *chosen; /* (nullable): "en" -> directory, or its name in dir */
    GMutex lock;
    GHashTable *loaded; /* "en" -> PdModel */
    GHashTable *tables; /* "en" -> Tables */
};

static void
tables_free(Tables *self)
{
    pd_confusions_free(self->confusions);
    pd_ngrams_free(self->ngrams);
    pd_frequency_free(self->frequency);
    pd_names_free(self->names);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tables, tables_free)

PdModels *
pd_models_new(const char *dir)
{
    PdModels *self = g_new0(PdModels, 1);
    const char *from_environment = g_getenv("PROOFD_MODELS");

    g_atomic_ref_count_init(&self->refs);
    if (dir == NULL)
        dir = from_environment != NULL && *from_environment != '\0' ? from_environment
                                                                    : PD_MODELS_DIR;
    self->dir = g_strdup(dir);
    g_mutex_init(&self->lock);
    self->loaded =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pd_model_unref);
    self->tables =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)tables_free);
    return self;
}

PdModels *
pd_models_ref(PdModels *self)
{
    g_atomic_ref_count_inc(&self->refs);
    return self;
}

void
pd_models_unref(PdModels *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
        return;
    g_hash_table_unref(self->loaded);
    g_hash_table_unref(self->tables);
    g_clear_pointer(&self->chosen, g_hash_table_unref);
    g_mutex_clear(&self->lock);
    g_free(self->dir);
    g_free(self);
}

const char *
pd_models_dir(const PdModels *self)
{
    return self->dir;
}

void
pd_models_choose(PdModels *self, GHashTable *chosen)
{
    g_clear_pointer(&self->chosen, g_hash_table_unref);
    self->chosen = chosen != NULL ? g_hash_table_ref(chosen) : NULL;
}

/* en_US, en-US and en all have their model in en */
static char *
primary_subtag(const char *language)
{
    return g_ascii_strdown(language, strcspn(language, "_-@."));
}

/* (transfer full): the directory of the model for @tag; what is absolute stays so */
static char *
dir_of(const PdModels *self, const char *tag, bool *ret_is_chosen)
{
    const char *chosen = self->chosen != NULL ? g_hash_table_lookup(self->chosen, tag) : NULL;

    *ret_is_chosen = chosen != NULL;
    if (chosen != NULL && g_path_is_absolute(chosen))
        return g_strdup(chosen);
    return g_build_filename(self->dir, chosen != NULL ? chosen : tag, NULL);
}

/* What the manifest lists is there, and the manifest is not newer than this program. */
static PdModel *
load_checked(const char *dir, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    g_autoptr(PdManifest) manifest = pd_manifest_load(dir, &trouble);
    PdModel *model = NULL;

    if (trouble == NULL && (manifest == NULL || pd_manifest_check_present(manifest, dir, &trouble)))
        model = pd_model_load(dir, &trouble);
    if (model == NULL)
        g_set_error_literal(error, PD_ERROR, PD_ERROR_MODEL_BROKEN, trouble->message);
    return model;
}

PdModel *
pd_models_get(PdModels *self, const char *language, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);
    g_autofree char *tag = primary_subtag(language);
    bool is_chosen;
    g_autofree char *dir = dir_of(self, tag, &is_chosen);
    PdModel *model = g_hash_table_lookup(self->loaded, tag);

    if (model != NULL)
        return pd_model_ref(model);
    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        if (is_chosen)
            g_set_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN,
                        "%s: there is no such directory, but the settings say it is the model "
                        "for %s",
                        dir, tag);
        return NULL;
    }
    model = load_checked(dir, error);
    if (model != NULL)
        g_hash_table_insert(self->loaded, g_steal_pointer(&tag), pd_model_ref(model));
    return model;
}

/* (transfer full): NAME in @dir if it is there, else in @other (nullable); NULL: in neither */
static char *
find_table(const char *dir, const char *other, const char *name)
{
    const char *const dirs[] = { dir, other };

    for (size_t i = 0; i < G_N_ELEMENTS(dirs) && dirs[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(dirs[i], name, NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&path);
    }
    return NULL;
}

/* The two belong together: both come from the directory that has the words. */
static bool
load_words(Tables *self, const char *dir, const char *other, GError **error)
{
    g_autofree char *words = find_table(dir, other, "words.tsv");
    g_autofree char *home = words != NULL ? g_path_get_dirname(words) : NULL;
    g_autofree char *ngrams = words != NULL ? find_table(home, NULL, "ngrams.bin") : NULL;

    if (words == NULL)
        return true;
    self->frequency = pd_frequency_load(words, error);
    if (self->frequency == NULL || ngrams == NULL)
        return self->frequency != NULL;
    self->ngrams = pd_ngrams_load(ngrams, self->frequency, error);
    return self->ngrams != NULL;
}

/* Thresholds belong to the network, all else to the language: @other (nullable) has that too. */
static Tables *
load_tables(const char *dir, const char *other, GError **error)
{
    g_autoptr(Tables) self = g_new0(Tables, 1);
    g_autofree char *levels = find_table(dir, NULL, "levels.ini");
    g_autofree char *ranking = find_table(dir, other, "ranking.ini");
    g_autofree char *confusions = find_table(dir, other, "confusions.tsv");
    g_autofree char *names = find_table(dir, other, "names.txt");

    pd_levels_init_plain(&self->levels);
    pd_ranking_init(&self->ranking);
    if ((levels != NULL && !pd_levels_load(&self->levels, levels, error)) ||
        (ranking != NULL && !pd_ranking_load(&self->ranking, ranking, error)))
        return NULL;
    if (confusions != NULL) {
        self->confusions = pd_confusions_load(confusions, error);
        if (self->confusions == NULL)
            return NULL;
    }
    if (!load_words(self, dir, other, error))
        return NULL;
    if (names != NULL) {
        self->names = pd_names_load(names, error);
        if (self->names == NULL)
            return NULL;
    }
    return g_steal_pointer(&self);
}

bool
pd_tables_check(const char *dir, GError **error)
{
    g_autoptr(Tables) tables = load_tables(dir, NULL, error);

    return tables != NULL;
}

/* The tables beside the model for @tag, loaded once; borrowed. NULL with @error set. */
static const Tables *
models_tables(PdModels *self, const char *tag, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->lock);
    bool is_chosen;
    g_autofree char *dir = dir_of(self, tag, &is_chosen);
    g_autofree char *own = g_build_filename(self->dir, tag, NULL);
    Tables *tables = g_hash_table_lookup(self->tables, tag);

    if (tables == NULL) {
        tables = load_tables(dir, is_chosen ? own : NULL, error);
        if (tables != NULL)
            g_hash_table_insert(self->tables, g_strdup(tag), tables);
    }
    return tables;
}

static bool
load_model(PdResources *self, PdModels *models, const char *language, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    g_autofree char *tag = primary_subtag(language);
    const Tables *tables;

    self->model = pd_models_get(models, language, &trouble);
    if (trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return false;
    }
    if (self->model == NULL)
        return true;
    tables = models_tables(models, tag, error);
    if (tables == NULL)
        return false;
    self->confusions = tables->confusions;
    self->frequency = tables->frequency;
    self->ngrams = tables->ngrams;
    self->names = tables->names;
    self->levels = tables->levels;
    self->ranking = tables->ranking;
    self->judge = pd_judge_new(self->model);
    return true;
}

typedef struct {
    PdResources *resources; /* only what belongs to the model is touched */
    PdModels *models;
    const char *language;
    GError *error;
} Loading;

static gpointer
load_in_thread(gpointer data)
{
    Loading *self = data;

    return GINT_TO_POINTER(load_model(self->resources, self->models, self->language, &self->error));
}

/* The dictionary, and what is looked up by its name. */
static bool
load_dictionary(PdResources *self, const char *language, GError **error)
{
    const char *name;

    self->lexicon = pd_lexicon_new(language, error);
    if (self->lexicon == NULL)
        return false;
    name = pd_lexicon_language(self->lexicon);
    self->english = g_str_has_prefix(name, "en");
    self->segmenter = pd_segmenter_new(name, error);
    return self->segmenter != NULL;
}

/* Hunspell reads its dictionary as long as all else takes, so a second thread does all else. */
PdResources *
pd_resources_new(PdModels *models, const char *language, GError **error)
{
    g_autoptr(PdResources) self = g_new0(PdResources, 1);
    Loading loading = { self, models, language, NULL };
    GThread *thread;
    bool has_dictionary, has_model;

    self->models = pd_models_ref(models);
    pd_levels_init(&self->levels);
    pd_ranking_init(&self->ranking);
    thread = g_thread_new("model", load_in_thread, &loading);
    has_dictionary = load_dictionary(self, language, error);
    has_model = GPOINTER_TO_INT(g_thread_join(thread)) != 0;
    if (has_dictionary && has_model)
        return g_steal_pointer(&self);
    if (has_dictionary)
        g_propagate_error(error, loading.error);
    else
        g_clear_error(&loading.error);
    return NULL;
}

void
pd_resources_free(PdResources *self)
{
    if (self == NULL)
        return;
    pd_lexicon_free(self->lexicon);
    pd_lexicon_free(self->variant);
    pd_segmenter_free(self->segmenter);
    pd_judge_free(self->judge);
    pd_model_unref(self->model);
    pd_models_unref(self->models); /* and with the last one the tables */
    g_free(self);
}

/* Loaded at the first word that needs it: most texts keep to one spelling, and it takes 10 MB. */
static PdLexicon *
variant_of(PdResources *self)
{
    const bool american = g_str_equal(pd_lexicon_language(self->lexicon), "en_US");

    if (!self->variant_tried && self->english)
        self->variant = pd_lexicon_new(american ? "en_GB" : "en_US", NULL); /* may be absent */
    self->variant_tried = true;
    return self->variant;
}

bool
pd_resources_knows(PdResources *self, const char *word)
{
    if (pd_lexicon_knows(self->lexicon, word) ||
        (self->names != NULL && pd_names_has(self->names, word)))
        return true;
    return variant_of(self) != NULL && pd_lexicon_knows(self->variant, word);
}

PdLexicon *
pd_resources_lexicon(PdResources *self, const char *name)
{
    PdLexicon *const all[] = { self->lexicon, variant_of(self) };

    for (size_t i = 0; self->english && i < G_N_ELEMENTS(all); i++)
        if (all[i] != NULL && g_str_equal(pd_lexicon_language(all[i]), name))
            return all[i];
    return NULL;
}

GArray *
pd_resources_grams(const PdResources *self, const char *sentence)
{
    GArray *tokens;

    if (self->ngrams == NULL)
        return NULL;
    tokens = g_array_new(FALSE, FALSE, sizeof(PdNgramToken));
    pd_ngrams_tokens(self->ngrams, sentence, tokens);
    return tokens;
}
