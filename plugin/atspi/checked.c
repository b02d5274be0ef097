/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/checked.h"
#include "plugin/atspi/window.h"

#define RETRY_MS 3000

/* An open that is under way. It may succeed although it was cancelled. */
typedef struct {
    PdChecked *checked; /* NULL: it does not want the answer any more */
    GCancellable *cancellable;
} Opening;

struct PdChecked {
    ProofdClient *client;
    PdConfig *config;
    const PdCheckedFuncs *funcs;
    void *user_data;
    char *text;               /* as it is now; NULL at first */
    char *sent;               /* as the document has it */
    ProofdDocument *document; /* NULL: being opened, or the service is not there */
    Opening *opening;         /* NULL: not being opened; freed when it is answered */
    guint retry;
    bool has_failed;
    char *trouble; /* why there is no document; NULL: none, as far as is known */
};

static void open_document(PdChecked *self);

static gboolean
on_retry(gpointer user_data)
{
    PdChecked *self = user_data;

    self->retry = 0;
    open_document(self);
    return G_SOURCE_REMOVE;
}

static void
open_later(PdChecked *self)
{
    if (self->retry == 0)
        self->retry = g_timeout_add(RETRY_MS, on_retry, self);
}

static void
drop_document(PdChecked *self)
{
    if (self->opening != NULL) {
        self->opening->checked = NULL;
        g_cancellable_cancel(self->opening->cancellable);
        self->opening = NULL;
    }
    if (self->document != NULL) {
        g_signal_handlers_disconnect_by_data(self->document, self);
        proofd_document_close(self->document);
        g_clear_object(&self->document);
    }
    g_clear_pointer(&self->sent, g_free);
}

static void
on_changed(ProofdDocument *document, guint start, guint length, gpointer user_data)
{
    PdChecked *self = user_data;

    self->funcs->changed(self->user_data);
}

static void
on_closed(ProofdDocument *document, gpointer user_data)
{
    PdChecked *self = user_data;

    drop_document(self);
    open_later(self);
    self->funcs->changed(self->user_data);
}

static void
send_change(PdChecked *self)
{
    PdChange change;

    if (self->document == NULL || !pd_change_between(self->sent, self->text, &change))
        return;
    g_free(self->sent);
    self->sent = g_strdup(self->text);
    proofd_document_edit_async(self->document, change.start, change.removed, change.inserted, NULL,
                               NULL, NULL);
    pd_change_done(&change);
}

/* Wrong settings stay wrong; everything else may be better in a while. */
static void
on_failed(PdChecked *self, const GError *error)
{
    if (g_strcmp0(self->trouble, error->message) != 0)
        g_warning("nothing is checked: %s", error->message);
    g_free(self->trouble);
    self->trouble = g_strdup(error->message);
    if (!g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_UNKNOWN_LANGUAGE) &&
        !g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_INVALID_OPTION) &&
        !g_error_matches(error, PROOFD_ERROR, PROOFD_ERROR_MODEL_BROKEN)) {
        open_later(self);
        return;
    }
    self->has_failed = true;
    self->funcs->failed(error->message, self->user_data);
}

static void
on_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProofdDocument) document =
        proofd_client_open_finish(PROOFD_CLIENT(source), result, &error);
    Opening *opening = user_data;
    PdChecked *self = opening->checked;

    g_object_unref(opening->cancellable);
    g_free(opening);
    if (self == NULL)
        return;
    self->opening = NULL;
    if (document == NULL) {
        g_clear_pointer(&self->sent, g_free);
        on_failed(self, error);
        return;
    }
    self->document = g_steal_pointer(&document);
    g_clear_pointer(&self->trouble, g_free);
    g_signal_connect(self->document, "changed", G_CALLBACK(on_changed), self);
    g_signal_connect(self->document, "closed", G_CALLBACK(on_closed), self);
    send_change(self);
    self->funcs->changed(self->user_data);
}

static void
open_document(PdChecked *self)
{
    g_autoptr(ProofdOptions) options = NULL;

    if (self->text == NULL || self->document != NULL || self->opening != NULL || self->has_failed)
        return;
    options = proofd_options_new();
    proofd_options_set_level(options, self->config->level);
    proofd_options_set_disable(options, (const char *const *)self->config->disable);
    self->opening = g_new0(Opening, 1);
    self->opening->checked = self;
    self->opening->cancellable = g_cancellable_new();
    self->sent = g_strdup(self->text);
    proofd_client_open_async(self->client, self->config->language, self->text, options,
                             self->opening->cancellable, on_opened, self->opening);
}

PdChecked *
pd_checked_new(ProofdClient *client, PdConfig *config, const PdCheckedFuncs *funcs, void *user_data)
{
    PdChecked *self = g_new0(PdChecked, 1);

    self->client = g_object_ref(client);
    self->config = pd_config_ref(config);
    self->funcs = funcs;
    self->user_data = user_data;
    return self;
}

void
pd_checked_free(PdChecked *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->retry, g_source_remove);
    drop_document(self);
    g_free(self->text);
    g_free(self->trouble);
    g_object_unref(self->client);
    pd_config_unref(self->config);
    g_free(self);
}

void
pd_checked_set_text(PdChecked *self, const char *text)
{
    g_free(self->text);
    self->text = g_strdup(text);
    if (self->document != NULL)
        send_change(self);
    else if (self->retry == 0)
        open_document(self);
}

GPtrArray *
pd_checked_get_findings(PdChecked *self)
{
    g_autoptr(GPtrArray) all = NULL;
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);

    if (self->document == NULL)
        return findings;
    all = proofd_document_get_findings(self->document);
    for (guint i = 0; i < all->len; i++) {
        ProofdFinding *finding = all->pdata[i];

        if (g_str_equal(finding->kind, "spelling") ||
            !pd_window_has_hole(self->text, finding->start, finding->length))
            g_ptr_array_add(findings, proofd_finding_ref(finding));
    }
    return findings;
}

const char *
pd_checked_peek_trouble(PdChecked *self)
{
    return self->trouble;
}

void
pd_checked_ignore(PdChecked *self, ProofdFinding *finding)
{
    if (self->document != NULL)
        proofd_document_ignore_finding_async(self->document, finding, NULL, NULL, NULL);
}
