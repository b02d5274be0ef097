/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/idle.h"

#include <glib.h>

typedef struct {
    GMainLoop *loop;
    unsigned n_expired;
} Probe;

static void
on_expired(void *user_data)
{
    Probe *probe = user_data;

    probe->n_expired++;
    g_main_loop_quit(probe->loop);
}

static gboolean
on_late(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_REMOVE;
}

/* Runs until the timer expires or @ms have passed. */
static void
run_for(Probe *probe, unsigned ms)
{
    g_autoptr(GSource) late = g_timeout_source_new(ms);

    g_source_set_callback(late, on_late, probe->loop, NULL);
    g_source_attach(late, NULL);
    g_main_loop_run(probe->loop);
    g_source_destroy(late);
}

static void
test_expires(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Probe probe = { loop, 0 };
    g_autoptr(PdIdle) idle = pd_idle_new(1, on_expired, &probe);

    run_for(&probe, 30000);
    g_assert_cmpuint(probe.n_expired, ==, 1);
    run_for(&probe, 1500); /* once for each time it ran */
    g_assert_cmpuint(probe.n_expired, ==, 1);
    pd_idle_restart(idle);
    run_for(&probe, 30000);
    g_assert_cmpuint(probe.n_expired, ==, 2);
}

static void
test_held(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Probe probe = { loop, 0 };
    g_autoptr(PdIdle) idle = pd_idle_new(1, on_expired, &probe);

    pd_idle_hold(idle);
    pd_idle_hold(idle);
    pd_idle_release(idle);
    g_assert_true(pd_idle_is_held(idle));
    pd_idle_restart(idle); /* changes nothing while held */
    run_for(&probe, 1500);
    g_assert_cmpuint(probe.n_expired, ==, 0);
    pd_idle_release(idle);
    g_assert_false(pd_idle_is_held(idle));
    run_for(&probe, 30000);
    g_assert_cmpuint(probe.n_expired, ==, 1);
}

static void
test_never(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Probe probe = { loop, 0 };
    g_autoptr(PdIdle) idle = pd_idle_new(0, on_expired, &probe);

    pd_idle_hold(idle);
    pd_idle_release(idle);
    run_for(&probe, 1500);
    g_assert_cmpuint(probe.n_expired, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/idle/expires", test_expires);
    g_test_add_func("/idle/held", test_held);
    g_test_add_func("/idle/never", test_never);
    return g_test_run();
}
