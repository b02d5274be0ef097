/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * findings.c - building findings: kinds, rule ids, fingerprints
 *
 * The tables below are the only place where a kind's or a rule's name is written.
 */
#include "daemon/engine/findings.h"
#include "daemon/engine/lines.h"

#include <string.h>

#define CONTEXT_CHARS 12 /* an unfinished sentence's last word may still change */

static const char *const kinds[PD_N_KINDS] = {
    [PD_KIND_SPELLING] = "spelling",
    [PD_KIND_CONFUSED_WORD] = "confused-word",
    [PD_KIND_VERB_FORM] = "verb-form",
    [PD_KIND_AGREEMENT] = "agreement",
    [PD_KIND_NOUN_NUMBER] = "noun-number",
    [PD_KIND_DETERMINER] = "determiner",
    [PD_KIND_PREPOSITION] = "preposition",
    [PD_KIND_PRONOUN] = "pronoun",
    [PD_KIND_ADJECTIVE_ADVERB] = "adjective-adverb",
    [PD_KIND_WORD_ORDER] = "word-order",
    [PD_KIND_MISSING_WORD] = "missing-word",
    [PD_KIND_EXTRA_WORD] = "extra-word",
    [PD_KIND_PUNCTUATION] = "punctuation",
    [PD_KIND_LETTER_CASE] = "letter-case",
    [PD_KIND_APOSTROPHE] = "apostrophe",
    [PD_KIND_OTHER] = "other",
};

static const struct {
    PdKind kind;
    const char *id;
} rules[PD_N_RULES] = {
    [PD_RULE_MODEL] = { PD_KIND_OTHER, NULL },
    [PD_RULE_UNKNOWN] = { PD_KIND_SPELLING, "spelling/unknown" },
    [PD_RULE_VARIANT] = { PD_KIND_SPELLING, "spelling/variant" },
    [PD_RULE_REPEATED] = { PD_KIND_EXTRA_WORD, "extra-word/repeated" },
    [PD_RULE_A_AN] = { PD_KIND_DETERMINER, "determiner/a-an" },
    [PD_RULE_PRONOUN_I] = { PD_KIND_LETTER_CASE, "letter-case/pronoun-i" },
    [PD_RULE_SPACE_BEFORE] = { PD_KIND_PUNCTUATION, "punctuation/space-before" },
    [PD_RULE_SPACE_AFTER] = { PD_KIND_PUNCTUATION, "punctuation/space-after" },
    [PD_RULE_TYPED_APOSTROPHE] = { PD_KIND_APOSTROPHE, "apostrophe/typed" },
    [PD_RULE_DECADE] = { PD_KIND_APOSTROPHE, "apostrophe/decade" },
};

static const char *const actions[] = { "replace", "insert", "delete" };
static const char *const variants[PD_N_VARIANTS] = { "any", "us", "gb" };
static const char *const levels[PD_N_LEVELS] = { "careful", "default", "thorough" };

const char *
pd_kind_name(PdKind kind)
{
    g_return_val_if_fail(kind < PD_N_KINDS, "other");
    return kinds[kind];
}

bool
pd_kind_from_name(const char *name, PdKind *ret_kind)
{
    for (guint i = 0; i < PD_N_KINDS; i++)
        if (g_str_equal(name, kinds[i])) {
            *ret_kind = i;
            return true;
        }
    return false;
}

const char *
pd_action_name(PdAction action)
{
    g_return_val_if_fail(action < G_N_ELEMENTS(actions), "replace");
    return actions[action];
}

const char *
pd_level_name(PdLevel level)
{
    g_return_val_if_fail(level < PD_N_LEVELS, "default");
    return levels[level];
}

bool
pd_level_from_name(const char *name, PdLevel *ret_level)
{
    for (guint i = 0; i < PD_N_LEVELS; i++)
        if (g_str_equal(name, levels[i])) {
            *ret_level = i;
            return true;
        }
    return false;
}

bool
pd_variant_from_name(const char *name, PdVariant *ret_variant)
{
    for (guint i = 0; i < PD_N_VARIANTS; i++)
        if (g_str_equal(name, variants[i])) {
            *ret_variant = i;
            return true;
        }
    return false;
}

PdKind
pd_rule_kind(PdRule rule)
{
    return rules[rule].kind;
}

bool
pd_rule_from_id(const char *id, PdRule *ret_rule, PdKind *ret_kind)
{
    const size_t length = strcspn(id, "/");
    g_autofree char *kind = g_strndup(id, length);

    for (guint i = PD_RULE_MODEL + 1; i < PD_N_RULES; i++)
        if (g_str_equal(id, rules[i].id)) {
            *ret_rule = i;
            *ret_kind = rules[i].kind;
            return true;
        }
    if (!g_str_equal(id + length, "/model") || !pd_kind_from_name(kind, ret_kind))
        return false;
    *ret_rule = PD_RULE_MODEL;
    return true;
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *const *
list_rules(void)
{
    static const char *const *list;

    if (g_once_init_enter(&list)) {
        g_autoptr(GPtrArray) ids = g_ptr_array_new();

        for (guint i = 0; i < PD_N_KINDS; i++)
            g_ptr_array_add(ids, g_strconcat(kinds[i], "/model", NULL));
        for (guint i = PD_RULE_MODEL + 1; i < PD_N_RULES; i++)
            g_ptr_array_add(ids, g_strdup(rules[i].id));
        g_ptr_array_sort(ids, compare_strings);
        g_ptr_array_add(ids, NULL);
        g_once_init_leave(&list, (const char *const *)g_ptr_array_steal(ids, NULL));
    }
    return list;
}

const char *const *
pd_checker_rules(void)
{
    return list_rules();
}

bool
pd_rule_exists(const char *rule)
{
    PdKind kind;
    PdRule ignored;

    return pd_kind_from_name(rule, &kind) || pd_rule_from_id(rule, &ignored, &kind);
}

PdCandidate *
pd_candidate_new(const char *text, double score, PdAction action)
{
    PdCandidate *self = g_new0(PdCandidate, 1);

    self->text = g_strdup(text);
    self->score = score;
    self->action = action;
    return self;
}

void
pd_candidate_free(PdCandidate *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self);
}

PdFinding *
pd_finding_new(size_t start, size_t end, PdRule rule, PdKind kind, double confidence)
{
    PdFinding *self = g_new0(PdFinding, 1);

    self->start = start;
    self->end = end;
    self->kind = kind;
    self->confidence = confidence;
    self->rule =
        rule == PD_RULE_MODEL ? g_strconcat(kinds[kind], "/model", NULL) : g_strdup(rules[rule].id);
    self->candidates = g_ptr_array_new_with_free_func((GDestroyNotify)pd_candidate_free);
    return self;
}

PdFinding *
pd_finding_copy(const PdFinding *other)
{
    PdFinding *self = g_memdup2(other, sizeof *other);

    self->message = g_strdup(other->message);
    self->rule = g_strdup(other->rule);
    self->candidates = g_ptr_array_new_with_free_func((GDestroyNotify)pd_candidate_free);
    for (guint i = 0; i < other->candidates->len; i++) {
        const PdCandidate *c = other->candidates->pdata[i];
        g_ptr_array_add(self->candidates, pd_candidate_new(c->text, c->score, c->action));
    }
    return self;
}

void
pd_finding_free(PdFinding *self)
{
    if (self == NULL)
        return;
    g_free(self->message);
    g_free(self->rule);
    g_clear_pointer(&self->candidates, g_ptr_array_unref);
    g_free(self);
}

void
pd_finding_add(PdFinding *self, const char *text, double score, PdAction action)
{
    g_ptr_array_add(self->candidates, pd_candidate_new(text, score, action));
}

int
pd_finding_by_start(gconstpointer a, gconstpointer b)
{
    const PdFinding *x = *(const PdFinding *const *)a, *y = *(const PdFinding *const *)b;

    return (x->start > y->start) - (x->start < y->start);
}

bool
pd_finding_is_unknown_word(const PdFinding *self)
{
    return g_str_equal(self->rule, rules[PD_RULE_UNKNOWN].id);
}

char *
pd_name_of(const char *word, size_t length)
{
    char *name = g_strndup(word, length);

    if (g_str_has_suffix(name, "'s") || g_str_has_suffix(name, "’s"))
        name[strlen(name) - (g_str_has_suffix(name, "'s") ? 2 : strlen("’s"))] = '\0';
    return name;
}

bool
pd_name_is_among(GHashTable *folded, const char *word, size_t length)
{
    g_autofree char *whole = g_utf8_casefold(word, (gssize)length);
    g_autofree char *name = pd_name_of(whole, strlen(whole));

    return g_hash_table_contains(folded, whole) || g_hash_table_contains(folded, name);
}

static uint64_t
hash_bytes(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (guint8)bytes[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash;
}

/*
 * Where the word that ends before @at starts (or, forward, ends the one that starts after it), at
 * most FINGERPRINT_BYTES away: a text need not have white space.
 */
static size_t
word_edge(const char *text, size_t length, size_t at, bool forward)
{
    const size_t last =
        forward ? MIN(length - at, PD_FINGERPRINT_BYTES) + at : at - MIN(at, PD_FINGERPRINT_BYTES);
    bool in_word = false;

    while (at != last) {
        const char c = text[forward ? at : at - 1];

        if (!g_ascii_isspace(c))
            in_word = true;
        else if (in_word)
            break;
        at += forward ? 1 : -1;
    }
    return at;
}

void
pd_finding_set_fingerprint(PdFinding *self, const char *text, size_t length)
{
    uint64_t hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    const size_t before = word_edge(text, length, self->start, false);
    const size_t after = word_edge(text, length, self->end, true);

    hash = hash_bytes(hash, self->rule, strlen(self->rule) + 1);
    hash = hash_bytes(hash, text + before, self->start - before);
    hash = hash_bytes(hash, "\1", 1);
    hash = hash_bytes(hash, text + self->start, self->end - self->start);
    hash = hash_bytes(hash, "\1", 1);
    self->fingerprint = hash_bytes(hash, text + self->end, after - self->end);
}

/* --- what is still being written --- */

/* Does the text end with a line, or a final mark and perhaps white space? */
static bool
is_finished(const char *tail, size_t length)
{
    while (length > 0 && strchr(" \t\r\n", tail[length - 1]) != NULL)
        if (tail[--length] == '\n')
            return true;
    return pd_lines_has_final_mark(tail, length);
}

void
pd_finding_set_context(PdFinding *self, const char *tail, size_t tail_bytes, size_t left)
{
    const long needed = g_str_has_suffix(self->rule, "/model") ? CONTEXT_CHARS : 1;
    long to_end = CONTEXT_CHARS;

    if (left < MIN(tail_bytes, 4 * CONTEXT_CHARS + 1))
        to_end = g_utf8_strlen(tail + tail_bytes - left, (gssize)left);
    self->needs_context =
        to_end < needed && !is_finished(tail, tail_bytes) ? (uint32_t)(needed - to_end) : 0;
}

/* --- the kind of a change ------------------------------------------------- */

/* Closed classes: grammar's own words, complete enough to name a kind by. */
static const char *const determiners[] = { "a",       "an",   "the",  "this", "that",   "these",
                                           "those",   "some", "any",  "each", "every",  "no",
                                           "another", "many", "much", "few",  "little", NULL };
static const char *const prepositions[] = {
    "about", "above", "across", "after",  "against", "along",   "among",   "around",
    "as",    "at",    "before", "behind", "below",   "between", "by",      "during",
    "for",   "from",  "in",     "into",   "near",    "of",      "off",     "on",
    "onto",  "out",   "over",   "since",  "through", "to",      "toward",  "towards",
    "under", "until", "up",     "upon",   "with",    "within",  "without", NULL
};
static const char *const pronouns[] = { "i",    "me",      "my",      "mine",     "myself",
                                        "you",  "your",    "yours",   "yourself", "he",
                                        "him",  "his",     "himself", "she",      "her",
                                        "hers", "herself", "it",      "its",      "itself",
                                        "we",   "us",      "our",     "ours",     "ourselves",
                                        "they", "them",    "their",   "theirs",   "themselves",
                                        "who",  "whom",    "whose",   "which",    NULL };
static const char *const auxiliaries[] = { "is",  "are",  "am", "was",  "were", "be",
                                           "has", "have", "do", "does", NULL };

static bool
is_one_of(const char *const *words, const char *word)
{
    return g_strv_contains(words, word);
}

static bool
same_without(const char *a, const char *b, const char *dropped)
{
    for (;; a++, b++) {
        while (*a != '\0' && strchr(dropped, *a) != NULL)
            a++;
        while (*b != '\0' && strchr(dropped, *b) != NULL)
            b++;
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
    }
}

/* Do they differ by @ending alone (perhaps with the stem's last e or doubled letter)? */
static bool
differ_by(const char *a, const char *b, const char *ending)
{
    const char *longer = strlen(a) > strlen(b) ? a : b;
    const char *shorter = longer == a ? b : a;
    size_t stem = 0;

    if (!g_str_has_suffix(longer, ending))
        return false;
    while (shorter[stem] != '\0' && shorter[stem] == longer[stem])
        stem++;
    return stem >= 2 && strlen(shorter) - stem <= 1 && strlen(longer) - stem <= strlen(ending) + 1;
}

static PdKind
kind_of_word_change(const char *a, const char *b, const char *word_before_it)
{
    if (same_without(a, b, "'-"))
        return PD_KIND_APOSTROPHE;
    if (is_one_of(determiners, a) && is_one_of(determiners, b))
        return PD_KIND_DETERMINER;
    if (is_one_of(prepositions, a) && is_one_of(prepositions, b))
        return PD_KIND_PREPOSITION;
    if (is_one_of(pronouns, a) && is_one_of(pronouns, b))
        return PD_KIND_PRONOUN;
    if (differ_by(a, b, "ly"))
        return PD_KIND_ADJECTIVE_ADVERB;
    if (differ_by(a, b, "ing") || differ_by(a, b, "ed") || differ_by(a, b, "en"))
        return PD_KIND_VERB_FORM;
    if (differ_by(a, b, "s"))
        return is_one_of(determiners, word_before_it) ? PD_KIND_NOUN_NUMBER : PD_KIND_AGREEMENT;
    if (is_one_of(auxiliaries, a) && is_one_of(auxiliaries, b))
        return PD_KIND_AGREEMENT;
    return PD_KIND_CONFUSED_WORD;
}

PdKind
pd_kind_of_change(const char *before, const char *after, const char *word_before_it)
{
    g_autofree char *a = g_utf8_strdown(before, -1);
    g_autofree char *b = g_utf8_strdown(after, -1);
    g_autofree char *w = g_utf8_strdown(word_before_it, -1);

    g_strstrip(a);
    g_strstrip(b);
    if (*b == '\0')
        return g_unichar_ispunct(g_utf8_get_char(a)) ? PD_KIND_PUNCTUATION : PD_KIND_EXTRA_WORD;
    if (g_str_equal(a, b))
        return g_str_equal(before, after) ? PD_KIND_OTHER : PD_KIND_LETTER_CASE;
    if (!g_unichar_isalpha(g_utf8_get_char(b)) || !g_unichar_isalpha(g_utf8_get_char(a)))
        return PD_KIND_PUNCTUATION;
    if (g_str_has_suffix(b, a) && strlen(b) > strlen(a) && b[strlen(b) - strlen(a) - 1] == ' ') {
        b[strlen(b) - strlen(a) - 1] = '\0';
        return is_one_of(determiners, b) ? PD_KIND_DETERMINER : PD_KIND_MISSING_WORD;
    }
    if (same_without(a, b, " "))
        return PD_KIND_SPELLING;
    return kind_of_word_change(a, b, w);
}
