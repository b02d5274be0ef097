/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * service.h - the service itself, in the target's process
 *
 * Service and target share a thread, so whoever waits for an answer runs the main loop.
 */
#pragma once

#include "tests/fuzz/world.h"

/* Once, with a world. Returns: the bus' address, borrowed */
const char *fuzz_service_start(void);
