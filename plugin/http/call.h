/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * call.h - one request that waits for its answer
 *
 * A handler owns its call and ends it with exactly one of pd_http_call_answer() and
 * pd_http_call_fail(), now or when the service has answered. A call whose client has left is
 * cancelled; it is ended all the same.
 */
#pragma once

#include "plugin/client/proofd.h"
#include "plugin/http/detect.h"
#include "plugin/http/languages.h"
#include "plugin/http/server.h"

#include <libsoup/soup.h>

/* What all calls share. */
typedef struct {
    const PdHttpSettings *settings;
    ProofdClient *client;
    PdHttpDetector *detector;
    PdHttpLanguages *languages; /* (nullable): not asked for yet */
    guint n_checks;             /* that wait for the service */
} PdHttpShared;

typedef struct {
    PdHttpShared *shared;
    GHashTable *form;          /* parameters */
    GCancellable *cancellable; /* cancelled when the client leaves */
    void *context;             /* (nullable): the handler's own */
    GDestroyNotify free_context;
    /* the rest belongs to server.c */
    PdHttpServer *server;
    SoupServerMessage *message;
    GSource *leave_watch;
} PdHttpCall;

/* @json: (transfer full) */
void pd_http_call_answer(PdHttpCall *call, char *json);
void pd_http_call_answer_text(PdHttpCall *call, const char *text);

/* @error: (transfer full): of PD_HTTP_ERROR, or PROOFD_ERROR, which gets a status here */
void pd_http_call_fail(PdHttpCall *call, GError *error);

/* @error: (nullable) (transfer full): the list of languages could not be had */
typedef void (*PdHttpLanguagesLoaded)(PdHttpCall *call, GError *error);

/* Asks the service for its languages; PdHttpShared:languages are there when @loaded is called. */
void pd_http_call_load_languages(PdHttpCall *call, PdHttpLanguagesLoaded loaded);

/* The handlers of server.c's table. */
void pd_http_handle_check(PdHttpCall *call);
void pd_http_handle_languages(PdHttpCall *call);
void pd_http_handle_configuration(PdHttpCall *call);
void pd_http_handle_words(PdHttpCall *call);
void pd_http_handle_add_word(PdHttpCall *call);
void pd_http_handle_delete_word(PdHttpCall *call);
