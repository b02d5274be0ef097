/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.c - sentences and words
 *
 * ICU finds the ends of sentences, in a copy of the text whose wrapped lines are joined; what it
 * does not know of English abbreviations, quotations and lists is mended afterwards. Words are
 * found by hand, since Unicode's rules keep end.Start together and take addresses apart; ICU
 * divides the scripts that put no space between words.
 */
#include "daemon/engine/text.h"

#include "daemon/engine/error.h"
#include "daemon/engine/lines.h"
#include "daemon/engine/opaque.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

#define MAX_LANGUAGE_BYTES 32
#define MAX_ICU_RUN_BYTES 4096 /* of letters without spaces, at once */
#define MAX_SUFFIX_CHARS 3     /* 2nd, 10kg, 5MHz */
#define MAX_TAG_BYTES 24
#define MAX_ABBREVIATION_BYTES 8

struct PdSegmenter {
    UBreakIterator *sentences;
    UBreakIterator *words;
};

/* [p, end) of the text, and where tokens go. */
typedef struct {
    PdSegmenter *segmenter;
    const char *text;
    GArray *tokens;
} Scan;

static UBreakIterator *
open_iterator(UBreakIteratorType type, const char *locale, GError **error)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(type, locale, NULL, 0, &status);

    if (U_FAILURE(status)) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "ICU cannot divide text: %s",
                    u_errorName(status));
        return NULL;
    }
    return iterator;
}

static bool
is_plain_name(const char *language)
{
    size_t n = strlen(language);

    for (const char *p = language; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && *p != '_' && *p != '-')
            return false;
    return n > 0 && n <= MAX_LANGUAGE_BYTES;
}

PdSegmenter *
pd_segmenter_new(const char *language, GError **error)
{
    g_autoptr(PdSegmenter) self = NULL;
    g_autofree char *locale = NULL;

    g_return_val_if_fail(language != NULL && (error == NULL || *error == NULL), NULL);

    self = g_new0(PdSegmenter, 1);
    locale = g_strconcat(is_plain_name(language) ? language : "en", "@ss=standard", NULL);
    self->sentences = open_iterator(UBRK_SENTENCE, locale, error);
    if (self->sentences == NULL)
        return NULL;
    self->words = open_iterator(UBRK_WORD, locale, error);
    if (self->words == NULL)
        return NULL;
    return g_steal_pointer(&self);
}

void
pd_segmenter_free(PdSegmenter *self)
{
    if (self == NULL)
        return;
    if (self->sentences != NULL)
        ubrk_close(self->sentences);
    if (self->words != NULL)
        ubrk_close(self->words);
    g_free(self);
}

/* Points @iterator at the text; the UText must live as long as it is asked. */
static bool
set_text(UBreakIterator *iterator, UText *utext, const char *text, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;

    utext_openUTF8(utext, text, (int64_t)length, &status);
    ubrk_setUText(iterator, utext, &status);
    return U_SUCCESS(status);
}

/* White space, and what shows nothing. */
static bool
is_blank(gunichar c)
{
    return g_unichar_isspace(c) || g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT ||
           c == 0x2028 || c == 0x2029;
}

static PdSpan
trim(const char *text, PdSpan span)
{
    while (span.start < span.end && is_blank(g_utf8_get_char(text + span.start)))
        span.start = (size_t)(g_utf8_next_char(text + span.start) - text);
    while (span.end > span.start) {
        const char *last = g_utf8_prev_char(text + span.end);

        if (!is_blank(g_utf8_get_char(last)))
            break;
        span.end = (size_t)(last - text);
    }
    return span;
}

static bool
is_closing(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return c == '"' || c == '\'' || type == G_UNICODE_CLOSE_PUNCTUATION ||
           type == G_UNICODE_FINAL_PUNCTUATION;
}

/* "1." "(b)" "IV." and nothing else: the sentence follows it */
static bool
is_list_mark(const char *text, PdSpan span)
{
    const char *p = text + span.start, *end = text + span.end;
    const char *q = *p == '(' ? p + 1 : p;
    const char *digits = q;

    while (q < end && q - digits < 3 && g_ascii_isalnum(*q))
        q++;
    if (q == digits || end - q != 1 || (*q != '.' && *q != ')'))
        return false;
    if (q - digits == 1 || g_ascii_isdigit(*digits))
        return true;
    return strspn(digits, "IVX") == (size_t)(q - digits);
}

/*
 * Abbreviations that stand before what they belong to. ICU's list (CLDR's suppressions) has Mr.,
 * Dr., vs. and months, and lacks these, or has them in another case. Not etc., Inc. or Jr.: these
 * end sentences.
 */
static const char *const abbreviations[] = {
    "e.g",  "i.e",  "cf",   "ca",     "viz",    "fig",  "figs", "eq",  "eqs", "sec",
    "ch",   "chap", "vol",  "vols",   "no",     "nos",  "nr",   "art", "mr",  "mrs",
    "ms",   "dr",   "prof", "st",     "mt",     "ft",   "gen",  "gov", "sen", "rep",
    "hon",  "rev",  "capt", "cpt",    "cmdr",   "col",  "sgt",  "lt",  "adm", "pres",
    "supt", "pp",   "p",    "al",     "approx", "vs",   "v",    "ed",  "eds", "trans",
    "ref",  "refs", "tab",  "messrs", "mme",    "mlle", "fr",   "jan", "feb", "mar",
    "apr",  "jun",  "jul",  "aug",    "sep",    "sept", "oct",  "nov", "dec",
};
/* Of these, the ones that are words too, or end sentences: only before a digit. */
static const char *const before_digits[] = { "no",  "nos", "fig", "figs", "art", "sec",  "ch",
                                             "p",   "v",   "ed",  "tab",  "mar", "jan",  "feb",
                                             "apr", "jun", "jul", "aug",  "sep", "sept", "oct",
                                             "nov", "dec", "vol", "ref",  "al" };

static bool
is_in(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(list[i], word))
            return true;
    return false;
}

/* Does the sentence end in an abbreviation or an initial that belongs to what follows at @next? */
static bool
ends_in_abbreviation(const char *text, PdSpan span, const char *next)
{
    const char *end = text + span.end - 1; /* its full stop */
    const char *p = end;
    char word[MAX_ABBREVIATION_BYTES + 1];
    size_t n;

    if (*end != '.')
        return false;
    while (p > text + span.start && end - p <= MAX_ABBREVIATION_BYTES &&
           (g_ascii_isalpha(p[-1]) || p[-1] == '.'))
        p--;
    n = (size_t)(end - p);
    if (n == 0 || n > MAX_ABBREVIATION_BYTES || (p > text + span.start && (guchar)p[-1] >= 0x80))
        return false;
    if (n == 1 && g_ascii_isupper(*p) && *p != 'I') /* J. R. R. Tolkien */
        return g_unichar_isupper(g_utf8_get_char(next));
    memcpy(word, p, n);
    word[n] = '\0';
    for (char *c = word; *c != '\0'; c++)
        *c = g_ascii_tolower(*c);
    if (!is_in(abbreviations, G_N_ELEMENTS(abbreviations), word))
        return false;
    return g_ascii_isdigit(*next) || !is_in(before_digits, G_N_ELEMENTS(before_digits), word);
}

/* Words that begin a sentence far more often than they follow "U.S." in one. */
static const char *const starters[] = {
    "A",     "After", "Also",  "An",   "And",  "As",      "At",   "But",  "By",   "For",
    "From",  "He",    "Her",   "His",  "How",  "However", "I",    "If",   "In",   "It",
    "Its",   "My",    "No",    "On",   "Our",  "She",     "So",   "That", "The",  "Their",
    "Then",  "There", "These", "They", "This", "Those",   "To",   "We",   "What", "When",
    "Where", "While", "Why",   "With", "Yes",  "You",     "Your",
};

/* the U.S. Army, but not: in the U.S. He left */
static bool
ends_in_initialism(const char *text, PdSpan span, const char *next)
{
    const char *end = text + span.end;
    char word[MAX_ABBREVIATION_BYTES + 1] = { 0 };

    if (span.end - span.start < 4 || end[-1] != '.' || !g_ascii_isalpha(end[-2]) ||
        end[-3] != '.' || !g_ascii_isalpha(end[-4]) || !g_ascii_isupper(*next))
        return false;
    for (size_t n = 0; n < MAX_ABBREVIATION_BYTES && g_ascii_isalpha(next[n]); n++)
        word[n] = next[n];
    return !is_in(starters, G_N_ELEMENTS(starters), word);
}

/*
 * Inside a URL, or where a space is missing: a rule wants to see both sides. Not in Chinese, which
 * has none.
 */
static bool
is_unspaced(const char *text, PdSpan span, size_t next)
{
    return span.end == next && (guchar)text[span.end - 1] < 0x80;
}

/* “Really?” he asked. */
static bool
goes_on_after_quote(const char *text, PdSpan span, const char *next)
{
    const char *p = g_utf8_prev_char(text + span.end);
    bool closed = false;
    gunichar c = g_utf8_get_char(p);

    while (p > text + span.start && is_closing(c)) {
        closed = true;
        p = g_utf8_prev_char(p);
        c = g_utf8_get_char(p);
    }
    return closed && (c == '?' || c == '!' || c == 0x2026) &&
           g_unichar_islower(g_utf8_get_char(next));
}

static bool
has_line_break(const char *text, size_t start, size_t end)
{
    for (; start < end; start++)
        if (text[start] == '\n' || text[start] == '\r')
            return true;
    return false;
}

/* Appends @span, or makes the sentence before it longer where ICU divided too much. */
static void
append_sentence(const char *text, PdSpan span, size_t first, GArray *spans)
{
    PdSpan *last = spans->len > first ? &g_array_index(spans, PdSpan, spans->len - 1) : NULL;
    const char *next = text + span.start;

    if (last == NULL || has_line_break(text, last->end, span.start) ||
        !(is_list_mark(text, *last) || is_unspaced(text, *last, span.start) ||
          ends_in_abbreviation(text, *last, next) || ends_in_initialism(text, *last, next) ||
          goes_on_after_quote(text, *last, next)))
        g_array_append_val(spans, span);
    else
        last->end = span.end;
}

/* @start: of the unit in the text that @spans are positions of */
static void
divide_unit(PdSegmenter *self, const char *unit, size_t length, size_t start, GArray *spans)
{
    UText utext = UTEXT_INITIALIZER;
    g_autofree char *joined = g_strndup(unit, length);
    const guint first = spans->len;

    pd_lines_join_wrapped(joined, length);
    if (set_text(self->sentences, &utext, joined, length)) {
        int32_t from = ubrk_first(self->sentences);
        int32_t to;

        while ((to = ubrk_next(self->sentences)) != UBRK_DONE) {
            PdSpan span = trim(joined, (PdSpan){ (size_t)from, (size_t)to });

            if (span.start < span.end)
                append_sentence(joined, span, first, spans);
            from = to;
        }
    }
    utext_close(&utext);
    for (guint i = first; i < spans->len; i++) {
        g_array_index(spans, PdSpan, i).start += start;
        g_array_index(spans, PdSpan, i).end += start;
    }
}

void
pd_segmenter_sentences(PdSegmenter *self, const char *text, size_t length, GArray *spans)
{
    size_t n;

    g_return_if_fail(self != NULL && text != NULL && spans != NULL && length <= G_MAXINT32);

    for (size_t at = 0; at < length; at += n) {
        n = pd_lines_unit(text + at, length - at, NULL);
        divide_unit(self, text + at, n, at, spans);
    }
}

static void
emit(Scan *scan, const char *start, const char *end, PdTokenKind kind)
{
    PdToken token = { (size_t)(start - scan->text), (size_t)(end - scan->text), kind };

    g_array_append_val(scan->tokens, token);
}

static bool
is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019;
}

static bool
is_letter(gunichar c)
{
    return g_unichar_isalpha(c) || g_unichar_ismark(c);
}

static bool
is_digit_at(const char *p, const char *end)
{
    return p < end && g_unichar_isdigit(g_utf8_get_char(p));
}

static bool
is_letter_at(const char *p, const char *end)
{
    return p < end && g_unichar_isalpha(g_utf8_get_char(p));
}

/* Punctuation or a symbol: dots in a row are one, and what shows nothing is none. */
static const char *
scan_punct(Scan *scan, const char *p, const char *end)
{
    const char *q = g_utf8_next_char(p);

    if (is_blank(g_utf8_get_char(p)))
        return q;
    while (*p == '.' && q < end && *q == '.')
        q++;
    while (q < end && g_unichar_ismark(g_utf8_get_char(q)))
        q = g_utf8_next_char(q);
    emit(scan, p, q, PD_TOKEN_PUNCT);
    return q;
}

static const char *
scan_emoji(Scan *scan, const char *p, const char *end)
{
    const char *q = p;

    while (q < end) {
        gunichar c = g_utf8_get_char(q);
        /* joiner, variation selector, keycap, tags of flags */
        bool inner = c == 0x200D || c == 0xFE0F || c == 0xFE0E || c == 0x20E3 ||
                     (c >= 0xE0020 && c <= 0xE007F);

        if (!inner && !pd_opaque_is_emoji(c))
            break;
        q = g_utf8_next_char(q);
    }
    emit(scan, p, q, PD_TOKEN_OPAQUE);
    return q;
}

static bool
is_unspaced_script(gunichar c)
{
    UErrorCode status = U_ZERO_ERROR;

    if (c < 0xE00)
        return false;
    return uscript_breaksBetweenLetters(uscript_getScript((UChar32)c, &status));
}

/* Thai, Chinese, Japanese and the like: ICU's dictionaries divide them. */
static void
scan_unspaced(Scan *scan, const char *p, const char *end)
{
    while (p < end) {
        UText utext = UTEXT_INITIALIZER;
        size_t n = (size_t)(end - p);
        int32_t from, to;

        if (n > MAX_ICU_RUN_BYTES)
            n = (size_t)(g_utf8_find_prev_char(p, p + MAX_ICU_RUN_BYTES) - p);
        if (set_text(scan->segmenter->words, &utext, p, n)) {
            from = ubrk_first(scan->segmenter->words);
            while ((to = ubrk_next(scan->segmenter->words)) != UBRK_DONE) {
                emit(scan, p + from, p + to, PD_TOKEN_WORD);
                from = to;
            }
        }
        utext_close(&utext);
        p += n;
    }
}

/* Letters, marks, digits, underscores, and between them apostrophes, middle dots, soft hyphens. */
static const char *
run_end(const char *p, const char *end, bool *ret_unspaced)
{
    bool unspaced = false;

    while (p < end) {
        gunichar c = g_utf8_get_char(p);
        const char *next = g_utf8_next_char(p);

        if (is_apostrophe(c) || c == 0xB7 || g_unichar_type(c) == G_UNICODE_FORMAT) {
            while (next < end && g_unichar_type(g_utf8_get_char(next)) == G_UNICODE_FORMAT)
                next = g_utf8_next_char(next);
            if (!is_letter_at(next, end))
                break;
        } else if (!is_letter(c) && !g_unichar_isdigit(c) && c != '_') {
            break;
        }
        unspaced = unspaced || is_unspaced_script(c);
        p = next;
    }
    *ret_unspaced = unspaced;
    return p;
}

static const char *
scan_run(Scan *scan, const char *p, const char *end)
{
    bool unspaced;
    const char *stop = run_end(p, end, &unspaced);

    if (unspaced)
        scan_unspaced(scan, p, stop);
    else
        emit(scan, p, stop, pd_opaque_run(p, stop) ? PD_TOKEN_OPAQUE : PD_TOKEN_WORD);
    return stop;
}

/* Digits with single separators between them: 1,000 3.14 10:30 2024-01-05 1/2 */
static const char *
digits_end(const char *p, const char *end)
{
    while (is_digit_at(p, end)) {
        gunichar c;

        p = g_utf8_next_char(p);
        if (p >= end)
            break;
        c = g_utf8_get_char(p);
        if ((c < 0x80 ? strchr(".,:/'-", (int)c) != NULL : c == 0x2019 || c == 0x2013) &&
            is_digit_at(g_utf8_next_char(p), end))
            p = g_utf8_next_char(p);
    }
    return p;
}

/*
 * The unit or ending that belongs to a number: 2nd, 10kg, 1990s, 1990's, 5°C. NULL: what follows is
 * neither, as in 2f4a.
 */
static const char *
suffix_end(const char *p, const char *end)
{
    const char *q = p;
    size_t n = 0;

    if (q < end && is_apostrophe(g_utf8_get_char(q)) && is_letter_at(g_utf8_next_char(q), end))
        q = g_utf8_next_char(q);
    if (q < end && g_utf8_get_char(q) == 0xB0)
        q = g_utf8_next_char(q);
    for (; is_letter_at(q, end); n++)
        q = g_utf8_next_char(q);
    if (q < end && (*q == '_' || is_digit_at(q, end)))
        return NULL;
    if (n > MAX_SUFFIX_CHARS)
        return p; /* 10minutes: a number and a word */
    if (n > 0 && q < end && *q == '/' && is_letter_at(q + 1, end) &&
        !is_letter_at(g_utf8_next_char(q + 1), end))
        q = g_utf8_next_char(q + 1); /* km/h */
    return q;
}

static const char *
scan_number(Scan *scan, const char *p, const char *end)
{
    const char *digits = digits_end(p, end);
    const char *stop = suffix_end(digits, end);

    if (stop == NULL) {
        bool unspaced;

        stop = run_end(digits, end, &unspaced);
        emit(scan, p, stop, PD_TOKEN_OPAQUE);
        return stop;
    }
    emit(scan, p, stop, PD_TOKEN_NUMBER);
    return stop;
}

/* What is known to be no address or identifier as a whole. */
static void
scan_core(Scan *scan, const char *p, const char *end)
{
    while (p < end) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isdigit(c))
            p = scan_number(scan, p, end);
        else if (g_unichar_isalpha(c) || (c == '_' && is_letter_at(p + 1, end)))
            p = scan_run(scan, p, end);
        else if (pd_opaque_is_emoji(c))
            p = scan_emoji(scan, p, end);
        else
            p = scan_punct(scan, p, end);
    }
}

/* Quotation marks, brackets, dashes, commas: an address or an identifier ends there. */
static bool
is_separator(gunichar c)
{
    GUnicodeType type;

    if (c < 0x80)
        return c != 0 && strchr("\"()[]{}<>,;|", (int)c) != NULL;
    if (is_apostrophe(c))
        return false;
    type = g_unichar_type(c);
    return type == G_UNICODE_INITIAL_PUNCTUATION || type == G_UNICODE_FINAL_PUNCTUATION ||
           type == G_UNICODE_OPEN_PUNCTUATION || type == G_UNICODE_CLOSE_PUNCTUATION ||
           c == 0x2014 || c == 0x2026 || (c >= 0x3000 && c <= 0x3004) || c == 0xFF01 ||
           c == 0xFF0C || c == 0xFF1A || c == 0xFF1B || c == 0xFF1F;
}

static const char *
piece_end(const char *start, const char *end)
{
    const char *p;

    for (p = start; p < end; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        bool arrow = c == '>' && p > start && p[-1] == '-'; /* p->q */

        if (is_separator(c) && !arrow && !(c == ',' && is_digit_at(p + 1, end)))
            break;
        /* see:this, but not a::b, C:\x, 10:30 */
        if (c == ':' && is_letter_at(p + 1, end) && (p == start || p[-1] != ':'))
            break;
    }
    return p;
}

/* Marks that surround a piece: '*word*', "word." */
static bool
is_around(gunichar c)
{
    return c == '*' || c == '`' || c == '!' || c == '?' || c == ':' || c == 0xA1 || c == 0xBF ||
           c == 0x2018 || is_apostrophe(c);
}

static const char *
core_end(const char *p, const char *end)
{
    while (end > p) {
        const char *last = g_utf8_prev_char(end);
        gunichar c = g_utf8_get_char(last);

        if (c != '.' && c != '_' && !is_around(c))
            break;
        end = last;
    }
    return end;
}

/* 'tis 'em: an apostrophe that begins a word */
static bool
is_elision(const char *p, const char *end)
{
    static const char *const words[] = { "tis", "twas", "twere", "twill", "em", "til", "cause" };
    const char *word = g_utf8_next_char(p);
    bool unspaced;
    size_t n = (size_t)(run_end(word, end, &unspaced) - word);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == n && g_ascii_strncasecmp(words[i], word, n) == 0)
            return true;
    return false;
}

/* <br>, </p>: end of the tag, or NULL */
static const char *
tag_end(const char *p, const char *end)
{
    const char *q = p + 1;

    q += q < end && *q == '/' ? 1 : 0;
    if (q >= end || !g_ascii_isalpha(*q))
        return NULL;
    while (q < end && q - p < MAX_TAG_BYTES && g_ascii_isalnum(*q))
        q++;
    q += q < end && *q == '/' ? 1 : 0;
    return q < end && *q == '>' ? q + 1 : NULL;
}

/* f() and printf(3): end of the brackets after a name, or NULL */
static const char *
call_end(const char *p, const char *core, const char *end)
{
    if (!(g_ascii_isalpha(*p) || *p == '_') || core >= end || *core != '(')
        return NULL;
    if (core + 1 < end && core[1] == ')')
        return core + 2;
    if (core + 2 < end && g_ascii_isdigit(core[1]) && core[2] == ')')
        return core + 3;
    return NULL;
}

/* __init__: with its underscores; NULL where there is nothing else */
static const char *
underscores_end(const char *p, const char *core, const char *end)
{
    if (core == p)
        return NULL;
    while (core < end && *core == '_')
        core++;
    return core;
}

static const char *
scan_piece(Scan *scan, const char *p, const char *end)
{
    const char *stop = piece_end(p, end);
    const char *core = core_end(p, stop);
    const char *dunder = *p == '_' ? underscores_end(p, core, stop) : NULL;
    const char *call = call_end(p, core, end);

    if (call == NULL)
        call = dunder;
    if (call != NULL) {
        emit(scan, p, call, PD_TOKEN_OPAQUE);
        return call;
    }
    if (core > p && pd_opaque_piece(p, core)) {
        /* the last dot of U.S. and e.g. is theirs */
        if (core < stop && *core == '.' && core - p >= 3 && core[-2] == '.')
            core++;
        emit(scan, p, core, PD_TOKEN_OPAQUE);
    } else {
        scan_core(scan, p, core);
    }
    while (core < stop)
        core = scan_punct(scan, core, stop);
    return stop > p ? stop : scan_punct(scan, p, end);
}

/* [p, end) without white space. */
static void
scan_chunk(Scan *scan, const char *p, const char *end)
{
    if (pd_opaque_emoticon(p, end)) {
        emit(scan, p, end, PD_TOKEN_OPAQUE);
        return;
    }
    while (p < end) {
        gunichar c = g_utf8_get_char(p);
        const char *stop = c == '<' ? tag_end(p, end) : pd_opaque_url(p, end);

        if (stop != NULL) {
            emit(scan, p, stop, PD_TOKEN_OPAQUE);
            p = stop;
        } else if (is_apostrophe(c) && is_elision(p, end)) {
            bool unspaced;

            stop = run_end(g_utf8_next_char(p), end, &unspaced);
            emit(scan, p, stop, PD_TOKEN_WORD);
            p = stop;
        } else if (is_separator(c) || is_around(c) || is_blank(c) ||
                   (c == '_' && p + 1 < end && p[1] != '_')) {
            p = scan_punct(scan, p, end);
        } else {
            p = scan_piece(scan, p, end);
        }
    }
}

void
pd_segmenter_tokens(PdSegmenter *self, const char *text, PdSpan sentence, GArray *tokens)
{
    Scan scan = { self, text, tokens };
    const char *p, *end;

    g_return_if_fail(self != NULL && text != NULL && tokens != NULL);
    g_return_if_fail(sentence.start <= sentence.end);

    p = text + sentence.start;
    end = text + sentence.end;
    while (p < end) {
        const char *start = p;

        while (p < end) {
            gunichar c = g_utf8_get_char(p);

            if (g_unichar_isspace(c) || c == 0x2028 || c == 0x2029)
                break;
            p = g_utf8_next_char(p);
        }
        scan_chunk(&scan, start, p);
        if (p < end)
            p = g_utf8_next_char(p);
    }
}

size_t
pd_text_tail(const char *text, size_t length, size_t bytes)
{
    size_t start = length - MIN(length, bytes);

    while (start < length && (text[start] & 0xC0) == 0x80)
        start++;
    return start;
}

PdSpan
pd_text_window(const char *text, PdSpan place, size_t bytes)
{
    const size_t length = strlen(text);
    PdSpan w = { place.start - MIN(place.start, bytes), MIN(length, place.end + bytes) };

    while (w.start > 0 && !g_ascii_isspace(text[w.start - 1]))
        w.start--;
    while (w.end < length && !g_ascii_isspace(text[w.end]))
        w.end++;
    return w;
}
