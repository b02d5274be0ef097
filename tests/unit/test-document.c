/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/document.h"
#include "daemon/engine/error.h"
#include "dbus/protocol.h"

#include <glib.h>
#include <string.h>

static void
candidate_free(gpointer data)
{
    pd_candidate_free(data);
}

static PdFinding *
finding(size_t start, size_t end)
{
    PdFinding *self = g_new0(PdFinding, 1);

    self->start = start;
    self->end = end;
    self->message = g_strdup("wrong");
    self->rule = g_strdup("spelling/unknown");
    self->candidates = g_ptr_array_new_with_free_func(candidate_free);
    self->fingerprint = end - start;
    return self;
}

/* Findings with the spans, as the check of all that is to be checked. */
static void
check(PdDocument *document, size_t n, const PdSpan *spans)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);
    g_autoptr(PdDocumentWork) work = NULL;

    work = pd_document_take_work(document, pd_document_is_edited(document), SIZE_MAX);
    g_assert_nonnull(work);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(found, finding(spans[i].start, spans[i].end));
    pd_document_take_findings(document, work, found);
    g_assert_false(pd_document_is_edited(document));
    g_assert_false(pd_document_is_unchecked(document));
}

static void
assert_text(const PdDocument *document, const char *expected)
{
    g_autofree char *text = pd_document_text(document);

    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpuint(pd_document_bytes(document), ==, strlen(expected));
}

static unsigned
n_findings(const PdDocument *document)
{
    g_autoptr(GArray) all = pd_document_findings(document);

    return all->len;
}

static PdDocument *
document_new(const char *text, PdOffsets unit)
{
    return pd_document_new(text, strlen(text), unit, PD_FORMAT_PLAIN, NULL);
}

static void
assert_range(PdSpan range, size_t start, size_t end)
{
    g_assert_cmpuint(range.start, ==, start);
    g_assert_cmpuint(range.end, ==, end);
}

static void
test_edit(void)
{
    g_autoptr(PdDocument) document = document_new("aé𝄞b", PD_OFFSETS_UTF16);
    g_autoptr(GError) error = NULL;

    g_assert_true(pd_document_edit(document, 1, 4, 1, "xyz", NULL)); /* behind a surrogate pair */
    assert_text(document, "aé𝄞xyz");
    g_assert_true(pd_document_edit(document, 7, 1, 3, "", NULL));
    assert_text(document, "axyz");
    g_assert_cmpuint(pd_document_serial(document), ==, 7);

    g_assert_false(pd_document_edit(document, 7, 0, 0, "q", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    g_assert_false(pd_document_edit(document, 8, 2, 3, "q", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    g_clear_error(&error);
    g_assert_false(pd_document_edit(document, 8, G_MAXUINT32, G_MAXUINT32, "q", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    assert_text(document, "axyz");
    g_assert_cmpuint(pd_document_serial(document), ==, 7);
}

static void
test_inside_character(void)
{
    g_autoptr(PdDocument) document = document_new("é", PD_OFFSETS_UTF8);
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_document_edit(document, 1, 1, 0, "x", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    assert_text(document, "é");
}

static void
test_too_long(void)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, 'a');
    g_autoptr(PdDocument) document = document_new(text, PD_OFFSETS_CHARS);
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_document_edit(document, 1, 0, 0, "x", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_TOO_LONG);
    g_assert_true(pd_document_edit(document, 1, 0, 1, "x", NULL));
}

static void
test_changed_range(void)
{
    /* a finding's fingerprint is of the words beside it, too: these are the dots
                                   01234567890123456789012 */
    static const char text[] = "aaa . bbb . ccc ddd eee";
    static const PdSpan before[] = { { 0, 3 }, { 12, 15 }, { 20, 23 } };
    static const PdSpan after[] = { { 0, 3 }, { 13, 16 }, { 21, 24 } };
    static const PdSpan grown[] = { { 0, 3 }, { 6, 10 }, { 13, 16 }, { 21, 24 } };
    g_autoptr(PdDocument) document = document_new(text, PD_OFFSETS_CHARS);
    g_autoptr(GArray) inside = NULL;
    PdSpan range;

    check(document, 3, before);
    g_assert_true(pd_document_take_changed_range(document, &range));
    assert_range(range, 0, 23); /* for the first time: all of it */
    g_assert_false(pd_document_take_changed_range(document, &range));
    pd_document_recheck(document);
    check(document, 3, before);
    g_assert_false(pd_document_take_changed_range(document, &range));

    g_assert_true(pd_document_edit(document, 1, 7, 0, "x", NULL)); /* in bbb: what follows moves */
    check(document, 3, after);
    g_assert_true(pd_document_take_edited_range(document, &range));
    assert_range(range, 7, 8);
    g_assert_false(pd_document_take_edited_range(document, &range));
    pd_document_recheck(document);
    check(document, 4, grown);
    g_assert_true(pd_document_take_changed_range(document, &range));
    assert_range(range, 6, 10);
    inside = pd_document_findings_in(document, range);
    g_assert_cmpuint(inside->len, ==, 1);
}

static void
test_edit_drops_what_it_touches(void)
{
    static const PdSpan spans[] = { { 0, 3 }, { 6, 9 } };
    static const PdSpan second = { 7, 10 };
    g_autoptr(PdDocument) document = document_new("aaa . bbb", PD_OFFSETS_CHARS);
    PdSpan range;

    check(document, 2, spans);
    g_assert_true(pd_document_take_changed_range(document, &range));
    g_assert_true(pd_document_edit(document, 1, 3, 0, "a", NULL)); /* at the first one's end */
    g_assert_cmpuint(n_findings(document), ==, 1);
    check(document, 1, &second);
    g_assert_true(pd_document_take_edited_range(document, &range));
    assert_range(range, 0, 4); /* the finding that went, and the edit */
}

/* The reply to the last of several edits covers them all. */
static void
test_edits_add_up(void)
{
    g_autoptr(PdDocument) document = document_new("aaaa bbbb cccc", PD_OFFSETS_CHARS);
    PdSpan range;

    check(document, 0, NULL);
    g_assert_true(pd_document_take_changed_range(document, &range));
    g_assert_true(pd_document_edit(document, 1, 10, 4, "XX", NULL)); /* aaaa bbbb XX */
    g_assert_true(pd_document_edit(document, 2, 0, 1, "YYY", NULL)); /* YYYaaa bbbb XX */
    check(document, 0, NULL);
    g_assert_true(pd_document_take_edited_range(document, &range));
    assert_range(range, 0, 14);
    g_assert_true(pd_document_edit(document, 3, 7, 4, "", NULL));  /* YYYaaa  XX */
    g_assert_true(pd_document_edit(document, 4, 5, 4, "z", NULL)); /* YYYaazX */
    assert_text(document, "YYYaazX");
    check(document, 0, NULL);
    g_assert_true(pd_document_take_edited_range(document, &range));
    assert_range(range, 5, 6);
}

static void
test_ignore(void)
{
    static const PdSpan spans[] = { { 0, 3 }, { 4, 6 } };
    g_autoptr(PdDocument) document = document_new("aaa bb", PD_OFFSETS_CHARS);
    g_autoptr(GArray) all = NULL;
    g_autoptr(GError) error = NULL;
    PdSpan range;

    check(document, 2, spans);
    g_assert_true(pd_document_take_changed_range(document, &range));
    g_assert_false(pd_document_ignore(document, 77, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_NOT_FOUND);
    all = pd_document_findings(document);
    g_assert_true(pd_document_ignore(
        document, g_array_index(all, PdPlacedFinding, 1).finding->fingerprint, NULL));
    g_assert_true(pd_document_take_changed_range(document, &range));
    assert_range(range, 4, 6);
    g_assert_cmpuint(n_findings(document), ==, 1);
    pd_document_recheck(document); /* stays ignored */
    check(document, 2, spans);
    g_assert_false(pd_document_take_changed_range(document, &range));
    g_assert_cmpuint(n_findings(document), ==, 1);
}

/* 40 paragraphs of some 60 bytes */
static char *
paragraphs(void)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < 40; i++)
        g_string_append_printf(text, "This is paragraph number %u, which is of no interest.\n\n",
                               i);
    return g_string_free(text, FALSE);
}

static size_t
work_bytes(PdDocument *document, bool edited, size_t max_bytes)
{
    g_autoptr(PdDocumentWork) work = pd_document_take_work(document, edited, max_bytes);
    g_autofree char *text = NULL;
    size_t length = 0;

    if (work != NULL)
        text = pd_document_work_text(work, &length);
    return length;
}

/* An edit is checked without the rest, the rest without the edit; what is done stays done. */
static void
test_work(void)
{
    g_autofree char *text = paragraphs();
    g_autoptr(PdDocument) document = document_new(text, PD_OFFSETS_UTF8);
    g_autoptr(PdDocumentWork) rest = pd_document_take_work(document, false, SIZE_MAX);
    const size_t length = strlen(text);
    size_t edited;

    g_assert_cmpuint(work_bytes(document, false, 1), <=, 1100); /* one block */
    g_assert_cmpuint(work_bytes(document, false, SIZE_MAX), ==, length);
    g_assert_false(pd_document_is_edited(document));
    g_assert_true(pd_document_edit(document, 1, 1200, 0, "Here. ", NULL));
    edited = work_bytes(document, true, SIZE_MAX);
    g_assert_cmpuint(edited, <=, 1200);
    g_assert_cmpuint(work_bytes(document, false, SIZE_MAX), ==, length + 6 - edited);
    g_assert_true(pd_document_work_is_wanted(rest));
    pd_document_take_findings(document, rest, g_ptr_array_new());
    g_assert_false(pd_document_is_unchecked(document));
    g_assert_cmpuint(work_bytes(document, true, SIZE_MAX), ==, edited);
}

/* Every finding that is not of the edited part stays as it was, even in another format. */
static void
test_one_block(void)
{
    g_autofree char *text = paragraphs();
    g_autoptr(PdDocument) document =
        pd_document_new(text, strlen(text), PD_OFFSETS_UTF8, PD_FORMAT_MARKDOWN, NULL);
    g_autoptr(PdDocumentWork) rest = pd_document_take_work(document, false, 1);

    g_assert_true(pd_document_edit(document, 1, 1200, 0, "Here. ", NULL));
    g_assert_false(pd_document_work_is_wanted(rest));
    g_assert_cmpuint(work_bytes(document, true, 1), ==, strlen(text) + 6);
    g_assert_cmpuint(work_bytes(document, false, 1), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document/edit", test_edit);
    g_test_add_func("/document/inside-character", test_inside_character);
    g_test_add_func("/document/too-long", test_too_long);
    g_test_add_func("/document/changed-range", test_changed_range);
    g_test_add_func("/document/edit-drops", test_edit_drops_what_it_touches);
    g_test_add_func("/document/edits-add-up", test_edits_add_up);
    g_test_add_func("/document/ignore", test_ignore);
    g_test_add_func("/document/work", test_work);
    g_test_add_func("/document/one-block", test_one_block);
    return g_test_run();
}
