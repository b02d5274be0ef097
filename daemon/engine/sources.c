/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sources.c - where repairs come from
 *
 * Each source adds its proposals with the features that only it knows; those that follow from the
 * two texts are added where a proposal is kept.
 */
#include "daemon/engine/sources.h"

#include "daemon/engine/distance.h"
#include "daemon/engine/inflection.h"
#include "daemon/engine/rules.h"
#include "daemon/engine/spelling.h"

#include <math.h>
#include <string.h>

#define MAX_HUNSPELL 15
#define MAX_DISTANCE 8
#define MAX_INSERTED 24 /* function words tried before a word */
#define COMMON 10.0     /* log of the count from which a word is as good as any */
#define FREQUENT 4000   /* rank up to which the parts of a word may be meant as two words */

static const char *const prepositions[] = { "in",   "on", "at", "of",    "for",  "to", "with",
                                            "from", "by", "as", "about", "into", NULL };

typedef struct {
    PdResources *resources;
    const PdSite *site;
    char *word;      /* what stands at the place */
    char *lower;     /* the same in lower case, with straight apostrophes */
    char *sound;     /* pd_spelling_sound() of that */
    GPtrArray *list; /* of PdProposal */
    bool is_word;
} Search;

static void search_done(Search *s);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_done)

/* --- one proposal --------------------------------------------------------------- */

/* Of the least frequent word of a phrase (a lot); 0 for a word that is not listed. */
static double
log_frequency(const Search *s, const char *phrase)
{
    g_autofree char *straight = NULL;
    g_auto(GStrv) words = NULL;
    double least = COMMON;

    if (s->resources->frequency == NULL)
        return COMMON;
    straight = pd_spelling_fold(phrase);
    if (*straight != '\0' && strpbrk(straight, " ,") == NULL)
        return MIN(least, log1p(pd_frequency_of(s->resources->frequency, straight)));
    words = g_strsplit_set(straight, " ,", -1);
    for (guint i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            least = MIN(least, log1p(pd_frequency_of(s->resources->frequency, words[i])));
    return least;
}

/* Takes @text; the dictionary's straight apostrophes become the writer's. */
static char *
with_apostrophe_of(const char *sentence, char *taken)
{
    g_autofree char *text = taken;
    g_auto(GStrv) parts = NULL;

    if (strchr(text, '\'') == NULL || strstr(sentence, "’") == NULL)
        return g_steal_pointer(&text);
    parts = g_strsplit(text, "'", -1);
    return g_strjoinv("’", parts);
}

/* The rule for a and an (rules.h) knows better than the model which one the next word takes. */
static bool
is_wrong_article(const Search *s, const char *text)
{
    const char *after = s->site->text + s->site->end;
    const size_t space = strspn(after, " \t\r\n");
    g_autofree char *next = g_strndup(after + space, strcspn(after + space, " \t\r\n"));
    const bool an = g_ascii_strcasecmp(text, "an") == 0;

    if (space == 0 || *next == '\0' || (!an && g_ascii_strcasecmp(text, "a") != 0))
        return false;
    return pd_rules_vowel_sound(next) == !an;
}

static void
add_spelling_features(const Search *s, const char *text, double *f)
{
    static const PdFeature of_class[] = {
        [PD_EDIT_OTHER] = PD_N_FEATURES,        [PD_EDIT_DOUBLED] = PD_FEATURE_DOUBLED,
        [PD_EDIT_SWAPPED] = PD_FEATURE_SWAPPED, [PD_EDIT_VOWEL] = PD_FEATURE_VOWEL,
        [PD_EDIT_KEY] = PD_FEATURE_KEY,
    };
    g_autofree char *straight = pd_spelling_fold(text), *sound = pd_spelling_sound(straight);
    const PdEditClass class = pd_spelling_edit_class(s->lower, straight);

    f[PD_FEATURE_DISTANCE] = MAX(pd_distance(s->lower, straight, MAX_DISTANCE), 1) - 1;
    f[PD_FEATURE_FIRST] = *straight != *s->lower;
    f[PD_FEATURE_SOUND] = g_str_equal(s->sound, sound);
    f[PD_FEATURE_CASE] = g_str_equal(s->lower, straight);
    if (of_class[class] < PD_N_FEATURES)
        f[of_class[class]] = 1;
}

/*
 * Takes @text, which stands at [start, end) afterwards. Sets @feature to @value, if that is more,
 * also of one that another source has proposed. Returns: (nullable): it
 */
static PdProposal *
propose(Search *s, PdSpan place, char *taken, PdAction action, PdFeature feature, double value)
{
    g_autofree char *text = with_apostrophe_of(s->site->text, taken);
    PdProposal *p;

    for (guint i = 0; i < s->list->len; i++) {
        p = s->list->pdata[i];
        if (p->start == place.start && p->end == place.end && g_str_equal(p->text, text)) {
            p->features[feature] = MAX(p->features[feature], value);
            return p;
        }
    }
    if (place.start == s->site->start && place.end == s->site->end &&
        (g_str_equal(text, s->word) || is_wrong_article(s, text)))
        return NULL;
    p = g_new0(PdProposal, 1);
    *p = (PdProposal){ place.start, place.end, g_steal_pointer(&text), action, { 0 }, 0.0 };
    p->features[feature] = value;
    p->features[PD_FEATURE_FREQUENCY] = log_frequency(s, p->text) - COMMON;
    p->features[PD_FEATURE_UNLISTED] = p->features[PD_FEATURE_FREQUENCY] <= -COMMON;
    if (action == PD_ACTION_REPLACE && place.start == s->site->start && place.end == s->site->end)
        add_spelling_features(s, p->text, p->features);
    g_ptr_array_add(s->list, p);
    return p;
}

static PdSpan
place_of(const Search *s)
{
    return (PdSpan){ s->site->start, s->site->end };
}

static PdProposal *
replace(Search *s, const char *text, PdFeature feature, double value)
{
    return propose(s, place_of(s), pd_spelling_with_case_of(s->word, text), PD_ACTION_REPLACE,
                   feature, value);
}

/* --- other words in its place ------------------------------------------------------ */

static void
from_hunspell(Search *s)
{
    g_auto(GStrv) words = pd_lexicon_suggest(s->resources->lexicon, s->word, MAX_HUNSPELL);

    for (guint i = 0; words[i] != NULL; i++) {
        PdProposal *p = propose(s, place_of(s), g_strdup(words[i]), PD_ACTION_REPLACE,
                                PD_FEATURE_HUNSPELL, 1.0 / (1 + i));

        if (p != NULL)
            p->features[PD_FEATURE_PLACE] = i;
    }
}

/* What people corrected @wrong to; @ret_n of them. */
static const PdConfusion *
corrections_of(const Search *s, const char *wrong, guint *ret_n)
{
    *ret_n = 0;
    return s->resources->confusions != NULL
               ? pd_confusions_get(s->resources->confusions, wrong, ret_n)
               : NULL;
}

static void
from_corrections(Search *s)
{
    guint n;
    const PdConfusion *list = corrections_of(s, s->lower, &n);

    for (guint i = 0; i < n; i++) {
        PdProposal *p = *list[i].text != '\0'
                            ? replace(s, list[i].text, PD_FEATURE_COUNT, log(list[i].count))
                            : NULL;

        if (p != NULL)
            p->features[PD_FEATURE_CONFUSION] = 1;
    }
}

static void
from_neighbours(Search *s)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    if (s->resources->frequency == NULL)
        return;
    pd_spelling_neighbours(s->resources->frequency, s->lower, words);
    for (guint i = 0; i < words->len; i++)
        replace(s, words->pdata[i], PD_FEATURE_NEIGHBOUR, 1);
}

static void
from_inflection(Search *s)
{
    g_autoptr(GPtrArray) forms = g_ptr_array_new_with_free_func(g_free);

    pd_inflection_forms(s->lower, forms);
    for (guint i = 0; i < forms->len; i++)
        if ((s->site->unknown || log_frequency(s, forms->pdata[i]) > 0 ||
             g_str_has_suffix(forms->pdata[i], "'s")) &&
            pd_lexicon_knows(s->resources->lexicon, forms->pdata[i]))
            replace(s, forms->pdata[i], PD_FEATURE_INFLECTION, 1);
}

static void
from_class(Search *s)
{
    if (g_strv_contains(prepositions, s->lower))
        for (const char *const *word = prepositions; *word != NULL; word++)
            replace(s, *word, PD_FEATURE_CLASS, 1);
}

static void
from_case(Search *s)
{
    g_autofree char *low = g_utf8_strdown(s->word, -1), *up = g_utf8_strup(s->word, -1);
    g_autofree char *head = g_utf8_substring(up, 0, 1);
    g_autofree char *capital = g_strconcat(head, g_utf8_next_char(low), NULL);
    const char *const forms[] = { low, capital, up };

    for (guint i = 0; i < G_N_ELEMENTS(forms); i++)
        if (pd_lexicon_knows(s->resources->lexicon, forms[i]) &&
            (i < 2 || !pd_lexicon_knows(s->resources->lexicon, capital)))
            propose(s, place_of(s), g_strdup(forms[i]), PD_ACTION_REPLACE, PD_FEATURE_CASE, 1);
}

/* --- words together and apart ------------------------------------------------------- */

/* Does a word go on behind @at, or in front of it: user's, self-made, x86, naïve? */
static bool
goes_on(const char *text, size_t at, bool after)
{
    const char *p = after || at == 0 ? text + at : g_utf8_prev_char(text + at);
    const gunichar c = after || at > 0 ? g_utf8_get_char(p) : 0;

    if (c != '\'' && c != 0x2019 && c != '-')
        return c == '_' || g_unichar_isalnum(c);
    if (after)
        return g_unichar_isalnum(g_utf8_get_char(g_utf8_next_char(p)));
    return p > text && g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(p)));
}

/*
 * The word after white space behind @at, or before it in front of @at; empty: there is none, or
 * it is a part of one.
 */
static PdSpan
word_beside(const char *text, size_t at, bool after)
{
    PdSpan span = { at, at };

    if (after) {
        span.start += strspn(text + at, " \t\r\n");
        for (span.end = span.start; g_ascii_isalpha(text[span.end]); span.end++)
            ;
        return span.start > at && !goes_on(text, span.end, true) ? span : (PdSpan){ at, at };
    }
    while (span.end > 0 && g_ascii_isspace(text[span.end - 1]))
        span.end--;
    for (span.start = span.end; span.start > 0 && g_ascii_isalpha(text[span.start - 1]);)
        span.start--;
    return span.end < at && !goes_on(text, span.start, false) ? span : (PdSpan){ at, at };
}

/* What is called by a capital, as a matrix W; a word may begin with A or I, a sentence with any. */
static bool
is_letter_name(const char *word, bool begins_text)
{
    return g_ascii_isupper(*word) && word[1] == '\0' && strchr("AI", *word) == NULL && !begins_text;
}

/* The words of @place as one, if there is such a word. */
static void
join(Search *s, PdSpan place)
{
    g_autofree char *text = g_strndup(s->site->text + place.start, place.end - place.start);
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
    g_autofree char *all = g_strjoinv("", words);
    g_autofree char *down = g_ascii_strdown(all, -1);
    g_autofree char *joined = pd_spelling_with_case_of(words[0], down);

    for (guint i = 0; words[i] != NULL; i++)
        if (is_letter_name(words[i], i == 0 && place.start == 0))
            return;
    if (log_frequency(s, joined) > 0 && pd_resources_knows(s->resources, joined))
        propose(s, place, g_steal_pointer(&joined), PD_ACTION_REPLACE, PD_FEATURE_JOIN, 1);
}

static void
from_joins(Search *s)
{
    const PdSite *site = s->site;
    const PdSpan before = word_beside(site->text, site->start, false);
    const PdSpan after = word_beside(site->text, site->end, true);

    if (before.start < before.end)
        join(s, (PdSpan){ before.start, site->end });
    if (after.start < after.end)
        join(s, (PdSpan){ site->start, after.end });
    if (before.start < before.end && after.start < after.end)
        join(s, (PdSpan){ before.start, after.end });
}

static void
from_splits(Search *s)
{
    const PdFrequency *words = s->resources->frequency;

    if (words == NULL || !g_str_is_ascii(s->word))
        return;
    for (size_t at = 1; at + 1 <= strlen(s->word); at++) {
        g_autofree char *first = g_strndup(s->lower, at);
        const int a = pd_frequency_rank(words, first), b = pd_frequency_rank(words, s->lower + at);

        if (a < 0 || b < 0 || a >= FREQUENT || b >= FREQUENT)
            continue;
        if ((at == 1 && *first != 'a' && *first != 'i') ||
            (s->lower[at + 1] == '\0' && s->lower[at] != 'a' && s->lower[at] != 'i'))
            continue;
        propose(s, place_of(s), g_strdup_printf("%.*s %s", (int)at, s->word, s->lower + at),
                PD_ACTION_REPLACE, PD_FEATURE_SPLIT, 1);
    }
}

/* --- words too few and too many -------------------------------------------------------- */

/* Where the white space before the place starts. */
static size_t
space_before(const PdSite *site)
{
    size_t at = site->start;

    while (at > 0 && g_ascii_isspace(site->text[at - 1]))
        at--;
    return at;
}

/* "X word" for the function words that people most often leave out, and ", word" */
static void
from_insertion(Search *s)
{
    static const char *const articles[] = { "a", "an", "the", NULL };
    guint n;
    const PdConfusion *list = corrections_of(s, "", &n);
    const char *gap = s->site->start == s->site->end ? "" : " ";
    const size_t before = space_before(s->site);

    for (guint i = 0; i < MIN(n, MAX_INSERTED); i++) {
        const char *inserted = list[i].text;
        const int vowel = *s->word != '\0' ? pd_rules_vowel_sound(s->word) : -1;
        PdProposal *p;

        if ((vowel == 1 && g_str_equal(inserted, "a")) ||
            (vowel == 0 && g_str_equal(inserted, "an")))
            continue;
        if (strchr(s->lower, '\'') != NULL && g_strv_contains(articles, inserted))
            continue; /* the they're */
        p = propose(s, place_of(s), g_strconcat(inserted, gap, s->word, NULL), PD_ACTION_INSERT,
                    PD_FEATURE_INSERT, 1);
        if (p != NULL)
            p->features[PD_FEATURE_COUNT] = log(list[i].count);
    }
    if (!s->site->fixed && before > 0 && before < s->site->start &&
        g_ascii_isalnum(s->site->text[before - 1]))
        propose(s, (PdSpan){ before, s->site->end }, g_strconcat(", ", s->word, NULL),
                PD_ACTION_INSERT, PD_FEATURE_COMMA, 1);
}

static void
from_deletion(Search *s)
{
    const size_t before = s->site->fixed ? s->site->start : space_before(s->site);

    if (before < s->site->start ||
        s->site->fixed) /* the space goes with the word, so that one is left */
        propose(s, (PdSpan){ before, s->site->end }, g_strdup(""), PD_ACTION_DELETE,
                PD_FEATURE_DELETE, 1);
}

static void
search_init(Search *s, PdResources *resources, const PdSite *site, GPtrArray *proposals)
{
    s->resources = resources;
    s->site = site;
    s->word = g_strndup(site->text + site->start, site->end - site->start);
    s->lower = pd_spelling_fold(s->word);
    s->sound = pd_spelling_sound(s->lower);
    s->list = proposals;
    s->is_word = *s->word != '\0' && g_unichar_isalpha(g_utf8_get_char(s->word));
}

static void
search_done(Search *s)
{
    g_free(s->word);
    g_free(s->lower);
    g_free(s->sound);
}

void
pd_sources_propose(PdResources *resources, const PdSite *site, GPtrArray *proposals)
{
    g_auto(Search) s;

    search_init(&s, resources, site, proposals);
    if (!resources->english)
        return;
    if (s.is_word) {
        from_corrections(&s);
        from_neighbours(&s);
        from_inflection(&s);
        from_case(&s);
        if (!site->fixed)
            from_joins(&s);
        from_splits(&s);
    }
    if (site->unknown)
        return;
    if (s.is_word)
        from_class(&s);
    if (s.is_word || *s.word == '\0')
        from_insertion(&s);
    if (*s.word != '\0')
        from_deletion(&s);
}

void
pd_sources_ask_dictionary(PdResources *resources, const PdSite *site, GPtrArray *proposals)
{
    g_auto(Search) s;

    search_init(&s, resources, site, proposals);
    if (s.is_word && (site->unknown || !resources->english || resources->frequency == NULL))
        from_hunspell(&s);
}
