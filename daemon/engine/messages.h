/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages.h - what a finding says to people, in their language
 */
#pragma once

#include "daemon/engine/checker.h"

#include <glib.h>

/* Says where translations are: $PROOFD_LOCALES, else the installed ones. For a program's main(). */
void pd_messages_bind(void);

/**
 * pd_message_new:
 * @text: what the finding's positions refer to, valid UTF-8, @length bytes
 *
 * Made from kind, rule, the words at the place and beside it, and the first candidate. It claims
 * no more than is known: what the model only doubts, may or seems to be wrong.
 *
 * Returns: (transfer full): a sentence
 */
char *pd_message_new(const PdFinding *finding, const char *text, size_t length);
