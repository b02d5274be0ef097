/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rule-pages.c - what each rule finds, why, and when it may be wrong
 *
 * The examples stay English in every language: they are what the rule is about.
 */
#include "daemon/engine/checker.h"
#include "daemon/engine/findings.h"

#include <glib/gi18n-lib.h>

typedef struct {
    const char *title;
    const char *text;
    const char *wrong;
    const char *right;
} Page;

/* What the model finds by itself: "KIND/model". */
static const Page model_pages[PD_N_KINDS] = {
    [PD_KIND_SPELLING] = {
        N_("Misspelled, but a word"),
        N_("A word is misspelled in such a way that another word comes out, or one word is "
           "written as two. No dictionary finds this; the model sees that the words do not fit "
           "together. It may be wrong about rare words and names."),
        "She payed the bill.", "She paid the bill.",
    },
    [PD_KIND_CONFUSED_WORD] = {
        N_("Another word is meant"),
        N_("A word is confused with one that sounds or looks like it, such as “then” and "
           "“than”, or “effect” and “affect”. It may be wrong where a word is used in an "
           "unusual sense, as in a play on words."),
        "I like it more then you do.", "I like it more than you do.",
    },
    [PD_KIND_VERB_FORM] = {
        N_("Form of the verb"),
        N_("The verb stands in the wrong form: the wrong tense, or an infinitive, participle "
           "or “-ing” form where another is needed. After an auxiliary and after some verbs "
           "only one form is right. It may be wrong in dialogue and dialect, and where the "
           "tense is meant to change."),
        "They are look for a new house.", "They are looking for a new house.",
    },
    [PD_KIND_AGREEMENT] = {
        N_("Verb and subject do not agree"),
        N_("A verb has to agree with its subject: “she goes”, but “they go”. It may be wrong "
           "where much stands between the two, or where a group takes either form, as in “the "
           "team is” and “the team are”."),
        "There is many people here.", "There are many people here.",
    },
    [PD_KIND_NOUN_NUMBER] = {
        N_("Singular or plural"),
        N_("A noun is in the plural where the singular is needed, or the other way round: "
           "after “two” or “many” stands a plural, and words such as “information” have none. "
           "It may be wrong about technical words that can be counted after all."),
        "There are two problem with it.", "There are two problems with it.",
    },
    [PD_KIND_DETERMINER] = {
        N_("Article or determiner"),
        N_("“a”, “the” or a word like “this” or “some” is missing, is one too many, or is the "
           "wrong one. Often both are possible and mean different things, so look at it with "
           "care; headings and notes leave articles out on purpose."),
        "He lives in a same street as we do.", "He lives in the same street as we do.",
    },
    [PD_KIND_PREPOSITION] = {
        N_("Preposition"),
        N_("Verbs, nouns and adjectives go with certain prepositions: one is interested “in” "
           "something and depends “on” it. It may be wrong where regions differ, as with “at "
           "the weekend” and “on the weekend”."),
        "I am interested on music.", "I am interested in music.",
    },
    [PD_KIND_PRONOUN] = {
        N_("Pronoun"),
        N_("A pronoun is in the wrong form or is the wrong one: “I” and “he” are subjects, "
           "“me” and “him” are not. It may be wrong where the sentence before says who is "
           "meant, for the model reads one sentence at a time."),
        "She gave it to he yesterday.", "She gave it to him yesterday.",
    },
    [PD_KIND_ADJECTIVE_ADVERB] = {
        N_("Adjective or adverb"),
        N_("An adverb tells more about a verb (“she runs quickly”), an adjective about a noun "
           "(“a quick run”). It may be wrong about words that are both, such as “fast” and "
           "“early”, and in dialogue."),
        "It was a really beautifully day.", "It was a really beautiful day.",
    },
    [PD_KIND_WORD_ORDER] = {
        N_("Order of the words"),
        N_("The words are right, but not their order, as in a question that stands inside "
           "another sentence. It may be wrong in verse and where a part of the sentence is put "
           "first for emphasis."),
        "I don't know where is he.", "I don't know where he is.",
    },
    [PD_KIND_MISSING_WORD] = {
        N_("A word is missing"),
        N_("A small word is missing, such as “to”, “is” or “of”; the word after the gap is "
           "marked. It may be wrong in headings, lists and notes, which leave such words out "
           "on purpose."),
        "I want go home now.", "I want to go home now.",
    },
    [PD_KIND_EXTRA_WORD] = {
        N_("A word too many"),
        N_("A word stands there that the sentence does not need, such as a preposition after a "
           "verb that takes none, or “more” before “better”. It may be wrong where a word is "
           "repeated for emphasis."),
        "He can to swim very well.", "He can swim very well.",
    },
    [PD_KIND_PUNCTUATION] = {
        N_("Punctuation"),
        N_("A comma or another mark is missing, is one too many, or is the wrong one. Many "
           "commas are a matter of taste; if you follow a style guide, it goes before this "
           "rule."),
        "How are you doing today.", "How are you doing today?",
    },
    [PD_KIND_LETTER_CASE] = {
        N_("Capital or small letter"),
        N_("Names, days, months and languages are written with a capital letter in English, "
           "common nouns with a small one. It may be wrong about names of products, and in "
           "headings where all words have capitals."),
        "He moved to china last year.", "He moved to China last year.",
    },
    [PD_KIND_APOSTROPHE] = {
        N_("Apostrophe or hyphen"),
        N_("An apostrophe stands for letters left out (“it's” is “it is”) and for possession "
           "(“my brother's car”), but never in “its”, “yours” or a plain plural; a hyphen "
           "joins words to one. It may be wrong about names that are written in a way of their "
           "own."),
        "The dog wagged it's tail.", "The dog wagged its tail.",
    },
    [PD_KIND_OTHER] = {
        N_("Something else"),
        N_("The model doubts a word, and what is wrong fits none of the other kinds. Without a "
           "correction it cannot say more, so this is the kind that is wrong most often."),
        "The more I learn, I know the less.", "The more I learn, the less I know.",
    },
};

static const Page rule_pages[PD_N_RULES] = {
    [PD_RULE_UNKNOWN] = {
        N_("Unknown word"),
        N_("The word is not in the dictionary, and something about it or its sentence makes a "
           "mistake likely. New words, names and terms of a trade may not be in the dictionary "
           "either; add those that you use to your own words, and they are accepted everywhere."),
        "I recieved your letter.", "I received your letter.",
    },
    [PD_RULE_VARIANT] = {
        N_("Spelling of the other variant of English"),
        N_("The word is spelt as in Britain where American spelling is asked for, or the other way "
           "round. It is off unless a variant is asked for: both are right."),
        "It has a new colour.", "It has a new color.",
    },
    [PD_RULE_REPEATED] = {
        N_("The same word twice"),
        N_("A word stands there twice in a row, which happens most often when a sentence is "
           "changed. Words that do come twice, such as “had had” and “very very”, are left "
           "alone; it may be wrong about other repetitions that are meant."),
        "We saw the the house.", "We saw the house.",
    },
    [PD_RULE_A_AN] = {
        N_("“a” or “an”"),
        N_("“an” stands before a vowel sound and “a” before a consonant sound; the sound "
           "counts, not the letter: “an hour”, “a user”. Words that are spoken in both ways "
           "are left alone. It may be wrong about foreign names."),
        "She ate a apple.", "She ate an apple.",
    },
    [PD_RULE_PRONOUN_I] = {
        N_("The pronoun “I”"),
        N_("The pronoun “I” is a capital letter wherever it stands, also in “I'm” and “I've”. "
           "It may be wrong where a variable is called “i”."),
        "Yesterday i went home.", "Yesterday I went home.",
    },
    [PD_RULE_SPACE_BEFORE] = {
        N_("Space before a mark"),
        N_("In English no space stands before a comma, a full stop, a colon, a semicolon, a "
           "question mark or an exclamation mark. French does otherwise, so it may be wrong in "
           "quotations."),
        "Well , we went home.", "Well, we went home.",
    },
    [PD_RULE_SPACE_AFTER] = {
        N_("No space after a mark"),
        N_("After a comma or a semicolon stands a space. It may be wrong in formulas and in "
           "code that is not marked as such."),
        "First,we went home.", "First, we went home.",
    },
    [PD_RULE_TYPED_APOSTROPHE] = {
        N_("Another mark for the apostrophe"),
        N_("A semicolon or an accent stands in a short form where the apostrophe was meant; "
           "they are neighbours on many keyboards."),
        "I don´t know.", "I don't know.",
    },
    [PD_RULE_DECADE] = {
        N_("Apostrophe in a decade"),
        N_("The years from 1980 to 1989 are the 1980s or the ’80s: a plural, which takes no "
           "apostrophe before its s. Some house styles allow it."),
        "It began in the 1980's.", "It began in the 1980s.",
    },
};

static const char *
find_id(const char *id)
{
    const char *const *rules = pd_checker_rules();

    while (*rules != NULL && !g_str_equal(*rules, id))
        rules++;
    return *rules;
}

bool
pd_checker_rule_page(const char *rule, PdRulePage *ret_page)
{
    g_autofree char *id = NULL;
    const Page *page;
    PdRule which;
    PdKind kind;

    if (!pd_kind_from_name(rule, &kind))
        id = g_strdup(rule);
    else if (kind == PD_KIND_SPELLING)
        id = g_strdup("spelling/unknown");
    else
        id = g_strconcat(rule, "/model", NULL);
    if (!pd_rule_from_id(id, &which, &kind))
        return false;
    page = which == PD_RULE_MODEL ? &model_pages[kind] : &rule_pages[which];
    *ret_page =
        (PdRulePage){ find_id(id), _(page->title), _(page->text), page->wrong, page->right };
    return true;
}
