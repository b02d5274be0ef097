/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/service.h"

#include "daemon/service.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static PdService *service;

static void
on_stopped(void *user_data)
{
    g_error("the service stopped");
}

static void
stop(void)
{
    pd_service_free(service);
    fuzz_world_stop();
}

const char *
fuzz_service_start(void)
{
    g_autofree char *none = g_build_filename(fuzz_folder(), "none.conf", NULL);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    const char *address = fuzz_world_start();
    PdSettings *settings = pd_settings_load(none, warnings); /* the service's to free */
    g_autoptr(GError) error = NULL;

    settings->idle_exit_seconds = 0;
    settings->models_dir = g_strdup(fuzz_world_models());
    settings->words_file = g_build_filename(fuzz_folder(), "words.txt", NULL);
    service = pd_service_new(settings, false, on_stopped, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(atexit(stop), ==, 0);
    return address;
}
