/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * code-languages.h - how comments and strings are written in programming languages
 *
 * One row a language, named as the language server protocol names it (languageId).
 */
#pragma once

#include <stddef.h>

#define PD_CODE_MAX_MARKS 4

typedef enum {
    PD_CODE_NESTED = 1 << 0,        /* block comments hold block comments */
    PD_CODE_AFTER_SPACE = 1 << 1,   /* a line comment's mark begins a word ("$#" has none) */
    PD_CODE_LINE_START = 1 << 2,    /* and is the first thing in its line */
    PD_CODE_DOUBLED = 1 << 3,       /* a quote in a string is written twice, \ means nothing */
    PD_CODE_TRIPLE = 1 << 4,        /* three quotes surround a string of several lines */
    PD_CODE_DOCSTRING = 1 << 5,     /* the first string of a block documents it */
    PD_CODE_CHARACTERS = 1 << 6,    /* ' surrounds one character, or begins a name */
    PD_CODE_PREFIXED = 1 << 7,      /* letters before a quote say what it means: r"", b"", R"( */
    PD_CODE_LONG_BRACKETS = 1 << 8, /* Lua: [[ ]] [==[ ]==] and --[[ ]] */
    PD_CODE_HASHED = 1 << 9,        /* Rust, Swift: r#" "# */
    PD_CODE_NO_CASE = 1 << 10,      /* marks that are words may be written in any case */
    PD_CODE_MARKDOWN = 1 << 11,     /* comments are Markdown: what is far indented is code */
} PdCodeFlags;

typedef struct {
    const char *names;                   /* separated by spaces, the first is the languageId */
    const char *files;                   /* ends of file names, with their dot, or whole names */
    const char *line[PD_CODE_MAX_MARKS]; /* what begins a comment that the line's end ends */
    const char *block[PD_CODE_MAX_MARKS][2]; /* what begins and ends a comment */
    const char *quotes;                      /* each surrounds a string in one line */
    const char *long_quotes;                 /* the same, over several lines */
    unsigned flags;                          /* of PdCodeFlags */
} PdCodeLanguage;

extern const PdCodeLanguage pd_code_languages[];
extern const size_t pd_n_code_languages;
