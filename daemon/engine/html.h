/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * html.h - HTML to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes. @language: (nullable): as pd_markup_new() */
void pd_html_annotate(const char *source, size_t length, const char *language, PdAnnotated *out);
