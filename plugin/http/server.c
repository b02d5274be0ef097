/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/server.h"

#include "plugin/http/answer.h"
#include "plugin/http/call.h"
#include "plugin/http/connections.h"
#include "plugin/http/error.h"
#include "plugin/http/form.h"

#include <string.h>
#include <sys/socket.h>

#define HEAD_SECONDS 30 /* without a request, and for its head */
#define BODY_SECONDS 30
#define WRITE_SECONDS 30
#define WORK_MARGIN_SECONDS 10 /* the service gives up before the connection is cut */

#define MAX_BODIES_BYTES (64 * 1024 * 1024) /* of all requests together */
#define BYTES_PER_UTF16 9                   /* "%E2%82%AC" */
#define OTHER_PARAMETERS_BYTES 65536
#define MAX_DISCARDED_BYTES (64 * 1024 * 1024) /* of a body that is too long */

#define BODY_KEY "pd-body"     /* of a message: its Body */
#define SOCKET_KEY "pd-socket" /* of a message: the GSocket of its connection */
#define MANUAL "proofd-http(1)"
#define TOO_MANY "There are currently too many parallel requests. Please try again later."

typedef enum { METHOD_GET = 1, METHOD_POST = 2 } Methods;

typedef struct {
    const char *path;
    Methods methods;
    void (*handle)(PdHttpCall *call);
} Route;

/* What has come of a request's body; belongs to its message. */
typedef struct {
    PdHttpServer *server;
    size_t n_bytes;
    bool is_busy; /* read to its end, not answered to its end */
} Body;

struct PdHttpServer {
    const PdHttpSettings *settings;
    SoupServer *soup;
    GSocketService *service;
    GSocket *accepted; /* (nullable): while libsoup begins to read from it */
    PdHttpConnections *connections;
    PdHttpShared shared;
    size_t bodies_bytes;
    guint n_busy; /* requests that have been read, but whose answer is not written yet */
    void (*stopped)(gpointer user_data);
    gpointer stopped_data;
};

static size_t
max_body_bytes(const PdHttpServer *self)
{
    return self->settings->max_utf16 * BYTES_PER_UTF16 + OTHER_PARAMETERS_BYTES;
}

static GSocket *
socket_of(SoupServerMessage *message)
{
    return g_object_get_data(G_OBJECT(message), SOCKET_KEY);
}

/* --- answers ------------------------------------------------------------------ */

/* The page of an allowed origin may read the answer. */
static void
allow_origin(SoupServerMessage *message, const PdHttpGate *gate)
{
    const char *origin =
        soup_message_headers_get_one(soup_server_message_get_request_headers(message), "Origin");
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);

    if (origin != NULL && pd_http_gate_accepts_origin(gate, origin))
        soup_message_headers_replace(headers, "Access-Control-Allow-Origin", origin);
    soup_message_headers_replace(headers, "Vary", "Origin");
}

static void
respond(PdHttpServer *self, SoupServerMessage *message, guint status, const char *type,
        const char *text)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);

    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, type, SOUP_MEMORY_COPY, text, strlen(text));
    soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    allow_origin(message, &self->settings->gate);
}

static void
respond_error(PdHttpServer *self, SoupServerMessage *message, const GError *error)
{
    g_autofree char *text = g_strconcat("Error: ", error->message, NULL);

    respond(self, message, (guint)error->code, "text/plain; charset=utf-8", text);
}

/* (transfer full): what the service says, as a status and in LanguageTool's words */
static GError *
translate_error(const PdHttpServer *self, const GError *error)
{
    const guint seconds = self->settings->max_check_seconds;

    switch ((ProofdError)error->code) {
    case PROOFD_ERROR_TOO_LONG:
        return g_error_new_literal(PD_HTTP_ERROR, 413, error->message);
    case PROOFD_ERROR_UNKNOWN_LANGUAGE:
    case PROOFD_ERROR_INVALID_TEXT:
    case PROOFD_ERROR_INVALID_OPTION:
        return g_error_new_literal(PD_HTTP_ERROR, 400, error->message);
    case PROOFD_ERROR_BUSY:
        return g_error_new_literal(PD_HTTP_ERROR, 503, TOO_MANY);
    case PROOFD_ERROR_NOT_FOUND:
        return g_error_new_literal(PD_HTTP_ERROR, 404, error->message);
    case PROOFD_ERROR_TIMED_OUT:
        return g_error_new(PD_HTTP_ERROR, 500,
                           "Checking took longer than %u.0 seconds, which is this server's limit. "
                           "Please make sure you have selected the proper language or consider "
                           "submitting a shorter text.",
                           seconds);
    case PROOFD_ERROR_NO_BUS:
    case PROOFD_ERROR_DISCONNECTED:
        return g_error_new(PD_HTTP_ERROR, 503, "proofd cannot be reached: %s", error->message);
    case PROOFD_ERROR_CANCELLED:
    case PROOFD_ERROR_MODEL_BROKEN:
    case PROOFD_ERROR_FAILED:
    case PROOFD_ERROR_SUPERSEDED:
    case PROOFD_ERROR_PROTOCOL:
    default:
        return g_error_new(PD_HTTP_ERROR, 500, "Internal Error: %s", error->message);
    }
}

static void
call_end(PdHttpCall *call)
{
    pd_http_connections_enter(call->server->connections, socket_of(call->message),
                              PD_HTTP_PHASE_WRITE);
    soup_server_message_unpause(call->message);
    g_source_destroy(call->leave_watch);
    g_source_unref(call->leave_watch);
    if (call->free_context != NULL)
        call->free_context(call->context);
    g_hash_table_unref(call->form);
    g_object_unref(call->cancellable);
    g_object_unref(call->message);
    g_free(call);
}

void
pd_http_call_answer(PdHttpCall *call, char *json)
{
    respond(call->server, call->message, 200, "application/json", json);
    g_free(json);
    call_end(call);
}

void
pd_http_call_answer_text(PdHttpCall *call, const char *text)
{
    respond(call->server, call->message, 200, "text/plain; charset=utf-8", text);
    call_end(call);
}

void
pd_http_call_fail(PdHttpCall *call, GError *error)
{
    g_autoptr(GError) given = error;
    g_autoptr(GError) translated =
        error->domain == PROOFD_ERROR ? translate_error(call->server, error) : NULL;

    respond_error(call->server, call->message, translated != NULL ? translated : error);
    call_end(call);
}

/* --- paths -------------------------------------------------------------------- */

static void
handle_info(PdHttpCall *call)
{
    pd_http_call_answer(call, pd_http_answer_info());
}

static void
handle_max_text_length(PdHttpCall *call)
{
    g_autofree char *text = g_strdup_printf("%zu", call->shared->settings->max_utf16);

    pd_http_call_answer_text(call, text);
}

static void
handle_health(PdHttpCall *call)
{
    pd_http_call_answer_text(call, "OK");
}

static const Route routes[] = {
    { "/v2/check", METHOD_GET | METHOD_POST, pd_http_handle_check },
    { "/v2/languages", METHOD_GET, pd_http_handle_languages },
    { "/v2/words", METHOD_GET, pd_http_handle_words },
    { "/v2/words/add", METHOD_POST, pd_http_handle_add_word },
    { "/v2/words/delete", METHOD_POST, pd_http_handle_delete_word },
    { "/v2/info", METHOD_GET, handle_info },
    { "/v2/configinfo", METHOD_GET, pd_http_handle_configuration },
    { "/v2/maxtextlength", METHOD_GET, handle_max_text_length },
    { "/v2/healthcheck", METHOD_GET, handle_health },
};

static const char *
allowed_methods(const Route *route)
{
    if (route->methods == (METHOD_GET | METHOD_POST))
        return "GET, HEAD, POST, OPTIONS";
    return route->methods == METHOD_GET ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}

static const Route *
find_route(const char *path, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_str_equal(routes[i].path, path))
            return &routes[i];
    if (g_str_has_prefix(path, "/v2/"))
        g_set_error(error, PD_HTTP_ERROR, 404, "Unsupported action: '%s'. Please see " MANUAL,
                    path + strlen("/v2/"));
    else if (g_str_equal(path, "/"))
        g_set_error_literal(error, PD_HTTP_ERROR, 400,
                            "Missing arguments for LanguageTool API. Please see " MANUAL);
    else if (strstr(path, "/v2/") != NULL)
        g_set_error_literal(error, PD_HTTP_ERROR, 400,
                            "You have '/v2/' in your path, but not at the root. Try an URL like "
                            "'http://server/v2/...' ");
    else
        g_set_error_literal(error, PD_HTTP_ERROR, 404, "Not found. Please see " MANUAL);
    return NULL;
}

/* The browser asks before the page may: which methods and headers are allowed. */
static void
answer_preflight(PdHttpServer *self, SoupServerMessage *message, const Route *route)
{
    SoupMessageHeaders *asked = soup_server_message_get_request_headers(message);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    const char *wanted = soup_message_headers_get_list(asked, "Access-Control-Request-Headers");

    soup_server_message_set_status(message, 204, NULL);
    soup_message_headers_replace(headers, "Allow", allowed_methods(route));
    allow_origin(message, &self->settings->gate);
    if (soup_message_headers_get_one(asked, "Origin") == NULL)
        return;
    soup_message_headers_replace(headers, "Access-Control-Allow-Methods", allowed_methods(route));
    if (wanted != NULL)
        soup_message_headers_replace(headers, "Access-Control-Allow-Headers", wanted);
    if (soup_message_headers_get_one(asked, "Access-Control-Request-Private-Network") != NULL)
        soup_message_headers_replace(headers, "Access-Control-Allow-Private-Network", "true");
    soup_message_headers_replace(headers, "Access-Control-Max-Age", "600");
}

static bool
accepts_method(PdHttpServer *self, SoupServerMessage *message, const Route *route)
{
    const char *method = soup_server_message_get_method(message);
    const char *proper = route->methods == METHOD_POST                  ? "POST"
                         : route->methods == (METHOD_GET | METHOD_POST) ? "GET or POST"
                                                                        : "GET";
    g_autoptr(GError) error = NULL;

    if (((route->methods & METHOD_GET) &&
         (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)) ||
        ((route->methods & METHOD_POST) && method == SOUP_METHOD_POST))
        return true;
    g_set_error(&error, PD_HTTP_ERROR, 405, "%s needs to be called with %s",
                route->path + strlen("/v2"), proper);
    respond_error(self, message, error);
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Allow",
                                 allowed_methods(route));
    return false;
}

/* --- requests ----------------------------------------------------------------- */

/* The client says no more: has it left? */
static gboolean
on_client_event(GSocket *socket, GIOCondition condition, gpointer data)
{
    PdHttpCall *call = data;
    char byte;

    if (recv(g_socket_get_fd(socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
        g_cancellable_cancel(call->cancellable);
    return G_SOURCE_REMOVE; /* else it is another request, which nobody will read */
}

/* (transfer full): NULL if the parameters cannot be read */
static PdHttpCall *
call_new(PdHttpServer *self, SoupServerMessage *message, GError **error)
{
    GSocket *socket = socket_of(message);
    SoupMessageBody *body = soup_server_message_get_request_body(message);
    g_autoptr(GBytes) bytes = soup_message_body_flatten(body);
    const char *query = g_uri_get_query(soup_server_message_get_uri(message));
    g_autoptr(GHashTable) form = pd_http_form_new();
    PdHttpCall *call;
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);

    if (!pd_http_form_add(form, data, length, error) ||
        !pd_http_form_add(form, query, query != NULL ? strlen(query) : 0, error))
        return NULL;
    call = g_new0(PdHttpCall, 1);
    call->server = self;
    call->shared = &self->shared;
    call->form = g_steal_pointer(&form);
    call->message = g_object_ref(message);
    call->cancellable = g_cancellable_new();
    call->leave_watch = g_socket_create_source(socket, G_IO_IN | G_IO_HUP, NULL);
    g_source_set_callback(call->leave_watch, G_SOURCE_FUNC(on_client_event), call, NULL);
    g_source_attach(call->leave_watch, NULL);
    return call;
}

static void
on_request(SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
           gpointer data)
{
    PdHttpServer *self = data;
    g_autoptr(GError) error = NULL;
    const Route *route = find_route(path, &error);
    PdHttpCall *call;

    if (route == NULL) {
        respond_error(self, message, error);
        return;
    }
    if (soup_server_message_get_method(message) == SOUP_METHOD_OPTIONS) {
        answer_preflight(self, message, route);
        return;
    }
    if (!accepts_method(self, message, route))
        return;
    call = call_new(self, message, &error);
    if (call == NULL) {
        respond_error(self, message, error);
        return;
    }
    soup_server_message_pause(message);
    route->handle(call);
}

static void
body_free(Body *body)
{
    body->server->bodies_bytes -= body->n_bytes;
    g_free(body);
}

/* Reads on, or a client that writes first and reads then would not see the answer. */
static void
discard_body(PdHttpServer *self, SoupServerMessage *message, const GError *error)
{
    SoupMessageBody *body = soup_server_message_get_request_body(message);

    soup_message_body_set_accumulate(body, FALSE);
    soup_message_body_truncate(body);
    respond_error(self, message, error);
}

static bool
has_room(PdHttpServer *self, goffset n_bytes, GError **error)
{
    if (n_bytes > (goffset)max_body_bytes(self))
        g_set_error(error, PD_HTTP_ERROR, 413,
                    "Your text's length exceeds this server's hard limit of %zu characters.",
                    self->settings->max_utf16);
    else if (self->bodies_bytes > MAX_BODIES_BYTES)
        g_set_error_literal(error, PD_HTTP_ERROR, 503, TOO_MANY);
    else
        return true;
    return false;
}

static void
on_chunk(SoupServerMessage *message, GBytes *chunk, gpointer data)
{
    Body *body = data;
    PdHttpServer *self = body->server;
    g_autoptr(GError) error = NULL;

    body->n_bytes += g_bytes_get_size(chunk);
    self->bodies_bytes += g_bytes_get_size(chunk);
    if (soup_server_message_get_status(message) == 0 &&
        !has_room(self, (goffset)body->n_bytes, &error))
        discard_body(self, message, error);
    if (body->n_bytes > max_body_bytes(self) + MAX_DISCARDED_BYTES)
        pd_http_connections_cut(socket_of(message));
}

/* The head is there: may it go on? */
static void
on_head(SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
        gpointer data)
{
    PdHttpServer *self = data;
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    Body *body = g_new0(Body, 1);
    g_autoptr(GError) error = NULL;

    body->server = self;
    g_object_set_data_full(G_OBJECT(message), BODY_KEY, body, (GDestroyNotify)body_free);
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), body);
    pd_http_connections_enter(self->connections, socket_of(message), PD_HTTP_PHASE_BODY);
    if (!pd_http_gate_check(&self->settings->gate, soup_message_headers_get_one(headers, "Host"),
                            soup_message_headers_get_one(headers, "Origin"),
                            soup_message_headers_get_one(headers, "Sec-Fetch-Site"), &error) ||
        !has_room(self, soup_message_headers_get_content_length(headers), &error))
        discard_body(self, message, error);
}

static void
on_read(SoupServer *soup, SoupServerMessage *message, gpointer data)
{
    PdHttpServer *self = data;
    Body *body = g_object_get_data(G_OBJECT(message), BODY_KEY);

    body->is_busy = true;
    self->n_busy++;
    pd_http_connections_enter(self->connections, socket_of(message), PD_HTTP_PHASE_WORK);
}

static void
tell_if_stopped(PdHttpServer *self)
{
    if (self->stopped != NULL && self->n_busy == 0)
        self->stopped(self->stopped_data);
}

/* Also when the connection has ended before the answer, or even before the request. */
static void
on_ended(SoupServer *soup, SoupServerMessage *message, gpointer data)
{
    PdHttpServer *self = data;
    Body *body = g_object_get_data(G_OBJECT(message), BODY_KEY);

    if (body == NULL || !body->is_busy)
        return;
    body->is_busy = false;
    self->n_busy--;
    tell_if_stopped(self);
}

/* --- connections --------------------------------------------------------------- */

static void
on_started(SoupServer *soup, SoupServerMessage *message, gpointer data)
{
    PdHttpServer *self = data;

    g_object_set_data_full(G_OBJECT(message), SOCKET_KEY, g_object_ref(self->accepted),
                           g_object_unref);
    pd_http_connections_enter(self->connections, self->accepted, PD_HTTP_PHASE_HEAD);
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Connection",
                                 "close");
}

/*
 * One request a connection, which libsoup does not accept itself: up to 3.2 it keeps the memory of
 * each socket that it accepts, and of each connection whose client leaves between two requests.
 */
static gboolean
on_incoming(GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
    PdHttpServer *self = data;
    g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address(connection, NULL);
    g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address(connection, NULL);

    self->accepted = g_socket_connection_get_socket(connection);
    soup_server_accept_iostream(self->soup, G_IO_STREAM(connection), local, remote, NULL);
    self->accepted = NULL;
    return TRUE;
}

/* --- the server ---------------------------------------------------------------- */

PdHttpServer *
pd_http_server_new(const PdHttpSettings *settings)
{
    PdHttpServer *self = g_new0(PdHttpServer, 1);
    const guint seconds[PD_HTTP_N_PHASES] = {
        [PD_HTTP_PHASE_HEAD] = HEAD_SECONDS,
        [PD_HTTP_PHASE_BODY] = BODY_SECONDS,
        [PD_HTTP_PHASE_WORK] = settings->max_check_seconds + WORK_MARGIN_SECONDS,
        [PD_HTTP_PHASE_WRITE] = WRITE_SECONDS,
    };

    self->settings = settings;
    self->shared.settings = settings;
    self->shared.client = proofd_client_new();
    proofd_client_set_deadline(self->shared.client, (int)settings->max_check_seconds * 1000);
    self->shared.detector = pd_http_detector_new();
    self->soup = soup_server_new("server-header", "proofd", NULL);
    self->connections = pd_http_connections_new(seconds);
    soup_server_add_early_handler(self->soup, NULL, on_head, self, NULL);
    soup_server_add_handler(self->soup, NULL, on_request, self, NULL);
    g_signal_connect(self->soup, "request-started", G_CALLBACK(on_started), self);
    g_signal_connect(self->soup, "request-read", G_CALLBACK(on_read), self);
    g_signal_connect(self->soup, "request-finished", G_CALLBACK(on_ended), self);
    g_signal_connect(self->soup, "request-aborted", G_CALLBACK(on_ended), self);
    self->service = g_socket_service_new();
    g_signal_connect(self->service, "incoming", G_CALLBACK(on_incoming), self);
    return self;
}

void
pd_http_server_free(PdHttpServer *self)
{
    if (self == NULL)
        return;
    g_object_unref(self->service);
    soup_server_disconnect(self->soup);
    pd_http_connections_free(self->connections);
    g_object_unref(self->soup);
    g_object_unref(self->shared.client);
    pd_http_detector_free(self->shared.detector);
    pd_http_languages_free(self->shared.languages);
    g_free(self);
}

bool
pd_http_server_listen(PdHttpServer *self, const GPtrArray *sockets, GError **error)
{
    /* what GLib has accepted when a socket is added would be lost */
    g_socket_service_stop(self->service);
    for (guint i = 0; i < sockets->len; i++)
        if (!g_socket_listener_add_socket(G_SOCKET_LISTENER(self->service), sockets->pdata[i], NULL,
                                          error))
            return false;
    g_socket_service_start(self->service);
    return true;
}

void
pd_http_server_stop(PdHttpServer *self, void (*done)(gpointer user_data), gpointer user_data)
{
    pd_http_connections_stop(self->connections);
    self->stopped = done;
    self->stopped_data = user_data;
    tell_if_stopped(self);
}
