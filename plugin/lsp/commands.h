/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands.h - what workspace/executeCommand takes
 *
 *   proofd.addWord [word]                    to the user's words, for all programs
 *   proofd.ignoreWord [uri, word]            in this text, while it is open
 *   proofd.ignoreHere [uri, fingerprint]     this finding, while the text is open
 *   proofd.disableRule [rule]                in this session; the user is told which setting does
 *                                            more. A client that can write settings runs it itself,
 *                                            and says so in initializationOptions.clientCommands
 *   proofd.check [uri]                       once more, also after its check was cancelled
 *   proofd.replace [uri, fingerprint, start, number]
 *                                            makes a correction, for clients without edits in code
 *                                            actions; start: in bytes
 */
#pragma once

#define PD_COMMAND_ADD_WORD "proofd.addWord"
#define PD_COMMAND_IGNORE_WORD "proofd.ignoreWord"
#define PD_COMMAND_IGNORE_HERE "proofd.ignoreHere"
#define PD_COMMAND_DISABLE_RULE "proofd.disableRule"
#define PD_COMMAND_REPLACE "proofd.replace"
#define PD_COMMAND_CHECK "proofd.check"

extern const char *const pd_command_names[]; /* those of the server, NULL-terminated */
