/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/world.h"

#include "tests/fuzz/fuzz.h"
#include "tests/unit/formula.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const Shape shape = { .vocab = 64,
                             .embedding = 8,
                             .hidden = 8,
                             .layers = 1,
                             .heads = 2,
                             .ffn = 16,
                             .positions = 64,
                             .types = 4,
                             .labels = 1,
                             .dtype = "F32" };

static const char affixes[] = "SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\nREP 1\nREP eh he\n"
                              "SFX S Y 1\nSFX S 0 s [a-z]\n";
static const char dictionary[] = "24\na\nan\nand\napple/S\nare\nday/S\ngo\ngoes\nhe\nI\nin\nis\n"
                                 "it\nnaïve\nof\nschool/S\nshe\nthe\ntheir\nthere\nto\nwas\n"
                                 "we\nword/S\n";

/* What else a model's folder has: the real ones. */
static const char *const tables[] = { "confusions.tsv", "levels.ini",  "names.txt",
                                      "ngrams.bin",     "ranking.ini", "words.tsv" };

static GTestDBus *bus;
static char *models_dir;

static void
write_dictionary(void)
{
    g_free(fuzz_write("en_US.aff", (const uint8_t *)affixes, strlen(affixes)));
    g_free(fuzz_write("en_US.dic", (const uint8_t *)dictionary, strlen(dictionary)));
    g_assert_true(g_setenv("PROOFD_DICTIONARIES", fuzz_folder(), TRUE));
}

/* (transfer full): a folder with the model "en" */
static char *
write_models(void)
{
    char *dir = g_dir_make_tmp("proofd-fuzz-XXXXXX", NULL);
    g_autofree char *model = formula_write(&shape);
    g_autofree char *english = g_build_filename(dir, "en", NULL);

    g_assert_cmpint(g_rename(model, english), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *from = g_build_filename(FUZZ_MODEL, tables[i], NULL);
        g_autofree char *to = g_build_filename(english, tables[i], NULL);

        g_assert_cmpint(symlink(from, to), ==, 0);
    }
    return dir;
}

const char *
fuzz_world_start(void)
{
    bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(bus);
    write_dictionary();
    models_dir = write_models();
    return g_test_dbus_get_bus_address(bus);
}

const char *
fuzz_world_models(void)
{
    return models_dir;
}

void
fuzz_world_stop(void)
{
    g_autofree char *english = g_build_filename(models_dir, "en", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *table = g_build_filename(english, tables[i], NULL);

        g_unlink(table);
    }
    formula_remove(english);
    g_rmdir(models_dir);
    g_free(models_dir);
    g_test_dbus_stop(bus);
    g_object_unref(bus);
}

static gboolean
on_timeout(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

bool
fuzz_wait(bool (*is_done)(void *user_data), void *user_data, unsigned timeout_ms)
{
    bool is_late = false, done;
    const guint timer = timeout_ms > 0 ? g_timeout_add(timeout_ms, on_timeout, &is_late) : 0;

    while (!(done = is_done(user_data)) && !is_late)
        g_main_context_iteration(NULL, TRUE);
    if (timer != 0 && !is_late)
        g_source_remove(timer);
    return done;
}
