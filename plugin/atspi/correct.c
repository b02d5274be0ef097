/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program makes of these calls was measured (docs/watch.md, "One step to undo"):
 * SetTextContents is one step in LibreOffice, two in GTK and Qt; InsertText and DeleteText are one
 * each everywhere. So what only adds or only takes away is one call, and a paragraph of
 * LibreOffice is set as a whole where that loses nothing.
 */
#include "plugin/atspi/correct.h"
#include "plugin/atspi/kind.h"

#include <string.h>

#define CONTEXT_CHARS 16 /* around the place, which must be as it was too */

typedef struct {
    GDBusConnection *bus;
    PdRef *ref;
    bool is_qt;
    PdKind kind;
    PdUnit unit;
    int start, end;                 /* of the place in the program's text, in @unit */
    int context_start, context_end; /* as above */
    int n_total;
    char *context; /* what must stand there */
    char *old;     /* what must stand at the place */
    char *replacement;
} Job;

static void
job_free(gpointer data)
{
    Job *self = data;

    g_object_unref(self->bus);
    pd_ref_free(self->ref);
    g_free(self->context);
    g_free(self->old);
    g_free(self->replacement);
    g_free(self);
}

static int
units(const Job *job, const char *text)
{
    return pd_window_to_unit(text, job->unit, G_MAXUINT);
}

/* Toolkits differ in what they count here: Qt its own positions, the others bytes. */
static bool
insert(const Job *job, const PdObject *object, int at, const char *text, GError **error)
{
    const int length =
        job->is_qt ? pd_window_to_unit(text, PD_UNIT_UTF16, G_MAXUINT) : (int)strlen(text);

    return pd_object_do(object, "EditableText", "InsertText",
                        g_variant_new("(isi)", at, text, length), error);
}

static bool
remove_part(const PdObject *object, int start, int end, GError **error)
{
    return pd_object_do(object, "EditableText", "DeleteText", g_variant_new("(ii)", start, end),
                        error);
}

/* Has all of the text the same look, so that setting it anew loses none? */
static bool
is_uniform(const Job *job, const PdObject *object)
{
    g_autoptr(GVariant) reply = pd_object_call(object, "Text", "GetAttributeRun",
                                               g_variant_new("(ib)", 0, FALSE), "(a{ss}ii)", NULL);
    int start, end;

    if (reply == NULL)
        return false;
    g_variant_get_child(reply, 1, "i", &start);
    g_variant_get_child(reply, 2, "i", &end);
    return start == 0 && end >= job->n_total;
}

/*
 * A whole paragraph of LibreOffice, in one step. It refuses where fields or anchors are in it.
 * Returns: false: not done
 */
static bool
set_paragraph(const Job *job, const PdObject *object)
{
    g_autofree char *text = NULL;
    g_autofree char *changed = NULL;
    guint start, end;
    int caret;

    if (!pd_kind_is_paragraph(&job->kind) || !is_uniform(job, object) ||
        !pd_object_get_int(object, "Text", "CaretOffset", &caret, NULL))
        return false;
    text = pd_kind_read(object, &job->kind, 0, job->n_total, NULL);
    if (text == NULL || units(job, text) != job->n_total || strstr(text, "\xEF\xBF\xBC") != NULL)
        return false;
    start = pd_window_to_chars(text, job->unit, job->start);
    end = pd_window_to_chars(text, job->unit, job->end);
    changed = g_strdup_printf("%.*s%s%s", (int)(g_utf8_offset_to_pointer(text, start) - text), text,
                              job->replacement, g_utf8_offset_to_pointer(text, end));
    if (!pd_object_do(object, "EditableText", "SetTextContents", g_variant_new("(s)", changed),
                      NULL))
        return false;
    if (caret >= job->end)
        caret += units(job, job->replacement) - (job->end - job->start);
    else if (caret > job->start)
        caret = job->start;
    pd_object_do(object, "Text", "SetCaretOffset", g_variant_new("(i)", caret), NULL);
    return true;
}

/* What only adds or only takes away is one call; what does both is two, and then whole words. */
static bool
replace_part(const Job *job, const PdObject *object, GError **error)
{
    PdChange change;
    bool is_done = true;
    int at, end;

    if (!pd_change_between(job->old, job->replacement, &change))
        return true;
    at = job->start + pd_window_to_unit(job->old, job->unit, change.start);
    end = job->start + pd_window_to_unit(job->old, job->unit, change.start + change.removed);
    if (change.removed == 0) {
        is_done = insert(job, object, at, change.inserted, error);
    } else if (*change.inserted == '\0') {
        is_done = remove_part(object, at, end, error);
    } else if (!remove_part(object, job->start, job->end, error)) {
        is_done = false;
    } else if (!insert(job, object, job->start, job->replacement, error)) {
        insert(job, object, job->start, job->old, NULL); /* the user's word stays */
        is_done = false;
    }
    pd_change_done(&change);
    return is_done;
}

static void
correct_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Job *job = data;
    const PdObject object = { job->bus, job->ref, cancellable };
    GError *error = NULL;
    g_autofree char *now =
        pd_kind_read(&object, &job->kind, job->context_start, job->context_end, &error);
    int n_now;

    if (now == NULL || !pd_object_get_int(&object, "Text", "CharacterCount", &n_now, &error)) {
        g_task_return_error(task, error);
        return;
    }
    if (n_now != job->n_total || !g_str_equal(now, job->context)) {
        g_task_return_int(task, PD_CORRECT_CHANGED);
        return;
    }
    if (set_paragraph(job, &object) || replace_part(job, &object, &error))
        g_task_return_int(task, PD_CORRECT_DONE);
    else if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_int(task, PD_CORRECT_REFUSED);
}

void
pd_correct_async(GDBusConnection *bus, const PdLook *look, guint start, guint length,
                 const char *replacement, GAsyncReadyCallback callback, gpointer user_data)
{
    const guint n_chars = (guint)g_utf8_strlen(look->text, -1);
    const guint from = start - MIN(start, CONTEXT_CHARS);
    const guint to = MIN(start + length + CONTEXT_CHARS, n_chars);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    Job *job = g_new0(Job, 1);

    job->bus = g_object_ref(bus);
    job->ref = pd_ref_copy(look->ref);
    job->is_qt = look->is_qt;
    job->kind = look->kind;
    job->unit = look->unit;
    job->n_total = look->n_total;
    job->start = look->start + pd_window_to_unit(look->text, look->unit, start);
    job->end = look->start + pd_window_to_unit(look->text, look->unit, start + length);
    job->context_start = look->start + pd_window_to_unit(look->text, look->unit, from);
    job->context_end = look->start + pd_window_to_unit(look->text, look->unit, to);
    job->context = pd_window_part(look->text, from, to - from);
    job->old = pd_window_part(look->text, start, length);
    job->replacement = g_strdup(replacement);
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, correct_in_thread);
}

PdCorrectResult
pd_correct_finish(GAsyncResult *result, GError **error)
{
    g_autoptr(GError) found = NULL;
    const gssize outcome = g_task_propagate_int(G_TASK(result), &found);

    if (found == NULL)
        return (PdCorrectResult)outcome;
    g_propagate_error(error, g_steal_pointer(&found));
    return PD_CORRECT_REFUSED;
}
