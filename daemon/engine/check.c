/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.c - a text checked in steps
 *
 * A step either judges the next few sentences in one forward pass, or turns one judged sentence
 * into findings, which is where repairs are looked for. While others wait, a step does one
 * sentence. Findings of a sentence come from the cache where it was checked before. What depends on
 * the user or the whole text (own words, names, disabled rules) is left out at the end.
 */
#include "daemon/engine/checker-private.h"
#include "daemon/engine/error.h"
#include "daemon/engine/findings.h"
#include "daemon/engine/fragment.h"
#include "daemon/engine/lines.h"
#include "daemon/engine/messages.h"
#include "daemon/engine/sentence.h"

#include <string.h>

#define BATCH_BYTES 2000     /* of sentences judged together: about 400 tokens */
#define PART_BATCH_BYTES 500 /* of a part's: somebody types, and a layer of this is soon done */
#define BATCH_SENTENCES 256  /* cached ones cost no forward pass, but time */
#define FEW_SENTENCES 16     /* of these while others wait */
#define MAX_SENTENCE_BYTES \
    8192 /* longer ones are cut at white space: no prose, and quadratic work */

typedef struct {
    PdSentence *sentence;
    GBytes *key;
    PdSpan unit;
    PdSpan span; /* of the text */
} Pending;

typedef struct {
    PdFinding *finding; /* position in the text, until taken */
    PdSpan unit;        /* what surrounds it, as far as it matters */
    bool is_fragment;   /* is its sentence one? asked only where that excuses the finding */
} Found;

struct PdCheck {
    PdChecker *checker; /* borrowed */
    PdResources *resources;
    char *source;
    size_t source_length;
    PdMarkup *own_markup; /* (nullable): where the caller has none */
    const PdMarkup *markup;
    const char *text; /* in markup */
    size_t length;
    PdLevel level;
    PdVariant variant;
    size_t max_candidates;
    bool is_part;
    char *key; /* what the keys of its sentences begin with */
    GStrv disable;
    GHashTable *words; /* (nullable): set of casefolded strings */
    size_t end;        /* of the text: units up to here are checked */
    PdSpan unit;       /* the sentences below are its */
    GArray *spans;     /* of PdSpan */
    guint next_span;
    GQueue pending;  /* of Pending */
    guint n_judged;  /* of these, the first ones */
    bool one_by_one; /* others waited: no pass over several until none is pending */
    GArray *found;   /* of Found */
    GArray *excused; /* of PdSpan of the text, once taken */
};

static void
found_clear(gpointer data)
{
    Found *self = data;

    g_clear_pointer(&self->finding, pd_finding_free);
}

static void
pending_free(gpointer data)
{
    Pending *self = data;

    pd_sentence_free(self->sentence);
    g_bytes_unref(self->key);
    g_free(self);
}

void
pd_check_free(PdCheck *self)
{
    if (self == NULL)
        return;
    g_queue_clear_full(&self->pending, pending_free);
    g_clear_pointer(&self->found, g_array_unref);
    g_clear_pointer(&self->spans, g_array_unref);
    g_clear_pointer(&self->excused, g_array_unref);
    g_clear_pointer(&self->words, g_hash_table_unref);
    g_clear_pointer(&self->own_markup, pd_markup_free);
    g_strfreev(self->disable);
    g_free(self->key);
    g_free(self->source);
    g_free(self);
}

/* --- beginning --------------------------------------------------------------------- */

static bool
check_rules(const char *const *rules, GError **error)
{
    for (; rules != NULL && *rules != NULL; rules++)
        if (!pd_rule_exists(*rules)) {
            g_set_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION,
                        "disable: no rule or kind is called \"%s\"", *rules);
            return false;
        }
    return true;
}

static GHashTable *
set_of(const char *const *words)
{
    GHashTable *set;

    if (words == NULL)
        return NULL;
    set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *words != NULL; words++)
        g_hash_table_add(set, g_utf8_casefold(*words, -1));
    return set;
}

/* Cuts spans that are too long to be sentences at their last white space, or anywhere. */
static void
add_span(GArray *spans, const char *text, PdSpan span)
{
    while (span.end - span.start > MAX_SENTENCE_BYTES) {
        size_t cut = span.start + MAX_SENTENCE_BYTES;
        PdSpan part;

        while (cut > span.start && !g_ascii_isspace(text[cut]))
            cut--;
        if (cut == span.start) {
            cut = span.start + MAX_SENTENCE_BYTES;
            while ((text[cut] & 0xc0) == 0x80)
                cut--;
        }
        part = (PdSpan){ span.start, cut };
        g_array_append_val(spans, part);
        span.start = cut;
        while (span.start < span.end && g_ascii_isspace(text[span.start]))
            span.start++;
    }
    if (span.start < span.end)
        g_array_append_val(spans, span);
}

/* The next unit and its sentences. */
static void
load_unit(PdCheck *self)
{
    g_autoptr(GArray) whole = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    const char *unit = self->text + self->unit.end;
    const size_t length = pd_lines_unit(unit, self->length - self->unit.end, NULL);

    self->unit = (PdSpan){ self->unit.end, self->unit.end + length };
    g_array_set_size(self->spans, 0);
    self->next_span = 0;
    pd_segmenter_sentences(self->resources->segmenter, unit, length, whole);
    for (guint i = 0; i < whole->len; i++) {
        const PdSpan span = g_array_index(whole, PdSpan, i);

        add_span(self->spans, self->text,
                 (PdSpan){ self->unit.start + span.start, self->unit.start + span.end });
    }
}

static bool
is_at_end(const PdCheck *self)
{
    return self->next_span >= self->spans->len && self->unit.end >= self->end;
}

PdCheck *
pd_check_new(PdChecker *checker, const char *language, const char *text, size_t length,
             const PdCheckOptions *options, GError **error)
{
    g_autoptr(PdCheck) self = g_new0(PdCheck, 1);

    g_queue_init(&self->pending);
    if (!pd_checker_validate(text, length, error) || !check_rules(options->disable, error))
        return NULL;
    self->resources = pd_checker_resources(checker, language, error);
    if (self->resources == NULL)
        return NULL;
    self->checker = checker;
    self->source = g_strndup(text, length);
    self->source_length = length;
    if (options->markup == NULL)
        self->own_markup = pd_markup_new(options->format, language, self->source, length);
    self->markup = options->markup != NULL ? options->markup : self->own_markup;
    self->text = pd_markup_text(self->markup, &self->length);
    self->end = self->length;
    self->level = options->level;
    self->variant = options->variant;
    self->max_candidates = options->max_candidates;
    self->key = g_strdup_printf("%s\n%d\n%d\n%zu\n", language, self->level, self->variant,
                                self->max_candidates);
    self->is_part = options->is_part;
    self->disable = g_strdupv((GStrv)options->disable);
    self->words = set_of(options->words);
    self->spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    self->found = g_array_new(FALSE, FALSE, sizeof(Found));
    g_array_set_clear_func(self->found, found_clear);
    self->excused = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    return g_steal_pointer(&self);
}

void
pd_check_narrow(PdCheck *self, PdSpan source, PdCheckPlace *ret)
{
    const PdSpan place = pd_markup_from_source(self->markup, source);
    PdSpan span = { 0 }, unit = { 0 };

    while (span.end <= place.start && !is_at_end(self)) {
        if (self->next_span < self->spans->len) {
            span = g_array_index(self->spans, PdSpan, self->next_span++);
            unit = self->unit;
        } else {
            load_unit(self);
        }
    }
    g_array_set_size(self->spans, 0);
    if (span.start < span.end)
        g_array_append_val(self->spans, span);
    self->next_span = 0;
    self->unit = unit;
    self->end = unit.end;
    *ret = (PdCheckPlace){ self->resources,
                           self->markup,
                           self->text,
                           span,
                           { CLAMP(place.start, span.start, span.end),
                             CLAMP(place.end, span.start, span.end) } };
}

/* --- steps --------------------------------------------------------------------------- */

static void
keep(PdCheck *self, const GPtrArray *findings, PdSpan unit, PdSpan span)
{
    const PdSpan in_unit = { span.start - unit.start, span.end - unit.start };
    bool is_known = false, is_fragment = false;

    for (guint i = 0; i < findings->len; i++) {
        Found found = { pd_finding_copy(findings->pdata[i]), unit, false };

        if (self->resources->english && pd_fragment_excuses(found.finding)) {
            if (!is_known)
                is_fragment =
                    pd_fragment_is(self->text + unit.start, unit.end - unit.start, in_unit);
            is_known = true;
            found.is_fragment = is_fragment;
        }
        found.finding->start += span.start;
        found.finding->end += span.start;
        g_array_append_val(self->found, found);
    }
}

/* All that a sentence's findings depend on. */
static GBytes *
key_of(const PdCheck *self, const char *sentence, size_t length)
{
    const size_t n = strlen(self->key);
    char *key = g_malloc(n + length);

    memcpy(key, self->key, n);
    memcpy(key + n, sentence, length);
    return g_bytes_new_take(key, n + length);
}

/* Judges the first @n together. false: broken off, and nothing is done */
static bool
judge_pending(PdCheck *self, guint n, const int *cancel)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    g_autofree bool *may_leave = g_new(bool, n);
    GList *l = self->pending.head;

    self->n_judged = n;
    if (self->resources->judge == NULL || n == 0)
        return true;
    for (; texts->len < n; l = l->next) {
        PdSentence *sentence = ((Pending *)l->data)->sentence;

        may_leave[texts->len] =
            self->level != PD_LEVEL_THOROUGH && pd_sentence_is_spelt(sentence, self->resources);
        g_ptr_array_add(texts, sentence->text);
    }
    if (!pd_judge_quickly(self->resources->judge, (const char *const *)texts->pdata, may_leave, n,
                          cancel)) {
        self->n_judged = 0;
        return false;
    }
    l = self->pending.head;
    for (guint i = 0; i < n; i++, l = l->next)
        pd_sentence_take_answers(((Pending *)l->data)->sentence, self->resources->judge, i);
    return true;
}

/* The next sentences that the cache does not have become pending: one of them, or several, to be
 * judged together. */
static void
collect_pending(PdCheck *self)
{
    const size_t max_bytes = self->one_by_one ? 1 : self->is_part ? PART_BATCH_BYTES : BATCH_BYTES;
    const guint max_sentences = self->one_by_one ? FEW_SENTENCES : BATCH_SENTENCES;
    size_t bytes = 0;

    for (guint n = 0; n < max_sentences && !is_at_end(self); n++) {
        g_autoptr(GBytes) key = NULL;
        const GPtrArray *known;
        Pending *pending;
        size_t length;
        PdSpan span;

        if (self->next_span >= self->spans->len) {
            load_unit(self);
            continue;
        }
        span = g_array_index(self->spans, PdSpan, self->next_span);
        length = span.end - span.start;
        key = key_of(self, self->text + span.start, length);
        known = pd_cache_get(self->checker->cache, key);
        if (known == NULL && bytes > 0 && bytes + length > max_bytes)
            break;
        self->next_span++;
        if (known != NULL) {
            keep(self, known, self->unit, span);
            continue;
        }
        bytes += length;
        pending = g_new0(Pending, 1);
        pending->sentence =
            pd_sentence_new(self->resources, g_strndup(self->text + span.start, length));
        pending->key = g_steal_pointer(&key);
        pending->unit = self->unit;
        pending->span = span;
        g_queue_push_tail(&self->pending, pending);
    }
}

static bool
finish_one(PdCheck *self, const int *cancel)
{
    Pending *pending = g_queue_peek_head(&self->pending);
    g_autoptr(GPtrArray) findings =
        pd_sentence_findings(pending->sentence, self->resources, self->checker->guard, self->level,
                             self->variant, self->max_candidates, cancel);

    if (findings == NULL)
        return false;
    keep(self, findings, pending->unit, pending->span);
    pd_cache_put(self->checker->cache, pending->key, findings);
    pending_free(g_queue_pop_head(&self->pending));
    self->n_judged--;
    return true;
}

static bool
is_set(const int *flag)
{
    return flag != NULL && g_atomic_int_get(flag) != 0;
}

/* false: broken off; nothing that was done is lost */
static bool
step(PdCheck *self, const int *cancel, const int *make_way)
{
    guint n;

    if (self->n_judged > 0)
        return finish_one(self, cancel);
    if (is_set(make_way))
        self->one_by_one = true;
    if (g_queue_is_empty(&self->pending))
        collect_pending(self);
    n = self->one_by_one ? MIN(self->pending.length, 1) : self->pending.length;
    if (!judge_pending(self, n, n > 1 ? make_way : cancel)) {
        self->one_by_one = true;
        return false;
    }
    return n != 1 || finish_one(self, cancel);
}

bool
pd_check_step(PdCheck *self, const int *cancel, const int *make_way, bool *ret_done, GError **error)
{
    if (is_set(cancel) || (!step(self, cancel, make_way) && is_set(cancel))) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
        return false;
    }
    if (g_queue_is_empty(&self->pending))
        self->one_by_one = false;
    *ret_done = self->found->len >= PD_MAX_FINDINGS ||
                (g_queue_is_empty(&self->pending) && is_at_end(self));
    return true;
}

/* --- the end: what the user or the whole text excuses ----------------------------------- */

static bool
is_disabled(const PdCheck *self, const PdFinding *finding)
{
    return self->disable != NULL &&
           (g_strv_contains((const char *const *)self->disable, finding->rule) ||
            g_strv_contains((const char *const *)self->disable, pd_kind_name(finding->kind)));
}

static bool
is_own_word(const PdCheck *self, const char *word)
{
    if (pd_markup_is_name(self->markup, word) ||
        (self->checker->words != NULL && pd_words_has(self->checker->words, word)))
        return true;
    return self->words != NULL && pd_name_is_among(self->words, word, strlen(word));
}

/* Most text is ASCII, which needs no tables. */
static bool
is_letter(const char *p)
{
    return (guchar)*p < 0x80 ? g_ascii_isalpha(*p) : g_unichar_isalpha(g_utf8_get_char(p));
}

/* How often each capitalised unknown word of a finding stands in the text: twice, and it is a
 * name. */
static GHashTable *
count_names(const PdCheck *self)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *end = self->text + self->length;

    for (guint i = 0; i < self->found->len; i++) {
        const PdFinding *f = g_array_index(self->found, Found, i).finding;

        if (pd_finding_is_unknown_word(f) &&
            g_unichar_isupper(g_utf8_get_char(self->text + f->start)))
            g_hash_table_insert(counts, pd_name_of(self->text + f->start, f->end - f->start),
                                GUINT_TO_POINTER(0));
    }
    if (g_hash_table_size(counts) == 0)
        return counts;
    for (const char *p = self->text, *q; p < end; p = q) {
        g_autofree char *word = NULL;
        gpointer key, value;

        for (q = p; q < end && is_letter(q); q = g_utf8_next_char(q))
            ;
        if (q == p) {
            q = g_utf8_next_char(p);
            continue;
        }
        if (!g_unichar_isupper(g_utf8_get_char(p)))
            continue;
        word = g_strndup(p, q - p);
        if (g_hash_table_lookup_extended(counts, word, &key, &value))
            g_hash_table_insert(counts, g_strdup(word),
                                GUINT_TO_POINTER(GPOINTER_TO_UINT(value) + 1));
    }
    return counts;
}

static unsigned
excuses_of(const PdCheck *self, const Found *found)
{
    const PdFinding *finding = found->finding;
    const size_t length = finding->end - finding->start;
    g_autofree char *word = NULL;

    if (!pd_finding_is_unknown_word(finding))
        return found->is_fragment ? PD_EXCUSE_FRAGMENT : PD_EXCUSE_NONE;
    word = g_strndup(self->text + finding->start, length);
    return is_own_word(self, word) ? PD_EXCUSE_OWN_WORD : PD_EXCUSE_NONE;
}

static bool
is_excused(const PdCheck *self, const PdFinding *finding, unsigned excuses, GHashTable *names)
{
    g_autofree char *name = NULL;

    if ((excuses & PD_EXCUSE_FRAGMENT) && memchr(self->text, '\n', self->length) != NULL)
        return true; /* but one line that is all there is may be a message */
    if (!pd_finding_is_unknown_word(finding))
        return false;
    name = pd_name_of(self->text + finding->start, finding->end - finding->start);
    return (excuses & PD_EXCUSE_OWN_WORD) ||
           GPOINTER_TO_UINT(g_hash_table_lookup(names, name)) >= 2;
}

/* From the text to the caller's source, with what depends on the place in its unit. */
static void
settle(const PdCheck *self, PdFinding *finding, PdSpan unit)
{
    const PdSpan text = { finding->start, finding->end };
    const PdSpan source = pd_markup_to_source(self->markup, text);

    if (pd_markup_is_split(self->markup, text)) /* a repair would take the markup inside along */
        g_ptr_array_set_size(finding->candidates, 0);
    finding->start -= unit.start;
    finding->end -= unit.start;
    finding->message = pd_message_new(finding, self->text + unit.start, unit.end - unit.start);
    pd_checker_quote(self->markup, text, finding->candidates);
    finding->start = source.start;
    finding->end = source.end;
}

/* And in the whole text, of which @tail is the end. */
static void
settle_in_whole(const PdCheck *self, PdFinding *finding, size_t text_end, size_t tail)
{
    pd_finding_set_context(finding, self->text + tail, self->length - tail,
                           self->length - text_end);
    pd_finding_set_fingerprint(finding, self->source, self->source_length);
}

static bool
is_left_out(const PdCheck *self, const PdFinding *finding)
{
    const PdSpan text = { finding->start, finding->end };

    return is_disabled(self, finding) || pd_markup_is_opaque(self->markup, text) ||
           (g_str_equal(finding->rule, "letter-case/pronoun-i") && /* "for each i": a variable */
            pd_markup_is_name(self->markup, "i")) ||
           (finding->kind != PD_KIND_SPELLING && pd_markup_is_beside_stand_in(self->markup, text));
}

GPtrArray *
pd_check_take_findings(PdCheck *self)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_autoptr(GHashTable) names = self->is_part ? NULL : count_names(self);
    const size_t tail = pd_text_tail(self->text, self->length, PD_TAIL_BYTES);

    for (guint i = 0; i < self->found->len; i++) {
        Found *found = &g_array_index(self->found, Found, i);
        const PdSpan text = { found->finding->start, found->finding->end };
        const unsigned excuses = excuses_of(self, found);

        if (is_left_out(self, found->finding) ||
            (!self->is_part && is_excused(self, found->finding, excuses, names))) {
            g_array_append_val(self->excused, text);
            continue;
        }
        settle(self, found->finding, found->unit);
        if (self->is_part)
            found->finding->excuses = excuses;
        else
            settle_in_whole(self, found->finding, text.end, tail);
        g_ptr_array_add(kept, g_steal_pointer(&found->finding));
    }
    g_array_set_size(self->found, 0);
    g_ptr_array_sort(kept, pd_finding_by_start);
    return kept;
}

bool
pd_check_excuses(const PdCheck *self, PdSpan text)
{
    for (guint i = 0; i < self->excused->len; i++) {
        const PdSpan span = g_array_index(self->excused, PdSpan, i);

        if (span.start < text.end && span.end > text.start)
            return true;
    }
    return false;
}
