/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.h - a text that is open in the editor, and its twin in the service
 *
 * The text here is always the editor's. The twin is opened when the settings are known, is edited
 * as the text is, and is opened again by itself when the service went away. All places are bytes.
 */
#pragma once

#include "plugin/lsp/text.h"

#include <glib.h>
#include <proofd.h>

typedef struct PdDocument PdDocument;

typedef struct {
    void (*changed)(PdDocument *document, void *user_data); /* pd_document_findings() may differ */
    void (*progress)(PdDocument *document, gsize done, void *user_data); /* bytes, first check */
    /* The twin cannot be opened. @is_final: not tried again before the settings change */
    void (*failed)(PdDocument *document, const GError *error, bool is_final, void *user_data);
    void (*opened)(PdDocument *document, void *user_data); /* the service is there */
} PdDocumentFuncs;

/* @text: NUL-terminated, copied. The service is asked for nothing before pd_document_check().
 * (transfer full) */
PdDocument *pd_document_new(const char *text, gint64 version, ProofdClient *client,
                            const PdDocumentFuncs *funcs, void *user_data);
/* No function is called any more. NULL is fine. */
void pd_document_free(PdDocument *self);

PdLspText *pd_document_peek_text(const PdDocument *self);
gint64 pd_document_version(const PdDocument *self);

/*
 * Opens the twin, or opens it anew with other options.
 * @language: "": the service's default
 * @options: offsets must be "utf8"; a reference is kept
 * @while_typing: send edits at once; else with pd_document_flush()
 * @delay_ms: an unfinished word counts as finished when nobody types for so long; 0: never
 */
void pd_document_check(PdDocument *self, const char *language, ProofdOptions *options,
                       bool while_typing, guint delay_ms);
/* No findings, and no twin, until the next pd_document_check(). */
void pd_document_stop(PdDocument *self);

/* After all changes of one notification: pd_document_changed(). Places as pd_lsp_text_replace(). */
void pd_document_edit(PdDocument *self, gsize start, gsize removed, const char *inserted);
void pd_document_replace(PdDocument *self, const char *text);
void pd_document_changed(PdDocument *self, gint64 version);

/* Sends what is not sent yet. */
void pd_document_flush(PdDocument *self);
/* The word that is being written is finished, as far as one can know. */
void pd_document_finish_word(PdDocument *self);
/* The cursor is seen from @start to @end: elsewhere, the word is finished. */
void pd_document_see_cursor(PdDocument *self, gsize start, gsize end);
/* How long nobody has typed. */
guint pd_document_pause_ms(const PdDocument *self);

/* (transfer container) (element-type ProofdFinding): by start; what the user may see. */
GPtrArray *pd_document_findings(PdDocument *self);
/* Everything is checked and known. Also where there is no twin and none is on its way. */
bool pd_document_is_settled(const PdDocument *self);

/* Leaves a finding out from now on, a twin that is opened again included. */
void pd_document_ignore(PdDocument *self, guint64 fingerprint);
/* Accepts a word in this text. */
void pd_document_ignore_word(PdDocument *self, const char *word);

/* For calls about a place of the text: as the twin was opened. */
const char *pd_document_peek_language(const PdDocument *self);
ProofdOptions *pd_document_peek_options(const PdDocument *self); /* NULL: not checked */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdDocument, pd_document_free)
