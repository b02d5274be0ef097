/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/foreign.h"

#include "daemon/engine/distance.h"
#include "daemon/engine/spelling.h"

#include <string.h>

#define MIN_WORDS 3 /* of a stretch */
#define MIN_UNDEFINED 2
#define FREQUENT 10000 /* rank */
#define LONG_BYTES 5   /* a shorter word is a letter away from many */
#define MIN_LONG 3
#define MAX_NEAR 60    /* long words looked at */
#define MIN_COMPARED 5 /* words without quotation marks from which fingerprints are believed */

static const PdToken *
token_at(const PdLooked *s, guint i)
{
    return &g_array_index(s->tokens, PdToken, i);
}

static char *
lower_at(const PdLooked *s, guint i)
{
    const PdToken *token = token_at(s, i);

    return g_utf8_strdown(s->text + token->start, (gssize)(token->end - token->start));
}

static bool
is_word(const PdLooked *s, guint i)
{
    return token_at(s, i)->kind == PD_TOKEN_WORD;
}

/* In no dictionary, though perhaps in the corpus: della, condita */
static bool
is_undefined(const PdLooked *s, guint i)
{
    g_autofree char *word = lower_at(s, i);

    return s->unknown[i] ||
           (s->resources->names != NULL && pd_names_has(s->resources->names, word));
}

static bool
is_alien(const PdLooked *s, guint i)
{
    g_autofree char *word = lower_at(s, i);

    return s->unknown[i] ||
           (s->resources->frequency != NULL && pd_frequency_of(s->resources->frequency, word) == 0);
}

/* Would one slip make a frequent word of it? */
static bool
is_near(const PdLooked *s, guint i)
{
    g_autofree char *word = lower_at(s, i);
    g_auto(GStrv) suggestions = NULL;

    if (s->resources->frequency != NULL && g_str_is_ascii(word)) /* Hunspell is slow */
        return pd_spelling_is_slip(s->resources->frequency, word);
    suggestions = pd_lexicon_suggest(s->resources->lexicon, word, 1);
    return suggestions[0] != NULL && pd_distance(word, suggestions[0], 1) <= 1;
}

/* Is @word a slip away from one of the most frequent words? */
static bool
is_near_frequent(const PdFrequency *words, const char *word)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    pd_spelling_neighbours(words, word, found);
    for (guint i = 0; i < found->len; i++)
        if (pd_frequency_rank(words, found->pdata[i]) < FREQUENT)
            return true;
    return false;
}

/*
 * Are nearly all longer unknown words a slip away from frequent ones? Then it is no other language,
 * but hasty typing. Of messages of programs in 14 languages of which a third of the words or fewer
 * are known 0 to 0.6 % look like that; of English sentences with a letter wrong in each word, 66 %.
 */
static bool
is_misspelt(const PdLooked *s, guint first, guint end)
{
    guint n_long = 0, n_near = 0;

    if (!s->resources->english || s->resources->frequency == NULL)
        return false;
    for (guint i = first; i < end && n_long < MAX_NEAR; i++) {
        g_autofree char *word = lower_at(s, i);

        if (!is_word(s, i) || !s->unknown[i] || strlen(word) < LONG_BYTES)
            continue;
        n_long++;
        n_near += is_near_frequent(s->resources->frequency, word);
    }
    return n_long >= MIN_LONG && n_near * 5 >= n_long * 4;
}

typedef struct {
    bool quoted;
    guint first; /* tokens [first, end) */
    guint end;
    guint n_words;
    guint n_alien;
    guint n_undefined;
} Stretch;

static void
count(const PdLooked *s, Stretch *stretch)
{
    for (guint i = stretch->first; i < stretch->end; i++) {
        stretch->n_words += is_word(s, i);
        stretch->n_alien += is_word(s, i) && is_alien(s, i);
        stretch->n_undefined += is_word(s, i) && is_undefined(s, i);
    }
}

static bool
is_foreign(const PdLooked *s, const Stretch *stretch)
{
    const size_t start = token_at(s, stretch->first)->start;
    const size_t end = token_at(s, stretch->end - 1)->end;
    guint n_near = 0;

    if (stretch->n_words < MIN_WORDS || stretch->n_undefined < MIN_UNDEFINED ||
        stretch->n_alien * 2 < stretch->n_words)
        return false;
    if (is_misspelt(s, stretch->first, stretch->end))
        return false;
    if (s->guard != NULL && (stretch->quoted || stretch->n_words >= MIN_COMPARED) &&
        pd_language_guard_is_foreign(s->guard, pd_lexicon_language(s->resources->lexicon),
                                     s->text + start, end - start))
        return true;
    for (guint i = stretch->first; i < stretch->end; i++)
        n_near += s->unknown[i] && is_near(s, i);
    return n_near * 2 <= stretch->n_undefined;
}

static void
try_stretch(PdLooked *s, Stretch stretch, GArray *spans)
{
    PdSpan span;

    if (stretch.first >= stretch.end)
        return;
    count(s, &stretch);
    if (!is_foreign(s, &stretch))
        return;
    span = (PdSpan){ token_at(s, stretch.first)->start, token_at(s, stretch.end - 1)->end };
    g_array_append_val(spans, span);
    for (guint i = stretch.first; i < stretch.end; i++)
        s->unknown[i] = false;
}

/* '"' opens and closes; 0: no quotation mark */
static gunichar
closing_mark(const PdLooked *s, guint i)
{
    static const gunichar pairs[][2] = { { '"', '"' },       { 0x201C, 0x201D }, { 0x201E, 0x201C },
                                         { 0x2018, 0x2019 }, { 0xAB, 0xBB },     { '*', '*' },
                                         { '_', '_' } };
    const gunichar c = g_utf8_get_char(s->text + token_at(s, i)->start);

    for (size_t j = 0; token_at(s, i)->kind == PD_TOKEN_PUNCT && j < G_N_ELEMENTS(pairs); j++)
        if (pairs[j][0] == c)
            return pairs[j][1];
    return 0;
}

static void
find_quoted(PdLooked *s, GArray *spans)
{
    for (guint i = 0; i < s->tokens->len; i++) {
        const gunichar mark = closing_mark(s, i);
        guint end = i + 1;

        if (mark == 0)
            continue;
        while (end < s->tokens->len && g_utf8_get_char(s->text + token_at(s, end)->start) != mark)
            end++;
        if (end == s->tokens->len)
            continue;
        try_stretch(s, (Stretch){ .quoted = true, .first = i + 1, .end = end }, spans);
        i = end;
    }
}

static void
find_run(PdLooked *s, GArray *spans)
{
    for (guint i = 0; i < s->tokens->len; i++) {
        guint end = i;

        while (end < s->tokens->len && is_word(s, end) && is_alien(s, end))
            end++;
        try_stretch(s, (Stretch){ .first = i, .end = end }, spans);
        i = MAX(i, end);
    }
}

void
pd_foreign_find(PdLooked *looked, GArray *spans)
{
    guint n_unknown = 0;

    for (guint i = 0; i < looked->tokens->len; i++)
        n_unknown += looked->unknown[i];
    if (n_unknown == 0)
        return;
    find_quoted(looked, spans);
    find_run(looked, spans);
}

bool
pd_foreign_is_misspelt(const PdLooked *looked)
{
    return is_misspelt(looked, 0, looked->tokens->len);
}
