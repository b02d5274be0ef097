/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-guard.h - JSON from others, before json-glib parses it
 *
 * json-glib parses recursively without a limit, reads comments and 'strings', takes "\377" for a
 * byte and the quotation mark of "\u12" for a digit, leaks the first of two values, cuts a string
 * at \u0000, and makes no UTF-8 of half of a surrogate pair. This looks for all that, token by
 * token, in linear time. Whether it is JSON at all is json-glib's question (RFC 8259).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    PD_JSON_END,
    PD_JSON_STRING, /* its quotation marks are at @start and before @at; the last may be missing */
    PD_JSON_OTHER,  /* any other character, at @start */
    /* \uXXXX that is no character, at @start; the string goes on with the next call */
    PD_JSON_NUL,
    PD_JSON_HALF_PAIR,
    /* what is to be refused: nothing more is to be asked for */
    PD_JSON_BAD_ESCAPE, /* "\377", "\u12" */
    PD_JSON_COMMENT,    /* or a string in ' */
    PD_JSON_SECOND_VALUE,
    PD_JSON_TOO_DEEP,
} PdJsonToken;

typedef struct {
    const char *start; /* of the last token */
    const char *at;    /* where the next one begins */
    const char *end;
    int max_depth; /* of arrays and objects */
    int depth;     /* after the last token */
    /* private */
    const char *string; /* where the string that is being read began; NULL: none */
    bool had_value;
} PdJsonGuard;

/* @json: borrowed, need not end in NUL */
PdJsonGuard pd_json_guard(const char *json, size_t length, int max_depth);
PdJsonToken pd_json_guard_next(PdJsonGuard *self);

/* (nullable): what is wrong, as "not JSON: a comment, or a string in '"; NULL: nothing is */
const char *pd_json_fault(PdJsonToken token);
