/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explanations of places, with the shipped model and the real dictionaries. */
#include "daemon/engine/error.h"
#include "daemon/engine/explain.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static PdChecker *
new_checker(void)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);

    return pd_checker_new(models, NULL, 0);
}

static PdExplanation *
explain_with(const char *language, const char *text, const char *place,
             const PdCheckOptions *options)
{
    g_autoptr(PdChecker) checker = new_checker();
    g_autoptr(GError) error = NULL;
    const size_t start = strstr(text, place) - text;
    PdExplanation *explanation = pd_checker_explain(checker, language, text, strlen(text), start,
                                                    start + strlen(place), options, NULL, &error);

    g_assert_no_error(error);
    return explanation;
}

static PdExplanation *
explain(const char *language, const char *text, const char *place)
{
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;

    return explain_with(language, text, place, &options);
}

static double
contribution(const PdExplanation *self, const char *text, const char *word)
{
    const size_t start = strstr(text, word) - text;

    for (guint i = 0; i < self->contributions->len; i++) {
        const PdContribution *c = &g_array_index(self->contributions, PdContribution, i);

        if (c->place.start == start && c->place.end == start + strlen(word))
            return c->log_odds;
    }
    g_test_message("no contribution of %s", word);
    return NAN;
}

static void
assert_place(PdSpan span, const char *text, const char *part)
{
    const size_t start = strstr(text, part) - text;

    g_assert_cmpuint(span.start, ==, start);
    g_assert_cmpuint(span.end, ==, start + strlen(part));
}

static void
test_agreement(void)
{
    static const char text[] = "It rains. She go to school. We know.";
    g_autoptr(PdExplanation) e = explain("en_US", text, "go");
    const char *first = g_array_index(e->chances, PdChance, 0).name;
    const PdContribution *mark;
    double sum = 0;

    assert_place(e->sentence, text, "She go to school.");
    assert_place(e->place, text, "go");
    g_assert_true(e->known);
    g_assert_true(g_str_equal(first, "agreement") || g_str_equal(first, "verb-form"));
    for (guint i = 0; i < e->chances->len; i++)
        sum += g_array_index(e->chances, PdChance, i).chance;
    g_assert_true(fabs(sum - 1.0) <= 1e-4);
    g_assert_cmpuint(e->contributions->len, ==, 4);
    g_assert_true(contribution(e, text, "She") > 1.0);
    mark = &g_array_index(e->contributions, PdContribution, 3);
    g_assert_cmpuint(mark->place.start, ==, strstr(text, ". We") - text);
    g_assert_true(contribution(e, text, "She") > mark->log_odds);
    g_assert_cmpuint(e->findings->len, ==, 1);
    g_assert_null(e->reason);
}

/* An empty place is the word it stands in; white space leads to the next one. */
static void
test_place(void)
{
    static const char text[] = "She go to school.";
    static const struct {
        size_t start, end;
        const char *word;
    } cases[] = {
        { 0, 0, "She" }, { 5, 5, "go" },    { 3, 3, "go" },  { 3, 4, "go" },
        { 17, 17, "." }, { 5, 8, "go to" }, { 0, 17, text }, { 6, 6, "to" },
    };
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdChecker) checker = new_checker();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PdExplanation) e =
            pd_checker_explain(checker, "en_US", text, strlen(text), cases[i].start, cases[i].end,
                               &options, NULL, &error);

        g_assert_no_error(error);
        g_test_message("%zu, %zu: %s", cases[i].start, cases[i].end, cases[i].word);
        assert_place(e->place, text, cases[i].word);
    }
}

static void
test_unknown_word(void)
{
    static const char text[] = "I recieve it every day.";
    g_autoptr(PdExplanation) e = explain("en_US", text, "recieve");
    const PdFinding *finding;

    g_assert_false(e->known);
    g_assert_cmpuint(e->findings->len, ==, 1);
    finding = e->findings->pdata[0];
    g_assert_cmpstr(finding->rule, ==, "spelling/unknown");
    g_assert_cmpstr(((PdCandidate *)finding->candidates->pdata[0])->text, ==, "receive");
    g_assert_null(e->reason);
}

static void
assert_reason(const char *language, const char *text, const char *place,
              const PdCheckOptions *options, const char *part)
{
    g_autoptr(PdExplanation) e = explain_with(language, text, place, options);

    g_assert_cmpuint(e->findings->len, ==, 0);
    g_test_message("%s: %s", place, e->reason);
    g_assert_nonnull(e->reason);
    g_assert_nonnull(strstr(e->reason, part));
}

static void
test_reasons(void)
{
    static const char *const spelling[] = { "spelling", NULL };
    static const char *const own[] = { "recieve", NULL };
    const PdCheckOptions plain = PD_CHECK_OPTIONS_INIT;
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;

    assert_reason("en_US", "She goes to school.", "goes", &plain, "level default reports from 0.");
    assert_reason("en_US", "See https://example.org for more of it.", "https", &plain,
                  "not judged");
    assert_reason("en_US", "Das ist ein sehr schöner Tag für einen langen Spaziergang.", "schöner",
                  &plain, "language");
    options.disable = spelling;
    assert_reason("en_US", "I recieve it every day.", "recieve", &options, "turned off");
    options.disable = NULL;
    options.words = own;
    assert_reason("en_US", "I recieve it every day.", "recieve", &options, "your words");
}

static void
test_without_model(void)
{
    static const char text[] = "Ein schöner Tagg.";
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdExplanation) e = explain("de_DE", text, "Tagg");

    g_assert_false(e->known);
    g_assert_cmpuint(e->chances->len, ==, 0);
    g_assert_cmpuint(e->contributions->len, ==, 0);
    g_assert_cmpuint(e->findings->len, ==, 1);
    assert_reason("de_DE", text, "Ein", &options, "no model");
}

static void
test_markdown(void)
{
    static const char text[] = "# Day\n\nShe *go* to **school** every day.\n";
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdExplanation) e = NULL;

    options.format = PD_FORMAT_MARKDOWN;
    e = explain_with("en_US", text, "go", &options);
    assert_place(e->sentence, text, "She *go* to **school** every day.");
    assert_place(e->place, text, "go");
    g_assert_true(contribution(e, text, "school") < contribution(e, text, "She"));
}

/* Only the nearest words of a sentence without end are left out, and hyphens join no words. */
static void
test_long_sentence(void)
{
    g_autoptr(GString) text = g_string_new("A well-known man");
    g_autoptr(PdExplanation) e = NULL;

    for (int i = 0; i < 100; i++)
        g_string_append(text, " and a man");
    g_string_append(text, " go home.");
    e = explain("en_US", text->str, "go");
    g_assert_cmpuint(e->contributions->len, ==, PD_MAX_CONTRIBUTIONS);
    for (guint i = 0; i < e->contributions->len; i++)
        g_assert_true(isfinite(g_array_index(e->contributions, PdContribution, i).log_odds));
}

static void
assert_fails(const char *text, size_t start, size_t end, const int *cancel, int code)
{
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdChecker) checker = new_checker();
    g_autoptr(GError) error = NULL;

    g_assert_null(pd_checker_explain(checker, "en_US", text, strlen(text), start, end, &options,
                                     cancel, &error));
    g_assert_error(error, PD_ERROR, code);
}

static void
test_errors(void)
{
    const int cancel = 1;

    assert_fails("She go.", 0, 8, NULL, PD_ERROR_INVALID_OPTION);
    assert_fails("Né.", 2, 2, NULL, PD_ERROR_INVALID_OPTION);
    assert_fails(" \n ", 1, 1, NULL, PD_ERROR_NOT_FOUND);
    assert_fails("", 0, 0, NULL, PD_ERROR_NOT_FOUND);
    assert_fails("a\xff", 0, 0, NULL, PD_ERROR_INVALID_TEXT);
    assert_fails("She go to school.", 4, 6, &cancel, PD_ERROR_CANCELLED);
}

static void
test_pages(void)
{
    PdRulePage page;

    for (const char *const *rule = pd_checker_rules(); *rule != NULL; rule++) {
        g_assert_true(pd_checker_rule_page(*rule, &page));
        g_assert_cmpstr(page.rule, ==, *rule);
        g_assert_true(*page.title != '\0' && *page.text != '\0');
        g_assert_cmpstr(page.wrong, !=, page.right);
    }
    g_assert_true(pd_checker_rule_page("spelling", &page));
    g_assert_true(g_str_has_prefix(page.rule, "spelling/"));
    g_assert_false(pd_checker_rule_page("speling", &page));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explain/agreement", test_agreement);
    g_test_add_func("/explain/place", test_place);
    g_test_add_func("/explain/unknown-word", test_unknown_word);
    g_test_add_func("/explain/reasons", test_reasons);
    g_test_add_func("/explain/without-model", test_without_model);
    g_test_add_func("/explain/markdown", test_markdown);
    g_test_add_func("/explain/long-sentence", test_long_sentence);
    g_test_add_func("/explain/errors", test_errors);
    g_test_add_func("/explain/pages", test_pages);
    return g_test_run();
}
