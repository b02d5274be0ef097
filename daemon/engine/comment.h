/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * comment.h - the lines of a comment in program code, as paragraphs
 *
 * Decoration, tags of documentation (@param x, :param x:, \brief), code, and what is meant for
 * tools are left out; `code` is opaque.
 */
#pragma once

#include "daemon/engine/paragraph.h"

typedef struct {
    PdParagraph paragraph;
    GArray *widths;   /* of guint: the lines of the paragraph, in bytes, with their indentation */
    guint width;      /* the greatest of them */
    bool is_markdown; /* far indented lines are code */
    bool in_fence;    /* between ``` and ``` and the like */
    bool in_example;  /* up to the next empty line */
    bool in_literal;  /* up to a line that is not indented farther than... */
    size_t literal_indent;
    size_t first_indent; /* of the comment's first line with text; G_MAXSIZE: none yet */
} PdComment;

void pd_comment_init(PdComment *self, const char *source, PdAnnotated *out, bool is_markdown);
void pd_comment_clear(PdComment *self);

/*
 * A line of the comment, without what makes it one (slashes, stars). White space before @start
 * counts as @indent columns; the line break ends at @next.
 */
void pd_comment_add(PdComment *self, size_t start, size_t end, size_t next, size_t indent);
void pd_comment_end(PdComment *self);
