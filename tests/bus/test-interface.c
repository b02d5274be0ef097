/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables against the XML, every member, every error, limits at n and n + 1. */
#include "daemon/bus-document.h"
#include "daemon/bus-object.h"
#include "daemon/service.h"
#include "dbus/protocol.h"
#include "tests/bus/fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define PROPERTIES "org.freedesktop.DBus.Properties"

/* --- the tables are what the XML says --- */

static char *
join(GDBusArgInfo **args)
{
    GString *signature = g_string_new(NULL);

    for (; args != NULL && *args != NULL; args++)
        g_string_append(signature, (*args)->signature);
    return g_string_free(signature, FALSE);
}

static size_t
count(gpointer *rows)
{
    size_t n = 0;

    while (rows != NULL && rows[n] != NULL)
        n++;
    return n;
}

static void
compare_methods(const PdInterface *table, GDBusInterfaceInfo *xml)
{
    size_t n = 0;

    for (const PdMethod *m = table->methods; m->name != NULL; m++, n++) {
        GDBusMethodInfo *info = g_dbus_interface_info_lookup_method(xml, m->name);
        g_autofree char *in = NULL;
        g_autofree char *out = NULL;

        g_assert_nonnull(info);
        in = join(info->in_args);
        out = join(info->out_args);
        g_assert_cmpstr(in, ==, m->in);
        g_assert_cmpstr(out, ==, m->out);
        g_assert_nonnull(m->fn);
    }
    g_assert_cmpuint(n, ==, count((gpointer *)xml->methods));
}

static void
compare_rest(const PdInterface *table, GDBusInterfaceInfo *xml)
{
    size_t n_signals = 0, n_properties = 0;

    for (const PdSignal *s = table->signals; s != NULL && s->name != NULL; s++, n_signals++) {
        GDBusSignalInfo *info = g_dbus_interface_info_lookup_signal(xml, s->name);
        g_autofree char *signature = NULL;

        g_assert_nonnull(info);
        signature = join(info->args);
        g_assert_cmpstr(signature, ==, s->signature);
    }
    for (const PdProperty *p = table->properties; p != NULL && p->name != NULL;
         p++, n_properties++) {
        GDBusPropertyInfo *info = g_dbus_interface_info_lookup_property(xml, p->name);

        g_assert_nonnull(info);
        g_assert_cmpstr(info->signature, ==, p->signature);
        g_assert_cmpint(info->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
    }
    g_assert_cmpuint(n_signals, ==, count((gpointer *)xml->signals));
    g_assert_cmpuint(n_properties, ==, count((gpointer *)xml->properties));
}

static void
test_tables(void)
{
    static const PdInterface *const tables[] = { &pd_service_interface, &pd_document_interface };
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "dbus", "org.proofd.Checker1.xml", NULL);
    g_autofree char *xml = NULL;
    g_autoptr(GDBusNodeInfo) info = NULL;

    g_assert_true(g_file_get_contents(path, &xml, NULL, NULL));
    info = g_dbus_node_info_new_for_xml(xml, NULL);
    g_assert_nonnull(info);
    g_assert_cmpuint(count((gpointer *)info->interfaces), ==, G_N_ELEMENTS(tables));
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        GDBusInterfaceInfo *interface = g_dbus_node_info_lookup_interface(info, tables[i]->name);

        g_assert_nonnull(interface);
        compare_methods(tables[i], interface);
        compare_rest(tables[i], interface);
    }
}

static void
test_introspection(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) reply =
        pd_call_on(self->client, PD_DBUS_PATH, "org.freedesktop.DBus.Introspectable", "Introspect",
                   NULL, NULL);
    g_autoptr(GDBusNodeInfo) info = NULL;
    GDBusInterfaceInfo *interface;
    const char *xml;

    g_variant_get(reply, "(&s)", &xml);
    info = g_dbus_node_info_new_for_xml(xml, NULL);
    g_assert_nonnull(info);
    interface = g_dbus_node_info_lookup_interface(info, PD_DBUS_INTERFACE);
    g_assert_nonnull(interface);
    compare_methods(&pd_service_interface, interface);
    compare_rest(&pd_service_interface, interface);
}

/* --- members --- */

static void
test_check(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) found = pd_fixture_check(self, "I recieve teh teh letter.", NULL);
    g_autoptr(GVariant) fine = pd_fixture_check(self, "I receive the letter.", NULL);
    g_autoptr(GVariant) first = NULL;
    g_autoptr(GVariant) candidates = NULL;
    const char *kind, *message, *rule, *best;
    double confidence;
    uint32_t start, length;

    g_assert_true(g_variant_is_of_type(found, G_VARIANT_TYPE("a" PD_DBUS_FINDING)));
    g_assert_true(pd_has_finding(found, 2, 7));
    g_assert_cmpuint(g_variant_n_children(fine), ==, 0);
    first = g_variant_get_child_value(found, 0);
    g_variant_get(first, "(uu&sd&s&s@a(sds))", &start, &length, &kind, &confidence, &message, &rule,
                  &candidates);
    g_assert_cmpstr(kind, ==, "spelling");
    g_assert_true(confidence > 0 && confidence <= 1);
    g_assert_true(g_str_has_prefix(rule, "spelling/"));
    g_assert_cmpuint(strlen(message), >, 0);
    g_assert_cmpuint(g_variant_n_children(candidates), >, 0);
    g_variant_get_child(candidates, 0, "(&sd&s)", &best, NULL, NULL);
    g_assert_cmpstr(best, ==, "receive");
}

static size_t
n_candidates(GVariant *findings, size_t i)
{
    g_autoptr(GVariant) finding = g_variant_get_child_value(findings, i);
    g_autoptr(GVariant) candidates = g_variant_get_child_value(finding, 6);

    return g_variant_n_children(candidates);
}

static void
test_options(PdFixture *self, gconstpointer data)
{
    static const char text[] = "I recieve it.";
    g_autoptr(GVariant) two = pd_fixture_check(self, text, "{'max-candidates': <uint32 2>}");
    g_autoptr(GVariant) none = pd_fixture_check(self, text, "{'max-candidates': <uint32 0>}");
    g_autoptr(GVariant) quick = pd_fixture_check(self, text, "{'wait': <false>}");
    g_autoptr(GVariant) known = pd_fixture_check(self, text, "{'words': <['recieve']>}");
    g_autoptr(GVariant) off = pd_fixture_check(self, text, "{'disable': <['spelling']>}");
    g_autoptr(GVariant) code =
        pd_fixture_check(self, "I `recieve` it.", "{'format': <'markdown'>}");
    g_autoptr(GVariant) british =
        pd_fixture_check(self, "It has a nice color.", "{'variant': <'gb'>}");
    g_autoptr(GVariant) all =
        pd_fixture_check(self, text,
                         "{'level': <'careful'>, 'format': <'plain'>, 'variant': <'any'>, "
                         "'offsets': <'utf8'>, 'wait': <true>,"
                         "'disable': <@as []>, 'words': <@as []>, 'max-candidates': <uint32 50>}");

    g_assert_cmpuint(n_candidates(two, 0), <=, 2);
    g_assert_cmpuint(n_candidates(two, 0), >=, 1);
    g_assert_cmpuint(n_candidates(none, 0), ==, 0);
    g_assert_cmpuint(n_candidates(quick, 0), ==, 0);
    g_assert_true(pd_has_finding(british, 14, 5));
    g_assert_false(pd_has_finding(known, 2, 7));
    g_assert_false(pd_has_finding(off, 2, 7));
    g_assert_false(pd_has_finding(code, 3, 7));
    g_assert_true(pd_has_finding(all, 2, 7));
}

static void
test_offsets(PdFixture *self, gconstpointer data)
{
    static const char text[] = "“Né” 😀 I recieve it.";
    g_autoptr(GVariant) chars = pd_fixture_check(self, text, NULL);
    g_autoptr(GVariant) utf8 = pd_fixture_check(self, text, "{'offsets': <'utf8'>}");
    g_autoptr(GVariant) utf16 = pd_fixture_check(self, text, "{'offsets': <'utf16'>}");
    g_autoptr(GVariant) suggested = NULL;

    g_assert_true(pd_has_finding(chars, 9, 7));
    g_assert_true(pd_has_finding(utf8, 17, 7));
    g_assert_true(pd_has_finding(utf16, 10, 7));
    suggested = pd_fixture_call(
        self, "Suggest",
        g_variant_new("(ssuu@a{sv})", "", text, 17, 7, pd_options("{'offsets': <'utf8'>}")), NULL);
    g_assert_nonnull(suggested);
    pd_assert_fails(
        self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Suggest",
        g_variant_new("(ssuu@a{sv})", "", text, 1, 1, pd_options("{'offsets': <'utf8'>}")),
        "InvalidOption", "inside a character");
}

static void
test_suggest_and_score(PdFixture *self, gconstpointer data)
{
    static const char *const texts[] = { "He goes home.", "He go home.", "", NULL };
    g_autoptr(GVariant) suggested = pd_fixture_call(
        self, "Suggest",
        g_variant_new("(ssuu@a{sv})", "en_US", "I recieve it.", 2, 7, pd_options(NULL)), NULL);
    g_autoptr(GVariant) not_waiting =
        pd_fixture_call(self, "Suggest",
                        g_variant_new("(ssuu@a{sv})", "en_US", "I recieve it.", 2, 7,
                                      pd_options("{'wait': <false>}")),
                        NULL);
    g_autoptr(GVariant) scored = pd_fixture_call(
        self, "Score", g_variant_new("(s^as@a{sv})", "en_US", texts, pd_options(NULL)), NULL);
    g_autoptr(GVariant) candidates = NULL;
    g_autoptr(GVariant) scores = NULL;
    const double *values;
    const char *best;
    size_t n_scores;

    g_assert_nonnull(suggested);
    candidates = g_variant_get_child_value(suggested, 0);
    g_variant_get_child(candidates, 0, "(&sd&s)", &best, NULL, NULL);
    g_assert_cmpstr(best, ==, "receive");
    g_assert_nonnull(not_waiting);
    g_assert_true(g_variant_equal(not_waiting, suggested)); /* they are what it is called for */
    g_assert_nonnull(scored);
    scores = g_variant_get_child_value(scored, 0);
    values = g_variant_get_fixed_array(scores, &n_scores, sizeof(double));
    g_assert_cmpuint(n_scores, ==, 3);
    g_assert_true(values[0] <= 0 && values[1] < values[0]);
    g_assert_cmpfloat(values[2], ==, 0);
}

static GVariant *
explain(PdFixture *self, const char *text, uint32_t start, uint32_t length, const char *options)
{
    g_autoptr(GVariant) reply = pd_fixture_call(
        self, "Explain",
        g_variant_new("(ssuu@a{sv})", "en_US", text, start, length, pd_options(options)), NULL);

    g_assert_nonnull(reply);
    return g_variant_get_child_value(reply, 0);
}

static void
test_explain(PdFixture *self, gconstpointer data)
{
    static const char text[] = "“Né” 😀 I recieve it.";
    g_autoptr(GVariant) e = explain(self, text, 10, 0, NULL);
    g_autoptr(GVariant) utf16 = explain(self, text, 10, 7, "{'offsets': <'utf16'>}");
    g_autoptr(GVariant) off = explain(self, text, 10, 0, "{'disable': <['spelling']>}");
    g_autoptr(GVariant) chances = g_variant_lookup_value(e, "chances", G_VARIANT_TYPE("a(sd)"));
    g_autoptr(GVariant) words =
        g_variant_lookup_value(e, "contributions", G_VARIANT_TYPE("a(uud)"));
    g_autoptr(GVariant) found =
        g_variant_lookup_value(e, "findings", G_VARIANT_TYPE("a" PD_DBUS_FINDING));
    g_autoptr(GVariant) pages = g_variant_lookup_value(e, "pages", G_VARIANT_TYPE("a(sssss)"));
    g_autoptr(GVariant) none = g_variant_lookup_value(off, "findings", NULL);
    uint32_t start, length;
    const char *rule, *reason;
    gboolean known;

    g_assert_true(g_variant_lookup(e, "place", "(uu)", &start, &length));
    g_assert_true(start == 9 && length == 7);
    g_assert_true(g_variant_lookup(utf16, "place", "(uu)", &start, &length));
    g_assert_true(start == 10 && length == 7);
    g_assert_true(g_variant_lookup(e, "sentence", "(uu)", &start, &length));
    g_assert_true(start <= 9 && start + length == 20);
    g_assert_true(g_variant_lookup(e, "known", "b", &known));
    g_assert_false(known);
    g_assert_cmpuint(g_variant_n_children(chances), >, 2);
    g_assert_cmpuint(g_variant_n_children(words), >=, 3);
    g_assert_true(pd_has_finding(found, 9, 7));
    g_variant_get_child(pages, 0, "(&s&s&s&s&s)", &rule, NULL, NULL, NULL, NULL);
    g_assert_cmpstr(rule, ==, "spelling/unknown");
    g_assert_true(g_variant_lookup(e, "reason", "&s", &reason));
    g_assert_cmpstr(reason, ==, "");
    g_assert_cmpuint(g_variant_n_children(none), ==, 0);
    g_assert_true(g_variant_lookup(off, "reason", "&s", &reason));
    g_assert_cmpstr(reason, !=, "");
}

static void
test_properties(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) reply = pd_call_on(self->client, PD_DBUS_PATH, PROPERTIES, "GetAll",
                                           g_variant_new("(s)", PD_DBUS_INTERFACE), NULL);
    g_autoptr(GVariant) table = NULL;
    g_autofree const char **languages = NULL;
    const char *version, *name, *hash;

    g_assert_nonnull(reply);
    table = g_variant_get_child_value(reply, 0);
    g_assert_true(g_variant_lookup(table, "Version", "&s", &version));
    g_assert_true(g_variant_lookup(table, "ModelName", "&s", &name));
    g_assert_true(g_variant_lookup(table, "ModelHash", "&s", &hash));
    g_assert_true(g_variant_lookup(table, "Languages", "^a&s", &languages));
    g_assert_cmpstr(version, ==, PD_VERSION);
    g_assert_cmpstr(name, ==, "en");
    g_assert_cmpuint(strlen(hash), ==, 64);
    g_assert_true(g_strv_contains(languages, "en_US"));
    g_assert_cmpuint(pd_fixture_statistic(self, "calls"), ==, 2); /* this one too */
    g_assert_cmpuint(pd_fixture_statistic(self, "running"), ==, 0);
}

static void
test_texts(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) empty = pd_fixture_check(self, "", NULL);
    g_autoptr(GVariant) spaces = pd_fixture_check(self, " \n\t\r\n  ", NULL);
    g_autoptr(GVariant) emoji =
        pd_fixture_check(self, "😀👩‍👩‍👧‍👦🏳️‍🌈 👍🏽😀", NULL);
    g_autoptr(GVariant) controls =
        pd_fixture_check(self, "\001\002\177 \xef\xbf\xbf\xe2\x80\x8b", NULL);

    g_assert_cmpuint(g_variant_n_children(empty), ==, 0);
    g_assert_cmpuint(g_variant_n_children(spaces), ==, 0);
    g_assert_cmpuint(g_variant_n_children(emoji), ==, 0);
    g_assert_nonnull(controls);
}

/* --- errors --- */

static void
assert_fails(PdFixture *self, const char *method, GVariant *args, const char *name,
             const char *part)
{
    pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, method, args, name, part);
}

static void
assert_option_fails(PdFixture *self, const char *options, const char *name, const char *part)
{
    assert_fails(self, "Check", g_variant_new("(ss@a{sv})", "", "Text.", pd_options(options)), name,
                 part);
}

static void
test_invalid_options(PdFixture *self, gconstpointer data)
{
    assert_option_fails(self, "{'levl': <'careful'>}", "InvalidOption", "did you mean level?");
    assert_option_fails(self, "{'level': <'best'>}", "InvalidOption", "best");
    assert_option_fails(self, "{'level': <uint32 1>}", "InvalidOption", "its type must be s");
    assert_option_fails(self, "{'format': <'pdf'>}", "InvalidOption", "pdf");
    assert_option_fails(self, "{'format': <'code:pyton'>}", "InvalidOption", "mean code:python?");
    assert_option_fails(self, "{'variant': <'uk'>}", "InvalidOption", "uk");
    assert_option_fails(self, "{'offsets': <'utf32'>}", "InvalidOption", "utf32");
    assert_option_fails(self, "{'max-candidates': <uint32 51>}", "InvalidOption", "51");
    assert_option_fails(self, "{'max-candidates': <5>}", "InvalidOption", "must be u");
    assert_option_fails(self, "{'disable': <['speling']>}", "InvalidOption", "speling");
    assert_option_fails(self, "{'wait': <'yes'>}", "InvalidOption", "must be b");
    assert_option_fails(self, "{'': <'yes'>}", "InvalidOption", "\"\"");
    assert_option_fails(self, "{'wait': <true>, 'wait': <true>}", "InvalidOption", "twice");
    assert_fails(self, "Suggest",
                 g_variant_new("(ssuu@a{sv})", "", "Text.", 3, 3, pd_options(NULL)),
                 "InvalidOption", "start 3");
    assert_fails(
        self, "Suggest",
        g_variant_new("(ssuu@a{sv})", "", "Text.", G_MAXUINT32, G_MAXUINT32, pd_options(NULL)),
        "InvalidOption", "start 4294967295");
    assert_fails(self, "Explain",
                 g_variant_new("(ssuu@a{sv})", "", "Text.", 6, 0, pd_options(NULL)),
                 "InvalidOption", "start 6");
    assert_fails(self, "Explain", g_variant_new("(ssuu@a{sv})", "", " ", 0, 0, pd_options(NULL)),
                 "NotFound", "no word");
}

static void
test_other_errors(PdFixture *self, gconstpointer data)
{
    static const char *const texts[] = { "x", NULL };
    g_autofree char *language = g_strnfill(PD_MAX_LANGUAGE_BYTES + 1, 'x');
    const char *too_long = "64 bytes";

    assert_fails(self, "Check", g_variant_new("(ss@a{sv})", language, "Text.", pd_options(NULL)),
                 "UnknownLanguage", too_long);
    assert_fails(self, "Open", g_variant_new("(ss@a{sv})", language, "Text.", pd_options(NULL)),
                 "UnknownLanguage", too_long);
    assert_fails(self, "Score", g_variant_new("(s^as@a{sv})", language, texts, pd_options(NULL)),
                 "UnknownLanguage", too_long);
    assert_fails(self, "Suggest",
                 g_variant_new("(ssuu@a{sv})", language, "Text.", 0, 4, pd_options(NULL)),
                 "UnknownLanguage", too_long);
    assert_fails(self, "RemoveWord", g_variant_new("(s)", "two words"), "InvalidText", "");
    assert_fails(self, "Check", g_variant_new("(ss@a{sv})", "xx_XX", "Text.", pd_options(NULL)),
                 "UnknownLanguage", "xx_XX");
    assert_fails(self, "Open", g_variant_new("(ss@a{sv})", "../..", "Text.", pd_options(NULL)),
                 "UnknownLanguage", "..");
    assert_fails(self, "Score", g_variant_new("(s^as@a{sv})", "de_DE", texts, pd_options(NULL)),
                 "UnknownLanguage", "de_DE");
    assert_fails(self, "AddWord", g_variant_new("(s)", "two words"), "InvalidText", "");
    assert_fails(self, "AddWord", g_variant_new("(s)", ""), "InvalidText", "");
    assert_fails(self, "RemoveWord", g_variant_new("(s)", "absent"), "NotFound", "");
    assert_fails(self, "Cancel", g_variant_new("(t)", (guint64)12345), "NotFound", "12345");
    assert_fails(self, "Cancel", g_variant_new("(t)", G_MAXUINT64), "NotFound", "");
}

static void
test_signatures(PdFixture *self, gconstpointer data)
{
    static const char invalid_args[] = "org.freedesktop.DBus.Error.InvalidArgs";

    assert_fails(self, "Check", g_variant_new("(s)", "x"), invalid_args, "ssa{sv}");
    assert_fails(self, "Check", NULL, invalid_args, "Check");
    assert_fails(self, "Words", g_variant_new("(s)", "x"), invalid_args, "Words");
    assert_fails(self, "Cancel", g_variant_new("(u)", 1), invalid_args, "\"t\"");
    assert_fails(self, "Chek", NULL, "org.freedesktop.DBus.Error.UnknownMethod",
                 "did you mean Check?");
    pd_assert_fails(self->client, PD_DBUS_PATH, PROPERTIES, "Set",
                    g_variant_new("(ssv)", PD_DBUS_INTERFACE, "Version", g_variant_new_string("9")),
                    "org.freedesktop.DBus.Error.PropertyReadOnly", "Version");
    pd_assert_fails(self->client, PD_DBUS_DOCUMENT_PATH "1", PD_DBUS_DOCUMENT_INTERFACE, "Close",
                    NULL, "org.freedesktop.DBus.Error.UnknownObject", "closed");
}

static void
test_longest_text(PdFixture *self, gconstpointer data)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES + 1, ' ');
    g_autoptr(GVariant) findings = NULL;

    assert_fails(self, "Check", g_variant_new("(ss@a{sv})", "", text, pd_options(NULL)), "TooLong",
                 "16777217");
    assert_fails(self, "Open", g_variant_new("(ss@a{sv})", "", text, pd_options(NULL)), "TooLong",
                 "");
    text[PD_MAX_TEXT_BYTES] = '\0';
    findings = pd_fixture_check(self, text, NULL);
    g_assert_cmpuint(g_variant_n_children(findings), ==, 0);
}

static GVariant *
score_args(unsigned n_texts)
{
    GVariantBuilder texts;

    g_variant_builder_init(&texts, G_VARIANT_TYPE("as"));
    for (unsigned i = 0; i < n_texts; i++)
        g_variant_builder_add(&texts, "s", "Yes.");
    return g_variant_new("(sas@a{sv})", "en_US", &texts, pd_options(NULL));
}

static GVariant *
words_args(unsigned n_words, size_t n_bytes)
{
    g_autofree char *word = g_strnfill(n_bytes, 'q');
    GVariantBuilder words, options;

    g_variant_builder_init(&words, G_VARIANT_TYPE("as"));
    for (unsigned i = 0; i < n_words; i++)
        g_variant_builder_add(&words, "s", word);
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&options, "{sv}", "words", g_variant_builder_end(&words));
    return g_variant_new("(ssa{sv})", "", "Text.", &options);
}

static void
test_longest_lists(PdFixture *self, gconstpointer data)
{
    g_autofree char *word = g_strnfill(PD_MAX_WORD_BYTES + 1, 'q');
    g_autoptr(GVariant) scored =
        pd_fixture_call(self, "Score", score_args(PD_MAX_SCORE_TEXTS), NULL);
    g_autoptr(GVariant) checked =
        pd_fixture_call(self, "Check", words_args(PD_MAX_OPTION_WORDS, 5), NULL);
    g_autoptr(GVariant) long_word =
        pd_fixture_call(self, "Check", words_args(1, PD_MAX_WORD_BYTES), NULL);
    g_autoptr(GVariant) added = NULL;

    g_assert_nonnull(scored);
    g_assert_nonnull(checked);
    g_assert_nonnull(long_word);
    assert_fails(self, "Score", score_args(PD_MAX_SCORE_TEXTS + 1), "TooLong", "1001");
    assert_fails(self, "Check", words_args(PD_MAX_OPTION_WORDS + 1, 5), "TooLong", "10001");
    assert_fails(self, "Check", words_args(1, PD_MAX_WORD_BYTES + 1), "InvalidOption", "200");
    assert_fails(self, "AddWord", g_variant_new("(s)", word), "InvalidText", "");
    word[PD_MAX_WORD_BYTES] = '\0';
    added = pd_fixture_call(self, "AddWord", g_variant_new("(s)", word), NULL);
    g_assert_nonnull(added);
}

static void
damage_model(PdFixture *self)
{
    g_autofree char *dir = pd_fixture_path(self, "models/en");
    const char *const names[] = { "config.json", "vocab.txt", "levels.ini" };
    g_autofree char *weights = g_build_filename(dir, "model.safetensors", NULL);

    g_mkdir_with_parents(dir, 0700);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_build_filename(self->models, "en", names[i], NULL);
        g_autofree char *to = g_build_filename(dir, names[i], NULL);
        g_autofree char *bytes = NULL;
        size_t length;

        g_assert_true(g_file_get_contents(from, &bytes, &length, NULL));
        g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
    }
    g_assert_true(g_file_set_contents(weights, "\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10, NULL));
    g_free(self->models);
    self->models = pd_fixture_path(self, "models");
}

static void
test_model_broken(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) all = NULL;

    damage_model(self);
    pd_fixture_start(self, NULL);
    assert_fails(self, "Check", g_variant_new("(ss@a{sv})", "en_US", "Text.", pd_options(NULL)),
                 "ModelBroken", "model.safetensors");
    assert_fails(self, "Open", g_variant_new("(ss@a{sv})", "en_US", "Text.", pd_options(NULL)),
                 "ModelBroken", "model.safetensors");
    all = pd_call_on(self->client, PD_DBUS_PATH, PROPERTIES, "GetAll",
                     g_variant_new("(s)", PD_DBUS_INTERFACE), NULL);
    g_assert_nonnull(all); /* the other properties are still there */
}

/* --- words --- */

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *args, gpointer user_data)
{
    unsigned *n_seen = user_data;

    (*n_seen)++;
}

static void
add_words(PdFixture *self)
{
    unsigned n_seen = 0;
    unsigned id = g_dbus_connection_signal_subscribe(
        self->client, PD_DBUS_NAME, PD_DBUS_INTERFACE, "WordsChanged", PD_DBUS_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, &n_seen, NULL);

    for (unsigned i = 0; i < 2; i++) { /* the second changes nothing */
        g_autoptr(GVariant) added =
            pd_fixture_call(self, "AddWord", g_variant_new("(s)", "recieve"), NULL);

        g_assert_nonnull(added);
    }
    while (n_seen == 0)
        g_main_context_iteration(NULL, TRUE);
    g_dbus_connection_signal_unsubscribe(self->client, id);
    g_assert_cmpuint(n_seen, ==, 1);
}

static void
test_words(PdFixture *self, gconstpointer data)
{
    g_autoptr(GVariant) found = NULL;
    g_autoptr(GVariant) words = NULL;
    g_autoptr(GVariant) removed = NULL;
    g_autoptr(GVariant) again = NULL;
    g_autofree char *shown = NULL;

    add_words(self);
    pd_fixture_stop(self);
    pd_fixture_start(self, NULL); /* it is still known */
    words = pd_fixture_call(self, "Words", NULL, NULL);
    shown = g_variant_print(words, FALSE);
    g_assert_cmpstr(shown, ==, "(['recieve'],)");
    found = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_false(pd_has_finding(found, 2, 7));
    removed = pd_fixture_call(self, "RemoveWord", g_variant_new("(s)", "recieve"), NULL);
    g_assert_nonnull(removed);
    again = pd_fixture_check(self, "I recieve it.", NULL);
    g_assert_true(pd_has_finding(again, 2, 7));
}

#define ADD(path, fn) \
    g_test_add("/interface/" path, PdFixture, NULL, pd_fixture_up, fn, pd_fixture_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/interface/tables", test_tables);
    ADD("introspection", test_introspection);
    ADD("check", test_check);
    ADD("options", test_options);
    ADD("offsets", test_offsets);
    ADD("suggest-and-score", test_suggest_and_score);
    ADD("explain", test_explain);
    ADD("properties", test_properties);
    ADD("texts", test_texts);
    ADD("invalid-options", test_invalid_options);
    ADD("other-errors", test_other_errors);
    ADD("signatures", test_signatures);
    ADD("longest-text", test_longest_text);
    ADD("longest-lists", test_longest_lists);
    ADD("words", test_words);
    g_test_add("/interface/model-broken", PdFixture, NULL, pd_fixture_bus_up, test_model_broken,
               pd_fixture_down);
    return g_test_run();
}
