/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTTP requests. The first byte says what the rest is:
 *   F  the parameters of /v2/check, read alone, which is fast
 *   P  a POST: its path on the first line, header lines, an empty line, the body
 *   G  a GET, the same
 *   other: all bytes of a connection
 * The last three go through a socket to the server, and on to the service. Every connection is
 * answered and ends.
 */
#include "plugin/http/check-request.h"
#include "plugin/http/error.h"
#include "plugin/http/form.h"
#include "plugin/http/server.h"
#include "plugin/http/sockets.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/service.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_UTF16 10000
#define PATIENCE_MS 50 /* then a request is taken to lack its end */

typedef struct {
    GSocket *socket;
    GString *answer;
    bool has_ended;
    bool has_left; /* before its answer: then that says "cancelled", or less */
} Client;

static PdHttpSettings settings = { .max_utf16 = MAX_UTF16, .max_check_seconds = 60 };
static PdHttpServer *server;
static GSocketAddress *address;

/* libsoup 3.2 leaks the socket of each connection, and strings of damaged headers; its stack is not
 * seen without this. */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);

const char *
__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions(void)
{
    return "leak:g_socket_accept\nleak:soup_headers_parse_request\n";
}

static void
stop(void)
{
    pd_http_server_free(server);
    g_object_unref(address);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autoptr(GPtrArray) sockets = NULL;
    g_autoptr(GError) error = NULL;

    fuzz_service_start();
    sockets = pd_http_sockets_open((const char *const[]){ "127.0.0.1", NULL }, 0, &error);
    g_assert_no_error(error);
    address = g_socket_get_local_address(g_ptr_array_index(sockets, 0), NULL);
    server = pd_http_server_new(&settings);
    g_assert_true(pd_http_server_listen(server, sockets, &error));
    g_assert_cmpint(atexit(stop), ==, 0);
    return 0;
}

/* --- parameters alone --- */

static void
read_form(const char *data, size_t size)
{
    g_autoptr(GHashTable) form = pd_http_form_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(PdHttpCheckRequest) request = NULL;
    g_autoptr(GArray) sentences = NULL;
    size_t length;

    if (pd_http_form_add(form, data, size, &error))
        request = pd_http_check_request_new(form, MAX_UTF16, &error);
    g_assert_true((request == NULL) == (error != NULL));
    if (request == NULL) {
        g_assert_true(error->domain == PD_HTTP_ERROR && error->code >= 400);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return;
    }
    length = pd_http_text_length_utf16(request->text);
    g_assert_cmpuint(length, <=, MAX_UTF16);
    sentences = pd_http_text_sentences(request->text, "en_US");
    for (size_t i = 0; i < length; i++) {
        const PdHttpRange place = pd_http_text_widen(request->text, (PdHttpRange){ i, i + 1 });
        const PdHttpRange original = pd_http_text_original(request->text, place);
        g_autofree char *slice = pd_http_text_slice(request->text, place);
        g_autofree char *context = pd_http_text_context(request->text, original, &size);

        g_assert_true(g_utf8_validate(slice, -1, NULL) && g_utf8_validate(context, -1, NULL));
        g_assert_cmpuint(original.start, <=, original.end);
    }
}

/* --- a connection --- */

static gboolean
on_bytes(GSocket *socket, GIOCondition condition, gpointer data)
{
    Client *self = data;
    char bytes[4096];
    const gssize n = g_socket_receive(socket, bytes, sizeof bytes, NULL, NULL);

    if (n > 0)
        g_string_append_len(self->answer, bytes, n);
    self->has_ended = n <= 0;
    return self->has_ended ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static bool
has_ended(void *user_data)
{
    return ((Client *)user_data)->has_ended;
}

static void
talk(Client *self, const char *bytes, size_t n_bytes)
{
    g_autoptr(GSource) source = NULL;

    self->socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
    g_assert_true(g_socket_connect(self->socket, address, NULL, NULL));
    source = g_socket_create_source(self->socket, G_IO_IN | G_IO_HUP, NULL);
    g_source_set_callback(source, G_SOURCE_FUNC(on_bytes), self, NULL);
    g_source_attach(source, NULL);
    g_assert_cmpint(g_socket_send(self->socket, bytes, n_bytes, NULL, NULL), ==, (gssize)n_bytes);
    if (!fuzz_wait(has_ended, self, PATIENCE_MS)) {
        self->has_left = true;
        g_assert_true(g_socket_shutdown(self->socket, FALSE, TRUE, NULL));
        fuzz_wait(has_ended, self, 0);
    }
    g_object_unref(self->socket);
}

/* A whole answer is what the API promises. */
static void
look_at(const char *answer)
{
    const char *body = strstr(answer, "\r\n\r\n");
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    JsonNode *root;

    g_assert_true(*answer == '\0' || g_str_has_prefix(answer, "HTTP/1."));
    g_assert_false(g_str_has_prefix(answer, "HTTP/1.1 500"));
    if (!g_str_has_prefix(answer, "HTTP/1.1 200") || body == NULL ||
        strstr(answer, "\r\nContent-Type: application/json\r\n") == NULL || body[4] != '{' ||
        strstr(body, "HTTP/1.") != NULL)
        return;
    g_assert_true(json_parser_load_from_data(parser, body + 4, -1, NULL));
    root = json_parser_get_root(parser);
    g_assert_true(root != NULL && JSON_NODE_HOLDS_OBJECT(root));
}

/* (transfer full): a request with its length, out of path, headers and body */
static GString *
frame(const char *method, const char *data, size_t size)
{
    GString *request = g_string_new(method);
    const char *end = data + size;
    const char *path_end = memchr(data, '\n', size);
    const char *head = path_end != NULL ? path_end + 1 : end;
    const char *head_end = g_strstr_len(head, end - head, "\n\n");
    const char *body = head_end != NULL ? head_end + 2 : end;

    g_string_append_len(request, data, (path_end != NULL ? path_end : end) - data);
    g_string_append(request, " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if (head_end != NULL && head_end > head) {
        g_string_append_len(request, head, head_end - head);
        g_string_append(request, "\r\n");
    }
    g_string_append_printf(request, "Content-Length: %zu\r\n\r\n", (size_t)(end - body));
    g_string_append_len(request, body, end - body);
    return request;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) answer = g_string_new(NULL);
    g_autoptr(GString) request = NULL;
    Client client = { .answer = answer };
    const char *rest = (const char *)data + 1;

    if (size < 2)
        return 0;
    if (data[0] == 'F') {
        read_form(rest, size - 1);
        return 0;
    }
    if (data[0] == 'P' || data[0] == 'G')
        request = frame(data[0] == 'P' ? "POST " : "GET ", rest, size - 1);
    else
        request = g_string_new_len(rest, (gssize)size - 1);
    talk(&client, request->str, request->len);
    if (!client.has_left)
        look_at(answer->str);
    return 0;
}
