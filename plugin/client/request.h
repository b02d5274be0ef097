/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.h - what is asked of the service, as messages
 *
 * What is sure to be refused is refused here, with the service's own error: what is not UTF-8
 * cannot be sent, and what is too long would be sent for nothing.
 */
#pragma once

#include <gio/gio.h>
#include <proofd-options.h>
#include <stdbool.h>
#include <stddef.h>

/* In which unit positions are. */
typedef enum { PROOFD_CHARS, PROOFD_UTF8, PROOFD_UTF16 } ProofdUnit;

ProofdUnit proofd_unit_of(ProofdOptions *options /* nullable */); /* unknown ones: chars */
size_t proofd_unit_length(ProofdUnit unit, const char *text);

/* At most PD_MAX_TEXT_BYTES of UTF-8? Else PROOFD_ERROR_TOO_LONG, or @code; @what names it. */
bool proofd_request_check_string(const char *string, int code, const char *what, GError **error);

/* A call of PD_DBUS_INTERFACE; @arguments: (nullable), a floating tuple. (transfer full) */
GDBusMessage *proofd_request_new(const char *member, GVariant *arguments);

/* Check and Open. (transfer full), or NULL with @error set. @language: (nullable) */
GDBusMessage *proofd_request_text(const char *member, const char *language, const char *text,
                                  ProofdOptions *options, GError **error);
/* Suggest and Explain. */
GDBusMessage *proofd_request_place(const char *member, const char *language, const char *text,
                                   guint start, guint length, ProofdOptions *options,
                                   GError **error);
/* Score. @texts: NULL-terminated */
GDBusMessage *proofd_request_score(const char *language, const char *const *texts, GError **error);
/* AddWord and RemoveWord. */
GDBusMessage *proofd_request_word(const char *member, const char *word, GError **error);
