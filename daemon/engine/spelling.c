/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spelling.c - how two spellings differ, and which frequent words are one edit away
 */
#include "daemon/engine/spelling.h"

#include <string.h>

#define MAX_WORD 40 /* bytes; of longer words no neighbours are looked for */

/* Nothing to fold: the usual case, and the cheap one. */
static bool
is_folded(const char *word)
{
    for (; *word != '\0'; word++)
        if (!g_ascii_isprint(*word) || g_ascii_isupper(*word))
            return false;
    return true;
}

char *
pd_spelling_fold(const char *word)
{
    g_autofree char *lower = NULL;
    g_auto(GStrv) parts = NULL;

    if (is_folded(word))
        return g_strdup(word);
    lower = g_utf8_strdown(word, -1);
    parts = g_strsplit(lower, "’", -1);
    return g_strjoinv("'", parts);
}

char *
pd_spelling_with_case_of(const char *word, const char *small)
{
    g_autofree char *upper = g_utf8_strup(word, -1);
    g_autofree char *head = NULL, *big = NULL;

    if (!g_unichar_isupper(g_utf8_get_char(word)))
        return g_strdup(g_str_equal(small, "i") ? "I" : small);
    if (*g_utf8_next_char(word) != '\0' && g_str_equal(word, upper))
        return g_utf8_strup(small, -1);
    head = g_utf8_substring(small, 0, 1);
    big = g_utf8_strup(head, -1);
    return g_strconcat(big, g_utf8_next_char(small), NULL);
}

static bool
is_vowel(char c)
{
    return c != '\0' && strchr("aeiouy", c) != NULL;
}

static bool
are_key_neighbours(char a, char b)
{
    static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
    int row_a = -1, row_b = -1, at_a = 0, at_b = 0;

    for (int i = 0; i < 3; i++) {
        const char *p = strchr(rows[i], a), *q = strchr(rows[i], b);

        if (a != '\0' && p != NULL)
            row_a = i, at_a = p - rows[i];
        if (b != '\0' && q != NULL)
            row_b = i, at_b = q - rows[i];
    }
    if (row_a < 0 || row_b < 0)
        return false;
    if (row_a == row_b)
        return ABS(at_a - at_b) == 1;
    if (row_a > row_b) /* a key touches the two above it */
        return row_a - row_b == 1 && (at_b == at_a || at_b == at_a + 1);
    return row_b - row_a == 1 && (at_a == at_b || at_a == at_b + 1);
}

PdEditClass
pd_spelling_edit_class(const char *a, const char *b)
{
    const char *longer = strlen(a) >= strlen(b) ? a : b, *shorter = longer == a ? b : a;
    const size_t n = strlen(longer), m = strlen(shorter);
    size_t i = 0;

    while (shorter[i] != '\0' && shorter[i] == longer[i])
        i++;
    if (n == m + 1 && strcmp(longer + i + 1, shorter + i) == 0)
        return i > 0 && longer[i] == longer[i - 1] ? PD_EDIT_DOUBLED : PD_EDIT_OTHER;
    if (n != m || i == n)
        return PD_EDIT_OTHER;
    if (strcmp(longer + i + 1, shorter + i + 1) == 0) {
        if (is_vowel(longer[i]) && is_vowel(shorter[i]))
            return PD_EDIT_VOWEL;
        return are_key_neighbours(longer[i], shorter[i]) ? PD_EDIT_KEY : PD_EDIT_OTHER;
    }
    if (longer[i] == shorter[i + 1] && longer[i + 1] == shorter[i] &&
        strcmp(longer + i + 2, shorter + i + 2) == 0)
        return PD_EDIT_SWAPPED;
    return PD_EDIT_OTHER;
}

/* How much of @s, where @s begins with it, makes one sound, and which; silent letters: '\0'. */
static size_t
sound_of(const char *s, char *ret_sound)
{
    static const struct {
        const char *letters;
        char sound;
    } groups[] = {
        { "sch", 's' }, { "tch", 'j' }, { "dge", 'j' }, { "ph", 'f' }, { "gh", '\0' },
        { "ck", 'k' },  { "qu", 'k' },  { "kn", 'n' },  { "wr", 'r' }, { "mb", 'm' },
        { "sh", 'j' },  { "ch", 'j' },  { "th", 't' },  { "ce", 's' }, { "ci", 's' },
        { "cy", 's' },  { "ge", 'j' },  { "gi", 'j' },  { "ti", 'j' }, { "c", 'k' },
        { "q", 'k' },   { "x", 'k' },   { "z", 's' },   { "h", '\0' }, { "w", '\0' },
        { "'", '\0' },
    };

    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        if (*s == *groups[i].letters && g_str_has_prefix(s, groups[i].letters)) {
            *ret_sound = groups[i].sound;
            return strlen(groups[i].letters);
        }
    *ret_sound = is_vowel(*s) ? '\0' : *s;
    return 1;
}

char *
pd_spelling_sound(const char *word)
{
    char *key = g_malloc(strlen(word) + 2), *end = key;

    if (is_vowel(*word))
        *end++ = 'a';
    for (const char *p = word; *p != '\0';) {
        char sound;

        p += sound_of(p, &sound);
        if (sound != '\0' && (end == key || end[-1] != sound))
            *end++ = sound;
    }
    *end = '\0';
    return key;
}

static void
add_if_listed(const PdFrequency *words, const char *word, const char *made, GPtrArray *found)
{
    if (pd_frequency_rank(words, made) >= 0 && !g_str_equal(made, word) &&
        !g_ptr_array_find_with_equal_func(found, made, g_str_equal, NULL))
        g_ptr_array_add(found, g_strdup(made));
}

/* @word with each letter, and the apostrophe, at @at: in place of what stands there, and before
 * it. */
static void
add_letters(const PdFrequency *words, const char *word, size_t at, GPtrArray *found)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz'";
    const size_t n = strlen(word);
    char made[MAX_WORD + 2];

    memcpy(made, word, n + 1);
    for (const char *c = letters; at < n && *c != '\0'; c++) {
        made[at] = *c;
        add_if_listed(words, word, made, found);
    }
    memcpy(made, word, at);
    memcpy(made + at + 1, word + at, n - at + 1);
    for (const char *c = letters; *c != '\0'; c++) {
        made[at] = *c;
        add_if_listed(words, word, made, found);
    }
}

void
pd_spelling_neighbours(const PdFrequency *words, const char *word, GPtrArray *found)
{
    const size_t n = strlen(word);
    char made[MAX_WORD + 1];

    if (n < 2 || n >= MAX_WORD || !g_str_is_ascii(word))
        return;
    for (size_t at = 0; at <= n; at++) {
        add_letters(words, word, at, found);
        if (at < n) { /* without the letter */
            memcpy(made, word, at);
            memcpy(made + at, word + at + 1, n - at);
            add_if_listed(words, word, made, found);
        }
        if (at + 1 < n) { /* with the next one's place changed */
            memcpy(made, word, n + 1);
            made[at] = word[at + 1];
            made[at + 1] = word[at];
            add_if_listed(words, word, made, found);
        }
    }
}

bool
pd_spelling_is_slip(const PdFrequency *words, const char *word)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *small = g_utf8_strdown(word, -1);

    pd_spelling_neighbours(words, small, found);
    return found->len > 0;
}
