/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latex.h - LaTeX to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes */
void pd_latex_annotate(const char *source, size_t length, PdAnnotated *out);
