/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * count.h - how many words and sentences a text has, by Unicode's rules (UAX 29, by ICU)
 */
#pragma once

#include <gio/gio.h>

typedef struct {
    guint n_words, n_sentences, n_chars;
} PdCount;

/* Any thread. */
PdCount pd_count(const char *text);

/* In a thread of its own; @text is copied. */
void pd_count_async(const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data);
/* False where it was cancelled. */
gboolean pd_count_finish(GAsyncResult *result, PdCount *ret_count);
