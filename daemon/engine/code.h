/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * code.h - comments and strings of program code to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/*
 * @language: a row of pd_code_languages
 * @source: borrowed; positions in @out are its bytes
 */
void pd_code_annotate(size_t language, const char *source, size_t length, PdAnnotated *out);
