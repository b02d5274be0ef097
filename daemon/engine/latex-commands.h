/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latex-commands.h - what LaTeX's commands and environments do with their arguments
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What a command is to the text, then a letter for each argument in braces. Options in brackets
 * are left out.
 */
typedef struct {
    const char *name;
    const char *arguments; /* x left out, t text, b text that is a block, n a note, c code */
    const char *text;      /* (nullable): what the command stands for; PD_STAND_IN: some noun */
} PdLatexCommand;

/* (nullable): NULL for one that is not known; its arguments are text */
const PdLatexCommand *pd_latex_command(const char *name, size_t n);

typedef enum {
    PD_LATEX_TEXT,   /* a block */
    PD_LATEX_CELLS,  /* text between & and \\ */
    PD_LATEX_HIDDEN, /* left out */
    PD_LATEX_MATH,   /* left out, and has a place in a sentence */
} PdLatexEnvironmentKind;

typedef struct {
    PdLatexEnvironmentKind kind;
    unsigned n_arguments; /* in braces, left out */
} PdLatexEnvironment;

#define PD_LATEX_ALL_ARGUMENTS 9

/* A text, of which all arguments are left out, where the name is not known. A star at the end of
 * @name is ignored. */
PdLatexEnvironment pd_latex_environment(const char *name, size_t n);

/* The combining character that the accent puts on a letter; 0: it is no accent */
unsigned pd_latex_accent(const char *name, size_t n);
