/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/check-request.h"
#include "plugin/http/detect.h"
#include "plugin/http/error.h"
#include "plugin/http/form.h"
#include "plugin/http/gate.h"
#include "plugin/http/languages.h"
#include "plugin/http/options.h"
#include "plugin/http/rules.h"

#include <glib.h>
#include <string.h>

#define MAX_UTF16 20

/* --- the parameters of a check ------------------------------------------------------ */

static PdHttpCheckRequest *
parse(const char *data, GError **error)
{
    g_autoptr(GHashTable) form = pd_http_form_new();

    g_assert_true(pd_http_form_add(form, data, strlen(data), NULL));
    return pd_http_check_request_new(form, MAX_UTF16, error);
}

static void
test_check_good(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdHttpCheckRequest) request = parse(
        "text=abc&language=auto&preferredVariants=en-GB,de-AT&level=picky&motherTongue=xx&apiKey=1"
        "&username=u&disabledRules=A,B&disabledCategories=C",
        &error);
    g_autoptr(PdHttpCheckRequest) exact =
        parse("text=01234567890123456789&language=en&mode=textLevelOnly", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(pd_http_text_peek(request->text), ==, "abc");
    g_assert_true(request->is_auto);
    g_assert_true(request->is_picky);
    g_assert_false(request->is_empty);
    g_assert_cmpuint(g_strv_length(request->preferred_variants), ==, 2);
    g_assert_cmpuint(g_strv_length(request->filter.disabled_rules), ==, 2);
    g_assert_false(exact->is_auto);
    g_assert_false(exact->is_picky);
    g_assert_true(exact->is_empty);
    g_assert_cmpuint(pd_http_text_length_utf16(exact->text), ==, MAX_UTF16);
}

static void
test_check_bad(void)
{
    static const struct {
        const char *data;
        int status;
        const char *message;
    } rows[] = {
        { "language=en", 400, "Missing 'text' or 'data' parameter" },
        { "text=a&data={}&language=en", 400, "Set only 'text' or 'data' parameter, not both" },
        { "data=x&language=en", 400, "Could not parse JSON from 'data' parameter" },
        { "text=a", 400, "Missing 'language' parameter, e.g. 'language=en-US' for" },
        { "text=a&language=", 400, "Missing 'language' parameter" },
        { "text=a&language=en&enabled=A", 400, "the parameter is now called 'enabledRules'" },
        { "text=a&language=en&disabled=A", 400, "the parameter is now called 'disabledRules'" },
        { "text=a&language=en&autodetect=1", 400, "activated with 'language=auto'" },
        { "text=a&language=en&preferredvariants=1", 400, "(uppercase 'V')" },
        { "text=a&language=en&preferredVariants=en-GB", 400, "you didn't specify 'language=auto'" },
        { "text=a&language=auto&preferredVariants=en", 400, "expected a dash as in 'en-GB': 'en'" },
        { "text=a&language=en&noopLanguages=de", 400, "You can specify 'noopLanguages' only" },
        { "text=a&language=en&level=high", 400, "must be set to 'default' or 'picky'" },
        { "text=a&language=en&mode=some", 400, "Mode must be one of" },
        { "text=a&language=en&enabledOnly=true", 400, "You must specify enabled rules" },
        { "text=a&language=en&enabledOnly=true&enabledRules=A&disabledRules=B", 400,
          "You cannot specify disabled rules or categories using enabledOnly=true" },
        { "text=012345678901234567890&language=en", 413,
          "Your text exceeds the limit of 20 characters (it's 21 characters). Please submit a "
          "shorter text." },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PdHttpCheckRequest) request = parse(rows[i].data, &error);

        g_assert_null(request);
        g_assert_error(error, PD_HTTP_ERROR, rows[i].status);
        g_assert_nonnull(strstr(error->message, rows[i].message));
    }
}

/* --- rules ------------------------------------------------------------------------- */

static void
test_rules_table(void)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    size_t n;
    const PdHttpRule *rules = pd_http_rules(&n);

    g_assert_cmpuint(n, >=, 25);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *id = pd_http_rule_id(&rules[i], rules[i].rule);

        g_assert_true(g_hash_table_add(ids, (gpointer)rules[i].id)); /* no id twice */
        g_assert_true(pd_http_rule_find(rules[i].rule) == &rules[i]);
        g_assert_cmpstr(id, ==, rules[i].id);
        g_assert_cmpuint(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), ==, strlen(id));
    }
}

static void
assert_rule(const char *rule, const char *id, const char *category)
{
    const PdHttpRule *known = pd_http_rule_find(rule);
    g_autofree char *got = pd_http_rule_id(known, rule);

    g_assert_cmpstr(got, ==, id);
    g_assert_cmpstr(known->category_id, ==, category);
}

static void
test_rules_ids(void)
{
    assert_rule("spelling/unknown", "HUNSPELL_RULE", "TYPOS");
    assert_rule("determiner/a-an", "EN_A_VS_AN", "GRAMMAR");
    assert_rule("verb-form/model", "PROOFD_VERB_FORM_MODEL", "GRAMMAR");
    assert_rule("letter-case/model", "PROOFD_LETTER_CASE_MODEL", "CASING");
    assert_rule("punctuation/space-before", "COMMA_PARENTHESIS_WHITESPACE", "TYPOGRAPHY");
    /* of a newer service */
    assert_rule("punctuation/dash-2", "PROOFD_PUNCTUATION_DASH_2", "PUNCTUATION");
    assert_rule("style/long", "PROOFD_STYLE_LONG", "MISC");
    assert_rule("odd", "PROOFD_ODD", "MISC");
}

static void
assert_filter(const char *data, const char *accepted, const char *refused)
{
    g_autoptr(PdHttpCheckRequest) request = parse(data, NULL);

    g_assert_nonnull(request);
    g_assert_true(pd_http_filter_accepts(&request->filter, accepted));
    g_assert_false(pd_http_filter_accepts(&request->filter, refused));
}

#define CHECK "text=a&language=en&"

static void
test_rules_filter(void)
{
    assert_filter(CHECK "disabledRules=HUNSPELL_RULE", "spelling/model", "spelling/unknown");
    assert_filter(CHECK "disabledRules=spelling/unknown", "spelling/model", "spelling/unknown");
    assert_filter(CHECK "disabledRules=spelling,X", "agreement/model", "spelling/unknown");
    assert_filter(CHECK "disabledCategories=GRAMMAR", "spelling/unknown", "agreement/model");
    assert_filter(CHECK "disabledCategories=GRAMMAR&enabledRules=EN_A_VS_AN", "determiner/a-an",
                  "determiner/model");
    assert_filter(CHECK "disabledRules=EN_A_VS_AN&enabledRules=EN_A_VS_AN", "determiner/model",
                  "determiner/a-an");
    assert_filter(CHECK "enabledOnly=yes&enabledRules=EN_A_VS_AN", "determiner/a-an",
                  "determiner/model");
    assert_filter(CHECK "enabledOnly=true&enabledCategories=TYPOS,CASING", "spelling/unknown",
                  "determiner/model");
}

/* --- languages ----------------------------------------------------------------------- */

static const char *const dictionaries[] = { "de_BE", "de_DE", "en_GB",      "en_US",
                                            "fr",    "fr_FR", "sr_Latn_RS", NULL };

static void
test_languages(void)
{
    g_autoptr(PdHttpLanguages) languages = pd_http_languages_new(dictionaries);
    static const struct {
        const char *code, *long_code, *dictionary, *name;
    } rows[] = {
        { "en-US", "en-US", "en_US", "English (US)" },
        { "en-us", "en-US", "en_US", "English (US)" },
        { "en_GB", "en-GB", "en_GB", "English (UK)" },
        { "en", "en", "en_US", "English" },
        { "de", "de", "de_DE", "German" },
        { "fr", "fr", "fr", "French" },
        { "fr-FR", "fr-FR", "fr_FR", "French (France)" },
        { "sr", "sr", "sr_Latn_RS", "Serbian" },
    };
    static const char *const unknown[] = { "xx", "en-AU", "", "auto", "-", "english", "e n" };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PdHttpLanguage *language = pd_http_languages_find(languages, rows[i].code);

        g_assert_nonnull(language);
        g_assert_cmpstr(language->long_code, ==, rows[i].long_code);
        g_assert_cmpstr(language->dictionary, ==, rows[i].dictionary);
        g_assert_cmpstr(language->name, ==, rows[i].name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        g_assert_null(pd_http_languages_find(languages, unknown[i]));
    g_assert_cmpstr(pd_http_languages_variant(languages, "en")->long_code, ==, "en-US");
    g_assert_cmpstr(pd_http_languages_variant(languages, "de")->long_code, ==, "de-DE");
    g_assert_null(pd_http_languages_variant(languages, "es"));
}

static void
test_languages_unknown(void)
{
    g_autoptr(PdHttpLanguages) languages = pd_http_languages_new(dictionaries);
    g_autoptr(GError) error = NULL;

    pd_http_languages_unknown(languages, "xx", &error);
    g_assert_error(error, PD_HTTP_ERROR, 400);
    g_assert_true(g_str_has_prefix(error->message,
                                   "'xx' is not a language code known to LanguageTool. Supported "
                                   "language codes are: de, de-BE, de-DE, en, en-GB, en-US, fr"));
}

static void
assert_guess(PdHttpDetector *detector, const char *const *codes, const char *text, const char *want,
             double least, double most)
{
    double confidence;

    g_assert_cmpstr(pd_http_detector_guess(detector, codes, text, &confidence), ==, want);
    g_assert_true(confidence >= least && confidence <= most);
}

static void
test_detect(void)
{
    g_autoptr(PdHttpDetector) detector = pd_http_detector_new();
    static const char *const three[] = { "en", "de", "ru", NULL };
    static const char *const english[] = { "en", NULL };

    assert_guess(detector, three,
                 "This is a text of some length, so that nobody can doubt in which language it is.",
                 "en", .9, 1);
    assert_guess(detector, three,
                 "Das ist ein Text, der lang genug ist, damit niemand an seiner Sprache zweifelt.",
                 "de", .4, 1);
    assert_guess(detector, three, "Это предложение написано на русском языке.", "ru", .4, 1);
    assert_guess(detector, english,
                 "Das ist ein Text, der lang genug ist, damit niemand an seiner Sprache zweifelt.",
                 NULL, 0, 0);
    assert_guess(detector, three, "Hm", NULL, 0, 0);
    assert_guess(detector, three, "", NULL, 0, 0);
}

/* --- who may ask ------------------------------------------------------------------------ */

static void
test_gate_host(void)
{
    char *hosts[] = { (char *)"proof.lan", NULL };
    PdHttpGate gate = { .hosts = hosts };
    static const char *const good[] = { "localhost",  "localhost:8081", "LOCALHOST:1",
                                        "127.0.0.1",  "127.0.0.1:8081", "[::1]",
                                        "[::1]:8081", "proof.lan:80" };
    static const char *const bad[] = { "evil.example",
                                       "evil.example:8081",
                                       "localhost.evil.example",
                                       "127.0.0.1.evil.example",
                                       "",
                                       ":8081",
                                       "[::1",
                                       "::1",
                                       "localhost:8081:80",
                                       "localhost:a",
                                       "localhost@evil.example",
                                       "[::1]x",
                                       NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(pd_http_gate_accepts_host(&gate, good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(pd_http_gate_accepts_host(&gate, bad[i]));
}

static void
test_gate_origin(void)
{
    char *origins[] = { (char *)"https://mail.example", (char *)"moz-extension://*", NULL };
    char *any[] = { (char *)"*", NULL };
    PdHttpGate some = { .origins = origins }, all = { .origins = any }, none = { 0 };

    g_assert_true(pd_http_gate_accepts_origin(&some, "https://mail.example"));
    g_assert_true(pd_http_gate_accepts_origin(&some, "moz-extension://0b5f-4d"));
    g_assert_false(pd_http_gate_accepts_origin(&some, "http://mail.example"));
    g_assert_false(pd_http_gate_accepts_origin(&some, "https://mail.example.evil"));
    g_assert_false(pd_http_gate_accepts_origin(&some, "https://mail.example:8443"));
    g_assert_false(pd_http_gate_accepts_origin(&some, "null"));
    g_assert_true(pd_http_gate_accepts_origin(&all, "https://anything.example"));
    g_assert_false(pd_http_gate_accepts_origin(&all, "null"));
    g_assert_false(pd_http_gate_accepts_origin(&none, "http://localhost:8081"));
}

static void
assert_gate(const char *host, const char *origin, const char *site, int status)
{
    char *origins[] = { (char *)"https://mail.example", NULL };
    const PdHttpGate gate = { .origins = origins };
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(pd_http_gate_check(&gate, host, origin, site, &error), ==, status == 0);
    if (status != 0)
        g_assert_error(error, PD_HTTP_ERROR, status);
}

static void
test_gate_check(void)
{
    assert_gate("localhost", NULL, NULL, 0);
    assert_gate("localhost", NULL, "none", 0);
    assert_gate("localhost", NULL, "same-origin", 0);
    assert_gate("localhost", "https://mail.example", "cross-site", 0);
    assert_gate("localhost", NULL, "cross-site", 403);
    assert_gate("localhost", NULL, "same-site", 403);
    assert_gate("localhost", "https://evil.example", NULL, 403);
    assert_gate("evil.example", NULL, NULL, 403);
    assert_gate("evil.example", "https://mail.example", NULL, 403);
    assert_gate(NULL, NULL, NULL, 400);
}

/* --- the command line ---------------------------------------------------------------------- */

static bool
parse_line(const char *line, PdHttpOptions *options, GError **error)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);

    return pd_http_options_parse((int)g_strv_length(argv), argv, options, error);
}

static void
test_options_good(void)
{
    g_auto(PdHttpOptions) none = { 0 };
    g_auto(PdHttpOptions) all = { 0 };

    g_assert_true(parse_line("proofd-http", &none, NULL));
    g_assert_cmpuint(none.port, ==, 8081);
    g_assert_null(none.listen);
    g_assert_cmpuint(none.settings.max_utf16, ==, 1000000);
    g_assert_true(parse_line("proofd-http -p 0 --listen [::1]:1 --listen unix:/a --allow-host b "
                             "--allow-origin https://c --allow-origin * --max-text-length 5000000 "
                             "--timeout 3600",
                             &all, NULL));
    g_assert_cmpuint(all.port, ==, 0);
    g_assert_cmpuint(g_strv_length(all.listen), ==, 2);
    g_assert_cmpuint(g_strv_length(all.settings.gate.origins), ==, 2);
    g_assert_cmpstr(all.settings.gate.hosts[0], ==, "b");
}

static void
test_options_bad(void)
{
    static const struct {
        const char *line, *message;
    } rows[] = {
        { "proofd-http --port 65536", "--port 65536" },
        { "proofd-http --port -1", "--port -1" },
        { "proofd-http --max-text-length 0", "--max-text-length 0" },
        { "proofd-http --max-text-length 5000001", "5000001" },
        { "proofd-http --timeout 0", "--timeout 0" },
        { "proofd-http --allow-origin example.org", "example.org is not an origin" },
        { "proofd-http --allow-origin https://example.org/", "is not an origin" },
        { "proofd-http text.txt", "\"text.txt\"" },
        { "proofd-http --wrong", "--wrong" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(PdHttpOptions) options = { 0 };
        g_autoptr(GError) error = NULL;

        g_assert_false(parse_line(rows[i].line, &options, &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, rows[i].message));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/check/good", test_check_good);
    g_test_add_func("/http/check/bad", test_check_bad);
    g_test_add_func("/http/rules/table", test_rules_table);
    g_test_add_func("/http/rules/ids", test_rules_ids);
    g_test_add_func("/http/rules/filter", test_rules_filter);
    g_test_add_func("/http/languages/find", test_languages);
    g_test_add_func("/http/languages/unknown", test_languages_unknown);
    g_test_add_func("/http/detect", test_detect);
    g_test_add_func("/http/gate/host", test_gate_host);
    g_test_add_func("/http/gate/origin", test_gate_origin);
    g_test_add_func("/http/gate/check", test_gate_check);
    g_test_add_func("/http/options/good", test_options_good);
    g_test_add_func("/http/options/bad", test_options_bad);
    return g_test_run();
}
