/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.json */
#include "model/config.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("config.json", data, size);
    g_autoptr(GError) error = NULL;
    PdConfig config = { 0 };

    if (pd_config_load(&config, path, &error)) {
        g_assert_no_error(error);
        g_assert_cmpuint(config.vocab_size, >, 0);
        g_assert_cmpuint(config.n_heads, >, 0);
        g_assert_cmpuint(config.hidden_size % config.n_heads, ==, 0);
        g_assert_cmpuint(config.n_labels, >, 0);
        if (config.labels != NULL)
            g_assert_cmpuint(g_strv_length(config.labels), ==, config.n_labels);
    } else {
        g_assert_nonnull(error);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    pd_config_done(&config);
    return 0;
}
