/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/doctor-probes.h"

#include "plugin/cli/doctor-find.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HTTP_SECONDS 5 /* systemd may have to start it first */
#define ENABLE_HTTP "systemctl --user enable --now proofd-http.socket"

/* --- gedit --- */

/* (transfer full) (nullable): the settings, where their schema is installed */
static GSettings *
open_settings(const char *name)
{
    GSettingsSchemaSource *source = g_settings_schema_source_get_default();
    g_autoptr(GSettingsSchema) schema = NULL;

    if (source != NULL)
        schema = g_settings_schema_source_lookup(source, name, TRUE);
    return schema != NULL ? g_settings_new(name) : NULL;
}

PdHealth
pd_probe_gedit(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    static const char schema[] = "org.gnome.gedit.plugins", key[] = "active-plugins";
    g_autoptr(GSettings) settings = open_settings(schema);
    g_auto(GStrv) active = NULL;
    g_autofree char *others = NULL;

    if (settings == NULL) {
        *ret_text = g_strdup_printf(_("its settings are not there (%s)"), schema);
        return PD_HEALTH_WRONG;
    }
    active = g_settings_get_strv(settings, key);
    if (g_strv_contains((const char *const *)active, "proofd")) {
        *ret_text = g_strdup(_("the plugin is active"));
        return PD_HEALTH_OK;
    }
    others = g_strjoinv("', '", active);
    *ret_text = g_strdup(_("installed, but not turned on"));
    *ret_remedy = g_strdup_printf("gsettings set %s %s \"['%s%sproofd']\"", schema, key, others,
                                  *active != NULL ? "', '" : "");
    return PD_HEALTH_OFF;
}

/* --- Enchant --- */

/* What libenchant itself says, where its program is installed: (nullable). */
static char *
ask_enchant(void)
{
    const char *argv[] = { "enchant-lsmod-2", "-lang", "en_US", NULL };
    char *output = NULL;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &output, NULL, NULL, NULL))
        return NULL;
    return g_strstrip(output);
}

PdHealth
pd_probe_enchant(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    static const char *const modules[] = { "$lib/enchant-2/enchant_proofd.so",
                                           "$lib/*/enchant-2/enchant_proofd.so" };
    static const char *const orderings[] = { "$config/enchant/enchant.ordering",
                                             "$etc/../enchant-2/enchant.ordering",
                                             "$etc/../enchant/enchant.ordering" };
    g_autofree char *module = pd_find_any(modules, G_N_ELEMENTS(modules));
    g_autofree char *ordering = pd_find_any(orderings, G_N_ELEMENTS(orderings));
    g_autofree char *example = pd_find_example("enchant.ordering");
    g_autofree char *answer = ask_enchant();
    bool is_first = answer != NULL
                        ? strstr(answer, "(proofd)") != NULL
                        : ordering != NULL && pd_file_matches(ordering, "^(en.*|\\*):proofd", "#");

    if (module == NULL && !is_first) {
        *ret_text = g_strdup(_("its programs are there, but not the provider libenchant-2-proofd"));
        *ret_remedy = pd_install_command("libenchant-2-proofd", false);
        return PD_HEALTH_MISSING;
    }
    if (is_first) {
        *ret_text = g_strdup(_("its programs take words from proofd"));
        return PD_HEALTH_OK;
    }
    *ret_text = g_strdup_printf(_("another provider comes first: %s"),
                                answer != NULL && *answer != '\0' ? answer : "en_US");
    *ret_remedy =
        g_strdup_printf("install -D -m 644 %s ~/.config/enchant/enchant.ordering", example);
    return PD_HEALTH_OFF;
}

/* --- proofd-lsp --- */

/* It is started by editors, which show little of what keeps it from starting. */
PdHealth
pd_probe_lsp(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    const char *argv[] = { "proofd-lsp", "--version", NULL };
    g_autofree char *output = NULL, *errors = NULL;
    g_autoptr(GError) error = NULL;
    const char *reason;
    int status;

    if (g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                     &status, &error) &&
        status == 0) {
        *ret_text = g_strdup(*g_strstrip(output) != '\0' ? output : _("installed"));
        return PD_HEALTH_OK;
    }
    reason = error != NULL ? error->message : g_strstrip(errors);
    *ret_text = g_strdup_printf(_("does not start: %.*s"), (int)strcspn(reason, "\n"), reason);
    *ret_remedy = pd_install_command("proofd-lsp", true);
    return PD_HEALTH_WRONG;
}

/* --- VS Code --- */

PdHealth
pd_probe_vscode(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    static const char *const extensions[] = {
        "$home/.vscode/extensions/proofd.proofd-*",
        "$home/.vscode-oss/extensions/proofd.proofd-*",
        "$home/.var/app/com.visualstudio.code/data/vscode/extensions/proofd.proofd-*",
    };
    g_autofree char *extension = pd_find_any(extensions, G_N_ELEMENTS(extensions));
    g_autofree char *code = g_find_program_in_path("code");

    if (extension != NULL) {
        *ret_text = g_path_get_basename(extension);
        return PD_HEALTH_OK;
    }
    *ret_text = g_strdup(_("its extension is not installed"));
    *ret_remedy =
        g_strdup_printf("%s --install-extension proofd.vsix", code != NULL ? "code" : "codium");
    return PD_HEALTH_OFF;
}

/* --- proofd-http --- */

static const char *
http_address(void)
{
    const char *address = g_getenv("PROOFD_HTTP_ADDRESS");

    return address != NULL && *address != '\0' ? address : "localhost:8081";
}

/* (transfer full) (nullable): what the server at @address says of itself */
static char *
fetch_info(const char *address)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;
    g_autofree char *request =
        g_strdup_printf("GET /v2/info HTTP/1.0\r\nHost: %s\r\n\r\n", address);
    char answer[4096];
    gsize n_bytes = 0;

    g_socket_client_set_enable_proxy(client, FALSE); /* and ask no desktop for one */
    g_socket_client_set_timeout(client, HTTP_SECONDS);
    connection = g_socket_client_connect_to_host(client, address, 8081, NULL, NULL);
    if (connection == NULL ||
        !g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), request,
                                   strlen(request), NULL, NULL, NULL))
        return NULL;
    g_input_stream_read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection)), answer,
                            sizeof(answer) - 1, &n_bytes, NULL, NULL);
    return g_strndup(answer, n_bytes);
}

PdHealth
pd_probe_http(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    static const char *const enabled[] = { "$unit/sockets.target.wants/proofd-http.socket" };
    g_autofree char *socket = pd_find_any(enabled, G_N_ELEMENTS(enabled));
    g_autofree char *answer = fetch_info(http_address());

    if (answer != NULL && strstr(answer, "proofd") != NULL) {
        *ret_text = g_strdup_printf(_("answers at http://%s/v2"), http_address());
        return PD_HEALTH_OK;
    }
    if (answer != NULL) {
        *ret_text = g_strdup_printf(_("another program answers at %s"), http_address());
        *ret_remedy = g_strdup("ss --listening --tcp --processes 'sport = 8081'");
        return socket != NULL ? PD_HEALTH_WRONG : PD_HEALTH_OFF;
    }
    if (socket != NULL) {
        *ret_text = g_strdup_printf(_("turned on, but %s does not answer"), http_address());
        *ret_remedy = g_strdup("systemctl --user restart proofd-http.socket");
        return PD_HEALTH_WRONG;
    }
    *ret_text = g_strdup(_("installed, but not turned on"));
    *ret_remedy = g_strdup(ENABLE_HTTP);
    return PD_HEALTH_OFF;
}

/* --- LibreOffice --- */

/* (transfer full) (nullable): a setting of its LanguageTool client, as registrymodifications.xcu
 * has it */
static char *
office_setting(const char *text, const char *name)
{
    g_autofree char *pattern = g_strdup_printf(
        "GrammarChecking/LanguageTool\"\\s*>\\s*<prop oor:name=\"%s\"[^>]*>\\s*<value>([^<]*)<",
        name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

PdHealth
pd_probe_libreoffice(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    g_autofree char *path = pd_find("$config/libreoffice/4/user/registrymodifications.xcu");
    g_autofree char *content = NULL, *text = NULL, *enabled = NULL, *url = NULL;

    if (path != NULL)
        g_file_get_contents(path, &content, NULL, NULL);
    text = g_utf8_make_valid(content != NULL ? content : "", -1);
    enabled = office_setting(text, "IsEnabled");
    url = office_setting(text, "BaseURL");
    if (g_strcmp0(enabled, "true") == 0 && url != NULL &&
        g_regex_match_simple("^http://(localhost|127\\.0\\.0\\.1|\\[::1\\])[:/]", url, 0, 0)) {
        *ret_text = g_strdup_printf(_("asks %s"), url);
        return PD_HEALTH_OK;
    }
    *ret_text = g_strcmp0(enabled, "true") == 0
                    ? g_strdup_printf(_("asks another server: %s"), url != NULL ? url : "?")
                    : g_strdup(_("installed, but not turned on"));
    *ret_remedy = g_strdup_printf(_("in LibreOffice: Tools > Options > Language Settings > "
                                    "LanguageTool Server, base URL http://%s/v2"),
                                  http_address());
    return PD_HEALTH_OFF;
}

/* --- proofd-watch --- */

PdHealth
pd_probe_watch(PdDoctor *doctor, char **ret_text, char **ret_remedy)
{
    static const char *const places[] = { "$config/autostart/*proofd*atch*.desktop",
                                          "$etc/autostart/*proofd*atch*.desktop" };
    g_autofree char *autostart = pd_find_any(places, G_N_ELEMENTS(places));
    bool is_running = pd_doctor_bus_has(doctor, "org.proofd.Watch");

    if (is_running) {
        *ret_text = g_strdup(autostart != NULL ? _("runs, and starts with the session")
                                               : _("runs, until you log out"));
        return PD_HEALTH_OK;
    }
    *ret_text = g_strdup(_("installed, but not turned on"));
    *ret_remedy = g_strdup("proofd-watch &");
    return PD_HEALTH_OFF;
}
