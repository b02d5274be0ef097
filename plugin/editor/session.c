/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/session.h"

#include <glib/gi18n-lib.h>

#define RETRY_FIRST_MS 250
#define RETRY_LAST_MS 30000

/* An edit that waits until the document is open. */
typedef struct {
    guint start, removed;
    char *inserted;
} Edit;

struct _PdSession {
    GObject parent;

    ProofdClient *client;
    PdSessionTextFunc text_func;
    gpointer text_data;
    char *language, *format, *level;
    char **disabled;
    GHashTable *words;

    bool is_started;
    ProofdDocument *document; /* (nullable): what is shown */
    ProofdDocument *next;     /* (nullable): with newer settings; shown once it is checked */
    GCancellable *opening;    /* (nullable): the call Open that is under way */
    GArray *waiting;          /* of Edit: made since then */
    guint reopen_source, retry_source, retry_ms;

    guint n_checks; /* under way */
    char *problem;
    double time_ms;
};

G_DEFINE_FINAL_TYPE(PdSession, pd_session, G_TYPE_OBJECT)

static void open_document(PdSession *self);

/* --- state --- */

PdSessionState
pd_session_get_state(const PdSession *self)
{
    if (!self->is_started)
        return PD_SESSION_OFF;
    if (self->problem != NULL)
        return PD_SESSION_LOST;
    if (self->n_checks > 0 || self->document == NULL || self->next != NULL || self->opening != NULL)
        return PD_SESSION_CHECKING;
    return PD_SESSION_READY;
}

const char *
pd_session_peek_problem(const PdSession *self)
{
    return self->problem;
}

double
pd_session_get_time_ms(const PdSession *self)
{
    return self->time_ms;
}

static void
tell_state(PdSession *self)
{
    g_signal_emit_by_name(self, "state-changed");
}

static void
tell_changed(PdSession *self, guint start, guint length)
{
    g_signal_emit_by_name(self, "changed", start, length);
}

static void
tell_all_changed(PdSession *self)
{
    tell_changed(self, 0, G_MAXINT);
}

/* One check that is under way. */
typedef struct {
    PdSession *session;
    gint64 began;
} Check;

static Check *
check_begin(PdSession *self)
{
    Check *check = g_new(Check, 1);

    check->session = g_object_ref(self);
    check->began = g_get_monotonic_time();
    self->n_checks++;
    tell_state(self);
    return check;
}

static void
check_end(Check *check, bool is_done)
{
    g_autoptr(PdSession) self = check->session;

    self->n_checks--;
    if (is_done)
        self->time_ms = (double)(g_get_monotonic_time() - check->began) / 1000;
    g_free(check);
    tell_state(self);
}

/* --- the document's life --- */

static void
drop(PdSession *self, ProofdDocument **document)
{
    if (*document == NULL)
        return;
    g_signal_handlers_disconnect_by_data(*document, self);
    if (!proofd_document_is_closed(*document))
        proofd_document_close(*document);
    g_clear_object(document);
}

static void
give_up_opening(PdSession *self)
{
    if (self->opening != NULL)
        g_cancellable_cancel(self->opening);
    g_clear_object(&self->opening);
    g_clear_handle_id(&self->retry_source, g_source_remove);
    g_clear_handle_id(&self->reopen_source, g_source_remove);
    g_array_set_size(self->waiting, 0);
}

static void
drop_all(PdSession *self)
{
    give_up_opening(self);
    drop(self, &self->document);
    drop(self, &self->next);
}

static gboolean
retry(gpointer data)
{
    PdSession *self = data;

    self->retry_source = 0;
    open_document(self);
    return G_SOURCE_REMOVE;
}

/* Nobody checks now: says so, and tries again later. */
static void
lose(PdSession *self, const char *problem)
{
    drop_all(self);
    g_free(self->problem);
    self->problem = g_strdup(problem);
    self->retry_source = g_timeout_add(self->retry_ms, retry, self);
    self->retry_ms = MIN(self->retry_ms * 2, RETRY_LAST_MS);
    tell_all_changed(self);
    tell_state(self);
}

static void
on_document_changed(ProofdDocument *document, guint start, guint length, PdSession *self)
{
    if (document == self->document)
        tell_changed(self, start, length);
}

static void
on_document_closed(ProofdDocument *document, PdSession *self)
{
    if (document == self->document)
        lose(self, _("the service went away"));
    else
        drop(self, &self->next);
}

static void
on_all_found(GObject *object, GAsyncResult *result, gpointer data)
{
    ProofdDocument *document = PROOFD_DOCUMENT(object);
    g_autoptr(GPtrArray) findings = proofd_document_find_all_finish(document, result, NULL);
    Check *check = data;
    PdSession *self = check->session;

    if (document == self->next) {
        drop(self, &self->document);
        self->document = g_steal_pointer(&self->next);
        tell_all_changed(self);
    }
    if (document == self->document)
        self->retry_ms = RETRY_FIRST_MS;
    check_end(check, findings != NULL);
}

static void
take_document(PdSession *self, ProofdDocument *document)
{
    for (guint i = 0; i < self->waiting->len; i++) {
        const Edit *edit = &g_array_index(self->waiting, Edit, i);

        proofd_document_edit_async(document, edit->start, edit->removed, edit->inserted, NULL, NULL,
                                   NULL);
    }
    g_array_set_size(self->waiting, 0);
    g_signal_connect(document, "changed", G_CALLBACK(on_document_changed), self);
    g_signal_connect(document, "closed", G_CALLBACK(on_document_closed), self);
    drop(self, &self->next);
    *(self->document == NULL ? &self->document : &self->next) = document;
    g_clear_pointer(&self->problem, g_free);
    proofd_document_find_all_async(document, NULL, on_all_found, check_begin(self));
}

/* A call Open that is under way. */
typedef struct {
    PdSession *session;
    GCancellable *cancellable;
} Opening;

static void
on_opened(GObject *object, GAsyncResult *result, gpointer data)
{
    Opening *opening = data;
    g_autoptr(PdSession) self = opening->session;
    g_autoptr(GCancellable) cancellable = opening->cancellable;
    g_autoptr(GError) error = NULL;
    g_autoptr(ProofdDocument) document =
        proofd_client_open_finish(PROOFD_CLIENT(object), result, &error);

    g_free(opening);
    if (cancellable != self->opening)
        return; /* another one is under way, or nothing is wanted any more */
    g_clear_object(&self->opening);
    if (document != NULL)
        take_document(self, g_steal_pointer(&document));
    else
        lose(self, error->message);
}

ProofdOptions *
pd_session_new_options(const PdSession *self)
{
    ProofdOptions *options = proofd_options_new();
    g_autofree char **words = (char **)g_hash_table_get_keys_as_array(self->words, NULL);

    proofd_options_set_format(options, self->format);
    proofd_options_set_level(options, self->level);
    proofd_options_set_disable(options, (const char *const *)self->disabled);
    proofd_options_set_words(options, (const char *const *)words);
    return options;
}

static void
open_document(PdSession *self)
{
    g_autoptr(ProofdOptions) options = pd_session_new_options(self);
    g_autofree char *text = self->text_func(self->text_data);
    Opening *opening = g_new(Opening, 1);

    give_up_opening(self);
    self->opening = g_cancellable_new();
    opening->session = g_object_ref(self);
    opening->cancellable = g_object_ref(self->opening);
    proofd_client_open_async(self->client, self->language, text, options, self->opening, on_opened,
                             opening);
    tell_state(self);
}

static gboolean
reopen(gpointer data)
{
    PdSession *self = data;

    self->reopen_source = 0;
    open_document(self);
    return G_SOURCE_REMOVE;
}

/* Once for all settings that change at a time. */
static void
reopen_soon(PdSession *self)
{
    if (!self->is_started)
        return;
    self->retry_ms = RETRY_FIRST_MS;
    if (self->reopen_source == 0)
        self->reopen_source = g_idle_add(reopen, self);
}

/* --- edits and findings --- */

static void
on_edited(GObject *object, GAsyncResult *result, gpointer data)
{
    check_end(data, proofd_document_edit_finish(PROOFD_DOCUMENT(object), result, NULL));
}

void
pd_session_edit(PdSession *self, guint start, guint removed, const char *inserted)
{
    g_return_if_fail(PD_IS_SESSION(self) && inserted != NULL);
    if (self->opening != NULL) {
        const Edit edit = { start, removed, g_strdup(inserted) };

        g_array_append_val(self->waiting, edit);
    }
    if (self->document != NULL)
        proofd_document_edit_async(self->document, start, removed, inserted, NULL, on_edited,
                                   check_begin(self));
    if (self->next != NULL)
        proofd_document_edit_async(self->next, start, removed, inserted, NULL, NULL, NULL);
}

/* Until the service has it from a new document. */
static bool
is_disabled(const PdSession *self, const ProofdFinding *finding)
{
    const char *const *rules = (const char *const *)self->disabled;

    return rules != NULL && rules[0] != NULL &&
           (g_strv_contains(rules, finding->rule) || g_strv_contains(rules, finding->kind));
}

GPtrArray *
pd_session_get_findings(PdSession *self)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
    g_autoptr(GPtrArray) all = NULL;

    g_return_val_if_fail(PD_IS_SESSION(self), findings);
    if (self->document == NULL)
        return findings;
    all = proofd_document_get_findings(self->document);
    for (guint i = 0; i < all->len; i++) {
        ProofdFinding *finding = g_ptr_array_index(all, i);

        if (!is_disabled(self, finding))
            g_ptr_array_add(findings, proofd_finding_ref(finding));
    }
    return findings;
}

void
pd_session_start(PdSession *self)
{
    g_return_if_fail(PD_IS_SESSION(self));
    if (self->is_started)
        return;
    self->is_started = true;
    open_document(self);
}

void
pd_session_stop(PdSession *self)
{
    g_return_if_fail(PD_IS_SESSION(self));
    if (!self->is_started)
        return;
    self->is_started = false;
    drop_all(self);
    g_clear_pointer(&self->problem, g_free);
    self->retry_ms = RETRY_FIRST_MS;
    self->time_ms = -1;
    tell_all_changed(self);
    tell_state(self);
}

void
pd_session_retry(PdSession *self)
{
    g_return_if_fail(PD_IS_SESSION(self));
    self->retry_ms = RETRY_FIRST_MS;
    if (self->retry_source != 0)
        open_document(self);
}

/* --- settings --- */

static void
set_string(PdSession *self, char **field, const char *value)
{
    if (g_strcmp0(*field, value) == 0)
        return;
    g_free(*field);
    *field = g_strdup(value);
    reopen_soon(self);
}

void
pd_session_set_language(PdSession *self, const char *language)
{
    set_string(self, &self->language, language);
}

void
pd_session_set_format(PdSession *self, const char *format)
{
    set_string(self, &self->format, format);
}

void
pd_session_set_level(PdSession *self, const char *level)
{
    set_string(self, &self->level, level);
}

void
pd_session_set_disabled(PdSession *self, const char *const *rules)
{
    if (self->disabled != NULL && rules != NULL &&
        g_strv_equal((const char *const *)self->disabled, rules))
        return;
    g_strfreev(self->disabled);
    self->disabled = g_strdupv((char **)rules);
    tell_all_changed(self);
    reopen_soon(self);
}

void
pd_session_accept_word(PdSession *self, const char *word, bool accepted)
{
    g_return_if_fail(PD_IS_SESSION(self) && word != NULL);
    if (!accepted) {
        if (g_hash_table_remove(self->words, word))
            reopen_soon(self);
        return;
    }
    g_hash_table_add(self->words, g_strdup(word));
    if (self->document != NULL)
        proofd_document_ignore_word_async(self->document, word, NULL, NULL, NULL);
    if (self->next != NULL || self->opening != NULL)
        reopen_soon(self);
}

const char *
pd_session_peek_language(const PdSession *self)
{
    return self->language;
}

/* --- life --- */

PdSession *
pd_session_new(ProofdClient *client, PdSessionTextFunc text_func, gpointer user_data)
{
    PdSession *self;

    g_return_val_if_fail(PROOFD_IS_CLIENT(client) && text_func != NULL, NULL);
    self = g_object_new(PD_TYPE_SESSION, NULL);
    self->client = g_object_ref(client);
    self->text_func = text_func;
    self->text_data = user_data;
    return self;
}

static void
clear_edit(gpointer data)
{
    g_free(((Edit *)data)->inserted);
}

static void
pd_session_init(PdSession *self)
{
    self->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->waiting = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_array_set_clear_func(self->waiting, clear_edit);
    self->retry_ms = RETRY_FIRST_MS;
    self->time_ms = -1;
}

static void
dispose(GObject *object)
{
    PdSession *self = PD_SESSION(object);

    self->is_started = false;
    drop_all(self);
    g_clear_object(&self->client);
    G_OBJECT_CLASS(pd_session_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    PdSession *self = PD_SESSION(object);

    g_hash_table_unref(self->words);
    g_array_unref(self->waiting);
    g_strfreev(self->disabled);
    g_free(self->language);
    g_free(self->format);
    g_free(self->level);
    g_free(self->problem);
    G_OBJECT_CLASS(pd_session_parent_class)->finalize(object);
}

static void
pd_session_class_init(PdSessionClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("changed", PD_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                 G_TYPE_UINT, G_TYPE_UINT);
    g_signal_new("state-changed", PD_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}
