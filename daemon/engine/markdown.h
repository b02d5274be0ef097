/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markdown.h - CommonMark to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes */
void pd_markdown_annotate(const char *source, size_t length, PdAnnotated *out);

/* What "&name;", "&#38;" or "&#x26;" stands for, or itself where it is none. (transfer full) */
char *pd_markdown_decode_entity(const char *entity);
