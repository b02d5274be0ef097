/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-document.h - a text that is checked while it is written
 */
#pragma once

#include <gio/gio.h>
#include <proofd-finding.h>

G_BEGIN_DECLS

#define PROOFD_TYPE_DOCUMENT (proofd_document_get_type())

/**
 * ProofdDocument:
 *
 * A text that is checked while it is written, from proofd_client_open(). It keeps its findings
 * up to date: each edit moves those behind it and drops those it touches at once, and what the
 * service says, part after part, replaces those in the part. Positions are in the unit of
 * #ProofdOptions:offsets that it was opened with, and always those of the text after the last
 * edit that was sent, whether or not that is answered.
 *
 * Edits may be sent as fast as they are typed: proofd_document_edit_async() without a callback, and
 * #ProofdDocument::changed for what comes of it. When the service goes away the document is closed,
 * which #ProofdDocument::closed tells: open another one with the present text.
 *
 * One thread at a time. When the last reference goes, it is closed in the service too.
 */
PROOFD_API
G_DECLARE_FINAL_TYPE(ProofdDocument, proofd_document, PROOFD, DOCUMENT, GObject)

/**
 * ProofdDocument::changed:
 * @self: the document
 * @start: where a part of the present text starts
 * @length: its length
 *
 * Findings in that part may differ: after the first check of a part, an edit's answer, an ignored
 * finding or word, another list of personal words. Comes in the #GMainContext that was the thread's
 * default when the client was made; several answers that wait for it come as one.
 */
/**
 * ProofdDocument::closed:
 * @self: the document
 *
 * The service does not know it any more, for it or the bus went away, or the two differ about the
 * text (an edit was refused). Every further call fails with %PROOFD_ERROR_DISCONNECTED. Not after
 * proofd_document_close(). In the same #GMainContext.
 */

/**
 * proofd_document_edit:
 * @self: the document
 * @start: where something goes in the present text
 * @removed: how much of it goes
 * @inserted: what comes in its place, UTF-8
 * @cancellable: (nullable): gives up waiting; the text is changed all the same
 * @error: of #ProofdError: %PROOFD_ERROR_INVALID_OPTION: the place is not in the text, which is as
 *   before, if the document is not closed; %PROOFD_ERROR_TOO_LONG and %PROOFD_ERROR_BUSY: all
 *   is too long now, and the document is closed
 *
 * Changes the text, and waits until what it changed is checked.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_edit(ProofdDocument *self, guint start, guint removed,
                                         const char *inserted, GCancellable *cancellable,
                                         GError **error);

/**
 * proofd_document_edit_async:
 * @self: the document
 * @start: where something goes in the present text
 * @removed: how much of it goes
 * @inserted: what comes in its place, UTF-8
 * @cancellable: (nullable): gives up waiting; the text is changed all the same
 * @callback: (nullable) (scope async): called when what it changed is checked
 * @user_data: for @callback
 *
 * Changes the text at once: the next edit's positions are those after this one. Any number may
 * be on their way; those that a newer one overtakes end with %PROOFD_ERROR_SUPERSEDED.
 */
PROOFD_API void proofd_document_edit_async(ProofdDocument *self, guint start, guint removed,
                                           const char *inserted, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_document_edit_finish:
 * @self: the document
 * @result: what the callback got
 * @error: as proofd_document_edit()
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_edit_finish(ProofdDocument *self, GAsyncResult *result,
                                                GError **error);

/**
 * proofd_document_get_findings:
 * @self: the document
 *
 * What is known now, without waiting.
 *
 * Returns: (transfer container) (element-type ProofdFinding): by start
 */
PROOFD_API GPtrArray *proofd_document_get_findings(ProofdDocument *self);

/**
 * proofd_document_find_all:
 * @self: the document
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_TOO_LONG: more than an answer holds
 *
 * Waits until all of the text is checked.
 *
 * Returns: (transfer container) (element-type ProofdFinding): by start; %NULL with @error set
 */
PROOFD_API GPtrArray *proofd_document_find_all(ProofdDocument *self, GCancellable *cancellable,
                                               GError **error);

/**
 * proofd_document_find_all_async:
 * @self: the document
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called when all is checked
 * @user_data: for @callback
 */
PROOFD_API void proofd_document_find_all_async(ProofdDocument *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_document_find_all_finish:
 * @self: the document
 * @result: what the callback got
 * @error: as proofd_document_find_all()
 *
 * Returns: (transfer container) (element-type ProofdFinding): by start, in the present text; %NULL
 *   with @error set
 */
PROOFD_API GPtrArray *proofd_document_find_all_finish(ProofdDocument *self, GAsyncResult *result,
                                                      GError **error);

/**
 * proofd_document_ignore:
 * @self: the document
 * @fingerprint: of a finding
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_NOT_FOUND: no finding has that fingerprint
 *
 * Leaves a finding out from now on, wherever the same words stand around it;
 * #ProofdDocument::changed follows.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore(ProofdDocument *self, guint64 fingerprint,
                                           GCancellable *cancellable, GError **error);

/**
 * proofd_document_ignore_async:
 * @self: the document
 * @fingerprint: of a finding
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called when it is done
 * @user_data: for @callback
 */
PROOFD_API void proofd_document_ignore_async(ProofdDocument *self, guint64 fingerprint,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_document_ignore_finish:
 * @self: the document
 * @result: what the callback got
 * @error: as proofd_document_ignore()
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore_finish(ProofdDocument *self, GAsyncResult *result,
                                                  GError **error);

/**
 * proofd_document_ignore_finding:
 * @self: the document
 * @finding: one of its findings
 * @cancellable: (nullable): gives up
 * @error: as proofd_document_ignore()
 *
 * As proofd_document_ignore(), for languages whose numbers have no 64 bits.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore_finding(ProofdDocument *self, ProofdFinding *finding,
                                                   GCancellable *cancellable, GError **error);

/**
 * proofd_document_ignore_finding_async:
 * @self: the document
 * @finding: one of its findings
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called when it is done
 * @user_data: for @callback
 */
PROOFD_API void proofd_document_ignore_finding_async(ProofdDocument *self, ProofdFinding *finding,
                                                     GCancellable *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer user_data);

/**
 * proofd_document_ignore_finding_finish:
 * @self: the document
 * @result: what the callback got
 * @error: as proofd_document_ignore()
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore_finding_finish(ProofdDocument *self,
                                                          GAsyncResult *result, GError **error);

/**
 * proofd_document_ignore_word:
 * @self: the document
 * @word: at most 200 bytes, no white space inside
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * Accepts a word in this document alone; #ProofdDocument::changed follows if findings go.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore_word(ProofdDocument *self, const char *word,
                                                GCancellable *cancellable, GError **error);

/**
 * proofd_document_ignore_word_async:
 * @self: the document
 * @word: at most 200 bytes, no white space inside
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called when it is done
 * @user_data: for @callback
 */
PROOFD_API void proofd_document_ignore_word_async(ProofdDocument *self, const char *word,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_document_ignore_word_finish:
 * @self: the document
 * @result: what the callback got
 * @error: as proofd_document_ignore_word()
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_document_ignore_word_finish(ProofdDocument *self, GAsyncResult *result,
                                                       GError **error);

/**
 * proofd_document_close:
 * @self: the document
 *
 * Ends it, in the service too, without waiting. Calls that wait fail with %PROOFD_ERROR_CANCELLED,
 * further ones with %PROOFD_ERROR_DISCONNECTED.
 */
PROOFD_API void proofd_document_close(ProofdDocument *self);

/**
 * proofd_document_is_closed:
 * @self: the document
 *
 * Returns: whether it was closed, by whomever
 */
PROOFD_API gboolean proofd_document_is_closed(ProofdDocument *self);

G_END_DECLS
