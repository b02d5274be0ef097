/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.h - the options that several commands share
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>
#include <proofd.h>
#include <stdbool.h>

/* Which of them a command takes. */
typedef enum {
    PD_OPTIONS_COMMON = 0,     /* --quiet, --verbose, --local, --models */
    PD_OPTIONS_LANGUAGE = 1,   /* --language */
    PD_OPTIONS_CHECK = 1 << 1, /* --level, --variant, --disable, --words, --max-candidates */
} PdOptionSet;

typedef struct {
    char *language; /* never NULL once parsed with PD_OPTIONS_LANGUAGE */
    char *level;
    char *variant;
    char **disable;
    char *models;
    char *words_file;
    int max_candidates; /* G_MININT: not given */
    gboolean local;
    gboolean verbose;
    gboolean quiet;
    char **words; /* the words of words_file */
    char **rest;  /* (nullable): arguments that are no options, raw bytes */
} PdOptions;

#define PD_OPTIONS_INIT            \
    {                              \
        .max_candidates = G_MININT \
    }
void pd_options_done(PdOptions *self);

/**
 * pd_options_parse:
 * @usage: what follows the program's name in the first line of --help
 * @entries: (nullable): the command's own options
 *
 * Reads the arguments, looks at the values, and fills in the language. Prints what is wrong with
 * them; --help prints the help and ends the program.
 */
bool pd_options_parse(PdOptions *self, PdOptionSet set, const char *usage, const char *description,
                      const GOptionEntry *entries, int argc, char **argv);

/*
 * Has @checker use the models that the settings choose, unless --models is given. Settings that
 * cannot be read stop nothing: what is wrong is told.
 */
void pd_options_choose_models(const PdOptions *self, PdChecker *checker);

/* What they ask of a check: (transfer full). */
ProofdOptions *pd_options_for_check(const PdOptions *self);

/* Is @value (nullable: yes) one of @choices? Prints what they are if not. */
bool pd_options_check_choice(const char *option, const char *value, const char *const *choices);
bool pd_options_check_format(const char *value); /* --format */
bool pd_options_check_color(const char *value);  /* --color */

/* Splits "a,b" and repeated options: (transfer full), g_strfreev, without empty ones. */
char **pd_options_split(const char *const *values);

/*
 * The language of the environment if a dictionary for it is installed, else en_US: (transfer
 * full).
 */
char *pd_options_default_language(void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdOptions, pd_options_done)
