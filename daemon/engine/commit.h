/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commit.h - a message for git's commits and tags to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes */
void pd_commit_annotate(const char *source, size_t length, PdAnnotated *out);
