/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.h - proofd's rules ("kind/detail") as LanguageTool's clients know rules
 *
 * A rule that LanguageTool has, too, has its id there, so that what a user has turned off stays
 * off. Others are PROOFD_ and the rule's name in capitals. Ids and categories never change their
 * meaning; README.md has the table.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *rule; /* proofd's, "spelling/unknown" */
    const char *id;
    const char *description; /* to be translated, as are the names of categories */
    const char *issue_type;  /* of the Internationalization Tag Set: misspelling, grammar, ... */
    const char *category_id;
    const char *category_name;
    const char *type_name; /* UnknownWord, Hint or Other */
    bool needs_sentence;   /* an unfinished sentence may yet be right */
} PdHttpRule;

/* All rules that are known here, by proofd's name; @ret_n of them. */
const PdHttpRule *pd_http_rules(size_t *ret_n);

/**
 * pd_http_rule_find:
 * @rule: as the service gave it
 *
 * Returns: (transfer none): its row, or that of its kind's model if a newer service has a rule that
 * is not known here; never NULL
 */
const PdHttpRule *pd_http_rule_find(const char *rule);

/* (transfer full): the id of a rule: of @known, or made of its name */
char *pd_http_rule_id(const PdHttpRule *known, const char *rule);

/* What of it is wanted; lists of ids as clients send them, and of proofd's names. */
typedef struct {
    GStrv enabled_rules;
    GStrv disabled_rules;
    GStrv enabled_categories;
    GStrv disabled_categories;
    bool enabled_only;
} PdHttpFilter;

/* A rule that is enabled by name counts more than its category's being disabled. */
bool pd_http_filter_accepts(const PdHttpFilter *self, const char *rule);
void pd_http_filter_clear(PdHttpFilter *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdHttpFilter, pd_http_filter_clear)
