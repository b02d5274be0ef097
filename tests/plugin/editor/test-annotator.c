/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin/editor/annotator.c with the real service, without a display: tags follow edits, undo,
 * corrections, what is ignored, settings, and a service that is killed
 */
#include "plugin/editor/annotator.h"

#include "tests/bus/fixture.h"

#include <signal.h>
#include <string.h>

#define PATIENCE_S 120
#define TEXT "I recieve a letter every days.\n\nShe go to school.\n"

typedef struct {
    PdFixture bus;
    ProofdClient *client;
    GtkTextBuffer *buffer;
    PdAnnotator *annotator;
} Fixture;

static gboolean
out_of_patience(gpointer unused)
{
    g_assert_not_reached();
}

static PdSession *
session_of(Fixture *self)
{
    return pd_annotator_peek_session(self->annotator);
}

static void
wait_state(Fixture *self, PdSessionState state)
{
    guint patience = g_timeout_add_seconds(PATIENCE_S, out_of_patience, NULL);

    while (pd_session_get_state(session_of(self)) != state)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(patience);
}

static void
settle(Fixture *self)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
    wait_state(self, PD_SESSION_READY);
}

static void
set_up(Fixture *self, gconstpointer data)
{
    const char *text = data != NULL ? data : TEXT;

    pd_fixture_up(&self->bus, NULL);
    self->client = g_object_new(PROOFD_TYPE_CLIENT, "address", self->bus.address, NULL);
    self->buffer = gtk_text_buffer_new(NULL);
    gtk_text_buffer_set_enable_undo(self->buffer, TRUE);
    gtk_text_buffer_set_text(self->buffer, text, -1);
    self->annotator = pd_annotator_new(self->client, self->buffer);
    pd_session_set_language(session_of(self), "en_US");
    pd_annotator_start(self->annotator);
    settle(self);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    pd_annotator_stop(self->annotator);
    g_assert_cmpint(pd_session_get_state(session_of(self)), ==, PD_SESSION_OFF);
    g_assert_finalize_object(self->annotator);
    g_object_unref(self->buffer);
    g_object_unref(self->client);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    pd_fixture_down(&self->bus, NULL);
}

/* "recieve~ days=": the underlined words, ~ for spelling, = for grammar */
static char *
underlined(Fixture *self)
{
    static const char *const names[] = { PD_TAG_SPELLING, PD_TAG_GRAMMAR };
    GtkTextTagTable *table = gtk_text_buffer_get_tag_table(self->buffer);
    GString *out = g_string_new(NULL);
    GtkTextIter iter;

    gtk_text_buffer_get_start_iter(self->buffer, &iter);
    do {
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
            GtkTextTag *tag = gtk_text_tag_table_lookup(table, names[i]);

            if (gtk_text_iter_starts_tag(&iter, tag)) {
                GtkTextIter end = iter;
                g_autofree char *words = NULL;

                gtk_text_iter_forward_to_tag_toggle(&end, tag);
                words = gtk_text_iter_get_slice(&iter, &end);
                g_string_append_printf(out, "%s%s%s", out->len > 0 ? " " : "", words,
                                       i == 0 ? "~" : "=");
            }
        }
    } while (gtk_text_iter_forward_char(&iter));
    return g_string_free(out, FALSE);
}

static void
assert_underlined(Fixture *self, const char *expected)
{
    g_autofree char *found = underlined(self);

    g_assert_cmpstr(found, ==, expected);
}

/* What the service tells when it likes to. */
static void
wait_underlined(Fixture *self, const char *expected)
{
    const gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    g_autofree char *found = underlined(self);

    while (!g_str_equal(found, expected) && g_get_monotonic_time() < end) {
        g_main_context_iteration(NULL, FALSE);
        g_free(found);
        found = underlined(self);
    }
    g_assert_cmpstr(found, ==, expected);
}

static void
assert_text(Fixture *self, const char *expected)
{
    g_autofree char *text = NULL;

    g_object_get(self->buffer, "text", &text, NULL);
    g_assert_cmpstr(text, ==, expected);
}

/* As if it were typed there, one letter after the other. */
static void
type(Fixture *self, int at, const char *text)
{
    GtkTextIter iter;

    gtk_text_buffer_get_iter_at_offset(self->buffer, &iter, at);
    gtk_text_buffer_place_cursor(self->buffer, &iter);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        gtk_text_buffer_insert_interactive_at_cursor(self->buffer, p,
                                                     (int)(g_utf8_next_char(p) - p), TRUE);
}

static void
remove_range(Fixture *self, int start, int end)
{
    GtkTextIter from, to;

    gtk_text_buffer_get_iter_at_offset(self->buffer, &from, start);
    gtk_text_buffer_get_iter_at_offset(self->buffer, &to, end);
    gtk_text_buffer_delete(self->buffer, &from, &to);
}

static ProofdFinding *
find(Fixture *self, const char *words)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self->annotator);

    for (guint i = 0; i < findings->len; i++) {
        g_autofree char *text = pd_annotator_get_text(self->annotator, findings->pdata[i]);

        if (g_str_equal(text, words))
            return proofd_finding_ref(findings->pdata[i]);
    }
    g_assert_not_reached();
}

static void
test_underlines(Fixture *self, gconstpointer unused)
{
    assert_underlined(self, "recieve~ days= go=");
    g_assert_cmpfloat(pd_session_get_time_ms(session_of(self)), >=, 0);
}

static void
test_edits(Fixture *self, gconstpointer unused)
{
    type(self, 0, "Ünïcode 🙂 teh. ");
    settle(self);
    assert_underlined(self, "teh~ recieve~ days= go=");
    remove_range(self, 0, 15);
    settle(self);
    assert_underlined(self, "recieve~ days= go=");
    remove_range(self, 2, 9);
    gtk_text_buffer_undo(self->buffer);
    settle(self);
    assert_text(self, TEXT);
    assert_underlined(self, "recieve~ days= go=");
    gtk_text_buffer_set_text(self->buffer, "All is well.", -1);
    settle(self);
    assert_underlined(self, "");
}

/* The word at the cursor is not finished while it is typed. */
static void
test_typing(Fixture *self, gconstpointer unused)
{
    GtkTextIter start;

    gtk_text_buffer_set_text(self->buffer, "", -1);
    type(self, 0, "I recieve");
    settle(self);
    assert_underlined(self, "");
    type(self, 9, " ");
    settle(self);
    assert_underlined(self, "recieve~");
    type(self, 10, "wrogn");
    settle(self);
    assert_underlined(self, "recieve~");
    gtk_text_buffer_get_start_iter(self->buffer, &start);
    gtk_text_buffer_place_cursor(self->buffer, &start);
    assert_underlined(self, "recieve~ wrogn~");
}

/* A picture is one character, as the service counts. */
static void
test_objects(Fixture *self, gconstpointer unused)
{
    GtkTextIter start;

    gtk_text_buffer_get_start_iter(self->buffer, &start);
    gtk_text_buffer_create_child_anchor(self->buffer, &start);
    settle(self);
    assert_underlined(self, "recieve~ days= go=");
    remove_range(self, 0, 1);
    settle(self);
    assert_underlined(self, "recieve~ days= go=");
}

static void
test_correct(Fixture *self, gconstpointer unused)
{
    g_autoptr(ProofdFinding) finding = find(self, "recieve");
    ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, 0);

    g_assert_cmpstr(candidate->text, ==, "receive");
    g_assert_true(pd_annotator_correct(self->annotator, finding, candidate));
    g_assert_false(pd_annotator_correct(self->annotator, finding, candidate));
    settle(self);
    assert_text(self, "I receive a letter every days.\n\nShe go to school.\n");
    assert_underlined(self, "days= go=");
    gtk_text_buffer_undo(self->buffer);
    settle(self);
    assert_text(self, TEXT);
    assert_underlined(self, "recieve~ days= go=");
}

/* A word that goes takes a space with it. */
static void
test_delete_word(Fixture *self, gconstpointer unused)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self->annotator);
    const ProofdFinding *finding = g_ptr_array_index(findings, 0);

    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_true(pd_annotator_correct(self->annotator, finding, finding->candidates->pdata[0]));
    assert_text(self, "She has a cat.");
}

static void
test_ignore(Fixture *self, gconstpointer unused)
{
    g_autoptr(ProofdFinding) finding = find(self, "go");

    pd_annotator_ignore(self->annotator, finding->fingerprint, true);
    assert_underlined(self, "recieve~ days=");
    pd_session_accept_word(session_of(self), "recieve", true);
    wait_underlined(self, "days=");
    pd_session_set_disabled(session_of(self), (const char *const[]){ "noun-number", NULL });
    assert_underlined(self, "");
    settle(self);
    assert_underlined(self, "");
    pd_annotator_ignore(self->annotator, finding->fingerprint, false);
    assert_underlined(self, "go=");
    pd_session_accept_word(session_of(self), "recieve", false);
    pd_session_set_disabled(session_of(self), NULL);
    settle(self);
    assert_underlined(self, "recieve~ days= go=");
}

static void
test_settings(Fixture *self, gconstpointer unused)
{
    pd_session_set_language(session_of(self), "xx_XX");
    wait_state(self, PD_SESSION_LOST);
    g_assert_nonnull(strstr(pd_session_peek_problem(session_of(self)), "xx_XX"));
    assert_underlined(self, "");
    type(self, 0, "Also teh rest. ");
    pd_session_set_language(session_of(self), "en_US");
    settle(self);
    g_assert_null(pd_session_peek_problem(session_of(self)));
    assert_underlined(self, "teh~ recieve~ days= go=");
    gtk_text_buffer_set_text(self->buffer, "It is <!-- recieve it --> here.", -1);
    settle(self);
    assert_underlined(self, "recieve~");
    pd_session_set_format(session_of(self), "html");
    settle(self);
    assert_underlined(self, "");
}

/* Edits while the document is being opened again, with the old one still there. */
static void
test_edit_while_opening(Fixture *self, gconstpointer unused)
{
    for (int i = 0; i < 5; i++) {
        pd_session_set_level(session_of(self), i % 2 == 0 ? "careful" : "thorough");
        g_main_context_iteration(NULL, FALSE);
        type(self, 0, "Teh ");
        g_main_context_iteration(NULL, FALSE);
        remove_range(self, 0, 4);
    }
    type(self, 0, "Wrogn. ");
    pd_session_set_level(session_of(self), "default");
    settle(self);
    assert_underlined(self, "Wrogn~ recieve~ days= go=");
}

/* The service is killed: says so, goes on, and what was ignored stays ignored. */
static void
test_killed(Fixture *self, gconstpointer unused)
{
    g_autoptr(ProofdFinding) finding = find(self, "go");

    pd_annotator_ignore(self->annotator, finding->fingerprint, true);
    pd_session_accept_word(session_of(self), "recieve", true);
    g_subprocess_send_signal(self->bus.service, SIGKILL);
    wait_state(self, PD_SESSION_LOST);
    assert_underlined(self, "");
    type(self, 0, "Teh end. ");
    g_subprocess_wait(self->bus.service, NULL, NULL);
    g_clear_object(&self->bus.service);
    pd_fixture_start(&self->bus, NULL);
    pd_session_retry(session_of(self));
    settle(self);
    assert_underlined(self, "Teh~ days=");
}

static void
test_navigation(Fixture *self, gconstpointer unused)
{
    const struct {
        guint from;
        bool forward;
        const char *words;
    } rows[] = { { 0, true, "recieve" },  { 2, true, "days" }, { 25, true, "go" },
                 { 40, true, "recieve" }, { 2, false, "go" },  { 30, false, "days" } };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ProofdFinding) finding =
            pd_annotator_find_next(self->annotator, rows[i].from, rows[i].forward);
        g_autofree char *words = pd_annotator_get_text(self->annotator, finding);
        g_autoptr(ProofdFinding) at = pd_annotator_find_at(self->annotator, finding->start);
        g_autoptr(ProofdFinding) behind =
            pd_annotator_find_at(self->annotator, finding->start + finding->length);

        g_assert_cmpstr(words, ==, rows[i].words);
        g_assert_cmpuint(at->start, ==, finding->start);
        g_assert_cmpuint(behind->start, ==, finding->start);
    }
    g_assert_null(pd_annotator_find_at(self->annotator, 0));
}

/* The annotator ends while the service is still asked. */
static void
test_end_while_busy(Fixture *self, gconstpointer unused)
{
    pd_session_set_level(session_of(self), "careful");
    type(self, 0, "Teh ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, text, function) \
    g_test_add("/annotator/" name, Fixture, text, set_up, function, tear_down)
    ADD("underlines", NULL, test_underlines);
    ADD("edits", NULL, test_edits);
    ADD("typing", NULL, test_typing);
    ADD("objects", NULL, test_objects);
    ADD("correct", NULL, test_correct);
    ADD("delete-word", "She has has a cat.", test_delete_word);
    ADD("ignore", NULL, test_ignore);
    ADD("settings", NULL, test_settings);
    ADD("edit-while-opening", NULL, test_edit_while_opening);
    ADD("killed", NULL, test_killed);
    ADD("navigation", NULL, test_navigation);
    ADD("end-while-busy", NULL, test_end_while_busy);
    return g_test_run();
}
