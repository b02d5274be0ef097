/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sentence.c - one sentence, from the judge's answers to findings
 *
 * The small rules come first, then words that do not exist, then places that the discriminator
 * doubts. A place belongs to the first that reports it. Before the last of these the sentence is
 * judged once more with what was found so far mended: a misspelling makes the words around it look
 * wrong, or hides that they are ("I recieved you're letter": P(wrong) of you're is .65, and .85
 * after received).
 */
#include "daemon/engine/sentence.h"

#include "daemon/engine/candidates.h"
#include "daemon/engine/exempt.h"
#include "daemon/engine/findings.h"
#include "daemon/engine/foreign.h"
#include "daemon/engine/rules.h"
#include "daemon/engine/variant.h"

#include <math.h>
#include <string.h>

#define HOPELESS -1.0 /* log-odds */
#define MAX_PASSES 3
#define NEAR 12          /* bytes: about two words */
#define SUSPICIOUS -2.5  /* log-odds of an unjudged repair from which a place is looked at */
#define SURE_OF_KIND 0.3 /* P(wrong) from which the model's label is the kind */
#define LEAST_PROPOSED \
    0.006 /* P(wrong) below which an existing word gets no repairs, whatever fits */
#define LEAST_UNKNOWN 0.02 /* P(wrong) below which no repair is looked for */
#define MAX_ACRONYM 5      /* letters; longer ones in capitals are words, or shouted */
#define MIN_WORDS 3        /* of a fragment (OK. Figure 2) the model can say nothing */

typedef struct {
    size_t start; /* bytes of the mended sentence */
    size_t end;
    gssize shift; /* what to add to a position after it for the position in the original */
} Edit;

typedef struct {
    const PdSentence *sentence; /* as written, or mended */
    const GArray *edits;        /* (nullable): of Edit, by start: how it was mended */
    PdResources *resources;
    const PdThresholds *thresholds;
    size_t max_candidates;
    const int *cancel;
    GPtrArray *findings;        /* positions in the sentence as written */
    const PdSentence *original; /* as written */
    const bool *unknown;        /* [its tokens] the dictionary lacks it, and it is not exempt */
} Pass;

PdSentence *
pd_sentence_new(PdResources *resources, char *text)
{
    PdSentence *self = g_new0(PdSentence, 1);

    self->text = text;
    self->tokens = g_array_new(FALSE, FALSE, sizeof(PdToken));
    pd_segmenter_tokens(resources->segmenter, text, (PdSpan){ 0, strlen(text) }, self->tokens);
    self->grams = pd_resources_grams(resources, text);
    return self;
}

void
pd_sentence_free(PdSentence *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_array_unref(self->tokens);
    g_clear_pointer(&self->grams, g_array_unref);
    g_free(self->unknown);
    g_free(self->wrong);
    g_free(self->kinds);
    g_free(self);
}

static const PdToken *
token_at(const PdSentence *self, guint i)
{
    return &g_array_index(self->tokens, PdToken, i);
}

static char *
token_text(const PdSentence *self, guint i)
{
    const PdToken *token = token_at(self, i);

    return g_strndup(self->text + token->start, token->end - token->start);
}

void
pd_sentence_take_answers(PdSentence *self, const PdJudge *judge, size_t index)
{
    self->wrong = g_new(double, self->tokens->len);
    if (pd_judge_has_kinds(judge))
        self->kinds = g_new(PdKind, self->tokens->len);
    for (guint i = 0; i < self->tokens->len; i++) {
        const PdToken *token = token_at(self, i);

        self->wrong[i] = pd_judge_wrong(judge, index, token->start, token->end);
        if (self->kinds != NULL)
            self->kinds[i] = pd_judge_kind(judge, index, token->start, token->end);
    }
}

/* Without a model a word that does not exist is surely wrong, and nothing else is. */
static double
wrong_at(const PdSentence *self, guint i, bool unknown)
{
    return self->wrong != NULL ? self->wrong[i] : unknown ? 1.0 : 0.0;
}

/* --- does the word exist? ---------------------------------------------------- */

static bool
is_hyphen(const PdSentence *self, guint i)
{
    return i < self->tokens->len && token_at(self, i)->kind == PD_TOKEN_PUNCT &&
           self->text[token_at(self, i)->start] == '-';
}

static bool
touches_next(const PdSentence *self, guint i)
{
    return i + 1 < self->tokens->len && token_at(self, i)->end == token_at(self, i + 1)->start;
}

/* A part of a compound that stands in the dictionary as a whole: e-mail, vis-à-vis. */
static bool
compound_is_known(const PdSentence *self, PdResources *resources, guint i)
{
    guint first = i, last = i;
    g_autofree char *compound = NULL;

    while (first >= 2 && is_hyphen(self, first - 1) && touches_next(self, first - 2) &&
           touches_next(self, first - 1))
        first -= 2;
    while (is_hyphen(self, last + 1) && touches_next(self, last) && touches_next(self, last + 1))
        last += 2;
    if (first == last)
        return false;
    compound = g_strndup(self->text + token_at(self, first)->start,
                         token_at(self, last)->end - token_at(self, first)->start);
    return pd_resources_knows(resources, compound);
}

/* NFS, FAQs, EPUB's: two to five capitals; no dictionary has them all */
static bool
is_acronym(const char *word)
{
    size_t n = 0;

    while (g_ascii_isupper(word[n]))
        n++;
    word += n;
    return n >= 2 && n <= MAX_ACRONYM &&
           (*word == '\0' || g_str_equal(word, "s") || g_str_equal(word, "'s") ||
            g_str_equal(word, "’s"));
}

static bool
is_known(const PdSentence *self, PdResources *resources, guint i)
{
    g_autofree char *word = token_text(self, i);
    const size_t length = strlen(word);

    if (length > 100 || g_utf8_strlen(word, -1) == 1) /* no word, or a letter's name */
        return true;
    if (resources->english && is_acronym(word))
        return true;
    if (pd_resources_knows(resources, word))
        return true;
    if (resources->english && (g_str_has_suffix(word, "'s") || g_str_has_suffix(word, "’s"))) {
        word[length - (word[length - 2] == '\'' ? 2 : 4)] = '\0';
        if (pd_resources_knows(resources, word))
            return true;
    }
    return compound_is_known(self, resources, i);
}

bool
pd_sentence_knows(const PdSentence *self, PdResources *resources, guint i)
{
    return is_known(self, resources, i);
}

static void
find_unknown(PdSentence *self, PdResources *resources)
{
    if (self->unknown != NULL)
        return;
    self->unknown = g_new0(bool, self->tokens->len + 1);
    for (guint i = 0; i < self->tokens->len; i++)
        self->unknown[i] =
            token_at(self, i)->kind == PD_TOKEN_WORD && !is_known(self, resources, i);
}

static size_t
count_unknown(const PdSentence *self)
{
    size_t n = 0;

    for (guint i = 0; i < self->tokens->len; i++)
        n += self->unknown[i];
    return n;
}

bool
pd_sentence_is_spelt(PdSentence *self, PdResources *resources)
{
    find_unknown(self, resources);
    return count_unknown(self) == 0;
}

/* --- findings ----------------------------------------------------------------- */

static bool
is_taken(const Pass *pass, size_t start, size_t end)
{
    for (guint i = 0; i < pass->findings->len; i++) {
        const PdFinding *other = pass->findings->pdata[i];

        if (start < other->end && end > other->start)
            return true;
    }
    return false;
}

static char *
word_before(const PdSentence *self, guint i)
{
    return i > 0 ? token_text(self, i - 1) : g_strdup("");
}

/* What the finding is about: the model's label, or else what its best repair changes. */
static PdKind
kind_of(const Pass *pass, guint i, const PdRepairs *repairs)
{
    const PdSentence *s = pass->sentence;
    g_autofree char *now = NULL, *before = NULL;

    if (s->kinds != NULL && (s->wrong[i] >= SURE_OF_KIND || repairs->repairs->len == 0))
        return s->kinds[i];
    if (repairs->repairs->len == 0)
        return token_at(s, i)->kind == PD_TOKEN_PUNCT ? PD_KIND_PUNCTUATION : PD_KIND_OTHER;
    now = g_strndup(s->text + repairs->start, repairs->end - repairs->start);
    before = word_before(s, i);
    return pd_kind_of_change(now, ((PdCandidate *)repairs->repairs->pdata[0])->text, before);
}

static void
take_repairs(PdFinding *finding, PdRepairs *repairs)
{
    g_clear_pointer(&finding->candidates, g_ptr_array_unref);
    finding->candidates = g_steal_pointer(&repairs->repairs);
}

static PdSite
site_of(const Pass *pass, guint i, bool unknown)
{
    const PdSentence *s = pass->sentence;
    const PdToken *token = token_at(s, i);

    return (PdSite){ .text = s->text,
                     .grams = s->grams,
                     .start = token->start,
                     .end = token->end,
                     .wrong = wrong_at(s, i, unknown),
                     .unknown = unknown };
}

static PdSpan
as_written(const Pass *pass, size_t start, size_t end)
{
    gssize shift = 0;

    for (guint i = 0; pass->edits != NULL && i < pass->edits->len; i++)
        if (g_array_index(pass->edits, Edit, i).end <= start)
            shift = g_array_index(pass->edits, Edit, i).shift;
    return (PdSpan){ start + shift, end + shift };
}

/* Adds a finding to @found if the word, which the dictionary lacks, is probably wrong. false:
 * cancelled */
static bool
look_at_unknown(const Pass *pass, guint i, GPtrArray *found)
{
    const PdToken *token = token_at(pass->sentence, i);
    const bool lower = g_unichar_islower(g_utf8_get_char(pass->sentence->text + token->start));
    const double least = lower ? pass->thresholds->unknown : pass->thresholds->unknown_name;
    PdSite site = site_of(pass, i, true);
    g_auto(PdRepairs) repairs = { 0 };
    PdFinding *finding;
    PdSpan place;

    if (site.wrong < MIN(least, LEAST_UNKNOWN))
        return true;
    site.least = least;
    if (!pd_candidates_find(pass->resources, &site, NULL, pass->max_candidates, pass->cancel,
                            &repairs))
        return false;
    place = as_written(pass, repairs.start, repairs.end);
    if (repairs.chance < least || is_taken(pass, place.start, place.end))
        return true;
    /* a word that does not exist is seldom right, whatever the sentence looks like */
    finding = pd_finding_new(place.start, place.end, PD_RULE_UNKNOWN, PD_KIND_SPELLING,
                             1.0 - 0.5 * (1.0 - repairs.chance));
    take_repairs(finding, &repairs);
    g_ptr_array_add(found, finding);
    return true;
}

/*
 * Repairs of an existing word that would make things worse are left out, but for the first; so are
 * words to insert that do not make them better, of which there is always one.
 */
static void
drop_hopeless(GPtrArray *repairs)
{
    for (guint i = repairs->len; i-- > 1;) {
        const PdCandidate *c = repairs->pdata[i];

        if (c->score <= (c->action == PD_ACTION_REPLACE ? HOPELESS : 0.0))
            g_ptr_array_remove_index(repairs, i);
    }
}

/* Does the discriminator doubt the place, or is there a repair that much better fits around it? */
static bool
is_doubted(const Pass *pass, const PdSite *site, const GPtrArray *proposals)
{
    if (site->wrong >= pass->thresholds->look)
        return true;
    return proposals != NULL && proposals->len > 0 &&
           ((PdProposal *)proposals->pdata[0])->score -
                   pd_candidates_keep_score(pass->resources, site) >=
               SUSPICIOUS;
}

/* The lowest chance from which a finding of any kind is reported; 0: it is, whatever its chance. */
static double
least_reported(const Pass *pass, double wrong)
{
    double least = 1.0;

    if (wrong >= pass->thresholds->unrepaired)
        return 0.0;
    for (guint kind = 0; kind < PD_N_KINDS; kind++)
        least = MIN(least, pass->thresholds->report[kind]);
    return least;
}

/* Adds a finding to @found if the place is doubted enough. false: cancelled */
static bool
look_at(const Pass *pass, guint i, GPtrArray *found)
{
    PdSite site = site_of(pass, i, false);
    g_autoptr(GPtrArray) proposals = NULL;
    g_auto(PdRepairs) repairs = { 0 };
    PdFinding *finding;
    PdSpan place;
    PdKind kind;

    if (pass->max_candidates > 0 && site.wrong >= LEAST_PROPOSED)
        proposals = pd_candidates_propose(pass->resources, &site);
    if (!is_doubted(pass, &site, proposals))
        return true;
    site.least = least_reported(pass, site.wrong);
    if (!pd_candidates_find(pass->resources, &site, g_steal_pointer(&proposals),
                            pass->max_candidates, pass->cancel, &repairs))
        return false;
    drop_hopeless(repairs.repairs);
    kind = kind_of(pass, i, &repairs);
    if (repairs.chance < pass->thresholds->report[kind] &&
        site.wrong < pass->thresholds->unrepaired)
        return true;
    place = as_written(pass, repairs.start, repairs.end);
    if (is_taken(pass, place.start, place.end))
        return true;
    finding = pd_finding_new(place.start, place.end, PD_RULE_MODEL, kind, repairs.chance);
    take_repairs(finding, &repairs);
    g_ptr_array_add(found, finding);
    return true;
}

/* The sentence with the first repair of each finding but @except; @edits says where. */
static char *
mend_text(const Pass *pass, const PdFinding *except, GArray *edits)
{
    GString *text = g_string_new(NULL);
    size_t done = 0;

    for (guint i = 0; i < pass->findings->len; i++) {
        const PdFinding *finding = pass->findings->pdata[i];
        Edit edit = { 0 };

        if (finding->candidates->len == 0 || finding->start < done || finding == except)
            continue;
        g_string_append_len(text, pass->sentence->text + done, finding->start - done);
        edit.start = text->len;
        g_string_append(text, ((PdCandidate *)finding->candidates->pdata[0])->text);
        edit.end = text->len;
        done = finding->end;
        edit.shift = (gssize)done - (gssize)edit.end;
        g_array_append_val(edits, edit);
    }
    g_string_append(text, pass->sentence->text + done);
    return g_string_free(text, FALSE);
}

/* The mended sentence, judged. NULL if cancelled. */
static PdSentence *
mend(const Pass *pass, GArray *edits)
{
    g_autoptr(PdSentence) mended = pd_sentence_new(pass->resources, mend_text(pass, NULL, edits));
    const char *const texts[] = { mended->text };

    if (!pd_judge_texts(pass->resources->judge, texts, 1, pass->cancel))
        return NULL;
    pd_sentence_take_answers(mended, pass->resources->judge, 0);
    return g_steal_pointer(&mended);
}

/* Repairs of one of several unknown words, ranked again where the others are mended. */
static bool
rank_again(Pass *pass, PdFinding *finding)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_autofree char *text = mend_text(pass, finding, edits);
    g_autoptr(GArray) grams = pd_resources_grams(pass->resources, text);
    PdSite site = { .text = text,
                    .grams = grams,
                    .start = finding->start,
                    .wrong = 0.5,
                    .unknown = true,
                    .fixed = true };
    g_auto(PdRepairs) repairs = { 0 };

    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);

        if (edit->end + edit->shift <= finding->start)
            site.start = finding->start - edit->shift;
    }
    site.end = site.start + finding->end - finding->start;
    if (!pd_candidates_find(pass->resources, &site, NULL, pass->max_candidates, pass->cancel,
                            &repairs))
        return false;
    g_ptr_array_unref(finding->candidates);
    finding->candidates = g_steal_pointer(&repairs.repairs);
    return true;
}

static bool
rank_unknown_again(Pass *pass)
{
    guint n = 0;

    for (guint i = 0; i < pass->findings->len; i++)
        n += pd_finding_is_unknown_word(pass->findings->pdata[i]);
    for (guint i = 0; n > 1 && i < pass->findings->len; i++)
        if (pd_finding_is_unknown_word(pass->findings->pdata[i]) &&
            !rank_again(pass, pass->findings->pdata[i]))
            return false;
    return true;
}

static bool
is_mended(const GArray *edits, const PdToken *token)
{
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);

        if (token->start < edit->end && token->end > edit->start)
            return true;
    }
    return false;
}

/* Is it so near to what was mended that it looked wrong, or right, because of that? */
static bool
is_near(const GArray *edits, const PdToken *token)
{
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);

        if (token->start < edit->end + NEAR && token->end + NEAR > edit->start)
            return true;
    }
    return false;
}

/* Is token @i of the mended sentence a word that is still unknown, and not exempt as written? */
static bool
is_left_unknown(const Pass *pass, guint i)
{
    const PdToken *token = token_at(pass->sentence, i);
    const PdSpan place = as_written(pass, token->start, token->end);

    for (guint k = 0; k < pass->original->tokens->len; k++)
        if (token_at(pass->original, k)->start == place.start)
            return pass->unknown[k];
    return false;
}

static bool
look_around(const Pass *pass, bool first, GPtrArray *found)
{
    const PdSentence *s = pass->sentence;

    for (guint i = 0; i < s->tokens->len; i++) {
        const PdToken *token = token_at(s, i);

        if (token->kind != PD_TOKEN_WORD && token->kind != PD_TOKEN_PUNCT)
            continue;
        if (is_mended(pass->edits, token) || (!first && !is_near(pass->edits, token)) ||
            (token->kind == PD_TOKEN_PUNCT && wrong_at(s, i, false) < pass->thresholds->look))
            continue;
        if (token->kind == PD_TOKEN_PUNCT || is_known(s, pass->resources, i)) {
            if (!look_at(pass, i, found))
                return false;
        } else if (pass->edits->len > 0 && is_left_unknown(pass, i) &&
                   !look_at_unknown(pass, i, found))
            return false; /* cancelled; with nothing mended it was looked at before */
    }
    return true;
}

static int
by_confidence(gconstpointer a, gconstpointer b)
{
    const PdFinding *x = *(const PdFinding *const *)a, *y = *(const PdFinding *const *)b;

    return (x->confidence < y->confidence) - (x->confidence > y->confidence);
}

/* Moves the surest of @found to the findings, but of neighbours only one: the others may be its
 * echo. Returns: was one left out? */
static bool
take_surest(Pass *pass, GPtrArray *found)
{
    const guint n_before = pass->findings->len;
    bool left_out = false;

    g_ptr_array_sort(found, by_confidence);
    for (guint i = 0; i < found->len; i++) {
        const PdFinding *finding = found->pdata[i];
        bool near = false;

        for (guint k = n_before; k < pass->findings->len && !near; k++) {
            const PdFinding *other = pass->findings->pdata[k];

            near = finding->start < other->end + NEAR && finding->end + NEAR > other->start;
        }
        if (near)
            left_out = true;
        else
            g_ptr_array_add(pass->findings, pd_finding_copy(finding));
    }
    return left_out;
}

/*
 * Places that the discriminator doubts or that a repair fits much better. Errors beside each other
 * are mended one after the other, the surest first, and the sentence is judged anew in between.
 */
static bool
find_doubted(Pass *pass)
{
    for (guint n = 0; n < MAX_PASSES; n++) {
        g_autoptr(GPtrArray) found =
            g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
        g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
        g_autoptr(PdSentence) mended = NULL;
        bool ok;

        pass->sentence = pass->original;
        pass->edits = edits;
        g_ptr_array_sort(pass->findings, pd_finding_by_start);
        if (pass->findings->len > 0 && pass->max_candidates > 0) {
            mended = mend(pass, edits);
            if (mended == NULL)
                return false;
            pass->sentence = mended;
        }
        ok = look_around(pass, n == 0, found);
        pass->sentence = pass->original;
        pass->edits = NULL;
        if (!ok)
            return false;
        if (!take_surest(pass, found))
            break;
    }
    return true;
}

static guint
count_words(const PdSentence *self)
{
    guint n = 0;

    for (guint i = 0; i < self->tokens->len; i++)
        n += token_at(self, i)->kind == PD_TOKEN_WORD;
    return n;
}

/* Rules and words that do not exist, then the mended sentence's doubtful places. */
static bool
find_all(Pass *pass, const GArray *exempt)
{
    const PdSentence *s = pass->sentence;

    if (pass->resources->english)
        pd_rules_apply(s->text, s->tokens, pass->findings);
    for (guint i = 0; i < s->tokens->len; i++)
        if (pass->unknown[i] && !is_taken(pass, token_at(s, i)->start, token_at(s, i)->end) &&
            !look_at_unknown(pass, i, pass->findings))
            return false;
    pd_exempt_drop(pass->findings, exempt);
    if (pass->resources->judge == NULL || count_words(s) < MIN_WORDS)
        return true;
    g_ptr_array_sort(pass->findings, pd_finding_by_start);
    if (pass->max_candidates > 0 && !rank_unknown_again(pass))
        return false;
    return find_doubted(pass);
}

bool
pd_sentence_is_in_language(PdSentence *self, PdResources *resources, PdLanguageGuard *guard)
{
    const size_t n_words = count_words(self);
    size_t n_known;

    find_unknown(self, resources);
    if (guard == NULL)
        return true;
    n_known = n_words - count_unknown(self);
    if (n_known * 3 <= n_words && pd_foreign_is_misspelt(&(PdLooked){ .resources = resources,
                                                                      .text = self->text,
                                                                      .tokens = self->tokens,
                                                                      .unknown = self->unknown }))
        n_known = n_words;
    return pd_language_guard_accepts(guard, pd_lexicon_language(resources->lexicon), self->text,
                                     strlen(self->text), n_words, n_known);
}

GPtrArray *
pd_sentence_findings(PdSentence *self, PdResources *resources, PdLanguageGuard *guard,
                     PdLevel level, PdVariant variant, size_t max_candidates, const int *cancel)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_autofree bool *unknown = NULL;
    g_autoptr(GArray) exempt = NULL;
    Pass pass = { .sentence = self,
                  .resources = resources,
                  .thresholds = &resources->levels.at[level],
                  .max_candidates = max_candidates,
                  .cancel = cancel,
                  .findings = findings,
                  .original = self };

    if (!pd_sentence_is_in_language(self, resources, guard))
        return g_steal_pointer(&findings);
    pass.unknown = unknown = g_memdup2(self->unknown, (self->tokens->len + 1) * sizeof(bool));
    exempt = pd_exempt_find(
        &(PdLooked){ resources, guard, level, self->text, self->tokens, self->wrong, unknown });
    pd_variant_apply(resources, variant, self->text, self->tokens, findings);
    if (!find_all(&pass, exempt))
        return NULL;
    pd_exempt_drop(findings, exempt);
    g_ptr_array_sort(findings, pd_finding_by_start);
    return g_steal_pointer(&findings);
}
