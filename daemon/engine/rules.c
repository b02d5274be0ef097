/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.c - the few errors of English that a small rule finds better than a model
 *
 * Each rule looks at one token and its neighbours, and would rather miss an error than report
 * what may be right.
 */
#include "daemon/engine/rules.h"

#include "daemon/engine/findings.h"

#include <string.h>

typedef struct {
    const char *text;
    const PdToken *tokens;
    guint n_tokens;
    GPtrArray *findings;
} Sentence;

static char *
word_at(const Sentence *s, guint i)
{
    return g_strndup(s->text + s->tokens[i].start, s->tokens[i].end - s->tokens[i].start);
}

static bool
is_word(const Sentence *s, guint i)
{
    return i < s->n_tokens && s->tokens[i].kind == PD_TOKEN_WORD;
}

/* Is token @i the ASCII mark @mark? */
static bool
is_mark(const Sentence *s, guint i, char mark)
{
    return i < s->n_tokens && s->tokens[i].kind == PD_TOKEN_PUNCT &&
           s->tokens[i].end - s->tokens[i].start == 1 && s->text[s->tokens[i].start] == mark;
}

static bool
touches(const Sentence *s, guint i, guint j) /* nothing between token i and token j, the next */
{
    return s->tokens[i].end == s->tokens[j].start;
}

/* Unless another rule has reported the place: rules look at the tokens from left to right. */
static void
report(const Sentence *s, size_t start, size_t end, PdRule rule, double confidence,
       const char *repair)
{
    PdFinding *finding;

    for (guint i = s->findings->len; i-- > 0 && i + 4 > s->findings->len;) {
        const PdFinding *other = s->findings->pdata[i];

        if (start < other->end && end > other->start)
            return;
    }
    finding = pd_finding_new(start, end, rule, pd_rule_kind(rule), confidence);
    pd_finding_add(finding, repair, 0.0, *repair == '\0' ? PD_ACTION_DELETE : PD_ACTION_REPLACE);
    g_ptr_array_add(s->findings, finding);
}

/* --- the same word twice ---------------------------------------------------- */

/* Twice in a row in good English: "had had", "very very", "bye bye". */
static const char *const doubles[] = {
    "aye", "beep", "blah",   "boo",  "boom",   "bye",  "cha",   "choo",  "chop", "did",
    "do",  "far",  "ha",     "had",  "he",     "hear", "her",   "hey",   "ho",   "knock",
    "la",  "long", "many",   "more", "much",   "na",   "never", "night", "no",   "now",
    "oh",  "okay", "please", "pom",  "really", "so",   "that",  "there", "tut",  "uh",
    "um",  "very", "well",   "win",  "wow",    "yeah", "yes",   "yo",    "you",  NULL
};

static void
repeated_word(const Sentence *s, guint i)
{
    g_autofree char *first = NULL, *second = NULL, *a = NULL, *b = NULL;

    if (!is_word(s, i) || !is_word(s, i + 1) || touches(s, i, i + 1))
        return;
    if (strspn(s->text + s->tokens[i].end, " \r\n") != s->tokens[i + 1].start - s->tokens[i].end)
        return;
    if ((is_word(s, i + 2) && touches(s, i + 1, i + 2)) ||
        (i + 2 < s->n_tokens && is_mark(s, i + 2, '-') && touches(s, i + 1, i + 2)))
        return; /* in in-house */
    if (i > 0 && is_mark(s, i - 1, '-') && touches(s, i - 1, i))
        return; /* log in in */
    first = word_at(s, i);
    second = word_at(s, i + 1);
    a = g_utf8_casefold(first, -1);
    b = g_utf8_casefold(second, -1);
    if (!g_str_equal(a, b) || g_strv_contains(doubles, a) || strlen(a) < 2)
        return;
    if (g_unichar_isupper(g_utf8_get_char(second)) ||
        (i > 0 && g_unichar_isupper(g_utf8_get_char(first))))
        return; /* names: Duran Duran, Walla Walla, Vulpes vulpes; THE THE, a heading's style */
    report(s, s->tokens[i].end, s->tokens[i + 1].end, PD_RULE_REPEATED, 0.95, "");
}

/* --- a and an --------------------------------------------------------------- */

static bool
begins_with_any(const char *word, const char *const *beginnings)
{
    for (; *beginnings != NULL; beginnings++)
        if (g_str_has_prefix(word, *beginnings))
            return true;
    return false;
}

int
pd_rules_vowel_sound(const char *word)
{
    /* Beginnings; of each list the first that fits decides. */
    static const char *const either[] = { "herb", "histor", "hotel", "homage", "x", NULL };
    static const char *const consonant_first[] = { "unidir", "unidim", "unimod", "unimol", NULL };
    static const char *const vowel[] = { "ush",   "unid",   "unim",  "unin",  "unir", "unissu",
                                         "unill", "utt",    "onero", "oneir", "heir", "honest",
                                         "honor", "honour", "hour",  NULL };
    /* y- and w- sounds written with a vowel */
    static const char *const consonant[] = { "eu",  "ewe",    "once", "one",    "oui", "ubiq",
                                             "ufo", "ugand",  "uk",   "unanim", "uni", "unesco",
                                             "ura", "ure",    "uri",  "uro",    "us",  "ut",
                                             "uvu", "uyghur", NULL };
    g_autofree char *lower = g_ascii_strdown(word, -1);

    if (!g_ascii_isalpha(*word) || word[1] == '\0' || g_ascii_isupper(word[1]))
        return -1; /* letters and acronyms: a UFO, an FBI, a or an FAQ */
    if (strpbrk(lower, "aeiouy") == NULL && g_str_is_ascii(lower))
        return -1; /* spelled out: an npm package, an nth root */
    if (begins_with_any(lower, either) || g_str_equal(lower, "us"))
        return -1;
    if (begins_with_any(lower, consonant_first))
        return 0;
    if (begins_with_any(lower, vowel) || g_str_equal(lower, "hors"))
        return 1;
    if (begins_with_any(lower, consonant))
        return 0;
    return strchr("aeiou", *lower) != NULL;
}

/* "vitamin a", "case a": a letter, not the article */
static bool
names_a_letter(const Sentence *s, guint i)
{
    static const char *const before[] = { "appendix", "case",    "chapter", "class", "column",
                                          "figure",   "group",   "if",      "let",   "letter",
                                          "line",     "option",  "part",    "plan",  "point",
                                          "section",  "side",    "step",    "table", "type",
                                          "variable", "vitamin", NULL };
    g_autofree char *word = i > 0 ? word_at(s, i - 1) : g_strdup("");
    g_autofree char *lower = g_ascii_strdown(word, -1);

    return g_strv_contains(before, lower);
}

static void
a_or_an(const Sentence *s, guint i)
{
    /* "a" before these is a letter or a mention: vitamin A is, a or b, plan A and */
    static const char *const not_after[] = { "a",  "an",   "and",    "are",     "as",     "at",
                                             "if", "in",   "is",     "of",      "on",     "or",
                                             "us", "into", "equals", "exceeds", "occurs", NULL };
    g_autofree char *article = NULL, *next = NULL, *lower = NULL;
    int vowel;
    bool an;

    if (!is_word(s, i) || !is_word(s, i + 1) || s->text[s->tokens[i].end] != ' ')
        return;
    article = word_at(s, i);
    if (g_ascii_strcasecmp(article, "a") != 0 && g_ascii_strcasecmp(article, "an") != 0)
        return;
    if ((*article == 'A' && i > 0) || (i > 0 && touches(s, i - 1, i)))
        return;
    an = article[1] != '\0';
    if (!an && names_a_letter(s, i))
        return;
    next = word_at(s, i + 1);
    lower = g_ascii_strdown(next, -1);
    vowel = pd_rules_vowel_sound(next);
    if (vowel < 0 || vowel == an || g_strv_contains(not_after, lower))
        return;
    report(s, s->tokens[i].start, s->tokens[i].end, PD_RULE_A_AN, 0.9,
           an ? (*article == 'A' ? "A" : "a") : (*article == 'A' ? "An" : "an"));
}

/* --- the pronoun I ------------------------------------------------------------ */

/* "for each i in", "indices i and j": a variable or a numeral */
static bool
names_a_variable(const Sentence *s, guint i)
{
    static const char *const before[] = { "chapter", "each",     "index",  "indexes",
                                          "indices", "let",      "part",   "section",
                                          "set",     "variable", "volume", NULL };
    static const char *const after[] = { "is", "in", "as", "to", "equals", NULL };
    g_autofree char *previous = i > 0 ? word_at(s, i - 1) : g_strdup("");
    g_autofree char *next = word_at(s, i + 1);
    g_autofree char *lower = g_ascii_strdown(previous, -1);

    if (g_strv_contains(before, lower) || g_strv_contains(after, next))
        return true;
    return (g_str_equal(next, "and") || g_str_equal(next, "or")) && is_word(s, i + 2) &&
           s->tokens[i + 2].end - s->tokens[i + 2].start == 1;
}

static void
pronoun_i(const Sentence *s, guint i)
{
    static const char *const forms[] = { "i", "i'm", "i've", "i'll", "i'd", NULL };
    g_autofree char *word = NULL, *straight = NULL, *repair = NULL;

    if (!is_word(s, i) || s->text[s->tokens[i].start] != 'i' || s->n_tokens < 3)
        return;
    word = word_at(s, i);
    straight = g_strdup(word);
    if (strstr(straight, "’") != NULL) {
        g_auto(GStrv) parts = g_strsplit(word, "’", -1);

        g_free(straight);
        straight = g_strjoinv("'", parts);
    }
    if (!g_strv_contains(forms, straight))
        return;
    /* i.e., i) and (i) are no pronouns, nor is i beside a sign: i = 0, i-th, x_i */
    if (word[1] == '\0' && (!is_word(s, i + 1) || touches(s, i, i + 1) ||
                            (i > 0 && (s->tokens[i - 1].kind != PD_TOKEN_WORD &&
                                       !is_mark(s, i - 1, ',') && !is_mark(s, i - 1, '"')))))
        return;
    if (word[1] == '\0' && names_a_variable(s, i))
        return;
    repair = g_strdup(word);
    repair[0] = 'I';
    report(s, s->tokens[i].start, s->tokens[i].end, PD_RULE_PRONOUN_I, 0.95, repair);
}

/* --- spaces around punctuation ------------------------------------------------- */

static bool
is_letter_before(const char *text, size_t at)
{
    return at > 0 && g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(text + at)));
}

/* word , word: the finding is the space */
static void
space_before(const Sentence *s, guint i)
{
    const size_t start = i > 0 ? s->tokens[i - 1].end : 0;
    const PdToken *mark = &s->tokens[i];
    const char after = s->text[mark->end];

    if (i == 0 || s->tokens[i - 1].kind == PD_TOKEN_PUNCT || mark->kind != PD_TOKEN_PUNCT ||
        mark->end - mark->start != 1 || strchr(",.;:!?", s->text[mark->start]) == NULL)
        return;
    if (mark->start - start != 1 || s->text[start] != ' ' || !is_letter_before(s->text, start))
        return;
    if (after != '\0' && after != ' ') /* .NET, :option, !important */
        return;
    if (s->text[mark->start] == '.' && i + 1 < s->n_tokens)
        return; /* . . . and the directory . are no full stops */
    if (s->tokens[i - 1].end - s->tokens[i - 1].start == 1)
        return; /* x ? y : z */
    report(s, start, mark->start, PD_RULE_SPACE_BEFORE, 0.8, "");
}

/* word,word: the finding is the mark */
static void
space_after(const Sentence *s, guint i)
{
    const PdToken *mark = &s->tokens[i];
    char repair[] = { s->text[mark->start], ' ', '\0' };

    if (i == 0 || !is_word(s, i - 1) || !is_word(s, i + 1) || mark->kind != PD_TOKEN_PUNCT ||
        mark->end - mark->start != 1 || strchr(",;", s->text[mark->start]) == NULL)
        return;
    if (!touches(s, i - 1, i) || !touches(s, i, i + 1))
        return;
    if (s->tokens[i - 1].end - s->tokens[i - 1].start < 2)
        return; /* f(x,y) */
    report(s, mark->start, mark->end, PD_RULE_SPACE_AFTER, 0.8, repair);
}

/* --- apostrophes ----------------------------------------------------------------- */

/* I;ll, don´t: a mark where the apostrophe was meant */
static void
typed_for_apostrophe(const Sentence *s, guint i)
{
    static const char *const marks[] = { ";", "´", "′", NULL };
    static const char *const after[] = { "s", "ll", "re", "ve", "d", "m", NULL };
    g_autofree char *word = NULL, *mark = NULL, *ending = NULL, *repair = NULL;

    if (!is_word(s, i) || !is_word(s, i + 2) || s->tokens[i + 1].kind != PD_TOKEN_PUNCT ||
        !touches(s, i, i + 1) || !touches(s, i + 1, i + 2))
        return;
    word = word_at(s, i);
    mark = word_at(s, i + 1);
    ending = word_at(s, i + 2);
    if (!g_strv_contains(marks, mark) ||
        !(g_strv_contains(after, ending) ||
          (g_str_equal(ending, "t") && g_str_has_suffix(word, "n"))))
        return;
    repair = g_strconcat(word, "'", ending, NULL);
    report(s, s->tokens[i].start, s->tokens[i + 2].end, PD_RULE_TYPED_APOSTROPHE, 0.95, repair);
}

/* the 1980's, his 20's: edited prose has a thousand 1980s for each of them */
static void
decade(const Sentence *s, guint i)
{
    static const char *const before[] = { "the", "early", "late", "mid", "in",
                                          "of",  "since", "from", "and", NULL };
    static const char *const ages[] = { "his", "her", "their", "my", "our", "your", NULL };
    const PdToken *token = &s->tokens[i];
    g_autofree char *number = NULL, *previous = NULL, *lower = NULL, *repair = NULL;
    size_t digits;
    guint at = i;

    if (i == 0 || token->kind != PD_TOKEN_NUMBER)
        return;
    number = word_at(s, i);
    digits = strspn(number, "0123456789");
    if ((digits != 4 && digits != 2) || number[digits - 1] != '0' ||
        (!g_str_equal(number + digits, "'s") && !g_str_equal(number + digits, "’s")))
        return;
    while (at > 1 && is_mark(s, at - 1, '-')) /* mid-1980's */
        at--;
    previous = word_at(s, at - 1);
    lower = g_ascii_strdown(previous, -1);
    if (g_strv_contains(ages, lower) && digits == 2)
        repair = g_strdup_printf("%.2ss", number);
    else if (g_strv_contains(before, lower))
        repair = g_strdup_printf("%s%.*ss", digits == 2 ? "'" : "", (int)digits, number);
    else
        return;
    report(s, token->start, token->end, PD_RULE_DECADE, 0.9, repair);
}

void
pd_rules_apply(const char *text, const GArray *tokens, GPtrArray *findings)
{
    const Sentence s = { text, (const PdToken *)(const void *)tokens->data, tokens->len, findings };

    for (guint i = 0; i < s.n_tokens; i++) {
        repeated_word(&s, i);
        a_or_an(&s, i);
        pronoun_i(&s, i);
        space_before(&s, i);
        space_after(&s, i);
        typed_for_apostrophe(&s, i);
        decade(&s, i);
    }
}
