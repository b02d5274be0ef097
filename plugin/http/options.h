/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.h - the command line
 */
#pragma once

#include "plugin/http/server.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    PdHttpSettings settings;
    GStrv listen; /* (nullable): addresses; NULL: loopback */
    guint16 port; /* for addresses without one */
    bool wants_version;
} PdHttpOptions;

/**
 * pd_http_options_parse:
 * @argv: (transfer none): with the program's name
 * @ret_options: to be cleared with pd_http_options_clear() in any case
 * @error: G_OPTION_ERROR: names what was wrong
 *
 * --help prints and ends the program.
 */
bool pd_http_options_parse(int argc, char **argv, PdHttpOptions *ret_options, GError **error);
void pd_http_options_clear(PdHttpOptions *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdHttpOptions, pd_http_options_clear)
