/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings file: whatever it holds, there are settings within their ranges. */
#include "daemon/settings.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("proofd.conf", data, size);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(PdSettings) settings = pd_settings_load(path, warnings);

    g_assert_nonnull(settings->language);
    g_assert_cmpstr(settings->language, !=, "");
    g_assert_cmpint(settings->level, <, PD_N_LEVELS);
    for (char **rule = settings->disable; *rule != NULL; rule++)
        g_assert_true(pd_rule_exists(*rule));
    for (guint i = 0; i < warnings->len; i++)
        g_assert_true(g_utf8_validate(g_ptr_array_index(warnings, i), -1, NULL));
    return 0;
}
