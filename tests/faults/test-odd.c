/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that nobody writes: each gets a result in bounded memory, and others are served. */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#define MOST_MIB 400 /* that the service ever takes; the largest text has 10 MB */

typedef struct {
    const char *name;
    const char *part; /* again and again */
    size_t n_parts;
    const char *options;
} Odd;

static const Odd odds[] = {
    { "one-word", "a", 10 * 1000 * 1000, "{}" },
    { "one-word-of-letters", "qwertyuiopasdfghjklzxcvbnm", 400 * 1000, "{}" },
    { "one-line-of-hyphens", "well-", 400 * 1000, "{}" },
    { "one-line-of-apostrophes", "don't'", 400 * 1000, "{}" },
    { "full-stops", ".", 4 * 1000 * 1000, "{}" },
    { "combining-marks", "\xCC\x81", 100 * 1000, "{}" },
    { "bidi-controls", "\xE2\x80\xAE\xE2\x81\xA6recieve\xE2\x81\xA9\xE2\x80\xAC ", 10 * 1000,
      "{}" },
    { "zero-width",
      "re\xE2\x80\x8B"
      "cie\xE2\x80\x8Dve\xEF\xBB\xBF ",
      10 * 1000, "{}" },
    { "emoji", "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
      100 * 1000, "{}" },
    { "controls", "\x01\x02\x1b[0m\x7f\r", 100 * 1000, "{}" },
    { "markdown-quotes", ">", 200 * 1000, "{'format': <'markdown'>}" },
    { "markdown-lists", "- ", 100 * 1000, "{'format': <'markdown'>}" },
    { "markdown-emphasis", "*a **b ", 100 * 1000, "{'format': <'markdown'>}" },
    { "markdown-brackets", "[", 200 * 1000, "{'format': <'markdown'>}" },
    { "markdown-links", "[a](", 100 * 1000, "{'format': <'markdown'>}" },
    { "markdown-code", "`` ` ", 100 * 1000, "{'format': <'markdown'>}" },
    { "html-elements", "<div>", 200 * 1000, "{'format': <'html'>}" },
    { "html-open", "<!--", 200 * 1000, "{'format': <'html'>}" },
    { "latex-groups", "{", 400 * 1000, "{'format': <'latex'>}" },
    { "latex-environments", "\\begin{a}", 100 * 1000, "{'format': <'latex'>}" },
};

static char *
odd_text(const Odd *odd)
{
    GString *text = g_string_new("The ");

    for (size_t i = 0; i < odd->n_parts; i++)
        g_string_append(text, odd->part);
    return g_string_free(text, FALSE);
}

/* As a document with an edit in the middle. */
static void
edit_odd_text(PdFixture *self, const char *text, const char *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) opened = NULL, edited = NULL, closed = NULL;
    const char *path;

    opened = pd_fixture_call(
        self, "Open", g_variant_new("(ss@a{sv})", "en_US", text, pd_options(options)), &error);
    g_assert_no_error(error);
    g_variant_get(opened, "(&o)", &path);
    edited = pd_call_on(self->client, path, PD_DBUS_DOCUMENT_INTERFACE, "Edit",
                        g_variant_new("(tuus)", (guint64)1, 2U, 1U, "n recieve teh "), &error);
    g_assert_no_error(error);
    closed = pd_call_on(self->client, path, PD_DBUS_DOCUMENT_INTERFACE, "Close", NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(edited);
    g_assert_nonnull(closed);
}

static void
test_odd_texts(PdFixture *self, gconstpointer data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(odds); i++) {
        g_autofree char *text = odd_text(&odds[i]);
        g_autoptr(GVariant) findings = pd_fixture_check(self, text, odds[i].options);
        uint64_t peak_mib;

        g_assert_true(g_variant_is_of_type(findings, G_VARIANT_TYPE("a" PD_DBUS_FINDING)));
        edit_odd_text(self, text, odds[i].options);
        peak_mib = pd_faults_status(self, "VmHWM") / 1024;
        g_test_message("%s: %zu findings, at most %" G_GUINT64_FORMAT " MiB so far", odds[i].name,
                       g_variant_n_children(findings), peak_mib);
        if (!pd_faults_sanitized())
            g_assert_cmpuint(peak_mib, <=, MOST_MIB);
        pd_faults_assert_serves(self);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/faults/odd-texts", PdFixture, NULL, pd_fixture_up, test_odd_texts,
               pd_fixture_down);
    return g_test_run();
}
