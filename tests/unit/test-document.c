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

static GPtrArray *
findings(size_t n, const PdSpan *spans)
{
    GPtrArray *array = g_ptr_array_new_with_free_func((GDestroyNotify)pd_finding_free);

    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(array, finding(spans[i].start, spans[i].end));
    return array;
}

static void
assert_text(const PdDocument *document, const char *expected)
{
    size_t length;
    const char *text = pd_document_text(document, &length);

    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpuint(length, ==, strlen(expected));
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
    g_autoptr(PdDocument) document = pd_document_new("aé𝄞b", 8, PD_OFFSETS_UTF16);
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
    g_autoptr(PdDocument) document = pd_document_new("é", 2, PD_OFFSETS_UTF8);
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_document_edit(document, 1, 1, 0, "x", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_INVALID_OPTION);
    assert_text(document, "é");
}

static void
test_too_long(void)
{
    g_autofree char *text = g_strnfill(PD_MAX_TEXT_BYTES, 'a');
    g_autoptr(PdDocument) document = pd_document_new(text, PD_MAX_TEXT_BYTES, PD_OFFSETS_CHARS);
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_document_edit(document, 1, 0, 0, "x", &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_TOO_LONG);
    g_assert_true(pd_document_edit(document, 1, 0, 1, "x", NULL));
}

static void
test_changed_range(void)
{
    /*                             0123456789012345678 */
    static const char text[] = "aaa bbb ccc ddd eee";
    static const PdSpan before[] = { { 0, 3 }, { 8, 11 }, { 16, 19 } };
    static const PdSpan after[] = { { 0, 3 }, { 9, 12 }, { 17, 20 } };
    static const PdSpan grown[] = { { 0, 3 }, { 4, 8 }, { 9, 12 }, { 17, 20 } };
    g_autoptr(PdDocument) document = pd_document_new(text, strlen(text), PD_OFFSETS_CHARS);
    g_autoptr(GPtrArray) inside = NULL;
    PdSpan range = { 99, 99 };

    g_assert_true(pd_document_set_findings(document, findings(3, before), &range));
    assert_range(range, 0, 19);
    g_assert_false(pd_document_set_findings(document, findings(3, before), &range));
    assert_range(range, 0, 19); /* untouched */

    g_assert_true(pd_document_edit(document, 1, 5, 0, "x", NULL)); /* in bbb: what follows moves */
    g_assert_true(pd_document_set_findings(document, findings(3, after), &range));
    assert_range(range, 5, 6);
    g_assert_true(pd_document_set_findings(document, findings(4, grown), &range));
    assert_range(range, 4, 8);
    inside = pd_document_findings_in(document, range);
    g_assert_cmpuint(inside->len, ==, 1);
}

static void
test_edit_drops_what_it_touches(void)
{
    static const PdSpan spans[] = { { 0, 3 }, { 4, 7 } };
    static const PdSpan second = { 5, 8 };
    g_autoptr(PdDocument) document = pd_document_new("aaa bbb", 7, PD_OFFSETS_CHARS);
    PdSpan range;

    pd_document_set_findings(document, findings(2, spans), &range);
    g_assert_true(pd_document_edit(document, 1, 3, 0, "a", NULL)); /* at the first one's end */
    g_assert_cmpuint(pd_document_findings(document)->len, ==, 1);
    g_assert_true(pd_document_set_findings(document, findings(1, &second), &range));
    assert_range(range, 0, 4); /* the finding that went, and the edit */
}

/* The reply to the last of several edits covers them all. */
static void
test_edits_add_up(void)
{
    g_autoptr(PdDocument) document = pd_document_new("aaaa bbbb cccc", 14, PD_OFFSETS_CHARS);
    PdSpan range;

    pd_document_set_findings(document, findings(0, NULL), &range);
    g_assert_true(pd_document_edit(document, 1, 10, 4, "XX", NULL)); /* aaaa bbbb XX */
    g_assert_true(pd_document_edit(document, 2, 0, 1, "YYY", NULL)); /* YYYaaa bbbb XX */
    g_assert_true(pd_document_set_findings(document, findings(0, NULL), &range));
    assert_range(range, 0, 14);
    g_assert_true(pd_document_edit(document, 3, 7, 4, "", NULL));  /* YYYaaa  XX */
    g_assert_true(pd_document_edit(document, 4, 5, 4, "z", NULL)); /* YYYaazX */
    assert_text(document, "YYYaazX");
    g_assert_true(pd_document_set_findings(document, findings(0, NULL), &range));
    assert_range(range, 5, 6);
}

static void
test_ignore(void)
{
    static const PdSpan spans[] = { { 0, 3 }, { 4, 6 } };
    g_autoptr(PdDocument) document = pd_document_new("aaa bb", 6, PD_OFFSETS_CHARS);
    g_autoptr(GError) error = NULL;
    PdSpan range;

    pd_document_set_findings(document, findings(2, spans), &range);
    g_assert_false(pd_document_ignore(document, 77, &range, &error));
    g_assert_error(error, PD_ERROR, PD_ERROR_NOT_FOUND);
    g_assert_true(pd_document_ignore(document, 2, &range, NULL));
    assert_range(range, 4, 6);
    g_assert_cmpuint(pd_document_findings(document)->len, ==, 1);
    g_assert_false(
        pd_document_set_findings(document, findings(2, spans), &range)); /* stays ignored */
    g_assert_cmpuint(pd_document_findings(document)->len, ==, 1);
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
    return g_test_run();
}
