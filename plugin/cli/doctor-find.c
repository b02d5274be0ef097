/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/doctor-find.h"

#include <glob.h>
#include <string.h>

/* A folder as glob(3) takes it by its letters. */
static char *
escape(const char *folder)
{
    GString *out = g_string_new(NULL);

    for (; *folder != '\0'; folder++) {
        if (strchr("*?[\\", *folder) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *folder);
    }
    return g_string_free(out, FALSE);
}

static void
add(GPtrArray *folders, const char *folder, const char *below)
{
    g_ptr_array_add(folders, g_build_filename(folder, below, NULL));
}

static void
add_all(GPtrArray *folders, const char *const *all, const char *below)
{
    for (; *all != NULL; all++)
        add(folders, *all, below);
}

static void
add_home(GPtrArray *folders)
{
    add(folders, g_get_home_dir(), "");
}

static void
add_config(GPtrArray *folders)
{
    add(folders, g_get_user_config_dir(), "");
}

static void
add_data(GPtrArray *folders)
{
    add(folders, g_get_user_data_dir(), "");
    add_all(folders, g_get_system_data_dirs(), "");
}

static void
add_lib(GPtrArray *folders)
{
    add_all(folders, g_get_system_data_dirs(), "../lib");
    add_all(folders, g_get_system_data_dirs(), "../lib64");
}

static void
add_etc(GPtrArray *folders)
{
    add_all(folders, g_get_system_config_dirs(), "");
}

static void
add_unit(GPtrArray *folders)
{
    add(folders, g_get_user_config_dir(), "systemd/user");
    add(folders, "/etc/systemd/user", "");
    add(folders, g_get_user_data_dir(), "systemd/user");
    add_all(folders, g_get_system_data_dirs(), "../lib/systemd/user");
}

static void
add_path(GPtrArray *folders)
{
    const char *path = g_getenv("PATH");
    g_auto(GStrv) all = g_strsplit(path != NULL ? path : "/usr/bin:/bin", ":", -1);

    add_all(folders, (const char *const *)all, "");
}

static const struct {
    const char *name;
    void (*add)(GPtrArray *folders);
} roots[] = {
    { "$home/", add_home }, { "$config/", add_config }, { "$data/", add_data },
    { "$lib/", add_lib },   { "$etc/", add_etc },       { "$unit/", add_unit },
    { "$path/", add_path },
};

/* (transfer full): the folders that @place may be in; sets what is below them */
static GPtrArray *
folders_of(const char *place, const char **ret_rest)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);

    *ret_rest = place;
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        if (g_str_has_prefix(place, roots[i].name)) {
            roots[i].add(folders);
            *ret_rest = place + strlen(roots[i].name);
        }
    }
    if (folders->len == 0)
        add(folders, "", "");
    return g_steal_pointer(&folders);
}

char **
pd_find_all(const char *place)
{
    const char *rest;
    g_autoptr(GPtrArray) folders = folders_of(place, &rest);
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < folders->len; i++) {
        g_autofree char *folder = escape(g_ptr_array_index(folders, i));
        g_autofree char *pattern = g_build_filename(folder, rest, NULL);
        glob_t matches = { 0 };

        glob(pattern, 0, NULL, &matches); /* without a match, or on an error, gl_pathc is 0 */
        for (size_t m = 0; m < matches.gl_pathc; m++)
            g_ptr_array_add(found, g_strdup(matches.gl_pathv[m]));
        globfree(&matches);
    }
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(found, FALSE);
}

char *
pd_find(const char *place)
{
    g_auto(GStrv) all = pd_find_all(place);

    return g_strdup(all[0]);
}

char *
pd_find_any(const char *const *places, size_t n)
{
    char *found = NULL;

    for (size_t i = 0; i < n && found == NULL; i++) {
        if (places[i] != NULL)
            found = pd_find(places[i]);
    }
    return found;
}

char *
pd_find_default(const char *place)
{
    const char *rest;
    g_autoptr(GPtrArray) folders = folders_of(place, &rest);

    return g_build_filename(g_ptr_array_index(folders, 0), rest, NULL);
}

char *
pd_find_example(const char *name)
{
    g_autofree char *place = g_build_filename("$data/doc/proofd/examples", name, NULL);
    char *found = pd_find(place);

    return found != NULL ? found : g_build_filename(PD_EXAMPLES, name, NULL);
}

char *
pd_find_shorten(const char *path)
{
    const char *home = g_get_home_dir();
    size_t length = strlen(home);

    if (g_str_has_prefix(path, home) && path[length] == '/')
        return g_strconcat("~", path + length, NULL);
    return g_strdup(path);
}

bool
pd_file_matches(const char *path, const char *pattern, const char *comment)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || /* a pipe would be waited for */
        !g_file_get_contents(path, &text, NULL, NULL))
        return false;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *valid = g_utf8_make_valid(g_strstrip(*line), -1);

        if ((comment == NULL || !g_str_has_prefix(valid, comment)) &&
            g_regex_match_simple(pattern, valid, 0, 0))
            return true;
    }
    return false;
}

static const struct {
    const char *program, *install, *reinstall;
} managers[] = {
    { "apt-get", "sudo apt install", "sudo apt install --reinstall" },
    { "dnf", "sudo dnf install", "sudo dnf reinstall" },
    { "zypper", "sudo zypper install", "sudo zypper install --force" },
    { "pacman", "sudo pacman -S", "sudo pacman -S" },
};

char *
pd_install_command(const char *package, bool again)
{
    for (size_t i = 0; i < G_N_ELEMENTS(managers); i++) {
        g_autofree char *program = g_find_program_in_path(managers[i].program);

        if (program != NULL)
            return g_strdup_printf("%s %s", again ? managers[i].reinstall : managers[i].install,
                                   package);
    }
    return NULL;
}
