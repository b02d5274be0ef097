/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-args.h"
#include "daemon/engine/error.h"
#include "daemon/nearest.h"
#include "dbus/protocol.h"

#include <string.h>

#define MAX_ARRAY_BYTES (DBUS_MAXIMUM_ARRAY_LENGTH - 1024 * 1024)

/* --- errors --- */

static const char *const error_names[] = {
    [PD_ERROR_TOO_LONG] = PD_DBUS_ERROR_TOO_LONG,
    [PD_ERROR_UNKNOWN_LANGUAGE] = PD_DBUS_ERROR_UNKNOWN_LANGUAGE,
    [PD_ERROR_INVALID_TEXT] = PD_DBUS_ERROR_INVALID_TEXT,
    [PD_ERROR_INVALID_OPTION] = PD_DBUS_ERROR_INVALID_OPTION,
    [PD_ERROR_BUSY] = PD_DBUS_ERROR_BUSY,
    [PD_ERROR_CANCELLED] = PD_DBUS_ERROR_CANCELLED,
    [PD_ERROR_MODEL_BROKEN] = PD_DBUS_ERROR_MODEL_BROKEN,
    [PD_ERROR_NOT_FOUND] = PD_DBUS_ERROR_NOT_FOUND,
    [PD_ERROR_FAILED] = PD_DBUS_ERROR_FAILED,
};

void
pd_bus_fail(PdCall *call, const GError *error)
{
    const char *name = PD_DBUS_ERROR_FAILED;

    if (error->domain == PD_ERROR && error->code >= 0 &&
        (size_t)error->code < G_N_ELEMENTS(error_names))
        name = error_names[error->code];
    pd_call_fail(call, name, "%s", error->message);
}

static bool G_GNUC_PRINTF(2, 3) invalid(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error != NULL)
        *error = g_error_new_valist(PD_ERROR, PD_ERROR_INVALID_OPTION, format, args);
    va_end(args);
    return false;
}

/* --- options --- */

typedef struct OptionRow OptionRow;
struct OptionRow {
    const char *name;
    const char *signature;
    bool (*read)(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error);
};

static bool
read_level(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    const char *name;

    dbus_message_iter_get_basic(value, &name);
    if (pd_level_from_name(name, &self->check.level))
        return true;
    return invalid(error, "option level: \"%s\" is not careful, default or thorough", name);
}

static bool
read_format(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *hint = NULL;
    const char *name;

    dbus_message_iter_get_basic(value, &name);
    if (pd_format_from_name(name, &self->check.format))
        return true;
    names = pd_format_names();
    hint = pd_nearest_hint(name, (const char *const *)names);
    return invalid(error, "option format: \"%s\" is not %s%s", name, pd_format_list(), hint);
}

static bool
read_variant(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    const char *name;

    dbus_message_iter_get_basic(value, &name);
    if (pd_variant_from_name(name, &self->check.variant))
        return true;
    return invalid(error, "option variant: \"%s\" is not any, us or gb", name);
}

static bool
read_offsets(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    const char *name;

    dbus_message_iter_get_basic(value, &name);
    if (g_str_equal(name, "chars"))
        self->offsets = PD_OFFSETS_CHARS;
    else if (g_str_equal(name, "utf8"))
        self->offsets = PD_OFFSETS_UTF8;
    else if (g_str_equal(name, "utf16"))
        self->offsets = PD_OFFSETS_UTF16;
    else
        return invalid(error, "option offsets: \"%s\" is not chars, utf8 or utf16", name);
    return true;
}

/* The strings of @value after those of @before. (transfer full) */
static char **
read_strings(const OptionRow *row, DBusMessageIter *value, char **before, GError **error)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    int n_strings = dbus_message_iter_get_element_count(value);
    DBusMessageIter items;

    if (n_strings > PD_MAX_OPTION_WORDS) {
        g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG, "option %s: %d strings are more than %d",
                    row->name, n_strings, PD_MAX_OPTION_WORDS);
        return NULL;
    }
    for (char **string = before; string != NULL && *string != NULL; string++)
        g_ptr_array_add(strings, g_strdup(*string));
    dbus_message_iter_recurse(value, &items);
    for (; dbus_message_iter_get_arg_type(&items) == DBUS_TYPE_STRING;
         dbus_message_iter_next(&items)) {
        const char *string;

        dbus_message_iter_get_basic(&items, &string);
        g_ptr_array_add(strings, g_strdup(string));
    }
    g_ptr_array_add(strings, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
}

static bool
read_disable(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    char **rules = read_strings(row, value, self->disable, error);

    if (rules == NULL)
        return false;
    g_strfreev(self->disable);
    self->disable = rules;
    for (char **rule = rules; *rule != NULL; rule++) {
        g_autofree char *hint = NULL;

        if (pd_rule_exists(*rule))
            continue;
        hint = pd_nearest_hint(*rule, pd_checker_rules());
        return invalid(error, "option disable: there is no rule \"%s\"%s", *rule, hint);
    }
    return true;
}

static bool
read_words(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    char **words = read_strings(row, value, NULL, error);

    if (words == NULL)
        return false;
    g_strfreev(self->words);
    self->words = words;
    for (char **word = words; *word != NULL; word++) {
        if (strlen(*word) > PD_MAX_WORD_BYTES)
            return invalid(error, "option words: a word is longer than %d bytes",
                           PD_MAX_WORD_BYTES);
    }
    return true;
}

static bool
read_max_candidates(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value,
                    GError **error)
{
    dbus_uint32_t number;

    dbus_message_iter_get_basic(value, &number);
    if (number > PD_MAX_CANDIDATES)
        return invalid(error, "option max-candidates: %u is not 0 to %d", number,
                       PD_MAX_CANDIDATES);
    self->check.max_candidates = number;
    return true;
}

static bool
read_wait(PdBusOptions *self, const OptionRow *row, DBusMessageIter *value, GError **error)
{
    dbus_bool_t wait;

    dbus_message_iter_get_basic(value, &wait);
    self->wait = wait != FALSE;
    return true;
}

static const OptionRow option_rows[] = {
    { "level", "s", read_level },      { "format", "s", read_format },
    { "variant", "s", read_variant },  { "offsets", "s", read_offsets },
    { "disable", "as", read_disable }, { "max-candidates", "u", read_max_candidates },
    { "words", "as", read_words },     { "wait", "b", read_wait },
};

static bool
read_option(PdBusOptions *self, const char *name, DBusMessageIter *value, unsigned *seen,
            GError **error)
{
    const char *names[G_N_ELEMENTS(option_rows) + 1] = { 0 };
    g_autofree char *hint = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(option_rows); i++) {
        const OptionRow *row = &option_rows[i];
        char *signature;
        bool right;

        names[i] = row->name;
        if (!g_str_equal(row->name, name))
            continue;
        signature = dbus_message_iter_get_signature(value);
        right = g_str_equal(signature, row->signature);
        dbus_free(signature);
        if (!right)
            return invalid(error, "option %s: its type must be %s", name, row->signature);
        if ((*seen & 1U << i) != 0)
            return invalid(error, "option %s is given twice", name);
        *seen |= 1U << i;
        return row->read(self, row, value, error);
    }
    hint = pd_nearest_hint(name, names);
    return invalid(error, "there is no option \"%s\"%s", name, hint);
}

static void
point_to_lists(PdBusOptions *self)
{
    self->check.disable = (const char *const *)self->disable;
    self->check.words = (const char *const *)self->words;
}

PdBusOptions *
pd_bus_options_read(DBusMessageIter *iter, const PdSettings *settings, GError **error)
{
    g_autoptr(PdBusOptions) self = g_new0(PdBusOptions, 1);
    DBusMessageIter entries;
    unsigned seen = 0; /* a bit for each row */

    self->check = (PdCheckOptions)PD_CHECK_OPTIONS_INIT;
    self->check.level = settings->level;
    self->check.max_candidates = settings->max_candidates;
    self->offsets = PD_OFFSETS_CHARS;
    self->wait = true;
    self->disable = g_strdupv(settings->disable);
    self->words = g_new0(char *, 1);
    dbus_message_iter_recurse(iter, &entries);
    for (; dbus_message_iter_get_arg_type(&entries) == DBUS_TYPE_DICT_ENTRY;
         dbus_message_iter_next(&entries)) {
        DBusMessageIter entry, value;
        const char *name;

        dbus_message_iter_recurse(&entries, &entry);
        dbus_message_iter_get_basic(&entry, &name);
        dbus_message_iter_next(&entry);
        dbus_message_iter_recurse(&entry, &value);
        if (!read_option(self, name, &value, &seen, error))
            return NULL;
    }
    point_to_lists(self);
    return g_steal_pointer(&self);
}

PdBusOptions *
pd_bus_options_copy(const PdBusOptions *self)
{
    PdBusOptions *copy = g_memdup2(self, sizeof(*self));

    copy->disable = g_strdupv(self->disable);
    copy->words = g_strdupv(self->words);
    point_to_lists(copy);
    return copy;
}

void
pd_bus_options_free(PdBusOptions *self)
{
    if (self == NULL)
        return;
    g_strfreev(self->disable);
    g_strfreev(self->words);
    g_free(self);
}

size_t
pd_bus_word_bytes(const char *word)
{
    return strlen(word) + sizeof(char *);
}

size_t
pd_bus_options_word_bytes(const PdBusOptions *self)
{
    size_t n_bytes = 0;

    for (char **word = self->words; *word != NULL; word++)
        n_bytes += pd_bus_word_bytes(*word);
    return n_bytes;
}

const char *
pd_bus_language(const char *language, const char *fallback, GError **error)
{
    if (strlen(language) > PD_MAX_LANGUAGE_BYTES) {
        g_set_error(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE,
                    "a language's name is not longer than %d bytes", PD_MAX_LANGUAGE_BYTES);
        return NULL;
    }
    return *language != '\0' ? language : fallback;
}

bool
pd_bus_check_word(const char *word, GError **error)
{
    const char *why = NULL;

    if (*word == '\0')
        why = "a word must not be empty";
    else if (strlen(word) > PD_MAX_WORD_BYTES)
        why = "a word must not be longer than " G_STRINGIFY(PD_MAX_WORD_BYTES) " bytes";
    for (const char *p = word; why == NULL && *p != '\0'; p = g_utf8_next_char(p)) {
        if (g_unichar_isspace(g_utf8_get_char(p)) || g_unichar_iscntrl(g_utf8_get_char(p)))
            why = "a word must not have white space or control characters in it";
    }
    if (why != NULL)
        g_set_error_literal(error, PD_ERROR, PD_ERROR_INVALID_TEXT, why);
    return why == NULL;
}

bool
pd_bus_check_length(size_t n_bytes, GError **error)
{
    if (n_bytes <= PD_MAX_TEXT_BYTES)
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG, "%zu bytes of text are more than %d", n_bytes,
                PD_MAX_TEXT_BYTES);
    return false;
}

const char **
pd_bus_read_texts(DBusMessageIter *iter, GError **error)
{
    int n_texts = dbus_message_iter_get_element_count(iter);
    g_autofree const char **texts = NULL;
    DBusMessageIter items;
    size_t n_bytes = 0;

    if (n_texts > PD_MAX_SCORE_TEXTS) {
        g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG, "%d texts are more than %d", n_texts,
                    PD_MAX_SCORE_TEXTS);
        return NULL;
    }
    texts = g_new0(const char *, (size_t)n_texts + 1);
    dbus_message_iter_recurse(iter, &items);
    for (int i = 0; i < n_texts; i++, dbus_message_iter_next(&items)) {
        dbus_message_iter_get_basic(&items, &texts[i]);
        n_bytes += strlen(texts[i]);
    }
    return pd_bus_check_length(n_bytes, error) ? g_steal_pointer(&texts) : NULL;
}

bool
pd_bus_read_place(DBusMessageIter *iter, PdOffsets unit, const char *text, size_t text_bytes,
                  size_t *ret_start, size_t *ret_end, GError **error)
{
    dbus_uint32_t start, length;

    dbus_message_iter_get_basic(iter, &start);
    dbus_message_iter_next(iter);
    dbus_message_iter_get_basic(iter, &length);
    if (pd_text_offset_to_bytes(text, text_bytes, unit, start, ret_start) &&
        pd_text_offset_to_bytes(text, text_bytes, unit, (size_t)start + length, ret_end))
        return true;
    return invalid(error, "start %u, length %u: not in the text, or inside a character", start,
                   length);
}

/* --- values --- */

static void
append(DBusMessageIter *iter, int type, const void *value)
{
    pd_bus_need(dbus_message_iter_append_basic(iter, type, value));
}

void
pd_bus_open(DBusMessageIter *iter, int type, const char *signature, DBusMessageIter *ret_inner)
{
    pd_bus_need(dbus_message_iter_open_container(iter, type, signature, ret_inner));
}

void
pd_bus_close(DBusMessageIter *iter, DBusMessageIter *inner)
{
    pd_bus_need(dbus_message_iter_close_container(iter, inner));
}

void
pd_bus_append_string(DBusMessageIter *iter, const char *string)
{
    g_autofree char *valid = NULL;

    if (!g_utf8_validate(string, -1, NULL)) /* a damaged dictionary: libdbus would abort */
        string = valid = g_utf8_make_valid(string, -1);
    append(iter, DBUS_TYPE_STRING, &string);
}

void
pd_bus_append_uint32(DBusMessageIter *iter, uint32_t number)
{
    dbus_uint32_t value = number;

    append(iter, DBUS_TYPE_UINT32, &value);
}

void
pd_bus_append_uint64(DBusMessageIter *iter, uint64_t number)
{
    dbus_uint64_t value = number;

    append(iter, DBUS_TYPE_UINT64, &value);
}

void
pd_bus_append_double(DBusMessageIter *iter, double number)
{
    append(iter, DBUS_TYPE_DOUBLE, &number);
}

void
pd_bus_append_bool(DBusMessageIter *iter, bool value)
{
    dbus_bool_t boolean = value;

    append(iter, DBUS_TYPE_BOOLEAN, &boolean);
}

void
pd_bus_open_entry(DBusMessageIter *dict, const char *key, const char *signature,
                  DBusMessageIter *ret_entry, DBusMessageIter *ret_value)
{
    pd_bus_open(dict, DBUS_TYPE_DICT_ENTRY, NULL, ret_entry);
    pd_bus_append_string(ret_entry, key);
    pd_bus_open(ret_entry, DBUS_TYPE_VARIANT, signature, ret_value);
}

void
pd_bus_close_entry(DBusMessageIter *dict, DBusMessageIter *entry, DBusMessageIter *value)
{
    pd_bus_close(entry, value);
    pd_bus_close(dict, entry);
}

void
pd_bus_append_strings(DBusMessageIter *iter, const char *const *strings)
{
    DBusMessageIter array;

    pd_bus_open(iter, DBUS_TYPE_ARRAY, "s", &array);
    for (; *strings != NULL; strings++)
        pd_bus_append_string(&array, *strings);
    pd_bus_close(iter, &array);
}

void
pd_bus_append_candidates(DBusMessageIter *iter, const GPtrArray *candidates)
{
    DBusMessageIter array;

    pd_bus_open(iter, DBUS_TYPE_ARRAY, "(sds)", &array);
    for (size_t i = 0; candidates != NULL && i < candidates->len; i++) {
        const PdCandidate *candidate = g_ptr_array_index(candidates, i);
        DBusMessageIter fields;

        pd_bus_open(&array, DBUS_TYPE_STRUCT, NULL, &fields);
        pd_bus_append_string(&fields, candidate->text);
        append(&fields, DBUS_TYPE_DOUBLE, &candidate->score);
        pd_bus_append_string(&fields, pd_action_name(candidate->action));
        pd_bus_close(&array, &fields);
    }
    pd_bus_close(iter, &array);
}

void
pd_bus_append_finding(DBusMessageIter *array, const PdFinding *finding, size_t start, size_t length,
                      bool document)
{
    DBusMessageIter fields;

    pd_bus_open(array, DBUS_TYPE_STRUCT, NULL, &fields);
    pd_bus_append_uint32(&fields, (uint32_t)start);
    pd_bus_append_uint32(&fields, (uint32_t)length);
    pd_bus_append_string(&fields, pd_kind_name(finding->kind));
    append(&fields, DBUS_TYPE_DOUBLE, &finding->confidence);
    pd_bus_append_string(&fields, finding->message);
    pd_bus_append_string(&fields, finding->rule);
    pd_bus_append_candidates(&fields, finding->candidates);
    if (document)
        pd_bus_append_uint64(&fields, finding->fingerprint);
    pd_bus_close(array, &fields);
}

void
pd_bus_append_findings(DBusMessageIter *iter, const GPtrArray *findings, const char *text,
                       PdOffsets unit)
{
    PdOffsetCursor cursor;
    DBusMessageIter array;

    pd_offset_cursor_init(&cursor, text, unit);
    pd_bus_open(iter, DBUS_TYPE_ARRAY, PD_DBUS_FINDING, &array);
    for (size_t i = 0; i < findings->len; i++) {
        const PdFinding *finding = g_ptr_array_index(findings, i);
        const size_t start = pd_offset_cursor_at(&cursor, finding->start);
        const size_t end = pd_offset_cursor_at(&cursor, finding->end);

        pd_bus_append_finding(&array, finding, start, end - start, false);
    }
    pd_bus_close(iter, &array);
}

/* Strings with their lengths, ends and padding; numbers; the longest padding of a struct. */
static size_t
finding_bytes(const PdFinding *finding)
{
    size_t n_bytes = 120 + strlen(finding->message) + strlen(finding->rule);

    for (size_t i = 0; finding->candidates != NULL && i < finding->candidates->len; i++) {
        const PdCandidate *candidate = g_ptr_array_index(finding->candidates, i);

        n_bytes += 64 + strlen(candidate->text);
    }
    return n_bytes;
}

bool
pd_bus_findings_fit(const GPtrArray *findings, GError **error)
{
    size_t n_bytes = 0;

    for (size_t i = 0; i < findings->len; i++)
        n_bytes += finding_bytes(g_ptr_array_index(findings, i));
    if (n_bytes <= MAX_ARRAY_BYTES)
        return true;
    g_set_error(error, PD_ERROR, PD_ERROR_TOO_LONG,
                "%u findings are more than one reply holds; check the text in parts, or set "
                "max-candidates to 0",
                findings->len);
    return false;
}
