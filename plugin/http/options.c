/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/options.h"

#include <string.h>

#define DEFAULT_PORT 8081 /* as LanguageTool's server */
#define DEFAULT_MAX_TEXT 1000000
#define LARGEST_MAX_TEXT 5000000 /* at 3 bytes each: what the service takes */
#define DEFAULT_TIMEOUT 60
#define LARGEST_TIMEOUT 3600

void
pd_http_options_clear(PdHttpOptions *self)
{
    g_clear_pointer(&self->settings.gate.hosts, g_strfreev);
    g_clear_pointer(&self->settings.gate.origins, g_strfreev);
    g_clear_pointer(&self->listen, g_strfreev);
}

static bool
check_range(const char *name, int value, int least, int most, GError **error)
{
    if (value >= least && value <= most)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s %d is not %d to %d", name,
                value, least, most);
    return false;
}

/* An origin has a scheme and no path, or nobody would ever match. */
static bool
check_origins(GStrv origins, GError **error)
{
    for (size_t i = 0; origins != NULL && origins[i] != NULL; i++) {
        const char *host = strstr(origins[i], "://");

        if (g_str_equal(origins[i], "*") || (host != NULL && strchr(host + 3, '/') == NULL))
            continue;
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--allow-origin %s is not an origin: https://example.org, moz-extension://* "
                    "or *",
                    origins[i]);
        return false;
    }
    return true;
}

bool
pd_http_options_parse(int argc, char **argv, PdHttpOptions *ret_options, GError **error)
{
    int port = DEFAULT_PORT, max_text = DEFAULT_MAX_TEXT, timeout = DEFAULT_TIMEOUT;
    gboolean version = FALSE;
    PdHttpGate *gate = &ret_options->settings.gate;
    const GOptionEntry entries[] = {
        { "port", 'p', 0, G_OPTION_ARG_INT, &port,
          "Listen on this port, 8081 if not given; 0: any that is free", "PORT" },
        { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &ret_options->listen,
          "Listen on ADDRESS (unix:/path for a socket file) instead of 127.0.0.1 and ::1; may be "
          "repeated",
          "ADDRESS" },
        { "allow-host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &gate->hosts,
          "Answer to this name, too; may be repeated", "NAME" },
        { "allow-origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &gate->origins,
          "Let pages and add-ons of this origin ask; may be repeated", "ORIGIN" },
        { "max-text-length", 0, 0, G_OPTION_ARG_INT, &max_text,
          "Refuse texts of more UTF-16 units, 1000000 if not given", "N" },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout,
          "Give up a check after that long, 60 if not given", "SECONDS" },
        { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
        { 0 },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- answers as LanguageTool's server");
    g_auto(GStrv) arguments = g_strdupv(argv);

    memset(ret_options, 0, sizeof *ret_options);
    g_option_context_set_summary(context, "Programs that can use a LanguageTool server use proofd "
                                          "through it; see proofd-http(1).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse_strv(context, &arguments, error))
        return false;
    if (arguments[0] != NULL && arguments[1] != NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                    "no arguments are taken, but \"%s\" was given", arguments[1]);
        return false;
    }
    ret_options->port = (guint16)port;
    ret_options->settings.max_utf16 = (size_t)max_text;
    ret_options->settings.max_check_seconds = (guint)timeout;
    ret_options->wants_version = version;
    return check_range("port", port, 0, G_MAXUINT16, error) &&
           check_range("max-text-length", max_text, 1, LARGEST_MAX_TEXT, error) &&
           check_range("timeout", timeout, 1, LARGEST_TIMEOUT, error) &&
           check_origins(gate->origins, error);
}
