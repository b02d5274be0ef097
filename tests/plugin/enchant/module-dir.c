/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * module-dir.c - for LD_PRELOAD: libenchant finds its modules in $ENCHANT_TEST_MODULES
 *
 * Where they are is compiled into it, and only root can put one there. So a test makes a directory
 * of its own, with links to the system's modules and to the one just built, and what libenchant
 * asks GLib for is answered from there.
 */
#include <dlfcn.h>
#include <glib.h>
#include <gmodule.h>
#include <stdbool.h>

static bool
is_module_dir(const char *path)
{
    return g_str_has_suffix(path, "/enchant-2") && g_getenv("ENCHANT_TEST_MODULES") != NULL;
}

GDir *
g_dir_open(const char *path, guint flags, GError **error)
{
    GDir *(*open)(const char *, guint, GError **) = dlsym(RTLD_NEXT, "g_dir_open");

    return open(is_module_dir(path) ? g_getenv("ENCHANT_TEST_MODULES") : path, flags, error);
}

/* (transfer full) */
static char *
redirect(const char *file)
{
    g_autofree char *dir = file != NULL ? g_path_get_dirname(file) : NULL;
    g_autofree char *name = file != NULL ? g_path_get_basename(file) : NULL;

    if (dir == NULL || !is_module_dir(dir))
        return g_strdup(file);
    return g_build_filename(g_getenv("ENCHANT_TEST_MODULES"), name, NULL);
}

GModule *
g_module_open(const char *file, GModuleFlags flags)
{
    GModule *(*open)(const char *, GModuleFlags) = dlsym(RTLD_NEXT, "g_module_open");
    g_autofree char *other = redirect(file);

    return open(other, flags);
}

GModule *
g_module_open_full(const char *file, GModuleFlags flags, GError **error)
{
    GModule *(*open)(const char *, GModuleFlags, GError **) =
        dlsym(RTLD_NEXT, "g_module_open_full");
    g_autofree char *other = redirect(file);

    return open(other, flags, error);
}
