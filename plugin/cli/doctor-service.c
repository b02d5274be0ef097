/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof doctor: the bus, the service, and what the service needs.
 */
#include "daemon/engine/checker.h"
#include "daemon/engine/error.h"
#include "daemon/engine/lexicon.h"
#include "daemon/settings.h"
#include "dbus/protocol.h"
#include "plugin/cli/doctor-find.h"
#include "plugin/cli/doctor.h"

#include <glib/gi18n-lib.h>
#include <proofd.h>
#include <string.h>

#define BUS_NAME "org.freedesktop.DBus"
#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_EXIT_USER 217 /* systemd.exec(5) */
#define SYSTEMD_EXIT_NAMESPACE 226
#define SERVICE_FILE "$data/dbus-1/services/" PD_DBUS_NAME ".service"
#define RELOAD                                                          \
    "gdbus call --session --dest org.freedesktop.DBus --object-path / " \
    "--method org.freedesktop.DBus.ReloadConfig"

/* --- the bus --- */

static void
look_at_bus(PdDoctor *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *address = NULL, *text = NULL;

    if (self->options->local || self->options->models != NULL) {
        pd_doctor_tell(self, "bus", _("session bus"), PD_HEALTH_OFF, _("not asked"), NULL);
        return;
    }
    address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, NULL, &error);
    if (address == NULL) {
        text = g_strdup_printf(_("none: proof works by itself, other programs find nothing (%s)"),
                               error->message);
        pd_doctor_tell(self, "bus", _("session bus"), PD_HEALTH_MISSING, text, NULL);
        return;
    }
    self->bus =
        g_dbus_connection_new_for_address_sync(address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    if (self->bus == NULL) {
        text = g_strdup_printf(_("%s cannot be reached: %s"), address, error->message);
        pd_doctor_tell(self, "bus", _("session bus"), PD_HEALTH_WRONG, text,
                       _("log out and in again"));
        return;
    }
    pd_doctor_tell(self, "bus", _("session bus"), PD_HEALTH_OK, address, NULL);
}

static bool
is_activatable(PdDoctor *self)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        self->bus, BUS_NAME, "/", BUS_NAME, "ListActivatableNames", NULL, G_VARIANT_TYPE("(as)"),
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_autofree const char **names = NULL;

    if (reply == NULL)
        return false;
    g_variant_get(reply, "(^a&s)", &names);
    return g_strv_contains(names, PD_DBUS_NAME);
}

/* --- how it is started --- */

/* (nullable): what keeps systemd from starting the unit */
static char *
unit_trouble(const char *unit, char **ret_remedy)
{
    g_autofree char *place = g_strconcat("$unit/", unit, NULL);
    g_autofree char *path = pd_find(place);
    g_autofree char *target = path != NULL ? g_file_read_link(path, NULL) : NULL;

    if (path == NULL) {
        *ret_remedy = pd_install_command("proofd", true);
        return g_strdup_printf(_("systemd has no unit %s"), unit);
    }
    if (g_strcmp0(target, "/dev/null") == 0) {
        *ret_remedy = g_strdup_printf("systemctl --user unmask %s", unit);
        return g_strdup_printf(_("the unit %s is masked"), unit);
    }
    return NULL;
}

/* (nullable): what is wrong with the file that tells the bus how to start the service */
static char *
file_trouble(PdDoctor *self, const char *path, char **ret_remedy)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *command = NULL, *unit = NULL;
    g_auto(GStrv) words = NULL;

    if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error))
        command = g_key_file_get_string(file, "D-BUS Service", "Exec", &error);
    if (command == NULL)
        return g_strdup_printf("%s: %s", path, error->message);
    if (!g_shell_parse_argv(command, NULL, &words, &error) ||
        !g_file_test(words[0], G_FILE_TEST_IS_EXECUTABLE)) {
        *ret_remedy = pd_install_command("proofd", true);
        return g_strdup_printf(_("%s starts %s, which is not there"), path, command);
    }
    unit = g_key_file_get_string(file, "D-BUS Service", "SystemdService", NULL);
    if (unit != NULL && pd_doctor_bus_has(self, SYSTEMD))
        return unit_trouble(unit, ret_remedy);
    return NULL;
}

/* Can the bus start it? */
static bool
look_at_activation(PdDoctor *self)
{
    g_autofree char *path = pd_find(SERVICE_FILE);
    g_autofree char *trouble = NULL, *remedy = NULL;
    const char *title = _("activation");

    if (path != NULL)
        trouble = file_trouble(self, path, &remedy);
    if (trouble == NULL && path == NULL && !is_activatable(self)) {
        remedy = pd_install_command("proofd", false);
        trouble = g_strdup(_("the bus cannot start the service: it is not installed"));
    } else if (trouble == NULL && !is_activatable(self)) {
        remedy = g_strdup(RELOAD);
        trouble = g_strdup_printf(_("the bus has not read %s yet"), path);
    }
    if (trouble == NULL)
        pd_doctor_tell(self, "activation", title, PD_HEALTH_OK,
                       path != NULL ? path : _("the bus starts the service"), NULL);
    else
        pd_doctor_tell(self, "activation", title, PD_HEALTH_WRONG, trouble, remedy);
    return trouble == NULL;
}

static const char *
restart_command(PdDoctor *self)
{
    return pd_doctor_bus_has(self, SYSTEMD) ? "systemctl --user restart proofd.service"
                                            : "proofd --replace &";
}

/* Has systemd failed to fence it in, when it last started it? */
static bool
is_without_namespaces(PdDoctor *self)
{
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) value = NULL;
    gint32 status;

    if (!pd_doctor_bus_has(self, SYSTEMD))
        return false;
    reply = g_dbus_connection_call_sync(
        self->bus, SYSTEMD, "/org/freedesktop/systemd1/unit/proofd_2eservice",
        "org.freedesktop.DBus.Properties", "Get",
        g_variant_new("(ss)", SYSTEMD ".Service", "ExecMainStatus"), G_VARIANT_TYPE("(v)"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
    if (reply == NULL)
        return false;
    g_variant_get(reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_INT32))
        return false;
    status = g_variant_get_int32(value);
    return status == SYSTEMD_EXIT_USER || status == SYSTEMD_EXIT_NAMESPACE;
}

static void
tell_no_answer(PdDoctor *self, const GError *error)
{
    if (is_without_namespaces(self))
        pd_doctor_tell(self, "service", _("service"), PD_HEALTH_WRONG,
                       _("systemd cannot fence it in: this kernel allows no user namespaces; "
                         "PACKAGING.md says which options to turn off"),
                       "systemctl --user edit proofd.service");
    else
        pd_doctor_tell(self, "service", _("service"), PD_HEALTH_WRONG, error->message,
                       "proofd --replace --verbose");
}

/* Starts it. (nullable) (transfer full): the hash of its model */
static char *
look_at_answer(PdDoctor *self)
{
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) properties = NULL;
    g_autofree char *text = NULL;
    const char *version = "", *hash = NULL;

    if (proofd_client_start(client, NULL, &error))
        properties = proofd_client_get_service_properties(client, NULL, &error);
    if (properties == NULL) {
        tell_no_answer(self, error);
        return NULL;
    }
    g_variant_lookup(properties, "Version", "&s", &version);
    g_variant_lookup(properties, "ModelHash", "&s", &hash);
    if (!g_str_equal(version, PD_VERSION)) {
        text = g_strdup_printf(_("runs in version %s, but proof is %s"), version, PD_VERSION);
        pd_doctor_tell(self, "service", _("service"), PD_HEALTH_WRONG, text, restart_command(self));
    } else {
        text = g_strdup_printf(_("answers, version %s"), version);
        pd_doctor_tell(self, "service", _("service"), PD_HEALTH_OK, text, NULL);
    }
    return g_strdup(hash);
}

/* --- what it needs --- */

static PdSettings *
look_at_settings(PdDoctor *self)
{
    g_autofree char *path = pd_find_default("$config/proofd/proofd.conf");
    g_autofree char *shown = pd_find_shorten(path);
    g_autofree char *remedy = g_strdup_printf("editor %s", shown);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    PdSettings *settings = pd_settings_load(path, warnings);

    for (guint i = 0; i < warnings->len; i++)
        pd_doctor_tell(self, "settings", _("settings"), PD_HEALTH_WRONG,
                       g_ptr_array_index(warnings, i), remedy);
    if (warnings->len == 0) {
        g_autofree char *text = g_file_test(path, G_FILE_TEST_EXISTS)
                                    ? g_strdup(shown)
                                    : g_strdup_printf(_("the defaults: there is no %s"), shown);

        pd_doctor_tell(self, "settings", _("settings"), PD_HEALTH_OK, text, NULL);
    }
    return settings;
}

static void
look_at_words(PdDoctor *self, const PdSettings *settings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdWords) words = pd_words_open(settings->words_file, &error);
    g_autofree char *text = NULL;
    g_auto(GStrv) list = NULL;
    guint n;

    if (words == NULL) {
        pd_doctor_tell(self, "words", _("your words"), PD_HEALTH_WRONG, error->message, NULL);
        return;
    }
    list = pd_words_list(words);
    n = g_strv_length(list);
    text = g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%u word", "%u words", n), n);
    pd_doctor_tell(self, "words", _("your words"), PD_HEALTH_OK, text, NULL);
}

/* (transfer full) (nullable): installs the dictionary: hunspell-de-de, hunspell-fr */
static char *
dictionary_command(const char *language)
{
    static const char *const by_region[] = { "de", "en", "pt", NULL };
    g_autofree char *name = g_ascii_strdown(language, -1);
    g_autofree char *package = NULL;
    char *region = strchr(name, '_');

    if (region != NULL) {
        *region = '\0';
        if (g_strv_contains(by_region, name))
            *region = '-';
    }
    package = g_strconcat("hunspell-", name, NULL);
    return pd_install_command(package, false);
}

static void
look_at_dictionary(PdDoctor *self, const char *language, PdHealth if_missing)
{
    g_autofree char *title = g_strdup_printf(_("dictionary %s"), language);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdLexicon) lexicon = pd_lexicon_new(language, &error);
    g_autofree char *command = NULL;

    if (lexicon != NULL) {
        pd_doctor_tell(self, "dictionary", title, PD_HEALTH_OK, pd_lexicon_language(lexicon), NULL);
        return;
    }
    command = dictionary_command(language);
    if (!g_error_matches(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE))
        if_missing = PD_HEALTH_WRONG;
    pd_doctor_tell(self, "dictionary", title, if_missing, error->message, command);
}

/* (transfer full) (nullable): en_GB of en_GB.UTF-8; NULL: C */
static char *
locale_language(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *value = NULL;
    g_autofree char *language = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(variables) && (value == NULL || *value == '\0'); i++)
        value = g_getenv(variables[i]);
    language = g_strndup(value != NULL ? value : "", value != NULL ? strcspn(value, ".@") : 0);
    if (*language == '\0' || g_str_equal(language, "C") || g_str_equal(language, "POSIX"))
        return NULL;
    return g_steal_pointer(&language);
}

static void
look_at_model(PdDoctor *self, const PdSettings *settings, const char *service_hash)
{
    const char *dir = self->options->models != NULL ? self->options->models : settings->models_dir;
    g_autoptr(PdChecker) checker = pd_checker_new(dir, NULL, 0);
    g_autoptr(GError) error = NULL;
    PdModel *model = NULL;
    g_autofree char *hash = NULL, *text = NULL, *remedy = NULL;
    const char *title = _("model");

    if (pd_checker_prepare(checker, settings->language, &error))
        model = pd_checker_model(checker, settings->language, &error);
    if (error != NULL) {
        if (g_error_matches(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE))
            return; /* its dictionary is missing, which has been told */
        remedy = pd_install_command("proofd-model-en", true);
        pd_doctor_tell(self, "model", title, PD_HEALTH_WRONG, error->message, remedy);
        return;
    }
    if (model == NULL) {
        remedy = pd_install_command("proofd-model-en", false);
        text = g_strdup_printf(_("none for %s: spelling only"), settings->language);
        pd_doctor_tell(self, "model", title, PD_HEALTH_MISSING, text, remedy);
        return;
    }
    hash = pd_model_hash(model);
    if (service_hash != NULL && *service_hash != '\0' && !g_str_equal(hash, service_hash)) {
        text = g_strdup_printf(_("the service has another one (%.12s) than is installed (%.12s)"),
                               service_hash, hash);
        pd_doctor_tell(self, "model", title, PD_HEALTH_WRONG, text, restart_command(self));
        return;
    }
    text = g_strdup_printf(_("%s, complete (SHA-256 %.12s…)"), pd_model_name(model), hash);
    pd_doctor_tell(self, "model", title, PD_HEALTH_OK, text, NULL);
}

void
pd_doctor_look_at_service(PdDoctor *self)
{
    g_autoptr(PdSettings) settings = NULL;
    g_autofree char *language = locale_language();
    g_autofree char *hash = NULL;

    look_at_bus(self);
    if (self->bus != NULL && (look_at_activation(self) || pd_doctor_bus_has(self, PD_DBUS_NAME)))
        hash = look_at_answer(self);
    settings = look_at_settings(self);
    look_at_dictionary(self, settings->language, PD_HEALTH_WRONG);
    if (language != NULL && g_strcmp0(language, settings->language) != 0)
        look_at_dictionary(self, language, PD_HEALTH_MISSING);
    look_at_model(self, settings, hash);
    look_at_words(self, settings);
}
