/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine from end to end, with the shipped model and the real dictionaries. */
#include "daemon/engine/checker.h"
#include "daemon/engine/error.h"
#include "daemon/engine/findings.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static PdChecker *
new_checker(PdWords *words)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);

    return pd_checker_new(models, words, 1 << 20);
}

static GPtrArray *
check_with(PdChecker *checker, const char *language, const char *text,
           const PdCheckOptions *options)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *findings =
        pd_checker_check(checker, language, text, strlen(text), options, NULL, &error);

    g_assert_no_error(error);
    return findings;
}

static GPtrArray *
check(const char *language, const char *text)
{
    g_autoptr(PdChecker) checker = new_checker(NULL);
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;

    return check_with(checker, language, text, &options);
}

static const PdFinding *
finding_at(const GPtrArray *findings, const char *text, const char *place)
{
    const size_t start = strstr(text, place) - text;

    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];

        if (f->start == start && f->end == start + strlen(place))
            return f;
    }
    return NULL;
}

/* Is @repair among the first @n candidates for @place? */
static void
assert_repair(const GPtrArray *findings, const char *text, const char *place, const char *repair,
              guint n)
{
    const PdFinding *finding = finding_at(findings, text, place);
    bool found = false;

    g_test_message("%s -> %s", place, repair);
    g_assert_nonnull(finding);
    for (guint i = 0; i < MIN(n, finding->candidates->len); i++)
        found |= g_str_equal(((PdCandidate *)finding->candidates->pdata[i])->text, repair);
    g_assert_true(found);
}

static void
test_agreement_and_number(void)
{
    const char *text = "She go to school every days.";
    g_autoptr(GPtrArray) findings = check("en_US", text);

    g_assert_cmpuint(findings->len, ==, 2);
    assert_repair(findings, text, "go", "goes", 3);
    assert_repair(findings, text, "days", "day", 3);
}

static void
test_misspellings_and_homophones(void)
{
    const char *text =
        "I recieved you're letter yesterday, and it was definately from they're lawyer.";
    g_autoptr(GPtrArray) findings = check("en_US", text);

    g_assert_cmpuint(findings->len, ==, 4);
    assert_repair(findings, text, "recieved", "received", 1);
    assert_repair(findings, text, "you're", "your", 1);
    assert_repair(findings, text, "definately", "definitely", 1);
    assert_repair(findings, text, "they're", "their", 1);
}

static void
test_findings_are_whole(void)
{
    const char *text = "He dont like teh the the house , and i saw a apple.";
    g_autoptr(GPtrArray) findings = check("en_US", text);
    size_t last = 0;

    g_assert_cmpuint(findings->len, >=, 5);
    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];

        g_assert_cmpuint(f->start, >=, last);
        g_assert_cmpuint(f->end, >, f->start);
        last = f->end;
        g_assert_cmpfloat(f->confidence, >, 0);
        g_assert_cmpfloat(f->confidence, <=, 1);
        g_assert_true(pd_rule_exists(f->rule));
        g_assert_true(g_str_has_prefix(f->rule, pd_kind_name(f->kind)));
        g_assert_true(g_utf8_validate(f->message, -1, NULL));
        for (guint c = 1; c < f->candidates->len; c++)
            g_assert_cmpfloat(((PdCandidate *)f->candidates->pdata[c - 1])->score, >=,
                              ((PdCandidate *)f->candidates->pdata[c])->score);
    }
    g_assert_nonnull(finding_at(findings, text, "dont"));
    g_assert_nonnull(finding_at(findings, text, "teh"));
}

static void
test_right_text(void)
{
    static const char *const texts[] = {
        "",
        " \n\n ",
        "😀 😀😀 👨‍👩‍👧 😀",
        "OK",
        "Files are kept on NFS, and FAQs in XML.",
        "...",
        "She goes to school every day.",
        "The colour of the harbour is grey, and the color of the harbor is gray.",
        "See https://example.org/recieve, write to teh@example.org, run ls -l /usr/lib/teh.so or "
        "foo_bar().",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) findings = check("en_US", texts[i]);

        g_test_message("%s", texts[i]);
        g_assert_cmpuint(findings->len, ==, 0);
    }
}

/* The right ones leave the network early; what is wrong among them has the findings that it has by
 * itself. */
static void
test_wrong_among_right(void)
{
    static const char right[] = "The doctor opened the window and looked at the garden. ";
    static const char wrong[] = "She go to school every days.";
    g_autofree char *text = g_strconcat(right, wrong, " ", right, NULL);
    g_autoptr(GPtrArray) alone = check("en_US", wrong), among = check("en_US", text);

    g_assert_cmpuint(alone->len, ==, 2);
    g_assert_cmpuint(among->len, ==, alone->len);
    for (guint i = 0; i < alone->len; i++) {
        const PdFinding *one = alone->pdata[i], *same = among->pdata[i];

        g_assert_cmpuint(same->start, ==, one->start + strlen(right));
        g_assert_cmpuint(same->end, ==, one->end + strlen(right));
        g_assert_cmpstr(same->rule, ==, one->rule);
        g_assert_true(ABS(same->confidence - one->confidence) <= 1e-4);
    }
}

static void
test_one_endless_word(void)
{
    g_autofree char *text = g_strnfill(100000, 'x');
    g_autoptr(GPtrArray) findings = check("en_US", text);

    g_assert_cmpuint(findings->len, ==, 0);
}

static void
test_names(void)
{
    const char *once = "We asked Zorblatt about it.";
    const char *often = "We asked Zorblatt about it. Later Zorblatt said no.";
    const PdCheckOptions options = { .level = PD_LEVEL_THOROUGH, .max_candidates = 1 };
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(GPtrArray) first = check_with(checker, "en_US", once, &options);
    g_autoptr(GPtrArray) second = check_with(checker, "en_US", often, &options);

    g_assert_cmpuint(first->len, <=, 1);
    g_assert_null(finding_at(second, often, "Zorblatt"));
}

static void
test_own_words(void)
{
    g_autofree char *dir = g_dir_make_tmp("proofd-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "words.txt", NULL);
    g_autoptr(PdWords) words = pd_words_open(path, NULL);
    g_autoptr(PdChecker) checker = new_checker(words);
    const char *text = "We recieve the goverment’s letter today.";
    const char *const added[] = { "recieve", "goverment", NULL };
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GPtrArray) before = check_with(checker, "en_US", text, &options);
    g_autoptr(GPtrArray) excused = NULL, after = NULL, again = NULL;

    g_assert_nonnull(finding_at(before, text, "recieve"));
    g_assert_nonnull(finding_at(before, text, "goverment’s"));
    options.words = added;
    excused = check_with(checker, "en_US", text, &options);
    g_assert_cmpuint(excused->len, ==, 0);
    options.words = NULL;
    g_assert_cmpint(pd_words_add(words, added, NULL), ==, 2);
    after = check_with(checker, "en_US", text, &options); /* from the cache, but without the word */
    g_assert_cmpuint(after->len, ==, 0);
    g_assert_true(pd_words_remove(words, "recieve", NULL));
    again = check_with(checker, "en_US", text, &options);
    g_assert_nonnull(finding_at(again, text, "recieve"));
    g_unlink(path);
}

static void
test_disable(void)
{
    static const char *const rule[] = { "spelling/unknown", NULL };
    static const char *const kind[] = { "extra-word", "spelling", NULL };
    static const char *const wrong[] = { "no-such-rule", NULL };
    const char *text = "I saw teh the the house.";
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(GError) error = NULL;
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GPtrArray) without_rule = NULL, without_kinds = NULL;

    options.disable = rule;
    without_rule = check_with(checker, "en_US", text, &options);
    g_assert_null(finding_at(without_rule, text, "teh"));
    g_assert_cmpuint(without_rule->len, >=, 1);
    options.disable = kind;
    without_kinds = check_with(checker, "en_US", text, &options);
    for (guint i = 0; i < without_kinds->len; i++) {
        const PdFinding *f = without_kinds->pdata[i];

        g_assert_true(f->kind != PD_KIND_SPELLING && f->kind != PD_KIND_EXTRA_WORD);
    }
    options.disable = wrong;
    g_assert_null(pd_checker_check(checker, "en_US", text, strlen(text), &options, NULL, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    g_assert_nonnull(strstr(error->message, "no-such-rule"));
}

static void
test_errors(void)
{
    g_autofree char *dir = g_dir_make_tmp("proofd-XXXXXX", NULL);
    g_autofree char *model = g_build_filename(dir, "en", NULL);
    g_autoptr(PdChecker) checker = new_checker(NULL), broken = pd_checker_new(dir, NULL, 0);
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    static const struct {
        const char *language, *text;
        size_t length;
        int code;
        const char *message;
    } cases[] = {
        { "en_US", "abc\xff", 4, PD_ERROR_INVALID_TEXT, "byte 3" },
        { "en_US", "ab\0c", 4, PD_ERROR_INVALID_TEXT, "byte 2" },
        { "tlh", "nuqneH", 6, PD_ERROR_UNKNOWN_LANGUAGE, "tlh" },
        { "../../etc/passwd", "x", 1, PD_ERROR_UNKNOWN_LANGUAGE, "" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_checker_check(checker, cases[i].language, cases[i].text, cases[i].length,
                                       &options, NULL, &error));
        g_assert_error(error, PD_ERROR, cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].message));
    }
    g_assert_cmpint(g_mkdir(model, 0700), ==, 0);
    {
        g_autoptr(GError) error = NULL;

        g_assert_null(pd_checker_check(broken, "en_US", "x", 1, &options, NULL, &error));
        g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
        g_assert_nonnull(strstr(error->message, "config.json"));
    }
    g_rmdir(model);
    g_rmdir(dir);
}

static void
test_cancel(void)
{
    g_autoptr(PdChecker) checker = new_checker(NULL);
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    const char *text = "One sentence. Teh next sentence. And one more.";
    g_autoptr(PdCheck) check = pd_check_new(checker, "en_US", text, strlen(text), &options, NULL);
    g_autoptr(GError) error = NULL;
    bool done = false;
    int cancel = 0;

    g_assert_true(pd_check_step(check, &cancel, &cancel, &done, NULL));
    g_assert_false(done);
    cancel = 1;
    g_assert_false(pd_check_step(check, &cancel, &cancel, &done, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_CANCELLED);
}

static unsigned
count_steps(PdCheck *check, const int *make_way)
{
    bool done = false;
    unsigned n = 0;

    for (; !done; n++)
        g_assert_true(pd_check_step(check, NULL, make_way, &done, NULL));
    return n;
}

/* One pass and a step for each sentence; while others wait, a step is a sentence, all of it. */
static void
test_make_way(void)
{
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    const char *text = "One sentence. Teh next sentence. And one more.";
    const int make_way = 1;
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(PdChecker) fresh = new_checker(NULL);
    g_autoptr(PdCheck) check = pd_check_new(checker, "en_US", text, strlen(text), &options, NULL);
    g_autoptr(PdCheck) again = pd_check_new(fresh, "en_US", text, strlen(text), &options, NULL);
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GPtrArray) same = NULL;

    g_assert_cmpuint(count_steps(check, NULL), ==, 4);
    g_assert_cmpuint(count_steps(again, &make_way), ==, 3);
    findings = pd_check_take_findings(check);
    same = pd_check_take_findings(again);
    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpuint(same->len, ==, 1);
    g_assert_nonnull(finding_at(same, text, "Teh"));
}

static void
test_other_languages(void)
{
    const char *german = "Das ist ein schöner Tag und ein Feler.";
    const char *mixed =
        "This is an English sentence. Das ist ein ganz anderer Satz, der hier nichts "
        "zu suchen hat. And this one is teh last.";
    g_autoptr(GPtrArray) findings = check("de_DE", german);
    g_autoptr(GPtrArray) skipped = check("en_US", mixed);

    g_assert_cmpuint(findings->len, ==,
                     1); /* spelling only: "the the" rules and model are English */
    assert_repair(findings, german, "Feler", "Fehler", 3);
    g_assert_cmpuint(skipped->len, ==, 1);
    g_assert_nonnull(finding_at(skipped, mixed, "teh"));
}

static void
test_markdown(void)
{
    const char *text =
        "# A teh heading\n\nSome **bold teh** and `teh code`.\n\n```\nteh block\n```\n";
    const PdCheckOptions options = { .level = PD_LEVEL_DEFAULT,
                                     .format = PD_FORMAT_MARKDOWN,
                                     .max_candidates = 3 };
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(GPtrArray) findings = check_with(checker, "en_US", text, &options);
    guint n_teh = 0;

    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];

        if (f->end - f->start == 3 && strncmp(text + f->start, "teh", 3) == 0) {
            n_teh++;
            g_assert_cmpuint(f->start, <, (size_t)(strstr(text, "`teh") - text));
        }
    }
    g_assert_cmpuint(n_teh, ==, 2);
}

/* A repair that would take a mark of emphasis along is none. */
static void
test_split_by_markup(void)
{
    const char *text = "I like the *the* cat a lot.";
    const PdCheckOptions options = { .level = PD_LEVEL_DEFAULT,
                                     .format = PD_FORMAT_MARKDOWN,
                                     .max_candidates = 3 };
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(GPtrArray) findings = check_with(checker, "en_US", text, &options);

    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpstr(((PdFinding *)findings->pdata[0])->rule, ==, "extra-word/repeated");
    g_assert_cmpuint(((PdFinding *)findings->pdata[0])->candidates->len, ==, 0);
}

static void
test_suggest(void)
{
    g_autoptr(PdChecker) checker = new_checker(NULL);
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    const char *text = "I like it more then you do.";
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list =
        pd_checker_suggest(checker, "en_US", text, strlen(text), 15, 19, &options, NULL, &error);
    g_autoptr(GPtrArray) inserted =
        pd_checker_suggest(checker, "en_US", text, strlen(text), 15, 15, &options, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 5);
    g_assert_cmpstr(((PdCandidate *)list->pdata[0])->text, ==, "than");
    g_assert_nonnull(inserted);
    g_assert_null(
        pd_checker_suggest(checker, "en_US", text, strlen(text), 5, 99, &options, NULL, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
}

static void
test_score(void)
{
    static const char *const texts[] = { "She goes to school every day.",
                                         "She go to school every days.", "", "😀" };
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(GError) error = NULL;
    double scores[4];

    g_assert_true(pd_checker_score(checker, "en_US", texts, 4, scores, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(scores[0], >, scores[1]);
    g_assert_cmpfloat(scores[0], <, 0);
    g_assert_cmpfloat(scores[2], ==, 0);
    g_assert_false(pd_checker_score(checker, "de_DE", texts, 4, scores, NULL, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE);
}

/* The same from the cache, from a sibling on another thread, and in pieces. */
static gpointer
check_in_thread(gpointer data)
{
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;

    return check_with(data, "en_US", "She go to school every days.", &options);
}

static void
assert_same(const GPtrArray *a, const GPtrArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const PdFinding *x = a->pdata[i], *y = b->pdata[i];

        g_assert_cmpuint(x->start, ==, y->start);
        g_assert_cmpstr(x->message, ==, y->message);
        g_assert_cmpfloat(x->confidence, ==, y->confidence);
        g_assert_cmpuint(x->candidates->len, ==, y->candidates->len);
        for (guint k = 0; k < x->candidates->len; k++) {
            const PdCandidate *c = x->candidates->pdata[k], *d = y->candidates->pdata[k];

            g_assert_cmpstr(c->text, ==, d->text);
            g_assert_cmpfloat(c->score, ==, d->score);
        }
    }
}

/* What was given back is read again. */
static void
test_rest(void)
{
    const char *text = "She go to school every days. He recieved a gread present.";
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(PdChecker) checker = pd_checker_new(models, NULL, 0); /* no cache */
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GPtrArray) before = check_with(checker, "en_US", text, &options);
    g_autoptr(GPtrArray) after = NULL;

    pd_checker_rest(checker);
    after = check_with(checker, "en_US", text, &options);
    g_assert_cmpuint(before->len, ==, 4);
    g_assert_cmpuint(after->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        const PdFinding *a = before->pdata[i], *b = after->pdata[i];

        g_assert_true(a->start == b->start && a->end == b->end && a->kind == b->kind);
        g_assert_true(a->confidence == b->confidence);
    }
}

static void
test_repeatable(void)
{
    g_autoptr(PdChecker) checker = new_checker(NULL);
    g_autoptr(PdChecker) sibling = pd_checker_new_sibling(checker);
    GThread *thread = g_thread_new("sibling", check_in_thread, sibling);
    g_autoptr(GPtrArray) first = check_in_thread(checker);
    g_autoptr(GPtrArray) cached = check_in_thread(checker);
    g_autoptr(GPtrArray) theirs = g_thread_join(thread);

    assert_same(first, cached);
    assert_same(first, theirs);
}

/* The first one mended is the second, which is then judged to the network's last layer; on its own
 * the network leaves it early, as right. */
static void
test_order(void)
{
#define LOOP(word)                                                                          \
    "A loop only yields a value if broken via some form of break ...; statement, in which " \
    "case it yields the value resulting from the " word " of the statement's expression "   \
    "(EXPR above), or () if there is no EXPR expression."
    static const char *const texts[] = { LOOP("evaulation"), LOOP("evaluation"),
                                         "She go to school every day.",
                                         "She goes to school every day." };
#undef LOOP
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdChecker) forward = new_checker(NULL), backward = new_checker(NULL);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(found, check_with(forward, "en_US", texts[i], &options));
    for (size_t i = G_N_ELEMENTS(texts); i-- > 0;) {
        g_autoptr(GPtrArray) again = check_with(backward, "en_US", texts[i], &options);
        g_autoptr(GPtrArray) alone = check("en_US", texts[i]);

        g_test_message("%s", texts[i]);
        assert_same(found->pdata[i], again);
        assert_same(found->pdata[i], alone);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker/agreement-and-number", test_agreement_and_number);
    g_test_add_func("/checker/misspellings-and-homophones", test_misspellings_and_homophones);
    g_test_add_func("/checker/findings-are-whole", test_findings_are_whole);
    g_test_add_func("/checker/right-text", test_right_text);
    g_test_add_func("/checker/wrong-among-right", test_wrong_among_right);
    g_test_add_func("/checker/one-endless-word", test_one_endless_word);
    g_test_add_func("/checker/names", test_names);
    g_test_add_func("/checker/own-words", test_own_words);
    g_test_add_func("/checker/disable", test_disable);
    g_test_add_func("/checker/errors", test_errors);
    g_test_add_func("/checker/cancel", test_cancel);
    g_test_add_func("/checker/make-way", test_make_way);
    g_test_add_func("/checker/other-languages", test_other_languages);
    g_test_add_func("/checker/markdown", test_markdown);
    g_test_add_func("/checker/split-by-markup", test_split_by_markup);
    g_test_add_func("/checker/suggest", test_suggest);
    g_test_add_func("/checker/score", test_score);
    g_test_add_func("/checker/rest", test_rest);
    g_test_add_func("/checker/repeatable", test_repeatable);
    g_test_add_func("/checker/order", test_order);
    return g_test_run();
}
