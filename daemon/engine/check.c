/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.c - a text checked in steps
 *
 * A step either judges the next few sentences in one forward pass, or turns one judged sentence
 * into findings, which is where repairs are looked for. Findings of a sentence come from the cache
 * where it was checked before. What depends on the user or the whole text (own words, names,
 * disabled rules) is left out at the end.
 */
#include "daemon/engine/checker-private.h"
#include "daemon/engine/error.h"
#include "daemon/engine/findings.h"
#include "daemon/engine/fragment.h"
#include "daemon/engine/messages.h"
#include "daemon/engine/sentence.h"

#include <string.h>

#define BATCH_BYTES 2000    /* of sentences judged together: about 400 tokens */
#define BATCH_SENTENCES 256 /* cached ones cost no forward pass, but time */
#define MAX_SENTENCE_BYTES \
    8192                 /* longer ones are cut at white space: no prose, and quadratic work */
#define CONTEXT_CHARS 12 /* an unfinished sentence's last word may still change */

typedef struct {
    PdSentence *sentence;
    GBytes *key;
    size_t start; /* bytes of the text */
} Pending;

struct PdCheck {
    PdChecker *checker; /* borrowed */
    PdResources *resources;
    char *language;
    char *source;
    size_t source_length;
    PdMarkup *markup;
    const char *text; /* in markup */
    size_t length;
    PdLevel level;
    PdVariant variant;
    size_t max_candidates;
    GStrv disable;
    GHashTable *words; /* (nullable): set of casefolded strings */
    GArray *spans;     /* of PdSpan, the sentences */
    guint next_span;
    GQueue pending;      /* of Pending, judged */
    GPtrArray *findings; /* of PdFinding, positions in the text, until taken */
    GArray *excused;     /* of PdSpan of the text, once taken */
};

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
    g_clear_pointer(&self->findings, g_ptr_array_unref);
    g_clear_pointer(&self->spans, g_array_unref);
    g_clear_pointer(&self->excused, g_array_unref);
    g_clear_pointer(&self->words, g_hash_table_unref);
    g_clear_pointer(&self->markup, pd_markup_free);
    g_strfreev(self->disable);
    g_free(self->language);
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

static void
split(PdCheck *self)
{
    g_autoptr(GArray) whole = g_array_new(FALSE, FALSE, sizeof(PdSpan));

    pd_segmenter_sentences(self->resources->segmenter, self->text, self->length, whole);
    self->spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    for (guint i = 0; i < whole->len; i++)
        add_span(self->spans, self->text, g_array_index(whole, PdSpan, i));
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
    self->language = g_strdup(language);
    self->source = g_strndup(text, length);
    self->source_length = length;
    self->markup = pd_markup_new(options->format, self->source, length);
    self->text = pd_markup_text(self->markup, &self->length);
    self->level = options->level;
    self->variant = options->variant;
    self->max_candidates = options->max_candidates;
    self->disable = g_strdupv((GStrv)options->disable);
    self->words = set_of(options->words);
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    self->excused = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    split(self);
    return g_steal_pointer(&self);
}

void
pd_check_narrow(PdCheck *self, PdSpan source, PdCheckPlace *ret)
{
    const PdSpan place = pd_markup_from_source(self->markup, source);
    PdSpan span = { 0 };

    for (guint i = 0; i < self->spans->len && span.end <= place.start; i++)
        span = g_array_index(self->spans, PdSpan, i);
    g_array_set_size(self->spans, 0);
    if (span.start < span.end)
        g_array_append_val(self->spans, span);
    *ret = (PdCheckPlace){ self->resources,
                           self->markup,
                           self->text,
                           span,
                           { CLAMP(place.start, span.start, span.end),
                             CLAMP(place.end, span.start, span.end) } };
}

/* --- steps --------------------------------------------------------------------------- */

static void
keep(PdCheck *self, const GPtrArray *findings, size_t offset)
{
    for (guint i = 0; i < findings->len; i++) {
        PdFinding *finding = pd_finding_copy(findings->pdata[i]);

        finding->start += offset;
        finding->end += offset;
        g_ptr_array_add(self->findings, finding);
    }
}

/* All that a sentence's findings depend on. */
static GBytes *
key_of(const PdCheck *self, const char *sentence)
{
    char *key = g_strdup_printf("%s\n%d\n%d\n%zu\n%s", self->language, self->level, self->variant,
                                self->max_candidates, sentence);

    return g_bytes_new_take(key, strlen(key));
}

static bool
judge_pending(PdCheck *self, const int *cancel)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    size_t i = 0;

    for (GList *l = self->pending.head; l != NULL; l = l->next)
        g_ptr_array_add(texts, ((Pending *)l->data)->sentence->text);
    if (self->resources->judge == NULL || texts->len == 0)
        return true;
    if (!pd_judge_texts(self->resources->judge, (const char *const *)texts->pdata, texts->len,
                        cancel))
        return false;
    for (GList *l = self->pending.head; l != NULL; l = l->next)
        pd_sentence_take_answers(((Pending *)l->data)->sentence, self->resources->judge, i++);
    return true;
}

/* The next sentences that the cache does not have become pending, judged together. */
static bool
judge_next(PdCheck *self, const int *cancel)
{
    size_t bytes = 0;

    for (guint n = 0; n < BATCH_SENTENCES && self->next_span < self->spans->len; n++) {
        const PdSpan span = g_array_index(self->spans, PdSpan, self->next_span);
        g_autofree char *text = g_strndup(self->text + span.start, span.end - span.start);
        g_autoptr(GBytes) key = key_of(self, text);
        const GPtrArray *known = pd_cache_get(self->checker->cache, key);
        Pending *pending;

        if (known == NULL && bytes > 0 && bytes + strlen(text) > BATCH_BYTES)
            break;
        self->next_span++;
        if (known != NULL) {
            keep(self, known, span.start);
            continue;
        }
        bytes += strlen(text);
        pending = g_new0(Pending, 1);
        pending->sentence = pd_sentence_new(self->resources, g_steal_pointer(&text));
        pending->key = g_steal_pointer(&key);
        pending->start = span.start;
        g_queue_push_tail(&self->pending, pending);
    }
    return judge_pending(self, cancel);
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
    keep(self, findings, pending->start);
    pd_cache_put(self->checker->cache, pending->key, findings);
    pending_free(g_queue_pop_head(&self->pending));
    return true;
}

bool
pd_check_step(PdCheck *self, const int *cancel, bool *ret_done, GError **error)
{
    const bool cancelled = cancel != NULL && g_atomic_int_get(cancel) != 0;

    if (cancelled ||
        !(g_queue_is_empty(&self->pending) ? judge_next(self, cancel) : finish_one(self, cancel))) {
        g_set_error_literal(error, PD_ERROR, PD_ERROR_CANCELLED, "the call was cancelled");
        return false;
    }
    *ret_done = self->findings->len >= PD_MAX_FINDINGS ||
                (g_queue_is_empty(&self->pending) && self->next_span >= self->spans->len);
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
    g_autofree char *folded = NULL;

    if (self->checker->words != NULL && pd_words_has(self->checker->words, word))
        return true;
    if (self->words == NULL)
        return false;
    folded = g_utf8_casefold(word, -1);
    return g_hash_table_contains(self->words, folded);
}

/* (transfer full): without 's */
static char *
name_of(const char *start, const char *end)
{
    char *name = g_strndup(start, (size_t)(end - start));

    if (g_str_has_suffix(name, "'s") || g_str_has_suffix(name, "’s"))
        name[strlen(name) - (g_str_has_suffix(name, "'s") ? 2 : strlen("’s"))] = '\0';
    return name;
}

/* How often each capitalised unknown word of a finding stands in the text: twice, and it is a
 * name. */
static GHashTable *
count_names(const PdCheck *self)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *end = self->text + self->length;

    for (guint i = 0; i < self->findings->len; i++) {
        const PdFinding *f = self->findings->pdata[i];

        if (pd_finding_is_unknown_word(f) &&
            g_unichar_isupper(g_utf8_get_char(self->text + f->start)))
            g_hash_table_insert(counts, name_of(self->text + f->start, self->text + f->end),
                                GUINT_TO_POINTER(0));
    }
    if (g_hash_table_size(counts) == 0)
        return counts;
    for (const char *p = self->text, *q; p < end; p = q) {
        g_autofree char *word = NULL;
        gpointer key, value;

        for (q = p; q < end && g_unichar_isalpha(g_utf8_get_char(q)); q = g_utf8_next_char(q))
            ;
        if (q == p) {
            q = g_utf8_next_char(p);
            continue;
        }
        word = g_strndup(p, q - p);
        if (g_hash_table_lookup_extended(counts, word, &key, &value))
            g_hash_table_insert(counts, g_strdup(word),
                                GUINT_TO_POINTER(GPOINTER_TO_UINT(value) + 1));
    }
    return counts;
}

/* The sentence of @finding */
static PdSpan
sentence_of(const PdCheck *self, const PdFinding *finding)
{
    guint low = 0, high = self->spans->len;

    while (high - low > 1) {
        const guint middle = low + (high - low) / 2;

        if (g_array_index(self->spans, PdSpan, middle).start <= finding->start)
            low = middle;
        else
            high = middle;
    }
    return g_array_index(self->spans, PdSpan, low);
}

static bool
is_excused(const PdCheck *self, const PdFinding *finding, GHashTable *names)
{
    const PdSpan span = { finding->start, finding->end };
    g_autofree char *word = g_strndup(self->text + span.start, span.end - span.start);
    g_autofree char *name = name_of(self->text + span.start, self->text + span.end);

    if (is_disabled(self, finding) || pd_markup_is_opaque(self->markup, span))
        return true;
    if (self->resources->english && pd_fragment_excuses(finding) &&
        pd_fragment_is(self->text, self->length, sentence_of(self, finding)))
        return true;
    if (!pd_finding_is_unknown_word(finding))
        return false;
    return is_own_word(self, word) || GPOINTER_TO_UINT(g_hash_table_lookup(names, name)) >= 2;
}

/* Does the text end with a line, or a final mark and perhaps white space? */
static bool
is_finished(const PdCheck *self)
{
    size_t end = self->length;

    while (end > 0 && strchr(" \t\r\n", self->text[end - 1]) != NULL)
        if (self->text[--end] == '\n')
            return true;
    return pd_fragment_has_final_mark(self->text, (PdSpan){ 0, end });
}

/*
 * In a sentence that is still being written the last word may go on, and what the model thinks of
 * a place depends on the words after it.
 */
static uint32_t
needed_context(const PdCheck *self, const PdFinding *finding)
{
    const size_t left = MIN(self->length - finding->end, 4 * CONTEXT_CHARS);
    const long to_end = g_utf8_strlen(self->text + finding->end, left);
    const long needed = g_str_has_suffix(finding->rule, "/model") ? CONTEXT_CHARS : 1;

    return to_end < needed && !is_finished(self) ? (uint32_t)(needed - to_end) : 0;
}

/* From the text to the caller's source, with what depends on the place in it. */
static void
settle(const PdCheck *self, PdFinding *finding)
{
    const PdSpan text = { finding->start, finding->end };
    const PdSpan source = pd_markup_to_source(self->markup, text);

    finding->needs_context = needed_context(self, finding);
    if (pd_markup_is_split(self->markup, text)) /* a repair would take the markup inside along */
        g_ptr_array_set_size(finding->candidates, 0);
    finding->message = pd_message_new(finding, self->text, self->length);
    finding->start = source.start;
    finding->end = source.end;
    pd_finding_set_fingerprint(finding, self->source, self->source_length);
}

GPtrArray *
pd_check_take_findings(PdCheck *self)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_autoptr(GHashTable) names = count_names(self);

    for (guint i = 0; i < self->findings->len; i++) {
        PdFinding *finding = self->findings->pdata[i];

        if (is_excused(self, finding, names)) {
            g_array_append_vals(self->excused, &(PdSpan){ finding->start, finding->end }, 1);
            continue;
        }
        settle(self, finding);
        g_ptr_array_add(kept, g_steal_pointer(&self->findings->pdata[i]));
    }
    g_ptr_array_set_size(self->findings, 0); /* frees the excused ones */
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
