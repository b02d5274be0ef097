/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof: finds wrong words from the command line. Which command is meant, and signals.
 */
#include "daemon/engine/messages.h"
#include "dbus/core-dump.h"
#include "plugin/cli/command.h"
#include "plugin/cli/say.h"

#include <glib.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    PdExit (*run)(int argc, char **argv);
} Command;

static const Command commands[] = {
    { "check", pd_command_check },
    { "batch", pd_command_batch },
    { "score", pd_command_score },
    { "explain", pd_command_explain },
    { "words", pd_command_words },
    { "model", pd_command_model },
    { "status", pd_command_status },
    { "doctor", pd_command_doctor },
    { "help", NULL },
};

static const Command *
find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

/* Neither a command nor a file, but nearly a command: that was a slip. */
static bool
is_slip(const char *name)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = { NULL };
    const char *nearest;

    if (g_file_test(name, G_FILE_TEST_EXISTS))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    nearest = pd_nearest(name, names);
    if (nearest != NULL)
        pd_say(_("\"%s\" is neither a command nor a file; did you mean \"%s\"?"), name, nearest);
    return nearest != NULL;
}

static PdExit
run_command(const Command *command, int argc, char **argv)
{
    g_autofree char *program = g_strdup_printf("proof %s", command->name);

    g_set_prgname(command->run == pd_command_check ? "proof [check]" : program);
    return command->run(argc, argv);
}

static PdExit
run_help(int argc, char **argv)
{
    char *arguments[] = { argv[0], (char *)"--help", NULL };
    const Command *command = find_command(argc > 1 ? argv[1] : "check");

    if (command == NULL) {
        if (!is_slip(argv[1]))
            pd_say(_("no command \"%s\"; proof help lists them"), argv[1]);
        return PD_EXIT_TROUBLE;
    }
    if (command->run == NULL)
        command = find_command("check");
    return run_command(command, 2, arguments);
}

/* Where the command's name would stand: after options that all commands take. */
static int
first_argument(int argc, char **argv)
{
    static const char *const common[] = { "-v", "-q", "--verbose", "--quiet", "--local", NULL };
    int i = 1;

    for (; i < argc; i++) {
        if (i + 1 < argc && g_str_equal(argv[i], "--models"))
            i++; /* and its value */
        else if (!g_strv_contains(common, argv[i]) && !g_str_has_prefix(argv[i], "--models="))
            break;
    }
    return i;
}

int
main(int argc, char **argv)
{
    int at = first_argument(argc, argv);
    const Command *command = at < argc ? find_command(argv[at]) : NULL;

    pd_forbid_core_dumps();
    setlocale(LC_ALL, "");
    pd_messages_bind();
    signal(SIGPIPE,
           SIG_DFL); /* a reader that leaves ends us, whatever our parent thought of that */
    if (at < argc && (g_str_equal(argv[at], "--version") || g_str_equal(argv[at], "-V"))) {
        puts("proof " PD_VERSION);
        return pd_flush_output() ? PD_EXIT_NOTHING : PD_EXIT_TROUBLE;
    }
    if (command == NULL) {
        if (at < argc && argv[at][0] != '-' && is_slip(argv[at]))
            return PD_EXIT_TROUBLE;
        return run_command(find_command("check"), argc, argv);
    }
    memmove(argv + at, argv + at + 1, (argc - at) * sizeof(char *)); /* with the NULL at the end */
    argc--;
    return command->run != NULL ? run_command(command, argc, argv) : run_help(argc, argv);
}
