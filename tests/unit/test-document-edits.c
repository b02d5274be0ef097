/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After any edits the findings of a document are those of a check of its whole text, and a client
 * that follows the rules of Document1 knows them.
 */
#include "daemon/document.h"
#include "daemon/engine/findings.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct { /* what a client keeps of a finding */
    PdSpan place;
    uint64_t fingerprint;
} Known;

typedef struct {
    PdChecker *checker;
    char *dir, *words_file, *words_lock;
    PdWords *words;
    PdDocument *document;
    PdOffsets unit;
    GString *text;      /* what the document's must be */
    GArray *known;      /* of Known */
    GPtrArray *ignored; /* words */
    GHashTable *fingerprints;
    uint64_t serial;
    size_t max_candidates;
} World;

/* What texts are made of: errors, names that stand there once or twice, lines of all sorts. */
static const char *const parts[] = {
    "She go to school every days. ",
    "I recieve a letter. ",
    "It was definately here. ",
    "All is fine here. ",
    "Zorblat came in. ",
    "They saw Zorblat's house. ",
    "Kwyjibo is Kwyjibo. ",
    "Quxley",
    " Quxley ",
    "The café was closed — “really?” he asked 😀. ",
    "\n",
    "\n\n",
    " \n\t\n",
    "\r\n\r\n",
    "\r\n",
    "- Buy milk and recieve it\n",
    "# A heading about teh thing\n",
    "\n\nChapter of woords\n\n",
    "This paragraph was wrapped by an editor at a width of\nsome sixty characters, and it haz an "
    "eror in\nit that nobody noticed so far.\n",
    "e",
    "é",
    "😀",
    ".",
    " ",
    "X",
    "recieve",
    "the the ",
    "Mr. Zorblat said no. ",
};

static const char *
random_part(void)
{
    return parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))];
}

/* @models: (nullable): none, so spelling alone; takes @text */
static void
world_up(World *self, const char *models, PdOffsets unit, GString *text)
{
    *self = (World){ .unit = unit, .text = text };
    self->max_candidates = models != NULL ? 5 : 0; /* Hunspell's are slow */
    self->dir = g_dir_make_tmp("proofd-edits-XXXXXX", NULL);
    self->words_file = g_build_filename(self->dir, "words", NULL);
    self->words_lock = g_strconcat(self->words_file, ".lock", NULL);
    self->words = pd_words_open(self->words_file, NULL);
    g_assert_nonnull(self->words);
    self->checker = pd_checker_new(models != NULL ? models : self->dir, self->words, 8 << 20);
    self->document = pd_document_new(text->str, text->len, unit, PD_FORMAT_PLAIN, self->words);
    self->known = g_array_new(FALSE, FALSE, sizeof(Known));
    self->ignored = g_ptr_array_new_with_free_func(g_free);
    self->fingerprints = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
world_down(World *self)
{
    pd_document_free(self->document);
    pd_checker_free(self->checker);
    pd_words_unref(self->words);
    g_string_free(self->text, TRUE);
    g_array_unref(self->known);
    g_ptr_array_unref(self->ignored);
    g_hash_table_unref(self->fingerprints);
    g_unlink(self->words_file);
    g_unlink(self->words_lock);
    g_rmdir(self->dir);
    g_free(self->words_file);
    g_free(self->words_lock);
    g_free(self->dir);
}

/* --- the client --- */

static bool
touches(PdSpan a, PdSpan b)
{
    return a.start <= b.end && b.start <= a.end;
}

static void
client_edits(World *self, PdSpan removed, size_t n_inserted)
{
    for (unsigned i = self->known->len; i-- > 0;) {
        Known *known = &g_array_index(self->known, Known, i);

        if (touches(known->place, removed)) {
            g_array_remove_index(self->known, i);
        } else if (known->place.start >= removed.end) {
            known->place.start += n_inserted - (removed.end - removed.start);
            known->place.end += n_inserted - (removed.end - removed.start);
        }
    }
}

static int
by_place(gconstpointer a, gconstpointer b)
{
    const Known *x = a, *y = b;

    if (x->place.start != y->place.start)
        return x->place.start < y->place.start ? -1 : 1;
    return (x->place.end > y->place.end) - (x->place.end < y->place.end);
}

static void
client_hears(World *self, PdSpan range)
{
    g_autoptr(GArray) placed = pd_document_findings_in(self->document, range);

    for (unsigned i = self->known->len; i-- > 0;)
        if (touches(g_array_index(self->known, Known, i).place, range))
            g_array_remove_index(self->known, i);
    for (unsigned i = 0; i < placed->len; i++) {
        const PdPlacedFinding *one = &g_array_index(placed, PdPlacedFinding, i);
        const Known known = { one->place, one->finding->fingerprint };

        g_array_append_val(self->known, known);
    }
    g_array_sort(self->known, by_place);
}

static void
tell(World *self)
{
    PdSpan range;

    if (!pd_document_is_edited(self->document) &&
        pd_document_take_edited_range(self->document, &range))
        client_hears(self, range);
    while (pd_document_take_changed_range(self->document, &range))
        client_hears(self, range);
}

/* --- the service --- */

/* false: there is no such work */
static bool
check_some(World *self, bool edited, size_t max_bytes)
{
    g_autoptr(PdDocumentWork) work = pd_document_take_work(self->document, edited, max_bytes);
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    GPtrArray *findings;
    size_t length;

    if (work == NULL)
        return false;
    options.max_candidates = self->max_candidates;
    options.is_part = true;
    text = pd_document_work_text(work, &length);
    findings = pd_checker_check(self->checker, "en_US", text, length, &options, NULL, &error);
    g_assert_no_error(error);
    pd_document_take_findings(self->document, work, findings);
    return true;
}

static void
assert_same_finding(const PdPlacedFinding *placed, const PdFinding *expected, const char *text,
                    PdOffsets unit)
{
    const PdFinding *finding = placed->finding;

    g_assert_cmpuint(placed->place.start, ==, expected->start);
    g_assert_cmpuint(placed->place.end, ==, expected->end);
    g_assert_cmpuint(placed->start_units, ==, pd_text_units(text, expected->start, unit));
    g_assert_cmpuint(placed->start_units + placed->n_units, ==,
                     pd_text_units(text, expected->end, unit));
    g_assert_cmpstr(finding->rule, ==, expected->rule);
    g_assert_cmpstr(finding->message, ==, expected->message);
    g_assert_cmpuint(finding->fingerprint, ==, expected->fingerprint);
    g_assert_cmpuint(placed->needs_context, ==, expected->needs_context);
    g_assert_true(fabs(finding->confidence - expected->confidence) < 0.01);
    g_assert_cmpuint(finding->candidates->len, ==, expected->candidates->len);
}

/* All is checked: document, fresh check and client agree. */
static void
assert_known(World *self)
{
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autofree char *text = pd_document_text(self->document);
    g_autoptr(GArray) placed = NULL;
    g_autoptr(GPtrArray) expected = NULL;

    while (check_some(self, true, 3000) || check_some(self, false, 3000))
        ;
    tell(self);
    g_assert_cmpstr(text, ==, self->text->str);
    g_ptr_array_add(self->ignored, NULL);
    options.max_candidates = self->max_candidates;
    options.words = (const char *const *)self->ignored->pdata;
    expected = pd_checker_check(self->checker, "en_US", text, strlen(text), &options, NULL, NULL);
    g_ptr_array_set_size(self->ignored, (int)self->ignored->len - 1);
    for (unsigned i = expected->len; i-- > 0;)
        if (g_hash_table_contains(self->fingerprints,
                                  &((PdFinding *)expected->pdata[i])->fingerprint))
            g_ptr_array_remove_index(expected, i);
    placed = pd_document_findings(self->document);
    g_assert_cmpuint(placed->len, ==, expected->len);
    g_assert_cmpuint(self->known->len, ==, expected->len);
    for (unsigned i = 0; i < expected->len; i++) {
        assert_same_finding(&g_array_index(placed, PdPlacedFinding, i), expected->pdata[i], text,
                            self->unit);
        g_assert_cmpuint(g_array_index(self->known, Known, i).place.start, ==,
                         ((PdFinding *)expected->pdata[i])->start);
    }
}

/* --- what happens --- */

static size_t
random_position(const World *self)
{
    size_t at = (size_t)g_test_rand_int_range(0, (int)self->text->len + 1);

    while ((self->text->str[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void
edit(World *self, PdSpan removed, const char *inserted)
{
    const size_t start = pd_text_units(self->text->str, removed.start, self->unit);
    const size_t end = pd_text_units(self->text->str, removed.end, self->unit);
    g_autoptr(GError) error = NULL;

    pd_document_edit(self->document, ++self->serial, (uint32_t)start, (uint32_t)(end - start),
                     inserted, &error);
    g_assert_no_error(error);
    g_string_erase(self->text, (gssize)removed.start, (gssize)(removed.end - removed.start));
    g_string_insert(self->text, (gssize)removed.start, inserted);
    client_edits(self, removed, strlen(inserted));
}

static void
paste(World *self, size_t at)
{
    g_autoptr(GString) text = g_string_new("\n\n");

    for (int n = g_test_rand_int_range(1, 20); n > 0; n--)
        g_string_append(text, random_part());
    edit(self, (PdSpan){ at, at }, text->str);
}

/* Up to a word, a line or some paragraphs; or what parts two of these. */
static void
erase(World *self, size_t at)
{
    static const int longest[] = { 2, 10, 100, 1500 };
    size_t n = (size_t)g_test_rand_int_range(1, longest[g_test_rand_int_range(0, 4)]);
    const char *gap = strstr(self->text->str + at, "\n\n");
    PdSpan removed = { at, MIN(self->text->len, at + n) };

    if (gap != NULL && g_test_rand_bit()) {
        at = (size_t)(gap - self->text->str);
        removed = (PdSpan){ at, at + (size_t)g_test_rand_int_range(1, 6) };
    }
    removed.end = MIN(removed.end, self->text->len);
    while ((self->text->str[removed.end] & 0xC0) == 0x80)
        removed.end++;
    edit(self, removed, g_test_rand_bit() ? "" : random_part());
}

static void
ignore_something(World *self)
{
    static const char *const words[] = { "recieve", "Eror", "Zorblat", "haz", "woords" };
    const char *word = words[g_test_rand_int_range(0, G_N_ELEMENTS(words))];
    const char *const list[] = { word, NULL };
    g_autoptr(GArray) placed = pd_document_findings(self->document);

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        pd_document_ignore_word(self->document, word);
        g_ptr_array_add(self->ignored, g_strdup(word));
        break;
    case 1:
        g_assert_cmpint(pd_words_add(self->words, list, NULL), >=, 0);
        pd_document_own_words_changed(self->document);
        break;
    case 2:
        if (pd_words_has(self->words, word) && pd_words_remove(self->words, word, NULL))
            pd_document_own_words_changed(self->document);
        break;
    default:
        if (placed->len > 0 && g_hash_table_size(self->fingerprints) < 10) {
            uint64_t fingerprint = g_array_index(placed, PdPlacedFinding, 0).finding->fingerprint;

            g_assert_true(pd_document_ignore(self->document, fingerprint, NULL));
            g_hash_table_add(self->fingerprints, g_memdup2(&fingerprint, sizeof fingerprint));
        }
    }
}

static void
do_something(World *self)
{
    const int what = g_test_rand_int_range(0, 100);
    size_t at = random_position(self);
    const char *gap = strstr(self->text->str + at, "\n\n");

    if (gap != NULL && g_test_rand_int_range(0, 4) == 0)
        at = (size_t)(gap - self->text->str) + 2; /* where a paragraph begins */
    if (what < 50)
        edit(self, (PdSpan){ at, at }, random_part());
    else if (what < 80)
        erase(self, at);
    else if (what < 90)
        paste(self, at);
    else if (what < 93)
        ignore_something(self);
    else if (what < 97)
        check_some(self, false, 1000); /* the first check goes on meanwhile */
    while (g_test_rand_int_range(0, 3) > 0 && check_some(self, true, 3000))
        ;
    if (g_test_rand_bit())
        tell(self);
}

/* @n edits, or as many times that as $PROOFD_ROUNDS says. */
static void
run(const char *models, PdOffsets unit, GString *text, unsigned n)
{
    const char *rounds = g_getenv("PROOFD_ROUNDS");
    World world;

    n *= rounds != NULL ? (unsigned)g_ascii_strtoull(rounds, NULL, 10) : 1;
    world_up(&world, models, unit, text);
    for (unsigned i = 0; i < n; i++) {
        do_something(&world);
        if (i % 5 == 0)
            assert_known(&world);
    }
    assert_known(&world);
    edit(&world, (PdSpan){ 0, world.text->len }, "");
    assert_known(&world);
    edit(&world, (PdSpan){ 0, 0 }, "I recieve it");
    assert_known(&world);
    world_down(&world);
}

static GString *
random_text(unsigned n)
{
    GString *text = g_string_new(NULL);

    while (n-- > 0)
        g_string_append(text, random_part());
    return text;
}

/* A line alone may be a message, with a line behind it it is a heading. */
static void
test_one_line(void)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    static const char line[] = "Many book about dogs";
    World world;

    world_up(&world, models, PD_OFFSETS_UTF8, g_string_new(line));
    assert_known(&world);
    g_assert_cmpuint(world.known->len, ==, 1);
    edit(&world, (PdSpan){ strlen(line), strlen(line) }, "\n\nAll is fine here.");
    assert_known(&world);
    g_assert_cmpuint(world.known->len, ==, 0);
    edit(&world, (PdSpan){ strlen(line), world.text->len }, "");
    assert_known(&world);
    g_assert_cmpuint(world.known->len, ==, 1);
    world_down(&world);
}

/* Paragraphs that are a block each, with findings at both ends: edits join, cut and change them. */
static GString *
paragraphs(unsigned n)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++) {
        g_string_append(text, "the haz ");
        for (unsigned k = 0; k < 20; k++)
            g_string_append_printf(text, "All is fine in the house number %u. ", i * 100 + k);
        g_string_append(text, i % 2 == 0 ? "I recieve the\n\n" : "It was in the\n \n");
    }
    return text;
}

static void
test_paragraphs(void)
{
    run(NULL, PD_OFFSETS_UTF8, paragraphs(30), 300);
}

/* Spelling alone is quick: many edits. */
static void
test_spelling(void)
{
    for (PdOffsets unit = PD_OFFSETS_CHARS; unit <= PD_OFFSETS_UTF16; unit++)
        run(NULL, unit, random_text(300), 300);
    run(NULL, PD_OFFSETS_CHARS, g_string_new(NULL), 100);
}

/* One line after the other, or all in one: units end by what they hold. */
static void
test_long_units(void)
{
    GString *lines = g_string_new(NULL);
    GString *line;

    for (unsigned i = 0; i < 600; i++)
        g_string_append_printf(lines, "Line %u is here, and I recieve number %u of them.\n", i, i);
    line = g_string_new_len(lines->str, (gssize)lines->len);
    g_strdelimit(line->str, "\n", ' ');
    run(NULL, PD_OFFSETS_UTF16, lines, 60);
    run(NULL, PD_OFFSETS_CHARS, line, 60);
}

static void
test_model(void)
{
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);

    run(models, PD_OFFSETS_CHARS, random_text(60), 30);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document-edits/spelling", test_spelling);
    g_test_add_func("/document-edits/paragraphs", test_paragraphs);
    g_test_add_func("/document-edits/one-line", test_one_line);
    g_test_add_func("/document-edits/long-units", test_long_units);
    g_test_add_func("/document-edits/model", test_model);
    return g_test_run();
}
