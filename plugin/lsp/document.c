/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/document.h"
#include "plugin/lsp/pending.h"
#include "plugin/lsp/unfinished.h"

#include <string.h>

#define FIRST_RETRY_MS 500
#define MAX_RETRY_MS 30000

struct PdDocument {
    grefcount n_refs; /* calls on their way hold one */
    bool is_freed;
    const PdDocumentFuncs *funcs;
    void *user_data;
    ProofdClient *client;

    PdLspText *text;
    gint64 version;
    PdUnfinished unfinished;
    gsize last_end;       /* where the last change ended */
    bool has_changes;     /* since pd_document_changed() */
    GArray *shown_before; /* of PdPlace: before the first of these */
    gint64 typed_at_us;
    guint delay_source;
    guint delay_ms;

    bool is_wanted; /* pd_document_check() was called */
    bool while_typing;
    char *language;
    ProofdOptions *options;
    GHashTable *ignored;      /* of guint64 */
    GPtrArray *ignored_words; /* of char * */

    ProofdDocument *twin; /* NULL: not open */
    GCancellable *cancel; /* of opening it and of its first check */
    bool is_opening;
    bool is_checked;   /* for the first time, to its end */
    guint n_edits;     /* without an answer */
    PdPending pending; /* not sent */
    guint retry_source;
    guint retry_ms;
};

typedef struct {
    PdDocument *document;
    GCancellable *cancel; /* the document's, when it began */
} Opening;

/* --- life --- */

static PdDocument *
hold(PdDocument *self)
{
    g_ref_count_inc(&self->n_refs);
    return self;
}

static void
release(PdDocument *self)
{
    if (!g_ref_count_dec(&self->n_refs))
        return;
    pd_lsp_text_free(self->text);
    pd_unfinished_done(&self->unfinished);
    g_array_unref(self->shown_before);
    g_free(self->language);
    g_clear_object(&self->options);
    g_hash_table_unref(self->ignored);
    g_ptr_array_unref(self->ignored_words);
    g_object_unref(self->client);
    g_free(self);
}

static void
tell_changed(PdDocument *self)
{
    if (!self->is_freed)
        self->funcs->changed(self, self->user_data);
}

static void open_twin(PdDocument *self);

static void
drop_twin(PdDocument *self)
{
    g_clear_handle_id(&self->retry_source, g_source_remove);
    if (self->cancel != NULL)
        g_cancellable_cancel(self->cancel);
    g_clear_object(&self->cancel);
    if (self->twin != NULL) {
        g_signal_handlers_disconnect_by_data(self->twin, self);
        proofd_document_close(self->twin);
    }
    g_clear_object(&self->twin);
    self->is_opening = false;
    self->is_checked = false;
    self->pending = (PdPending){ 0 };
}

PdDocument *
pd_document_new(const char *text, gint64 version, ProofdClient *client,
                const PdDocumentFuncs *funcs, void *user_data)
{
    PdDocument *self = g_new0(PdDocument, 1);

    g_ref_count_init(&self->n_refs);
    self->funcs = funcs;
    self->user_data = user_data;
    self->client = g_object_ref(client);
    self->text = pd_lsp_text_new(text, strlen(text));
    self->version = version;
    pd_unfinished_init(&self->unfinished);
    self->shown_before = g_array_new(FALSE, FALSE, sizeof(PdPlace));
    self->language = g_strdup("");
    self->ignored = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->ignored_words = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
pd_document_free(PdDocument *self)
{
    if (self == NULL)
        return;
    self->is_freed = true;
    drop_twin(self);
    g_clear_handle_id(&self->delay_source, g_source_remove);
    release(self);
}

PdLspText *
pd_document_peek_text(const PdDocument *self)
{
    return self->text;
}

gint64
pd_document_version(const PdDocument *self)
{
    return self->version;
}

const char *
pd_document_peek_language(const PdDocument *self)
{
    return self->language;
}

ProofdOptions *
pd_document_peek_options(const PdDocument *self)
{
    return self->options;
}

/* --- the twin --- */

static bool
is_passing(const GError *error)
{
    static const ProofdError passing[] = {
        PROOFD_ERROR_BUSY,      PROOFD_ERROR_CANCELLED,    PROOFD_ERROR_NO_BUS,
        PROOFD_ERROR_TIMED_OUT, PROOFD_ERROR_DISCONNECTED,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(passing); i++) {
        if (g_error_matches(error, PROOFD_ERROR, passing[i]))
            return true;
    }
    return false;
}

static gboolean
on_retry(void *user_data)
{
    PdDocument *self = user_data;

    self->retry_source = 0;
    open_twin(self);
    return G_SOURCE_REMOVE;
}

static void
retry_later(PdDocument *self)
{
    self->retry_ms = self->retry_ms == 0 ? FIRST_RETRY_MS : MIN(2 * self->retry_ms, MAX_RETRY_MS);
    self->retry_source = g_timeout_add(self->retry_ms, on_retry, self);
}

static void
on_changed(ProofdDocument *twin, guint start, guint length, void *user_data)
{
    PdDocument *self = user_data;

    if (!self->is_checked)
        self->funcs->progress(self, (gsize)start + length, self->user_data);
    tell_changed(self);
}

/* The service went away: at once again, for it may be back. */
static void
on_closed(ProofdDocument *twin, void *user_data)
{
    PdDocument *self = user_data;

    drop_twin(self);
    open_twin(self);
    tell_changed(self);
}

static void find_all(PdDocument *self);

static void
on_found_all(GObject *object, GAsyncResult *result, void *user_data)
{
    PdDocument *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings =
        proofd_document_find_all_finish(PROOFD_DOCUMENT(object), result, &error);

    if (self->twin == PROOFD_DOCUMENT(object)) {
        if (g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_TIMED_OUT)) {
            find_all(self); /* a long text takes as long as it takes */
        } else {
            self->is_checked = true;
            tell_changed(self);
        }
    }
    release(self);
}

static void
find_all(PdDocument *self)
{
    proofd_document_find_all_async(self->twin, self->cancel, on_found_all, hold(self));
}

static void
on_edited(GObject *object, GAsyncResult *result, void *user_data)
{
    PdDocument *self = user_data;

    proofd_document_edit_finish(PROOFD_DOCUMENT(object), result,
                                NULL); /* "closed" tells the rest */
    self->n_edits--;
    if (self->n_edits == 0)
        tell_changed(self);
    release(self);
}

void
pd_document_flush(PdDocument *self)
{
    g_autofree char *inserted = NULL;
    const PdPending pending = self->pending;

    if (self->twin == NULL || !pending.is_there)
        return;
    self->pending = (PdPending){ 0 };
    inserted = g_strndup(pd_lsp_text_peek(self->text, NULL) + pending.start, pending.inserted);
    self->n_edits++;
    proofd_document_edit_async(self->twin, (guint)pending.start, (guint)pending.removed, inserted,
                               NULL, on_edited, hold(self));
}

static void
take_twin(PdDocument *self, ProofdDocument *twin)
{
    self->twin = g_object_ref(twin);
    self->retry_ms = 0;
    g_signal_connect(twin, "changed", G_CALLBACK(on_changed), self);
    g_signal_connect(twin, "closed", G_CALLBACK(on_closed), self);
    pd_document_flush(self);
    find_all(self);
    self->funcs->opened(self, self->user_data);
}

static void
on_opened(GObject *object, GAsyncResult *result, void *user_data)
{
    g_autofree Opening *opening = user_data;
    g_autoptr(GCancellable) cancel = opening->cancel;
    PdDocument *self = opening->document;
    g_autoptr(GError) error = NULL;
    g_autoptr(ProofdDocument) twin =
        proofd_client_open_finish(PROOFD_CLIENT(object), result, &error);

    if (!self->is_freed && cancel == self->cancel) { /* not given up meanwhile */
        self->is_opening = false;
        if (twin != NULL) {
            take_twin(self, twin);
        } else {
            if (is_passing(error))
                retry_later(self);
            self->funcs->failed(self, error, !is_passing(error), self->user_data);
            tell_changed(self);
        }
    }
    release(self);
}

static void
open_twin(PdDocument *self)
{
    Opening *opening;

    if (!self->is_wanted || self->is_freed)
        return;
    self->is_opening = true;
    g_clear_object(&self->cancel);
    self->cancel = g_cancellable_new();
    self->pending = (PdPending){ 0 };
    opening = g_new0(Opening, 1);
    opening->document = hold(self);
    opening->cancel = g_object_ref(self->cancel);
    proofd_client_open_async(self->client, *self->language != '\0' ? self->language : NULL,
                             pd_lsp_text_peek(self->text, NULL), self->options, self->cancel,
                             on_opened, opening);
}

static void
add_words(ProofdOptions *options, GPtrArray *more)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *const *given = proofd_options_get_words(options);

    for (; given != NULL && *given != NULL; given++)
        g_ptr_array_add(words, (char *)*given);
    for (guint i = 0; i < more->len; i++)
        g_ptr_array_add(words, more->pdata[i]);
    g_ptr_array_add(words, NULL);
    proofd_options_set_words(options, (const char *const *)words->pdata);
}

void
pd_document_check(PdDocument *self, const char *language, ProofdOptions *options, bool while_typing,
                  guint delay_ms)
{
    g_autofree char *old = self->language;

    drop_twin(self);
    self->is_wanted = true;
    self->language = g_strdup(language);
    g_set_object(&self->options, options);
    add_words(options, self->ignored_words);
    self->while_typing = while_typing;
    self->delay_ms = delay_ms;
    self->retry_ms = 0;
    open_twin(self);
}

void
pd_document_stop(PdDocument *self)
{
    self->is_wanted = false;
    drop_twin(self);
    g_clear_object(&self->options);
    tell_changed(self);
}

/* --- the unfinished word --- */

static gboolean
on_delay(void *user_data)
{
    PdDocument *self = user_data;

    self->delay_source = 0;
    pd_document_finish_word(self);
    return G_SOURCE_REMOVE;
}

void
pd_document_finish_word(PdDocument *self)
{
    g_clear_handle_id(&self->delay_source, g_source_remove);
    if (pd_unfinished_finish(&self->unfinished))
        tell_changed(self);
}

void
pd_document_see_cursor(PdDocument *self, gsize start, gsize end)
{
    if (self->unfinished.is_there && !pd_unfinished_touches(&self->unfinished, start, end))
        pd_document_finish_word(self);
}

guint
pd_document_pause_ms(const PdDocument *self)
{
    return (guint)MIN((g_get_monotonic_time() - self->typed_at_us) / 1000, G_MAXINT);
}

/* --- changes of the text --- */

static void
note_shown(PdDocument *self)
{
    g_autoptr(GPtrArray) findings = NULL;

    if (self->has_changes)
        return;
    self->has_changes = true;
    g_array_set_size(self->shown_before, 0);
    findings = pd_document_findings(self);
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        const PdPlace place = { finding->start, finding->length };

        g_array_append_val(self->shown_before, place);
    }
}

static void
change(PdDocument *self, gsize start, gsize removed, const char *inserted, gsize n_inserted)
{
    note_shown(self);
    pd_lsp_text_replace(self->text, start, removed, inserted, n_inserted);
    pd_pending_add(&self->pending, start, removed, n_inserted);
    if (self->while_typing)
        pd_document_flush(self);
    self->last_end = start + n_inserted;
}

void
pd_document_edit(PdDocument *self, gsize start, gsize removed, const char *inserted)
{
    change(self, start, removed, inserted, strlen(inserted));
}

void
pd_document_replace(PdDocument *self, const char *text)
{
    gsize start, removed, n_inserted;
    const char *inserted;

    pd_lsp_text_difference(self->text, text, strlen(text), &start, &removed, &inserted,
                           &n_inserted);
    if (removed > 0 || n_inserted > 0)
        change(self, start, removed, inserted, n_inserted);
}

void
pd_document_changed(PdDocument *self, gint64 version)
{
    self->version = version;
    if (!self->has_changes)
        return;
    self->has_changes = false;
    self->typed_at_us = g_get_monotonic_time();
    pd_unfinished_type(&self->unfinished, pd_lsp_text_peek(self->text, NULL), self->last_end,
                       self->shown_before);
    g_clear_handle_id(&self->delay_source, g_source_remove);
    if (self->unfinished.is_there && self->delay_ms > 0)
        self->delay_source = g_timeout_add(self->delay_ms, on_delay, self);
    tell_changed(self);
}

/* --- findings --- */

/* Whether the user may see it; where it stands in the text as it is now. (nullable) */
static ProofdFinding *
view_finding(PdDocument *self, ProofdFinding *finding)
{
    ProofdFinding *moved;
    gsize start;

    if (g_hash_table_contains(self->ignored, &finding->fingerprint) ||
        !pd_pending_move(&self->pending, finding->start, finding->length, &start) ||
        pd_unfinished_hides(&self->unfinished, start, finding->length))
        return NULL;
    if (start == finding->start)
        return proofd_finding_ref(finding);
    moved = proofd_finding_new((guint)start, finding->length, finding->kind, finding->confidence,
                               finding->message, finding->rule);
    moved->fingerprint = finding->fingerprint;
    for (guint i = 0; i < finding->candidates->len; i++)
        g_ptr_array_add(moved->candidates,
                        proofd_candidate_ref(g_ptr_array_index(finding->candidates, i)));
    return moved;
}

GPtrArray *
pd_document_findings(PdDocument *self)
{
    g_autoptr(GPtrArray) all = self->twin != NULL ? proofd_document_get_findings(self->twin) : NULL;
    GPtrArray *shown = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);

    for (guint i = 0; all != NULL && i < all->len; i++) {
        ProofdFinding *finding = view_finding(self, g_ptr_array_index(all, i));

        if (finding != NULL)
            g_ptr_array_add(shown, finding);
    }
    return shown;
}

bool
pd_document_is_settled(const PdDocument *self)
{
    if (self->twin == NULL)
        return !self->is_opening;
    return self->is_checked && self->n_edits == 0;
}

void
pd_document_ignore(PdDocument *self, guint64 fingerprint)
{
    g_hash_table_add(self->ignored, g_memdup2(&fingerprint, sizeof(fingerprint)));
    tell_changed(self);
}

void
pd_document_ignore_word(PdDocument *self, const char *word)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    g_ptr_array_add(self->ignored_words, g_strdup(word));
    g_ptr_array_add(words, (char *)word);
    if (self->options != NULL)
        add_words(self->options, words);
    if (self->twin != NULL)
        proofd_document_ignore_word_async(self->twin, word, NULL, NULL, NULL);
}
