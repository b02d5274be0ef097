/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/cache.h"
#include "daemon/engine/findings.h"

#include <glib.h>
#include <string.h>

static GPtrArray *
some_findings(const char *word)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    PdFinding *finding = pd_finding_new(0, 3, PD_RULE_UNKNOWN, PD_KIND_SPELLING, 0.9);

    pd_finding_add(finding, word, 1.0, PD_ACTION_REPLACE);
    g_ptr_array_add(findings, finding);
    return findings;
}

static void
put(PdCache *cache, const char *text)
{
    g_autoptr(GBytes) key = g_bytes_new(text, strlen(text));
    g_autoptr(GPtrArray) findings = some_findings(text);

    pd_cache_put(cache, key, findings);
}

static GPtrArray *
get(PdCache *cache, const char *text)
{
    g_autoptr(GBytes) key = g_bytes_new(text, strlen(text));

    return pd_cache_get(cache, key);
}

static void
test_put_and_get(void)
{
    g_autoptr(PdCache) cache = pd_cache_new(100000);
    const PdFinding *finding;

    g_assert_null(get(cache, "one"));
    put(cache, "one");
    put(cache, "two");
    g_assert_nonnull(get(cache, "one"));
    finding = get(cache, "two")->pdata[0];
    g_assert_cmpstr(((PdCandidate *)finding->candidates->pdata[0])->text, ==, "two");
}

static void
test_replaces_same_key(void)
{
    g_autoptr(PdCache) cache = pd_cache_new(100000);
    size_t bytes;

    put(cache, "one");
    bytes = pd_cache_bytes(cache);
    put(cache, "one");
    g_assert_cmpuint(pd_cache_bytes(cache), ==, bytes);
}

static void
test_bounded_and_oldest_out(void)
{
    g_autoptr(PdCache) cache = pd_cache_new(0);
    size_t one;

    put(cache, "x0000");
    g_assert_null(get(cache, "x0000")); /* holds nothing */
    g_clear_pointer(&cache, pd_cache_free);

    cache = pd_cache_new(100000);
    put(cache, "x0000");
    one = pd_cache_bytes(cache);
    g_clear_pointer(&cache, pd_cache_free);

    cache = pd_cache_new(10 * one);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *text = g_strdup_printf("x%04d", i);

        put(cache, text);
        g_assert_nonnull(get(cache, "x0000")); /* used again each time, so it stays */
        g_assert_cmpuint(pd_cache_bytes(cache), <=, 10 * one);
    }
    g_assert_null(get(cache, "x0500"));
    g_assert_nonnull(get(cache, "x0999"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cache/put-and-get", test_put_and_get);
    g_test_add_func("/cache/replaces-same-key", test_replaces_same_key);
    g_test_add_func("/cache/bounded-and-oldest-out", test_bounded_and_oldest_out);
    return g_test_run();
}
