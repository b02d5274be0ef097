/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain.h - one explained place, written as text, HTML or JSON; rule pages
 */
#pragma once

#include "daemon/engine/checker.h"
#include "plugin/cli/input.h"

#include <glib.h>
#include <proofd.h>
#include <stdbool.h>

typedef struct {
    const PdInput *input;
    const ProofdExplanation *explanation;
    PdPlace place;        /* where its words begin */
    const char *sentence; /* where its sentence begins, in the input's text */
    const char *language;
    const char *level;
    bool colour;        /* text alone, as the next */
    size_t max_columns; /* of a line */
} PdExplainView;

/* Each appends the whole to @out. */
void pd_explain_text(const PdExplainView *self, GString *out);
void pd_explain_html(const PdExplainView *self, GString *out); /* a page that needs nothing else */
void pd_explain_json(const PdExplainView *self, GString *out); /* one object */

/* That many code points from @start, in one line: line ends are spaces. (transfer full) */
char *pd_explain_part(const PdExplainView *self, uint32_t start, uint32_t length);

/* What the rule finds, an example, how to turn it off. */
void pd_explain_rule_text(const PdRulePage *page, size_t max_columns, GString *out);
/* An array of the pages that there are of @rules, NULL-terminated. */
void pd_explain_rules_json(const char *const *rules, GString *out);
