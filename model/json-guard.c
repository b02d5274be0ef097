/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/json-guard.h"

#include <glib.h>
#include <string.h>

PdJsonGuard
pd_json_guard(const char *json, size_t length, int max_depth)
{
    return (PdJsonGuard){ .start = json, .at = json, .end = json + length, .max_depth = max_depth };
}

/* The number of \uXXXX at @p; -1: there is none. */
static int
read_escape(const char *p, const char *end)
{
    int value = 0;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (!g_ascii_isxdigit(p[i]))
            return -1;
        value = value * 16 + g_ascii_xdigit_value(p[i]);
    }
    return value;
}

/* \n and its like, from @p to @end: with others, json-glib may read the quotation mark behind. */
static bool
is_short_escape(const char *p, const char *end)
{
    return end - p == 2 && p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL;
}

static bool
is_high(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool
is_low(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static PdJsonToken
next_in_string(PdJsonGuard *self)
{
    while (self->at < self->end && *self->at != '"') {
        const char *p = self->at;
        const int unit = read_escape(p, self->end);

        self->start = p;
        self->at += unit >= 0 ? 6 : *p == '\\' && self->end - p > 1 ? 2 : 1;
        if (*p == '\\' && unit < 0 && !is_short_escape(p, self->at))
            return PD_JSON_BAD_ESCAPE;
        if (is_high(unit) && is_low(read_escape(self->at, self->end))) {
            self->at += 6;
            continue;
        }
        if (unit == 0)
            return PD_JSON_NUL;
        if (is_high(unit) || is_low(unit))
            return PD_JSON_HALF_PAIR;
    }
    self->at += self->at < self->end;
    self->start = self->string;
    self->string = NULL;
    return PD_JSON_STRING;
}

PdJsonToken
pd_json_guard_next(PdJsonGuard *self)
{
    PdJsonToken token = PD_JSON_OTHER;

    if (self->string != NULL)
        return next_in_string(self);
    if (self->at >= self->end)
        return PD_JSON_END;
    self->start = self->at++;
    switch (*self->start) {
    case '"':
        self->string = self->start;
        token = next_in_string(self);
        break;
    case '/':
    case '\'':
        return PD_JSON_COMMENT;
    case '{':
    case '[':
        if (self->depth <= 0 && self->had_value)
            return PD_JSON_SECOND_VALUE;
        if (++self->depth > self->max_depth)
            return PD_JSON_TOO_DEEP;
        break;
    case '}':
    case ']':
        self->depth--;
        break;
    default:
        break;
    }
    self->had_value = self->had_value || (self->depth <= 0 && !g_ascii_isspace(*self->start));
    return token;
}

const char *
pd_json_fault(PdJsonToken token)
{
    static const char *const faults[PD_JSON_TOO_DEEP + 1] = {
        [PD_JSON_NUL] = "a NUL (\\u0000) in a string",
        [PD_JSON_HALF_PAIR] = "half of a surrogate pair (\\uD800 to \\uDFFF) in a string",
        [PD_JSON_BAD_ESCAPE] = "not JSON: an escape (\\) that there is not",
        [PD_JSON_COMMENT] = "not JSON: a comment, or a string in '",
        [PD_JSON_SECOND_VALUE] = "not JSON: more than one value",
        [PD_JSON_TOO_DEEP] = "JSON that is nested too deep",
    };

    return faults[token];
}
