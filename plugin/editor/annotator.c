/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/annotator.h"

#include <string.h>

#define OBJECT_CHAR "\xEF\xBF\xBC" /* what stands for a widget or a picture in a GtkTextBuffer */

struct _PdAnnotator {
    GObject parent;

    PdSession *session;
    GtkTextBuffer *buffer;
    GtkTextTag *spelling, *grammar;
    GHashTable *ignored; /* fingerprints, as int64 */
    GPtrArray *shown;    /* (nullable): what is shown, until something changes */
    bool is_started;
    guint removed;       /* by the "delete-range" that is under way */
    GtkTextMark *typing; /* (nullable): behind the word that is being typed */
};

G_DEFINE_FINAL_TYPE(PdAnnotator, pd_annotator, G_TYPE_OBJECT)

/* --- what is shown --- */

bool
pd_annotator_is_spelling(const ProofdFinding *finding)
{
    return g_str_equal(finding->kind, "spelling");
}

static bool
is_typed(const PdAnnotator *self, const ProofdFinding *finding)
{
    GtkTextIter iter;
    guint at;

    if (self->typing == NULL)
        return false;
    gtk_text_buffer_get_iter_at_mark(self->buffer, &iter, self->typing);
    at = (guint)gtk_text_iter_get_offset(&iter);
    return finding->start < at && at == finding->start + finding->length;
}

static bool
is_shown(const PdAnnotator *self, const ProofdFinding *finding)
{
    const gint64 fingerprint = (gint64)finding->fingerprint;

    return (g_hash_table_size(self->ignored) == 0 ||
            !g_hash_table_contains(self->ignored, &fingerprint)) &&
           !is_typed(self, finding);
}

static GPtrArray *
find_shown(PdAnnotator *self)
{
    g_autoptr(GPtrArray) all = pd_session_get_findings(self->session);
    GPtrArray *shown = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);

    for (guint i = 0; i < all->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(all, i);

        if (is_shown(self, finding))
            g_ptr_array_add(shown, proofd_finding_ref(finding));
    }
    return shown;
}

GPtrArray *
pd_annotator_get_findings(PdAnnotator *self)
{
    g_return_val_if_fail(PD_IS_ANNOTATOR(self), NULL);
    if (self->shown == NULL)
        self->shown = find_shown(self);
    return g_ptr_array_ref(self->shown);
}

static void
forget_shown(PdAnnotator *self)
{
    g_clear_pointer(&self->shown, g_ptr_array_unref);
}

void
pd_annotator_get_bounds(PdAnnotator *self, const ProofdFinding *finding, GtkTextIter *start,
                        GtkTextIter *end)
{
    gtk_text_buffer_get_iter_at_offset(self->buffer, start, (int)finding->start);
    gtk_text_buffer_get_iter_at_offset(self->buffer, end, (int)(finding->start + finding->length));
    if (gtk_text_iter_equal(start, end) && !gtk_text_iter_forward_char(end))
        gtk_text_iter_backward_char(start);
}

char *
pd_annotator_get_text(PdAnnotator *self, const ProofdFinding *finding)
{
    GtkTextIter start, end;

    gtk_text_buffer_get_iter_at_offset(self->buffer, &start, (int)finding->start);
    gtk_text_buffer_get_iter_at_offset(self->buffer, &end, (int)(finding->start + finding->length));
    return gtk_text_iter_get_slice(&start, &end);
}

/* Underlines anew what overlaps [start, end). */
static void
refresh(PdAnnotator *self, guint start, guint end)
{
    g_autoptr(GPtrArray) findings = NULL;
    GtkTextIter from, to;

    forget_shown(self);
    findings = pd_annotator_get_findings(self);
    gtk_text_buffer_get_iter_at_offset(self->buffer, &from, (int)start);
    gtk_text_buffer_get_iter_at_offset(self->buffer, &to, (int)MIN(end, G_MAXINT));
    if (gtk_text_iter_equal(&from, &to))
        gtk_text_iter_forward_char(&to);
    gtk_text_buffer_remove_tag(self->buffer, self->spelling, &from, &to);
    gtk_text_buffer_remove_tag(self->buffer, self->grammar, &from, &to);
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (finding->start > end || finding->start + MAX(finding->length, 1) < start)
            continue;
        pd_annotator_get_bounds(self, finding, &from, &to);
        gtk_text_buffer_apply_tag(
            self->buffer, pd_annotator_is_spelling(finding) ? self->spelling : self->grammar, &from,
            &to);
    }
    g_signal_emit_by_name(self, "changed");
}

static void
refresh_all(PdAnnotator *self)
{
    refresh(self, 0, G_MAXINT);
}

ProofdFinding *
pd_annotator_find_at(PdAnnotator *self, guint offset)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self);
    ProofdFinding *at_end = NULL;

    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(findings, i);
        const guint end = finding->start + MAX(finding->length, 1);

        if (finding->start <= offset && offset < end)
            return proofd_finding_ref(finding);
        if (at_end == NULL && offset == end)
            at_end = finding;
    }
    return at_end != NULL ? proofd_finding_ref(at_end) : NULL;
}

ProofdFinding *
pd_annotator_find_next(PdAnnotator *self, guint offset, bool forward)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self);
    ProofdFinding *found = NULL;

    if (findings->len == 0)
        return NULL;
    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (forward && finding->start > offset)
            return proofd_finding_ref(finding);
        if (!forward && finding->start < offset)
            found = finding;
    }
    if (found == NULL)
        found = g_ptr_array_index(findings, forward ? 0 : findings->len - 1);
    return proofd_finding_ref(found);
}

/* --- the buffer --- */

/* Text has changed at @start. What touched it is known no more. */
static void
edit(PdAnnotator *self, guint start, guint removed, const char *inserted, guint n_inserted)
{
    g_autoptr(GPtrArray) before = pd_annotator_get_findings(self);
    guint from = start, to = start + removed;

    for (guint i = 0; i < before->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(before, i);
        const guint end = finding->start + MAX(finding->length, 1);

        if (finding->start <= start + removed && end >= start) {
            from = MIN(from, finding->start);
            to = MAX(to, end);
        }
    }
    pd_session_edit(self->session, start, removed, inserted);
    refresh(self, from, to - removed + n_inserted);
}

static bool
is_word_char(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '\'' || c == '-' || c == 0x2019;
}

static void
finish_word(PdAnnotator *self)
{
    GtkTextIter iter;
    guint at;

    if (self->typing == NULL)
        return;
    gtk_text_buffer_get_iter_at_mark(self->buffer, &iter, self->typing);
    at = (guint)gtk_text_iter_get_offset(&iter);
    gtk_text_buffer_delete_mark(self->buffer, self->typing);
    self->typing = NULL;
    refresh(self, at > 0 ? at - 1 : 0, at);
}

/* One letter at a time at the cursor, at the end of a word: it is not finished. */
static void
note_typing(PdAnnotator *self, const GtkTextIter *end, const char *text, guint n_chars)
{
    GtkTextIter cursor;

    gtk_text_buffer_get_iter_at_mark(self->buffer, &cursor,
                                     gtk_text_buffer_get_insert(self->buffer));
    if (n_chars != 1 || !is_word_char(g_utf8_get_char(text)) ||
        !gtk_text_iter_equal(&cursor, end) || is_word_char(gtk_text_iter_get_char(end))) {
        finish_word(self);
        return;
    }
    if (self->typing == NULL)
        self->typing = gtk_text_buffer_create_mark(self->buffer, NULL, end, FALSE);
    else
        gtk_text_buffer_move_mark(self->buffer, self->typing, end);
}

static void
on_cursor_moved(GtkTextBuffer *buffer, GtkTextIter *iter, GtkTextMark *mark, PdAnnotator *self)
{
    GtkTextIter typed;

    if (self->typing == NULL || mark != gtk_text_buffer_get_insert(buffer))
        return;
    gtk_text_buffer_get_iter_at_mark(buffer, &typed, self->typing);
    if (!gtk_text_iter_equal(iter, &typed))
        finish_word(self);
}

/* After it is in the buffer: @iter is behind it. */
static void
on_inserted(GtkTextBuffer *buffer, GtkTextIter *iter, const char *text, int n_bytes,
            PdAnnotator *self)
{
    g_autofree char *inserted = g_strndup(text, n_bytes < 0 ? strlen(text) : (gsize)n_bytes);
    const guint n_chars = (guint)g_utf8_strlen(inserted, -1);

    note_typing(self, iter, inserted, n_chars);
    edit(self, (guint)gtk_text_iter_get_offset(iter) - n_chars, 0, inserted, n_chars);
}

static void
on_object_inserted(GtkTextBuffer *buffer, GtkTextIter *iter, gpointer object, PdAnnotator *self)
{
    edit(self, (guint)gtk_text_iter_get_offset(iter) - 1, 0, OBJECT_CHAR, 1);
}

static void
on_delete(GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end, PdAnnotator *self)
{
    self->removed = (guint)ABS(gtk_text_iter_get_offset(end) - gtk_text_iter_get_offset(start));
}

static void
on_deleted(GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end, PdAnnotator *self)
{
    if (self->removed > 0)
        edit(self, (guint)gtk_text_iter_get_offset(start), self->removed, "", 0);
    self->removed = 0;
}

void
pd_annotator_start(PdAnnotator *self)
{
    g_return_if_fail(PD_IS_ANNOTATOR(self));
    if (self->is_started)
        return;
    self->is_started = true;
    g_object_connect(self->buffer, "signal-after::insert-text", on_inserted, self,
                     "signal-after::insert-child-anchor", on_object_inserted, self,
                     "signal-after::insert-paintable", on_object_inserted, self,
                     "signal::delete-range", on_delete, self, "signal-after::delete-range",
                     on_deleted, self, "signal::mark-set", on_cursor_moved, self, NULL);
    pd_session_start(self->session);
}

void
pd_annotator_stop(PdAnnotator *self)
{
    g_return_if_fail(PD_IS_ANNOTATOR(self));
    if (!self->is_started)
        return;
    self->is_started = false;
    g_signal_handlers_disconnect_by_data(self->buffer, self);
    finish_word(self);
    pd_session_stop(self->session);
}

/* --- corrections and what is ignored --- */

/* A word that goes takes a space with it. */
static void
widen(const ProofdCandidate *candidate, GtkTextIter *start, GtkTextIter *end)
{
    GtkTextIter before = *start;
    const bool is_first = !gtk_text_iter_backward_char(&before);
    const gunichar left = is_first ? '\n' : gtk_text_iter_get_char(&before);
    const gunichar right = gtk_text_iter_is_end(end) ? '\n' : gtk_text_iter_get_char(end);

    if (*candidate->text != '\0' || gtk_text_iter_equal(start, end))
        return;
    if (left == ' ' && (right < 0x80 && strchr(" \n\r.,;:!?", (int)right) != NULL))
        *start = before;
    else if ((left == '\n' || left == '\r') && right == ' ')
        gtk_text_iter_forward_char(end);
}

bool
pd_annotator_correct(PdAnnotator *self, const ProofdFinding *finding,
                     const ProofdCandidate *candidate)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(self);
    GtkTextIter start, end;
    bool is_there = false;

    for (guint i = 0; i < findings->len && !is_there; i++) {
        const ProofdFinding *now = g_ptr_array_index(findings, i);

        is_there = now->start == finding->start && now->length == finding->length &&
                   g_str_equal(now->rule, finding->rule);
    }
    if (!is_there)
        return false;
    gtk_text_buffer_get_iter_at_offset(self->buffer, &start, (int)finding->start);
    gtk_text_buffer_get_iter_at_offset(self->buffer, &end, (int)(finding->start + finding->length));
    widen(candidate, &start, &end);
    gtk_text_buffer_begin_user_action(self->buffer);
    gtk_text_buffer_delete(self->buffer, &start, &end);
    gtk_text_buffer_insert(self->buffer, &start, candidate->text, -1);
    gtk_text_buffer_place_cursor(self->buffer, &start);
    gtk_text_buffer_end_user_action(self->buffer);
    finish_word(self);
    return true;
}

void
pd_annotator_ignore(PdAnnotator *self, guint64 fingerprint, bool ignored)
{
    const gint64 key = (gint64)fingerprint;

    g_return_if_fail(PD_IS_ANNOTATOR(self));
    if (ignored)
        g_hash_table_add(self->ignored, g_memdup2(&key, sizeof key));
    else
        g_hash_table_remove(self->ignored, &key);
    refresh_all(self);
}

/* --- life --- */

void
pd_annotator_set_dark(PdAnnotator *self, bool dark)
{
    GdkRGBA red, blue;

    gdk_rgba_parse(&red, dark ? "#ff7b63" : "#d6001c");
    gdk_rgba_parse(&blue, dark ? "#78aeed" : "#1a5fb4");
    g_object_set(self->spelling, "underline-rgba", &red, NULL);
    g_object_set(self->grammar, "underline-rgba", &blue, NULL);
}

static GtkTextTag *
find_tag(GtkTextBuffer *buffer, const char *name, PangoUnderline underline)
{
    GtkTextTag *tag = gtk_text_tag_table_lookup(gtk_text_buffer_get_tag_table(buffer), name);

    return tag != NULL ? tag
                       : gtk_text_buffer_create_tag(buffer, name, "underline", underline, NULL);
}

static char *
get_text(gpointer data)
{
    PdAnnotator *self = data;
    GtkTextIter start, end;

    gtk_text_buffer_get_bounds(self->buffer, &start, &end);
    return gtk_text_iter_get_slice(&start, &end);
}

static void
on_session_changed(PdSession *session, guint start, guint length, PdAnnotator *self)
{
    refresh(self, start, start + length);
}

PdAnnotator *
pd_annotator_new(ProofdClient *client, GtkTextBuffer *buffer)
{
    PdAnnotator *self;

    g_return_val_if_fail(PROOFD_IS_CLIENT(client) && GTK_IS_TEXT_BUFFER(buffer), NULL);
    self = g_object_new(PD_TYPE_ANNOTATOR, NULL);
    self->buffer = g_object_ref(buffer);
    self->session = pd_session_new(client, get_text, self);
    self->spelling = find_tag(buffer, PD_TAG_SPELLING, PANGO_UNDERLINE_ERROR);
    self->grammar = find_tag(buffer, PD_TAG_GRAMMAR, PANGO_UNDERLINE_DOUBLE);
    g_signal_connect(self->session, "changed", G_CALLBACK(on_session_changed), self);
    pd_annotator_set_dark(self, false);
    return self;
}

PdSession *
pd_annotator_peek_session(PdAnnotator *self)
{
    return self->session;
}

static void
pd_annotator_init(PdAnnotator *self)
{
    self->ignored = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
dispose(GObject *object)
{
    PdAnnotator *self = PD_ANNOTATOR(object);

    if (self->session != NULL) {
        g_signal_handlers_disconnect_by_data(self->session, self);
        g_signal_handlers_disconnect_by_data(self->buffer, self);
        pd_session_stop(self->session);
    }
    forget_shown(self);
    g_clear_object(&self->session);
    g_clear_object(&self->buffer);
    G_OBJECT_CLASS(pd_annotator_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    g_hash_table_unref(PD_ANNOTATOR(object)->ignored);
    G_OBJECT_CLASS(pd_annotator_parent_class)->finalize(object);
}

static void
pd_annotator_class_init(PdAnnotatorClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("changed", PD_TYPE_ANNOTATOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                 0);
}
