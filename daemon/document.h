/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.h - a text that is edited, and what is known to be wrong in it
 *
 * Knows no bus and checks nothing: it hands out parts of its text to be checked (PdDocumentWork),
 * keeps what was found, and says what to tell the client. Positions are bytes unless a name says
 * otherwise.
 *
 * Plain text is kept in blocks of whole units (pd_lines_unit()). An edit makes new blocks of those
 * it touches; these alone are checked again. What a finding depends on outside of its block (how
 * often a name stands in the text, own words, the words beside it) is kept up to date here, so that
 * when all is checked the findings are those of a check of the whole text. Text in another format
 * is one block, since its structure can change far from an edit.
 */
#pragma once

#include "daemon/engine/checker.h"
#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdDocument PdDocument;
typedef struct PdDocumentWork PdDocumentWork; /* blocks that somebody checks */

/**
 * pd_document_new:
 * @text: valid UTF-8, copied
 * @unit: of the positions in edits
 * @format: of the text
 * @own_words: (nullable): the user's words; keeps a reference. They count in plain text alone: with
 * other formats they are the check's affair, as are ignored words.
 *
 * Returns: (transfer full): never NULL; all is to be checked
 */
PdDocument *pd_document_new(const char *text, size_t length, PdOffsets unit, PdFormat format,
                            PdWords *own_words);
void pd_document_free(PdDocument *self); /* NULL is fine */

char *pd_document_text(const PdDocument *self); /* (transfer full): all of it */
size_t pd_document_bytes(const PdDocument *self);
uint64_t pd_document_serial(const PdDocument *self); /* of the last edit, or 0 */
bool pd_document_is_in_blocks(const PdDocument *self);
size_t pd_document_units(const PdDocument *self,
                         size_t bytes); /* a position in the client's unit */

/* --- edits --- */

/**
 * pd_document_check_edit:
 * @serial: greater than the last one
 * @start, @removed: in the document's unit
 * @ret_removed: (out): the bytes that the edit would take away
 * @error: PD_ERROR_INVALID_OPTION: the serial or the place; PD_ERROR_TOO_LONG: the new text
 *
 * Returns: would pd_document_edit() do it?
 */
bool pd_document_check_edit(const PdDocument *self, uint64_t serial, uint32_t start,
                            uint32_t removed, const char *inserted, PdSpan *ret_removed,
                            GError **error);

/**
 * pd_document_edit:
 * @error: as pd_document_check_edit(). Nothing has changed then.
 *
 * Findings that the edit overlaps or touches are forgotten, those behind it move.
 */
bool pd_document_edit(PdDocument *self, uint64_t serial, uint32_t start, uint32_t removed,
                      const char *inserted, GError **error);

/* --- checking --- */

/* Is there something that edits changed, or something else, to be checked? */
bool pd_document_is_edited(PdDocument *self);
bool pd_document_is_unchecked(const PdDocument *self);
/* All is to be checked again; only what differs then is told. */
void pd_document_recheck(PdDocument *self);

/**
 * pd_document_take_work:
 * @edited: of what edits changed, or of the rest
 * @max_bytes: and at least one block
 *
 * Blocks with findings beyond PD_MAX_FINDINGS are not handed out. Work that is freed undone is
 * handed out again.
 * Returns: (transfer full): NULL: there is nothing to be checked
 */
PdDocumentWork *pd_document_take_work(PdDocument *self, bool edited, size_t max_bytes);
char *pd_document_work_text(const PdDocumentWork *work, size_t *ret_length); /* (transfer full) */
bool pd_document_work_is_wanted(const PdDocumentWork *work); /* or have edits replaced it all? */
void pd_document_work_free(PdDocumentWork *work);            /* NULL is fine */

/**
 * pd_document_take_findings:
 * @findings: of a check of the work's text (PdCheckOptions.is_part if the document is in blocks),
 * by start; consumed
 */
void pd_document_take_findings(PdDocument *self, const PdDocumentWork *work, GPtrArray *findings);

/* --- what is known --- */

typedef struct {
    const PdFinding *finding; /* positions are not the document's: use these */
    PdSpan place;
    size_t start_units, n_units;
    uint32_t needs_context;
} PdPlacedFinding;

/* (transfer full): of PdPlacedFinding, by start: those that overlap or touch @range. Valid until
 * the document changes. */
GArray *pd_document_findings_in(const PdDocument *self, PdSpan range);
GArray *pd_document_findings(const PdDocument *self);

/* Since it was last taken: the smallest range with all edits in it, and each finding that came,
 * went or differs where they were. false: there is none. */
bool pd_document_take_edited_range(PdDocument *self, PdSpan *ret_range);
/* The next range in which other findings came, went or differ, or that was checked for the first
 * time; false: there is none. */
bool pd_document_take_changed_range(PdDocument *self, PdSpan *ret_range);

/* Leaves out findings with @fingerprint from now on. PD_ERROR_NOT_FOUND, PD_ERROR_BUSY (too many).
 */
bool pd_document_ignore(PdDocument *self, uint64_t fingerprint, GError **error);
void pd_document_ignore_word(PdDocument *self, const char *word); /* accepts it from now on */
void pd_document_own_words_changed(PdDocument *self);             /* the user's */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdDocument, pd_document_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdDocumentWork, pd_document_work_free)
