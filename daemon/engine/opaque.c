/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/opaque.h"

#include <string.h>
#include <unicode/uchar.h>

#define MAX_SCHEME_BYTES 16
#define MAX_EXTENSION_BYTES 8

static bool
is_in(const char *const *list, size_t n, const char *p, const char *end)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == (size_t)(end - p) && memcmp(list[i], p, (size_t)(end - p)) == 0)
            return true;
    return false;
}

static bool
has_prefix(const char *p, const char *end, const char *prefix)
{
    size_t n = strlen(prefix);

    return (size_t)(end - p) > n && g_ascii_strncasecmp(p, prefix, n) == 0;
}

/* Letters of any script count as word bytes. */
static bool
is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static bool
has_scheme(const char *p, const char *end)
{
    const char *q = p;

    if (has_prefix(p, end, "www.") || has_prefix(p, end, "mailto:"))
        return true;
    while (q < end && q - p < MAX_SCHEME_BYTES &&
           (g_ascii_isalnum(*q) || strchr("+.-", *q) != NULL))
        q++;
    return q > p && g_ascii_isalpha(*p) && end - q > 3 && memcmp(q, "://", 3) == 0;
}

/* A closing bracket belongs to the URL only if its opening one does. */
static const char *
strip_url(const char *p, const char *end)
{
    int round = 0, square = 0;

    for (const char *q = p; q < end; q++) {
        round += *q == '(' ? 1 : *q == ')' ? -1 : 0;
        square += *q == '[' ? 1 : *q == ']' ? -1 : 0;
    }
    for (; end > p; end--) {
        char last = end[-1];

        if (last == ')' && round < 0)
            round++;
        else if (last == ']' && square < 0)
            square++;
        else if (strchr(".,;:!?'*_|", last) == NULL)
            break;
    }
    return end;
}

static bool
ends_url(gunichar c)
{
    return c == '"' || c == '<' || c == '>' || c == '`' || c == '{' || c == '}' || c == 0x2014 ||
           c == 0x2026 || c == 0xAB || c == 0xBB || (c >= 0x2018 && c <= 0x201F) ||
           (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF20);
}

const char *
pd_opaque_url(const char *p, const char *end)
{
    const char *q = p;

    if (!has_scheme(p, end))
        return NULL;
    while (q < end && !ends_url(g_utf8_get_char(q)))
        q = g_utf8_next_char(q);
    q = strip_url(p, q);
    return q > p ? q : NULL;
}

static bool
is_email(const char *p, const char *end)
{
    const char *at = memchr(p, '@', (size_t)(end - p));

    if (at == NULL || at == p || at + 1 == end || memchr(at + 1, '@', (size_t)(end - at - 1)))
        return false;
    return is_word_byte(at[-1]) && is_word_byte(at[1]);
}

/* Word bytes, hyphens and dots. */
static bool
is_name(const char *p, const char *end)
{
    if (p == end || !is_word_byte(*p))
        return false;
    for (; p < end; p++)
        if (!is_word_byte(*p) && *p != '-' && *p != '.')
            return false;
    return true;
}

/* @name #tag $VAR -x --option %s */
static bool
is_marked(const char *p, const char *end)
{
    if (end - p < 2)
        return false;
    switch (*p) {
    case '@':
    case '#':
        return is_name(p + 1, end);
    case '$':
        return g_ascii_isalpha(p[1]) || p[1] == '_' || p[1] == '{';
    case '%':
        return end - p == 2 && strchr("sdifuxc", p[1]) != NULL;
    case '-':
        return p[1] == '-' ? end - p > 2 && g_ascii_isalpha(p[2])
                           : end - p == 2 && g_ascii_isalpha(p[1]);
    default:
        return false;
    }
}

/* a::b, a->b, key=value, C:\x */
static bool
is_code(const char *p, const char *end)
{
    for (const char *q = p; q < end; q++) {
        const char *after = q + 1;

        if (*q == '\\')
            return end - p > 1;
        if (q == p || after >= end || !is_word_byte(q[-1]))
            continue;
        if (*q == '=' && (is_word_byte(*after) || *after == '='))
            return true;
        if (((*q == ':' && *after == ':') || (*q == '-' && *after == '>')) && end - q > 2 &&
            is_word_byte(q[2]))
            return true;
    }
    return false;
}

/*
 * Not among them: endings that are words too (so, go, do, in, me), after a full stop without a
 * space.
 */
static const char *const extensions[] = {
    "txt",  "md",    "rst",  "tex",    "pdf",  "doc",  "docx",    "odt",    "rtf",     "xls",
    "xlsx", "ods",   "csv",  "tsv",    "ppt",  "pptx", "odp",     "c",      "h",       "cc",
    "cpp",  "hpp",   "cxx",  "rs",     "py",   "js",   "ts",      "jsx",    "tsx",     "java",
    "kt",   "rb",    "php",  "sh",     "lua",  "sql",  "html",    "htm",    "css",     "scss",
    "xml",  "xsl",   "json", "jsonl",  "yaml", "yml",  "toml",    "ini",    "conf",    "cfg",
    "log",  "lock",  "png",  "jpg",    "jpeg", "gif",  "svg",     "webp",   "bmp",     "tiff",
    "ico",  "mp3",   "mp4",  "ogg",    "wav",  "flac", "mkv",     "avi",    "mov",     "webm",
    "zip",  "gz",    "bz2",  "xz",     "zst",  "tar",  "tgz",     "rar",    "7z",      "iso",
    "img",  "deb",   "rpm",  "exe",    "dll",  "msi",  "apk",     "jar",    "epub",    "bak",
    "tmp",  "dat",   "db",   "sqlite", "aff",  "dic",  "vim",     "el",     "cmake",   "ko",
    "pyc",  "ipynb", "wasm", "ttf",    "otf",  "woff", "service", "socket", "desktop",
};

static const char *const top_domains[] = {
    "com", "org", "net", "edu", "gov", "mil", "int", "io",   "co.uk",
    "uk",  "de",  "fr",  "ru",  "eu",  "dev", "app", "info", "biz",
};

/* U.S.A, e.g, a.m: single letters with dots between them */
static bool
is_initialism(const char *p, const char *end)
{
    static const char *const degrees[] = { "Ph.D", "M.Sc", "B.Sc", "M.Phil", "D.Phil" };

    if (is_in(degrees, G_N_ELEMENTS(degrees), p, end))
        return true;
    if (end - p < 3 || (end - p) % 2 == 0)
        return false;
    for (const char *q = p; q < end; q++)
        if ((q - p) % 2 == 0 ? !g_ascii_isalpha(*q) : *q != '.')
            return false;
    return true;
}

/* 1.2.3, v2.0, v1, 2.0.0-rc1 */
static bool
is_version(const char *p, const char *end)
{
    bool marked = *p == 'v' || *p == 'V';
    int dots = 0;

    p += marked ? 1 : 0;
    if (p == end || !g_ascii_isdigit(*p))
        return false;
    for (; p < end && (g_ascii_isdigit(*p) || *p == '.'); p++)
        if (*p == '.') {
            dots++;
            if (p + 1 == end || !(g_ascii_isdigit(p[1]) || p[1] == 'x'))
                return false;
        }
    if (!marked && dots < 2)
        return false;
    for (; p < end; p++)
        if (!g_ascii_isalnum(*p) && *p != '.' && *p != '-' && *p != '+')
            return false;
    return true;
}

/* foo.txt, README.md, example.com, os.path.join */
static bool
is_dotted_name(const char *p, const char *end)
{
    const char *last = NULL;
    int dots = 0;
    bool lower = true;

    for (const char *q = p; q < end; q++) {
        lower = lower && !g_ascii_isupper(*q) && (guchar)*q < 0x80;
        if (*q != '.')
            continue;
        if (q > p && q[-1] == '.') /* wait..what */
            return false;
        last = q;
        dots++;
    }
    if (last == NULL || !is_name(*p == '.' ? p + 1 : p, end))
        return false;
    if (last == p) /* .gitignore, but not .5 */
        return g_ascii_isalpha(p[1]) && end - p > 2 && lower;
    return is_in(extensions, G_N_ELEMENTS(extensions), last + 1, end) ||
           is_in(top_domains, G_N_ELEMENTS(top_domains), last + 1, end) || (dots >= 2 && lower);
}

static bool
is_path(const char *p, const char *end)
{
    const char *slash = memchr(p, '/', (size_t)(end - p));
    const char *name;

    if (slash == NULL || end - p < 2)
        return false;
    if ((*p == '/' || has_prefix(p, end, "~/") || has_prefix(p, end, "./") ||
         has_prefix(p, end, "../")))
        return true;
    if (end[-1] == '/')
        return slash < end - 1;
    for (name = end; name[-1] != '/'; name--)
        ;
    if (is_dotted_name(name, end))
        return true;
    /* example.com/page, src_dir/file */
    return is_dotted_name(p, slash) || memchr(p, '_', (size_t)(end - p)) != NULL;
}

bool
pd_opaque_piece(const char *p, const char *end)
{
    if (end - p < 2)
        return false;
    return is_marked(p, end) || is_email(p, end) || is_code(p, end) || is_path(p, end) ||
           is_initialism(p, end) || is_version(p, end) || is_dotted_name(p, end);
}

/* McDonald, MacArthur, O'Neill, DeVito, LeBron */
static bool
is_name_prefix(const char *p, const char *end)
{
    static const char *const prefixes[] = { "Mc",  "Mac", "De",   "Di",  "Du", "La", "Le",
                                            "Van", "Von", "Fitz", "Del", "St", "Da" };

    return is_in(prefixes, G_N_ELEMENTS(prefixes), p, end);
}

/* A small letter, then a capital; names that are written so are words. */
static bool
is_camel(const char *p, const char *end)
{
    const char *hump = NULL;
    bool was_lower = false;
    int humps = 0;

    for (const char *q = p; q < end; q = g_utf8_next_char(q)) {
        gunichar c = g_utf8_get_char(q);

        if (was_lower && g_unichar_isupper(c)) {
            hump = q;
            humps++;
        }
        was_lower = g_unichar_islower(c);
    }
    return humps > 1 || (humps == 1 && !is_name_prefix(p, hump));
}

bool
pd_opaque_run(const char *p, const char *end)
{
    bool letters = false;

    for (const char *q = p; q < end; q = g_utf8_next_char(q)) {
        gunichar c = g_utf8_get_char(q);

        letters = letters || g_unichar_isalpha(c);
        if (c == '_' || (letters && g_unichar_isdigit(c)))
            return true;
    }
    return is_camel(p, end);
}

bool
pd_opaque_emoticon(const char *p, const char *end)
{
    size_t n = (size_t)(end - p);

    if (n == 2 && memcmp(p, "<3", 2) == 0)
        return true;
    if (n == 2 && (memcmp(p, "XD", 2) == 0 || memcmp(p, "xD", 2) == 0))
        return true;
    if (n < 2 || n > 4 || strchr(":;=", *p) == NULL)
        return false;
    p++;
    if (p + 1 < end && strchr("-o^'", *p) != NULL)
        p++;
    for (const char *q = p; q < end; q++)
        if (strchr("()[]{}DPpO3/\\|*", *q) == NULL || *q != *p)
            return false;
    return true;
}

bool
pd_opaque_is_emoji(gunichar c)
{
    if (c < 0xA0)
        return false;
    return u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_PRESENTATION) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_MODIFIER) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_REGIONAL_INDICATOR);
}
