/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/text-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"
#define BOM_BYTES 3

/* Where it is not UTF-8: 1-based line and byte of the file. */
static void
set_invalid(const char *data, gsize at, GError **error)
{
    gsize line = 1;

    for (gsize i = 0; i < at; i++)
        line += data[i] == '\n';
    if (data[at] == '\0')
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    _("It is no text: there is a zero byte in line %zu (byte %zu)."), line, at + 1);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    _("It is not UTF-8: the first invalid byte is in line %zu (byte %zu). "
                      "The command iconv can convert it."),
                    line, at + 1);
}

/* Does every line end in "\r\n", and is there one? */
static bool
has_crlf_alone(const char *text)
{
    bool is_there = false;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\r' && p[1] == '\n') {
            is_there = true;
            p++;
        } else if (*p == '\r' || *p == '\n') {
            return false;
        }
    }
    return is_there;
}

static char *
without_cr(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));

    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '\r')
            g_string_append_c(out, *p);
    }
    return g_string_free(out, FALSE);
}

char *
pd_text_decode(GBytes *bytes, PdTextForm *ret_form, GError **error)
{
    gsize n_bytes;
    const char *data = g_bytes_get_data(bytes, &n_bytes), *invalid;
    g_autofree char *text = NULL;
    PdTextForm form;
    gsize skipped;

    if (n_bytes > 0 && !g_utf8_validate_len(data, n_bytes, &invalid)) {
        set_invalid(data, (gsize)(invalid - data), error);
        return NULL;
    }
    form.has_bom = n_bytes >= BOM_BYTES && memcmp(data, BOM, BOM_BYTES) == 0;
    skipped = form.has_bom ? BOM_BYTES : 0;
    text = n_bytes > skipped ? g_strndup(data + skipped, n_bytes - skipped) : g_strdup("");
    form.has_crlf = has_crlf_alone(text);
    *ret_form = form;
    return form.has_crlf ? without_cr(text) : g_steal_pointer(&text);
}

GBytes *
pd_text_encode(const char *text, PdTextForm form)
{
    GString *out = g_string_sized_new(strlen(text) + BOM_BYTES);

    if (form.has_bom)
        g_string_append(out, BOM);
    for (const char *p = text; *p != '\0'; p++) {
        if (form.has_crlf && *p == '\n' && (p == text || p[-1] != '\r'))
            g_string_append_c(out, '\r');
        g_string_append_c(out, *p);
    }
    return g_string_free_to_bytes(out);
}

const char *
pd_text_format(const char *name)
{
    static const struct {
        const char *suffix, *format;
    } formats[] = {
        { ".md", "markdown" },    { ".markdown", "markdown" }, { ".mkd", "markdown" },
        { ".mdown", "markdown" }, { ".html", "html" },         { ".htm", "html" },
        { ".tex", "latex" },      { ".rst", "rst" },
    };
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (g_str_has_suffix(lower, formats[i].suffix))
            return formats[i].format;
    }
    return g_str_equal(lower, "commit_editmsg") ? "commit" : "plain";
}
