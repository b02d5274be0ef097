/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is not an error, class by class, with the shipped model and the real dictionaries. */
#include "daemon/engine/checker.h"
#include "daemon/engine/distance.h"
#include "daemon/engine/error.h"
#include "daemon/engine/exempt.h"
#include "daemon/engine/names.h"
#include "tests/unit/temporary.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    PdChecker *checker;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);

    self->checker = pd_checker_new(models, NULL, 1 << 20);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    pd_checker_free(self->checker);
}

static GPtrArray *
check(const Fixture *self, const char *text, const PdCheckOptions *options)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *findings =
        pd_checker_check(self->checker, "en_US", text, strlen(text), options, NULL, &error);

    g_assert_no_error(error);
    return findings;
}

/* The places found, as "place; place" */
static void
assert_found(const Fixture *self, PdLevel level, PdFormat format, const char *text,
             const char *want)
{
    const PdCheckOptions options = { .level = level, .format = format, .max_candidates = 5 };
    g_autoptr(GPtrArray) findings = check(self, text, &options);
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];

        g_string_append_printf(got, "%s%.*s", i > 0 ? "; " : "", (int)(f->end - f->start),
                               text + f->start);
    }
    g_test_message("%s", text);
    g_assert_cmpstr(got->str, ==, want);
}

static void
assert_clean(const Fixture *self, const char *text)
{
    assert_found(self, PD_LEVEL_DEFAULT, PD_FORMAT_PLAIN, text, "");
}

static void
assert_default(const Fixture *self, const char *text, const char *want)
{
    assert_found(self, PD_LEVEL_DEFAULT, PD_FORMAT_PLAIN, text, want);
}

static void
test_names(Fixture *self, gconstpointer data)
{
    assert_clean(self, "Yesterday I met Mr. Brzezinsky at the station, and we talked.");
    assert_clean(self, "Sir Threlkeldson was knighted by President Okonjuwa last year.");
    assert_clean(self, "The book by J. R. Tolkhurst was published in London.");
    assert_clean(self, "We asked Mary Wojtkiewicz about the accident on Monday.");
    assert_clean(self, "I borrowed Mary Wojtkiewicz's car for the weekend.");
    assert_clean(self, "The town of Grzybowik lies here. All of Grzybowik's people are at home.");
    /* a slip is none the less one */
    assert_default(self, "Dear Mr. Smtih, thank you for the letter.", "Smtih");
    assert_default(self, "The American Goverment has decided to wait.", "Goverment");
}

static void
test_listed(Fixture *self, gconstpointer data)
{
    assert_clean(self, "The container runs in userspace, and Kubernetes restarts it.");
    assert_clean(self, "Userspace programs write to stdout.");
    assert_default(self, "It was definately good to recieve it.", "definately; recieve");
}

static void
test_no_language(Fixture *self, gconstpointer data)
{
    assert_clean(self, "Send it to anna.k@exmple.org or see https://exmple.org/fooo/barr again.");
    assert_clean(self, "The file /usr/lib/libfoobaz.so and confg.yaml are in ~/projekts/srcc.");
    assert_clean(self, "Use snake_casse and camelCasse or dotted.namme.hier with $HOMEDIRR.");
    assert_clean(self, "The option --verbosse needs v2.3.1 and 0x7fffabcd here.");
    assert_clean(self, "Thanks to @jnsmth for the #wntertime photos from the trip.");
    assert_clean(self, "You can run `frobnicte al` to see what it does.");
    assert_found(self, PD_LEVEL_DEFAULT, PD_FORMAT_MARKDOWN, "You can run `frobnicte al` here.",
                 "");
}

static void
test_numbers(Fixture *self, gconstpointer data)
{
    assert_clean(self, "It weighs 5kg, holds 10GB and was 20°C warm at 5pm on the 1st of May.");
    assert_clean(self, "In the 1990s it cost $5, €20, 30EUR or £3.50 to send a letter.");
    assert_clean(self, "Add 2 tsp of salt, 3 tbsp of oil and 200 ml of water to the flour.");
    assert_clean(self, "Read chapters XIV, iii and xvii of the book about Henry VIII.");
    assert_clean(self, "The PDFs and the APIs of the CPUs are described in the FAQs below.");
    assert_clean(self, "Water is H2O, and CuSO4 is blue; there is also CO2 in it.");
}

static void
test_foreign(Fixture *self, gconstpointer data)
{
    assert_clean(self, "He shrugged, with a certain \"je ne sais quoi\" in his eyes.");
    assert_clean(self, "She called it “Schadenfreude ist die schönste Freude” and laughed.");
    assert_clean(self, "As he wrote, wer immer strebend sich bemüht den können wir, and so on.");
    assert_clean(self, "They shouted “¡No pasarán!” and “Viva la revolución!” all night.");
    assert_default(self, "We definately recieved thier letter.", "definately; recieved; thier");
    assert_default(self, "She said, \"I recieved teh lettre yesterday.\"", "recieved; teh; lettre");
}

/* Hardly a word is known, yet it is English. */
static void
test_misspelt(Fixture *self, gconstpointer data)
{
    assert_default(self, "Thsi sentnce hsa evry wrod speled wrnog.",
                   "Thsi; sentnce; hsa; wrod; wrnog");
    assert_default(self, "Teh pepole wrok togather evrey weekand.",
                   "Teh; pepole; wrok; togather; evrey; weekand");
    assert_clean(self, "Einige Dateien konnten leider nicht gelesen werden.");
    assert_clean(self, "Textul documentului trebuie salvat imediat.");
    assert_clean(self, "Nagyon szép napunk volt tegnap délután.");
}

static void
test_speech(Fixture *self, gconstpointer data)
{
    assert_clean(self, "“I was goin' to tell you,” said Tom, “but y'all ain't listenin'.”");
    assert_clean(self, "He said he was goin' to tell them about it.");
    assert_found(self, PD_LEVEL_CAREFUL, PD_FORMAT_PLAIN,
                 "\"We're gonna get 'em,\" he said, \"and there's nothin' 'bout it I dunno.\"", "");
    assert_default(self, "'I recieve' is what he wrote.", "recieve");
    g_assert_true(pd_exempt_is_quoted("He said “yes” and “no", 26));
    g_assert_true(pd_exempt_is_quoted("no way.” He left.", 3));
    g_assert_false(pd_exempt_is_quoted("no way.” He left.", 13));
    g_assert_true(pd_exempt_is_quoted("\"no\", he said, \"never\"", 16));
    g_assert_false(pd_exempt_is_quoted("\"no\", he said, \"never\"", 8));
}

static void
test_fragments(Fixture *self, gconstpointer data)
{
    static const char heads[] = "## How to install on Windows\n\n## Building from source\n\n"
                                "## List of contributors\n\n## About project\n";
    static const char items[] = "- [x] Add tests for parser\n- [ ] Fix memory leak in reader\n"
                                "- Bug fixes and performance improvements\n";
    static const char table[] = "| Name | Meaning |\n| --- | --- |\n| Fast | Very quick reply |\n"
                                "| Size of the file | Number bytes |\n";

    assert_found(self, PD_LEVEL_THOROUGH, PD_FORMAT_MARKDOWN, heads, "");
    assert_found(self, PD_LEVEL_THOROUGH, PD_FORMAT_MARKDOWN, items, "");
    assert_found(self, PD_LEVEL_THOROUGH, PD_FORMAT_MARKDOWN, table, "");
    assert_found(self, PD_LEVEL_THOROUGH, PD_FORMAT_PLAIN,
                 "Getting Started\n\nFirst steps with the program\n\nThis is a sentence here.", "");
    assert_found(self, PD_LEVEL_DEFAULT, PD_FORMAT_MARKDOWN,
                 "# Instalation of the the programm\n\nThis text is fine.\n",
                 "Instalation;  the; programm");
    /* sentences, though short and without a mark */
    assert_found(self, PD_LEVEL_DEFAULT, PD_FORMAT_MARKDOWN,
                 "- She go to school by bus\n- We have a dog\n", "go");
    assert_default(self, "She go to school by bus", "go");
}

static const PdFinding *
first_finding(GPtrArray *findings)
{
    return findings->len > 0 ? findings->pdata[0] : NULL;
}

static void
assert_variant(const Fixture *self, PdVariant variant, const char *word, const char *repair)
{
    const PdCheckOptions options = { .variant = variant, .max_candidates = 5 };
    g_autofree char *text = g_strdup_printf("They talked about the %s yesterday.", word);
    g_autoptr(GPtrArray) findings = check(self, text, &options);
    const PdFinding *found = first_finding(findings);

    g_test_message("%s", word);
    if (repair == NULL) {
        g_assert_true(found == NULL || !g_str_equal(found->rule, "spelling/variant"));
        return;
    }
    g_assert_nonnull(found);
    g_assert_cmpstr(found->rule, ==, "spelling/variant");
    g_assert_cmpstr(((PdCandidate *)found->candidates->pdata[0])->text, ==, repair);
}

static void
test_variants(Fixture *self, gconstpointer data)
{
    static const char *const pairs[][2] = {
        { "colour", "color" },
        { "neighbours", "neighbors" },
        { "theatre", "theater" },
        { "organised", "organized" },
        { "analyse", "analyze" },
        { "defence", "defense" },
        { "travelling", "traveling" },
        { "catalogue", "catalog" },
        { "manoeuvre", "maneuver" },
        { "tyre", "tire" },
        { "sceptical", "skeptical" },
        { "encyclopaedia", "encyclopedia" },
        { "Honour", "Honor" },
        { "HONOUR", "HONOR" },
        { "table", NULL },
        { "fortnight", NULL },
    };
    static const char *const american[][2] = {
        { "color", "colour" },    { "center", "centre" },      { "analyze", "analyse" },
        { "defense", "defence" }, { "traveler", "traveller" }, { "sidewalk", NULL },
        { "skeptic", "sceptic" }, { "table", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        assert_variant(self, PD_VARIANT_US, pairs[i][0], pairs[i][1]);
        assert_variant(self, PD_VARIANT_ANY, pairs[i][0], NULL);
        assert_variant(self, PD_VARIANT_GB, pairs[i][0], NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(american); i++) {
        assert_variant(self, PD_VARIANT_GB, american[i][0], american[i][1]);
        assert_variant(self, PD_VARIANT_ANY, american[i][0], NULL);
    }
}

/* What the first finding in @text still needs to its right */
static uint32_t
context(const Fixture *self, const char *text)
{
    const PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GPtrArray) findings = check(self, text, &options);

    g_test_message("%s", text);
    g_assert_cmpuint(findings->len, ==, 1);
    return first_finding(findings)->needs_context;
}

static void
test_typing(Fixture *self, gconstpointer data)
{
    g_assert_cmpuint(context(self, "It was so nice to recieve"), >, 0);
    g_assert_cmpuint(context(self, "It was so nice to recieve "), ==, 0);
    g_assert_cmpuint(context(self, "It was so nice to recieve."), ==, 0);
    g_assert_cmpuint(context(self, "It was so nice to recieve. "), ==, 0);
    g_assert_cmpuint(context(self, "It was so nice to recieve\n"), ==, 0);
    g_assert_cmpuint(context(self, "Every morning she go to"), >, 0);
    g_assert_cmpuint(context(self, "Every morning she go to school with"), ==, 0);
    g_assert_cmpuint(context(self, "Every morning she go to it. "), ==, 0);
}

static PdNames *
names_of(const char *content, GError **error)
{
    g_autofree char *path = write_file(content, -1);
    PdNames *names;

    names = pd_names_load(path, error);
    g_unlink(path);
    return names;
}

static void
test_list(void)
{
    static const char *const wrong[] = { "b\na\n", "a\na\n", "a\n\nb\n", "a\nb" };
    g_autoptr(PdNames) names = names_of("Kraków\nO'Neal\nZed\nuserspace\n", NULL);
    g_autoptr(PdNames) none = names_of("", NULL);

    g_assert_true(pd_names_has(names, "Kraków"));
    g_assert_true(pd_names_has(names, "KRAKÓW"));
    g_assert_true(pd_names_has(names, "O’Neal"));
    g_assert_true(pd_names_has(names, "userspace"));
    g_assert_true(pd_names_has(names, "Userspace"));
    g_assert_true(pd_names_has(names, "USERSPACE"));
    g_assert_false(pd_names_has(names, "kraków"));
    g_assert_false(pd_names_has(names, "userSpace"));
    g_assert_false(pd_names_has(names, "Ze"));
    g_assert_false(pd_names_has(names, "Zedd"));
    g_assert_false(pd_names_has(names, ""));
    g_assert_false(pd_names_has(none, "a"));
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(names_of(wrong[i], &error));
        g_assert_error(error, PD_ERROR, PD_ERROR_MODEL_BROKEN);
        g_assert_nonnull(strstr(error->message, "line "));
    }
}

static void
test_distance(void)
{
    g_assert_cmpuint(pd_distance("teh", "the", 3), ==, 1);
    g_assert_cmpuint(pd_distance("café", "cafe", 3), ==, 1);
    g_assert_cmpuint(pd_distance("color", "colour", 3), ==, 1);
    g_assert_cmpuint(pd_distance("kitten", "sitting", 3), ==, 3);
    g_assert_cmpuint(pd_distance("kitten", "sitting", 2), ==, 3);
    g_assert_cmpuint(pd_distance("", "ab", 2), ==, 2);
    g_assert_cmpuint(pd_distance("same", "same", 0), ==, 0);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/exempt/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("names", test_names);
    ADD("listed", test_listed);
    ADD("no-language", test_no_language);
    ADD("numbers", test_numbers);
    ADD("foreign", test_foreign);
    ADD("misspelt", test_misspelt);
    ADD("speech", test_speech);
    ADD("fragments", test_fragments);
    ADD("variants", test_variants);
    ADD("typing", test_typing);
    g_test_add_func("/exempt/list", test_list);
    g_test_add_func("/exempt/distance", test_distance);
    return g_test_run();
}
