/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/exempt.h"

#include "daemon/engine/distance.h"
#include "daemon/engine/findings.h"
#include "daemon/engine/foreign.h"
#include "daemon/engine/spelling.h"

#include <string.h>

#define SUGGESTIONS 3 /* of Hunspell's, that an unknown name is compared with */
#define LONG_CHARS 7  /* from here on two slips are likely enough */
#define MAX_INITIALS_BYTES 8
#define DOUBTED 0.02 /* P(wrong) below which nobody reports a word, and Hunspell is not asked */

static const PdToken *
token_at(const PdLooked *s, guint i)
{
    return &g_array_index(s->tokens, PdToken, i);
}

static char *
text_at(const PdLooked *s, guint i)
{
    return g_strndup(s->text + token_at(s, i)->start, token_at(s, i)->end - token_at(s, i)->start);
}

static bool
is_word(const PdLooked *s, guint i)
{
    return i < s->tokens->len && token_at(s, i)->kind == PD_TOKEN_WORD;
}

/* Nothing between token @i and the next */
static bool
touches_next(const PdLooked *s, guint i)
{
    return i + 1 < s->tokens->len && token_at(s, i)->end == token_at(s, i + 1)->start;
}

static bool
is_mark(const PdLooked *s, guint i, const char *mark)
{
    const PdToken *token = i < s->tokens->len ? token_at(s, i) : NULL;

    return token != NULL && token->end - token->start == strlen(mark) &&
           memcmp(s->text + token->start, mark, strlen(mark)) == 0;
}

static bool
is_apostrophe(const PdLooked *s, guint i)
{
    return is_mark(s, i, "'") || is_mark(s, i, "’");
}

static bool
knows(const PdLooked *s, const char *before, const char *word, const char *after)
{
    g_autofree char *whole = g_strconcat(before, word, after, NULL);

    return pd_resources_knows(s->resources, whole);
}

/* @list: words with a space before and after each */
static bool
is_listed(const char *list, const char *word)
{
    g_autofree char *spaced = g_strconcat(" ", word, " ", NULL);

    return strstr(list, spaced) != NULL;
}

/* --- numbers and units -------------------------------------------------------- */

/* The number's value is of no interest: xviii is one, xiix is none. */
static bool
is_roman(const char *word)
{
    static const char *const digits[] = { "mmm", "mm",  "m",   "cm",  "dccc", "dcc",  "dc",   "d",
                                          "cd",  "ccc", "cc",  "c",   "xc",   "lxxx", "lxx",  "lx",
                                          "l",   "xl",  "xxx", "xx",  "x",    "ix",   "viii", "vii",
                                          "vi",  "v",   "iv",  "iii", "ii",   "i" };
    static const size_t ends[] = { 3, 12, 21, 30 }; /* thousands, hundreds, tens, ones */
    g_autofree char *lower = g_ascii_strdown(word, -1);
    const char *p = lower;
    size_t i = 0;

    if (*word == '\0' || word[1] == '\0' ||
        !(strspn(word, "IVXLCDM") == strlen(word) || strspn(word, "ivxlcdm") == strlen(word)))
        return false;
    for (size_t place = 0; place < G_N_ELEMENTS(ends); place++)
        for (; i < ends[place]; i++)
            if (g_str_has_prefix(p, digits[i])) {
                p += strlen(digits[i]);
                i = ends[place];
                break;
            }
    return *p == '\0';
}

static bool
is_unit(const char *word)
{
    static const char units[] =
        " kg mg km cm mm nm ml cl dl kW kWh MWh mph kph rpm fps dpi ppi bpm tsp tbsp lb lbs "
        "oz ft sq yd hr hrs min mins sec secs ms ns kB kb mb gb Mbps kbps Gbps kHz Hz dB "
        "kPa hPa mAh kcal am pm bn ppm px pt em GiB MiB KiB ";

    return is_listed(units, word);
}

static bool
is_number_or_unit(const PdLooked *s, guint i)
{
    g_autofree char *word = text_at(s, i);

    if (i > 0 && token_at(s, i - 1)->kind == PD_TOKEN_NUMBER && is_unit(word))
        return true;
    return (s->unknown[i] || g_ascii_isupper(*word)) && is_roman(word);
}

/* --- names ------------------------------------------------------------------------ */

static char *
without_possessive(char *taken)
{
    static const char *const endings[] = { "'s", "’s", "'", "’" };

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(taken, endings[i])) {
            taken[strlen(taken) - strlen(endings[i])] = '\0';
            break;
        }
    return taken;
}

/* Brzeziński, O'Neill; not NATO, not a */
static bool
is_capitalised(const char *word)
{
    return g_unichar_isupper(g_utf8_get_char(word)) && *g_utf8_next_char(word) != '\0' &&
           g_unichar_islower(g_utf8_get_char(g_utf8_next_char(word)));
}

static bool
is_title(const char *word)
{
    static const char titles[] =
        " Mr Mrs Ms Miss Mx Messrs Dr Doctor Prof Professor Sir Lady Lord Dame Madam Madame "
        "Mme Monsieur Herr Frau Don Rev Reverend Father Sister Brother Rabbi Imam Sheikh "
        "Pope Bishop Archbishop Cardinal Saint St President Senator Sen Governor Gov Mayor "
        "Minister Chancellor Congressman Congresswoman Representative Rep Ambassador Judge "
        "Justice General Gen Colonel Col Major Captain Capt Lieutenant Lt Sergeant Sgt "
        "Commander Admiral Detective Inspector Constable King Queen Prince Princess Duke "
        "Duchess Count Countess Baron Baroness Emperor Empress Sultan Uncle Aunt ";

    return is_listed(titles, word);
}

/* The token before @i that is no full stop, only a space away; -1: none. */
static int
name_before(const PdLooked *s, guint i)
{
    const PdToken *token = token_at(s, i);
    size_t end;

    if (i == 0)
        return -1;
    end = token_at(s, i - 1)->end;
    if (token->start - end != strspn(s->text + end, " ") || token->start == end)
        return -1;
    if (is_mark(s, i - 1, "."))
        return i > 1 && touches_next(s, i - 2) ? (int)i - 2 : -1;
    return (int)i - 1;
}

/* "J." "J.R." */
static bool
is_initials(const PdLooked *s, guint i)
{
    const PdToken *token = token_at(s, i);
    const size_t length = token->end - token->start;

    if (!g_ascii_isupper(s->text[token->start]) || length > MAX_INITIALS_BYTES)
        return false;
    if (token->kind == PD_TOKEN_OPAQUE)
        return length > 2 && s->text[token->end - 1] == '.' && s->text[token->start + 1] == '.';
    return length == 1 && s->text[token->end] == '.';
}

/* Written with a capital alone, as names are, and known. */
static bool
is_known_name(const PdLooked *s, guint i)
{
    g_autofree char *word = NULL, *lower = NULL;

    if (!is_word(s, i) || s->unknown[i])
        return false;
    word = without_possessive(text_at(s, i));
    lower = g_utf8_strdown(word, -1);
    return is_capitalised(word) && !pd_resources_knows(s->resources, lower);
}

/* Recieve, Goverment: a slip, whatever stands beside it */
static bool
is_slip(const PdLooked *s, const char *word)
{
    const size_t max = g_utf8_strlen(word, -1) >= LONG_CHARS ? 2 : 1;
    g_auto(GStrv) suggestions = NULL;

    if (s->resources->frequency != NULL && pd_spelling_is_slip(s->resources->frequency, word))
        return true;
    suggestions = pd_lexicon_suggest(s->resources->lexicon, word, SUGGESTIONS); /* slow */
    for (size_t i = 0; suggestions[i] != NULL; i++)
        if (pd_distance(word, suggestions[i], max) <= max)
            return true;
    return false;
}

/* @names: [tokens] which are, before @i */
static bool
is_name(const PdLooked *s, guint i, const bool *names)
{
    g_autofree char *word = without_possessive(text_at(s, i));
    const int before = name_before(s, i);
    bool named = false;

    if (!s->unknown[i] || !is_capitalised(word))
        return false;
    if (before >= 0) {
        g_autofree char *title = text_at(s, (guint)before);

        named = is_title(title) || is_initials(s, (guint)before) || names[before] ||
                is_known_name(s, (guint)before);
    }
    if (!named && i + 1 < s->tokens->len && name_before(s, i + 1) == (int)i)
        named = is_known_name(s, i + 1);
    return named && ((s->wrong != NULL && s->wrong[i] < DOUBTED) || !is_slip(s, word));
}

/* --- speech --------------------------------------------------------------------------- */

bool
pd_exempt_is_quoted(const char *text, size_t offset)
{
    int depth = 0, straight = 0, straight_after = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const bool after = (size_t)(p - text) >= offset;

        if (c == '"') {
            straight += !after;
            straight_after += after;
        } else if (c == 0x201C || c == 0xAB) {
            if (after)
                break; /* another one opens */
            depth++;
        } else if (c == 0x201D || c == 0xBB) {
            if (after)
                return true;
            depth = MAX(depth - 1, 0);
        }
    }
    /* one that closes what another sentence opened stands at a word's end */
    return depth > 0 || straight % 2 == 1 || (straight == 0 && straight_after % 2 == 1);
}

static bool
is_of_speech(const char *word)
{
    static const char words[] =
        " ain't betcha c'mon coulda cuz d'ya d'you dontcha doncha dunno ev'ry g'day g'night "
        "gimme gonna gotcha gotta hafta innit kinda lemme lotta ma'am mighta musta needa "
        "nope nothin oughta outta shoulda sorta s'pose wanna watcha whaddya whatcha woulda "
        "y'all y'know ya yall yeah yep yer yup ";
    g_autofree char *plain = pd_spelling_fold(word);

    return is_listed(words, plain);
}

/* goin' nothin' jus' ol': the apostrophe stands for the last letter */
static bool
is_cut_short(const PdLooked *s, guint i, const char *word)
{
    static const char *const letters[] = { "g", "d", "t", "f", "l", "h" };

    if (!touches_next(s, i) || !is_apostrophe(s, i + 1))
        return false;
    for (guint j = 0; j < i && !g_str_has_suffix(word, "in"); j++)
        if (is_apostrophe(s, j))
            return false; /* perhaps the quotation mark that opens */
    for (size_t j = 0; j < G_N_ELEMENTS(letters); j++)
        if (knows(s, "", word, letters[j]))
            return true;
    return false;
}

/* 'ello 'nother 'em: the apostrophe stands for the first letters */
static bool
is_cut_before(const PdLooked *s, guint i, const char *word)
{
    static const char *const beginnings[] = { "h", "a", "be", "th" };

    if (!g_ascii_isalpha(*word)) /* an apostrophe within the word */
        return true;
    if (i == 0 || !is_apostrophe(s, i - 1) || !touches_next(s, i - 1))
        return false;
    for (size_t j = 0; j < G_N_ELEMENTS(beginnings); j++)
        if (knows(s, beginnings[j], word, ""))
            return true;
    return false;
}

static bool
is_cut(const PdLooked *s, guint i)
{
    g_autofree char *word = text_at(s, i);

    return s->unknown[i] && (is_cut_short(s, i, word) || is_cut_before(s, i, word));
}

static bool
is_spoken(const PdLooked *s, guint i)
{
    g_autofree char *word = text_at(s, i);

    return s->level != PD_LEVEL_THOROUGH && is_of_speech(word) &&
           pd_exempt_is_quoted(s->text, token_at(s, i)->start);
}

/* --- code in plain text ------------------------------------------------------------------- */

static void
exempt_code(PdLooked *s, GArray *spans)
{
    for (guint i = 0; i < s->tokens->len; i++) {
        guint end = i + 1;
        PdSpan span;

        if (!is_mark(s, i, "`"))
            continue;
        while (end < s->tokens->len && !is_mark(s, end, "`"))
            end++;
        if (end == s->tokens->len)
            return;
        span = (PdSpan){ token_at(s, i)->start, token_at(s, end)->end };
        g_array_append_val(spans, span);
        for (; i < end; i++)
            s->unknown[i] = false;
    }
}

/* --- all ---------------------------------------------------------------------------------- */

static void
exempt(PdLooked *s, guint i, GArray *spans)
{
    const PdSpan span = { token_at(s, i)->start, token_at(s, i)->end };

    s->unknown[i] = false;
    g_array_append_val(spans, span);
}

static void
exempt_speech(PdLooked *s, guint i, GArray *spans)
{
    const bool cut = is_cut(s, i);

    if (!cut && !is_spoken(s, i))
        return;
    if (cut || s->level == PD_LEVEL_CAREFUL)
        exempt(s, i, spans);
    else
        s->unknown[i] = false;
}

GArray *
pd_exempt_find(PdLooked *looked)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    g_autofree bool *names = g_new0(bool, looked->tokens->len + 1);

    exempt_code(looked, spans);
    pd_foreign_find(looked, spans);
    for (guint i = 0; i < looked->tokens->len; i++) {
        if (!is_word(looked, i))
            continue;
        names[i] = is_name(looked, i, names);
        if (names[i] || is_number_or_unit(looked, i))
            exempt(looked, i, spans);
        else if (looked->resources->english)
            exempt_speech(looked, i, spans);
    }
    return spans;
}

void
pd_exempt_drop(GPtrArray *findings, const GArray *spans)
{
    for (guint i = findings->len; i-- > 0;) {
        const PdFinding *finding = findings->pdata[i];

        for (guint j = 0; j < spans->len; j++) {
            const PdSpan span = g_array_index(spans, PdSpan, j);

            if (finding->start < span.end && finding->end > span.start) {
                g_ptr_array_remove_index(findings, i);
                break;
            }
        }
    }
}
