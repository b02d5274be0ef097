/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-client.h - the service, called from another program
 */
#pragma once

#include <proofd-document.h>
#include <proofd-explanation.h>
#include <proofd-options.h>

G_BEGIN_DECLS

#define PROOFD_TYPE_CLIENT (proofd_client_get_type())

/**
 * ProofdClient:
 *
 * A private connection to the session bus and the service there. Making one does nothing; the first
 * call connects and starts the service, and so does the next one after the bus or the service went
 * away, which is an error of the calls that meet it (%PROOFD_ERROR_DISCONNECTED).
 *
 * Each call comes in two forms. The blocking one waits until the answer, #ProofdClient:deadline or
 * its #GCancellable; any thread may call it. The asynchronous one ends in the #GMainContext that is
 * its thread's default. A call that was given up is cancelled in the service too. The service
 * has at most 64 calls of a client at work: further asynchronous ones wait here for their turn.
 *
 * Answers are checked before they are handed over: places inside the text, finite numbers, known
 * actions (else %PROOFD_ERROR_PROTOCOL).
 */
PROOFD_API
G_DECLARE_FINAL_TYPE(ProofdClient, proofd_client, PROOFD, CLIENT, GObject)

/**
 * ProofdClient:deadline:
 *
 * Milliseconds until a call gives up with %PROOFD_ERROR_TIMED_OUT; -1: never. 30000 at first.
 */
/**
 * ProofdClient:address:
 *
 * The D-Bus address to connect to; %NULL: the session bus.
 */
/**
 * ProofdClient::words-changed:
 * @self: the client
 *
 * The user's words are others now, through whichever program. Comes in the #GMainContext that was
 * the thread's default when the client was made, while it is connected.
 */

/**
 * proofd_client_new:
 *
 * Returns: (transfer full): a client of the session bus, not connected yet
 */
PROOFD_API ProofdClient *proofd_client_new(void);

/**
 * proofd_client_set_deadline:
 * @self: the client
 * @deadline_ms: of each call from now on; below 0: none
 */
PROOFD_API void proofd_client_set_deadline(ProofdClient *self, int deadline_ms);

/**
 * proofd_client_get_deadline:
 * @self: the client
 *
 * Returns: milliseconds; -1: none
 */
PROOFD_API int proofd_client_get_deadline(ProofdClient *self);

/**
 * proofd_client_start:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_NO_BUS: there is nobody
 *
 * Connects, and starts the service if it is not running. Every call does so by itself: this is for
 * those who want to know first whether there is anybody to ask.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_start(ProofdClient *self, GCancellable *cancellable,
                                        GError **error);

/**
 * proofd_client_start_async:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_start(), without waiting.
 */
PROOFD_API void proofd_client_start_async(ProofdClient *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_start_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError; %PROOFD_ERROR_NO_BUS: there is nobody
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_start_finish(ProofdClient *self, GAsyncResult *result,
                                               GError **error);

/**
 * proofd_client_check:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * Finds what is wrong in a text.
 *
 * Returns: (transfer container) (element-type ProofdFinding): what is wrong in the text, by
 *   start; %NULL with @error set
 */
PROOFD_API GPtrArray *proofd_client_check(ProofdClient *self, const char *language,
                                          const char *text, ProofdOptions *options,
                                          GCancellable *cancellable, GError **error);

/**
 * proofd_client_check_async:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_check(), without waiting.
 */
PROOFD_API void proofd_client_check_async(ProofdClient *self, const char *language,
                                          const char *text, ProofdOptions *options,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);

/**
 * proofd_client_check_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: (transfer container) (element-type ProofdFinding): what is wrong in the text, by
 *   start; %NULL with @error set
 */
PROOFD_API GPtrArray *proofd_client_check_finish(ProofdClient *self, GAsyncResult *result,
                                                 GError **error);

/**
 * proofd_client_suggest:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @start: where the place starts, in the unit of #ProofdOptions:offsets
 * @length: its length, in the same unit
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * Corrections for a place, whether or not it is wrong; for length 0: words to insert there.
 *
 * Returns: (transfer container) (element-type ProofdCandidate): best first; %NULL with
 *   @error set
 */
PROOFD_API GPtrArray *proofd_client_suggest(ProofdClient *self, const char *language,
                                            const char *text, guint start, guint length,
                                            ProofdOptions *options, GCancellable *cancellable,
                                            GError **error);

/**
 * proofd_client_suggest_async:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @start: where the place starts, in the unit of #ProofdOptions:offsets
 * @length: its length, in the same unit
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_suggest(), without waiting.
 */
PROOFD_API void proofd_client_suggest_async(ProofdClient *self, const char *language,
                                            const char *text, guint start, guint length,
                                            ProofdOptions *options, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_suggest_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: (transfer container) (element-type ProofdCandidate): best first; %NULL with
 *   @error set
 */
PROOFD_API GPtrArray *proofd_client_suggest_finish(ProofdClient *self, GAsyncResult *result,
                                                   GError **error);

/**
 * proofd_client_explain:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @start: where the place starts, in the unit of #ProofdOptions:offsets
 * @length: its length, in the same unit
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_NOT_FOUND: the text has no words
 *
 * Why a place was reported, or was not: the words that it touches, and for length 0 the word
 * there or the next one.
 *
 * Returns: (transfer full): %NULL with @error set
 */
PROOFD_API ProofdExplanation *proofd_client_explain(ProofdClient *self, const char *language,
                                                    const char *text, guint start, guint length,
                                                    ProofdOptions *options,
                                                    GCancellable *cancellable, GError **error);

/**
 * proofd_client_explain_async:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @start: where the place starts, in the unit of #ProofdOptions:offsets
 * @length: its length, in the same unit
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_explain(), without waiting.
 */
PROOFD_API void proofd_client_explain_async(ProofdClient *self, const char *language,
                                            const char *text, guint start, guint length,
                                            ProofdOptions *options, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_explain_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError; %PROOFD_ERROR_NOT_FOUND: the text has no words
 *
 * Returns: (transfer full): %NULL with @error set
 */
PROOFD_API ProofdExplanation *proofd_client_explain_finish(ProofdClient *self, GAsyncResult *result,
                                                           GError **error);

/**
 * proofd_client_score:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @texts: (array zero-terminated=1): at most 1000, together at most 16 MiB
 * @cancellable: (nullable): gives up
 * @n_scores: (out): how many
 * @error: of #ProofdError
 *
 * How natural each text is: the mean log-probability of "correct" over its tokens, at most 0; 0
 * for an empty text.
 *
 * Returns: (transfer full) (array length=n_scores): one for each text, to be freed with g_free();
 *   %NULL with @error set
 */
PROOFD_API double *proofd_client_score(ProofdClient *self, const char *language,
                                       const char *const *texts, GCancellable *cancellable,
                                       gsize *n_scores, GError **error);

/**
 * proofd_client_score_async:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @texts: (array zero-terminated=1): at most 1000, together at most 16 MiB
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_score(), without waiting.
 */
PROOFD_API void proofd_client_score_async(ProofdClient *self, const char *language,
                                          const char *const *texts, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_score_finish:
 * @self: the client
 * @result: what the callback got
 * @n_scores: (out): how many
 * @error: of #ProofdError
 *
 * Returns: (transfer full) (array length=n_scores): one for each text, to be freed with g_free();
 *   %NULL with @error set
 */
PROOFD_API double *proofd_client_score_finish(ProofdClient *self, GAsyncResult *result,
                                              gsize *n_scores, GError **error);

/**
 * proofd_client_add_word:
 * @self: the client
 * @word: at most 200 bytes, no white space inside
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * Adds to the user's words, one list for all programs and languages.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_add_word(ProofdClient *self, const char *word,
                                           GCancellable *cancellable, GError **error);

/**
 * proofd_client_add_word_async:
 * @self: the client
 * @word: at most 200 bytes, no white space inside
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_add_word(), without waiting.
 */
PROOFD_API void proofd_client_add_word_async(ProofdClient *self, const char *word,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_add_word_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_add_word_finish(ProofdClient *self, GAsyncResult *result,
                                                  GError **error);

/**
 * proofd_client_remove_word:
 * @self: the client
 * @word: as proofd_client_add_word()
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_NOT_FOUND: it is not there
 *
 * Takes a word out of the user's list.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_remove_word(ProofdClient *self, const char *word,
                                              GCancellable *cancellable, GError **error);

/**
 * proofd_client_remove_word_async:
 * @self: the client
 * @word: as proofd_client_add_word()
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_remove_word(), without waiting.
 */
PROOFD_API void proofd_client_remove_word_async(ProofdClient *self, const char *word,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_remove_word_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError; %PROOFD_ERROR_NOT_FOUND: it is not there
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
PROOFD_API gboolean proofd_client_remove_word_finish(ProofdClient *self, GAsyncResult *result,
                                                     GError **error);

/**
 * proofd_client_get_words:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * The user's words.
 *
 * Returns: (transfer full) (array zero-terminated=1): sorted; %NULL with @error set
 */
PROOFD_API char **proofd_client_get_words(ProofdClient *self, GCancellable *cancellable,
                                          GError **error);

/**
 * proofd_client_get_words_async:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_get_words(), without waiting.
 */
PROOFD_API void proofd_client_get_words_async(ProofdClient *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_get_words_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: (transfer full) (array zero-terminated=1): sorted; %NULL with @error set
 */
PROOFD_API char **proofd_client_get_words_finish(ProofdClient *self, GAsyncResult *result,
                                                 GError **error);

/**
 * proofd_client_get_service_properties:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * What the service tells of itself: Version, ModelName, ModelHash, Languages (as), Statistics
 * (a{sv}).
 *
 * Returns: (transfer full): an a{sv}; %NULL with @error set
 */
PROOFD_API GVariant *
proofd_client_get_service_properties(ProofdClient *self, GCancellable *cancellable, GError **error);

/**
 * proofd_client_get_service_properties_async:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_get_service_properties(), without waiting.
 */
PROOFD_API void proofd_client_get_service_properties_async(ProofdClient *self,
                                                           GCancellable *cancellable,
                                                           GAsyncReadyCallback callback,
                                                           gpointer user_data);

/**
 * proofd_client_get_service_properties_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: (transfer full): an a{sv}; %NULL with @error set
 */
PROOFD_API GVariant *proofd_client_get_service_properties_finish(ProofdClient *self,
                                                                 GAsyncResult *result,
                                                                 GError **error);

/**
 * proofd_client_is_running:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError; %PROOFD_ERROR_NO_BUS: there is nobody to ask
 *
 * Does the service run now? Does not start it.
 *
 * Returns: %FALSE with @error not set: it does not run
 */
PROOFD_API gboolean proofd_client_is_running(ProofdClient *self, GCancellable *cancellable,
                                             GError **error);

/**
 * proofd_client_is_running_async:
 * @self: the client
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_is_running(), without waiting.
 */
PROOFD_API void proofd_client_is_running_async(ProofdClient *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_is_running_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError; %PROOFD_ERROR_NO_BUS: there is nobody to ask
 *
 * Returns: %FALSE with @error not set: it does not run
 */
PROOFD_API gboolean proofd_client_is_running_finish(ProofdClient *self, GAsyncResult *result,
                                                    GError **error);

/**
 * proofd_client_open:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @error: of #ProofdError
 *
 * A document to be checked while it is written. The answer comes at once, checking starts in the
 * background, and #ProofdDocument::changed tells of the first findings, part after part.
 *
 * Returns: (transfer full): %NULL with @error set
 */
PROOFD_API ProofdDocument *proofd_client_open(ProofdClient *self, const char *language,
                                              const char *text, ProofdOptions *options,
                                              GCancellable *cancellable, GError **error);

/**
 * proofd_client_open_async:
 * @self: the client
 * @language: (nullable): a dictionary's name ("en_US"), or a bare language ("en"); %NULL: the
 *   service's default
 * @text: at most 16 MiB of UTF-8
 * @options: (nullable): how
 * @cancellable: (nullable): gives up
 * @callback: (nullable) (scope async): called at the end
 * @user_data: for @callback
 *
 * As proofd_client_open(), without waiting.
 */
PROOFD_API void proofd_client_open_async(ProofdClient *self, const char *language, const char *text,
                                         ProofdOptions *options, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);

/**
 * proofd_client_open_finish:
 * @self: the client
 * @result: what the callback got
 * @error: of #ProofdError
 *
 * Returns: (transfer full): %NULL with @error set
 */
PROOFD_API ProofdDocument *proofd_client_open_finish(ProofdClient *self, GAsyncResult *result,
                                                     GError **error);

G_END_DECLS
