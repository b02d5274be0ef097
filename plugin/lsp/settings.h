/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.h - what the client's section "proofd" says
 *
 * A value that is wrong leaves its setting at the default and adds a warning that names it; the
 * others hold.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { /* the protocol's DiagnosticSeverity */
               PD_SEVERITY_ERROR = 1,
               PD_SEVERITY_WARNING,
               PD_SEVERITY_INFORMATION,
               PD_SEVERITY_HINT,
} PdSeverity;

typedef struct {
    bool enable;
    char *language; /* "": the service's default; "auto" */
    char *level;    /* (nullable) */
    char *variant;  /* (nullable) */
    char **disable;
    char **words;
    GHashTable *severity;     /* kind or rule -> GINT_TO_POINTER(PdSeverity) */
    char **enabled_languages; /* (nullable): languageIds; NULL: all that formats.h knows */
    GHashTable *formats;      /* languageId -> format; takes precedence over formats.h */
    bool check_while_typing;
    bool check_included_files;
    int max_candidates;             /* -1: the service's default */
    guint unfinished_word_delay_ms; /* 0: a word is unfinished however long nobody types */
} PdLspSettings;

PdLspSettings *pd_lsp_settings_new(void);       /* (transfer full): the defaults */
void pd_lsp_settings_free(PdLspSettings *self); /* NULL is fine */

/*
 * @section: (nullable): an object, or NULL for the defaults
 * @warnings: of char *, appended: one for each thing that is wrong, to be shown to the user
 * Returns: (transfer full): never NULL
 */
PdLspSettings *pd_lsp_settings_parse(GVariant *section, GPtrArray *warnings);

bool pd_lsp_settings_equal(const PdLspSettings *a, const PdLspSettings *b);

/* @rule: "kind/detail": its own severity, its kind's, or else that of an error for spelling and of
 * a warning for all else. */
PdSeverity pd_lsp_settings_severity(const PdLspSettings *self, const char *kind, const char *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdLspSettings, pd_lsp_settings_free)
