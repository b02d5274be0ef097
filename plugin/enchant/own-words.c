/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/enchant/own-words.h"

#include "daemon/engine/distance.h"
#include "daemon/engine/words.h"

#define RETRY_US G_USEC_PER_SEC
#define LONG_CHARS 6 /* from here on, a word may be two slips away */

struct PdOwnWords {
    int ref_count; /* atomic */
    char *path;    /* NULL: the usual one */
    PdWords *words;
    gint64 tried_us;     /* when it was last tried to open them; 0: never */
    GThreadPool *savers; /* NULL: nothing was added; one thread, so words keep their order */
};

/* (transfer full): words-file of the service's settings; NULL: not set. */
static char *
configured_path(void)
{
    g_autofree char *conf =
        g_build_filename(g_get_user_config_dir(), "proofd", "proofd.conf", NULL);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *path = NULL;

    if (!g_key_file_load_from_file(file, conf, G_KEY_FILE_NONE, NULL))
        return NULL;
    path = g_key_file_get_string(file, "service", "words-file", NULL);
    return path != NULL && g_path_is_absolute(path) ? g_steal_pointer(&path) : NULL;
}

PdOwnWords *
pd_own_words_new(void)
{
    PdOwnWords *self = g_new0(PdOwnWords, 1);

    self->ref_count = 1;
    self->path = configured_path();
    return self;
}

PdOwnWords *
pd_own_words_ref(PdOwnWords *self)
{
    g_atomic_int_inc(&self->ref_count);
    return self;
}

void
pd_own_words_unref(PdOwnWords *self)
{
    if (self == NULL || !g_atomic_int_dec_and_test(&self->ref_count))
        return;
    if (self->savers != NULL)
        g_thread_pool_free(self->savers, FALSE, TRUE);
    pd_words_unref(self->words);
    g_free(self->path);
    g_free(self);
}

/* Borrowed; NULL: they cannot be read now. */
static PdWords *
open_words(PdOwnWords *self)
{
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_monotonic_time();

    if (self->words != NULL || (self->tried_us != 0 && now - self->tried_us < RETRY_US))
        return self->words;
    self->tried_us = now;
    self->words = pd_words_open(self->path, &error);
    if (self->words == NULL)
        g_debug("the personal words are left out: %s", error->message);
    return self->words;
}

bool
pd_own_words_has(PdOwnWords *self, const char *word)
{
    PdWords *words = open_words(self);

    return words != NULL && pd_words_has(words, word);
}

void
pd_own_words_near(PdOwnWords *self, const char *word, size_t max, GPtrArray *found)
{
    PdWords *words = open_words(self);
    g_auto(GStrv) list = words != NULL ? pd_words_list(words) : NULL;

    if (list != NULL)
        pd_near_words(word, list, max, found);
}

void
pd_near_words(const char *word, char *const *words, size_t max, GPtrArray *found)
{
    const size_t slips = g_utf8_strlen(word, -1) >= LONG_CHARS ? 2 : 1;
    const size_t most = found->len + max;

    for (size_t distance = 1; distance <= slips; distance++)
        for (size_t i = 0; words[i] != NULL && found->len < most; i++)
            if (pd_distance(word, words[i], slips) == distance &&
                !g_ptr_array_find_with_equal_func(found, words[i], g_str_equal, NULL))
                g_ptr_array_add(found, g_strdup(words[i]));
}

/*
 * In the pool's thread. Opens the file for itself: who asks shares no lock with who saves, and so
 * never waits for it.
 */
static void
save_word(gpointer data, gpointer user_data)
{
    g_autofree char *word = data;
    const PdOwnWords *self = user_data;
    const char *const list[] = { word, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWords) words = pd_words_open(self->path, &error);

    if (words == NULL || pd_words_add(words, list, &error) < 0)
        g_debug("a word could not be saved: %s", error->message);
}

void
pd_own_words_add(PdOwnWords *self, const char *word)
{
    if (self->savers == NULL)
        self->savers = g_thread_pool_new(save_word, self, 1, FALSE, NULL);
    if (self->savers != NULL)
        g_thread_pool_push(self->savers, g_strdup(word), NULL);
}
