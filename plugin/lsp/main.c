/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-lsp: the language server, on standard input and output
 */
#include "dbus/core-dump.h"
#include "plugin/lsp/server.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define TROUBLE 2

typedef struct {
    gboolean version;
    gboolean is_stdio; /* what some clients add; there is no other way */
    gint64 parent;
} Options;

static bool
parse(Options *options, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        { "stdio", 0, 0, G_OPTION_ARG_NONE, &options->is_stdio,
          "Speak on standard input and output, which is what it always does", NULL },
        { "clientProcessId", 0, 0, G_OPTION_ARG_INT64, &options->parent,
          "End when this process ends", "PID" },
        { "version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context,
                                 "The language server of proofd: finds wrong words in what you "
                                 "write in an editor.\nEditors start it and speak to it on "
                                 "standard input and output.");
    g_option_context_set_description(context, "How to set it up: proofd-lsp(1)");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        fprintf(stderr, "proofd-lsp: %s\n", error->message);
        return false;
    }
    if (*argc > 1) {
        fprintf(stderr, "proofd-lsp: there are no arguments, but \"%s\" is one\n", (*argv)[1]);
        return false;
    }
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(PdLspServer) server = NULL;
    g_autoptr(GError) error = NULL;
    const char *locales = g_getenv("PROOFD_LOCALES");
    Options options = { 0 };

    pd_forbid_core_dumps();
    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, locales != NULL ? locales : PD_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    signal(SIGPIPE, SIG_IGN); /* an editor that is gone ends standard input, too */
    if (!parse(&options, &argc, &argv))
        return TROUBLE;
    if (options.version)
        return puts("proofd-lsp " PD_VERSION) < 0 || fflush(stdout) != 0 ? TROUBLE : 0;
    if (isatty(STDIN_FILENO))
        fputs("proofd-lsp: editors start this program; see proofd-lsp --help\n", stderr);
    server = pd_lsp_server_new(STDIN_FILENO, STDOUT_FILENO, options.parent, &error);
    if (server == NULL) {
        fprintf(stderr, "proofd-lsp: %s\n", error->message);
        return TROUBLE;
    }
    return pd_lsp_server_run(server);
}
