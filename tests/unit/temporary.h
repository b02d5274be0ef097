/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* temporary.h - a file for a function that takes a path */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

/* @length: -1: @content is a string. Returns: (transfer full): the path; the test removes it */
static inline char *
write_file(const void *content, gssize length)
{
    char *path = NULL;
    const int fd = g_file_open_tmp("proofd-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, content, length, NULL));
    return path;
}
