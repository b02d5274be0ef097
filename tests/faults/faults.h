/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * faults.h - what the tests of faults share: the service's numbers, a service that was killed,
 * file systems of their own
 */
#pragma once

#include "tests/bus/fixture.h"

#define WRONG "I recieve it."

/* Waits until the process ended; the fixture has no service then. Returns: how it ended, as
 * waitpid() says. */
int pd_faults_wait_end(PdFixture *self);

/* The word is acknowledged. */
void pd_faults_add_word(PdFixture *self, const char *word);

/* A new Check finds the error in WRONG: the service works. */
void pd_faults_assert_serves(PdFixture *self);
/* The same for a call of @client. */
void pd_faults_assert_serves_client(GDBusConnection *client);

/* A number of /proc/PID/status: "VmRSS", "VmHWM" in kB, "Threads"; 0: it has none. */
uint64_t pd_faults_status(const PdFixture *self, const char *name);
/* Open descriptors of the service; 0: they may not be looked at. */
unsigned pd_faults_descriptors(const PdFixture *self);

/* Waits until the service has no work and its memory is below @kb; with a sanitizer, which keeps
 * what was freed, for the first alone. */
void pd_faults_wait_memory(PdFixture *self, uint64_t kb);

/* Mounts a file system of its own on the folder @path, which is made, seen by this process and
 * its children alone. @options: as "size=64k". false: this process may not. */
bool pd_faults_mount(const char *path, const char *options);
/* A mounted one; false: the system does not let us. */
bool pd_faults_make_read_only(const char *path);
void pd_faults_unmount(const char *path);

/* Whether the service is built with a sanitizer, which needs memory and preloading for itself. */
bool pd_faults_sanitized(void);
