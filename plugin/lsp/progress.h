/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * progress.h - work that takes a while, shown by the client, who may cancel it
 */
#pragma once

#include "plugin/lsp/rpc.h"

#include <glib.h>

typedef struct PdProgress PdProgress;

typedef void (*PdProgressCancelFunc)(void *user_data);

/*
 * Asks the client for a progress (window/workDoneProgress/create), and shows it from its answer on.
 * @token: not used before in this session
 * @title: for people
 * @total: what pd_progress_report() ends at
 */
PdProgress *pd_progress_new(PdRpc *rpc, const char *token, const char *title, gsize total,
                            PdProgressCancelFunc cancel, void *user_data);
/* Ends it. NULL is fine. */
void pd_progress_free(PdProgress *self);

/* @done: less than before counts nothing */
void pd_progress_report(PdProgress *self, gsize done);
/* window/workDoneProgress/cancel came. Returns: whether @token is its; it may be gone then */
bool pd_progress_cancel(PdProgress *self, const char *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdProgress, pd_progress_free)
