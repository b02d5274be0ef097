/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every rule has its page, finds the page's example, and can be turned off. */
#include "daemon/engine/checker.h"
#include "daemon/engine/findings.h"

#include <glib.h>
#include <string.h>

static PdChecker *
new_checker(void)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);

    return pd_checker_new(models, NULL, 1 << 20);
}

static void
test_every_rule_has_one(void)
{
    const char *const *rules = pd_checker_rules();
    g_autoptr(GHashTable) titles = g_hash_table_new(g_str_hash, g_str_equal);

    for (; *rules != NULL; rules++) {
        PdRulePage page;

        g_test_message("%s", *rules);
        g_assert_true(pd_checker_rule_page(*rules, &page));
        g_assert_cmpstr(page.rule, ==, *rules);
        g_assert_true(g_hash_table_add(titles, (char *)page.title));
        g_assert_cmpint(*page.title, !=, '\0');
        g_assert_true(g_str_has_suffix(page.text, "."));
        g_assert_cmpint(*page.wrong, !=, '\0');
        g_assert_cmpint(*page.right, !=, '\0');
        g_assert_cmpstr(page.wrong, !=, page.right);
    }
}

static void
test_names(void)
{
    PdRulePage page = { 0 };

    for (guint kind = 0; kind < PD_N_KINDS; kind++) {
        g_assert_true(pd_checker_rule_page(pd_kind_name(kind), &page));
        g_assert_true(g_str_has_prefix(page.rule, pd_kind_name(kind)));
        g_assert_true(
            g_str_has_suffix(page.rule, kind == PD_KIND_SPELLING ? "/unknown" : "/model"));
    }
    g_assert_false(pd_checker_rule_page("", &page));
    g_assert_false(pd_checker_rule_page("/model", &page));
    g_assert_false(pd_checker_rule_page("agreement/", &page));
    g_assert_false(pd_checker_rule_page("agreement/models", &page));
}

/* How many findings there are in @text, and how many of them are of @rule. */
static guint
count(PdChecker *checker, const char *text, const char *rule, const char *disabled,
      guint *ret_of_rule)
{
    const char *const disable[] = { disabled, NULL };
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    guint n = 0;

    options.level = PD_LEVEL_THOROUGH;
    if (g_str_equal(rule, "spelling/variant"))
        options.variant = PD_VARIANT_US;
    options.disable = disable;
    findings = pd_checker_check(checker, "en_US", text, strlen(text), &options, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *finding = findings->pdata[i];

        g_assert_nonnull(finding->message);
        n += g_str_equal(finding->rule, rule);
    }
    *ret_of_rule = n;
    return findings->len;
}

/*
 * The model has a label "other", but what it was trained on gave each error a kind of its own, so
 * no sentence is known about which it says that.
 */
static bool
can_be_emitted(const char *rule)
{
    return !g_str_equal(rule, "other/model");
}

static void
test_examples(void)
{
    g_autoptr(PdChecker) checker = new_checker();

    for (const char *const *rule = pd_checker_rules(); *rule != NULL; rule++) {
        g_autofree char *kind = g_strndup(*rule, strcspn(*rule, "/"));
        PdRulePage page;
        guint n, n_all;

        g_test_message("%s", *rule);
        g_assert_true(pd_checker_rule_page(*rule, &page));
        n_all = count(checker, page.wrong, *rule, NULL, &n);
        if (can_be_emitted(*rule))
            g_assert_cmpuint(n, >=, 1);
        if (!g_str_has_suffix(*rule, "/model"))
            g_assert_cmpuint(n_all, ==, 1);
        g_assert_cmpuint(count(checker, page.wrong, *rule, *rule, &n), <=, n_all);
        g_assert_cmpuint(n, ==, 0);
        count(checker, page.wrong, *rule, kind, &n);
        g_assert_cmpuint(n, ==, 0);
        g_assert_cmpuint(count(checker, page.right, *rule, NULL, &n), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule-pages/every-rule-has-one", test_every_rule_has_one);
    g_test_add_func("/rule-pages/names", test_names);
    g_test_add_func("/rule-pages/examples", test_examples);
    return g_test_run();
}
