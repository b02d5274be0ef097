/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/enchant/speller.h"

#include "daemon/engine/lexicon.h"

#include <string.h>

#define MAX_WORD_BYTES 1024 /* no list and no dictionary has longer ones */
#define MAX_SUGGESTIONS 15  /* Hunspell's MAXSUGGESTION */
#define MAX_OWN 3           /* of these, from one's own words and the session's */

struct PdSpeller {
    PdLexicon *lexicon;
    PdOwnWords *words;
    GHashTable *session; /* set of words */
    char *list;
    GHashTable *listed; /* set: what the list held when this was opened, and what was passed on */
    GPtrArray *pending; /* added, and not yet known whether to keep */
};

/* Adds the lines of Enchant's list to @set; there may be no such file. */
static void
read_list(const char *path, GHashTable *set)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++)
        g_hash_table_add(set, g_strdup(g_strstrip(lines[i])));
}

static GHashTable *
new_set(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

PdSpeller *
pd_speller_new(PdOwnWords *words, const char *tag, const char *list, GError **error)
{
    g_autoptr(PdSpeller) self = g_new0(PdSpeller, 1);

    self->lexicon = pd_lexicon_new(tag, error);
    if (self->lexicon == NULL)
        return NULL;
    self->words = pd_own_words_ref(words);
    self->session = new_set();
    self->list = g_strdup(list);
    self->listed = new_set();
    self->pending = g_ptr_array_new_with_free_func(g_free);
    read_list(list, self->listed);
    return g_steal_pointer(&self);
}

/* Passes on what Enchant has put into its list since it was added. */
static void
settle(PdSpeller *self)
{
    g_autoptr(GHashTable) now = NULL;

    if (self->pending->len == 0)
        return;
    now = new_set();
    read_list(self->list, now);
    for (guint i = 0; i < self->pending->len; i++) {
        const char *word = self->pending->pdata[i];

        if (g_hash_table_contains(now, word) && g_hash_table_add(self->listed, g_strdup(word)))
            pd_own_words_add(self->words, word);
    }
    g_ptr_array_set_size(self->pending, 0);
}

void
pd_speller_free(PdSpeller *self)
{
    if (self == NULL)
        return;
    if (self->pending != NULL)
        settle(self);
    pd_lexicon_free(self->lexicon);
    pd_own_words_unref(self->words);
    g_clear_pointer(&self->session, g_hash_table_unref);
    g_clear_pointer(&self->listed, g_hash_table_unref);
    g_clear_pointer(&self->pending, g_ptr_array_unref);
    g_free(self->list);
    g_free(self);
}

/* (transfer full): with a NUL behind it; NULL: too long for any word, or not UTF-8. */
static char *
copy_word(const char *word, size_t length)
{
    if (length > MAX_WORD_BYTES || !g_utf8_validate(word, (gssize)length, NULL))
        return NULL;
    return g_strndup(word, length);
}

int
pd_speller_check(PdSpeller *self, const char *word, size_t length)
{
    g_autofree char *copy = NULL;

    settle(self);
    if (length > MAX_WORD_BYTES)
        return 1;
    copy = copy_word(word, length);
    if (copy == NULL)
        return -1;
    if (*copy == '\0' || pd_lexicon_knows(self->lexicon, copy) ||
        g_hash_table_contains(self->session, copy) || pd_own_words_has(self->words, copy))
        return 0;
    return 1;
}

static void
add_session_near(const PdSpeller *self, const char *word, GPtrArray *found)
{
    g_autofree gpointer *words = g_hash_table_get_keys_as_array(self->session, NULL);

    pd_near_words(word, (char *const *)words, MAX_OWN, found);
}

char **
pd_speller_suggest(PdSpeller *self, const char *word, size_t length)
{
    g_autofree char *copy = copy_word(word, length);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) known = NULL;

    settle(self);
    if (copy != NULL && *copy != '\0') {
        add_session_near(self, copy, found);
        pd_own_words_near(self->words, copy, MAX_OWN - MIN(found->len, MAX_OWN), found);
        known = pd_lexicon_suggest(self->lexicon, copy, MAX_SUGGESTIONS);
    }
    for (size_t i = 0; known != NULL && known[i] != NULL; i++)
        if (!g_ptr_array_find_with_equal_func(found, known[i], g_str_equal, NULL))
            g_ptr_array_add(found, g_strdup(known[i]));
    g_ptr_array_set_free_func(found, NULL);
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

void
pd_speller_add_to_session(PdSpeller *self, const char *word, size_t length)
{
    char *copy = copy_word(word, length);

    if (copy != NULL)
        g_hash_table_add(self->session, copy);
}

void
pd_speller_remove_from_session(PdSpeller *self, const char *word, size_t length)
{
    g_autofree char *copy = copy_word(word, length);
    guint at;

    if (copy == NULL)
        return;
    g_hash_table_remove(self->session, copy);
    if (g_ptr_array_find_with_equal_func(self->pending, copy, g_str_equal, &at))
        g_ptr_array_remove_index(self->pending, at);
}

void
pd_speller_add(PdSpeller *self, const char *word, size_t length)
{
    g_autofree char *copy = copy_word(word, length);

    pd_speller_add_to_session(self, word, length);
    if (copy != NULL)
        pd_own_words_add(self->words, copy);
}

void
pd_speller_add_perhaps(PdSpeller *self, const char *word, size_t length)
{
    g_autofree char *copy = copy_word(word, length);

    pd_speller_add_to_session(self, word, length);
    if (copy != NULL && !g_hash_table_contains(self->listed, copy))
        g_ptr_array_add(self->pending, g_steal_pointer(&copy));
}

const char *
pd_speller_extra_characters(PdSpeller *self)
{
    return pd_lexicon_word_characters(self->lexicon);
}

static bool
is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019;
}

static bool
holds_apostrophes(const char *characters)
{
    return strchr(characters, '\'') != NULL || strstr(characters, "’") != NULL;
}

bool
pd_speller_is_word_character(PdSpeller *self, gunichar c, size_t place)
{
    const char *extra = pd_lexicon_word_characters(self->lexicon);

    if (is_apostrophe(c) && holds_apostrophes(extra))
        return place < 2;
    return g_unichar_isalpha(c) || (c != 0 && g_utf8_strchr(extra, -1, c) != NULL);
}
