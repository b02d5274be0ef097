/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server-private.h - what the files of the server share
 */
#pragma once

#include "plugin/lsp/capabilities.h"
#include "plugin/lsp/document.h"
#include "plugin/lsp/included.h"
#include "plugin/lsp/progress.h"
#include "plugin/lsp/rpc.h"
#include "plugin/lsp/server.h"
#include "plugin/lsp/settings.h"

#include <glib.h>
#include <proofd.h>

typedef enum {
    PD_STATE_NEW,
    PD_STATE_INITIALIZED, /* initialize was answered */
    PD_STATE_SHUT_DOWN,
} PdState;

struct PdLspServer {
    PdRpc *rpc;
    GMainLoop *loop;
    PdState state;
    int status; /* of the process */
    guint parent_source;
    guint quit_source;
    guint n_last_looks;

    PdCapabilities can; /* the client */
    GVariant *initial;  /* (nullable): settings in initializationOptions */
    GVariant *pushed;   /* (nullable): settings that came with didChangeConfiguration */
    GHashTable *warned; /* messages about settings that were shown */

    ProofdClient *client;
    GCancellable *over;     /* cancelled when this is freed: for answers that come later */
    bool is_service_missed; /* its absence was told */
    GHashTable *views;      /* uri -> PdView */
    char **languages;       /* (nullable): dictionaries that are installed; NULL: not known yet */
    GHashTable *turned_off; /* rules, for this session */
    GHashTable *bad_rules;  /* which the service does not know */
    bool is_refreshing;     /* a workspace/diagnostic/refresh has no answer yet */
    bool is_refresh_wanted;
    guint n_tokens; /* of work-done progress */
};

/* A text document that is open in the editor. */
typedef struct {
    PdLspServer *server;
    char *uri;
    char *language_id;
    PdDocument *document;
    PdLspSettings *settings; /* NULL: asked for */
    bool are_rules_tried;    /* since the settings came: which ones are bad */
    char *published;         /* result id of what was pushed last; NULL: nothing */
    char *answered;          /* result id of what was pulled last; NULL: nothing */
    guint publish_source;
    gint64 publish_took_us;
    GPtrArray *pulls; /* textDocument/diagnostic that wait */
    guint pull_source;
    PdProgress *progress; /* (nullable): of the first check */
    PdIncluded *included; /* (nullable) */
} PdView;

/* --- server.c --- */

/* (nullable): the document that @params name as textDocument.uri; borrowed */
PdView *pd_server_find(PdLspServer *self, GVariant *params);
/* @type: a PdSeverity: the protocol's MessageType has the same numbers */
void pd_server_show(PdLspServer *self, PdSeverity type, const char *message);
void pd_server_log(PdLspServer *self, const char *message);
void pd_server_quit(PdLspServer *self, int status);
void pd_server_watch_parent(PdLspServer *self, gint64 pid);

/* --- view.c --- */

PdView *pd_view_new(PdLspServer *server, const char *uri, const char *language_id, gint64 version,
                    const char *text);
void pd_view_free(PdView *self);
/* The settings are known, or others now. @settings: consumed */
void pd_view_take_settings(PdView *self, PdLspSettings *settings);
/* Opens, or opens anew, what the service has of it. */
void pd_view_check(PdView *self);
/* (transfer full) */
ProofdOptions *pd_view_new_options(const PdView *self, const char *format);
/* Finds out which rules of the settings the service does not know, tells, checks without them. */
void pd_view_try_rules(PdView *self);

/* --- view-included.c --- */

/* Checks the files that the text includes as it is now; @again: those that it did before, too. */
void pd_view_find_included(PdView *self, bool again);
/* The editor opened or closed the document: whether an included file is its own has changed. */
void pd_server_look_at_included(PdLspServer *self, const char *uri);
/* Checks all included files once more: the service or the user's words are others. */
void pd_server_find_included(PdLspServer *self);

/* --- diagnostics.c --- */

/* The findings changed, perhaps: tells the client when it is time. */
void pd_view_findings_changed(PdView *self);
void pd_view_publish_nothing(PdView *self);
void pd_view_drop_pulls(PdView *self);
void pd_server_pull(PdLspServer *self, PdRequest *request, GVariant *params);
/* (transfer floating): a Diagnostic */
GVariant *pd_diagnostic_new(const PdLspText *text, PdLspEncoding encoding,
                            const PdLspSettings *settings, const ProofdFinding *finding);
GVariant *pd_range_to_json(PdLspRange range); /* (transfer floating) */

/* --- handlers: requests are theirs to answer; params may be anything --- */

void pd_server_initialize(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_initialized(PdLspServer *self, GVariant *params);
void pd_server_shutdown(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_exit(PdLspServer *self, GVariant *params);

void pd_server_did_open(PdLspServer *self, GVariant *params);
void pd_server_did_change(PdLspServer *self, GVariant *params);
void pd_server_did_save(PdLspServer *self, GVariant *params);
void pd_server_did_close(PdLspServer *self, GVariant *params);
void pd_server_set_trace(PdLspServer *self, GVariant *params);

void pd_server_did_change_configuration(PdLspServer *self, GVariant *params);
/* Asks for the settings of a document, or of all. */
void pd_server_ask_settings(PdLspServer *self, PdView *view);
void pd_server_ask_all_settings(PdLspServer *self);

void pd_server_code_action(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_resolve_action(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_execute(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_hover(PdLspServer *self, PdRequest *request, GVariant *params);
void pd_server_cancel_progress(PdLspServer *self, GVariant *params);

/* Places in params. Returns: false: it is none */
bool pd_json_to_position(GVariant *value, PdLspPosition *ret_position);
bool pd_json_to_range(GVariant *value, PdLspRange *ret_range);
