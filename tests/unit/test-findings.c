/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/findings.h"

#include <glib.h>
#include <string.h>

static void
test_names(void)
{
    PdKind kind;
    PdLevel level;

    for (guint i = 0; i < PD_N_KINDS; i++) {
        g_assert_true(pd_kind_from_name(pd_kind_name(i), &kind));
        g_assert_cmpint(kind, ==, i);
    }
    g_assert_false(pd_kind_from_name("nonsense", &kind));
    for (guint i = 0; i < PD_N_LEVELS; i++) {
        g_assert_true(pd_level_from_name(pd_level_name(i), &level));
        g_assert_cmpint(level, ==, i);
    }
    g_assert_false(pd_level_from_name("", &level));
    g_assert_cmpstr(pd_action_name(PD_ACTION_DELETE), ==, "delete");
}

static void
test_every_rule_can_be_named(void)
{
    const char *const *rules = pd_checker_rules();
    PdRule found;
    PdKind kind;

    for (guint rule = PD_RULE_MODEL; rule < PD_N_RULES; rule++) {
        PdFinding *finding = pd_finding_new(0, 1, rule, PD_KIND_AGREEMENT, 0.5);

        g_assert_true(g_strv_contains(rules, finding->rule));
        g_assert_true(pd_rule_exists(finding->rule));
        g_assert_true(pd_rule_from_id(finding->rule, &found, &kind));
        g_assert_cmpint(found, ==, rule);
        g_assert_true(g_str_has_prefix(finding->rule, pd_kind_name(kind)));
        pd_finding_free(finding);
    }
    for (guint i = 1; rules[i] != NULL; i++)
        g_assert_cmpstr(rules[i - 1], <, rules[i]);
    g_assert_true(pd_rule_exists("spelling"));
    g_assert_false(pd_rule_exists("spelling/"));
    g_assert_false(pd_rule_exists("unknown/model"));
}

static void
test_kind_of_change(void)
{
    static const struct {
        const char *before, *after, *word_before;
        PdKind kind;
    } cases[] = {
        { "go", "goes", "She", PD_KIND_AGREEMENT },
        { "car", "cars", "many", PD_KIND_NOUN_NUMBER },
        { "were", "was", "it", PD_KIND_AGREEMENT },
        { "its", "it's", "and", PD_KIND_APOSTROPHE },
        { "a", "the", "in", PD_KIND_DETERMINER },
        { "in", "on", "", PD_KIND_PREPOSITION },
        { "him", "he", "", PD_KIND_PRONOUN },
        { "quick", "quickly", "ran", PD_KIND_ADJECTIVE_ADVERB },
        { "making", "make", "to", PD_KIND_VERB_FORM },
        { "walk", "walked", "I", PD_KIND_VERB_FORM },
        { "english", "English", "in", PD_KIND_LETTER_CASE },
        { " the", "", "to", PD_KIND_EXTRA_WORD },
        { ",", "", "to", PD_KIND_PUNCTUATION },
        { "school", "the school", "to", PD_KIND_DETERMINER },
        { "school", "to school", "go", PD_KIND_MISSING_WORD },
        { "then", "than", "more", PD_KIND_CONFUSED_WORD },
        { "alot", "a lot", "", PD_KIND_SPELLING },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(
            pd_kind_name(pd_kind_of_change(cases[i].before, cases[i].after, cases[i].word_before)),
            ==, pd_kind_name(cases[i].kind));
}

static uint64_t
fingerprint(const char *text, const char *word)
{
    const size_t start = strstr(text, word) - text;
    PdFinding *finding =
        pd_finding_new(start, start + strlen(word), PD_RULE_UNKNOWN, PD_KIND_SPELLING, 1);
    uint64_t result;

    pd_finding_set_fingerprint(finding, text, strlen(text));
    result = finding->fingerprint;
    pd_finding_free(finding);
    return result;
}

static void
test_fingerprint(void)
{
    const uint64_t here = fingerprint("I saw teh cat today.", "teh");

    g_assert_cmpuint(here, ==, fingerprint("Once more I saw teh cat and a dog.", "teh"));
    g_assert_cmpuint(here, !=, fingerprint("I saw teh dog today.", "teh"));
    g_assert_cmpuint(here, !=, fingerprint("I met teh cat today.", "teh"));
    g_assert_cmpuint(fingerprint("teh", "teh"), !=, 0); /* nothing around it */
}

/* Without white space around it, what is far away does not matter, and is not looked at. */
static void
test_fingerprint_without_spaces(void)
{
    g_autofree char *far = g_strnfill(1000, 'x');
    g_autofree char *a = g_strdup_printf("1%s,teh,%s1", far, far);
    g_autofree char *b = g_strdup_printf("2%s,teh,%s2", far, far);
    g_autofree char *c = g_strdup_printf("2%s-teh-%s2", far, far);

    g_assert_cmpuint(fingerprint(a, "teh"), ==, fingerprint(b, "teh"));
    g_assert_cmpuint(fingerprint(b, "teh"), !=, fingerprint(c, "teh"));
}

static void
test_copy(void)
{
    PdFinding *finding = pd_finding_new(3, 7, PD_RULE_MODEL, PD_KIND_AGREEMENT, 0.7), *copy;

    pd_finding_add(finding, "goes", 2.5, PD_ACTION_REPLACE);
    finding->message = g_strdup("A message.");
    copy = pd_finding_copy(finding);
    pd_finding_free(finding);
    g_assert_cmpstr(copy->rule, ==, "agreement/model");
    g_assert_cmpstr(((PdCandidate *)copy->candidates->pdata[0])->text, ==, "goes");
    g_assert_cmpuint(copy->end, ==, 7);
    g_assert_cmpstr(copy->message, ==, "A message.");
    pd_finding_free(copy);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/findings/names", test_names);
    g_test_add_func("/findings/every-rule-can-be-named", test_every_rule_can_be_named);
    g_test_add_func("/findings/kind-of-change", test_kind_of_change);
    g_test_add_func("/findings/fingerprint", test_fingerprint);
    g_test_add_func("/findings/fingerprint-without-spaces", test_fingerprint_without_spaces);
    g_test_add_func("/findings/copy", test_copy);
    return g_test_run();
}
