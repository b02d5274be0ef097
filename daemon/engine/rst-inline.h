/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rst-inline.h - what is marked inside a paragraph of reStructuredText
 */
#pragma once

#include "daemon/engine/paragraph.h"

/* The paragraph's text, without its marks, goes to its out. */
void pd_rst_put(PdParagraph *paragraph);
