/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/json-guard.h"

#include <glib.h>
#include <string.h>

#define MAX_DEPTH 3

/* Tokens by a letter each: string, other, NUL, half of a pair, bad escape, comment, value, deep */
static char *
tokens_of(const char *json)
{
    PdJsonGuard guard = pd_json_guard(json, strlen(json), MAX_DEPTH);
    g_autoptr(GString) letters = g_string_new(NULL);
    PdJsonToken token;

    while ((token = pd_json_guard_next(&guard)) != PD_JSON_END) {
        g_string_append_c(letters, ".s-NHBCVD"[token]);
        g_assert_true(guard.start >= json && guard.start < guard.at);
        g_assert_true(guard.at <= json + strlen(json));
        if (token >= PD_JSON_NUL)
            g_assert_nonnull(pd_json_fault(token));
        else
            g_assert_null(pd_json_fault(token));
        if (token >= PD_JSON_BAD_ESCAPE)
            break;
    }
    return g_string_free(g_steal_pointer(&letters), FALSE);
}

static void
test_tokens(void)
{
    static const struct {
        const char *json, *tokens;
    } rows[] = {
        { "", "" },
        { " {\"a\":1}\n", "--s----" },
        { "[{\"a\":[]}]", "--s-----" },
        { "[[[[]]]]", "---D" },
        { "\"/'{[\\\"\\\\\"", "s" },
        { "\"open", "s" },
        { "\"open\\", "B" },
        { "\"\\ud83d\\ude00\\u00e9\\b\\f\\n\\r\\t\\/\"", "s" },
        { "\"\\u0000\\\\u0000\\u0000\"", "NNs" },
        { "\"\\ud800\\u0041\"", "Hs" },
        { "\"\\ud800\\ud83d\\ude00\\udc00\"", "HHs" },
        { "\"\\ud83d", "Hs" },
        { "\"\\377\"", "B" },
        { "\"\\u12\"\"[", "B" },
        { "\"\\ud80\"", "B" },
        { "\"\\a\"", "B" },
        { "{/**/}", "-C" },
        { "{'a':1}", "-C" },
        { "{}{", "--V" },
        { "9{", "-V" },
        { "\"a\"[", "sV" },
        { "]]]{", "---V" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *tokens = tokens_of(rows[i].json);

        g_test_message("%s", rows[i].json);
        g_assert_cmpstr(tokens, ==, rows[i].tokens);
    }
}

/* Where a string and an escape stand, and how deep */
static void
test_places(void)
{
    const char *json = "{\"a\\u0000b\":[\"c\"]}";
    PdJsonGuard guard = pd_json_guard(json, strlen(json), MAX_DEPTH);

    g_assert_cmpint(pd_json_guard_next(&guard), ==, PD_JSON_OTHER);
    g_assert_cmpint(guard.depth, ==, 1);
    g_assert_cmpint(pd_json_guard_next(&guard), ==, PD_JSON_NUL);
    g_assert_cmpint(guard.start - json, ==, 3);
    g_assert_cmpint(pd_json_guard_next(&guard), ==, PD_JSON_STRING);
    g_assert_cmpint(guard.start - json, ==, 1);
    g_assert_cmpint(guard.at - json, ==, 11);
    for (int i = 0; i < 2; i++)
        g_assert_cmpint(pd_json_guard_next(&guard), ==, PD_JSON_OTHER);
    g_assert_cmpint(pd_json_guard_next(&guard), ==, PD_JSON_STRING);
    g_assert_cmpint(guard.depth, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-guard/tokens", test_tokens);
    g_test_add_func("/json-guard/places", test_places);
    return g_test_run();
}
