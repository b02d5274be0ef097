/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rst.h - reStructuredText to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes */
void pd_rst_annotate(const char *source, size_t length, PdAnnotated *out);
