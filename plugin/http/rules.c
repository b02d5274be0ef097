/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/rules.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TYPOS "TYPOS", N_("Possible Typo")
#define GRAMMAR "GRAMMAR", N_("Grammar")
#define CONFUSED_WORDS "CONFUSED_WORDS", N_("Commonly Confused Words")
#define PUNCTUATION "PUNCTUATION", N_("Punctuation")
#define TYPOGRAPHY "TYPOGRAPHY", N_("Typography")
#define CASING "CASING", N_("Capitalization")
#define MISC "MISC", N_("Miscellaneous")

/* The descriptions are the titles of the rules' pages (proof explain). */
static const PdHttpRule rules[] = {
    { "spelling/model", "PROOFD_SPELLING_MODEL", N_("Misspelled, but a word"), "misspelling", TYPOS,
      "UnknownWord", true },
    { "spelling/unknown", "HUNSPELL_RULE", N_("Unknown word"), "misspelling", TYPOS, "UnknownWord",
      false },
    { "spelling/variant", "PROOFD_SPELLING_VARIANT", N_("Spelling of the other variant of English"),
      "locale-violation", TYPOS, "Other", false },
    { "confused-word/model", "PROOFD_CONFUSED_WORD_MODEL", N_("Another word is meant"), "grammar",
      CONFUSED_WORDS, "Other", true },
    { "verb-form/model", "PROOFD_VERB_FORM_MODEL", N_("Form of the verb"), "grammar", GRAMMAR,
      "Other", true },
    { "agreement/model", "PROOFD_AGREEMENT_MODEL", N_("Verb and subject do not agree"), "grammar",
      GRAMMAR, "Other", true },
    { "noun-number/model", "PROOFD_NOUN_NUMBER_MODEL", N_("Singular or plural"), "grammar", GRAMMAR,
      "Other", true },
    { "determiner/model", "PROOFD_DETERMINER_MODEL", N_("Article or determiner"), "grammar",
      GRAMMAR, "Other", true },
    { "determiner/a-an", "EN_A_VS_AN", N_("“a” or “an”"), "grammar", GRAMMAR, "Other", false },
    { "preposition/model", "PROOFD_PREPOSITION_MODEL", N_("Preposition"), "grammar", GRAMMAR,
      "Other", true },
    { "pronoun/model", "PROOFD_PRONOUN_MODEL", N_("Pronoun"), "grammar", GRAMMAR, "Other", true },
    { "adjective-adverb/model", "PROOFD_ADJECTIVE_ADVERB_MODEL", N_("Adjective or adverb"),
      "grammar", GRAMMAR, "Other", true },
    { "word-order/model", "PROOFD_WORD_ORDER_MODEL", N_("Order of the words"), "grammar", GRAMMAR,
      "Other", true },
    { "missing-word/model", "PROOFD_MISSING_WORD_MODEL", N_("A word is missing"), "grammar",
      GRAMMAR, "Other", true },
    { "extra-word/model", "PROOFD_EXTRA_WORD_MODEL", N_("A word too many"), "grammar", GRAMMAR,
      "Other", true },
    { "extra-word/repeated", "ENGLISH_WORD_REPEAT_RULE", N_("The same word twice"), "duplication",
      MISC, "Other", false },
    { "punctuation/model", "PROOFD_PUNCTUATION_MODEL", N_("Punctuation"), "typographical",
      PUNCTUATION, "Other", true },
    { "punctuation/space-before", "COMMA_PARENTHESIS_WHITESPACE", N_("Space before a mark"),
      "whitespace", TYPOGRAPHY, "Other", false },
    { "punctuation/space-after", "PROOFD_PUNCTUATION_SPACE_AFTER", N_("No space after a mark"),
      "whitespace", TYPOGRAPHY, "Other", false },
    { "letter-case/model", "PROOFD_LETTER_CASE_MODEL", N_("Capital or small letter"),
      "typographical", CASING, "Other", true },
    { "letter-case/pronoun-i", "I_LOWERCASE", N_("The pronoun “I”"), "typographical", CASING,
      "Other", false },
    { "apostrophe/model", "PROOFD_APOSTROPHE_MODEL", N_("Apostrophe or hyphen"), "typographical",
      PUNCTUATION, "Other", true },
    { "apostrophe/typed", "PROOFD_APOSTROPHE_TYPED", N_("Another mark for the apostrophe"),
      "typographical", PUNCTUATION, "Other", false },
    { "apostrophe/decade", "PROOFD_APOSTROPHE_DECADE", N_("Apostrophe in a decade"),
      "typographical", PUNCTUATION, "Other", false },
    { "other/model", "PROOFD_OTHER_MODEL", N_("Something else"), "uncategorized", MISC, "Hint",
      true },
};

const PdHttpRule *
pd_http_rules(size_t *ret_n)
{
    *ret_n = G_N_ELEMENTS(rules);
    return rules;
}

const PdHttpRule *
pd_http_rule_find(const char *rule)
{
    const size_t kind_length = strcspn(rule, "/");
    const PdHttpRule *kind = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_str_equal(rules[i].rule, rule))
            return &rules[i];
        if (strncmp(rules[i].rule, rule, kind_length) == 0 &&
            g_str_equal(rules[i].rule + kind_length, "/model"))
            kind = &rules[i];
    }
    return kind != NULL ? kind : &rules[G_N_ELEMENTS(rules) - 1];
}

char *
pd_http_rule_id(const PdHttpRule *known, const char *rule)
{
    g_autofree char *name = NULL;

    if (g_str_equal(known->rule, rule))
        return g_strdup(known->id);
    name = g_ascii_strup(rule, -1);
    return g_strconcat("PROOFD_", g_strcanon(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", '_'),
                       NULL);
}

/* Is the rule in the list: by id, by proofd's name for it, or by its kind? */
static bool
lists_rule(GStrv list, const PdHttpRule *known, const char *rule)
{
    const char *const *names = (const char *const *)list;
    g_autofree char *id = pd_http_rule_id(known, rule);
    g_autofree char *kind = g_strndup(rule, strcspn(rule, "/"));

    return list != NULL && (g_strv_contains(names, id) || g_strv_contains(names, rule) ||
                            g_strv_contains(names, kind));
}

bool
pd_http_filter_accepts(const PdHttpFilter *self, const char *rule)
{
    const PdHttpRule *known = pd_http_rule_find(rule);
    bool enabled = lists_rule(self->enabled_rules, known, rule);

    if (self->enabled_only)
        return enabled ||
               (self->enabled_categories != NULL &&
                g_strv_contains((const char *const *)self->enabled_categories, known->category_id));
    if (lists_rule(self->disabled_rules, known, rule))
        return false;
    return enabled || self->disabled_categories == NULL ||
           !g_strv_contains((const char *const *)self->disabled_categories, known->category_id);
}

void
pd_http_filter_clear(PdHttpFilter *self)
{
    g_clear_pointer(&self->enabled_rules, g_strfreev);
    g_clear_pointer(&self->disabled_rules, g_strfreev);
    g_clear_pointer(&self->enabled_categories, g_strfreev);
    g_clear_pointer(&self->disabled_categories, g_strfreev);
}
