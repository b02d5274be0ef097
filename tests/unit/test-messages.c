/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/findings.h"
#include "daemon/engine/messages.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

/* The message about the first @place in @text; @repair NULL: nothing is proposed. */
static char *
message_for(PdRule rule, PdKind kind, const char *text, const char *place, const char *repair)
{
    const size_t start = strstr(text, place) - text;
    PdFinding *finding = pd_finding_new(start, start + strlen(place), rule, kind, 0.9);
    char *message;

    if (repair != NULL)
        pd_finding_add(finding, repair, 1.0, PD_ACTION_REPLACE);
    message = pd_message_new(finding, text, strlen(text));
    pd_finding_free(finding);
    return message;
}

static void
check(PdRule rule, PdKind kind, const char *text, const char *place, const char *repair,
      const char *want)
{
    g_autofree char *message = message_for(rule, kind, text, place, repair);

    g_assert_cmpstr(message, ==, want);
}

static void
test_every_kind(void)
{
    static const struct {
        PdKind kind;
        const char *text, *place, *repair, *with, *without;
    } rows[] = {
        { PD_KIND_SPELLING, "She payed it.", "payed", "paid",
          "“payed” may be misspelled: did you mean “paid”?", "“payed” may be misspelled." },
        { PD_KIND_CONFUSED_WORD, "More then you.", "then", "than",
          "“then” may be the wrong word: did you mean “than”?",
          "“then” may be the wrong word here." },
        { PD_KIND_VERB_FORM, "They are look up.", "look", "looking",
          "“look” may be the wrong form of the verb: use “looking”.",
          "“look” may be the wrong form of the verb here." },
        { PD_KIND_AGREEMENT, "And many people goes.", "goes", "go",
          "“goes” may not agree with its subject: use “go”.",
          "“goes” may not agree with its subject." },
        { PD_KIND_NOUN_NUMBER, "Two dog bark.", "dog", "dogs",
          "“dog” may have to be in the plural: use “dogs”.",
          "Singular and plural may be confused in “dog”." },
        { PD_KIND_DETERMINER, "In a same street.", "a", "the",
          "“the” may fit better than “a” here.", "The article or determiner may be wrong at “a”." },
        { PD_KIND_PREPOSITION, "Good on chess.", "on", "at", "“at” may fit better than “on” here.",
          "The preposition may be wrong at “on”." },
        { PD_KIND_PRONOUN, "Give it to he now.", "he", "him",
          "“him” may fit better than “he” here.", "The pronoun may be wrong at “he”." },
        { PD_KIND_ADJECTIVE_ADVERB, "He runs quick.", "quick", "quickly",
          "“quick” may have to be an adverb here: use “quickly”.",
          "Adjective and adverb may be confused in “quick”." },
        { PD_KIND_WORD_ORDER, "Where is he lives.", "is he", "he is",
          "The order of the words may be wrong at “is he”: use “he is”.",
          "The order of the words may be wrong at “is he”." },
        { PD_KIND_MISSING_WORD, "I want go home.", "go", "to go",
          "“to” seems to be missing before “go”.", "A word seems to be missing before “go”." },
        { PD_KIND_EXTRA_WORD, "Despite of the rain.", " of", "", "“of” seems to be one too many.",
          "“of” seems to be one too many." },
        { PD_KIND_PUNCTUATION, "We do it, ok.", ",", ";",
          "The punctuation may be wrong at “,”: use “;”.", "The punctuation may be wrong at “,”." },
        { PD_KIND_LETTER_CASE, "On monday.", "monday", "Monday",
          "“monday” seems to need a capital letter: “Monday”.",
          "Capital and small letters may be wrong in “monday”." },
        { PD_KIND_APOSTROPHE, "The dog wags it's tail.", "it's", "its",
          "“it's” seems to need no apostrophe: use “its”.",
          "An apostrophe or hyphen may be wrong in “it's”." },
        { PD_KIND_OTHER, "So be it then.", "then", "thus",
          "“then” may be wrong here: did you mean “thus”?", "“then” may be wrong here." },
    };

    G_STATIC_ASSERT(G_N_ELEMENTS(rows) == PD_N_KINDS);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpint(rows[i].kind, ==, i);
        check(PD_RULE_MODEL, i, rows[i].text, rows[i].place, rows[i].repair, rows[i].with);
        check(PD_RULE_MODEL, i, rows[i].text, rows[i].place, NULL, rows[i].without);
    }
}

static void
test_changes(void)
{
    static const struct {
        PdKind kind;
        const char *text, *place, *repair, *want;
    } rows[] = {
        { PD_KIND_DETERMINER, "Book is here.", "Book", "The book",
          "“The” seems to be missing before “Book”." },
        { PD_KIND_PREPOSITION, "I listen music.", "listen", "listen to",
          "“to” seems to be missing after “listen”." },
        { PD_KIND_PUNCTUATION, "First we go.", " we", ", we",
          "A comma seems to be missing after “First”." },
        { PD_KIND_PUNCTUATION, "First we go.", "First", "First,",
          "A comma seems to be missing after “First”." },
        { PD_KIND_PUNCTUATION, "We go and, then stay.", ",", "",
          "The comma after “and” seems to be one too many." },
        { PD_KIND_PUNCTUATION, "How are you.", "you", "you?",
          "“?” seems to be missing after “you”." },
        { PD_KIND_MISSING_WORD, "I want go.", " ", " to ",
          "“to” seems to be missing before “want”." },
        { PD_KIND_MISSING_WORD, "The dresses red.", "dresses", "dress is",
          "A word may be missing at “dresses”: did you mean “dress is”?" },
        { PD_KIND_EXTRA_WORD, "Despite of it.", "of", "in",
          "“of” may be one too many: did you mean “in”?" },
        { PD_KIND_NOUN_NUMBER, "Many informations.", "informations", "information",
          "“informations” may have to be in the singular: use “information”." },
        { PD_KIND_NOUN_NUMBER, "Two foot.", "foot", "feet",
          "Singular and plural may be confused in “foot”: use “feet”." },
        { PD_KIND_ADJECTIVE_ADVERB, "A easily test.", "easily", "easy",
          "“easily” may have to be an adjective here: use “easy”." },
        { PD_KIND_ADJECTIVE_ADVERB, "He sings good.", "good", "well",
          "Adjective and adverb may be confused in “good”: use “well”." },
        { PD_KIND_LETTER_CASE, "My Dog.", "Dog", "dog",
          "“Dog” seems to need no capital letter: “dog”." },
        { PD_KIND_APOSTROPHE, "I cant.", "cant", "can't",
          "An apostrophe seems to be missing in “cant”: use “can't”." },
        { PD_KIND_APOSTROPHE, "A well known man.", "well known", "well-known",
          "A hyphen seems to be missing in “well known”: use “well-known”." },
        { PD_KIND_SPELLING, "Some times I go.", " times", "", "“times” seems to be one too many." },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check(PD_RULE_MODEL, rows[i].kind, rows[i].text, rows[i].place, rows[i].repair,
              rows[i].want);
}

/* The subject is named where it is sure. */
static void
test_subjects(void)
{
    static const struct {
        const char *text, *place, *repair, *want;
    } rows[] = {
        { "She go.", "go", "goes", "“go” does not agree with “She”: use “goes”." },
        { "and he never go.", "go", "goes", "“go” does not agree with “he”: use “goes”." },
        { "Stop. It do not work.", "do", "does", "“do” does not agree with “It”: use “does”." },
        { "My brother have one.", "have", "has",
          "“have” does not agree with “brother”: use “has”." },
        { "The man who has it go.", "go", "goes",
          "“go” may not agree with its subject: use “goes”." },
        { "A list of the items are.", "are", "is",
          "“are” may not agree with its subject: use “is”." },
        { "She is here.", "is", "was", "“is” may not agree with “She”: use “was”." },
        { "I saw these book.", "these", "this", "“these” may not agree with “book”: use “this”." },
        { "Did she goes.", "goes", "go", "“goes” may not agree with its subject: use “go”." },
        { "We was.", "was", "were", "“was” does not agree with “We”: use “were”." },
        { "So i were.", "were", "was", "“were” does not agree with “i”: use “was”." },
        { "The dogs barks.", "barks", "bark", "“barks” does not agree with “dogs”: use “bark”." },
        { "He don't.", "don't", "doesn't", "“don't” does not agree with “He”: use “doesn't”." },
        { "The children was.", "was", "were", "“was” may not agree with its subject: use “were”." },
        { "go on", "go", "goes", "“go” may not agree with its subject: use “goes”." },
        { "She go.", "go", NULL, "“go” may not agree with “She”." },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check(PD_RULE_MODEL, PD_KIND_AGREEMENT, rows[i].text, rows[i].place, rows[i].repair,
              rows[i].want);
}

static void
test_every_rule(void)
{
    static const struct {
        PdRule rule;
        const char *text, *place, *repair, *want;
    } rows[] = {
        { PD_RULE_UNKNOWN, "I recieve.", "recieve", "receive",
          "“recieve” is not in the dictionary: did you mean “receive”?" },
        { PD_RULE_UNKNOWN, "Do alot.", "alot", "a lot",
          "“alot” is not in the dictionary: did you mean “a lot”?" },
        { PD_RULE_UNKNOWN, "The xyz.", "xyz", NULL, "“xyz” is not in the dictionary." },
        { PD_RULE_REPEATED, "See the\nthe house.", "\nthe", "",
          "The word “the” stands here twice." },
        { PD_RULE_A_AN, "It is a apple.", "a", "an",
          "“apple” begins with a vowel sound: use “an” before it." },
        { PD_RULE_A_AN, "An house.", "An", "A",
          "“house” begins with a consonant sound: use “a” before it." },
        { PD_RULE_PRONOUN_I, "Now i'm here.", "i'm", "I'm",
          "The pronoun “I” is always written with a capital letter." },
        { PD_RULE_SPACE_BEFORE, "Well , yes.", " ", "", "There is no space before “,”." },
        { PD_RULE_SPACE_AFTER, "One,two.", ",", ", ", "A space is missing after “,”." },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].rule, pd_rule_kind(rows[i].rule), rows[i].text, rows[i].place, rows[i].repair,
              rows[i].want);
}

/* Code points are counted, of which 40 are shown. */
static void
test_long_words(void)
{
    g_autofree char *x40 = g_strnfill(40, 'x'), *x39 = g_strnfill(39, 'x');
    g_autofree char *x41 = g_strnfill(41, 'x');
    g_autofree char *whole = g_strdup_printf("“%s” is not in the dictionary.", x40);
    g_autofree char *cut = g_strdup_printf("“%s…” is not in the dictionary.", x39);
    GString *umlauts = g_string_new(NULL);
    g_autofree char *want = NULL;

    check(PD_RULE_UNKNOWN, PD_KIND_SPELLING, x40, x40, NULL, whole);
    check(PD_RULE_UNKNOWN, PD_KIND_SPELLING, x41, x41, NULL, cut);
    for (int i = 0; i < 40; i++)
        g_string_append(umlauts, "ü");
    want = g_strdup_printf("“%s” is not in the dictionary.", umlauts->str);
    check(PD_RULE_UNKNOWN, PD_KIND_SPELLING, umlauts->str, umlauts->str, NULL, want);
    g_string_free(umlauts, TRUE);
}

/* Messages of a place at the text's very end, after no word, and after an endless one. */
static void
test_edges(void)
{
    g_autofree char *endless = g_strnfill(5000, 'x');
    g_autofree char *text = g_strconcat(endless, " go", NULL);

    check(PD_RULE_MODEL, PD_KIND_AGREEMENT, text, "go", "goes",
          "“go” may not agree with its subject: use “goes”.");
    check(PD_RULE_MODEL, PD_KIND_PUNCTUATION, ",", ",", "", "“,” seems to be one too many.");
}

/* A locale in which gettext looks at LANGUAGE, which it does not in C. */
static bool
set_some_locale(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "en_US.UTF-8", "C.UTF-8" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            return true;
    return false;
}

/* what two messages are in each language */
static const struct {
    const char *language, *agreement, *missing;
} translations[] = {
    { "de", "„go“ stimmt nicht mit „She“ überein: richtig ist „goes“.",
      "Vor „go“ scheint „to“ zu fehlen." },
    { "fr", "« go » ne s’accorde pas avec « She » : écrivez « goes ».",
      "Il semble manquer « to » avant « go »." },
    { "zh_CN", "“go”与“She”不一致：请改用“goes”。", "“go”前似乎缺少“to”。" },
};

static void
test_translations(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(translations); i++) {
        g_setenv("LANGUAGE", translations[i].language, TRUE);
        if (!set_some_locale()) {
            g_test_skip("no locale but C here");
            break;
        }
        pd_messages_bind();
        check(PD_RULE_MODEL, PD_KIND_AGREEMENT, "She go.", "go", "goes", translations[i].agreement);
        check(PD_RULE_MODEL, PD_KIND_MISSING_WORD, "I want go.", "go", "to go",
              translations[i].missing);
        setlocale(LC_ALL, "C"); /* so that gettext looks at LANGUAGE again */
    }
    g_unsetenv("LANGUAGE");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/messages/every-kind", test_every_kind);
    g_test_add_func("/messages/changes", test_changes);
    g_test_add_func("/messages/subjects", test_subjects);
    g_test_add_func("/messages/every-rule", test_every_rule);
    g_test_add_func("/messages/long-words", test_long_words);
    g_test_add_func("/messages/edges", test_edges);
    g_test_add_func("/messages/translations", test_translations);
    return g_test_run();
}
