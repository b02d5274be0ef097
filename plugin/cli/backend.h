/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * backend.h - who does the checking: the service, or the engine in this process
 * Findings look the same from both, in code points.
 */
#pragma once

#include "plugin/cli/options.h"

#include <glib.h>
#include <proofd.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PdBackend PdBackend; /* one thread at a time */

/**
 * pd_backend_new:
 * @options: --local, --models, --verbose; must outlive the backend
 * @error: the personal words cannot be read
 *
 * Asks the service, starting it, and works in-process where there is no session bus or no service
 * (said with --verbose), or with --local or --models.
 */
PdBackend *pd_backend_new(const PdOptions *options, GError **error);
/*
 * Another one for another thread, in-process, sharing what is loaded. Call from @self's thread;
 * @self must be local.
 */
PdBackend *pd_backend_new_sibling(PdBackend *self);
void pd_backend_free(PdBackend *self); /* NULL is fine */

/* Loads what @language needs, so that a wrong one is told before any text is read. */
bool pd_backend_prepare(PdBackend *self, const char *language, GError **error);

/* (transfer full): of ProofdFinding, by start. @text: valid UTF-8. */
GPtrArray *pd_backend_check(PdBackend *self, const char *language, const char *text,
                            ProofdOptions *options, GError **error);
/* (transfer full): of the words at code point @start. @text: valid UTF-8. */
ProofdExplanation *pd_backend_explain(PdBackend *self, const char *language, const char *text,
                                      uint32_t start, ProofdOptions *options, GError **error);
/* @texts: NULL-terminated */
bool pd_backend_score(PdBackend *self, const char *language, const char *const *texts,
                      size_t n_texts, double *ret_scores, GError **error);

/* The personal words. Removing one that is not there is an error. */
bool pd_backend_add_words(PdBackend *self, const char *const *words, GError **error);
bool pd_backend_remove_word(PdBackend *self, const char *word, GError **error);
char **pd_backend_words(PdBackend *self, GError **error); /* (transfer full), g_strfreev */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBackend, pd_backend_free)
