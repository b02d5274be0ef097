/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capabilities.h - what the client can do, and what the server says it can
 */
#pragma once

#include "plugin/lsp/text.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    PdLspEncoding encoding; /* the first of the client's that is known; UTF-16 without any */
    bool pull;              /* textDocument.diagnostic */
    bool refresh;           /* workspace.diagnostics.refreshSupport */
    bool publish_version;
    bool literal_actions; /* CodeAction, not Command alone */
    bool preferred_actions;
    bool resolve_edits;    /* codeAction.resolveSupport has "edit" */
    bool action_data;      /* codeAction.dataSupport */
    bool document_changes; /* WorkspaceEdit.documentChanges, which name a version */
    bool hover_markdown;
    bool configuration;          /* workspace.configuration */
    bool register_configuration; /* workspace.didChangeConfiguration.dynamicRegistration */
    bool progress;               /* window.workDoneProgress */
    bool disables_rules;         /* initializationOptions.clientCommands has proofd.disableRule */
} PdCapabilities;

/* @params: of initialize; anything may be missing */
void pd_capabilities_read(PdCapabilities *self, GVariant *params);

/* (transfer floating): the result of initialize */
GVariant *pd_capabilities_answer(const PdCapabilities *self);
