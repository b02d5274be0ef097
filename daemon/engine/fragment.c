/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/fragment.h"
#include "daemon/engine/lines.h"

#include <glib.h>
#include <string.h>

#define MAX_WORDS 12

/* Only white space, bullets and numbers before it in its line: "- ", "3. ", "# ", "[x] " */
static bool
begins_line(const char *text, size_t start)
{
    while (start > 0 && text[start - 1] != '\n') {
        const char c = text[start - 1];

        if (g_ascii_isalpha(c))
            return start > 1 && c == 'x' && text[start - 2] == '[';
        start--;
    }
    return true;
}

static bool
ends_line(const char *text, size_t length, size_t end)
{
    while (end < length && strchr(" \t\r*_|#", text[end]) != NULL)
        end++;
    return end == length || text[end] == '\n';
}

/* Subjects and auxiliaries: who writes one of these writes a sentence. */
static bool
makes_sentence(const char *word)
{
    static const char *const words[] = {
        "i",   "you",   "he",  "she",   "it",   "we",     "they",  "there",  "am",  "is",   "are",
        "was", "were",  "be",  "been",  "has",  "have",   "had",   "does",   "did", "will", "would",
        "can", "could", "may", "might", "must", "should", "shall", "cannot", NULL
    };
    const char *apostrophe = strpbrk(word, "'\xE2"); /* don't, we're; a curly one is E2 80 99 */

    return apostrophe != NULL ? !g_str_has_suffix(word, "'s") && !g_str_has_suffix(word, "’s")
                              : g_strv_contains(words, word);
}

bool
pd_fragment_is(const char *text, size_t length, PdSpan sentence)
{
    g_autofree char *line = NULL;
    g_auto(GStrv) words = NULL;

    if (!begins_line(text, sentence.start) || !ends_line(text, length, sentence.end) ||
        pd_lines_has_final_mark(text + sentence.start, sentence.end - sentence.start))
        return false;
    line = g_utf8_strdown(text + sentence.start, (gssize)(sentence.end - sentence.start));
    words = g_strsplit_set(line, " \t\n,:;()\"", -1);
    if (g_strv_length(words) > MAX_WORDS)
        return false;
    for (size_t i = 0; words[i] != NULL; i++)
        if (makes_sentence(words[i]))
            return false;
    return true;
}

bool
pd_fragment_excuses(const PdFinding *finding)
{
    switch (finding->kind) {
    case PD_KIND_VERB_FORM:
    case PD_KIND_AGREEMENT:
    case PD_KIND_NOUN_NUMBER:
    case PD_KIND_DETERMINER:
    case PD_KIND_PREPOSITION:
    case PD_KIND_WORD_ORDER:
    case PD_KIND_MISSING_WORD:
    case PD_KIND_EXTRA_WORD:
    case PD_KIND_PUNCTUATION:
    case PD_KIND_LETTER_CASE:
    case PD_KIND_OTHER:
        return g_str_has_suffix(finding->rule, "/model");
    case PD_KIND_SPELLING:
    case PD_KIND_CONFUSED_WORD:
    case PD_KIND_PRONOUN:
    case PD_KIND_ADJECTIVE_ADVERB:
    case PD_KIND_APOSTROPHE:
    case PD_N_KINDS:
    default:
        return false;
    }
}
