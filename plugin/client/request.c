/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/client/request.h"

#include "dbus/protocol.h"

#include <string.h>

ProofdUnit
proofd_unit_of(ProofdOptions *options)
{
    const char *offsets = options != NULL ? proofd_options_get_offsets(options) : NULL;

    if (g_strcmp0(offsets, "utf8") == 0)
        return PROOFD_UTF8;
    return g_strcmp0(offsets, "utf16") == 0 ? PROOFD_UTF16 : PROOFD_CHARS;
}

size_t
proofd_unit_length(ProofdUnit unit, const char *text)
{
    size_t n = 0;

    if (unit == PROOFD_UTF8)
        return strlen(text);
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++)
        n += (*byte & 0xc0) != 0x80; /* each character's first byte */
    if (unit == PROOFD_CHARS)
        return n;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++)
        n += *byte >= 0xf0; /* two units for those of four bytes */
    return n;
}

bool
proofd_request_check_string(const char *string, int code, const char *what, GError **error)
{
    const char *end;

    if (strlen(string) > PD_MAX_TEXT_BYTES) {
        g_set_error(error, PROOFD_ERROR, PROOFD_ERROR_TOO_LONG, "%s is longer than %d bytes", what,
                    PD_MAX_TEXT_BYTES);
        return false;
    }
    if (g_utf8_validate(string, -1, &end))
        return true;
    g_set_error(error, PROOFD_ERROR, code, "%s is not UTF-8 at byte %zu", what,
                (size_t)(end - string));
    return false;
}

static bool
check_strings(const char *what, const char *const *strings, GError **error)
{
    for (size_t n = 0; strings != NULL && strings[n] != NULL; n++) {
        if (n == PD_MAX_OPTION_WORDS) {
            g_set_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION,
                        "%s: more than %d entries", what, PD_MAX_OPTION_WORDS);
            return false;
        }
        if (strlen(strings[n]) > PD_MAX_WORD_BYTES) {
            g_set_error(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION,
                        "%s: an entry is longer than %d bytes", what, PD_MAX_WORD_BYTES);
            return false;
        }
        if (!proofd_request_check_string(strings[n], PROOFD_ERROR_INVALID_OPTION, what, error))
            return false;
    }
    return true;
}

/* One {sv} entry, where @value is set. */
static bool
add_string(GVariantBuilder *dict, const char *key, const char *value, GError **error)
{
    if (value == NULL)
        return true;
    if (!proofd_request_check_string(value, PROOFD_ERROR_INVALID_OPTION, key, error))
        return false;
    g_variant_builder_add(dict, "{sv}", key, g_variant_new_string(value));
    return true;
}

static bool
add_strings(GVariantBuilder *dict, const char *key, const char *const *value, GError **error)
{
    if (value == NULL)
        return true;
    if (!check_strings(key, value, error))
        return false;
    g_variant_builder_add(dict, "{sv}", key, g_variant_new_strv(value, -1));
    return true;
}

/* @options: (nullable). (transfer full): an a{sv}; NULL with @error set */
static GVariant *
options_to_variant(ProofdOptions *options, GError **error)
{
    g_auto(GVariantBuilder) dict = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    int max;

    if (options == NULL)
        return g_variant_ref_sink(g_variant_builder_end(&dict));
    if (!add_string(&dict, "level", proofd_options_get_level(options), error) ||
        !add_string(&dict, "format", proofd_options_get_format(options), error) ||
        !add_string(&dict, "variant", proofd_options_get_variant(options), error) ||
        !add_string(&dict, "offsets", proofd_options_get_offsets(options), error) ||
        !add_strings(&dict, "disable", proofd_options_get_disable(options), error) ||
        !add_strings(&dict, "words", proofd_options_get_words(options), error))
        return NULL;
    max = proofd_options_get_max_candidates(options);
    if (max >= 0)
        g_variant_builder_add(&dict, "{sv}", "max-candidates", g_variant_new_uint32(max));
    if (!proofd_options_get_wait(options))
        g_variant_builder_add(&dict, "{sv}", "wait", g_variant_new_boolean(FALSE));
    return g_variant_ref_sink(g_variant_builder_end(&dict));
}

GDBusMessage *
proofd_request_new(const char *member, GVariant *arguments)
{
    GDBusMessage *message =
        g_dbus_message_new_method_call(PD_DBUS_NAME, PD_DBUS_PATH, PD_DBUS_INTERFACE, member);

    if (arguments != NULL)
        g_dbus_message_set_body(message, arguments);
    return message;
}

static bool
check_text(const char *language, const char *text, GError **error)
{
    return proofd_request_check_string(language, PROOFD_ERROR_UNKNOWN_LANGUAGE, "language",
                                       error) &&
           proofd_request_check_string(text, PROOFD_ERROR_INVALID_TEXT, "text", error);
}

/* (transfer full): the a{sv} of @options, if all three can be sent; NULL with @error set */
static GVariant *
check_all(const char *language, const char *text, ProofdOptions *options, GError **error)
{
    return check_text(language, text, error) ? options_to_variant(options, error) : NULL;
}

GDBusMessage *
proofd_request_text(const char *member, const char *language, const char *text,
                    ProofdOptions *options, GError **error)
{
    const char *asked = language != NULL ? language : "";
    g_autoptr(GVariant) dict = check_all(asked, text, options, error);

    return dict != NULL ? proofd_request_new(member, g_variant_new("(ss@a{sv})", asked, text, dict))
                        : NULL;
}

GDBusMessage *
proofd_request_place(const char *member, const char *language, const char *text, guint start,
                     guint length, ProofdOptions *options, GError **error)
{
    const char *asked = language != NULL ? language : "";
    g_autoptr(GVariant) dict = check_all(asked, text, options, error);

    return dict != NULL ? proofd_request_new(member, g_variant_new("(ssuu@a{sv})", asked, text,
                                                                   start, length, dict))
                        : NULL;
}

GDBusMessage *
proofd_request_score(const char *language, const char *const *texts, GError **error)
{
    size_t n_texts = g_strv_length((char **)texts);
    size_t n_bytes = 0;

    language = language != NULL ? language : "";
    if (n_texts > PD_MAX_SCORE_TEXTS) {
        g_set_error_literal(error, PROOFD_ERROR, PROOFD_ERROR_TOO_LONG,
                            "more than " G_STRINGIFY(PD_MAX_SCORE_TEXTS) " texts");
        return NULL;
    }
    for (size_t i = 0; i < n_texts; i++) {
        if (!check_text(language, texts[i], error))
            return NULL;
        n_bytes += strlen(texts[i]);
        if (n_bytes > PD_MAX_TEXT_BYTES) {
            g_set_error_literal(error, PROOFD_ERROR, PROOFD_ERROR_TOO_LONG,
                                "the texts are too long together");
            return NULL;
        }
    }
    if (!check_text(language, "", error))
        return NULL;
    return proofd_request_new(
        "Score", g_variant_new("(s@asa{sv})", language, g_variant_new_strv(texts, n_texts), NULL));
}

GDBusMessage *
proofd_request_word(const char *member, const char *word, GError **error)
{
    if (!proofd_request_check_string(word, PROOFD_ERROR_INVALID_TEXT, "word", error))
        return NULL;
    return proofd_request_new(member, g_variant_new("(s)", word));
}
