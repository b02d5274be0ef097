/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox.h - what the process may still do once it serves: read files, talk to Unix sockets, write
 * the user's words
 *
 * For sessions without systemd, and beneath its unit's own rules. Two parts of the kernel do it:
 * seccomp (a list of the system calls that the service and its libraries need, by libseccomp) and
 * Landlock (where files may be written; Linux 5.13 or later, seccomp(2) and landlock(7)).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/**
 * pd_sandbox_enter:
 * @words_file: the one file that may be written, with its lock and its new version beside it; its
 *              folder is made if need be
 *
 * For the calling thread and those it makes later: call before there are others. There is no way
 * back. From then on
 * - execve, fork, ptrace, kill and whatever the list does not have fail (EPERM, or ENOSYS for what
 *   a C library tries first), and so do sockets of other families than AF_UNIX;
 * - memory cannot be writable and executable;
 * - no file outside of the words' folder can be written, made, renamed or removed;
 * - a crash leaves no core file, and other processes of the user cannot trace this one.
 *
 * @error: G_IO_ERROR_FAILED: the kernel refused. Where it has no Landlock or was built without
 * seccomp, that part is left out; @ret_parts says what is in force.
 */
bool pd_sandbox_enter(const char *words_file, const char **ret_parts, GError **error);
