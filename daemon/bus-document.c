/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-document.h"
#include "daemon/document.h"
#include "daemon/engine/error.h"
#include "dbus/introspection.h"
#include "dbus/protocol.h"

#include <string.h>

typedef struct {             /* what a check in the worker knows of its document */
    PdBusDocument *document; /* NULL: no longer interested */
    const PdDocumentHost *host;
} Ticket;

struct PdBusDocument {
    const PdDocumentHost *host;
    PdObject *object;
    char *owner;
    char *language;
    PdBusOptions *options;
    GPtrArray *words; /* the options' words and the ignored ones, without a NULL at the end */
    unsigned n_option_words;
    size_t word_bytes; /* what they are counted as with @host->grow */
    PdDocument *document;
    bool current;   /* do the findings belong to the present text and words? */
    bool reported;  /* was there ever a result? */
    Ticket *ticket; /* (nullable): of the check under way */
    PdJob *job;     /* (nullable): it */
    PdCall *edit;   /* (nullable): the last Edit, not answered yet */
    GQueue readers; /* of PdCall: Findings that wait */
};

/* --- replies --- */

static void
append_range(const PdBusDocument *self, DBusMessageIter *iter, PdSpan range)
{
    PdOffsetCursor cursor;
    size_t length;
    size_t start, end;

    pd_offset_cursor_init(&cursor, pd_document_text(self->document, &length),
                          self->options->offsets);
    start = pd_offset_cursor_at(&cursor, range.start);
    end = pd_offset_cursor_at(&cursor, range.end);
    pd_bus_append_uint32(iter, (uint32_t)start);
    pd_bus_append_uint32(iter, (uint32_t)(end - start));
}

static void
append_findings(const PdBusDocument *self, DBusMessageIter *iter, const GPtrArray *findings)
{
    size_t length;

    pd_bus_append_findings(iter, findings, pd_document_text(self->document, &length),
                           self->options->offsets, true);
}

static void
emit_changed(PdBusDocument *self, PdSpan range)
{
    g_autoptr(GPtrArray) findings = pd_document_findings_in(self->document, range);
    DBusMessage *signal = pd_object_new_signal(self->object, "Changed");
    DBusMessageIter iter;

    dbus_message_iter_init_append(signal, &iter);
    pd_bus_append_uint64(&iter, pd_document_serial(self->document));
    append_range(self, &iter, range);
    append_findings(self, &iter, findings);
    pd_object_emit(self->object, self->owner, signal);
}

static void
answer_edit(PdBusDocument *self, PdSpan range)
{
    g_autoptr(GPtrArray) findings = pd_document_findings_in(self->document, range);
    DBusMessage *reply = pd_call_new_reply(self->edit);
    DBusMessageIter iter;

    dbus_message_iter_init_append(reply, &iter);
    append_range(self, &iter, range);
    append_findings(self, &iter, findings);
    pd_call_return(g_steal_pointer(&self->edit), reply);
}

static void
answer_reader(PdBusDocument *self, PdCall *call)
{
    DBusMessage *reply = pd_call_new_reply(call);
    DBusMessageIter iter;

    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_uint64(&iter, pd_document_serial(self->document));
    append_findings(self, &iter, pd_document_findings(self->document));
    pd_call_return(call, reply);
}

static void
fail_waiting(PdBusDocument *self, const GError *error)
{
    PdCall *call;

    if (self->edit != NULL)
        pd_bus_fail(g_steal_pointer(&self->edit), error);
    while ((call = g_queue_pop_head(&self->readers)) != NULL)
        pd_bus_fail(call, error);
}

/* --- checking --- */

/* The worker's copy of the text is the present one: each change has cancelled the check before. */
static void
take_result(PdBusDocument *self, PdJobResult *result)
{
    PdSpan range = { 0, result->text_bytes };
    bool first = !self->reported;
    bool changed;
    PdCall *call;

    changed = pd_document_set_findings(self->document, g_steal_pointer(&result->findings), &range);
    self->current = true;
    self->reported = true;
    if (first)
        range = (PdSpan){ 0, result->text_bytes }; /* the client knows none yet */
    if (self->edit != NULL)
        answer_edit(self, range);
    else if (first || changed)
        emit_changed(self, range);
    while ((call = g_queue_pop_head(&self->readers)) != NULL)
        answer_reader(self, call);
}

static void
on_checked(PdJobResult *result, const GError *error, void *user_data)
{
    g_autofree Ticket *ticket = user_data;
    PdBusDocument *self = ticket->document;
    const PdDocumentHost *host = ticket->host;
    g_autoptr(GError) too_many = NULL;

    if (result != NULL && !pd_bus_findings_fit(result->findings, &too_many))
        error = too_many;
    host->checked(result != NULL ? result->text_bytes : 0,
                  error == NULL ? (gssize)result->findings->len : -1, host->user_data);
    if (self == NULL)
        return;
    self->ticket = NULL;
    self->job = NULL;
    if (error != NULL)
        fail_waiting(self, error); /* not current: the next Edit or Findings tries again */
    else
        take_result(self, result);
}

static void
stop_check(PdBusDocument *self)
{
    if (self->job == NULL)
        return;
    self->ticket->document = NULL;
    pd_worker_cancel(self->host->worker, self->job);
    self->ticket = NULL;
    self->job = NULL;
}

void
pd_bus_document_recheck(PdBusDocument *self)
{
    g_autoptr(GError) error = NULL;
    PdJobSpec spec = { .kind = PD_JOB_CHECK, .client = self->owner, .unbounded = true };
    Ticket *ticket;

    stop_check(self);
    self->current = false;
    spec.language = self->language;
    spec.text = pd_document_text(self->document, &spec.text_bytes);
    spec.options = self->options->check;
    g_ptr_array_add(self->words, NULL);
    spec.options.words = (const char *const *)self->words->pdata;
    ticket = g_new0(Ticket, 1);
    ticket->document = self;
    ticket->host = self->host;
    self->job = pd_worker_push(self->host->worker, &spec, on_checked, ticket, &error);
    g_ptr_array_set_size(self->words, (int)self->words->len - 1);
    if (self->job != NULL) {
        self->ticket = ticket;
        return;
    }
    g_free(ticket); /* the service stops */
    fail_waiting(self, error);
}

/* --- methods --- */

static bool
admit(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;

    self->host->called(call, self->host->user_data);
    if (g_str_equal(pd_call_sender(call), self->owner))
        return true;
    pd_call_fail(call, DBUS_ERROR_ACCESS_DENIED, "%s belongs to another client",
                 pd_object_path(self->object));
    return false;
}

static void
handle_findings(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;

    if (self->current) {
        answer_reader(self, call);
        return;
    }
    if (self->readers.length >= PD_MAX_CALLS_PER_CLIENT) {
        pd_call_fail(call, PD_DBUS_ERROR_BUSY, "%d calls wait for this document already",
                     PD_MAX_CALLS_PER_CLIENT);
        return;
    }
    g_queue_push_tail(&self->readers, call);
    if (self->job == NULL)
        pd_bus_document_recheck(self);
}

static bool
apply_edit(PdBusDocument *self, DBusMessage *message, GError **error)
{
    dbus_uint64_t serial;
    dbus_uint32_t start, removed;
    const char *inserted;
    PdSpan gone;

    dbus_message_get_args(message, NULL, DBUS_TYPE_UINT64, &serial, DBUS_TYPE_UINT32, &start,
                          DBUS_TYPE_UINT32, &removed, DBUS_TYPE_STRING, &inserted,
                          DBUS_TYPE_INVALID);
    return pd_document_check_edit(self->document, serial, start, removed, inserted, &gone, error) &&
           self->host->grow((gssize)strlen(inserted) - (gssize)(gone.end - gone.start), error,
                            self->host->user_data) &&
           pd_document_edit(self->document, serial, start, removed, inserted, error);
}

static void
handle_edit(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!apply_edit(self, pd_call_message(call), &error)) {
        pd_bus_fail(call, error);
        return;
    }
    pd_call_drop_message(call);
    if (self->edit != NULL)
        pd_call_fail(self->edit, PD_DBUS_ERROR_CANCELLED,
                     "a newer edit came; its reply covers this one too");
    self->edit = call;
    pd_bus_document_recheck(self);
}

static void
handle_ignore(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;
    g_autoptr(GError) error = NULL;
    dbus_uint64_t fingerprint;
    PdSpan changed;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_UINT64, &fingerprint,
                          DBUS_TYPE_INVALID);
    if (!pd_document_ignore(self->document, fingerprint, &changed, &error)) {
        pd_bus_fail(call, error);
        return;
    }
    pd_call_return_nothing(call);
    emit_changed(self, changed);
}

static void
handle_ignore_word(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;
    g_autoptr(GError) error = NULL;
    const char *word;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_STRING, &word, DBUS_TYPE_INVALID);
    if (!pd_bus_check_word(word, &error)) {
        pd_bus_fail(call, error);
        return;
    }
    if (self->words->len - self->n_option_words >= PD_MAX_OPTION_WORDS) {
        pd_call_fail(call, PD_DBUS_ERROR_BUSY, "%d words are ignored already", PD_MAX_OPTION_WORDS);
        return;
    }
    if (!self->host->grow((gssize)pd_bus_word_bytes(word), &error, self->host->user_data)) {
        pd_bus_fail(call, error);
        return;
    }
    self->word_bytes += pd_bus_word_bytes(word);
    g_ptr_array_add(self->words, g_strdup(word));
    pd_call_return_nothing(call);
    pd_bus_document_recheck(self);
}

static void
handle_close(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;

    pd_call_return_nothing(call);
    self->host->closed(self, self->host->user_data); /* @self is gone */
}

static const PdMethod methods[] = {
    { "Findings", "", "ta" PD_DBUS_DOCUMENT_FINDING, handle_findings },
    { "Edit", "tuus", "uua" PD_DBUS_DOCUMENT_FINDING, handle_edit },
    { "Ignore", "t", "", handle_ignore },
    { "IgnoreWord", "s", "", handle_ignore_word },
    { "Close", "", "", handle_close },
    { 0 },
};
static const PdSignal signals[] = {
    { "Changed", "tuua" PD_DBUS_DOCUMENT_FINDING },
    { 0 },
};
const PdInterface pd_document_interface = {
    .name = PD_DBUS_DOCUMENT_INTERFACE,
    .xml = PD_XML_ORG_PROOFD_DOCUMENT1,
    .methods = methods,
    .signals = signals,
    .admit = admit,
};

/* --- life --- */

PdBusDocument *
pd_bus_document_new(const PdDocumentHost *host, const char *path, const char *owner,
                    const char *language, const char *text, size_t text_bytes,
                    const PdBusOptions *options)
{
    PdBusDocument *self = g_new0(PdBusDocument, 1);

    self->host = host;
    self->owner = g_strdup(owner);
    self->language = g_strdup(language);
    self->options = pd_bus_options_copy(options);
    self->words = g_ptr_array_new_with_free_func(g_free);
    for (char **word = self->options->words; *word != NULL; word++)
        g_ptr_array_add(self->words, g_strdup(*word));
    self->n_option_words = self->words->len;
    self->word_bytes = pd_bus_options_word_bytes(options);
    self->document = pd_document_new(text, text_bytes, options->offsets);
    self->object = pd_object_new(host->bus, path, &pd_document_interface, self);
    return self;
}

void
pd_bus_document_free(PdBusDocument *self)
{
    g_autoptr(GError) closed =
        g_error_new_literal(PD_ERROR, PD_ERROR_CANCELLED, "the document was closed");
    size_t n_bytes;

    if (self == NULL)
        return;
    stop_check(self);
    fail_waiting(self, closed);
    pd_document_text(self->document, &n_bytes);
    self->host->grow(-(gssize)(n_bytes + self->word_bytes), NULL, self->host->user_data);
    pd_object_free(self->object);
    pd_document_free(self->document);
    pd_bus_options_free(self->options);
    g_ptr_array_unref(self->words);
    g_free(self->owner);
    g_free(self->language);
    g_free(self);
}

const char *
pd_bus_document_path(const PdBusDocument *self)
{
    return pd_object_path(self->object);
}

const char *
pd_bus_document_owner(const PdBusDocument *self)
{
    return self->owner;
}

bool
pd_bus_document_cancel(PdBusDocument *self, uint32_t serial)
{
    static const char why[] = "the call was cancelled";

    if (self->edit != NULL && pd_call_serial(self->edit) == serial) {
        pd_call_fail(g_steal_pointer(&self->edit), PD_DBUS_ERROR_CANCELLED, "%s", why);
        return true; /* the check goes on: its findings come as Changed */
    }
    for (GList *link = self->readers.head; link != NULL; link = link->next) {
        PdCall *call = link->data;

        if (pd_call_serial(call) != serial)
            continue;
        g_queue_delete_link(&self->readers, link);
        pd_call_fail(call, PD_DBUS_ERROR_CANCELLED, "%s", why);
        return true;
    }
    return false;
}
