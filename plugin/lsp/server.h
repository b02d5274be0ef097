/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.h - the language server
 */
#pragma once

#include <glib.h>

typedef struct PdLspServer PdLspServer;

/*
 * @in, @out: of the messages
 * @parent: (0: none) a process with which the server ends, as initialize names one
 * Returns: (transfer full): NULL with @error set
 */
PdLspServer *pd_lsp_server_new(int in, int out, gint64 parent, GError **error);
void pd_lsp_server_free(PdLspServer *self); /* NULL is fine */

/* Until the editor says exit or goes away. Returns: the exit status: 0 after shutdown, else 1 */
int pd_lsp_server_run(PdLspServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLspServer, pd_lsp_server_free)
