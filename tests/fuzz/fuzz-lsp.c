/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LSP messages. The first byte says what the rest is:
 *   F  a stream of bytes for frames.c, in pieces as long as the second byte says, which is fast
 *   other: a message on each line, which gets its header, for the server and the service behind
 * The server answers with well-formed messages and ends when its input does.
 */
#include "plugin/lsp/frames.h"
#include "plugin/lsp/server.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define START_MS 60000 /* until the service is there */
#define QUIET_MS 15    /* without an answer: then the editor goes away */

typedef struct {
    int to_server; /* -1: closed */
    int from_server;
    PdFrames *frames; /* what comes from there */
    guint quiet_source;
} Editor;

static GSubprocess *service;

/* Leaks are few and depend on time: their stacks are to be seen, through GLib too. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}

static void
die_with_parent(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
stop(void)
{
    g_subprocess_force_exit(service);
    g_assert_true(g_subprocess_wait(service, NULL, NULL));
    g_object_unref(service);
    fuzz_world_stop();
}

static bool
is_there(void *user_data)
{
    return *(bool *)user_data;
}

static void
on_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
    *(bool *)data = true;
}

/* A process of its own: it and the language server have functions of the same names. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autoptr(GSubprocessLauncher) launcher = NULL;
    g_autoptr(GError) error = NULL;
    bool has_appeared = false;
    guint watch;

    fuzz_world_start();
    launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
    g_subprocess_launcher_setenv(launcher, "XDG_DATA_HOME", fuzz_folder(), TRUE);
    g_subprocess_launcher_setenv(launcher, "XDG_CONFIG_HOME", fuzz_folder(), TRUE);
    service = g_subprocess_launcher_spawn(launcher, &error, FUZZ_SERVICE, "--idle-exit=0",
                                          "--models", fuzz_world_models(), NULL);
    g_assert_no_error(error);
    g_assert_cmpint(atexit(stop), ==, 0);
    watch = g_bus_watch_name(G_BUS_TYPE_SESSION, "org.proofd.Checker1",
                             G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, NULL, &has_appeared, NULL);
    g_assert_true(fuzz_wait(is_there, &has_appeared, START_MS));
    g_bus_unwatch_name(watch);
    return 0;
}

/* --- frames alone --- */

static void
on_frame(const PdFrame *frame, void *user_data)
{
    if (frame->kind == PD_FRAME_BAD) {
        g_assert_cmpint(frame->code, <, 0);
        g_assert_true(g_utf8_validate(frame->message, -1, NULL));
    } else {
        g_assert_cmpuint(strlen(frame->json), ==, frame->n_bytes);
        g_assert_true(g_utf8_validate(frame->json, -1, NULL));
    }
}

static void
push_frames(const uint8_t *data, size_t size)
{
    g_autoptr(PdFrames) frames = pd_frames_new(on_frame, NULL);
    const size_t piece = size > 0 ? MAX(data[0], 1) : 1;

    for (size_t at = 1; at < size; at += piece)
        pd_frames_push(frames, (const char *)data + at, MIN(piece, size - at));
}

/* --- an editor --- */

static void
on_answer(const PdFrame *frame, void *user_data)
{
    g_assert_cmpint(frame->kind, !=, PD_FRAME_BAD);
}

static gboolean
on_quiet(gpointer data)
{
    Editor *self = data;

    self->quiet_source = 0;
    if (self->to_server >= 0)
        close(self->to_server);
    self->to_server = -1;
    return G_SOURCE_REMOVE;
}

static void
wait_for_quiet(Editor *self)
{
    g_clear_handle_id(&self->quiet_source, g_source_remove);
    if (self->to_server >= 0)
        self->quiet_source = g_timeout_add(QUIET_MS, on_quiet, self);
}

static gboolean
on_output(int fd, GIOCondition condition, gpointer data)
{
    Editor *self = data;
    char bytes[4096];
    const gssize n = read(fd, bytes, sizeof bytes);

    if (n <= 0)
        return G_SOURCE_REMOVE;
    pd_frames_push(self->frames, bytes, (gsize)n);
    wait_for_quiet(self);
    return G_SOURCE_CONTINUE;
}

static void
send_lines(Editor *self, const char *text, size_t length)
{
    const char *end = text + length;

    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        g_autofree char *head = NULL;

        stop = stop != NULL ? stop : end;
        head = g_strdup_printf("Content-Length: %zu\r\n\r\n", (size_t)(stop - line));
        g_assert_cmpint(write(self->to_server, head, strlen(head)), ==, (gssize)strlen(head));
        g_assert_cmpint(write(self->to_server, line, (size_t)(stop - line)), ==, stop - line);
        line = stop + 1;
    }
}

static void
edit(const char *text, size_t length)
{
    int input[2], output[2];
    g_autoptr(PdFrames) frames = pd_frames_new(on_answer, NULL);
    g_autoptr(PdLspServer) server = NULL;
    Editor self = { .frames = frames };
    guint source;

    g_assert_true(g_unix_open_pipe(input, FD_CLOEXEC, NULL));
    g_assert_true(g_unix_open_pipe(output, FD_CLOEXEC, NULL));
    self.to_server = input[1];
    self.from_server = output[0];
    server = pd_lsp_server_new(input[0], output[1], 0, NULL);
    g_assert_nonnull(server);
    source = g_unix_fd_add(output[0], G_IO_IN | G_IO_HUP, on_output, &self);
    send_lines(&self, text, length);
    wait_for_quiet(&self);
    pd_lsp_server_run(server);
    g_clear_handle_id(&self.quiet_source, g_source_remove);
    on_quiet(&self);
    g_clear_pointer(&server, pd_lsp_server_free);
    g_source_remove(source);
    close(output[0]);
    close(output[1]);
    close(input[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (data[0] == 'F')
        push_frames(data + 1, size - 1);
    else
        edit((const char *)data + 1, size - 1);
    return 0;
}
