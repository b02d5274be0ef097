/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor-find.h - files of programs, wherever they are installed
 *
 * A place is a path, with * and ?, that may begin with one of
 *   $home     the user's home
 *   $config   $XDG_CONFIG_HOME
 *   $data     $XDG_DATA_HOME, then each of $XDG_DATA_DIRS
 *   $lib      lib/ and lib64/ beside each of $XDG_DATA_DIRS
 *   $etc      each of $XDG_CONFIG_DIRS
 *   $unit     where systemd looks for units of the user
 *   $path     each folder of $PATH
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* (transfer full): the files at @place, in the order of its folders; g_strfreev */
char **pd_find_all(const char *place);
/* (transfer full) (nullable): the first of them */
char *pd_find(const char *place);
/* The same of @n places, NULL ones passed over. */
char *pd_find_any(const char *const *places, size_t n);
/* (transfer full): where @place would be, were it there: the first folder it may be in */
char *pd_find_default(const char *place);
/* (transfer full): an example that is installed with proofd, or would be: "kate.json" */
char *pd_find_example(const char *name);
/* (transfer full): with ~ for the user's home */
char *pd_find_shorten(const char *path);

/*
 * Does a line of the file match @pattern, a regular expression, after those that begin with
 * @comment (nullable) are left out? A file that cannot be read has none.
 */
bool pd_file_matches(const char *path, const char *pattern, const char *comment);

/* (transfer full) (nullable): how this system installs @package, also @again; NULL: unknown */
char *pd_install_command(const char *package, bool again);
