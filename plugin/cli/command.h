/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command.h - the commands of proof, and how they end
 */
#pragma once

typedef enum {
    PD_EXIT_NOTHING = 0,  /* nothing found, all done */
    PD_EXIT_FINDINGS = 1, /* findings */
    PD_EXIT_TROUBLE = 2,  /* something could not be done; a message has said what */
} PdExit;

/* Each takes the arguments after the command's name, argv[0] being the program's. */
PdExit pd_command_check(int argc, char **argv);
PdExit pd_command_batch(int argc, char **argv);
PdExit pd_command_score(int argc, char **argv);
PdExit pd_command_explain(int argc, char **argv);
PdExit pd_command_words(int argc, char **argv);
PdExit pd_command_model(int argc, char **argv);
PdExit pd_command_status(int argc, char **argv);
PdExit pd_command_doctor(int argc, char **argv);
