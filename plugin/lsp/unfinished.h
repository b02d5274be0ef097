/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unfinished.h - the word that is being written, about which nothing is said yet
 *
 * The protocol does not tell where the cursor is, but after a change it stands at the change's end.
 * If a letter is before it, the word there is unfinished: findings that touch it are hidden, and so
 * is a new one at the word before, which may be wrong only because of what follows. What was shown
 * before the word began stays. The word is finished by a change after which no letter is before
 * the cursor, by a change elsewhere, when the text is saved, by a request from another place, or
 * when nobody has typed for a while (that is for the caller to find out).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    bool is_there;
    gsize space_start; /* where the spaces before the word start; all in bytes */
    gsize start;       /* of the word */
    gsize end;         /* where the cursor is */
    GArray *shown;     /* of gsize: starts of findings at the word before that were shown */
} PdUnfinished;

/* A place that is reported, in bytes. */
typedef struct {
    gsize start;
    gsize length;
} PdPlace;

void pd_unfinished_init(PdUnfinished *self);
void pd_unfinished_done(PdUnfinished *self);

/*
 * After a change that ends at @end.
 * @text: as it is now, UTF-8, with a NUL at its end
 * @shown: of PdPlace: what was shown before
 */
void pd_unfinished_type(PdUnfinished *self, const char *text, gsize end, const GArray *shown);

/* The word is finished. Returns: whether there was one */
bool pd_unfinished_finish(PdUnfinished *self);

/* Is the finding there hidden? */
bool pd_unfinished_hides(const PdUnfinished *self, gsize start, gsize length);

/* Does the cursor, somewhere from @start to @end, stand at the word? */
bool pd_unfinished_touches(const PdUnfinished *self, gsize start, gsize end);
