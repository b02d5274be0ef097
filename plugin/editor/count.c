/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/count.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

/* Boundaries in a text, one after the other. */
typedef struct {
    UText *text;
    UBreakIterator *iterator;
} Breaks;

static void
breaks_done(Breaks *self)
{
    ubrk_close(self->iterator);
    utext_close(self->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Breaks, breaks_done)

static Breaks
breaks_of(const char *text, UBreakIteratorType type)
{
    UErrorCode status = U_ZERO_ERROR;
    Breaks breaks;

    breaks.text = utext_openUTF8(NULL, text, -1, &status);
    breaks.iterator = ubrk_open(type, "", NULL, 0, &status);
    ubrk_setUText(breaks.iterator, breaks.text, &status);
    if (U_FAILURE(status))
        g_error("out of memory"); /* all else that can fail is ICU's own data */
    return breaks;
}

PdCount
pd_count(const char *text)
{
    g_auto(Breaks) words = breaks_of(text, UBRK_WORD), sentences = breaks_of(text, UBRK_SENTENCE);
    PdCount count = { 0, 0, (guint)g_utf8_strlen(text, -1) };
    int32_t end_of_sentence = 0;

    for (int32_t end = ubrk_next(words.iterator); end != UBRK_DONE;
         end = ubrk_next(words.iterator)) {
        if (ubrk_getRuleStatus(words.iterator) < UBRK_WORD_NONE_LIMIT)
            continue; /* space or punctuation */
        count.n_words++;
        if (end <= end_of_sentence)
            continue;
        count.n_sentences++; /* the first word of one */
        while (end_of_sentence < end)
            end_of_sentence = ubrk_next(sentences.iterator);
    }
    return count;
}

static void
count_in_thread(GTask *task, gpointer source, gpointer text, GCancellable *cancellable)
{
    const PdCount count = pd_count(text);

    g_task_return_pointer(task, g_memdup2(&count, sizeof count), g_free);
}

void
pd_count_async(const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
               gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_task_data(task, g_strdup(text), g_free);
    g_task_run_in_thread(task, count_in_thread);
}

gboolean
pd_count_finish(GAsyncResult *result, PdCount *ret_count)
{
    g_autofree PdCount *count = g_task_propagate_pointer(G_TASK(result), NULL);

    if (count == NULL)
        return FALSE;
    *ret_count = *count;
    return TRUE;
}
