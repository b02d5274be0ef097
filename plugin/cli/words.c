/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof words: the personal list that all programs share.
 */
#include "daemon/engine/error.h"
#include "dbus/protocol.h"
#include "plugin/cli/backend.h"
#include "plugin/cli/command.h"
#include "plugin/cli/input.h"
#include "plugin/cli/options.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/*
 * All are looked at before the first is added, so that a bad one does not leave half of them
 * there.
 */
static bool
check_word(const char *word, GError **error)
{
    g_autofree char *problem = NULL;

    if (*word == '\0')
        problem = g_strdup(_("is empty"));
    else if (strlen(word) > PD_MAX_WORD_BYTES)
        problem = g_strdup_printf(_("is longer than %d bytes"), PD_MAX_WORD_BYTES);
    else if (!g_utf8_validate(word, -1, NULL))
        problem = g_strdup(_("is not UTF-8"));
    for (const char *p = word; problem == NULL && *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isspace(c) || g_unichar_iscntrl(c))
            problem = g_strdup(_("has white space or a control character in it"));
    }
    if (problem == NULL)
        return true;
    g_set_error(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE,
                /* Translators: the word, and one of "is empty" and so on */
                _("the word \"%.60s\" %s"), word, problem);
    return false;
}

static bool
add(PdBackend *backend, const char *const *words, GError **error)
{
    for (const char *const *word = words; *word != NULL; word++) {
        if (!check_word(*word, error))
            return false;
    }
    return pd_backend_add_words(backend, words, error);
}

/* All files are read before the first word is added. */
static bool
import(PdBackend *backend, char **paths, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

    for (; *paths != NULL; paths++) {
        g_auto(GStrv) words = pd_input_read_words(*paths, error);

        for (char **word = words; word != NULL && *word != NULL; word++) {
            if (word == words && g_str_has_prefix(*word, "personal_ws-"))
                continue; /* the heading of Aspell's lists */
            if (!check_word(*word, error)) {
                g_prefix_error(error, "%s: ", *paths);
                return false;
            }
            g_ptr_array_add(all, g_strdup(*word));
        }
        if (words == NULL)
            return false;
    }
    g_ptr_array_add(all, NULL);
    return pd_backend_add_words(backend, (const char *const *)all->pdata, error);
}

static bool
list(PdBackend *backend, GError **error)
{
    g_auto(GStrv) words = pd_backend_words(backend, error);

    if (words == NULL)
        return false;
    for (char **word = words; *word != NULL; word++)
        puts(*word);
    return true;
}

static bool
remove_all(PdBackend *backend, char **words, GError **error)
{
    g_auto(GStrv) known = pd_backend_words(backend, error);

    if (known == NULL)
        return false;
    for (char **word = words; *word != NULL; word++) {
        if (!check_word(*word, error))
            return false;
        if (!g_strv_contains((const char *const *)known, *word)) {
            g_set_error(error, PD_ERROR, PD_ERROR_NOT_FOUND, _("%s: not on the list"), *word);
            return false;
        }
    }
    for (; *words != NULL; words++) {
        if (!pd_backend_remove_word(backend, *words, error)) {
            g_prefix_error(error, "%s: ", *words);
            return false;
        }
    }
    return true;
}

static bool
run(PdBackend *backend, const char *action, char **arguments, GError **error)
{
    if (g_str_equal(action, "add"))
        return add(backend, (const char *const *)arguments, error);
    if (g_str_equal(action, "remove"))
        return remove_all(backend, arguments, error);
    if (g_str_equal(action, "list"))
        return list(backend, error);
    return import(backend, arguments, error);
}

static bool
check_usage(const char *action, guint n_arguments)
{
    static const char *const actions[] = { "add", "remove", "list", "import", NULL };
    bool is_list = g_str_equal(action, "list");

    if (!g_strv_contains(actions, action)) {
        g_autofree char *hint = pd_did_you_mean(action, actions);

        pd_say(_("words: unknown action \"%s\": add, remove, list or import%s"), action, hint);
        return false;
    }
    if (is_list != (n_arguments == 0)) {
        pd_say(is_list ? _("words %s takes no arguments")
                       : _("words %s: which? See proof words --help"),
               action);
        return false;
    }
    return true;
}

PdExit
pd_command_words(int argc, char **argv)
{
    static const char description[] =
        "Actions:\n"
        "  list               print your words, one a line (also without an action)\n"
        "  add WORD...        accept these words from now on, in all programs\n"
        "  remove WORD...     take them off the list\n"
        "  import FILE...     add the words in a file, one a line; - is standard input";
    g_auto(PdOptions) options = PD_OPTIONS_INIT;
    g_autoptr(PdBackend) backend = NULL;
    g_autoptr(GError) error = NULL;
    char *listing[] = { (char *)"list", NULL };
    char **rest;

    if (!pd_options_parse(&options, PD_OPTIONS_COMMON, "[ACTION [ARGUMENT...]]", description, NULL,
                          argc, argv))
        return PD_EXIT_TROUBLE;
    rest = options.rest != NULL ? options.rest : listing;
    if (!check_usage(rest[0], g_strv_length(rest + 1)))
        return PD_EXIT_TROUBLE;
    backend = pd_backend_new(&options, &error);
    if (backend == NULL || !run(backend, rest[0], rest + 1, &error)) {
        pd_say("%s", error->message);
        return PD_EXIT_TROUBLE;
    }
    return pd_flush_output() ? PD_EXIT_NOTHING : PD_EXIT_TROUBLE;
}
