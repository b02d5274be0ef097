/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checked.h - a window of text, kept checked by the service
 */
#pragma once

#include "plugin/atspi/config.h"

#include <proofd.h>

typedef struct PdChecked PdChecked;

typedef struct {
    void (*changed)(void *user_data);                     /* findings may differ */
    void (*failed)(const char *message, void *user_data); /* a setting is wrong; once */
} PdCheckedFuncs;

/* A service that ends or is not there is asked again, as long as this lives. */
PdChecked *pd_checked_new(ProofdClient *client, PdConfig *config, const PdCheckedFuncs *funcs,
                          void *user_data);
void pd_checked_free(PdChecked *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdChecked, pd_checked_free)

/* What the text is now; the service gets what changed. */
void pd_checked_set_text(PdChecked *self, const char *text);

/*
 * (transfer container) (element-type ProofdFinding): what is known of the present text, by start;
 * those in a sentence with an embedded object are left out, unless a word is misspelled
 */
GPtrArray *pd_checked_get_findings(PdChecked *self);

/* Why the text is not checked, for people; NULL: it is, or will be soon */
const char *pd_checked_peek_trouble(PdChecked *self);

void pd_checked_ignore(PdChecked *self, ProofdFinding *finding);
