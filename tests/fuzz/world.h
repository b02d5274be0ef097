/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * world.h - what a service of a target's own needs: a private bus, a dictionary and a model that
 * are tiny and answer fast, a place for words. All of it goes when the process ends.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Once; DBUS_SESSION_BUS_ADDRESS and PROOFD_DICTIONARIES are set then. Returns: the bus' address,
 * borrowed */
const char *fuzz_world_start(void);
const char *fuzz_world_models(void); /* borrowed: the folder with the model */
/* Ends the bus: after all that uses it. */
void fuzz_world_stop(void);

/* Runs the main loop until @is_done says so, or for @timeout_ms (0: for ever). false: too late */
bool fuzz_wait(bool (*is_done)(void *user_data), void *user_data, unsigned timeout_ms);
