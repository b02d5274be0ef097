/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-document.h"
#include "daemon/document.h"
#include "daemon/engine/error.h"
#include "dbus/introspection.h"
#include "dbus/protocol.h"

#include <string.h>

#define EDITED_BYTES (16 * 1024) /* checked at once, of what edits changed */
#define REST_BYTES (4 * 1024)    /* of the rest */
#define ANNOUNCE_US (100 * 1000) /* what the rest has is told as often, while more is to come */

typedef enum { CHECK_EDITED, CHECK_REST, N_CHECKS } Check;

typedef struct {             /* what a check in the worker knows of its document */
    PdBusDocument *document; /* NULL: no longer interested */
    const PdDocumentHost *host;
    Check check;
    PdDocumentWork *work;
    PdJob *job;
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
    bool is_broken;           /* the last check failed; the next Edit or Findings tries again */
    Ticket *checks[N_CHECKS]; /* (nullable): under way */
    gint64 announced_us;      /* when Changed was last sent for something not edited */
    PdCall *edit;             /* (nullable): the last Edit, not answered yet */
    GQueue readers;           /* of PdCall: Findings that wait */
};

static void
ticket_free(Ticket *self)
{
    pd_document_work_free(self->work);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ticket, ticket_free)

/* --- replies --- */

static void
append_range(const PdBusDocument *self, DBusMessageIter *iter, PdSpan range)
{
    const size_t start = pd_document_units(self->document, range.start);
    const size_t end = pd_document_units(self->document, range.end);

    pd_bus_append_uint32(iter, (uint32_t)start);
    pd_bus_append_uint32(iter, (uint32_t)(end - start));
}

static void
append_findings(DBusMessageIter *iter, const GArray *findings)
{
    DBusMessageIter array;

    pd_bus_open(iter, DBUS_TYPE_ARRAY, PD_DBUS_DOCUMENT_FINDING, &array);
    for (unsigned i = 0; i < findings->len; i++) {
        const PdPlacedFinding *placed = &g_array_index(findings, PdPlacedFinding, i);

        pd_bus_append_finding(&array, placed->finding, placed->start_units, placed->n_units, true);
    }
    pd_bus_close(iter, &array);
}

static bool
findings_fit(const GArray *findings, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (unsigned i = 0; i < findings->len; i++)
        g_ptr_array_add(all, (gpointer)g_array_index(findings, PdPlacedFinding, i).finding);
    return pd_bus_findings_fit(all, error);
}

static void
emit_changed(PdBusDocument *self, PdSpan range)
{
    g_autoptr(GArray) findings = pd_document_findings_in(self->document, range);
    DBusMessage *signal;
    DBusMessageIter iter;

    if (!findings_fit(findings, NULL)) /* Findings says so */
        return;
    signal = pd_object_new_signal(self->object, "Changed");
    dbus_message_iter_init_append(signal, &iter);
    pd_bus_append_uint64(&iter, pd_document_serial(self->document));
    append_range(self, &iter, range);
    append_findings(&iter, findings);
    pd_object_emit(self->object, self->owner, signal);
}

static void
answer_edit(PdBusDocument *self, PdSpan range)
{
    g_autoptr(GArray) findings = pd_document_findings_in(self->document, range);
    g_autoptr(GError) error = NULL;
    DBusMessageIter iter;
    DBusMessage *reply;

    if (!findings_fit(findings, &error)) {
        pd_bus_fail(g_steal_pointer(&self->edit), error);
        return;
    }
    reply = pd_call_new_reply(self->edit);
    dbus_message_iter_init_append(reply, &iter);
    append_range(self, &iter, range);
    append_findings(&iter, findings);
    pd_call_return(g_steal_pointer(&self->edit), reply);
}

static void
answer_reader(PdBusDocument *self, PdCall *call)
{
    g_autoptr(GArray) findings = pd_document_findings(self->document);
    g_autoptr(GError) error = NULL;
    DBusMessageIter iter;
    DBusMessage *reply;

    if (!findings_fit(findings, &error)) {
        pd_bus_fail(call, error);
        return;
    }
    reply = pd_call_new_reply(call);
    dbus_message_iter_init_append(reply, &iter);
    pd_bus_append_uint64(&iter, pd_document_serial(self->document));
    append_findings(&iter, findings);
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

static bool
is_known(const PdBusDocument *self)
{
    return !pd_document_is_edited(self->document) && !pd_document_is_unchecked(self->document);
}

/* Tells what the client did not ask for: at once, or not too often. */
static void
announce(PdBusDocument *self, bool at_once)
{
    const gint64 now = g_get_monotonic_time();
    PdSpan range;

    if (!at_once && now - self->announced_us < ANNOUNCE_US)
        return;
    self->announced_us = now;
    while (pd_document_take_changed_range(self->document, &range))
        emit_changed(self, range);
}

static void
tell(PdBusDocument *self)
{
    const bool known = is_known(self);
    PdSpan range;
    PdCall *call;

    if (!pd_document_is_edited(self->document) &&
        pd_document_take_edited_range(self->document, &range)) {
        if (self->edit != NULL)
            answer_edit(self, range);
        else
            emit_changed(self, range);
    }
    announce(self, known);
    while (known && (call = g_queue_pop_head(&self->readers)) != NULL)
        answer_reader(self, call);
}

static void start_checks(PdBusDocument *self);

static void
on_checked(PdJobResult *result, const GError *error, void *user_data)
{
    g_autoptr(Ticket) ticket = user_data;
    PdBusDocument *self = ticket->document;
    const PdDocumentHost *host = ticket->host;

    host->checked(result != NULL ? result->text_bytes : 0,
                  result != NULL ? (gssize)result->findings->len : -1, host->user_data);
    if (self == NULL)
        return;
    self->checks[ticket->check] = NULL;
    if (result == NULL) {
        self->is_broken = true;
        fail_waiting(self, error);
        return;
    }
    pd_document_take_findings(self->document, ticket->work, g_steal_pointer(&result->findings));
    start_checks(self);
    tell(self);
}

static void
stop_check(PdBusDocument *self, Check check)
{
    Ticket *ticket = g_steal_pointer(&self->checks[check]);

    if (ticket == NULL)
        return;
    ticket->document = NULL;
    pd_worker_cancel(self->host->worker, ticket->job);
}

/* What depends on the whole document is its own affair, where it is in blocks. */
static PdJob *
push_check(PdBusDocument *self, Ticket *ticket, GError **error)
{
    PdJobSpec spec = { .kind = PD_JOB_CHECK, .client = self->owner, .unbounded = true };
    g_autofree char *text = pd_document_work_text(ticket->work, &spec.text_bytes);
    PdJob *job;

    spec.background = ticket->check == CHECK_REST && g_queue_is_empty(&self->readers);
    spec.typed = ticket->check == CHECK_EDITED;
    spec.language = self->language;
    spec.text = text;
    spec.options = self->options->check;
    spec.options.is_part = pd_document_is_in_blocks(self->document);
    g_ptr_array_add(self->words, NULL);
    spec.options.words = spec.options.is_part ? NULL : (const char *const *)self->words->pdata;
    job = pd_worker_push(self->host->worker, &spec, on_checked, ticket, error);
    g_ptr_array_set_size(self->words, (int)self->words->len - 1);
    return job;
}

static void
start_check(PdBusDocument *self, Check check)
{
    const bool edited = check == CHECK_EDITED;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = NULL;
    PdDocumentWork *work;

    if (self->checks[check] != NULL || self->is_broken)
        return;
    work = pd_document_take_work(self->document, edited, edited ? EDITED_BYTES : REST_BYTES);
    if (work == NULL)
        return;
    ticket = g_new0(Ticket, 1);
    ticket->document = self;
    ticket->host = self->host;
    ticket->check = check;
    ticket->work = work;
    ticket->job = push_check(self, ticket, &error);
    if (ticket->job != NULL) {
        self->checks[check] = g_steal_pointer(&ticket); /* and on_checked() has it */
        return;
    }
    self->is_broken = true; /* the service stops */
    fail_waiting(self, error);
}

static void
start_checks(PdBusDocument *self)
{
    start_check(self, CHECK_EDITED);
    start_check(self, CHECK_REST);
}

void
pd_bus_document_start(PdBusDocument *self)
{
    start_checks(self);
    if (pd_document_bytes(self->document) == 0) /* Changed comes after each Open */
        emit_changed(self, (PdSpan){ 0, 0 });
}

static void
recheck(PdBusDocument *self)
{
    stop_check(self, CHECK_EDITED);
    stop_check(self, CHECK_REST);
    pd_document_recheck(self->document);
    self->is_broken = false;
    start_checks(self);
}

void
pd_bus_document_words_changed(PdBusDocument *self)
{
    if (!pd_document_is_in_blocks(self->document)) {
        recheck(self);
        return;
    }
    pd_document_own_words_changed(self->document);
    announce(self, true);
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

    if (is_known(self)) {
        answer_reader(self, call);
        return;
    }
    if (self->readers.length >= PD_MAX_CALLS_PER_CLIENT) {
        pd_call_fail(call, PD_DBUS_ERROR_BUSY, "%d calls wait for this document already",
                     PD_MAX_CALLS_PER_CLIENT);
        return;
    }
    g_queue_push_tail(&self->readers, call);
    self->is_broken = false;
    start_checks(self);
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
    self->is_broken = false;
    stop_check(self, CHECK_EDITED);
    if (self->checks[CHECK_REST] != NULL &&
        !pd_document_work_is_wanted(self->checks[CHECK_REST]->work))
        stop_check(self, CHECK_REST);
    start_checks(self);
    tell(self);
}

static void
handle_ignore(PdCall *call, void *user_data)
{
    PdBusDocument *self = user_data;
    g_autoptr(GError) error = NULL;
    dbus_uint64_t fingerprint;

    dbus_message_get_args(pd_call_message(call), NULL, DBUS_TYPE_UINT64, &fingerprint,
                          DBUS_TYPE_INVALID);
    if (!pd_document_ignore(self->document, fingerprint, &error)) {
        pd_bus_fail(call, error);
        return;
    }
    pd_call_return_nothing(call);
    announce(self, true);
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
    if (pd_document_is_in_blocks(self->document))
        pd_document_ignore_word(self->document, word);
    else
        recheck(self);
    pd_call_return_nothing(call);
    announce(self, true);
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
    self->document =
        pd_document_new(text, text_bytes, options->offsets, options->check.format, host->words);
    for (char **word = self->options->words; *word != NULL; word++)
        pd_document_ignore_word(self->document, *word);
    self->object = pd_object_new(host->bus, path, &pd_document_interface, self);
    return self;
}

void
pd_bus_document_free(PdBusDocument *self)
{
    g_autoptr(GError) closed =
        g_error_new_literal(PD_ERROR, PD_ERROR_CANCELLED, "the document was closed");

    if (self == NULL)
        return;
    stop_check(self, CHECK_EDITED);
    stop_check(self, CHECK_REST);
    fail_waiting(self, closed);
    self->host->grow(-(gssize)(pd_document_bytes(self->document) + self->word_bytes), NULL,
                     self->host->user_data);
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
