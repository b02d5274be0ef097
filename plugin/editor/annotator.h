/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * annotator.h - underlines what is wrong in a GtkTextBuffer, and corrects it
 *
 * Sends every change of the buffer to a PdSession, and underlines what comes of it by two tags:
 * PD_TAG_SPELLING (wavy, which screen readers take for misspelled) and PD_TAG_GRAMMAR (double, so
 * that it differs without colour). Needs no display and no view. Positions are offsets of the
 * buffer, which are code points.
 */
#pragma once

#include "plugin/editor/session.h"

#include <gtk/gtk.h>

#define PD_TAG_SPELLING "proofd-spelling"
#define PD_TAG_GRAMMAR "proofd-grammar"

#define PD_TYPE_ANNOTATOR (pd_annotator_get_type())

/**
 * PdAnnotator:
 *
 * Signal "changed", without arguments: findings or their places differ.
 */
G_DECLARE_FINAL_TYPE(PdAnnotator, pd_annotator, PD, ANNOTATOR, GObject)

/**
 * pd_annotator_new:
 * @client: whom to ask; a reference is taken
 * @buffer: what to check; a reference is taken. The tags go into its table.
 *
 * Returns: (transfer full): does nothing before pd_annotator_start()
 */
PdAnnotator *pd_annotator_new(ProofdClient *client, GtkTextBuffer *buffer);
PdSession *pd_annotator_peek_session(PdAnnotator *self); /* for settings and state */

/* Follows the buffer; while stopped, as where a file is read into it, nothing is known. */
void pd_annotator_start(PdAnnotator *self);
void pd_annotator_stop(PdAnnotator *self);

/**
 * pd_annotator_get_findings:
 *
 * What is shown: not what was ignored, nor the word that is being typed.
 *
 * Returns: (transfer container) (element-type ProofdFinding): by start; not to be changed
 */
GPtrArray *pd_annotator_get_findings(PdAnnotator *self);
/* The first finding at @offset, its end included. (transfer full) (nullable) */
ProofdFinding *pd_annotator_find_at(PdAnnotator *self, guint offset);
/* The next one that starts behind @offset, or the last before it; goes on at the other end of the
 * text. (transfer full) (nullable) */
ProofdFinding *pd_annotator_find_next(PdAnnotator *self, guint offset, bool forward);

/* Bounds of a finding, at least one character wide where the text has any. */
void pd_annotator_get_bounds(PdAnnotator *self, const ProofdFinding *finding, GtkTextIter *start,
                             GtkTextIter *end);
char *pd_annotator_get_text(PdAnnotator *self, const ProofdFinding *finding); /* (transfer full) */

/* Puts a correction there, as one step to undo, and the cursor behind it. False: there is no such
 * finding any more. */
bool pd_annotator_correct(PdAnnotator *self, const ProofdFinding *finding,
                          const ProofdCandidate *candidate);

/* Leaves out, or no more, what has that fingerprint. Not the service's Ignore, which cannot be
 * taken back. */
void pd_annotator_ignore(PdAnnotator *self, guint64 fingerprint, bool ignored);

/* Spelling, or grammar and style? */
bool pd_annotator_is_spelling(const ProofdFinding *finding);

/* Colours of the underlines, for a light or a dark background. */
void pd_annotator_set_dark(PdAnnotator *self, bool dark);
