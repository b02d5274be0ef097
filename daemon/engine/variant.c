/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/variant.h"

#include "daemon/engine/findings.h"
#include "daemon/engine/spelling.h"

#include <string.h>

#define CONFIDENCE 0.9

/*
 * Letters that differ, British and American. The first pair that makes a word of the wanted
 * dictionary decides.
 */
static const char *const letters[][2] = {
    { "our", "or" },        { "ise", "ize" },       { "isi", "izi" },
    { "isa", "iza" },       { "yse", "yze" },       { "ysi", "yzi" },
    { "tre", "ter" },       { "bre", "ber" },       { "chre", "cher" },
    { "gre", "ger" },       { "vre", "ver" },       { "lle", "le" },
    { "lli", "li" },        { "llo", "lo" },        { "pped", "ped" },
    { "pper", "per" },      { "pping", "ping" },    { "ence", "ense" },
    { "ogue", "og" },       { "noeuvr", "neuver" }, { "noeuvre", "neuver" },
    { "noeu", "neu" },      { "ae", "e" },          { "oe", "e" },
    { "ph", "f" },          { "ogh", "og" },        { "amme", "am" },
    { "ette", "et" },       { "ett", "et" },        { "grey", "gray" },
    { "yre", "ire" },       { "ould", "old" },      { "ough", "ow" },
    { "aught", "aft" },     { "eque", "eck" },      { "sce", "ske" },
    { "ium", "um" },        { "geing", "ging" },    { "dgement", "dgment" },
    { "lful", "llful" },    { "l", "ll" },          { "practis", "practic" },
    { "licenc", "licens" }, { "ellery", "elry" },   { "storey", "story" },
    { "cosy", "cozy" },     { "gaol", "jail" },     { "kerb", "curb" },
    { "mous", "mus" },      { "pyj", "paj" },       { "axe", "ax" },
    { "arte", "arti" },     { "hove", "hoove" }
};

/* (transfer full): @word with one @from replaced by @to where that is known; NULL: nowhere */
static char *
replace_one(PdLexicon *wanted, const char *word, const char *from, const char *to)
{
    for (const char *p = strstr(word, from); p != NULL; p = strstr(p + 1, from)) {
        g_autofree char *before = g_strndup(word, (size_t)(p - word));
        g_autofree char *other = g_strconcat(before, to, p + strlen(from), NULL);

        if (pd_lexicon_knows(wanted, other))
            return g_steal_pointer(&other);
    }
    return NULL;
}

/* (transfer full): the wanted spelling; NULL: none, as for a word of one country alone */
static char *
in_wanted(PdLexicon *wanted, const char *word, bool american)
{
    g_autofree char *lower = g_utf8_strdown(word, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        g_autofree char *other =
            replace_one(wanted, lower, letters[i][!american], letters[i][american]);

        if (other != NULL)
            return pd_spelling_with_case_of(word, other);
    }
    return NULL;
}

static void
report(const PdToken *token, const char *repair, GPtrArray *findings)
{
    PdFinding *finding =
        pd_finding_new(token->start, token->end, PD_RULE_VARIANT, PD_KIND_SPELLING, CONFIDENCE);

    pd_finding_add(finding, repair, 0.0, PD_ACTION_REPLACE);
    g_ptr_array_add(findings, finding);
}

/* A name (Worcestershire) is spelt in one way everywhere. */
static bool
is_name(PdLexicon *other, const char *word)
{
    g_autofree char *lower = g_utf8_strdown(word, -1);

    return !g_str_equal(lower, word) && !pd_lexicon_knows(other, lower);
}

void
pd_variant_apply(PdResources *resources, PdVariant variant, const char *text, const GArray *tokens,
                 GPtrArray *findings)
{
    const bool american = variant == PD_VARIANT_US;
    PdLexicon *wanted, *other;

    if (variant == PD_VARIANT_ANY)
        return;
    wanted = pd_resources_lexicon(resources, american ? "en_US" : "en_GB");
    other = pd_resources_lexicon(resources, american ? "en_GB" : "en_US");
    for (guint i = 0; wanted != NULL && other != NULL && i < tokens->len; i++) {
        const PdToken *token = &g_array_index(tokens, PdToken, i);
        g_autofree char *word = g_strndup(text + token->start, token->end - token->start);
        g_autofree char *repair = NULL;

        if (token->kind != PD_TOKEN_WORD || pd_lexicon_knows(wanted, word) ||
            !pd_lexicon_knows(other, word) || is_name(other, word))
            continue;
        repair = in_wanted(wanted, word, american);
        if (repair != NULL)
            report(token, repair, findings);
    }
}
