/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.h - a text that stays checked: a ProofdDocument that is opened again when it must be
 *
 * Opens again with the present text after the service went away (with growing pauses) and when a
 * setting changes. In the second case the old document is asked until the new one is checked, so
 * that findings do not vanish meanwhile. Knows no buffer. One thread.
 */
#pragma once

#include <proofd.h>
#include <stdbool.h>

typedef enum {
    PD_SESSION_OFF,      /* not started */
    PD_SESSION_CHECKING, /* something is under way */
    PD_SESSION_READY,    /* all of the text is checked */
    PD_SESSION_LOST,     /* nobody to ask; it tries again by itself, see the problem */
} PdSessionState;

#define PD_TYPE_SESSION (pd_session_get_type())

/**
 * PdSession:
 *
 * Signals: "changed" (guint start, guint length): findings in that range may differ, as
 * #ProofdDocument::changed; "state-changed": state, problem or time are others.
 */
G_DECLARE_FINAL_TYPE(PdSession, pd_session, PD, SESSION, GObject)

typedef char *(*PdSessionTextFunc)(gpointer user_data); /* (transfer full): the present text */

/* @text_func must be callable until pd_session_stop(). */
PdSession *pd_session_new(ProofdClient *client, PdSessionTextFunc text_func, gpointer user_data);

/* Settings, as in ProofdOptions; NULL: the service's default. Words are accepted in this text. */
void pd_session_set_language(PdSession *self, const char *language);
void pd_session_set_format(PdSession *self, const char *format);
void pd_session_set_level(PdSession *self, const char *level);
void pd_session_set_disabled(PdSession *self, const char *const *rules);
void pd_session_accept_word(PdSession *self, const char *word, bool accepted);
const char *pd_session_peek_language(const PdSession *self);
ProofdOptions *pd_session_new_options(const PdSession *self); /* (transfer full) */

void pd_session_start(PdSession *self);
void pd_session_stop(PdSession *self);
void pd_session_retry(PdSession *self); /* at once, where it is lost */

/* The text has changed: code points. */
void pd_session_edit(PdSession *self, guint start, guint removed, const char *inserted);

/* (transfer container) (element-type ProofdFinding): known now, of the rules that are on; by start
 */
GPtrArray *pd_session_get_findings(PdSession *self);

PdSessionState pd_session_get_state(const PdSession *self);
const char *pd_session_peek_problem(const PdSession *self); /* where lost; else NULL */
/* Milliseconds from the last change (or opening) to the end of its check; below 0: none yet. */
double pd_session_get_time_ms(const PdSession *self);
