/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.h - a text that is edited, and what is known to be wrong in it
 *
 * Knows no bus and checks nothing: it applies edits, keeps the findings last reported, and says
 * which range of the text differs when new ones come. Positions are bytes unless a name says
 * otherwise.
 */
#pragma once

#include "daemon/engine/checker.h"
#include "daemon/engine/text.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdDocument PdDocument;

PdDocument *pd_document_new(const char *text, size_t length,
                            PdOffsets unit); /* copies; never NULL */
void pd_document_free(PdDocument *self);     /* NULL is fine */

const char *pd_document_text(const PdDocument *self,
                             size_t *ret_length);    /* borrowed, valid UTF-8 */
uint64_t pd_document_serial(const PdDocument *self); /* of the last edit, or 0 */

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

/**
 * pd_document_set_findings:
 * @findings: of PdFinding, by start, in the present text; consumed
 * @ret_changed: (out): the smallest range with all edits since the last call in it, and each
 * finding that came, went or differs
 *
 * Returns: false if nothing was edited and nothing differs; @ret_changed is untouched then
 */
bool pd_document_set_findings(PdDocument *self, GPtrArray *findings, PdSpan *ret_changed);

GPtrArray *
pd_document_findings(const PdDocument *self); /* borrowed; by start, ignored ones left out */
/* Those that overlap or touch @range: (transfer container), the findings are borrowed. */
GPtrArray *pd_document_findings_in(const PdDocument *self, PdSpan range);

/* Leaves out findings with @fingerprint from now on. PD_ERROR_NOT_FOUND, PD_ERROR_BUSY (too many).
 */
bool pd_document_ignore(PdDocument *self, uint64_t fingerprint, PdSpan *ret_changed,
                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdDocument, pd_document_free)
