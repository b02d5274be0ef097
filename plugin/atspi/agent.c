/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/atspi/agent.h"
#include "plugin/atspi/checked.h"
#include "plugin/atspi/correct.h"
#include "plugin/atspi/look.h"
#include "plugin/atspi/panel.h"
#include "plugin/atspi/reach.h"

#include <glib/gi18n-lib.h>

#define FOCUS_MS 50 /* a focus that moves on at once is not followed */
#define CARET_MS 100
#define DECLINED_US G_USEC_PER_SEC
#define SAY_MS 6000
#define MAX_PANEL_FINDINGS 50

typedef struct {
    PdAgent *agent; /* NULL: it is gone */
} Alive;

struct PdAgent {
    GDBusConnection *session;
    PdReach *reach; /* NULL: paused */
    ProofdClient *client;
    PdConfig *config;
    PdPanel *panel;
    bool is_wayland;
    PdAgentFunc func;
    void *user_data;
    Alive *alive; /* for answers that may come too late */

    PdRef *focus;          /* what said last that it has the focus */
    GHashTable *declined;  /* its objects that are no texts: path to when that was seen */
    PdRef *next;           /* to be looked at when @timer ends */
    PdRef *looked_at;      /* a look is under way */
    GCancellable *looking; /* of it */
    guint timer;
    guint typing; /* timer: the word at the caret may be unfinished */
    guint saying; /* timer: a sentence is in the panel */
    bool is_correcting;

    PdLook *look;          /* the text that is watched; NULL: none */
    PdChecked *checked;    /* of it */
    GPtrArray *shown;      /* of ProofdFinding: what is wrong in it, as of @look */
    GHashTable *dismissed; /* fingerprints that the panel was closed over */
};

static void refresh(PdAgent *self);

/* --- the text that is watched --- */

static void
tell_count(PdAgent *self)
{
    self->func(self->shown->len, self->look != NULL ? self->look->program : NULL, self->user_data);
}

static void
stop_saying(PdAgent *self)
{
    g_clear_handle_id(&self->saying, g_source_remove);
}

static void
stop_looking(PdAgent *self)
{
    if (self->looking != NULL)
        g_cancellable_cancel(self->looking);
    g_clear_object(&self->looking);
    g_clear_pointer(&self->looked_at, pd_ref_free);
}

/* Forgets all that was read. */
static void
leave_text(PdAgent *self)
{
    const bool was_there = self->look != NULL;

    g_clear_pointer(&self->checked, pd_checked_free);
    g_clear_pointer(&self->look, pd_look_free);
    g_ptr_array_set_size(self->shown, 0);
    g_hash_table_remove_all(self->dismissed);
    if (was_there && self->saying == 0)
        pd_panel_hide(self->panel);
    if (was_there)
        tell_count(self);
}

static bool
is_watched(PdAgent *self, const PdRef *ref)
{
    return self->look != NULL && pd_ref_equal(self->look->ref, ref);
}

static void
on_checked(void *user_data)
{
    refresh(user_data);
}

static gboolean
on_said(gpointer user_data)
{
    PdAgent *self = user_data;

    self->saying = 0;
    pd_panel_hide(self->panel);
    refresh(self);
    return G_SOURCE_REMOVE;
}

void
pd_agent_say(PdAgent *self, const char *message)
{
    stop_saying(self);
    pd_panel_say(self->panel, message);
    self->saying = g_timeout_add(SAY_MS, on_said, self);
}

static void
on_check_failed(const char *message, void *user_data)
{
    pd_agent_say(user_data, message);
}

static const PdCheckedFuncs checked_funcs = { on_checked, on_check_failed };

/* --- looking --- */

static void look_soon(PdAgent *self, const PdRef *ref, guint delay_ms);

static void
decline(PdAgent *self, const PdRef *ref)
{
    gint64 *now = g_new(gint64, 1);

    *now = g_get_monotonic_time();
    g_hash_table_insert(self->declined, g_strdup(ref->path), now);
}

/* A status line that changes with each key is not looked at each time. */
static bool
is_declined(PdAgent *self, const PdRef *ref)
{
    const gint64 *when = g_hash_table_lookup(self->declined, ref->path);

    return when != NULL && g_get_monotonic_time() < *when + DECLINED_US;
}

static void
on_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdLook) look = pd_look_finish(result, &error);
    g_autoptr(PdRef) ref = NULL;
    PdAgent *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* @self may be gone */
    ref = g_steal_pointer(&self->looked_at);
    g_clear_object(&self->looking);
    if (look == NULL) {
        g_debug("a text cannot be read: %s", error->message);
        if (is_watched(self, ref))
            leave_text(self);
        return;
    }
    if (look->result == PD_LOOK_OWN)
        return;
    if (look->result == PD_LOOK_NOT_OURS) {
        g_debug("not watched: %s (%s)", look->why, ref->path);
        decline(self, ref);
        if (is_watched(self, ref) || pd_ref_equal(ref, self->focus))
            leave_text(self);
        return;
    }
    if (!is_watched(self, ref)) {
        leave_text(self);
        self->checked = pd_checked_new(self->client, self->config, &checked_funcs, self);
    }
    pd_look_free(self->look);
    self->look = g_steal_pointer(&look);
    pd_checked_set_text(self->checked, self->look->text);
    refresh(self);
}

static gboolean
on_time_to_look(gpointer user_data)
{
    PdAgent *self = user_data;
    GDBusConnection *bus = self->reach != NULL ? pd_reach_peek_bus(self->reach) : NULL;

    self->timer = 0;
    if (bus == NULL)
        return G_SOURCE_REMOVE;
    stop_looking(self);
    self->looking = g_cancellable_new();
    self->looked_at = g_steal_pointer(&self->next);
    pd_look_async(bus, self->looked_at, self->config, self->looking, on_looked, self);
    return G_SOURCE_REMOVE;
}

static void
look_soon(PdAgent *self, const PdRef *ref, guint delay_ms)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    if (!pd_ref_equal(self->next, ref)) {
        g_clear_pointer(&self->next, pd_ref_free);
        self->next = pd_ref_copy(ref);
    }
    self->timer = g_timeout_add(delay_ms, on_time_to_look, self);
}

static gboolean
on_typed(gpointer user_data)
{
    PdAgent *self = user_data;

    self->typing = 0;
    refresh(self);
    return G_SOURCE_REMOVE;
}

static void
on_focused(PdAgent *self, const PdRef *source)
{
    g_clear_pointer(&self->focus, pd_ref_free);
    self->focus = pd_ref_copy(source);
    g_hash_table_remove_all(self->declined);
    look_soon(self, source, FOCUS_MS);
}

static void
on_unfocused(PdAgent *self, const PdRef *source)
{
    if (pd_ref_equal(self->next, source))
        g_clear_handle_id(&self->timer, g_source_remove);
    if (pd_ref_equal(self->looked_at, source))
        stop_looking(self);
    if (is_watched(self, source) || pd_ref_equal(self->focus, source))
        leave_text(self);
}

static void
on_gone(PdAgent *self, const PdRef *source)
{
    if (self->focus != NULL && g_str_equal(self->focus->name, source->name))
        g_clear_pointer(&self->focus, pd_ref_free);
    if (self->look != NULL && g_str_equal(self->look->ref->name, source->name))
        leave_text(self);
}

/* Status lines and the like change too, while one writes: a new text must have a caret as well. */
static bool
is_of_interest(PdAgent *self, PdEvent event, const PdRef *source)
{
    if (is_watched(self, source) || pd_ref_equal(self->focus, source))
        return true;
    if (event == PD_EVENT_TEXT)
        return pd_ref_equal(self->next, source) || pd_ref_equal(self->looked_at, source);
    if (self->focus != NULL && !g_str_equal(self->focus->name, source->name))
        return false;
    return !is_declined(self, source);
}

static void
on_typed_or_moved(PdAgent *self, PdEvent event, const PdRef *source)
{
    const bool is_next = self->timer != 0 && pd_ref_equal(self->next, source);

    if (!is_of_interest(self, event, source))
        return;
    if (event == PD_EVENT_TEXT) {
        g_clear_handle_id(&self->typing, g_source_remove);
        self->typing = g_timeout_add(self->config->unfinished_ms, on_typed, self);
    }
    look_soon(self, source,
              event == PD_EVENT_CARET && !is_next ? CARET_MS : self->config->delay_ms);
}

static void
on_event(PdEvent event, const PdRef *source, void *user_data)
{
    PdAgent *self = user_data;

    if (event == PD_EVENT_GONE)
        on_gone(self, source);
    else if (pd_panel_has_keys(self->panel))
        return; /* the focus is lent to the panel */
    else if (event == PD_EVENT_FOCUSED)
        on_focused(self, source);
    else if (event == PD_EVENT_UNFOCUSED)
        on_unfocused(self, source);
    else
        on_typed_or_moved(self, event, source);
}

/* --- the panel --- */

static guint
distance(const ProofdFinding *finding, guint caret)
{
    if (caret < finding->start)
        return finding->start - caret;
    return caret > finding->start + finding->length ? caret - finding->start - finding->length : 0;
}

static bool
is_to_show(PdAgent *self, const ProofdFinding *finding)
{
    return self->typing == 0 || !pd_window_unfinished(self->look->text, finding->start,
                                                      finding->length, self->look->caret);
}

/* What the panel shows of a finding; what it owns goes into @owned. */
static void
describe(PdAgent *self, const ProofdFinding *finding, PdPanelFinding *ret_finding, GPtrArray *owned)
{
    const char **corrections = g_new0(const char *, finding->candidates->len + 1);
    char *words = pd_window_part(self->look->text, finding->start, finding->length);

    for (guint i = 0; i < finding->candidates->len; i++)
        corrections[i] = ((const ProofdCandidate *)finding->candidates->pdata[i])->text;
    g_ptr_array_add(owned, corrections);
    g_ptr_array_add(owned, words);
    ret_finding->words = words;
    ret_finding->message = finding->message;
    ret_finding->corrections = corrections;
    ret_finding->is_unknown_word = g_str_equal(finding->rule, "spelling/unknown");
}

static void
show(PdAgent *self)
{
    g_autofree PdPanelFinding *findings = NULL;
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    const PdBox caret = { self->look->x, self->look->y, self->look->width, self->look->height };
    const bool in_corner = self->config->place == PD_PLACE_CORNER ||
                           (self->config->place == PD_PLACE_AUTO && self->is_wayland);
    const guint n = MIN(self->shown->len, MAX_PANEL_FINDINGS);
    guint nearest = 0;

    findings = g_new0(PdPanelFinding, n);
    for (guint i = 0; i < n; i++) {
        describe(self, self->shown->pdata[i], &findings[i], owned);
        if (distance(self->shown->pdata[i], self->look->caret) <
            distance(self->shown->pdata[nearest], self->look->caret))
            nearest = i;
    }
    pd_panel_show(self->panel, findings, n, nearest,
                  self->look->has_place && !in_corner ? &caret : NULL);
}

static void
refresh(PdAgent *self)
{
    g_autoptr(GPtrArray) findings = NULL;
    bool is_news = false;

    if (self->look == NULL || self->is_correcting)
        return;
    findings = pd_checked_get_findings(self->checked);
    g_ptr_array_set_size(self->shown, 0);
    for (guint i = 0; i < findings->len; i++) {
        ProofdFinding *finding = findings->pdata[i];

        if (!is_to_show(self, finding))
            continue;
        g_ptr_array_add(self->shown, proofd_finding_ref(finding));
        is_news = is_news || !g_hash_table_contains(self->dismissed, &finding->fingerprint);
    }
    tell_count(self);
    if (self->saying != 0)
        return;
    if (is_news)
        show(self);
    else
        pd_panel_hide(self->panel);
}

static void
on_closed(void *user_data)
{
    PdAgent *self = user_data;

    stop_saying(self);
    for (guint i = 0; i < self->shown->len; i++) {
        const ProofdFinding *finding = self->shown->pdata[i];

        g_hash_table_add(self->dismissed,
                         g_memdup2(&finding->fingerprint, sizeof finding->fingerprint));
    }
}

static void
on_left_keys(void *user_data)
{
    PdAgent *self = user_data;

    if (self->look != NULL && !self->is_correcting)
        look_soon(self, self->look->ref, self->config->delay_ms);
}

static Alive *
stay_alive(PdAgent *self)
{
    return g_rc_box_acquire(self->alive);
}

static void
on_corrected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    const PdCorrectResult outcome = pd_correct_finish(result, &error);
    Alive *alive = user_data;
    PdAgent *self = alive->agent;

    g_rc_box_release(alive);
    if (error != NULL)
        g_debug("a text cannot be corrected: %s", error->message);
    if (self == NULL)
        return;
    self->is_correcting = false;
    if (outcome == PD_CORRECT_CHANGED)
        pd_agent_say(self, _("The text is another one by now, so nothing was changed."));
    else if (outcome == PD_CORRECT_REFUSED)
        pd_agent_say(self, _("The program did not take the correction."));
    if (self->look != NULL)
        look_soon(self, self->look->ref, FOCUS_MS);
}

static void
on_correct(guint n_finding, guint n_correction, void *user_data)
{
    PdAgent *self = user_data;
    GDBusConnection *bus = self->reach != NULL ? pd_reach_peek_bus(self->reach) : NULL;
    const ProofdCandidate *candidate;
    const ProofdFinding *finding;
    guint start, length;

    if (bus == NULL || self->look == NULL || n_finding >= self->shown->len)
        return;
    finding = self->shown->pdata[n_finding];
    if (n_correction >= finding->candidates->len)
        return;
    candidate = finding->candidates->pdata[n_correction];
    start = finding->start;
    length = finding->length;
    if (*candidate->text == '\0')
        pd_window_widen(self->look->text, &start, &length);
    self->is_correcting = true;
    pd_correct_async(bus, self->look, start, length, candidate->text, on_corrected,
                     stay_alive(self));
    pd_panel_hide(self->panel);
}

static void
on_ignore(guint n_finding, void *user_data)
{
    PdAgent *self = user_data;

    if (self->checked != NULL && n_finding < self->shown->len)
        pd_checked_ignore(self->checked, self->shown->pdata[n_finding]);
}

static void
on_word_added(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    Alive *alive = user_data;

    if (!proofd_client_add_word_finish(PROOFD_CLIENT(source), result, &error) &&
        alive->agent != NULL)
        pd_agent_say(alive->agent, error->message);
    g_rc_box_release(alive);
}

static void
on_add_word(guint n_finding, void *user_data)
{
    PdAgent *self = user_data;
    g_autofree char *word = NULL;
    const ProofdFinding *finding;

    if (self->look == NULL || n_finding >= self->shown->len)
        return;
    finding = self->shown->pdata[n_finding];
    word = pd_window_part(self->look->text, finding->start, finding->length);
    proofd_client_add_word_async(self->client, word, NULL, on_word_added, stay_alive(self));
}

static const PdPanelFuncs panel_funcs = { on_correct, on_ignore, on_add_word, on_closed,
                                          on_left_keys };

void
pd_agent_show_corrections(PdAgent *self)
{
    g_hash_table_remove_all(self->dismissed);
    if (self->shown->len == 0) {
        const char *trouble = self->look != NULL ? pd_checked_peek_trouble(self->checked) : NULL;

        pd_agent_say(self, self->reach == NULL  ? _("proofd is paused.")
                           : self->look == NULL ? _("No text that is watched has the focus.")
                           : trouble != NULL    ? trouble
                                                : _("Nothing was found in this text."));
        return;
    }
    stop_saying(self);
    show(self);
    pd_panel_take_keys(self->panel);
}

/* --- its life --- */

PdAgent *
pd_agent_new(GDBusConnection *session, PdConfig *config, bool has_popup, bool is_wayland,
             PdAgentFunc func, void *user_data)
{
    PdAgent *self = g_new0(PdAgent, 1);

    self->session = g_object_ref(session);
    self->config = pd_config_ref(config);
    self->client = proofd_client_new();
    self->panel = pd_panel_new(has_popup, has_popup && !is_wayland, &panel_funcs, self);
    self->is_wayland = is_wayland;
    self->func = func;
    self->user_data = user_data;
    self->alive = g_rc_box_new0(Alive);
    self->alive->agent = self;
    self->declined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->dismissed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->shown = g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
    self->reach = pd_reach_new(session, on_event, self);
    return self;
}

static void
leave_all(PdAgent *self)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_handle_id(&self->typing, g_source_remove);
    g_clear_pointer(&self->next, pd_ref_free);
    g_clear_pointer(&self->focus, pd_ref_free);
    stop_looking(self);
    leave_text(self);
}

void
pd_agent_free(PdAgent *self)
{
    if (self == NULL)
        return;
    self->alive->agent = NULL;
    g_rc_box_release(self->alive);
    stop_saying(self);
    leave_all(self);
    pd_reach_free(self->reach);
    pd_panel_free(self->panel);
    g_hash_table_unref(self->declined);
    g_hash_table_unref(self->dismissed);
    g_ptr_array_unref(self->shown);
    g_object_unref(self->client);
    pd_config_unref(self->config);
    g_object_unref(self->session);
    g_free(self);
}

void
pd_agent_set_paused(PdAgent *self, bool is_paused)
{
    if (is_paused == (self->reach == NULL))
        return;
    leave_all(self);
    stop_saying(self);
    pd_panel_hide(self->panel);
    if (is_paused)
        g_clear_pointer(&self->reach, pd_reach_free);
    else
        self->reach = pd_reach_new(self->session, on_event, self);
}

void
pd_agent_set_config(PdAgent *self, PdConfig *config)
{
    const PdRef *last = self->look != NULL ? self->look->ref : self->focus;
    g_autoptr(PdRef) focus = last != NULL ? pd_ref_copy(last) : NULL;

    pd_config_ref(config);
    pd_config_unref(self->config);
    self->config = config;
    leave_all(self);
    if (focus != NULL)
        on_focused(self, focus);
}
