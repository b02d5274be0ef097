/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/findings.h"
#include "daemon/engine/rules.h"

#include <glib.h>
#include <string.h>

/* What the rules find in @text, as "rule [place>repair]; ..." */
static char *
found(const char *text)
{
    g_autoptr(PdSegmenter) segmenter = pd_segmenter_new("en_US", NULL);
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PdToken));
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    GString *result = g_string_new(NULL);

    pd_segmenter_tokens(segmenter, text, (PdSpan){ 0, strlen(text) }, tokens);
    pd_rules_apply(text, tokens, findings);
    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];
        const PdCandidate *c = f->candidates->pdata[0];

        g_string_append_printf(result, "%s%s [%.*s>%s]", i > 0 ? "; " : "", f->rule,
                               (int)(f->end - f->start), text + f->start, c->text);
    }
    return g_string_free(result, FALSE);
}

static void
check(const char *text, const char *want)
{
    g_autofree char *got = found(text);

    g_assert_cmpstr(got, ==, want);
}

static void
test_repeated(void)
{
    check("We saw the the house.", "extra-word/repeated [ the>]");
    check("It is is fine in in-house use.", "extra-word/repeated [ is>]");
    check("The the house, if if it rains.",
          "extra-word/repeated [ the>]; extra-word/repeated [ if>]");
    check("I know that that had had an effect.", "");
    check("They like Duran Duran and New York, York.", "");
    check("to\n to", "extra-word/repeated [\n to>]");
    check("to, to", "");
    check("The fox (Vulpes vulpes) is far far away. said\tsaid", "");
}

static void
test_a_an(void)
{
    check("It is a apple.", "determiner/a-an [a>an]");
    check("An house stood there.", "determiner/a-an [An>A]");
    check("An hour, a unit, a one, a European, an heir, a user, an umbrella, an uninvited guest.",
          "");
    check("A FAQ, an FAQ, a UFO, an herb, an historic event.", "");
    check("Take vitamin A if you like, or a or b.", "");
    check("A urine sample, a unidirectional link, a Ugandan man, a Unesco site, a unimodal one.",
          "");
    check("An onerous task, an unironed shirt, an hors d'oeuvre, an npm package, an nth root.", "");
    check("Take case a each time; the letter a often; if a exceeds it.", "");
    check("She is an an doctor.", "extra-word/repeated [ an>]");
    check("It took a hour and an useful tool.", "determiner/a-an [a>an]; determiner/a-an [an>a]");
    check("This is a understatement, a union of an uncle.", "determiner/a-an [a>an]");
}

static void
test_pronoun_i(void)
{
    check("Yesterday i went home.", "letter-case/pronoun-i [i>I]");
    check("When i'm here and i’ve time.",
          "letter-case/pronoun-i [i'm>I'm]; letter-case/pronoun-i [i’ve>I’ve]");
    check("For i = 0, i-th, (i) and i.e. this.", "");
    check("I went.", "");
    check("The indices i and j differ, for each i in the list we set i to zero.", "");
}

static void
test_spaces(void)
{
    check("Well , yes.", "punctuation/space-before [ >]");
    check("Is it so ?", "punctuation/space-before [ >]");
    check("Use .NET or :option here.", "");
    check("One,two and three.", "punctuation/space-after [,>, ]");
    check("He said well,i'm here now.",
          "punctuation/space-after [,>, ]; letter-case/pronoun-i [i'm>I'm]");
    check("He paused . . . and left. Run build . in it.", "");
    check("The value is x ? y : z in this case.", "");
    check("Call f(x,y) with 1,000 items.", "");
    check("Wait ... what?", "");
}

static void
test_nothing_to_say(void)
{
    check("", "");
    check("😀 😀 😀", "");
    check("Ça va? Ça va.", "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rules/repeated", test_repeated);
    g_test_add_func("/rules/a-an", test_a_an);
    g_test_add_func("/rules/pronoun-i", test_pronoun_i);
    g_test_add_func("/rules/spaces", test_spaces);
    g_test_add_func("/rules/nothing-to-say", test_nothing_to_say);
    return g_test_run();
}
