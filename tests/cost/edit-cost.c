/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit-cost.c - types a sentence into the middle of a document, for callgrind to count
 *
 * Usage: edit-cost paragraphs|lines|line BYTES. From an edit's arguments to its findings, without
 * bus and model: beside a forward pass anything looks cheap. Only what is edited is checked; what
 * the rest would have is given, a misspelt word and two names in each paragraph.
 */
#include "daemon/document.h"
#include "daemon/engine/findings.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/callgrind.h>

static const char typed[] = "He goes home now. ";

/* Paragraphs of some 500 bytes, parted by empty lines, by line ends alone, or not at all. */
static char *
make_text(const char *kind, size_t n_bytes)
{
    const char *end = g_str_equal(kind, "paragraphs") ? "\n\n"
                      : g_str_equal(kind, "lines")    ? "\n"
                                                      : " ";
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; text->len < n_bytes; i++) {
        g_string_append_printf(text, "The people of Zorblat recieve letter %u from Kwyjibo%c. ", i,
                               'a' + (int)(i % 26));
        for (unsigned k = 0; k < 10; k++)
            g_string_append_printf(text, "Number %u of them is on the table. ", i * 10 + k);
        g_string_append_printf(text, "That was all that came in year %u.%s", i, end);
    }
    return g_string_free(text, FALSE);
}

static void
add_finding(GPtrArray *findings, const char *text, const char *start, const char *word)
{
    const size_t at = (size_t)(start - text);
    PdFinding *finding =
        pd_finding_new(at, at + strlen(word), PD_RULE_UNKNOWN, PD_KIND_SPELLING, 0.9);

    finding->message = g_strdup("This word is not in the dictionary.");
    g_ptr_array_add(findings, finding);
}

/* As if all had been checked. */
static void
make_known(PdDocument *document)
{
    g_autoptr(PdDocumentWork) work = pd_document_take_work(document, false, SIZE_MAX);
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_autofree char *text = NULL;
    size_t length;
    PdSpan range;

    text = pd_document_work_text(work, &length);
    for (const char *p = text; (p = strstr(p, "Zorblat")) != NULL; p += strlen("Zorblat")) {
        add_finding(findings, text, p, "Zorblat");
        add_finding(findings, text, strstr(p, "recieve"), "recieve");
        add_finding(findings, text, strstr(p, "Kwyjibo"), "Kwyjiboa");
    }
    pd_document_take_findings(document, work, findings);
    while (pd_document_take_changed_range(document, &range))
        ;
}

static unsigned
check_edit(PdDocument *document, PdChecker *checker, uint64_t serial, size_t at, const char *letter)
{
    PdCheckOptions options = PD_CHECK_OPTIONS_INIT;
    g_autoptr(PdDocumentWork) work = NULL;
    g_autoptr(GArray) findings = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    PdSpan range = { 0, 0 };
    size_t length;

    if (!pd_document_edit(document, serial, (uint32_t)at, 0, letter, &error))
        g_error("%s", error->message);
    options.max_candidates = 0;
    options.is_part = true;
    work = pd_document_take_work(document, true, SIZE_MAX);
    text = pd_document_work_text(work, &length);
    pd_document_take_findings(
        document, work, pd_checker_check(checker, "en_US", text, length, &options, NULL, NULL));
    pd_document_take_edited_range(document, &range);
    findings = pd_document_findings_in(document, range);
    return findings->len;
}

/* Types the sentence at @at, letter by letter; returns what it was told of. */
static unsigned
type_sentence(PdDocument *document, PdChecker *checker, size_t at)
{
    static uint64_t serial;
    unsigned n = 0;

    for (size_t i = 0; i < strlen(typed); i++) {
        const char letter[] = { typed[i], '\0' };

        n += check_edit(document, checker, ++serial, at + i, letter);
    }
    return n;
}

int
main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    g_autoptr(PdChecker) checker = NULL;
    g_autoptr(PdDocument) document = NULL;
    const char *middle;
    unsigned n;

    if (argc != 3) {
        fprintf(stderr, "Usage: edit-cost paragraphs|lines|line BYTES\n");
        return 2;
    }
    text = make_text(argv[1], g_ascii_strtoull(argv[2], NULL, 10));
    checker = pd_checker_new("/nonexistent", NULL, 16 << 20);
    document = pd_document_new(text, strlen(text), PD_OFFSETS_CHARS, PD_FORMAT_PLAIN, NULL);
    make_known(document);
    middle = strstr(text + strlen(text) / 2, "That was");
    type_sentence(document, checker, (size_t)(middle - text)); /* loads what is needed */
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_TOGGLE_COLLECT;
    n = type_sentence(document, checker, (size_t)(middle - text));
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("%zu edits, %u findings told\n", strlen(typed), n);
    return 0;
}
