/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-args.h - what the calls carry: options in, findings out, errors by name
 */
#pragma once

#include "daemon/bus-object.h"
#include "daemon/engine/checker.h"
#include "daemon/engine/text.h"
#include "daemon/settings.h"

#include <dbus/dbus.h>
#include <glib.h>

/* The a{sv} of a call, with the configured defaults. */
typedef struct {
    PdCheckOptions check; /* its lists are those below */
    PdOffsets offsets;
    bool wait;      /* false: Check and Open want no candidates */
    char **disable; /* NULL-terminated, the configured ones included */
    char **words;   /* NULL-terminated */
} PdBusOptions;

/**
 * pd_bus_options_read:
 * @iter: stands on the a{sv}
 * @error: PD_ERROR_INVALID_OPTION (names the option, and the nearest valid name), PD_ERROR_TOO_LONG
 * (a list)
 *
 * Returns: (transfer full): or NULL with @error set
 */
PdBusOptions *pd_bus_options_read(DBusMessageIter *iter, const PdSettings *settings,
                                  GError **error);
PdBusOptions *pd_bus_options_copy(const PdBusOptions *self); /* (transfer full) */
void pd_bus_options_free(PdBusOptions *self);                /* NULL is fine */

/* What the words of @self take, as documents count it. */
size_t pd_bus_options_word_bytes(const PdBusOptions *self);
size_t pd_bus_word_bytes(const char *word);

/* What "" means is @fallback. Borrowed from either; NULL: PD_ERROR_UNKNOWN_LANGUAGE, too long. */
const char *pd_bus_language(const char *language, const char *fallback, GError **error);

/* PD_ERROR_TOO_LONG for more text than one call may bring. */
bool pd_bus_check_length(size_t n_bytes, GError **error);
/*
 * The strings of an "as" at @iter, borrowed, NULL-terminated: free the array alone. NULL:
 * PD_ERROR_TOO_LONG.
 */
const char **pd_bus_read_texts(DBusMessageIter *iter, GError **error);
/* Start and length, uu at @iter, as bytes of @text. PD_ERROR_INVALID_OPTION. */
bool pd_bus_read_place(DBusMessageIter *iter, PdOffsets unit, const char *text, size_t text_bytes,
                       size_t *ret_start, size_t *ret_end, GError **error);

/**
 * pd_bus_append_findings:
 * @iter: where the array is appended, of PD_DBUS_FINDING
 * @findings: of PdFinding, by start
 * @text: what they are in, for their positions in @unit
 */
void pd_bus_append_findings(DBusMessageIter *iter, const GPtrArray *findings, const char *text,
                            PdOffsets unit);
/* One, at a place in the caller's unit. @document: a PD_DBUS_DOCUMENT_FINDING, with fingerprint */
void pd_bus_append_finding(DBusMessageIter *array, const PdFinding *finding, size_t start,
                           size_t length, bool document);
/* As dbus_message_iter_open_container() and its opposite; ends the program if memory runs out. */
void pd_bus_open(DBusMessageIter *iter, int type, const char *signature,
                 DBusMessageIter *ret_inner);
void pd_bus_close(DBusMessageIter *iter, DBusMessageIter *inner);
void pd_bus_append_candidates(DBusMessageIter *iter, const GPtrArray *candidates); /* a(sds) */
void pd_bus_append_string(DBusMessageIter *iter,
                          const char *string); /* invalid UTF-8 is replaced */
void pd_bus_append_strings(DBusMessageIter *iter, const char *const *strings); /* as */
void pd_bus_append_uint32(DBusMessageIter *iter, uint32_t number);
void pd_bus_append_uint64(DBusMessageIter *iter, uint64_t number);
void pd_bus_append_double(DBusMessageIter *iter, double number);
void pd_bus_append_bool(DBusMessageIter *iter, bool value);
/* One {sv} entry of @dict: append the value, of that @signature, to @ret_value, then close it. */
void pd_bus_open_entry(DBusMessageIter *dict, const char *key, const char *signature,
                       DBusMessageIter *ret_entry, DBusMessageIter *ret_value);
void pd_bus_close_entry(DBusMessageIter *dict, DBusMessageIter *entry, DBusMessageIter *value);

/* PD_ERROR_TOO_LONG if an array of @findings would pass what one D-Bus array holds (64 MiB). */
bool pd_bus_findings_fit(const GPtrArray *findings, GError **error);

/* A word that one may add or ignore: PD_ERROR_INVALID_TEXT says why not. */
bool pd_bus_check_word(const char *word, GError **error);

/* Answers @call (taken) with the D-Bus error for @error's code. */
void pd_bus_fail(PdCall *call, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusOptions, pd_bus_options_free)
