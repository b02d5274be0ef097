/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decisions.h - what the user does not want to be told, and how to take each back
 *
 * Ignored here and ignored words belong to the text of one window and end with it; words and rules
 * belong to the user, and are the same in all windows.
 */
#pragma once

#include "plugin/editor/annotator.h"
#include "plugin/editor/state.h"

typedef enum {
    PD_DECISION_IGNORED,      /* a finding here */
    PD_DECISION_IGNORED_WORD, /* a word in this text */
    PD_DECISION_ADDED_WORD,   /* to the user's words */
    PD_DECISION_RULE_OFF,
} PdDecisionKind;

typedef struct {
    PdDecisionKind kind;
    char *text; /* the words, or the rule */
    guint64 fingerprint;
} PdDecision;

#define PD_TYPE_DECISIONS (pd_decisions_get_type())

/**
 * PdDecisions:
 *
 * Signals: "changed", without arguments; "failed" (string): the service could not do it, and why.
 */
G_DECLARE_FINAL_TYPE(PdDecisions, pd_decisions, PD, DECISIONS, GObject)

/* All are kept by reference. */
PdDecisions *pd_decisions_new(ProofdClient *client, PdAnnotator *annotator, PdState *state);

/* @finding decides with what; the first line for people comes back. (transfer full) */
char *pd_decisions_make(PdDecisions *self, PdDecisionKind kind, const ProofdFinding *finding);

/* Takes the last one back that was made in this window; (nullable) (transfer full): for people */
char *pd_decisions_undo_last(PdDecisions *self);

/* Those that hold, the newest last: of this window, and rules that are off. (element-type
 * PdDecision) (transfer container) */
GPtrArray *pd_decisions_list(PdDecisions *self);
char *pd_decision_title(const PdDecision *decision); /* (transfer full) */
void pd_decisions_take_back(PdDecisions *self, const PdDecision *decision);

PdDecision *pd_decision_new(PdDecisionKind kind, const char *text, guint64 fingerprint);
void pd_decision_free(PdDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdDecision, pd_decision_free)
