/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * comment-tags.h - what in a comment's line is no prose: tags of documentation tools, code, words
 * for programs
 *
 * Lines [p, p + n) have text, and no white space around it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* "-*- mode -*-", "eslint-disable", "noqa", "SPDX-License-Identifier: MIT" */
bool pd_comment_is_for_tools(const char *p, size_t n);
/* "x = f(y);" */
bool pd_comment_is_code(const char *p, size_t n);
/* Columns with wide space between them? */
bool pd_comment_is_table(const char *p, size_t n);
/* ":class:" before a backquote, NUL-terminated: bytes, or 0 */
size_t pd_comment_role_bytes(const char *p);
/*
 * Bytes before the text of a line: "@param name ", ":param name: ", "- ", "2. "; all of it where
 * nothing is text ("@author A. B."). @ret_begins: it begins a paragraph
 */
size_t pd_comment_tag_bytes(const char *p, size_t n, bool *ret_begins);
/* Inside a line, NUL-terminated: "\p name", "@ref name", "\c name": bytes, or 0 */
size_t pd_comment_inline_command(const char *p);
/* "b>", "/para>", "see cref=...": an element of HTML or of C#'s comments? */
bool pd_comment_is_tag_name(const char *p);
