/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markdown.h - CommonMark to annotated text, for markup.c
 */
#pragma once

#include "daemon/engine/annotated.h"

/* @source: borrowed; positions in @out are its bytes */
void pd_markdown_annotate(const char *source, size_t length, PdAnnotated *out);

/**
 * pd_markdown_decode_entity:
 * @known: of strings, both owned: what is decoded is kept in it, so that each one is decoded once
 * @entity: as "&name;" "&#38;" "&#x26;", of @length bytes
 *
 * Returns: (nullable) (transfer none): what it stands for, @known's own; NULL: it is none
 */
const char *pd_markdown_decode_entity(GHashTable *known, const char *entity, size_t length);
