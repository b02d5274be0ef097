/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages.c - what a finding says to people, in their language
 *
 * Each message is one whole sentence, since languages order their words differently.
 */
#include "daemon/engine/messages.h"

#include "daemon/engine/findings.h"

#include <glib/gi18n-lib.h>
#include <libintl.h>
#include <string.h>

#define MAX_SHOWN 40 /* code points of a word */
#define MAX_LOOK 200 /* bytes that a word beside the place may have */

typedef enum { FORM_NONE, FORM_REPLACE, FORM_INSERT_BEFORE, FORM_INSERT_AFTER, FORM_DELETE } Form;

/* What the first candidate changes. Strings are shortened to be shown. */
typedef struct {
    PdKind kind;
    Form form;
    char *now;    /* what stands at the place, without spaces around it */
    char *then;   /* what is to stand there; what is put in, where something is */
    char *before; /* the word before the place, "" if there is none */
    char *after;
    char *subject; /* (nullable): what a verb at the place belongs to, where that is sure */
    char mark[2];  /* the ASCII mark after the place, or "" */
} Change;

void
pd_messages_bind(void)
{
    const char *directory = g_getenv("PROOFD_LOCALES");

    bindtextdomain(GETTEXT_PACKAGE, directory != NULL ? directory : PD_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8"); /* as D-Bus wants it, in any locale */
}

/* --- the words around ---------------------------------------------------------- */

static bool
is_in_word(gunichar c)
{
    return g_unichar_isalnum(c) || c == '\'' || c == 0x2019 || c == '-';
}

/* The word that ends before @at, white space between them; "" if there is none. */
static char *
word_before(const char *text, size_t at, size_t *ret_start)
{
    const char *end = text + at, *start;

    while (end > text && g_ascii_isspace(end[-1]))
        end--;
    for (start = end; start > text && end - start < MAX_LOOK;) {
        const char *previous = g_utf8_prev_char(start);

        if (!is_in_word(g_utf8_get_char(previous)))
            break;
        start = previous;
    }
    *ret_start = start - text;
    return g_strndup(start, end - start);
}

static char *
word_after(const char *text, size_t length, size_t at)
{
    const char *start = text + at, *end;

    while (start < text + length && g_ascii_isspace(*start))
        start++;
    for (end = start; end < text + length && end - start < MAX_LOOK; end = g_utf8_next_char(end))
        if (!is_in_word(g_utf8_get_char(end)))
            break;
    return g_strndup(start, end - start);
}

static bool
begins_sentence(const char *text, size_t at)
{
    while (at > 0 && strchr(" \t\r\n\"'(", text[at - 1]) != NULL)
        at--;
    return at == 0 || strchr(".!?", text[at - 1]) != NULL;
}

static bool
is_one_of(const char *const *words, const char *word)
{
    g_autofree char *lower = g_utf8_strdown(word, -1);

    return g_strv_contains(words, lower);
}

/*
 * What the verb at @at belongs to, where that is sure: a pronoun that can be nothing else, or what
 * begins the sentence. NULL where it is not.
 */
static char *
subject_of(const char *text, size_t at)
{
    static const char *const adverbs[] = { "also",  "always", "ever",  "just",    "never",
                                           "not",   "now",    "often", "only",    "rarely",
                                           "still", "really", "soon",  "usually", NULL };
    static const char *const subjects[] = { "i", "he", "she", "we", "they", NULL };
    static const char *const openers[] = { "anybody",  "anyone",     "each",    "everybody",
                                           "everyone", "everything", "it",      "nobody",
                                           "nothing",  "somebody",   "someone", "something",
                                           "that",     "these",      "this",    "those",
                                           "you",      NULL };
    static const char *const determiners[] = {
        "a",   "an",   "another", "each",  "every", "her",  "his",   "its",  "my",
        "our", "that", "the",     "their", "these", "this", "those", "your", NULL
    };
    g_autofree char *word = word_before(text, at, &at);
    g_autofree char *previous = NULL;

    while (is_one_of(adverbs, word)) {
        g_free(word);
        word = word_before(text, at, &at);
    }
    if (is_one_of(subjects, word) || (is_one_of(openers, word) && begins_sentence(text, at)))
        return g_steal_pointer(&word);
    previous = word_before(text, at, &at);
    if (*word != '\0' && is_one_of(determiners, previous) && begins_sentence(text, at))
        return g_steal_pointer(&word);
    return NULL;
}

/* Is @verb in the person and number of @subject? A noun in -s is taken for a plural. */
static bool
fits(const char *verb, const char *subject)
{
    static const char *const plain[] = { "i", "you", "we", "they", "these", "those", NULL };
    const bool third_person = g_ascii_strcasecmp(subject, "this") == 0 ||
                              (!is_one_of(plain, subject) && !g_str_has_suffix(subject, "s"));

    if (g_ascii_strcasecmp(subject, "i") == 0 && g_str_has_prefix(verb, "was"))
        return true;
    return third_person == (g_str_has_suffix(verb, "s") || g_str_has_suffix(verb, "sn't") ||
                            g_str_has_suffix(verb, "sn’t"));
}

/* --- the change ------------------------------------------------------------------ */

static bool
is_mark(const char *text)
{
    return *text != '\0' && strchr(",.;:!?", *text) != NULL;
}

/* Whether @then is @now and something more, of which @now was the end or the beginning. */
static Form
form_of(const char *now, const char *then, size_t *ret_added)
{
    const size_t n = strlen(now), m = strlen(then);

    *ret_added = m - n;
    if (m == 0)
        return FORM_DELETE;
    if (n == 0) {
        *ret_added = m;
        return FORM_INSERT_BEFORE;
    }
    if (m > n && g_ascii_strcasecmp(then + m - n, now) == 0 && then[m - n - 1] == ' ')
        return FORM_INSERT_BEFORE;
    if (m > n && g_ascii_strncasecmp(then, now, n) == 0 && (then[n] == ' ' || is_mark(then + n)))
        return FORM_INSERT_AFTER;
    return FORM_REPLACE;
}

/* A repair of these is told whole, even where it adds a word. */
static bool
is_within_word(PdKind kind)
{
    return kind == PD_KIND_SPELLING || kind == PD_KIND_LETTER_CASE || kind == PD_KIND_APOSTROPHE;
}

/* Takes @word. */
static char *
shorten(char *taken)
{
    g_autofree char *word = taken;
    g_autofree char *head = NULL;

    if (g_utf8_strlen(word, -1) <= MAX_SHOWN)
        return g_steal_pointer(&word);
    head = g_utf8_substring(word, 0, MAX_SHOWN - 1);
    return g_strconcat(head, "…", NULL);
}

static void
change_init(Change *self, const PdFinding *finding, const char *text, size_t length)
{
    const PdCandidate *best = finding->candidates->len > 0 ? finding->candidates->pdata[0] : NULL;
    g_autofree char *now = g_strndup(text + finding->start, finding->end - finding->start);
    g_autofree char *then = g_strdup(best != NULL ? best->text : "");
    size_t added = 0, ignored;

    g_strstrip(now);
    g_strstrip(then);
    *self = (Change){ .kind = finding->kind };
    if (best != NULL)
        self->form = form_of(now, then, &added);
    if (is_within_word(finding->kind) && *then != '\0')
        self->form = FORM_REPLACE;
    if (self->form == FORM_INSERT_BEFORE)
        then[added] = '\0';
    else if (self->form == FORM_INSERT_AFTER)
        memmove(then, then + strlen(now), added + 1);
    g_strstrip(then);
    self->before = shorten(word_before(text, finding->start, &ignored));
    self->after = shorten(word_after(text, length, finding->end));
    if (*now == '\0') { /* between words */
        g_free(now);
        now = g_strdup(self->after);
    }
    if (finding->end < length && is_mark(text + finding->end))
        self->mark[0] = text[finding->end];
    if (finding->kind == PD_KIND_AGREEMENT)
        self->subject = subject_of(text, finding->start);
    if (self->subject != NULL && best != NULL && !fits(then, self->subject))
        g_clear_pointer(&self->subject, g_free); /* Did she goes: the verb belongs to "did" */
    self->now = shorten(g_steal_pointer(&now));
    self->then = shorten(g_steal_pointer(&then));
}

static void
change_clear(Change *self)
{
    g_free(self->now);
    g_free(self->then);
    g_free(self->before);
    g_free(self->after);
    g_free(self->subject);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* --- without a correction --------------------------------------------------------- */

static char *
say_doubt(const Change *c)
{
    switch (c->kind) {
    case PD_KIND_SPELLING:
        return g_strdup_printf(_("“%s” may be misspelled."), c->now);
    case PD_KIND_CONFUSED_WORD:
        return g_strdup_printf(_("“%s” may be the wrong word here."), c->now);
    case PD_KIND_VERB_FORM:
        return g_strdup_printf(_("“%s” may be the wrong form of the verb here."), c->now);
    case PD_KIND_AGREEMENT:
        return c->subject != NULL
                   ? g_strdup_printf(_("“%1$s” may not agree with “%2$s”."), c->now, c->subject)
                   : g_strdup_printf(_("“%s” may not agree with its subject."), c->now);
    case PD_KIND_NOUN_NUMBER:
        return g_strdup_printf(_("Singular and plural may be confused in “%s”."), c->now);
    case PD_KIND_DETERMINER:
        return g_strdup_printf(_("The article or determiner may be wrong at “%s”."), c->now);
    case PD_KIND_PREPOSITION:
        return g_strdup_printf(_("The preposition may be wrong at “%s”."), c->now);
    case PD_KIND_PRONOUN:
        return g_strdup_printf(_("The pronoun may be wrong at “%s”."), c->now);
    case PD_KIND_ADJECTIVE_ADVERB:
        return g_strdup_printf(_("Adjective and adverb may be confused in “%s”."), c->now);
    case PD_KIND_WORD_ORDER:
        return g_strdup_printf(_("The order of the words may be wrong at “%s”."), c->now);
    case PD_KIND_MISSING_WORD:
        return g_strdup_printf(_("A word seems to be missing before “%s”."), c->now);
    case PD_KIND_EXTRA_WORD:
        return g_strdup_printf(_("“%s” seems to be one too many."), c->now);
    case PD_KIND_PUNCTUATION:
        return g_strdup_printf(_("The punctuation may be wrong at “%s”."), c->now);
    case PD_KIND_LETTER_CASE:
        return g_strdup_printf(_("Capital and small letters may be wrong in “%s”."), c->now);
    case PD_KIND_APOSTROPHE:
        return g_strdup_printf(_("An apostrophe or hyphen may be wrong in “%s”."), c->now);
    case PD_KIND_OTHER:
    case PD_N_KINDS:
    default:
        return g_strdup_printf(_("“%s” may be wrong here."), c->now);
    }
}

/* --- with a correction -------------------------------------------------------------- */

static char *
say_insert(const Change *c)
{
    if (g_str_equal(c->then, ",") && c->form == FORM_INSERT_AFTER)
        return g_strdup_printf(_("A comma seems to be missing after “%s”."), c->now);
    if (g_str_equal(c->then, ",") && *c->before != '\0')
        return g_strdup_printf(_("A comma seems to be missing after “%s”."), c->before);
    if (c->form == FORM_INSERT_AFTER)
        return g_strdup_printf(_("“%1$s” seems to be missing after “%2$s”."), c->then, c->now);
    if (*c->now == '\0')
        return g_strdup_printf(_("“%s” seems to be missing here."), c->then);
    return g_strdup_printf(_("“%1$s” seems to be missing before “%2$s”."), c->then, c->now);
}

static char *
say_delete(const Change *c)
{
    if (g_str_equal(c->now, ",") && *c->before != '\0')
        return g_strdup_printf(_("The comma after “%s” seems to be one too many."), c->before);
    return g_strdup_printf(_("“%s” seems to be one too many."), c->now);
}

/* Is @longer @shorter with @ending, the last letter of @shorter perhaps changed? */
static bool
has_ending(const char *longer, const char *shorter, const char *ending)
{
    const size_t n = strlen(shorter);

    return n >= 2 && strlen(longer) > n && g_str_has_suffix(longer, ending) &&
           strncmp(longer, shorter, n - 1) == 0;
}

/* Do @a and @b differ in person and number alone? */
static bool
are_forms_of_one_verb(const char *a, const char *b)
{
    static const char *const forms[][4] = {
        { "am", "are", "is", NULL },   { "was", "were", NULL },      { "has", "have", NULL },
        { "hasn't", "haven't", NULL }, { "doesn't", "don't", NULL }, { "aren't", "isn't", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(forms); i++)
        if (is_one_of(forms[i], a) && is_one_of(forms[i], b))
            return true;
    return has_ending(a, b, "s") || has_ending(b, a, "s");
}

static char *
say_agreement(const Change *c)
{
    static const char *const pointers[] = { "this", "that", "these", "those", NULL };
    const char *other = is_one_of(pointers, c->now) ? c->after : c->subject;

    if (c->subject != NULL && are_forms_of_one_verb(c->now, c->then))
        return g_strdup_printf(_("“%1$s” does not agree with “%2$s”: use “%3$s”."), c->now,
                               c->subject, c->then);
    if (other != NULL && *other != '\0')
        return g_strdup_printf(_("“%1$s” may not agree with “%2$s”: use “%3$s”."), c->now, other,
                               c->then);
    return g_strdup_printf(_("“%1$s” may not agree with its subject: use “%2$s”."), c->now,
                           c->then);
}

static char *
say_noun_number(const Change *c)
{
    if (has_ending(c->then, c->now, "s"))
        return g_strdup_printf(_("“%1$s” may have to be in the plural: use “%2$s”."), c->now,
                               c->then);
    if (has_ending(c->now, c->then, "s"))
        return g_strdup_printf(_("“%1$s” may have to be in the singular: use “%2$s”."), c->now,
                               c->then);
    return g_strdup_printf(_("Singular and plural may be confused in “%1$s”: use “%2$s”."), c->now,
                           c->then);
}

static char *
say_adjective_adverb(const Change *c)
{
    if (has_ending(c->then, c->now, "ly"))
        return g_strdup_printf(_("“%1$s” may have to be an adverb here: use “%2$s”."), c->now,
                               c->then);
    if (has_ending(c->now, c->then, "ly"))
        return g_strdup_printf(_("“%1$s” may have to be an adjective here: use “%2$s”."), c->now,
                               c->then);
    return g_strdup_printf(_("Adjective and adverb may be confused in “%1$s”: use “%2$s”."), c->now,
                           c->then);
}

static char *
say_letter_case(const Change *c)
{
    const bool was_upper = g_unichar_isupper(g_utf8_get_char(c->now));
    const bool is_upper = g_unichar_isupper(g_utf8_get_char(c->then));

    if (is_upper && !was_upper)
        return g_strdup_printf(_("“%1$s” seems to need a capital letter: “%2$s”."), c->now,
                               c->then);
    if (was_upper && !is_upper)
        return g_strdup_printf(_("“%1$s” seems to need no capital letter: “%2$s”."), c->now,
                               c->then);
    return g_strdup_printf(_("Capital and small letters may be wrong in “%1$s”: use “%2$s”."),
                           c->now, c->then);
}

static guint
count(const char *text, const char *a, const char *b)
{
    guint n = 0;

    for (; *text != '\0'; text++)
        n += g_str_has_prefix(text, a) || g_str_has_prefix(text, b);
    return n;
}

static char *
say_apostrophe(const Change *c)
{
    const guint before = count(c->now, "'", "’"), after = count(c->then, "'", "’");

    if (after > before)
        return g_strdup_printf(_("An apostrophe seems to be missing in “%1$s”: use “%2$s”."),
                               c->now, c->then);
    if (after < before)
        return g_strdup_printf(_("“%1$s” seems to need no apostrophe: use “%2$s”."), c->now,
                               c->then);
    if (count(c->then, "-", "-") > count(c->now, "-", "-"))
        return g_strdup_printf(_("A hyphen seems to be missing in “%1$s”: use “%2$s”."), c->now,
                               c->then);
    if (count(c->then, "-", "-") < count(c->now, "-", "-"))
        return g_strdup_printf(_("“%1$s” seems to need no hyphen: use “%2$s”."), c->now, c->then);
    return g_strdup_printf(_("An apostrophe or hyphen may be wrong in “%1$s”: use “%2$s”."), c->now,
                           c->then);
}

static char *
say_replace(const Change *c)
{
    switch (c->kind) {
    case PD_KIND_SPELLING:
        return g_strdup_printf(_("“%1$s” may be misspelled: did you mean “%2$s”?"), c->now,
                               c->then);
    case PD_KIND_CONFUSED_WORD:
        return g_strdup_printf(_("“%1$s” may be the wrong word: did you mean “%2$s”?"), c->now,
                               c->then);
    case PD_KIND_VERB_FORM:
        return g_strdup_printf(_("“%1$s” may be the wrong form of the verb: use “%2$s”."), c->now,
                               c->then);
    case PD_KIND_AGREEMENT:
        return say_agreement(c);
    case PD_KIND_NOUN_NUMBER:
        return say_noun_number(c);
    case PD_KIND_DETERMINER:
    case PD_KIND_PREPOSITION:
    case PD_KIND_PRONOUN: /* Translators: the second word is what stands there now */
        return g_strdup_printf(_("“%1$s” may fit better than “%2$s” here."), c->then, c->now);
    case PD_KIND_ADJECTIVE_ADVERB:
        return say_adjective_adverb(c);
    case PD_KIND_WORD_ORDER:
        return g_strdup_printf(_("The order of the words may be wrong at “%1$s”: use “%2$s”."),
                               c->now, c->then);
    case PD_KIND_LETTER_CASE:
        return say_letter_case(c);
    case PD_KIND_APOSTROPHE:
        return say_apostrophe(c);
    case PD_KIND_PUNCTUATION:
        return g_strdup_printf(_("The punctuation may be wrong at “%1$s”: use “%2$s”."), c->now,
                               c->then);
    case PD_KIND_MISSING_WORD:
        return g_strdup_printf(_("A word may be missing at “%1$s”: did you mean “%2$s”?"), c->now,
                               c->then);
    case PD_KIND_EXTRA_WORD:
        return g_strdup_printf(_("“%1$s” may be one too many: did you mean “%2$s”?"), c->now,
                               c->then);
    case PD_KIND_OTHER:
    case PD_N_KINDS:
    default:
        return g_strdup_printf(_("“%1$s” may be wrong here: did you mean “%2$s”?"), c->now,
                               c->then);
    }
}

static char *
say_change(const Change *c)
{
    switch (c->form) {
    case FORM_REPLACE:
        return say_replace(c);
    case FORM_INSERT_BEFORE:
    case FORM_INSERT_AFTER:
        return say_insert(c);
    case FORM_DELETE:
        return say_delete(c);
    case FORM_NONE:
    default:
        return say_doubt(c);
    }
}

/* --- the small rules ------------------------------------------------------------------ */

static char *
say_unknown(const Change *c)
{
    if (*c->then == '\0')
        return g_strdup_printf(_("“%s” is not in the dictionary."), c->now);
    return g_strdup_printf(_("“%1$s” is not in the dictionary: did you mean “%2$s”?"), c->now,
                           c->then);
}

static char *
say_article(const Change *c)
{
    if (g_ascii_strcasecmp(c->now, "a") == 0)
        return g_strdup_printf(_("“%s” begins with a vowel sound: use “an” before it."), c->after);
    return g_strdup_printf(_("“%s” begins with a consonant sound: use “a” before it."), c->after);
}

char *
pd_message_new(const PdFinding *finding, const char *text, size_t length)
{
    g_auto(Change) change = { 0 };
    PdRule rule;
    PdKind kind;

    g_return_val_if_fail(pd_rule_from_id(finding->rule, &rule, &kind), NULL);
    change_init(&change, finding, text, length);
    switch (rule) {
    case PD_RULE_UNKNOWN:
        return say_unknown(&change);
    case PD_RULE_VARIANT:
        return g_strdup_printf(_("“%s” is spelt “%s” in the variant of English asked for."),
                               change.now, change.then);
    case PD_RULE_REPEATED:
        return g_strdup_printf(_("The word “%s” stands here twice."), change.now);
    case PD_RULE_A_AN:
        return say_article(&change);
    case PD_RULE_PRONOUN_I:
        return g_strdup(_("The pronoun “I” is always written with a capital letter."));
    case PD_RULE_SPACE_BEFORE:
        return g_strdup_printf(_("There is no space before “%s”."), change.mark);
    case PD_RULE_SPACE_AFTER:
        return g_strdup_printf(_("A space is missing after “%s”."), change.now);
    case PD_RULE_TYPED_APOSTROPHE:
        return g_strdup_printf(_("“%s” is written with an apostrophe: “%s”."), change.now,
                               change.then);
    case PD_RULE_DECADE:
        return g_strdup_printf(
            _("The plural of a number takes no apostrophe before its “s”: “%s”."), change.then);
    case PD_RULE_MODEL:
    case PD_N_RULES:
    default:
        return say_change(&change);
    }
}
