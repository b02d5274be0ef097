/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof-editor: a text editor that shows what proofd finds
 */
#include "plugin/editor/app.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>

static int
on_options(GApplication *app, GVariantDict *options, gpointer unused)
{
    if (!g_variant_dict_contains(options, "version"))
        return -1; /* go on */
    return puts("proof-editor " PD_VERSION) < 0 || fflush(stdout) != 0 ? 2 : 0;
}

int
main(int argc, char **argv)
{
    g_autoptr(PdApp) app = NULL;
    const char *locales = g_getenv("PROOFD_LOCALES");

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, locales != NULL ? locales : PD_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    app = pd_app_new();
    g_application_add_main_option(G_APPLICATION(app), "version", 'V', G_OPTION_FLAG_NONE,
                                  G_OPTION_ARG_NONE, "Print the version", NULL);
    g_application_set_option_context_parameter_string(G_APPLICATION(app), "[FILE…]");
    g_application_set_option_context_summary(
        G_APPLICATION(app),
        "A text editor that shows what proofd finds, and corrects it; each FILE in a window.");
    g_application_set_option_context_description(G_APPLICATION(app),
                                                 "Keys, files and more: proof-editor(1)");
    g_signal_connect(app, "handle-local-options", G_CALLBACK(on_options), NULL);
    return g_application_run(G_APPLICATION(app), argc, argv);
}
